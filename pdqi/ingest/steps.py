"""The database that a load works in; of a large load, each file that is done is kept.

A large load works on disk, in the store's working folder. When it is stopped, the same load goes
on from there: files that were read are not read again, and rows that were judged against the same
version of the store are not judged again.
"""

import os
from pathlib import Path

import duckdb

from pdqi.ingest.readers import Filled
from pdqi.ingest.sql import make_macros, one

MEMORY = "1500MB"
SMALL_BYTES = 20_000_000
"""Files that are no larger together are worked on in memory and touch the disk only as results."""

THREADS = 4
DATABASE = "load.duckdb"


class Steps:
    """What of a load is done: by step, such as `read 0`, what was counted."""

    def __init__(self, work: Path, size: int, base: str) -> None:
        """Open the database for files of `size` bytes; `base` is the version they are put onto."""
        place = work / DATABASE if size > SMALL_BYTES else None
        try:
            self.connection = self._opened(work, place, base)
        except duckdb.Error:
            if place is None or not place.exists():
                raise
            # What was left is of another release, or the disk lost a part of it: start afresh.
            for left in work.glob(f"{DATABASE}*"):
                left.unlink()
            self.connection = self._opened(work, place, base)

    @staticmethod
    def _opened(work: Path, place: Path | None, base: str) -> duckdb.DuckDBPyConnection:
        connection = _connect(work, place)
        try:
            _begin(connection, base)
        except duckdb.Error:
            connection.close()
            raise
        return connection

    def done(self, step: str) -> Filled | None:
        """Return what was counted when a step was done; None where it has still to be done."""
        found = self.connection.execute(
            "select read, short, long from done where step = $step", {"step": step}
        ).fetchall()
        return Filled(*found[0]) if found else None

    def note(self, step: str, filled: Filled) -> None:
        """Remember that a step is done."""
        values = {"step": step, "read": filled.rows, "short": filled.short, "long": filled.long}
        self.connection.execute("insert into done values ($step, $read, $short, $long)", values)


def _begin(connection: duckdb.DuckDBPyConnection, base: str) -> None:
    """Keep what is done and still holds; everything else is made anew."""
    connection.execute(
        "create table if not exists done (step varchar, read integer, short integer, long integer)"
    )
    # Rows are judged by the people of the version before.
    connection.execute(
        "create table if not exists base as select cast($base as varchar) as version",
        {"base": base},
    )
    (version,) = one(connection, "select version from base")
    if version != base:
        connection.execute("delete from done where step like 'judge %'")
        connection.execute("update base set version = $base", {"base": base})
    kept = {"done", "base"}
    for (step,) in connection.execute("select step from done").fetchall():
        action, number = step.split()
        made = ("raw",) if action == "read" else ("same", "rows")
        kept |= {f"{name}_{number}" for name in made}
    tables = connection.execute(
        "select table_name from duckdb_tables() where not internal"
    ).fetchall()
    for (name,) in tables:
        if name not in kept:
            connection.execute(f'drop table "{name}"')


def _connect(work: Path, place: Path | None) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(
        str(place or ":memory:"),
        config={
            "memory_limit": MEMORY,
            "threads": max(1, min(THREADS, os.cpu_count() or 1)),
            "temp_directory": str(work / "spill"),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
    make_macros(connection)
    return connection
