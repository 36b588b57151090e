"""The account of each file of a data set, this load's and earlier ones', counted in what is kept.

A row is stored where it counts, be it as a record of its own or as part of others'; superseded
where a later submission took its place; else it is quarantined, for its own faults or for those of
the record that it would have made.
"""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from pdqi.errors import LoadError, Problem
from pdqi.ingest.assemble import cells_of, plain
from pdqi.ingest.reasons import ORDER, SUPERSEDED
from pdqi.ingest.set_mapping import SetMapping
from pdqi.ingest.sql import Bound, names, one
from pdqi.ingest.submissions import Arrived
from pdqi.store.folder import FileAccount, manifest
from pdqi.store.schema import table as stored_table

NO_RECORD = "read, and no record of its own"
SHAPES = ("fewer cells than the header", "more cells than the header")
BORN = "birth_date"


def account(
    connection: duckdb.DuckDBPyConnection,
    plan: SetMapping,
    before: Path | None,
    arrived: Sequence[Arrived],
) -> tuple[FileAccount, ...]:
    """Set aside what is not stored, and return the account of every file that ever came.

    Raises `LoadError` should the rows of a file not add up.
    """
    old = {a.file: a for a in manifest(before).accounts if a.source == plan.id} if before else {}
    connection.execute("create table left_out (of_table varchar, origin bigint, reason varchar)")
    for name in plan.tables:
        connection.execute(
            f'insert into left_out select $name, _origin, unnest(_reasons) from "judged_{name}"',
            {"name": name},
        )
    for number, record in enumerate(plan.records):
        connection.execute(
            f"insert into left_out select $name, origin, unnest(reasons) from rows_{number}"
            f" join origin_{number} using (row)",
            {"name": record.rows_of},
        )
    _keep_cells(connection, plan, before, arrived)
    for name in plan.tables:
        _set_aside(connection, plan, name)
    _list_repeats(connection, plan, before, arrived)
    notes = {
        item.label: dict(zip(SHAPES, (item.filled.short, item.filled.long), strict=True))
        for item in arrived
    }
    return tuple(
        _account(connection, plan, name, label, notes.get(label) or _shapes(old.get(label)))
        for name in plan.tables
        for (label,) in connection.execute(
            f'select distinct _file from "set_{name}" order by _file'
        ).fetchall()
    )


def _shapes(before: FileAccount | None) -> dict[str, int]:
    return {note: before.notes.get(note, 0) for note in SHAPES} if before else {}


def _keep_cells(
    connection: duckdb.DuckDBPyConnection,
    plan: SetMapping,
    before: Path | None,
    arrived: Sequence[Arrived],
) -> None:
    """Make `cells`: the original cells of rows that are set aside, as far as they are known."""
    connection.execute("create table cells (file varchar, row integer, cells varchar)")
    connection.execute("create table set_aside (file varchar, row integer, reasons varchar[])")
    order = names(f"'{reason}'" for reason in ORDER)
    for name in plan.tables:
        connection.execute(
            f"insert into set_aside select _file, _row,"
            f" list_filter([{order}], lambda r: list_contains(found, r)) from"
            " (select origin, list(reason) as found from left_out where of_table = $name"
            f' group by origin) join "set_{name}" on origin = _origin',
            {"name": name},
        )
    for item in arrived:
        bound = Bound()
        connection.execute(
            f"insert into cells select {bound(item.label)}, row, {cells_of(item.file, bound)}"
            f" from raw_{item.number} semi join"
            f" (select row from set_aside where file = {bound(item.label)})"
            " using (row)",
            bound.values,
        )
    file = before / "quarantine.parquet" if before else None
    if file is not None and file.is_file():
        again = [item.label for item in arrived]
        connection.execute(
            "insert into cells select file, row, cells from read_parquet([$file])"
            " where source = $source and not list_contains(cast($again as varchar[]), file)",
            {"file": plain(file), "source": plan.id, "again": again},
        )


