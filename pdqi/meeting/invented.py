"""Invented meetings for demonstration: a story in YAML, entered through the journal's own door.

They go into the journal of invented data alone, with the times of the story, and the figures of
the invented store as they would have been published then.
"""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from pydantic import Field

from pdqi import words
from pdqi.charts.rows import Table
from pdqi.config import Config, Permission, Role
from pdqi.content import Library
from pdqi.errors import ConfigError
from pdqi.findings import measurable
from pdqi.findings.since import since
from pdqi.journal import By, Draft, Journal
from pdqi.journal.database import remove_invented
from pdqi.journal.items import KINDS, MeetingState
from pdqi.labels import Labels
from pdqi.meeting.agenda import Named, agenda, meetings, topic
from pdqi.meeting.news import FIRST, news
from pdqi.meeting.record import View, record
from pdqi.metrics.catalogue import chosen_ids
from pdqi.model import SYSTEM, Period
from pdqi.service import Service
from pdqi.stand import Stand
from pdqi.yamlfile import Frozen, read

TOKEN = "invented-"
BETWEEN, BEGINS, CLOSES = time(9), time(10), time(11)
"""When things are entered on the day of a meeting: before it, at it, and at its end."""


class Told(Frozen):
    """One meeting of the story."""

    day: date
    attendees: tuple[str, ...]
    before: tuple[dict[str, Any], ...] = ()
    enter: tuple[dict[str, Any], ...] = ()
    notes: dict[str, str] = Field(default_factory=dict)


class Story(Frozen):
    """`meetings.yaml`: the meetings in the order in which they were held."""

    meetings: tuple[Told, ...]


def invent(story: Path, store: Path, config: Config, library: Library) -> int:
    """Enter the story into the journal of a store of invented data; returns how many meetings.

    A journal that holds nothing but an earlier story is made anew; one that somebody wrote in is
    left as it is (0 meetings). Raises `ConfigError` with the
    faults of the story, and `EntryError` where the journal refuses what it says.
    """
    found, _, problems = read(story, Story)
    if problems or found is None:
        raise ConfigError(problems)
    clock = _Clock()
    with Service.open(store, config).store as opened:
        service = Service(opened, config, library.rules.rules, library.process_map)
        journal = _empty(store, config, library, clock)
        if journal is None:
            return 0
        try:
            _Teller(service, library, journal, clock).tell(found)
        finally:
            journal.close()
    return len(found.meetings)


def _empty(store: Path, config: Config, library: Library, clock: "_Clock") -> Journal | None:
    """Return the store's journal, emptied of an earlier story; None where somebody wrote in it."""

    def opened() -> Journal:
        return Journal.open(
            config, store, library, chosen_ids(config), demonstration=True, now=lambda: clock.now
        )

    journal = opened()
    told = journal.entries()
    if not told:
        return journal
    journal.close()
    if not all(entry.token.startswith(TOKEN) for entry in told):
        return None
    remove_invented(store)
    return opened()


class _Clock:
    """The time of the story, which goes on by a minute with each entry."""

    def __init__(self) -> None:
        self.now = datetime.min.replace(tzinfo=UTC)

    def set(self, day: date, hour: time) -> None:
        self.now = datetime.combine(day, hour, UTC)

    def tick(self) -> None:
        self.now += timedelta(minutes=1)


