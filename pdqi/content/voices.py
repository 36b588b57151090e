"""What `voices.yaml` may hold: what people said, what stands beside it, and quotes with consent."""

from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from pdqi.config import Id, Text
from pdqi.content.models import Link, Ref, Statement
from pdqi.yamlfile import Frozen

Judgement = Literal["agrees", "partly_agrees", "silent", "disagrees", "not_yet_judged"]


class Raised(Frozen):
    """Where and when a theme was raised, as far as that is known."""

    where: Text | None = None
    on: date | None = Field(default=None, alias="date")

    @model_validator(mode="after")
    def _something_is_known(self) -> Self:
        if self.where is None and self.on is None:
            raise ValueError(
                "Give 'where' or 'date', or leave 'raised' out where neither is known."
            )
        return self


class Consent(Frozen):
    """That the person who said it agreed to its being shown here, when, and where that is kept."""

    on: date = Field(alias="date")
    record: Text


class Approval(Frozen):
    """Who answers for a quote's being shown, and since when."""

    by: Text
    on: date = Field(alias="date")


class Quote(Frozen):
    """Words of a person who took part. None is shown without consent and approval."""

    text: Text
    said_by: Text
    consent: Consent
    approved: Approval

    @model_validator(mode="before")
    @classmethod
    def _may_be_shown(cls, data: object) -> object:
        lacking = [name for name in ("consent", "approved") if not _given(data, name)]
        if lacking:
            raise ValueError(
                f"A quote without {' and '.join(repr(name) for name in lacking)} is not shown."
                " 'consent' records the day on which who said it agreed and where that is kept,"
                " 'approved' who allowed it to be shown and when. Add them, or take the quote out."
            )
        return data


def _given(data: object, name: str) -> bool:
    return not isinstance(data, dict) or bool(data.get(name))


class Evidence(Frozen):
    """How a theme stands to something else that is known: judged by people, or not yet judged."""

    to: Ref
    judgement: Judgement = "not_yet_judged"
    why: Text | None = None
    by: Text | None = None
    on: date | None = Field(default=None, alias="date")

    @model_validator(mode="after")
    def _people_judge(self) -> Self:
        given = [self.why, self.by, self.on]
        if self.judgement == "not_yet_judged" and any(given):
            raise ValueError("What is not yet judged has no 'why', 'by' or 'date'. Take them out.")
        if self.judgement != "not_yet_judged" and not all(given):
            raise ValueError(
                f"People judge, so '{self.judgement}' needs 'why', 'by' and 'date'."
                " Until somebody has judged, write 'not_yet_judged'."
            )
        return self


class Theme(Statement):
    """A theme of the focus groups: something that helps, or something that is missing."""

    id: Id
    group: Id
    kind: Literal["positive", "gap"]
    text: Text
    short: Text
    raised: Raised | None = None
    gaps: tuple[Link, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    quotes: tuple[Quote, ...] = ()


class FocusGroup(Frozen):
    """Who spoke."""

    id: Id
    name: Text


class Voices(Frozen):
    """`voices.yaml`: what people said."""

    groups: tuple[FocusGroup, ...] = Field(min_length=1)
    themes: tuple[Theme, ...]