def _set_aside(connection: duckdb.DuckDBPyConnection, plan: SetMapping, name: str) -> None:
    """Write a table's part of the quarantine and of the list of what was superseded."""
    columns = plan.tables[name].columns
    told = names(f"'{column}', \"{column}\"" for column in columns)
    connection.execute(
        f"insert into out_quarantine select $source, file, row, reasons,"
        f" coalesce(cells.cells, cast(json_object({told}) as varchar))"
        f' from set_aside join "set_{name}" on _file = file and _row = row'
        " left join cells using (file, row)",
        {"source": plan.id},
    )
    connection.execute(
        "insert into out_superseded select $source, old._file, old._row, new._file, new._row"
        f' from "judged_{name}" old left join "judged_{name}" new on new._origin = old._winner'
        " where old._withdrawn or old._winner <> old._origin",
        {"source": plan.id},
    )


def _list_repeats(
    connection: duckdb.DuckDBPyConnection,
    plan: SetMapping,
    before: Path | None,
    arrived: Sequence[Arrived],
) -> None:
    for item in arrived:
        connection.execute(
            "insert into out_duplicates"
            f" select $source, $file, row, same_as from same_{item.number}",
            {"source": plan.id, "file": item.label},
        )
    file = before / "duplicates.parquet" if before else None
    if file is not None and file.is_file():
        again = [item.label for item in arrived]
        connection.execute(
            "insert into out_duplicates select * from read_parquet([$file])"
            " where source = $source and not list_contains(cast($again as varchar[]), file)",
            {"file": plain(file), "source": plan.id, "again": again},
        )


def _account(
    connection: duckdb.DuckDBPyConnection,
    plan: SetMapping,
    name: str,
    label: str,
    shapes: dict[str, int],
) -> FileAccount:
    place = {"source": plan.id, "file": label}

    def count(table: str) -> int:
        query = f"select count(*) from {table} where source = $source and file = $file"
        (found,) = one(connection, query, place)
        return int(found)

    (came,) = one(
        connection, f'select count(*) from "set_{name}" where _file = $file', {"file": label}
    )
    (counted,) = one(
        connection,
        f'select count(*) from "current_{name}" where _file = $file and _origin not in'
        " (select origin from left_out where of_table = $name)",
        {"file": label, "name": name},
    )
    duplicates, superseded = count("out_duplicates"), count("out_superseded")
    reasons = dict(
        connection.execute(
            "select reasons[1], count(*) from out_quarantine"
            " where source = $source and file = $file group by all",
            place,
        ).fetchall()
    )
    ordered = {SUPERSEDED.name: superseded} | {r: reasons[r] for r in ORDER if r in reasons}
    targets = sorted({record.table for record in plan.records if record.rows_of == name})
    made, first, last = _records(connection, targets, place)
    notes = shapes | ({NO_RECORD: counted - made} if targets else {})
    result = FileAccount(
        source=plan.id,
        file=label,
        table=targets[0] if len(targets) == 1 else name,
        rows_in_file=came + duplicates,
        stored=counted,
        duplicate_row=duplicates,
        reasons={reason: rows for reason, rows in ordered.items() if rows},
        notes={note: rows for note, rows in notes.items() if rows},
        first_on=first,
        last_on=last,
        part=name,
    )
    if not result.adds_up or counted < made:
        what = "The rows of this file do not add up, so nothing was stored."
        raise LoadError(Problem(what, label, fix="Report this: it is a fault of the software."))
    return result


def _records(
    connection: duckdb.DuckDBPyConnection, targets: Sequence[str], place: dict[str, str]
) -> tuple[int, str | None, str | None]:
    """Return how many records a file gave, and the first and last day in them."""
    made, days = 0, []
    for target in targets:
        columns = stored_table(target).columns
        dates = [c.name for c in columns if c.type == "DATE" and c.name != BORN]
        earliest = f"least({', '.join(f'min({day})' for day in dates)})" if dates else "null"
        latest = f"greatest({', '.join(f'max({day})' for day in dates)})" if dates else "null"
        rows, first, last = one(
            connection,
            f"select count(*), {earliest}, {latest} from out_{target}"
            " where source = $source and source_file = $file",
            place,
        )
        made += rows
        days += [day for day in (first, last) if day is not None]
    return made, min(days).isoformat() if days else None, max(days).isoformat() if days else None
