"""The store as it is read: views over one version's parquet, read-only and locked down.

The database lives in memory and may read the version's folder and nothing else: no other file,
no network, no change of settings. Every call takes a cursor of its own, because a connection
shared by threads mixes up their answers.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pdqi.config import Config
from pdqi.errors import Problem, StoreError
from pdqi.store import derive, folder, vocabularies
from pdqi.store.folder import Manifest
from pdqi.store.schema import TABLES

Coverage = Mapping[tuple[str, str | None], tuple[date, date]]
Columns = dict[str, npt.NDArray[Any]]
MEMORY = "1500MB"
ROWS_IN_MEMORY = 3_000_000
"""Stores up to this many rows are read into memory at opening: queries then take milliseconds."""


@dataclass(frozen=True)
class Session:
    """One reader's cursor, with working tables that nobody else sees."""

    cursor: duckdb.DuckDBPyConnection

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Return the rows of a query as dictionaries."""
        done = self.cursor.execute(sql, dict(parameters or {}))
        names = [column[0] for column in done.description or ()]
        return [dict(zip(names, row, strict=True)) for row in done.fetchall()]

    def columns(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Columns:
        """Return the rows of a query as one array a column."""
        found: Any = self.cursor.execute(sql, dict(parameters or {})).fetchnumpy()
        return dict(found)

    def table(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pa.Table:
        """Return the rows of a query as an Arrow table, which keeps lists apart from copying."""
        return self.cursor.sql(sql, params=dict(parameters or {})).to_arrow_table()

    def make(self, name: str, sql: str, parameters: Mapping[str, Any]) -> None:
        """Keep the result of a query as a working table of this session."""
        self.cursor.execute(f"create or replace temp table {name} as {sql}", dict(parameters))


class Store:
    """One version of the data, with the config's small tables beside it."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, path: Path, manifest: Manifest
    ) -> None:
        """Use `Store.open`."""
        self._connection = connection
        self.path = path
        self.manifest = manifest

    @classmethod
    def open(cls, path: Path, config: Config) -> "Store":
        """Open the current version of a store; raises `StoreError`.

        Works out the derived tables first, where this version and config have none yet.
        """
        return cls._of(folder.current(path), config, ROWS_IN_MEMORY)

    def version(self, name: str, config: Config) -> "Store":
        """Open another version that is kept, under a config; raises `StoreError` where it is gone.

        Nothing is read ahead, so ask it little.
        """
        path = self.path.parent / name
        if Path(name).name != name or not path.is_dir():
            raise StoreError(
                Problem(
                    f"The version {name[:40]} of the data is no longer kept.",
                    fix="The newest versions are kept; older ones are removed at a load.",
                )
            )
        return self._of(path, config, 0)

    def under(self, config: Config) -> "Store":
        """Open the same version under another config; nothing is read ahead, so ask it little."""
        return self._of(self.path, config, 0)

    @classmethod
    def _of(cls, version: Path, config: Config, in_memory: int) -> "Store":
        manifest = folder.manifest(version)
        if manifest.kind != "trust":
            raise StoreError(
                Problem(
                    "The store holds an event log, which has no figures of a trust.",
                    fix="Open the dashboard on it: the process map shows it.",
                )
            )
        try:
            derived = derive.derived_folder(version, config)
            connection = _connect(version, derived, config, in_memory)
        except (duckdb.Error, OSError) as error:
            raise StoreError(
                Problem(
                    f"The store's version {version.name} cannot be read ({type(error).__name__}).",
                    fix="Load the extracts again into a new folder.",
                )
            ) from error
        return cls(connection, version, manifest)

    @cached_property
    def coverage(self) -> Coverage:
        """From the first to the last day that is known of each kind of record, by team or None."""
        with self.session() as session:
            rows = session.rows("select * from coverage")
        return {(r["records"], r["team"]): (r["first_day"], r["last_day"]) for r in rows}

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Give a cursor of its own for one piece of work."""
        cursor = self._connection.cursor()
        try:
            yield Session(cursor)
        finally:
            cursor.close()

    def close(self) -> None:
        """Let go of the files."""
        self._connection.close()

    def __enter__(self) -> "Store":
        """Return the store itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the store."""
        self.close()


def _connect(
    version: Path, derived: Path, config: Config, in_memory: int
) -> duckdb.DuckDBPyConnection:
    """Return the database; tables of up to `in_memory` rows are read into it."""
    connection = duckdb.connect(":memory:", config={"memory_limit": MEMORY, "threads": 2})
    vocabularies.make(connection, config)
    for table in TABLES:
        connection.read_parquet(str(version / f"{table.name}.parquet")).create_view(table.name)
    for name in derive.names():
        relation = connection.read_parquet(str(derived / f"{name}.parquet"))
        if _rows(connection, derived, name) <= in_memory:
            relation.create(name)
        else:
            relation.create_view(name)
    vocabularies.make_scope_views(connection)
    allowed: Sequence[str] = (str(version), str(derived))
    connection.execute("set allowed_directories = $allowed", {"allowed": list(allowed)})
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
    return connection


def _rows(connection: duckdb.DuckDBPyConnection, derived: Path, name: str) -> int:
    found = connection.execute(
        "select num_rows from parquet_file_metadata($file)",
        {"file": str(derived / f"{name}.parquet")},
    ).fetchall()
    return int(found[0][0]) if found else 0


def arrays(columns: Columns, name: str) -> npt.NDArray[np.float64]:
    """Return a column as floats, missing values as NaN."""
    values = columns[name]
    return np.ma.filled(np.ma.asarray(values, dtype=float), np.nan)
