"""pdqi itself, and the floor below it: DuckDB merely reading what the figures need."""

from collections.abc import Mapping

from benchmarks.asked import COLUMNS
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


def figures(store: Store, config: Config, basis: Basis) -> Figures:
    """Return the figures of every KPI, as pages and files get them before protection.

    The curves behind lengths of time are left out: no other engine works them out.
    """
    return of_raw(measure(store, config, CATALOGUE, (basis,), curves=False))


def floor(store: Store) -> None:
    """Read every column that some figure needs, and do nothing with it."""
    with store.session() as session:
        for table, columns in COLUMNS.items():
            types = {
                row["column_name"]: row["column_type"]
                for row in session.rows(f"select * from (describe {table})")
            }
            sums = ", ".join(
                SUMS.get(types[column], "sum({}::bigint)").format(column) for column in columns
            )
            session.rows(f"select {sums} from {table}")
