"""Series whose charts are known: what is said of them, what is marked, and what is not judged."""

from dataclasses import replace
from datetime import date

import pytest

from pdqi.findings.over_time_said import (
    assurance_words,
    direction,
    notes,
    sentence,
    suggestion_words,
    told_below,
    variation_words,
)
from pdqi.findings.signals import Assurance, Signal
from pdqi.metrics.kpi import Better, Kpi
from pdqi.model import Scope

from .monthly import (
    CONFIG,
    CONTROLLED,
    HIGHER,
    LOWER,
    NEITHER,
    STEADY,
    STEPPED,
    TEAM,
    judged,
    mark,
    month,
    of_100,
    rebase,
)


def test_common_cause() -> None:
    found = judged(STEADY)
    assert sentence(found) == (
        "Latest month February 2021: 47% (47 of 100). It varies as expected by chance around 50%,"
        " between 38% and 62%. No target is set."
    )
    assert variation_words(found) == "● as expected by chance"
    assert {point.signal for point in found.points} == {Signal.COMMON}
    assert not any(point.why for point in found.points)


@pytest.mark.parametrize(
    ("of", "said", "icon"),
    [
        (HIGHER, "Improvement: it is above the upper limit of", "▲ improvement"),
        (LOWER, "Concern: it is above the upper limit of", "▲ concern"),
        (NEITHER, "Higher than expected by chance: it is above", "▲ higher than expected"),
    ],
)
def test_the_direction_of_good_decides(of: Kpi, said: str, icon: str) -> None:
    found = judged([*STEADY, (85, 100)], of=of)
    assert said in sentence(found)
    assert variation_words(found) == icon
    assert ("improvement" in sentence(found).casefold()) == (of is HIGHER)
    assert ("concern" in sentence(found).casefold()) == (of is LOWER)


def test_a_rise_where_no_direction_is_better_is_neither_good_nor_bad() -> None:
    found = judged([*STEADY, *of_100(45, 46, 47, 48, 49, 50, 51)], of=NEITHER)
    said = "Rising more than expected by chance: the last 7 months are each higher than the one"
    assert f"{said} before." in sentence(found)
    assert variation_words(found) == "▲ rising"
    assert direction(Better.NEITHER) == "no direction is better in itself"


def test_a_run_counts_its_months() -> None:
    found = judged([*STEADY, *of_100(45, *([56] * 9))])
    assert "Improvement: the last 9 months are above the mean of" in sentence(found)
    assert found.points[-9].why == "One of 9 in a row above the mean: improvement"
    assert found.points[-10].why == ""


def test_a_fall_that_ends_before_the_last_month() -> None:
    found = judged([*STEADY, *of_100(55, 54, 53, 52, 51, 50, 49, 48), None])
    assert sentence(found).startswith("Latest month with a figure October 2021: 48% (48 of 100);")
    assert "; 1 later month is not shown." in sentence(found)
    assert "Concern: the 8 months to October 2021 are each lower than the one before" in sentence(
        found
    )
    assert found.points[-1].why == "Not shown: nothing recorded"


def test_two_of_three() -> None:
    found = judged([*of_100(*([48, 52] * 10)), *of_100(52, 59, 59)])
    assert "at least 2 of the last 3 months are near or above the upper limit of" in sentence(found)
    assert found.points[-1].why == "Two of three in a row near the upper limit: improvement"


def test_too_few_months() -> None:
    found = judged(STEADY[:9], targets=[(date(2020, 1, 1), 0.4)])
    assert (found.kind, found.assurance) == ("run", None)
    assert sentence(found) == (
        "Latest month September 2020: 50% (50 of 100). Too few months (9, of the 13 needed) for"
        " control limits. The median is 50%. So few cannot show whether anything changed. The"
        " target is 40%; the latest month meets it."
    )
    assert variation_words(found) == "– too few months"


def test_a_shift_on_a_run_chart() -> None:
    found = judged(of_100(40, 41, 42, 40, 41, 42, 60, 61, 62, 60, 61, 62))
    assert "Runs on one side of it are longer, or crossings fewer, than expected" in sentence(found)


