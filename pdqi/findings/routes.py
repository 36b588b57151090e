"""The routes of a scope: which there are, how many take them, and where they leave the design.

Everything is worked out from published figures. Routes that are shown by themselves stand in the
order of how many people are shown on them; those that are too rare are one row at the end.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pdqi import words
from pdqi.content import Library
from pdqi.disclosure import half_up
from pdqi.labels import Labels
from pdqi.metrics.kpis.pathways import OTHER_ROUTES, ROUTE_STEPS, steps_of
from pdqi.model import NO_DATA, SUPPRESSED, SYSTEM, Cell, Figure, Published, Scope, State

GROUPS = ("case", "other")
"""People with the condition, and others."""
Move = tuple[str, str]


@dataclass(frozen=True)
class Group:
    """How many of one group take a route, their share of all in the scope, and how long for."""

    people: Cell
    share: Cell
    median_days: Cell


@dataclass(frozen=True)
class Route:
    """One route. Without steps it is all the routes that are too rare to be told by themselves."""

    steps: tuple[str, ...]
    more: bool
    groups: tuple[Group, ...]
    """As `GROUPS`."""
    departs: tuple[Move, ...]
    """The moves that no route of the designed map has, and nobody has accepted."""
    accepted: tuple[Move, ...] = ()
    """Those that the designed map does not have, and somebody has accepted."""

    @property
    def shown(self) -> float:
        """How many people are shown on it: what routes are put in order by."""
        return sum(float(group.people.value or 0) for group in self.groups)


@dataclass(frozen=True)
class Routes:
    """The routes that touch a scope, and everybody whose care in it started in the period."""

    totals: tuple[Cell, ...]
    routes: tuple[Route, ...]
    rare: Route | None


def routes(
    published: Published,
    scope: Scope,
    library: Library | None = None,
    *,
    demonstration: bool = False,
) -> Routes | None:
    """Return the routes of a scope; None where nobody's care started in the period.

    Without a library nothing is held against a design. `demonstration` says whether the data are
    invented: what was accepted for those alone then counts.
    """
    whole = published.at(scope.key)
    if whole is None:
        return None
    totals = tuple(whole[f"{group}_people"] for group in GROUPS)
    found = []
    for figure in published.figures:
        steps, more = steps_of(figure.by or OTHER_ROUTES)
        if figure.scope == SYSTEM and not set(steps).isdisjoint(scope.teams):
            found.append(_route(figure, steps, more, totals, library, demonstration))
    found.sort(key=lambda route: (-route.shown, route.steps, route.more))
    rest = published.at(scope.key, OTHER_ROUTES)
    rare = _route(rest, (), False, totals, None) if rest else None
    return Routes(totals, tuple(found), rare)


def _route(
    figure: Figure,
    steps: tuple[str, ...],
    more: bool,
    totals: Sequence[Cell],
    library: Library | None,
    demonstration: bool = False,
) -> Route:
    groups = tuple(
        Group(
            figure[f"{name}_people"],
            _share(figure[f"{name}_people"], total),
            figure[f"{name}_median_days"],
        )
        for name, total in zip(GROUPS, totals, strict=True)
    )
    departs: list[Move] = []
    accepted: list[Move] = []
    for move in dict.fromkeys(pairwise(steps)) if library else ():
        if library and not library.designs(*move):
            known = library.accepts(*move, demonstration=demonstration)
            (accepted if known else departs).append(move)
    return Route(steps, more, groups, tuple(departs), tuple(accepted))


def _share(part: Cell, whole: Cell) -> Cell:
    """Return a share of published counts, in whole percent as every share of them is."""
    if State.SUPPRESSED in (part.state, whole.state):
        return SUPPRESSED
    if part.value is None or not whole.value:
        return NO_DATA
    return Cell(half_up(float(part.value) / float(whole.value), 2))


def route_words(route: Route, names: dict[str, str], fewest: int) -> str:
    """Return a route as it is read: team by team. `names` are those of teams."""
    if not route.steps:
        return f"Other routes, each with fewer than {fewest} people"
    told = " → ".join(names[step] for step in route.steps)
    return f"{told} → and more" if route.more else told


def departs_words(route: Route, names: dict[str, str]) -> str:
    """Return where a route leaves the design, in words."""
    if not route.steps:
        return ""
    said = [
        f"{heading}: " + "; ".join(f"{names[start]} → {names[end]}" for start, end in moves)
        for heading, moves in (("Not in the design", route.departs), ("Accepted", route.accepted))
        if moves
    ]
    if said:
        return ". ".join(said)
    if route.more:
        return f"Its first {ROUTE_STEPS} steps are in the design"
    return "In the design" if len(route.steps) > 1 else "One step, no move"


def sentence(found: Routes, names: dict[str, str], labels: Labels, fewest: int) -> str:
    """Return what the routes say: who is on them, the most usual, and how many leave the design."""
    said = []
    kinds = ("{people}", "other people")
    counted = [
        f"{words.count(total.value)} {labels.fill(kind, begins=False)}"
        for kind, total in zip(kinds, found.totals, strict=True)
        if total.value is not None
    ]
    if counted:
        said.append(f"Care of {' and of '.join(counted)} started in the period.")
    for place, kind in enumerate(kinds):
        of = labels.fill(kind, begins=False)
        best = max((float(r.groups[place].people.value or 0) for r in found.routes), default=0)
        usual = [r for r in found.routes if best and r.groups[place].people.value == best]
        if len(usual) == 1:
            share = usual[0].groups[place].share.value
            out_of = f" ({words.percent(float(share))})" if share is not None else ""
            told = route_words(usual[0], names, fewest)
            said.append(
                f"Of the routes shown, the one that the largest number of {of} took is {told}:"
                f" {words.count(best)}{out_of}."
            )
    moving = [route for route in found.routes if len(route.steps) > 1]
    if moving:
        leaving = sum(bool(route.departs) for route in moving)
        said.append(
            f"Routes of more than one step that are shown by themselves: {len(moving)}; with a"
            f" move that is not in the design: {leaving}."
        )
    return " ".join(said)
