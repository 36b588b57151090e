"""What was chosen on the process map: who is there, who waits, ways in and out, its thread."""

import streamlit as st

from pdqi.charts import process_map
from pdqi.charts.rows import Table
from pdqi.content.models import Node
from pdqi.findings.pathway import STATUS_WORDS, LaidOver, MapStep
from pdqi.ui import maps, parts, thread
from pdqi.ui.live import measures
from pdqi.ui.page import Page
from pdqi.ui.style import plain

KINDS = ("node", "arrow", "issue")
"""What can be chosen on the map, in the order of the list."""


def show(page: Page) -> None:
    """Draw the list of all steps, routes and issues, and what is known of the one chosen."""
    ref = thread.choice(page, "Step, route or issue of the map", KINDS)
    if ref is None:
        st.markdown("Choose a step here, or click one on the map.")
        return
    found = maps.over(page, "everyone")
    kind, _, name = ref.partition(":")
    if found is not None and kind in ("node", "team"):
        # The recorded map has teams, and a team's care is a step of the design where it has one.
        node = page.facts.library.node_of(name) if page.facts.library and kind == "team" else None
        at = f"node:{node.id}" if node else ref
        step = next((step for step in found.steps if step.ref == at), None)
        if step is None:
            st.markdown("This step is one of other teams than those that are chosen.")
        else:
            _step(page, found, step)
    if found is not None and kind == "arrow":
        route = next((route for route in found.routes if route.ref == ref), None)
        if route is not None:
            st.markdown(plain(process_map.route_words(route, found)))
    thread.show(page, ref)


def _step(page: Page, found: LaidOver, step: MapStep) -> None:
    library, labels = page.facts.library, page.facts.labels
    st.header(plain(step.name), anchor="step")
    st.markdown(plain(process_map.step_words(step)))
    item = library.items.get(step.ref) if library else None
    if isinstance(item, Node) and item.note:
        st.markdown(plain(labels.fill(item.note)))
    _queue(page, step)
    for title, here, other in (("Ways in", "end", "start"), ("Ways out", "start", "end")):
        routes = [route for route in found.routes if getattr(route, here) == step.node]
        st.markdown(f"**{title}**")
        if not routes:
            st.markdown(f"No {title.lower()} are designed or recorded.")
            continue
        routes.sort(key=lambda route: -(route.moves.value or 0))
        rows = tuple(
            (
                found.names[getattr(route, other)],
                STATUS_WORDS[route.status],
                maps.text(route.moves),
                maps.text(route.people),
                maps.text(route.days),
            )
            for route in routes
        )
        columns = ("From" if here == "end" else "To", "State", "Moves", "People", "Median days")
        alt = f"{title} of {step.name}"
        parts.table(Table(columns, rows), f"step_{here}", alt, numbers=False)
    if isinstance(item, Node) and item.kpis:
        st.markdown("**Measures**")
        live = measures(page, item.kpis)
        for name in item.kpis:
            if name in live:
                thread.link(page, f"kpi:{name}", plain(f"{live[name].short}: {live[name].said}"))


def _queue(page: Page, step: MapStep) -> None:
    """Show who is there and who waits, of either group of people."""
    rows = []
    for group in ("everyone", "case", "other"):
        found = maps.over(page, group)
        mine = next((s for s in found.steps if s.ref == step.ref), None) if found else None
        if mine is not None:
            rows.append((maps.called(page, group), maps.text(mine.people), maps.text(mine.waiting)))
    columns = ("Of whom", "People in the period", "Waiting on the last day")
    if any(cell for row in rows for cell in row[1:]):
        parts.table(Table(columns, tuple(rows)), "step_people", f"People at {step.name}")