def test_months_that_share_their_records_are_not_judged() -> None:
    found = judged([*STEADY, (85, 100)], of=replace(HIGHER, monthly=False))
    assert (found.kind, found.stretches, found.suggestion) == ("shared", (), None)
    assert "Each month rests mostly on the same records" in sentence(found)
    assert {point.signal for point in found.points} == {Signal.COMMON}


def test_hidden_months_leave_no_fair_sample() -> None:
    shown, hidden = [(0, 100), (10, 100)] * 7, [(3, 100)] * 5
    found = judged([*shown, *hidden], CONTROLLED)
    assert found.kind == "hidden"
    assert "5 of the 19 months are not shown. Those left may not be typical" in sentence(found)
    assert judged([*shown, *hidden[:4]], CONTROLLED).kind == "rare"
    assert notes(found) == (
        "5 of the 19 months are not shown: 5 suppressed: too few people. A short line at the foot"
        " stands for each.",
    )


def test_nothing_can_be_shown() -> None:
    found = judged([(2, 100)] * 3, CONTROLLED)
    assert sentence(found) == "No month can be shown: 3 suppressed: too few people."
    assert variation_words(found) == "– not shown"


def test_rare_things_are_not_judged_by_month() -> None:
    found = judged(of_100(*([0, 0, 1] * 7)))
    assert found.kind == "rare"
    assert variation_words(found) == "– too rare to judge"
    assert judged(of_100(*([0] * 20))).kind == "control"


def test_what_rounding_alone_could_make_is_not_judged() -> None:
    """Ten of fifteen and seven of seventeen are both shown as multiples of five."""
    coarse = [(number, 16) for number in (7, 7, 8, 7, 7, 8, 7, 7, 7, 8, 7, 7, 7, 8)]
    assert judged(coarse, CONTROLLED).kind == "coarse"
    assert "Counts are rounded to the nearest 5" in sentence(judged(coarse, CONTROLLED))
    assert judged(coarse).kind == "control"


def test_no_month_differs() -> None:
    found = judged(of_100(*([100] * 15)), targets=[(date(2020, 1, 1), 0.95)])
    assert "Months next to each other do not differ" in sentence(found)
    assert assurance_words(found) == "target expected to be met"


@pytest.mark.parametrize(
    ("target", "of", "assurance"),
    [
        (0.2, HIGHER, Assurance.PASS),
        (0.9, HIGHER, Assurance.FAIL),
        (0.5, HIGHER, Assurance.INCONSISTENT),
        (0.2, LOWER, Assurance.FAIL),
        (0.9, LOWER, Assurance.PASS),
        (0.5, NEITHER, None),
    ],
)
def test_assurance(target: float, of: Kpi, assurance: Assurance | None) -> None:
    found = judged(STEADY, of=of, targets=[(date(2020, 1, 1), target)])
    assert found.assurance is assurance
    said = {
        Assurance.PASS: f"The target of {target:.0%} will be met in every month if nothing",
        Assurance.FAIL: f"The target of {target:.0%} will be met in no month unless something",
        Assurance.INCONSISTENT: f"The target of {target:.0%} will be met in some months and missed",
        None: f"The target is {target:.0%}.",
    }[assurance]
    assert said in sentence(found)


def test_a_target_that_changes() -> None:
    found = judged(STEADY, targets=[(date(2020, 6, 1), 0.2), (date(2021, 1, 15), 0.9)])
    assert [point.target for point in found.points] == [None] * 5 + [0.2] * 7 + [0.9] * 2
    assert "The target of 90% will be met in no month" in sentence(found)
    assert judged(STEADY, targets=[(date(2021, 3, 1), 0.9)]).assurance is None


def test_a_target_that_the_latest_month_meets_beyond_its_limits() -> None:
    found = judged([*STEADY, (85, 100)], targets=[(date(2020, 1, 1), 0.8)])
    assert found.assurance is Assurance.FAIL
    assert sentence(found).endswith(
        "By these limits the target of 80% would be met in no month, yet the latest month meets it."
    )


