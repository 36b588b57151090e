"""The process map: the designed pathway, and the recorded moves between teams.

The designed map stands on the grid that its file gives, so that people recognise their own map.
A broken line is a step or route that nobody has confirmed.
"""

from dataclasses import replace

from pdqi.charts.drawing import (
    Shape,
    Words,
    canvas,
    shapes,
    texts,
)
from pdqi.charts.flow import STATUS_WORDS, Compared, Flow, FlowArrow, FlowNode, compare
from pdqi.charts.geometry import (
    Box,
    circle,
    head,
    polygon,
    rectangle,
    width_of,
    wrap,
)
from pdqi.charts.process_layout import (
    BROKEN,
    GUTTER,
    KIND_WORDS,
    TOP,
    WIDTH,
    Layout,
    arrow_shapes,
    layout,
    node_shapes,
    node_words,
)
from pdqi.charts.process_recorded import recorded, recorded_summary, recorded_table
from pdqi.charts.theme import LIGHT, Palette, Spec
from pdqi.content import Library
from pdqi.content.models import Node, ProcessMap
from pdqi.labels import Labels

__all__ = [
    "STATUS_WORDS",
    "Compared",
    "Flow",
    "FlowArrow",
    "FlowNode",
    "compare",
    "designed",
    "designed_summary",
    "designed_table",
    "recorded",
    "recorded_summary",
    "recorded_table",
]


def designed(library: Library, labels: Labels, colours: Palette = LIGHT) -> Spec:
    """Return the designed map as a Vega-Lite specification of fixed size, 1,112 pixels wide."""
    content = library.process_map
    places = layout(content)
    lane_words = [
        Words(
            10,
            places.lanes[lane.id].middle[1],
            wrap(labels.fill(lane.name), GUTTER - 12, bold=True),
            colours.muted,
            bold=True,
            align="left",
        )
        for lane in content.lanes
    ]
    soft = [Box(0, TOP, GUTTER - 8, places.height - TOP)]
    lines, heads, labelled = arrow_shapes(content, places, soft, labels, colours)
    nodes = [
        shape
        for node in content.nodes
        for shape in node_shapes(node, places.boxes[node.id], labels, colours)
    ]
    names = [node_words(node, places.boxes[node.id], labels, colours) for node in content.nodes]
    pins, pin_words = _pins(content, places, labels, colours)
    legend, legend_words, height = _legend(content, places.height + 14, labels, colours)
    layers = [
        *shapes("lanes", _lanes(content, places, colours)),
        *shapes("arrows", lines, heard=True),
        *shapes("heads", heads),
        *shapes("boxes", nodes, heard=True, picked=True),
        *shapes("pins", pins, heard=True),
        *shapes("legend", legend),
        *texts([*lane_words, *names, *labelled, *pin_words, *legend_words], colours),
    ]
    return canvas(WIDTH, height, layers, designed_summary(library, labels), colours)


def designed_summary(library: Library, labels: Labels) -> str:
    """Return what the designed map shows, in sentences."""
    content = library.process_map
    waiting = sum(node.kind == "waiting_list" for node in content.nodes)
    open_steps = sum(node.confirm for node in content.nodes)
    open_routes = sum(arrow.confirm for arrow in content.arrows)
    issues = " ".join(f"{issue.id}: {labels.fill(issue.short)}." for issue in content.issues)
    return (
        f"{labels.fill(content.title)}: {len(content.nodes)} steps in {len(content.lanes)} lanes, "
        f"{waiting} of them waiting lists, joined by {len(content.arrows)} routes. "
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


def _lanes(content: ProcessMap, places: Layout, colours: Palette) -> list[Shape]:
    return [
        Shape(
            lane.id,
            rectangle(places.lanes[lane.id]),
            colours.band if i % 2 == 0 else colours.ground,
        )
        for i, lane in enumerate(content.lanes)
    ]


def _pins(
    content: ProcessMap, places: Layout, labels: Labels, colours: Palette
) -> tuple[list[Shape], list[Words]]:
    """Return the numbered pins: at the upper right corner of the steps that an issue is about."""
    pins, words = [], []
    count: dict[str, int] = {}
    for issue in content.issues:
        for node in issue.pinned_to:
            box = places.boxes[node]
            x = box.right - 4 - 26 * count.get(node, 0)
            count[node] = count.get(node, 0) + 1
            tip = f"{issue.id}: {labels.fill(issue.text)}"
            pins.append(
                Shape(
                    f"issue:{issue.id}",
                    circle(x, box.y - 2, 12),
                    colours.ink,
                    colours.ground,
                    2,
                    tip=tip,
                )
            )
            words.append(Words(x, box.y - 1.5, (issue.id,), colours.on_ink, 11, bold=True))
    return pins, words


def _legend(
    content: ProcessMap, top: float, labels: Labels, colours: Palette
) -> tuple[list[Shape], list[Words], float]:
    """Return the key of shapes and lines, the issues in words, and where the picture ends."""
    drawn: list[Shape] = []
    words: list[Words] = []
    x, y = 4.0, top + 12
    for kind, name in KIND_WORDS.items():
        sample = Node.model_construct(
            id="key",
            name=name,
            kind=kind,
            lane="key",
            column=1,
            recordable=True,
            basis="local",
            source=None,
        )
        box = Box(x, y - 11, 42, 22)
        if kind == "waiting_list":
            front = rectangle(Box(x, y - 11, 38, 22), 3)
            drawn.append(
                Shape(
                    "",
                    rectangle(Box(x + 4, y - 7, 38, 22), 3),
                    colours.blue_soft,
                    colours.blue,
                    1.25,
                )
            )
            drawn.append(Shape("", front, colours.blue_soft, colours.blue, 1.25))
            drawn += [Shape("", circle(x + 11 + 8 * n, y + 3, 2.5), colours.blue) for n in range(3)]
        else:
            drawn += [
                replace(shape, id="", tip="") for shape in node_shapes(sample, box, labels, colours)
            ]
        words.append(Words(x + 50, y, (name,), colours.ink, align="left"))
        x += 50 + width_of(name) + 22
    x, y = 4.0, y + 34
    keys = (
        ("published", colours.blue, 2.0, (1.0, 0.0)),
        ("to be confirmed", colours.muted, 1.25, BROKEN),
    )
    for name, colour, weight, dash in keys:
        drawn.append(
            Shape(
                "",
                polygon([(x, y), (x + 36, y)], closed=False),
                "transparent",
                colour,
                weight,
                dash,
            )
        )
        drawn.append(Shape("", head((x + 42, y), (1, 0), 9, 8), colour))
        words.append(Words(x + 50, y, (name,), colours.ink, align="left"))
        x += 50 + width_of(name) + 22
    agreed = labels.fill(content.agreed.said)
    words.append(Words(x + 6, y, (agreed,), colours.muted, align="left"))
    for issue in content.issues:
        y += 28
        drawn.append(Shape("", circle(16, y, 12), colours.ink))
        words.append(Words(16, y + 0.5, (issue.id,), colours.on_ink, 11, bold=True))
        words.append(Words(36, y, (labels.fill(issue.short),), colours.ink, align="left"))
    return drawn, words, y + 20
