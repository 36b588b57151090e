"""Actions, decisions, risks and issues: registers that can be searched, and taken as files."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from pdqi import words
from pdqi.charts.rows import Table
from pdqi.journal import Item, Journal
from pdqi.journal.items import (
    Action,
    ActionState,
    Decision,
    DecisionState,
    Issue,
    Level,
    OpenState,
    Risk,
)
from pdqi.journal.kind import Kind
from pdqi.ui import desk, entries, files, parts
from pdqi.ui.shell import Page

Cells = tuple[str, ...]
WORST_FIRST = {Level.HIGH: 0, Level.MEDIUM: 1, Level.LOW: 2}


@dataclass(frozen=True)
class Register:
    """How the items of a kind stand in a table: columns, rows, and their order."""

    title: str
    columns: Cells
    row: Callable[[Any, date], Cells]
    order: Callable[[Any], Any]


def _action(value: Action, today: date) -> Cells:
    return value.what, value.who, words.day(value.by), due(value, today)


def due(value: Action, today: date) -> str:
    """Return where an action stands in words: `overdue by 12 days`, `due in 3 days`, `done`."""
    if value.state is not ActionState.OPEN:
        return value.state.words.lower()
    left = (value.by - today).days
    if left < 0:
        return f"overdue by {words.days(-left)}"
    return f"due in {words.days(left)}" if left else "due today"


def _decision(value: Decision, today: date) -> Cells:
    grounds = "; ".join(each.words for each in value.evidence)
    review = words.day(value.review) if value.review else ""
    if value.review and value.review <= today and value.state is DecisionState.DECIDED:
        review += " (due)"
    state = "asked for" if value.state is DecisionState.ASKED else value.state.words.lower()
    return value.text, state, value.reason or "", value.who or "", review, grounds


def _risk(value: Risk, _: date) -> Cells:
    return (
        value.text,
        value.likelihood.words.lower(),
        value.impact.words.lower(),
        value.owner,
        value.state.words.lower(),
    )


def _issue(value: Issue, _: date) -> Cells:
    return value.text, value.severity.words.lower(), value.owner, value.state.words.lower()


REGISTERS: Mapping[type[Kind], Register] = {
    Action: Register("Actions", ("Action", "Who", "By", "State"), _action, lambda v: v.by),
    Decision: Register(
        "Decisions",
        ("Decision", "State", "Reason", "Who", "Review", "Rests on"),
        _decision,
        lambda v: v.review or date.max,
    ),
    Risk: Register(
        "Risks",
        ("Risk", "Likelihood", "Impact", "Owner", "State"),
        _risk,
        lambda v: WORST_FIRST[v.likelihood] + WORST_FIRST[v.impact],
    ),
    Issue: Register(
        "Issues",
        ("Issue", "Severity", "Owner", "State"),
        _issue,
        lambda v: WORST_FIRST[v.severity],
    ),
}
OPEN = (ActionState.OPEN, DecisionState.ASKED, OpenState.OPEN)
PARTS: Mapping[str, tuple[type[Kind], ...]] = {
    "actions": (Action,),
    "decisions": (Decision,),
    "risks": (Risk, Issue),
}
"""What each part of the page shows."""


def is_open(item: Item[Any]) -> bool:
    """Whether an item is still looked at: not done, decided or closed."""
    return item.value.state in OPEN


def ordered(kind: type[Kind], items: Iterable[Item[Any]]) -> list[Item[Any]]:
    """Return items with the open ones first, in the order of their register."""
    register = REGISTERS[kind]
    return sorted(items, key=lambda x: (not is_open(x), register.order(x.value)))


def table(kind: type[Kind], items: Sequence[Item[Any]]) -> Table:
    """Return items as a table: id, what the register shows, and the workstream."""
    register, day = REGISTERS[kind], entries.today()
    rows = tuple((x.id, *register.row(x.value, day), x.value.workstream or "") for x in items)
    return Table(("Id", *register.columns, "Workstream"), rows)


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
        said = f"{len(rows)} of {len(every)} {noun} are shown." if every else f"No {noun} yet."
        st.markdown(said)
        parts.table(content, f"register_{part}_{noun}", register.title, numbers=False)
        if every:
            files.offer(page, f"register_{noun}", partial(files.of_words, page, content))
        desk.folded(page, journal, f"register_{noun}", (kind,), every)
