"""A KPI over time as a table and a file, and many of them as icons in words."""

from collections.abc import Mapping, Sequence
from typing import Any

from pdqi import words
from pdqi.charts.rows import Table
from pdqi.charts.sheet import as_csv
from pdqi.findings.over_time import OverTime
from pdqi.findings.over_time_said import (
    UNIT_WORDS,
    assurance_words,
    beside,
    variation_words,
)


def table(found: OverTime) -> Table:
    """Return every month, the latest first: value, counts, mean, limits, target, and why."""
    columns = ("Month", UNIT_WORDS[found.unit], "Counts", "Mean", "Limits", "Target", "Says")
    rows = []
    for place in reversed(range(len(found.points))):
        point = found.points[place]
        stretch = found.stretch_at(place)
        mean = "" if stretch is None else beside(found, stretch, stretch.centre)
        if stretch is not None and not stretch.judged:
            mean = f"{mean} (median)"
        ends = stretch.limits if stretch else ()
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


def as_file(found: OverTime, about: Mapping[str, str]) -> bytes:
    """Return every month as CSV, the oldest first."""
    columns = [*about, "figure", "scope", "scope_name", "whose", "month", "value", "missing"]
    columns += ["part", "whole", "centre", "centre_is", "lower_limit", "upper_limit", "target"]
    columns += ["signal", "rule", "why", "step"]
    steps = {step.at: step.reason for step in found.steps}
    rows = []
    for place, point in enumerate(found.points):
        month, stretch = point.month, found.stretch_at(place)
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
