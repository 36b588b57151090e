"""The process map on its page: as designed, as recorded, and both laid over each other."""

from collections.abc import Sequence
from typing import cast

import streamlit as st

from pdqi import words
from pdqi.charts import process_map, process_recorded, theme
from pdqi.charts.flow import Flow, FlowArrow, FlowNode
from pdqi.charts.process_recorded import By
from pdqi.charts.rows import Table
from pdqi.charts.theme import Spec
from pdqi.findings import pathway
from pdqi.findings.pathway import PREFIX, Group, LaidOver
from pdqi.labels import capitalised
from pdqi.model import Cell
from pdqi.ui import files, parts, thread
from pdqi.ui.page import Page
from pdqi.ui.style import plain

MOVES, CASELOAD = "transitions", "case_prevalence"
"""The KPI that counts moves, and one whose denominator is everybody under a team."""
OVER = ("map_steps", "map_taken", CASELOAD)
"""What the design is laid over."""


def show(page: Page) -> None:
    """Show the map that is chosen."""
    if parts.content_missing(page):
        return
    chosen = page.choice.options["map"]
    if chosen == "designed":
        _designed(page)
        return
    who = page.choice.options["people"]
    groups: tuple[Group, ...] = ("case", "other") if who == "apart" else (cast(Group, who),)
    for group in groups:
        if len(groups) > 1:
            st.subheader(called(page, group), anchor=f"of_{group}")
        (_recorded if chosen == "recorded" else _over)(page, group)
    if len(groups) > 1:
        st.subheader("Beside each other", anchor="beside_each_other")
        _beside(page)


def called(page: Page, group: Group) -> str:
    """Return what a group of people is called."""
    names = {"everyone": "everyone", "case": "{people}", "other": "{other_people}"}
    return capitalised(page.fill(names[group]))


def over(page: Page, group: Group) -> LaidOver | None:
    """Return the design over the records of the chosen scope; None where there is no content."""
    library = page.facts.library
    if library is None:
        return None
    published = {name: page.figures(name) for name in OVER}
    return pathway.laid_over(
        library, page.facts.service, page.facts.labels, page.choice.scope, published, group
    )


def _over(page: Page, group: Group) -> None:
    library, found = page.facts.library, over(page, group)
    if library is None or found is None:
        return
    fewest, by = int(page.choice.options["rare"]), page.choice.options["beside"]
    shown, hidden, moves = found.without_rare(fewest)
    st.markdown(plain(pathway.said(found)))
    notes = _hidden(hidden, moves, fewest)
    for note in notes:
        st.markdown(f"**{note}**")
    ref = thread.chosen(page) or ""
    spec: Spec = parts.kept(
        parts.drawn(page, "over", group, by, str(fewest), ref),
        lambda: process_map.laid_over(
            shown, library, page.facts.labels, by, theme.palette(page.mode), ref
        ),
    )
    parts.picture(spec, f"over_{group}", picked=thread.pick, again=ref)
    title = f"Design and records together: {called(page, group)}"
    with st.expander("Steps and routes as tables"):
        drawing = files.Drawing(
            title,
            lambda: process_map.laid_over(shown, library, page.facts.labels, by),
            (*notes, *_protected(page)),
        )
        st.markdown("**Steps**")
        file_table(page, process_map.steps_table(found), f"steps_{group}", "Steps of the map")
        st.markdown("**Routes**")
        rows = process_map.routes_table(found)
        file_table(page, rows, f"routes_between_{group}", title, drawing)
        for note in _protected(page):
            st.markdown(plain(note))


def _recorded(page: Page, group: Group) -> None:
    library, labels = page.facts.library, page.facts.labels
    whole = flow(page, group)
    fewest = int(page.choice.options["rare"])
    shown, hidden, moves = whole.without_rare(fewest)
    if not whole.arrows:
        st.markdown(
            "No moves to show. A move is a pair of episodes that both started in the period: choose"
            " a longer period, or the whole system."
        )
        return
    st.markdown(plain(process_recorded.recorded_summary(shown)))
    notes = _hidden(hidden, moves, fewest)
    for note in notes:
        st.markdown(f"**{note}**")
    by, ref = cast(By, page.choice.options["beside"]), thread.chosen(page) or ""
    spec: Spec = parts.kept(
        parts.drawn(page, "recorded", group, by, str(fewest), ref),
        lambda: process_recorded.recorded(
            whole, library, labels, by, fewest, theme.palette(page.mode), ref
        ),
    )
    parts.picture(spec, f"recorded_{group}", picked=thread.pick, again=ref)
    with st.expander("Moves as a table"):
        drawing = files.Drawing(
            f"The recorded moves: {called(page, group)}",
            lambda: process_recorded.recorded(whole, library, labels, by, fewest),
            (*notes, *_protected(page)),
        )
        rows = process_recorded.recorded_table(whole)
        file_table(page, rows, f"moves_{group}", drawing.title, drawing)
        for note in _protected(page):
            st.markdown(plain(note))


