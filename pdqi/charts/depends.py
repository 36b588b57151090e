"""One figure under every variant: dots with intervals on their band, and what it is held against.

What is in force has a diamond and a bold name; the whole system has a hollow square under each
variant; published numbers, targets and the ratio of 1 are lines told apart by pattern and label.
"""

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from pdqi.charts import theme
from pdqi.charts.dots import STEP, at, row_names, value_axis
from pdqi.charts.rows import Table
from pdqi.charts.sheet import as_csv
from pdqi.charts.theme import Mode, Palette, Spec
from pdqi.findings.depends import Against, Dependence, Row
from pdqi.findings.depends_said import sentence
from pdqi.findings.unidentified import Unidentified

DASHES: Mapping[str, tuple[int, int]] = {"published": (1, 0), "target": (9, 3), "one": (3, 3)}
PATTERNS = {"published": "solid line", "target": "broken line", "one": "dotted line"}
NAME = 24
"""As many letters of a row's name fit beside a chart on a phone."""
HATCH = "M-1,1L1,-1"


def chart(found: Dependence, mode: Mode = "light") -> Spec | None:
    """Return the chart, or None where no variant has a value to draw."""
    if found.band is None:
        return None
    colours = theme.palette(mode)
    lines = [item for item in found.against if item.kind != "system"]
    names = [wrapped(row.variant.name) for row in found.rows]
    rows = [_drawn(row, name) for row, name in zip(found.rows, names, strict=True)]
    labels = [wrapped(_label(item)) for item in lines]
    x = alt.X("value:Q").scale(zero=True).axis(value_axis(found.unit)).title(None)
    y = _rows([*names, *labels], names[0])
    layers = [
        _band(found, x, colours),
        *(
            layer
            for item, label in zip(lines, labels, strict=True)
            for layer in _held(item, label, x, y, colours)
        ),
        *_dots(rows, x, y, colours),
    ]
    whole = alt.layer(*layers).properties(height=alt.Step(STEP, **{"for": "position"}))
    return theme.finished(whole, description(found), colours)


def description(found: Dependence) -> str:
    """Return the chart in words: what it says, then how it is drawn."""
    drawn = ["The band runs from the lowest to the highest value, the diamond is what is in force"]
    if any(item.kind == "system" for item in found.against):
        drawn.append("hollow squares are the whole system")
    for item in found.against:
        if item.kind in PATTERNS:
            drawn.append(f"{item.name} is a {PATTERNS[item.kind]}")
    return f"{sentence(found)} {'; '.join(drawn)}."


def table(found: Dependence) -> Table:
    """Return every variant with its value, interval and counts, and how it stands to the rest."""
    columns = ("Definition", found.noun.removeprefix("The ").capitalize(), "95% interval", "Counts")
    against = [f"Against {item.name}" for item in found.against]
    return Table(
        (*columns, *against),
        tuple(
            (
                row.variant.name,
                row.said,
                row.interval,
                row.counts,
                *(
                    "not judged" if relation is None else relation.value
                    for relation in row.relations
                ),
            )
            for row in found.rows
        ),
    )


def csv(found: Sequence[Dependence], about: Mapping[str, str]) -> bytes:
    """Return every variant of several places as CSV; numbers as numbers, each with its state."""
    held = list(dict.fromkeys(item.name for each in found for item in each.against))
    columns = ["figure", "scope", "scope_name", "changed", "definition", "value", "value_state"]
    columns += ["low", "high", "counts", *(f"against {name}" for name in held)]
    lines = []
    for each in found:
        for row in each.rows:
            told = {
                item.name: "not judged" if relation is None else relation.value
                for item, relation in zip(each.against, row.relations, strict=True)
            }
            lines.append(
                [
                    *about.values(),
                    each.kpi.id,
                    each.place.key,
                    each.place.name,
                    row.variant.setting or "",
                    row.variant.name,
                    row.cell.value,
                    row.cell.state.value,
                    *row.ends,
                    row.counts,
                    *(told.get(name, "") for name in held),
                ]
            )
    return as_csv([*about, *columns], lines)


