"""The nouns that everything above the store speaks in: periods, scopes, figures.

Raw counts are not here: they live between `metrics.measure` and `disclosure` only. What pages,
charts and exports receive is `Published`.
"""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Literal, Self

from pdqi.errors import Problem, RequestError

SYSTEM = "system"
PeriodKind = Literal["month", "quarter", "financial_year", "rolling_year", "span"]


@dataclass(frozen=True, order=True)
class Period:
    """A run of whole calendar months, both ends included. The census day is `last`."""

    first: date
    last: date

    def __post_init__(self) -> None:
        """Refuse anything but whole months: freely chosen days could be subtracted."""
        problems = []
        if self.first.day != 1:
            problems.append(Problem(f"{self.first} is not the first day of a month."))
        if self.last.day != monthrange(self.last.year, self.last.month)[1]:
            problems.append(Problem(f"{self.last} is not the last day of a month."))
        if self.last < self.first:
            problems.append(
                Problem(f"The period ends ({self.last}) before it starts ({self.first}).")
            )
        if problems:
            raise RequestError([Problem(p.what, fix="Periods are whole months.") for p in problems])

    @classmethod
    def month(cls, year: int, month: int) -> Self:
        """Return one calendar month."""
        return cls.ending(year, month, 1)

    @classmethod
    def ending(cls, year: int, month: int, months: int) -> Self:
        """Return the run of `months` months that ends with this one."""
        start = year * 12 + month - months
        last = date(year, month, monthrange(year, month)[1])
        return cls(date(start // 12, start % 12 + 1, 1), last)

    @property
    def months(self) -> int:
        """How many months the period holds."""
        return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1

    @property
    def kind(self) -> PeriodKind:
        """Which of the named sums this is; a year from April is a financial year first."""
        if self.months == 1:
            return "month"
        if self.months == 3 and self.first.month in (1, 4, 7, 10):
            return "quarter"
        if self.months == 12:
            return "financial_year" if self.first.month == 4 else "rolling_year"
        return "span"

    @property
    def key(self) -> str:
        """Return the period as it stands in a link: `2022-04..2023-03`."""
        return f"{self.first:%Y-%m}..{self.last:%Y-%m}"

    @classmethod
    def parse(cls, key: str) -> Self:
        """Read `2022-04..2023-03` or `2022-04`; raises `RequestError`."""
        try:
            first, _, last = key.partition("..")
            (y1, m1), (y2, m2) = (
                (int(part[:4]), int(part[5:])) if len(part) == 7 and part[4] == "-" else (0, 0)
                for part in (first, last or first)
            )
            return cls(date(y1, m1, 1), date(y2, m2, monthrange(y2, m2)[1]))
        except (ValueError, IndexError) as error:
            allowed = "a month such as 2023-03, or two such as 2022-04..2023-03"
            raise RequestError(
                Problem(f"'{key[:40]}' is not a period.", allowed=allowed)
            ) from error

    def each_month(self) -> Iterator["Period"]:
        """Give every month of the period as a period of its own."""
        for index in range(self.months):
            month = self.first.month - 1 + index
            yield Period.month(self.first.year + month // 12, month % 12 + 1)

    def months_before_end(self, months: int) -> date:
        """First day of the `months` months that end with the census day.

        It is the day after the census day `months` months earlier, so that the window holds the
        census day itself (DEFINITIONS, after the KPI table).
        """
        total = self.last.year * 12 + self.last.month - 1 - months
        year, month = total // 12, total % 12 + 1
        day = min(self.last.day, monthrange(year, month)[1])
        return date(year, month, day) + timedelta(days=1)


@dataclass(frozen=True)
class Basis:
    """What a set of figures rests on: the period, whom to count, and which ages."""

    period: Period
    definition: str
    age_band: str


@dataclass(frozen=True)
class Scope:
    """Where people are counted: a team, a service, a named set, or the whole system."""

    kind: Literal["team", "service", "set", "system"]
    id: str
    name: str
    teams: tuple[str, ...]

    @property
    def key(self) -> str:
        """Return the scope as it stands in links and files: `north`, `service:ward`, `system`."""
        return f"service:{self.id}" if self.kind == "service" else self.id


class State(StrEnum):
    """Why a cell has a value or none. Nothing here is a number: suppressed is not zero."""

    SHOWN = "shown"
    SUPPRESSED = "suppressed"
    NO_DATA = "no_data"
    NOT_REACHED = "not_reached"

    @property
    def words(self) -> str:
        """Return what a reader is told in place of a value."""
        return {
            State.SHOWN: "shown",
            State.SUPPRESSED: "suppressed: too few people",
            State.NO_DATA: "nothing to count",
            State.NOT_REACHED: "not reached by the last day",
        }[self]


@dataclass(frozen=True, slots=True)
class Cell:
    """One published value, or the reason why there is none."""

    value: float | int | None
    state: State = State.SHOWN

    def __post_init__(self) -> None:
        """A value and its state must agree."""
        if (self.value is not None) != (self.state is State.SHOWN):
            raise ValueError("a cell has a value exactly when it is shown")


SUPPRESSED = Cell(None, State.SUPPRESSED)
NO_DATA = Cell(None, State.NO_DATA)
NOT_REACHED = Cell(None, State.NOT_REACHED)


@dataclass(frozen=True)
class WeekShare:
    """What a curve shows at a week: the share that has ended with its interval, and who is left."""

    share: Cell
    low: Cell
    high: Cell
    at_risk: Cell


@dataclass(frozen=True)
class PublishedCurve:
    """A curve of lengths of time, from day 0 on: what it shows holds from each day to the next.

    `remaining` is the Kaplan-Meier share that is still there, with the limits of its interval;
    `ended` and `removed` are the shares that have ended, and left otherwise, by then
    (Aalen-Johansen); `at_risk` is the number left after that day. Nothing is in it unless `state`
    is shown. `by_week` has what it shows at the weeks that waits are judged by, `left` the number
    left after those and further weeks, as long as somebody was followed.
    """

    state: State
    days: tuple[float, ...]
    remaining: tuple[float, ...]
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]
    at_risk: tuple[Cell, ...]
    ended: tuple[float, ...]
    removed: tuple[float, ...]
    by_week: Mapping[int, WeekShare]
    left: Mapping[int, Cell]


@dataclass(frozen=True)
class Figure:
    """One row of a published table: a scope, perhaps broken down `by` something, and its cells."""

    scope: str
    by: str | None
    cells: Mapping[str, Cell]
    curves: Mapping[str, PublishedCurve] = field(default_factory=dict)
    """For lengths of time their curves, by series: of everybody counted, or of two groups."""

    def __getitem__(self, name: str) -> Cell:
        """Return a cell by its field name."""
        return self.cells[name]


@dataclass(frozen=True)
class Published:
    """One KPI for one basis, at every scope, protected for one policy: all that a reader gets."""

    kpi: str
    basis: Basis
    policy: str
    cleared: bool
    figures: tuple[Figure, ...]

    def at(self, scope: str, by: str | None = None) -> Figure | None:
        """Return the row of a scope, or None where there is nothing to count."""
        for figure in self.figures:
            if figure.scope == scope and figure.by == by:
                return figure
        return None

    def only(self, scopes: tuple[str, ...]) -> "Published":
        """Return the same table with some rows; protection was done before, on the whole."""
        kept = tuple(figure for figure in self.figures if figure.scope in scopes)
        return Published(self.kpi, self.basis, self.policy, self.cleared, kept)
