"""Where sources that tell of the same things disagree, as far as the reader may know.

Loading keeps every such thing as a row (`store.disagreements`); here they are counted, and a
number is hidden where it is of few people, however many rows they have.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pdqi.config import Policy
from pdqi.disclosure import rounded
from pdqi.model import SUPPRESSED, Cell
from pdqi.service import Service, Viewer
from pdqi.store.disagreements import FILE, VERDICTS


@dataclass(frozen=True)
class Pair:
    """Two sources and what they tell of one subject; the first is believed."""

    subject: str
    table: str
    first: str
    second: str
    counts: Mapping[str, Cell]
    """By verdict, a name of `VERDICTS`: how many things."""
    fields: Mapping[str, Cell]
    """Of those that differ: by date, how many differ in it."""


@dataclass(frozen=True)
class _Number:
    rows: int
    people: int


def pairs(service: Service, viewer: Viewer) -> tuple[Pair, ...]:
    """Return every pair of sources that tell of the same things; none where config names none."""
    file = service.store.path / f"{FILE}.parquet"
    if not file.is_file():
        return ()
    with service.store.session() as session:
        stored = {"stored": str(file)}
        verdicts = session.rows(
            "select overlap, about, first, second, verdict, count(*) as n,"
            " count(distinct person_key) as people from read_parquet($stored)"
            " group by all order by all",
            stored,
        )
        fields = session.rows(
            "select overlap, first, second, field, count(*) as n,"
            " count(distinct person_key) as people from"
            " (select *, unnest(fields) as field from read_parquet($stored))"
            " group by all order by all",
            stored,
        )
    names = {item.source: item.name for item in service.manifest.sendings}
    subjects = {item.id: item.name for item in service.config.overlaps}
    found: dict[tuple[str, str, str, str], dict[str, _Number]] = {}
    for row in verdicts:
        key = (row["overlap"], row["about"], row["first"], row["second"])
        found.setdefault(key, {})[row["verdict"]] = _Number(row["n"], row["people"])
    result = []
    for (overlap, about, first, second), numbers in found.items():
        counts = _protected(numbers, viewer.policy)
        differing = {
            row["field"]: _part(
                _Number(row["n"], row["people"]), numbers["differ"], counts["differ"], viewer.policy
            )
            for row in fields
            if (row["overlap"], row["first"], row["second"]) == (overlap, first, second)
        }
        result.append(
            Pair(
                subjects.get(overlap, overlap),
                about,
                names.get(first, first),
                names.get(second, second),
                counts,
                differing,
            )
        )
    return tuple(result)


def _protected(numbers: Mapping[str, _Number], policy: Policy) -> dict[str, Cell]:
    """Protect the verdicts of a pair: one that is hidden takes the next smallest with it.

    Together they are the rows of a file, about which numbers are shown elsewhere.
    """
    every = {name: numbers.get(name, _Number(0, 0)) for name in VERDICTS}
    cells = {name: _cell(number, policy) for name, number in every.items()}
    hidden = [name for name, cell in cells.items() if cell is SUPPRESSED]
    others = [name for name in VERDICTS if name not in hidden and every[name].rows]
    if len(hidden) == 1 and others:
        cells[min(others, key=lambda name: (every[name].rows, name))] = SUPPRESSED
    return cells


def _part(number: _Number, whole: _Number, shown: Cell, policy: Policy) -> Cell:
    """Protect how many of the differing things differ in one date, and how many do not."""
    if policy.cleared:
        return Cell(number.rows)
    rest = whole.rows - number.rows
    if shown is SUPPRESSED or (policy.protect_complement and 0 < rest < policy.threshold):
        return SUPPRESSED
    return _cell(number, policy)


def _cell(number: _Number, policy: Policy) -> Cell:
    if policy.cleared:
        return Cell(number.rows)
    if 0 < number.people < policy.threshold or (policy.hide_zero and number.rows == 0):
        return SUPPRESSED
    return Cell(rounded(number.rows, policy.round_to))
