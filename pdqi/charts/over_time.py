"""A KPI over time drawn as a control chart, and as a table, a file and icons.

The chart is built with Altair once for each palette; what changes from figure to figure are its
data and domains, which are put into a copy. Nothing is told by colour alone: signals have shapes of
their own, lines end in words, and marks carry numbers that are told below.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

import altair as alt

from pdqi import words
from pdqi.charts import theme
from pdqi.charts.finish import finished
from pdqi.charts.rows import Table
from pdqi.charts.sheet import as_csv
from pdqi.charts.theme import Mode, Palette, Spec
from pdqi.findings.over_time import OverTime
from pdqi.findings.over_time_said import (
    assurance_words,
    beside,
    direction,
    step_letter,
    variation_words,
    within,
)
from pdqi.findings.signals import Point, Signal, Stretch
from pdqi.metrics.kpi import Better, Unit

HEIGHT, LABEL = 260, 15
"""Of the plot, and of a line's label, in pixels."""
EXPECTED, UNJUDGED = "As expected by chance", "Not judged"
SIZE, SIGNAL_SIZE = "width < 450 ? 26 : 55", "width < 450 ? 60 : 110"
"""Of points and signals, in square pixels: smaller where there is less room."""
HALF, CLOSE = timedelta(days=15), timedelta(days=130)
"""Half a month, by which lines reach over their months; and how near marks are close."""
LEAST_APART: Mapping[Unit, float] = {"share": 0.04, "count": 4, "days": 4, "ratio": 0.4}
"""What the vertical axis spans at least."""
FIRST_ROW, NEXT_ROW = -8, -22
"""Where the numbers of marks stand above the plot; close ones stand in two rows."""
UNIT_WORDS: Mapping[Unit, str] = {
    "share": "Share",
    "count": "Number",
    "days": "Days",
    "ratio": "Ratio",
}


def chart(found: OverTime, description: str, mode: Mode = "light") -> Spec | None:
    """Return the chart as a Vega-Lite specification; None where no month has a value."""
    if found.kind == "nothing":
        return None
    spec: Spec = json.loads(_template(mode))
    colours = theme.palette(mode)
    low, high = _domain(found)
    data = {
        "points": [
            _row(found, place)
            for place, point in enumerate(found.points)
            if not point.month.missing
        ],
        "gaps": [_gap(point) for point in found.points if point.month.missing],
        "line": [_place(point) for point in found.points],
        "means": [_line(found, s.first, s.last, s.centre) for s in found.stretches],
        "limits": [
            _line(found, s.first, s.last, value) for s in found.stretches for value in _limits(s)
        ],
        "targets": [_line(found, *item) for item in _targets(found)],
        "labels": _labels(found, low, high),
        "earlier": _earlier(found),
        "flags": _flags(found),
    }
    first, last = found.points[0].month.first, found.points[-1].month.first
    pad = timedelta(days=12)
    time = [(first - pad).isoformat(), (last + pad).isoformat()]
    unit_axis = {"share": ".0%", "count": ",d", "days": ",d", "ratio": ".1f"}[found.unit]
    for layer in spec["layer"]:
        name = layer["data"]["name"]
        layer["data"] = {"values": data[name]}
        for channel, domain in (("x", time), ("y", [low, high])):
            scale = layer["encoding"].get(channel, {}).get("scale")
            if scale is not None:
                scale["domain"] = domain
        if name == "line":
            axis = layer["encoding"]["y"]["axis"]
            axis["title"], axis["format"] = _axis_title(found), unit_axis
        if name == "points":
            _tell_signals(layer, colours)
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
        return drawn.encode(x=x, x2="until:T", y=y)

    def beginning(**look: Any) -> alt.Chart:
        drawn: alt.Chart = layer("earlier").mark_text(
            align="left", dy=-9, fontSize=theme.SMALL, aria=False, **look
        )
        return drawn.encode(x=x, y=y, text="text:N")

    drawn = alt.layer(
        layer("flags").mark_rule(color=colours.line, aria=False).encode(x=x),
        layer("flags")
        .mark_text(fontWeight="bold", fontSize=theme.SMALL, aria=False)
        .encode(x=x, y=alt.Y("up:Q", scale=None, axis=None), text="number:N"),
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
            description="tip:N",
        ),
        layer("labels")
        .mark_text(align="left", dx=8, fontSize=theme.SMALL, aria=False)
        .encode(x=alt.XValue("width"), y=y, text="text:N"),
        # The words of earlier means stand among points: on a ground of their own.
        beginning(stroke=colours.ground, strokeWidth=4),
        beginning(),
    ).properties(height=HEIGHT)
    return json.dumps(finished(drawn, "", colours))


