"""The recorded moves between teams, as the process map takes them: published figures only."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Literal

from pdqi.content import Library
from pdqi.words import days

Status = Literal[
    "designed_and_recorded",
    "designed_not_recorded",
    "designed_not_recordable",
    "recorded_not_designed",
    "suppressed",
]
STATUS_WORDS: dict[Status, str] = {
    "designed_and_recorded": "designed and recorded",
    "designed_not_recorded": "designed, could be recorded, and is not",
    "designed_not_recordable": "designed; no record can show it",
    "recorded_not_designed": "recorded, but not in the design",
    "suppressed": "suppressed: too few people",
}


@dataclass(frozen=True)
class Nouns:
    """What the things of a flow are called, and how its lengths of time are written."""

    place: str = "team"
    places: str = "teams"
    moves: str = "moves"
    move: str = "move"
    people: str = "people"
    time: Callable[[float], str] = days


TEAMS = Nouns()


@dataclass(frozen=True)
class FlowNode:
    """A team or service and how many people had an episode there; none where that is hidden."""

    id: str
    name: str
    people: int | None
    state: Literal["shown", "suppressed"] = "shown"


@dataclass(frozen=True)
class FlowArrow:
    """Moves from one team or service to another; the same one twice is a re-entry.

    `median_days` is in days, or in whatever `Nouns.time` writes.
    """

    source: str
    target: str
    moves: int | None
    people: int | None
    median_days: float | None
    state: Literal["shown", "suppressed"] = "shown"


@dataclass(frozen=True)
class Flow:
    """What is drawn: the numbers of it have been through disclosure control before."""

    nodes: tuple[FlowNode, ...]
    arrows: tuple[FlowArrow, ...]
    nouns: Nouns = TEAMS

    def without_rare(self, fewest_moves: int) -> tuple["Flow", int]:
        """Return the flow without shown arrows of fewer moves, and how many those were.

        Suppressed arrows stay: leaving them out would say that they are rare.
        """
        kept = tuple(
            arrow for arrow in self.arrows if arrow.moves is None or arrow.moves >= fewest_moves
        )
        return replace(self, arrows=kept), len(self.arrows) - len(kept)


@dataclass(frozen=True)
class Compared:
    """A step or a route, and whether the design and the records agree about it.

    `ref` is the item of the design, and empty for what is only recorded. `moves` is the sum of
    what is shown.
    """

    ref: str
    name: str
    status: Status
    moves: int | None = None
    source: str = ""
    target: str = ""


def compare(flow: Flow, library: Library) -> tuple[Compared, ...]:
    """Set the designed map against the recorded one: every step and route of either."""
    nodes = {node.id: node for node in library.process_map.nodes}
    present = {name for node in flow.nodes for name in library.known_as(node.id)}
    found: list[Compared] = []
    for node in nodes.values():
        recorded = not present.isdisjoint(node.episodes_of)
        ref, name = f"node:{node.id}", node.name
        if node.episodes_of and recorded:
            found.append(Compared(ref, name, "designed_and_recorded"))
        elif node.episodes_of:
            found.append(Compared(ref, name, "designed_not_recorded"))
        elif not node.recordable:
            found.append(Compared(ref, name, "designed_not_recordable"))
    matched: set[FlowArrow] = set()
    for arrow in library.process_map.arrows:
        name = f"{nodes[arrow.start].name} → {nodes[arrow.end].name}"
        pairs = {(move.start, move.end) for move in arrow.moves}
        found_here = [
            item
            for item in flow.arrows
            if any(
                (source, target) in pairs
                for source in library.known_as(item.source)
                for target in library.known_as(item.target)
            )
        ]
        matched.update(found_here)
        ref = f"arrow:{arrow.id}"
        if not arrow.recordable:
            found.append(Compared(ref, name, "designed_not_recordable"))
        elif arrow.moves:
            found.append(_of_arrow(ref, name, found_here))
    names = {node.id: node.name for node in flow.nodes}
    for item in flow.arrows:
        if item not in matched:
            name = f"{names[item.source]} → {names[item.target]}"
            status: Status = "recorded_not_designed" if item.state == "shown" else "suppressed"
            found.append(Compared("", name, status, item.moves, item.source, item.target))
    return tuple(found)


def _of_arrow(ref: str, name: str, items: Collection[FlowArrow]) -> Compared:
    shown = [item.moves for item in items if item.moves is not None]
    if shown:
        return Compared(ref, name, "designed_and_recorded", sum(shown))
    return Compared(ref, name, "suppressed" if items else "designed_not_recorded")
