"""The pages of a store that holds an event log: the process map, and a sentence on every other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import streamlit as st

from pdqi import words
from pdqi.charts import process_recorded, sheet, theme
from pdqi.charts.flow import Flow, FlowArrow, FlowNode, Nouns
from pdqi.charts.pathway_layout import Direction
from pdqi.charts.process_recorded import By
from pdqi.charts.rows import Table
from pdqi.event_log import WHOLE, LogService, Shown
from pdqi.findings import event_log as found_in
from pdqi.findings.readings import SHORT_STATE
from pdqi.labels import Labels
from pdqi.model import Cell, Period, Published
from pdqi.service import Viewer
from pdqi.ui import parts
from pdqi.ui.page import Place
from pdqi.ui.style import plain

MAP = "process_map"
LEAST = ("0", "5", "10", "25", "50", "100", "250", "500", "1000", "5000", "10000", "100000")
MOST_DRAWN, MOST_BOXES = 30, 40
"""So many arrows and boxes can still be told apart; the tables have all of them."""
BESIDE = {"moves": "Times", "people": "Cases", "days": "Median time between"}
DIRECTIONS: dict[str, str] = {"leftright": "Left to right", "topbottom": "Top to bottom"}
SHOWN_FIRST = 10


@dataclass(frozen=True)
class LogPage:
    """What the parts of the page need: the log, who reads, and the period that is shown."""

    log: LogService
    viewer: Viewer
    period: Period
    shown: Shown


def show(place: Place, log: LogService, viewer: Viewer) -> None:
    """Draw a page of the dashboard for an event log."""
    st.title(place.title, anchor=False)
    about, manifest = log.store.about, log.manifest
    loaded = datetime.fromisoformat(manifest.loaded_at).date()
    st.markdown(f"**{plain(about['name'])}**")
    st.markdown(
        plain(
            f"An event log · loaded {words.day(loaded)} · data version {manifest.version} ·"
            f" definitions {log.config.digest}"
        )
    )
    if viewer.policy.cleared:
        st.markdown(f"**Exact counts: {plain(log.config.organisation.marking_cleared)}**")
    else:
        st.markdown("Small numbers are protected for this view.")
    if place.id != MAP:
        st.markdown(
            "This store holds an event log and not a trust's records, so this page has nothing to"
            " show. The page **Process map** has what directly follows what, with routes, rules"
            " and times. To see this page, open the dashboard on a trust's store."
        )
        return
    periods = log.periods()
    if not periods:
        st.markdown("No event of the log counts: see `only` in its mapping.")
        return
    page = _choose(log, viewer, periods)
    st.header("As recorded", anchor="recorded")
    _recorded(page)
    st.header("Routes", anchor="routes")
    _routes(page)
    st.header("Rules", anchor="rules")
    _rules(page)


def _choose(log: LogService, viewer: Viewer, periods: dict[str, Period]) -> LogPage:
    names = {name: "The whole log" if name == WHOLE else name for name in periods}
    if len(periods) == 1:
        period = periods[WHOLE]
    else:
        chosen = st.selectbox(
            "Period",
            tuple(periods),
            format_func=names.__getitem__,
            key="log_period",
            bind="query-params",
        )
        period = periods[chosen or WHOLE]
    return LogPage(log, viewer, period, log.shown(period, viewer))


def flow(page: LogPage) -> Flow:
    """Return the published log as what is drawn: activities, and what directly follows what."""
    names, shown = page.log.names, page.shown
    nodes = tuple(
        FlowNode(
            figure.scope,
            names[figure.scope],
            _whole(figure["people"]),
            "shown" if figure["people"].value is not None else "suppressed",
        )
        for figure in shown.activities.figures
    )
    arrows = tuple(
        FlowArrow(
            figure.scope,
            figure.by or "",
            _whole(figure["moves"]),
            _whole(figure["people"]),
            None if figure["median_seconds"].value is None else figure["median_seconds"].value,
            "shown" if figure["moves"].value is not None else "suppressed",
        )
        for figure in shown.follows.figures
    )
    nouns = Nouns("activity", "activities", "times", "time", page.log.cases, words.time)
    return Flow(nodes, arrows, nouns)


def _whole(cell: Cell) -> int | None:
    return None if cell.value is None else int(cell.value)


def _recorded(page: LogPage) -> None:
    whole = flow(page)
    if not whole.arrows:
        st.markdown("Nothing follows anything in this period.")
        return
    st.markdown(plain(process_recorded.recorded_summary(whole)))
    left, right, last = st.columns(3)
    by = left.selectbox(
        "Number beside an arrow",
        tuple(BESIDE),
        format_func=BESIDE.__getitem__,
        key="log_beside",
        bind="query-params",
    )
    counts = sorted((a.moves for a in whole.arrows if a.moves is not None), reverse=True)
    needed = counts[MOST_DRAWN] + 1 if len(counts) > MOST_DRAWN else 0
    usual = next((n for n in LEAST if int(n) >= needed), LEAST[-1])
    fewest = right.selectbox(
        "Hide arrows with fewer times than",
        LEAST,
        index=LEAST.index(usual),
        key="log_rare",
        bind="query-params",
    )
    direction = last.selectbox(
        "Layers run",
        tuple(DIRECTIONS),
        format_func=DIRECTIONS.__getitem__,
        key="log_layers",
        bind="query-params",
    )
    drawn = _drawn(whole, int(fewest or usual))
    hidden = len(whole.arrows) - len(drawn.arrows)
    if hidden:
        times = sum(a.moves or 0 for a in whole.arrows) - sum(a.moves or 0 for a in drawn.arrows)
        st.markdown(
            f"**{hidden} arrows are not drawn:** rarer ones, which stand for"
            f" {words.count(times)} times in all, or suppressed. The table has them."
        )
    mode: theme.Mode = "dark" if st.context.theme.type == "dark" else "light"
    spec = process_recorded.recorded(
        drawn,
        None,
        Labels.of(page.log.config),
        cast(By, by),
        0,
        theme.palette(mode),
        direction=cast(Direction, direction),
    )
    parts.picture(spec, "recorded")
    with st.expander("What directly follows what, as a table"):
        rows = process_recorded.recorded_table(whole)
        content = Table(tuple(rows[0]), tuple(tuple(row.values()) for row in rows))
        parts.table(content, "follows", "What directly follows what", numbers=False)
        _note(page)
        _file(page, "follows", lambda: _figures(page, page.shown.follows))


def _drawn(whole: Flow, fewest: int) -> Flow:
    """Return the flow without rare and suppressed arrows, and without boxes that none leads to."""
    arrows = [a for a in whole.arrows if a.moves is not None and a.moves >= fewest]
    nodes = {n.id: n for n in whole.nodes}
    sizes = {name: node.people or 0 for name, node in nodes.items()}
    large = set(sorted(sizes, key=lambda name: (-sizes[name], name))[:MOST_BOXES])
    kept = tuple(a for a in arrows if {a.source, a.target} <= large)
    ends = {end for a in kept for end in (a.source, a.target)}
    return Flow(tuple(n for n in whole.nodes if n.id in ends), kept, whole.nouns)


def _routes(page: LogPage) -> None:
    cases, fewest = page.log.cases, page.log.config.strictest_threshold
    total, found = found_in.routes(page.shown.routes, page.log.names)
    st.markdown(plain(found_in.routes_sentence(total, found, cases, fewest)))
    columns = ("Route", cases.capitalize(), "Share", "Median time")
    rows = tuple(
        (
            route.words(cases, fewest),
            _text(route.cases, "count"),
            _text(route.share, "share"),
            _text(route.median_seconds, "time"),
        )
        for route in found
    )
    first = (*rows[:SHOWN_FIRST], *rows[SHOWN_FIRST:][-1:])
    parts.table(Table(columns, first), "routes_first", "The most usual routes", numbers=False)
    with st.expander(f"All routes as a table: {len(rows) - len(first)} more"):
        parts.table(Table(columns, rows), "routes", "All routes", numbers=False)
        st.markdown("The time is that from the first event of a case to its last one recorded.")
        _note(page)
        _file(page, "routes", lambda: _about(page, columns, rows))


def _rules(page: LogPage) -> None:
    cases = page.log.cases
    found = found_in.rules(page.shown.rules, page.log.rules, cases)
    if not found:
        st.markdown("The log's mapping has no rule.")
        return
    for rule, _, said in found:
        st.markdown(f"**{plain(rule.text)}.** {plain(said)}")
    columns = ("Rule", "Keep", "Break", "Not judged", "Share kept")
    rows = tuple(
        (
            rule.text,
            *(_text(cell, "count") for cell in (judged.kept, judged.broken, judged.unknown)),
            _text(judged.share[0], "share"),
        )
        if judged
        else (rule.text, "", "", "", "")
        for rule, judged, _ in found
    )
    with st.expander("Rules as a table"):
        parts.table(Table(columns, rows), "rules", "How many keep each rule", numbers=False)
        _note(page)
        _file(page, "rules", lambda: _about(page, columns, rows))


def _text(cell: Cell, unit: str) -> str:
    return SHORT_STATE[cell.state] if cell.value is None else words.in_unit(cell.value, unit)


def _note(page: LogPage) -> None:
    policy = page.viewer.policy
    if not policy.cleared:
        st.markdown(
            f"Counts are rounded to the nearest {policy.round_to}. *Suppressed* stands where fewer"
            f" than {policy.threshold} {plain(page.log.cases)} are concerned, or where they could"
            f" be worked out; it is not zero. Activities of fewer than {policy.threshold} are left"
            " out."
        )


def _file(page: LogPage, key: str, csv: Callable[[], bytes]) -> None:
    name = f"{key}_{page.log.store.about['id']}_{page.period.key.replace('..', '_to_')}.csv"
    st.download_button(
        "Download as CSV", csv, name, "text/csv", key=f"csv_{key}", on_click="ignore"
    )


def _about(
    page: LogPage, columns: Sequence[str], rows: Sequence[Sequence[str | float | None]]
) -> bytes:
    """Return rows as CSV, with what they are about in the first columns."""
    organisation, cleared = page.log.config.organisation, page.viewer.policy.cleared
    said = {
        "log": page.log.store.about["name"],
        "marking": organisation.marking_cleared if cleared else organisation.marking,
        "counts": "exact" if cleared else "small numbers protected",
        "period_from": page.period.first.isoformat(),
        "period_to": page.period.last.isoformat(),
        "data_version": page.log.manifest.version,
    }
    return sheet.as_csv([*said, *columns], [[*said.values(), *row] for row in rows])


def _figures(page: LogPage, published: Published) -> bytes:
    """Return a published table as CSV, each value with its state."""
    names = page.log.names
    fields = tuple(published.figures[0].cells)
    columns = ["from", "to", *(name for f in fields for name in (f, f"{f}_state"))]
    rows = [
        [
            names[figure.scope],
            names[figure.by or ""],
            *(v for f in fields for v in (figure[f].value, figure[f].state.value)),
        ]
        for figure in published.figures
    ]
    return _about(page, columns, rows)
