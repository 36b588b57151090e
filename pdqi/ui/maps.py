"""The parts of the process map page: the designed map, the recorded one, and the two compared."""

from collections.abc import Sequence
from typing import cast

import streamlit as st

from pdqi.charts import process_map, theme
from pdqi.charts.process_map import STATUS_WORDS, Compared, Flow, FlowArrow, FlowNode
from pdqi.charts.process_recorded import By
from pdqi.charts.rows import Table
from pdqi.charts.theme import Spec
from pdqi.model import Cell
from pdqi.ui import files, parts
from pdqi.ui.shell import Page
from pdqi.ui.style import plain

ARROWS, CASELOAD = "transitions", "pd_prevalence"
"""The KPI that counts moves, and one whose denominator is everybody under a team."""


def designed(page: Page) -> None:
    """Show the designed map, its summary, its steps and routes as a table, and a file of them."""
    if parts.content_missing(page) or page.facts.library is None:
        return
    library, labels = page.facts.library, page.facts.labels
    st.markdown(plain(process_map.designed_summary(library, labels)))
    spec: Spec = parts.kept(
        ("designed", library.digest, page.mode),
        lambda: process_map.designed(library, labels, colours=theme.palette(page.mode)),
    )
    parts.picture(spec, "designed")
    with st.expander("Steps and routes as a table"):
        table = process_map.designed_table(library, labels)
        drawing = files.Drawing(
            "The designed map", lambda: process_map.designed(library, labels), of_data=False
        )
        file_table(page, table, "designed", drawing.title, drawing)


def recorded(page: Page) -> None:
    """Show the recorded moves of the chosen scope, a summary, a table, and a file of them."""
    if page.facts.library is None:
        return
    library, labels = page.facts.library, page.facts.labels
    whole = flow(page)
    fewest = int(page.choice.options["rare"])
    shown, hidden = whole.without_rare(fewest)
    if not shown.arrows:
        st.markdown(
            "No moves to show. A move is a pair of episodes that both started in the period: choose"
            " a longer period, the whole system, or hide fewer arrows."
        )
        return
    st.markdown(plain(process_map.recorded_summary(shown)))
    notes = [f"{hidden} arrows with fewer than {fewest} moves are hidden."] if hidden else []
    for note in notes:
        st.markdown(f"**{note}**")
    by = cast(By, page.choice.options["beside"])
    spec: Spec = parts.kept(
        parts.drawn(page, "recorded", by, str(fewest)),
        lambda: process_map.recorded(whole, library, labels, by, fewest, theme.palette(page.mode)),
    )
    parts.picture(spec, "recorded")
    with st.expander("Moves as a table"):
        if not page.facts.viewer.policy.cleared:
            notes.append(parts.protection_note(page).replace("*", ""))
        drawing = files.Drawing(
            "The recorded moves",
            lambda: process_map.recorded(whole, library, labels, by, fewest),
            tuple(notes),
        )
        file_table(page, process_map.recorded_table(shown), "moves", drawing.title, drawing)
        if not page.facts.viewer.policy.cleared:
            st.markdown(parts.protection_note(page))


def compared(page: Page) -> None:
    """Set the design against the records: what is in both, in one, or cannot be told."""
    if page.facts.library is None:
        return
    found = process_map.compare(flow(page), page.facts.library)
    st.markdown(plain(_counted(found)))
    names = page.facts.labels
    rows = [
        {
            "Step or route": names.fill(item.name),
            "State": STATUS_WORDS[item.status],
            "Moves": "" if item.moves is None else f"{item.moves:,}",
        }
        for item in sorted(found, key=lambda item: list(STATUS_WORDS).index(item.status))
    ]
    with st.expander("Every step and route"):
        file_table(page, rows, "compared", "Design and records compared")


def _counted(found: Sequence[Compared]) -> str:
    counts = {status: sum(item.status == status for item in found) for status in STATUS_WORDS}
    said = [f"{count} {STATUS_WORDS[status]}" for status, count in counts.items() if count]
    return f"Steps and routes: {'; '.join(said)}."


def flow(page: Page) -> Flow:
    """Return the published moves that touch the chosen scope, and the teams at their ends."""
    config = page.facts.service.config
    wanted = set(page.choice.scope.teams)
    caseload = page.figures(CASELOAD)
    arrows = []
    for figure in page.figures(ARROWS).figures:
        if figure.by is None or wanted.isdisjoint((figure.scope, figure.by)):
            continue
        moves = figure["moves"]
        median = figure["median_days"].value
        arrows.append(
            FlowArrow(
                figure.scope,
                figure.by,
                _whole(moves),
                _whole(figure["people"]),
                None if median is None else float(median),
                "shown" if moves.value is not None else "suppressed",
            )
        )
    ends = wanted | {a.source for a in arrows} | {a.target for a in arrows}
    nodes = []
    for team in config.teams:
        if team.id in ends:
            under_care = caseload.at(team.id)
            cell = under_care["denominator"] if under_care else Cell(0)
            hidden = cell.value is None
            nodes.append(
                FlowNode(team.id, team.name, _whole(cell), "suppressed" if hidden else "shown")
            )
    return Flow(tuple(nodes), tuple(arrows))


def _whole(cell: Cell) -> int | None:
    return None if cell.value is None else int(cell.value)


def file_table(
    page: Page,
    rows: Sequence[dict[str, str]],
    key: str,
    alt: str,
    drawing: files.Drawing | None = None,
) -> None:
    """Show rows as a table, with a file of them, and files of the picture that they tell of."""
    if not rows:
        return
    content = Table(tuple(rows[0]), tuple(tuple(row.values()) for row in rows))
    parts.table(content, key, alt, numbers=False)
    files.offer(page, key, lambda: files.of_table(page, content), drawing)
