"""pdqi itself, and the floor below it: DuckDB merely reading what the figures need."""

from collections.abc import Mapping

from benchmarks.asked import COLUMNS, Asked
from benchmarks.figures import Figures, of_raw
from pdqi.config import Config
from pdqi.metrics.catalogue import CATALOGUE
from pdqi.metrics.measure import measure
from pdqi.model import Basis
from pdqi.store.store import Store

SUMS: Mapping[str, str] = {
    "DATE": "sum({} - date '2000-01-01')",
    "BOOLEAN": "count(*) filter ({})",
    "VARCHAR": "sum(length({}))",
}
"""What forces each value to be decoded: counts and maxima are answered from a file's statistics."""

ROWS: Mapping[str, str] = {
    "case_spans": "definition = $definition",
    "first_confirmed": "definition = $definition",
    "referrals": "referred_on between $from and $to",
    "happenings": "occurred_on between $from and $to",
}
"""Of tables that are ordered by it, the rows that one period or one definition needs."""


def figures(store: Store, config: Config, basis: Basis) -> Figures:
    """Return the figures of every KPI, as pages and files get them before protection."""
    return of_raw(measure(store, config, CATALOGUE, basis))


def floor(store: Store, asked: Asked, only_rows: bool) -> None:
    """Read every column that some figure needs: whole, or the rows that the question needs."""
    with store.session() as session:
        for table, columns in COLUMNS.items():
            types = {
                row["column_name"]: row["column_type"]
                for row in session.rows(f"select * from (describe {table})")
            }
            sums = ", ".join(
                SUMS.get(types[column], "sum({}::bigint)").format(column) for column in columns
            )
            rows = ROWS.get(table, "true") if only_rows else "true"
            bound = {name: asked.bound[name] for name in asked.bound if f"${name}" in rows.split()}
            session.rows(f"select {sums} from {table} where {rows}", bound)
