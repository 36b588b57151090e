"""The files of an ordinary mapping: each row is one record, and every load brings all of them."""

from collections.abc import Callable
from pathlib import Path

import duckdb

from pdqi.config import Config
from pdqi.errors import LoadError, Problem
from pdqi.ingest import accounts as counting
from pdqi.ingest import assemble, rows
from pdqi.ingest.columns import Valued
from pdqi.ingest.mapping import Mapping
from pdqi.ingest.pseudonym import key_pads
from pdqi.ingest.readers import Filled, RowSet, SourceFile, fill, open_files
from pdqi.ingest.rehearsal import Example, examples_of
from pdqi.ingest.report import UnknownWord
from pdqi.ingest.steps import Steps
from pdqi.store.folder import FileAccount
from pdqi.store.schema import LINKS


class Extracts:
    """What a folder holds of one ordinary source."""

    def __init__(self, plan: Mapping, folder: Path) -> None:
        """Open every file; raises `LoadError` with every fault of every file."""
        self.plan = plan
        self._files, self.not_read = open_files(plan, folder)
        self._filled: dict[int, Filled] = {}
        self._made: dict[int, list[Valued]] = {}

    @property
    def files(self) -> list[SourceFile]:
        """The files that were found."""
        return self._files

    @property
    def row_sets(self) -> list[RowSet]:
        """What was judged: number n stands in the tables `raw_n`, `same_n` and `rows_n`."""
        return [*self._files]

    @property
    def brought_by(self) -> str | None:
        """Which load brought what there is of the source: this one."""
        return None

    @property
    def remarks(self) -> tuple[str, ...]:
        """Nothing to say beyond the accounts."""
        return ()

    def judge(
        self,
        steps: Steps,
        before: Path | None,
        config: Config,
        secret: bytes,
        _load_id: str,
        progress: Callable[[str], None],
    ) -> None:
        """Read every file, then judge its rows: the client list first, then link files in order."""
        connection = steps.connection
        self._read(steps, progress)
        assemble.bring_back(connection, before, self.plan.id)
        rows.make_spellings(connection, self.plan, config)
        pads = key_pads(secret)

        def judge(number: int) -> None:
            file, step = self._files[number], f"judge {number}"
            is_done = steps.done(step) is not None
            progress(
                f"The rows of {file.name} were judged already."
                if is_done
                else f"Judging {self._filled[number].rows:,} rows of {file.name}."
            )
            made = rows.judge(connection, number, file, self.plan, pads, is_done, progress)
            self._made[number] = made
            if not is_done:
                steps.note(step, self._filled[number])

        numbered = list(enumerate(self._files))
        clients = next(((n, f) for n, f in numbered if f.wanted.declares_people), None)
        if clients is not None:
            judge(clients[0])
        assemble.link_people(connection, self.plan.id, clients)
        for number, file in numbered:
            if file.wanted.table == LINKS.name:
                judge(number)
                assemble.link_more(connection, self.plan.id, number, file)
        for number, _ in numbered:
            if number not in self._made:
                judge(number)

    def _read(self, steps: Steps, progress: Callable[[str], None]) -> None:
        """Read every file that has not been read; raises `LoadError` with the faults of all."""
        problems: list[Problem] = []
        for number, file in enumerate(self._files):
            step = f"read {number}"
            if before := steps.done(step):
                progress(f"{file.name} was read already.")
                self._filled[number] = before
                continue
            progress(f"Reading {file.name}.")
            try:
                self._filled[number] = fill(steps.connection, f"raw_{number}", file, progress)
            except LoadError as error:
                problems += error.problems
            else:
                steps.note(step, self._filled[number])
        if problems:
            raise LoadError(problems)

    def examples(self, connection: duckdb.DuckDBPyConnection) -> tuple[Example, ...]:
        """Return examples of rows that would be left out, by row number."""
        return tuple(
            example
            for n, file in enumerate(self._files)
            for example in examples_of(connection, n, file, self._made[n])
        )

    def accounts(self, connection: duckdb.DuckDBPyConnection) -> tuple[FileAccount, ...]:
        """Return where the rows of each file went, counted in the tables of the new version."""
        return tuple(
            counting.account(connection, n, self.plan.id, file, self._filled[n], self._made[n])
            for n, file in enumerate(self._files)
        )

    def unknown(self, connection: duckdb.DuckDBPyConnection) -> tuple[UnknownWord, ...]:
        """Return the words that no list knows."""
        return tuple(
            word
            for n, file in enumerate(self._files)
            for word in counting.unknown_words(connection, n, file, self._made[n])
        )

    def keep(self, connection: duckdb.DuckDBPyConnection, version: Path) -> None:
        """Every load brings every file, so nothing else has to be kept."""
