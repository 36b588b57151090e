"""Months side by side in strips, one below the other: a strip a row, each on a scale of its own.

Nothing is told by colour alone: the second line is broken, a month that stands out is a triangle.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import altair as alt

from pdqi.charts import theme
from pdqi.charts.finish import finished
from pdqi.charts.theme import Mode, Spec

STEP, PART = 46, 0.78
"""The height of a strip in pixels, and how much of it the values take."""


@dataclass(frozen=True)
class Spot:
    """One month of one strip: its value as a share of the strip's scale, and its words."""

    strip: str
    line: str
    month: date
    share: float | None
    words: str
    stands_out: bool = False


def strips(
    spots: Sequence[Spot], lines: Sequence[str], description: str, mode: Mode = "light"
) -> Spec | None:
    """Return the strips in the order of their first spots; None where no month has a value.

    `lines` are the one or two lines of each strip, the second of which is broken.
    """
    names = list(dict.fromkeys(spot.strip for spot in spots))
    known = [spot for spot in spots if spot.share is not None]
    if not known:
        return None
    colours = theme.palette(mode)
    rows = [
        {
            "month": spot.month.isoformat(),
            "at": len(names) - 1 - names.index(spot.strip) + PART * (spot.share or 0),
            "line": spot.line,
            "series": f"{spot.strip}, {spot.line}, {_run(spot, spots)}",
            "Month": f"{spot.strip}: {spot.words}",
            "out": spot.stands_out,
        }
        for spot in known
    ]
    first, last = min(spot.month for spot in spots), max(spot.month for spot in spots)
    ends = [(first - timedelta(days=12)).isoformat(), (last + timedelta(days=12)).isoformat()]
    x = alt.X("month:T", title=None).scale(type="utc", domain=ends)
    x = x.axis(
        format="%b %Y",
        tickCount={"interval": "month", "step": 3},
        labelOverlap="parity",
        grid=False,
    )
    said = f"{json.dumps(names[::-1])}[round(datum.value - {PART / 2})]"
    y = alt.Y("at:Q", title=None).scale(domain=[-0.1, len(names) - 0.1], nice=False, zero=False)
    y = y.axis(
        values=[place + PART / 2 for place in range(len(names))],
        labelExpr=said,
        labelLimit=150,
        ticks=False,
        domain=False,
        grid=False,
    )
    dashes = alt.StrokeDash("line:N").scale(domain=list(lines), range=[[1, 0], [5, 3]])
    legend = alt.Legend(orient="top", title=None) if len(lines) > 1 else None
    inks = alt.Color("line:N").scale(domain=list(lines), range=[colours.blue, colours.ink])
    base = alt.Chart(alt.InlineData(values=rows))
    floors = alt.InlineData(values=[{"at": place} for place in range(len(names))])
    layers = [
        alt.Chart(floors).mark_rule(color=colours.faint, aria=False).encode(y=y),
        base.mark_line(strokeWidth=1.75, aria=False).encode(
            x=x,
            y=y,
            detail="series:N",
            strokeDash=dashes.legend(legend),
            color=inks.legend(legend),
        ),
        base.mark_point(size=30, opacity=0, aria=False).encode(x=x, y=y, tooltip=["Month:N"]),
    ]
    # A layer without any mark would be a picture without words to those who listen.
    if any(spot.stands_out for spot in known):
        layers.append(
            base.transform_filter("datum.out")
            .mark_point(shape="triangle-down", size=80, filled=True, color=colours.ink, opacity=1)
            .encode(x=x, y=y, tooltip=["Month:N"], description=alt.Description("Month:N"))
        )
    drawn = alt.layer(*layers).properties(height=max(STEP * len(names), 2 * STEP))
    return finished(drawn, description, colours)


def _run(spot: Spot, spots: Sequence[Spot]) -> int:
    """Return how many months without a value lie before: a line is not drawn across them."""
    return sum(
        other.share is None
        for other in spots
        if (other.strip, other.line) == (spot.strip, spot.line) and other.month < spot.month
    )