def _row(found: OverTime, place: int) -> Spec:
    """Return a point: its place, its kind of signal, and what it tells when it is pointed at."""
    point = found.points[place]
    month, says = words.month(point.month.first), _says(found, place)
    why = point.why or (says if says == EXPECTED else "")
    said = ", ".join(part for part in (month, point.month.said, point.month.behind, why) if part)
    return {
        **_place(point),
        "says": says,
        "signal": point.signal is not Signal.COMMON,
        "up": point.up,
        "Month": month,
        "Value": point.month.said,
        "Counts": point.month.behind,
        "Why": why,
        "tip": said,
    }


def _place(point: Point) -> Spec:
    return {"month": point.month.first.isoformat(), "value": point.month.value}


def _gap(point: Point) -> Spec:
    return {
        "month": point.month.first.isoformat(),
        "tip": f"{words.month(point.month.first)}: {point.why.lower()}",
    }


def _says(found: OverTime, place: int) -> str:
    """Return the words of a point's shape in the legend."""
    point, stretch = found.points[place], stretch_at(found, place)
    if stretch is None or not stretch.judged:
        return UNJUDGED
    if point.signal is Signal.COMMON:
        return EXPECTED
    if found.better is Better.NEITHER:
        return "Higher or rising" if point.up else "Lower or falling"
    return point.signal.value.capitalize()


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
    unit = UNIT_WORDS[found.unit]
    return (
        f"{unit} ({found.label}), {direction(found.better)}"
        if found.label
        else (f"{unit}, {direction(found.better)}")
    )


def _line(found: OverTime, first: int, last: int, value: float) -> Spec:
    """Return a mean, limit or target from one month to another, within what can be drawn."""
    return {
        "month": (found.points[first].month.first - HALF).isoformat(),
        "until": (found.points[last].month.first + HALF).isoformat(),
        "value": within(value, found.unit),
    }


def _limits(stretch: Stretch) -> tuple[float, ...]:
    """Return lower and upper limit; none where they would lie on the mean."""
    if stretch.lower is None or stretch.upper is None or stretch.lower == stretch.upper:
        return ()
    return stretch.lower, stretch.upper


def _targets(found: OverTime) -> list[tuple[int, int, float]]:
    """Return first and last place of each run of months with one target, and the target."""
    runs: list[tuple[int, int, float]] = []
    for place, point in enumerate(found.points):
        if point.target is None:
            continue
        if runs and runs[-1][1] == place - 1 and runs[-1][2] == point.target:
            runs[-1] = (runs[-1][0], place, point.target)
        else:
            runs.append((place, place, point.target))
    return runs


def _domain(found: OverTime) -> tuple[float, float]:
    """Return where the vertical axis begins and ends: round what is drawn, from 0 where near."""
    drawn = [point.month.value for point in found.points if point.month.value is not None]
    for stretch in found.stretches:
        drawn += [within(value, found.unit) for value in (stretch.centre, *_limits(stretch))]
    drawn += [value for _, _, value in _targets(found)]
    low, high = min(drawn), max(drawn)
    apart = max(high - low, LEAST_APART[found.unit])
    low, high = low - 0.08 * apart, max(high, low + apart) + 0.08 * apart
    return (0.0 if low < 0.3 * high else low), min(high, 1.0) if found.unit == "share" else high


def _labels(found: OverTime, low: float, high: float) -> list[Spec]:
    """Return what stands at the lines' right ends, moved apart where it would overlap."""
    rows = [(value, words) for value, words in line_ends(found)]
    rows.sort(key=lambda row: row[0])
    pixel = (high - low) / HEIGHT
    places: list[float] = []
    for value, _ in rows:
        wanted = within(value, found.unit)
        places.append(max(wanted, places[-1] + LABEL * pixel) if places else wanted)
    over = max(0.0, places[-1] - high) if places else 0.0
    for i in range(len(places) - 1, -1, -1):
        ceiling = high if i == len(places) - 1 else places[i + 1] - LABEL * pixel
        places[i] = min(places[i], ceiling) if over or i < len(places) - 1 else places[i]
    return [{"value": place, "text": said} for place, (_, said) in zip(places, rows, strict=True)]


def line_ends(found: OverTime) -> list[tuple[float, str]]:
    """Return the lines that reach the last month, each with its words: `Mean 52%`."""
    ends: list[tuple[float, str]] = []
    if found.stretches:
        stretch = found.stretches[-1]
        name = "Mean" if stretch.judged else "Median"
        ends.append((stretch.centre, f"{name} {beside(found, stretch, stretch.centre)}"))
        for value, which in zip(_limits(stretch), ("Lower", "Upper"), strict=False):
            ends.append((value, f"{which} limit {beside(found, stretch, value)}"))
    if found.target is not None:
        ends.append((found.target, f"Target {words.in_unit(found.target, found.unit)}"))
    return ends


