"""One column of the store as SQL over the texts of a row: its value, and what can be wrong with it.

In these pieces `text_<column>` is what the file has, blanks removed and null where empty, and
`<column>` is the value made of it.
"""

from dataclasses import dataclass, field

import duckdb

from pdqi.ingest.mapping import ColumnMap, Mapping
from pdqi.ingest.sql import Bound, date_of, days_of, folded_words
from pdqi.store.schema import Column

ICD10 = r"[A-Za-z]\d[0-9A-Za-z. ]*"
SNOMED = r"\d{6,18}"


@dataclass(frozen=True)
class Valued:
    """How a stored column is made.

    `value` is the SQL of the value, over the texts; `faults` are pairs of a reason and a
    condition over texts and values; `join` is the list of spellings that it needs. `listed` says
    that the value comes from a list, so that texts that are not in it can be reported.
    """

    column: Column
    value: str
    has_text: bool = False
    faults: tuple[tuple[str, str], ...] = ()
    join: str = ""
    listed: bool = False

    @property
    def name(self) -> str:
        """The column's name."""
        return self.column.name


@dataclass(frozen=True)
class Maker:
    """Makes the columns of one file's rows; `bound` takes the values of the statement."""

    connection: duckdb.DuckDBPyConnection
    mapping: Mapping
    bound: Bound
    has_code: bool = field(default=False)

    def column(self, column: Column, mapped: ColumnMap | None, has_text: bool) -> Valued:
        """Return a column from its text, from its constant, or always null."""
        if column.name == "code_system":
            return Valued(column, self._code_system(mapped))
        if not has_text:
            constant = mapped.constant if mapped else None
            return Valued(column, f"cast({self.bound(constant)} as {column.type})")
        made = self._from_text(column, mapped)
        if not column.required:
            return made
        # A text that is wrong in another way is not missing as well.
        wrong = " or ".join(f"({condition})" for _, condition in made.faults) or "false"
        missing = ("missing_required", f"{column.name} is null and not ({wrong})")
        return Valued(column, made.value, True, (*made.faults, missing), made.join, made.listed)

    def _from_text(self, column: Column, mapped: ColumnMap | None) -> Valued:
        name = column.name
        text = f"text_{name}"
        if column.type == "DATE":
            return self._date(column, mapped)
        if column.type == "INTEGER":
            whole = rf"regexp_full_match({text}, '\d{{1,9}}')"
            value = f"case when {whole} then cast({text} as integer) end"
            return Valued(column, value, True)
        closed = bool(column.vocabulary or column.choices)
        if not closed and name not in self.mapping.codes:
            return Valued(column, text, True)
        spelling = f"s_{name}"
        kind = self.bound(column.vocabulary or name)
        join = (
            f"left join spelling {spelling} on {spelling}.kind = {kind} and"
            f" {spelling}.name = folded({text})"
        )
        value = f"{spelling}.value" if closed else f"coalesce({spelling}.value, {text})"
        reason = f"unknown_{column.vocabulary}" if column.vocabulary else "unknown_code"
        judged = column.vocabulary or (column.choices and column.required)
        faults = ((reason, f"{text} is not null and {name} is null"),) if judged else ()
        return Valued(column, value, True, faults, join, closed)

    def _date(self, column: Column, mapped: ColumnMap | None) -> Valued:
        """Return a date; those that mean "still open" are no date, and no fault."""
        name, forms = column.name, self.mapping.dates
        parsed = date_of(f"text_{name}", forms)
        wrong = f"text_{name} is not null and {name} is null"
        if name == "month":
            parsed = f"cast(date_trunc('month', {parsed}) as date)"
        if mapped and mapped.open_dates:
            words = self.bound(folded_words(self.connection, mapped.open_dates))
            days = self.bound(days_of(self.connection, mapped.open_dates, forms))
            wrong += (
                f" and not coalesce(list_contains({words}, folded(text_{name})), false)"
                f" and not coalesce(list_contains(cast({days} as date[]), {parsed}), false)"
            )
            parsed = (
                f"case when not list_contains(cast({days} as date[]), {parsed}) then {parsed} end"
            )
        return Valued(column, parsed, True, (("invalid_date", wrong),))

    def _code_system(self, mapped: ColumnMap | None) -> str:
        """Return the system of a code: as declared, else by its form; without a code, a term."""
        if not self.has_code:
            return "'term'"
        told = (
            f"case when regexp_full_match(text_code, '{ICD10}') then 'icd10' "
            f"when regexp_full_match(text_code, '{SNOMED}') then 'snomed' end"
        )
        declared = self.bound(mapped.constant) if mapped and mapped.constant else told
        return f"case when text_code is null then 'term' else {declared} end"
