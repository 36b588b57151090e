"""The designed pathway laid over the records: every step and route in one of five states.

Everything is worked out from published figures. A step or route of the design is *recorded*,
*almost never recorded*, or *not recordable*; a route or team that only the records have is
*not designed*; and what concerns too few people is *suppressed*, whatever it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from pdqi import words
from pdqi.content import Library
from pdqi.content.models import Node
from pdqi.labels import Labels
from pdqi.metrics.kpis.pathway_map import TEAM, ends_of
from pdqi.model import NO_DATA, SYSTEM, Cell, Figure, Published, Scope, State
from pdqi.service import Service

Status = Literal[
    "designed_and_recorded",
    "designed_not_recorded",
    "designed_not_recordable",
    "recorded_not_designed",
    "suppressed",
]
STATUS_WORDS: dict[Status, str] = {
    "designed_and_recorded": "designed and recorded",
    "designed_not_recorded": "designed and recordable, but almost never recorded",
    "designed_not_recordable": "designed, but no record can show it",
    "recorded_not_designed": "recorded, but not in the design",
    "suppressed": "suppressed: too few people",
}
Group = Literal["everyone", "case", "other"]
PREFIX: dict[Group, str] = {"everyone": "", "case": "case_", "other": "other_"}
"""What stands before the fields of a group."""


@dataclass(frozen=True)
class MapStep:
    """A step of the design, or a team that is none: who was there, and who waited to be."""

    ref: str
    name: str
    status: Status
    people: Cell = NO_DATA
    waiting: Cell = NO_DATA
    lane: str = ""

    @property
    def node(self) -> str:
        """The id by which routes speak of it."""
        return self.ref.removeprefix("node:")


@dataclass(frozen=True)
class MapRoute:
    """A route from one step to another; `ref` is empty where the design does not have it."""

    ref: str
    start: str
    end: str
    status: Status
    people: Cell = NO_DATA
    moves: Cell = NO_DATA
    days: Cell = NO_DATA
    words: str = ""
    """What the design says beside it, with placeholders."""


@dataclass(frozen=True)
class LaidOver:
    """The design over the records of one scope and group of people."""

    steps: tuple[MapStep, ...]
    routes: tuple[MapRoute, ...]

    @property
    def names(self) -> Mapping[str, str]:
        """The name of each step by the id in its routes; with its lane where two share a name."""
        names = [step.name for step in self.steps]
        return {
            step.node: f"{step.name} ({step.lane})" if names.count(step.name) > 1 else step.name
            for step in self.steps
        }

    def route(self, start: str, end: str) -> MapRoute | None:
        """Return the route between two steps, if there is one."""
        return next((r for r in self.routes if (r.start, r.end) == (start, end)), None)

    def leaving(self, route: MapRoute) -> Cell:
        """Return the share of all moves shown from a route's first step that this route has."""
        if route.moves.value is None:
            return route.moves
        out = [r.moves.value or 0 for r in self.routes if r.start == route.start]
        return Cell(round(float(route.moves.value) / sum(out), 2)) if sum(out) else NO_DATA

    def without_rare(self, fewest: int) -> tuple["LaidOver", int, int]:
        """Return it without shown routes of fewer moves; how many those are, and their moves.

        What the design has and the records almost never do stays, and so do suppressed routes:
        leaving those out would say that they are rare.
        """
        rare = [
            route
            for route in self.routes
            if route.status in ("designed_and_recorded", "recorded_not_designed")
            and (route.moves.value or 0) < fewest
        ]
        kept = tuple(route for route in self.routes if route not in rare)
        return replace(self, routes=kept), len(rare), int(sum(r.moves.value or 0 for r in rare))


def laid_over(
    library: Library,
    service: Service,
    labels: Labels,
    scope: Scope,
    published: Mapping[str, Published],
    group: Group = "everyone",
) -> LaidOver:
    """Return the design over the records of a scope.

    `published` are the figures `map_steps`, `map_taken` and `case_prevalence` of one basis. For a
    scope that is not the whole system, steps and routes of other teams are left out.
    """
    under_care = _under_care(published["case_prevalence"], scope.key, group)
    steps = [
        _step(node, library, service, labels, scope, published, group, under_care)
        for node in library.process_map.nodes
        if scope.key == SYSTEM or not set(scope.teams).isdisjoint(_teams(node, library))
    ]
    taken = {
        ends_of(figure.by or ""): figure
        for figure in published["map_taken"].figures
        if figure.scope == scope.key
    }
    routes = _routes(library, taken, group, {step.node for step in steps})
    known = {step.node for step in steps}
    nodes = {node.id: node for node in library.process_map.nodes}
    for end in dict.fromkeys(end for route in routes for end in (route.start, route.end)):
        if end in known:
            continue
        if end in nodes:
            # A step of other teams to or from which people of this scope went.
            whole = next(s for s in service.scopes if s.key == SYSTEM)
            step = _step(nodes[end], library, service, labels, whole, published, group, NO_DATA)
            steps.append(replace(step, people=NO_DATA, waiting=NO_DATA))
        else:
            team = end.removeprefix(TEAM)
            people = _under_care(published["case_prevalence"], team, group)
            hidden = people.state is State.SUPPRESSED
            status: Status = "suppressed" if hidden else "recorded_not_designed"
            steps.append(MapStep(end, service.config.team(team).name, status, people))
    lanes = {lane.id: labels.fill(lane.name) for lane in library.process_map.lanes}
    placed = (
        replace(step, lane=lanes[nodes[step.node].lane]) if step.node in nodes else step
        for step in steps
    )
    return LaidOver(tuple(placed), routes)


