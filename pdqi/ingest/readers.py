"""Files found, opened and turned into tables of text, a batch at a time.

Every fault of every file is gathered before anything is loaded. What comes out is a table
`raw_<n>`: the row's number in its file, one text column for each column of the header, and the
cells beyond the header, if a row has any.
"""

import gc
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import duckdb
import pyarrow as pa

from pdqi.errors import LoadError, Problem
from pdqi.ingest import headers
from pdqi.ingest.csvfile import CsvFile
from pdqi.ingest.headers import Header
from pdqi.ingest.log_mapping import LogMapping
from pdqi.ingest.mapping import FileMap, Mapping
from pdqi.ingest.parquetfile import ParquetFile
from pdqi.ingest.workbook import Workbook

BATCH = 10_000
INSERTED = 130_000
"""So many rows at once go straight to their place on disk; fewer would be written twice."""

MOST_HELD = 200_000_000
SAID_EVERY = 1_000_000
MOST_COLUMNS = 1_000
Row = tuple[int, Sequence[str]]


@dataclass(frozen=True)
class RowSet:
    """Rows to be judged: what they are called, the table they fill, where each column stands."""

    name: str
    wanted: FileMap
    header: Header

    def place(self, names: Sequence[str]) -> str | None:
        """Return the raw table's column for a wanted column; None where the file has none."""
        position = self.header.places.get(tuple(names))
        return None if position is None else f"c{position}"


@dataclass(frozen=True)
class SourceFile(RowSet):
    """A file that was found, can be read and has the columns that its mapping names."""

    path: Path
    digest: str
    reader: CsvFile | Workbook | ParquetFile


@dataclass(frozen=True)
class MadeRows(RowSet):
    """Rows that were made of others: the table `origin_<n>` says of which row of which file."""


@dataclass(frozen=True)
class Filled:
    """What was read of one file: rows, and how many were shorter or longer than the header."""

    rows: int
    short: int
    long: int


def open_files(mapping: Mapping | LogMapping, folder: Path) -> tuple[list[SourceFile], list[str]]:
    """Return the mapping's files, opened, and the names of files in the folder that none matches.

    Raises `LoadError` with every fault of every file: missing, matched twice, unreadable, without
    the columns that are looked for.
    """
    if not folder.is_dir():
        fix = "Name the folder that holds the files."
        raise LoadError(Problem(f"There is no folder '{folder.name}'.", fix=fix))
    # Office programs leave such lock files beside a workbook that is open.
    names = sorted(
        p.name for p in folder.iterdir() if p.is_file() and not p.name.startswith(("~$", "."))
    )
    problems: list[Problem] = []
    opened: list[SourceFile] = []
    used: set[str] = set()
    for wanted in mapping.files:
        hits = [name for name in names if wanted.matches(name)]
        used.update(hits)
        if not hits:
            what = f"There is no file '{wanted.file}' in the folder '{folder.name}'."
            problems.append(Problem(what, fix="Add it, or correct 'file' in the mapping."))
        elif len(hits) > 1:
            what = f"Several files match '{wanted.file}': {', '.join(hits)}."
            problems.append(Problem(what, fix="Keep one in the folder."))
        else:
            try:
                opened.append(open_file(folder / hits[0], wanted))
            except LoadError as error:
                problems += error.problems
            except OSError:
                problems.append(
                    Problem(
                        "The file cannot be read.",
                        hits[0],
                        fix="Close it elsewhere, or check its permissions.",
                    )
                )
    if problems:
        raise LoadError(problems)
    return opened, [name for name in names if name not in used]


def open_file(path: Path, wanted: FileMap) -> SourceFile:
    """Return a file, opened; raises `LoadError` for one that cannot be read as it is wanted."""
    reader: CsvFile | Workbook | ParquetFile
    match wanted.kind:
        case "xlsx":
            reader = Workbook(path, wanted)
        case "parquet":
            reader = ParquetFile(path)
        case _:
            reader = CsvFile(path, wanted)
    header, problems = headers.find(reader.previews(), wanted, path.name)
    if header is not None and len(header.names) > MOST_COLUMNS:
        what = f"The file has {len(header.names):,} columns; at most {MOST_COLUMNS:,} are read."
        problems.append(Problem(what, path.name, header.row, fix="Remove the empty ones."))
    if header is None or problems:
        raise LoadError(problems)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return SourceFile(path.name, wanted, header, path, digest, reader)


def fill(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    source: SourceFile,
    progress: Callable[[str], None] = lambda _: None,
) -> Filled:
    """Read a whole file into a new table; raises `LoadError` where it cannot be split into rows.

    Never more than a batch of rows is held. Rows shorter than the header are filled up with empty
    cells; cells beyond it are kept.
    """
    width = len(source.header.names)
    columns = [f"c{position}" for position in range(width)]
    schema = pa.schema(
        [("row", pa.int32()), *((name, pa.string()) for name in columns), ("extra", pa.string())]
    )
    definition = ", ".join(f"{name} varchar" for name in (*columns, "extra"))
    connection.execute(f"create table {table} (row integer, {definition})")
    count = short = long = 0
    held: list[pa.RecordBatch] = []
    rows = (row for row in source.reader.rows(source.header.reading) if row[0] > source.header.row)
    with _without_collection():
        for batch in _batches(rows):
            arrays, batch_short, batch_long = _arrays(batch, width)
            count, short, long = count + len(batch), short + batch_short, long + batch_long
            held.append(pa.RecordBatch.from_arrays(arrays, schema=schema))
            if len(held) * BATCH >= INSERTED or sum(item.nbytes for item in held) >= MOST_HELD:
                _insert(connection, table, held)
            if count % SAID_EVERY == 0:
                progress(f"Read {count:,} rows of {source.name}.")
        _insert(connection, table, held)
    return Filled(count, short, long)


@contextmanager
def _without_collection() -> Iterator[None]:
    """Rows hold no cycles, and looking for some takes a quarter more time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _insert(connection: duckdb.DuckDBPyConnection, table: str, held: list[pa.RecordBatch]) -> None:
    """Put what is held into the table and let go of it."""
    if held:
        connection.register("incoming", pa.Table.from_batches(held))
        connection.execute(f"insert into {table} select * from incoming")
        connection.unregister("incoming")
        held.clear()


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def _arrays(batch: list[Row], width: int) -> tuple[list[pa.Array], int, int]:
    short = long = 0
    extra = [""] * len(batch)
    cells: list[Sequence[str]] = []
    for position, (_, row) in enumerate(batch):
        if len(row) < width:
            short += 1
            row = [*row, *[""] * (width - len(row))]
        elif len(row) > width:
            if any(row[width:]):
                long += 1
                extra[position] = json.dumps(row[width:], ensure_ascii=False)
            row = row[:width]
        cells.append(row)
    numbers = pa.array([number for number, _ in batch], pa.int32())
    # Lists: pyarrow takes tuples five times as slowly.
    texts = [pa.array(list(column), pa.string()) for column in zip(*cells, strict=True)]
    return [numbers, *texts, pa.array(extra, pa.string())], short, long
