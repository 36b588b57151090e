"""Where something is entered or changed: what kind, which one, the form, and its history."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from pdqi import words
from pdqi.charts.rows import Table
from pdqi.journal import Entry, Item, Journal
from pdqi.journal.items import KINDS, Decision, Meeting
from pdqi.journal.kind import Kind, fields_of, value_in_words
from pdqi.labels import capitalised
from pdqi.ui import entries, evidence, parts
from pdqi.ui.filters import ITEM, NO_ITEM
from pdqi.ui.page import Page
from pdqi.ui.style import plain

NEW = ""
MOST_WORDS = 60


def folded(
    page: Page,
    journal: Journal,
    name: str,
    kinds: Sequence[type[Kind]],
    items: Sequence[Item[Any]],
    fixed: Mapping[str, Any] | None = None,
    label: str = "Enter, change, or see the history of one",
) -> None:
    """Offer to enter an item of these kinds, or to open one: its history and a form to change it.

    Nothing of it is drawn before it is opened. A link that names one of the items opens it.
    """
    asked = page.choice.options.get(ITEM, NO_ITEM)
    wanted = any(x.id == asked for x in items)
    box = st.expander(label, key=f"desk_{name}", expanded=wanted, on_change="rerun")
    if not box.open:
        return
    with box:
        _opened(page, journal, name, kinds, items, fixed or {}, asked if wanted else NEW)


def _opened(
    page: Page,
    journal: Journal,
    name: str,
    kinds: Sequence[type[Kind]],
    items: Sequence[Item[Any]],
    fixed: Mapping[str, Any],
    asked: str,
) -> None:
    start = next((x for x in items if x.id == asked), None)
    kind = kinds[0]
    if len(kinds) > 1:
        nouns = [capitalised(each.noun) for each in kinds]
        at = kinds.index(type(start.value)) if start else 0
        picked = st.segmented_control(
            "What", nouns, default=nouns[at], key=f"what_{name}", required=True
        )
        kind = kinds[nouns.index(str(picked))]
    mine = {x.id: x for x in items if isinstance(x.value, kind)}
    # Of some kinds there is one for each workstream, and a meeting is begun elsewhere.
    only_one = (kind.one_per and "workstream" in fixed) or kind is Meeting
    options = list(mine) if only_one and mine else [NEW, *mine]
    key = f"which_{name}_{kind.kind}"
    chosen = options[0]
    if len(options) > 1:
        index = options.index(asked) if asked in options else 0
        chosen = str(
            st.selectbox(
                "Which",
                options,
                index=index,
                key=key,
                format_func=lambda x: f"A new {kind.noun}" if x == NEW else called(mine[x]),
            )
        )
    item = mine.get(chosen)
    if item is not None and isinstance(item.value, Decision):
        evidence.show(page, item)
    own = {key: value for key, value in fixed.items() if key in kind.model_fields}
    form_name = f"{name}_{chosen or kind.kind}"
    label = f"Enter the {kind.noun}" if item is None else f"Enter the change to {item.id}"
    entries.form(
        page, journal, form_name, kind, label, item=item, fixed=own, figures=evidence.figures
    )
    if item is not None:
        history(page, journal, item)


def called(item: Item[Any]) -> str:
    """Return an item in a line: `A12: Circulate the guidance`."""
    fields = ("what", "text", "name", "question", "reason")
    said = next((str(getattr(item.value, x)) for x in fields if getattr(item.value, x, None)), "")
    short = said if len(said) <= MOST_WORDS else f"{said[:MOST_WORDS].rstrip()}…"
    return f"{item.id}: {short}"


def history(page: Page, journal: Journal, item: Item[Any]) -> None:
    """Show every entry about an item, the latest first, and offer to undo the last one."""
    found = journal.history(item.id)
    st.markdown(f"**History of {plain(item.id)}**")
    parts.table(
        entries_table(found, type(item.value)),
        f"history_{item.id}",
        f"History of {item.id}",
        numbers=False,
    )
    if len(found) > 1 and not journal.may(page.facts.viewer.role.id, type(item.value).needs):
        name = f"undo_{item.id}_{item.revision}"
        entries.told(name)
        with st.form(name, border=False, enter_to_submit=False):
            st.text_input("Why the last entry is undone", key=f"why_{name}", max_chars=1000)
            st.form_submit_button(
                "Undo the last entry", on_click=entries.undo, args=(page, journal, item, name)
            )


def entries_table(found: Sequence[Entry], kind: type[Kind] | None = None) -> Table:
    """Return entries as a table, the latest first: when, who, what changed, and why."""
    rows = tuple(
        (
            str(entry.number),
            words.moment(entry.at),
            entries.signed(entry.by),
            *(() if kind else (entry.item,)),
            changed(entry),
            entry.reason,
        )
        for entry in reversed(found)
    )
    columns = ("Entry", "When", "Who", *(() if kind else ("Item",)), "What", "Why")
    return Table(columns, rows)


def changed(entry: Entry) -> str:
    """Return what an entry changed, field by field; of a new item what it says."""
    kind = KINDS[entry.kind]
    before, after = entry.before or {}, entry.after or {}
    told = []
    for field in fields_of(kind):
        old, new = (value_in_words(field, side.get(field.name)) for side in (before, after))
        if old != new and field.shape != "document" and field.name != "evidence":
            was = f"{old} → " if entry.before is not None else ""
            told.append(f"{field.label}: {was}{new}")
    done = {"undone": "Undone. ", "removed": "Removed. ", "created": "New. "}.get(entry.did, "")
    return done + "; ".join(told)
