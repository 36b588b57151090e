"""Where the boxes, arrows and labels of a process map stand, in pixels.

A map that people drew stands on the grid of lanes and columns that they gave it, so that they
recognise it. Any other is laid out in layers from left to right. Either way the library graphlay
leads the arrows round the boxes and keeps them apart. The same map always gives the same places.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal

import graphlay
import numpy as np
import numpy.typing as npt

from pdqi.charts.geometry import Box, width_of
from pdqi.charts.theme import SMALL

Point = tuple[float, float]
Floats = npt.NDArray[np.float64]
Direction = Literal["leftright", "topbottom"]
WIDTH = 1096
BOX_WIDTH, BOX_HEIGHT = 112.0, 70.0
FREE_WIDTH = 128.0
"""The width of a box where nothing says in which of the columns it stands."""
TOP, LANE_HEAD, LANE_FOOT, ROW_GAP = 10.0, 30.0, 22.0, 34.0
LEFT = 8.0
OUTSIDE = 12.0
"""How far apart arrows run that are led round the outside of the lanes."""
MANY = 120
"""From so many arrows on a map is crowded."""
CORNER = 16.0
"""How far round a bend an arrow curves."""
LABEL_HEIGHT = SMALL + 4.0
SHARES = (0.5, 0.35, 0.65, 0.2, 0.8)
"""Where along a run a label may stand, in order of preference."""


@dataclass(frozen=True)
class Place:
    """Where a box is to stand: its lane, its column if the map gives one, and a row of the lane."""

    lane: str | None
    column: int | None
    row: int = 1


FREE = Place(None, None)
"""Wherever the library puts it."""


@dataclass(frozen=True)
class Line:
    """An arrow to lead from one box to another: how thick it is, and how wide its label."""

    start: str
    end: str
    thickness: float
    label: str


@dataclass(frozen=True)
class Laid:
    """A map with every place worked out."""

    width: float
    height: float
    lanes: Mapping[str, Box]
    boxes: Mapping[str, Box]
    routes: tuple[tuple[Point, ...], ...]
    """The bends of each arrow, from border to border, in the order in which they were given."""
    labels: tuple[Box | None, ...]
    """The place of each label; none where there is no label, or no room for it."""


def lay_out(
    places: Mapping[str, Place],
    lanes: Sequence[str],
    lines: Sequence[Line],
    direction: Direction = "leftright",
) -> Laid:
    """Return the places of a map. With lanes the grid is kept; without, the library lays it out.

    `direction` is that of the layers, where there are no lanes.
    """
    # Mending overlaps on a crowded grid takes most of the time and mends the less the fuller it is.
    rounds = 8 if len(lines) <= MANY else 1
    options = {
        **_OPTIONS,
        "direction": direction,
        "tuning": {"routing": {"overlap_repair_rounds": rounds}},
    }
    if lanes:
        width, height, bands, boxes = _on_grid(places, lanes)
        drawn = graphlay.reroute(_graph(boxes, lines), preset="process_map", options=options)
        shift = (0.0, 0.0)
    else:
        bands, boxes = {}, {name: Box(0, 0, FREE_WIDTH, BOX_HEIGHT) for name in places}
        drawn = graphlay.layout(_graph({}, lines, boxes), preset="process_map", options=options)
        low, high = drawn.bounds["min"], drawn.bounds["max"]
        shift = (LEFT + 4 - low["x"], TOP + 14 - low["y"])
        width, height = high["x"] - low["x"] + 2 * LEFT + 60, high["y"] - low["y"] + 2 * TOP + 28
        boxes = {
            name: Box(x - FREE_WIDTH / 2 + shift[0], y - BOX_HEIGHT / 2 + shift[1], *_SIZE)
            for name, (x, y) in drawn.positions().items()
        }
    routes = tuple(
        tuple((point["x"] + shift[0], point["y"] + shift[1]) for point in edge["points"])
        for edge in drawn.edges
    )
    if lanes:
        routes, down = _drawn_in(routes, Box(0, TOP, width, height - TOP))
        bands, boxes = (
            {name: replace(box, y=box.y + down) for name, box in items.items()}
            for items in (bands, boxes)
        )
        height += down
    lowest = max((y for route in routes for _, y in route), default=0.0)
    height = max(height, lowest + LANE_FOOT)
    heads = [Box(band.x, band.y, 220, 22) for band in bands.values()]
    labels = _labels(routes, [line.label for line in lines], boxes, heads, max(width, WIDTH))
    return Laid(max(width, WIDTH), height, bands, boxes, routes, labels)


_SIZE = (FREE_WIDTH, BOX_HEIGHT)
_OPTIONS: Mapping[str, Any] = {
    "direction": "leftright",
    "spacing": {"layer_gap": 72.0, "node_gap": 40.0, "dummy_gap": 26.0, "stub": 24.0},
    "routing": {"style": "orthogonal", "lane_gap": 10.0},
    "self_loops": {"size": 26.0},
    "labels": {"reservation": "always"},
}


def _graph(
    placed: Mapping[str, Box], lines: Sequence[Line], free: Mapping[str, Box] | None = None
) -> graphlay.Graph:
    graph = graphlay.Graph()
    for name, box in (free or placed).items():
        x, y = box.middle
        where: dict[str, Any] = {} if free else {"position": {"x": x, "y": y}}
        graph.node(name, width=box.width, height=box.height, **where)
    for line in lines:
        label = {"width": width_of(line.label) + 8, "height": LABEL_HEIGHT}
        more = {"label_size": label} if line.label else {}
        graph.edge(line.start, line.end, weight=line.thickness, thickness=line.thickness, **more)
    return graph


def _on_grid(
    places: Mapping[str, Place], lanes: Sequence[str]
) -> tuple[float, float, dict[str, Box], dict[str, Box]]:
    """Return size, lanes and boxes: lanes from top to bottom, columns of equal width."""
    columns = max((place.column or 0 for place in places.values()), default=0)
    pitch = (WIDTH - LEFT) / max(columns, 1)
    bands: dict[str, Box] = {}
    boxes: dict[str, Box] = {}
    y = TOP
    for lane in lanes:
        mine = {name: place for name, place in places.items() if place.lane == lane}
        if not mine:
            continue
        spread = [name for name, place in mine.items() if place.column is None]
        beside = max(1, min(len(spread), int((WIDTH - LEFT) // (FREE_WIDTH + 60))))
        rows = max(
            [place.row for place in mine.values()] + [-(-len(spread) // beside)] * bool(spread)
        )
        height = LANE_HEAD + rows * BOX_HEIGHT + (rows - 1) * ROW_GAP + LANE_FOOT
        bands[lane] = Box(0, y, WIDTH, height)
        for name, place in mine.items():
            if place.column is None:
                row, slot = divmod(spread.index(name), beside)
                width = FREE_WIDTH
                middle = LEFT + (slot + 0.5) * (WIDTH - LEFT) / beside
            else:
                row, width = place.row - 1, min(BOX_WIDTH, pitch - 24)
                middle = LEFT + (place.column - 0.5) * pitch
            top = y + LANE_HEAD + row * (BOX_HEIGHT + ROW_GAP)
            boxes[name] = Box(round(middle - width / 2), top, width, BOX_HEIGHT)
        y += height
    return WIDTH, y, bands, boxes


def _drawn_in(
    routes: Sequence[Sequence[Point]], room: Box
) -> tuple[tuple[tuple[Point, ...], ...], float]:
    """Return the routes with those that run outside of the lanes drawn up close to them.

    And how far down everything moves, so that what runs above the first lane has room.
    """
    found = []
    for axis, low, high in ((0, room.x + 6, room.right - 6), (1, room.y, room.bottom)):
        levels = {round(point[axis], 1) for route in routes for point in route}
        before = sorted((level for level in levels if level < low), reverse=True)
        after = sorted(level for level in levels if level > high)
        inside = -1 if axis == 0 else 1
        near = {level: low - inside * OUTSIDE * (i + 1) for i, level in enumerate(before)}
        near |= {level: high + inside * OUTSIDE * (i + 1) for i, level in enumerate(after)}
        found.append(near)
    down = OUTSIDE * sum(level < room.y for level in found[1])
    drawn = tuple(
        tuple((found[0].get(round(x, 1), x), found[1].get(round(y, 1), y) + down) for x, y in route)
        for route in routes
    )
    return drawn, down


def _labels(
    routes: Sequence[Sequence[Point]],
    texts: Sequence[str],
    boxes: Mapping[str, Box],
    heads: Sequence[Box],
    width: float,
) -> tuple[Box | None, ...]:
    """Return where each label meets no box and no other label, and as few other lines as may be."""
    taken = [_edges(box) for box in (*heads, *(box.grown(2) for box in boxes.values()))]
    runs = np.array([run for route in routes for run in _runs(route)]).reshape(-1, 4)
    owner = np.array([i for i, route in enumerate(routes) for _ in pairwise(route)], dtype=int)
    found: list[Box | None] = [None] * len(texts)
    # The shortest have the fewest places to choose from.
    for i in sorted(range(len(texts)), key=lambda i: (_length(routes[i]), i)):
        if not texts[i]:
            continue
        cost, spots = _spots(routes[i], width_of(texts[i]) + 4, width)
        free = ~_meet(spots, np.array(taken)).any(axis=1)
        if not free.any():
            continue
        cost = cost + 5.0 * _meet(spots, runs[owner != i]).sum(axis=1)
        left, top, right, bottom = spots[int(np.argmin(np.where(free, cost, np.inf)))].tolist()
        found[i] = Box(left, top, right - left, bottom - top)
        taken.append((left - 1, top - 1, right + 1, bottom + 1))
    return tuple(found)


def _spots(route: Sequence[Point], wide: float, width: float) -> tuple[Floats, Floats]:
    """Return what speaks against each place for a label along a route, and its edges."""
    costs, spots = [], []
    for a, b in pairwise(route):
        flat = abs(a[1] - b[1]) < 1
        long = abs(a[0] - b[0]) + abs(a[1] - b[1])
        beside = LABEL_HEIGHT / 2 + 4 if flat else wide / 2 + 5
        for place, share in enumerate(SHARES):
            x, y = a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share
            for off in (0.0, -beside, beside):
                dx, dy = (0.0, off) if flat else (off, 0.0)
                left, top = x + dx - wide / 2, y + dy - LABEL_HEIGHT / 2
                # On the line itself a label needs some of it to be seen on either side.
                cramped = not off and flat and long < wide + 16
                cost = 0.5 * place + (6.0 if cramped else 0.0) + (1.5 if off else 0.0)
                if left >= 2 and left + wide <= width - 2 and top >= 2:
                    costs.append(cost - min(long, 160) / 80)
                    spots.append((left, top, left + wide, top + LABEL_HEIGHT))
    return np.array(costs), np.array(spots).reshape(-1, 4)


def _meet(some: Floats, others: Floats) -> npt.NDArray[np.bool_]:
    """Return which boxes overlap which others: a row for each of `some`, given by their edges."""
    one, two = some[:, None, :], others.reshape(-1, 4)[None, :, :]
    across = (one[..., 0] < two[..., 2]) & (two[..., 0] < one[..., 2])
    return across & (one[..., 1] < two[..., 3]) & (two[..., 1] < one[..., 3])


def _edges(box: Box) -> tuple[float, float, float, float]:
    return box.x, box.y, box.right, box.bottom


def _runs(route: Sequence[Point]) -> list[tuple[float, float, float, float]]:
    """Return the edges of the straight runs of a route, as thin boxes."""
    return [
        (min(a[0], b[0]) - 1, min(a[1], b[1]) - 1, max(a[0], b[0]) + 1, max(a[1], b[1]) + 1)
        for a, b in pairwise(route)
    ]


def _length(route: Sequence[Point]) -> float:
    return sum(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in pairwise(route))
