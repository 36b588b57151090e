"""Several sources that tell of the same things: which is believed, and where they disagree.

Config says which sources overlap, and in what order they are believed. A row of a source that is
believed less, and that tells of a thing which a better one tells of as well, is kept in
`overruled_<table>` and not counted, so that a stay is counted once. A row that only one source has
is counted. Every thing that two sources tell of, or that one does not tell of, is in
`disagreements`, row by row, for the owners of the files.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import duckdb

from pdqi.config import Config, Overlap
from pdqi.ingest.sql import Bound, names, one
from pdqi.store.disagreements import COLUMNS, FILE
from pdqi.store.folder import FileAccount
from pdqi.store.schema import TABLES

NOTE = "another source tells of it as well and is believed"
DAY = {
    "episodes": "coalesce(started_on, referred_on)",
    "treatments": "coalesce(started_on, referred_on)",
    "events": "occurred_on",
}
THING = {"episodes": "''", "treatments": "treatment", "events": "kind"}
"""By what else than person and team two rows tell of the same thing."""

COMPARED = {"episodes": ("started_on", "ended_on"), "treatments": ("started_on", "ended_on")}
"""What is compared where config does not say."""

EXAMPLES = 5


@dataclass(frozen=True)
class Disagreement:
    """How many things two sources tell alike, differently, or one of them alone, exactly.

    For the person who loads and has the files; what others see passes disclosure control.
    """

    overlap: str
    first: str
    second: str
    verdict: str
    rows: int
    examples: tuple[str, ...]

    def __str__(self) -> str:
        what = {
            "agree": "both tell the same",
            "differ": "both tell of it, and differ",
            "first_only": f"only '{self.first}' tells of it",
            "second_only": f"only '{self.second}' tells of it",
        }[self.verdict]
        more = f" ({'; '.join(self.examples)}{'; …' if self.rows > len(self.examples) else ''})"
        shown = more if self.verdict != "agree" else ""
        return f"{self.overlap}, {self.first} and {self.second}: {what}: {self.rows:,}{shown}"


def compare(connection: duckdb.DuckDBPyConnection, config: Config) -> list[Disagreement]:
    """Make `out_disagreements` and `overruled_<table>`, and take what is overruled out of tables.

    Does nothing to a table where no two sources that config names are in the store.
    """
    connection.execute(f"create or replace table out_{FILE} ({COLUMNS})")
    for table in TABLES:
        name = table.name
        connection.execute(f"create or replace table overruled_{name} as from out_{name} limit 0")
    for overlap in config.overlaps:
        _tell(connection, overlap, config.teams_of(overlap.teams))
        for first, second in combinations(overlap.sources, 2):
            _pair(connection, overlap, first, second)
    for name in DAY:
        _overrule(connection, name, [o.id for o in config.overlaps if o.table == name])
    return _counted(connection, config)


def absent(config: Config, sources: Iterable[str]) -> tuple[str, ...]:
    """Say which sources of overlaps are not in the store: not loaded yet, or misspelt in config."""
    there = set(sources)
    return tuple(
        f"'{source}', which config.yaml names under overlaps ('{overlap.id}'), is not in the store."
        for overlap in config.overlaps
        for source in overlap.sources
        if source not in there
    )


def noted(
    connection: duckdb.DuckDBPyConnection, accounts: Iterable[FileAccount]
) -> list[FileAccount]:
    """Return accounts with the number of rows that are stored and yet not counted."""
    found: dict[tuple[str, str, str], int] = {}
    for name in DAY:
        for source, file, rows in connection.execute(
            f"select source, source_file, count(*) from overruled_{name} group by all"
        ).fetchall():
            found[source, file, name] = rows
    result = []
    for item in accounts:
        notes = {note: rows for note, rows in item.notes.items() if note != NOTE}
        rows = found.get((item.source, item.file, item.table), 0)
        result.append(replace(item, notes=notes | ({NOTE: rows} if rows else {})))
    return result


def write(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write the tables of this module, those that have rows, in a fixed order."""
    every = {f"overruled_{name}": f"overruled_{name}" for name in DAY} | {f"out_{FILE}": FILE}
    for table, file in every.items():
        if one(connection, f"select count(*) from {table}") != (0,):
            connection.sql(f"select * from {table} order by all").write_parquet(
                str(folder / f"{file}.parquet"), compression="zstd"
            )


