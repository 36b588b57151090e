"""Curves of how many are still there, with the numbers at risk under the weeks; and their tables.

A few lines at a time, each with its name at its end and a dash of its own; the band round a line
is its 95% interval. Under the weeks stand the numbers that are still there and still followed.
"""

from collections.abc import Sequence
from typing import Any

import altair as alt

from pdqi import words
from pdqi.charts import theme
from pdqi.charts.finish import finished
from pdqi.charts.funnel import spread
from pdqi.charts.geometry import wrap
from pdqi.charts.references import DASHES, Reference
from pdqi.charts.rows import Table
from pdqi.charts.theme import Mode, Palette, Spec
from pdqi.findings.readings import SHORT_STATE
from pdqi.findings.waits import HIDDEN, WEEK, Length
from pdqi.model import Cell, State, WeekShare

FEW = 4
"""More lines than this cannot be told apart by their dashes."""
PATTERNS = ((1, 0), (8, 4), (2, 3), (10, 3, 2, 3))
HEIGHT = 300
LINE = 15
NAME = 120
"""How wide the name at the end of a line may be, in pixels; longer ones have two lines."""
TICKS = (0, 52, 18, 104, 156, 208, 260, 312, 364, 416, 26, 78, 130, 4, 8, 12)
"""Weeks under which numbers stand, the ones that matter most first; crowded ones are left out."""
CROWDED = 0.12
TAIL = 1.02
"""How far a curve is drawn on beyond its last step."""
Row = dict[str, Any]


def curves(
    shown: Sequence[Length],
    description: str,
    references: Sequence[Reference] = (),
    mode: Mode = "light",
) -> Spec | None:
    """Return the curves of up to `FEW` lengths; None where none of them is shown."""
    drawn = [item for item in shown if item.curve.state is State.SHOWN][:FEW]
    if not drawn:
        return None
    colours = theme.palette(mode)
    last = max(8.0, *(item.curve.days[-1] / WEEK for item in drawn))
    weeks = ticks(last)
    x = alt.X("week:Q").scale(domain=[0, TAIL * last], nice=False).title("weeks")
    x = x.axis(values=weeks, grid=False, format="d", labelOverlap=False, tickColor=colours.line)
    y = alt.Y("left:Q").scale(domain=[0, 1]).title(None)
    y = y.axis(format=".0%", tickCount=5, domain=False, ticks=False)
    layers = [
        *_bands(drawn, last, x, colours),
        *_references(references, last, x, colours),
        *_lines(drawn, last, x, y, colours),
        *_numbers(drawn, weeks, x, colours),
    ]
    chart = alt.layer(*layers).properties(height=HEIGHT)
    return finished(chart, description, colours)


def ticks(last: float) -> list[int]:
    """Return the weeks to be marked on a scale that ends at `last`, none too near another."""
    found: list[int] = []
    for week in TICKS:
        if week <= last and all(abs(week - other) >= CROWDED * last for other in found):
            found.append(week)
    return sorted(found)


def _steps(item: Length, last: float) -> list[Row]:
    """Return the steps of a curve, drawn on a little so that the last one can be seen."""
    curve = item.curve
    rows = [
        {"week": day / WEEK, "left": left, "low": low, "high": high}
        for day, left, low, high in zip(
            curve.days, curve.remaining, curve.low, curve.high, strict=True
        )
    ]
    return [*rows, {**rows[-1], "week": curve.days[-1] / WEEK + (TAIL - 1) * last}]


def _look(place: int, colours: Palette) -> tuple[str, list[int]]:
    """Return colour and dash of a line by its place."""
    shades = (colours.blue, colours.ink, colours.muted, colours.line)
    return shades[place], list(PATTERNS[place])


def _ink(colour: str, colours: Palette) -> str:
    """Return the colour of the words beside a line: that of the faintest is too faint for them."""
    return colours.muted if colour == colours.line else colour


def _names(drawn: Sequence[Length]) -> list[str]:
    """Return what tells the lines apart: the group alone where all are of one scope."""
    if len(drawn) > 1 and len({item.line.key for item in drawn}) == 1:
        return [item.group for item in drawn]
    return [item.name for item in drawn]


def _bands(drawn: Sequence[Length], last: float, x: alt.X, colours: Palette) -> list[alt.Chart]:
    layers = []
    y = alt.Y("low:Q").scale(domain=[0, 1]).title(None)
    for place, item in enumerate(drawn):
        rows = [
            row for row in _steps(item, last) if row["low"] is not None and row["high"] is not None
        ]
        colour, _ = _look(place, colours)
        layers.append(
            alt.Chart(alt.InlineData(values=rows))
            .mark_area(interpolate="step-after", opacity=0.13, color=colour, aria=False)
            .encode(x=x, y=y, y2=alt.Y2("high:Q"))
        )
    return layers


def _lines(
    drawn: Sequence[Length], last: float, x: alt.X, y: alt.Y, colours: Palette
) -> list[alt.Chart]:
    ends = [item.curve.remaining[-1] for item in drawn]
    wrapped = ["\n".join(wrap(said, NAME)) for said in _names(drawn)]
    lines = max(said.count("\n") + 1 for said in wrapped)
    heights = spread(ends, (0.0, 1.0), HEIGHT, LINE * lines)
    layers = []
    for place, (item, said, height) in enumerate(zip(drawn, wrapped, heights, strict=True)):
        colour, dash = _look(place, colours)
        rows = _steps(item, last)
        base = alt.Chart(alt.InlineData(values=rows))
        layers.append(
            base.mark_line(
                interpolate="step-after", strokeWidth=2.5, strokeDash=dash, color=colour, aria=False
            ).encode(x=x, y=y)
        )
        end = rows[-1]["week"]
        left = end < last / 2
        name = [{"week": end, "left": height, "name": said}]
        text: Row = {"align": "left", "dx": 6} if left else {"align": "right", "dx": -2}
        text |= {
            "fontSize": theme.SMALL,
            "fontWeight": 600,
            "baseline": "bottom",
            "dy": -2,
            "lineBreak": "\n",
            "lineHeight": 14,
        }
        halo: Row = {"stroke": colours.ground, "strokeWidth": 4, "strokeJoin": "round"}
        label = alt.Chart(alt.InlineData(values=name)).encode(x=x, y=y, text=alt.Text("name:N"))
        layers += [
            label.mark_text(**text, **halo, aria=False),
            label.mark_text(**text, color=_ink(colour, colours), aria=False),
        ]
    return layers


