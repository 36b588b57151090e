"""Where the steps of the designed map stand and what each kind looks like; arrows between them."""

from dataclasses import dataclass, replace
from itertools import pairwise

from pdqi.charts.drawing import (
    Shape,
    Words,
)
from pdqi.charts.geometry import (
    Box,
    circle,
    head,
    pointed,
    polygon,
    rectangle,
    rounded_path,
    width_of,
    wrap,
)
from pdqi.charts.routing import Point, Router
from pdqi.charts.theme import SMALL, Palette
from pdqi.content.models import Node, NodeKind, ProcessMap
from pdqi.labels import Labels

WIDTH, GUTTER = 1096, 104
BOX_WIDTH, BOX_HEIGHT = 102, 50
TOP, LANE_HEAD, LANE_FOOT, ROW_GAP = 26, 18, 18, 30
BROKEN = (5.0, 3.0)

KIND_WORDS: dict[NodeKind, str] = {
    "entry": "way in",
    "step": "step",
    "decision": "decision",
    "waiting_list": "waiting list",
    "team_work": "work of several teams",
    "support": "support",
    "exit": "way out",
}
_ROOM: dict[NodeKind, float] = {"decision": 18, "waiting_list": 12, "team_work": 16}
"""Pixels of a box that its shape takes from the words."""


@dataclass(frozen=True)
class Layout:
    """Where the lanes and the boxes of the designed map stand, in pixels."""

    height: float
    lanes: dict[str, Box]
    boxes: dict[str, Box]


def layout(content: ProcessMap) -> Layout:
    """Return the places: lanes from top to bottom, columns of equal width, rows within a lane."""
    columns = max(node.column for node in content.nodes)
    pitch = (WIDTH - GUTTER) / columns
    width = min(BOX_WIDTH, pitch - 20)
    lanes: dict[str, Box] = {}
    boxes: dict[str, Box] = {}
    y: float = TOP
    for lane in content.lanes:
        nodes = [node for node in content.nodes if node.lane == lane.id]
        rows = max((node.row for node in nodes), default=1)
        height = LANE_HEAD + rows * BOX_HEIGHT + (rows - 1) * ROW_GAP + LANE_FOOT
        lanes[lane.id] = Box(0, y, WIDTH, height)
        for node in nodes:
            left = GUTTER + (node.column - 0.5) * pitch - width / 2
            top = y + LANE_HEAD + (node.row - 1) * (BOX_HEIGHT + ROW_GAP)
            boxes[node.id] = Box(round(left), top, width, BOX_HEIGHT)
        y += height
    return Layout(y, lanes, boxes)


def node_shapes(node: Node, box: Box, labels: Labels, colours: Palette) -> list[Shape]:
    """Return the shape of a node, and the marks that tell its kind apart from others."""
    ref = f"node:{node.id}"
    note = f" {labels.fill(node.note)}" if node.note else ""
    open_point = " To be confirmed." if node.confirm else ""
    tip = f"{labels.fill(node.name)} ({KIND_WORDS[node.kind]}).{note}{open_point}"
    dash = BROKEN if node.confirm else (1.0, 0.0)
    plain = Shape(ref, "", colours.ground, colours.ink, 1.25, dash, tip)
    inner = replace(plain, tip="", dash=(1, 0))
    x, y = box.x, box.y
    if node.kind == "entry":
        return [replace(plain, d=rectangle(box, 24))]
    if node.kind == "exit":
        return [replace(plain, d=rectangle(box, 24), weight=3.0)]
    if node.kind == "decision":
        return [replace(plain, d=pointed(box, 16))]
    if node.kind == "support":
        return [replace(plain, d=rectangle(box, 10), fill=colours.soft, stroke=colours.line)]
    if node.kind == "team_work":
        bars = [polygon([(at, y), (at, box.bottom)], closed=False) for at in (x + 6, box.right - 6)]
        return [replace(plain, d=rectangle(box)), *(replace(inner, d=bar) for bar in bars)]
    if node.kind == "waiting_list":
        front = Box(x, y, box.width - 4, box.height)
        back = Box(x + 4, y + 4, box.width - 4, box.height)
        queue = [circle(x + box.width / 2 - 10 + 8 * n, box.bottom - 10, 2.5) for n in range(3)]
        fill = colours.blue_soft
        return [
            replace(inner, d=rectangle(back, 3), fill=fill, stroke=colours.blue, dash=dash),
            replace(plain, d=rectangle(front, 3), fill=fill, stroke=colours.blue),
            *(replace(inner, d=dot, fill=colours.blue, stroke="transparent") for dot in queue),
        ]
    return [replace(plain, d=rectangle(box, 3))]


