"""The rows of a chart over time, layer by layer: what is drawn where, and what it tells."""

from collections.abc import Mapping
from datetime import date, timedelta

from pdqi import words
from pdqi.charts.theme import Spec
from pdqi.findings.over_time import OverTime
from pdqi.findings.over_time_said import beside, step_letter, within
from pdqi.findings.signals import Point, Signal
from pdqi.metrics.kpi import Better, Unit

HEIGHT, LABEL = 260, 15
"""Of the plot, and of a line's label, in pixels."""
EXPECTED, UNJUDGED = "As expected by chance", "Not judged"
HALF, CLOSE = timedelta(days=15), timedelta(days=130)
"""Half a month, by which lines reach over their months; and how near marks are close."""
LEAST_APART: Mapping[Unit, float] = {"share": 0.04, "count": 4, "days": 4, "ratio": 0.4}
"""What the vertical axis spans at least."""
FIRST_ROW, NEXT_ROW = -8, -22
"""Where the numbers of marks stand above the plot; close ones stand in two rows."""


def layers(found: OverTime) -> dict[str, list[Spec]]:
    """Return the rows of every layer by its name; a layer may have none."""
    shown = [place for place, point in enumerate(found.points) if not point.month.missing]
    return {
        "points": [_point(found, place) for place in shown],
        "gaps": [_gap(point) for point in found.points if point.month.missing],
        "line": [_place(point) for point in found.points],
        "means": [_line(found, s.first, s.last, s.centre) for s in found.stretches],
        "limits": [_line(found, s.first, s.last, v) for s in found.stretches for v in s.limits],
        "targets": [_line(found, *item) for item in _targets(found)],
        "labels": _labels(found),
        "earlier": _earlier(found),
        "flags": _flags(found),
    }


def domain(found: OverTime) -> tuple[float, float]:
    """Return where the vertical axis begins and ends: round what is drawn, from 0 where near."""
    drawn = [point.month.value for point in found.points if point.month.value is not None]
    for stretch in found.stretches:
        drawn += [within(value, found.unit) for value in (stretch.centre, *stretch.limits)]
    drawn += [value for _, _, value in _targets(found)]
    low, high = min(drawn), max(drawn)
    apart = max(high - low, LEAST_APART[found.unit])
    low, high = low - 0.08 * apart, max(high, low + apart) + 0.08 * apart
    return (0.0 if low < 0.3 * high else low), min(high, 1.0) if found.unit == "share" else high


def _point(found: OverTime, place: int) -> Spec:
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
    point, stretch = found.points[place], found.stretch_at(place)
    if stretch is None or not stretch.judged:
        return UNJUDGED
    if point.signal is Signal.COMMON:
        return EXPECTED
    if found.better is Better.NEITHER:
        return "Higher or rising" if point.up else "Lower or falling"
    return point.signal.value.capitalize()


def _line(found: OverTime, first: int, last: int, value: float) -> Spec:
    """Return a mean, limit or target from one month to another, within what can be drawn."""
    return {
        "month": (found.points[first].month.first - HALF).isoformat(),
        "until": (found.points[last].month.first + HALF).isoformat(),
        "value": within(value, found.unit),
    }


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


def _labels(found: OverTime) -> list[Spec]:
    """Return what stands at the lines' right ends, moved apart where it would overlap."""
    low, high = domain(found)
    rows = sorted(_line_ends(found))
    pixel = (high - low) / HEIGHT
    places: list[float] = []
    for value, _ in rows:
        wanted = within(value, found.unit)
        places.append(max(wanted, places[-1] + LABEL * pixel) if places else wanted)
    ceiling = high
    for i in reversed(range(len(places))):
        places[i] = min(places[i], ceiling)
        ceiling = places[i] - LABEL * pixel
    return [{"value": place, "text": said} for place, (_, said) in zip(places, rows, strict=True)]


def _line_ends(found: OverTime) -> list[tuple[float, str]]:
    """Return the lines that reach the last month, each with its words: `Mean 52%`."""
    ends: list[tuple[float, str]] = []
    if found.stretches:
        stretch = found.stretches[-1]
        name = "Mean" if stretch.judged else "Median"
        ends.append((stretch.centre, f"{name} {beside(found, stretch, stretch.centre)}"))
        for value, which in zip(stretch.limits, ("Lower", "Upper"), strict=False):
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
