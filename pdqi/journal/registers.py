"""Actions, decisions, risks and issues as tables: columns, rows in words, and their order."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pdqi import words
from pdqi.journal.entry import Item
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

Cells = tuple[str, ...]
WORST_FIRST = {Level.HIGH: 0, Level.MEDIUM: 1, Level.LOW: 2}


@dataclass(frozen=True)
class Register:
    """How the items of a kind stand in a table; `of` names the items."""

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
    options = "; ".join(value.options)
    return value.text, state, options, value.reason or "", value.who or "", review, grounds


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
        ("Decision", "State", "Options", "Reason", "Who", "Review", "Rests on"),
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


def is_open(item: Item[Any]) -> bool:
    """Whether an item is still looked at: not done, decided or closed."""
    return item.value.state in OPEN


def ordered(kind: type[Kind], items: Iterable[Item[Any]]) -> list[Item[Any]]:
    """Return items with the open ones first, in the order of their register."""
    register = REGISTERS[kind]
    return sorted(items, key=lambda x: (not is_open(x), register.order(x.value)))


def columns(kind: type[Kind]) -> Cells:
    """Return what stands above the rows of a kind."""
    return ("Id", *REGISTERS[kind].columns, "Workstream")


def rows(kind: type[Kind], items: Iterable[Item[Any]], today: date) -> tuple[Cells, ...]:
    """Return items as rows: id, what the register shows as of today, and the workstream."""
    row = REGISTERS[kind].row
    return tuple((x.id, *row(x.value, today), x.value.workstream or "") for x in items)
