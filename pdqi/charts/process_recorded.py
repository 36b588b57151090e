"""The recorded map: moves between teams, or what follows what in an event log.

Teams stand in the lane of their service. An arrow with a hidden count has a line of its own and no
number. Without lanes the map is laid out in layers, from left to right.
"""

from typing import Literal

from pdqi.charts.flow import TEAMS, Flow, FlowArrow, FlowNode, Nouns
from pdqi.charts.pathway import Arrow, Picture, Step, Style, draw
from pdqi.charts.pathway_layout import Direction, Place
from pdqi.charts.theme import LIGHT, Palette, Spec
from pdqi.content import Library
from pdqi.labels import Labels
from pdqi.words import count

By = Literal["moves", "people", "days"]
OTHER = "other"
"""The lane of teams whose service has none."""


def recorded(
    flow: Flow,
    library: Library | None,
    labels: Labels,
    by: By = "moves",
    fewest_moves: int = 0,
    colours: Palette = LIGHT,
    chosen: str = "",
    direction: Direction = "leftright",
) -> Spec:
    """Return the recorded map as a Vega-Lite specification of fixed size.

    `by` chooses the number beside an arrow; its width always tells the moves. Arrows of fewer
    moves than `fewest_moves` are left out. Without a library there are no lanes, and the layers run
    in the `direction`.
    """
    nouns, names = flow.nouns, {node.id: node.name for node in flow.nodes}
    most = max((arrow.moves or 0 for arrow in flow.arrows), default=0)
    lanes = {} if library is None else {lane.id: lane.name for lane in library.process_map.lanes}
    steps = tuple(
        Step(
            f"team:{node.id}",
            node.name,
            f"{node.name}{f': {_people(node, nouns)}' if _people(node, nouns) else ''}.",
            style="plain" if node.state == "shown" else "suppressed",
            number=_people(node, nouns).partition(":")[0],
            place=_place(node.id, library),
        )
        for node in flow.nodes
    )
    arrows = tuple(
        Arrow(
            f"route:{arrow.source}>{arrow.target}",
            f"team:{arrow.source}",
            f"team:{arrow.target}",
            arrow_words(arrow, names, nouns),
            _number(arrow, by, nouns),
            arrow.moves / most if arrow.moves is not None and most else None,
            "suppressed" if arrow.state == "suppressed" else "plain",
        )
        for arrow in flow.arrows
        if arrow.moves is None or arrow.moves >= fewest_moves
    )
    key: dict[Style, str] = {"suppressed": f"suppressed: too few {nouns.people}"}
    samples = dict.fromkeys(n for n in (most, _round(most / 4)) if n)
    widths = tuple(
        (f"{count(n)} {nouns.move if n == 1 else nouns.moves}", n / most) for n in samples
    )
    beside = {"moves": nouns.moves, "people": nouns.people, "days": "median time between"}[by]
    note = f"Number beside an arrow: {beside}. A loop is a re-entry to the same {nouns.place}."
    named = {lane: labels.fill(name) for lane, name in lanes.items()}
    shown = {**named, OTHER: "Other"} if library else {}
    picture = Picture(
        recorded_summary(flow), steps, arrows, shown, key, widths, (note,), direction=direction
    )
    return draw(picture, colours, chosen)


def recorded_summary(flow: Flow) -> str:
    """Return what the recorded map shows, in sentences."""
    nouns = flow.nouns
    if not flow.arrows:
        return (
            f"Recorded pathway: no {nouns.moves} between {nouns.places} were recorded in this"
            " period."
        )
    names = {node.id: node.name for node in flow.nodes}
    shown = [arrow for arrow in flow.arrows if arrow.moves is not None]
    hidden = len(flow.arrows) - len(shown)
    again = sum(arrow.source == arrow.target for arrow in flow.arrows)
    routes = "route" if len(flow.arrows) == 1 else "routes"
    text = f"Recorded pathway: {len(flow.arrows)} {routes} between {len(flow.nodes)} {nouns.places}"
    text += f", {again} of them back to the same {nouns.place}." if again else "."
    if shown:
        most = sorted(shown, key=lambda a: (-(a.moves or 0), a.source, a.target))[:3]
        listed = "; ".join(
            f"{names[a.source]} to {names[a.target]}, {count(a.moves or 0)} {nouns.moves}"
            for a in most
        )
        text += f" The most used: {listed}."
    if hidden:
        text += f" {hidden} are suppressed: too few {nouns.people}."
    return text


def recorded_table(flow: Flow) -> list[dict[str, str]]:
    """Return the arrows as rows, in the order of the flow; a hidden number says so."""
    names = {node.id: node.name for node in flow.nodes}
    nouns = flow.nouns

    def said(value: float | None, as_words: str) -> str:
        return as_words if value is not None else f"suppressed: too few {nouns.people}"

    return [
        {
            "From": names[arrow.source],
            "To": names[arrow.target],
            nouns.moves.capitalize(): said(arrow.moves, count(arrow.moves or 0)),
            nouns.people.capitalize(): said(arrow.people, count(arrow.people or 0)),
            "Median between": said(arrow.median_days, nouns.time(arrow.median_days or 0)),
        }
        for arrow in flow.arrows
    ]


def arrow_words(arrow: FlowArrow, names: dict[str, str], nouns: Nouns = TEAMS) -> str:
    """Return one arrow as a sentence."""
    ends = (
        f"{names[arrow.source]}, back to the same {nouns.place}"
        if arrow.source == arrow.target
        else f"{names[arrow.source]} to {names[arrow.target]}"
    )
    parts = [
        f"{count(arrow.moves)} {nouns.moves}" if arrow.moves is not None else "",
        f"{count(arrow.people)} {nouns.people}" if arrow.people is not None else "",
        f"{nouns.time(arrow.median_days)} between, by the median"
        if arrow.median_days is not None
        else "",
    ]
    said = ", ".join(part for part in parts if part)
    return f"{ends}: {said or f'suppressed: too few {nouns.people}'}."


def _place(team: str, library: Library | None) -> Place:
    """Return the lane of a team's service in the design."""
    if library is None:
        return Place(None, None)
    service = next((t.service for t in library.config.teams if t.id == team), team)
    lanes = library.process_map.lanes
    return Place(next((lane.id for lane in lanes if lane.service == service), OTHER), None)


def _people(node: FlowNode, nouns: Nouns) -> str:
    if node.state == "suppressed":
        return f"suppressed: too few {nouns.people}"
    return "" if node.people is None else f"{count(node.people)} {nouns.people}"


def _round(value: float) -> int:
    """Return a number to one significant digit, for a key."""
    step = 10 ** max(0, len(str(int(value))) - 1)
    return int(value // step * step)


def _number(arrow: FlowArrow, by: By, nouns: Nouns) -> str:
    if arrow.state == "suppressed":
        return ""
    if by == "days":
        return nouns.time(arrow.median_days) if arrow.median_days is not None else ""
    value = arrow.moves if by == "moves" else arrow.people
    if value is None:
        return ""
    if by == "people":
        return f"{count(value)} {nouns.people}"
    return f"{count(value)} {nouns.move if value == 1 else nouns.moves}"