def _teams(node: Node, library: Library) -> tuple[str, ...]:
    """Return the teams at which a step is, as far as the design says."""
    if any(not mark.at for mark in node.recorded_as):
        return tuple(team.id for team in library.config.teams)
    at = [place for mark in node.recorded_as for place in mark.at]
    drawn = [node.service] if node.service else []
    return library.config.teams_of((*node.episodes_of, *at, *drawn))


def _step(
    node: Node,
    library: Library,
    service: Service,
    labels: Labels,
    scope: Scope,
    published: Mapping[str, Published],
    group: Group,
    under_care: Cell,
) -> MapStep:
    ref, name = f"node:{node.id}", labels.fill(node.name)
    if not node.recordable:
        return MapStep(ref, name, "designed_not_recordable")
    figure = published["map_steps"].at(scope.key, node.id)
    prefix = PREFIX[group]
    waiting = figure[f"{prefix}waiting"] if figure else NO_DATA
    if node.episodes_of:
        here = frozenset(library.config.teams_of(node.episodes_of)) & frozenset(scope.teams)
        same = next((s.key for s in service.scopes if frozenset(s.teams) == here), None)
        people = _under_care(published["case_prevalence"], same, group) if same else NO_DATA
        if same is None or (group == "other" and people.state is State.NO_DATA):
            # Care of other people is counted nowhere by itself: the step is told by its routes.
            every = [t for t in here if (published["case_prevalence"].at(t))]
            status: Status = "designed_and_recorded" if every else "designed_not_recorded"
            return MapStep(ref, name, status, NO_DATA, waiting)
    else:
        people = figure[f"{prefix}people"] if figure else Cell(0)
    if people.state is State.SUPPRESSED:
        return MapStep(ref, name, "suppressed", people, waiting)
    least = library.process_map.almost_never * float(under_care.value or 0)
    rare = not people.value or float(people.value) < least
    return MapStep(
        ref, name, "designed_not_recorded" if rare else "designed_and_recorded", people, waiting
    )


def _under_care(published: Published, scope: str, group: Group) -> Cell:
    figure = published.at(scope)
    if figure is None or group == "other":
        return NO_DATA
    return figure["denominator" if group == "everyone" else "numerator"]


def _routes(
    library: Library,
    taken: Mapping[tuple[str, str], Figure],
    group: Group,
    steps: set[str],
) -> tuple[MapRoute, ...]:
    prefix = PREFIX[group]
    leaving: dict[str, float] = {}
    for (start, _), figure in taken.items():
        leaving[start] = leaving.get(start, 0) + float(figure[f"{prefix}moves"].value or 0)
    found = []
    designed: set[tuple[str, str]] = set()
    for arrow in library.process_map.arrows:
        ends = (arrow.start, arrow.end)
        here = taken.get(ends)
        designed.add(ends)
        if here is None and steps.isdisjoint(ends):
            continue
        route = _route(f"arrow:{arrow.id}", ends, here, prefix)
        if not arrow.recordable:
            route = MapRoute(f"arrow:{arrow.id}", *ends, "designed_not_recordable")
        elif route.status != "suppressed":
            least = library.process_map.almost_never * leaving.get(arrow.start, 0)
            moves = float(route.moves.value or 0)
            if not moves or moves < least:
                route = replace(route, status="designed_not_recorded")
        found.append(replace(route, words=arrow.label or ""))
    for ends, figure in taken.items():
        route = _route("", ends, figure, prefix)
        if ends not in designed and (route.status == "suppressed" or route.moves.value):
            found.append(
                route
                if route.status == "suppressed"
                else replace(route, status="recorded_not_designed")
            )
    return tuple(found)


def _route(ref: str, ends: tuple[str, str], figure: Figure | None, prefix: str) -> MapRoute:
    if figure is None:
        return MapRoute(ref, *ends, "designed_and_recorded", Cell(0), Cell(0))
    moves, people = figure[f"{prefix}moves"], figure[f"{prefix}people"]
    status: Status = "suppressed" if moves.state is State.SUPPRESSED else "designed_and_recorded"
    return MapRoute(ref, *ends, status, people, moves, figure[f"{prefix}median_days"])


def said(found: LaidOver) -> str:
    """Return what the two maps over each other say, in sentences: true for the figures shown."""
    counts = {
        what: {status: sum(x.status == status for x in items) for status in STATUS_WORDS}
        for what, items in (("steps", found.steps), ("routes", found.routes))
    }
    sentences = []
    for what, by in counts.items():
        listed = [f"{number} {STATUS_WORDS[status]}" for status, number in by.items() if number]
        if listed:
            sentences.append(f"{what.capitalize()}: {'; '.join(listed)}.")
    others = [r for r in found.routes if r.status == "recorded_not_designed" and r.moves.value]
    if others:
        most = max(float(r.moves.value or 0) for r in others)
        usual = [r for r in others if r.moves.value == most]
        if len(usual) == 1:
            names = found.names
            sentences.append(
                f"Of the routes that the design does not have, most moves are from"
                f" {names[usual[0].start]} to {names[usual[0].end]}: {words.count(most)}."
            )
    return " ".join(sentences)
