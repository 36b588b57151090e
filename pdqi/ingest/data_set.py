"""The files of a data set: its months put together, its records made of them, every row counted.

A month's submission is an increment. All rows that ever came are kept with a version, identifiers
as pseudonyms, so that the next month is judged together with them: whatever the order in which
months are loaded, the store is the same. For the table t of the set there are

    set_t      every row that came, with its number, file, row, load and month
    judged_t   the same, with its own faults, and the row that won its key
    current_t  the rows that count: the latest sound state of each key, its parents being there
"""

import shutil
from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import duckdb

from pdqi.config import Config, digest_of
from pdqi.errors import LoadError, Problem
from pdqi.ingest import accounts as counting
from pdqi.ingest import assemble, rows, set_accounts, submissions
from pdqi.ingest.columns import Valued
from pdqi.ingest.headers import Header
from pdqi.ingest.mapping import Covers
from pdqi.ingest.pseudonym import key_pads
from pdqi.ingest.readers import Filled, MadeRows, RowSet, SourceFile, fill
from pdqi.ingest.report import UnknownWord
from pdqi.ingest.set_judging import SHORTENED, current_rows, judge_table
from pdqi.ingest.set_mapping import SetColumn, SetTable
from pdqi.ingest.set_queries import Queries, SetPlan
from pdqi.ingest.sql import Bound, date_of, folded_words, names, one, text_of
from pdqi.store.folder import FileAccount

SENT = (
    "_file varchar, _row integer, _load_id varchar,"
    " _provider varchar, _month varchar, _created varchar"
)
"""What is known of each row beyond its cells. Columns of a mapping never start with _."""


