"""What `rules.yaml` may hold: rules that a pathway should keep, and deviations that were accepted.

There are four forms, each of which reads as a sentence. What they speak of are steps of episodes
and treatments, and kinds of events, anywhere or at some services and teams.
"""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from pdqi.config import Id, Text
from pdqi.content.models import Move, Statement
from pdqi.content.records import What
from pdqi.yamlfile import Frozen

Days = Annotated[int, Field(ge=0, le=3660)]


class Before(Frozen):
    """One thing before another: `first` on or before the day of `then`."""

    first: What
    then: What


class Within(Frozen):
    """Something within so many days after another, the day itself counted."""

    days: Days
    after: What
    seen: tuple[What, ...] = Field(min_length=1)


class AtLeast(Frozen):
    """Something so many times after so many episodes that started in the period.

    Without `days` it is looked for until the last day of the period.
    """

    times: Annotated[int, Field(ge=1, le=100)] = 1
    of: What
    after_episodes: Annotated[int, Field(ge=1, le=100)]
    days: Days | None = None


class Never(Frozen):
    """That an episode at `first` is never directly followed by one at `then`."""

    first: tuple[Id, ...] = Field(min_length=1)
    then: tuple[Id, ...] = Field(min_length=1)


class Rule(Statement):
    """One rule, in words and in one of the four forms."""

    id: Id
    text: Text
    before: Before | None = None
    within: Within | None = None
    at_least: AtLeast | None = None
    never: Never | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        forms = (self.before, self.within, self.at_least, self.never)
        if sum(form is not None for form in forms) != 1:
            raise ValueError("Give one of 'before', 'within', 'at_least' and 'never'.")
        return self

    @property
    def parts(self) -> dict[str, tuple[What, ...]]:
        """What it speaks of, by the part that it plays; `never` speaks of episodes alone."""
        if self.before:
            return {"first": (self.before.first,), "then": (self.before.then,)}
        if self.within:
            return {"after": (self.within.after,), "seen": self.within.seen}
        return {"of": (self.at_least.of,)} if self.at_least else {}

    @property
    def places(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Every service or team that it names, with the path that leads there."""
        for path, what in self.whats:
            yield from (((*path, "at", i), name) for i, name in enumerate(what.at))
        if self.never:
            yield from (
                (("never", end, i), name)
                for end in ("first", "then")
                for i, name in enumerate(getattr(self.never, end))
            )

    @property
    def whats(self) -> Iterator[tuple[tuple[str | int, ...], What]]:
        """Everything recorded that it speaks of, with the path that leads there."""
        form = "before" if self.before else "within" if self.within else "at_least"
        for part, whats in self.parts.items():
            for i, what in enumerate(whats):
                yield (form, part, i) if part == "seen" else (form, part), what


class Accepted(Statement):
    """A deviation that was accepted: of a rule, or a move that the design does not have.

    `demonstration` is for the invented data, and is shown with those alone.
    """

    id: Id
    what: Text
    rule: Id | None = None
    moves: tuple[Move, ...] = ()
    reason: Text
    agreed_by: Text
    on: date = Field(alias="date")
    demonstration: bool = False

    @model_validator(mode="after")
    def _of_something(self) -> Self:
        if (self.rule is None) == (not self.moves):
            raise ValueError("Give the 'rule' that it deviates from, or the 'moves' accepted.")
        return self


class Rules(Frozen):
    """`rules.yaml`: rules and accepted deviations, in the order of the file."""

    rules: tuple[Rule, ...] = ()
    accepted: tuple[Accepted, ...] = ()
