"""Published figures as plain data: the JSON of the commands, and rows for tables and CSV."""

from typing import Any

from pdqi.labels import Labels
from pdqi.metrics.catalogue import kpi
from pdqi.metrics.kpi import Count
from pdqi.model import Basis, Cell, Figure, Published, State
from pdqi.service import Service, Viewer


def of_figures(
    service: Service, basis: Basis, viewer: Viewer, published: dict[str, Published]
) -> dict[str, Any]:
    """Return `{"period": …, "kpis": {kpi: {scope: {field: value}}}}`.

    A value that may not be shown, or that does not exist, is null and its state is named in the
    row's `states`. Breakdowns stand under `by_…` of their scope.
    """
    labels = Labels.of(service.config)
    return _head(service, basis, viewer) | {
        "kpis": {
            labels.in_files(name): _table(table, labels)
            for name, table in published.items()
            if name != "transitions"
        }
    }


def of_transitions(
    service: Service, basis: Basis, viewer: Viewer, published: Published
) -> dict[str, Any]:
    """Return moves, people and median days between, each by `from>to`; null is suppressed."""

    def by_arrow(field: str) -> dict[str, Any]:
        ordered = sorted(
            published.figures, key=lambda f: (-(f["moves"].value or 0), f.scope, f.by or "")
        )
        return {f"{figure.scope}>{figure.by}": figure[field].value for figure in ordered}

    return _head(service, basis, viewer) | {
        "transitions": by_arrow("moves"),
        "people": by_arrow("people"),
        "median_days": by_arrow("median_days"),
    }


def _head(service: Service, basis: Basis, viewer: Viewer) -> dict[str, Any]:
    return {
        "period": [basis.period.first.isoformat(), basis.period.last.isoformat()],
        "definition": basis.definition,
        "age_band": basis.age_band,
        "role": viewer.role.id,
        "cleared": viewer.policy.cleared,
        "data_version": service.manifest.version,
        "definitions_version": service.config.digest,
        "invented_data": service.manifest.demonstration,
    }


def _table(table: Published, labels: Labels) -> dict[str, dict[str, Any]]:
    by = f"by_{(kpi(table.kpi).by or '').replace(' ', '_')}"
    rows: dict[str, dict[str, Any]] = {}
    for figure in table.figures:
        if figure.by is None:
            rows.setdefault(figure.scope, {}).update(_row(table.kpi, figure, labels))
        else:
            rows.setdefault(figure.scope, {}).setdefault(by, {})[figure.by] = _row(
                table.kpi, figure, labels
            )
    return rows


def _row(kpi_id: str, figure: Figure, labels: Labels) -> dict[str, Any]:
    shown = {
        labels.in_files(field.name): figure[field.name]
        for field in kpi(kpi_id).kind.fields
        if not (isinstance(field, Count) and not field.shown)
    }
    row: dict[str, Any] = {name: cell.value for name, cell in shown.items()}
    states = {name: cell.state.value for name, cell in shown.items() if _unshown(cell)}
    return row | ({"states": states} if states else {})


def _unshown(cell: Cell) -> bool:
    return cell.state is not State.SHOWN
