"""The groups of a control chart: where a mean starts anew, and how far values vary by chance.

2.66 and 3.267 are the field's literals (Wheeler 1993; Nelson 1982), not the constants they round.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import fsum
from typing import NamedTuple

from pdqi.statistics.series import Day, days, noise, order, sign

LIMIT, NEAR, SCREEN = 2.66, 2 / 3 * 2.66, 3.267


@dataclass(frozen=True, slots=True)
class Rebase:
    """From when a mean starts anew, and why."""

    on: Day
    reason: str = ""


class Stretch(NamedTuple):
    """The rows of a group, and the rebases that opened it."""

    number: int
    first: int
    end: int
    rebases: tuple[Rebase, ...]


class Limits(NamedTuple):
    """Mean, process limits and near limits; None where there is nothing to take them from."""

    mean: float | None
    lpl: float | None = None
    upl: float | None = None
    near_lpl: float | None = None
    near_upl: float | None = None


def rebases(given: Iterable[Day | Rebase]) -> list[Rebase]:
    """Return rebases as given, plain dates as rebases without a reason."""
    found = [each if isinstance(each, Rebase) else Rebase(each) for each in given]
    return [
        Rebase(on, each.reason)
        for on, each in zip(days(each.on for each in found), found, strict=True)
    ]


def stretches(when: Sequence[Day], given: Iterable[Rebase]) -> tuple[list[Stretch], bool]:
    """Return the groups of rows, and whether some rebase date was not among the dates.

    A rebase opens a group at its date, else at the next row after it; after the last row, none.
    Groups are counted from 0; a rebase at the first row makes the first group number 1.
    """
    opened: dict[int, tuple[Rebase, ...]] = {}
    missed = False
    for each in given:
        days([each.on, *when[:1]])
        at = next((row for row, date in enumerate(when) if order(date) >= order(each.on)), None)
        missed = missed or at is None or when[at] != each.on
        if at is not None:
            opened[at] = (*opened.get(at, ()), each)
    starts = sorted({0, *opened}) if when else []
    ends = [*starts[1:], len(when)]
    return [
        Stretch(number + (0 in opened), first, end, opened.get(first, ()))
        for number, (first, end) in enumerate(zip(starts, ends, strict=False))
    ], missed


def average_range(base: Sequence[float | None], screened: bool) -> tuple[float | None, bool]:
    """Return the average moving range, and whether screening had to be undone.

    None where no two values stand beside each other. Screening drops ranges of 3.267 times the
    average or more, once. Where it would leave only ranges of nothing, it is undone.
    """
    level = noise(base)
    ranges = [
        abs(b - a) if sign(b - a, level) else 0.0
        for a, b in pairwise(base)
        if a is not None and b is not None
    ]
    if not ranges:
        return None, False
    amr = fsum(ranges) / len(ranges)
    kept = [each for each in ranges if each == 0 or each < SCREEN * amr - level]
    if not screened or len(kept) == len(ranges):
        return amr, False
    smaller = fsum(kept) / len(kept)
    return (smaller, False) if smaller else (amr, True)


def limits(base: Sequence[float | None], amr: float | None) -> Limits:
    """Return the mean of the values that there are, and limits at 2.66 average ranges from it."""
    given = [value for value in base if value is not None]
    if not given:
        return Limits(None)
    mean = fsum(given) / len(given)
    if amr is None:
        return Limits(mean)
    far, near = LIMIT * amr, NEAR * amr
    return Limits(mean, mean - far, mean + far, mean - near, mean + near)
