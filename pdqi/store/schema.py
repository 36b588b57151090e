"""The tables of the store, declared once: loading, demonstration data, docs and checks read this.

Identifiers are strings, dates are DATE, vocabularies are small closed sets from config. A person
is known in the fact tables by `person_key`, a number that stands for the pseudonym in `people`:
it is half as slow to join and says nothing about anybody.
"""

from dataclasses import dataclass
from typing import Literal

Type = Literal["VARCHAR", "DATE", "INTEGER"]
Vocabulary = Literal["team", "treatment"]

CODE_SYSTEMS = ("icd10", "snomed", "term")
CERTAINTIES = ("confirmed", "suspected", "ruled_out")
OUTCOMES = ("completed", "declined", "stopped")


@dataclass(frozen=True)
class Column:
    """One column: `required` rows without it cannot stand for anything and are quarantined.

    `vocabulary` names the config list whose ids it holds; `choices` is a closed set of its own.
    """

    name: str
    type: Type
    meaning: str
    required: bool = False
    vocabulary: Vocabulary | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One table. `steps` are the dates that must not run backwards, in the order of care."""

    name: str
    row_is: str
    columns: tuple[Column, ...]
    steps: tuple[str, ...] = ()
    has_person: bool = True

    @property
    def facts(self) -> tuple[str, ...]:
        """The names of the columns that a source fills, without key and provenance."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """Return a column by name."""
        return {column.name: column for column in self.columns}[name]

    def ddl(self) -> tuple[tuple[str, str], ...]:
        """Return every stored column as (name, type): key, facts, provenance."""
        key = (("person_key", "INTEGER"),) if self.has_person else ()
        return (*key, *((column.name, column.type) for column in self.columns), *PROVENANCE)


PROVENANCE = (
    ("source", "VARCHAR"),
    ("source_file", "VARCHAR"),
    ("source_row", "INTEGER"),
    ("load_id", "VARCHAR"),
)
"""Where a row came from: source (mapping id), file, row number in that file, and load."""

_TEAM = Column("team", "VARCHAR", "team id from config", required=True, vocabulary="team")

TABLES = (
    Table(
        "people",
        "a person",
        (
            Column(
                "person_id", "VARCHAR", "keyed pseudonym, never the source's own", required=True
            ),
            Column("birth_date", "DATE", "needed for age only; shown nowhere"),
            Column("gender", "VARCHAR", "as coded by the source"),
            Column("ethnicity", "VARCHAR", "as coded by the source"),
        ),
    ),
    Table(
        "episodes",
        "one referral to one team and the period of care that followed",
        (
            Column(
                "episode_id", "VARCHAR", "made from source, file and row where the source has none"
            ),
            _TEAM,
            Column("referral_source", "VARCHAR", "who referred, as typed"),
            Column("referred_on", "DATE", "referral received", required=True),
            Column("assessed_on", "DATE", "first assessment"),
            Column("started_on", "DATE", "care started"),
            Column("ended_on", "DATE", "discharged; empty while open"),
            Column("end_reason", "VARCHAR", "why it ended, as typed"),
        ),
        steps=("referred_on", "assessed_on", "started_on", "ended_on"),
    ),
    Table(
        "diagnoses",
        "one entry about a diagnosis",
        (
            Column("recorded_on", "DATE", "date of the entry", required=True),
            Column("team", "VARCHAR", "team that recorded it", vocabulary="team"),
            Column("code_system", "VARCHAR", "icd10, snomed or term", choices=CODE_SYSTEMS),
            Column("code", "VARCHAR", "the code as typed; empty for words only"),
            Column("description", "VARCHAR", "the words"),
            Column(
                "certainty",
                "VARCHAR",
                "confirmed, suspected or ruled_out",
                required=True,
                choices=CERTAINTIES,
            ),
        ),
    ),
    Table(
        "treatments",
        "one referral for one treatment and what came of it",
        (
            _TEAM,
            Column(
                "treatment",
                "VARCHAR",
                "treatment id from config",
                required=True,
                vocabulary="treatment",
            ),
            Column("referred_on", "DATE", "referral for the treatment", required=True),
            Column("assessed_on", "DATE", "assessed for it"),
            Column("started_on", "DATE", "treatment started"),
            Column("ended_on", "DATE", "ended, started or not; empty while open"),
            Column("outcome", "VARCHAR", "completed, declined or stopped", choices=OUTCOMES),
        ),
        steps=("referred_on", "assessed_on", "started_on", "ended_on"),
    ),
    Table(
        "events",
        "something on one day",
        (
            Column("team", "VARCHAR", "team id from config", vocabulary="team"),
            Column(
                "kind", "VARCHAR", "panel_review, attendance, contact, care_plan, …", required=True
            ),
            Column("occurred_on", "DATE", "the day", required=True),
        ),
    ),
    Table(
        "prescriptions",
        "one course of one drug class",
        (
            Column("drug_class", "VARCHAR", "antipsychotic, sedative, …", required=True),
            Column("indication", "VARCHAR", "why, where it was recorded"),
            Column("started_on", "DATE", "first day", required=True),
            Column("ended_on", "DATE", "last day; empty while open"),
        ),
        steps=("started_on", "ended_on"),
    ),
    Table(
        "workforce",
        "one staff measure of one team in one month",
        (
            _TEAM,
            Column("month", "DATE", "first day of the month", required=True),
            Column("measure", "VARCHAR", "trained, supervised, …", required=True),
            Column("numerator", "INTEGER", "staff or sessions that did", required=True),
            Column("denominator", "INTEGER", "staff or sessions in all", required=True),
        ),
        has_person=False,
    ),
)


LINKS = Table("links", "one person by two or more identifiers", ())
"""What files fill that only say by what else people are known; no figure reads it."""


def table(name: str) -> Table:
    """Return a table by name."""
    return {item.name: item for item in (*TABLES, LINKS)}[name]
