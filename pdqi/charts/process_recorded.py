"""The recorded map: moves between teams, as curves whose width tells how many.

Teams stand in the lane of their service, at the column of the step whose episodes are theirs. An
arrow with a hidden count is a broken line without a number.
"""

from collections import defaultdict
from typing import Literal

from pdqi.charts.curves import Curve, curves, label_place
from pdqi.charts.drawing import (
    Shape,
    Words,
    canvas,
    shapes,
    texts,
)
from pdqi.charts.flow import TEAMS, Flow, FlowArrow, Nouns
from pdqi.charts.geometry import (
    Box,
    head,
    polygon,
    rectangle,
    width_of,
    wrap,
)
from pdqi.charts.theme import LIGHT, Palette, Spec
from pdqi.content import Library
from pdqi.labels import Labels
from pdqi.words import count

By = Literal["moves", "people", "days"]

WIDTH, GUTTER, TOP = 1096, 104, 10
BOX_WIDTH, BOX_HEIGHT, ROW_GAP, MARGIN = 136, 50, 44, 34
MOST_BESIDE, OTHER = 5, "Other"
THINNEST, WIDEST = 1.25, 9.0
BROKEN = (5.0, 4.0)
BY_WORDS: dict[By, str] = {
    "moves": "moves",
    "people": "people",
    "days": "median days between",
}


def recorded(
    flow: Flow,
    library: Library | None,
    labels: Labels,
    by: By = "moves",
    fewest_moves: int = 0,
    colours: Palette = LIGHT,
) -> Spec:
    """Return the recorded map as a Vega-Lite specification of fixed size, 1,112 pixels wide.

    `by` chooses the number beside an arrow; its width always tells the moves. Arrows of fewer
    moves than `fewest_moves` are left out, and the others stay where they were. Without a library
    there are no lanes: boxes stand in rows, those that others lead to further down.
    """
    lanes, boxes, height = _places(flow, library)
    names = {node.id: node.name for node in flow.nodes}
    arrows = [arrow for arrow in flow.arrows if arrow.source in boxes and arrow.target in boxes]
    most = max((arrow.moves or 0 for arrow in arrows), default=0)
    room = Box(GUTTER, TOP + 6, WIDTH - GUTTER - 8, height - TOP - 12)
    bowed = curves([(arrow.source, arrow.target) for arrow in arrows], boxes, room)
    arrows = [arrow for arrow in arrows if arrow.moves is None or arrow.moves >= fewest_moves]
    lines: list[Shape] = []
    heads: list[Shape] = []
    words: list[Words] = []
    taken = [box.grown(1) for box in boxes.values()]
    # Wide arrows first, so that thin ones lie on top and stay visible.
    for arrow in sorted(arrows, key=lambda a: -(a.moves or 0)):
        curve = bowed[arrow.source, arrow.target]
        hidden = arrow.state == "suppressed"
        weight = THINNEST if hidden or not most else _weight(arrow.moves or 0, most)
        colour = colours.muted if hidden else colours.blue
        ref = f"{arrow.source}>{arrow.target}"
        length = 8 + weight * 0.9
        end = (
            curve.end[0] - curve.along[0] * length * 0.7,
            curve.end[1] - curve.along[1] * length * 0.7,
        )
        line = Curve(curve.start, curve.bend_start, curve.bend_end, end)
        tip = arrow_words(arrow, names, flow.nouns)
        dash = BROKEN if hidden else (1.0, 0.0)
        lines.append(Shape(ref, line.path, "transparent", colour, weight, dash, tip))
        heads.append(Shape(ref, head(curve.end, curve.along, length, 7 + weight * 1.3), colour))
        text = _number(arrow, by, flow.nouns)
        if text:
            at = label_place(curve, text, taken, again=arrow.source == arrow.target)
            taken.append(at)
            words.append(Words(*at.middle, (text,), colours.ink, halo=True))
    key, key_words, bottom = _legend(height, most, by, colours, flow.nouns)
    lane_shapes = [
        Shape(lane, rectangle(box), colours.band if i % 2 == 0 else colours.ground)
        for i, (lane, box) in enumerate(lanes.items())
    ]
    lane_words = [
        Words(
            10,
            box.middle[1],
            wrap(labels.fill(lane), GUTTER - 12, bold=True),
            colours.muted,
            bold=True,
            align="left",
        )
        for lane, box in lanes.items()
    ]
    box_shapes, box_words = _boxes(flow, boxes, colours)
    layers = [
        *shapes("lanes", lane_shapes),
        *shapes("arrows", lines, heard=True),
        *shapes("boxes", box_shapes, heard=True, picked=True),
        *shapes("heads", heads),
        *shapes("legend", key),
        *texts([*lane_words, *box_words, *words, *key_words], colours),
    ]
    return canvas(WIDTH, bottom, layers, recorded_summary(flow), colours)


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


