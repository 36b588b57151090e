"""What a KPI is: its words, the SQL that counts, and the kind that carries its mathematics.

A KPI is declared once as a `Kpi(...)`; pages, exports, documents and tests read the declaration.
A *kind* says which counts its SQL must return, what is worked out from them, and which of them
disclosure control has to watch. Everything derived is worked out from counts that have already
been protected, never from raw ones.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from pdqi.model import NO_DATA, SUPPRESSED, Cell, State
from pdqi.statistics.intervals import proportion_interval, risk_ratio

Unit = Literal["count", "share", "days", "ratio", "time"]
ScopeKind = Literal["team", "service", "set", "system"]
Setting = Literal["case_definition", "merge_gap_days", "look_back_months", "treatment_list"]
"""What config lets a trust define otherwise: whom to count, what is one episode, and so on."""
EVERY_SCOPE: tuple[ScopeKind, ...] = ("team", "service", "set", "system")
Cells = dict[str, Cell]


class Better(StrEnum):
    """Which direction of change is an improvement."""

    HIGHER = "higher is better"
    LOWER = "lower is better"
    NEITHER = "no direction is better in itself"


@dataclass(frozen=True)
class Field:
    """One named value of a figure: the words that head its column, and its unit."""

    name: str
    words: str
    unit: Unit = "count"


@dataclass(frozen=True)
class Count(Field):
    """A count that disclosure control watches.

    `within` names the counts that it is part of: where 1 to 4 of a whole are *not* in the part,
    the part is hidden too. `shown` is false for a count that only control needs.
    """

    within: tuple[str, ...] = ()
    shown: bool = True


def nested(whole: str, *parts: tuple[str, str]) -> tuple[Count, ...]:
    """Return counts each of which is part of all before it: over 4 weeks, over 18, and so on.

    `parts` are names and words. Every difference of two of them is watched, so that what lies
    between can be worked out from what is shown without giving small numbers away.
    """
    names = [whole, *(name for name, _ in parts)]
    return tuple(
        Count(name, words, within=tuple(names[: place + 1]))
        for place, (name, words) in enumerate(parts)
    )


@dataclass(frozen=True)
class Statistic(Field):
    """A value of the raw figures that stands on people: shown when enough of them do.

    `rests_on` names the count of people behind it. `one_persons` marks the value of a single
    person, such as the longest wait: readers who are not cleared get it in whole quarters of a
    year.
    """

    rests_on: str = "people"
    one_persons: bool = False


@dataclass(frozen=True)
class Kind:
    """Base of the kinds: counts, statistics, and what is derived from published counts."""

    counts: tuple[Count, ...] = ()
    statistics: tuple[Statistic, ...] = ()
    derived: tuple[Field, ...] = ()
    main: str = "value"
    """The field that stands for the figure where there is room for one."""
    ratio_rests_on: tuple[str, ...] = ()
    """The counts of people behind a derived ratio, each of which must be large enough."""

    @property
    def fields(self) -> tuple[Field, ...]:
        """Every field in the order in which it is shown."""
        return (*self.counts, *self.derived, *self.statistics)

    def field(self, name: str) -> Field:
        """Return a field by name."""
        return {item.name: item for item in self.fields}[name]

    def derive(self, cells: Mapping[str, Cell]) -> Cells:  # noqa: ARG002 (for kinds that do)
        """Return the derived cells, from published counts only."""
        return {}


@dataclass(frozen=True)
class Proportion(Kind):
    """A share of a whole, with its Wilson interval."""

    counts: tuple[Count, ...] = (
        Count("denominator", "Out of"),
        Count("numerator", "Number", within=("denominator",)),
    )
    derived: tuple[Field, ...] = (
        Field("value", "Share", "share"),
        Field("low", "95% from", "share"),
        Field("high", "95% to", "share"),
    )

    def derive(self, cells: Mapping[str, Cell]) -> Cells:
        """Return value, low and high."""
        return _share(cells, "numerator", "denominator", "value", "low", "high")


def proportion_within(whole: str) -> Proportion:
    """Return a proportion whose denominator is itself a part of people under care.

    The SQL returns that larger count as `within`. It is not shown; disclosure control needs it,
    so that the denominator is protected as it is where it stands as a numerator.
    """
    return Proportion(
        counts=(
            Count("within", whole, shown=False),
            Count("denominator", "Out of", within=("within",)),
            Count("numerator", "Number", within=("denominator",)),
        )
    )


@dataclass(frozen=True)
class PairedProportion(Kind):
    """The same share among people with the condition and among others, and their ratio."""

    counts: tuple[Count, ...] = (
        Count("case_denominator", "{short}: out of"),
        Count("case_numerator", "{short}: number", within=("case_denominator",)),
        Count("other_denominator", "Others: out of"),
        Count("other_numerator", "Others: number", within=("other_denominator",)),
    )
    derived: tuple[Field, ...] = (
        Field("case_value", "{short}: share", "share"),
        Field("case_low", "{short}: 95% from", "share"),
        Field("case_high", "{short}: 95% to", "share"),
        Field("other_value", "Others: share", "share"),
        Field("other_low", "Others: 95% from", "share"),
        Field("other_high", "Others: 95% to", "share"),
        Field("risk_ratio", "Ratio", "ratio"),
        Field("ratio_low", "Ratio: 95% from", "ratio"),
        Field("ratio_high", "Ratio: 95% to", "ratio"),
    )
    main: str = "case_value"
    ratio_rests_on: tuple[str, ...] = ("case_denominator", "other_denominator")

    def derive(self, cells: Mapping[str, Cell]) -> Cells:
        """Return both shares and their ratio; a ratio needs all four counts."""
        out = _share(
            cells, "case_numerator", "case_denominator", "case_value", "case_low", "case_high"
        )
        out |= _share(
            cells, "other_numerator", "other_denominator", "other_value", "other_low", "other_high"
        )
        names = ("risk_ratio", "ratio_low", "ratio_high")
        four = [cells[count.name] for count in self.counts]
        if any(cell.state is State.SUPPRESSED for cell in four):
            return out | dict.fromkeys(names, SUPPRESSED)
        n1, a, n2, b = (float(cell.value or 0) for cell in four)
        ratio = risk_ratio(a, n1, b, n2)
        if ratio is None:
            return out | dict.fromkeys(names, NO_DATA)
        values = (ratio.value, ratio.low, ratio.high)
        return out | {name: Cell(value) for name, value in zip(names, values, strict=True)}


@dataclass(frozen=True)
class Ratio(PairedProportion):
    """A paired proportion whose point is the ratio."""

    main: str = "risk_ratio"


@dataclass(frozen=True)
class Curve:
    """One Kaplan-Meier curve of a duration: its series, and the statistics taken from it.

    `of` names the count of what it is a curve of, `people` that of the people behind it.
    `quantiles` maps the name of a statistic to the share that has left by then; a name may be
    followed by those of the ends of its interval. `mean` names the mean of the ended ones.
    `running` names the count of those that still run, or the whole and the part that does not.
    """

    series: str
    of: str
    quantiles: tuple[tuple[str, float], ...]
    intervals: tuple[tuple[str, str, float], ...] = ()
    mean: str | None = None
    people: str = "people"
    running: tuple[str, ...] = ()

    @property
    def statistics(self) -> tuple[str, ...]:
        """The names of all that is taken from it."""
        ends = (name for low, high, _ in self.intervals for name in (low, high))
        mean = () if self.mean is None else (self.mean,)
        return (*(name for name, _ in self.quantiles), *ends, *mean)


@dataclass(frozen=True)
class Duration(Kind):
    """A length of time that may still be running.

    Beside its counts the SQL returns `series`, `days`, `ended`, `removed` and `observations`, many
    rows a scope; counts are added up over them, and the statistics taken from the curves.
    """

    main: str = "km_median_days"
    curves: tuple[Curve, ...] = ()
    shares: tuple[tuple[str, str, str], ...] = ()
    """Derived shares: name, part, whole."""
    ended: str = "ended"
    running: str = "still open"
    removed: str = ""
    """What is said of one that has ended, still runs, or left otherwise (empty: none can)."""

    def derive(self, cells: Mapping[str, Cell]) -> Cells:
        """Return the derived shares."""
        return {
            name: _share(cells, part, whole, "value", "low", "high")["value"]
            for name, part, whole in self.shares
        }


@dataclass(frozen=True)
class Steps(Kind):
    """A cascade: each step is a part of the one before it."""

    def derive(self, cells: Mapping[str, Cell]) -> Cells:
        """Return each later step as a share of the second: the people whom the cascade is for."""
        whole = self.counts[1].name
        out: Cells = {}
        for step in self.derived:
            part = step.name.removesuffix("_share")
            out[step.name] = _share(cells, part, whole, "value", "low", "high")["value"]
        return out


@dataclass(frozen=True)
class Tally(Kind):
    """Counts of a thing in one place."""


@dataclass(frozen=True)
class Sorted(Kind):
    """A whole, which is the first count, and the parts that it falls into: they add up to it.

    Each derived share is that of the part before `_share`, of the whole.
    """

    def derive(self, cells: Mapping[str, Cell]) -> Cells:
        """Return each part as a share of the whole."""
        whole = self.counts[0].name
        parts = ((field.name, field.name.removesuffix("_share")) for field in self.derived)
        return {
            name: _share(cells, part, whole, "value", "low", "high")["value"]
            for name, part in parts
        }


@dataclass(frozen=True)
class Vodim(Sorted):
    """Rows by how good their value of one item is: valid, other, default, invalid, missing.

    That none of a team's few rows is missing may be known: their number is not. So no part is
    declared to be within the rows, and only what they add up to is watched.
    """

    counts: tuple[Count, ...] = (
        Count("rows", "Rows"),
        Count("valid", "Valid"),
        Count("other", "Other"),
        Count("default", "Default"),
        Count("invalid", "Invalid"),
        Count("missing", "Missing"),
    )
    derived: tuple[Field, ...] = (
        Field("complete", "Complete", "share"),
        Field("valid_share", "Valid of those filled in", "share"),
    )
    main: str = "complete"

    def derive(self, cells: Mapping[str, Cell]) -> Cells:
        """Return completeness, and validity among the rows that are not missing.

        Valid, other and default together are what is neither missing nor invalid.
        """
        out = dict.fromkeys(("complete", "valid_share"), SUPPRESSED)
        rows, invalid, missing = (cells[name] for name in ("rows", "invalid", "missing"))
        if rows.value is None or missing.value is None:
            return out
        filled = max(0.0, float(rows.value) - float(missing.value))
        out["complete"] = Cell(filled / float(rows.value)) if rows.value else NO_DATA
        if not filled:
            out["valid_share"] = NO_DATA
        elif invalid.value is not None:
            out["valid_share"] = Cell(max(0.0, filled - float(invalid.value)) / filled)
        return out


@dataclass(frozen=True)
class Judged(Tally):
    """People by rule, and by rule and outcome (`rule>outcome`), which add up to those of a rule."""


@dataclass(frozen=True)
class Routes(Tally):
    """People by route. A route has one row, of the whole system, whichever scopes it touches.

    So the same people are never shown twice under two protections. What a scope's total is made
    of are the routes that touch it, and its own row of the rare ones.
    """


def _share(
    cells: Mapping[str, Cell], part: str, whole: str, value: str, low: str, high: str
) -> Cells:
    numerator, denominator = cells[part], cells[whole]
    names = (value, low, high)
    if State.SUPPRESSED in (numerator.state, denominator.state):
        return dict.fromkeys(names, SUPPRESSED)
    if numerator.value is None or denominator.value is None:
        return dict.fromkeys(names, NO_DATA)
    interval = proportion_interval(float(numerator.value), float(denominator.value))
    if interval is None:
        return dict.fromkeys(names, NO_DATA)
    values = (interval.value, interval.low, interval.high)
    return {name: Cell(number) for name, number in zip(names, values, strict=True)}


@dataclass(frozen=True)
class Change:
    """When a KPI's definition changed, and how."""

    on: str
    what: str


