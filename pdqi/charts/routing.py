"""Arrows that keep clear of boxes: straight runs with few bends, found by a search over a grid.

The same boxes and arrows always give the same routes. An arrow prefers to leave and to enter at
the middle of a side, does not run on top of another arrow, and crosses as few as it can.
"""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pdqi.charts.geometry import (
    Box,
)

STEP, MARGIN = 8, 2
BEND, CROSS, OVERLAP, BACKWARDS, CLOSE, NEAR, SOFT = 7.0, 4.0, 60.0, 5.0, 0.6, 1.0, 9.0
"""What each thing that a reader would rather not see costs, in steps of the grid."""

Cell = tuple[int, int]
Point = tuple[float, float]
_TURNS: tuple[Cell, ...] = ((1, 0), (0, 1), (-1, 0), (0, -1))


@dataclass(frozen=True)
class _Port:
    """A place on the side of a box: the point itself, the grid cell before it, the way out."""

    point: Point
    cell: Cell
    out: Cell
    cost: float


class Router:
    """Finds one route after another and remembers where the earlier ones run."""

    def __init__(self, width: float, height: float, boxes: Mapping[str, Box], soft: Sequence[Box]):
        """`soft` are places, such as words, that are crossed only where there is no other way."""
        self._size = (int(width // STEP), int(height // STEP))
        self._boxes = boxes
        self._taken: dict[tuple[Cell, bool], int] = {}
        self._ports: set[Cell] = set()
        self._blocked = {cell for box in boxes.values() for cell in self._inside(box.grown(MARGIN))}
        self._near = {cell for box in boxes.values() for cell in self._inside(box.grown(10))}
        self._soft = {cell for box in soft for cell in self._inside(box)}

    def route(self, start: str, end: str) -> list[Point]:
        """Return the corners of the route from one box to another, both ends on their sides."""
        starts = self._sides(self._boxes[start])
        ends = {port.cell: port for port in self._sides(self._boxes[end])}
        goal = self._boxes[end].middle
        # A state is a cell and the way in which it was entered; ties are broken by order of entry.
        best: dict[tuple[Cell, Cell], float] = {}
        came: dict[tuple[Cell, Cell], tuple[Cell, Cell] | _Port] = {}
        queue: list[tuple[float, int, Cell, Cell]] = []
        order = 0

        def offer(cell: Cell, way: Cell, cost: float, source: tuple[Cell, Cell] | _Port) -> None:
            nonlocal order
            if cost < best.get((cell, way), float("inf")):
                best[cell, way] = cost
                came[cell, way] = source
                order += 1
                rest = (abs(cell[0] * STEP - goal[0]) + abs(cell[1] * STEP - goal[1])) / STEP
                heapq.heappush(queue, (cost + max(0.0, rest - 12), order, cell, way))

        for port in starts:
            backwards = BACKWARDS if port.out == (-1, 0) else 0.0
            offer(port.cell, port.out, port.cost + backwards, port)
        done: tuple[float, tuple[Cell, Cell], _Port] | None = None
        while queue:
            estimate, _, cell, way = heapq.heappop(queue)
            if done is not None and estimate >= done[0]:
                break
            cost = best[cell, way]
            if cell in ends:
                last = ends[cell]
                total = cost + last.cost + (BACKWARDS if last.out == (1, 0) else 0.0)
                if way != (-last.out[0], -last.out[1]):
                    total += BEND
                if way != last.out and (done is None or total < done[0]):
                    done = (total, (cell, way), last)
            for turn in _TURNS:
                if turn == (-way[0], -way[1]):
                    continue
                ahead = (cell[0] + turn[0], cell[1] + turn[1])
                if self._free(ahead):
                    more = self._cost(ahead, turn) + (BEND if turn != way else 0.0)
                    offer(ahead, turn, cost + more, (cell, way))
        if done is None:  # walled in, which the grid of the map does not allow
            return [self._boxes[start].middle, self._boxes[end].middle]
        return self._walked(done[1], done[2], came)

    def _walked(
        self,
        state: tuple[Cell, Cell],
        last: _Port,
        came: Mapping[tuple[Cell, Cell], tuple[Cell, Cell] | _Port],
    ) -> list[Point]:
        cells = [state[0]]
        here: tuple[Cell, Cell] | _Port = state
        while not isinstance(here, _Port):
            source = came[here]
            if not isinstance(source, _Port):
                cells.append(source[0])
            here = source
        first, cells = here, cells[::-1]
        self._ports |= {first.cell, last.cell}
        for one, other in pairwise(cells):
            flat = one[1] == other[1]
            for cell in (one, other):
                self._taken[cell, flat] = self._taken.get((cell, flat), 0) + 1
        for port in (first, last):
            key = (port.cell, port.out[1] == 0)
            self._taken[key] = self._taken.get(key, 0) + 1
        points = [first.point, *((x * STEP, y * STEP) for x, y in cells), last.point]
        return _corners(points)

    def _sides(self, box: Box) -> list[_Port]:
        """Every place at which an arrow may leave or enter a box."""
        ports = []
        x, y = box.middle
        left, top = (-int(-(at - MARGIN) // STEP) - 1 for at in (box.x, box.y))
        right, bottom = (int((at + MARGIN) // STEP) + 1 for at in (box.right, box.bottom))
        for row in range(top, bottom + 1):
            if box.y + 9 <= row * STEP <= box.bottom - 9:
                off = abs(row * STEP - y) / STEP
                ports.append(_Port((box.x, row * STEP), (left, row), (-1, 0), off))
                ports.append(_Port((box.right, row * STEP), (right, row), (1, 0), off))
        for column in range(left, right + 1):
            if box.x + 14 <= column * STEP <= box.right - 14:
                off = abs(column * STEP - x) / STEP * 0.6
                ports.append(_Port((column * STEP, box.y), (column, top), (0, -1), off))
                ports.append(_Port((column * STEP, box.bottom), (column, bottom), (0, 1), off))
        return [port for port in ports if self._free(port.cell) and port.cell not in self._ports]

    def _free(self, cell: Cell) -> bool:
        width, height = self._size
        return 0 < cell[0] < width and 0 < cell[1] < height and cell not in self._blocked

    def _cost(self, cell: Cell, turn: Cell) -> float:
        flat = turn[1] == 0
        cost = 1.0 + OVERLAP * self._taken.get((cell, flat), 0)
        cost += CROSS * self._taken.get((cell, not flat), 0)
        cost += SOFT * (cell in self._soft) + NEAR * (cell in self._near)
        for side in (
            ((cell[0], cell[1] + 1), (cell[0], cell[1] - 1))
            if flat
            else (
                (cell[0] + 1, cell[1]),
                (cell[0] - 1, cell[1]),
            )
        ):
            cost += CLOSE * self._taken.get((side, flat), 0)
        return cost

    def _inside(self, box: Box) -> list[Cell]:
        return [
            (x, y)
            for x in range(int(box.x // STEP), int(box.right // STEP) + 2)
            for y in range(int(box.y // STEP), int(box.bottom // STEP) + 2)
            if box.x <= x * STEP <= box.right and box.y <= y * STEP <= box.bottom
        ]


def _corners(points: Sequence[Point]) -> list[Point]:
    """Return the points without those that lie on a straight run."""
    kept = [points[0]]
    for before, point, after in zip(points, points[1:], points[2:], strict=False):
        straight = before[0] == point[0] == after[0] or before[1] == point[1] == after[1]
        if not straight:
            kept.append(point)
    kept.append(points[-1])
    return kept
