"""The four rules that mark points of a control chart, and which of them names a point.

outside > trend > two of three > run: the first that holds gives the label (NHSRplotthedots 0.2.2;
Making Data Count has the same four). A run or trend longer than seven is marked whole. Nothing goes
across a missing value, and a value on the mean or a tie breaks what it interrupts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from pdqi.statistics.series import sign

RUN, TRIPLE = 7, 3


class SpecialCause(StrEnum):
    """Which rule marks a point, in the words of NHSRplotthedots."""

    ABOVE = "Above UCL"
    BELOW = "Below LCL"
    RISING = "7 Point Trend (Increasing)"
    FALLING = "7 Point Trend (Decreasing)"
    TWO_ABOVE = "2 in 3 Above CL"
    TWO_BELOW = "2 in 3 Below CL"
    RUN_ABOVE = "7 Points Above CL"
    RUN_BELOW = "7 Points Below CL"
    COMMON = "Common Cause"

    @property
    def direction(self) -> int:
        """1 for above or rising, -1 for below or falling, 0 for common cause."""
        if self is SpecialCause.COMMON:
            return 0
        return 1 if "Above" in self.value or "Increasing" in self.value else -1


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a value lies: the sign of its distance from the mean, beyond the limits, near them."""

    side: int | None
    outside: bool = False
    near: bool = False


def special_causes(
    values: Sequence[float | None],
    placed: Sequence[Placed],
    noise: float,
    *,
    beyond_counts: bool,
    step_tells_trend: bool,
) -> list[SpecialCause]:
    """Return the label of each value of one group.

    `noise` is the difference up to which two values are a tie. `beyond_counts` is whether a value
    beyond a limit counts towards two of three (it is itself labelled as beyond). A value that two
    trends share, or that ends one just before the next begins, takes its direction from the later
    trend it belongs to, or with `step_tells_trend` from the step to the next value, as
    NHSRplotthedots does; the two differ only where a single step separates two trends.
    """
    steps = [_step(a, b, noise) for a, b in pairwise(values)]
    sides = [place.side for place in placed]
    trends = _spread(steps, RUN - 1, len(values))
    runs = _spread(sides, RUN, len(values))
    pairs = _two_of_three(placed, beyond_counts)
    if step_tells_trend:
        trends = [
            (steps[i] or direction) if direction and any(trends[i + 1 : i + 2]) else direction
            for i, direction in enumerate(trends)
        ]
    found = []
    for place, trend, pair, run in zip(placed, trends, pairs, runs, strict=True):
        if place.outside:
            found.append(SpecialCause.ABOVE if place.side == 1 else SpecialCause.BELOW)
        elif trend:
            found.append(SpecialCause.RISING if trend == 1 else SpecialCause.FALLING)
        elif pair:
            found.append(SpecialCause.TWO_ABOVE if pair == 1 else SpecialCause.TWO_BELOW)
        elif run:
            found.append(SpecialCause.RUN_ABOVE if run == 1 else SpecialCause.RUN_BELOW)
        else:
            found.append(SpecialCause.COMMON)
    return found


def _step(earlier: float | None, later: float | None, noise: float) -> int | None:
    if earlier is None or later is None:
        return None
    return sign(later - earlier, noise)


def _spread(signs: Sequence[int | None], size: int, number: int) -> list[int]:
    """Return for each of `number` values the sign of the last window of `size` equal signs on it.

    Signs may be of the values themselves or of the steps between them: then each covers two.
    """
    found = [0] * number
    for start in range(len(signs) - size + 1):
        if set(signs[start : start + size]) in ({1}, {-1}):
            for place in range(start, start + RUN):
                found[place] = signs[start] or 0
    return found


def _two_of_three(placed: Sequence[Placed], beyond_counts: bool) -> list[int]:
    found = [0] * len(placed)
    for start in range(len(placed) - TRIPLE + 1):
        window = placed[start : start + TRIPLE]
        sides = {place.side for place in window}
        near = [place.near or (beyond_counts and place.outside) for place in window]
        if sides in ({1}, {-1}) and sum(near) >= 2:
            for place in range(start, start + TRIPLE):
                if placed[place].near:
                    found[place] = placed[place].side or 0
    return found
