"""What each month of a control chart says, in the words of this project.

The mathematics is `pdqi.statistics`; here a month is told apart as improvement or concern, and
gets the number of months that stand behind it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from statistics import median
from typing import Literal

from pdqi.findings.months import Month
from pdqi.metrics.kpi import Better
from pdqi.statistics.icons import Improvement
from pdqi.statistics.run_chart import run_chart
from pdqi.statistics.series import noise, sign
from pdqi.statistics.special_causes import SpecialCause
from pdqi.statistics.xmr import Group, Xmr, suggest_rebase, xmr

Rule = Literal["", "outside", "trend", "two_of_three", "run"]
RULES: Mapping[SpecialCause, Rule] = {
    SpecialCause.ABOVE: "outside",
    SpecialCause.BELOW: "outside",
    SpecialCause.RISING: "trend",
    SpecialCause.FALLING: "trend",
    SpecialCause.TWO_ABOVE: "two_of_three",
    SpecialCause.TWO_BELOW: "two_of_three",
    SpecialCause.RUN_ABOVE: "run",
    SpecialCause.RUN_BELOW: "run",
}
IMPROVES: Mapping[Better, Improvement] = {
    Better.HIGHER: "increase",
    Better.LOWER: "decrease",
    Better.NEITHER: "neutral",
}


class Signal(StrEnum):
    """What a month says, and the latest of them for all."""

    COMMON = "as expected by chance"
    IMPROVEMENT = "improvement"
    CONCERN = "concern"
    HIGHER = "higher than expected"
    LOWER = "lower than expected"


class Assurance(StrEnum):
    """Whether the target will be met, if nothing changes."""

    PASS = "expected to be met"
    FAIL = "expected to be missed"
    INCONSISTENT = "hit or miss"


@dataclass(frozen=True, slots=True)
class Point:
    """A month on the chart: what it says, by which rule, and over how many months."""

    month: Month
    target: float | None = None
    signal: Signal = Signal.COMMON
    rule: Rule = ""
    up: bool = False
    """Whether the signal is above or rising; without a rule it means nothing."""
    length: int = 0
    """Months of the run or trend that it is in."""

    @property
    def why(self) -> str:
        """Why the point is coloured, or why the month has none; empty where chance explains it."""
        if self.month.missing:
            return f"Not shown: {self.month.missing}"
        end = "upper" if self.up else "lower"
        where = {
            "": "",
            "outside": "Above the upper limit" if self.up else "Below the lower limit",
            "trend": f"One of {self.length} {'rising' if self.up else 'falling'} values in a row",
            "two_of_three": f"Two of three in a row near the {end} limit",
            "run": f"One of {self.length} in a row {'above' if self.up else 'below'} the mean",
        }[self.rule]
        return where and f"{where}: {self.signal.value}"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Months, by their places, that share a mean and limits; where they are too few, a median."""

    first: int
    last: int
    values: int
    centre: float
    lower: float | None = None
    upper: float | None = None

    @property
    def judged(self) -> bool:
        """Whether there are limits."""
        return self.lower is not None

    @property
    def limits(self) -> tuple[float, ...]:
        """Lower and upper limit; none where they would lie on the mean."""
        if self.lower is None or self.upper is None or self.lower == self.upper:
            return ()
        return self.lower, self.upper


def signal(up: bool, better: Better) -> Signal:
    """Return what a special cause means where up, or down, is better."""
    if better is Better.NEITHER:
        return Signal.HIGHER if up else Signal.LOWER
    return Signal.IMPROVEMENT if up == (better is Better.HIGHER) else Signal.CONCERN


@dataclass(frozen=True, slots=True)
class Judged:
    """What the mathematics says of a series."""

    points: tuple[Point, ...]
    stretches: tuple[Stretch, ...] = ()
    assurance: Assurance | None = None
    shifted: bool | None = None
    """For a run chart: whether it shows a shift; None where there are too few values to tell."""
    suggested: int | None = None
    """The place of a step that the figures suggest."""


def judge(
    months: Sequence[Month],
    targets: Sequence[float | None],
    better: Better,
    steps: Sequence[int],
) -> Judged:
    """Return every month as a point, judged; `steps` are places at which a mean starts anew."""
    values = [month.value for month in months]
    target = targets[-1] if targets else None
    chart = xmr(values, improvement=IMPROVES[better], target=target, rebase=steps, preset="mdc")
    lengths = _lengths(chart)
    points = tuple(
        _point(month, in_force, found.special_cause_type, length, better)
        for month, in_force, found, length in zip(
            months, targets, chart.points, lengths, strict=True
        )
    )
    stretches = tuple(_stretch(group, values) for group in chart.groups if group.values)
    last = chart.groups[-1]
    runs = None if last.lpl is not None else run_chart(values[last.first :])
    return Judged(
        points,
        stretches,
        None if chart.assurance_icon is None else Assurance[chart.assurance_icon.upper()],
        runs.signal if runs is not None and runs.enough else None,
        suggest_rebase(chart),
    )


def _point(
    month: Month, target: float | None, cause: SpecialCause, length: int, better: Better
) -> Point:
    if cause is SpecialCause.COMMON:
        return Point(month, target)
    up = cause.direction > 0
    return Point(month, target, signal(up, better), RULES[cause], up, length)


def _stretch(group: Group, values: Sequence[float | None]) -> Stretch:
    mine = [value for value in values[group.first : group.first + group.n] if value is not None]
    centre = median(mine) if group.mean is None or group.lpl is None else group.mean
    last = group.first + group.n - 1
    return Stretch(group.first, last, group.values, centre, group.lpl, group.upl)


def _lengths(chart: Xmr) -> list[int]:
    """Return for each point how many months its run or trend has; 0 for every other point."""
    found = [0] * len(chart.points)
    level = noise(point.value for point in chart.points)
    for group in chart.groups:
        mine = chart.points[group.first : group.first + group.n]
        sides = [point.relative_to_mean for point in mine]
        ways = [
            None if a.value is None or b.value is None else sign(b.value - a.value, level)
            for a, b in pairwise(mine)
        ]
        for place, point in enumerate(mine):
            cause = point.special_cause_type
            if RULES.get(cause) == "run":
                before, after = sides[: place + 1][::-1], sides[place:]
                found[group.first + place] = _same(before) + _same(after) - 1
            elif RULES.get(cause) == "trend":
                way = cause.direction
                before, after = [way, *ways[:place][::-1]], [way, *ways[place:]]
                found[group.first + place] = _same(before) + _same(after) - 1
    return found


def _same(signs: Sequence[int | None]) -> int:
    """Return how many signs from the first on equal it."""
    return next((n for n, each in enumerate(signs) if each != signs[0]), len(signs))
