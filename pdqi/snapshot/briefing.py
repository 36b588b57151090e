"""What a busy reader is told first: what gets better, what gives concern, what changed."""

from collections.abc import Mapping, Sequence

from pdqi.content import Library
from pdqi.errors import PdqiError
from pdqi.findings.live import Live, live
from pdqi.findings.over_time import OverTime
from pdqi.findings.over_time_said import variation_words
from pdqi.findings.signals import Signal
from pdqi.findings.since import since
from pdqi.journal import registers
from pdqi.journal.items import Decision, MeetingState
from pdqi.labels import Labels
from pdqi.meeting.agenda import meetings
from pdqi.meeting.news import FIRST, NOT_KEPT, news
from pdqi.metrics.kpi import Kpi, Steps
from pdqi.model import Basis, Scope
from pdqi.service import Service, Viewer
from pdqi.snapshot import views
from pdqi.snapshot.frozen import Exhibit, Section, Sheet
from pdqi.snapshot.shown import Shown
from pdqi.stand import Stand
from pdqi.words import day as in_words

COLUMNS = ("Figure", "Team", "Latest month", "What it says")
NONE = "No headline figure of any team says so in its latest month."
"""Said where nothing is better, or nothing gives concern."""


def section(shown: Shown, kpis: Sequence[Kpi]) -> Section:
    """Return the section: signals for the better and the worse, teams apart, and what changed."""
    followed = views.followed(shown, [kpi for kpi in kpis if not isinstance(kpi.kind, Steps)])
    better = _signals(shown, followed, Signal.IMPROVEMENT)
    worse = _signals(shown, followed, Signal.CONCERN)
    apart = [
        f"{exhibit.name}: {exhibit.said[0]}"
        for exhibit in views.between(shown, list(kpis))
        if exhibit.spec is not None
    ]
    exhibits = [
        Exhibit(id="better", name="What is getting better", said=_said(better), sheet=better),
        Exhibit(id="worse", name="What gives concern", said=_said(worse), sheet=worse),
        Exhibit(id="apart", name="Teams that differ by more than chance", said=tuple(apart)),
        _changed(shown, kpis, followed),
        *_decisions(shown),
    ]
    return Section(id="briefing", title="Better, worse, changed", exhibits=tuple(exhibits))


def _decisions(shown: Shown) -> list[Exhibit]:
    """Return what was decided and what is asked for, where the reader may read it."""
    if shown.standing is None:
        return []
    found = registers.ordered(Decision, shown.standing.of(Decision))
    rows = registers.rows(Decision, found, shown.today)
    sheet = Sheet(columns=registers.columns(Decision), rows=rows)
    said = () if rows else ("No decision is recorded.",)
    return [Exhibit(id="decisions", name="Decisions", said=said, sheet=sheet)]


def _said(found: Sheet) -> tuple[str, ...]:
    return () if found.rows else (NONE,)


def _signals(shown: Shown, followed: Mapping[str, Mapping[str, OverTime]], wanted: Signal) -> Sheet:
    """Return the figures whose latest month says so, the whole system before its teams."""
    rows = []
    names = {scope.key: scope.name for scope in _scopes(shown)}
    for found in followed.values():
        for key, name in names.items():
            item = found.get(key)
            point = item.variation if item else None
            if item is not None and point is not None and point.signal is wanted:
                figure = shown.labels.fill(item.kpi.name)
                rows.append((figure, name, point.month.said, variation_words(item)))
    return Sheet(columns=COLUMNS, rows=tuple(rows))


def _scopes(shown: Shown) -> list[Scope]:
    """Return what is chosen, and its teams in the order of config."""
    inside = [
        scope
        for scope in shown.service.scopes
        if scope.kind == "team" and scope.key in shown.scope.teams and scope != shown.scope
    ]
    return [shown.scope, *inside]


def _changed(
    shown: Shown, kpis: Sequence[Kpi], followed: Mapping[str, Mapping[str, OverTime]]
) -> Exhibit:
    """Return what changed since the last closed meeting, as the meeting page tells it."""
    name = "What changed since the last meeting"
    if shown.standing is None:
        return Exhibit(id="changed", name=name, said=("The journal was not open to the reader.",))
    closed = meetings(shown.standing, MeetingState.CLOSED)
    if not closed:
        return Exhibit(id="changed", name=name, said=(FIRST,))
    day, kept = in_words(closed[0].value.day), closed[0].value.figures
    document = kept.document if kept else None
    if document is None:
        return Exhibit(id="changed", name=name, said=(f"The meeting was on {day}. {NOT_KEPT}",))
    try:
        then = Stand.from_json(document)
    except PdqiError as error:
        return Exhibit(id="changed", name=name, said=(f"The meeting was on {day}. {error}",))
    told = news(day, since(then, *_here(shown), kpis, _live(shown, kpis, followed)))
    table = Sheet.of(told.table) if told.table else None
    return Exhibit(id="changed", name=name, said=tuple(told.said), sheet=table)


def _here(shown: Shown) -> tuple[Service, Library | None, Labels, Viewer, Basis, Scope]:
    return (
        shown.service,
        shown.library,
        shown.labels,
        shown.viewer,
        shown.basis,
        shown.scope,
    )


def _live(
    shown: Shown, kpis: Sequence[Kpi], followed: Mapping[str, Mapping[str, OverTime]]
) -> dict[str, Live]:
    return {
        kpi.id: live(
            kpi,
            shown.published(kpi),
            shown.scope,
            followed.get(kpi.id, {}).get(shown.scope.key),
            shown.labels,
        )
        for kpi in kpis
    }