def _numbers(
    drawn: Sequence[Length], weeks: Sequence[int], x: alt.X, colours: Palette
) -> list[alt.Chart]:
    """Return a line of numbers at risk for each curve under the weeks, aligned to them."""
    top = HEIGHT + 56
    text: Row = {"align": "left", "fontSize": theme.SMALL}
    heading = {"said": f"Number {drawn[0].kind.running} and followed:"}
    layers = [
        alt.Chart(alt.InlineData(values=[heading]))
        .mark_text(color=colours.ink, **text)
        .encode(x=alt.XValue(0), y=alt.YValue(top), text=alt.Text("said:N"))
    ]
    for place, (item, said) in enumerate(zip(drawn, _names(drawn), strict=True)):
        colour, _ = _look(place, colours)
        height = top + LINE * (1.5 + 2.4 * place)
        layers.append(
            alt.Chart(alt.InlineData(values=[{"said": said}]))
            .mark_text(color=_ink(colour, colours), fontWeight=600, **text)
            .encode(x=alt.XValue(0), y=alt.YValue(height), text=alt.Text("said:N"))
        )
        numbers = [
            {"week": week, "number": told}
            for week in weeks
            if (told := at_risk(item, week)) is not None
        ]
        layers.append(
            alt.Chart(alt.InlineData(values=numbers))
            .mark_text(fontSize=theme.SMALL, color=colours.ink)
            .encode(x=x, y=alt.YValue(height + LINE), text=alt.Text("number:N"))
        )
    return layers


def at_risk(item: Length, week: int) -> str | None:
    """Return how many were left after a week; a dash where it is not shown, None after all."""
    found = item.curve.left.get(week)
    return None if found is None else _number(found)


def _number(cell: Cell) -> str:
    return "–" if cell.value is None else words.count(float(cell.value))


def _references(
    references: Sequence[Reference], last: float, x: alt.X, colours: Palette
) -> list[alt.Chart]:
    """Return an upright line for each length from elsewhere, named at its top."""
    layers = []
    for place, item in enumerate(references):
        for end in dict.fromkeys((item.low, item.high)):
            if end is None or end / WEEK > last:
                continue
            week = end / WEEK
            look: Row = {"strokeDash": list(DASHES[item.source]), "strokeWidth": 3, "aria": False}
            row = alt.Chart(alt.InlineData(values=[{"week": week, "words": item.words}]))
            text: Row = {"fontSize": theme.SMALL, "color": colours.muted, "baseline": "bottom"}
            text |= {"align": "left" if week < last / 2 else "right"}
            layers += [
                row.mark_rule(color=colours.line, **look).encode(x=x),
                row.mark_text(**text).encode(
                    x=x, y=alt.YValue(-6 - LINE * place), text=alt.Text("words:N")
                ),
            ]
    return layers


def by_week(shown: Sequence[Length], heading: str) -> Table:
    """Return the shares that had ended by each week with intervals, and how many were left."""
    if not shown:
        return Table((heading,), ())
    kind = shown[0].kind
    rows = tuple(
        (f"{item.name}, by {week} weeks", _week(found), _left(found.at_risk))
        for item in shown
        for week, found in item.curve.by_week.items()
    )
    return Table((heading, f"Had {kind.ended}", f"{kind.running} and followed".capitalize()), rows)


def as_table(shown: Sequence[Length], heading: str) -> Table:
    """Return every step of every curve, for a file."""
    if not shown:
        return Table((heading,), ())
    kind = shown[0].kind
    columns = (heading, "Day", f"Not yet {kind.ended}", "95% from", "95% to", "At risk after")
    rows = []
    for item in shown:
        curve = item.curve
        for place, day in enumerate(curve.days):
            ends = (curve.low[place], curve.high[place])
            rows.append(
                (
                    item.name,
                    words.count(day),
                    _exactly(curve.remaining[place]),
                    *("" if end is None else _exactly(end) for end in ends),
                    _left(curve.at_risk[place]),
                    _exactly(curve.ended[place]),
                    _exactly(curve.removed[place]),
                )
            )
    shares = (f"Share {kind.ended}", f"Share {kind.removed or 'left otherwise'}")
    return Table((*columns, *shares), tuple(rows))


def _exactly(share: float) -> str:
    return f"{share:.4f}".rstrip("0").rstrip(".")


def _week(found: WeekShare) -> str:
    if found.share.value is None:
        if found.share.state is State.NOT_REACHED:
            return "not followed so long"
        return HIDDEN if found.share.state is State.SUPPRESSED else SHORT_STATE[found.share.state]
    share = words.percent(float(found.share.value))
    if found.low.value is None or found.high.value is None:
        return share
    low, high = words.percent(float(found.low.value)), words.percent(float(found.high.value))
    return f"{share} ({low} to {high})"


def _left(cell: Cell) -> str:
    return SHORT_STATE[cell.state] if cell.value is None else words.count(float(cell.value))
