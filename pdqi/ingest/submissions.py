"""Finding the files of a data set, and of which month's submission each row is.

The folder holds the files of one submission or of many; each submission may have a folder of its
own in it. A row says with which submission it came, or the header beside its file does, or the
name of the file or folder has the month.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import duckdb

from pdqi.errors import LoadError, Problem
from pdqi.ingest.readers import Filled, SourceFile, fill, open_file
from pdqi.ingest.rows import find_repeats
from pdqi.ingest.set_mapping import SetMapping
from pdqi.ingest.sql import Bound, date_of

MONTH = re.compile(r"(?<!\d)(20\d\d)[-_]?(0[1-9]|1[0-2])(?![-_]?\d)")
APART = "Put each submission into a folder of its own, with its header."


@dataclass(frozen=True)
class SetFile:
    """A file of the set: the table it holds, and the folder inside the one that was given."""

    table: str
    folder: str
    file: SourceFile

    @property
    def place(self) -> str:
        """The file's name with the folder that it is in."""
        return f"{self.folder}/{self.file.name}" if self.folder else self.file.name

    def label(self, months: Iterable[str]) -> str:
        """Return what accounts call the file: with its months, so that no other has the name."""
        known = sorted(months)
        if not known or any(said in self.place for said in (known[0], known[0].replace("-", ""))):
            return self.place
        span = known[0] if len(known) == 1 else f"{known[0]}..{known[-1]}"
        return f"{span}/{self.place}"


def find(plan: SetMapping, folder: Path) -> tuple[list[SetFile], list[str]]:
    """Return the files of every table, opened, and the names of files that are of none.

    Raises `LoadError` with every fault of every file.
    """
    if not folder.is_dir():
        fix = "Name the folder that holds the files."
        raise LoadError(Problem(f"There is no folder '{folder.name}'.", fix=fix))
    inner = [p for p in sorted(folder.iterdir()) if p.is_dir() and not p.name.startswith(".")]
    paths = [("", p) for p in sorted(folder.iterdir())]
    paths += [(below.name, p) for below in inner for p in sorted(below.iterdir())]
    paths = [(b, p) for b, p in paths if p.is_file() and not p.name.startswith(("~$", "."))]
    found: list[SetFile] = []
    not_read: list[str] = []
    problems: list[Problem] = []
    for below, path in paths:
        tables = [name for name, table in plan.tables.items() if _is_of(path.name, table.file)]
        name = f"{below}/{path.name}" if below else path.name
        if not tables:
            not_read.append(name)
        elif len(tables) > 1:
            what = f"The file may be of several tables: {', '.join(tables)}."
            problems.append(Problem(what, name, fix="Rename it, or correct 'file' in the mapping."))
        else:
            wanted = plan.tables[tables[0]].found_as(path.name, plan.submission.id)
            try:
                found.append(SetFile(tables[0], below, open_file(path, wanted)))
            except LoadError as error:
                problems += error.problems
            except OSError:
                fix = "Close it elsewhere, or check its permissions."
                problems.append(Problem("The file cannot be read.", name, fix=fix))
    if problems:
        raise LoadError(problems)
    return found, not_read


def _is_of(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name.casefold(), pattern.casefold()) for pattern in patterns)


@dataclass(frozen=True)
class Arrived:
    """A file that was read: the number of its raw table, and what accounts call it."""

    number: int
    label: str
    table: str
    file: SourceFile
    filled: Filled


def read(
    connection: duckdb.DuckDBPyConnection,
    plan: SetMapping,
    found: Sequence[SetFile],
    first: int,
    progress: Callable[[str], None],
) -> list[Arrived]:
    """Make `raw_<n>`, `same_<n>` and `sent_<n>` of every file; numbers begin at `first`.

    Raises `LoadError` where rows, or the month that they are of, cannot be told.
    """
    problems: list[Problem] = []
    filled: list[Filled] = []
    for number, item in enumerate(found, first):
        progress(f"Reading {item.place}.")
        try:
            filled.append(fill(connection, f"raw_{number}", item.file))
            find_repeats(connection, number, len(item.file.header.names))
        except LoadError as error:
            problems += error.problems
    if problems:
        raise LoadError(problems)
    numbered = list(enumerate(found, first))
    top = plan.submission.table
    headers = _read_headers(connection, plan, [(n, i) for n, i in numbered if i.table == top])
    arrived = []
    for (number, item), shape in zip(numbered, filled, strict=True):
        try:
            if item.table != top:
                _say_when(connection, number, item, headers, plan.submission.id)
        except LoadError as error:
            problems += error.problems
            continue
        months = connection.execute(f"select distinct month from sent_{number}").fetchall()
        label = item.label(month for (month,) in months)
        arrived.append(Arrived(number, label, item.table, item.file, shape))
    if problems:
        raise LoadError(problems)
    return arrived


