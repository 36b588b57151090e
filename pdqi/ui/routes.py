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
from pdqi.ui.page import Page
from pdqi.ui.style import plain

SHOWN_FIRST = 10
READ = ("people", "median days so far")
FILED = ("people", "share", "median days so far")


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

    short, design = labels.fill("{short}"), ("Design",) if library else ()

    def told(route: Route) -> tuple[str, ...]:
        return (departs_words(route, names),) if library else ()

    def read(of: list[Route]) -> Table:
        """Return the table as it is read: a number with its share in one cell."""
        heads = tuple(f"{group}: {name}" for group in (short, "Others") for name in READ)
        return Table(
            ("Route", *heads, *design),
            tuple(
                (
                    route_words(route, names, fewest),
                    *(cell for group in route.groups for cell in _read(group)),
                    *told(route),
                )
                for route in of
            ),
        )

    def filed() -> bytes:
        """Return the table as a file holds it: every value by itself."""
        heads = tuple(f"{group}: {name}" for group in (short, "Others") for name in FILED)
        cells = tuple(
            (
                route_words(route, names, fewest),
                *(cell for group in route.groups for cell in _cells(group)),
                *told(route),
            )
            for route in rows
        )
        return files.of_table(page, Table(("Route", *heads, *design), cells))

    parts.table(read(first), "routes_first", "The most usual routes", numbers=False)
    hidden = len(rows) - len(first)
    more = f"All routes as a table: {hidden} more" if hidden else "Files and notes"
    with st.expander(more):
        if hidden:
            parts.table(read(rows), "routes", "All routes", numbers=False)
        st.markdown(plain(page.fill(ROUTES.caution)))
        if not page.facts.viewer.policy.cleared:
            st.markdown(parts.protection_note(page))
        files.offer(page, "routes", filed)


def _read(group: found_routes.Group) -> tuple[str, str]:
    people, share, days = _cells(group)
    return f"{people} ({share})" if group.share.value is not None else people, days


def _cells(group: found_routes.Group) -> tuple[str, str, str]:
    return (
        _text(group.people, "count"),
        _text(group.share, "share"),
        "" if group.people.value == 0 else _text(group.median_days, "days"),
    )


def _text(cell: Cell, unit: str) -> str:
    return SHORT_STATE[cell.state] if cell.value is None else words.in_unit(cell.value, unit)
