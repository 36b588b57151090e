"""The driver diagram, from left to right: aim, primary drivers, secondary drivers, change ideas.

A solid line is a strong link and a broken one a weak link. An idea that was given up stays, struck
through, with its reason. Boxes carry a measure where the caller gives one.
"""

from collections.abc import Mapping, Set
from dataclasses import replace

from pdqi.charts.cards import BROKEN, curve, tones, written
from pdqi.charts.drawing import Shape, Words, canvas, shapes, texts
from pdqi.charts.driver_layout import (
    HEADINGS,
    LEFTS,
    WIDTH,
    Card,
    cards_of,
    drivers_of,
    places_of,
)
from pdqi.charts.geometry import Box, polygon, rectangle, width_of
from pdqi.charts.theme import LIGHT, NORMAL, Palette, Spec
from pdqi.content import Library
from pdqi.content.models import DriverDiagram, Strength
from pdqi.findings.live import Live
from pdqi.findings.thread import dropped_words
from pdqi.labels import Labels


def diagram(
    library: Library,
    labels: Labels,
    measures: Mapping[str, Live] | None = None,
    lit: Set[str] = frozenset(),
    colours: Palette = LIGHT,
    chosen: str = "",
) -> Spec:
    """Return the diagram as a Vega-Lite specification of fixed size, 1,112 pixels wide.

    `measures` gives how a KPI stands, already fit for the reader. `lit` are the references to keep
    bright, as from `Library.thread`; the rest is dimmed. Empty dims nothing. The `chosen` box has a
    thick edge.
    """
    cards = list(cards_of(library, labels, measures or {}))
    boxes, height = places_of(cards, library.driver_diagram)
    drawn: list[Shape] = []
    words: list[Words] = []
    strikes: list[Shape] = []
    for card in cards:
        bright = not lit or card.ref in lit
        drawn.append(_box(card, boxes[card.ref], colours, bright, card.ref == chosen))
        ink = tones(colours, bright=bright, filled=card.column == 0)
        text, struck = written(card.parts, boxes[card.ref], ink)
        words += text
        strikes += struck
    lines = _lines(library.driver_diagram, boxes, lit, colours)
    for column, heading in enumerate(HEADINGS):
        words.append(
            Words(LEFTS[column], 14, (heading,), colours.muted, NORMAL, bold=True, align="left")
        )
    key, key_words, bottom = _legend(library.driver_diagram, labels, height, colours)
    layers = [
        *shapes("links", lines),
        *shapes("boxes", drawn, heard=True, picked=True),
        *shapes("strikes", strikes),
        *shapes("legend", key),
        *texts([*words, *key_words], colours),
    ]
    return canvas(WIDTH, bottom, layers, diagram_summary(library, labels), colours)


def diagram_summary(library: Library, labels: Labels) -> str:
    """Return what the diagram shows, in sentences."""
    content = library.driver_diagram
    dropped = [idea for idea in content.ideas if idea.dropped]
    text = (
        f"Driver diagram, version {content.version}. Aim: {labels.fill(content.aim.text)}. "
        f"{labels.fill(content.aim.target.words)} {len(content.primary)} primary drivers, "
        f"{len(content.secondary)} secondary drivers and {len(content.ideas)} change ideas"
    )
    text += f", {len(dropped)} of them dropped." if dropped else "."
    return f"{text} {labels.fill(content.agreed.said)}"


