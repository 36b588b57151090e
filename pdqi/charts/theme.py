"""How every chart looks: two palettes, system fonts, sizes. Signal colours are kept for signals."""

from dataclasses import dataclass
from typing import Any, Literal

Spec = dict[str, Any]
"""A Vega-Lite specification."""

FONT = 'system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, "Liberation Sans", sans-serif'
"""Whatever the reader's machine reads best with: nothing is fetched."""
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
SMALL, NORMAL, LARGE = 12, 13, 15
"""Sizes of text in pixels; nothing is smaller than `SMALL`."""


@dataclass(frozen=True)
class Palette:
    """Colours by what they are for. Text on `ground` passes 4.5:1, `line` 3:1."""

    ground: str
    band: str
    soft: str
    blue: str
    blue_soft: str
    ink: str
    muted: str
    line: str
    faint: str
    on_ink: str
    improvement: str
    concern: str
    common: str
    neutral: str


LIGHT = Palette(
    ground="#ffffff",
    band="#f5f7f9",
    soft="#e8edf1",
    blue="#005eb8",
    blue_soft="#e5f0fa",
    ink="#212b32",
    muted="#4c6272",
    line="#768692",
    faint="#d8dde0",
    on_ink="#ffffff",
    improvement="#005eb8",
    concern="#c35a00",
    common="#768692",
    neutral="#5c3d99",
)
DARK = Palette(
    ground="#12181d",
    band="#1a2228",
    soft="#263038",
    blue="#6cb2f5",
    blue_soft="#14304a",
    ink="#f0f4f5",
    muted="#b7c3cc",
    line="#8a9aa6",
    faint="#36424b",
    on_ink="#12181d",
    improvement="#6cb2f5",
    concern="#ffa14a",
    common="#8a9aa6",
    neutral="#b9a3e8",
)
"""The last four are the signals of control charts and are used for nothing else."""

Mode = Literal["light", "dark"]


def palette(mode: Mode) -> Palette:
    """Return the palette of a mode."""
    return DARK if mode == "dark" else LIGHT


def mixed(one: str, other: str, share: float) -> str:
    """Return the colour that lies a share of the way from one to the other."""
    ends = [[int(colour[place : place + 2], 16) for place in (1, 3, 5)] for colour in (one, other)]
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(*ends, strict=True))


def config(colours: Palette = LIGHT) -> Spec:
    """Return the `config` of a Vega-Lite specification: fonts, sizes, quiet axes, one blue."""
    text: Spec = {"labelColor": colours.ink, "titleColor": colours.ink}
    sizes: Spec = {"labelFontSize": SMALL, "titleFontSize": NORMAL, "titleFontWeight": 600}
    return {
        "background": colours.ground,
        "font": FONT,
        "view": {"stroke": None},
        "axis": {
            **text,
            **sizes,
            "titleFontWeight": 400,
            "domainColor": colours.line,
            "tickColor": colours.line,
            "gridColor": colours.faint,
            "labelLimit": 260,
        },
        "legend": {**text, **sizes, "labelLimit": 320},
        "header": {**text, **sizes, "labelFontSize": NORMAL},
        "title": {"color": colours.ink, "fontSize": LARGE, "fontWeight": 600, "anchor": "start"},
        "text": {"color": colours.ink, "fontSize": SMALL},
        "point": {"color": colours.blue, "filled": True},
        "line": {"color": colours.blue, "strokeWidth": 2},
        "bar": {"color": colours.blue},
        "rule": {"color": colours.line},
        "range": {"category": [colours.blue, colours.ink, colours.line, colours.muted]},
    }
