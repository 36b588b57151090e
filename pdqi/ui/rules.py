"""The rules of the pathway beside the process map: how many keep them, and what was accepted."""

import streamlit as st

from pdqi import words
from pdqi.charts.rows import Table
from pdqi.findings import rules as found_rules
from pdqi.findings.readings import SHORT_STATE
from pdqi.findings.rules import Judged, RuleFound, meaning, sentence
from pdqi.metrics.kpis.rules import RULES
from pdqi.model import Cell
from pdqi.ui import files, parts
from pdqi.ui.page import Page
from pdqi.ui.style import plain


def show(page: Page) -> None:
    """Show every rule with what is known of it, all in a table, and accepted deviations."""
    library = page.facts.library
    if library is None:
        return
    if not library.rules.rules:
        st.markdown("No rule is written down yet. Add one to `data/content/rules.yaml`.")
        return
    found = found_rules.rules(page.figures(RULES.id), page.choice.scope, library.rules.rules)
    config = page.facts.service.config
    names = {item.id: item.name for item in config.treatments}
    names |= {item.id: item.name for item in config.services}
    names |= {item.id: item.name for item in config.teams}
    for item in found:
        st.markdown(
            f"**{plain(page.fill(item.rule.text))}.** {plain(sentence(item, page.facts.labels))}"
        )
    with st.expander("Rules as a table, and how they are judged"):
        content = _table(page, found)
        parts.table(content, "rules", "How many pathways keep each rule", numbers=False)
        if not page.facts.viewer.policy.cleared:
            st.markdown(parts.protection_note(page))
        for item in found:
            note = f" {page.fill(item.rule.note)}" if item.rule.note else ""
            told = plain(meaning(item.rule, names) + note)
            st.markdown(f"- **{plain(page.fill(item.rule.text))}:** {told}")
        st.markdown(plain(RULES.caution))
        files.offer(page, "rules", lambda: files.of_table(page, content))
    _accepted(page)


def _table(page: Page, found: tuple[RuleFound, ...]) -> Table:
    columns = ["Rule"]
    for group in (page.fill("{short}"), "Others"):
        columns += [f"{group}: {name}" for name in ("keep", "break", "not judged", "share kept")]
    rows = [
        (
            page.fill(item.rule.text),
            *(cell for group in item.groups for cell in _cells(group)),
            *([] if item.groups else [""] * 8),
        )
        for item in found
    ]
    return Table(tuple(columns), tuple(rows))


def _cells(group: Judged) -> tuple[str, ...]:
    counts = (group.kept, group.broken, group.unknown)
    return (*(_text(cell, "count") for cell in counts), _text(group.share[0], "share"))


def _text(cell: Cell, unit: str) -> str:
    return SHORT_STATE[cell.state] if cell.value is None else words.in_unit(cell.value, unit)


def _accepted(page: Page) -> None:
    """List the deviations that somebody agreed to, and why."""
    library = page.facts.library
    if library is None:
        return
    invented = page.facts.service.manifest.demonstration
    items = library.accepted(demonstration=invented)
    st.subheader("Accepted deviations", anchor="accepted")
    if not items:
        st.markdown("None has been accepted.")
        return
    content = Table(
        ("What", "Why", "Agreed by", "On"),
        tuple(
            (
                page.fill(item.what),
                page.fill(item.reason),
                page.fill(item.agreed_by),
                words.day(item.on),
            )
            for item in items
        ),
    )
    parts.table(content, "accepted", "Accepted deviations and their reasons", numbers=False)