def diagram_table(
    library: Library, labels: Labels, measures: Mapping[str, Live] | None = None
) -> list[dict[str, str]]:
    """Return the links as rows, from a change idea to its primary driver; ideas in order."""
    content = library.driver_diagram
    primary = {item.id: labels.fill(item.name) for item in content.primary}
    drivers = {item.id: item for item in content.secondary}
    gaps = {item.id: labels.fill(item.text) for item in content.gaps}
    known = measures or {}
    rows = []
    for idea in content.ideas:
        said = [
            f"{known[item.kpi].name} ({item.type}): {known[item.kpi].said}"
            for item in idea.measured_by
            if item.kpi in known
        ]
        status = dropped_words(idea.dropped, labels) if idea.dropped else ""
        for driver_id, strength in sorted(drivers_of(content, idea.id).items()):
            driver = drivers[driver_id]
            rows += [
                {
                    "Primary driver": primary[link.to],
                    "Secondary driver": labels.fill(driver.name),
                    "Gaps": "; ".join(gaps[gap.to] for gap in driver.gaps),
                    "Change idea": f"{idea.id}: {labels.fill(idea.text)}",
                    "Link": "weak" if "weak" in (strength, link.strength) else "strong",
                    "Measures": "; ".join(said),
                    "Status": status,
                }
                for link in driver.of
            ]
    return rows


def _box(card: Card, box: Box, colours: Palette, bright: bool, chosen: bool) -> Shape:
    """Return a box; the aim is dark, primary drivers are pale blue, what was dropped is broken."""
    fill = (colours.blue, colours.blue_soft, colours.ground, colours.ground)[card.column]
    stroke = colours.line if card.dropped else colours.blue if card.column < 2 else colours.ink
    if not bright:
        fill, stroke = colours.ground, colours.faint
    dash = BROKEN if card.dropped else (1.0, 0.0)
    weight = 3.5 if chosen else 1.25
    return Shape(card.ref, rectangle(box, 4), fill, stroke, weight, dash, card.tip)


def _lines(
    content: DriverDiagram, boxes: Mapping[str, Box], lit: Set[str], colours: Palette
) -> list[Shape]:
    """Return the links as curves; ends are spread over a side in the order of the other ends."""
    links: list[tuple[str, str, Strength]] = [
        (f"aim:{content.aim.id}", f"primary:{primary.id}", "strong") for primary in content.primary
    ]
    for driver in content.secondary:
        links += [(f"primary:{x.to}", f"secondary:{driver.id}", x.strength) for x in driver.of]
    for idea in content.ideas:
        drivers = drivers_of(content, idea.id)
        links += [(f"secondary:{to}", f"idea:{idea.id}", how) for to, how in drivers.items()]
    leaving: dict[str, list[str]] = {}
    entering: dict[str, list[str]] = {}
    for left, right, _ in links:
        leaving.setdefault(left, []).append(right)
        entering.setdefault(right, []).append(left)

    def height_at(box: Box, other: str, others: list[str]) -> float:
        ranked = sorted(others, key=lambda ref: boxes[ref].middle[1])
        room = min(box.height - 16, 12.0 * (len(ranked) - 1))
        share = ranked.index(other) / (len(ranked) - 1) if len(ranked) > 1 else 0.5
        return box.middle[1] + (share - 0.5) * room

    found = []
    for left, right, strength in links:
        a, b = boxes[left], boxes[right]
        y, z = height_at(a, right, leaving[left]), height_at(b, left, entering[right])
        path = curve((a.right, y), (b.x, z))
        strong = strength == "strong"
        line = Shape("", path, "transparent", colours.blue, 1.75)
        if not strong:
            line = replace(line, stroke=colours.muted, weight=1.25, dash=BROKEN)
        if lit and not {left, right} <= lit:
            line = replace(line, stroke=colours.faint, weight=1.0)
        found.append(line)
    return found


def _legend(
    content: DriverDiagram, labels: Labels, height: float, colours: Palette
) -> tuple[list[Shape], list[Words], float]:
    y = height + 30
    drawn: list[Shape] = []
    words: list[Words] = []
    x = 0.0
    for name, colour, weight, dash in (
        ("strong link", colours.blue, 1.75, (1.0, 0.0)),
        ("weak link", colours.muted, 1.25, BROKEN),
    ):
        line = polygon([(x, y), (x + 40, y)], closed=False)
        drawn.append(Shape("", line, "transparent", colour, weight, dash))
        words.append(Words(x + 48, y, (name,), colours.ink, align="left"))
        x += 48 + width_of(name) + 24
    words.append(Words(x, y, (labels.fill(content.agreed.said),), colours.muted, align="left"))
    return drawn, words, y + 14
