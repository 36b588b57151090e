"""One sentence that says what a figure says: for the page, for a chart's description, for files."""

from collections.abc import Sequence

from pdqi import words
from pdqi.findings.readings import Line, Reading, interval, readings, text, value
from pdqi.labels import Labels
from pdqi.metrics.kpi import Count, Duration, Kpi, PairedProportion, Proportion, Ratio, Steps, Tally
from pdqi.model import Figure, Published, State

REASONS = {
    State.SUPPRESSED: "not shown, to protect small numbers",
    State.NO_DATA: "nothing to count",
    State.NOT_REACHED: "fewer than half had ended by the last day, so there is no median",
}
FEW = 3
"""Up to so many rows are told with their intervals and counts; more only by their values."""


def finding(
    kpi: Kpi, published: Published, chosen: Line, shown: Sequence[Line], labels: Labels
) -> str:
    """Return what the figure says for the chosen scope, beside the whole system if it can."""
    figure = published.at(chosen.key)
    if figure is None:
        return _without(kpi, published, chosen, shown, labels)
    said = [f"{chosen.name}: {_said(kpi, published, figure, labels)}."]
    system = next((line for line in shown if line.kind == "system"), None)
    whole = published.at(system.key) if system and system.key != chosen.key else None
    if system and whole is not None:
        said.append(f"{system.name}: {_said(kpi, published, whole, labels)}.")
        said.append(_compared(figure, whole, readings(kpi, labels)[0]))
    return " ".join(part for part in said if part)


def _said(kpi: Kpi, published: Published, figure: Figure, labels: Labels) -> str:
    kind = kpi.kind
    if isinstance(kind, Steps):
        return _steps(kpi, published, figure, labels)
    if isinstance(kind, Tally):
        return _tally(kpi, published, figure, labels)
    parts = []
    for reading in readings(kpi, labels):
        unit = kind.field(reading.value).unit
        cell = figure[reading.value]
        name = "" if not reading.label else f"{reading.label} "
        if cell.value is None:
            parts.append(f"{name}{REASONS[cell.state]}")
            continue
        behind = _behind(kpi, figure, reading)
        ends = interval(figure, reading, unit)
        inside = ", ".join(
            part for part in (behind, f"95% interval {ends}" if ends else "") if part
        )
        said = value(kpi, figure, reading, cleared=published.cleared)
        what = "median " if isinstance(kind, Duration) else ""
        parts.append(f"{name}{what}{said}" + (f" ({inside})" if inside else ""))
    return "; ".join(parts)


def _behind(kpi: Kpi, figure: Figure, reading: Reading) -> str:
    kind = kpi.kind
    if isinstance(kind, Ratio):
        return ""
    if isinstance(kind, PairedProportion):
        stem = reading.value.removesuffix("value")
        top, bottom = figure[f"{stem}numerator"].value, figure[f"{stem}denominator"].value
    elif isinstance(kind, Proportion):
        top, bottom = figure["numerator"].value, figure["denominator"].value
    else:
        prefix = "other_" if reading.value.startswith("other_") else ""
        first = next(
            count for count in kind.counts if count.shown and count.name.startswith(prefix)
        )
        number = figure[first.name].value
        noun = first.words.rpartition(": ")[2].lower()
        return "" if number is None else f"{words.count(number)} {noun}"
    return "" if top is None or bottom is None else f"{words.count(top)} of {words.count(bottom)}"


def _compared(figure: Figure, whole: Figure, reading: Reading) -> str:
    if reading.low is None or reading.high is None:
        return ""
    ends = [f[name].value for f in (figure, whole) for name in (reading.low, reading.high)]
    if any(end is None for end in ends):
        return ""
    low, high, whole_low, whole_high = (float(end or 0) for end in ends)
    if low > whole_high:
        return "The intervals are apart: higher than the whole system."
    if high < whole_low:
        return "The intervals are apart: lower than the whole system."
    return "The intervals overlap, so this is no clear difference."


def _steps(kpi: Kpi, published: Published, figure: Figure, labels: Labels) -> str:
    said = []
    for count in kpi.kind.counts[1:]:
        cell = figure[count.name]
        share = figure.cells.get(f"{count.name}_share")
        number = text(cell, count, cleared=published.cleared)
        if share is not None and share.value is not None:
            number = f"{number} ({words.percent(share.value)})"
        name = labels.fill(count.words)
        said.append(f"{name[0].lower()}{name[1:]} {number}")
    return ", ".join(said)


def _tally(kpi: Kpi, published: Published, figure: Figure, labels: Labels) -> str:
    fields = [f for f in kpi.kind.fields if not (isinstance(f, Count) and not f.shown)]
    said = []
    for field in fields:
        cell = figure[field.name]
        if cell.state is State.NOT_REACHED or (
            cell.state is State.NO_DATA and field.unit != "count"
        ):
            continue
        number = text(cell, field, cleared=published.cleared)
        said.append(f"{labels.fill(field.words).lower()} {number}")
    return ", ".join(said)


def _without(
    kpi: Kpi, published: Published, chosen: Line, shown: Sequence[Line], labels: Labels
) -> str:
    """Say what there is where the KPI is not counted for the chosen scope."""
    if not published.figures:
        return "There is nothing to show: no records for this figure in this period."
    treatments = [line for line in shown if line.kind == "treatment"]
    own = treatments or [line for line in shown if line.kind == "team" and line.key in chosen.teams]
    found = [(line, figure) for line in own if (figure := published.at(line.key))]
    if not found:
        return f"Not counted for {chosen.name}. The chart shows where it is counted."
    where = "In all teams together. " if treatments and chosen.kind != "system" else ""
    return where + _listed(kpi, published, found, labels)


def _listed(
    kpi: Kpi, published: Published, found: Sequence[tuple[Line, Figure]], labels: Labels
) -> str:
    if len(found) <= FEW or isinstance(kpi.kind, Steps | Tally):
        return " ".join(f"{line.name}: {_said(kpi, published, f, labels)}." for line, f in found)
    parts = []
    for reading in readings(kpi, labels):
        values = [
            f"{line.name} {value(kpi, figure, reading, cleared=published.cleared)}"
            for line, figure in found
        ]
        what = "Median: " if isinstance(kpi.kind, Duration) else ""
        name = f"{reading.label}: " if reading.label else ""
        parts.append(f"{name}{what}{', '.join(values)}.")
    return " ".join(parts)
