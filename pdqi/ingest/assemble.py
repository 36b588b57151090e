"""Putting a version together: the judged rows of one source, and what the others brought before.

Works in the load's database and leaves there one table `out_<table>` for each table of the
store, `out_links`, `out_quarantine`, `out_duplicates` and `out_superseded`.
"""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from pdqi.ingest.readers import MadeRows, RowSet
from pdqi.ingest.sql import Bound, names, one
from pdqi.store.schema import PROVENANCE, TABLES, Table

PROVENANCE_NAMES = names(name for name, _ in PROVENANCE)
EXTRA_TABLES = {
    "links": "namespace varchar, hash varchar, person_id varchar, source varchar, "
    "source_file varchar, source_row integer",
    "quarantine": "source varchar, file varchar, row integer, reasons varchar[], cells varchar",
    "duplicates": "source varchar, file varchar, row integer, same_as integer",
    "superseded": "source varchar, file varchar, row integer, by_file varchar, by_row integer",
}
ORDERS = {
    "links": "namespace, hash, person_id, source, source_file, source_row",
    "quarantine": "source, file, row",
    "duplicates": "source, file, row",
    "superseded": "source, file, row",
}


def bring_back(connection: duckdb.DuckDBPyConnection, version: Path | None, source: str) -> None:
    """Make `old_<table>`: what other sources brought to the version before, empty without one."""
    for table in TABLES:
        columns = ", ".join(f"{name} {kind}" for name, kind in table.ddl())
        connection.execute(f"create table old_{table.name} ({columns})")
    for name, columns in EXTRA_TABLES.items():
        connection.execute(f"create table old_{name} ({columns})")
    if version is None:
        return
    # What another source overrules is kept as well: it counts again when that source goes.
    every = [(name, name) for name in (*(table.name for table in TABLES), *EXTRA_TABLES)]
    every += [(table.name, f"overruled_{table.name}") for table in TABLES]
    for name, stem in every:
        file = version / f"{stem}.parquet"
        if file.is_file():
            # The keys of people are needed to know whom the others' rows are about.
            keep = "" if name == "people" else "where source <> $source"
            connection.execute(
                f"insert into old_{name} by name select * from read_parquet([$file]) {keep}",
                {"file": plain(file)} | ({"source": source} if keep else {}),
            )


def link_people(
    connection: duckdb.DuckDBPyConnection, source: str, clients: tuple[int, RowSet] | None
) -> None:
    """Make `out_links` and `known`: by which pseudonymous identifiers people are known."""
    connection.execute(f"create table out_links ({EXTRA_TABLES['links']})")
    connection.execute("insert into out_links select * from old_links")
    if clients is not None:
        number, file = clients
        assert file.wanted.person is not None
        pairs = [(file.wanted.person.identifier, "person_id")]
        pairs += [(name, f"alias_{name}") for name in file.wanted.also_known_as]
        for namespace, column in pairs:
            connection.execute(
                f"insert into out_links select $namespace, {column}, person_id, $source, $file, "
                f"row from rows_{number} where len(reasons) = 0 and {column} is not null",
                {"namespace": namespace, "source": source, "file": file.name},
            )
    _know(connection)


def link_more(
    connection: duckdb.DuckDBPyConnection, source: str, number: int, file: RowSet
) -> None:
    """Add what a judged link file says to `out_links` and `known`."""
    (alias,) = file.wanted.also_known_as
    connection.execute(
        f"insert into out_links select $namespace, alias_{alias}, person_id, $source, $file, row "
        f"from rows_{number} where len(reasons) = 0",
        {"namespace": alias, "source": source, "file": file.name},
    )
    _know(connection)


def _know(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        "create or replace table known as select namespace, hash, min(person_id) as person_id, "
        "count(distinct person_id) > 1 as several from out_links group by namespace, hash"
    )


def assemble(
    connection: duckdb.DuckDBPyConnection, source: str, load_id: str, files: Sequence[RowSet]
) -> list[tuple[str, str, str, int]]:
    """Make the tables of the new version.

    Returns (source, file, table, rows) for rows of other sources that had to leave because the
    person they are about is no longer declared by any source.
    """
    connection.execute(f"create table out_quarantine ({EXTRA_TABLES['quarantine']})")
    connection.execute(f"create table out_duplicates ({EXTRA_TABLES['duplicates']})")
    connection.execute("insert into out_quarantine select * from old_quarantine")
    connection.execute("insert into out_duplicates select * from old_duplicates")
    connection.execute("create table out_superseded as select * from old_superseded")
    left = []
    # People come first: the others need their numbers.
    for table in TABLES:
        if table.name == "people":
            _number_people(connection, table, source, load_id, files)
        else:
            left += _gather(connection, table, source, load_id, files)
    for number, file in enumerate(files):
        if not isinstance(file, MadeRows):
            _set_aside(connection, number, source, file)
    return left


def write(connection: duckdb.DuckDBPyConnection, folder: Path) -> dict[str, int]:
    """Write every table as Parquet, its rows in a fixed order; returns the rows of each table."""
    for table in TABLES:
        columns = names(name for name, _ in table.ddl())
        order = "source, source_file, source_row"
        _write(
            connection,
            f"select {columns} from out_{table.name} order by {order}",
            folder,
            table.name,
        )
    for name, order in ORDERS.items():
        (there,) = one(connection, f"select count(*) from out_{name}")
        # Most stores hold no data set; without one a version looks as it always did.
        if there or name != "superseded":
            _write(connection, f"select * from out_{name} order by {order}", folder, name)
    return count(connection)


