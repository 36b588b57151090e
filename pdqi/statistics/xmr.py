"""Control charts of single values (XmR): limits, special causes, variation and assurance.

Two presets, which every chart names:

- `mdc`: as NHS England's Making Data Count charts. Ranges are not screened; a value beyond a limit
  counts towards two of three; limits and icons from 13 values on; a target that equals a limit is
  decided.
- `ptd`: as the package NHSRplotthedots 0.2.2. Ranges are screened once (Nelson 1982); a value
  beyond a limit does not count towards two of three; limits from two values on, with a warning
  below 13 rows; a target that equals a limit is not decided.

Where a tool is wrong or stops (a constant series, a missing value, a tie), both presets do what
docs/deviations.md says.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, SupportsFloat, get_args

from pdqi.statistics.groups import (
    LIMIT,
    NEAR,
    Limits,
    Rebase,
    average_range,
    limits,
    rebases,
    stretches,
)
from pdqi.statistics.icons import Improvement, assurance_type, point_type, variation_icon
from pdqi.statistics.series import Day, days, in_order, noise, numbers, order, sign
from pdqi.statistics.special_causes import Placed, SpecialCause, special_causes

ENOUGH = 13
"""Fewer are a short group."""
SHORTEST_FIX = 12
SHIFT = 12
"""How many values on one side of the mean suggest a rebase."""
PresetName = Literal["mdc", "ptd"]
Target = float | Mapping[Day, float] | Iterable[tuple[Day, float | None]]


@dataclass(frozen=True, slots=True)
class Preset:
    """What the two kinds of chart do differently."""

    screen: bool
    beyond_counts: bool
    """Whether a value beyond a limit counts towards two of three."""
    enough: int
    """How many values limits and icons need."""
    decided_at_limit: bool
    step_tells_trend: bool
    """Whether the step between two trends that touch tells the direction, not the trend."""


PRESETS: Mapping[PresetName, Preset] = {
    "mdc": Preset(False, True, ENOUGH, True, False),
    "ptd": Preset(True, False, 0, False, True),
}


class Note(StrEnum):
    """What a reader of the chart has to know besides."""

    TOO_FEW_POINTS = "too_few_points"
    """Some group is short: fewer than 13 rows (`ptd`) or values (`mdc`)."""
    NO_VARIATION = "no_variation"
    """The base of some group does not vary: its limits are its mean and mark nothing."""
    SCREENING_UNDONE = "screening_undone"
    """Screening would have left no variation in some group, so all its ranges were kept."""
    REBASE_DATE_NOT_IN_DATA = "rebase_date_not_in_data"
    """The next row after it opens the group; after the last row, none does."""
    MISSING_VALUE = "missing_value"
    """No range, run, trend or two of three goes across a missing value."""
    LATEST_MISSING = "latest_missing"
    """The icon is that of the latest value, not of the latest row."""
    GAP = "gap"
    """Months without a row were put in as missing."""


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that share a mean and limits; limits are None where there are none."""

    rebase_group: int
    first: int
    """The place of its first row among the points."""
    n: int
    """Rows, missing ones included."""
    values: int
    mean: float | None
    lpl: float | None
    upl: float | None
    near_lpl: float | None
    near_upl: float | None
    short_group_warning: bool
    rebases: tuple[Rebase, ...]
    """What opened it; none for the first group, unless a date is at or before its first row."""


@dataclass(frozen=True, slots=True)
class Point:
    """A row of the chart, in date order."""

    date: Day
    value: float | None
    rebase_group: int
    mean: float | None
    lpl: float | None
    upl: float | None
    near_lpl: float | None
    near_upl: float | None
    target: float | None
    relative_to_mean: int | None
    """1 above, -1 below, 0 on the mean; None without a value."""
    outside_limits: bool | None
    """None, as `close_to_limits`, without a value or without limits."""
    close_to_limits: bool | None
    special_cause_type: SpecialCause
    point_type: str

    @property
    def special_cause_flag(self) -> bool:
        """Whether some rule marks the point."""
        return self.special_cause_type is not SpecialCause.COMMON


@dataclass(frozen=True, slots=True)
class Xmr:
    """A control chart: its groups and points, what the latest says, and what to know besides."""

    preset: PresetName
    improvement: Improvement
    groups: tuple[Group, ...]
    points: tuple[Point, ...]
    target: float | None
    """The target in force at the last row."""
    variation_icon: str | None
    assurance_type: str | None
    notes: tuple[Note, ...]

    @property
    def assurance_icon(self) -> str | None:
        """`pass`, `fail` or `inconsistent`; None where nothing is compared."""
        return self.assurance_type and self.assurance_type.removeprefix("consistent_")


