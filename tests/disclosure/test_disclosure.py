"""Disclosure control: what a reader who is not cleared can never see or work out."""

import pickle
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pdqi.config import Config, Policy
from pdqi.disclosure import Family, protect, rounded
from pdqi.metrics.kpi import (
    Count,
    PairedProportion,
    Proportion,
    Sorted,
    Statistic,
    Tally,
)
from pdqi.metrics.measure import Raw, RawRow
from pdqi.model import Basis, Period, Published, State

CONFIG = Config.load(Path(__file__).parents[1] / "world.yaml")
CONTROLLED = CONFIG.policy_of("reader")
CLEARED = CONFIG.policy_of("cleared")
BASIS = Basis(Period(date(2023, 1, 1), date(2023, 12, 31)), "standard", "working_age")
FAMILY = (Family(("all", None), tuple((name, None) for name in "abcd")),)


def proportions(**rows: tuple[int, int]) -> Raw:
    """Raw proportions by scope: (numerator, denominator)."""
    made = tuple(
        RawRow(scope, None, {"numerator": n, "denominator": d}, {})
        for scope, (n, d) in rows.items()
    )
    return Raw("test", Proportion(), BASIS, made)


def shown(table: Published, scope: str, field: str) -> float | None:
    figure = table.at(scope)
    assert figure is not None
    return figure[field].value


def state(table: Published, scope: str, field: str) -> State:
    figure = table.at(scope)
    assert figure is not None
    return figure[field].state


@pytest.mark.parametrize(
    ("exact", "published"),
    [(0, 0), (5, 5), (7, 5), (8, 10), (12, 10), (13, 15), (502, 500), (503, 505)],
)
def test_counts_are_rounded_to_the_nearest_five(exact: int, published: int) -> None:
    assert rounded(exact, 5) == published


@pytest.mark.parametrize("small", [1, 2, 3, 4])
def test_small_numerators_hide_the_share_and_its_interval(small: int) -> None:
    table = protect(proportions(a=(small, 100)), (), CONTROLLED)
    for field in ("numerator", "value", "low", "high"):
        assert state(table, "a", field) is State.SUPPRESSED
    assert shown(table, "a", "denominator") == 100


def test_a_small_rest_hides_the_share_too() -> None:
    table = protect(proportions(a=(97, 100), b=(95, 100), c=(100, 100)), (), CONTROLLED)
    assert state(table, "a", "numerator") is State.SUPPRESSED
    assert shown(table, "b", "numerator") == 95
    assert shown(table, "c", "value") == 1.0


def test_a_small_denominator_hides_everything() -> None:
    table = protect(proportions(a=(0, 3)), (), CONTROLLED)
    assert {cell.state for cell in table.figures[0].cells.values()} == {State.SUPPRESSED}


def test_zero_is_shown_unless_config_hides_it() -> None:
    raw = proportions(a=(0, 100))
    assert shown(protect(raw, (), CONTROLLED), "a", "numerator") == 0
    hiding = CONTROLLED.model_copy(update={"hide_zero": True})
    assert state(protect(raw, (), hiding), "a", "numerator") is State.SUPPRESSED


def test_percentages_come_from_rounded_counts_and_are_whole() -> None:
    table = protect(proportions(a=(213, 501)), (), CONTROLLED)
    assert shown(table, "a", "value") == 0.43  # 215 / 500, not 213 / 501
    assert shown(table, "a", "low") == 0.39


def test_a_single_hidden_part_takes_the_next_smallest_with_it() -> None:
    raw = proportions(all=(63, 400), a=(3, 100), b=(20, 100), c=(20, 100), d=(20, 100))
    table = protect(raw, FAMILY, CONTROLLED)
    assert [state(table, name, "numerator").value for name in "abcd"] == [
        "suppressed",
        "suppressed",
        "shown",
        "shown",
    ]


def test_a_hidden_part_without_a_sibling_takes_the_total() -> None:
    raw = proportions(all=(6, 200), a=(3, 100), b=(0, 100))
    table = protect(raw, FAMILY, CONTROLLED)
    assert state(table, "all", "numerator") is State.SUPPRESSED


