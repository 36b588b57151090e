"""The parts of the data-quality page: where rows went, and which fields are empty."""

import streamlit as st

from pdqi import quality, words
from pdqi.charts.rows import Table
from pdqi.findings.readings import SHORT_STATE
from pdqi.ingest.reasons import REASONS, REPEATED
from pdqi.metrics.catalogue import CATALOGUE
from pdqi.model import Cell
from pdqi.ui import files, parts
from pdqi.ui.shell import Page
from pdqi.ui.style import plain


def rows_of_files(page: Page) -> None:
    """Show where the rows of each file went."""
    found = quality.accounts(page.facts.service, page.facts.viewer)
    if not found:
        st.markdown(
            "This store does not say which files it came from. Load the extracts again with"
            " `python3 start.py load`, and every row is accounted for here."
        )
        return
    content = Table(
        ("File", "Table", "Rows read", "Stored", "Repeated", "Left out", "First date", "Last date"),
        tuple(
            (
                item.file,
                item.table,
                _number(item.read),
                _number(item.stored),
                _number(item.duplicates),
                _left_out(item),
                item.first_on or "",
                item.last_on or "",
            )
            for item in found
        ),
    )
    parts.table(content, "accounts", "Where the rows of each file went")
    files.offer(page, "row_accounts", lambda: files.of_table(page, content))
    if not page.facts.viewer.policy.cleared:
        st.markdown(parts.protection_note(page) + " So the numbers of a file need not add up here.")


def _left_out(item: quality.Account) -> str:
    cells = list(item.left_out.values())
    if any(cell.value is None for cell in cells):
        return "suppressed"
    return words.count(sum(cell.value or 0 for cell in cells))


def _number(cell: Cell) -> str:
    return SHORT_STATE[cell.state] if cell.value is None else words.count(cell.value)


def reasons(page: Page) -> None:
    """Show why rows were left out, in words, with what to do."""
    found = quality.accounts(page.facts.service, page.facts.viewer)
    known = {reason.name: reason for reason in (*REPEATED, *REASONS)}
    content = Table(
        ("File", "Rows", "Why", "What to do"),
        tuple(
            (item.file, _number(cell), known[name].sentence, known[name].remedy)
            for item in found
            for name, cell in (("duplicate_row", item.duplicates), *item.left_out.items())
            if name in known and cell.value != 0
        ),
    )
    if content.rows:
        parts.table(content, "reasons", "Why rows were left out", numbers=False)
    else:
        st.markdown("No row was left out, and none was repeated.")


def oddities(page: Page) -> None:
    """Show what was odd about rows that were kept."""
    found = quality.accounts(page.facts.service, page.facts.viewer)
    content = Table(
        ("File", "Rows", "What was odd"),
        tuple(
            (item.file, _number(cell), name.replace("_", " "))
            for item in found
            for name, cell in item.notes.items()
        ),
    )
    if content.rows:
        parts.table(content, "oddities", "What was odd about rows that were kept", numbers=False)
    else:
        st.markdown("Nothing was odd about the rows that were kept.")


def empty_fields(page: Page) -> None:
    """Show how complete each field is, and which figures rest on its table."""
    viewer = page.facts.viewer
    found: tuple[quality.Filled, ...] = parts.kept(
        parts.drawn(page, "completeness"),
        lambda: quality.completeness(page.facts.service, viewer),
    )
    content = Table(
        ("Table and field", "Filled in", "Rows without it", "Rows", "What it is"),
        tuple(
            (
                f"{item.table}: {item.column.replace('_', ' ')}",
                SHORT_STATE[item.share.state]
                if item.share.value is None
                else words.percent(item.share.value),
                _number(item.missing),
                _number(item.rows),
                item.meaning,
            )
            for item in found
        ),
    )
    parts.table(content, "completeness", "How complete each field is", numbers=False)
    files.offer(page, "completeness", lambda: files.of_table(page, content))
    st.markdown(
        "An empty date need not be a fault: an episode that is still open has no end. People"
        " without a birth date are outside every figure that is limited to an age."
    )


def touched(page: Page) -> None:
    """Show which figures rest on which table."""
    tables = dict.fromkeys(name for kpi in CATALOGUE for name in kpi.tables)
    said = []
    for name in tables:
        kpis = [plain(page.fill(kpi.name)) for kpi in CATALOGUE if name in kpi.tables]
        said.append(f"- **{name}:** {'; '.join(kpis)}")
    st.markdown("\n".join(said))
