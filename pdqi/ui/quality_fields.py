"""Fields on the Data quality page: by item, by team and by source."""

from collections.abc import Sequence

import streamlit as st

from pdqi import words
from pdqi.charts.rows import Table
from pdqi.findings.readings import SHORT_STATE
from pdqi.labels import capitalised
from pdqi.metrics.items import CATEGORIES, DATED_BY, Item, of_table
from pdqi.metrics.kpis.quality import QUALITY_ITEMS, QUALITY_SOURCES
from pdqi.model import SYSTEM, Basis, Cell, Figure, Published, Scope
from pdqi.ui import files, filters, parts
from pdqi.ui.page import Page
from pdqi.ui.style import plain


def whole_basis(page: Page) -> Basis:
    """Return the chosen period with the usual definition and ages: rows of everybody are counted.

    So one answer serves whatever else is chosen.
    """
    return page.facts.service.basis(page.choice.basis.period)


def records(page: Page) -> str:
    """Return the table that is looked at."""
    return page.choice.options[filters.RECORDS.name]


def team_or_all(page: Page) -> Scope:
    """Return the chosen team, or the whole system: rows are counted by team only."""
    scope = page.choice.scope
    return scope if scope.kind == "team" else page.facts.service.scope(SYSTEM)


def fields(page: Page) -> None:
    """Show the five categories of each field, and what they mean."""
    filters.draw_option(filters.RECORDS, page.facts.labels)
    table, scope = records(page), team_or_all(page)
    published = _published(page)
    told = "\n".join(f"- **{capitalised(name)}:** {said}" for name, said in CATEGORIES.items())
    with st.expander("What the categories mean"):
        st.markdown(
            f"{told}\n\nThe five add up to the rows. *Complete* is what is not missing. *Valid of"
            " those filled in* is valid, other and default together. A field that is due in some"
            " rows only is counted in those, and where it is filled in all the same."
        )
    where = f"{scope.name}: {table}"
    if scope.key != page.choice.scope.key:
        st.markdown(plain(f"Fields are counted by team, so this is the whole system: {table}."))
    rows = [(item.words, published.at(scope.key, item.id), item) for item in of_table(table)]
    content = Table(
        ("Field", "Due in", *COLUMNS, "What it is"),
        tuple(
            (capitalised(name), item.due or "every row", *_cells(figure), item.meaning)
            for name, figure, item in rows
            if figure is not None
        ),
    )
    if not content.rows:
        st.markdown(plain(f"{where}: no row belongs to this period."))
        return
    st.markdown(_gaps(where, [(item, figure) for _, figure, item in rows if figure is not None]))
    st.markdown(f"A row belongs to the month and team of **{plain(dated(table))}**.")
    parts.table(content, "fields", f"{where}: quality of each field", numbers=False)
    if not page.facts.viewer.policy.cleared:
        st.markdown(parts.protection_note(page))
    files.offer(page, f"fields_{table}", lambda: files.of_table(page, content))
    st.markdown(f"**Figures that rest on {table}:** {plain(resting_on(page, table))}.")


def resting_on(page: Page, table: str) -> str:
    """Return the figures that a gap in a table touches."""
    return ", ".join(page.fill(kpi.short) for kpi in page.facts.service.kpis if table in kpi.tables)


COLUMNS = (
    "Rows",
    "Valid",
    "Other",
    "Default",
    "Invalid",
    "Missing",
    "Complete",
    "Valid of those filled in",
)


def dated(table: str) -> str:
    """Return by which day rows belong to a month, in words."""
    return DATED_BY[table].replace("_", " ")


def _published(page: Page) -> Published:
    facts = page.facts
    return facts.service.figures(QUALITY_ITEMS.id, whole_basis(page), facts.viewer)


def _cells(figure: Figure) -> tuple[str, ...]:
    return tuple(in_words(figure[f.name], f.unit) for f in QUALITY_ITEMS.kind.fields)


def in_words(cell: Cell, unit: str = "count") -> str:
    """Return a cell as a string; a share that is nearly all, or nearly nothing, never says all."""
    if cell.value is None:
        return SHORT_STATE[cell.state]
    said = words.in_unit(cell.value, unit)
    if unit == "share" and cell.value not in (0, 1):
        return {"100%": "over 99%", "0%": "under 1%"}.get(said, said)
    return said


def _gaps(where: str, found: Sequence[tuple[Item, Figure]]) -> str:
    """Say which fields are weakest."""
    shares = [(item, figure["complete"].value) for item, figure in found]
    empty = [(item, share) for item, share in shares if share is not None and share < 1]
    wrong = [
        (item, share)
        for item, figure in found
        if (share := figure["valid_share"].value) is not None and share < 1
    ]
    said = [f"{where}, {len(found)} fields."]
    if empty:
        item, share = min(empty, key=lambda pair: pair[1])
        said.append(
            f"{len(empty)} {'is' if len(empty) == 1 else 'are'} not filled in throughout; least"
            f" complete is *{item.words}* ({in_words(Cell(share), 'share')})."
        )
    elif None not in [share for _, share in shares]:
        said.append("All are filled in wherever they are due.")
    if wrong:
        item, share = min(wrong, key=lambda pair: pair[1])
        said.append(
            f"Least valid is *{item.words}* ({in_words(Cell(share), 'share')} of those filled in)."
        )
    return " ".join(said)


def pair(figure: Figure | None) -> str:
    """Return completeness, then validity; one share where both are the same."""
    if figure is None:
        return ""
    both = [in_words(figure[name], "share") for name in ("complete", "valid_share")]
    return both[0] if both[0] == both[1] else ", ".join(both)


def teams(page: Page) -> None:
    """Show completeness and validity of each field by team, in the order of config."""
    table, published = records(page), _published(page)
    found = of_table(table)
    scopes = [s for s in page.facts.service.scopes if s.kind in ("team", "system")]
    content = Table(
        ("Scope", *(capitalised(item.words) for item in found)),
        tuple(
            (scope.name, *(pair(figure) for figure in figures))
            for scope in scopes
            if any(figures := [published.at(scope.key, item.id) for item in found])
        ),
    )
    if not content.rows:
        st.markdown("No row belongs to this period.")
        return
    st.markdown(
        "Complete, then valid of those filled in; one share where both are the same. Teams stand in"
        " a fixed order. Rows without a team are in the whole system only."
    )
    parts.table(content, "fields_teams", f"Quality of {table} by team")
    files.offer(page, f"fields_teams_{table}", lambda: files.of_table(page, content))


def sources(page: Page) -> None:
    """Show each field by source, of everything loaded, with the rows that were left out."""
    table, service = records(page), page.facts.service
    published = service.figures(QUALITY_SOURCES.id, whole_basis(page), page.facts.viewer)
    content = Table(
        ("Field", "Source", *COLUMNS),
        tuple(
            (capitalised(item.words), (figure.by or "").partition(">")[2], *_cells(figure))
            for item in of_table(table)
            for figure in published.figures
            if (figure.by or "").partition(">")[0] == item.id
        ),
    )
    if not content.rows:
        st.markdown("Nothing was loaded.")
        return
    st.markdown(plain(QUALITY_SOURCES.caution))
    parts.table(content, "fields_sources", f"Quality of {table} by source", numbers=False)
    files.offer(page, f"fields_sources_{table}", lambda: files.of_rows(page, content))