def _designed(page: Page) -> None:
    library, labels = page.facts.library, page.facts.labels
    if library is None:
        return
    st.markdown(plain(process_map.designed_summary(library, labels)))
    ref = thread.chosen(page) or ""
    spec: Spec = parts.kept(
        ("designed", library.digest, page.mode, ref),
        lambda: process_map.designed(library, labels, theme.palette(page.mode), ref),
    )
    parts.picture(spec, "designed", picked=thread.pick, again=ref)
    with st.expander("Steps and routes as a table"):
        table = process_map.designed_table(library, labels)
        drawing = files.Drawing(
            "The designed map", lambda: process_map.designed(library, labels), of_data=False
        )
        file_table(page, table, "designed", drawing.title, drawing)


def _beside(page: Page) -> None:
    """Show where people with the condition and others go from the same step."""
    each = [over(page, group) for group in ("case", "other")]
    if each[0] is None or each[1] is None:
        return
    names = {**each[1].names, **each[0].names}
    ends = dict.fromkeys(
        (route.start, route.end)
        for found in each
        if found
        for route in found.routes
        if route.moves.value or route.status == "suppressed"
    )
    rows = []
    for start, end in ends:
        row = {"From": names[start], "To": names[end]}
        for found, who in zip(each, (page.fill("{short}"), "Others"), strict=True):
            route = found.route(start, end) if found else None
            row[f"{who}: moves"] = "0" if route is None else text(route.moves)
            share = found.leaving(route) if found and route else None
            row[f"{who}: share of moves from there"] = "" if share is None else text(share, "share")
            row[f"{who}: median days"] = "" if route is None else text(route.days)
        rows.append(row)
    st.markdown(
        "The share is of all moves shown from the same step, so that it can be compared between the"
        " two groups although one is larger."
    )
    file_table(page, rows, "beside_each_other", "Where people go from each step")
    for note in _protected(page):
        st.markdown(plain(note))


def text(cell: Cell, unit: str = "count") -> str:
    """Return a cell as it stands in a table."""
    if cell.value is None:
        return "suppressed" if cell.state.value == "suppressed" else ""
    return words.in_unit(cell.value, unit)


def _hidden(arrows: int, moves: int, fewest: int) -> list[str]:
    """Return the sentence that says what a threshold hides; none where it hides nothing."""
    if not arrows:
        return []
    return [
        f"{arrows} {'arrow' if arrows == 1 else 'arrows'} with fewer than {fewest} moves"
        f" {'is' if arrows == 1 else 'are'} hidden: {words.count(moves)} moves in all."
    ]


def _protected(page: Page) -> list[str]:
    if page.facts.viewer.policy.cleared:
        return []
    return [parts.protection_note(page).replace("*", "")]


def flow(page: Page, group: Group = "everyone") -> Flow:
    """Return the published moves that touch the chosen scope, and the teams at their ends."""
    config, prefix = page.facts.service.config, PREFIX[group]
    wanted = set(page.choice.scope.teams)
    caseload = page.figures(CASELOAD)
    arrows = []
    for figure in page.figures(MOVES).figures:
        if figure.by is None or wanted.isdisjoint((figure.scope, figure.by)):
            continue
        moves = figure[f"{prefix}moves"]
        if moves.value == 0:
            continue
        median = figure[f"{prefix}median_days"].value
        arrows.append(
            FlowArrow(
                figure.scope,
                figure.by,
                _whole(moves),
                _whole(figure[f"{prefix}people"]),
                None if median is None else float(median),
                "shown" if moves.value is not None else "suppressed",
            )
        )
    ends = wanted | {a.source for a in arrows} | {a.target for a in arrows}
    nodes = []
    for team in config.teams:
        if team.id in ends:
            under_care = caseload.at(team.id)
            field = "numerator" if group == "case" else "denominator"
            cell = under_care[field] if under_care and group != "other" else None
            number = 0 if under_care is None else None if cell is None else _whole(cell)
            hidden = cell is not None and cell.value is None
            nodes.append(FlowNode(team.id, team.name, number, "suppressed" if hidden else "shown"))
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
