"""How every process map is drawn: boxes by what they are, arrows by how they stand, and a legend.

The designed map, the recorded one, both laid over each other and an event log are the same kind of
picture: steps and arrows with their words ready, drawn here and nowhere else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal

from pdqi.charts.drawing import Shape, Words, canvas, shapes, texts
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
from pdqi.charts.pathway_layout import CORNER, FREE, Direction, Laid, Line, Place, Point, lay_out
from pdqi.charts.theme import LIGHT, SMALL, Palette, Spec
from pdqi.content.models import NodeKind
from pdqi.findings.pathway import Status

Style = Literal["plain", "to_confirm"] | Status
THINNEST, WIDEST = 1.5, 8.0

KIND_WORDS: dict[NodeKind, str] = {
    "entry": "way in",
    "step": "step",
    "decision": "decision",
    "waiting_list": "waiting list",
    "team_work": "work of several teams",
    "support": "support",
    "exit": "way out",
}
_ROOM: dict[NodeKind, float] = {"decision": 12, "waiting_list": 12, "team_work": 16}
"""Pixels of a box that its shape takes from the words."""


@dataclass(frozen=True)
class Step:
    """A box. `id` is what a click gives, `tip` what hovering and readers get."""

    id: str
    name: str
    tip: str
    kind: NodeKind = "step"
    style: Style = "plain"
    number: str = ""
    """A second line, with its unit: `125 people`."""
    place: Place = FREE
    pins: tuple[tuple[str, str], ...] = ()
    """The ids of the issues pinned to it, each with its words."""


@dataclass(frozen=True)
class Arrow:
    """An arrow between two boxes, by their ids; `weight` is its width as a share of the widest."""

    id: str
    start: str
    end: str
    tip: str
    label: str = ""
    weight: float | None = None
    style: Style = "plain"


@dataclass(frozen=True)
class Picture:
    """A process map with its words ready. `lanes` has the name of each lane by its id."""

    summary: str
    steps: tuple[Step, ...]
    arrows: tuple[Arrow, ...]
    lanes: Mapping[str, str] = field(default_factory=dict)
    key: Mapping[Style, str] = field(default_factory=dict)
    """What the legend says of each style that is drawn."""
    widths: tuple[tuple[str, float], ...] = ()
    """What the legend says of widths: words, and a weight."""
    notes: tuple[str, ...] = ()
    """Sentences below the legend."""
    issues: tuple[tuple[str, str], ...] = ()
    direction: Direction = "leftright"
    """That of the layers, where there are no lanes."""


@dataclass(frozen=True)
class _Look:
    """How a style is drawn: the colour of its line, its dashes, and whether its head is filled."""

    colour: str
    dash: tuple[float, ...] = (1.0, 0.0)
    filled: bool = True
    weighted: bool = True
    weight: float = THINNEST
    shade: str | None = None


def _looks(colours: Palette) -> dict[Style, _Look]:
    return {
        "plain": _Look(colours.blue, weight=2.0),
        "to_confirm": _Look(colours.muted, (5.0, 3.0), weighted=False),
        "designed_and_recorded": _Look(colours.blue, shade=colours.blue_soft),
        "designed_not_recorded": _Look(colours.muted, filled=False, weighted=False),
        "designed_not_recordable": _Look(colours.muted, (1.5, 3.0), weighted=False),
        "recorded_not_designed": _Look(colours.ink, (9.0, 4.0)),
        "suppressed": _Look(
            colours.line, (4.0, 3.0, 1.5, 3.0), filled=False, weighted=False, weight=1.0
        ),
    }


def draw(picture: Picture, colours: Palette = LIGHT, chosen: str = "") -> Spec:
    """Return a map as a Vega-Lite specification of fixed size, at least 1,112 pixels wide.

    `chosen` is the id of a step or arrow that is drawn with a ring, or thicker.
    """
    looks = _looks(colours)
    ids = {step.id for step in picture.steps}
    arrows = [arrow for arrow in picture.arrows if {arrow.start, arrow.end} <= ids]
    lines = [
        Line(arrow.start, arrow.end, _weight(arrow, looks[arrow.style]), arrow.label)
        for arrow in arrows
    ]
    laid = lay_out(
        {step.id: step.place for step in picture.steps},
        tuple(picture.lanes),
        lines,
        picture.direction,
    )
    drawn_lines, heads, grounds, words = [], [], [], []
    places = list(zip(arrows, lines, laid.routes, laid.labels, strict=True))
    # Wide arrows first, so that thin ones lie on top and stay visible.
    for (
        arrow,
        line,
        route,
        label,
    ) in sorted(places, key=lambda each: -each[1].thickness):
        look, weight = looks[arrow.style], line.thickness
        if arrow.id and arrow.id == chosen:
            weight += 2.5
        shaft, top = _arrow(route, weight)
        left_out = " Its label has no room on the picture." if arrow.label and not label else ""
        drawn_lines.append(
            Shape(
                arrow.id, shaft, "transparent", look.colour, weight, look.dash, arrow.tip + left_out
            )
        )
        fill = look.colour if look.filled else colours.ground
        heads.append(Shape(arrow.id, top, fill, look.colour, 1.25))
        if label:
            bold = arrow.style == "recorded_not_designed"
            colour = colours.ink if look.filled else colours.muted
            words.append(Words(*label.middle, (arrow.label,), colour, bold=bold))
            grounds.append(Shape("", rectangle(label, 3), colours.ground))
    boxes = [
        shape
        for step in picture.steps
        for shape in _box(step, laid.boxes[step.id], looks[step.style], colours, step.id == chosen)
    ]
    names = [w for step in picture.steps for w in _names(step, laid.boxes[step.id], colours)]
    pins, pin_words = _pins(picture, laid, colours)
    lanes, lane_words = _lanes(picture, laid, colours)
    legend, legend_words, height = _legend(picture, laid, looks, colours)
    layers = [
        *shapes("lanes", lanes),
        *shapes("arrows", drawn_lines, heard=True),
        *shapes("heads", heads),
        *shapes("labels", grounds),
        *shapes("boxes", boxes, heard=True, picked=True),
        *shapes("pins", pins, heard=True),
        *shapes("legend", legend),
        *texts([*lane_words, *words, *names, *pin_words, *legend_words], colours),
    ]
    return canvas(laid.width, height, layers, picture.summary, colours)


def _weight(arrow: Arrow, look: _Look) -> float:
    if not look.weighted or arrow.weight is None:
        return look.weight
    return round(THINNEST + (WIDEST - THINNEST) * arrow.weight, 2)


def _arrow(route: tuple[Point, ...], weight: float) -> tuple[str, str]:
    """Return the paths of the shaft, which ends inside of the head, and of the head."""
    (bx, by), (x, y) = route[-2], route[-1]
    apart = ((x - bx) ** 2 + (y - by) ** 2) ** 0.5 or 1.0
    along = ((x - bx) / apart, (y - by) / apart)
    length = min(7 + weight * 0.9, max(apart, 7))
    end = (x - along[0] * length * 0.8, y - along[1] * length * 0.8)
    tight = min(
        CORNER, min((abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in pairwise(route)), default=0)
    )
    shaft = rounded_path([*route[:-1], end], max(tight, 5.0))
    return shaft, head((x, y), along, length, 6 + weight * 1.3)


def _box(step: Step, box: Box, look: _Look, colours: Palette, chosen: bool) -> list[Shape]:
    """Return the shape of a step, and the marks that tell its kind apart from others."""
    fill = look.shade or colours.ground
    edge = colours.ink if step.style == "plain" else look.colour
    weight = 1.25 if step.style in ("plain", "to_confirm") else 1.75
    plain = Shape(step.id, "", fill, edge, weight, look.dash, step.tip)
    inner = replace(plain, tip="", dash=(1, 0))
    x, y = box.x, box.y
    ring = [replace(inner, d=rectangle(box.grown(5), 8), fill="transparent", stroke=colours.ink,
                    weight=3.0)] if chosen else []  # fmt: skip
    if step.kind == "entry":
        return [*ring, replace(plain, d=rectangle(box, 28))]
    if step.kind == "exit":
        return [*ring, replace(plain, d=rectangle(box, 28), weight=3.0)]
    if step.kind == "decision":
        return [*ring, replace(plain, d=pointed(box, 11))]
    if step.kind == "support":
        return [*ring, replace(plain, d=rectangle(box, 12), fill=colours.soft)]
    if step.kind == "team_work":
        bars = [polygon([(at, y), (at, box.bottom)], closed=False) for at in (x + 6, box.right - 6)]
        return [*ring, replace(plain, d=rectangle(box)), *(replace(inner, d=bar) for bar in bars)]
    if step.kind == "waiting_list":
        front = Box(x, y, box.width - 4, box.height)
        back = Box(x + 4, y + 4, box.width - 4, box.height)
        queue = [circle(box.right - 32 + 8 * n, box.bottom - 8, 2.5) for n in range(3)]
        return [
            *ring,
            replace(inner, d=rectangle(back, 3), dash=look.dash),
            replace(plain, d=rectangle(front, 3)),
            *(replace(inner, d=dot, fill=edge, stroke="transparent") for dot in queue),
        ]
    return [*ring, replace(plain, d=rectangle(box, 4))]


def _names(step: Step, box: Box, colours: Palette) -> list[Words]:
    """Return the name in lines, and the number below it, in what the shape leaves free."""
    most = 4 if not step.number else 3
    lines = wrap(step.name, box.width - 10 - _ROOM.get(step.kind, 0))
    if len(lines) > most:
        cut = lines[most - 1]
        while width_of(f"{cut}…") > box.width - 10 - _ROOM.get(step.kind, 0):
            cut = cut[:-1]
        lines = (*lines[: most - 1], f"{cut}…")
    x, y = box.middle
    if step.kind == "waiting_list":
        x, y = x - 2, y - 5
    if not step.number:
        return [Words(x, y, lines, colours.ink)]
    # Name and number together are centred: the number takes one line more.
    down = SMALL * 0.61 * len(lines) + 1
    name = Words(x, y - 8, lines, colours.ink)
    return [name, Words(x, y + down, (step.number,), colours.muted, bold=True)]


def _pins(picture: Picture, laid: Laid, colours: Palette) -> tuple[list[Shape], list[Words]]:
    """Return the numbered pins: at the upper right corner of the steps that an issue is about."""
    pins, words = [], []
    for step in picture.steps:
        box = laid.boxes[step.id]
        for place, (issue, tip) in enumerate(step.pins):
            x, y = box.right - 4 - 26 * place, box.y - 2
            dot = circle(x, y, 12)
            pins.append(Shape(f"issue:{issue}", dot, colours.ink, colours.ground, 2, tip=tip))
            words.append(Words(x, y + 0.5, (issue,), colours.on_ink, 11, bold=True))
    return pins, words


def _lanes(picture: Picture, laid: Laid, colours: Palette) -> tuple[list[Shape], list[Words]]:
    bands = [
        Shape(
            lane,
            rectangle(replace(box, width=laid.width)),
            colours.band if i % 2 == 0 else colours.ground,
        )
        for i, (lane, box) in enumerate(laid.lanes.items())
    ]
    names = [
        Words(
            10,
            box.y + 13,
            (picture.lanes[lane],),
            colours.muted,
            bold=True,
            align="left",
            halo=True,
        )
        for lane, box in laid.lanes.items()
    ]
    return bands, names


def _legend(
    picture: Picture, laid: Laid, looks: Mapping[Style, _Look], colours: Palette
) -> tuple[list[Shape], list[Words], float]:
    """Return the key of shapes, lines and widths, then notes and issues; and where it ends."""
    drawn: list[Shape] = []
    words: list[Words] = []
    x, y = 4.0, laid.height + 26

    def room(text: str, lead: float) -> None:
        nonlocal x, y
        if x > 4 and x + lead + width_of(text) > laid.width - 4:
            x, y = 4.0, y + 30

    def told(text: str, lead: float) -> None:
        nonlocal x
        words.append(Words(x + lead, y, (text,), colours.ink, align="left"))
        x += lead + width_of(text) + 22

    kinds = {step.kind for step in picture.steps}
    for kind, name in KIND_WORDS.items():
        if kind in kinds and kinds != {"step"}:
            room(name, 50)
            sample = Step("", name, "", kind)
            drawn += _box(sample, Box(x, y - 11, 42, 22), looks["plain"], colours, False)
            told(name, 50)
    if x > 4:
        x, y = 4.0, y + 34
    used = {arrow.style for arrow in picture.arrows} | {step.style for step in picture.steps}
    for style, name in picture.key.items():
        if style in used:
            room(name, 52)
            look = looks[style]
            line = polygon([(x, y), (x + 36, y)], closed=False)
            drawn.append(Shape("", line, "transparent", look.colour, 2.0, look.dash))
            fill = look.colour if look.filled else colours.ground
            drawn.append(Shape("", head((x + 44, y), (1, 0), 10, 9), fill, look.colour, 1.25))
            told(name, 52)
    for name, share in picture.widths:
        room(name, 52)
        weight = THINNEST + (WIDEST - THINNEST) * share
        shaft, top = _arrow(((x, y), (x + 44, y)), weight)
        drawn.append(Shape("", shaft, "transparent", colours.blue, weight))
        drawn.append(Shape("", top, colours.blue))
        told(name, 52)
    for note in picture.notes:
        x, y = 4.0, y + 28
        words.append(Words(x, y, (note,), colours.muted, align="left"))
    for issue, text in picture.issues:
        y += 28
        drawn.append(Shape("", circle(16, y, 12), colours.ink))
        words.append(Words(16, y + 0.5, (issue,), colours.on_ink, 11, bold=True))
        words.append(Words(36, y, (text,), colours.ink, align="left"))
    return drawn, words, y + 20
