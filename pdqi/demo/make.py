"""Making the invented data: chunks of people through the SQL beside this file, into one version."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pdqi.config import Config
from pdqi.demo.numbers import Numbers
from pdqi.demo.world import world_of
from pdqi.errors import Problem, StoreError
from pdqi.store.folder import FileAccount, Manifest, current, manifest, new_version, publish
from pdqi.store.schema import TABLES, Table

HISTORY_FROM = date(2020, 4, 1)
"""First referrals: eighteen months before the data begin, so that caseloads are full on day one."""
FIRST_DAY = date(2021, 10, 1)
LAST_DAY = date(2026, 9, 30)
"""The five whole years that the data cover. Nothing is dated after the last day."""
SPIKE_MONTH = date(2023, 11, 1)
"""A special cause: referrals to crisis teams about double."""
OUTAGE_MONTH = date(2024, 8, 1)
"""A special cause: the record was down, and half of the month's referrals were entered later."""
IMPROVEMENT_MONTH = date(2025, 4, 1)
"""From here on improvement work shows: waits, treatment in one team, training, supervision."""

MOST_STEPS = 8
CHUNK = 250_000
SOURCE = "demonstration"
FILE = "invented.parquet"
FOLDER = Path(__file__).parent
NUMBERS = FOLDER.parents[1] / "data" / "demonstration" / "world.yaml"
"""The numbers of the pathway that is shipped in the project's root."""
ARROW = {"VARCHAR": pa.string(), "DATE": pa.date32(), "INTEGER": pa.int32()}


def _quiet(_: str) -> None:
    """Say nothing."""


def demo(
    store: Path,
    config: Config,
    people: int = 20_000,
    seed: int = 1,
    progress: Callable[[str], None] = _quiet,
    threads: int | None = None,
    numbers: Path = NUMBERS,
) -> Manifest:
    """Make invented data the store's current version and return its manifest.

    `people` invented people have about 1.4 episodes each; the same arguments and config give the
    same bytes. `progress` is told a sentence now and then. Raises `StoreError` for fewer than
    one person, and for a folder that holds real data: the two are never mixed. `numbers` is the
    `world.yaml` of the pathway; raises `ContentError` for what is wrong with it.
    """
    if people < 1:
        raise StoreError("Invented data need at least 1 person. Give a larger number of people.")
    _refuse_real_data(store)
    known = Numbers.load(numbers)
    with new_version(store) as folder, _connect(config, known, seed, threads) as connection:
        rows = _write(connection, folder, people, progress)
        accounts = tuple(
            FileAccount(SOURCE, FILE, name, count, stored=count, duplicate_row=0, reasons={})
            for name, count in rows.items()
        )
        made, _ = publish(
            store,
            folder,
            rows=rows,
            accounts=accounts,
            data_from=FIRST_DAY,
            data_to=LAST_DAY,
            demonstration=True,
            covers={SOURCE: (FIRST_DAY, LAST_DAY)},
        )
    return made


def _refuse_real_data(store: Path) -> None:
    try:
        found = manifest(current(store))
    except StoreError:
        return
    if not found.demonstration:
        raise StoreError(
            Problem(
                f"The store '{store.name}' holds loaded extracts.",
                fix="Name another folder with --store: invented data never replace real ones.",
            )
        )


def _connect(
    config: Config, numbers: Numbers, seed: int, threads: int | None
) -> duckdb.DuckDBPyConnection:
    """Open a database that holds the world of a config and the SQL of the journeys."""
    connection = duckdb.connect(":memory:", config={"threads": threads} if threads else {})
    world = world_of(config, numbers)
    for name, rows in world.tables.items():
        connection.register("incoming", rows)
        connection.execute(f"create table {name} as from incoming")
    settings = world.settings | {
        "seed": seed,
        "history_day": _day(HISTORY_FROM),
        "last_day": _day(LAST_DAY),
        "spike_day": _day(SPIKE_MONTH),
        "outage_day": _day(OUTAGE_MONTH),
        "improvement_day": _day(IMPROVEMENT_MONTH),
        "months": [_day(month) for month in _months()],
    }
    for name, value in settings.items():
        _set(connection, name, value)
    connection.execute(_sql("rates"))
    _journeys(connection, 1, 0)  # nobody yet: the tables' macros must find what they read
    connection.execute(_sql("tables"))
    return connection


def _write(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    people: int,
    progress: Callable[[str], None],
) -> dict[str, int]:
    """Write every table, one chunk of people after another; return the rows of each."""
    rows = dict.fromkeys((table.name for table in TABLES), 0)
    writers = {
        table.name: pq.ParquetWriter(
            folder / f"{table.name}.parquet", _schema(table), compression="zstd", store_schema=False
        )
        for table in TABLES
    }
    try:
        for first in range(1, people + 1, CHUNK):
            last = min(first + CHUNK - 1, people)
            _journeys(connection, first, last)
            for table in TABLES:
                if table.has_person or first == 1:
                    made = _rows(connection, table, rows[table.name])
                    writers[table.name].write_table(made, row_group_size=CHUNK // 2)
                    rows[table.name] += made.num_rows
            progress(f"{last:,} of {people:,} invented people")
    finally:
        for writer in writers.values():
            writer.close()
    return rows


def _journeys(connection: duckdb.DuckDBPyConnection, first: int, last: int) -> None:
    """Let a chunk of people go through care, one step at a time."""
    _set(connection, "chunk_first", first)
    _set(connection, "chunk_last", last)
    connection.execute(_sql("journeys"))
    step = _sql("step")
    for number in range(1, MOST_STEPS + 1):
        _set(connection, "step", number)
        connection.execute(step)


def _rows(connection: duckdb.DuckDBPyConnection, table: Table, before: int) -> pa.Table:
    """Return a chunk's rows of one table in a fixed order, with where they came from."""
    facts = connection.sql(f"from {table.name}_rows() order by all").to_arrow_table()
    count = facts.num_rows
    origin = {
        "source": _constant(SOURCE, count),
        "source_file": _constant(FILE, count),
        "source_row": pa.array(np.arange(before + 1, before + count + 1, dtype=np.int32)),
        "load_id": _constant(SOURCE, count),
    }
    for name, values in origin.items():
        facts = facts.append_column(name, values)
    return facts.select([name for name, _ in table.ddl()]).cast(_schema(table))


def _constant(text: str, count: int) -> pa.Array:
    return pa.repeat(text, count)


def _schema(table: Table) -> pa.Schema:
    return pa.schema([(name, ARROW[kind]) for name, kind in table.ddl()])


def _set(connection: duckdb.DuckDBPyConnection, name: str, value: object) -> None:
    connection.execute(f"set variable {name} = $1", [value])


def _sql(name: str) -> str:
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def _day(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def _months() -> list[date]:
    months = range(FIRST_DAY.year * 12 + FIRST_DAY.month - 1, LAST_DAY.year * 12 + LAST_DAY.month)
    return [date(month // 12, month % 12 + 1, 1) for month in months]
