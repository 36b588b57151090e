"""What content may say of records: a step of an episode or a treatment, or an event of a kind.

Rules speak of them, and steps of the process map say by them how they are recorded.
"""

from typing import Literal, Self

from pydantic import model_validator

from pdqi.config import Id, Text
from pdqi.yamlfile import Frozen

Step = Literal["referred", "assessed", "started", "ended"]
Record = Literal["episode", "treatment", "event"]


class What(Frozen):
    """Something recorded: a step of an episode, a step of a treatment, or an event of a kind.

    `at` names services or teams, `of` treatments; left out, any will do.
    """

    episode: Step | None = None
    treatment: Step | None = None
    event: Text | None = None
    of: tuple[Id, ...] = ()
    at: tuple[Id, ...] = ()

    @model_validator(mode="after")
    def _one_of_three(self) -> Self:
        if sum(item is not None for item in (self.episode, self.treatment, self.event)) != 1:
            raise ValueError("Give one of 'episode', 'treatment' and 'event'.")
        if self.of and self.treatment is None:
            raise ValueError("'of' names treatments. Leave it out, or give 'treatment'.")
        return self

    @property
    def record(self) -> Record:
        """Which kind of record it is found in."""
        if self.episode is not None:
            return "episode"
        return "event" if self.event is not None else "treatment"

    @property
    def step(self) -> str:
        """The step, or the kind of event."""
        return self.episode or self.treatment or self.event or ""


class Mark(What):
    """What records that somebody was at a step of the process map.

    `by` names who refers, as typed and without regard to case: only a referral has it.
    """

    by: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _by_refers(self) -> Self:
        if self.by and self.episode != "referred":
            raise ValueError("'by' says who referred. Leave it out, or give 'episode: referred'.")
        return self
