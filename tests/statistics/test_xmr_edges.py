"""Control charts where the tools of the field are wrong, stop, or leave a choice."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from pdqi.statistics import Note, Rebase, suggest_rebase, xmr

BOTH = pytest.mark.parametrize("preset", ["mdc", "ptd"])
EVEN = [10, 12, 9, 11, 10, 13, 8, 11, 10, 12, 9, 11, 10, 12]


def months(number: int, year: int = 2021) -> list[date]:
    return [date(year + i // 12, i % 12 + 1, 1) for i in range(number)]


def labels(chart: Any) -> list[str]:
    return [str(point.special_cause_type) for point in chart.points]


@BOTH
@pytest.mark.parametrize("value", [5, 0.1, 1 / 3, 1e9 / 7, -0.7, 0])
@pytest.mark.parametrize("number", [13, 14, 25, 49])
@pytest.mark.parametrize("screen", [True, False])
def test_a_constant_series_has_limits_at_its_mean_and_no_signal(
    preset: Any, value: float, number: int, screen: bool
) -> None:
    for improvement in ("increase", "decrease"):
        chart = xmr([value] * number, None, improvement, value, preset=preset, screen=screen)
        group = chart.groups[0]
        assert group.mean == group.lpl == group.upl == pytest.approx(value, rel=1e-15)
        assert set(labels(chart)) == {"Common Cause"}
        assert {point.relative_to_mean for point in chart.points} == {0}
        assert (chart.variation_icon, chart.assurance_icon) == ("common_cause", "pass")
        assert chart.notes == (Note.NO_VARIATION,)
    below, above = (xmr([value] * number, target=value + d, preset=preset) for d in (-0.05, 5))
    assert (below.assurance_icon, above.assurance_icon) == ("pass", "fail")


def test_sums_that_rounding_keeps_apart_are_one_value() -> None:
    # 0.1 + 0.2 is 0.30000000000000004.
    values = [0.1 + 0.2, 0.3] * 7
    chart = xmr(values)
    assert chart.notes == (Note.NO_VARIATION,)
    assert set(labels(chart)) == {"Common Cause"}
    # A tie by rounding breaks a rise as any tie does.
    rise = [0.1, 0.1 + 0.1, 0.1 + 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]
    assert "7 Point Trend (Increasing)" not in labels(xmr(rise + [0.35] * 8, preset="ptd"))


@BOTH
def test_one_jump_in_a_constant_series_keeps_its_range(preset: Any) -> None:
    chart = xmr([5] * 13 + [9], preset=preset, screen=True)
    assert Note.SCREENING_UNDONE in chart.notes
    group = chart.groups[0]
    assert group.lpl == pytest.approx(5 + 4 / 14 - 2.66 * 4 / 13)
    assert labels(chart) == ["7 Points Below CL"] * 13 + ["Above UCL"]


def test_a_constant_base_marks_nothing_by_limits_but_a_run_still_shows() -> None:
    chart = xmr([100] * 12 + [90] + [100] * 3 + [80] * 7, fix_after=12, preset="ptd")
    assert chart.groups[0].lpl == chart.groups[0].upl == 100
    assert labels(chart) == ["Common Cause"] * 16 + ["7 Points Below CL"] * 7
    assert not any(point.outside_limits or point.close_to_limits for point in chart.points)


def test_one_point_has_no_limits() -> None:
    chart = xmr([7], target=5, preset="ptd")
    group, point = chart.groups[0], chart.points[0]
    assert (group.mean, group.lpl, group.upl) == (7, None, None)
    assert (point.relative_to_mean, point.outside_limits) == (0, None)
    assert (chart.variation_icon, chart.assurance_icon) == ("common_cause", None)
    alone = xmr([*EVEN, 40], target=5, rebase=[14], preset="ptd")
    assert (alone.groups[1].n, alone.groups[1].lpl, alone.assurance_icon) == (1, None, None)


@BOTH
def test_nothing_at_all_is_no_chart(preset: Any) -> None:
    empty = xmr([], [], target=3, rebase=[date(2021, 1, 1)], preset=preset)
    assert (empty.groups, empty.points, empty.variation_icon) == ((), (), None)
    assert empty.notes == (Note.REBASE_DATE_NOT_IN_DATA,)
    blank = xmr([None, float("nan")], preset=preset)
    assert blank.groups[0].mean is blank.variation_icon is None
    assert suggest_rebase(empty) is suggest_rebase(blank) is None


def test_below_13_values_limits_are_on_trial() -> None:
    short = xmr(EVEN[:12], target=5)
    assert (short.groups[0].lpl, short.variation_icon, short.assurance_icon) == (None,) * 3
    assert short.notes == (Note.TOO_FEW_POINTS,)
    trial = xmr(EVEN[:12], target=2, trial_limits=True)
    assert trial.groups[0].lpl is not None
    assert (trial.variation_icon, trial.assurance_icon) == (None, None)
    package = xmr(EVEN[:12], target=2, preset="ptd")
    assert (package.groups[0].short_group_warning, package.assurance_icon) == (True, "pass")
    assert xmr(EVEN[:13]).variation_icon == "common_cause"
    # 13 rows of which one is missing are 12 values.
    assert xmr([*EVEN[:12], None]).variation_icon is None
    # Only the last group's length decides about icons.
    assert xmr([*EVEN, *EVEN[:5]], rebase=[14]).variation_icon is None
    assert xmr([*EVEN[:5], *EVEN], rebase=[5]).variation_icon == "common_cause"


@BOTH
def test_a_tie_between_two_rises_does_not_turn_the_first_around(preset: Any) -> None:
    rise = [1, 2, 3, 4, 5, 6, 7]
    chart = xmr([*rise, *[v + 6 for v in rise]], preset=preset)
    marked = {kind for kind in labels(chart) if "Trend" in kind}
    assert marked == {"7 Point Trend (Increasing)"}


def test_a_step_between_two_rises_is_told_by_the_rise_or_as_the_package_does() -> None:
    values = [10, 11, 12, 13, 14, 15, 16, 13, 14, 15, 16, 17, 18, 19]
    assert labels(xmr(values))[6] == "7 Point Trend (Increasing)"
    assert labels(xmr(values, preset="ptd"))[6] == "7 Point Trend (Decreasing)"


@BOTH
def test_a_peak_that_a_rise_and_a_fall_share_takes_the_later_direction(preset: Any) -> None:
    chart = xmr([*[2, 12] * 6, *range(4, 11), *range(9, 3, -1)], fix_after=12, preset=preset)
    assert labels(chart)[12:] == (
        ["7 Point Trend (Increasing)"] * 6 + ["7 Point Trend (Decreasing)"] * 7
    )


@BOTH
def test_a_missing_value_breaks_trend_run_and_range(preset: Any) -> None:
    level = [12, 8] * 6
    fixed: dict[str, Any] = {"fix_after": 12, "preset": preset}
    whole = xmr([*level, 7, 10.5, 11, 11.5, 12, 12.5, 13, 13.5], **fixed)
    assert labels(whole)[12:] == ["7 Point Trend (Increasing)"] * 8
    broken = xmr([*level, 7, 10.5, 11, 11.5, None, 12, 12.5, 13, 13.5], **fixed)
    assert set(labels(broken)) == {"Common Cause"}
    assert Note.MISSING_VALUE in broken.notes
    run = xmr([*level, *[11, 11.5, 11] * 2, None, *[11, 11.5, 11] * 2], **fixed)
    assert set(labels(run)) == {"Common Cause"}
    ranges = xmr([1, 5, None, 100, 104] + [104, 100] * 5, preset=preset)
    assert ranges.groups[0].upl == pytest.approx(ranges.groups[0].mean + 2.66 * 44 / 12)


@BOTH
def test_the_icon_is_that_of_the_latest_value(preset: Any) -> None:
    chart = xmr([*EVEN, 40, None], target=5, preset=preset)
    assert chart.variation_icon == "improvement_high"
    assert {Note.LATEST_MISSING, Note.MISSING_VALUE} <= set(chart.notes)
    assert (chart.points[-1].point_type, chart.points[-1].outside_limits) == ("common_cause", None)


def test_a_point_beyond_the_limits_counts_towards_two_of_three_in_mdc_only() -> None:
    values = [*[8, 12] * 6, 19, 25, 12]
    for preset, expected in (("mdc", "2 in 3 Above CL"), ("ptd", "Common Cause")):
        chart = xmr(values, fix_after=12, preset=preset)  # type: ignore[arg-type]
        assert labels(chart)[12:] == [expected, "Above UCL", "Common Cause"]


def test_a_target_on_a_limit_is_decided_in_mdc_only() -> None:
    values = [8, 12] * 7
    for target, up in ((20.64, "fail"), (-0.64, "pass")):
        assert xmr(values, target=target).assurance_icon == up
        down = {"fail": "pass", "pass": "fail"}[up]
        assert xmr(values, None, "decrease", target).assurance_icon == down
        assert xmr(values, target=target, preset="ptd").assurance_icon == "inconsistent"


@BOTH
def test_a_value_on_a_limit_is_within_it(preset: Any) -> None:
    values = [*[8, 12] * 6, 20.64, -0.64, 10 + 2 / 3 * 10.64]
    last = xmr(values, fix_after=12, preset=preset, screen=False).points[12:]
    assert [point.outside_limits for point in last] == [False, False, False]
    assert [point.close_to_limits for point in last] == [True, True, False]


def test_a_rebase_that_is_not_in_the_data_opens_at_the_next_row() -> None:
    when = months(28)
    exact = xmr([*EVEN, *EVEN], when, rebase=[Rebase(date(2022, 3, 1), "New model")])
    later = xmr([*EVEN, *EVEN], when, rebase=[date(2022, 2, 14)])
    assert [group.first for group in exact.groups] == [group.first for group in later.groups]
    assert (exact.groups[0].rebases, exact.notes) == ((), ())
    assert exact.groups[1].rebases == (Rebase(date(2022, 3, 1), "New model"),)
    assert later.notes == (Note.REBASE_DATE_NOT_IN_DATA,)
    after = xmr(EVEN, months(14), rebase=[date(2030, 1, 1)])
    assert (len(after.groups), after.notes) == (1, (Note.REBASE_DATE_NOT_IN_DATA,))
    first = xmr(EVEN, months(14), rebase=[date(2021, 1, 1)])
    assert [group.rebase_group for group in first.groups] == [1]
    twice = xmr([*EVEN, *EVEN], when, rebase=[date(2022, 2, 14), Rebase(date(2022, 2, 20), "b")])
    assert [each.reason for each in twice.groups[1].rebases] == ["", "b"]


def test_months_without_a_row_are_put_in_as_missing() -> None:
    when = months(16)
    kept = [place for place in range(16) if place not in (4, 5)]
    chart = xmr(range(14), [when[place] for place in kept])
    assert [point.date for point in chart.points] == when
    assert [point.value for point in chart.points][3:7] == [3, None, None, 4]
    assert {Note.GAP, Note.MISSING_VALUE} <= set(chart.notes)
    ends = [date(2024, 1, 31), date(2024, 2, 29), date(2024, 4, 30), date(2024, 5, 31)]
    assert xmr([1, 2, 3, 4], ends).points[2].date == date(2024, 3, 31)
    quarters = [date(2024, 1, 1), date(2024, 4, 1), date(2024, 10, 1)]
    assert len(xmr([1, 2, 3], quarters).points) == 4
    days = [date(2024, 1, 1), date(2024, 1, 2), date(2024, 1, 5)]
    assert xmr([1, 2, 3], days).notes == (Note.TOO_FEW_POINTS,)


def test_targets_may_change_by_date() -> None:
    when = months(14)
    chart = xmr(EVEN, when, target=[(date(2021, 6, 15), 2), (date(2021, 3, 1), 30)])
    assert [point.target for point in chart.points] == [None] * 2 + [30] * 4 + [2] * 8
    assert (chart.target, chart.assurance_icon) == (2, "pass")
    assert xmr(EVEN, when, target={date(2021, 3, 1): 30}).assurance_icon == "fail"
    assert xmr(EVEN, when, target=[(date(2021, 3, 1), 30), (date(2022, 1, 1), None)]).target is None
    assert xmr(EVEN, target=[(14, 30)]).assurance_icon is None
    assert xmr(EVEN, None, "neutral", 5).assurance_icon is None


def test_values_and_dates_may_come_in_many_forms() -> None:
    plain = xmr(EVEN, months(14))
    for values in (np.array(EVEN), [Decimal(value) for value in EVEN]):
        assert xmr(values, months(14)) == plain
    for dates in (
        [day.isoformat() for day in months(14)],
        [datetime(day.year, day.month, day.day, 12) for day in months(14)],
        np.array(months(14), dtype="datetime64[D]"),
        np.array(months(14), dtype="datetime64[s]"),
    ):
        assert xmr(EVEN, dates) == plain
    assert xmr(EVEN, np.arange(14)) == xmr(EVEN)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"values": [1, "2"]}, "'2' is no number: allowed are finite numbers"),
        ({"values": [1, [2]]}, "no number: allowed are finite numbers"),
        ({"values": [1, float("inf")]}, "not finite: allowed are finite numbers"),
        ({"target": "95%"}, "'95%' is no number"),
        ({"target": float("-inf")}, "not finite"),
        ({"target": [(date(2021, 1, 1), 3), (date(2021, 1, 1), 4)]}, "allowed is one"),
        ({"target": [(3, 3)]}, "allowed is one kind"),
        ({"dates": months(13)}, "14 values with 13 dates"),
        ({"dates": [*months(13), date(2021, 5, 1)]}, "2021-05-01 occurs twice: allowed is one"),
        ({"dates": [*months(13), None]}, "None is no date: allowed are dates"),
        ({"dates": [*months(13), 3]}, "allowed is one kind"),
        ({"dates": [*months(13), 2.5]}, "2.5 is no date"),
        ({"rebase": [3]}, "allowed is one kind"),
        ({"rebase": ["March"]}, "March"),
        ({"fix_after": 11}, "fix_after 11 is not allowed: a whole number of at least 12"),
        ({"fix_after": 12.5}, "at least 12"),
        ({"fix_after": True}, "at least 12"),
        ({"improvement": "up"}, "allowed are increase, decrease, neutral"),
        ({"preset": "excel"}, "allowed are mdc, ptd"),
    ],
)
def test_what_is_not_allowed_is_refused_with_what_is(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said.replace("(", r"\(")):
        xmr(**{"values": EVEN, "dates": months(14)} | given)


def test_a_shift_that_lasts_suggests_a_rebase() -> None:
    high = [value + 20 for value in EVEN[:12]]
    chart = xmr([*EVEN, *high])
    assert suggest_rebase(chart) == 14
    assert suggest_rebase(xmr([*EVEN, *high, None])) == 14
    # It is long enough, lasts, has something before it, and is not cut off by a missing value.
    assert suggest_rebase(xmr([*EVEN, *high[:11]])) is None
    assert suggest_rebase(xmr([*EVEN, *high, 10])) is None
    assert suggest_rebase(xmr([*EVEN, *high[:6], None, *high[:6]])) is None
    assert suggest_rebase(xmr([*EVEN, *high], rebase=[14])) is None
    assert suggest_rebase(xmr([*EVEN, *high], rebase=[13])) is None
    fixed = xmr([*[12, 8] * 6, *high], fix_after=12)
    assert suggest_rebase(fixed) == 12
    assert suggest_rebase(xmr(EVEN)) is None


def test_a_suggestion_that_is_taken_is_not_made_again() -> None:
    values = [*EVEN, *[value + 20 for value in EVEN]]
    at = suggest_rebase(xmr(values))
    assert at is not None
    chart = xmr(values, rebase=[Rebase(at, "agreed")])
    assert suggest_rebase(chart) is None
    assert [group.mean for group in chart.groups] == pytest.approx([148 / 14, 148 / 14 + 20])


def test_percentages_keep_limits_beyond_a_hundred() -> None:
    chart = xmr([0.98, 0.96, 0.99, 0.97] * 4, target=1.0)
    assert chart.groups[0].upl is not None
    assert chart.groups[0].upl > 1
    assert chart.assurance_icon == "inconsistent"
