"""Run charts against a slow count, scipy, and chance."""

import random

import pytest
from scipy import stats

from pdqi.statistics import run_chart


@pytest.mark.parametrize(
    ("useful", "longest", "fewest"),
    [(10, 6, 2), (11, 6, 2), (12, 7, 3), (15, 7, 4), (20, 7, 6), (24, 8, 8), (30, 8, 10)],
)
def test_the_limits_of_chance(useful: int, longest: int, fewest: int) -> None:
    chart = run_chart([place % 2 for place in range(useful)] + [0.5] * 3)
    assert chart.useful == useful
    assert (chart.longest_run_max, chart.crossings_min) == (longest, fewest)


def slow(values: list[float | None]) -> tuple[int, int, int]:
    """Useful values, longest run and crossings, counted one by one."""
    given = sorted(value for value in values if value is not None)
    middle = len(given) // 2
    centre = given[middle] if len(given) % 2 else (given[middle - 1] + given[middle]) / 2
    useful = longest = length = crossings = 0
    last = None
    for value in values:
        if value is None or abs(value - centre) < 1e-12:
            continue
        useful += 1
        above = value > centre
        crossings += last is not None and above != last
        length = length + 1 if above == last else 1
        longest = max(longest, length)
        last = above
    return useful, longest, crossings


def test_runs_and_crossings_are_counted_past_what_is_missing_or_on_the_median() -> None:
    draw = random.Random(3)
    for _ in range(300):
        values = [draw.choice([None, 0.1, 0.2, 0.3, 0.4]) for _ in range(draw.randint(1, 30))]
        if not any(value is not None for value in values):
            continue
        chart = run_chart(values)
        assert (chart.useful, chart.longest_run, chart.crossings) == slow(values)
        if chart.useful > 1:
            fewest = int(stats.binom.ppf(0.05, chart.useful - 1, 0.5))
            assert chart.crossings_min == fewest


def test_a_shift_is_a_signal_and_random_values_rarely_are() -> None:
    shift = run_chart([3, 4, 3, 5, 4, 3, 9, 8, 9, 10, 8, 9])
    assert (shift.median, shift.longest_run, shift.crossings) == (6.5, 6, 1)
    assert (shift.runs_signal, shift.crossings_signal, shift.signal) == (False, True, True)
    long = run_chart([1, *[5, 6] * 6, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])
    assert long.runs_signal
    draw = random.Random(9)
    signals = [run_chart([draw.gauss(0, 1) for _ in range(24)]).signal for _ in range(1000)]
    assert 0.02 < sum(signals) / 1000 < 0.12


def test_little_can_be_said_of_few_values() -> None:
    assert run_chart([]).median is run_chart([None, float("nan")]).median is None
    same = run_chart([0.1 + 0.2, 0.3, 0.3])
    assert (same.useful, same.signal, same.enough) == (0, False, False)
    assert not run_chart([4]).signal
    assert not run_chart([1, 2, 3, 4, 5, 6, 7, 8, 9]).enough
    assert run_chart([1, 2] * 5).enough
    with pytest.raises(ValueError, match="allowed are finite numbers"):
        run_chart([1, "2"])  # type: ignore[list-item]
