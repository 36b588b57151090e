"""The mapping of a data set: tables that are sent again every month, and the records made of them.

In an ordinary mapping a row of a file is a row of the store. Here a record is put together from
rows of several tables, so the mapping also holds one query for each kind of record. docs/loading.md
is the reference for the people who write one.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from pdqi.config import Id
from pdqi.ingest.mapping import ALWAYS_ACCEPTED, ColumnMap, FileMap, Identifier, Word
from pdqi.yamlfile import Frozen

Query = Annotated[str, Field(min_length=1, max_length=20_000)]
GIVEN = {"origin", "month", "first_month", "submission"}
"""What a query finds in every table without its being declared; columns are called otherwise."""


class SetColumn(Frozen):
    """A column of a table of the set: its names in files, and what is known about its values."""

    column: tuple[Word, ...] = Field(min_length=1)
    identifier: Id | None = None
    """Of which kind of identifier it is: it is kept as a pseudonym."""
    date: bool = False
    required: bool = False

    @model_validator(mode="before")
    @classmethod
    def _a_word_is_a_column(cls, value: Any) -> Any:
        return {"column": value} if isinstance(value, str | list) else value

    @field_validator("column", mode="before")
    @classmethod
    def _one_or_several(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value


class SetTable(Frozen):
    """A table of the set: how its files are called, what identifies a row, and its columns."""

    file: tuple[Word, ...] = Field(min_length=1)
    required: bool = False
    key: tuple[Id, ...] = ()
    person: Id | None = None
    """The column without which a row is about nobody."""
    within: dict[Id, Id] = Field(default_factory=dict)
    """By column: the table whose key it holds, and in which a row with it must be."""
    columns: dict[Id, SetColumn] = Field(min_length=1)

    @field_validator("file", "key", mode="before")
    @classmethod
    def _one_or_several(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value

    def needs(self, column: str) -> bool:
        """Whether a row without this column's value is of no use."""
        return self.columns[column].required or column == self.person

    def found_as(self, file: str, submission: str) -> FileMap:
        """Return how a file of this table is read; `submission` names its submission's column."""
        columns = {
            name: ColumnMap(column=item.column, optional=not self.needs(name))
            for name, item in self.columns.items()
        }
        columns |= {"submission": ColumnMap(column=(submission,), optional=True)}
        return FileMap(file=file, table="set", columns=columns)


class Submission(Frozen):
    """Where it stands of which month a row is: the header table, and the column that leads there.

    The header has a column `month` and may have `created` and `provider`.
    """

    table: Id
    id: Word


class SetRecord(Frozen):
    """One kind of record: the table it fills, the rows that stand for it, and its query.

    The query returns `origin`, the number of the row of `rows_of` that the record is made of,
    `person` where the table is about people, and columns of the store's table.
    """

    table: Id
    rows_of: Id
    person: Id | None = None
    declares_people: bool = False
    also_known_as: tuple[Id, ...] = ()
    sql: Query

    @property
    def name(self) -> str:
        """What faults and reports call it."""
        by = f" by {self.person}" if self.person else ""
        return f"{self.table} from {self.rows_of}{by}"


class SetMapping(Frozen):
    """Everything in the mapping of a data set."""

    kind: Literal["data_set"]
    id: Id
    name: Annotated[str, Field(min_length=1, max_length=200)]
    dates: tuple[str, ...] = (ALWAYS_ACCEPTED,)
    empty: tuple[Word, ...] = ()
    identifiers: dict[Id, Identifier] = Field(min_length=1)
    submission: Submission
    teams: dict[Id, tuple[Word, ...]] = Field(default_factory=dict)
    treatments: dict[Id, tuple[Word, ...]] = Field(default_factory=dict)
    codes: dict[str, dict[str, tuple[Word, ...]]] = Field(default_factory=dict)
    team_types: dict[Id, tuple[Word, ...]] = Field(default_factory=dict)
    """By service: the types of the teams that belong to it unless they are named in `teams`."""
    lists: dict[Id, tuple[Word, ...]] = Field(default_factory=dict)
    tables: dict[Id, SetTable] = Field(min_length=1)
    views: dict[Id, Query] = Field(default_factory=dict)
    records: tuple[SetRecord, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _links_hold(self) -> Self:
        """Say everything that refers to what is not there."""
        wrong = [*self._wrong_tables(), *self._wrong_records()]
        if wrong:
            raise ValueError(" ".join(wrong))
        return self

    def _wrong_tables(self) -> list[str]:
        wrong = []
        header = self.tables.get(self.submission.table)
        if header is None:
            wrong.append(f"'submission' names no table: '{self.submission.table}'.")
        elif "month" not in header.columns or not header.columns["month"].date:
            wrong.append(f"'{self.submission.table}' has no column 'month' that is a date.")
        before: set[str] = set()
        for name, table in self.tables.items():
            known = set(table.columns)
            for column in (*table.key, *table.within, *([table.person] if table.person else [])):
                if column not in known:
                    wrong.append(f"'tables.{name}' has no column '{column}'.")
            for parent in table.within.values():
                if parent not in before or len(self.tables[parent].key) != 1:
                    wrong.append(
                        f"'tables.{name}' lies within '{parent}', which is no table above it with"
                        " a key of one column."
                    )
            wrong += [
                f"'tables.{name}.{column}' is of no kind in 'identifiers': '{item.identifier}'."
                for column, item in table.columns.items()
                if item.identifier and item.identifier not in self.identifiers
            ]
            taken = known & GIVEN if name != self.submission.table else set()
            wrong += [f"'tables.{name}' cannot call a column '{c}'." for c in sorted(taken)]
            before.add(name)
        return wrong

    def _wrong_records(self) -> list[str]:
        wrong = [
            f"'views.{name}' has the name of a table." for name in self.views if name in self.tables
        ]
        names = [record.name for record in self.records]
        wrong += [f"Two records are {n}." for n in sorted(set(names)) if names.count(n) > 1]
        wrong += [
            f"The record {record.name} has no such table."
            for record in self.records
            if record.rows_of not in self.tables
        ]
        return wrong