class _Teller:
    """Enters a story, meeting by meeting."""

    def __init__(self, service: Service, library: Library, journal: Journal, clock: _Clock) -> None:
        self.service, self.library, self.journal, self.clock = service, library, journal, clock
        self.labels = Labels.of(service.config)
        self.viewer = service.viewer()
        self.kpis = tuple(
            kpi for name in service.config.headline for kpi in service.kpis if kpi.id == name
        )
        self.by = By(_writer(service.config).id)
        self.named: dict[str, str] = {}
        """The ids of the story's items by the names that it gives them."""
        self.number = 0

    def tell(self, story: Story) -> None:
        for told in story.meetings:
            self.clock.set(told.day, BETWEEN)
            for each in told.before:
                self._enter(each, None)
            self.clock.set(told.day, BEGINS)
            stand = self._stand(told.day)
            meeting = self._draft("meeting", self._meeting(told, stand))
            for each in told.enter:
                self._enter(each, meeting)
            for name, text in told.notes.items():
                self._draft("note", {"meeting": meeting, "topic": name, "text": text})
            self.clock.set(told.day, CLOSES)
            self._close(meeting, told.day, stand)

    def _enter(self, each: dict[str, Any], meeting: str | None) -> None:
        values = {key: value for key, value in each.items() if key not in STORY_WORDS}
        if "change" in each:
            item = self.named[each["change"]]
            now = self.journal.standing().item(item)
            assert now is not None
            kind = type(now.value).kind
            self._draft(kind, values, item, each.get("why", ""))
            return
        kind = each["enter"]
        if meeting is not None and "meeting" in KINDS[kind].model_fields:
            values["meeting"] = meeting
        made = self._draft(kind, values)
        if "as" in each:
            self.named[each["as"]] = made

    def _draft(
        self, kind: str, values: dict[str, Any], item: str | None = None, why: str = ""
    ) -> str:
        self.clock.tick()
        self.number += 1
        filled = {key: self._filled(value) for key, value in values.items()}
        name = next((str(filled[key]) for key in ("set_by", "who", "owner") if key in filled), "")
        token = f"{TOKEN}{self.number:04}"
        by = By(self.by.role, name)
        return self.journal.enter(by, Draft(kind, filled, item, None, why, token)).item

    def _filled(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.labels.fill(value)
        if isinstance(value, list | tuple):
            return [self._filled(each) for each in value]
        return value

    def _stand(self, day: date) -> Stand:
        end = day.replace(day=1) - timedelta(days=1)
        period = Period.ending(end.year, end.month, 12)
        basis, scope = self.service.basis(period), self.service.scope(SYSTEM)
        return Stand.taken(self.service, self.library, self.viewer, basis, scope, self.kpis, day)

    def _meeting(self, told: Told, stand: Stand) -> dict[str, Any]:
        return {
            "day": told.day,
            "attendees": told.attendees,
            "load_version": stand.version,
            "config_digest": stand.config.digest,
            "content_digest": self.library.digest,
            "scope": stand.scope,
            "period": stand.basis.period.key,
            "definition": stand.basis.definition,
            "ages": stand.basis.age_band,
            "figures": {"policy": stand.policy, "document": stand.to_json()},
        }

    def _close(self, meeting: str, day: date, stand: Stand) -> None:
        standing = self.journal.standing()
        held = meetings(standing, MeetingState.CLOSED)
        before = self.journal.at(held[0].revision) if held else None
        first = topic("news", [FIRST])
        if held and held[0].value.figures and held[0].value.figures.document:
            scope = self.service.scope(stand.scope)
            found = since(
                Stand.from_json(held[0].value.figures.document),
                self.service,
                self.library,
                self.labels,
                self.viewer,
                stand.basis,
                scope,
                self.kpis,
                {},
            )
            first = news(words.day(held[0].value.day), found)
        named = [
            Named(x.id, self.labels.fill(x.name)) for x in self.library.workstreams.workstreams
        ]
        unmeasured = Table(measurable.COLUMNS, measurable.rows(self.library, self.labels))
        topics = agenda(standing, before, named, first, unmeasured, day)
        item = standing.item(meeting)
        assert item is not None
        frozen = record(item, standing, topics, self._view(stand), day)
        kept = {"policy": stand.policy, "document": frozen.to_json()}
        self._draft("meeting", {"state": MeetingState.CLOSED, "record": kept}, meeting)

    def _view(self, stand: Stand) -> View:
        config, period = self.service.config, stand.basis.period
        return View(
            organisation=config.organisation.name,
            pathway=config.pathway.name,
            marking=f"{config.organisation.marking} (small numbers protected)",
            invented="INVENTED DATA. Nothing here is a finding about a real service.",
            chosen=f"{self.service.scope(stand.scope).name} ·"
            f" {words.span(period.first, period.last)}",
            provenance=f"Data to {words.day(period.last)} · data version {stand.version}"
            f" · definitions {config.digest}",
        )


STORY_WORDS = frozenset({"enter", "change", "as", "why"})
"""What an entry of the story says besides the values of an item."""


def _writer(config: Config) -> Role:
    """Return the first role that may enter everything; raises `ConfigError` where none may."""
    for role in config.roles:
        if set(Permission) <= set(role.may):
            return role
    raise ConfigError("No role may enter everything, so the invented meetings have no author.")
