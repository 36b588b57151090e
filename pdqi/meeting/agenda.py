"""The order of the hour: each topic with what the meeting needs to see for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from pdqi import words
from pdqi.charts.rows import Table
from pdqi.journal import Item, Standing, registers
from pdqi.journal.items import (
    Action,
    Decision,
    DecisionState,
    Delivery,
    Meeting,
    MeetingState,
    WorkstreamStatus,
)

MONTH = timedelta(days=35)
"""Until about when the next meeting has been: what is due until then is spoken of now."""
WORST_FIRST = (
    Delivery.RED,
    Delivery.AMBER,
    Delivery.PAUSED,
    Delivery.NOT_STARTED,
    Delivery.GREEN,
    Delivery.COMPLETE,
)
ATTENTION = frozenset({Delivery.RED, Delivery.AMBER, Delivery.PAUSED})
SHAPES = {
    Delivery.GREEN: "●",
    Delivery.AMBER: "◆",
    Delivery.RED: "■",
    Delivery.COMPLETE: "✔",
    Delivery.PAUSED: "‖",
    Delivery.NOT_STARTED: "○",
}
"""A shape for each status, so that nothing hangs on its colour."""


@dataclass(frozen=True)
class Topic:
    """One topic: what it is for, what is known in sentences, and a table."""

    id: str
    title: str
    about: str
    said: tuple[str, ...] = ()
    table: Table = field(default_factory=lambda: Table((), ()))


TOPICS = (
    Topic("news", "Since the last meeting", "What changed, and why."),
    Topic("status", "Where the work stands", "Which workstreams need attention?"),
    Topic("actions", "Actions", "What is overdue, and what is due before we meet again?"),
    Topic(
        "decisions", "Decisions", "What are we asked to decide, and what is to be looked at again?"
    ),
    Topic("unmeasured", "What cannot be measured yet", "Who can change that, and by when?"),
    Topic("other", "Any other business", "What else has to be said or recorded?"),
)
"""The topics in their order, without what they hold."""


@dataclass(frozen=True)
class Named:
    """A workstream as the agenda speaks of it."""

    id: str
    name: str


def meetings(standing: Standing, state: MeetingState) -> list[Item[Meeting]]:
    """Return the meetings in a state, the latest first."""
    found = [x for x in standing.of(Meeting) if x.value.state is state]
    return sorted(found, key=lambda x: x.value.day, reverse=True)


def agenda(
    standing: Standing,
    before: Standing | None,
    workstreams: Sequence[Named],
    news: Topic,
    unmeasured: Table,
    today: date,
) -> tuple[Topic, ...]:
    """Return every topic in order, filled.

    `before` is what stood when the last meeting ended, None where there was none; `news` is the
    first topic, filled by whoever compares the figures.
    """
    filled = {
        "news": news,
        "status": _status(standing, before, workstreams),
        "actions": _actions(standing, today),
        "decisions": _decisions(standing, today),
        "unmeasured": _unmeasured(unmeasured),
    }
    return tuple(filled.get(topic.id, topic) for topic in TOPICS)


def topic(name: str, said: Iterable[str] = (), table: Table | None = None) -> Topic:
    """Return a topic by its id with what it holds."""
    of = next(each for each in TOPICS if each.id == name)
    return Topic(of.id, of.title, of.about, tuple(said), table or Table((), ()))


def _status(standing: Standing, before: Standing | None, workstreams: Sequence[Named]) -> Topic:
    now = {x.value.workstream: x for x in standing.of(WorkstreamStatus)}
    then = {x.value.workstream: x for x in before.of(WorkstreamStatus)} if before else {}
    rows, moved, attention = [], 0, 0
    order = {status: place for place, status in enumerate(WORST_FIRST)}
    for each in sorted(
        workstreams, key=lambda x: order[now[x.id].value.status] if x.id in now else len(order)
    ):
        name = f"{each.id}: {each.name}"
        if each.id not in now:
            rows.append((name, "not yet recorded", "", "", ""))
            continue
        item = now[each.id]
        was = then[each.id].value.status if each.id in then else None
        moved += was is not None and was is not item.value.status
        attention += item.value.status in ATTENTION
        rows.append(
            (
                name,
                in_words(item.value.status),
                in_words(was) if was else "not recorded",
                item.value.reason,
                item.value.path_to_green or "",
            )
        )
    said = [
        f"Of the {len(workstreams)} workstreams, {attention} {_need(attention)} attention."
        + (f" {moved} changed since the last meeting." if moved else "")
    ]
    columns = ("Workstream", "Now", "At the last meeting", "Why", "Path to green")
    return topic("status", said, Table(columns, tuple(rows)))


def in_words(status: Delivery) -> str:
    """Return a status by its shape and its word."""
    return f"{SHAPES[status]} {status.words}"


def _actions(standing: Standing, today: date) -> Topic:
    every = [x for x in standing.of(Action) if registers.is_open(x)]
    soon = [x for x in every if x.value.by <= today + MONTH]
    late = sum(x.value.by < today for x in soon)
    noun = "open action" if len(every) == 1 else "open actions"
    said = [
        f"Of the {len(every)} {noun}, {late} {'is' if late == 1 else 'are'} overdue;"
        f" {len(soon) - late} more {'is' if len(soon) - late == 1 else 'are'} due by"
        f" {words.day(today + MONTH)}."
        if every
        else "No action is open."
    ]
    return topic("actions", said, _table(Action, soon, today))


def _decisions(standing: Standing, today: date) -> Topic:
    asked, again = decisions_due(standing, today)
    said = [
        f"{len(asked)} {'decision is' if len(asked) == 1 else 'decisions are'} asked for;"
        f" {len(again)} taken earlier {'is' if len(again) == 1 else 'are'} to be looked at again."
    ]
    return topic("decisions", said, _table(Decision, [*asked, *again], today))


def decisions_due(
    standing: Standing, today: date
) -> tuple[list[Item[Decision]], list[Item[Decision]]]:
    """Return the decisions that are asked for, and those whose day of review has come."""
    every = standing.of(Decision)
    asked = [x for x in every if x.value.state is DecisionState.ASKED]
    again = [
        x
        for x in every
        if x.value.state is DecisionState.DECIDED and x.value.review and x.value.review <= today
    ]
    return asked, again


def _unmeasured(content: Table) -> Topic:
    number = len(content.rows)
    said = f"{number} {'thing' if number == 1 else 'things'} asked for cannot be measured yet."
    return topic("unmeasured", [said], content)


def _table(kind: type[Any], items: Sequence[Item[Any]], today: date) -> Table:
    found = registers.ordered(kind, items)
    return Table(registers.columns(kind), registers.rows(kind, found, today))


def _need(number: int) -> str:
    return "needs" if number == 1 else "need"
