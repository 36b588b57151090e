"""The views of a figure in a snapshot: now, month by month, between teams, and as lengths."""

from collections.abc import Sequence

from pdqi.charts import (
    figures,
    funnel,
    over_time_tables,
    references,
    rows,
    sentences,
    survival,
)
from pdqi.charts import over_time as over_time_chart
from pdqi.charts.references import Reference
from pdqi.findings import readings
from pdqi.findings.between import funnel_finding
from pdqi.findings.marks import setting_of
from pdqi.findings.months import by_scope
from pdqi.findings.over_time import OverTime, over_time
from pdqi.findings.over_time_said import notes, sentence, told_below
from pdqi.findings.readings import Line
from pdqi.findings.waits import first_taken, lengths
from pdqi.journal.items import PdsaCycle
from pdqi.metrics.kpi import Kpi, PairedProportion, Steps
from pdqi.snapshot import plots
from pdqi.snapshot.frozen import Exhibit, Sheet
from pdqi.snapshot.shown import Shown


def now(shown: Shown, kpi: Kpi) -> Exhibit:
    """Return a figure of the period, by team."""
    labels, published, (lines, chosen) = shown.labels, shown.published(kpi), _lines(shown, kpi)
    known = _known(shown, kpi, lines)
    said = sentences.finding(kpi, published, chosen, lines, labels)
    return Exhibit(
        id=kpi.id,
        name=labels.fill(kpi.name),
        said=(said,),
        sheet=Sheet.of(rows.table(kpi, published, lines, labels, known)),
        spec=figures.chart(kpi, published, lines, chosen, labels, said, known),
        plot=plots.of_kpi(kpi, published, lines, chosen, labels),
        notes=tuple(f"{item.origin}: {item.told}" for item in known if item.lines),
        definition=definition(shown, kpi),
    )


def definition(shown: Shown, kpi: Kpi) -> tuple[tuple[str, str], ...]:
    """Return what a figure counts, by what each part is called."""
    return tuple(
        (name, shown.labels.fill(text))
        for name, text in (
            ("Counts", kpi.numerator),
            ("Out of", kpi.denominator),
            ("Comes from", shown.service.config.source_of(kpi.id) or kpi.source),
            ("Beware", kpi.caution),
        )
        if text
    )


def followed(shown: Shown, kpis: Sequence[Kpi]) -> dict[str, dict[str, OverTime]]:
    """Return figures over every complete month, judged, by KPI and then by scope."""
    service, basis = shown.service, shown.basis
    months = service.months(shown.viewer, kpis, basis.definition, basis.age_band)
    scopes = {scope.key: scope for scope in service.scopes}
    setting = setting_of(
        service.config,
        shown.viewer.policy,
        shown.labels,
        shown.library,
        shown.standing.of(PdsaCycle) if shown.standing else (),
        demonstration=service.manifest.demonstration,
    )
    return {
        kpi.id: {
            key: over_time(kpi, series, scopes[key], setting)
            for key, series in by_scope(kpi, months[kpi.id], shown.labels).items()
            if key in scopes
        }
        for kpi in kpis
    }


def by_month(shown: Shown, kpis: Sequence[Kpi]) -> list[Exhibit]:
    """Return each figure as a control chart of every complete month, where it is counted so."""
    exhibits = []
    every = followed(shown, [kpi for kpi in kpis if not isinstance(kpi.kind, Steps)])
    for kpi in kpis:
        found = every.get(kpi.id, {}).get(shown.scope.key)
        if found is None or not found.points:
            continue
        said = sentence(found)
        exhibits.append(
            Exhibit(
                id=f"months_{kpi.id}",
                name=f"{shown.labels.fill(kpi.name)}, month by month",
                said=(said,),
                sheet=Sheet.of(over_time_tables.table(found)),
                spec=over_time_chart.chart(found, said),
                plot=plots.of_months(found),
                notes=(*told_below(found), *notes(found)),
            )
        )
    return exhibits


def between(shown: Shown, kpis: Sequence[Kpi]) -> list[Exhibit]:
    """Return each share on a funnel, where there is one."""
    exhibits, labels = [], shown.labels
    for kpi in kpis:
        published, (lines, chosen) = shown.published(kpi), _lines(shown, kpi)
        finding = funnel_finding(kpi, published, lines, chosen, labels, "simple")
        if finding is None:
            continue
        here = [item for item in _known(shown, kpi, lines) if chosen.key in item.lines]
        size = f"How many: {labels.fill(kpi.denominator, begins=False).partition(';')[0]}"
        stem = "case_" if isinstance(kpi.kind, PairedProportion) else ""
        counted, whole = (
            labels.fill(kpi.kind.field(f"{stem}{part}").words)
            for part in ("numerator", "denominator")
        )
        exhibits.append(
            Exhibit(
                id=f"between_{kpi.id}",
                name=f"{labels.fill(kpi.name)}, between teams",
                said=(finding.sentence,),
                sheet=Sheet.of(funnel.table(finding, (counted, whole))),
                spec=funnel.chart(finding, size, here),
                plot=plots.of_funnel(finding, size),
                notes=(finding.caution,) if finding.caution else (),
            )
        )
    return exhibits


def lasting(shown: Shown, kpis: Sequence[Kpi]) -> list[Exhibit]:
    """Return each length of time as curves of how many are still there."""
    exhibits = []
    for kpi in kpis:
        published, (lines, _) = shown.published(kpi), _lines(shown, kpi)
        every = lengths(kpi, published, lines, shown.labels)
        if not every:
            continue
        owners = tuple(dict.fromkeys(item.line for item in every))
        wanted = first_taken(owners, shown.scope.key, shown.scope.teams)
        taken = tuple(item for item in every if item.line in wanted)[: survival.FEW]
        said = tuple(item.sentence for item in taken)
        exhibits.append(
            Exhibit(
                id=f"lengths_{kpi.id}",
                name=f"{shown.labels.fill(kpi.name)}, week by week",
                said=said,
                sheet=Sheet.of(survival.by_week(every, "Curve")),
                spec=survival.curves(taken, " ".join(said)),
            )
        )
    return exhibits


def _lines(shown: Shown, kpi: Kpi) -> tuple[tuple[Line, ...], Line]:
    """Return the rows of a figure, and the row of what is chosen."""
    service, scope = shown.service, shown.scope
    found = readings.lines(shown.published(kpi), service.config, service.scopes, scope)
    own = Line(scope.key, scope.name, scope.kind, scope.teams)
    return found, next((line for line in found if line.key == scope.key), own)


def _known(shown: Shown, kpi: Kpi, lines: tuple[Line, ...]) -> tuple[Reference, ...]:
    if shown.library is None:
        return ()
    figures_elsewhere = shown.library.published.figures
    return references.references(kpi, figures_elsewhere, lines, shown.service.config, shown.labels)
