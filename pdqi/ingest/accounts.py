"""The account of each file, counted in what was written, not in what was meant to be written."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

import duckdb

from pdqi.errors import LoadError, Problem
from pdqi.ingest.columns import Valued
from pdqi.ingest.pseudonym import REMOVED
from pdqi.ingest.readers import Filled, RowSet
from pdqi.ingest.reasons import ORDER
from pdqi.ingest.report import UnknownWord
from pdqi.ingest.sql import one
from pdqi.store.folder import FileAccount
from pdqi.store.schema import table

MOST_WORDS = 10
BORN = "birth_date"


def account(
    connection: duckdb.DuckDBPyConnection,
    number: int,
    source: str,
    file: RowSet,
    filled: Filled,
    made: Sequence[Valued],
) -> FileAccount:
    """Return where the rows of a file went; raises `LoadError` should they not add up."""
    target = table(file.wanted.table)
    days = [c.name for c in target.columns if c.type == "DATE" and c.name != BORN]
    place = {"source": source, "file": file.name}
    where = f"from out_{target.name} where source = $source and source_file = $file"
    earliest = f"least({', '.join(f'min({day})' for day in days)})" if days else "null"
    latest = f"greatest({', '.join(f'max({day})' for day in days)})" if days else "null"
    stored, first, last = one(connection, f"select count(*), {earliest}, {latest} {where}", place)
    (duplicates,) = one(
        connection,
        "select count(*) from out_duplicates where source = $source and file = $file",
        place,
    )
    counted = connection.execute(
        "select reasons[1], count(*) from out_quarantine "
        "where source = $source and file = $file group by all",
        place,
    ).fetchall()
    reasons = dict(counted)
    result = FileAccount(
        source=source,
        file=file.name,
        table=target.name,
        rows_in_file=filled.rows,
        stored=stored,
        duplicate_row=duplicates,
        reasons={name: reasons[name] for name in ORDER if name in reasons},
        notes=_notes(connection, number, filled, made),
        first_on=first and first.isoformat(),
        last_on=last and last.isoformat(),
    )
    if not result.adds_up:
        what = "The rows of this file do not add up, so nothing was stored."
        raise LoadError(Problem(what, file.name, fix="Report this: it is a fault of the software."))
    return result


def unknown_words(
    connection: duckdb.DuckDBPyConnection, number: int, file: RowSet, made: Iterable[Valued]
) -> list[UnknownWord]:
    """Return the most frequent words of each list column that the lists do not have."""
    return [
        UnknownWord(file.name, item.name, shown(word), rows)
        for item in made
        if item.listed
        for word, rows in connection.execute(
            f"select folded(text_{item.name}) as word, count(*) as n from rows_{number} "
            f"where text_{item.name} is not null and {item.name} is null "
            f"group by all order by n desc, word limit {MOST_WORDS}"
        ).fetchall()
    ]


def less(
    accounts: Iterable[FileAccount], left: Iterable[tuple[str, str, str, int]]
) -> list[FileAccount]:
    """Return other sources' accounts after rows left the store with the person they were about."""
    gone = {(source, file, name): rows for source, file, name, rows in left}
    result = []
    for item in accounts:
        rows = gone.get((item.source, item.file, item.table), 0)
        if rows:
            reasons = item.reasons | {
                "unknown_person": item.reasons.get("unknown_person", 0) + rows
            }
            ordered = {name: reasons[name] for name in ORDER if name in reasons}
            item = replace(item, stored=item.stored - rows, reasons=ordered)
        result.append(item)
    return result


def shown(word: str) -> str:
    """Return a word as it may be shown: cut short, and without what could be somebody's number."""
    return re.sub(r"\d{4,}", "#", word)[:40]


def _notes(
    connection: duckdb.DuckDBPyConnection, number: int, filled: Filled, made: Sequence[Valued]
) -> dict[str, int]:
    """Return the oddities of rows, and in how many rows each is."""
    notes = {
        "fewer cells than the header": filled.short,
        "more cells than the header": filled.long,
    }
    for item in made:
        name = item.name
        kept = f"from rows_{number} where len(reasons) = 0"
        if item.listed and not item.column.required and not item.column.vocabulary:
            for word, rows in connection.execute(
                f"select folded(text_{name}), count(*) as n {kept} and {name} is null "
                f"and text_{name} is not null group by all order by n desc, 1 limit {MOST_WORDS}"
            ).fetchall():
                notes[f"{name} '{shown(word)}' is unknown and left empty"] = rows
        elif name == "code_system":
            (rows,) = one(connection, f"select count(*) {kept} and code_system is null", {})
            notes["code of no known form"] = rows
        elif item.has_text and item.column.type == "VARCHAR":
            (rows,) = one(
                connection,
                f"select count(*) {kept} and contains({name}, $mark) "
                f"and not contains(text_{name}, $mark)",
                {"mark": REMOVED},
            )
            notes[f"NHS number removed from {name}"] = rows
    return {note: rows for note, rows in notes.items() if rows}
