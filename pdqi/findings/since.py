"""What changed since a stand was taken, and why: differences, each in parts that add up.

The way from then to now is walked in steps: what is chosen, the definitions, the records, the
period. After each step the figures are worked out again and protected as any figure is, and each
part is the difference of two figures as they are shown. So the parts add up to the whole. Where a
step cannot be walked or its figure is not shown, its part is told together with the next one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from pdqi import words
from pdqi.config import Config
from pdqi.content import Library
from pdqi.errors import PdqiError
from pdqi.findings.headline import Row, rows
from pdqi.findings.live import Live, by_team
from pdqi.findings.readings import Reading, value
from pdqi.findings.signals import Signal
from pdqi.findings.thread import name_of, words_joined
from pdqi.labels import Labels
from pdqi.metrics.kpi import Kpi, PairedProportion, Proportion
from pdqi.model import Basis, Figure, Published, Scope
from pdqi.service import Service, Viewer
from pdqi.stand import Stand, states_of
from pdqi.statistics.intervals import difference
from pdqi.store import vocabularies

Reason = Literal["membership", "definition", "records", "period"]
WORDS: Mapping[Reason, str] = {
    "membership": "what is chosen or which teams belong to it",
    "definition": "changed definitions",
    "records": "late or corrected records for the old period",
    "period": "a new period",
}
"""Each reason in the order in which the steps are walked."""
MEMBERS = ("services", "teams", "team_sets", "service_roles", "age_bands")
"""The parts of config that say who belongs to what."""
PLACES = {"share": 0, "days": 0, "count": 0, "ratio": 1}
NOT_A_TREND = "a difference, not a trend"
UNITS = {
    "share": ("point", "points"),
    "days": ("day", "days"),
    "count": ("", ""),
    "ratio": ("", ""),
}
Figures = Mapping[str, Published]


@dataclass(frozen=True)
class Part:
    """One part of a difference: the reasons that it has, in their order, and its size as shown."""

    reasons: tuple[Reason, ...]
    size: Decimal
    said: str
    """`+1 point`."""

    @property
    def words(self) -> str:
        """Return why."""
        return words_joined([WORDS[reason] for reason in self.reasons])


@dataclass(frozen=True)
class Change:
    """A figure then and now, as shown."""

    kpi: Kpi
    name: str
    then: str
    now: str
    difference: str
    """Empty where one of the two has no value."""
    interval: str
    """Of the difference; empty where none is worked out."""
    parts: tuple[Part, ...]
    signal: str
    """What the control chart says of the latest month; empty where it says nothing."""

    @property
    def sentence(self) -> str:
        """Return the change in a sentence, which names every part that is not nothing."""
        if not self.difference:
            return f"{self.name}: {self.then} then, {self.now} now."
        moved = [part for part in self.parts if part.size]
        if not moved:
            return f"{self.name}: {self.now}, as at the last meeting."
        why = words_joined([f"{part.said} from {part.words}" for part in moved])
        return f"{self.name}: {self.now}, {self.difference} since {self.then}: {why}."


@dataclass(frozen=True)
class Since:
    """What changed since a stand: signals first, then every figure, then other news."""

    signals: tuple[str, ...]
    changes: tuple[Change, ...]
    news: tuple[str, ...]
    notes: tuple[str, ...]
    """What could not be compared or told apart, and what to keep in mind."""


def since(
    then: Stand,
    service: Service,
    library: Library | None,
    labels: Labels,
    viewer: Viewer,
    basis: Basis,
    scope: Scope,
    kpis: Sequence[Kpi],
    followed: Mapping[str, Live],
) -> Since:
    """Return what changed in these KPIs from a stand to what is chosen now.

    `followed` gives each KPI with what its control chart says. What was kept for another policy
    than the viewer's is never shown: it is worked out again where its data are still there.
    """
    walk = _Walk(then, service, viewer, basis, scope, tuple(kpis))
    steps = walk.steps()
    changes = [
        _change(row, steps, scope, followed.get(row.kpi.id))
        for kpi in kpis
        for row in _rows(kpi, steps, scope, service, labels)
    ]
    signals = tuple(
        f"{labels.fill(kpi.name)}: {live.variation} in the latest month."
        for kpi in kpis
        if (live := followed.get(kpi.id)) and live.signal not in (None, Signal.COMMON)
    )
    news = (*_measurable(changes), *_content_news(then, library, labels))
    news = (*news, *_definition_news(then.config, service.config))
    return Since(signals, tuple(changes), news, tuple(_notes(then, walk, basis)))


@dataclass(frozen=True)
class _Step:
    """The figures after a step, and the scope at which they are read; None where unknown."""

    reason: Reason | None
    figures: Figures | None
    scope: Scope | None


class _Walk:
    """The steps from a stand to now."""

    def __init__(
        self,
        then: Stand,
        service: Service,
        viewer: Viewer,
        basis: Basis,
        scope: Scope,
        kpis: tuple[Kpi, ...],
    ) -> None:
        self.then, self.service, self.viewer = then, service, viewer
        self.basis, self.scope, self.kpis = basis, scope, kpis
        policies = {each.id: each for each in then.config.policies}
        self.same_policy = policies.get(then.policy) == viewer.policy
        self.old_data_gone = False

    def steps(self) -> tuple[_Step, ...]:
        """Return the beginning, then each step that leads on, to what is chosen now."""
        then, now = self.then, self.service.config
        old = Basis(then.basis.period, self.basis.definition, self.basis.age_band)
        members = _with_members(then.config, now)
        found = [_Step(None, self._beginning(), self._scope_then())]
        chosen_now = (self.scope.key, old)
        if chosen_now != (then.scope, then.basis) or _differ(then.config, now, MEMBERS):
            figures = None if members is None else self._at(then.version, members, old)
            found.append(_Step("membership", figures, self.scope))
        if then.config.digest != now.digest:
            found.append(_Step("definition", self._at(then.version, now, old), self.scope))
        if then.version != self.service.manifest.version:
            found.append(_Step("records", self._at(None, now, old), self.scope))
        if old.period != self.basis.period:
            found.append(_Step("period", self._at(None, now, self.basis), self.scope))
        return tuple(found)

    def _beginning(self) -> Figures | None:
        if self.same_policy:
            return self.then.figures
        return self._at(self.then.version, self.then.config, self.then.basis)

    def _scope_then(self) -> Scope | None:
        known = vocabularies.scopes(self.then.config)
        return next((x for x in known if x.key == self.then.scope), None)

    def _at(self, version: str | None, config: Config, basis: Basis) -> Figures | None:
        """Return the figures of a version of the data (None: of now) under a config."""
        try:
            if version in (None, self.service.manifest.version) and config is self.service.config:
                self.service.basis(basis.period, basis.definition, basis.age_band)
                return self.service.all_figures(basis, self.viewer, self.kpis, curves=False)
            store = self.service.store.version(version or self.service.manifest.version, config)
        except PdqiError:
            self.old_data_gone = True
            return None
        with store:
            past = Service(store, config, self.service.rules, self.service.process_map)
            try:
                past.basis(basis.period, basis.definition, basis.age_band)
                return past.all_figures(basis, self.viewer, self.kpis, curves=False)
            except PdqiError:
                return None


def _rows(
    kpi: Kpi, steps: Sequence[_Step], scope: Scope, service: Service, labels: Labels
) -> Sequence[Row]:
    """Return the rows of a KPI as the headline figures of now have them."""
    now = steps[-1].figures or {}
    if kpi.id not in now:
        return ()
    return rows(kpi, now[kpi.id], scope, service.config, service.scopes, labels)


def _change(row: Row, steps: Sequence[_Step], scope: Scope, live: Live | None) -> Change:
    kpi, name, reading = row.kpi, row.name, row.reading
    unit = kpi.kind.field(reading.value).unit
    if row.line.key != scope.key:
        # What stands for the scope is looked up by its own name all the way.
        stands = Scope("set", row.line.key, row.line.name, row.line.teams)
        steps = [replace(step, scope=stands) for step in steps]
    shown = [_shown(kpi, step, reading) for step in steps]
    then, now = (_said(kpi, step, reading) for step in (steps[0], steps[-1]))
    signal = live.variation if live and live.signal not in (None, Signal.COMMON) else ""
    first, last = shown[0], shown[-1]
    if first is None or last is None:
        return Change(kpi, name, then, now, "", "", (), signal)
    parts: list[Part] = []
    before, waiting = first, []
    for step, number in zip(steps[1:], shown[1:], strict=True):
        assert step.reason is not None
        waiting.append(step.reason)
        if number is None:
            continue
        size = number - before
        parts.append(Part(tuple(waiting), size, sized(size, unit)))
        before, waiting = number, []
    total = last - first
    ends = _interval(kpi, steps, reading)
    return Change(kpi, name, then, now, sized(total, unit), ends, tuple(parts), signal)


def sized(size: Decimal, unit: str) -> str:
    """Return a difference with its sign and unit: `+1 point`, `−12 days`, `no difference`."""
    if not size:
        return "no difference"
    sign = "+" if size > 0 else words.MINUS
    one, many = UNITS[unit]
    noun = one if abs(size) == 1 else many
    return f"{sign}{abs(size):,}{f' {noun}' if noun else ''}"


def _figure(step: _Step, kpi: Kpi) -> Figure | None:
    if step.figures is None or step.scope is None or kpi.id not in step.figures:
        return None
    return step.figures[kpi.id].at(step.scope.key)


def _shown(kpi: Kpi, step: _Step, reading: Reading) -> Decimal | None:
    """Return a value as it is shown, in points, days or counts; None where it has none."""
    figure = _figure(step, kpi)
    if figure is None or reading.value not in figure.cells:
        return None
    number = figure[reading.value].value
    if number is None:
        return None
    unit = kpi.kind.field(reading.value).unit
    return words.half_up(100 * number if unit == "share" else number, PLACES[unit])


def _said(kpi: Kpi, step: _Step, reading: Reading) -> str:
    if step.figures is None or kpi.id not in step.figures:
        return "not known"
    published = step.figures[kpi.id]
    figure = _figure(step, kpi)
    if figure is not None and reading.value in figure.cells:
        return value(kpi, figure, reading, cleared=published.cleared)
    if step.scope is None:
        return "not known"
    return by_team(kpi, published, step.scope, reading)[0]


def _interval(kpi: Kpi, steps: Sequence[_Step], reading: Reading) -> str:
    """Return the interval of the difference of two shares, in points; Newcombe's."""
    if not isinstance(kpi.kind, Proportion | PairedProportion):
        return ""
    stem = reading.value.removesuffix("value")
    counts: list[float] = []
    for step in (steps[-1], steps[0]):
        figure = _figure(step, kpi)
        cells = [figure[f"{stem}{x}"].value for x in ("numerator", "denominator")] if figure else []
        if len(cells) != 2 or None in cells:
            return ""
        counts += [float(cell or 0) for cell in cells]
    found = difference(*counts) if min(counts[1], counts[3]) > 0 else None
    if found is None:
        return ""
    low, high = (words.half_up(100 * end) for end in (found.low, found.high))
    return f"{words.count(float(low))} to {words.count(float(high))} points"


