"""The parts of the driver diagram page: the picture, the same as a list, and as a table."""

from collections.abc import Iterable, Mapping

import streamlit as st

from pdqi.charts import driver_diagram, theme
from pdqi.charts.driver_layout import drivers_of
from pdqi.charts.theme import Spec
from pdqi.content.models import Idea, Measure
from pdqi.findings.live import Live
from pdqi.findings.thread import dropped_words
from pdqi.ui import files, over_time, parts, thread
from pdqi.ui.live import measures
from pdqi.ui.maps import file_table
from pdqi.ui.page import Page
from pdqi.ui.style import plain


def picture(page: Page) -> None:
    """Show the diagram with the live figures of its boxes; a click on one shows its thread."""
    if parts.content_missing(page) or page.facts.library is None:
        return
    library, labels = page.facts.library, page.facts.labels
    st.markdown(plain(driver_diagram.diagram_summary(library, labels)))
    live, ref = measures(page), thread.chosen(page) or ""
    spec: Spec = parts.kept(
        parts.drawn(page, "drivers", ref),
        lambda: driver_diagram.diagram(
            library,
            labels,
            live,
            library.thread(ref) if ref else frozenset(),
            theme.palette(page.mode),
            ref,
        ),
    )
    parts.picture(spec, "drivers", picked=thread.pick, again=ref)
    with st.container(key="about_drivers"):
        st.markdown(
            "Each measure is followed by the kind of measure that it is here and by its value for"
            f" what is chosen above; then comes what its latest month says. {over_time.LEGEND}"
        )


def outline(page: Page) -> None:
    """Show the diagram as a list: aim, drivers, what drives those, ideas; each idea told once."""
    library = page.facts.library
    if library is None:
        return
    content, live = library.driver_diagram, measures(page)
    told: set[str] = set()

    def line(depth: int, text: str, by: Iterable[Measure] = ()) -> str:
        figures = [f"{'  ' * (depth + 1)}- *{each}*" for each in _figures(by, live)]
        return "\n".join([f"{'  ' * depth}- {text}", *figures])

    target = plain(page.fill(content.aim.target.words))
    aim = f"**Aim:** {plain(page.fill(content.aim.text))}. {target}"
    said = [line(0, aim, content.aim.measured_by)]
    for primary in content.primary:
        said.append(line(1, f"**{plain(page.fill(primary.name))}**", primary.measured_by))
        for driver in content.secondary:
            links = [link for link in driver.of if link.to == primary.id]
            if not links:
                continue
            name = f"{plain(page.fill(driver.name))}{_weak(links[0].strength)}"
            if driver.id in told:
                said.append(line(2, f"{name}: as above"))
                continue
            told.add(driver.id)
            said.append(line(2, name, driver.measured_by))
            for idea in content.ideas:
                strength = drivers_of(content, idea.id).get(driver.id)
                if strength is None:
                    continue
                again = idea.id in told
                text = f"{_idea(idea, page, again=again)}{_weak(strength)}"
                said.append(line(3, text, () if again else idea.measured_by))
                told.add(idea.id)
    st.markdown("\n".join(said))


def _weak(strength: str) -> str:
    return " (weak link)" if strength == "weak" else ""


def _idea(idea: Idea, page: Page, *, again: bool) -> str:
    text = plain(f"{idea.id}: {page.fill(idea.short if again else idea.text)}")
    if idea.dropped is None:
        return f"Idea {text}{', as above' if again else ''}"
    return f"~~Idea {text}~~ {plain(dropped_words(idea.dropped, page.facts.labels))}"


def _figures(by: Iterable[Measure], live: Mapping[str, Live]) -> Iterable[str]:
    """Return each measure in words: what kind it is here, its value, what its latest month says."""
    for item in by:
        if item.kpi in live:
            found = live[item.kpi]
            yield plain(f"{item.type.capitalize()} measure: {found.name}: {found.said}")


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