def _tell(connection: duckdb.DuckDBPyConnection, overlap: Overlap, teams: Sequence[str]) -> None:
    """Make `told`: what each source of an overlap tells of its teams, a row each."""
    connection.execute(
        "create or replace table told as "
        "select source, source_file, source_row, person_key, team, "
        f"{THING[overlap.table]} as thing, {DAY[overlap.table]} as day, "
        f"{_compared(overlap)} as said from out_{overlap.table} "
        "where list_contains($sources, source) "
        "and list_contains($teams, team) order by source, source_file, source_row",
        {"sources": list(overlap.sources), "teams": list(teams)},
    )


def _fields(overlap: Overlap) -> tuple[str, ...]:
    return overlap.compare or COMPARED.get(overlap.table, ())


def _compared(overlap: Overlap) -> str:
    """Return the compared dates of a row as a list, in the order of their names."""
    return f"cast([{names(_fields(overlap))}] as date[])"


def _pair(connection: duckdb.DuckDBPyConnection, overlap: Overlap, first: str, second: str) -> None:
    """Put what two sources tell beside each other: each row with the nearest one, if both agree.

    Only days within the time that both tell of are judged: before its first and after its last
    entry a source is silent, which is no disagreement.
    """
    bound = Bound()
    left, right = bound(first), bound(second)
    connection.execute(
        f"""
        create or replace table near as
        with close as (
            select a.rowid as a, b.rowid as b, abs(datediff('day', a.day, b.day)) as apart,
                   a.day as day_a, b.day as day_b
            from told a join told b using (person_key, team, thing)
            where a.source = {left} and b.source = {right}
              and abs(datediff('day', a.day, b.day)) <= {bound(overlap.within_days)}
        )
        select a, b from close
        qualify row_number() over (partition by a order by apart, day_b, b) = 1
            and row_number() over (partition by b order by apart, day_a, a) = 1
        """,
        bound.values,
    )
    bound = Bound()
    left, right = bound(first), bound(second)
    fields = bound(list(_fields(overlap)))
    connection.execute(
        f"""
        insert into out_{FILE}
        with span as (
            select greatest(min(day) filter (source = {left}), min(day) filter (source = {right}))
                       - {bound(overlap.within_days)} as earliest,
                   least(max(day) filter (source = {left}), max(day) filter (source = {right}))
                       + {bound(overlap.within_days)} as latest
            from told where source in ({left}, {right})
            having count(distinct source) = 2
        ),
        every as (
            select a, b from near
            union all
            select told.rowid, null from told, span where source = {left}
               and day between earliest and latest and told.rowid not in (select a from near)
            union all
            select null, told.rowid from told, span where source = {right}
               and day between earliest and latest and told.rowid not in (select b from near)
        )
        select {bound(overlap.id)}, {bound(overlap.table)}, {left}, {right},
               case when every.b is null then 'first_only'
                    when every.a is null then 'second_only'
                    when x.said is distinct from y.said then 'differ' else 'agree' end,
               case when every.a is null or every.b is null then cast([] as varchar[])
                    else list_filter({fields}, lambda f, i: x.said[i] is distinct from y.said[i])
               end,
               coalesce(x.team, y.team), coalesce(x.person_key, y.person_key),
               x.source_file, x.source_row, y.source_file, y.source_row
        from every left join told x on x.rowid = every.a left join told y on y.rowid = every.b
        """,
        bound.values,
    )


def _overrule(connection: duckdb.DuckDBPyConnection, name: str, overlaps: Sequence[str]) -> None:
    """Set a table's rows aside that a better source tells of as well."""
    if not overlaps:
        return
    values = {"overlaps": list(overlaps)}
    condition = (
        "(source, source_file, source_row) in "
        f"(select second, second_file, second_row from out_{FILE} "
        "where list_contains($overlaps, overlap) and verdict in ('agree', 'differ'))"
    )
    connection.execute(
        f"insert into overruled_{name} select * from out_{name} where {condition}", values
    )
    connection.execute(f"delete from out_{name} where {condition}", values)


def _counted(connection: duckdb.DuckDBPyConnection, config: Config) -> list[Disagreement]:
    found = connection.execute(
        f"""
        select overlap, first, second, verdict, count(*),
               list(concat_ws(' and ', first_file || ' row ' || first_row,
                                       second_file || ' row ' || second_row)
                    order by first_file, first_row, second_file, second_row)[:{EXAMPLES}]
        from out_{FILE} group by all order by all
        """
    ).fetchall()
    called: Mapping[str, str] = {item.id: item.name for item in config.overlaps}
    return [Disagreement(called[o], a, b, v, n, tuple(rows)) for o, a, b, v, n, rows in found]
