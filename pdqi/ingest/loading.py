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
from pdqi.ingest import agreement, assemble, coverage, lock, rows, sources
from pdqi.ingest.checks import read_any
from pdqi.ingest.columns import Valued
from pdqi.ingest.event_log import load_log
from pdqi.ingest.log_mapping import LogMapping
from pdqi.ingest.mapping import Mapping
from pdqi.ingest.pseudonym import key_pads
from pdqi.ingest.readers import Filled, SourceFile, fill, open_files
from pdqi.ingest.rehearsal import Rehearsal, examples_of
from pdqi.ingest.report import LoadReport
from pdqi.ingest.steps import Steps
from pdqi.store import folder as folders
from pdqi.store.folder import FileAccount, Manifest, Sending
from pdqi.store.schema import LINKS

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
    files, not_read = open_files(plan, folder)
    load_id = _load_id(mapping, files, config)
    mark = sources.mark_of(secret)
    with lock.loading(store, f"{load_id}-{mark}") as work:
        before = _before(store)
        known = sources.Sources.read(before[0]) if before else None
        problems = sources.problems_with(plan, mapping.name, secret, known)
        if problems:
            raise LoadError(problems)
        size = sum(file.path.stat().st_size for file in files)
        steps = Steps(work, size, before[1].version if before else "")
        connection = steps.connection
        try:
            made, filled = _judge(steps, plan, files, config, secret, before, progress)
            progress("Putting the new version together.")
            left = assemble.assemble(connection, plan.id, load_id, files)
            own = tuple(
                counting.account(connection, n, plan.id, file, filled[n], made[n])
                for n, file in enumerate(files)
            )
            junk = _junk(own)
            if junk and not dry_run:
                raise LoadError(junk)
            unknown = tuple(
                word
                for n, file in enumerate(files)
                for word in counting.unknown_words(connection, n, file, made[n])
            )
            disagreements = tuple(agreement.compare(connection, config))
            records = known.others(plan.id) if known else {}
            absent = agreement.absent(config, (plan.id, *records))
            if dry_run:
                examples = tuple(
                    example
                    for n, file in enumerate(files)
                    for example in examples_of(connection, n, file, made[n])
                )
                rehearsed = Rehearsal(examples, tuple(junk))
                rows_of = assemble.count(connection)
                return LoadReport(
                    None, False, own, rows_of, unknown, tuple(not_read), rehearsed, disagreements,
                    absent,
                )  # fmt: skip
            others = [a for a in before[1].accounts if a.source != plan.id] if before else []
            everyone = agreement.noted(connection, (*counting.less(others, left), *own))
            ledger = before[1].sendings if before else ()
            sending = Sending(
                plan.id,
                plan.name,
                load_id,
                datetime.now(UTC).isoformat(timespec="seconds"),
                tuple((file.name, file.digest) for file in files),
                own,
            )
            records = dict(sorted({**records, plan.id: sources.record(plan, load_id)}.items()))
            first, last = coverage.covered(connection, records, today or date.today())
            with folders.new_version(store) as version:
                counts = assemble.write(connection, version)
                agreement.write(connection, version)
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
        manifest.version, changed, own, manifest.rows, unknown, tuple(not_read),
        disagreements=disagreements, absent=absent,
        replaced=next((s for s in reversed(ledger) if changed and s.source == plan.id), None),
    )  # fmt: skip


def _junk(accounts: tuple[FileAccount, ...]) -> list[Problem]:
    """Find large files of which nothing could be stored: they would replace what there was."""
    problems = []
    for account in accounts:
        if account.stored == 0 and account.rows_in_file >= JUNK_ROWS:
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


def _judge(
    steps: Steps,
    plan: Mapping,
    files: list[SourceFile],
    config: Config,
    secret: bytes,
    before: tuple[Path, Manifest] | None,
    progress: Callable[[str], None],
) -> tuple[dict[int, list[Valued]], dict[int, Filled]]:
    """Read every file, then judge its rows: the client list first, then link files in order."""
    connection = steps.connection
    filled = _read(steps, files, progress)
    assemble.bring_back(connection, before[0] if before else None, plan.id)
    rows.make_spellings(connection, plan, config)
    pads = key_pads(secret)
    made: dict[int, list[Valued]] = {}

    def judge(number: int) -> None:
        file, step = files[number], f"judge {number}"
        is_done = steps.done(step) is not None
        progress(
            f"The rows of {file.name} were judged already."
            if is_done
            else f"Judging {filled[number].rows:,} rows of {file.name}."
        )
        made[number] = rows.judge(connection, number, file, plan, pads, is_done, progress)
        if not is_done:
            steps.note(step, filled[number])

    clients = next((n for n, file in enumerate(files) if file.wanted.declares_people), None)
    if clients is not None:
        judge(clients)
    assemble.link_people(
        connection, plan.id, None if clients is None else (clients, files[clients])
    )
    for number, file in enumerate(files):
        if file.wanted.table == LINKS.name:
            judge(number)
            assemble.link_more(connection, plan.id, number, file)
    for number in range(len(files)):
        if number not in made:
            judge(number)
    return made, filled


def _read(
    steps: Steps, files: list[SourceFile], progress: Callable[[str], None]
) -> dict[int, Filled]:
    """Read every file that has not been read; raises `LoadError` with the faults of all."""
    filled: dict[int, Filled] = {}
    problems: list[Problem] = []
    for number, file in enumerate(files):
        step = f"read {number}"
        if before := steps.done(step):
            progress(f"{file.name} was read already.")
            filled[number] = before
            continue
        progress(f"Reading {file.name}.")
        try:
            filled[number] = fill(steps.connection, f"raw_{number}", file, progress)
        except LoadError as error:
            problems += error.problems
        else:
            steps.note(step, filled[number])
    if problems:
        raise LoadError(problems)
    return filled
