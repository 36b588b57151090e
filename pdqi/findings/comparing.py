"""People with the condition beside others, and teams whose figures are not shares.

Judged on the numbers as they are shown: *no clear difference* stands exactly where the interval
that is shown includes 1 (of a ratio) or 0 (of a difference), or where the intervals that are shown
overlap. Overlapping intervals do not prove that there is no difference, only that none is clear.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from pdqi import words
from pdqi.findings.readings import Line, Reading, interval, readings, value
from pdqi.labels import Labels
from pdqi.metrics.kpi import Duration, Kpi, PairedProportion, Ratio
from pdqi.model import SYSTEM, Figure, Published, State
from pdqi.statistics.intervals import difference

NO_CLEAR = "no clear difference"
TOO_FEW = "too few to judge, for there is no interval"
WITHOUT = {
    State.SHOWN: TOO_FEW,
    State.SUPPRESSED: "not shown, to protect small numbers",
    State.NO_DATA: "nothing to count",
    State.NOT_REACHED: "no median, for fewer than half had ended by the last day",
}
NOT_COMPARED = {
    State.SUPPRESSED: "not compared, to protect small numbers",
    State.NO_DATA: "nothing to compare",
}
PLACES = {"share": 2, "ratio": 1, "days": 0}
"""How many decimal places a value has as it is shown."""
Ends = tuple[Decimal, Decimal]
"""The ends of an interval as they are shown; an open end is infinite."""
OPEN = Decimal("Infinity")


@dataclass(frozen=True)
class Comparison:
    """People with the condition against others in one scope."""

    line: Line
    case: str
    other: str
    answer: str
    """`more`, `less`, `no clear difference`, or why nothing is compared."""
    ratio: str
    """`2.1 (1.8 to 2.4)`; empty where there is none."""
    difference: str
    """In percentage points, `7 (3 to 11)`; empty where there is none."""
    sentence: str


def against_others(kpi: Kpi, published: Published, line: Line, labels: Labels) -> Comparison | None:
    """Return the comparison of a scope; None where the KPI has no second group or no figure.

    Shares are compared by their ratio (log scale) or, where there is none, by their difference
    (Newcombe's interval, from the published counts), which stands beside the ratio otherwise.
    Medians are compared by whether their intervals overlap.
    """
    figure = published.at(line.key)
    if figure is None:
        return None
    if isinstance(kpi.kind, PairedProportion):
        return _shares(kpi, published, figure, line, labels)
    if isinstance(kpi.kind, Duration) and len(kpi.kind.curves) > 1:
        return _medians(kpi, published, figure, line, labels)
    return None


def _shares(
    kpi: Kpi, published: Published, figure: Figure, line: Line, labels: Labels
) -> Comparison:
    pair = tuple(
        Reading("", f"{stem}_value", f"{stem}_low", f"{stem}_high") for stem in ("case", "other")
    )
    case, other = (_told(kpi, published, figure, reading) for reading in pair)
    begin = f"{line.name}: {labels.fill('{short}')} {case}, others {other}"
    states = [figure[reading.value].state for reading in pair]
    if figure["risk_ratio"].state is State.SUPPRESSED:
        states.append(State.SUPPRESSED)
    for state, said in NOT_COMPARED.items():
        if state in states:
            return Comparison(line, case, other, said, "", "", f"{begin}: {said}.")
    ratio = ""
    reading = Reading("", "risk_ratio", "ratio_low", "ratio_high")
    ends = shown_ends(figure, reading, "ratio")
    a, n, b, m = (
        float(figure[f"{stem}_{part}"].value or 0)
        for stem in ("case", "other")
        for part in ("numerator", "denominator")
    )
    found = difference(a, n, b, m)
    assert found is not None
    in_points = f"{_points(found.value)} ({_points(found.low)} to {_points(found.high)})"
    if ends is None:
        # Nobody in one of the groups: there is no ratio, and the difference decides.
        answer = apart((Decimal(found.low), Decimal(found.high)), (Decimal(0), Decimal(0)))
    else:
        ratio = f"{value(kpi, figure, reading, cleared=published.cleared)} ({ends[0]} to {ends[1]})"
        answer = apart(ends, (Decimal(1), Decimal(1)))
    said = {"more": "more often", "less": "less often"}.get(answer, answer)
    measures = [f"ratio {ratio}"] if ratio else []
    measures.append(f"difference in percentage points {in_points}")
    sentence = f"{begin}. That is {said}: {', '.join(measures)}."
    return Comparison(line, case, other, answer, ratio, in_points, sentence)


def _points(share: float) -> str:
    """Return a difference in percentage points; less than half a point is never nothing."""
    points = words.count(100 * share)
    if points == "0" and share:
        return "under 1" if share > 0 else f"over {words.MINUS}1"
    return points


def _medians(
    kpi: Kpi, published: Published, figure: Figure, line: Line, labels: Labels
) -> Comparison:
    pair = readings(kpi, labels)
    case, other = (_told(kpi, published, figure, reading) for reading in pair)
    begin = f"{line.name}: {pair[0].label} {case}, others {other}"
    for state, said in NOT_COMPARED.items():
        if state in (figure[reading.value].state for reading in pair):
            return Comparison(line, case, other, said, "", "", f"{begin}: {said}.")
    one, two = (shown_ends(figure, reading, "days") for reading in pair)
    if one is None or two is None:
        return Comparison(line, case, other, TOO_FEW, "", "", f"{begin}. That is {TOO_FEW}.")
    answer = apart(one, two)
    said = f"{answer}, for the intervals overlap"
    if answer != NO_CLEAR:
        said = f"{'longer' if answer == 'more' else 'shorter'}, for the intervals are apart"
    return Comparison(line, case, other, answer, "", "", f"{begin}. That is {said}.")


@dataclass(frozen=True)
class Apart:
    """Teams whose figures are not shares, and which of them are clearly apart."""

    higher: tuple[Line, ...]
    lower: tuple[Line, ...]
    overlapping: tuple[Line, ...]
    without: tuple[Line, ...]
    """Teams without an interval to compare: hidden, nothing to count, not reached, or too few."""
    sentence: str


def teams_apart(
    kpi: Kpi, published: Published, lines: Sequence[Line], labels: Labels
) -> Apart | None:
    """Return which teams are clearly apart; None for KPIs whose values have no interval.

    A ratio is held against 1. A median is held against that of the whole system or, where there
    is none, against those of all other teams.
    """
    if not isinstance(kpi.kind, Duration | Ratio):
        return None
    reading = readings(kpi, labels)[0]
    unit = kpi.kind.field(reading.value).unit
    teams = {line: f for line in lines if line.kind == "team" and (f := published.at(line.key))}
    ends = {line: e for line, f in teams.items() if (e := shown_ends(f, reading, unit))}
    system = published.at(SYSTEM)
    whole = shown_ends(system, reading, unit) if system else None
    rivals: dict[Line, list[Ends]]
    if unit == "ratio":
        rivals = {line: [(Decimal(1), Decimal(1))] for line in ends}
        reference, more, less = "1, which means no difference", "higher", "lower"
    elif system is not None and whole is not None:
        rivals = {line: [whole] for line in ends}
        reference = f"the whole system ({_flat(kpi, published, system, reading)})"
        more, less = "longer", "shorter"
    else:
        rivals = {line: [e for rival, e in ends.items() if rival != line] for line in ends}
        reference, more, less = "every other team", "longer", "shorter"
    answers = {
        line: found.pop() if len(found := {apart(ends[line], r) for r in rivals[line]}) == 1 else ""
        for line in ends
    }
    higher = tuple(line for line, answer in answers.items() if answer == "more")
    lower = tuple(line for line, answer in answers.items() if answer == "less")
    rest = tuple(line for line in answers if line not in (*higher, *lower))
    missing = tuple(line for line in teams if line not in ends)
    said = [f"{reading.label}:"] if reading.label else []
    told = [
        f"{line.name} {more if line in higher else less}"
        f" ({_flat(kpi, published, teams[line], reading)})"
        for line in ends
        if line in (*higher, *lower)
    ]
    if not any(rivals.values()):
        said.append("Fewer than two teams can be shown, so there is nothing to compare.")
    elif told:
        verb = "is" if len(told) == 1 else "are"
        listed = "; ".join(told)
        said.append(
            f"{len(told)} of {len(ends)} teams {verb} clearly apart from {reference}: {listed}."
        )
    else:
        verb = "team is" if len(ends) == 1 else "teams is"
        said.append(f"None of {len(ends)} {verb} clearly apart from {reference}.")
    for line in missing:
        cell = teams[line][reading.value]
        said.append(f"{line.name}: {WITHOUT[cell.state]}.")
    return Apart(higher, lower, rest, missing, " ".join(said))


def apart(one: Ends, other: Ends) -> str:
    """Return `more` or `less` where two intervals do not meet, else that no difference is clear."""
    if one[0] > other[1]:
        return "more"
    return "less" if one[1] < other[0] else NO_CLEAR


def shown_ends(figure: Figure, reading: Reading, unit: str) -> Ends | None:
    """Return the ends of an interval as numbers that agree with its words; None without one.

    A median that is not reached may still have a lower end; it is then open above.
    """
    if reading.low is None or reading.high is None or figure[reading.low].value is None:
        return None
    if State.SUPPRESSED in (figure[reading.value].state, figure[reading.high].state):
        return None
    low, high = (
        words.half_up(float(cell.value), PLACES[unit]) if cell.value is not None else OPEN
        for cell in (figure[reading.low], figure[reading.high])
    )
    return low, high


def _told(kpi: Kpi, published: Published, figure: Figure, reading: Reading) -> str:
    """Return a value with its interval, and for a share the counts behind it."""
    said = value(kpi, figure, reading, cleared=published.cleared)
    cell = figure[reading.value]
    unit = kpi.kind.field(reading.value).unit
    ends = interval(figure, reading, unit)
    if cell.value is None and not (cell.state is State.NOT_REACHED and ends):
        return WITHOUT[cell.state]
    inside = [f"95% interval {ends}"] if ends else []
    if unit == "share":
        stem = reading.value.removesuffix("value")
        counts = [figure[f"{stem}{part}"].value for part in ("numerator", "denominator")]
        inside.insert(0, " of ".join(words.count(float(count or 0)) for count in counts))
    begin = "median " if isinstance(kpi.kind, Duration) else ""
    return f"{begin}{said} ({', '.join(inside)})" if inside else f"{begin}{said}"


def _flat(kpi: Kpi, published: Published, figure: Figure, reading: Reading) -> str:
    """Return the same to stand in brackets."""
    return _told(kpi, published, figure, reading).replace(" (", ", ", 1).removesuffix(")")
