"""The months of a KPI in one scope: each with its value, or the reason why it has none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pdqi import words
from pdqi.findings.readings import Reading, readings, value
from pdqi.labels import Labels
from pdqi.metrics.kpi import Duration, Kpi, Proportion, Ratio, Steps, Unit
from pdqi.metrics.kpi import PairedProportion as Paired
from pdqi.model import Figure, Period, Published

ABSENT = "nothing recorded"


@dataclass(frozen=True, slots=True)
class Month:
    """One month: its published value and the counts behind it."""

    first: date
    value: float | None
    """A share is that of the published counts, so that months can be told apart where they are
    rounded to whole percent; anything else is the published value."""
    said: str
    """The published value in words, or the reason in short."""
    missing: str
    """Why there is no value; empty where there is one."""
    shown: float | None = None
    """The published value."""
    part: float | None = None
    whole: float | None = None

    @property
    def behind(self) -> str:
        """The counts in words: `32 of 50`, `20 people`; empty where they are not shown."""
        if self.part is not None and self.whole is not None:
            return f"{words.count(self.part)} of {words.count(self.whole)}"
        return "" if self.whole is None else f"{words.count(self.whole)} people"


def _reading(kpi: Kpi, labels: Labels) -> Reading:
    """Return what is followed over time; where there are pairs, people with the condition."""
    return readings(kpi, labels)[0]


def unit_of(kpi: Kpi, labels: Labels) -> Unit:
    """Return the unit of that value."""
    return kpi.kind.field(_reading(kpi, labels).value).unit


def label_of(kpi: Kpi, labels: Labels) -> str:
    """Return whose value it is, where people are compared with others; else nothing."""
    return _reading(kpi, labels).label


def by_scope(
    kpi: Kpi, published: Sequence[Published], labels: Labels
) -> dict[str, tuple[Month, ...]]:
    """Return the months of every scope, the oldest first, without a gap in the calendar.

    A scope's months begin where it first has a record. A month of which nothing is known stands
    without a value.
    """
    reading = _reading(kpi, labels)
    rows = {
        table.basis.period.first: {f.scope: f for f in table.figures if f.by is None}
        for table in published
    }
    if not rows:
        return {}
    cleared = published[0].cleared
    last = max(table.basis.period.last for table in published)
    calendar = [month.first for month in Period(min(rows), last).each_month()]
    begins: dict[str, int] = {}
    for place, first in enumerate(calendar):
        for scope in rows.get(first, ()):
            begins.setdefault(scope, place)
    return {
        scope: tuple(
            _month(kpi, reading, first, rows.get(first, {}).get(scope), cleared)
            for first in calendar[begin:]
        )
        for scope, begin in begins.items()
    }


def _month(kpi: Kpi, reading: Reading, first: date, figure: Figure | None, cleared: bool) -> Month:
    if figure is None:
        return Month(first, None, ABSENT, ABSENT)
    cell = figure[reading.value]
    said = value(kpi, figure, reading, cleared=cleared)
    if cell.value is None:
        return Month(first, None, said, cell.state.words)
    part, whole = (figure[name].value if name else None for name in _counts(kpi, reading))
    shown = float(cell.value)
    exact = part / whole if part is not None and whole else shown
    return Month(first, exact, said, "", shown, part, whole)


def _counts(kpi: Kpi, reading: Reading) -> tuple[str | None, str | None]:
    """Return the names of the counts behind a value: of the part and of the whole."""
    if isinstance(kpi.kind, Steps):
        return reading.value.removesuffix("_share"), kpi.kind.counts[1].name
    if isinstance(kpi.kind, Ratio):
        return None, None
    if isinstance(kpi.kind, Proportion | Paired):
        name = reading.value
        return name.replace("value", "numerator"), name.replace("value", "denominator")
    return None, "people" if isinstance(kpi.kind, Duration) else None
