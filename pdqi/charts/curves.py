"""Curves between boxes that keep clear of the other boxes and, where they can, of each other."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pdqi.charts.geometry import (
    Box,
    width_of,
)
from pdqi.charts.theme import SMALL

Point = tuple[float, float]
Floats = npt.NDArray[np.float64]
Ends = tuple[str, str]
"""The boxes from which and to which a curve leads; the same one twice is a loop."""

_EVEN = (0.16, -0.16, 0.3, -0.3, 0.08, -0.08, 0.45, -0.45, 0.6, -0.6, 0.8, -0.8)
_ODD = (-0.7, -0.45, -0.2, 0.2, 0.45, 0.7)
BENDS = (*((bend, bend) for bend in _EVEN), *((a, b) for a in _ODD for b in _ODD if a != b))
"""How far a curve may bow out at either end, as shares of its length, in order of preference."""


SHARES = np.linspace(0, 1, 25)
BASIS = np.stack(
    [
        (1 - SHARES) ** 3,
        3 * SHARES * (1 - SHARES) ** 2,
        3 * SHARES**2 * (1 - SHARES),
        SHARES**3,
    ],
    axis=1,
)
"""What each control point of a cubic curve weighs at 25 points along it."""


@dataclass(frozen=True)
class Curve:
    """A cubic curve, and where its end points."""

    start: Point
    bend_start: Point
    bend_end: Point
    end: Point

    @property
    def controls(self) -> tuple[Point, Point, Point, Point]:
        """The four points that make the curve."""
        return self.start, self.bend_start, self.bend_end, self.end

    def at(self, share: float) -> Point:
        """Return the point at a share of the curve."""
        a, b, c, d = (
            (1 - share) ** 3,
            3 * share * (1 - share) ** 2,
            3 * share**2 * (1 - share),
            share**3,
        )
        x, y = (
            a * self.start[i] + b * self.bend_start[i] + c * self.bend_end[i] + d * self.end[i]
            for i in (0, 1)
        )
        return x, y

    @property
    def path(self) -> str:
        """The path of the curve."""
        return "M{:.2f},{:.2f}C{:.2f},{:.2f} {:.2f},{:.2f} {:.2f},{:.2f}".format(
            *self.start, *self.bend_start, *self.bend_end, *self.end
        )

    @property
    def along(self) -> Point:
        """The direction at the end, of length one."""
        (x, y), (bx, by) = self.end, self.at(0.93)
        length = math.hypot(x - bx, y - by) or 1
        return (x - bx) / length, (y - by) / length


def curves(pairs: Sequence[Ends], boxes: Mapping[str, Box], room: Box) -> dict[Ends, Curve]:
    """Return a curve for each pair of boxes: the least bow that keeps clear of everything else.

    `room` is where curves may run. The shortest are placed first; the answer is always the same.
    """
    found: dict[Ends, Curve] = {}
    seen: list[Point] = []
    ends: list[Point] = []

    def size(pair: Ends) -> tuple[float, Ends]:
        return _apart(boxes[pair[0]].middle, boxes[pair[1]].middle), pair

    for pair in sorted(pairs, key=size):
        start, end = boxes[pair[0]], boxes[pair[1]]
        if pair[0] == pair[1]:
            found[pair] = _loop(start)
            seen += [found[pair].at(n / 8) for n in range(9)]
        else:
            others = [box.grown(5) for name, box in boxes.items() if name not in pair]
            tried = [_between(start, end, bend) for bend in BENDS]
            points = np.stack([BASIS @ np.array(curve.controls) for curve in tried])
            cost = _cost(points, others, room, np.array(seen), np.array(ends))
            best = int(np.argmin(cost))
            found[pair] = tried[best]
            seen += [(float(x), float(y)) for x, y in points[best]]
        ends += [found[pair].start, found[pair].end]
    return found


def _cost(points: Floats, others: Sequence[Box], room: Box, seen: Floats, ends: Floats) -> Floats:
    """Return what is wrong with each of the curves tried, given by 25 points each."""
    x, y = points[..., 0], points[..., 1]

    def inside(box: Box) -> npt.NDArray[np.bool_]:
        return (box.x < x) & (x < box.right) & (box.y < y) & (y < box.bottom)

    steps = np.hypot(np.diff(x, axis=1), np.diff(y, axis=1)).sum(axis=1)
    straight = np.hypot(x[:, -1] - x[:, 0], y[:, -1] - y[:, 0])
    cost: Floats = 0.35 * np.minimum(np.arange(len(points)), 14) + 0.008 * (steps - straight)
    cost += 8.0 * (~inside(room)).sum(axis=1)
    for box in others:
        cost += 8.0 * inside(box).sum(axis=1)
    if len(seen):
        across = np.abs(points[:, 4:-4, None, 0] - seen[:, 0]) < 11
        down = np.abs(points[:, 4:-4, None, 1] - seen[:, 1]) < 11
        cost += 0.4 * (across & down).sum(axis=(1, 2))
    if len(ends):
        apart = np.abs(points[:, (0, -1), None, :] - ends).sum(axis=3)
        cost += 1.5 * (apart < 15).sum(axis=(1, 2))
    return cost


def _between(start: Box, end: Box, bend: tuple[float, float]) -> Curve:
    """Return the curve between two boxes, from side to side, that bows out by `bend`."""
    (ax, ay), (bx, by) = start.middle, end.middle
    nx, ny = -(by - ay), bx - ax
    first = (ax + (bx - ax) * 0.3 + nx * bend[0], ay + (by - ay) * 0.3 + ny * bend[0])
    second = (ax + (bx - ax) * 0.7 + nx * bend[1], ay + (by - ay) * 0.7 + ny * bend[1])
    return Curve(_edge(start, first, 0), first, second, _edge(end, second, 3))


def _edge(box: Box, towards: Point, gap: float) -> Point:
    """Return where the line from the middle of a box to a point leaves the box."""
    x, y = box.middle
    dx, dy = towards[0] - x, towards[1] - y
    across = (box.width / 2 + gap) / abs(dx) if dx else math.inf
    down = (box.height / 2 + gap) / abs(dy) if dy else math.inf
    share = min(across, down)
    return x + dx * share, y + dy * share


def _loop(box: Box) -> Curve:
    """Return the curve of a re-entry: out of the right side and back."""
    x, y = box.right, box.middle[1]
    return Curve((x, y - 9), (x + 46, y - 30), (x + 46, y + 30), (x + 3, y + 10))


def _apart(one: Point, other: Point) -> float:
    return math.hypot(one[0] - other[0], one[1] - other[1])


def label_place(curve: Curve, text: str, taken: list[Box], *, again: bool) -> Box:
    """Return the first place along a curve where its number meets no box and no other number."""
    width, height = width_of(text) + 4, SMALL + 4
    best: tuple[int, Box] | None = None
    for share in (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82):
        x, y = curve.at(share)
        x += width / 2 + 4 if again else 0
        box = Box(x - width / 2, y - height / 2, width, height)
        met = sum(box.meets(other) for other in taken)
        if best is None or met < best[0]:
            best = (met, box)
        if not met:
            break
    assert best is not None
    return best[1]