def _with_members(config: Config, other: Config) -> Config | None:
    """Return a config with the teams, services and ages of another; None where they do not fit."""
    changes = {name: getattr(other, name) for name in MEMBERS}
    try:
        return Config(**{name: getattr(config, name) for name in Config.model_fields} | changes)
    except ValueError:
        return None


def _differ(one: Config, other: Config, names: Sequence[str]) -> bool:
    return any(getattr(one, name) != getattr(other, name) for name in names)


def _measurable(changes: Sequence[Change]) -> Iterator[str]:
    for change in changes:
        if change.then == "nothing to count" and change.now not in (change.then, "not known"):
            yield f"{change.name} can be measured now: {change.now}."


def _content_news(then: Stand, library: Library | None, labels: Labels) -> Iterator[str]:
    """Give what rests on something else now than it did then."""
    if library is None or not then.content:
        return
    said = {"published": "published", "local": "decided here", "inferred": "inferred"}
    for ref, now in states_of(library).items():
        was = then.content.get(ref)
        if was is None or was == now:
            continue
        kind, _, _ = ref.partition(":")
        name = name_of(ref, library, labels)
        if kind == "measurability":
            yield f"{name}: {was.replace('_', ' ')} then, {now.replace('_', ' ')} now."
        else:
            yield f"{name}: {said.get(was, was)} then, {said.get(now, now)} now."