def test_a_ratio_needs_all_its_counts_and_ten_people() -> None:
    def ratio_state(*counts: int) -> State:
        names = ("case_denominator", "case_numerator", "other_denominator", "other_numerator")
        row = RawRow("a", None, dict(zip(names, counts, strict=True)), {})
        return state(
            protect(Raw("x", PairedProportion(), BASIS, (row,)), (), CONTROLLED), "a", "risk_ratio"
        )

    assert ratio_state(100, 20, 100, 10) is State.SHOWN
    assert ratio_state(100, 20, 100, 3) is State.SUPPRESSED
    assert ratio_state(6, 6, 100, 10) is State.SUPPRESSED
    assert ratio_state(9, 9, 100, 10) is State.SUPPRESSED, "9 people are 10 only when rounded"
    assert ratio_state(100, 20, 100, 0) is State.NO_DATA


@pytest.mark.parametrize(("people", "is_shown"), [(9, False), (10, True)])
def test_a_median_needs_ten_people(people: int, is_shown: bool) -> None:
    kind = Tally(
        counts=(Count("people", "People"),), statistics=(Statistic("m", "Median", "days"),)
    )
    raw = Raw("x", kind, BASIS, (RawRow("a", None, {"people": people}, {"m": 123.5}),))
    figure = protect(raw, (), CONTROLLED).figures[0]
    assert figure["m"].value == (124 if is_shown else None)
    assert protect(raw, (), CLEARED).figures[0]["m"].value == 123.5


def test_one_persons_wait_is_given_in_whole_quarters() -> None:
    kind = Tally(
        counts=(Count("people", "People"),),
        statistics=(Statistic("longest", "Longest", "days", one_persons=True),),
    )
    for exact, published in ((875, 913), (900, 913), (400, 365), (20, 0)):
        raw = Raw("x", kind, BASIS, (RawRow("a", None, {"people": 50}, {"longest": exact}),))
        assert protect(raw, (), CONTROLLED).figures[0]["longest"].value == published


def test_a_cleared_reader_sees_exact_counts() -> None:
    table = protect(proportions(a=(3, 101)), FAMILY, CLEARED)
    assert table.cleared
    assert shown(table, "a", "numerator") == 3
    assert shown(table, "a", "value") == 3 / 101


def test_raw_figures_cannot_be_printed_or_kept() -> None:
    raw = proportions(a=(3, 101))
    assert "101" not in repr(raw)
    assert "101" not in repr(next(raw.rows()))
    with pytest.raises(TypeError):
        pickle.dumps(raw)


COUNTS = st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda pair: (min(pair), max(pair)))
TABLES = st.lists(COUNTS, min_size=2, max_size=4)


def family_of(parts: list[tuple[int, int]]) -> Raw:
    whole = (sum(n for n, _ in parts), sum(d for _, d in parts))
    return proportions(all=whole, **dict(zip("abcd", parts, strict=False)))


@given(TABLES)
def test_what_is_shown_is_never_small_and_always_rounded(parts: list[tuple[int, int]]) -> None:
    for figure in protect(family_of(parts), FAMILY, CONTROLLED).figures:
        for name in ("numerator", "denominator"):
            value = figure[name].value
            assert value is None or value % 5 == 0
        numerator, denominator = figure["numerator"].value, figure["denominator"].value
        if numerator is not None and denominator is not None:
            assert numerator <= denominator


@given(TABLES)
def test_a_figure_is_the_same_whatever_rows_are_asked_for(parts: list[tuple[int, int]]) -> None:
    table = protect(family_of(parts), FAMILY, CONTROLLED)
    again = protect(family_of(parts), FAMILY, CONTROLLED)
    for scope in ("all", *"abcd"[: len(parts)]):
        assert table.only((scope,)).at(scope) == again.at(scope)


@settings(max_examples=300)
@given(st.lists(st.integers(0, 30), min_size=2, max_size=4))
@example([1, 1, 5])
def test_no_hidden_part_is_pinned_by_what_is_shown(numbers: list[int]) -> None:
    """A reader who knows the threshold and the rounding, but not which hidden part is small."""
    kind = Tally(counts=(Count("n", "Number"),), main="n")
    rows = [RawRow("all", None, {"n": sum(numbers)}, {})]
    rows += [RawRow(x, None, {"n": n}, {}) for x, n in zip("abcd", numbers, strict=False)]
    table = protect(Raw("x", kind, BASIS, tuple(rows)), FAMILY, CONTROLLED)
    total, *parts = [figure["n"].value for figure in table.figures]
    hidden = [n for n, value in zip(numbers, parts, strict=True) if value is None]
    if total is None or not any(0 < n < 5 for n in hidden):
        return

    def before_rounding(value: float) -> range:
        return range(1) if value == 0 else range(max(5, int(value) - 2), int(value) + 3)

    shown = [before_rounding(value) for value in parts if value is not None]
    most = before_rounding(total)[-1] - sum(values[0] for values in shown)
    least = before_rounding(total)[0] - sum(values[-1] for values in shown)
    others = len(hidden) - 1
    possible = [n for n in range(1, 5) if n + others <= most and (n >= least or others > 0)]
    assert len(possible) > 1


