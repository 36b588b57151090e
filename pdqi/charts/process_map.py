"""The process map as it was designed, and the design laid over the records.

Steps stand on the grid that the map's file gives, so that people recognise their own map.
"""

from pdqi import words
from pdqi.charts.pathway import KIND_WORDS, Arrow, Picture, Step, Style, draw
from pdqi.charts.pathway_layout import Place
from pdqi.charts.theme import LIGHT, Palette, Spec
from pdqi.content import Library
from pdqi.content.models import Node, ProcessMap
from pdqi.findings.pathway import STATUS_WORDS, LaidOver, MapRoute, MapStep, said
from pdqi.findings.readings import SHORT_STATE
from pdqi.labels import Labels
from pdqi.model import Cell, State

ELSEWHERE = "elsewhere"
"""The lane of teams that are no step of the design."""


def designed(library: Library, labels: Labels, colours: Palette = LIGHT, chosen: str = "") -> Spec:
    """Return the designed map as a Vega-Lite specification; `chosen` is the item with a ring."""
    content = library.process_map
    names = {node.id: labels.fill(node.name) for node in content.nodes}
    steps = tuple(
        Step(
            f"node:{node.id}",
            names[node.id],
            _tip(node, labels),
            node.kind,
            "to_confirm" if node.confirm else "plain",
            place=Place(node.lane, node.column, node.row),
            pins=_pins(node, content, labels),
        )
        for node in content.nodes
    )
    arrows = []
    for arrow in content.arrows:
        label = labels.fill(arrow.label, begins=False) if arrow.label else ""
        tip = f"{names[arrow.start]} to {names[arrow.end]}{f' ({label})' if label else ''}."
        tip += " To be confirmed." if arrow.confirm else ""
        arrows.append(
            Arrow(
                f"arrow:{arrow.id}",
                f"node:{arrow.start}",
                f"node:{arrow.end}",
                tip,
                label,
                style="to_confirm" if arrow.confirm else "plain",
            )
        )
    picture = Picture(
        designed_summary(library, labels),
        steps,
        tuple(arrows),
        {lane.id: labels.fill(lane.name) for lane in content.lanes},
        {"plain": "as designed", "to_confirm": "to be confirmed"},
        notes=(labels.fill(content.agreed.said),),
        issues=tuple((issue.id, labels.fill(issue.short)) for issue in content.issues),
    )
    return draw(picture, colours, chosen)


def laid_over(
    found: LaidOver,
    library: Library,
    labels: Labels,
    by: str = "moves",
    colours: Palette = LIGHT,
    chosen: str = "",
) -> Spec:
    """Return the design over the records as a Vega-Lite specification.

    `by` is the number beside an arrow: moves, people or days. Its width always tells the moves.
    """
    content = library.process_map
    nodes = {node.id: node for node in content.nodes}
    most = max((float(r.moves.value or 0) for r in found.routes), default=0.0)
    steps = []
    for step in found.steps:
        node = nodes.get(step.node)
        steps.append(
            Step(
                step.ref,
                step.name,
                step_words(step),
                node.kind if node else "step",
                step.status,
                f"{words.count(step.people.value)} people" if step.people.value else "",
                Place(node.lane, node.column, node.row) if node else Place(ELSEWHERE, None),
                _pins(node, content, labels) if node else (),
            )
        )
    refs = {step.node: step.ref for step in found.steps}
    arrows = tuple(
        Arrow(
            route.ref or f"route:{route.start}>{route.end}",
            refs[route.start],
            refs[route.end],
            route_words(route, found),
            _label(route, by),
            float(route.moves.value) / most if route.moves.value and most else None,
            route.status,
        )
        for route in found.routes
    )
    lanes = {lane.id: labels.fill(lane.name) for lane in content.lanes}
    key: dict[Style, str] = {**dict(STATUS_WORDS.items())}
    picture = Picture(
        said(found),
        tuple(steps),
        arrows,
        {**lanes, ELSEWHERE: "Not in the design"},
        key,
        ((f"{words.count(most)} moves", 1.0),) if most else (),
        (_note(by), labels.fill(content.agreed.said)),
        tuple((issue.id, labels.fill(issue.short)) for issue in content.issues),
    )
    return draw(picture, colours, chosen)


def _note(by: str) -> str:
    beside = {"moves": "moves", "people": "people", "days": "median days between"}[by]
    return (
        f"Beside an arrow: {beside}. Inside a box: people there in the period. The width of an"
        " arrow tells its moves."
    )


def _label(route: MapRoute, by: str) -> str:
    if not route.moves.value:
        return ""
    if by == "days":
        return words.days(float(route.days.value)) if route.days.value is not None else ""
    cell = route.people if by == "people" else route.moves
    if cell.value is None:
        return ""
    one = {"moves": "move", "people": "person"}[by]
    return f"{words.count(cell.value)} {one if cell.value == 1 else by}"


