"""Files on the Data quality page: where rows went, why some were left out, and the list of them."""

from functools import partial

import streamlit as st

from pdqi import quality, words
from pdqi.charts.rows import Table
from pdqi.findings.readings import SHORT_STATE
from pdqi.ingest.reasons import REASONS, REPEATED
from pdqi.model import Cell
from pdqi.quality import quarantine
from pdqi.ui import files, parts
from pdqi.ui.page import Page
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
        ("File", "Rows", "Reason", "What it means", "What to do"),
        tuple(
            (item.file, _number(cell), name, known[name].sentence, known[name].remedy)
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


def left_out_list(page: Page) -> None:
    """Offer the list of rows that were left out, to readers who may have it."""
    service, viewer = page.facts.service, page.facts.viewer
    found = quarantine.sources(service)
    if not found:
        st.markdown("There is no such row.")
        return
    if not quarantine.may_see(viewer):
        roles = quarantine.roles_that_may(service.config)
        st.markdown(
            "The list says in which file and row the fault is, why the row was left out, and what"
            " to do. A row is often a person, so only roles that are cleared for exact counts may"
            f" have it: {plain(', '.join(roles)) or 'none in config.yaml'}. The numbers of rows"
            " are above."
        )
        return
    st.markdown(
        "One list for the owner of each source's files: file, row, reason, and what to do. It holds"
        " no value of any row; the owner finds those in the file."
    )
    for source in found:
        st.markdown(plain(f"Source {source}:"))
        files.offer(page, f"left_out_{source}", partial(left_out_csv, page, source))


def left_out_csv(page: Page, source: str) -> bytes:
    """Return a source's rows that were left out as CSV, a line for each row and reason.

    Raises `RequestError` for a reader who may not have it.
    """
    service, viewer = page.facts.service, page.facts.viewer
    content = Table(
        ("source", "file", "row", "reason", "what it means", "what to do"),
        tuple(
            (source, each.file, str(each.row), reason.name, reason.sentence, reason.remedy)
            for each in quarantine.rows(service, viewer, source)
            for reason in each.reasons
        ),
    )
    return files.of_rows(page, content)
