"""Tables of figures as a reader may see them.

`protect` turns one raw table into a published one, for one policy. It works on the whole table
at once and before any row is chosen, so a figure is the same however it is asked for, and what
is hidden in one row cannot be had by subtracting others (DEFINITIONS, disclosure control).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pdqi.config import Policy
from pdqi.disclosure import curves
from pdqi.disclosure.rounding import DAYS_IN_QUARTER, half_up, rounded
from pdqi.metrics.kpi import Count, Curve, Duration, Kind, Sorted, Statistic
from pdqi.metrics.measure import WEEKS, Raw, RawRow
from pdqi.model import (
    NO_DATA,
    NOT_REACHED,
    SUPPRESSED,
    Cell,
    Figure,
    Published,
    PublishedCurve,
    State,
)

Place = tuple[str, str | None]
"""A row of a table: scope and, where it breaks down, the part."""


@dataclass(frozen=True)
class Family:
    """A total and the parts that it is made of: one hidden part must not stand alone.

    No `total` stands for one that no row shows but that other rows add up to.
    """

    total: Place | None
    parts: tuple[Place, ...]


def protect(raw: Raw, families: Sequence[Family], policy: Policy) -> Published:
    """Return the table that a reader under `policy` may see.

    Suppression in order: small counts; parts that leave a small rest; what a visible total or
    sibling would give back. Then rounding, and only then shares, intervals and ratios.
    """
    hidden = set() if policy.cleared else _hidden(raw, families, policy)
    figures = tuple(_figure(raw.kind, row, hidden, policy) for row in raw.rows())
    return Published(raw.kpi, raw.basis, policy.id, policy.cleared, figures)


def _hidden(raw: Raw, families: Sequence[Family], policy: Policy) -> set[tuple[Place, str]]:
    """Every (row, count) that may not be shown."""
    rows = {(row.scope, row.by): row for row in raw.rows()}
    hidden: set[tuple[Place, str]] = set()
    counts = raw.kind.counts

    def small(number: int) -> bool:
        return 0 < number < policy.threshold or (policy.hide_zero and number == 0)

    for place, row in rows.items():
        for count in counts:
            number = row.counts[count.name]
            wholes = [row.counts[whole] for whole in count.within]
            rests = [whole - number for whole in wholes] if policy.protect_complement else []
            if (
                small(number)
                or any(map(small, wholes))
                or any(0 < r < policy.threshold for r in rests)
            ):
                hidden.add((place, count.name))
    # What one rule hides can leave another cell alone in its family, so until nothing changes.
    before = -1
    while before != len(hidden):
        before = len(hidden)
        for family in families:
            for count in counts:
                _close(family, count, rows, hidden, policy)
        if isinstance(raw.kind, Sorted):
            for place, row in rows.items():
                _close_parts(place, row, counts, hidden, policy)
    return hidden


def _close_parts(
    place: Place,
    row: RawRow,
    counts: Sequence[Count],
    hidden: set[tuple[Place, str]],
    policy: Policy,
) -> None:
    """Hide what the counts of one row would give back, of which all but the first add up to it."""
    whole, parts = counts[0].name, [count.name for count in counts[1:]]
    if policy.protect_complement:
        rests = {name: row.counts[whole] - row.counts[name] for name in parts}
        hidden |= {(place, name) for name, rest in rests.items() if 0 < rest < policy.threshold}
    gone = [name for name in parts if (place, name) in hidden]
    seen = [name for name in parts if name not in gone and row.counts[name] > 0]
    shown = (place, whole) not in hidden
    alone = len(gone) == 1 or (
        len(gone) > 1
        and _pinned(row.counts[whole], [row.counts[name] for name in seen], len(gone), policy)
    )
    # A hidden whole whose parts can all be seen is hidden in vain.
    if (shown and gone and alone) or (not shown and not gone):
        smallest = min(seen, key=lambda name: (row.counts[name], name), default=whole)
        hidden.add((place, smallest))


def _close(
    family: Family,
    count: Count,
    rows: Mapping[Place, RawRow],
    hidden: set[tuple[Place, str]],
    policy: Policy,
) -> None:
    """Hide what a family would otherwise give back of one count.

    People are counted once in each scope, so parts may add up to more than their total; where
    they do, subtracting the rest says nothing and nothing more needs hiding.
    """
    name, total = count.name, family.total
    parts = [place for place in family.parts if place in rows]
    gone = [place for place in parts if (place, name) in hidden]
    seen = [place for place in parts if place not in gone]

    def hide_smallest() -> bool:
        partners = [place for place in seen if rows[place].counts[name] > 0]
        if partners:
            order = {p: (rows[p].counts[name], p[0], p[1] or "") for p in partners}
            hidden.add((min(partners, key=order.__getitem__), name))
        return bool(partners)

    if total and total not in rows:
        return
    if total and (total, name) in hidden:
        # A hidden total whose parts can all be seen is hidden in vain.
        if not gone:
            hide_smallest()
    elif total and gone and len(parts) == 1:
        hidden.add((total, name))
    elif gone and (total is None or _subtracts(count, rows, total, seen)):
        whole = rows[total].counts[name] if total else 0
        numbers = [rows[place].counts[name] for place in seen]
        alone = len(gone) == 1
        if (alone or (total and _pinned(whole, numbers, len(gone), policy))) and (
            not hide_smallest() and total
        ):
            hidden.add((total, name))


def _subtracts(
    count: Count, rows: Mapping[Place, RawRow], total: Place, seen: Sequence[Place]
) -> bool:
    """Whether total less what is seen leaves anything, of the count or of those who lack it."""

    def left(of: RawRow, rest_of: str | None) -> int:
        return of.counts[rest_of] - of.counts[count.name] if rest_of else of.counts[count.name]

    return any(
        left(rows[total], whole) > sum(left(rows[place], whole) for place in seen)
        for whole in (None, *count.within)
    )


def _pinned(total: int, seen: Sequence[int], gone: int, policy: Policy) -> bool:
    """Whether the rounded total and the rounded rest leave each hidden part no room above 1.

    From below they cannot pin it: which of the hidden parts is small is not known.
    """
    _, most = _range(total, policy)
    return most - sum(_range(number, policy)[0] for number in seen) <= gone


def _range(number: int, policy: Policy) -> tuple[int, int]:
    """Return the least and the most that a shown count may have been before rounding."""
    if number == 0:
        return 0, 0
    step = policy.round_to
    published = rounded(number, step)
    same = [
        n
        for n in range(max(0, published - step), published + step + 1)
        if rounded(n, step) == published
    ]
    return max(policy.threshold, same[0]), same[-1]


def _figure(kind: Kind, row: RawRow, hidden: set[tuple[Place, str]], policy: Policy) -> Figure:
    cells = _cells(kind, row, hidden, policy)
    drawn = kind.curves if isinstance(kind, Duration) else ()
    lines = {curve.series: _line(curve, row, cells, policy) for curve in drawn}
    return Figure(row.scope, row.by, cells, lines)


def _line(curve: Curve, row: RawRow, cells: Mapping[str, Cell], policy: Policy) -> PublishedCurve:
    """Return a curve, where there are enough people behind it and their number may be known."""
    fitted = row.curves.get(curve.series)
    if fitted is None:
        return curves.withheld(WEEKS, State.NO_DATA)
    if policy.cleared:
        return curves.exact(fitted, WEEKS)
    few = row.counts[curve.people] < policy.fewest_people
    if few or State.SUPPRESSED in (cells[curve.people].state, cells[curve.of].state):
        return curves.withheld(WEEKS, State.SUPPRESSED)
    return curves.coarsened(fitted, WEEKS, policy)


def _cells(
    kind: Kind, row: RawRow, hidden: set[tuple[Place, str]], policy: Policy
) -> dict[str, Cell]:
    place = (row.scope, row.by)
    cells: dict[str, Cell] = {}
    for count in kind.counts:
        if (place, count.name) in hidden:
            cells[count.name] = SUPPRESSED
        else:
            number = row.counts[count.name]
            cells[count.name] = Cell(number if policy.cleared else rounded(number, policy.round_to))
    derived = kind.derive(cells)
    few = any(0 < row.counts[name] < policy.fewest_people for name in kind.ratio_rests_on)
    for field in kind.derived:
        cell = derived[field.name]
        if few and field.unit == "ratio" and not policy.cleared:
            cell = SUPPRESSED
        if not policy.cleared and cell.value is not None:
            # Whole percent, and ratios to a tenth: rounded counts carry no more than that.
            cell = Cell(half_up(float(cell.value), 2 if field.unit == "share" else 1))
        cells[field.name] = cell
    for statistic in kind.statistics:
        cells[statistic.name] = _statistic(statistic, row, cells[statistic.rests_on], policy)
    return cells


def _statistic(statistic: Statistic, row: RawRow, behind: Cell, policy: Policy) -> Cell:
    people = row.counts[statistic.rests_on]
    if people == 0:
        return NO_DATA
    if not policy.cleared and (people < policy.fewest_people or behind.state is State.SUPPRESSED):
        return SUPPRESSED
    value = row.statistics.get(statistic.name)
    if value is None:
        return NOT_REACHED
    if policy.cleared:
        return Cell(value)
    if statistic.one_persons:
        # Whole quarters of a year, expressed in days again.
        quarters = math.floor(value / DAYS_IN_QUARTER + 0.5)
        return Cell(round(quarters * DAYS_IN_QUARTER))
    return Cell(value if statistic.unit == "ratio" else math.floor(value + 0.5))