def xmr(
    values: Iterable[SupportsFloat | None],
    dates: Iterable[object] | None = None,
    improvement: Improvement = "increase",
    target: Target | None = None,
    rebase: Iterable[Day | Rebase] = (),
    fix_after: int | None = None,
    preset: PresetName = "mdc",
    screen: bool | None = None,
    *,
    trial_limits: bool = False,
) -> Xmr:
    """Return the control chart of values.

    `values` may hold None or NaN for missing. `dates` are one for each value, in any order (a
    moment counts as its date); without them values stand at 0, 1, 2 ..., and the dates of rebases
    and targets are such places. `target` is a number, or pairs of a date and the target from then
    on. Each `rebase` opens a group with its own mean and limits. `fix_after` takes them from that
    many first rows of each group, at least 12. `screen` is the preset's own unless given.
    `trial_limits` draws limits below 13 values in `mdc` too, still without icons.

    ValueError, with what is allowed, for values that are no numbers, dates that occur twice, a
    `fix_after` below 12, and names that do not exist.
    """
    _known("preset", preset, PRESETS)
    _known("improvement", improvement, get_args(Improvement))
    if fix_after is not None and (type(fix_after) is not int or fix_after < SHORTEST_FIX):
        raise ValueError(
            f"fix_after {fix_after!r} is not allowed: a whole number of at least {SHORTEST_FIX}"
        )
    rules = PRESETS[preset]
    screened = rules.screen if screen is None else screen
    when, series, gap = in_order(values, dates)
    targets = _targets(target, when)
    parts, missed = stretches(when, rebases(rebase))
    notes = [Note.GAP] * gap + [Note.REBASE_DATE_NOT_IN_DATA] * missed
    groups: list[Group] = []
    points: list[Point] = []
    for number, first, end, opened_by in parts:
        mine = series[first:end]
        base = mine if fix_after is None else mine[:fix_after]
        given = len(mine) - mine.count(None)
        amr, undone = average_range(base, screened)
        notes += [Note.NO_VARIATION] * (amr == 0) + [Note.SCREENING_UNDONE] * undone
        judged = given >= rules.enough or trial_limits
        found = limits(base, amr if judged else None)
        short = (given if rules.enough else len(mine)) < ENOUGH
        groups.append(Group(number, first, len(mine), given, *found, short, opened_by))
        placed = _placed(mine, found)
        labels = [SpecialCause.COMMON] * len(mine)
        if judged:
            labels = special_causes(
                mine,
                placed,
                noise(mine),
                beyond_counts=rules.beyond_counts,
                step_tells_trend=rules.step_tells_trend,
            )
        for row, place, label in zip(range(first, end), placed, labels, strict=True):
            compared = place.side is not None and found.lpl is not None
            points.append(
                Point(
                    when[row],
                    series[row],
                    number,
                    *found,
                    targets[row],
                    place.side,
                    place.outside if compared else None,
                    place.near if compared else None,
                    label,
                    point_type(label, improvement),
                )
            )
    notes += [Note.TOO_FEW_POINTS] * any(group.short_group_warning for group in groups)
    notes += [Note.MISSING_VALUE] * (None in series)
    notes += [Note.LATEST_MISSING] * (series[-1:] == [None])
    in_force = targets[-1] if targets else None
    latest = next((point.point_type for point in reversed(points) if point.value is not None), "")
    icons = bool(groups) and groups[-1].values >= rules.enough
    return Xmr(
        preset,
        improvement,
        tuple(groups),
        tuple(points),
        in_force,
        variation_icon(latest, improvement) if icons and latest else None,
        assurance_type(found, mine, in_force, improvement, decided_at_limit=rules.decided_at_limit)
        if icons
        else None,
        tuple(note for note in Note if note in notes),
    )


def suggest_rebase(chart: Xmr) -> int | None:
    """Return the place of the point at which a shift begins that lasts to the latest value.

    The rule: the last 12 values or more lie on one side of the mean without a break (a value on
    the mean or a missing one breaks it; rows after the latest value do not count), all in the last
    group and not from its first value on. None where there is no such shift, or no limits.
    It is a question to those who know the service, and nothing takes it by itself.
    """
    if not chart.groups or chart.groups[-1].lpl is None:
        return None
    group = chart.groups[-1]
    sides = [point.relative_to_mean for point in chart.points[group.first :]]
    while sides and sides[-1] is None:
        sides.pop()
    begins = len(sides)
    while begins and sides[-1] and sides[begins - 1] == sides[-1]:
        begins -= 1
    earlier = any(side is not None for side in sides[:begins])
    return group.first + begins if earlier and len(sides) - begins >= SHIFT else None


def _known(name: str, value: str, allowed: Iterable[str]) -> None:
    if value not in allowed:
        raise ValueError(f"{name} {value!r} is not known: allowed are {', '.join(allowed)}")


def _targets(target: Target | None, when: Sequence[Day]) -> list[float | None]:
    """Return the target in force at each row; None before the first."""
    if target is None or isinstance(target, SupportsFloat | str):
        return numbers([target]) * len(when)
    pairs = list(target.items() if isinstance(target, Mapping) else target)
    since, values = days(start for start, _ in pairs), numbers(value for _, value in pairs)
    if len(set(since)) < len(since):
        raise ValueError("two targets begin on one date: allowed is one")
    days([*since[:1], *when[:1]])
    known = sorted((order(start), place) for place, start in enumerate(since))
    found: list[float | None] = []
    for row in when:
        before = [place for start, place in known if start <= order(row)]
        found.append(values[before[-1]] if before else None)
    return found


def _placed(values: Sequence[float | None], found: Limits) -> list[Placed]:
    """Return where values lie. Limits without width have nothing outside of or near them."""
    level = noise(values)
    half = None if found.upl is None or found.mean is None else found.upl - found.mean
    places = []
    for value in values:
        if value is None or found.mean is None:
            places.append(Placed(None))
            continue
        away = value - found.mean
        outside = bool(half) and sign(abs(away) - (half or 0), level) > 0
        near = bool(half) and sign(abs(away) - (half or 0) * NEAR / LIMIT, level) > 0
        places.append(Placed(sign(away, level), outside, near and not outside))
    return places
