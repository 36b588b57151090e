"""Why a row is not stored: each reason declared once, in the order in which they count.

A row with several faults carries them all and is counted under the first (DEFINITIONS,
"Loading"). Documentation, reports and the loading itself read this list.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reason:
    """One reason: its fixed name, a sentence for people, and what the file's owner can do."""

    name: str
    sentence: str
    remedy: str


DUPLICATE = Reason(
    "duplicate_row",
    "The row repeats an earlier row of the file exactly.",
    "Nothing: the first one is stored. Many of them point to an extract that was pasted twice.",
)

SUPERSEDED = Reason(
    "superseded",
    "A later submission sends the same record again, or replaces its whole month.",
    "Nothing: the latest state of the record is stored.",
)

REPEATED = (DUPLICATE, SUPERSEDED)
"""Why a row is not stored although nothing is wrong with it."""

REASONS: tuple[Reason, ...] = (
    Reason(
        "missing_person",
        "The row names no person.",
        "Fill in the person's identifier in the file.",
    ),
    Reason(
        "unknown_person",
        "The client list has no person with this identifier.",
        "Correct the identifier, or add the person to the client list and load both again.",
    ),
    Reason(
        "unknown_parent",
        "The row belongs to another one, such as a contact to its referral, that no file has.",
        "Load the file that has it, or correct the number by which the row refers to it.",
    ),
    Reason(
        "unknown_team",
        "The team is none of the teams in config.yaml, under any of its spellings.",
        "Correct the team, or add the spelling to the team in config.yaml or to the mapping.",
    ),
    Reason(
        "unknown_treatment",
        "The treatment is none of the treatments in config.yaml, under any of its spellings.",
        "Correct the treatment, or add the spelling in config.yaml or in the mapping.",
    ),
    Reason(
        "invalid_date",
        "A date is not a calendar date in any of the accepted forms.",
        "Correct the date, or add the form to 'dates' in the mapping.",
    ),
    Reason(
        "end_before_start",
        "A later step has an earlier date: an end before its start, a start before its referral.",
        "Correct whichever date is wrong.",
    ),
    Reason(
        "missing_required",
        "A value that the table cannot do without is empty, or is not the number it should be.",
        "Fill in the value.",
    ),
    Reason(
        "unknown_code",
        "A code that figures rest on (a certainty) has a value that the mapping does not know.",
        "Correct the value, or add it to 'codes' in the mapping.",
    ),
    Reason(
        "shortened_number",
        "A number has lost its last digits, as in 1.08E+15: a spreadsheet has shortened it.",
        "Export the file again as text, and do not save it from a spreadsheet.",
    ),
    Reason(
        "conflicting_key",
        "Rows share a key and differ, and no rule says which of them is right.",
        "Keep the row that is right and remove the others.",
    ),
)

ORDER: tuple[str, ...] = tuple(reason.name for reason in REASONS)
"""The names of the reasons for quarantine, first counted first."""