def _places(flow: Flow, library: Library | None) -> tuple[dict[str, Box], dict[str, Box], float]:
    """Return lanes by name and boxes by team: the lanes of the design that have a team."""
    if library is None:
        return _in_rows(flow)
    service_of = {team.id: team.service for team in library.config.teams}
    columns = max(node.column for node in library.process_map.nodes)
    by_lane: dict[str, list[str]] = defaultdict(list)
    for node in flow.nodes:
        service = service_of.get(node.id, node.id)
        lane = next((x.name for x in library.process_map.lanes if x.service == service), OTHER)
        by_lane[lane].append(node.id)
    order = [*(lane.name for lane in library.process_map.lanes), OTHER]
    lanes: dict[str, Box] = {}
    boxes: dict[str, Box] = {}
    y: float = TOP
    for lane in sorted(by_lane, key=order.index):
        members = by_lane[lane]
        rows = -(-len(members) // MOST_BESIDE)
        each = -(-len(members) // rows)
        lanes[lane] = Box(0, y, WIDTH, 2 * MARGIN + rows * BOX_HEIGHT + (rows - 1) * ROW_GAP)
        for i, team in enumerate(members):
            row, slot = divmod(i, each)
            step = library.node_of(team)
            # One team alone stands where its step stands in the design; several share the lane.
            share = (slot + 0.5) / each
            if len(members) == 1 and step:
                share = (step.column - 0.5) / columns
            # Every other row steps aside, so that arrows between rows do not hide behind boxes.
            aside = BOX_WIDTH / 2 if row % 2 else 0
            left = GUTTER + share * (WIDTH - GUTTER) - BOX_WIDTH / 2 + aside
            left = min(max(left, GUTTER + 20), WIDTH - BOX_WIDTH - 50)
            top = y + MARGIN + row * (BOX_HEIGHT + ROW_GAP)
            boxes[team] = Box(round(left, 1), top, BOX_WIDTH, BOX_HEIGHT)
        y += lanes[lane].height
    return lanes, boxes, y


def _in_rows(flow: Flow) -> tuple[dict[str, Box], dict[str, Box], float]:
    """Return boxes in rows: the more of its moves lead on rather than here, the higher up."""
    leads_on: dict[str, float] = {node.id: 0.0 for node in flow.nodes}
    touches: dict[str, float] = dict.fromkeys(leads_on, 1.0)
    for arrow in flow.arrows:
        for end, sign in ((arrow.source, 1), (arrow.target, -1)):
            leads_on[end] += sign * (arrow.moves or 0)
            touches[end] += arrow.moves or 0
    order = sorted(leads_on, key=lambda name: (-leads_on[name] / touches[name], name))
    boxes = {}
    for place, name in enumerate(order):
        row, slot = divmod(place, MOST_BESIDE)
        beside = min(MOST_BESIDE, len(order) - row * MOST_BESIDE)
        # Every other row steps aside, so that arrows between rows do not hide behind boxes.
        aside = BOX_WIDTH / 2 if row % 2 else 0
        left = (slot + 0.5) / beside * (WIDTH - BOX_WIDTH) - BOX_WIDTH / 2 + aside
        left = min(max(left, 20), WIDTH - BOX_WIDTH - 50)
        top = TOP + MARGIN + row * (BOX_HEIGHT + 2 * ROW_GAP)
        boxes[name] = Box(round(left, 1), top, BOX_WIDTH, BOX_HEIGHT)
    rows = -(-len(order) // MOST_BESIDE)
    return {}, boxes, TOP + 2 * MARGIN + rows * BOX_HEIGHT + max(0, rows - 1) * 2 * ROW_GAP


def _round(value: float) -> int:
    """Return a number to one significant digit, for a key."""
    step = 10 ** max(0, len(str(int(value))) - 1)
    return int(value // step * step)


def _weight(moves: int, most: int) -> float:
    return round(THINNEST + (WIDEST - THINNEST) * moves / most, 2)


def _number(arrow: FlowArrow, by: By, nouns: Nouns) -> str:
    if arrow.state == "suppressed":
        return ""
    if by == "days":
        return nouns.time(arrow.median_days) if arrow.median_days is not None else ""
    value = arrow.moves if by == "moves" else arrow.people
    return count(value) if value is not None else ""


def _boxes(flow: Flow, boxes: dict[str, Box], colours: Palette) -> tuple[list[Shape], list[Words]]:
    drawn, words = [], []
    for node in flow.nodes:
        box = boxes[node.id]
        of = flow.nouns.people
        people = f"{count(node.people)} {of}" if node.people is not None else "suppressed"
        hidden = f"suppressed: too few {of}"
        tip = f"{node.name}: {people if node.people is not None else hidden}."
        drawn.append(
            Shape(f"team:{node.id}", rectangle(box, 4), colours.ground, colours.ink, 1.25, tip=tip)
        )
        name = wrap(node.name, box.width - 10, bold=True)[:2]
        x, y = box.middle
        lift = 8 if len(name) == 1 else 9
        words.append(Words(x, y - lift, name, colours.ink, bold=True))
        words.append(Words(x, y + (10 if len(name) == 1 else 15), (people,), colours.muted))
    return drawn, words


def _legend(
    top: float, most: int, by: By, colours: Palette, nouns: Nouns
) -> tuple[list[Shape], list[Words], float]:
    """Return the key: what the number, the width, the broken line and the loop mean."""
    y = top + 24
    drawn: list[Shape] = []
    words: list[Words] = []
    x = 4.0
    samples = [
        (f"{count(n)} {nouns.move if n == 1 else nouns.moves}", _weight(n, most))
        for n in dict.fromkeys((most, _round(most / 4)))
        if n
    ]
    for name, weight in samples:
        line = polygon([(x, y), (x + 34, y)], closed=False)
        drawn.append(Shape("", line, "transparent", colours.blue, weight))
        drawn.append(
            Shape("", head((x + 44, y), (1, 0), 8 + weight * 0.9, 7 + weight * 1.3), colours.blue)
        )
        words.append(Words(x + 52, y, (name,), colours.ink, align="left"))
        x += 52 + width_of(name) + 24
    line = polygon([(x, y), (x + 36, y)], closed=False)
    drawn.append(Shape("", line, "transparent", colours.muted, THINNEST, BROKEN))
    drawn.append(Shape("", head((x + 44, y), (1, 0), 9, 8), colours.muted))
    hidden = f"suppressed: too few {nouns.people}"
    words.append(Words(x + 52, y, (hidden,), colours.ink, align="left"))
    x += 52 + width_of(hidden) + 24
    beside = {"moves": nouns.moves, "people": nouns.people, "days": "median time between"}
    told = BY_WORDS[by] if nouns is TEAMS else beside[by]
    note = f"Number beside an arrow: {told}. A loop is a re-entry to the same {nouns.place}."
    words.append(Words(x, y, (note,), colours.muted, align="left"))
    return drawn, words, y + 22