def _earlier(found: OverTime) -> list[Spec]:
    """Return the words of means that ended before the last month."""
    return [
        {
            "month": found.points[s.first].month.first.isoformat(),
            "value": within(s.centre, found.unit),
            "text": f"{'Mean' if s.judged else 'Median'} {beside(found, s, s.centre)}",
        }
        for s in found.stretches[:-1]
    ]


def _flags(found: OverTime) -> list[Spec]:
    """Return marks by their numbers and steps by their letters, once for each month."""
    by_month: dict[date, list[str]] = {}
    for flag in found.flags:
        by_month.setdefault(flag.month, []).append(str(flag.number))
    for step in found.steps:
        by_month.setdefault(step.month, []).append(step_letter(found, step))
    rows: list[Spec] = []
    before: date | None = None
    for month in sorted(by_month):
        close = before is not None and month - before < CLOSE and rows[-1]["up"] == FIRST_ROW
        rows.append(
            {
                "month": month.isoformat(),
                "number": ", ".join(by_month[month]),
                "up": NEXT_ROW if close else FIRST_ROW,
            }
        )
        before = month
    return rows


def table(found: OverTime) -> Table:
    """Return every month, the latest first: value, counts, mean, limits, target, and why."""
    columns = ("Month", UNIT_WORDS[found.unit], "Counts", "Mean", "Limits", "Target", "Says")
    rows = []
    for place in reversed(range(len(found.points))):
        point = found.points[place]
        stretch = stretch_at(found, place)
        mean = "" if stretch is None else beside(found, stretch, stretch.centre)
        if stretch is not None and not stretch.judged:
            mean = f"{mean} (median)"
        ends = _limits(stretch) if stretch else ()
        limits = " to ".join(beside(found, stretch, end) for end in ends) if stretch else ""
        target = "" if point.target is None else words.in_unit(point.target, found.unit)
        rows.append(
            (
                words.month(point.month.first),
                point.month.said,
                point.month.behind,
                mean,
                limits,
                target,
                point.why,
            )
        )
    kept = [i for i, name in enumerate(columns) if i < 2 or any(row[i] for row in rows)]
    return Table(
        tuple(columns[i] for i in kept), tuple(tuple(row[i] for i in kept) for row in rows)
    )


def stretch_at(found: OverTime, place: int) -> Stretch | None:
    """Return the stretch that a month belongs to."""
    return next((s for s in found.stretches if s.first <= place <= s.last), None)


def as_file(found: OverTime, about: Mapping[str, str]) -> bytes:
    """Return every month as CSV, the oldest first."""
    columns = [*about, "figure", "scope", "scope_name", "whose", "month", "value", "missing"]
    columns += ["part", "whole", "centre", "centre_is", "lower_limit", "upper_limit", "target"]
    columns += ["signal", "rule", "why", "step"]
    steps = {step.at: step.reason for step in found.steps}
    rows = []
    for place, point in enumerate(found.points):
        month, stretch = point.month, stretch_at(found, place)
        centre = lower = upper = None
        kind = ""
        if stretch is not None:
            kind = "mean" if stretch.judged else "median"
            centre, lower, upper = stretch.centre, stretch.lower, stretch.upper
        row: list[Any] = [*about.values(), found.kpi.id, found.scope.key, found.scope.name]
        row += [found.label, f"{month.first:%Y-%m}", month.shown, month.missing]
        row += [month.part, month.whole, centre, kind, lower, upper, point.target]
        judged = not month.missing and stretch is not None and stretch.judged
        row += [point.signal.value if judged else "", point.rule]
        rows.append([*row, point.why, steps.get(place)])
    return as_csv(columns, rows)


def icons(
    found: Mapping[tuple[str, str], OverTime],
    kpis: Sequence[tuple[str, str]],
    scopes: Sequence[tuple[str, str]],
) -> Table:
    """Return variation and assurance of each KPI (a column) in each scope (a row), in words.

    `found` is by KPI and scope; `kpis` and `scopes` are ids with names, in the order shown. Empty
    where a KPI is not counted.
    """
    rows = []
    for scope, name in scopes:
        cells = []
        for kpi, _ in kpis:
            item = found.get((kpi, scope))
            parts = () if item is None else (variation_words(item), assurance_words(item))
            cells.append("; ".join(part for part in parts if part))
        if any(cells):
            rows.append((name, *cells))
    return Table(("Team", *(name for _, name in kpis)), tuple(rows))
