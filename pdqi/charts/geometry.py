"""Boxes, the width of words and SVG paths, all in pixels from the top left."""

from collections.abc import Sequence
from dataclasses import dataclass

from pdqi.charts.theme import SMALL

_NARROW, _WIDE = frozenset("iljft.,:;|!'’()[] I"), frozenset("mwMW%@▲▼●")


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels from the top left."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.y + self.height

    @property
    def middle(self) -> tuple[float, float]:
        """The centre."""
        return self.x + self.width / 2, self.y + self.height / 2

    def grown(self, by: float) -> "Box":
        """Return the box with a margin."""
        return Box(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)

    def meets(self, other: "Box") -> bool:
        """Say whether two boxes overlap."""
        return (
            self.x < other.right
            and other.x < self.right
            and self.y < other.bottom
            and other.y < self.bottom
        )


def width_of(text: str, size: float = SMALL, bold: bool = False) -> float:
    """Return about how wide a text is in pixels, on the generous side for any system font."""
    units = sum(
        0.31 if sign in _NARROW else 0.87 if sign in _WIDE else 0.7 if sign.isupper() else 0.56
        for sign in text
    )
    return units * size * (1.2 if bold else 1.05)


def wrap(text: str, width: float, size: float = SMALL, bold: bool = False) -> tuple[str, ...]:
    """Return the text in lines that fit the width; a single word that does not fit is broken."""
    lines: list[str] = []
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(joined, size, bold) <= width:
            lines[-1] = joined
            continue
        while width_of(word, size, bold) > width and len(word) > 4:
            cut = next(
                n
                for n in range(len(word) - 1, 1, -1)
                if width_of(word[:n], size, bold) <= width or n == 2
            )
            lines.append(f"{word[: cut - 1]}-")
            word = word[cut - 1 :]
        lines.append(word)
    return tuple(lines)


def polygon(points: Sequence[tuple[float, float]], *, closed: bool = True) -> str:
    """Return the path through points."""
    steps = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
    return f"M{steps}{'Z' if closed else ''}"


def rectangle(box: Box, radius: float = 0) -> str:
    """Return the path of a rectangle with rounded corners."""
    r = min(radius, box.width / 2, box.height / 2)
    if r <= 0:
        return polygon(
            [(box.x, box.y), (box.right, box.y), (box.right, box.bottom), (box.x, box.bottom)]
        )
    arc = f"A{_n(r)},{_n(r)} 0 0 1 "
    return (
        f"M{_n(box.x + r)},{_n(box.y)}L{_n(box.right - r)},{_n(box.y)}"
        f"{arc}{_n(box.right)},{_n(box.y + r)}L{_n(box.right)},{_n(box.bottom - r)}"
        f"{arc}{_n(box.right - r)},{_n(box.bottom)}L{_n(box.x + r)},{_n(box.bottom)}"
        f"{arc}{_n(box.x)},{_n(box.bottom - r)}L{_n(box.x)},{_n(box.y + r)}"
        f"{arc}{_n(box.x + r)},{_n(box.y)}Z"
    )


def pointed(box: Box, by: float) -> str:
    """Return the path of a box whose left and right sides end in a point."""
    middle = box.middle[1]
    return polygon(
        [
            (box.x, middle),
            (box.x + by, box.y),
            (box.right - by, box.y),
            (box.right, middle),
            (box.right - by, box.bottom),
            (box.x + by, box.bottom),
        ]
    )


def circle(x: float, y: float, radius: float) -> str:
    """Return the path of a circle."""
    r = _n(radius)
    return (
        f"M{_n(x - radius)},{_n(y)}A{r},{r} 0 1 1 {_n(x + radius)},{_n(y)}"
        f"A{r},{r} 0 1 1 {_n(x - radius)},{_n(y)}Z"
    )


def head(tip: tuple[float, float], along: tuple[float, float], length: float, width: float) -> str:
    """Return an arrow head with its tip at a point, pointing along a unit vector."""
    (x, y), (dx, dy) = tip, along
    back = (x - dx * length, y - dy * length)
    half = width / 2
    return polygon(
        [
            tip,
            (back[0] - dy * half, back[1] + dx * half),
            (back[0] + dy * half, back[1] - dx * half),
        ]
    )


def rounded_path(points: Sequence[tuple[float, float]], radius: float = 7) -> str:
    """Return a path of straight runs whose corners are rounded."""
    path = f"M{_n(points[0][0])},{_n(points[0][1])}"
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        r = min(radius, _apart(before, corner) / 2, _apart(corner, after) / 2)
        (ax, ay), (bx, by) = _towards(corner, before, r), _towards(corner, after, r)
        path += f"L{_n(ax)},{_n(ay)}Q{_n(corner[0])},{_n(corner[1])} {_n(bx)},{_n(by)}"
    return f"{path}L{_n(points[-1][0])},{_n(points[-1][1])}"


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _apart(one: tuple[float, float], other: tuple[float, float]) -> float:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


def _towards(
    start: tuple[float, float], end: tuple[float, float], by: float
) -> tuple[float, float]:
    length = _apart(start, end) or 1
    return start[0] + (end[0] - start[0]) * by / length, start[1] + (
        end[1] - start[1]
    ) * by / length
