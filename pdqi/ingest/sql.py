"""Small pieces of SQL that judging rows is made of.

Values are always bound; what is written into a statement are names that this package or the
schema declares, and the shapes of dates from `mapping.DATE_FORMS`.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import duckdb

from pdqi.ingest.mapping import ALWAYS_ACCEPTED, DATE_FORMS, Identifier

BLANKS = " \t\r\n\v\f\u00a0\u2007\u202f\u3000\u200b\ufeff"
"""Everything that looks like nothing: blanks, line ends, and the invisible signs of web pages."""

MACROS = (
    # The value of a cell: without blanks at its ends, and null where nothing is left.
    r"create or replace macro cleaned(cell) as nullif(trim(cell, {blanks}), '')",
    # A spelling as it is compared; the same rule as config.folded.
    r"create or replace macro folded(words) as "
    r"lower(trim(regexp_replace(words, "
    r"'[\s\x0B\x{00A0}\x{2007}\x{202F}\x{3000}\x{200B}\x{FEFF}]+', ' ', 'g')))",
    # A date without the time of day and its zone.
    r"create or replace macro day_part(words) as case when contains(words, ':') then "
    r"regexp_replace(words, "
    r"'[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$', '') else words end",
    # HMAC-SHA256 of an identifier in its namespace, 32 hex digits, from the key's two pads.
    "create or replace macro pseudonym(inner_pad, outer_pad, namespace, identifier) as "
    "substr(sha256(outer_pad || unhex(sha256(inner_pad || "
    "encode(namespace || chr(31) || identifier)))), 1, 32)",
)


class Bound:
    """The values of one statement: each gets a name, and the statement holds only the name."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    def __call__(self, value: Any) -> str:
        """Bind a value; returns what stands for it in the statement."""
        name = f"p{len(self.values)}"
        self.values[name] = value
        return f"${name}"


def make_macros(connection: duckdb.DuckDBPyConnection) -> None:
    """Define the macros that the pieces below use."""
    signs = " || ".join(f"chr({ord(sign)})" for sign in BLANKS)
    for macro in MACROS:
        connection.execute(macro.replace("{blanks}", signs))


def text_of(place: str | None, empty: list[str], bound: Bound) -> str:
    """Return the value of a raw column as text; null where it is empty or a word for empty.

    `empty` holds folded words; no place at all is always null.
    """
    if place is None:
        return "cast(null as varchar)"
    if not empty:
        return f"cleaned({place})"
    return f"case when not list_contains({bound(empty)}, folded({place})) then cleaned({place}) end"


def folded_words(connection: duckdb.DuckDBPyConnection, words: Iterable[str]) -> list[str]:
    """Return words as they are compared."""
    (found,) = one(
        connection,
        "select list_transform(cast($words as varchar[]), lambda w: folded(w))",
        {"words": list(words)},
    )
    return list(found)


def days_of(
    connection: duckdb.DuckDBPyConnection, words: Iterable[str], forms: Iterable[str]
) -> list[date]:
    """Return the days among words, read in the accepted forms."""
    found = connection.execute(
        f"select {date_of('w', forms)} from unnest(cast($words as varchar[])) u(w)",
        {"words": list(words)},
    ).fetchall()
    return [day for (day,) in found if day is not None]


def date_of(words: str, forms: Iterable[str]) -> str:
    """Return the date that a text stands for in one of the accepted forms, else null."""
    accepted = [DATE_FORMS[form] for form in dict.fromkeys((*forms, ALWAYS_ACCEPTED))]
    shapes = "|".join(shape for shape, _ in accepted)
    patterns = ", ".join(f"'{pattern}'" for _, pattern in accepted)
    return (
        f"case when regexp_full_match(day_part({words}), '{shapes}') "
        f"then cast(try_strptime(day_part({words}), [{patterns}]) as date) end"
    )


def identifier_of(words: str, rule: Identifier) -> str:
    """Return an identifier as it is compared: without blanks, and by its kind's rule."""
    result = rf"regexp_replace({words}, '[\s\x{{00A0}}\x{{200B}}\x{{FEFF}}]+', '', 'g')"
    if rule.fold_case:
        result = f"lower({result})"
    if rule.strip_leading_zeros:
        # Nothing but zeros is still somebody's mistake, not an empty cell.
        shortened = f"coalesce(nullif(ltrim({result}, '0'), ''), '0')"
        result = f"case when {words} is not null then {shortened} end"
    return result


def names(columns: Iterable[str]) -> str:
    """Return declared column names as a list for a statement."""
    return ", ".join(columns)


def one(
    connection: duckdb.DuckDBPyConnection, query: str, values: Mapping[str, Any] | None = None
) -> tuple[Any, ...]:
    """Return the only row of a query.

    Fetched to the end: a result that is left open keeps the connection from any other work.
    """
    (row,) = connection.execute(query, dict(values or {})).fetchall()
    return tuple(row)
