"""A KPI as CSV: every row that the reader may see, with what it is and what it rests on."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pdqi.findings.readings import Line, shown_fields
from pdqi.labels import Labels
from pdqi.metrics.kpi import Kpi
from pdqi.model import Published

BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def neutral(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula; numbers stay numbers."""
    if isinstance(value, str) and value.startswith(BEGINS_FORMULA):
        return f"'{value}"
    return value


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return rows as CSV in UTF-8, with the mark by which spreadsheets know it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([neutral(name) for name in columns])
    for row in rows:
        writer.writerow([neutral("" if value is None else value) for value in row])
    return out.getvalue().encode("utf-8-sig")


def of_kpi(
    kpi: Kpi, published: Published, shown: Sequence[Line], labels: Labels, about: Mapping[str, str]
) -> bytes:
    """Return every row of a KPI as CSV; the first columns say what the file is about."""
    fields = shown_fields(kpi)
    names = {line.key: line.name for line in shown}
    order = {line.key: place for place, line in enumerate(shown)}
    columns = [*about, "figure", "scope", "scope_name", "broken_down_by", "part"]
    for field in fields:
        name = labels.in_files(field.name)
        columns += [name, f"{name}_state"]
    kept = [figure for figure in published.figures if figure.scope in order]
    kept.sort(key=lambda f: (order[f.scope], f.by is not None))
    rows = []
    for figure in kept:
        by = "" if figure.by is None else kpi.by
        row: list[Any] = [
            *about.values(),
            labels.fill(kpi.name),
            figure.scope,
            names[figure.scope],
            by,
            figure.by,
        ]
        for field in fields:
            row += [figure[field.name].value, figure[field.name].state.value]
        rows.append(row)
    return as_csv(columns, rows)
