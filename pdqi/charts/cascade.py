"""The steps from under care to a completed treatment: of one scope, and of many side by side.

Side by side each row is a team or treatment, in the order of config, and each column a step, whose
bars are shares of the people whom the cascade is for.
"""

from collections.abc import Sequence
from typing import Any

import altair as alt

from pdqi import words
from pdqi.charts import theme
from pdqi.charts.dots import row_names, value_axis
from pdqi.charts.finish import finished
from pdqi.charts.rows import Table
from pdqi.charts.theme import Mode, Spec
from pdqi.findings.cascade import Cascade
from pdqi.findings.readings import SHORT_STATE

STEP, TALL = 30, 56
GAP = 0.14
"""The share of a column that stays empty between two of them."""
Row = dict[str, Any]


def steps(item: Cascade, description: str, mode: Mode = "light") -> Spec | None:
    """Return the steps of one cascade as bars of people; None where none has a value to draw."""
    colours = theme.palette(mode)
    rows = [
        {"name": step.name, "value": step.cell.value, "words": step.words} for step in item.steps
    ]
    if not any(row["value"] for row in rows):
        return None
    y = alt.Y("name:N").sort([step.name for step in item.steps]).title(None).axis(row_names(""))
    x = alt.X("value:Q").title(None).axis(value_axis("count"))
    base = alt.Chart(alt.InlineData(values=rows))
    drawn = alt.layer(
        base.mark_bar(color=colours.blue, height=alt.RelativeBandSize(band=0.7)).encode(x=x, y=y),
        base.mark_text(align="left", dx=8, fontSize=theme.SMALL, aria=False).encode(
            x=alt.XValue("width"), y=y, text=alt.Text("words:N")
        ),
    )
    return finished(drawn.properties(height=alt.Step(STEP)), description, colours)


def side_by_side(
    shown: Sequence[Cascade], bold: str, description: str, mode: Mode = "light"
) -> Spec | None:
    """Return a row a cascade and a column a step; None where none has a share to draw.

    The first column has the number of people whom the cascade is for, the others shares of them.
    The name `bold` is set bold; none of them where it is not among the rows.
    """
    if not any(step.share for item in shown for step in item.steps[1:]):
        return None
    colours = theme.palette(mode)
    bars: list[Row] = []
    labels: list[Row] = []
    for item in shown:
        first = item.steps[0].cell
        said = "not shown" if first.value is None else words.count(float(first.value))
        labels.append({"name": item.name, "at": 0.0, "words": said})
        for column, step in enumerate(item.steps[1:], start=1):
            whole = column + 1 - GAP
            row: Row = {"name": item.name, "at": column, "whole": whole}
            said = "not shown" if step.share is None else words.percent(step.share)
            if step.share is not None:
                row["to"] = column + step.share * (1 - GAP)
                row["tip"] = f"{item.name}, {step.name}: {step.words}"
                bars.append(row)
            labels.append({"name": item.name, "at": column, "words": said})
    heads = [{"at": place, "words": step.name} for place, step in enumerate(shown[0].steps)]
    # Names stand above their rows: beside them they would leave the columns no room on a phone.
    y = alt.Y("name:N").sort([item.name for item in shown]).title(None).axis(None)
    x = alt.X("at:Q").scale(domain=[0, len(heads) - GAP], nice=False).axis(None)
    band = alt.RelativeBandSize(band=0.2)
    names = [{"name": item.name, "bold": item.name == bold} for item in shown]
    text: Row = {"align": "left", "fontSize": theme.SMALL, "color": colours.ink}
    data = alt.Chart(alt.InlineData(values=bars))
    drawn = alt.layer(
        *(
            alt.Chart(alt.InlineData(values=[row for row in names if row["bold"] == chosen]))
            .mark_text(dy=-15, aria=False, fontWeight=700 if chosen else 400, **text)
            .encode(x=alt.XValue(0), y=y, text=alt.Text("name:N"))
            for chosen in (False, True)
        ),
        data.mark_bar(color=colours.soft, height=band, yOffset=17, aria=False).encode(
            x=x, x2=alt.X2("whole:Q"), y=y
        ),
        data.mark_bar(color=colours.blue, height=band, yOffset=17).encode(
            x=x,
            x2=alt.X2("to:Q"),
            y=y,
            description=alt.Description("tip:N"),
            tooltip=alt.Tooltip("tip:N", title="Step"),
        ),
        alt.Chart(alt.InlineData(values=labels))
        .mark_text(dy=3, aria=False, **text)
        .encode(x=x, y=y, text=alt.Text("words:N")),
        alt.Chart(alt.InlineData(values=heads))
        .mark_text(aria=False, **text | {"color": colours.muted})
        .encode(x=x, y=alt.YValue(-8), text=alt.Text("words:N")),
    )
    return finished(drawn.properties(height=alt.Step(TALL)), description, colours)


def table(shown: Sequence[Cascade], heading: str, under_care: str) -> Table:
    """Return the counts and shares of every step, in the order of the rows."""
    if not shown:
        return Table((heading,), ())
    columns = (heading, under_care, *(step.name for step in shown[0].steps))
    rows = tuple(
        (
            item.name,
            SHORT_STATE[item.under_care.state]
            if item.under_care.value is None
            else words.count(float(item.under_care.value)),
            *(step.words for step in item.steps),
        )
        for item in shown
    )
    return Table(columns, rows)
