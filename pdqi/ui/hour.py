"""The hour of the meeting as this reader may see it: its topics, filled."""

from dataclasses import dataclass

from pdqi import words
from pdqi.errors import PdqiError
from pdqi.findings.since import Since, since
from pdqi.journal import Item, Journal, Standing
from pdqi.journal.items import Meeting, MeetingState
from pdqi.meeting import agenda as order
from pdqi.meeting.agenda import Named, Topic
from pdqi.meeting.news import FIRST, NOT_KEPT, news
from pdqi.meeting.record import View
from pdqi.stand import Stand
from pdqi.ui import entries, files, filters, live, overview, parts
from pdqi.ui.page import INVENTED, MEANING, Page, provenance


@dataclass(frozen=True)
class Hour:
    """What the meeting works with."""

    standing: Standing
    last: Item[Meeting] | None
    """The latest meeting that was closed."""
    open: Item[Meeting] | None
    """The meeting that is being recorded."""
    topics: tuple[Topic, ...]

    def topic(self, name: str) -> Topic:
        """Return a topic by its id."""
        return next(topic for topic in self.topics if topic.id == name)


def hour(page: Page, journal: Journal) -> Hour:
    """Return the hour as it stands."""
    standing = journal.standing()
    closed = order.meetings(standing, MeetingState.CLOSED)
    running = order.meetings(standing, MeetingState.OPEN)
    last = closed[0] if closed else None
    before = journal.at(last.revision) if last else None
    library = page.facts.library
    named = [
        Named(x.id, page.fill(x.name)) for x in (library.workstreams.workstreams if library else ())
    ]
    topics = order.agenda(
        standing,
        before,
        named,
        _news(page, last),
        overview.not_measurable(page),
        entries.today(),
    )
    return Hour(standing, last, running[0] if running else None, topics)


def view(page: Page) -> View:
    """Return whose figures are looked at, which, and for whom they are made."""
    config = page.facts.service.config
    told = files.about(page)
    invented = page.facts.service.manifest.demonstration
    return View(
        organisation=config.organisation.name,
        pathway=config.pathway.name,
        marking=f"{told['marking']} ({told['counts']})",
        invented=f"{INVENTED} {MEANING}" if invented else "",
        chosen=filters.in_words(page.choice, page.facts.service),
        provenance=provenance(page.facts),
    )


def _news(page: Page, last: Item[Meeting] | None) -> Topic:
    if last is None:
        return order.topic("news", [FIRST])
    day = words.day(last.value.day)
    kept = last.value.figures
    if kept is None or kept.document is None:
        return order.topic("news", [f"The last meeting was on {day}. {NOT_KEPT}"])
    try:
        then = Stand.from_json(kept.document)
    except PdqiError as error:
        return order.topic("news", [f"The last meeting was on {day}. {error}"])
    key = parts.drawn(page, "since", last.id, str(last.revision))
    found: Since = parts.kept(key, lambda: _since(page, then))
    return news(day, found)


def _since(page: Page, then: Stand) -> Since:
    facts, kpis = page.facts, parts.headline_kpis(page)
    followed = live.measures(page, [kpi.id for kpi in kpis])
    return since(
        then,
        facts.service,
        facts.library,
        facts.labels,
        facts.viewer,
        page.choice.basis,
        page.choice.scope,
        kpis,
        followed,
    )