def count(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Return the rows of each table of the new version."""
    counted = {t.name: one(connection, f"select count(*) from out_{t.name}") for t in TABLES}
    return {name: int(rows) for name, (rows,) in counted.items()}


def _write(connection: duckdb.DuckDBPyConnection, query: str, folder: Path, name: str) -> None:
    connection.sql(query).write_parquet(str(folder / f"{name}.parquet"), compression="zstd")


def _number_people(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    source: str,
    load_id: str,
    files: Sequence[RowSet],
) -> None:
    facts = names(table.facts)
    bound = Bound()
    parts = [
        f"select {facts}, {PROVENANCE_NAMES} from old_people where source <> {bound(source)}",
        *(_new_rows(n, file, facts, source, load_id, bound) for n, file in _of(table, files)),
    ]
    connection.execute(
        "create table out_people as select cast(row_number() over (order by person_id) as integer) "
        f"as person_key, * from ({' union all '.join(parts)})",
        bound.values,
    )


def _gather(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    source: str,
    load_id: str,
    files: Sequence[RowSet],
) -> list[tuple[str, str, str, int]]:
    """Make a table of facts, each person by their new number; return the rows that left."""
    facts, bound = names(table.facts), Bound()
    if not table.has_person:
        parts = [f"select {facts}, {PROVENANCE_NAMES} from old_{table.name}"]
        parts += [
            _new_rows(n, file, facts, source, load_id, bound) for n, file in _of(table, files)
        ]
        connection.execute(
            f"create table out_{table.name} as {' union all '.join(parts)}", bound.values
        )
        return []
    parts = [
        f"select person_id, old.* exclude (person_key) from old_{table.name} old "
        "join old_people using (person_key)"
    ]
    parts += [
        _new_rows(
            n, file, f"person_id, {_facts(table, file, n, source, bound)}", source, load_id, bound
        )
        for n, file in _of(table, files)
    ]
    connection.execute(
        f"create table all_{table.name} as {' union all by name '.join(parts)}", bound.values
    )
    connection.execute(
        f"create table out_{table.name} as select out_people.person_key, "
        f"{names(f'everybody.{name}' for name in (*table.facts, *(n for n, _ in PROVENANCE)))} "
        f"from all_{table.name} everybody join out_people using (person_id)"
    )
    connection.execute(
        f"create table left_{table.name} as select source, source_file, source_row, "
        f"to_json(struct_pack({names(f'{name} := {name}' for name in table.facts)})) as cells "
        f"from all_{table.name} anti join out_people using (person_id)"
    )
    connection.execute(
        "insert into out_quarantine "
        f"select source, source_file, source_row, ['unknown_person'], cells from left_{table.name}"
    )
    return connection.execute(
        f"select source, source_file, '{table.name}', count(*) from left_{table.name} "
        "group by all order by all"
    ).fetchall()


def _of(table: Table, files: Sequence[RowSet]) -> list[tuple[int, RowSet]]:
    return [(n, file) for n, file in enumerate(files) if file.wanted.table == table.name]


def _facts(table: Table, file: RowSet, number: int, source: str, bound: Bound) -> str:
    """Return a table's columns; an episode without a number of its own gets one from its place."""
    if table.name != "episodes" or "episode_id" in file.wanted.columns:
        return names(table.facts)
    made = f"concat({bound(f'{source}:{file.name}:')}, rows_{number}.row) as episode_id"
    return names(made if name == "episode_id" else name for name in table.facts)


def _new_rows(
    number: int, file: RowSet, columns: str, source: str, load_id: str, bound: Bound
) -> str:
    if isinstance(file, MadeRows):
        return (
            f"select {columns}, {bound(source)} as source, source_file, source_row, load_id "
            f"from rows_{number} join origin_{number} using (row) where len(reasons) = 0"
        )
    return (
        f"select {columns}, {bound(source)} as source, {bound(file.name)} as source_file, "
        f"row as source_row, {bound(load_id)} as load_id from rows_{number} where len(reasons) = 0"
    )


def _set_aside(
    connection: duckdb.DuckDBPyConnection, number: int, source: str, file: RowSet
) -> None:
    """List a file's quarantined rows, with their original cells, and its duplicates."""
    bound = Bound()
    whole = cells_of(file, bound)
    connection.execute(
        f"insert into out_quarantine "
        f"select {bound(source)}, {bound(file.name)}, row, reasons, {whole} "
        f"from rows_{number} join raw_{number} using (row) where len(reasons) > 0",
        bound.values,
    )
    connection.execute(
        f"insert into out_duplicates select $source, $file, row, same_as from same_{number}",
        {"source": source, "file": file.name},
    )


def cells_of(file: RowSet, bound: Bound) -> str:
    """Return the original cells of a raw row, by the names of their columns."""
    cells = [f"{bound(name)}, c{place}" for place, name in enumerate(file.header.names)]
    return (
        f"case when extra = '' then json_object({names(cells)}) "
        f"else json_object({names(cells)}, {bound('beyond the header')}, cast(extra as json)) end"
    )


def plain(path: Path) -> str:
    """Return a path as the database takes it literally: its own wildcards are escaped."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(path))
