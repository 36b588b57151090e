"""What a whole is made of, a bar a row: shares that add up, each with its percentage beside it.

Parts keep their order and have their percentage in the bar where there is room; the legend names
them in the same order, and the table beside the chart says them all.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from pdqi import words
from pdqi.charts import theme
from pdqi.charts.finish import finished
from pdqi.charts.theme import Mode, Palette, Spec

STEP = 30
ROOM = 0.07
"""A part has its percentage inside from this share on."""


@dataclass(frozen=True)
class Bar:
    """One row: its name, and the share of each part; None where that may not be told."""

    name: str
    shares: tuple[float | None, ...]


def chart(
    bars: Sequence[Bar], parts: Sequence[str], description: str, mode: Mode = "light"
) -> Spec | None:
    """Return the bars in their order; None where none can be drawn whole."""
    colours = theme.palette(mode)
    whole = [bar for bar in bars if None not in bar.shares and any(bar.shares)]
    if not whole:
        return None
    rows = []
    for bar in whole:
        start = 0.0
        for place, (part, share) in enumerate(zip(parts, bar.shares, strict=True)):
            end = min(1.0, start + (share or 0.0))
            rows.append(
                {
                    "name": bar.name,
                    "part": part,
                    "start": start,
                    "end": end,
                    "middle": (start + end) / 2,
                    "words": words.percent(share or 0.0) if (share or 0) >= ROOM else "",
                    "Share": f"{bar.name}, {part.lower()}: {words.percent(share or 0.0)}",
                    "ink": _inks(colours)[place][1],
                }
            )
            start = end
    y = alt.Y("name:N", title=None).sort([bar.name for bar in whole])
    y = y.axis(domain=False, ticks=False, labelLimit=200, labelPadding=8)
    x = alt.X("start:Q", title=None).scale(domain=[0, 1]).axis(format=".0%", tickCount=4)
    fills = [fill for fill, _ in _inks(colours)][: len(parts)]
    legend = alt.Legend(orient="top", title=None, columns=2, symbolStrokeColor=colours.line)
    colour = alt.Color("part:N").scale(domain=list(parts), range=fills).legend(legend)
    base = alt.Chart(alt.InlineData(values=rows))
    drawn = alt.layer(
        base.mark_bar(stroke=colours.ink, strokeWidth=0.75, height=18).encode(
            x=x,
            x2=alt.X2("end:Q"),
            y=y,
            color=colour,
            tooltip=["Share:N"],
            description=alt.Description("Share:N"),
        ),
        base.mark_text(fontSize=theme.SMALL, aria=False).encode(
            x=alt.X("middle:Q"), y=y, text="words:N", color=alt.Color("ink:N").scale(None)
        ),
    ).properties(height=alt.Step(STEP))
    return finished(drawn, description, colours)


def _inks(colours: Palette) -> tuple[tuple[str, str], ...]:
    """Return fill and ink of each part: from full to empty, so that lightness tells them apart."""
    return (
        (colours.blue, colours.on_ink),
        (theme.mixed(colours.blue, colours.ground, 0.55), colours.ink),
        (colours.faint, colours.ink),
        (colours.ground, colours.ink),
        (colours.muted, colours.on_ink),
    )
