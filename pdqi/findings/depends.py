"""How much an answer depends on the definition: one figure under every variant, and a verdict.

A conclusion is how a figure stands to something that it is held against: above it, below it, or no
clear difference, judged by its 95% interval as it is shown: in whole percents and days, ratios to a
tenth. It depends on the definition where two variants give different ones. Literature is never held
against a figure: it counts something else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pdqi import words
from pdqi.findings.against import Against, Ends, Relation, as_shown, relation_of
from pdqi.findings.readings import SHORT_STATE, Line, Reading, interval, readings, value
from pdqi.labels import Labels
from pdqi.metrics.kpi import Duration, Kpi, PairedProportion, Proportion, Ratio, Steps, Unit
from pdqi.model import NO_DATA, SYSTEM, Cell, Figure, Published, Scope, State
from pdqi.variants import Variant


@dataclass(frozen=True)
class Row:
    """The figure under one variant."""

    variant: Variant
    cell: Cell
    ends: Ends
    """Of its 95% interval, as shown."""
    said: str
    interval: str
    counts: str
    system: Ends | None
    """The 95% interval of the whole system under the same variant, where it is shown."""
    system_value: float | None
    relations: tuple[Relation | None, ...]
    """To each of what it is held against; None where that cannot be judged."""


@dataclass(frozen=True)
class Dependence:
    """A figure of one place under every variant, and what it is held against."""

    kpi: Kpi
    place: Line
    noun: str
    """What the figure is, as a sentence begins: `The share`, `The median`."""
    unit: Unit
    has_interval: bool
    rows: tuple[Row, ...]
    against: tuple[Against, ...]

    @property
    def band(self) -> tuple[Row, Row] | None:
        """The rows with the lowest and the highest value that is shown."""
        shown = [row for row in self.rows if row.cell.value is not None]
        # A share of somebody that rounds to none is above a share of nobody.
        shown.sort(key=lambda row: (float(row.cell.value or 0), row.said.startswith("under")))
        return (shown[0], shown[-1]) if shown else None

    def judged(self, place: int) -> tuple[Row, ...]:
        """Return the rows that can be held against the thing at this place of `against`."""
        return tuple(row for row in self.rows if row.relations[place] is not None)

    def changes(self, place: int) -> bool | None:
        """Return whether the conclusion changes; None with fewer than two rows to judge."""
        judged = self.judged(place)
        return len({row.relations[place] for row in judged}) > 1 if len(judged) > 1 else None


def dependence(
    kpi: Kpi,
    found: Sequence[tuple[Variant, Published]],
    place: Line,
    against: Sequence[Against],
    labels: Labels,
) -> Dependence:
    """Return a KPI at one place under the variants given, what is in force first.

    Beside `against` it is held against the whole system, where that is wider than the place and
    counted, and a ratio against 1.
    """
    reading = readings(kpi, labels)[0]
    unit = kpi.kind.field(reading.value).unit
    held = [replace(item, ends=as_shown(item.ends, unit)) for item in against]
    if isinstance(kpi.kind, Ratio):
        held.append(
            Against("one", "no difference between the groups", words.ratio(1.0), (1.0, 1.0))
        )
    wider = place.key != SYSTEM and any(published.at(SYSTEM) for _, published in found)
    if wider and reading.low:
        held.append(Against("system", "the whole system"))
    rows = tuple(
        _row(kpi, variant, published, place, held, reading) for variant, published in found
    )
    noun = labels.fill(_noun(kpi))
    return Dependence(kpi, place, noun, unit, reading.low is not None, rows, tuple(held))


def places(published: Published, chosen: Scope, scopes: Sequence[Scope]) -> tuple[Line, ...]:
    """Return where a KPI is looked at: the chosen scope, or the widest kind that it is counted by.

    A KPI that is not counted for what was chosen is shown for the sets of teams within it, else
    for the services, else for the teams.
    """
    counted = [scope for scope in scopes if published.at(scope.key) is not None]
    if chosen in counted:
        return (_line(chosen),)
    inside = [scope for scope in counted if set(scope.teams) <= set(chosen.teams)]
    for kind in ("set", "service", "team"):
        found = tuple(_line(scope) for scope in inside if scope.kind == kind)
        if found:
            return found
    return ()


def _line(scope: Scope) -> Line:
    return Line(scope.key, scope.name, scope.kind, scope.teams)


def _row(
    kpi: Kpi,
    variant: Variant,
    published: Published,
    place: Line,
    against: Sequence[Against],
    reading: Reading,
) -> Row:
    figure, whole = published.at(place.key), published.at(SYSTEM)
    wider = whole if any(item.kind == "system" for item in against) else None
    unit = kpi.kind.field(reading.value).unit
    system = None if wider is None else _ends(wider, reading, unit)
    of_system = None if wider is None else wider[reading.value].value
    if figure is None:
        nothing = (None,) * len(against)
        said = SHORT_STATE[State.NO_DATA]
        return Row(variant, NO_DATA, (None, None), said, "", "", system, of_system, nothing)
    ends = _ends(figure, reading, unit)
    relations = tuple(
        relation_of(ends, system if item.kind == "system" else item.ends) for item in against
    )
    return Row(
        variant,
        figure[reading.value],
        ends or (None, None),
        value(kpi, figure, reading, cleared=published.cleared),
        interval(figure, reading, unit),
        counts_behind(kpi, figure),
        system,
        of_system,
        relations,
    )


def _ends(figure: Figure, reading: Reading, unit: Unit) -> Ends | None:
    """Return the ends of an interval, None where it says nothing: suppressed, empty, unreached."""
    if reading.low is None or reading.high is None:
        return None
    ends = figure[reading.low].value, figure[reading.high].value
    return None if ends == (None, None) else as_shown(ends, unit)


def _noun(kpi: Kpi) -> str:
    kind = kpi.kind
    if isinstance(kind, Ratio):
        return "The ratio"
    if isinstance(kind, PairedProportion):
        return "The share of {people}"
    if isinstance(kind, Duration):
        return "The median"
    return "The share" if isinstance(kind, Proportion | Steps) else "The number"


def counts_behind(kpi: Kpi, figure: Figure) -> str:
    """Return the counts behind a value: `45 of 120`, `120 episodes`; empty where hidden or none."""
    kind = kpi.kind
    if isinstance(kind, Ratio):
        return ""
    if isinstance(kind, Duration):
        first = next(count for count in kind.counts if count.shown)
        number = figure[first.name].value
        return "" if number is None else f"{words.count(number)} {first.words.lower()}"
    pair = {
        PairedProportion: ("case_numerator", "case_denominator"),
        Proportion: ("numerator", "denominator"),
        Steps: ("started", "cases"),
    }.get(type(kind))
    if pair is None:
        return ""
    part, whole = (figure[name].value for name in pair)
    known = part is not None and whole is not None
    return f"{words.count(part or 0)} of {words.count(whole or 0)}" if known else ""
