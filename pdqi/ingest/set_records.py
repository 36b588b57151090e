"""The records of a data set: what its queries make of the rows that count, as rows to be judged."""

import duckdb

from pdqi.errors import LoadError, Problem
from pdqi.ingest.headers import Header
from pdqi.ingest.mapping import Mapping
from pdqi.ingest.readers import MadeRows
from pdqi.ingest.set_judging import current_rows
from pdqi.ingest.set_mapping import SetMapping
from pdqi.ingest.set_queries import Queries
from pdqi.ingest.sql import names, one


def make_records(
    connection: duckdb.DuckDBPyConnection, plan: SetMapping, records: Mapping, queries: Queries
) -> list[MadeRows]:
    """Make `raw_<n>` and `origin_<n>` for each record from the tables `current_t`.

    Raises `LoadError` for queries that make several records of one row.
    """
    made = []
    for name, table in plan.tables.items():
        if name != plan.submission.table:
            queries.put(name, connection.sql(current_rows(name, table)).to_arrow_table())
    for name in plan.views:
        queries.make_view(name)
    for number, (record, wanted) in enumerate(zip(plan.records, records.files, strict=True)):
        columns = queries.columns(record)
        connection.register("incoming", queries.rows(record, columns))
        cells = names(f"c{place}" for place, _ in enumerate(columns))
        connection.execute(
            f"create table raw_{number} as select cast(row_number() over () as integer) as row,"
            f" {cells}, '' as extra from incoming as come({cells})"
        )
        connection.unregister("incoming")
        origin = f"cast(c{columns.index('origin')} as bigint)"
        connection.execute(
            f"create table origin_{number} as select row, _origin as origin,"
            f" _file as source_file, _row as source_row, _load_id as load_id from raw_{number}"
            f' join "set_{record.rows_of}" on _origin = {origin}'
        )
        places: dict[tuple[str, ...], int] = {(c,): n for n, c in enumerate(columns)}
        made.append(MadeRows(record.name, wanted, Header(0, 0, tuple(columns), places)))
    _refuse_several(connection, plan)
    return made


def _refuse_several(connection: duckdb.DuckDBPyConnection, plan: SetMapping) -> None:
    """Refuse queries that make two records of one row, which could not be accounted for."""
    problems = []
    for name in plan.tables:
        numbers = [n for n, record in enumerate(plan.records) if record.rows_of == name]
        if not numbers:
            continue
        every = " union all ".join(f"select origin from origin_{n}" for n in numbers)
        given = " + ".join(f"(select count(*) from raw_{n})" for n in numbers)
        found, different, made = one(
            connection, f"select count(*), count(distinct origin), {given} from ({every})"
        )
        if found != different or made != found:
            what = f"The records of '{name}' are not one, or none, for each of its rows."
            problems.append(Problem(what, where="records", fix="Correct the queries."))
    if problems:
        raise LoadError(problems)
