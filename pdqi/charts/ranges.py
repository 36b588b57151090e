"""How far figures could move: a dot for what each is now, and a bar for all that it could be."""

from collections.abc import Sequence

import altair as alt

from pdqi import words
from pdqi.charts import theme
from pdqi.charts.dots import row_names
from pdqi.charts.finish import finished
from pdqi.charts.theme import Mode, Spec

STEP = 34


def chart(
    rows: Sequence[tuple[str, float, float, float]], description: str, mode: Mode = "light"
) -> Spec | None:
    """Return the ranges of (name, now, least, most) in their order; None where there is none."""
    if not rows:
        return None
    colours = theme.palette(mode)
    values = [
        {
            "name": name,
            "now": now,
            "least": least,
            "most": most,
            "words": f"{words.percent(least)} to {words.percent(most)}",
        }
        for name, now, least, most in rows
    ]
    y = alt.Y("name:N", title=None).sort([row[0] for row in rows]).axis(row_names(""))

    def x(field: str) -> alt.X:
        axis = alt.Axis(format=".0%", tickCount=4, domain=False, ticks=False, labelOverlap=True)
        return alt.X(f"{field}:Q", title=None, axis=axis).scale(zero=True)

    base = alt.Chart(alt.InlineData(values=values))
    drawn = alt.layer(
        base.mark_bar(
            color=colours.blue_soft, stroke=colours.blue, strokeWidth=1, height=12, aria=False
        ).encode(x=x("least"), x2=alt.X2("most:Q"), y=y),
        base.mark_point(filled=True, size=80, opacity=1).encode(
            x=x("now"), y=y, description=alt.Description("words:N")
        ),
        base.mark_text(align="left", dx=8, fontSize=theme.SMALL, aria=False).encode(
            x=alt.XValue("width"), y=y, text="words:N"
        ),
    ).properties(height=alt.Step(STEP))
    return finished(drawn, description, colours)
