"""The numbers behind the invented people of a pathway, as its `world.yaml` gives them."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from pdqi.config import Text
from pdqi.errors import ContentError, Problem
from pdqi.yamlfile import Frozen, read

Part = Literal["community", "therapies", "crisis", "further", "specialist", "inpatient", "drop_in"]
Share = Annotated[float, Field(ge=0, le=1)]
Days = Annotated[int, Field(ge=0, le=3_000)]
When = Literal["during", "handover", "at_once", "later"]


class Shares(Frozen):
    """A share of the people with the condition, and of the others."""

    affected: Share
    others: Share


class Youth(Frozen):
    """How young people are: the larger, the younger."""

    affected: Annotated[float, Field(ge=0.5, le=3)]
    others: Annotated[float, Field(ge=0.5, le=3)]


class People(Frozen):
    """How many have the condition, and who they are."""

    affected: Share
    women: Shares
    youth: Youth


class Diagnoses(Frozen):
    """How often entries of each kind are made."""

    subdivisions: tuple[Annotated[str, Field(pattern=r"^[0-9]{1,2}$")], ...] = Field(min_length=1)
    """What follows the dot of the codes; the last one follows any code but the first."""
    suspected: Share
    in_words: Share
    confirmed: Share
    by_specialist: Share
    ruled_out: Share
    loose: Share
    besides: Shares


class Improving(Frozen):
    """The share in the team that improves: at first, and what is added once it has."""

    first: Share
    more: Share


class ByTreatment(Frozen):
    """Days for treatments that count as evidence-based, and for others."""

    counted: Days
    uncounted: Days


class Treatments(Frozen):
    """How often treatments are offered in the community, and how long they take."""

    offered: Share
    offered_where_improving: Improving
    offered_to_others: Share
    offered_uncounted: Share
    refused: Share
    wait_days: ByTreatment
    course_days: ByTreatment


class Events(Frozen):
    """How often what is recorded of a day happens."""

    care_plan: Share
    panel: Shares
    turns_to_drop_in: Share
    drops_in: Shares


class Drug(Shares):
    """For how long and to whom a drug class is given."""

    days: Days


class Medicines(Frozen):
    """The first of the watched drug classes, the next ones, and one that nobody watches."""

    first: Drug
    next: Drug
    not_watched: Drug
    with_indication: Share


class Staff(Frozen):
    """The shares at which teams begin."""

    trained: Share
    supervised: Share


class Pace(Frozen):
    """Days to the assessment, from there to the start, and from there to the end."""

    assess_days: Days
    start_days: Days
    length_days: Annotated[int, Field(ge=1, le=3_000)]
    declined: Share
    contact_days: Annotated[int, Field(ge=1, le=366)]


class Paces(Frozen):
    """The pace of one part."""

    affected: Pace
    others: Pace


class Move(Frozen):
    """What follows an episode: where to, when, after how many days, and of how many."""

    to: Part
    when: When
    share: Share
    days: Days = 0


Entries = dict[Part, Share]
Moves = dict[Part | Literal["declined"], tuple[Move, ...]]


class EntriesOf(Frozen):
    """Where people come in first."""

    affected: Entries
    others: Entries

    @model_validator(mode="after")
    def _add_up(self) -> Self:
        for name, shares in (("affected", self.affected), ("others", self.others)):
            if abs(sum(shares.values()) - 1) > 1e-6:
                raise ValueError(
                    f"The shares of '{name}' add up to {sum(shares.values()):g}, not 1."
                )
        return self


class MovesOf(Frozen):
    """What follows an episode in each part."""

    affected: Moves
    others: Moves

    @model_validator(mode="after")
    def _leave_something(self) -> Self:
        for name, moves in (("affected", self.affected), ("others", self.others)):
            for part, found in moves.items():
                if sum(move.share for move in found) > 1:
                    raise ValueError(f"The moves of '{name}' from '{part}' are more than all.")
        return self


class Numbers(Frozen):
    """Everything in `world.yaml`."""

    people: People
    diagnoses: Diagnoses
    treatments: Treatments
    events: Events
    medicines: Medicines
    staff: Staff
    pace: dict[Part, Paces]
    entries: EntriesOf
    moves: MovesOf
    sources: dict[Part | Literal["elsewhere"], dict[Text, Share]]

    @classmethod
    def load(cls, path: Path) -> "Numbers":
        """Read and check the numbers of a pathway; raises `ContentError` with every fault."""
        found, _, problems = read(path, cls)
        if found is not None and (lack := _lacking(found)):
            problems.append(Problem(lack, path.name, fix="Add it."))
        if found is None or problems:
            raise ContentError(problems)
        return found

    def scalars(self) -> dict[str, Any]:
        """Return what is not a table, as nested mappings."""
        tables = {"pace": True, "entries": True, "moves": True, "sources": True}
        return self.model_dump(exclude={**tables, "diagnoses": {"subdivisions"}})


def _lacking(numbers: Numbers) -> str | None:
    parts: set[str] = set(numbers.pace)
    used = {*numbers.entries.affected, *numbers.entries.others}
    for moves in (numbers.moves.affected, numbers.moves.others):
        used |= {move.to for found in moves.values() for move in found}
    if missing := sorted(used - parts):
        return f"'pace' does not have {', '.join(missing)}, where people go."
    if "elsewhere" not in numbers.sources:
        return "'sources' does not have 'elsewhere'."
    return None
