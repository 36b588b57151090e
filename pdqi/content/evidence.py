"""What the content about work and knowledge may hold: workstreams, published figures, words."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from pdqi.config import Id, Text
from pdqi.content.models import Link, Ref, Statement
from pdqi.yamlfile import Frozen

Measurable = Literal["measured", "partly", "not_identifiable", "not_collected", "anecdotal"]


# workstreams.yaml


class Fact(Statement):
    """One thing that is known about a workstream."""

    text: Text


class Group(Statement):
    """A standing group: how often it meets and the roles in it. Roles, never names."""

    id: Id
    name: Text
    meets: Text
    roles: tuple[Text, ...] = Field(min_length=1)


class Planned(Frozen):
    """A milestone that a journal may begin with."""

    name: Text
    baseline: date


class ToDo(Frozen):
    """An action that a journal may begin with; `who` is a role."""

    what: Text
    who: Text
    by: date


class Workstream(Statement):
    """A workstream. Its progress is not content: it is recorded by those who do the work.

    `milestones` and `actions` are what a journal that is still empty may begin with.
    """

    id: Id
    name: Text
    purpose: Text
    facts: tuple[Fact, ...] = ()
    addresses: tuple[Link, ...] = ()
    milestones: tuple[Planned, ...] = ()
    actions: tuple[ToDo, ...] = ()


class Workstreams(Frozen):
    """`workstreams.yaml`: the groups and what each workstream is for."""

    groups: tuple[Group, ...]
    workstreams: tuple[Workstream, ...]


# published.yaml, measurability.yaml, sources.yaml, glossary.yaml


class PublishedFigure(Statement):
    """A figure from outside the data: a number, a range, a bound, or words alone.

    Shares are fractions and durations days. `kpis` are the figures beside which it may stand as
    a reference; `context_for` those beside which it stands as a different thing, because it is
    about something else.
    """

    id: Id
    text: Text
    short: Text
    kind: Literal["published", "anecdotal", "literature"]
    kpis: tuple[Id, ...] = ()
    context_for: tuple[Id, ...] = ()
    services: tuple[Id, ...] | Literal["all", "not_said"] = "all"
    jointly: bool = False
    """True where the figure is of the services together, not of each."""
    unit: Literal["share", "days", "ratio"] | None = None
    at: float | None = None
    low: float | None = None
    high: float | None = None
    below: float | None = None
    above: float | None = None
    approximate: bool = False
    note: Text | None = None
    differs_from: tuple[Id, ...] = ()

    @property
    def value(self) -> tuple[float | None, float | None]:
        """Lowest and highest value: equal for a number, one empty for a bound, both for words."""
        if self.at is not None:
            return self.at, self.at
        return (self.low if self.above is None else self.above), (
            self.high if self.below is None else self.below
        )

    @model_validator(mode="after")
    def _one_form_of_value(self) -> Self:
        forms = [self.at is not None, self.low is not None or self.high is not None]
        forms += [self.below is not None, self.above is not None]
        if sum(forms) > 1:
            raise ValueError("Give one of 'at', 'low' with 'high', 'below' or 'above'.")
        if (self.low is None) != (self.high is None):
            raise ValueError("'low' and 'high' go together. Give both, or neither.")
        if any(forms) != (self.unit is not None):
            raise ValueError("A value needs its 'unit', and words alone have none.")
        if self.low is not None and self.high is not None and self.high < self.low:
            raise ValueError("'high' is below 'low'. Swap them.")
        return self


class DataType(Statement):
    """A kind of data that was collected, and why."""

    id: Id
    text: Text
    why: Text
    kpis: tuple[Id, ...] = ()


class PublishedFigures(Frozen):
    """`published.yaml`: reference figures, and why data were collected."""

    figures: tuple[PublishedFigure, ...]
    data_types: tuple[DataType, ...] = ()


class Measurability(Statement):
    """Whether something can be measured; if not, why, who could change that and by when."""

    id: Id
    subject: Text
    state: Measurable
    why: Text
    who: Text
    by: date | None = None
    kpis: tuple[Id, ...] = ()
    about: tuple[Ref, ...] = ()


class Lesson(Statement):
    """Something that was learned about the data."""

    id: Id
    text: Text


class MeasurabilityFile(Frozen):
    """`measurability.yaml`: what can and cannot be measured, and lessons about the data."""

    items: tuple[Measurability, ...]
    lessons: tuple[Lesson, ...] = ()


class Source(Frozen):
    """Where something was published."""

    id: Id
    short: Text
    citation: Text
    licence: Text | None = None
    url: Annotated[str, Field(pattern=r"^https://\S+$")] | None = None


class Sources(Frozen):
    """`sources.yaml`: every source that content cites."""

    sources: tuple[Source, ...]


class Term(Statement):
    """A word and what it means here, in plain words."""

    id: Id
    term: Text
    meaning: Text


class Glossary(Frozen):
    """`glossary.yaml`: the words of this project."""

    terms: tuple[Term, ...]
