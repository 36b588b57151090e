"""What is weak in the data, which figures that touches, and how far it could move them at worst.

A bound asks what a figure could be if everything unknown were one way, or the other. It is no
interval: nothing is assumed about how likely that is (Manski's worst-case bounds). Each weakness
is taken by itself, and bounds are worked out from published numbers only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from pdqi.metrics.kpi import Duration, Kpi, PairedProportion, Proportion, Ratio, Steps
from pdqi.model import Cell, Figure

Way = Literal["join", "have", "either"]
"""How unknown people or rows could change a share: they belong to those it counts and are not
among them; they are among them and may be of the part; or any of both, in either direction."""
WAYS: Mapping[Way, str] = {
    "join": "they may belong to those who are counted, and then all of them or none to the part",
    "have": "they are among those who are counted, and all of them or none may belong to the part",
    "either": "each may change one person's place in the figure, in whichever way",
}
CARE = frozenset({"care", "caseload"})
"""The working tables of people under care."""


@dataclass(frozen=True)
class Weakness:
    """Something unknown: how many people or rows it concerns, and what it does to figures.

    `tables` are the store's tables that lack something; `people` says that what is counted is
    people under care in the chosen scope and period, and not rows of everything loaded.
    """

    id: str
    words: str
    number: Cell
    tables: tuple[str, ...]
    people: bool
    of_definition: bool
    """Whether it concerns only figures that rest on a case definition."""
    remedy: str


@dataclass(frozen=True)
class Touch:
    """A figure that a weakness touches: what it is, and could be; or why that cannot be said."""

    kpi: Kpi
    now: float | None
    low: float | None
    high: float | None
    why: str

    @property
    def is_bounded(self) -> bool:
        """Whether it could be worked out how far the figure could move."""
        return self.low is not None


def touches(
    weakness: Weakness, kpis: Iterable[Kpi], figures: Mapping[str, Figure | None]
) -> tuple[Touch, ...]:
    """Return every figure that a weakness touches, in order; `figures` by the id of the KPI."""
    return tuple(
        _touch(weakness, kpi, figures.get(kpi.id)) for kpi in kpis if _touched(weakness, kpi)
    )


def _touched(weakness: Weakness, kpi: Kpi) -> bool:
    if weakness.of_definition and "case_definition" not in kpi.depends_on:
        return False
    return not set(weakness.tables).isdisjoint(kpi.tables)


def _touch(weakness: Weakness, kpi: Kpi, figure: Figure | None) -> Touch:
    pair = counts_of(kpi)
    if isinstance(pair, str):
        return Touch(kpi, None, None, None, pair)
    if figure is None:
        return Touch(kpi, None, None, None, "there is no such figure here")
    part, whole = figure[pair[0]].value, figure[pair[1]].value
    if not part and not whole:
        return Touch(kpi, None, None, None, "there is nothing to count, or too little to tell")
    now = None if part is None or not whole else part / whole
    way = way_of(weakness, kpi)
    if way is None:
        why = "it counts other people than those under care in the period"
        return Touch(kpi, now, None, None, why)
    number = weakness.number.value
    if part is None or whole is None or number is None:
        return Touch(kpi, now, None, None, "one of the numbers is suppressed")
    low, high = bounds(way, part, whole, number)
    return Touch(kpi, now, low, high, WAYS[way])


def counts_of(kpi: Kpi) -> tuple[str, str] | str:
    """Return the counts whose share a KPI is, or why it is no share of people or referrals."""
    kind = kpi.kind
    if kpi.tables == ("workforce",):
        return "a row is a number of staff, and that is what is not known"
    if isinstance(kind, Ratio):
        return "it is a ratio of two shares, each of which could move"
    if isinstance(kind, Duration):
        return "it is a length of time: it depends on how long the unknown ones lasted"
    if isinstance(kind, PairedProportion):
        return "case_numerator", "case_denominator"
    if isinstance(kind, Steps):
        return kind.main.removesuffix("_share"), kind.counts[1].name
    if isinstance(kind, Proportion):
        return "numerator", "denominator"
    return "it is a number and not a share: whatever is unknown would add to it"


def way_of(weakness: Weakness, kpi: Kpi) -> Way | None:
    """Return how a weakness could change a share; None where that cannot be known."""
    under_care = not CARE.isdisjoint(kpi.reads)
    if not weakness.people:
        # A row is about one person at most, so it cannot change more than one person's place.
        return "either"
    if not under_care:
        return None
    if not weakness.of_definition:
        return "join"
    # Whether the condition decides who is counted, or which of them are of the part.
    counted = isinstance(kpi.kind, Steps) or any(
        count.name == "denominator" and count.within for count in kpi.kind.counts
    )
    return "join" if counted else "have"


def bounds(way: Way, part: float, whole: float, unknown: float) -> tuple[float, float]:
    """Return the least and the most that `part` of `whole` could be, as fractions."""
    if way == "join":
        together = whole + unknown
        return (part / together, (part + unknown) / together) if together else (0.0, 1.0)
    if not whole:
        return 0.0, 1.0
    most = min(part + unknown, whole) / whole
    return (part / whole if way == "have" else max(part - unknown, 0) / whole), most
