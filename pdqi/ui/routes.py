"""The routes that people take, as a table beside the process map."""

import streamlit as st

from pdqi import words
from pdqi.charts.rows import Table
from pdqi.findings import routes as found_routes
from pdqi.findings.readings import SHORT_STATE
from pdqi.findings.routes import Route, departs_words, route_words, sentence
from pdqi.metrics.kpis.pathways import ROUTES
from pdqi.model import Cell
from pdqi.ui import files, parts
from pdqi.ui.shell import Page
from pdqi.ui.style import plain

SHOWN_FIRST = 10


def show(page: Page) -> None:
    """Show the routes that touch the chosen scope: a sentence, the most usual, all in a file."""
    library, labels = page.facts.library, page.facts.labels
    config = page.facts.service.config
    found = found_routes.routes(
        page.figures(ROUTES.id),
        page.choice.scope,
        library,
        demonstration=page.facts.service.manifest.demonstration,
    )
    if found is None:
        st.markdown("Nobody's care started here in the period. Choose a longer period.")
        return
    names = {team.id: team.name for team in config.teams}
    fewest = config.strictest_threshold
    st.markdown(plain(sentence(found, names, labels, fewest)))
    rows = [*found.routes, *([found.rare] if found.rare else [])]
    first = [*found.routes[:SHOWN_FIRST], *([found.rare] if found.rare else [])]

    def content(of: list[Route]) -> Table:
        columns = ["Route"]
        for group in (labels.fill("{short}"), "Others"):
            columns += [f"{group}: people", f"{group}: share", f"{group}: median days so far"]
        columns += ["Design"] if library else []
        return Table(
            tuple(columns),
            tuple(
                (
                    route_words(route, names, fewest),
                    *(cell for group in route.groups for cell in _cells(group)),
                    *((departs_words(route, names),) if library else ()),
                )
                for route in of
            ),
        )

    parts.table(content(first), "routes_first", "The most usual routes", numbers=False)
    hidden = len(rows) - len(first)
    more = f"All routes as a table: {hidden} more" if hidden else "Files and notes"
    with st.expander(more):
        if hidden:
            parts.table(content(rows), "routes", "All routes", numbers=False)
        st.markdown(plain(page.fill(ROUTES.caution)))
        if not page.facts.viewer.policy.cleared:
            st.markdown(parts.protection_note(page))
        files.offer(page, "routes", lambda: files.of_table(page, content(rows)))


def _cells(group: found_routes.Group) -> tuple[str, str, str]:
    return (
        _text(group.people, "count"),
        _text(group.share, "share"),
        "" if group.people.value == 0 else _text(group.median_days, "days"),
    )


def _text(cell: Cell, unit: str) -> str:
    return SHORT_STATE[cell.state] if cell.value is None else words.in_unit(cell.value, unit)