@dataclass(frozen=True)
class Header:
    """One submission, as its header describes it; `created` sorts as text."""

    folder: str
    submission: str | None
    month: str
    created: str
    provider: str


def _read_headers(
    connection: duckdb.DuckDBPyConnection, plan: SetMapping, files: list[tuple[int, SetFile]]
) -> list[Header]:
    """Return every submission that the header files, read as `raw_<n>`, describe.

    Makes `sent_<n>` for them, as `_say_when` does for the other files.
    """
    headers: list[Header] = []
    problems: list[Problem] = []
    columns = plan.tables[plan.submission.table].columns
    for number, item in files:

        def cell(name: str, item: SetFile = item) -> str:
            return f"cleaned({_place(item, columns[name].column if name in columns else ())})"

        connection.execute(
            f"create table sent_{number} as select row,"
            f" strftime({date_of(cell('month'), plan.dates)}, '%Y-%m') as month,"
            f" {_when_created(cell('created'), plan.dates)} as created,"
            f" coalesce({cell('provider')}, '') as provider,"
            f" cleaned({_place(item, (plan.submission.id,))}) as id from raw_{number}"
        )
        found = connection.execute(f"select * from sent_{number} order by row").fetchall()
        for row, month, created, provider, submission in found:
            if month is None:
                what = "The header names no month."
                problems.append(Problem(what, item.place, row, fix="Fill in its first day."))
            else:
                headers.append(Header(item.folder, submission, month, created, provider))
    if problems:
        raise LoadError(problems)
    return headers


def _when_created(text: str, forms: Iterable[str]) -> str:
    """Return a date and time so written that later ones sort later; empty where there is none."""
    time = rf"lpad(regexp_extract({text}, '\d{{1,2}}:\d{{2}}(:\d{{2}})?'), 8, '0')"
    return f"coalesce(strftime({date_of(text, forms)}, '%Y-%m-%d ') || {time}, {text}, '')"


def _place(item: SetFile, names: tuple[str, ...]) -> str:
    found = item.file.place(names)
    return found or "cast(null as varchar)"


def _say_when(
    connection: duckdb.DuckDBPyConnection,
    number: int,
    item: SetFile,
    headers: list[Header],
    id_column: str,
) -> None:
    """Make `sent_<n>`: of each row of `raw_<n>` its month, and when and by whom it was submitted.

    Raises `LoadError` where the month of a row cannot be told.
    """
    by_id = {header.submission: header for header in headers if header.submission}
    beside = {(h.month, h.created, h.provider): h for h in headers if h.folder == item.folder}
    named = MONTH.search(item.file.name) or MONTH.search(item.folder)
    default: Header | None = None
    if len(beside) == 1:
        (default,) = beside.values()
    elif named:
        month = f"{named[1]}-{named[2]}"
        fitting = [header for header in beside.values() if header.month == month]
        if len(fitting) > 1:
            what = f"Several submissions of {month} lie beside it."
            raise LoadError(Problem(what, item.place, fix=APART))
        default = fitting[0] if fitting else Header(item.folder, None, month, "", "")
    bound = Bound()
    told = (
        [bound(v) for v in (default.month, default.created, default.provider)]
        if default
        else ["null"] * 3
    )
    known = list(by_id.values())
    connection.execute(
        f"create table sent_{number} as with known as (select"
        f" unnest(cast({bound([h.submission for h in known])} as varchar[])) as id,"
        f" unnest(cast({bound([h.month for h in known])} as varchar[])) as month,"
        f" unnest(cast({bound([h.created for h in known])} as varchar[])) as created,"
        f" unnest(cast({bound([h.provider for h in known])} as varchar[])) as provider)"
        f" select row, coalesce(month, {told[0]}) as month,"
        f" coalesce(created, {told[1]}) as created, coalesce(provider, {told[2]}) as provider"
        f" from raw_{number} left join known on known.id = cleaned({_place(item, (id_column,))})",
        bound.values,
    )
    lost = connection.execute(
        f"select min(row), count(*) from sent_{number} where month is null"
    ).fetchone()
    if lost and lost[1]:
        what = f"The month of {lost[1]:,} of its rows cannot be told."
        fix = f"{APART} Or put the month into the file's name, as in 2024-04."
        raise LoadError(Problem(what, item.place, lost[0], fix=fix))
