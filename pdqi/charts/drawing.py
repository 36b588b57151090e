"""Boxes, lines and words at fixed places, as layers of a Vega-Lite specification.

Used by the pictures that are laid out by hand or by us (process map, driver diagram). One row of
data is one mark: a shape is an SVG path in pixels, which Vega draws as the symbol of a point.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pdqi.charts.theme import SCHEMA, SMALL, Palette, Spec, config

SCALE = 500
"""Vega scales a symbol's path by half the root of its size; paths are divided by this."""
PICK = "pick"
"""The name of the selection: a click on a box or an arrow gives its `id`."""


@dataclass(frozen=True)
class Shape:
    """A path with its colours. `id` is what a click gives, `tip` what hovering and readers get."""

    id: str
    d: str
    fill: str = "transparent"
    stroke: str = "transparent"
    weight: float = 1.0
    dash: tuple[float, ...] = (1, 0)
    tip: str = ""


@dataclass(frozen=True)
class Words:
    """Lines of text at a point: centred on it, or beginning at it."""

    x: float
    y: float
    text: tuple[str, ...]
    colour: str
    size: float = SMALL
    bold: bool = False
    align: str = "center"
    halo: bool = False


def shapes(
    name: str, rows: Sequence[Shape], *, heard: bool = False, picked: bool = False
) -> list[Spec]:
    """Return a layer of shapes; none for no rows.

    `heard` gives each a text, for hovering and for screen readers, and lets a click give its id.
    One layer of a picture is `picked`: it holds the selection.
    """
    values = [
        {**asdict(row), "d": _scaled(row.d), "dash": list(row.dash), "x": 0, "y": 0} for row in rows
    ]
    if not values:
        return []
    encoding: Spec = {
        "shape": {"field": "d", "type": "nominal", "scale": None},
        "stroke": {"field": "stroke", "type": "nominal", "scale": None},
        "strokeWidth": {"field": "weight", "type": "quantitative", "scale": None},
        "strokeDash": {"field": "dash", "type": "nominal", "scale": None},
    }
    # An unfilled line must have no fill at all: a transparent one would catch clicks beside it.
    if any(row.fill != "transparent" for row in rows):
        encoding["fill"] = {"field": "fill", "type": "nominal", "scale": None}
    mark: Spec = {
        "type": "point",
        "filled": False,
        "size": (2 * SCALE) ** 2,
        "opacity": 1,
        "aria": heard,
    }
    if heard:
        encoding["tooltip"] = {"field": "tip", "type": "nominal"}
        encoding["description"] = {"field": "tip", "type": "nominal"}
    layer: Spec = {"name": name, "data": {"values": values}, "mark": mark, "encoding": encoding}
    if picked:
        select: Spec = {"type": "point", "fields": ["id"], "on": "click"}
        layer["params"] = [{"name": PICK, "select": select}]
        mark["cursor"] = "pointer"
    return [layer]


def texts(rows: Iterable[Words], colours: Palette) -> list[Spec]:
    """Return the layers of text: one for each size, weight and alignment in use."""
    kinds: dict[tuple[float, bool, str, bool], list[Words]] = {}
    for row in rows:
        kinds.setdefault((row.size, row.bold, row.align, row.halo), []).append(row)
    layers: list[Spec] = []
    for (size, bold, align, halo), group in kinds.items():
        line = round(size * 1.22, 2)
        values = [
            {
                "x": row.x,
                # Several lines hang from the first one: lift it so that the block is centred.
                "y": round(row.y - line * (len(row.text) - 1) / 2, 2),
                "text": list(row.text),
                "colour": row.colour,
            }
            for row in group
        ]
        mark: Spec = {
            "type": "text",
            "fontSize": size,
            "fontWeight": 600 if bold else 400,
            "lineHeight": line,
            "align": align,
            "baseline": "middle",
            "aria": False,
            "tooltip": None,
        }
        encoding: Spec = {
            "text": {"field": "text", "type": "nominal"},
            "color": {"field": "colour", "type": "nominal", "scale": None},
        }
        if halo:
            under = {**mark, "stroke": colours.ground, "strokeWidth": 5, "strokeJoin": "round"}
            layers.append({"data": {"values": values}, "mark": under, "encoding": encoding})
        layers.append({"data": {"values": values}, "mark": mark, "encoding": encoding})
    return layers


def canvas(
    width: float, height: float, layers: Sequence[Spec], description: str, colours: Palette
) -> Spec:
    """Return the whole picture: a card of fixed size in pixels, described for screen readers."""
    place: dict[str, Any] = {name: _pixels(name) for name in ("x", "y")}
    drawn = [{**layer, "encoding": {**place, **layer["encoding"]}} for layer in layers]
    return {
        "$schema": SCHEMA,
        "description": description,
        "width": width,
        "height": height,
        "padding": 8,
        "layer": drawn,
        "config": config(colours),
    }


def _pixels(name: str) -> Spec:
    """Return a position in pixels: paths do not shrink with the picture, so words must not."""
    return {"field": name, "type": "quantitative", "axis": None, "scale": None}


def _scaled(path: str) -> str:
    """Divide every coordinate by `SCALE`; the three flags of an arc stay as they are."""
    out, number, arc = [], "", 0
    for sign in f"{path} ":
        if sign.isdigit() or sign in ".-":
            number += sign
            continue
        if number:
            flag = arc in (3, 4, 5)
            out.append(number if flag else f"{float(number) / SCALE:.5f}".rstrip("0").rstrip("."))
            arc = 0 if arc == 7 else arc + 1 if arc else 0
            number = ""
        if sign.isalpha():
            arc = 1 if sign == "A" else 0
        out.append(sign)
    return "".join(out).strip()
