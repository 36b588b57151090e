"""Tables of a KPI, to be read: strings in the order of config."""

from collections.abc import Sequence
from dataclasses import dataclass

from pdqi.charts.references import Reference, between_rows
from pdqi.findings.readings import Line, interval, readings, shown_fields, text, value
from pdqi.labels import Labels
from pdqi.metrics.kpi import Field, Kpi, Steps, Tally
from pdqi.model import Cell, Figure, Published, State


@dataclass(frozen=True)
class Table:
    """A table to be read: column headings, and strings. The first column names the row."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def table(
    kpi: Kpi,
    published: Published,
    shown: Sequence[Line],
    labels: Labels,
    references: Sequence[Reference] = (),
    heading: str = "Scope",
) -> Table:
    """Return the rows of a KPI with values, intervals and the counts behind them.

    A reference that is drawn has a row of its own, after those that it concerns.
    """
    present = {line.key: f for line in shown if (f := published.at(line.key)) is not None}
    figures = [(line.name, present[line.key]) for line in shown if line.key in present]
    content = _table(kpi, published, figures, labels, heading)
    ours, rest = iter(content.rows), ("",) * (len(content.columns) - 2)
    placed = between_rows([line for line in shown if line.key in present], references)
    return Table(
        content.columns,
        tuple(
            (item.words, item.short, *rest) if isinstance(item, Reference) else next(ours)
            for item in placed
        ),
    )


def breakdown(
    kpi: Kpi, published: Published, scope: str, names: Sequence[tuple[str, str]], labels: Labels
) -> Table:
    """Return one scope's parts, in the order of `names` (key and words)."""
    figures = [(name, published.at(scope, key)) for key, name in names]
    heading = (kpi.by or "part").capitalize()
    return _table(kpi, published, [(name, f) for name, f in figures if f], labels, heading)


def _table(
    kpi: Kpi,
    published: Published,
    figures: Sequence[tuple[str, Figure]],
    labels: Labels,
    heading: str,
) -> Table:
    read = () if isinstance(kpi.kind, Steps) else readings(kpi, labels)
    used: set[str] = set().union(*(reading.fields for reading in read))
    rest = [field for field in shown_fields(kpi) if field.name not in used]
    columns = [heading]
    for reading in read:
        columns.append(labels.fill(kpi.kind.field(reading.value).words))
        if reading.low is not None:
            columns.append(
                "95% interval" if not reading.label else f"{reading.label}: 95% interval"
            )
    columns += [labels.fill(field.words) for field in rest]
    rows = []
    for name, figure in figures:
        row = [name]
        for reading in read:
            unit = kpi.kind.field(reading.value).unit
            row.append(value(kpi, figure, reading, cleared=published.cleared))
            if reading.low is not None:
                row.append(interval(figure, reading, unit))
        row += [_rest(kpi, figure[field.name], field, cleared=published.cleared) for field in rest]
        rows.append(tuple(row))
    return Table(tuple(columns), tuple(rows))


def _rest(kpi: Kpi, cell: Cell, field: Field, *, cleared: bool) -> str:
    # A tally's statistic may be of the whole only, and then parts have none.
    if isinstance(kpi.kind, Tally) and cell.state is State.NOT_REACHED:
        return ""
    return text(cell, field, cleared=cleared)
