"""How lengths of time end: the shares that ended, left otherwise and still run, by the weeks."""

from typing import Any

import altair as alt

from pdqi import words
from pdqi.charts import theme
from pdqi.charts.finish import finished
from pdqi.charts.funnel import spread
from pdqi.charts.survival import ticks
from pdqi.charts.theme import Mode, Spec
from pdqi.findings.waits import WEEK, Length
from pdqi.model import State

HEIGHT = 180
TAIL = 1.06
"""How far an area is drawn on beyond its last step, so that it can be seen."""
Row = dict[str, Any]


def endings(item: Length, mode: Mode = "light") -> Spec | None:
    """Return how the shares that ended, left otherwise and still run change with the weeks.

    None where the curve is not shown. Every area is named with its share at the last step.
    """
    curve = item.curve
    if curve.state is not State.SHOWN:
        return None
    colours = theme.palette(mode)
    kind = item.kind
    last = max(curve.days[-1] / WEEK, 8.0)
    # Where too few left for a step of their own, it is not shown that they did.
    apart = bool(kind.removed) and (item.cleared or curve.removed[-1] > 0)
    rest = f"{kind.running} or {kind.removed}" if kind.removed and not apart else kind.running
    names = [kind.ended, *([kind.removed] if apart else []), rest]
    fills = [colours.blue, *([colours.line] if apart else []), colours.soft]
    rows: list[Row] = []
    middles: list[float] = []
    shares: list[float] = []
    steps = zip(curve.days, curve.ended, curve.removed, strict=True)
    for day, ended, removed in steps:
        parts = [ended, *([removed] if apart else [])]
        parts.append(max(0.0, 1 - sum(parts)))
        low, middles, shares = 0.0, [], parts
        for name, share in zip(names, parts, strict=True):
            high = min(1.0, low + share)
            rows.append({"week": day / WEEK, "low": low, "high": high, "part": name})
            middles.append((low + high) / 2)
            low = high
    final = rows[-len(names) :]
    rows += [{**row, "week": curve.days[-1] / WEEK + (TAIL - 1) * last} for row in final]
    x = alt.X("week:Q").scale(domain=[0, TAIL * last], nice=False).title("weeks")
    x = x.axis(values=ticks(last), grid=False, format="d", labelOverlap=False)
    y = alt.Y("low:Q").scale(domain=[0, 1]).title(None)
    y = y.axis(format=".0%", tickCount=5, domain=False, ticks=False)
    colour = alt.Color("part:N").scale(domain=names, range=fills).legend(None)
    areas = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_area(interpolate="step-after", stroke=colours.ground, strokeWidth=1, aria=False)
        .encode(x=x, y=y, y2=alt.Y2("high:Q"), color=colour)
    )
    places = spread(middles, (0.0, 1.0), HEIGHT)
    labels = [
        {"low": at, "words": f"{name} {words.percent(share)}"}
        for at, name, share in zip(places, names, shares, strict=True)
    ]
    text = (
        alt.Chart(alt.InlineData(values=labels))
        .mark_text(align="left", dx=6, fontSize=theme.SMALL, color=colours.ink)
        .encode(x=alt.XValue("width"), y=y, text=alt.Text("words:N"))
    )
    chart = alt.layer(areas, text).properties(height=HEIGHT)
    said = ", ".join(str(label["words"]) for label in labels)
    weeks = words.count(curve.days[-1] / WEEK)
    return finished(chart, f"{item.name}, after {weeks} weeks: {said}.", colours)
