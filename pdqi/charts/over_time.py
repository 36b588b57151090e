"""A KPI over time drawn as a control chart.

The chart is built with Altair once for each palette; what changes from figure to figure are its
rows and domains, which are put into a copy. Nothing is told by colour alone: signals have shapes of
their own, lines end in words, and marks carry numbers that are told below.
"""

import json
from datetime import timedelta
from functools import cache
from typing import Any

import altair as alt

from pdqi.charts import theme
from pdqi.charts.finish import finished
from pdqi.charts.over_time_rows import EXPECTED, HEIGHT, UNJUDGED, domain, layers
from pdqi.charts.theme import Mode, Palette, Spec
from pdqi.findings.over_time import OverTime
from pdqi.findings.over_time_said import UNIT_WORDS, direction

SIZE, SIGNAL_SIZE = "width < 450 ? 26 : 55", "width < 450 ? 60 : 110"
"""Of points and signals, in square pixels: smaller where there is less room."""
FORMATS = {"share": ".0%", "count": ",d", "days": ",d", "ratio": ".1f"}
"""How the vertical axis writes its numbers, by unit."""


def chart(found: OverTime, description: str, mode: Mode = "light") -> Spec | None:
    """Return the chart as a Vega-Lite specification; None where no month has a value."""
    if found.kind == "nothing":
        return None
    spec: Spec = json.loads(_template(mode))
    rows = layers(found)
    first, last = found.points[0].month.first, found.points[-1].month.first
    pad = timedelta(days=12)
    domains = {"x": [(first - pad).isoformat(), (last + pad).isoformat()], "y": [*domain(found)]}
    for layer in spec["layer"]:
        name = layer["data"]["name"]
        layer["data"] = {"values": rows[name]}
        for channel in ("x", "y"):
            scale = layer["encoding"].get(channel, {}).get("scale")
            if scale is not None:
                scale["domain"] = domains[channel]
        if name == "line":
            axis = layer["encoding"]["y"]["axis"]
            axis["title"], axis["format"] = _axis_title(found), FORMATS[found.unit]
        if name == "points":
            _tell_signals(layer, theme.palette(mode))
    spec["layer"] = [layer for layer in spec["layer"] if layer["data"]["values"]]
    return spec | {"description": description}


@cache
def _template(mode: Mode) -> str:
    """Return the chart without its data, as JSON."""
    colours = theme.palette(mode)
    time = alt.Scale(type="utc", domain=[0, 1])
    when = alt.Axis(
        format="%b %Y",
        tickCount={"interval": "month", "step": 3},
        labelOverlap="parity",
        labelFlush=False,
        grid=False,
        title=None,
    )
    height = alt.Scale(domain=[0, 1], zero=False, nice=False)
    side = alt.Axis(
        title="",
        titleAngle=0,
        titleAlign="left",
        titleAnchor="end",
        titleX=0,
        titleY=-32,
        titleFontSize=theme.NORMAL,
        tickCount=5,
        domain=False,
        ticks=False,
        labelPadding=6,
    )
    x = alt.X("month:T", scale=time, axis=when)
    y = alt.Y("value:Q", scale=height, axis=side)

    def layer(name: str) -> alt.Chart:
        return alt.Chart(alt.NamedData(name=name))

    def level(name: str, **look: Any) -> alt.Chart:
        drawn: alt.Chart = layer(name).mark_rule(aria=False, **look)
        return drawn.encode(x=x, x2=alt.X2("until:T"), y=y)

    def beginning(**look: Any) -> alt.Chart:
        drawn: alt.Chart = layer("earlier").mark_text(
            align="left", dy=-9, fontSize=theme.SMALL, aria=False, **look
        )
        return drawn.encode(x=x, y=y, text=alt.Text("text:N"))

    drawn = alt.layer(
        layer("flags").mark_rule(color=colours.line, aria=False).encode(x=x),
        layer("flags")
        .mark_text(fontWeight="bold", fontSize=theme.SMALL, aria=False)
        .encode(x=x, y=alt.Y("up:Q", scale=None, axis=None), text=alt.Text("number:N")),
        layer("gaps")
        .mark_tick(orient="vertical", color=colours.line, thickness=2, size=8, aria=False)
        .encode(x=x, y=alt.YValue(HEIGHT - 4), tooltip=[alt.Tooltip("tip:N", title="Month")]),
        level("limits", color=colours.muted, strokeDash=[5, 4]),
        level("means", color=colours.ink, strokeWidth=1.5),
        level("targets", color=colours.ink, strokeWidth=2, strokeDash=[10, 3, 2, 3]),
        layer("line").mark_line(color=colours.common, strokeWidth=1.5, aria=False).encode(x=x, y=y),
        layer("points")
        .mark_point(filled=True, opacity=1)
        .encode(
            x=x,
            y=y,
            color=alt.Color("says:N", scale=alt.Scale(domain=[], range=[])),
            shape=alt.Shape("says:N", scale=alt.Scale(domain=[], range=[])),
            size=alt.condition(
                "datum.signal", alt.value({"expr": SIGNAL_SIZE}), alt.value({"expr": SIZE})
            ),
            tooltip=["Month:N", "Value:N", "Counts:N", "Why:N"],
            description=alt.Description("tip:N"),
        ),
        layer("labels")
        .mark_text(align="left", dx=8, fontSize=theme.SMALL, aria=False)
        .encode(x=alt.XValue("width"), y=y, text=alt.Text("text:N")),
        # The words of earlier means stand among points: on a ground of their own.
        beginning(stroke=colours.ground, strokeWidth=4),
        beginning(),
    ).properties(height=HEIGHT)
    return json.dumps(finished(drawn, "", colours))


def _tell_signals(layer: Spec, colours: Palette) -> None:
    """Give the points' shapes and colours, a legend where there are signals, and what they tell."""
    looks = {
        UNJUDGED: ("square", colours.common),
        EXPECTED: ("circle", colours.common),
        "Improvement": ("", colours.improvement),
        "Concern": ("", colours.concern),
    }
    rows = layer["data"]["values"]
    ups = {row["says"]: "triangle-up" if row["up"] else "triangle-down" for row in rows}
    shown = sorted(ups, key=lambda says: [*looks, says].index(says))
    encoding = layer["encoding"]
    legend = {"orient": "bottom", "title": None, "symbolSize": 100, "columns": 2, "offset": 8}
    shapes = [looks.get(says, ("",))[0] or ups[says] for says in shown]
    inks = [looks.get(says, ("", colours.neutral))[1] for says in shown]
    for channel, look in (("color", inks), ("shape", shapes)):
        encoding[channel]["scale"] = {"domain": shown, "range": look}
        encoding[channel]["legend"] = legend if len(shown) > 1 else None
    encoding["tooltip"] = [
        item for item in encoding["tooltip"] if any(row[item["field"]] for row in rows)
    ]


def _axis_title(found: OverTime) -> str:
    whose = f" ({found.label})" if found.label else ""
    return f"{UNIT_WORDS[found.unit]}{whose}, {direction(found.better)}"