@dataclass(frozen=True)
class Kpi:
    """One KPI: what it asks, what it counts, and the SQL that counts it.

    Words may hold the placeholders of config (`{short}`, `{people}`, …). `sql` returns one row a
    period and scope (and `by`, where it breaks down) with the counts of its kind; it reads the
    working tables named in `reads` and binds only the parameters of `metrics.measure`.
    """

    id: str
    section: str
    name: str
    short: str
    """Its name where there is little room, as in a box of the driver diagram."""
    question: str
    numerator: str
    denominator: str
    kind: Kind
    better: Better
    scopes: tuple[ScopeKind, ...]
    sql: str
    reads: tuple[str, ...]
    tables: tuple[str, ...]
    """The store's tables behind it: a gap there touches this figure."""
    caution: str
    source: str = ""
    """Where it comes from, if that is the same in every pathway; otherwise config says."""
    by: str | None = None
    depends_on: tuple[Setting, ...] = ()
    """The settings of config that can change it; a test holds every other to make no difference."""
    monthly: bool = True
    """Whether it is followed month by month. Where months share a window that is looked back on,
    each is mostly the one before, and a control chart would find runs that are none."""
    changed: tuple[Change, ...] = (Change("2026-11-01", "First version."),)

    def __post_init__(self) -> None:
        """Refuse a declaration that is incomplete."""
        if not re.fullmatch(r"[a-z][a-z0-9_]*", self.id):
            raise ValueError(f"'{self.id}' is not a KPI id")
        words = ("name", "short", "question", "numerator", "denominator")
        for name in words:
            if not getattr(self, name):
                raise ValueError(f"{self.id}: '{name}' is empty")
        if not self.scopes and self.by is None:
            raise ValueError(f"{self.id}: no scopes")
