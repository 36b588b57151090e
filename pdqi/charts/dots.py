"""Dots with their 95% intervals, a row a scope, and what is known from elsewhere between the rows.

Rows keep the order of config. Nothing is told by colour alone: the chosen row has another mark and
a bold name, every value stands beside its row, and a reference is told by its label and pattern.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import altair as alt

from pdqi.charts import theme
from pdqi.charts.finish import finished
from pdqi.charts.references import DASHES, Reference, between_rows
from pdqi.charts.theme import Mode, Palette, Spec
from pdqi.findings.readings import Line, readings, value
from pdqi.labels import Labels
from pdqi.metrics.kpi import Kpi
from pdqi.model import Published

STEP = 30
Row = dict[str, Any]


def dots(
    kpi: Kpi,
    published: Published,
    shown: Sequence[Line],
    chosen: Line,
    labels: Labels,
    description: str,
    references: Sequence[Reference] = (),
    mode: Mode = "light",
) -> Spec | None:
    """Return the dots of a KPI in the order of `shown`; None where no row has a value to draw."""
    colours = theme.palette(mode)
    read = readings(kpi, labels)
    unit = kpi.kind.field(read[0].value).unit
    present = [line for line in shown if published.at(line.key) is not None]
    rows = [row for line in present for row in _values(kpi, published, line, chosen, labels)]
    if not any(row["value"] is not None for row in rows):
        return None
    placed = list(between_rows(present, references))
    names = [item.name if isinstance(item, Line) else item.label for item in placed]
    spec: Spec = json.loads(_template(unit, tuple(reading.label for reading in read), mode))
    x, y = _value(unit), _rows()
    data: Spec = {**spec.get("datasets", {}), "rows": rows}
    behind = _references(placed, x, y, colours)
    if behind:
        found = alt.layer(*behind).to_dict(validate=False)
        spec["layer"] = [*found["layer"], *spec["layer"]]
        data |= found["datasets"]
    for layer in spec["layer"]:
        if "y" in layer["encoding"]:
            place = layer["encoding"]["y"]
            place["sort"] = names
            place["axis"]["labelFontWeight"]["condition"]["test"] = is_value(chosen.name)
    return {**spec, "description": description, "datasets": data}


@cache
def _template(unit: str, series: tuple[str, ...], mode: Mode) -> str:
    """Return the dots without their rows and names, as JSON: Altair takes long to make them."""
    colours = theme.palette(mode)
    x, y = _value(unit), _rows()
    offset = {"yOffset": alt.YOffset("series:N").sort(list(series))} if len(series) > 1 else {}
    layers = [
        *([_one(x, colours)] if unit == "ratio" else []),
        *_dots(series, x, y, offset, colours),
    ]
    step = STEP if len(series) == 1 else 2 * STEP - 13
    chart = alt.layer(*layers).properties(height=alt.Step(step, **{"for": "position"}))
    return json.dumps(finished(chart, "", colours))


def _value(unit: str) -> alt.X:
    return alt.X("value:Q").scale(zero=True).axis(value_axis(unit)).title(None)


def _rows() -> alt.Y:
    """Return the axis of the rows; which they are, and which is in bold, is put in afterwards."""
    rows = alt.Y("name:N").sort([]).title(None).axis(row_names(""))
    return rows.scale(type="band", paddingInner=0, paddingOuter=0)


def _values(kpi: Kpi, published: Published, line: Line, chosen: Line, labels: Labels) -> list[Row]:
    figure = published.at(line.key)
    assert figure is not None
    return [
        {
            "name": line.name,
            "series": reading.label,
            "value": figure[reading.value].value,
            "low": figure[reading.low].value if reading.low else None,
            "high": figure[reading.high].value if reading.high else None,
            "words": value(kpi, figure, reading, cleared=published.cleared),
            "mark": "chosen" if line.key == chosen.key else "other",
        }
        for reading in readings(kpi, labels)
    ]


def _dots(
    series: Sequence[str],
    x: alt.X,
    y: alt.Y,
    offset: Mapping[str, Any],
    colours: Palette,
) -> list[alt.Chart]:
    base = alt.Chart(alt.NamedData(name="rows"))
    colour: Any = alt.ColorValue(colours.blue)
    shape = alt.Shape("mark:N").scale(domain=["chosen", "other"], range=["diamond", "circle"])
    shape = shape.legend(None)
    if len(series) > 1:
        legend = alt.Legend(orient="top", title=None, symbolSize=90)
        colour = alt.Color("series:N").legend(legend)
        colour = colour.scale(domain=list(series), range=[colours.blue, colours.muted])
        shape = alt.Shape("series:N").scale(domain=list(series), range=["circle", "square"])
        shape = shape.legend(legend)
    size = alt.SizeValue(80, condition={"test": "datum.mark === 'chosen'", "value": 170})
    return [
        base.transform_filter("isValid(datum.low) && isValid(datum.high)")
        .mark_rule(strokeWidth=2, aria=False)
        .encode(x=at(x, "low"), x2=alt.X2("high:Q"), y=y, color=colour, **offset),
        base.transform_filter("isValid(datum.value)")
        .mark_point(filled=True, opacity=1)
        .encode(x=x, y=y, color=colour, shape=shape, size=size, **offset),
        base.mark_text(align="left", dx=8, fontSize=theme.SMALL, aria=False).encode(
            x=alt.XValue("width"), y=y, text=alt.Text("words:N"), **offset
        ),
    ]


def _references(
    placed: Sequence[Line | Reference], x: alt.X, y: alt.Y, colours: Palette
) -> list[alt.Chart]:
    """Return a row for each reference, and its mark in the rows that it holds for."""
    found = [item for item in placed if isinstance(item, Reference)]
    layers = []
    ranges = [
        {"name": line.name, "low": item.low, "high": item.high}
        for item in found
        for line in placed
        if isinstance(line, Line) and line.key in item.marked and item.low != item.high
        if item.low is not None and item.high is not None
    ]
    if ranges:
        layers.append(
            alt.Chart(alt.InlineData(values=ranges))
            .mark_bar(color=colours.faint, height=alt.RelativeBandSize(band=0.9), aria=False)
            .encode(x=at(x, "low"), x2=alt.X2("high:Q"), y=y)
        )
    for source, dash in DASHES.items():
        colour = colours.muted if source == "literature" else colours.line
        of_source = [item for item in found if item.source == source]
        ends = [
            {"name": name, "at": end}
            for item in of_source
            for name in _rows_of(item, placed)
            for end in dict.fromkeys((item.low, item.high))
            if end is not None
        ]
        spans = [
            {"name": item.label, "low": item.low, "high": item.high}
            for item in of_source
            if item.low is not None and item.high is not None and item.low < item.high
        ]
        look: Row = {"strokeDash": list(dash), "strokeWidth": 3, "color": colour, "aria": False}
        if ends:
            layers.append(
                alt.Chart(alt.InlineData(values=ends))
                .mark_rule(**look)
                .encode(x=at(x, "at"), y=y.bandPosition(0.08), y2=alt.Y2("name", bandPosition=0.92))
            )
        if spans:
            layers.append(
                alt.Chart(alt.InlineData(values=spans))
                .mark_rule(**look)
                .encode(x=at(x, "low"), x2=alt.X2("high:Q"), y=y)
            )
    return layers


def _rows_of(item: Reference, placed: Sequence[Line | Reference]) -> list[str]:
    """Return the names of the rows in which a number or bound is drawn as a line."""
    own = [item.label]
    if item.low is not None and item.high is not None and item.low < item.high:
        return own
    return [p.name for p in placed if isinstance(p, Line) and p.key in item.marked] + own


def _one(x: alt.X, colours: Palette) -> alt.Chart:
    """Return the line of a ratio that means no difference."""
    rows = alt.InlineData(values=[{"one": 1}])
    look: Row = {"strokeDash": [4, 4], "color": colours.line, "aria": False}
    chart: alt.Chart = alt.Chart(rows).mark_rule(**look).encode(x=at(x, "one"))
    return chart


def at(x: alt.X, field: str) -> alt.X:
    """Return the same axis for another field."""
    return alt.X(f"{field}:Q").scale(zero=True).axis(x["axis"]).title(None)


def row_names(bold: str) -> alt.Axis:
    """Return the axis that names the rows, one of them in bold; a name may have two lines."""
    return alt.Axis(
        domain=False,
        ticks=False,
        grid=False,
        labelLimit=200,
        labelPadding=8,
        labelLineHeight=14,
        labelExpr="split(datum.label, '\\n')",
        # Lines hang from the first one: two are lifted so that they are centred on their row.
        labelOffset=alt.condition("indexof(datum.value, '\\n') > 0", alt.value(-7), alt.value(0)),
        labelFontWeight=alt.condition(is_value(bold), alt.value("bold"), alt.value("normal")),
    )


def is_value(name: str) -> str:
    """Return the expression that is true for the label of this name."""
    escaped = name.replace("\\", "\\\\").replace("'", "\\'")
    return f"datum.value === '{escaped}'"


def value_axis(unit: str) -> alt.Axis:
    """Return the axis of values in a unit."""
    more: Row = {}
    if unit == "share":
        more = {"format": ".0%", "tickMinStep": 0.01}
    elif unit == "days":
        more = {"labelExpr": "format(datum.value, ',d') + ' days'"}
    elif unit == "count":
        more = {"format": ",d", "tickMinStep": 1}
    return alt.Axis(
        tickCount=4, labelOverlap=True, domain=False, ticks=False, labelPadding=6, **more
    )