def step_words(step: MapStep) -> str:
    """Return one step as sentences: its name, state, people there and people waiting."""
    parts = [f"{step.name}: {STATUS_WORDS[step.status]}."]
    if step.people.value:
        parts.append(f"{words.count(step.people.value)} people there in the period.")
    if step.waiting.value:
        parts.append(f"{words.count(step.waiting.value)} waiting on the last day.")
    return " ".join(parts)


def route_words(route: MapRoute, found: LaidOver) -> str:
    """Return one route as a sentence: its ends, state and numbers."""
    names = found.names
    ends = (
        f"{names[route.start]}, back to the same step"
        if route.start == route.end
        else f"{names[route.start]} to {names[route.end]}"
    )
    parts = [STATUS_WORDS[route.status]]
    if route.moves.value:
        parts.append(f"{words.count(route.moves.value)} moves")
    if route.people.value:
        parts.append(f"{words.count(route.people.value)} people")
    if route.moves.value and route.days.value is not None:
        parts.append(f"{words.days(float(route.days.value))} between, by the median")
    return f"{ends}: {', '.join(parts)}."


def steps_table(found: LaidOver) -> list[dict[str, str]]:
    """Return every step with its state, people there and people waiting; states in words."""
    return [
        {
            "Step": step.name,
            "State": STATUS_WORDS[step.status],
            "People in the period": _cell(step.people),
            "Waiting on the last day": _cell(step.waiting),
        }
        for step in found.steps
    ]


def routes_table(found: LaidOver) -> list[dict[str, str]]:
    """Return every route with its state, moves, people and median days between."""
    names = found.names
    return [
        {
            "From": names[route.start],
            "To": names[route.end],
            "State": STATUS_WORDS[route.status],
            "Moves": _cell(route.moves),
            "People": _cell(route.people),
            "Share of moves from there": _share(found.leaving(route)),
            "Median days between": _cell(route.days),
        }
        for route in found.routes
    ]


def _cell(cell: Cell) -> str:
    if cell.state is State.NO_DATA:
        return ""
    return SHORT_STATE[cell.state] if cell.value is None else words.count(cell.value)


def _share(cell: Cell) -> str:
    return words.in_unit(cell.value, "share") if cell.value is not None else _cell(cell)


def _tip(node: Node, labels: Labels) -> str:
    note = f" {labels.fill(node.note)}" if node.note else ""
    open_point = " To be confirmed." if node.confirm else ""
    return f"{labels.fill(node.name)} ({KIND_WORDS[node.kind]}).{note}{open_point}"


def _pins(node: Node, content: ProcessMap, labels: Labels) -> tuple[tuple[str, str], ...]:
    return tuple(
        (issue.id, f"{issue.id}: {labels.fill(issue.text)}")
        for issue in content.issues
        if node.id in issue.pinned_to
    )


def designed_summary(library: Library, labels: Labels) -> str:
    """Return what the designed map shows, in sentences."""
    content = library.process_map
    waiting = sum(node.kind == "waiting_list" for node in content.nodes)
    lists = "a waiting list" if waiting == 1 else "waiting lists"
    open_steps = sum(node.confirm for node in content.nodes)
    open_routes = sum(arrow.confirm for arrow in content.arrows)
    issues = " ".join(f"{issue.id}: {labels.fill(issue.short)}." for issue in content.issues)
    return (
        f"{labels.fill(content.title)}: {len(content.nodes)} steps in {len(content.lanes)} lanes, "
        f"{waiting} of them {lists}, joined by {len(content.arrows)} routes. "
        f"{open_steps} steps and {open_routes} routes have still to be confirmed. "
        f"{_agreed(content, labels)} Issues pinned to it: {issues}"
    ).strip()


def designed_table(library: Library, labels: Labels) -> list[dict[str, str]]:
    """Return the map as rows: every step, then every route, with the basis of each."""
    content = library.process_map
    lanes = {lane.id: labels.fill(lane.name) for lane in content.lanes}
    names = {node.id: labels.fill(node.name) for node in content.nodes}
    places = {node.id: f"{names[node.id]} ({lanes[node.lane]})" for node in content.nodes}
    rows = [
        {
            "What": KIND_WORDS[node.kind],
            "Where": lanes[node.lane],
            "From": "",
            "To": "",
            "Name": names[node.id],
            "Issues": ", ".join(i.id for i in content.issues if node.id in i.pinned_to),
            "Basis": _basis(node.basis, node.confirm),
            "Recordable": "yes" if node.recordable else "no",
        }
        for node in content.nodes
    ]
    rows += [
        {
            "What": "route",
            "Where": "",
            "From": places[arrow.start],
            "To": places[arrow.end],
            "Name": labels.fill(arrow.label) if arrow.label else "",
            "Issues": "",
            "Basis": _basis(arrow.basis, arrow.confirm),
            "Recordable": "yes" if arrow.recordable else "no",
        }
        for arrow in content.arrows
    ]
    return rows


def _agreed(content: ProcessMap, labels: Labels) -> str:
    return labels.fill(content.agreed.said)


def _basis(basis: str, confirm: bool) -> str:
    return f"{basis}, to be confirmed" if confirm else basis
