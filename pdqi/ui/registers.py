"""Actions, decisions, risks and issues on their page: searched, taken as files, entered."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from pdqi.charts.rows import Table
from pdqi.journal import Item, Journal, registers
from pdqi.journal.items import Action, Decision, Issue, Risk
from pdqi.journal.kind import Kind
from pdqi.journal.registers import REGISTERS, is_open, ordered
from pdqi.ui import desk, entries, files, parts
from pdqi.ui.page import Page

PARTS: Mapping[str, tuple[type[Kind], ...]] = {
    "actions": (Action,),
    "decisions": (Decision,),
    "risks": (Risk, Issue),
}
"""What each part of the page shows."""


def table(kind: type[Kind], items: Sequence[Item[Any]]) -> Table:
    """Return items as a table, as of today."""
    return Table(registers.columns(kind), registers.rows(kind, items, entries.today()))


def show(page: Page, journal: Journal, part: str) -> None:
    """Show the registers of a part: filters, tables, files, and where to enter or change."""
    library, standing = page.facts.library, journal.standing()
    names = {"": "Every workstream"} | {
        x.id: page.fill(f"{x.id}: {x.name}")
        for x in (library.workstreams.workstreams if library else ())
    }
    with st.container(horizontal=True, vertical_alignment="bottom"):
        of = st.selectbox("Workstream", list(names), format_func=names.__getitem__, key="of_work")
        sought = str(st.text_input("Find words", key="find_words") or "").casefold().split()
        only = st.checkbox("Open ones only", value=True, key="open_only")
    for kind in PARTS[part]:
        register, every = REGISTERS[kind], list(standing.of(kind))
        st.header(register.title, anchor=register.title.lower())
        found = [x for x in ordered(kind, every) if is_open(x) or not only]
        found = [x for x in found if not of or x.value.workstream == of]
        content = table(kind, found)
        rows = tuple(
            row for row in content.rows if all(word in " ".join(row).casefold() for word in sought)
        )
        content = Table(content.columns, rows)
        noun = register.title.lower()
        said = f"There are {len(every)} {noun}; shown: {len(rows)}." if every else f"No {noun} yet."
        st.markdown(said)
        parts.table(content, f"register_{part}_{noun}", register.title, numbers=False)
        if every:
            files.offer(page, f"register_{noun}", partial(files.of_words, page, content))
        desk.folded(page, journal, f"register_{noun}", (kind,), every)
