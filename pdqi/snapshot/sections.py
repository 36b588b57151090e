"""What goes into a snapshot: the pages of the dashboard as sections, for one reader."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from pdqi import words
from pdqi.charts import driver_diagram, timeline
from pdqi.charts.process_map import laid_over, routes_table
from pdqi.charts.rows import Table
from pdqi.content.voices import Theme
from pdqi.findings import measurable, pathway, readings
from pdqi.findings.headline import rows as headline_rows
from pdqi.findings.readings import Line
from pdqi.journal import registers
from pdqi.journal.items import Action, Decision, Milestone, WorkstreamStatus
from pdqi.labels import capitalised
from pdqi.meeting.agenda import in_words
from pdqi.metrics.catalogue import SECTIONS
from pdqi.metrics.kpi import Kpi, PairedProportion, Proportion
from pdqi.model import Published
from pdqi.snapshot import briefing as brief
from pdqi.snapshot import plots, views
from pdqi.snapshot.frozen import Exhibit, Section, Sheet
from pdqi.snapshot.shown import Shown

RARE = 25
"""Routes with fewer moves are not drawn; the table has them all."""
MAP_KPIS = ("map_steps", "map_taken", "case_prevalence")
NOT_CARDS = frozenset({"transitions"})
"""KPIs that other sections draw."""
_NO_CONTENT = "The project's content could not be read."


@dataclass(frozen=True)
class Page:
    """A part of a snapshot that can be chosen: one or more sections."""

    id: str
    name: str
    make: Callable[[Shown], Iterator[Section]]
    in_full: bool = True
    in_briefing: bool = False


def sections(shown: Shown, pages: Collection[str]) -> tuple[Section, ...]:
    """Return the sections of the chosen pages, in their order."""
    return tuple(section for page in PAGES if page.id in pages for section in page.make(shown))


def pages_of(*, briefing: bool) -> tuple[str, ...]:
    """Return the ids of the pages that a briefing has, or a full snapshot."""
    return tuple(page.id for page in PAGES if (page.in_briefing if briefing else page.in_full))


def headline(shown: Shown) -> list[Kpi]:
    """Return the headline figures in the order of config."""
    named = {kpi.id: kpi for kpi in shown.service.kpis}
    return [named[name] for name in shown.service.config.headline if name in named]


def _overview(shown: Shown) -> Iterator[Section]:
    config = shown.service.config
    found = []
    for kpi in headline(shown):
        published = shown.published(kpi)
        for row in headline_rows(
            kpi, published, shown.scope, config, shown.service.scopes, shown.labels
        ):
            figure = published.at(row.line.key)
            if figure is None:
                found.append((row.name, "counted by team only", "", ""))
                continue
            unit = kpi.kind.field(row.reading.value).unit
            found.append(
                (
                    row.name,
                    readings.value(kpi, figure, row.reading, cleared=published.cleared),
                    readings.interval(figure, row.reading, unit),
                    _sums(kpi, row.reading.value, published, row.line),
                )
            )
    sheet = Sheet(columns=("Figure", "Value", "95% interval", "Rests on"), rows=tuple(found))
    said = (f"The headline figures of {shown.scope.name}.",)
    fill = shown.labels.fill
    defined = tuple(
        (fill(kpi.name), f"{fill(kpi.numerator)}. Out of: {fill(kpi.denominator)}.")
        for kpi in headline(shown)
    )
    exhibit = Exhibit(
        id="headline", name="Headline figures", said=said, sheet=sheet, definition=defined
    )
    yield Section(id="overview", title="Overview", exhibits=(exhibit,))


def _sums(kpi: Kpi, field: str, published: Published, line: Line) -> str:
    if not isinstance(kpi.kind, Proportion | PairedProportion):
        return ""
    figure, stem = published.at(line.key), field.removesuffix("value")
    if figure is None:
        return ""
    top, bottom = (figure[f"{stem}{part}"].value for part in ("numerator", "denominator"))
    return "" if top is None or bottom is None else f"{words.count(top)} of {words.count(bottom)}"


def _map(shown: Shown) -> Iterator[Section]:
    title = "Process map"
    if shown.library is None:
        yield Section(id="process_map", title=title, exhibits=(), left_out=(_NO_CONTENT,))
        return
    published = {name: shown.service.figures(name, shown.basis, shown.viewer) for name in MAP_KPIS}
    found = pathway.laid_over(
        shown.library, shown.service, shown.labels, shown.scope, published, "everyone"
    )
    drawn, hidden, moves = found.without_rare(RARE)
    notes = (
        (f"{hidden} arrows with fewer than {RARE} moves are hidden: {words.count(moves)} moves.",)
        if hidden
        else ()
    )
    table = routes_table(found)
    sheet = (
        Sheet(columns=tuple(table[0]), rows=tuple(tuple(row.values()) for row in table))
        if table
        else None
    )
    exhibit = Exhibit(
        id="map",
        name="The design laid over the records",
        said=(pathway.said(found),),
        sheet=sheet,
        spec=laid_over(drawn, shown.library, shown.labels, "moves"),
        notes=notes,
    )
    yield Section(id="process_map", title=title, exhibits=(exhibit,))


def _drivers(shown: Shown) -> Iterator[Section]:
    title = "Driver diagram"
    if shown.library is None:
        yield Section(id="driver_diagram", title=title, exhibits=(), left_out=(_NO_CONTENT,))
        return
    exhibit = Exhibit(
        id="drivers",
        name="Driver diagram",
        said=(driver_diagram.diagram_summary(shown.library, shown.labels),),
        spec=driver_diagram.diagram(shown.library, shown.labels),
    )
    yield Section(id="driver_diagram", title=title, exhibits=(exhibit,))


def _findings(shown: Shown) -> Iterator[Section]:
    every = [kpi for kpi in shown.service.kpis if kpi.id not in NOT_CARDS]
    shown.service.all_figures(shown.basis, shown.viewer, every)
    for of in SECTIONS:
        kpis = [kpi for kpi in every if kpi.section == of.id]
        exhibits = tuple(views.now(shown, kpi) for kpi in kpis)
        yield Section(id=f"findings_{of.id}", title=of.name, exhibits=exhibits)


def _months(shown: Shown) -> Iterator[Section]:
    kpis = headline(shown)
    exhibits = views.by_month(shown, kpis)
    yield _with_left_out(
        shown, "months", "Month by month", exhibits, kpis, "is not followed month by month here"
    )


def _between(shown: Shown) -> Iterator[Section]:
    kpis = headline(shown)
    exhibits = views.between(shown, kpis)
    yield _with_left_out(
        shown, "between", "Between teams", exhibits, kpis, "has no funnel: it is no share of teams"
    )


def _lengths(shown: Shown) -> Iterator[Section]:
    exhibits = views.lasting(shown, list(shown.service.kpis))
    yield Section(id="lengths", title="Waits and lengths", exhibits=tuple(exhibits))


def _with_left_out(
    shown: Shown, id_: str, title: str, exhibits: list[Exhibit], kpis: list[Kpi], why: str
) -> Section:
    present = {exhibit.id for exhibit in exhibits}
    left = tuple(
        f"{shown.labels.fill(kpi.name)} {why}." for kpi in kpis if f"{id_}_{kpi.id}" not in present
    )
    return Section(id=id_, title=title, exhibits=tuple(exhibits), left_out=left)


def _voices(shown: Shown) -> Iterator[Section]:
    if shown.library is None:
        yield Section(id="voices", title="Voices", exhibits=(), left_out=(_NO_CONTENT,))
        return
    voices, kinds = shown.library.voices, {"positive": "What helps", "gap": "What is missing"}
    exhibits = tuple(
        Exhibit(
            id=group.id,
            name=shown.labels.fill(group.name),
            said=("Themes of the group, as people judged them; no filter changes them.",),
            sheet=Sheet(
                columns=("Theme", "Kind", "Raised", "Quotes"),
                rows=tuple(
                    (shown.labels.fill(t.text), kinds[t.kind], _raised(t), _quotes(t))
                    for t in voices.themes
                    if t.group == group.id
                ),
            ),
        )
        for group in voices.groups
    )
    yield Section(id="voices", title="Voices", exhibits=exhibits)


def _raised(theme: Theme) -> str:
    if theme.raised is None:
        return "not recorded"
    parts = (theme.raised.where, words.day(theme.raised.on) if theme.raised.on else None)
    return capitalised(", ".join(part for part in parts if part))


def _quotes(theme: Theme) -> str:
    return " ".join(f"“{quote.text}” ({quote.said_by})" for quote in theme.quotes)


def _work(shown: Shown) -> Iterator[Section]:
    title = "Workstreams"
    if shown.standing is None:
        why = "The journal of meetings and workstreams was not open to the reader."
        yield Section(id="workstreams", title=title, exhibits=(), left_out=(why,))
        return
    standing, exhibits = shown.standing, []
    statuses = tuple(
        (x.value.workstream, in_words(x.value.status), x.value.reason, x.value.path_to_green or "")
        for x in standing.of(WorkstreamStatus)
    )
    if statuses:
        sheet = Sheet(columns=("Workstream", "Delivery", "Why", "Path to green"), rows=statuses)
        exhibits.append(Exhibit(id="statuses", name="Where the work stands", sheet=sheet))
    reached = [
        timeline.Reached(
            x.value.name, x.value.workstream, x.value.baseline, x.value.forecast, x.value.actual
        )
        for x in standing.of(Milestone)
    ]
    if reached:
        told = timeline.said(reached, shown.today)
        exhibits.append(
            Exhibit(
                id="milestones",
                name="Milestones",
                said=(told,),
                sheet=Sheet.of(timeline.table(reached)),
                spec=timeline.timeline(reached, shown.today, None, told),
                plot=plots.of_milestones(reached),
            )
        )
    for kind in (Action, Decision):
        found = registers.ordered(kind, standing.of(kind))
        content = registers.rows(kind, found, shown.today)
        if content:
            sheet = Sheet(columns=registers.columns(kind), rows=content)
            name = registers.REGISTERS[kind].title
            exhibits.append(Exhibit(id=kind.kind, name=name, sheet=sheet))
    left_out = () if exhibits else ("Nothing has been entered yet.",)
    yield Section(id="workstreams", title=title, exhibits=tuple(exhibits), left_out=left_out)


def _unmeasured(shown: Shown) -> Iterator[Section]:
    title = "What cannot be measured yet"
    if shown.library is None:
        yield Section(id="unmeasured", title=title, exhibits=(), left_out=(_NO_CONTENT,))
        return
    content = Table(measurable.COLUMNS, measurable.rows(shown.library, shown.labels))
    exhibit = Exhibit(id="unmeasured", name=title, sheet=Sheet.of(content))
    yield Section(id="unmeasured", title=title, exhibits=(exhibit,))


def _briefing(shown: Shown) -> Iterator[Section]:
    yield brief.section(shown, headline(shown))


PAGES = (
    Page("overview", "Overview", _overview, in_briefing=True),
    Page("briefing", "Better, worse, changed", _briefing, in_full=False, in_briefing=True),
    Page("process_map", "Process map", _map),
    Page("driver_diagram", "Driver diagram", _drivers),
    Page("findings", "Findings now", _findings),
    Page("months", "Month by month", _months),
    Page("between", "Between teams", _between),
    Page("lengths", "Waits and lengths", _lengths),
    Page("voices", "Voices", _voices),
    Page("workstreams", "Workstreams", _work),
    Page("unmeasured", "What cannot be measured yet", _unmeasured),
)
"""Every part that can be chosen, in its order."""
