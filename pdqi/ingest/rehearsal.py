"""What a dry run shows: which rows would be left out, by their numbers, and how values look.

A value is shown as its shape alone (digits as 9, letters as a): the rows themselves are looked up
in the file, by who may read it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from pdqi.errors import Problem
from pdqi.ingest.columns import Valued
from pdqi.ingest.readers import SourceFile
from pdqi.ingest.reasons import DUPLICATE, ORDER
from pdqi.ingest.sql import one

ROWS_SHOWN = 5
SHAPES_SHOWN = 3


@dataclass(frozen=True)
class Example:
    """One reason in one file: how many rows show it, the first ones, and in which column it is.

    A row with several reasons is among the rows of each.
    """

    file: str
    reason: str
    column: str | None
    rows: int
    first: tuple[int, ...]
    shapes: tuple[tuple[str, int], ...] = ()

    def __str__(self) -> str:
        where = f" in {self.column}" if self.column else ""
        rows = ", ".join(str(row) for row in self.first)
        more = ", …" if self.rows > len(self.first) else ""
        shapes = ", ".join(f"{shape} ({rows:,})" for shape, rows in self.shapes)
        looks = f"; they look like {shapes}" if shapes else ""
        count = f"{self.rows:,} row{'s' if self.rows != 1 else ''}"
        return f"{self.file}: {self.reason}{where}: {count} ({rows}{more}){looks}"


@dataclass(frozen=True)
class Rehearsal:
    """The examples of a dry run, and what would keep the load from being made."""

    examples: tuple[Example, ...]
    problems: tuple[Problem, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return this as plain data."""
        return {
            "examples": [
                {
                    "file": item.file,
                    "reason": item.reason,
                    "column": item.column,
                    "rows": item.rows,
                    "first_rows": list(item.first),
                    "look_like": dict(item.shapes),
                }
                for item in self.examples
            ],
            "would_be_refused": [str(problem) for problem in self.problems],
        }

    def lines(self) -> list[str]:
        """Return this as lines of text."""
        lines = ["", "A dry run: nothing has been stored."]
        if self.examples:
            lines += ["", "By row number (a row may show several reasons):"]
            lines += [f"    {example}" for example in self.examples]
        if self.problems:
            lines += ["", "The load would be refused:"]
            lines += [f"    {problem}" for problem in self.problems]
        return lines


def examples_of(
    connection: duckdb.DuckDBPyConnection, number: int, file: SourceFile, made: Sequence[Valued]
) -> list[Example]:
    """Return the examples of one file, from its judged rows."""
    found = []
    in_columns: set[str] = set()
    # `rows.judge` numbers faults in this order, those of columns first.
    faults = [(reason, item.name) for item in made for reason, _ in item.faults]
    for place, (reason, column) in enumerate(faults):
        in_columns.add(reason)
        found += _example(connection, number, file.name, reason, f"fault_{place}", column)
    for reason in ORDER:
        if reason not in in_columns:
            has = f"list_contains(reasons, '{reason}')"
            found += _example(connection, number, file.name, reason, has, None)
    found.sort(key=lambda example: ORDER.index(example.reason))
    count, rows = one(
        connection, f"select count(*), list(row order by row)[:{ROWS_SHOWN}] from same_{number}"
    )
    if count:
        found.append(Example(file.name, DUPLICATE.name, None, count, tuple(rows)))
    return found


def _example(
    connection: duckdb.DuckDBPyConnection,
    number: int,
    file: str,
    reason: str,
    condition: str,
    column: str | None,
) -> list[Example]:
    where = f"from rows_{number} where {condition}"
    count, rows = one(connection, f"select count(*), list(row order by row)[:{ROWS_SHOWN}] {where}")
    if not count:
        return []
    shapes: tuple[tuple[str, int], ...] = ()
    if column and reason == "invalid_date":
        shapes = tuple(
            (shape, n)
            for shape, n in connection.execute(
                f"select left(regexp_replace(regexp_replace(text_{column}, '[0-9]', '9', 'g'), "
                f"'\\pL', 'a', 'g'), 24) as shape, count(*) as n {where} "
                f"group by all order by n desc, shape limit {SHAPES_SHOWN}"
            ).fetchall()
        )
    return [Example(file, reason, column, count, tuple(rows), shapes)]
