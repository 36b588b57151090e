"""What is weak in the data, and what that could do to figures: the bounds, with their reasons."""

import streamlit as st

from pdqi import quality
from pdqi.charts import ranges
from pdqi.charts.rows import Table
from pdqi.charts.theme import Mode, Spec
from pdqi.findings.weaknesses import Touch, Weakness, touches
from pdqi.metrics.kpis.quality_people import COUNTED_OTHERWISE, NO_BIRTH_DATE
from pdqi.model import NO_DATA, Cell, State
from pdqi.ui import files, parts
from pdqi.ui.page import Page
from pdqi.ui.quality_fields import in_words
from pdqi.ui.style import plain


def weaknesses(page: Page) -> tuple[Weakness, ...]:
    """Return what is weak in what is chosen; left out is what concerns nobody."""
    scope, config = page.choice.scope.key, page.facts.service.config

    def people(kpi_id: str) -> Cell:
        figure = page.figures(kpi_id).at(scope)
        return figure["numerator"] if figure else NO_DATA

    found = [
        Weakness(
            "no_diagnosis_entry",
            "People under care without any diagnosis entry",
            people("no_diagnosis_entry"),
            ("diagnoses",),
            people=True,
            of_definition=True,
            remedy="Enter a diagnosis, or that there is none; reach diagnoses that are kept where"
            " no extract reaches.",
        ),
        Weakness(
            COUNTED_OTHERWISE.id,
            "People under care whom only another case definition counts",
            people(COUNTED_OTHERWISE.id),
            ("diagnoses",),
            people=True,
            of_definition=True,
            remedy="Agree on the words; enter a code or an agreed word.",
        ),
    ]
    band = config.age_band(page.choice.basis.age_band)
    if band.first is not None or band.last is not None:
        found.append(
            Weakness(
                NO_BIRTH_DATE.id,
                "People under care without a birth date",
                people(NO_BIRTH_DATE.id),
                ("people",),
                people=True,
                of_definition=False,
                remedy="Fill in the birth date in the client list.",
            )
        )
    left = quality.left_out(page.facts.service, page.facts.viewer)
    found += [
        Weakness(
            f"left_out_{table}",
            f"Rows of {table} that were left out at loading, of whatever team and month",
            number,
            (table,),
            people=False,
            of_definition=False,
            remedy="Mend the rows: see the view Files.",
        )
        for table, number in left.items()
    ]
    return tuple(each for each in found if each.number.value != 0 and each.number != NO_DATA)


def show(page: Page) -> None:
    """Show every weakness with the figures that it touches and how far they could move."""
    found = weaknesses(page)
    st.markdown(
        "Each weakness is taken by itself: how far could each figure move if everything unknown"
        " were one way, or the other? This is a bound and no interval: it says what is possible,"
        " not what is likely. A figure is touched by a weakness of a table that it rests on."
    )
    if not found:
        st.markdown("Nothing of the kind is known here.")
        return
    figures = {}
    for kpi in page.facts.service.kpis:
        if any(not set(kpi.tables).isdisjoint(each.tables) for each in found):
            figures[kpi.id] = page.figures(kpi.id).at(page.choice.scope.key)
    for each in found:
        _weakness(page, each, touches(each, page.facts.service.kpis, figures))


def _weakness(page: Page, weakness: Weakness, touched: tuple[Touch, ...]) -> None:
    st.subheader(weakness.words, anchor=weakness.id)
    number = in_words(weakness.number)
    noun = "people" if weakness.people else "rows"
    bounded = [touch for touch in touched if touch.is_bounded]
    told = number if weakness.number.state is not State.SHOWN else f"{number} {noun}"
    sentence = f"{told}. Touches {len(touched)} figures."
    wide = max(bounded, key=_width, default=None)
    if wide is not None:
        sentence += (
            f" At worst, “{page.fill(wide.kpi.short)}” could be anything from"
            f" {_share(wide.low)} to {_share(wide.high)}; it is shown as {_share(wide.now)}."
        )
    st.markdown(plain(sentence))
    st.markdown(f"*What to do:* {plain(weakness.remedy)}")
    rows = [
        (page.fill(t.kpi.short), t.now, t.low, t.high)
        for t in bounded
        if t.now is not None and t.low is not None and t.high is not None
    ]
    name = f"bounds_{weakness.id}"

    def drawn(mode: Mode) -> Spec | None:
        return ranges.chart(rows, f"{weakness.words}. {sentence}", mode)

    spec = parts.kept(parts.drawn(page, name), lambda: drawn(page.mode))
    drawing = None
    if spec is not None:
        parts.chart(spec, name)
        drawing = files.Drawing(weakness.words, lambda: drawn("light") or {}, (sentence,))
    content = Table(
        ("Figure", "Now", "At least", "At most", "Why"),
        tuple(
            (page.fill(t.kpi.name), _share(t.now), _share(t.low), _share(t.high), _why(t))
            for t in touched
        ),
    )
    with st.expander("Numbers and reasons"):
        parts.table(content, name, f"{weakness.words}: how far figures could move", numbers=False)
        files.offer(page, name, lambda: files.of_table(page, content), drawing)


def _width(touch: Touch) -> float:
    return 0.0 if touch.low is None or touch.high is None else touch.high - touch.low


def _share(value: float | None) -> str:
    return "" if value is None else in_words(Cell(value), "share")


def _why(touch: Touch) -> str:
    return touch.why if touch.is_bounded else f"Touched; no bound: {touch.why}"