def node_words(node: Node, box: Box, labels: Labels, colours: Palette) -> Words:
    """Return the name of a node in lines, in the middle of what its shape leaves free."""
    lines = wrap(labels.fill(node.name), box.width - 8 - _ROOM.get(node.kind, 0))
    x, y = box.middle
    if node.kind == "waiting_list":
        x, y = x - 2, y - 6
    return Words(x, y, lines, colours.ink)


def arrow_shapes(
    content: ProcessMap, places: Layout, soft: list[Box], labels: Labels, colours: Palette
) -> tuple[list[Shape], list[Shape], list[Words]]:
    """Route every arrow, shortest first, and put the labels where they touch nothing."""
    router = Router(WIDTH, places.height, places.boxes, soft)
    names = {node.id: labels.fill(node.name) for node in content.nodes}

    def apart(ends: tuple[str, str]) -> float:
        (ax, ay), (bx, by) = (places.boxes[end].middle for end in ends)
        return abs(ax - bx) + abs(ay - by)

    routes: dict[str, list[Point]] = {}
    for arrow in sorted(content.arrows, key=lambda a: (apart((a.start, a.end)), a.id)):
        routes[arrow.id] = router.route(arrow.start, arrow.end)
    lines, heads, words = [], [], []
    taken = [box.grown(2) for box in places.boxes.values()] + soft
    for arrow in content.arrows:
        points = routes[arrow.id]
        (bx, by), (x, y) = points[-2], points[-1]
        length = abs(x - bx) + abs(y - by) or 1
        along = ((x - bx) / length, (y - by) / length)
        colour = colours.muted if arrow.confirm else colours.blue
        route = [*points[:-1], (x - along[0] * 5, y - along[1] * 5)]
        label = f" ({labels.fill(arrow.label, begins=False)})" if arrow.label else ""
        tip = f"{names[arrow.start]} to {names[arrow.end]}{label}."
        tip += " To be confirmed." if arrow.confirm else ""
        dash = BROKEN if arrow.confirm else (1.0, 0.0)
        weight = 1.25 if arrow.confirm else 2.0
        lines.append(
            Shape(
                f"arrow:{arrow.id}", rounded_path(route), "transparent", colour, weight, dash, tip
            )
        )
        heads.append(Shape(f"arrow:{arrow.id}", head((x, y), along, 9, 8), colour))
        if arrow.label:
            text = labels.fill(arrow.label, begins=False)
            others = [
                run for key, route in routes.items() if key != arrow.id for run in _runs(route)
            ]
            at = _label_place(points, text, taken, others)
            taken.append(at)
            words.append(Words(*at.middle, (text,), colour, halo=True))
    return lines, heads, words


def _runs(points: list[Point]) -> list[Box]:
    """Return the straight runs of a route as thin boxes."""
    return [
        Box(min(a[0], b[0]) - 1, min(a[1], b[1]) - 1, abs(a[0] - b[0]) + 2, abs(a[1] - b[1]) + 2)
        for a, b in pairwise(points)
    ]


def _label_place(points: list[Point], text: str, taken: list[Box], runs: list[Box]) -> Box:
    """Return where a label touches the least: on its own route, as near its middle as may be."""
    width, height = width_of(text), SMALL + 4
    places: list[tuple[float, Box]] = []
    for a, b in pairwise(points):
        for share in (0.5, 0.35, 0.65, 0.2, 0.8):
            x, y = a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share
            flat = a[1] == b[1]
            spots = (
                [(0.0, -11.0), (0.0, 11.0)]
                if flat
                else [(width / 2 + 7, 0.0), (-width / 2 - 7, 0.0)]
            )
            for dx, dy in [*spots, (0.0, 0.0)]:
                box = Box(x + dx - width / 2, y + dy - height / 2, width, height)
                cost = 40.0 * sum(box.meets(other) for other in taken)
                cost += 6.0 * sum(box.meets(run) for run in runs) + abs(share - 0.5) * 4
                cost += 100.0 * (box.x < 2 or box.right > WIDTH - 2)
                cost += (
                    3.0 * (not dx and not dy)
                    + 4.0 * (not flat)
                    - min(abs(a[0] - b[0]) + abs(a[1] - b[1]), 200) / 60
                )
                places.append((cost, box))
    return min(places, key=lambda place: place[0])[1]
