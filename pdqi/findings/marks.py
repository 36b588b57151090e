"""What a chart over time marks: events and work, steps that somebody agreed, targets by month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pdqi import words
from pdqi.config import Config, Policy
from pdqi.content import Library
from pdqi.content.timeline import Mark, Timeline
from pdqi.findings.months import Month
from pdqi.journal import Item
from pdqi.journal.items import PdsaCycle
from pdqi.labels import Labels
from pdqi.metrics.kpi import Kpi
from pdqi.model import Scope

NEAR_MONTHS = 2
"""How far from a mark a step may begin and still be said to be near it."""


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


def setting_of(
    config: Config,
    policy: Policy,
    labels: Labels,
    library: Library | None,
    cycles: Sequence[Item[PdsaCycle]],
    *,
    demonstration: bool,
) -> Setting:
    """Return what charts rest on; tests of change are marked on the figure they should move."""
    timeline = library.timeline if library else Timeline()
    works = {item.id: item.name for item in library.workstreams.workstreams} if library else {}
    tested = Timeline(marks=(*timeline.marks, *_tests(cycles)), rebases=timeline.rebases)
    return Setting(config, policy, labels, tested, works, demonstration)


def _tests(cycles: Sequence[Item[PdsaCycle]]) -> list[Mark]:
    return [
        Mark(
            id=item.id,
            text=f"{item.id}, PDSA cycle {item.value.number} of {item.value.idea}"
            f" ({item.value.outcome.words.lower() if item.value.outcome else 'not yet judged'}):"
            f" {item.value.question}",
            kind="improvement",
            date=item.value.starts,
            until=item.value.ends,
            kpis=(item.value.kpi,),
            basis="local",
        )
        for item in cycles
        if item.value.kpi
    ]


def targets(kpi: Kpi, months: Sequence[Month], config: Config) -> tuple[float | None, ...]:
    """Return the target in force on the last day of each month."""
    known = sorted((t for t in config.targets if t.kpi == kpi.id), key=lambda t: t.start)
    return tuple(
        next((t.value for t in reversed(known) if _index(t.start) <= _index(m.first)), None)
        for m in months
    )


def flags(kpi: Kpi, months: Sequence[Month], scope: Scope, setting: Setting) -> tuple[Flag, ...]:
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


def steps(kpi: Kpi, months: Sequence[Month], scope: Scope, setting: Setting) -> tuple[Step, ...]:
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


def nearest(month: date, among: Sequence[Flag]) -> Flag | None:
    """Return the mark nearest to a month, if one is near."""
    near = [flag for flag in among if _apart(flag.month, month) <= NEAR_MONTHS]
    return min(near, key=lambda flag: _apart(flag.month, month), default=None)


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
    text = text if text.endswith("?") else f"{text}."
    return f"{text} Work of: {setting.labels.fill(work)}." if work else text


def _apart(one: date, other: date) -> int:
    return abs(_index(one) - _index(other))


def _index(day: date) -> int:
    return day.year * 12 + day.month
