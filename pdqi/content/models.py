"""What the process map and the driver diagram may hold.

Every statement says on what it rests, its `basis`: `published` is printed in a source that is
named, `local` was decided here, `inferred` was concluded by whoever wrote the file. An inference
is never drawn like a finding. A link between two items is written once, at the more concrete
end; `library` works out the other direction.
"""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from pdqi.config import Id, Text
from pdqi.content.records import Mark
from pdqi.words import day
from pdqi.yamlfile import Frozen

Basis = Literal["published", "local", "inferred"]
Strength = Literal["strong", "weak"]
NodeKind = Literal["entry", "step", "decision", "waiting_list", "team_work", "support", "exit"]
MeasureType = Literal["outcome", "process", "balancing"]
Place = Annotated[int, Field(ge=1, le=12)]
Ref = Annotated[str, Field(pattern=r"^[a-z_]+:[A-Za-z][A-Za-z0-9_]{0,39}$")]
"""An item of any kind, as `issue:M1` or `kpi:ebt_received`."""


class Statement(Frozen):
    """Base of what is said: on what it rests and, where published, in which source."""

    basis: Basis
    source: Id | None = None
    where: Text | None = None
    """Which part of the source, where it has parts."""

    @model_validator(mode="after")
    def _published_has_a_source(self) -> Self:
        if self.basis == "published" and self.source is None:
            raise ValueError("What is published needs a 'source'. Name one of sources.yaml.")
        return self


class Link(Statement):
    """A link to another item. It rests on inference unless it says otherwise."""

    basis: Basis = "inferred"
    to: Id
    strength: Strength = "strong"


class Measure(Statement):
    """A KPI that tells whether a box of the driver diagram moves, and as what kind of measure."""

    basis: Basis = "inferred"
    kpi: Id
    type: MeasureType


# process_map.yaml


class Agreement(Frozen):
    """Who agreed something and when; both empty where nobody has yet, and `words` says so."""

    by: Text | None = None
    # In files the key is `date`: YAML reads a bare `on` as the value true.
    on: date | None = Field(default=None, alias="date")
    words: Text

    @property
    def said(self) -> str:
        """Who agreed it and when, then the words; placeholders are not filled yet."""
        if self.by is None or self.on is None:
            return self.words
        return f"Agreed by {self.by} on {day(self.on)}. {self.words}"

    @model_validator(mode="after")
    def _both_or_neither(self) -> Self:
        if (self.by is None) != (self.on is None):
            raise ValueError("'by' and 'date' go together. Give both, or neither.")
        return self


class Lane(Frozen):
    """A horizontal band of the map: usually one service."""

    id: Id
    name: Text
    service: Id | None = None


class Node(Statement):
    """A step of the designed pathway, at a column of the map and a row of its lane."""

    id: Id
    name: Text
    kind: NodeKind
    lane: Id
    column: Place
    row: Place = 1
    service: Id | None = None
    episodes_of: tuple[Id, ...] = ()
    """The services or teams whose recorded episodes are this step."""
    recorded_as: tuple[Mark, ...] = ()
    """What records show that somebody was here, where that is not an episode under way."""
    kpis: tuple[Id, ...] = ()
    confirm: bool = False
    """True where the people who work there have still to confirm it."""
    recordable: bool
    """True where the extracts could show that somebody was here."""
    note: Text | None = None

    @model_validator(mode="after")
    def _recordable_says_how(self) -> Self:
        given = [name for name in ("episodes_of", "recorded_as") if getattr(self, name)]
        if given and not self.recordable:
            raise ValueError(f"'{given[0]}' is given, so 'recordable' is true. Mend one of them.")
        if len(given) == 2:
            raise ValueError("Give 'episodes_of' or 'recorded_as', not both.")
        if self.recordable and not given:
            raise ValueError("'recordable' is true: say how, with 'episodes_of' or 'recorded_as'.")
        return self


class Move(Frozen):
    """A recorded move from one service or team to another."""

    start: Id = Field(alias="from")
    end: Id = Field(alias="to")


class Arrow(Statement):
    """A route of the designed pathway, and the recorded moves that are this route."""

    id: Id
    start: Id = Field(alias="from")
    end: Id = Field(alias="to")
    label: Text | None = None
    moves: tuple[Move, ...] = ()
    confirm: bool = False
    recordable: bool

    @model_validator(mode="after")
    def _moves_are_records(self) -> Self:
        if self.moves and not self.recordable:
            raise ValueError("'moves' is given, so 'recordable' is true. Mend one of them.")
        return self


class Issue(Statement):
    """Something raised when the map was made, pinned where it was raised."""

    id: Id
    text: Text
    short: Text
    pinned_to: tuple[Id, ...] = Field(min_length=1)
    gaps: tuple[Link, ...] = ()


class ProcessMap(Frozen):
    """`process_map.yaml`: the designed pathway."""

    title: Text
    agreed: Agreement
    almost_never: Annotated[float, Field(ge=0, lt=0.5)] = 0.01
    """Below this share of those who left its first step, a route is almost never recorded."""
    lanes: tuple[Lane, ...] = Field(min_length=1)
    nodes: tuple[Node, ...] = Field(min_length=1)
    arrows: tuple[Arrow, ...]
    issues: tuple[Issue, ...] = ()


# driver_diagram.yaml


class Target(Frozen):
    """The measurable target of the aim. Until it is set, `words` says that it is not."""

    state: Literal["set", "not_yet_set"]
    words: Text
    kpi: Id | None = None

    @model_validator(mode="after")
    def _set_has_a_kpi(self) -> Self:
        if (self.state == "set") != (self.kpi is not None):
            raise ValueError("A target that is set names its 'kpi'; one not yet set has none.")
        return self


class Aim(Statement):
    """What the improvement work is for."""

    id: Id
    text: Text
    target: Target
    measured_by: tuple[Measure, ...] = ()


class Branch(Statement):
    """One of the two sides under which the themes were gathered."""

    id: Id
    name: Text


class Primary(Statement):
    """A primary driver: one of the themes."""

    id: Id
    name: Text
    branch: Id
    measured_by: tuple[Measure, ...] = ()


class Gap(Statement):
    """Something that was found to be missing."""

    id: Id
    text: Text
    theme: Id


class Secondary(Statement):
    """A secondary driver: what would have to be true, the gap turned round."""

    id: Id
    name: Text
    of: tuple[Link, ...] = Field(min_length=1)
    gaps: tuple[Link, ...] = ()
    measured_by: tuple[Measure, ...] = ()


class Dropped(Frozen):
    """Why an idea was given up, in which version of the diagram, and when."""

    reason: Text
    version: Annotated[int, Field(ge=1)]
    on: date = Field(alias="date")


class Idea(Statement):
    """A change idea. It addresses gaps, or a secondary driver that has no gap of its own."""

    id: Id
    text: Text
    short: Text
    theme: Id | None = None
    addresses: tuple[Link, ...] = ()
    drivers: tuple[Link, ...] = ()
    measured_by: tuple[Measure, ...] = ()
    dropped: Dropped | None = None


class DriverDiagram(Frozen):
    """`driver_diagram.yaml`: aim, drivers, gaps and change ideas."""

    version: Annotated[int, Field(ge=1)]
    agreed: Agreement
    aim: Aim
    branches: tuple[Branch, ...]
    primary: tuple[Primary, ...] = Field(min_length=1)
    gaps: tuple[Gap, ...]
    secondary: tuple[Secondary, ...]
    ideas: tuple[Idea, ...]
