"""The parts of the driver diagram page: the picture, the same as a list, and as a table."""

from collections.abc import Iterable

import streamlit as st

from pdqi.charts import driver_diagram, theme
from pdqi.charts.theme import Spec
from pdqi.content import Library
from pdqi.content.models import Idea, Measure, Primary, Secondary
from pdqi.findings import readings
from pdqi.metrics.catalogue import CATALOGUE
from pdqi.ui import files, parts
from pdqi.ui.maps import file_table
from pdqi.ui.shell import Page
from pdqi.ui.style import plain


def measures(page: Page) -> dict[str, str]:
    """Return what stands for each KPI in a box: its value for the chosen scope, or the system's."""
    library = page.facts.library
    wanted = {link.kpi for link in _links(library)} if library else set()
    kpis = [kpi for kpi in CATALOGUE if kpi.id in wanted]
    published = page.facts.service.all_figures(page.choice.basis, page.facts.viewer, kpis)
    found = {}
    for kpi in kpis:
        table = published[kpi.id]
        figure = table.at(page.choice.scope.key)
        reading = readings.readings(kpi, page.facts.labels)[0]
        if figure is not None and reading.value in figure.cells:
            found[kpi.id] = readings.value(kpi, figure, reading, cleared=table.cleared)
    return found


def _links(library: Library) -> Iterable[Measure]:
    content = library.driver_diagram
    yield from content.aim.measured_by
    boxes: tuple[Primary | Secondary | Idea, ...]
    boxes = (*content.primary, *content.secondary, *content.ideas)
    for box in boxes:
        yield from box.measured_by


def picture(page: Page) -> None:
    """Show the diagram with the live figures of its boxes."""
    if parts.content_missing(page) or page.facts.library is None:
        return
    library, labels = page.facts.library, page.facts.labels
    st.markdown(plain(driver_diagram.diagram_summary(library, labels)))
    live = measures(page)
    spec: Spec = parts.kept(
        parts.drawn(page, "drivers"),
        lambda: driver_diagram.diagram(library, labels, live, colours=theme.palette(page.mode)),
    )
    parts.picture(spec, "drivers")


def outline(page: Page) -> None:
    """Show the diagram as a list: aim, drivers, what drives those, ideas."""
    library = page.facts.library
    if library is None:
        return
    content = library.driver_diagram
    live = measures(page)
    aim = content.aim
    said = [f"- **Aim:** {plain(page.fill(aim.text))} {_live(aim.measured_by, live, page)}"]
    for primary in content.primary:
        said.append(
            f"  - **{plain(page.fill(primary.name))}** {_live(primary.measured_by, live, page)}"
        )
        for driver in content.secondary:
            links = [link for link in driver.of if link.to == primary.id]
            if not links:
                continue
            weak = " (weak link)" if links[0].strength == "weak" else ""
            figures = _live(driver.measured_by, live, page)
            said.append(f"    - {plain(page.fill(driver.name))}{weak} {figures}")
            gaps = {link.to for link in driver.gaps}
            for idea in content.ideas:
                near = {link.to for link in idea.addresses} & gaps
                if near or driver.id in {link.to for link in idea.drivers}:
                    said.append(
                        f"      - {_idea(idea, page)} {_live(idea.measured_by, live, page)}"
                    )
    st.markdown("\n".join(said))


def _idea(idea: Idea, page: Page) -> str:
    text = f"Idea {idea.id}: {plain(page.fill(idea.text))}"
    if idea.dropped is None:
        return text
    return f"~~{text}~~ Dropped: {plain(page.fill(idea.dropped.reason))}"


def _live(links: Iterable[Measure], live: dict[str, str], page: Page) -> str:
    names = {kpi.id: page.fill(kpi.name) for kpi in CATALOGUE}
    said = [f"{names[link.kpi]}: {live[link.kpi]}" for link in links if link.kpi in live]
    return f"*({plain('; '.join(said))})*" if said else ""


def links_table(page: Page) -> None:
    """Show every idea with what it is for, as a table and a file."""
    library = page.facts.library
    if library is None:
        return
    labels, live = page.facts.labels, measures(page)
    found = driver_diagram.diagram_table(library, labels, live)
    drawing = files.Drawing(
        "The driver diagram", lambda: driver_diagram.diagram(library, labels, live)
    )
    file_table(page, found, "driver_links", "From change ideas to drivers", drawing)
