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

from pdqi import words
from pdqi.config import Config, Policy
from pdqi.content.timeline import Mark, Timeline
from pdqi.findings.months import Month, label_of, unit_of
from pdqi.findings.signals import Assurance, Judged, Point, Stretch, judge
from pdqi.labels import Labels
from pdqi.metrics.kpi import Better, Kpi, Unit
from pdqi.model import Scope, State

NEAR_MONTHS = 2
"""How far from a mark a step may begin and still be said to be near it."""
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
class Step:
    """Where a mean starts anew: the month and its place, why, and who agreed it."""

    at: int
    month: date
    reason: str
    agreed_by: str
    """Empty for one that the figures suggest and nobody has agreed."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A mark on the chart: its number there, when it was, and what it was."""

    number: int
    month: date
    when: str
    text: str


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
class Setting:
    """What charts over time rest on besides figures."""

    config: Config
    policy: Policy
    labels: Labels
    timeline: Timeline
    workstreams: Mapping[str, str]
    """Names by id."""
    demonstration: bool


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
    flags = _flags(kpi, months, scope, setting)
    steps = _steps(kpi, months, scope, setting)
    targets = _targets(kpi, months, setting.config)
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
    near = [flag for flag in flags if _apart(flag.month, months[at].first) <= NEAR_MONTHS]
    nearest = min(near, key=lambda flag: _apart(flag.month, months[at].first), default=None)
    up = later[0] > judged.stretches[-1].centre
    return Suggestion(at, months[at].first, len(later), up, nearest)


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


def _targets(kpi: Kpi, months: Sequence[Month], config: Config) -> tuple[float | None, ...]:
    """Return the target in force on the last day of each month."""
    targets = sorted((t for t in config.targets if t.kpi == kpi.id), key=lambda t: t.start)
    return tuple(
        next((t.value for t in reversed(targets) if _index(t.start) <= _index(m.first)), None)
        for m in months
    )


def _flags(kpi: Kpi, months: Sequence[Month], scope: Scope, setting: Setting) -> tuple[Flag, ...]:
    """Return the marks that fall within the months and concern the figure and the scope."""
    if not months:
        return ()
    first, last = _index(months[0].first), _index(months[-1].first)
    found = [
        mark
        for mark in setting.timeline.marks
        if (not mark.kpis or kpi.id in mark.kpis)
        and (setting.demonstration or not mark.demonstration)
        and first <= _index(mark.on) <= last
        and _concerns(mark, scope, setting.config)
    ]
    found.sort(key=lambda mark: mark.on)
    return tuple(
        Flag(number, mark.on.replace(day=1), _when(mark), _told(mark, setting))
        for number, mark in enumerate(found, start=1)
    )


def _concerns(mark: Mark, scope: Scope, config: Config) -> bool:
    if not mark.services and not mark.teams:
        return True
    return any(
        team in mark.teams or config.team(team).service in mark.services for team in scope.teams
    )


def _when(mark: Mark) -> str:
    first = words.day(mark.on)
    return first if mark.until is None else f"{first} to {words.day(mark.until)}"


def _told(mark: Mark, setting: Setting) -> str:
    text = setting.labels.fill(mark.text).rstrip(".")
    work = setting.workstreams.get(mark.workstream or "")
    return f"{text}. Work of: {setting.labels.fill(work)}." if work else f"{text}."


def _steps(kpi: Kpi, months: Sequence[Month], scope: Scope, setting: Setting) -> tuple[Step, ...]:
    """Return the recorded steps within the months, in order; one that no value follows is none."""
    last = max((place for place, month in enumerate(months) if not month.missing), default=0)
    places = {_index(month.first): place for place, month in enumerate(months[: last + 1])}
    found = {
        places[_index(item.on)]: Step(
            places[_index(item.on)],
            item.on.replace(day=1),
            setting.labels.fill(item.reason),
            setting.labels.fill(item.agreed_by),
        )
        for item in setting.timeline.rebases
        if item.kpi == kpi.id
        and item.scope in (None, scope.key)
        and (setting.demonstration or not item.demonstration)
        and places.get(_index(item.on), 0) > 0
    }
    return tuple(found[at] for at in sorted(found))


def _apart(one: date, other: date) -> int:
    return abs(_index(one) - _index(other))


def _index(day: date) -> int:
    return day.year * 12 + day.month
