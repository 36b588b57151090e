"""The chart that fits a KPI, made from published figures only.

Dots with intervals by team, the steps of a cascade, or bars of counts.
"""

from collections.abc import Sequence
from typing import Any

import altair as alt

from pdqi.charts import cascade, theme
from pdqi.charts.dots import STEP, dots, row_names, value_axis
from pdqi.charts.finish import finished
from pdqi.charts.references import Reference
from pdqi.charts.theme import Mode, Spec
from pdqi.findings.cascade import cascades
from pdqi.findings.readings import Line, text
from pdqi.labels import Labels
from pdqi.metrics.kpi import Kpi, Steps, Tally
from pdqi.model import Published

WIDTHS = (0.75, 0.6, 0.45, 0.3, 0.15)
"""How thick bars are that lie inside each other, as shares of their row."""


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
        found = cascades(kpi, published, [(chosen.name, chosen, None)], labels)
        return cascade.steps(found[0], description, mode) if found else None
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
    counts = [count for count in kpi.kind.counts if count.shown][: len(WIDTHS)]
    field = kpi.kind.field(kpi.kind.main)
    present = [(line, f) for line in shown if (f := published.at(line.key)) is not None]
    if not any(figure[field.name].value is not None for _, figure in present):
        return None
    titles = [labels.fill(count.words) for count in counts]
    darker = [(place + 1) / len(counts) for place in range(len(counts))]
    fills = [theme.mixed(colours.ground, colours.blue, 0.15 + 0.85 * share) for share in darker]
    fills[-1] = colours.blue
    y = alt.Y("name:N").sort([line.name for line, _ in present]).title(None)
    y = y.axis(row_names(chosen.name))
    x = alt.X("value:Q").title(None).axis(value_axis("count"))
    legend = alt.Legend(orient="top", title=None, columns=1) if counts[1:] else None
    colour = alt.Color("count:N").scale(domain=titles, range=fills).legend(legend)
    layers = []
    for count, title, width in zip(counts, titles, WIDTHS, strict=False):
        rows: list[dict[str, Any]] = [
            {"name": line.name, "value": figure[count.name].value, "count": title}
            for line, figure in present
            if figure[count.name].value is not None
        ]
        layers.append(
            alt.Chart(alt.InlineData(values=rows))
            # Read out once: the description and the table have the parts.
            .mark_bar(height=alt.RelativeBandSize(band=width), aria=count is counts[0])
            .encode(x=x, y=y, color=colour)
        )
    said = [
        {"name": line.name, "words": text(figure[field.name], field, cleared=published.cleared)}
        for line, figure in present
    ]
    layers.append(
        alt.Chart(alt.InlineData(values=said))
        .mark_text(align="left", dx=8, fontSize=theme.SMALL, aria=False)
        .encode(x=alt.XValue("width"), y=y, text=alt.Text("words:N"))
    )
    drawn = alt.layer(*layers).properties(height=alt.Step(STEP))
    return finished(drawn, description, colours)
