"""The chart that fits a KPI, made from published figures only.

Dots with intervals by team, the steps of a cascade, or bars of people waiting. Nothing is told
by colour alone: the chosen scope has another mark, and every value stands beside its row.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pdqi import words
from pdqi.charts import theme
from pdqi.charts.dots import dots
from pdqi.charts.references import Reference
from pdqi.charts.theme import Mode, Palette, Spec
from pdqi.findings.readings import Line, text
from pdqi.labels import Labels
from pdqi.metrics.kpi import Kpi, Steps, Tally
from pdqi.model import Figure, Published

STEP = 30


def chart(
    kpi: Kpi,
    published: Published,
    shown: Sequence[Line],
    chosen: Line,
    labels: Labels,
    description: str,
    references: Sequence[Reference] = (),
    mode: Mode = "light",
) -> Spec | None:
    """Return the chart that fits the KPI's kind, or None where no row has a value to draw."""
    if isinstance(kpi.kind, Steps):
        figure = published.at(chosen.key)
        if figure is None:
            return None
        return cascade(kpi, published, figure, labels, description, mode)
    if isinstance(kpi.kind, Tally):
        return bars(kpi, published, shown, chosen, labels, description, mode)
    return dots(kpi, published, shown, chosen, labels, description, references, mode)


def bars(
    kpi: Kpi,
    published: Published,
    shown: Sequence[Line],
    chosen: Line,
    labels: Labels,
    description: str,
    mode: Mode = "light",
) -> Spec | None:
    """Return bars of counts; parts of the first lie inside it, darker and thinner.

    None where no row has a value to draw.
    """
    colours = theme.palette(mode)
    counts = [count for count in kpi.kind.counts if count.shown]
    fills = [colours.faint, colours.line, colours.blue]
    if len(counts) == 1:
        fills = [colours.blue]
    thickness = (0.75, 0.5, 0.25)
    main = kpi.kind.main
    rows = []
    for line in shown:
        figure = published.at(line.key)
        if figure is None:
            continue
        row: dict[str, Any] = {count.name: figure[count.name].value for count in counts}
        rows.append(
            {
                **row,
                "name": line.name,
                "words": text(figure[main], kpi.kind.field(main), cleared=published.cleared),
            }
        )
    if not any(row[main] is not None for row in rows):
        return None
    names = [row["name"] for row in rows]
    x = {"type": "quantitative", "axis": _x_axis("count"), "title": None}
    titles = [labels.fill(count.words) for count in counts]
    layers: list[Spec] = []
    for count, title, wide in zip(counts, titles, thickness, strict=False):
        if not any(row[count.name] for row in rows):
            continue
        legend = {"orient": "top", "title": None} if len(counts) > 1 else None
        layers.append(
            {
                "transform": [{"filter": f"isValid(datum.{count.name})"}],
                # Read out once: the description and the table have the parts.
                "mark": {"type": "bar", "height": {"band": wide}, "aria": count is counts[0]},
                "encoding": {
                    "x": {"field": count.name, **x},
                    "color": {
                        "datum": title,
                        "type": "nominal",
                        "scale": {"domain": titles, "range": fills[: len(titles)]},
                        "legend": legend,
                    },
                },
            }
        )
    layers.append(
        {
            "mark": {"type": "text", "align": "left", "dx": 8, "fontSize": theme.SMALL},
            "encoding": {"text": {"field": "words"}, "x": {"value": "width"}},
        }
    )
    return _frame(rows, names, layers, chosen, description, colours, STEP)


def cascade(
    kpi: Kpi,
    published: Published,
    figure: Figure,
    labels: Labels,
    description: str,
    mode: Mode = "light",
) -> Spec | None:
    """Return the steps of one scope as bars; the people whom the cascade is for are the first."""
    colours = theme.palette(mode)
    rows = []
    for count in kpi.kind.counts[1:]:
        cell = figure[count.name]
        share = figure.cells.get(f"{count.name}_share")
        said = text(cell, count, cleared=published.cleared)
        if share is not None and share.value is not None:
            said = f"{said} ({words.percent(share.value)})"
        rows.append({"name": labels.fill(count.words), "value": cell.value, "words": said})
    if not any(row["value"] for row in rows):
        return None
    x = {"field": "value", "type": "quantitative", "axis": _x_axis("count"), "title": None}
    layers: list[Spec] = [
        {
            "mark": {"type": "bar", "color": colours.blue, "height": {"band": 0.7}},
            "encoding": {"x": x},
        },
        {
            "mark": {"type": "text", "align": "left", "dx": 8, "fontSize": theme.SMALL},
            "encoding": {"text": {"field": "words"}, "x": {"value": "width"}},
        },
    ]
    names = [str(row["name"]) for row in rows]
    return _frame(rows, names, layers, None, description, colours, STEP)


def _x_axis(unit: str) -> Spec:
    axis: Spec = {
        "tickCount": 4,
        "labelOverlap": True,
        "domain": False,
        "ticks": False,
        "labelPadding": 6,
    }
    if unit == "share":
        return axis | {"format": ".0%"}
    if unit == "count":
        return axis | {"format": ",d", "tickMinStep": 1}
    if unit == "days":
        return axis | {"labelExpr": "format(datum.value, ',d') + ' days'"}
    return axis


def _frame(
    rows: Sequence[Mapping[str, Any]],
    names: Sequence[str],
    layers: Sequence[Spec],
    chosen: Line | None,
    description: str,
    colours: Palette,
    step: int,
) -> Spec:
    """Return a specification with one row a name, in the order given, and room for words."""
    axis: Spec = {
        "title": None,
        "domain": False,
        "ticks": False,
        "labelLimit": 200,
        "labelPadding": 8,
        "labelFontSize": theme.SMALL,
        "grid": False,
    }
    if chosen is not None:
        axis["labelFontWeight"] = {
            "condition": {"test": f"datum.value === {_quoted(chosen.name)}", "value": "bold"},
            "value": "normal",
        }
    y = {"field": "name", "type": "nominal", "sort": list(names), "axis": axis}
    return {
        "$schema": theme.SCHEMA,
        "description": description,
        "width": "container",
        "height": {"step": step, "for": "position"},
        "padding": {"left": 0, "top": 5, "right": 5, "bottom": 5},
        "autosize": {"type": "fit-x", "contains": "padding"},
        "data": {"values": [dict(row) for row in rows]},
        "layer": [
            layer
            if "y" in layer["encoding"]
            else {**layer, "encoding": {"y": y, **layer["encoding"]}}
            for layer in layers
        ],
        "config": theme.config(colours),
    }


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
