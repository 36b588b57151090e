"""The parts that pages are made of: tables, charts with their sentence, definitions, downloads."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Literal

import pandas as pd
import streamlit as st

from pdqi import words
from pdqi.charts import figures, references, rows, sentences, sheet
from pdqi.charts.drawing import PICK
from pdqi.charts.references import Reference
from pdqi.charts.rows import Table
from pdqi.charts.theme import Mode, Spec
from pdqi.findings import readings
from pdqi.findings.readings import Line
from pdqi.metrics.kpi import Kpi
from pdqi.model import Published
from pdqi.ui import files, measurable
from pdqi.ui.page import Page
from pdqi.ui.style import plain

KEPT = 3_000
MANY, WIDE = 4, 1_128
"""From so many columns beside the first on, a table has a width of its own, in pixels."""


def drawn(page: Page, *key: str) -> tuple[str, ...]:
    """Return the key under which something drawn for this view may be kept for other visitors."""
    service, basis = page.facts.service, page.choice.basis
    return (
        service.manifest.version,
        service.config.digest,
        page.facts.library.digest if page.facts.library else "",
        page.facts.viewer.policy.id,
        basis.period.key,
        basis.definition,
        basis.age_band,
        page.choice.scope.key,
        page.mode,
        *key,
    )


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def kept(key: tuple[str, ...], _make: Callable[[], Any]) -> Any:  # noqa: ARG001
    """Return what `_make` made for this key: specifications and tables are built once.

    Only what is published is ever drawn, so that is all that is kept.
    """
    return _make()


def table(content: Table, key: str, alt: str, *, numbers: bool = True) -> None:
    """Show a table; its first column names the rows. `numbers` are set flush right."""
    if not content.rows:
        return
    frame = pd.DataFrame(
        [[plain(cell) for cell in row[1:]] for row in content.rows],
        index=pd.Index([plain(row[0]) for row in content.rows], name=content.columns[0]),
        columns=list(content.columns[1:]),
    )
    _frame(frame, key, alt, numbers)


def _frame(frame: pd.DataFrame, key: str, alt: str, numbers: bool) -> None:
    with st.container(key=f"{'numbers' if numbers else 'words'}_{key}"):
        # A table of many columns is moved sideways where there is little room. Only one of a width
        # of its own can then be reached with the keyboard.
        if len(frame.columns) >= MANY:
            st.table(frame, border="horizontal", width=WIDE, alt=alt)
        else:
            st.table(frame, border="horizontal", alt=alt)


def chart(spec: Spec, key: str) -> None:
    """Show a chart; its own description says in words what it shows."""
    st.vega_lite_chart(spec, theme=None, width="stretch", key=f"chart_{key}")


def picture(
    spec: Spec, key: str, picked: Callable[[str], None] | None = None, again: str = ""
) -> None:
    """Show a picture of fixed size; where there is less room it is moved under the finger.

    `picked` is called with the id of a shape that is clicked, before the page is drawn anew, or
    with nothing. `again` is what was picked before: it makes the picture a new one, in which the
    same shape can be clicked again.
    """
    padding = spec.get("padding", 0)
    if isinstance(padding, int):
        # Streamlit's frontend wants each side by itself.
        spec = {**spec, "padding": dict.fromkeys(("left", "top", "right", "bottom"), padding)}
    # The inner container keeps the picture's own size: its shapes are drawn in pixels.
    room, tall = int(spec["width"]) + 2 * 8, ceil(spec["height"]) + 2 * 8
    spec = {**spec, "layer": [_named(layer) for layer in spec["layer"]]}
    name = f"chart_{key}_{again}" if again else f"chart_{key}"
    with st.container(key=f"picture_{key}"), st.container(key=f"canvas_{key}", width=room):
        if picked is None:
            st.vega_lite_chart(spec, theme=None, width=room, height=tall, key=name)
        else:
            st.vega_lite_chart(
                spec,
                theme=None,
                width=room,
                height=tall,
                key=name,
                on_select=lambda: picked(_picked(name)),
                selection_mode=PICK,
            )


def _picked(name: str) -> str:
    """Return the id of the shape that was clicked in a picture; empty where none was."""
    rows = st.session_state[name]["selection"].get(PICK) or [{}]
    return str(rows[0].get("id") or "")


def _named(layer: Spec) -> Spec:
    """Give a shape that is read out the words of the shape that it is a part of."""
    values = layer.get("data", {}).get("values", [])
    if not layer["mark"].get("aria") or all(row.get("tip") for row in values):
        return layer
    words = {row["id"]: row["tip"] for row in values if row.get("tip")}
    named = [{**row, "tip": row.get("tip") or words.get(row["id"], "")} for row in values]
    return {**layer, "data": {**layer["data"], "values": named}}


@dataclass(frozen=True)
class Card:
    """A KPI as it is shown for one view: built once and kept."""

    sentence: str
    spec: Spec | None
    numbers: Table
    parts: Table | None


def line_of(page: Page, shown: Sequence[Line]) -> Line:
    """Return the chosen scope as a row."""
    scope = page.choice.scope
    found = next((line for line in shown if line.key == scope.key), None)
    return found or Line(scope.key, scope.name, scope.kind, scope.teams)


def lines_of(page: Page, published: Published, *, every: bool = False) -> tuple[Line, ...]:
    """Return the rows of a KPI: teams, the chosen scope, the system; or every scope there is."""
    service = page.facts.service
    chosen = None if every else page.choice.scope
    return readings.lines(published, service.config, service.scopes, chosen)


def kpi_card(page: Page, kpi: Kpi) -> None:
    """Show a KPI: its question, what it says, chart, numbers, definition, file."""
    published = page.figures(kpi.id)
    card: Card = kept(drawn(page, "card", kpi.id), lambda: _card(page, kpi, published))
    drawing = _drawing(page, kpi, published, card)
    with st.container(key=f"card_{kpi.id}"):
        st.subheader(page.fill(kpi.name), anchor=kpi.id)
        st.markdown(f"*{plain(page.fill(kpi.question))}*")
        st.markdown(plain(card.sentence))
        if card.spec is not None:
            chart(card.spec, kpi.id)
        shown = lines_of(page, published)
        reference(page, kpi, shown, shown if card.spec is not None else ())
        target(page, kpi)
        measurable.beside(page, kpi)
        with st.expander("Numbers"):
            table(card.numbers, kpi.id, f"{page.fill(kpi.name)}: numbers")
            if card.parts is not None and card.parts.rows:
                st.markdown(plain(f"{page.choice.scope.name}, by {kpi.by}:"))
                table(card.parts, f"{kpi.id}_parts", f"{page.fill(kpi.name)}, by {kpi.by}")
            if not page.facts.viewer.policy.cleared:
                st.markdown(protection_note(page))
            files.offer(page, kpi.id, lambda: _csv(page, kpi, published), drawing)
        with st.expander("Definition"):
            definition(page, kpi)


def _card(page: Page, kpi: Kpi, published: Published) -> Card:
    labels = page.facts.labels
    shown = lines_of(page, published)
    said = sentences.finding(kpi, published, line_of(page, shown), shown, labels)
    return Card(
        said,
        _spec(page, kpi, published, said, page.mode),
        rows.table(kpi, published, shown, labels, known_elsewhere(page, kpi, shown)),
        _parts(page, kpi, published),
    )


def _spec(page: Page, kpi: Kpi, published: Published, said: str, mode: Mode) -> Spec | None:
    shown = lines_of(page, published)
    found = known_elsewhere(page, kpi, shown)
    chosen = line_of(page, shown)
    return figures.chart(kpi, published, shown, chosen, page.facts.labels, said, found, mode)


def _drawing(page: Page, kpi: Kpi, published: Published, card: Card) -> files.Drawing | None:
    if card.spec is None:
        return None
    shown = lines_of(page, published)
    found = known_elsewhere(page, kpi, shown)
    notes = [f"{item.origin}: {item.told}" for item in found if item.lines]
    if not page.facts.viewer.policy.cleared:
        notes.append(protection_note(page).replace("*", ""))
    return files.Drawing(
        page.fill(kpi.name),
        lambda: _spec(page, kpi, published, card.sentence, "light") or {},
        tuple(notes),
    )


def _csv(page: Page, kpi: Kpi, published: Published) -> bytes:
    every = lines_of(page, published, every=True)
    return sheet.of_kpi(kpi, published, every, page.facts.labels, files.about(page))


def _parts(page: Page, kpi: Kpi, published: Published) -> Table | None:
    scope = page.choice.scope.key
    found = sorted(f.by for f in published.figures if f.scope == scope and f.by is not None)
    if not found:
        return None
    named = {item.id: item.name for item in page.facts.service.config.treatments}
    known = [(item, name) for item, name in named.items() if item in found]
    names = known or [(by, by) for by in found]
    return rows.breakdown(kpi, published, scope, names, page.facts.labels)


def protection_note(page: Page) -> str:
    """Return what the protection does to the numbers, in a sentence."""
    policy = page.facts.viewer.policy
    return (
        f"Counts are rounded to the nearest {policy.round_to}. *Suppressed* stands where fewer"
        f" than {policy.threshold} people are concerned, or where they could be worked out; it is"
        " not zero."
    )


def reference(page: Page, kpi: Kpi, shown: Sequence[Line], drawn: Collection[Line] = ()) -> None:
    """Show what is known from elsewhere about the same thing, or, folded up, a different one.

    `drawn` are the rows of which the chart above has a line for what concerns them.
    """
    found, keys = known_elsewhere(page, kpi, shown), {line.key for line in drawn}
    told = {item: plain(item.told if item.lines & keys else item.text) for item in found}
    for item in found:
        if item.source != "literature":
            st.markdown(f"**{item.origin}:** {told[item]}")
    others = [item for item in found if item.source == "literature"]
    if others:
        with st.expander(f"{others[0].origin} ({len(others)})"):
            for item in others:
                st.markdown(told[item])


def known_elsewhere(page: Page, kpi: Kpi, shown: Sequence[Line]) -> tuple[Reference, ...]:
    """Return the figures from elsewhere that stand beside a KPI."""
    if page.facts.library is None:
        return ()
    config, labels = page.facts.service.config, page.facts.labels
    return references.references(kpi, page.facts.library.published.figures, shown, config, labels)


def target(page: Page, kpi: Kpi) -> None:
    """Show the target in force on the last day of the period, where config has one."""
    last = page.choice.basis.period.last
    targets = page.facts.service.config.targets
    in_force = [item for item in targets if item.kpi == kpi.id and item.start <= last]
    if in_force:
        item = max(in_force, key=lambda item: item.start)
        value = words.in_unit(item.value, kpi.kind.field(kpi.kind.main).unit)
        st.markdown(f"**Target:** {plain(f'{value} from {words.day(item.start)} ({item.source})')}")


def definition(page: Page, kpi: Kpi) -> None:
    """Show what a KPI counts, where it comes from, and what to beware of."""
    numerator = page.fill(kpi.numerator)
    denominator = page.fill(kpi.denominator)
    said = (
        ("Counts", numerator),
        ("Out of", denominator),
        ("Better", kpi.better.value),
        ("Comes from", page.facts.service.config.source_of(kpi.id) or kpi.source),
        ("Published", _published(page, kpi)),
        ("Beware", kpi.caution),
        ("Rests on the tables", ", ".join(kpi.tables)),
        ("Changed", "; ".join(f"{change.on}: {change.what}" for change in kpi.changed)),
    )
    st.markdown("\n".join(f"- **{name}:** {plain(page.fill(text))}" for name, text in said if text))


def _published(page: Page, kpi: Kpi) -> str:
    """Return what was published of a figure, each with its id; all of it stands in the content."""
    library = page.facts.library
    found = [item for item in library.published.figures if kpi.id in item.kpis] if library else ()
    return "; ".join(f"{item.short} ({item.id})" for item in found) or "no number"


def headline_kpis(page: Page) -> tuple[Kpi, ...]:
    """Return the KPIs of the overview, in the order of config."""
    named = {kpi.id: kpi for kpi in page.facts.service.kpis}
    return tuple(named[name] for name in page.facts.service.config.headline if name in named)


def content_missing(page: Page) -> bool:
    """Say why there is no content, where there is none; returns whether that is so."""
    if page.facts.library is not None:
        return False
    st.markdown("The project's content cannot be read, so this is empty. To mend:")
    for problem in page.facts.content_problems:
        st.warning(plain(str(problem)))
    return True


def pressed(label: str, key: str, *, disabled: bool = False, main: bool = False) -> bool:
    """Show a button; says whether it was pressed, also where the page is begun anew meanwhile."""
    kind: Literal["primary", "secondary"] = "primary" if main else "secondary"
    mark = f"{key}_pressed"
    st.button(label, key=key, type=kind, disabled=disabled, on_click=_mark, args=(mark,))
    return bool(st.session_state.pop(mark, False))


def _mark(name: str) -> None:
    st.session_state[name] = True
