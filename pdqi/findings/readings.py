"""Which rows and which fields of a KPI are shown, and every cell as a string.

Rows stand in the order of config, always: a list sorted by value would be a league table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pdqi import words
from pdqi.config import Config
from pdqi.disclosure import DAYS_IN_QUARTER
from pdqi.labels import Labels
from pdqi.metrics.kpi import (
    Count,
    Duration,
    Field,
    Kpi,
    PairedProportion,
    Proportion,
    Ratio,
    Statistic,
)
from pdqi.model import Cell, Figure, Published, Scope, State

LineKind = Literal["treatment", "team", "service", "set", "system"]
SHORT_STATE = {
    State.SUPPRESSED: "suppressed",
    State.NO_DATA: "nothing to count",
    State.NOT_REACHED: "not reached",
}


@dataclass(frozen=True)
class Line:
    """A row of a chart or table: the key of its scope (or treatment), and its name."""

    key: str
    name: str
    kind: LineKind
    teams: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """A value with the ends of its interval, and what it is the value of."""

    label: str
    value: str
    low: str | None
    high: str | None

    @property
    def fields(self) -> frozenset[str]:
        """The names of its fields."""
        return frozenset(name for name in (self.value, self.low, self.high) if name)


def readings(kpi: Kpi, labels: Labels) -> tuple[Reading, ...]:
    """Return the values that stand for a KPI: one, or two where people are compared with others."""
    kind = kpi.kind
    short, others = labels.fill("{short}"), "Others"
    if isinstance(kind, Ratio):
        return (Reading("", "risk_ratio", "ratio_low", "ratio_high"),)
    if isinstance(kind, PairedProportion):
        return (
            Reading(short, "case_value", "case_low", "case_high"),
            Reading(others, "other_value", "other_low", "other_high"),
        )
    if isinstance(kind, Proportion):
        return (Reading("", "value", "low", "high"),)
    if isinstance(kind, Duration):
        names = {"case": short, "other": others}
        found = []
        for curve in kind.curves:
            value = next(name for name, share in curve.quantiles if share == 0.5)
            low, high = next(
                ((a, b) for a, b, share in curve.intervals if share == 0.5), (None, None)
            )
            found.append(Reading(names.get(curve.series, ""), value, low, high))
        return tuple(found)
    return (Reading("", kind.main, None, None),)


def lines(
    published: Published, config: Config, scopes: Sequence[Scope], chosen: Scope | None = None
) -> tuple[Line, ...]:
    """Return the rows in fixed order: treatments, teams, the chosen service or set, the system.

    Without a chosen scope every service and set is there.
    """
    present = {figure.scope for figure in published.figures if figure.by is None}
    found = [
        Line(item.id, item.name, "treatment") for item in config.treatments if item.id in present
    ]
    for scope in scopes:
        wanted = scope.kind in ("team", "system") or chosen is None or chosen.key == scope.key
        if scope.key in present and wanted:
            taken = {line.name for line in found}
            name = f"{scope.name} (all teams)" if scope.name in taken else scope.name
            found.append(Line(scope.key, name, scope.kind, scope.teams))
    return tuple(found)


def text(cell: Cell, field: Field, *, cleared: bool) -> str:
    """Return a cell as a string, or the reason why it has no value."""
    if cell.value is None:
        return SHORT_STATE[cell.state]
    if isinstance(field, Statistic) and field.one_persons and not cleared:
        return _years(cell.value)
    return words.in_unit(cell.value, field.unit)


def _years(days: float) -> str:
    """Return one person's days as they were published: in whole quarters of a year."""
    years, quarters = divmod(int(words.half_up(days / DAYS_IN_QUARTER)), 4)
    part = ("", "¼", "½", "¾")[quarters]
    if years == 0:
        return f"about {part} of a year" if part else "under a quarter of a year"
    return f"about {years}{part} {'year' if years == 1 and not part else 'years'}"


def value(kpi: Kpi, figure: Figure, reading: Reading, *, cleared: bool) -> str:
    """Return the value of a reading as a string; a share of somebody is never 0%."""
    field = kpi.kind.field(reading.value)
    said = text(figure[reading.value], field, cleared=cleared)
    if (
        field.unit == "share"
        and said == "0%"
        and figure[reading.value.replace("value", "numerator")].value
    ):
        return "under 1%"
    return said


def interval(figure: Figure, reading: Reading, unit: str) -> str:
    """Return the ends of an interval as a string, empty where there is none."""
    if reading.low is None or reading.high is None:
        return ""
    low, high = figure[reading.low].value, figure[reading.high].value
    if low is None:
        return ""
    start = words.in_unit(low, unit).removesuffix(" days").removesuffix(" day")
    if high is None:
        return f"{start} or more"
    end = words.in_unit(high, unit)
    return f"{start} to {'under 1%' if end == '0%' else end}"


def shown_fields(kpi: Kpi) -> tuple[Field, ...]:
    """Return the fields that are shown; some counts only serve disclosure control."""
    return tuple(f for f in kpi.kind.fields if not (isinstance(f, Count) and not f.shown))
