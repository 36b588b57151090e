"""A thread as a compact picture: from what was said to what is done, each box with how it stands.

Measures stand in the boxes that they measure. What was chosen has a thick edge.
"""

from collections.abc import Mapping, Sequence

from pdqi.charts.cards import (
    BROKEN,
    PAD,
    Line,
    Run,
    curve,
    flowed,
    height_of,
    measured,
    tones,
    written,
)
from pdqi.charts.drawing import Shape, Words, canvas, shapes, texts
from pdqi.charts.driver_layout import drivers_of
from pdqi.charts.geometry import Box, rectangle
from pdqi.charts.theme import LIGHT, NORMAL, Palette, Spec
from pdqi.content import Library
from pdqi.content.models import Strength
from pdqi.findings.thread import Knot, Thread, heading
from pdqi.labels import capitalised

WIDTH, BOX, BETWEEN = 1096, 188, 39
TOP, GAP = 40, 9
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "Raised": ("voice", "issue"),
    "Gaps": ("gap",),
    "Drivers and aim": ("secondary", "primary", "aim"),
    "Change ideas": ("idea",),
    "Workstreams": ("workstream",),
}


def picture(found: Thread, library: Library, colours: Palette = LIGHT) -> Spec:
    """Return the picture as a Vega-Lite specification of fixed width, 1,112 pixels."""
    columns = [
        [knot for kind in kinds for knot in found.knots if knot.ref.startswith(f"{kind}:")]
        for kinds in COLUMNS.values()
    ]
    if all(found.of.ref != knot.ref for column in columns for knot in column):
        columns[0].insert(0, found.of)
    places: dict[str, Box] = {}
    drawn: list[Shape] = []
    words: list[Words] = []
    strikes: list[Shape] = []
    for place, (name, knots) in enumerate(zip(COLUMNS, columns, strict=True)):
        left = place * (BOX + BETWEEN)
        words.append(Words(left, 14, (name,), colours.muted, NORMAL, bold=True, align="left"))
        y: float = TOP
        for knot in knots:
            lines = lines_of(knot)
            box = Box(left, y, BOX, height_of(lines))
            places[knot.ref] = box
            drawn.append(_box(knot, box, colours, chosen=knot.ref == found.of.ref))
            filled = knot.ref.startswith("aim:")
            text, struck = written(lines, box, tones(colours, filled=filled))
            words += text
            strikes += struck
            y = box.bottom + GAP
    bottom = max((box.bottom for box in places.values()), default=TOP)
    layers = [
        *shapes("links", _links(library, places, colours)),
        *shapes("boxes", drawn, heard=True, picked=True),
        *shapes("strikes", strikes),
        *texts(words, colours),
    ]
    return canvas(WIDTH, bottom + 4, layers, f"{heading(found)}. {found.summary}", colours)


def lines_of(knot: Knot) -> list[Sequence[Line]]:
    """Return the lines of a box: its name, then its measures, or else how it stands."""
    room = BOX - 2 * PAD
    above = "" if knot.ref.partition(":")[0] in ("gap", "idea", "voice") else capitalised(knot.kind)
    title = Run(knot.name, "struck" if knot.dropped else "title", bold=knot.ref.startswith("aim:"))
    parts = [flowed([Run(above, "quiet")], room), flowed([title], room)]
    if knot.measures and not knot.dropped:
        parts += [flowed(measured(live, kind), room) for kind, live in knot.measures]
    else:
        parts.append(flowed([Run(knot.status, "quiet")], room))
    return [part for part in parts if part]


def _box(knot: Knot, box: Box, colours: Palette, *, chosen: bool) -> Shape:
    kind = knot.ref.partition(":")[0]
    fill = {"aim": colours.blue, "primary": colours.blue_soft}.get(kind, colours.ground)
    stroke = colours.blue if chosen or kind in ("aim", "primary") else colours.line
    dash = BROKEN if knot.dropped else (1.0, 0.0)
    tip = f"{capitalised(knot.kind)} {knot.said}."
    return Shape(knot.ref, rectangle(box, 4), fill, stroke, 3.5 if chosen else 1.25, dash, tip)


def _links(library: Library, places: Mapping[str, Box], colours: Palette) -> list[Shape]:
    """Return the links from column to column; an idea is linked with the drivers that it moves."""
    linked: dict[tuple[str, str], Strength] = {}
    for link in library.links_among(places):
        if link.relation in ("points_to", "pinned_to"):
            linked[link.start, link.end] = link.strength
        elif link.relation in ("turns_round", "taken_up"):
            linked[link.end, link.start] = link.strength
    for ref in places:
        kind, _, name = ref.partition(":")
        if kind == "idea":
            for driver, strength in drivers_of(library.driver_diagram, name).items():
                if f"secondary:{driver}" in places:
                    linked[f"secondary:{driver}", ref] = strength
    found = []
    for (left, right), strength in linked.items():
        a, b = places[left], places[right]
        if a.x >= b.x:
            continue
        path = curve((a.right, a.middle[1]), (b.x, b.middle[1]))
        strong = strength == "strong"
        colour, dash = (colours.blue, (1.0, 0.0)) if strong else (colours.muted, BROKEN)
        found.append(Shape("", path, "transparent", colour, 1.5, dash))
    return found
