"""A KPI over time as a Making Data Count chart: control limits, signals, marks and steps.

What is judged are the published values and nothing else, so that no limit can tell more than the
points do. A month without a value is a gap: it is never filled in, and it ends a run.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import fmean, median
from typing import Literal

from pdqi.config import Policy
from pdqi.findings import marks
from pdqi.findings.marks import Flag, Setting, Step
from pdqi.findings.months import Month, label_of, unit_of
from pdqi.findings.signals import Assurance, Judged, Point, Stretch, judge
from pdqi.metrics.kpi import Better, Kpi, Unit
from pdqi.model import Scope, State

MOST_HIDDEN = 0.25
"""Where a larger share of the months is hidden, those left are no fair sample of all: what is
suppressed are small numbers, and a median that is not reached is a long one."""
HIDDEN = (State.SUPPRESSED.words, State.NOT_REACHED.words)
MOST_AT_END = 0.5
"""Where as many months are at 0 or at 100%, something is too rare for limits by month: they suppose
that values lie on both sides of their mean, and would take each quiet time for a run."""
COARSE = 0.5
"""Where the standard deviation between months is a smaller part of the step to which counts are
rounded, it is mostly the rounding that limits would rest on (Wheeler's inadequate units)."""
SIGMA = 1.128
"""Mean difference of two values over their standard deviation."""
Kind = Literal["control", "run", "shared", "hidden", "rare", "coarse", "nothing"]
"""`control` has limits, and `run` too few points for them. The others are not judged: months that
share their records, months too many of which are hidden, values that are mostly 0 or 100%, and
values whose rounding is coarser than they differ."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A step that the figures suggest; it is drawn only where somebody asks for it."""

    at: int
    month: date
    values: int
    """How many values from that month on suggest it."""
    up: bool
    near: Flag | None


@dataclass(frozen=True)
class OverTime:
    """A KPI in one scope, month by month, judged."""

    kpi: Kpi
    scope: Scope
    label: str
    """Whose value is followed, where people are compared with others; else empty."""
    unit: Unit
    policy: Policy
    kind: Kind
    points: tuple[Point, ...]
    stretches: tuple[Stretch, ...]
    steps: tuple[Step, ...]
    flags: tuple[Flag, ...]
    suggestion: Suggestion | None
    assurance: Assurance | None
    shifted: bool | None
    """On a run chart: whether runs are longer, or crossings of the median fewer, than by chance;
    None where there are too few values to tell."""

    @property
    def better(self) -> Better:
        """Which direction is an improvement."""
        return self.kpi.better

    @property
    def latest(self) -> Point | None:
        """The latest point with a value."""
        return next((point for point in reversed(self.points) if not point.month.missing), None)

    @property
    def variation(self) -> Point | None:
        """The latest point where limits judge it: the variation icon."""
        return self.latest if self.kind == "control" else None

    @property
    def target(self) -> float | None:
        """The target in force in the last month."""
        return self.points[-1].target if self.points else None

    def stretch_at(self, place: int) -> Stretch | None:
        """Return the stretch that a month belongs to; None where it is in none."""
        return next((s for s in self.stretches if s.first <= place <= s.last), None)

    @property
    def missing(self) -> Mapping[str, int]:
        """How many months have no value, by reason."""
        found: dict[str, int] = {}
        for point in self.points:
            if point.month.missing:
                found[point.month.missing] = found.get(point.month.missing, 0) + 1
        return found


def over_time(
    kpi: Kpi,
    months: Sequence[Month],
    scope: Scope,
    setting: Setting,
    accept_suggested: bool = False,
) -> OverTime:
    """Return a KPI's months in one scope, judged.

    A step that the figures suggest is taken only with `accept_suggested`, and then told as one
    that nobody has agreed.
    """
    flags = marks.flags(kpi, months, scope, setting)
    steps = marks.steps(kpi, months, scope, setting)
    targets = marks.targets(kpi, months, setting.config)
    unit = unit_of(kpi, setting.labels)
    kind = _kind(kpi, months, unit, setting.policy)
    judged = Judged(tuple(map(Point, months, targets)))
    suggestion = None
    if kind == "control":
        judged = judge(months, targets, kpi.better, [step.at for step in steps])
        suggestion = _suggestion(judged, months, flags)
    if suggestion is not None and accept_suggested:
        steps = (*steps, Step(suggestion.at, suggestion.month, "The figures suggest it.", ""))
        judged = judge(months, targets, kpi.better, [step.at for step in steps])
        suggestion = None
    if kind == "control" and not judged.stretches[-1].judged:
        kind = "run"
    return OverTime(
        kpi,
        scope,
        label_of(kpi, setting.labels),
        unit,
        setting.policy,
        kind,
        judged.points,
        judged.stretches,
        steps,
        flags,
        suggestion,
        judged.assurance if kind == "control" else None,
        judged.shifted,
    )


def _suggestion(
    judged: Judged, months: Sequence[Month], flags: Sequence[Flag]
) -> Suggestion | None:
    """Return the step that the figures suggest, with the mark nearest to it."""
    at = judged.suggested
    if at is None:
        return None
    later = [month.value for month in months[at:] if month.value is not None]
    up = later[0] > judged.stretches[-1].centre
    return Suggestion(at, months[at].first, len(later), up, marks.nearest(months[at].first, flags))


def _kind(kpi: Kpi, months: Sequence[Month], unit: Unit, policy: Policy) -> Kind:
    """Whether there is anything to draw, and whether it may be judged at all."""
    values = [month.value for month in months if month.value is not None]
    if not values:
        return "nothing"
    if not kpi.monthly:
        return "shared"
    if sum(month.missing in HIDDEN for month in months) > MOST_HIDDEN * len(months):
        return "hidden"
    at_end = max(values.count(0), values.count(1) if unit == "share" else 0)
    if MOST_AT_END * len(values) <= at_end < len(values):
        return "rare"
    if at_end < len(values) and not policy.cleared and _coarse(months, unit, policy.round_to):
        return "coarse"
    return "control"


def _coarse(months: Sequence[Month], unit: Unit, step: int) -> bool:
    """Whether months differ by less than what rounding alone can make of them."""
    pairs = pairwise(month.value for month in months)
    apart = [abs(b - a) for a, b in pairs if a is not None and b is not None]
    wholes = [month.whole for month in months if month.whole]
    if not apart or unit not in ("share", "count") or (unit == "share" and not wholes):
        return False
    unit_step = step / median(wholes) if unit == "share" else step
    return fmean(apart) / SIGMA < COARSE * unit_step
