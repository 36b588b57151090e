"""What `timeline.yaml` may hold: what charts over time mark, and where a mean starts anew."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from pdqi.config import Id, Text
from pdqi.content.models import Statement
from pdqi.yamlfile import Frozen

ScopeKey = Annotated[str, Field(pattern=r"^(service:)?[A-Za-z][A-Za-z0-9_]{0,39}$")]
"""A scope as it stands in links: `north`, `service:ward`, a set’s id, or `system`."""


class Mark(Statement):
    """Something that may have moved figures: improvement work, or an event that nobody planned.

    Empty `kpis` are all; empty `services` and `teams` together are everywhere. `demonstration`
    is for what happened in the invented data only, and is shown with those alone.
    """

    id: Id
    text: Text
    kind: Literal["improvement", "event"]
    # In files the key is `date`: YAML reads a bare `on` as the value true.
    on: date = Field(alias="date")
    until: date | None = None
    workstream: Id | None = None
    kpis: tuple[Id, ...] = ()
    services: tuple[Id, ...] = ()
    teams: tuple[Id, ...] = ()
    demonstration: bool = False

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.until is not None and self.until < self.on:
            raise ValueError("'until' is before 'date'. Swap them.")
        return self

    @model_validator(mode="after")
    def _work_is_somebodys(self) -> Self:
        if self.kind == "event" and self.workstream is not None:
            raise ValueError(
                "An event is nobody's work. Leave 'workstream' out, or call it an improvement."
            )
        return self


class Rebase(Statement):
    """That a figure's mean and limits start anew in the month of this date, why, and who agreed.

    Without a `scope` it holds wherever the figure is counted.
    """

    id: Id
    kpi: Id
    scope: ScopeKey | None = None
    on: date = Field(alias="date")
    reason: Text
    agreed_by: Text
    demonstration: bool = False


class Timeline(Frozen):
    """`timeline.yaml`: marks and rebases, in the order of the file."""

    marks: tuple[Mark, ...] = ()
    rebases: tuple[Rebase, ...] = ()
