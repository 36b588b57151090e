"""What a figure is held against: a published figure, a target, another group, the whole system."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

from pdqi import words
from pdqi.config import Config
from pdqi.metrics.kpi import Kpi, Unit

Ends = tuple[float | None, float | None]
"""Lowest and highest; None where it is open on that side."""
PLACES: dict[Unit, int] = {"count": 0, "share": 2, "days": 0, "ratio": 1}
"""The decimal places to which values are shown, and so judged."""


class Relation(StrEnum):
    """How a figure stands to what it is held against."""

    ABOVE = "above"
    BELOW = "below"
    NO_CLEAR = "no clear difference"


@dataclass(frozen=True)
class Against:
    """Something that a figure is held against: its name in a sentence, and its value or range."""

    kind: Literal["published", "target", "system", "one"]
    name: str
    said: str = ""
    """Its value in words: `about 40%`."""
    ends: Ends = (None, None)
    """Equal for a number, one empty for a bound. Those of the whole system differ by variant."""

    @property
    def told(self) -> str:
        """Return it as it stands in a sentence: `the published figure (about 40%)`."""
        return f"{self.name} ({self.said})" if self.said else self.name

    @property
    def label(self) -> str:
        """Return it in little room: `published: about 40%`, `whole system`."""
        short = {"system": "whole system", "one": "no difference"}.get(self.kind, self.kind)
        return f"{short}: {self.said}" if self.said else short


def published(short: str, ends: Ends, unit: Unit) -> Against:
    """Return a published figure; `short` is how it was put.

    A bound is named by its number, whatever was said beside it: it can be held against no more.
    """
    low, high = ends
    if low is None and high is not None:
        short = f"under {words.in_unit(high, unit)}"
    elif high is None and low is not None:
        short = f"over {words.in_unit(low, unit)}"
    return Against("published", "the published figure", short, ends)


def target_in_force(config: Config, kpi: Kpi, last: date) -> tuple[Against, ...]:
    """Return the target that holds on the last day of a period, where config has one."""
    known = [item for item in config.targets if item.kpi == kpi.id and item.start <= last]
    if not known:
        return ()
    target = max(known, key=lambda item: item.start)
    told = words.in_unit(target.value, kpi.kind.field(kpi.kind.main).unit)
    return (Against("target", "the target", told, (target.value, target.value)),)


def as_shown(ends: Ends, unit: Unit) -> Ends:
    """Return the ends rounded as they are shown, so that what is judged is what can be seen."""
    low, high = (None if end is None else float(words.half_up(end, PLACES[unit])) for end in ends)
    return low, high


def relation_of(ends: Ends | None, other: Ends | None) -> Relation | None:
    """Return how an interval stands to a number, a range, a bound or another interval."""
    if ends is None or other is None:
        return None
    (low, high), (least, most) = ends, other
    if low is not None and most is not None and low > most:
        return Relation.ABOVE
    if high is not None and least is not None and high < least:
        return Relation.BELOW
    return Relation.NO_CLEAR
