"""A load: files of one source in, a new version of the store out, or nothing at all.

Everything is worked out in a database of its own and becomes current by one atomic rename. A
source replaces what it brought before; the other sources' rows stay. Nothing here looks at the
clock but for the day after which dates lie in the future.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from pdqi.config import Config, digest_of
from pdqi.errors import LoadError, Problem, StoreError
from pdqi.ingest import accounts as counting
from pdqi.ingest import agreement, assemble, coverage, lock, set_rows, sources
from pdqi.ingest.data_set import DataSet
from pdqi.ingest.event_log import load_log
from pdqi.ingest.extracts import Extracts
from pdqi.ingest.kinds import read_any
from pdqi.ingest.log_mapping import LogMapping
from pdqi.ingest.readers import SourceFile
from pdqi.ingest.reasons import SUPERSEDED
from pdqi.ingest.rehearsal import Rehearsal
from pdqi.ingest.report import LoadReport
from pdqi.ingest.set_queries import SetPlan
from pdqi.ingest.steps import Steps
from pdqi.store import folder as folders
from pdqi.store.folder import FileAccount, Manifest, Sending

PIPELINE = 1
"""Raised when the same files and mapping would give other rows: it is part of a load's id."""

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
    dry_run: bool = False,
) -> LoadReport:
    """Load a folder of extracts into a store by a mapping; say where every row went.

    Raises `LoadError` with every fault that was found, or `StoreError`; the store is then as it
    was. Loading the same files again changes nothing. A dry run does all but store: its report has
    examples by row number, and says what would keep the load from being made.
    """
    plan = read_any(mapping, config)
    if isinstance(plan, LogMapping):
        if dry_run:
            fix = "Load it into a new folder and look at the report."
            raise LoadError(Problem("An event log has no dry run.", mapping.name, fix=fix))
        return load_log(plan, mapping, folder, store, secret, progress)
    progress(f"Looking for the files of '{plan.name}'.")
    incoming = DataSet(plan, folder) if isinstance(plan, SetPlan) else Extracts(plan, folder)
    files = incoming.files
    load_id = _load_id(mapping, files, config)
    mark = sources.mark_of(secret)
    with lock.loading(store, f"{load_id}-{mark}") as work:
        before = _before(store)
        known = sources.Sources.read(before[0]) if before else None
        problems = sources.problems_with(incoming.plan, mapping.name, secret, known)
        if problems:
            raise LoadError(problems)
        size = sum(file.path.stat().st_size for file in files)
        steps = Steps(work, size, before[1].version if before else "")
        connection = steps.connection
        try:
            version_before = before[0] if before else None
            incoming.judge(steps, version_before, config, secret, load_id, progress)
            source = incoming.plan
            progress("Putting the new version together.")
            left = assemble.assemble(connection, source.id, load_id, incoming.row_sets)
            own = incoming.accounts(connection)
            junk = _junk(own)
            if junk and not dry_run:
                raise LoadError(junk)
            unknown = incoming.unknown(connection)
            disagreements = tuple(agreement.compare(connection, config))
            records = known.others(source.id) if known else {}
            carried = sorted(records)
            absent = agreement.absent(config, (source.id, *records))
            if dry_run:
                examples = incoming.examples(connection)
                rehearsed = Rehearsal(examples, tuple(junk))
                rows_of = assemble.count(connection)
                return LoadReport(
                    None,
                    False,
                    own,
                    rows_of,
                    unknown,
                    tuple(incoming.not_read),
                    rehearsed,
                    disagreements,
                    absent,
                    remarks=incoming.remarks,
                )
            others = [a for a in before[1].accounts if a.source != source.id] if before else []
            everyone = agreement.noted(connection, (*counting.less(others, left), *own))
            ledger = before[1].sendings if before else ()
            sending = Sending(
                source.id,
                source.name,
                load_id,
                datetime.now(UTC).isoformat(timespec="seconds"),
                tuple((file.name, file.digest) for file in files),
                own,
            )
            records |= {source.id: sources.record(source, incoming.brought_by or load_id)}
            records = dict(sorted(records.items()))
            first, last = coverage.covered(connection, records, today or date.today())
            with folders.new_version(store) as version:
                counts = assemble.write(connection, version)
                agreement.write(connection, version)
                incoming.keep(connection, version)
                if version_before:
                    set_rows.carry_over(version_before, version, carried)
                sources.Sources(mark, records).write(version)
                manifest, changed = folders.publish(
                    store,
                    version,
                    rows=counts,
                    accounts=tuple(sorted(everyone, key=lambda a: (a.source, a.file, a.table))),
                    data_from=first,
                    data_to=last,
                    demonstration=False,
                    covers={name: r.range for name, r in records.items() if r.range},
                    sendings=(*ledger, sending),
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
        disagreements=disagreements,
        absent=absent,
        replaced=next((s for s in reversed(ledger) if changed and s.source == source.id), None),
        remarks=incoming.remarks,
    )


def _junk(accounts: tuple[FileAccount, ...]) -> list[Problem]:
    """Find large files of which nothing could be stored: they would replace what there was."""
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
    return problems


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
