"""What `progress.yaml` may hold: what each progress score means, and what supports it."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from pdqi.config import Text
from pdqi.yamlfile import Frozen

SCORES = tuple(half / 2 for half in range(1, 11))
"""0.5 to 5.0 in half steps, as on the Institute for Healthcare Improvement's scale."""


class Supports(StrEnum):
    """What can be found in content, journal and figures that supports a score."""

    LEAD = "lead"
    AIM = "aim"
    PLAN = "plan"
    MEASURES = "measures"
    BEGUN = "begun"
    STUDIED = "studied"
    ADOPTED = "adopted"
    SIGNAL = "signal"
    SIGNALS = "signals"
    SPREAD = "spread"

    @property
    def words(self) -> str:
        """Return it as it stands in a list of what is held."""
        return {
            Supports.LEAD: "a delivery status, so somebody answers for the work",
            Supports.AIM: "an aim in words",
            Supports.PLAN: "milestones",
            Supports.MEASURES: "measures of the ideas that it takes up",
            Supports.BEGUN: "a PDSA cycle that was begun",
            Supports.STUDIED: "a PDSA cycle that was studied",
            Supports.ADOPTED: "a tested change that was adopted",
            Supports.SIGNAL: "a measure whose control chart shows an improvement",
            Supports.SIGNALS: "an improvement in at least half of its measures",
            Supports.SPREAD: "adopted changes of two or more ideas",
        }[self]


class Level(Frozen):
    """One score: its name, what it means in our own words, and what supports it."""

    score: Annotated[float, Field(ge=0.5, le=5.0, multiple_of=0.5)]
    name: Text
    text: Text
    holds: tuple[Supports, ...] = ()


class Progress(Frozen):
    """`progress.yaml`: every level once, the lowest first, and a remark that stands beside all."""

    remark: Text
    levels: tuple[Level, ...]

    @model_validator(mode="after")
    def _every_score_once(self) -> Self:
        if tuple(level.score for level in self.levels) != SCORES:
            raise ValueError("'levels' need each score from 0.5 to 5.0 once, the lowest first.")
        return self

    def level(self, score: float) -> Level:
        """Return the level of a score from 0.5 to 5.0 in half steps."""
        return self.levels[SCORES.index(score)]
