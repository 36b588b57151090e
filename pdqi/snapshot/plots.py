"""Drawings as numbers, for programs that draw them again: every value as it is shown, no more."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

from pdqi import words
from pdqi.charts import timeline
from pdqi.findings.between import FunnelFinding
from pdqi.findings.cascade import cascades
from pdqi.findings.over_time import OverTime
from pdqi.findings.readings import SHORT_STATE, Line, readings
from pdqi.labels import Labels
from pdqi.metrics.kpi import Kpi, Statistic, Steps, Tally, Unit
from pdqi.model import Figure, Published
from pdqi.snapshot.frozen import Plot, Series

DIGITS: Mapping[Unit, int] = {"share": 2, "count": 0, "days": 0, "ratio": 1, "time": 0}
"""How many digits of a value are shown, by unit."""
NO_DAY = date(1899, 12, 30)
"""From which spreadsheets and decks count days."""


def of_kpi(
    kpi: Kpi, published: Published, shown: Sequence[Line], chosen: Line, labels: Labels
) -> Plot | None:
    """Return bars by row, or of the steps of a cascade; None where nothing is shown."""
    if isinstance(kpi.kind, Steps):
        found = cascades(kpi, published, [(chosen.name, chosen, None)], labels)
        steps = found[0].steps if found else ()
        series = [Series(name=chosen.name, values=tuple(step.cell.value for step in steps))]
        return _plot("count", tuple(step.name for step in steps), series)
    present = [(line, f) for line in shown if (f := published.at(line.key)) is not None]
    places = tuple(line.name for line, _ in present)
    if isinstance(kpi.kind, Tally):
        counts = [count for count in kpi.kind.counts if count.shown]
        series = [
            Series(
                name=labels.fill(count.words),
                values=tuple(figure[count.name].value for _, figure in present),
            )
            for count in counts
        ]
        return _plot("count", _with_states(places, present, counts[0].name), series)
    found_unit: Unit = "count"
    series = []
    for reading in readings(kpi, labels):
        field = kpi.kind.field(reading.value)
        found_unit = field.unit
        if isinstance(field, Statistic) and field.one_persons and not published.cleared:
            continue
        ends = [
            tuple(_shown(figure[name].value, field.unit) for _, figure in present) if name else ()
            for name in (reading.value, reading.low, reading.high)
        ]
        name = reading.label or labels.fill(kpi.name)
        series.append(Series(name=name, values=ends[0], low=ends[1], high=ends[2]))
    main = readings(kpi, labels)[0].value
    return _plot(found_unit, _with_states(places, present, main), series)


def _with_states(
    places: Sequence[str], present: Sequence[tuple[Line, Figure]], field: str
) -> tuple[str, ...]:
    """Return names with why there is no bar, where there is none: it is not zero."""
    return tuple(
        name if (cell := figure[field]).value is not None else f"{name}: {SHORT_STATE[cell.state]}"
        for name, (_, figure) in zip(places, present, strict=True)
    )


def of_months(found: OverTime) -> Plot | None:
    """Return a line of months with its mean, limits and target; None where nothing is shown."""
    if found.kind == "nothing":
        return None
    months = range(len(found.points))
    values = tuple(_shown(point.month.value, found.unit) for point in found.points)
    series = [Series(name="Value", values=values)]
    stretches = [found.stretch_at(place) for place in months]
    means = tuple(_shown(s.centre if s else None, found.unit) for s in stretches)
    series.append(Series(name="Mean" if found.kind == "control" else "Median", values=means))
    if found.kind == "control":
        for place, name in enumerate(("Lower limit", "Upper limit")):
            ends = [s.limits[place] if s and s.limits else None for s in stretches]
            limits = tuple(_shown(end, found.unit) for end in ends)
            series.append(Series(name=name, values=limits, quiet=True))
    targets = tuple(point.target for point in found.points)
    series.append(Series(name="Target", values=targets, quiet=True))
    places = tuple(words.month(point.month.first) for point in found.points)
    return _plot(found.unit, places, series, form="lines")


def of_funnel(finding: FunnelFinding, size: str) -> Plot | None:
    """Return teams by size and share, with their limits; None where there is no funnel."""
    if len(finding.placed) < 2 or finding.target in (None, 0, 1):
        return None
    sizes = tuple(round(float(n), 1) for n, _, _ in finding.curve)
    teams = finding.placed
    shares = tuple((team.numerator or 0) / (team.denominator or 1) for team in teams)
    series = [
        Series(name="All together", at=sizes, values=(round(finding.target or 0, 4),) * len(sizes))
    ]
    for name, pairs in (
        ("95% limit", [near for _, near, _ in finding.curve]),
        ("99.8% limit", [far for _, _, far in finding.curve]),
    ):
        for end, which in ((0, "lower"), (1, "upper")):
            values = tuple(round(pair[end], 4) for pair in pairs)
            series.append(Series(name=f"{name}, {which}", at=sizes, values=values, quiet=True))
    # Last, so that points lie over lines; and some programs lose what stands before a longer row.
    series.append(
        Series(
            name="Teams",
            at=tuple(float(team.denominator or 0) for team in teams),
            values=tuple(round(share, 4) for share in shares),
            points=tuple(team.line.name for team in teams),
        )
    )
    return Plot(form="scatter", unit="share", across=size, series=tuple(series))


def of_milestones(reached: Sequence[timeline.Reached]) -> Plot | None:
    """Return the days of milestones as bars that end on them; None without a milestone."""
    rows = timeline.ordered(reached)
    if not rows:
        return None
    days = [
        Series(name="Baseline", values=tuple(_day(row.baseline) for row in rows)),
        Series(name="Reached, or forecast", values=tuple(_day(row.end) for row in rows)),
    ]
    places = tuple(row.name for row in rows)
    return Plot(form="bars", unit="date", places=places, series=tuple(days))


def _plot(
    unit: Unit,
    places: tuple[str, ...],
    series: Sequence[Series],
    form: Literal["bars", "lines"] = "bars",
) -> Plot | None:
    kept = tuple(each for each in series if any(value is not None for value in each.values))
    if not kept:
        return None
    return Plot(form=form, unit="days" if unit == "time" else unit, places=places, series=kept)


def _shown(value: float | None, unit: Unit) -> float | None:
    """Return a value as exactly as it stands in words."""
    return None if value is None else float(words.half_up(value, DIGITS[unit]))


def _day(day: date) -> float:
    return float((day - NO_DAY).days)