class DataSet:
    """What a folder holds of a data set, together with what earlier loads brought of it."""

    def __init__(self, plan: SetPlan, folder: Path) -> None:
        """Open every file; raises `LoadError` with every fault of every file."""
        self.plan = plan.records
        self._set = plan.mapping
        self._found, self.not_read = submissions.find(plan.mapping, folder)
        self._labels: dict[int, str] = {}
        self._filled: dict[int, Filled] = {}
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
        connection: duckdb.DuckDBPyConnection,
        before: Path | None,
        config: Config,
        secret: bytes,
        load_id: str,
        progress: Callable[[str], None],
    ) -> None:
        """Read the new files, join them to the earlier ones, and make and judge every record."""
        self._before = before
        self._read(connection, progress)
        assemble.bring_back(connection, before, self.plan.id)
        rows.make_spellings(connection, self.plan, config)
        pads = key_pads(secret)
        for name, table in self._set.tables.items():
            self._put_together(connection, name, table, pads, load_id)
            judge_table(connection, name, table)
        self._cover(connection)
        progress("Making the records.")
        queries = Queries(self._set, config)
        try:
            self._make_records(connection, queries)
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
        return set_accounts.account(
            connection,
            self._set,
            self._before,
            [
                (self._number(k), self._labels[k], item, self._filled[k])
                for k, item in enumerate(self._found)
            ],
        )

    def unknown(self, connection: duckdb.DuckDBPyConnection) -> tuple[UnknownWord, ...]:
        """Return the words that no list knows."""
        return tuple(
            word
            for n, made in enumerate(self._rows)
            for word in counting.unknown_words(connection, n, made, self._made[n])
        )

    def keep(self, connection: duckdb.DuckDBPyConnection, version: Path) -> None:
        """Keep every row of every table for the next month's load."""
        for name in self._set.tables:
            connection.sql(
                f'select * exclude (_origin) from "set_{name}" order by _file, _row'
            ).write_parquet(str(kept_file(version, self.plan.id, name)), compression="zstd")

    def _number(self, position: int) -> int:
        """Return the number of a file's raw table; those of records come first."""
        return len(self._set.records) + position

    def _read(self, connection: duckdb.DuckDBPyConnection, progress: Callable[[str], None]) -> None:
        problems: list[Problem] = []
        for k, item in enumerate(self._found):
            progress(f"Reading {item.place}.")
            try:
                self._filled[k] = fill(connection, f"raw_{self._number(k)}", item.file)
                width = len(item.file.header.names)
                rows.find_repeats(connection, self._number(k), width)
            except LoadError as error:
                problems += error.problems
        for name, table in self._set.tables.items():
            there = any(item.table == name for item in self._found)
            if table.required and not there and not self._kept(name):
                what = f"There is no file of '{name}' ({', '.join(table.file)})."
                fix = "Add it to the folder, or correct 'file' in the mapping."
                problems.append(Problem(what, fix=fix))
        if problems:
            raise LoadError(problems)
        numbered = [(self._number(k), item) for k, item in enumerate(self._found)]
        header = self._set.submission.table
        described = [(n, item) for n, item in numbered if item.table == header]
        found = submissions.read_headers(connection, self._set, described)
        for k, (number, item) in enumerate(numbered):
            try:
                if item.table != header:
                    submissions.say_when(connection, number, item, found, self._set.submission.id)
            except LoadError as error:
                problems += error.problems
                continue
            months = connection.execute(f"select distinct month from sent_{number}").fetchall()
            self._labels[k] = item.label(month for (month,) in months)
        if problems:
            raise LoadError(problems)

    def _kept(self, table: str) -> Path | None:
        """Return the file of a table's earlier rows, if there is one."""
        if self._before is None:
            return None
        file = kept_file(self._before, self.plan.id, table)
        return file if file.is_file() else None

    def _put_together(
        self,
        connection: duckdb.DuckDBPyConnection,
        name: str,
        table: SetTable,
        pads: rows.Pads,
        load_id: str,
    ) -> None:
        """Make `set_t` of the files just read, and of earlier files that are not among them."""
        columns = names(f'"{column}" varchar' for column in table.columns)
        connection.execute(f"create table came ({SENT}, {columns})")
        mine = [(k, item) for k, item in enumerate(self._found) if item.table == name]
        for k, item in mine:
            bound, number = Bound(), self._number(k)
            empty = folded_words(connection, self._set.empty)
            values = [
                self._value(c, text_of(item.file.place(c.column), empty, bound), pads, bound)
                for c in table.columns.values()
            ]
            connection.execute(
                f"insert into came select {bound(self._labels[k])}, row, {bound(load_id)},"
                f" provider, month, created, {names(values)}"
                f" from raw_{number} join sent_{number} using (row)"
                f" anti join same_{number} using (row)",
                bound.values,
            )
        if kept := self._kept(name):
            found = connection.read_parquet(str(kept)).columns
            known = [column for column, *_ in connection.execute("describe came").fetchall()]
            there = names(f'"{column}"' for column in known if column in found)
            connection.execute(
                f"insert into came by name select {there} from read_parquet([$kept])"
                " where not list_contains(cast($again as varchar[]), _file)",
                {"kept": assemble.plain(kept), "again": [self._labels[k] for k, _ in mine]},
            )
        connection.execute(
            f'create table "set_{name}" as'
            " select row_number() over (order by _file, _row) as _origin, * from came"
        )
        connection.execute("drop table came")

    def _value(self, column: SetColumn, text: str, pads: rows.Pads, bound: Bound) -> str:
        if column.date:
            return f"coalesce(strftime({date_of(text, self._set.dates)}, '%Y-%m-%d'), {text})"
        if column.identifier is None:
            return text
        rule = self._set.identifiers[column.identifier]
        hidden = rows.hashed(text, column.identifier, rule, pads, bound)
        return f"case when regexp_full_match({text}, '{SHORTENED}') then {text} else {hidden} end"

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

    def _make_records(self, connection: duckdb.DuckDBPyConnection, queries: Queries) -> None:
        for name, table in self._set.tables.items():
            if name != self._set.submission.table:
                queries.put(name, connection.sql(current_rows(name, table)).to_arrow_table())
        for name in self._set.views:
            queries.make_view(name)
        for number, record in enumerate(self._set.records):
            columns = queries.columns(record)
            found = queries.rows(record, columns)
            connection.register("incoming", found)
            cells = names(f"c{place}" for place, _ in enumerate(columns))
            connection.execute(
                f"create table raw_{number} as select cast(row_number() over () as integer) as row,"
                f" {cells}, '' as extra from incoming as come({cells})"
            )
            connection.unregister("incoming")
            place = f"c{columns.index('origin')}"
            connection.execute(
                f"create table origin_{number} as select row, _origin as origin,"
                f" _file as source_file, _row as source_row, _load_id as load_id from raw_{number}"
                f' join "set_{record.rows_of}" on _origin = cast({place} as bigint)'
            )
            rowset = self.plan.files[number]
            places: dict[tuple[str, ...], int] = {(c,): n for n, c in enumerate(columns)}
            self._rows.append(MadeRows(record.name, rowset, Header(0, 0, tuple(columns), places)))
        self._refuse_several(connection)

    def _refuse_several(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Refuse queries that make two records of one row, which could not be accounted for."""
        problems = []
        for name in self._set.tables:
            numbers = [n for n, r in enumerate(self._set.records) if r.rows_of == name]
            if not numbers:
                continue
            every = " union all ".join(f"select origin from origin_{n}" for n in numbers)
            given = " + ".join(f"(select count(*) from raw_{n})" for n in numbers)
            count, distinct, rows_ = one(
                connection, f"select count(*), count(distinct origin), {given} from ({every})"
            )
            if count != distinct or rows_ != count:
                what = f"The records of '{name}' are not one, or none, for each of its rows."
                problems.append(Problem(what, where="records", fix="Correct the queries."))
        if problems:
            raise LoadError(problems)


def kept_file(version: Path, source: str, table: str) -> Path:
    """Return where a version keeps the rows of a table of a data set."""
    return version / f"{source}.{table}.parquet"


def carry_over(before: Path, version: Path, sources: Sequence[str]) -> None:
    """Keep the rows of other sources' data sets with the new version."""
    for source in sources:
        for file in sorted(before.glob(f"{source}.*.parquet")):
            shutil.copyfile(file, version / file.name)


def _months_between(first: str, last: str) -> list[str]:
    start, end = (int(m[:4]) * 12 + int(m[5:]) - 1 for m in (first, last))
    return [f"{n // 12}-{n % 12 + 1:02}" for n in range(start, end + 1)]
