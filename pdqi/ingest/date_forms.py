"""In which forms new extracts write their dates, and what stands there for "none yet"."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pdqi.ingest.extract import Seen, shape_of
from pdqi.ingest.headings import headings
from pdqi.ingest.mapping import ALWAYS_ACCEPTED, DATE_FORMS

FAR_YEARS = ("9999", "2999", "2099", "3000")
DAY_FIRST, MONTH_FIRST = "dd/mm/yyyy", "mm/dd/yyyy"
SLASHED = {DAY_FIRST, MONTH_FIRST}
"""A mapping takes one of them: they cannot be told apart."""

MOST_SHAPES = 5


@dataclass(frozen=True)
class Dates:
    """The forms to accept, what is doubtful, and by file and column the dates that mean "open"."""

    forms: tuple[str, ...]
    notes: tuple[str, ...]
    open_words: Mapping[tuple[str, str], Sequence[str]]


def dates_of(columns: Iterable[tuple[str, Seen]]) -> Dates:
    """Return the fewest forms that read the most values of date columns, given with their files."""
    columns = list(columns)
    forms = _forms(columns)
    notes = _day_or_month(columns) if SLASHED & set(forms) else []
    open_words: dict[tuple[str, str], Sequence[str]] = {}
    for file, seen in columns:
        words = [v for v in seen.some if any(v.startswith(y) or v.endswith(y) for y in FAR_YEARS)]
        words += [v for v in seen.some if v.casefold() in headings().open]
        if words:
            open_words[file, seen.name] = sorted(words)
        known = {*words, *(v for form in forms for v in seen.forms.get(form, ()))}
        known |= {v for v in seen.some if v.casefold() in headings().empty}
        # A day that no calendar has is a slip in the file, not another form.
        known |= {v for v in seen.some for form in forms if re.fullmatch(DATE_FORMS[form][0], v)}
        if unread := _shapes(seen, known).most_common(MOST_SHAPES):
            said = ", ".join(f"{shape} in {rows:,}" for shape, rows in unread)
            notes.append(
                f"{file}, {seen.name}: no form of dates reads {said};"
                " 9 stands for a digit and a for a letter."
            )
    return Dates(forms, tuple(notes), open_words)


def _shapes(seen: Seen, known: set[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for value, rows in seen.some.items():
        if value not in known:
            found[shape_of(value)] += rows
    return found


def _forms(columns: Sequence[tuple[str, Seen]]) -> tuple[str, ...]:
    """Take the form that reads the most rows, then the one that adds most, until none adds."""
    chosen: list[str] = []
    read: list[set[str]] = [set() for _ in columns]
    while True:
        gains = {
            form: sum(
                seen.some[value]
                for (_, seen), done in zip(columns, read, strict=True)
                for value in seen.forms.get(form, frozenset()) - done
            )
            for form in DATE_FORMS
            if not (form in SLASHED and SLASHED & set(chosen))
        }
        form = max(gains, key=lambda name: gains[name])
        if not gains[form]:
            return tuple(chosen) or (ALWAYS_ACCEPTED,)
        chosen.append(form)
        for (_, seen), done in zip(columns, read, strict=True):
            done |= seen.forms.get(form, frozenset())


def _day_or_month(columns: Sequence[tuple[str, Seen]]) -> list[str]:
    """Say where day and month cannot be told apart, or where files write them differently."""
    only_day = only_month = both = 0
    for _, seen in columns:
        day, month = (seen.forms.get(form, frozenset()) for form in (DAY_FIRST, MONTH_FIRST))
        only_day, only_month, both = (
            before + len(values)
            for before, values in zip(
                (only_day, only_month, both), (day - month, month - day, day & month), strict=True
            )
        )
    if only_day and only_month:
        return [
            "Some dates can only be day/month/year and others only month/day/year. Files that"
            " differ need a mapping each."
        ]
    if both and not only_day and not only_month:
        return [
            "Every date with slashes can be read as day/month or as month/day; day first is"
            " taken, as written in Britain. Ask who keeps the file."
        ]
    return []