def unidentified_chart(found: Sequence[Unidentified], mode: Mode = "light") -> Spec | None:
    """Return hatched bars of those about whom nothing can be told; None where there are none.

    What has a share is drawn as long as it is; what has none is an outline over the whole width.
    """
    if not found:
        return None
    colours = theme.palette(mode)
    rows = [
        {"name": wrapped(item.name), "start": 0, "end": _length(item), "words": item.said}
        for item in found
    ]
    marks = [
        {"name": wrapped(item.name), "value": step / 50}
        for item in found
        if item.share is not None and item.share.value is not None
        for step in range(1, 50)
        if step / 50 < float(item.share.value)
    ]
    axis = value_axis("share")
    x = alt.X("value:Q").scale(domain=[0, 1]).axis(axis).title(None)
    y = _rows([str(row["name"]) for row in rows], "")
    base = alt.Chart(alt.InlineData(values=rows))
    bar = base.mark_bar(
        height=alt.RelativeBandSize(band=0.6),
        color=colours.ground,
        stroke=colours.muted,
        strokeWidth=1.5,
        strokeDash=[5, 3],
    ).encode(x=at(x, "start"), x2="end:Q", y=y)
    hatch = (
        alt.Chart(alt.InlineData(values=marks))
        .mark_point(shape=HATCH, size=220, stroke=colours.muted, strokeWidth=1, aria=False)
        .encode(x=x, y=y)
    )
    text = base.mark_text(align="left", dx=8, fontSize=theme.SMALL, aria=False)
    layers = [
        bar,
        *([hatch] if marks else []),
        text.encode(x=alt.value("width"), y=y, text="words:N"),
    ]
    whole = alt.layer(*layers).properties(height=alt.Step(STEP + 8, **{"for": "position"}))
    said = " ".join(f"{item.name}: {item.said}. {item.why}" for item in found)
    return theme.finished(whole, f"What cannot be told, as hatched bars. {said}", colours)


def wrapped(text: str) -> str:
    """Return a name in at most two lines, cut where it is longer still."""
    lines = textwrap.wrap(text, NAME, max_lines=2, placeholder=" …")
    return "\n".join(lines)


def _rows(names: Sequence[str], bold: str) -> alt.Y:
    scale = alt.Scale(type="band", paddingInner=0, paddingOuter=0)
    return alt.Y("name:N").sort(list(names)).title(None).scale(scale).axis(row_names(bold))


def _length(item: Unidentified) -> float:
    return 1.0 if item.share is None or item.share.value is None else float(item.share.value)


def _label(item: Against) -> str:
    return item.name.removeprefix("the ").removeprefix("a ").capitalize()


def _drawn(row: Row, name: str) -> dict[str, Any]:
    low, high = row.ends
    system_low, system_high = row.system or (None, None)
    return {
        "name": name,
        "value": row.cell.value,
        "low": low,
        "high": high,
        "system": row.system_value,
        "system_low": system_low,
        "system_high": system_high,
        "words": row.said,
        "mark": "in force" if row.variant.in_force else "other",
    }


def _band(found: Dependence, x: alt.X, colours: Palette) -> alt.Chart:
    assert found.band is not None
    low, high = (row.cell.value for row in found.band)
    data = alt.InlineData(values=[{"from": low, "to": high}])
    band: alt.Chart = alt.Chart(data).mark_rect(color=colours.blue_soft, aria=False)
    return band.encode(x=at(x, "from"), x2="to:Q")


def _held(item: Against, label: str, x: alt.X, y: alt.Y, colours: Palette) -> list[alt.Chart]:
    """Return the lines of a number, range or bound, and its own row, where its label stands."""
    ends = [end for end in dict.fromkeys(item.ends) if end is not None]
    look: dict[str, Any] = {
        "strokeDash": list(DASHES[item.kind]),
        "strokeWidth": 2,
        "color": colours.muted,
        "aria": False,
    }
    data = alt.InlineData(values=[{"at": end, "name": label} for end in ends])
    layers = [alt.Chart(data).mark_rule(**look).encode(x=at(x, "at"))]
    row = alt.InlineData(values=[{"name": label, "value": ends[0], "end": ends[-1]}])
    layers.append(alt.Chart(row).mark_rule(**look).encode(x=x, x2="end:Q", y=y))
    return layers


def _dots(rows: Sequence[Mapping[str, Any]], x: alt.X, y: alt.Y, colours: Palette) -> list[Any]:
    base = alt.Chart(alt.InlineData(values=list(rows)))
    shape = alt.Shape("mark:N").scale(domain=["in force", "other"], range=["diamond", "circle"])
    size = alt.condition("datum.mark === 'in force'", alt.value(170), alt.value(80))
    # The whole system stands a little lower, so that neither hides the other.
    return [
        base.transform_filter("isValid(datum.system_low) && isValid(datum.system_high)")
        .mark_rule(strokeWidth=1, color=colours.muted, aria=False)
        .encode(x=at(x, "system_low"), x2="system_high:Q", y=y.bandPosition(0.85)),
        base.transform_filter("isValid(datum.system)")
        .mark_point(filled=False, shape="square", size=40, stroke=colours.muted, aria=False)
        .encode(x=at(x, "system"), y=y.bandPosition(0.85)),
        base.transform_filter("isValid(datum.low) && isValid(datum.high)")
        .mark_rule(strokeWidth=2, color=colours.blue, aria=False)
        .encode(x=at(x, "low"), x2="high:Q", y=y),
        base.transform_filter("isValid(datum.value)")
        .mark_point(filled=True, opacity=1, color=colours.blue)
        .encode(x=x, y=y, shape=shape.legend(None), size=size),
        base.mark_text(align="left", dx=8, fontSize=theme.SMALL, aria=False).encode(
            x=alt.value("width"), y=y, text="words:N"
        ),
    ]
