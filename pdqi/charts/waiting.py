"""The waiting list on the last day, by how long people have waited: a bar a scope or treatment."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import altair as alt

from pdqi import words
from pdqi.charts import theme
from pdqi.charts.dots import row_names, value_axis
from pdqi.charts.finish import finished
from pdqi.charts.rows import Table
from pdqi.charts.theme import Mode, Spec
from pdqi.findings.readings import SHORT_STATE, Line
from pdqi.findings.waits import HIDDEN, Waiting

STEP = 32
SHADES = (0.18, 0.38, 0.58, 0.78, 1.0)
"""How dark each band is, from the shortest waits to the longest."""
APART = "not told apart"
Row = dict[str, Any]


def chart(
    shown: Sequence[Waiting], chosen: Line, description: str, mode: Mode = "light"
) -> Spec | None:
    """Return a bar a row, from the shortest waits to the longest; None where no total is shown.

    Bands of which some edge is hidden are one stretch with a broken outline: its length is what
    the shown counts leave, and says nothing of how it is made up.
    """
    colours = theme.palette(mode)
    if not any(item.total.value for item in shown):
        return None
    bands = [band.name for band in shown[0].bands]
    fills = [theme.mixed(colours.ground, colours.blue, share) for share in SHADES]
    rows: list[Row] = []
    hidden: list[Row] = []
    for item in shown:
        for low, high, name in stretches(item):
            row: Row = {"name": item.line.name, "low": low, "high": high, "band": name}
            row["tip"] = f"{item.line.name}, {name}: {words.count(high - low)}"
            (rows if name in bands else hidden).append(row)
    order = [item.line.name for item in shown]
    y = alt.Y("name:N").sort(order).title(None).axis(row_names(chosen.name))
    x = alt.X("low:Q").title(None).axis(value_axis("count"))
    colour = alt.Color("band:N").scale(domain=bands, range=fills)
    legend = alt.Legend(orient="top", title=None, columns=1, symbolType="square")
    totals = [
        {
            "name": item.line.name,
            "words": SHORT_STATE[item.total.state]
            if item.total.value is None
            else words.count(float(item.total.value)),
        }
        for item in shown
    ]
    bar: Row = {"height": alt.RelativeBandSize(band=0.65), "stroke": colours.ground}
    dashed: Row = {"fill": None, "stroke": colours.line, "strokeDash": [4, 3], "strokeWidth": 1.5}
    layers = [
        alt.Chart(alt.InlineData(values=rows))
        .mark_bar(**bar)
        .encode(
            x=x,
            x2=alt.X2("high:Q"),
            y=y,
            color=colour.legend(legend),
            description=alt.Description("tip:N"),
        ),
        alt.Chart(alt.InlineData(values=hidden))
        .mark_bar(height=alt.RelativeBandSize(band=0.65), **dashed)
        .encode(x=x, x2=alt.X2("high:Q"), y=y, description=alt.Description("tip:N")),
        alt.Chart(alt.InlineData(values=totals))
        .mark_text(align="left", dx=8, fontSize=theme.SMALL, aria=False)
        .encode(x=alt.XValue("width"), y=y, text=alt.Text("words:N")),
    ]
    drawn = alt.layer(*layers).properties(height=alt.Step(STEP))
    return finished(drawn, description, colours)


def stretches(item: Waiting) -> list[tuple[int, int, str]]:
    """Return where the bands of a bar begin and end; those with a hidden edge are one stretch."""
    if item.total.value is None:
        return []
    total = int(item.total.value)
    edges: list[tuple[int, int]] = [(0, 0)]
    """The place among the bands, and how many have waited no longer than up to there."""
    edges += [(n, total - over) for n, over in enumerate(item.over, start=1) if over is not None]
    edges.append((len(item.bands), total))
    return [
        (low, high, item.bands[end - 1].name if end - start == 1 else APART)
        for (start, low), (end, high) in pairwise(edges)
        if high > low
    ]


def table(shown: Sequence[Waiting]) -> Table:
    """Return the waiting lists as numbers, in the order of the rows."""
    bands = [band.name for band in shown[0].bands] if shown else []
    rows = [
        (
            item.line.name,
            SHORT_STATE[item.total.state]
            if item.total.value is None
            else words.count(float(item.total.value)),
            *(HIDDEN if band.count is None else words.count(band.count) for band in item.bands),
        )
        for item in shown
    ]
    return Table(("Waiting for or at", "All", *bands), tuple(rows))
