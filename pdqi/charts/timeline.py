"""Milestones on a line of time: baseline, forecast and actual day, and how far they slipped.

Each has its name above its line, so that there is room for it on a phone too. The three days
differ in shape, and the slip stands beside them in words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import altair as alt

from pdqi import words
from pdqi.charts import theme
from pdqi.charts.finish import finished
from pdqi.charts.geometry import wrap
from pdqi.charts.rows import Table
from pdqi.charts.theme import Mode, Spec

ROW, HEADING, LINE = 34, 30, 15
"""Pixels: of a milestone without its name, of a workstream's name, of a line of a name."""
NAME, MOST_LINES = 330, 2
"""How wide a name may be in pixels, and how many lines it may have; the table has the whole."""
ABOVE = 34
"""Room for the names of today and of the last meeting, one over the other."""
SHAPES = {"baseline": "circle", "forecast": "diamond", "actual": "square"}
COLUMNS = ("Milestone", "Workstream", "Baseline", "Forecast", "Actual", "Slip")


@dataclass(frozen=True)
class Reached:
    """A milestone as it is drawn."""

    name: str
    workstream: str
    """Its id and name."""
    baseline: date
    forecast: date | None
    actual: date | None

    @property
    def end(self) -> date:
        """The day that counts now: the actual one, else the forecast, else the baseline."""
        return self.actual or self.forecast or self.baseline

    @property
    def slip(self) -> str:
        """How much later than the baseline, in words; empty where it is not."""
        days = (self.end - self.baseline).days
        if not days:
            return "on its day" if self.actual else ""
        return f"{words.days(abs(days))} {'later' if days > 0 else 'earlier'}"


def ordered(milestones: Sequence[Reached]) -> list[Reached]:
    """Return milestones by workstream, in their order, each by its baseline."""
    works = list(dict.fromkeys(sorted(x.workstream for x in milestones)))
    return sorted(milestones, key=lambda x: (works.index(x.workstream), x.baseline, x.name))


def timeline(
    milestones: Sequence[Reached],
    today: date,
    last_meeting: date | None,
    description: str,
    mode: Mode = "light",
) -> Spec | None:
    """Return the chart; None where there is no milestone."""
    if not milestones:
        return None
    colours = theme.palette(mode)
    names, marks, slips, lines, at = [], [], [], [], 0.0
    work = ""
    for each in ordered(milestones):
        if each.workstream != work:
            work = each.workstream
            names.append({"y": at + HEADING - 8, "text": _short(work), "bold": True})
            at += HEADING
        text = _short(each.name)
        at += LINE * (text.count("\n") + 1)
        names.append({"y": at - 4, "text": text, "bold": False})
        middle = at + ROW / 2 - 4
        marks += [_mark(each.baseline, middle, "baseline")]
        if each.actual:
            marks.append(_mark(each.actual, middle, "actual"))
        elif each.forecast:
            marks.append(_mark(each.forecast, middle, "forecast"))
        early, late = sorted((each.baseline, each.end))
        lines.append({"day": early.isoformat(), "end": late.isoformat(), "y": middle})
        slips.append({"day": late.isoformat(), "y": middle, "text": each.slip})
        at += ROW
    days = [x.baseline for x in milestones] + [x.end for x in milestones]
    days += [today, *([last_meeting] if last_meeting else [])]
    x = _scale(min(days), max(days))
    middle_day = min(days) + (max(days) - min(days)) / 2
    y = alt.Y("y:Q").scale(domain=[at, -ABOVE], nice=False).axis(None)
    key = alt.Legend(orient="top", title=None)
    # Words have the ground behind them, so that no line is drawn through a letter.
    behind = {"stroke": colours.ground, "strokeWidth": 4}
    layers = [
        *_marked(today, last_meeting, at, x, colours, left=today < middle_day),
        _data(lines)
        .mark_rule(color=colours.line, strokeWidth=2, aria=False)
        .encode(x=x, x2="end:T", y=y),
        _data(marks)
        .mark_point(size=110, filled=True, opacity=1, strokeWidth=2)
        .encode(
            x=x,
            y=y,
            shape=alt.Shape("what:N")
            .scale(domain=list(SHAPES), range=list(SHAPES.values()))
            .legend(key),
            fill=alt.Fill("what:N")
            .scale(domain=list(SHAPES), range=[colours.ground, colours.blue, colours.ink])
            .legend(key),
            stroke=alt.Stroke("what:N")
            .scale(domain=list(SHAPES), range=[colours.blue, colours.blue, colours.ink])
            .legend(key),
            description=alt.Description("tip:N"),
            tooltip=alt.Tooltip("tip:N"),
        ),
        *(
            _data(slips)
            .mark_text(dx=11, align="left", baseline="middle", aria=False, **look)
            .encode(x=x, y=y, text="text:N")
            for look in (behind, {"color": colours.muted})
        ),
    ]
    for bold in (True, False):
        layers += [
            _data([row for row in names if row["bold"] is bold])
            .mark_text(
                align="left",
                baseline="bottom",
                aria=False,
                lineBreak="\n",
                lineHeight=LINE,
                fontWeight="bold" if bold else "normal",
                fontSize=theme.NORMAL if bold else theme.SMALL,
                **look,
            )
            .encode(x=alt.value(0), y=y, text="text:N")
            for look in (behind, {"color": colours.ink})
        ]
    chart = alt.layer(*layers).properties(height=at + ABOVE)
    return finished(chart, description, colours)