@given(TABLES, st.integers(3, 9))
def test_a_higher_threshold_never_shows_more(parts: list[tuple[int, int]], threshold: int) -> None:
    def shown_small(policy: Policy) -> int:
        raw = proportions(**dict(zip("abcd", parts, strict=False)))
        table = protect(raw, (), policy)
        return sum(f["numerator"].value is not None for f in table.figures)

    low = CONTROLLED.model_copy(update={"threshold": threshold})
    high = CONTROLLED.model_copy(update={"threshold": threshold + 1})
    assert shown_small(high) <= shown_small(low)


def sorted_rows(*numbers: tuple[int, int, int], within: bool = True) -> Raw:
    """Raw rows of a whole and the three parts that it falls into."""
    whole = ("whole",) if within else ()
    parts = tuple(Count(name, name, within=whole) for name in "xyz")
    kind = Sorted(counts=(Count("whole", "Whole"), *parts), main="whole")
    rows = (
        RawRow(scope, None, {"whole": sum(n), **dict(zip("xyz", n, strict=True))}, {})
        for scope, n in zip("abcd", numbers, strict=False)
    )
    return Raw("test", kind, BASIS, tuple(rows))


@pytest.mark.parametrize(
    ("numbers", "hidden"),
    [
        ((90, 3, 20), {"y", "z"}),
        ((97, 3, 0), {"x", "y"}),
        ((0, 0, 40), set()),
        ((7, 0, 0), set()),
        ((2, 1, 0), {"whole", *"xyz"}),
        ((50, 30, 20), set()),
    ],
)
def test_one_hidden_part_of_a_row_takes_the_next_smallest_with_it(
    numbers: tuple[int, int, int], hidden: set[str]
) -> None:
    figure = protect(sorted_rows(numbers), (), CONTROLLED).figures[0]
    assert {name for name in ("whole", *"xyz") if figure[name].value is None} == hidden


def test_a_part_that_leaves_a_small_rest_is_hidden_too() -> None:
    figure = protect(sorted_rows((1, 2, 97), within=False), (), CONTROLLED).figures[0]
    assert {name for name in ("whole", *"xyz") if figure[name].value is None} == set("xyz")
    open_rest = CONTROLLED.model_copy(update={"protect_complement": False})
    figure = protect(sorted_rows((1, 2, 97), within=False), (), open_rest).figures[0]
    assert figure["z"].value == 95


@settings(max_examples=300)
@given(st.tuples(*[st.integers(0, 30)] * 3), st.booleans())
@example((1, 1, 5), True)
@example((6, 1, 0), False)
@example((2, 0, 0), False)
def test_no_small_part_of_a_row_is_pinned(numbers: tuple[int, int, int], within: bool) -> None:
    """Whoever tries every number that could be behind what is shown finds more than one for each.

    The reader knows threshold and rounding, and that a count hidden is one to four, or that one to
    four are not in it, or that it was hidden to protect another.
    """
    figure = protect(sorted_rows(numbers, within=within), (), CONTROLLED).figures[0]
    whole = figure["whole"].value

    def before(value: float | None) -> range:
        if value is None:
            return range(40)
        return range(1) if value == 0 else range(max(5, int(value) - 2), int(value) + 3)

    possible: dict[str, set[int]] = {name: set() for name in "xyz"}
    for x in before(figure["x"].value):
        for y in before(figure["y"].value):
            for z in before(figure["z"].value):
                if whole is None or x + y + z in before(whole):
                    for name, number in zip("xyz", (x, y, z), strict=True):
                        possible[name].add(number)
    for name, number in zip("xyz", numbers, strict=True):
        if 0 < number < 5:
            assert figure[name].value is None
            assert len(possible[name] & {1, 2, 3, 4}) > 1
