"""The parts of the overview: headline figures, what cannot be measured yet, data, and work."""

from collections.abc import Collection

import streamlit as st

from pdqi import quality, words
from pdqi.charts.rows import Table
from pdqi.content.evidence import Measurable
from pdqi.findings import measurable, readings
from pdqi.findings.headline import rows
from pdqi.findings.live import by_team
from pdqi.findings.measurable import OUT_OF_REACH
from pdqi.findings.readings import Reading
from pdqi.metrics.kpi import Kpi, PairedProportion, Proportion, Ratio, Tally
from pdqi.model import Figure, Published
from pdqi.ui import parts
from pdqi.ui.page import Page
from pdqi.ui.style import plain


def headline(page: Page) -> None:
    """Show the headline figures of the chosen scope beside the whole system."""
    kpis = parts.headline_kpis(page)
    if not kpis:
        st.markdown("No headline figures are named. List them under `headline` in config.yaml.")
        return
    page.facts.service.all_figures(page.choice.basis, page.facts.viewer, kpis)
    content: Table = parts.kept(parts.drawn(page, "headline"), lambda: _headline(page, kpis))
    parts.table(content, "headline", "Headline figures of the chosen scope beside the whole system")
    if not page.facts.viewer.policy.cleared:
        st.markdown(parts.protection_note(page))
    with st.expander("What these figures mean"):
        for kpi in kpis:
            st.markdown(f"**{plain(page.fill(kpi.name))}**")
            parts.definition(page, kpi)


def _headline(page: Page, kpis: tuple[Kpi, ...]) -> Table:
    scope = page.choice.scope
    whole = scope.kind != "system"
    columns = ["Figure", scope.name, "95% interval", "Rests on"]
    found = []
    for kpi in kpis:
        published = page.figures(kpi.id)
        service, labels = page.facts.service, page.facts.labels
        for each in rows(kpi, published, scope, service.config, service.scopes, labels):
            figure = published.at(each.line.key)
            row = [each.name, *_cells(page, kpi, published, figure, each.reading)]
            if whole:
                system = published.at("system") if each.line.key == scope.key else None
                row.append(_value(kpi, published, system, each.reading) if system else "")
            found.append(tuple(row))
    return Table((*columns, *(("Whole system",) if whole else ())), tuple(found))


def _cells(
    page: Page, kpi: Kpi, published: Published, figure: Figure | None, reading: Reading
) -> tuple[str, str, str]:
    if figure is None:
        said, teams = by_team(kpi, published, page.choice.scope, reading)
        return said, "", f"{teams} {'team' if teams == 1 else 'teams'}" if teams else ""
    unit = kpi.kind.field(reading.value).unit
    return (
        _value(kpi, published, figure, reading),
        readings.interval(figure, reading, unit),
        _rests_on(page, kpi, figure, reading),
    )


def _value(kpi: Kpi, published: Published, figure: Figure, reading: Reading) -> str:
    return readings.value(kpi, figure, reading, cleared=published.cleared)


def _rests_on(page: Page, kpi: Kpi, figure: Figure, reading: Reading) -> str:
    """Return numerator and denominator, or the count that a median stands on."""
    if isinstance(kpi.kind, Ratio | Tally):
        return ""
    if isinstance(kpi.kind, Proportion | PairedProportion):
        stem = reading.value.removesuffix("value")
        top, bottom = figure[f"{stem}numerator"].value, figure[f"{stem}denominator"].value
        return (
            "" if top is None or bottom is None else f"{words.count(top)} of {words.count(bottom)}"
        )
    prefix = "other_" if reading.value.startswith("other_") else ""
    count = next(c for c in kpi.kind.counts if c.shown and c.name.startswith(prefix))
    number = figure[count.name].value
    noun = page.fill(count.words).rpartition(": ")[2].lower()
    return "" if number is None else f"{words.count(number)} {noun}"


def not_measurable(page: Page, states: Collection[Measurable] = OUT_OF_REACH) -> Table:
    """Return what could not be measured, why, and who could change that."""
    library = page.facts.library
    found = measurable.rows(library, page.facts.labels, states) if library else ()
    return Table(measurable.COLUMNS, found)


def data_news(page: Page) -> None:
    """Say how new the data are and how much of the last load was left out."""
    service = page.facts.service
    first, last = service.manifest.first_day, service.manifest.last_day
    if first and last:
        st.markdown(
            f"The data hold whole months from {words.month(first)} to {words.month(last)}."
            " Anything later is not a whole month yet and is not counted."
        )
    found = quality.accounts(service, page.facts.viewer)
    touched = sum(any(cell.value != 0 for cell in item.left_out.values()) for item in found)
    if touched:
        st.markdown(
            f"{touched} of {len(found)} files had rows that could not be used: the page Data"
            " quality says why and what to do."
        )
    elif found:
        st.markdown(f"{len(found)} tables were loaded and no row was left out.")
    else:
        st.markdown("This store does not say which files it came from.")