def said(milestones: Sequence[Reached], today: date) -> str:
    """Return how many are reached, how many slipped, and which is late, in sentences."""
    if not milestones:
        return "No milestone has been entered yet."
    reached = sum(x.actual is not None for x in milestones)
    late = [x for x in milestones if x.actual is None and x.end < today]
    slipped = [x for x in milestones if x.end > x.baseline]
    told = f"There are {len(milestones)} milestones: {reached} reached, {len(slipped)} slipped."
    if slipped:
        most = max(slipped, key=lambda x: x.end - x.baseline)
        told += f" The most: {most.name}, {most.slip}."
    if late:
        told += f" Past its day and not reached: {'; '.join(x.name for x in late)}."
    return told


def table(milestones: Sequence[Reached]) -> Table:
    """Return the milestones as a table."""
    rows = tuple(
        (
            each.name,
            each.workstream,
            words.day(each.baseline),
            words.day(each.forecast) if each.forecast else "",
            words.day(each.actual) if each.actual else "",
            each.slip,
        )
        for each in ordered(milestones)
    )
    return Table(COLUMNS, rows)


def _mark(day: date, y: float, what: str) -> dict[str, Any]:
    return {"day": day.isoformat(), "y": y, "what": what, "tip": f"{what}: {words.day(day)}"}


def _scale(first: date, last: date) -> alt.X:
    """Return the scale of days, with room for the words of the latest slip."""
    room = max((last - first).days, 60)
    ends = [first - timedelta(days=room // 20), last + timedelta(days=room // 3)]
    x = alt.X("day:T").scale(domain=[end.isoformat() for end in ends], nice=False)
    return x.axis(
        title=None, grid=False, format="%b %Y", tickCount=5, labelOverlap=True, orient="bottom"
    )


def _marked(
    today: date,
    meeting: date | None,
    at: float,
    x: alt.X,
    colours: theme.Palette,
    *,
    left: bool,
) -> list[alt.Chart]:
    """Draw today and the last meeting; `left` says whether their words stand right of them."""
    rows = [{"day": today.isoformat(), "text": "today", "y": -ABOVE + 12, "end": at, "dash": "a"}]
    if meeting is not None:
        rows.append(
            {
                "day": meeting.isoformat(),
                "text": "last meeting",
                "y": -ABOVE + 27,
                "end": at,
                "dash": "b",
            }
        )
    y = alt.Y("y:Q").scale(domain=[at, -ABOVE], nice=False).axis(None)
    layers = []
    for row, dash in zip(rows, ([1, 0], [4, 3]), strict=False):
        one = _data([row])
        layers.append(
            one.mark_rule(color=colours.muted, strokeDash=dash, aria=False).encode(
                x=x, y=y, y2="end:Q"
            )
        )
        layers.append(
            one.mark_text(
                align="left" if left else "right",
                dx=4 if left else -4,
                baseline="middle",
                color=colours.muted,
                aria=False,
            ).encode(x=x, y=y, text="text:N")
        )
    return layers


def _data(rows: list[Any]) -> alt.Chart:
    return alt.Chart(alt.InlineData(values=rows))


def _short(text: str) -> str:
    lines = wrap(text, NAME)
    if len(lines) > MOST_LINES:
        return "\n".join([*lines[: MOST_LINES - 1], f"{lines[MOST_LINES - 1].rstrip()}…"])
    return "\n".join(lines)
