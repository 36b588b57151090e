"""The recorded moves between teams, as the process map takes them: published figures only."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from pdqi.words import days


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
    """A team or service and how many people had an episode there.

    There is no number where that is hidden, or where nobody counts it.
    """

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

    def without_rare(self, fewest_moves: int) -> tuple["Flow", int, int]:
        """Return the flow without shown arrows of fewer moves; how many those are, and their moves.

        Suppressed arrows stay: leaving them out would say that they are rare.
        """
        rare = [a for a in self.arrows if a.moves is not None and a.moves < fewest_moves]
        kept = tuple(arrow for arrow in self.arrows if arrow not in rare)
        return replace(self, arrows=kept), len(rare), sum(arrow.moves or 0 for arrow in rare)
