"""The mapping of an event log: which columns are case, activity and time, and rules of its own.

An event log is a store of its own. docs/loading.md is the reference for the people who write one.
"""

from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from pdqi.config import Id, Text
from pdqi.ingest.mapping import (
    ALWAYS_ACCEPTED,
    DATE_FORMS,
    ENDINGS,
    ColumnMap,
    Delimiter,
    FileMap,
    PersonColumn,
    Word,
)
from pdqi.yamlfile import Frozen

CASE = "case"
"""The kind of identifier by which cases are told apart."""
Whole = Annotated[int, Field(ge=0, le=100_000)]


class Before(Frozen):
    """One activity before another."""

    first: Word
    then: Word


class Within(Frozen):
    """Any of some activities within so long after another, measured from each time it happened."""

    days: Whole = 0
    hours: Whole = 0
    minutes: Whole = 0
    after: Word
    seen: tuple[Word, ...] = Field(min_length=1)

    @property
    def seconds(self) -> int:
        """How long."""
        span = timedelta(days=self.days, hours=self.hours, minutes=self.minutes)
        return int(span.total_seconds())

    @model_validator(mode="after")
    def _some_time(self) -> Self:
        if not self.seconds:
            raise ValueError("Give 'days', 'hours' or 'minutes'.")
        return self


class AtLeast(Frozen):
    """An activity so many times in a case, or after the first time of another."""

    times: Annotated[int, Field(ge=1, le=1000)] = 1
    of: Word
    after: Word | None = None


class Never(Frozen):
    """That none of some activities is directly followed by one of others."""

    first: tuple[Word, ...] = Field(min_length=1)
    then: tuple[Word, ...] = Field(min_length=1)


class LogRule(Frozen):
    """A rule that the cases of a log should keep."""

    id: Id
    text: Text
    before: Before | None = None
    within: Within | None = None
    at_least: AtLeast | None = None
    never: Never | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        forms = (self.before, self.within, self.at_least, self.never)
        if sum(form is not None for form in forms) != 1:
            raise ValueError("Give one of 'before', 'within', 'at_least' and 'never'.")
        return self

    @property
    def activities(self) -> tuple[str, ...]:
        """Every activity that it names."""
        if self.before:
            return self.before.first, self.before.then
        if self.within:
            return self.within.after, *self.within.seen
        if self.at_least:
            return tuple(name for name in (self.at_least.of, self.at_least.after) if name)
        return (*self.never.first, *self.never.then) if self.never else ()


class LogMapping(Frozen):
    """Everything in the mapping of an event log."""

    kind: Literal["event_log"]
    id: Id
    name: Annotated[str, Field(min_length=1, max_length=200)]
    file: Word
    case: tuple[Word, ...] = Field(min_length=1)
    activity: tuple[Word, ...] = Field(min_length=1)
    at: tuple[Word, ...] = Field(min_length=1)
    event: Word | None = None
    """The column of an event's own number, if it has one: only by it is a row known to repeat."""
    only: dict[Word, tuple[Word, ...]] = Field(default_factory=dict)
    """Columns and the values by which an event counts; the others are stored and not counted."""
    cases: Annotated[str, Field(min_length=1, max_length=40)] = "cases"
    """What cases are called on screen."""
    dates: tuple[str, ...] = (ALWAYS_ACCEPTED,)
    empty: tuple[Word, ...] = ()
    format: Literal["csv", "xlsx", "parquet"] | None = None
    encodings: tuple[Literal["utf-8", "utf-16", "cp1252"], ...] = ()
    delimiter: Delimiter | None = None
    sheet: Word | None = None
    rules: tuple[LogRule, ...] = ()

    @field_validator("case", "activity", "at", mode="before")
    @classmethod
    def _one_or_several(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value

    @field_validator("dates")
    @classmethod
    def _known_forms(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for form in value:
            if form not in DATE_FORMS:
                raise ValueError(
                    f"'{form}' is not a form of dates. Allowed: {', '.join(DATE_FORMS)}."
                )
        if {"dd/mm/yyyy", "mm/dd/yyyy"} <= set(value):
            raise ValueError("'dd/mm/yyyy' and 'mm/dd/yyyy' cannot be told apart. Keep one.")
        return value

    @model_validator(mode="after")
    def _format_is_known(self) -> Self:
        ending = "." + self.file.rsplit(".", 1)[-1].casefold()
        if self.format is None and ending not in ENDINGS:
            raise ValueError("The ending of 'file' does not tell the format. Give 'format'.")
        return self

    @model_validator(mode="after")
    def _rules_have_names_of_their_own(self) -> Self:
        names = [rule.id for rule in self.rules]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice:
            raise ValueError(f"The rule '{twice}' is written twice. Rename one.")
        return self

    @property
    def files(self) -> tuple[FileMap, ...]:
        """The one file, as the readers look for it."""
        columns = {"activity": ColumnMap(column=self.activity), "at": ColumnMap(column=self.at)}
        columns |= {
            f"only_{place}": ColumnMap(column=(name,)) for place, name in enumerate(self.only)
        }
        return (
            FileMap(
                file=self.file,
                format=self.format,
                encodings=self.encodings,
                delimiter=self.delimiter,
                sheet=self.sheet,
                table="log",
                person=PersonColumn(column=self.case, identifier=CASE),
                key=(self.event,) if self.event else (),
                columns=columns,
            ),
        )
