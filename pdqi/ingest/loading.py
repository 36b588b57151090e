"""A load: files of one source in, a new version of the store out, or nothing at all.

Everything is worked out in a database of its own and becomes current by one atomic rename. A
source replaces what it brought before; the other sources' rows stay. Nothing here looks at the
clock but for the day after which dates lie in the future.
"""

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb

from pdqi.config import Config, digest_of
from pdqi.errors import LoadError, Problem, StoreError
from pdqi.ingest import accounts as counting
from pdqi.ingest import assemble, coverage, lock, set_rows, sources
from pdqi.ingest.data_set import DataSet
from pdqi.ingest.event_log import load_log
from pdqi.ingest.extracts import Extracts
from pdqi.ingest.kinds import read_any
from pdqi.ingest.log_mapping import LogMapping
from pdqi.ingest.readers import SourceFile
from pdqi.ingest.reasons import SUPERSEDED
from pdqi.ingest.report import LoadReport
from pdqi.ingest.set_queries import SetPlan
from pdqi.ingest.sql import make_macros
from pdqi.store import folder as folders
from pdqi.store.folder import FileAccount, Manifest

PIPELINE = 1
"""Raised when the same files and mapping would give other rows: it is part of a load's id."""

MEMORY = "1500MB"
SMALL_BYTES = 20_000_000
"""Files that are no larger together are worked on in memory and touch the disk only as results."""

THREADS = 4
JUNK_ROWS = 1_000
"""A file of at least so many rows of which none can be stored is not the file it is taken for."""


def load(
    mapping: Path,
    folder: Path,
    store: Path,
    config: Config,
    secret: bytes,
    progress: Callable[[str], None] = lambda _: None,
    today: date | None = None,
) -> LoadReport:
    """Load a folder of extracts into a store by a mapping; say where every row went.

    Raises `LoadError` with every fault that was found, or `StoreError`; the store is then as it
    was. Loading the same files again changes nothing.
    """
    plan = read_any(mapping, config)
    if isinstance(plan, LogMapping):
        return load_log(plan, mapping, folder, store, secret, progress)
    progress(f"Looking for the files of '{plan.name}'.")
    incoming = DataSet(plan, folder) if isinstance(plan, SetPlan) else Extracts(plan, folder)
    load_id = _load_id(mapping, incoming.files, config)
    with lock.loading(store) as work:
        before = _before(store)
        known = sources.Sources.read(before[0]) if before else None
        problems = sources.problems_with(incoming.plan, mapping.name, secret, known)
        if problems:
            raise LoadError(problems)
        size = sum(file.path.stat().st_size for file in incoming.files)
        connection = _connect(work, size)
        try:
            version_before = before[0] if before else None
            incoming.judge(connection, version_before, config, secret, load_id, progress)
            progress("Putting the new version together.")
            source = incoming.plan.id
            left = assemble.assemble(connection, source, load_id, incoming.row_sets)
            own = incoming.accounts(connection)
            _refuse_junk(own)
            unknown = incoming.unknown(connection)
            others = [a for a in before[1].accounts if a.source != source] if before else []
            everyone = (*counting.less(others, left), *own)
            records = known.others(source) if known else {}
            carried = sorted(records)
            records |= {source: sources.record(incoming.plan, incoming.brought_by or load_id)}
            records = dict(sorted(records.items()))
            first, last = coverage.covered(connection, records, today or date.today())
            with folders.new_version(store) as version:
                counts = assemble.write(connection, version)
                incoming.keep(connection, version)
                if version_before:
                    set_rows.carry_over(version_before, version, carried)
                sources.Sources(sources.mark_of(secret), records).write(version)
                manifest, changed = folders.publish(
                    store,
                    version,
                    rows=counts,
                    accounts=tuple(sorted(everyone, key=lambda a: (a.source, a.file, a.table))),
                    data_from=first,
                    data_to=last,
                    demonstration=False,
                    covers={name: r.range for name, r in records.items() if r.range},
                )
        finally:
            connection.close()
    return LoadReport(
        manifest.version,
        changed,
        own,
        manifest.rows,
        unknown,
        tuple(incoming.not_read),
        incoming.remarks,
    )


def _refuse_junk(accounts: tuple[FileAccount, ...]) -> None:
    """Refuse large files of which nothing could be stored: they would replace what there was."""
    problems = []
    for account in accounts:
        overtaken = account.reasons.get(SUPERSEDED.name, 0)
        if account.stored + overtaken == 0 and account.rows_in_file >= JUNK_ROWS:
            reasons = ", ".join(f"{count:,} {name}" for name, count in account.reasons.items())
            problems.append(
                Problem(
                    f"None of its {account.rows_in_file:,} rows could be stored ({reasons}).",
                    account.file,
                    fix="Is this the right file for this mapping? Correct the file or the mapping.",
                )
            )
    if problems:
        raise LoadError(problems)


def _before(store: Path) -> tuple[Path, Manifest] | None:
    """Return the current version, if there is one; refuse to mix real with invented data."""
    if not (store / "CURRENT").exists():
        return None
    version = folders.current(store)
    manifest = folders.manifest(version)
    if manifest.kind != "trust":
        what = f"The store '{store.name}' holds an event log, which is a store of its own."
        raise LoadError(Problem(what, fix="Load into another folder."))
    if manifest.demonstration:
        what = f"The store '{store.name}' holds demonstration data: it never mixes with real data."
        raise LoadError(Problem(what, fix="Load into another folder."))
    if not (version / sources.FILE).is_file():
        raise StoreError(
            Problem("The store was not made by loading.", fix="Load into another folder.")
        )
    return version, manifest


def _load_id(mapping: Path, files: list[SourceFile], config: Config) -> str:
    """Return what identifies a load: its mapping, files and the lists that rows are judged by."""
    return digest_of(
        [
            PIPELINE,
            mapping.read_text(encoding="utf-8-sig"),
            [(file.name, file.digest) for file in files],
            [item.model_dump(mode="json") for item in (*config.teams, *config.treatments)],
        ]
    )


def _connect(work: Path, size: int) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(
        ":memory:" if size <= SMALL_BYTES else str(work / "load.duckdb"),
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
