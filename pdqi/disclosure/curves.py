"""Curves of lengths of time as a reader may see them.

A step of a curve is the day on which somebody's time ended. So for readers who are not cleared a
curve falls in whole weeks and only where enough ends have come together since it last fell; what
it shows at 4, 18, 26 and 52 weeks is shown only where no smaller number stands between
(DEFINITIONS, disclosure control).
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pdqi.config import Policy
from pdqi.disclosure.rounding import half_up, rounded
from pdqi.model import NO_DATA, NOT_REACHED, SUPPRESSED, Cell, PublishedCurve, State, WeekShare
from pdqi.statistics.survival import Survival

Floats = npt.NDArray[np.float64]
WEEK = 7
COUNTED = (0, 4, 8, 12, 18, *range(26, 521, 26))
"""The weeks after which it is told how many are left: enough to stand under any curve."""


def withheld(weeks: Sequence[int], state: State) -> PublishedCurve:
    """Return a curve of which nothing is shown, and why."""
    cell = NO_DATA if state is State.NO_DATA else SUPPRESSED
    none = WeekShare(cell, cell, cell, cell)
    return PublishedCurve(state, (), (), (), (), (), (), (), dict.fromkeys(weeks, none), {})


def exact(fitted: Survival, weeks: Sequence[int]) -> PublishedCurve:
    """Return a curve as it is, for a cleared reader."""
    days = np.unique(np.concatenate([[0.0], fitted.time]))
    return _curve(fitted, (days, days, days), frozenset(weeks), weeks, None)


def coarsened(fitted: Survival, weeks: Sequence[int], policy: Policy) -> PublishedCurve:
    """Return a curve whose steps each rest on enough ends, in whole weeks, rounded."""
    marks, outcomes = [WEEK * week for week in weeks], fitted.outcomes
    ended, ended_known = _steps(outcomes.time, outcomes.ended, marks, policy.threshold)
    removed, _ = _steps(outcomes.time, outcomes.removed, marks, policy.threshold)
    days = np.unique(np.concatenate([[0.0], ended, removed]))
    known = frozenset(week for week in weeks if ended_known[WEEK * week])
    return _curve(fitted, (days, _held(days, ended), _held(days, removed)), known, weeks, policy)


def _steps(
    time: Floats, counts: Floats, marks: Sequence[int], enough: int
) -> tuple[Floats, dict[int, bool]]:
    """Return the days on which a coarsened curve falls, and whether it is true at each mark.

    Between one mark and the next the curve falls as soon as `enough` have ended since it last
    fell; what is left over before a mark joins the last fall there. Where none can be joined, it
    is carried past the mark, and the mark is not known.
    """
    of_week = WEEK * np.maximum(np.ceil(time / WEEK), 1)
    days, place = np.unique(of_week[counts > 0], return_inverse=True)
    number = np.bincount(place, weights=counts[counts > 0], minlength=len(days))
    steps: list[float] = []
    known: dict[int, bool] = {}
    pending = 0.0
    for first, last in zip([0, *marks], [*marks, np.inf], strict=True):
        here = (days > first) & (days <= last)
        before = len(steps)
        for day, ends in zip(days[here], number[here], strict=True):
            pending += ends
            if pending >= enough:
                steps.append(float(day))
                pending = 0.0
        if pending and len(steps) > before:
            steps[-1] = float(days[here][-1])
            pending = 0.0
        if last in marks:
            known[int(last)] = pending == 0
    return np.asarray(steps, dtype=float), known


def _held(days: Floats, steps: Floats) -> Floats:
    """Return for each day the last day up to it on which the curve fell; 0 where it has not."""
    place = np.searchsorted(steps, days, side="right") - 1
    return np.where(place >= 0, np.append(steps, 0.0)[place], 0.0)


def _curve(
    fitted: Survival,
    at: tuple[Floats, Floats, Floats],
    known: frozenset[int],
    weeks: Sequence[int],
    policy: Policy | None,
) -> PublishedCurve:
    """Return what is shown on some days: ends as on the second of `at`, removals on the third."""
    outcomes = fitted.outcomes
    days, ended, removed = at

    def shares(values: Floats, when: Floats, start: float) -> tuple[float, ...]:
        return tuple(_share(value, policy) for value in _at(fitted.time, values, when, start))

    def limits(values: Floats) -> tuple[float | None, ...]:
        found = _at(fitted.time, values, ended, np.nan)
        return tuple(None if np.isnan(value) else _share(value, policy) for value in found)

    left = [outcomes.number if day == 0 else outcomes.left_after(day) for day in days]
    return PublishedCurve(
        State.SHOWN,
        tuple(float(day) for day in days),
        shares(fitted.surv, ended, 1.0),
        limits(fitted.lower),
        limits(fitted.upper),
        tuple(_count(number, policy) for number in left),
        shares(outcomes.ended_share, ended, 0.0),
        shares(outcomes.removed_share, removed, 0.0),
        {week: _week(fitted, week, known, policy) for week in weeks},
        {
            week: _count(outcomes.left_after(WEEK * week) if week else outcomes.number, policy)
            for week in COUNTED
            if WEEK * week <= fitted.time[-1]
        },
    )


def _week(fitted: Survival, week: int, known: frozenset[int], policy: Policy | None) -> WeekShare:
    left = _count(fitted.outcomes.left_after(WEEK * week), policy)
    if week not in known:
        return WeekShare(SUPPRESSED, SUPPRESSED, SUPPRESSED, left)
    found = fitted.outcomes.by(WEEK * week)
    if found is None:
        return WeekShare(NOT_REACHED, NOT_REACHED, NOT_REACHED, left)
    value, low, high = (
        # Where nobody or everybody has ended, no interval can be given.
        NO_DATA if np.isnan(end) else Cell(_share(end, policy))
        for end in (found.value, found.low, found.high)
    )
    return WeekShare(value, low, high, left)


def _at(time: Floats, values: Floats, days: Floats, start: float) -> Floats:
    """Return a step function's values on some days; `start` before the first step."""
    place = np.searchsorted(time, days, side="right")
    found: Floats = np.concatenate([[start], values])[place]
    return found


def _share(value: float, policy: Policy | None) -> float:
    return float(value) if policy is None else half_up(float(value), 2)


def _count(number: float, policy: Policy | None) -> Cell:
    if policy is None:
        return Cell(int(number))
    if 0 < number < policy.threshold or (policy.hide_zero and number == 0):
        return SUPPRESSED
    return Cell(rounded(number, policy.round_to))
