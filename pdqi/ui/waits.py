"""Waits and lengths: curves of a few at a time, shares by week, how waits end, the waiting list."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from pdqi.charts import survival, waiting
from pdqi.charts.endings import endings
from pdqi.charts.rows import Table
from pdqi.charts.theme import Mode, Spec
from pdqi.findings.comparing import against_others
from pdqi.findings.waits import (
    Length,
    Waiting,
    first_taken,
    has_bands,
    lengths,
    supported,
    waiting_list,
)
from pdqi.metrics.kpi import Duration, Kpi
from pdqi.model import Published
from pdqi.ui import files, measurable, parts
from pdqi.ui.page import Page
from pdqi.ui.style import plain

SUPPORT = "support_while_waiting"
BY = {"team": "By team", "treatment": "By treatment"}
COARSE = (
    "A curve falls in whole weeks and only where enough have come together since it last fell, so"
    " that no step is one person's; its last stretch may leave out a few."
)
NOT_WAITING = (
    "Who left is not counted as waiting, which would overstate the list, nor taken as if they might"
    " still start, which would overstate how many do."
)


@dataclass(frozen=True)
class Card:
    """A figure as it is shown for one scope and choice of curves: built once and kept."""

    said: tuple[str, ...]
    spec: Spec | None
    weeks: Table | None
    endings: tuple[tuple[str, Spec], ...]
    """How each of the chosen ones ended, with its name."""
    notes: tuple[str, ...]


def show(page: Page, kpis: Sequence[Kpi]) -> None:
    """Show the lengths of time among some KPIs, and the waiting list."""
    found = [kpi for kpi in kpis if isinstance(kpi.kind, Duration) or has_bands(kpi)]
    support = [kpi for kpi in page.facts.service.kpis if kpi.id == SUPPORT]
    page.facts.service.all_figures(page.choice.basis, page.facts.viewer, (*found, *support))
    for kpi in found:
        with st.container(key=f"card_lengths_{kpi.id}"):
            st.subheader(page.fill(kpi.name), anchor=f"lengths-{kpi.id}")
            st.markdown(f"*{plain(page.fill(kpi.question))}*")
            if isinstance(kpi.kind, Duration):
                _lengths(page, kpi)
            else:
                _waiting(page, kpi)
    if not found:
        st.markdown("Nothing in this section is a wait or a length of time.")


def _lengths(page: Page, kpi: Kpi) -> None:
    published = page.figures(kpi.id)
    shown = parts.lines_of(page, published)
    every = lengths(kpi, published, shown, page.facts.labels)
    if not every:
        st.markdown("There is nothing to show: no records for this figure in this period.")
        return
    taken = _taken(page, kpi, every)
    if not taken:
        st.markdown("Choose at least one curve.")
        return
    key = parts.drawn(page, "lengths", kpi.id, *(item.name for item in taken))
    card: Card = parts.kept(key, lambda: _curves(page, kpi, published, taken, page.mode))
    _show(card, kpi.id)
    parts.reference(page, kpi, shown, [item.line for item in taken] if card.spec else ())
    measurable.beside(page, kpi)
    with st.expander("Numbers"):
        content: Table = parts.kept(
            parts.drawn(page, "lengths", kpi.id, "every"),
            lambda: survival.by_week(every, "Curve"),
        )
        parts.table(content, f"lengths_every_{kpi.id}", f"{page.fill(kpi.name)}, by week")
        if not page.facts.viewer.policy.cleared:
            st.markdown(parts.protection_note(page))
        drawing = files.Drawing(
            page.fill(kpi.name),
            lambda: _curves(page, kpi, published, taken, "light").spec or {},
            (*card.said, *card.notes),
        )
        files.offer(
            page,
            f"lengths_{kpi.id}",
            lambda: files.of_table(page, survival.as_table(every, "Curve")),
            drawing if card.spec is not None else None,
        )


def _taken(page: Page, kpi: Kpi, every: Sequence[Length]) -> tuple[Length, ...]:
    """Return the curves that the reader chose: at first those of what the filter names."""
    kinds = dict.fromkeys("treatment" if i.line.kind == "treatment" else "team" for i in every)
    offered = list(every)
    if len(kinds) > 1:
        by = st.segmented_control(
            "Curves",
            list(BY),
            default="team",
            key=f"by_{kpi.id}",
            format_func=lambda name: BY[name],
            required=True,
        )
        offered = [i for i in every if (i.line.kind == "treatment") == (by == "treatment")]
    # Groups of one scope are drawn together, so what is chosen is scopes.
    most = survival.FEW // len(kpi.kind.curves) if isinstance(kpi.kind, Duration) else 0
    lines = tuple({item.line: None for item in offered})
    first = first_taken(lines, page.choice.scope.key, page.choice.scope.teams)
    wanted = st.pills(
        f"Of which to draw curves, up to {most}",
        [line.name for line in lines],
        selection_mode="multi",
        default=[line.name for line in first[:most]],
        # Another choice in the filters begins with its own curves.
        key=f"curves_{kpi.id}_{page.choice.scope.key}_{len(lines)}_{lines[0].kind}",
    )
    taken = [line for line in lines if line.name in wanted]
    if len(taken) > most:
        names = ", ".join(line.name for line in taken[:most])
        st.markdown(plain(f"More than {most} cannot be told apart. Drawn: {names}."))
    return tuple(item for item in offered if item.line in taken[:most])


def _curves(
    page: Page, kpi: Kpi, published: Published, taken: Sequence[Length], mode: Mode
) -> Card:
    lines = {item.line: None for item in taken}
    pairs = [line for line in lines if sum(item.line == line for item in taken) > 1]
    compared = [against_others(kpi, published, line, page.facts.labels) for line in pairs]
    said = (
        *(item.sentence for item in taken),
        *(comparison.sentence for comparison in compared if comparison),
    )
    known = parts.known_elsewhere(page, kpi, parts.lines_of(page, published))
    here = [item for item in known if item.lines & {line.key for line in lines}]
    ends = [(item.name, endings(item, mode)) for item in taken if item.kind.removed]
    means = [
        f"{item.name}: {mean[0].lower()}{mean[1:]}"
        for item in taken
        if (mean := item.misleading_mean)
    ]
    return Card(
        said,
        survival.curves(taken, " ".join(said), here, mode),
        survival.by_week(taken, "Curve"),
        tuple((name, spec) for name, spec in ends if spec is not None),
        (*means, *(() if published.cleared else (COARSE,))),
    )


def _show(card: Card, key: str) -> None:
    st.markdown("\n".join(f"- {plain(said)}" for said in card.said))
    if card.spec is not None:
        parts.chart(card.spec, f"lengths_{key}")
    if card.weeks is not None:
        parts.table(card.weeks, f"lengths_{key}", "Shares by week, and numbers left")
    if card.endings:
        st.markdown(NOT_WAITING)
        # Two in a row, so that on a phone they stand below each other in their order.
        for first in range(0, len(card.endings), 2):
            pair = card.endings[first : first + 2]
            for place, (column, (name, spec)) in enumerate(zip(st.columns(2), pair, strict=False)):
                with column:
                    st.markdown(f"**{plain(name)}**")
                    parts.chart(spec, f"endings_{key}_{first + place}")
    st.markdown("\n".join(f"- {plain(note)}" for note in card.notes))


def _waiting(page: Page, kpi: Kpi) -> None:
    published = page.figures(kpi.id)
    shown = parts.lines_of(page, published)
    found: tuple[Waiting, ...] = waiting_list(kpi, published, shown)
    if not found:
        st.markdown("There is nothing to show: no records for this figure in this period.")
        return
    chosen = parts.line_of(page, shown)
    key = parts.drawn(page, "waiting", kpi.id)
    said: tuple[str, ...] = parts.kept((*key, "said"), lambda: _said(page, found))
    spec: Spec | None = parts.kept(
        key, lambda: waiting.chart(found, chosen, " ".join(said), page.mode)
    )
    st.markdown("\n".join(f"- {plain(text)}" for text in said))
    if spec is not None:
        parts.chart(spec, f"waiting_{kpi.id}")
        st.markdown(
            "A broken outline stands for people whose time waited is not told apart, to protect"
            " small numbers."
            if not published.cleared
            else "Counts are referrals that have neither started nor ended."
        )
    parts.reference(page, kpi, shown)
    measurable.beside(page, kpi)
    with st.expander("Numbers"):
        content = waiting.table(found)
        parts.table(content, f"waiting_{kpi.id}", f"{page.fill(kpi.name)}, by time waited")
        if not page.facts.viewer.policy.cleared:
            st.markdown(parts.protection_note(page))
        drawing = files.Drawing(
            page.fill(kpi.name), lambda: waiting.chart(found, chosen, " ".join(said)) or {}, said
        )
        files.offer(
            page,
            f"waiting_{kpi.id}",
            lambda: files.of_table(page, content),
            drawing if spec is not None else None,
        )


def _said(page: Page, found: Sequence[Waiting]) -> tuple[str, ...]:
    """Return a sentence a row: of the chosen teams, and of every treatment for the whole system."""
    scope = page.choice.scope
    support = next((item for item in page.facts.service.kpis if item.id == SUPPORT), None)
    said = []
    for item in found:
        if item.line.key in (scope.key, *scope.teams) or item.line.kind == "treatment":
            beside = supported(support, page.figures(SUPPORT), item.line) if support else ""
            said.append(f"{item.sentence} {beside}".strip())
    return tuple(said)