def _definition_news(then: Config, now: Config) -> Iterator[str]:
    """Give what is defined otherwise now: teams that moved, definitions, rules, treatments."""
    services = {team.id: team.service for team in then.teams}
    for team in now.teams:
        if team.id not in services:
            yield f"{team.name} is a team that was not there then."
        elif services[team.id] != team.service:
            old = next((x.name for x in then.services if x.id == services[team.id]), "another")
            yield f"{team.name} belongs to {now.service(team.service).name} now, to {old} then."
    for gone in sorted(set(services) - {team.id for team in now.teams}):
        yield f"The team '{gone}' is there no more."
    named = {each.id: each for each in then.case_definitions}
    for each in now.case_definitions:
        if each.id not in named:
            yield f"The case definition “{each.name}” is new."
        elif named[each.id] != each:
            yield f"The case definition “{each.name}” was changed."
    for name, value_now in now.rules.model_dump().items():
        value_then = then.rules.model_dump().get(name)
        if value_then != value_now:
            yield f"The rule '{name}' was {_short(value_then)} and is {_short(value_now)}."
    counted = {each.id: each.evidence_based for each in then.treatments}
    for treatment in now.treatments:
        if counted.get(treatment.id) != treatment.evidence_based:
            does = "counts" if treatment.evidence_based else "does not count"
            yield f"{treatment.name} {does} as evidence-based now."


def _short(of: object) -> str:
    return str(of) if not isinstance(of, dict) else "set otherwise"


def _notes(then: Stand, walk: _Walk, basis: Basis) -> Iterator[str]:
    if not walk.same_policy:
        yield (
            "The meeting looked at figures that are protected otherwise than yours: they were"
            " worked out again for you where the data are still kept."
        )
    if walk.old_data_gone:
        yield (
            f"The data as they were at the meeting (version {then.version}) are no longer kept, so"
            " changes of definitions and of records cannot be told apart."
        )
    old, new = then.basis.period, basis.period
    if old != new and old.last >= new.first and new.last >= old.first:
        yield (
            "The two periods overlap, so the intervals of the differences are wider than they"
            " need be."
        )
