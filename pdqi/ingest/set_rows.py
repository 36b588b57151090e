"""All rows of a data set that ever came: read this time, or kept with the version before."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import duckdb

from pdqi.ingest.assemble import plain
from pdqi.ingest.rows import Pads, hashed
from pdqi.ingest.set_judging import SHORTENED
from pdqi.ingest.set_mapping import SetColumn, SetMapping
from pdqi.ingest.sql import Bound, date_of, folded_words, names, text_of
from pdqi.ingest.submissions import Arrived

SENT = (
    "_file varchar, _row integer, _load_id varchar,"
    " _provider varchar, _month varchar, _created varchar"
)
"""What is known of each row beyond its cells. Columns of a mapping never start with _."""


def put_together(
    connection: duckdb.DuckDBPyConnection,
    plan: SetMapping,
    name: str,
    arrived: Sequence[Arrived],
    before: Path | None,
    pads: Pads,
    load_id: str,
) -> None:
    """Make `set_t` of the files just read, and of earlier files that are not among them.

    Cells are text: dates as yyyy-mm-dd where they are dates, identifiers as pseudonyms.
    """
    table = plan.tables[name]
    columns = names(f'"{column}" varchar' for column in table.columns)
    connection.execute(f"create table came ({SENT}, {columns})")
    mine = [item for item in arrived if item.table == name]
    for item in mine:
        bound, number = Bound(), item.number
        empty = folded_words(connection, plan.empty)
        values = [
            _value(plan, c, text_of(item.file.place(c.column), empty, bound), pads, bound)
            for c in table.columns.values()
        ]
        connection.execute(
            f"insert into came select {bound(item.label)}, row, {bound(load_id)},"
            f" provider, month, created, {names(values)}"
            f" from raw_{number} join sent_{number} using (row)"
            f" anti join same_{number} using (row)",
            bound.values,
        )
    kept = kept_file(before, plan.id, name) if before else None
    if kept and kept.is_file():
        found = connection.read_parquet(str(kept)).columns
        known = [column for column, *_ in connection.execute("describe came").fetchall()]
        there = names(f'"{column}"' for column in known if column in found)
        connection.execute(
            f"insert into came by name select {there} from read_parquet([$kept])"
            " where not list_contains(cast($again as varchar[]), _file)",
            {"kept": plain(kept), "again": [item.label for item in mine]},
        )
    connection.execute(
        f'create table "set_{name}" as'
        " select row_number() over (order by _file, _row) as _origin, * from came"
    )
    connection.execute("drop table came")


def _value(plan: SetMapping, column: SetColumn, text: str, pads: Pads, bound: Bound) -> str:
    if column.date:
        return f"coalesce(strftime({date_of(text, plan.dates)}, '%Y-%m-%d'), {text})"
    if column.identifier is None:
        return text
    hidden = hashed(text, column.identifier, plan.identifiers[column.identifier], pads, bound)
    # What is left of a shortened number names nobody, and has to be seen to be set aside.
    return f"case when regexp_full_match({text}, '{SHORTENED}') then {text} else {hidden} end"


def keep(connection: duckdb.DuckDBPyConnection, plan: SetMapping, version: Path) -> None:
    """Keep every row of every table with a version, for the next month's load."""
    for name in plan.tables:
        connection.sql(
            f'select * exclude (_origin) from "set_{name}" order by _file, _row'
        ).write_parquet(str(kept_file(version, plan.id, name)), compression="zstd")


def kept_file(version: Path, source: str, table: str) -> Path:
    """Return where a version keeps the rows of a table of a data set."""
    return version / f"{source}.{table}.parquet"


def carry_over(before: Path, version: Path, sources: Sequence[str]) -> None:
    """Keep the rows of other sources' data sets with the new version."""
    for source in sources:
        for file in sorted(before.glob(f"{source}.*.parquet")):
            shutil.copyfile(file, version / file.name)
