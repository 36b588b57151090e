"""Sudden drops in the number of rows that a team records in a month.

Judged on what is published: what is suppressed is not judged, so a verdict says no more than the
numbers beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import exp
from statistics import median

from pdqi.model import Cell, Published

WINDOW, FEWEST = 7, 4
"""The months before, and how many of them have to be known. NHS England expects a provider's data
in a month when any came in the seven months before."""
HALF = 0.5
CHANCE = 0.0001
"""Less likely than this by chance alone: thousands of months are looked at, team by team."""


@dataclass(frozen=True)
class Drop:
    """A run of months in which a team recorded far fewer rows than it used to."""

    scope: str
    item: str
    """The item by which the rows of the table are counted."""
    first: date
    last: date
    least: float
    """Rows in the lowest of these months."""
    usual: float
    """The median of the months before the first of them."""
    goes_on: bool
    """Whether the run reaches the last month of all."""


def drops(
    months: Sequence[Published], scopes: Sequence[str], items: Sequence[str]
) -> tuple[Drop, ...]:
    """Return the drops of each scope and item, in their order; `months` are the oldest first."""
    tables: list[Mapping[tuple[str, str | None], Cell]] = [
        {(figure.scope, figure.by): figure["rows"] for figure in month.figures} for month in months
    ]
    days = [month.basis.period.first for month in months]
    found: list[Drop] = []
    for scope in scopes:
        for item in items:
            cells = [table.get((scope, item), Cell(0)) for table in tables]
            numbers = [None if cell.value is None else float(cell.value) for cell in cells]
            if any(numbers):
                found += _of_series(scope, item, days, numbers)
    return tuple(found)


def _of_series(
    scope: str, item: str, days: Sequence[date], numbers: Sequence[float | None]
) -> list[Drop]:
    found: list[Drop] = []
    usual = 0.0
    run: list[int] = []
    for place, number in enumerate([*numbers, None]):
        before = [n for n in numbers[max(0, place - WINDOW) : place] if n is not None]
        # Inside a run its own low months must not become the usual ones.
        if not run:
            usual = median(before) if len(before) >= FEWEST else 0.0
        if number is not None and is_drop(number, usual) and len(run) < WINDOW:
            run.append(place)
        elif run:
            least = min(numbers[each] or 0.0 for each in run)
            goes_on = run[-1] == len(numbers) - 1
            found.append(Drop(scope, item, days[run[0]], days[run[-1]], least, usual, goes_on))
            run = []
    return found


def is_drop(number: float, usual: float) -> bool:
    """Whether a number is under half of the usual one, and too low for chance alone."""
    return number < HALF * usual and at_most(number, usual) < CHANCE


def at_most(number: float, mean: float) -> float:
    """Return the probability of at most so many where so many are expected (Poisson)."""
    term = total = exp(-mean)
    for each in range(1, int(number) + 1):
        term *= mean / each
        total += term
    return total