def test_marks_that_concern_the_figure_and_the_place() -> None:
    elsewhere = next(team for team in CONFIG.teams if team.service != TEAM.service)
    marks = [
        mark("late", date(2021, 2, 28), kind="improvement", workstream="W1"),
        mark("early", date(2020, 3, 5), until=date(2020, 4, 1), teams=[TEAM.id]),
        mark("its_service", date(2020, 5, 1), services=[TEAM.service], kpis=[HIGHER.id]),
        mark("another_figure", date(2020, 6, 1), kpis=[LOWER.id]),
        mark("another_place", date(2020, 6, 1), teams=[elsewhere.id]),
        mark("before", date(2019, 12, 31)),
        mark("invented", date(2020, 7, 1), demonstration=True),
    ]
    found = judged(STEADY, marks=marks)
    assert told_below(found) == (
        "Mark 1, 5 March 2020 to 1 April 2020: What early was.",
        "Mark 2, 1 May 2020: What its_service was.",
        "Mark 3, 28 February 2021: What late was. Work of: First work.",
    )
    assert [flag.month for flag in found.flags] == [month(2), month(4), month(13)]
    assert len(judged(STEADY, marks=marks, demonstration=True).flags) == 4
    whole = Scope("system", "system", "All", tuple(team.id for team in CONFIG.teams))
    assert len(judged(STEADY, marks=marks, scope=whole).flags) == 4


def test_a_recorded_step_starts_the_mean_anew() -> None:
    found = judged(STEPPED, rebases=[rebase("training", month(14))])
    before, after = found.stretches
    assert (before.first, before.last, after.first) == (0, 13, 14)
    assert before.centre == pytest.approx(0.405, abs=0.005)
    assert after.centre == pytest.approx(0.605, abs=0.005)
    assert variation_words(found) == "● as expected by chance"
    assert found.suggestion is None
    assert told_below(found) == (
        "Step A: from March 2021 the mean starts anew. Because of training. Agreed by the oversight"
        " group.",
    )


def test_too_few_months_since_a_step() -> None:
    found = judged(STEPPED[:20], rebases=[rebase("training", month(14))])
    said = "Too few months since March 2021 (6, of the 13 needed) for control limits"
    assert said in sentence(found)
    assert [stretch.judged for stretch in found.stretches] == [True, False]


@pytest.mark.parametrize(
    "changes",
    [
        {"kpi": LOWER.id},
        {"scope": "system"},
        {"demonstration": True},
        {"date": date(2030, 1, 1)},
        {"date": month(0)},
    ],
)
def test_a_step_that_is_not_of_these_months(changes: dict[str, object]) -> None:
    rebased = rebase("other", month(14)).model_dump(by_alias=True) | changes
    found = judged(STEPPED, rebases=[type(rebase("x", month(1))).model_validate(rebased)])
    assert (found.steps, len(found.stretches)) == ((), 1)


def test_a_step_is_suggested_and_taken_only_when_asked() -> None:
    marks = [mark("training", month(13)), mark("far_off", month(5))]
    found = judged(STEPPED, marks=marks)
    assert suggestion_words(found) == (
        "The mean could start anew in March 2021: the 14 months from then on lie above it. Mark 2"
        " is near it. A new mean needs a known cause and somebody who agrees it."
    )
    assert len(found.stretches) == 1
    taken = judged(STEPPED, marks=marks, accept_suggested=True)
    assert (len(taken.stretches), taken.suggestion) == (2, None)
    assert told_below(taken)[-1] == (
        "Step A: from March 2021 the mean starts anew. The figures suggest it. Nobody has agreed"
        " this."
    )
    assert "No mark is near it." in suggestion_words(judged(STEPPED))
    assert suggestion_words(judged(STEADY)) == ""


def test_most_months_stand_out() -> None:
    said = sentence(judged(STEPPED))
    assert "28 of 28 months stand out, so one mean describes few of them." in said


def test_the_months_of_a_scope_begin_with_its_first_record() -> None:
    found = judged([None, None, *STEADY, None, *STEADY])
    assert found.points[0].month.first == month(2)
    assert found.missing == {"nothing recorded": 1}
    assert "A month that is not shown ends a run." in notes(found)[0]


def test_readers_who_are_not_cleared_are_told_what_limits_rest_on() -> None:
    said = "Mean and limits are worked out from the protected figures that are shown."
    assert said in notes(judged(STEADY, CONTROLLED))
    assert said not in notes(judged(STEADY))
    assert any(note.startswith("Making Data Count (XmR)") for note in notes(judged(STEADY)))
