"""The store of an event log: who did what when, and what directly followed what.

    log          a row for each stored event, in the order of cases, times and file
    cases        the pseudonym of each case
    activities   the name of each activity, in alphabetical order
    follows      an event and the one that directly follows it in the same case

Events that do not count are in `log` alone. Equal times keep the order of the file.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from pdqi.errors import Problem, StoreError
from pdqi.store import folder
from pdqi.store.folder import Manifest
from pdqi.store.store import MEMORY, ROWS_IN_MEMORY, Session

KIND = "event_log"
ABOUT = "about"
"""The file that keeps what the mapping said of the log."""
LOG_TABLES = {
    "log": "select case_key, activity_key, moment, counted, source_file, source_row, load_id"
    " from kept order by case_key, moment, source_row",
    "cases": "select case_key, case_id from known_cases order by case_key",
    "activities": "select activity_key, activity from known_activities order by activity_key",
    "follows": """
        select case_key, activity_key, next_activity_key, moment, next_moment,
               epoch(next_moment) - epoch(moment) as seconds
        from (
            select case_key, activity_key, moment, source_row,
                   lead(activity_key) over in_case as next_activity_key,
                   lead(moment) over in_case as next_moment
            from kept where counted
            window in_case as (partition by case_key order by moment, source_row)
        )
        where next_moment is not null
        order by next_moment, case_key, moment, source_row
    """,
}
"""Each table, and how it is made of the judged rows: `kept`, `known_cases`, `known_activities`."""


@dataclass(frozen=True)
class LogStore:
    """One version of an event log, open for reading and nothing else."""

    connection: duckdb.DuckDBPyConnection
    manifest: Manifest
    about: dict[str, Any]
    """What the mapping said: id, name, what cases are called, and rules."""

    @classmethod
    def open(cls, path: Path) -> "LogStore":
        """Open the current version of a log's store; raises `StoreError`."""
        version = folder.current(path)
        manifest = folder.manifest(version)
        try:
            about = json.loads((version / f"{ABOUT}.json").read_text(encoding="utf-8"))
            connection = duckdb.connect(":memory:", config={"memory_limit": MEMORY, "threads": 2})
            for name in LOG_TABLES:
                relation = connection.read_parquet(str(version / f"{name}.parquet"))
                if manifest.rows[name] <= ROWS_IN_MEMORY:
                    relation.create(name)
                else:
                    relation.create_view(name)
            connection.execute("set allowed_directories = $allowed", {"allowed": [str(version)]})
            connection.execute("set enable_external_access = false")
            connection.execute("set lock_configuration = true")
        except (duckdb.Error, OSError, ValueError, KeyError) as error:
            raise StoreError(
                Problem(
                    f"The event log's version {version.name} cannot be read.",
                    fix="Load the file again into a new folder.",
                )
            ) from error
        return cls(connection, manifest, about)

    @cached_property
    def activities(self) -> dict[str, str]:
        """The name of each activity by its key as text, in alphabetical order."""
        with self.session() as session:
            rows = session.rows("select activity_key, activity from activities order by 1")
        return {str(row["activity_key"]): row["activity"] for row in rows}

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Give a cursor of its own for one piece of work."""
        cursor = self.connection.cursor()
        try:
            yield Session(cursor)
        finally:
            cursor.close()

    def close(self) -> None:
        """Let go of the files."""
        self.connection.close()
