"""The files of a data set: its months put together, its records made of them, every row counted.

A month's submission is an increment. All rows that ever came are kept with a version, identifiers
as pseudonyms, so that the next month is judged together with them: whatever the order in which
months are loaded, the store is the same. For the table t of the set there are

    set_t      every row that came, with its number, file, row, load and month
    judged_t   the same, with its own faults, and the row that won its key
    current_t  the rows that count: the latest sound state of each key, its parents being there
"""

from calendar import monthrange
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb

from pdqi.config import Config, digest_of
from pdqi.errors import LoadError, Problem
from pdqi.ingest import accounts as counting
from pdqi.ingest import assemble, rows, set_accounts, set_rows, submissions
from pdqi.ingest.columns import Valued
from pdqi.ingest.mapping import Covers
from pdqi.ingest.pseudonym import key_pads
from pdqi.ingest.readers import MadeRows, RowSet, SourceFile
from pdqi.ingest.rehearsal import Example
from pdqi.ingest.report import UnknownWord
from pdqi.ingest.set_judging import judge_table
from pdqi.ingest.set_queries import Queries, SetPlan
from pdqi.ingest.set_records import make_records
from pdqi.ingest.steps import Steps
from pdqi.ingest.submissions import Arrived
from pdqi.store.folder import FileAccount


class DataSet:
    """What a folder holds of a data set, together with what earlier loads brought of it."""

    def __init__(self, plan: SetPlan, folder: Path) -> None:
        """Open every file; raises `LoadError` with every fault of every file."""
        self.plan = plan.records
        self._set = plan.mapping
        self._found, self.not_read = submissions.find(plan.mapping, folder)
        self._arrived: list[Arrived] = []
        self._made: dict[int, list[Valued]] = {}
        self._rows: list[MadeRows] = []
        self._before: Path | None = None
        self._months: set[str] = set()
        self._loads: set[str] = set()

    @property
    def files(self) -> list[SourceFile]:
        """The files that were found."""
        return [item.file for item in self._found]

    @property
    def row_sets(self) -> list[RowSet]:
        """The records: number n stands in `raw_n`, `same_n`, `rows_n` and `origin_n`."""
        return [*self._rows]

    @property
    def brought_by(self) -> str | None:
        """Which loads brought what there is of the source, in whatever order."""
        return digest_of(sorted(self._loads))

    @property
    def remarks(self) -> tuple[str, ...]:
        """Months without a submission, and lists that were left empty."""
        said = []
        if self._months:
            every = _months_between(min(self._months), max(self._months))
            lacking = [month for month in every if month not in self._months]
            if lacking:
                said.append(f"No submission was ever loaded of {', '.join(lacking)}.")
        empty = [name for name, entries in self._set.lists.items() if not entries]
        said += [f"The mapping's list '{name}' is empty." for name in empty]
        return tuple(said)

    def judge(
        self,
        steps: Steps,
        before: Path | None,
        config: Config,
        secret: bytes,
        load_id: str,
        progress: Callable[[str], None],
    ) -> None:
        """Read the new files, join them to the earlier ones, and make and judge every record."""
        connection = steps.connection
        self._before = before
        self._arrived = submissions.read(
            connection, self._set, self._found, len(self._set.records), progress
        )
        self._refuse_too_little()
        assemble.bring_back(connection, before, self.plan.id)
        rows.make_spellings(connection, self.plan, config)
        pads = key_pads(secret)
        for name, table in self._set.tables.items():
            set_rows.put_together(connection, self._set, name, self._arrived, before, pads, load_id)
            judge_table(connection, name, table)
        self._cover(connection)
        progress("Making the records.")
        queries = Queries(self._set, config)
        try:
            self._rows = make_records(connection, self._set, self.plan, queries)
        finally:
            queries.close()
        clients = [(n, r) for n, r in enumerate(self._rows) if r.wanted.declares_people]
        for number, made in clients:
            self._made[number] = rows.judge(connection, number, made, self.plan, None)
        assemble.link_people(connection, self.plan.id, clients[0] if clients else None)
        for number, made in enumerate(self._rows):
            if number not in self._made:
                progress(f"Judging {made.name}.")
                self._made[number] = rows.judge(connection, number, made, self.plan, None)

    def accounts(self, connection: duckdb.DuckDBPyConnection) -> tuple[FileAccount, ...]:
        """Return where the rows of each file went, those of earlier loads included."""
        return set_accounts.account(connection, self._set, self._before, self._arrived)

    def unknown(self, connection: duckdb.DuckDBPyConnection) -> tuple[UnknownWord, ...]:
        """Return the words that no list knows."""
        return tuple(
            word
            for n, made in enumerate(self._rows)
            for word in counting.unknown_words(connection, n, made, self._made[n])
        )

    def examples(self, connection: duckdb.DuckDBPyConnection) -> tuple[Example, ...]:  # noqa: ARG002
        """Return none: a record is made of several rows, and each has its account."""
        return ()

    def keep(self, connection: duckdb.DuckDBPyConnection, version: Path) -> None:
        """Keep every row of every table for the next month's load."""
        set_rows.keep(connection, self._set, version)

    def _refuse_too_little(self) -> None:
        """Refuse a load without a table that must be there, unless an earlier one brought it."""
        there = {item.table for item in self._arrived}
        before = self._before
        problems = [
            Problem(
                f"There is no file of '{name}' ({', '.join(table.file)}).",
                fix="Add it to the folder, or correct 'file' in the mapping.",
            )
            for name, table in self._set.tables.items()
            if table.required
            and name not in there
            and not (before and set_rows.kept_file(before, self.plan.id, name).is_file())
        ]
        if problems:
            raise LoadError(problems)

    def _cover(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Say that the source covers the months of its submissions, from the first to the last."""
        for name in self._set.tables:
            found = connection.execute(f'select distinct _month, _load_id from "set_{name}"')
            for month, load_id in found.fetchall():
                self._months.add(month)
                self._loads.add(load_id)
        if self._months:
            first, last = (date.fromisoformat(f"{m(self._months)}-01") for m in (min, max))
            last = last.replace(day=monthrange(last.year, last.month)[1])
            covers = Covers(first=first, last=last)
            self.plan = self.plan.model_copy(update={"covers": covers})


def _months_between(first: str, last: str) -> list[str]:
    start, end = (int(m[:4]) * 12 + int(m[5:]) - 1 for m in (first, last))
    return [f"{n // 12}-{n % 12 + 1:02}" for n in range(start, end + 1)]
