"""What goes into a snapshot: the pages of the dashboard as exhibits, for one reader."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from pdqi import words
from pdqi.charts import driver_diagram, figures, references, rows, sentences, timeline
from pdqi.charts.process_map import laid_over, routes_table
from pdqi.charts.rows import Table
from pdqi.content import Library
from pdqi.findings import measurable, pathway, readings
from pdqi.findings.headline import rows as headline_rows
from pdqi.findings.readings import Line
from pdqi.journal import Standing, registers
from pdqi.journal.items import Action, Decision, Milestone, WorkstreamStatus
from pdqi.labels import Labels
from pdqi.meeting.agenda import in_words
from pdqi.metrics import catalogue
from pdqi.metrics.catalogue import CATALOGUE, SECTIONS
from pdqi.metrics.kpi import Kpi, PairedProportion, Proportion
from pdqi.model import Basis, Published, Scope
from pdqi.service import Service, Viewer
from pdqi.snapshot.frozen import Exhibit, Section, Sheet

RARE = 25
"""Routes with fewer moves are not drawn; the table has them all."""
MAP_KPIS = ("map_steps", "map_taken", "pd_prevalence")
NOT_CARDS = frozenset({"transitions"})
"""KPIs that other sections draw."""


@dataclass(frozen=True)
class Shown:
    """All that exhibits are made of."""

    service: Service
    library: Library | None
    labels: Labels
    viewer: Viewer
    basis: Basis
    scope: Scope
    standing: Standing | None
    today: date

    def published(self, kpi: Kpi) -> Published:
        """Return a KPI as the reader may see it."""
        return self.service.figures(kpi.id, self.basis, self.viewer)


def sections(shown: Shown, *, briefing: bool) -> tuple[Section, ...]:
    """Return every section; a briefing has the first and the last alone."""
    made: Sequence[Callable[[Shown], Section]] = (
        (_overview, _work)
        if briefing
        else (_overview, _map, _drivers, *map(_findings_of, SECTIONS), _work, _unmeasured)
    )
    return tuple(make(shown) for make in made)


def _overview(shown: Shown) -> Section:
    config = shown.service.config
    named = {kpi.id: kpi for kpi in CATALOGUE}
    found = []
    for kpi in (named[name] for name in config.headline if name in named):
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
    exhibit = Exhibit(id="headline", name="Headline figures", said=said, sheet=sheet)
    return Section(id="overview", title="Overview", exhibits=(exhibit,))


def _sums(kpi: Kpi, field: str, published: Published, line: Line) -> str:
    if not isinstance(kpi.kind, Proportion | PairedProportion):
        return ""
    figure, stem = published.at(line.key), field.removesuffix("value")
    if figure is None:
        return ""
    top, bottom = (figure[f"{stem}{part}"].value for part in ("numerator", "denominator"))
    return "" if top is None or bottom is None else f"{words.count(top)} of {words.count(bottom)}"


def _map(shown: Shown) -> Section:
    title = "Process map"
    if shown.library is None:
        return Section(id="process_map", title=title, exhibits=(), left_out=(_NO_CONTENT,))
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
    return Section(id="process_map", title=title, exhibits=(exhibit,))


def _drivers(shown: Shown) -> Section:
    title = "Driver diagram"
    if shown.library is None:
        return Section(id="driver_diagram", title=title, exhibits=(), left_out=(_NO_CONTENT,))
    exhibit = Exhibit(
        id="drivers",
        name="Driver diagram",
        said=(driver_diagram.diagram_summary(shown.library, shown.labels),),
        spec=driver_diagram.diagram(shown.library, shown.labels),
    )
    return Section(id="driver_diagram", title=title, exhibits=(exhibit,))


def _findings_of(of: catalogue.Section) -> Callable[[Shown], Section]:
    def made(shown: Shown) -> Section:
        kpis = [kpi for kpi in catalogue.section(of.id) if kpi.id not in NOT_CARDS]
        exhibits = tuple(_kpi(shown, kpi) for kpi in kpis)
        return Section(id=f"findings_{of.id}", title=of.name, exhibits=exhibits)

    return made


def _kpi(shown: Shown, kpi: Kpi) -> Exhibit:
    service, labels = shown.service, shown.labels
    published = shown.published(kpi)
    lines = readings.lines(published, service.config, service.scopes, shown.scope)
    scope = shown.scope
    chosen = next(
        (line for line in lines if line.key == scope.key),
        Line(scope.key, scope.name, scope.kind, scope.teams),
    )
    known = (
        references.references(kpi, shown.library.published.figures, lines, service.config, labels)
        if shown.library
        else ()
    )
    said = sentences.finding(kpi, published, chosen, lines, labels)
    spec = figures.chart(kpi, published, lines, chosen, labels, said, known)
    return Exhibit(
        id=kpi.id,
        name=labels.fill(kpi.name),
        said=(said,),
        sheet=Sheet.of(rows.table(kpi, published, lines, labels, known)),
        spec=spec,
        notes=tuple(f"{item.origin}: {item.told}" for item in known if item.lines),
        definition=tuple(
            (name, labels.fill(text))
            for name, text in (
                ("Counts", kpi.numerator),
                ("Out of", kpi.denominator),
                ("Comes from", kpi.source),
                ("Beware", kpi.caution),
            )
            if text
        ),
    )


def _work(shown: Shown) -> Section:
    title = "Workstreams"
    if shown.standing is None:
        why = "The journal of meetings and workstreams was not open to the reader."
        return Section(id="workstreams", title=title, exhibits=(), left_out=(why,))
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
    return Section(id="workstreams", title=title, exhibits=tuple(exhibits), left_out=left_out)


def _unmeasured(shown: Shown) -> Section:
    title = "What cannot be measured yet"
    if shown.library is None:
        return Section(id="unmeasured", title=title, exhibits=(), left_out=(_NO_CONTENT,))
    content = Table(measurable.COLUMNS, measurable.rows(shown.library, shown.labels))
    exhibit = Exhibit(id="unmeasured", name=title, sheet=Sheet.of(content))
    return Section(id="unmeasured", title=title, exhibits=(exhibit,))


_NO_CONTENT = "The project's content could not be read."
