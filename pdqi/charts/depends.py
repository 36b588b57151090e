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
from pdqi.charts.finish import finished
from pdqi.charts.theme import Mode, Palette, Spec
from pdqi.findings.against import Against
from pdqi.findings.depends import Dependence, Row
from pdqi.findings.depends_said import sentence
from pdqi.findings.unidentified import NotIdentifiable, WithoutEntry
from pdqi.labels import capitalised

DASHES: Mapping[str, tuple[int, int]] = {"published": (1, 0), "target": (9, 3), "one": (3, 3)}
PATTERNS = {"published": "solid line", "target": "broken line", "one": "dotted line"}
NAME = 24
"""As many letters of a row's name fit beside a chart on a phone."""
HATCH = "M-1,1L1,-1"
CANNOT_TELL = "No diagnosis entry"


def chart(
    found: Dependence, without: WithoutEntry | None = None, mode: Mode = "light"
) -> Spec | None:
    """Return the chart, or None where no variant has a value to draw.

    Those about whom nothing can be told have a bar in it where they are of the same whole.
    """
    if found.band is None:
        return None
    colours = theme.palette(mode)
    lines = [item for item in found.against if item.kind != "system"]
    names = [wrapped(row.variant.name) for row in found.rows]
    rows = [_drawn(row, name) for row, name in zip(found.rows, names, strict=True)]
    labels = [wrapped(capitalised(item.label)) for item in lines]
    x = alt.X("value:Q").scale(zero=True).axis(value_axis(found.unit)).title(None)
    own_bar = without is not None and without.same_whole
    y = _rows([*names, *labels, *([CANNOT_TELL] if own_bar else [])], names[0])
    layers = [
        _band(found, x, colours),
        *(
            layer
            for item, label in zip(lines, labels, strict=True)
            for layer in _held(item, label, x, y, colours)
        ),
        *_dots(rows, x, y, colours),
        *(_cannot_tell(without, x, y, colours) if without is not None and own_bar else []),
    ]
    whole = alt.layer(*layers).properties(height=alt.Step(STEP, **{"for": "position"}))
    said = [sentence(found), f"Diamond: in force. {key(found)}"]
    said += [without.sentence] if without is not None and own_bar else []
    return finished(whole, " ".join(said), colours)


def key(found: Dependence) -> str:
    """Return what each part of the chart stands for, beside the dots."""
    drawn = ["Shaded: from the lowest to the highest value"]
    if any(item.kind == "system" for item in found.against):
        drawn.append("hollow square: the whole system under the same definition")
    for item in found.against:
        if item.kind in PATTERNS:
            drawn.append(f"{PATTERNS[item.kind]}: {item.told}")
    return f"{'; '.join(drawn)}."


def not_identifiable_chart(found: Sequence[NotIdentifiable], mode: Mode = "light") -> Spec | None:
    """Return an outlined, hatched bar without any length for what cannot be told apart."""
    if not found:
        return None
    colours = theme.palette(mode)
    rows = [
        {"name": f"Not identifiable{f' ({place})' if len(found) > 1 else ''}"}
        for place in range(1, len(found) + 1)
    ]
    y = _rows([row["name"] for row in rows], "")
    ends = alt.X("start:Q").scale(domain=[0, 1]).axis(None)
    data = alt.InlineData(values=[{**row, "start": 0, "end": 1} for row in rows])
    bar = _outline(alt.Chart(data), colours).encode(x=ends, x2=alt.X2("end:Q"), y=y)
    marks = [{**row, "start": step / 50} for row in rows for step in range(1, 50)]
    hatch = _hatch(marks, colours).encode(x=ends, y=y)
    whole = alt.layer(bar, hatch).properties(height=alt.Step(STEP, **{"for": "position"}))
    said = " ".join(f"{item.subject}: {item.why}" for item in found)
    return finished(whole, f"Not identifiable, so without a value. {said}", colours)


