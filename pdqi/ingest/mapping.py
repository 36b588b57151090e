"""A mapping: one YAML file that says how one keeper's files are to be understood.

It names the files, the table that each fills, and the column that holds each value. Faults are
reported with file and line, all at once, before any extract is opened. docs/loading.md is the
reference for the people who write one.
"""

from datetime import date
from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from pdqi.config import Id
from pdqi.yamlfile import Frozen

Word = Annotated[str, Field(min_length=1, max_length=200)]

DATE_FORMS: dict[str, tuple[str, str]] = {
    "dd/mm/yyyy": (r"\d{1,2}/\d{1,2}/\d{4}", "%d/%m/%Y"),
    "mm/dd/yyyy": (r"\d{1,2}/\d{1,2}/\d{4}", "%m/%d/%Y"),
    "dd-mm-yyyy": (r"\d{1,2}-\d{1,2}-\d{4}", "%d-%m-%Y"),
    "dd.mm.yyyy": (r"\d{1,2}\.\d{1,2}\.\d{4}", "%d.%m.%Y"),
    "yyyy-mm-dd": (r"\d{4}-\d{2}-\d{2}", "%Y-%m-%d"),
    "yyyy/mm/dd": (r"\d{4}/\d{2}/\d{2}", "%Y/%m/%d"),
    "yyyymmdd": (r"\d{8}", "%Y%m%d"),
    "dd-Mon-yyyy": (r"\d{1,2}-[A-Za-z]{3}-\d{4}", "%d-%b-%Y"),
    "dd Mon yyyy": (r"\d{1,2} [A-Za-z]{3} \d{4}", "%d %b %Y"),
    "dd Month yyyy": (r"\d{1,2} [A-Za-z]{3,9} \d{4}", "%d %B %Y"),
    "mm/yyyy": (r"\d{1,2}/\d{4}", "%m/%Y"),
    "yyyy-mm": (r"\d{4}-\d{2}", "%Y-%m"),
    "Mon-yyyy": (r"[A-Za-z]{3}-\d{4}", "%b-%Y"),
}
"""The forms of dates that a mapping may accept: the shape looked for, and how it is read."""

ALWAYS_ACCEPTED = "yyyy-mm-dd"
"""How date cells of workbooks and Parquet are written out; it cannot be misread."""

STILL_OPEN = "???"
"""What a draft has where a person has to fill something in."""

Delimiter = Literal["comma", "semicolon", "tab", "bar"]
DELIMITERS: dict[str, str] = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
ENDINGS = {".csv": "csv", ".txt": "csv", ".tsv": "csv", ".xlsx": "xlsx", ".parquet": "parquet"}


class Identifier(Frozen):
    """A kind of number or name for people, and which differences of writing do not matter.

    Blanks never matter. Leading zeros and capitals matter unless it is said that they do not.
    """

    strip_leading_zeros: bool = False
    fold_case: bool = False


class PersonColumn(Frozen):
    """Which column names the person, and by which kind of identifier."""

    column: tuple[Word, ...] = Field(min_length=1)
    identifier: Id

    @field_validator("column", mode="before")
    @classmethod
    def _one_or_several(cls, value: Any) -> Any:
        return _listed(value)


class ColumnMap(Frozen):
    """Where a stored value comes from: a column (the first of several names), or a constant."""

    column: tuple[Word, ...] = ()
    constant: Word | None = None
    optional: bool = False
    open_dates: tuple[Word, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _a_word_is_a_column(cls, value: Any) -> Any:
        return {"column": value} if isinstance(value, str | list) else value

    @field_validator("column", mode="before")
    @classmethod
    def _one_or_several(cls, value: Any) -> Any:
        return _listed(value)

    @field_validator("constant", mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> Any:
        return str(value) if isinstance(value, int | date) else value

    @field_validator("open_dates", mode="before")
    @classmethod
    def _dates_as_text(cls, value: Any) -> Any:
        # YAML reads 9999-12-31 without quotes as a date.
        return (
            [str(v) if isinstance(v, date) else v for v in value]
            if isinstance(value, list)
            else value
        )

    @model_validator(mode="after")
    def _column_or_constant(self) -> Self:
        if bool(self.column) == (self.constant is not None):
            raise ValueError("Give either 'column' or 'constant'.")
        return self


class FileMap(Frozen):
    """One file: how to find and read it, which table it fills and from which columns."""

    file: Word
    format: Literal["csv", "xlsx", "parquet"] | None = None
    encodings: tuple[Literal["utf-8", "utf-16", "cp1252"], ...] = ()
    delimiter: Delimiter | None = None
    sheet: Word | None = None
    table: Id
    person: PersonColumn | None = None
    declares_people: bool = False
    also_known_as: dict[Id, Word] = Field(default_factory=dict)
    key: tuple[Word, ...] = ()
    columns: dict[str, ColumnMap] = Field(default_factory=dict)

    @field_validator("key", mode="before")
    @classmethod
    def _one_or_several(cls, value: Any) -> Any:
        return _listed(value)

    @property
    def kind(self) -> str:
        """How the file is read: csv, xlsx or parquet."""
        ending = "." + self.file.rsplit(".", 1)[-1].casefold()
        return self.format or ENDINGS.get(ending, "csv")

    def matches(self, name: str) -> bool:
        """Whether a file of this name is meant; capitals make no difference."""
        return fnmatchcase(name.casefold(), self.file.casefold())

    def wanted(self) -> list[tuple[tuple[str, ...], bool]]:
        """Return the columns looked for: their possible names, and whether one may lack."""
        found: dict[tuple[str, ...], bool] = {}
        if self.person:
            found[self.person.column] = False
        for header in (*self.also_known_as.values(), *self.key):
            found.setdefault((header,), False)
        for item in self.columns.values():
            if item.column:
                found[item.column] = found.get(item.column, True) and item.optional
        return list(found.items())


class Covers(Frozen):
    """The first and last day that a source's files cover completely."""

    first: date
    last: date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError("'last' is before 'first'. Swap them.")
        return self


class Mapping(Frozen):
    """Everything in one mapping file."""

    id: Id
    name: Annotated[str, Field(min_length=1, max_length=200)]
    covers: Covers | None = None
    dates: tuple[str, ...] = (ALWAYS_ACCEPTED,)
    empty: tuple[Word, ...] = ()
    identifiers: dict[Id, Identifier] = Field(default_factory=dict)
    teams: dict[Id, tuple[Word, ...]] = Field(default_factory=dict)
    treatments: dict[Id, tuple[Word, ...]] = Field(default_factory=dict)
    codes: dict[str, dict[str, tuple[Word, ...]]] = Field(default_factory=dict)
    files: tuple[FileMap, ...] = Field(min_length=1)

    @property
    def client_list(self) -> FileMap | None:
        """The file that declares people, if this source has one."""
        return next((item for item in self.files if item.declares_people), None)


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value
