"""Fields on the Data quality page month by month."""

from collections.abc import Sequence
from statistics import fmean

import streamlit as st

from pdqi import words
from pdqi.charts import strips as drawn_strips
from pdqi.charts.rows import Table
from pdqi.charts.strips import Spot
from pdqi.labels import capitalised
from pdqi.metrics.items import of_table
from pdqi.metrics.kpis.quality import QUALITY_ITEMS
from pdqi.model import Published, Scope
from pdqi.ui import files, parts
from pdqi.ui.page import Page
from pdqi.ui.quality_fields import in_words, pair, records, team_or_all
from pdqi.ui.style import plain

YEAR = 12
MOVED = 0.05
"""A field is said to have become better or worse when its share moved by so much in a year."""


def trend(page: Page) -> None:
    """Show completeness and validity of each field month by month."""
    table, scope = records(page), team_or_all(page)
    months = by_month(page)
    lines = ("Complete", "Valid of those filled in")
    spots = []
    for item in of_table(table):
        for line, name in zip(lines, ("complete", "valid_share"), strict=True):
            for month in months:
                figure = month.at(scope.key, item.id)
                cell = figure[name] if figure else None
                first = month.basis.period.first
                told = in_words(cell, "share") if cell else "no row"
                spots.append(
                    Spot(
                        capitalised(item.words),
                        line,
                        first,
                        None if cell is None or cell.value is None else float(cell.value),
                        f"{line.lower()} {told}, {words.month(first)}",
                    )
                )
    said = _moved(page, scope, table, months)
    st.markdown(plain(said))
    key = (page.choice.basis.period.key, scope.key, table)
    spec = parts.kept(
        parts.drawn(page, "quality_trend", *key),
        lambda: drawn_strips.strips(spots, lines, said, page.mode),
    )
    if spec is None:
        st.markdown("No month has a share that may be shown.")
        return
    st.markdown("Each strip goes from 0% at its line up to 100%. Hidden months are left out.")
    parts.chart(spec, "quality_trend")
    content = _months_table(table, scope, months)
    with st.expander("Numbers"):
        latest = Table(content.columns, content.rows[-YEAR:])
        st.markdown("Complete, then valid of those filled in; the file has every month.")
        parts.table(latest, "quality_trend", "Quality of each field by month")
        files.offer(page, f"fields_months_{table}", lambda: files.of_table(page, content))


def by_month(page: Page) -> tuple[Published, ...]:
    """Return the fields of every month, the oldest first, whatever definition is chosen."""
    facts = page.facts
    return facts.service.months(facts.viewer, (QUALITY_ITEMS,))[QUALITY_ITEMS.id]


def _months_table(table: str, scope: Scope, months: Sequence[Published]) -> Table:
    found = of_table(table)
    rows = []
    for month in months:
        figures = [month.at(scope.key, item.id) for item in found]
        rows.append((words.month(month.basis.period.first), *(pair(each) for each in figures)))
    return Table(("When", *(capitalised(item.words) for item in found)), tuple(rows))


def _moved(page: Page, scope: Scope, table: str, months: Sequence[Published]) -> str:
    """Say which fields became more or less complete: the last 12 months against those before."""
    until = [m for m in months if m.basis.period.last <= page.choice.basis.period.last]
    told = []
    for item in of_table(table):
        shares = [
            float(figure["complete"].value)
            for month in until[-2 * YEAR :]
            if (figure := month.at(scope.key, item.id)) and figure["complete"].value is not None
        ]
        if len(shares) < 2 * YEAR:
            continue
        before, now = fmean(shares[:YEAR]), fmean(shares[YEAR:])
        if abs(now - before) >= MOVED:
            way = "more" if now > before else "less"
            told.append(
                f"{item.words} became {way} complete ({words.percent(before)} to"
                f" {words.percent(now)})"
            )
    if told:
        return (
            f"{scope.name}, {table}, the last 12 months against the 12 before: {'; '.join(told)}."
        )
    return (
        f"{scope.name}, {table}: no field became more or less complete by 5 percentage points or"
        " more in the last 12 months against the 12 before, as far as months are shown."
    )