def _outline(chart: alt.Chart, colours: Palette) -> alt.Chart:
    bar: alt.Chart = chart.mark_bar(
        height=alt.RelativeBandSize(band=0.6),
        color=colours.ground,
        stroke=colours.muted,
        strokeWidth=1.5,
        strokeDash=[5, 3],
        aria=False,
    )
    return bar


def _hatch(marks: Sequence[Mapping[str, Any]], colours: Palette) -> alt.Chart:
    chart = alt.Chart(alt.InlineData(values=list(marks)))
    hatch: alt.Chart = chart.mark_point(
        shape=HATCH, size=220, stroke=colours.muted, strokeWidth=1, aria=False
    )
    return hatch


def _cannot_tell(found: WithoutEntry, x: alt.X, y: alt.Y, colours: Palette) -> list[alt.Chart]:
    """Return the hatched bar of those about whom nothing can be told, as long as their share."""
    row = {"name": CANNOT_TELL, "value": 0, "end": found.share, "words": found.said}
    base = alt.Chart(alt.InlineData(values=[row]))
    steps = [n / 100 for n in range(1, 100) if n / 100 < found.share]
    marks = [{"name": CANNOT_TELL, "value": step} for step in steps]
    return [
        _outline(base, colours).encode(x=x, x2=alt.X2("end:Q"), y=y),
        *([_hatch(marks, colours).encode(x=x, y=y)] if marks else []),
        base.mark_text(align="left", dx=8, fontSize=theme.SMALL, aria=False).encode(
            x=alt.XValue("width"), y=y, text=alt.Text("words:N")
        ),
    ]


def wrapped(text: str) -> str:
    """Return a name in at most two lines, cut where it is longer still."""
    lines = textwrap.wrap(text, NAME, max_lines=2, placeholder=" …")
    return "\n".join(lines)


def _rows(names: Sequence[str], bold: str) -> alt.Y:
    scale = alt.Scale(type="band", paddingInner=0, paddingOuter=0)
    return alt.Y("name:N").sort(list(names)).title(None).scale(scale).axis(row_names(bold))


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
    return band.encode(x=at(x, "from"), x2=alt.X2("to:Q"))


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
    layers.append(alt.Chart(row).mark_rule(**look).encode(x=x, x2=alt.X2("end:Q"), y=y))
    return layers


def _dots(rows: Sequence[Mapping[str, Any]], x: alt.X, y: alt.Y, colours: Palette) -> list[Any]:
    base = alt.Chart(alt.InlineData(values=list(rows)))
    shape = alt.Shape("mark:N").scale(domain=["in force", "other"], range=["diamond", "circle"])
    size = alt.Size("mark:N").scale(domain=["in force", "other"], range=[170, 80]).legend(None)
    # The whole system stands a little lower, so that neither hides the other.
    return [
        base.transform_filter("isValid(datum.system_low) && isValid(datum.system_high)")
        .mark_rule(strokeWidth=1, color=colours.muted, aria=False)
        .encode(x=at(x, "system_low"), x2=alt.X2("system_high:Q"), y=y.bandPosition(0.85)),
        base.transform_filter("isValid(datum.system)")
        .mark_point(filled=False, shape="square", size=40, stroke=colours.muted, aria=False)
        .encode(x=at(x, "system"), y=y.bandPosition(0.85)),
        base.transform_filter("isValid(datum.low) && isValid(datum.high)")
        .mark_rule(strokeWidth=2, color=colours.blue, aria=False)
        .encode(x=at(x, "low"), x2=alt.X2("high:Q"), y=y),
        base.transform_filter("isValid(datum.low) && !isValid(datum.high)")
        .mark_rule(strokeWidth=2, color=colours.blue, aria=False)
        .encode(x=at(x, "low"), x2=alt.X2Value("width"), y=y),
        base.transform_filter("isValid(datum.value)")
        .mark_point(filled=True, opacity=1, color=colours.blue)
        .encode(x=x, y=y, shape=shape.legend(None), size=size),
        base.mark_text(align="left", dx=8, fontSize=theme.SMALL, aria=False).encode(
            x=alt.XValue("width"), y=y, text=alt.Text("words:N")
        ),
    ]
