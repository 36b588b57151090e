"""Comparisons are judged on the numbers that are shown, in words that say the same."""

import re
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pdqi.disclosure import protect
from pdqi.findings.comparing import NO_CLEAR, against_others, teams_apart
from pdqi.findings.readings import Line
from pdqi.labels import Labels
from pdqi.metrics.catalogue import kpi
from pdqi.metrics.measure import Raw, RawRow
from pdqi.model import NOT_REACHED, SUPPRESSED, Cell, Figure, Published, State
from tests.disclosure.test_disclosure import BASIS, CONFIG

LABELS = Labels.of(CONFIG)
SHORT = LABELS.fill("{short}")
PAIRED, LENGTH, WAIT = kpi("multiple_episodes"), kpi("episode_length"), kpi("ebt_wait")
ALPHA = Line("alpha", "Alpha team", "team", ("alpha",))
LINES = tuple(Line(f"t{n}", f"Team {'ABCDEF'[n]}", "team", (f"t{n}",)) for n in range(6))
SYSTEM = Line("system", "Whole system", "system", ())

group = st.integers(0, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def pair(a: int, n: int, b: int, m: int, *, cleared: bool) -> Published:
    counts = {
        "case_numerator": a,
        "case_denominator": n,
        "other_numerator": b,
        "other_denominator": m,
    }
    policy = CONFIG.policy_of("cleared" if cleared else "reader")
    raw = Raw(PAIRED.id, PAIRED.kind, BASIS, (RawRow("alpha", None, counts, {}),))
    return protect(raw, (), policy)


def number(text: str) -> float:
    """A number as it is written; `under 1` lies between 0 and 1, `over −1` between −1 and 0."""
    if text in ("under 1", "over −1"):
        return 0.5 if text == "under 1" else -0.5
    return float(text.replace("−", "-").replace(",", ""))


def ends(text: str) -> tuple[float, float]:
    """The interval of `2.1 (1.8 to 2.4)`."""
    found = re.fullmatch(r".+? \((.+?) to (.+?)\)", text)
    assert found is not None, text
    return number(found.group(1)), number(found.group(2))


@settings(max_examples=400, deadline=None)
@given(group, group, st.booleans())
def test_no_clear_difference_stands_just_where_the_interval_includes_it(
    case: tuple[int, int], other: tuple[int, int], cleared: bool
) -> None:
    table = pair(*case, *other, cleared=cleared)
    figure = table.at("alpha")
    assert figure is not None
    found = against_others(PAIRED, table, ALPHA, LABELS)
    assert found is not None
    assert found.sentence.startswith(f"Alpha team: {SHORT} {found.case}, others {found.other}")
    cells = [figure[name] for name in ("case_value", "other_value", "risk_ratio")]
    if State.SUPPRESSED in {cell.state for cell in cells}:
        assert found.answer == "not compared, to protect small numbers"
        assert found.sentence.endswith(f"{found.answer}.")
        assert (found.ratio, found.difference) == ("", "")
        return
    if State.NO_DATA in {cell.state for cell in cells[:2]}:
        assert found.answer == "nothing to compare"
        return
    low, high = ends(found.ratio or found.difference)
    nothing = 1 if found.ratio else 0
    expected = "more" if low > nothing else "less" if high < nothing else NO_CLEAR
    assert found.answer == expected
    said = {"more": "more often", "less": "less often"}.get(expected, expected)
    assert f". That is {said}: " in found.sentence
    if found.ratio:
        assert f"ratio {found.ratio}" in found.sentence
        told = number(found.ratio.partition(" ")[0])
        assert told == pytest.approx(float(cells[2].value or 0), abs=0.0501)
    assert found.sentence.endswith(f"difference in percentage points {found.difference}.")
    # The direction of the shares that stand beside each other is that of the answer.
    shares = [float(cell.value or 0) for cell in cells[:2]]
    if found.answer == "more":
        assert shares[0] >= shares[1]
    if found.answer == "less":
        assert shares[0] <= shares[1]


def cells(median: int | None, low: int | None, high: int | None, stem: str = "") -> dict[str, Cell]:
    """A median with its interval: what is None is not reached, and all of it is hidden."""
    names = [f"{stem}km_median_{part}" for part in ("days", "low", "high")]
    values = (median, low, high)
    if low is None and median is None:
        return dict.fromkeys(names, SUPPRESSED)
    return {
        name: NOT_REACHED if value is None else Cell(value)
        for name, value in zip(names, values, strict=True)
    }


lengths = st.one_of(
    st.just((None, None, None)),
    st.integers(1, 60).map(lambda median: (median, None, None)),
    st.integers(1, 60).map(lambda low: (None, low, None)),
    st.tuples(st.integers(1, 60), st.integers(0, 12), st.integers(0, 12)).map(
        lambda made: (made[0], max(0, made[0] - made[1]), made[0] + made[2])
    ),
)


@settings(max_examples=300, deadline=None)
@given(lengths, lengths)
def test_medians_differ_where_their_intervals_are_apart(
    one: tuple[int | None, ...], two: tuple[int | None, ...]
) -> None:
    counts = {name: Cell(90) for name in ("episodes", "closed", "other_episodes", "other_closed")}
    made = counts | cells(*one) | cells(*two, stem="other_")
    table = Published(LENGTH.id, BASIS, "reader", False, (Figure("alpha", None, made),))
    found = against_others(LENGTH, table, ALPHA, LABELS)
    assert found is not None
    if (None, None) in (one[:2], two[:2]):
        assert found.answer == "not compared, to protect small numbers"
        return
    if one[1] is None or two[1] is None:
        assert found.answer.startswith("too few to judge")
        assert "overlap" not in found.sentence
        assert "()" not in found.sentence
        return
    high = [float("inf") if end is None else end for end in (one[2], two[2])]
    expected = "more" if one[1] > high[1] else "less" if high[0] < two[1] else NO_CLEAR
    assert found.answer == expected
    said = {"more": "longer, for the intervals are apart", "less": "shorter, for the intervals are"}
    assert (
        f"That is {said.get(expected, 'no clear difference, for the intervals')}" in found.sentence
    )


@settings(max_examples=300, deadline=None)
@given(st.lists(lengths, max_size=6), st.one_of(st.none(), lengths))
def test_teams_are_apart_from_the_system_or_from_every_other_team(
    world: list[tuple[int | None, ...]], whole: tuple[int | None, ...] | None
) -> None:
    rows = [
        Figure(line.key, None, {"referred": Cell(90)} | cells(*made))
        for line, made in zip(LINES, world, strict=False)
    ]
    if whole is not None:
        rows.append(Figure("system", None, {"referred": Cell(500)} | cells(*whole)))
    table = Published(WAIT.id, BASIS, "reader", False, tuple(rows))
    found = teams_apart(WAIT, table, (*LINES, SYSTEM), LABELS)
    assert found is not None
    held = {
        line: (made[1], float("inf") if made[2] is None else made[2])
        for line, made in zip(LINES, world, strict=False)
        if made[1] is not None
    }
    higher, lower = set(), set()
    for line, (low, high) in held.items():
        rivals = [pair for rival, pair in held.items() if rival != line]
        if whole is not None and whole[1] is not None:
            rivals = [(whole[1], float("inf") if whole[2] is None else whole[2])]
        if rivals and all(low > rival[1] for rival in rivals):
            higher.add(line)
        if rivals and all(high < rival[0] for rival in rivals):
            lower.add(line)
    assert set(found.higher) == higher
    assert set(found.lower) == lower
    listed = dict(re.findall(r"(Team [A-F]) (longer|shorter) \(", found.sentence))
    assert listed == {line.name: "longer" for line in higher} | {
        line.name: "shorter" for line in lower
    }
    names = re.findall(r"Team [A-F](?= (?:longer|shorter) )", found.sentence)
    assert names == sorted(names), "the order of the rows, not of the values"
    if higher or lower:
        assert f"{len(higher) + len(lower)} of {len(held)} teams" in found.sentence
    for line, made in zip(LINES, world, strict=False):
        if made[:2] == (None, None):
            assert f"{line.name}: not shown, to protect small numbers." in found.sentence
        elif made[1] is None:
            assert f"{line.name}: too few to judge" in found.sentence


def test_a_ratio_is_held_against_one() -> None:
    def row(key: str, *values: float) -> Figure:
        names = ("risk_ratio", "ratio_low", "ratio_high")
        made: Mapping[str, Cell] = {
            name: Cell(value) for name, value in zip(names, values, strict=True)
        }
        return Figure(key, None, made)

    rows = (row("t0", 2.1, 1.3, 3.4), row("t1", 1.1, 1.0, 1.2), row("t2", 0.5, 0.3, 0.8))
    item = kpi("multiple_episodes_ratio")
    table = Published(item.id, BASIS, "reader", False, rows)
    found = teams_apart(item, table, LINES, LABELS)
    assert found is not None
    assert found.sentence == (
        "2 of 3 teams are clearly apart from 1, which means no difference: Team A higher (2.1, 95%"
        " interval 1.3 to 3.4); Team C lower (0.5, 95% interval 0.3 to 0.8)."
    )


@pytest.mark.parametrize(("one", "other"), [(0, 0), (0, 40), (40, 0), (100, 100)])
def test_a_group_in_which_nobody_did_has_a_difference_and_no_ratio(one: int, other: int) -> None:
    found = against_others(PAIRED, pair(one, 100, other, 100, cleared=True), ALPHA, LABELS)
    assert found is not None
    assert bool(found.ratio) == bool(one and other)
    expected = "more" if one > other else "less" if one < other else NO_CLEAR
    assert found.answer == expected


def test_kpis_of_one_group_are_not_compared() -> None:
    table = Published("case_prevalence", BASIS, "reader", False, (Figure("alpha", None, {}),))
    assert against_others(kpi("case_prevalence"), table, ALPHA, LABELS) is None
    assert teams_apart(kpi("case_prevalence"), table, LINES, LABELS) is None
