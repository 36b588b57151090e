"""Curves against what R returned, against scipy, and against slow readings of the definitions."""

import json
import math
import random
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from pdqi.statistics import Survival, survival

VECTORS = Path(__file__).resolve().parents[2] / "../shared/vectors/statistics.json"
needs_vectors = pytest.mark.skipif(
    not VECTORS.is_file(), reason="R's answers are not beside this project"
)
SCALES: tuple[Literal["log-log", "log", "plain"], ...] = ("log-log", "log", "plain")


def numbers(values: list[float | None]) -> list[float]:
    """R's NA, NaN and infinity are all null in the file."""
    return [math.nan if value is None else value for value in values]


def fitted(scale: Literal["log-log", "log", "plain"]) -> list[tuple[str, Survival, dict[str, Any]]]:
    """Every group of every curve, fitted here, beside R's answer."""
    found = []
    for case in json.loads(VECTORS.read_text(encoding="utf-8"))["kaplan_meier"]:
        given = case["input"]
        for group in case["groups"]:
            mine = [i for i, name in enumerate(given["group"]) if name == group["group"]]
            times, events = ([given[name][i] for i in mine] for name in ("time", "event"))
            curve = survival(times, [event == 1 for event in events], interval=scale)
            found.append((f"{case['id']}/{group['group']}", curve, group))
    return found


@needs_vectors
@pytest.mark.parametrize("scale", SCALES)
def test_curves_limits_and_quantiles_are_those_of_r(
    scale: Literal["log-log", "log", "plain"],
) -> None:
    cases = fitted(scale)
    assert len(cases) > 4
    for name, curve, group in cases:
        table, limits = group["table"], group[f"ci_{scale.replace('-', '')}"]
        assert list(curve.time) == table["time"], name
        assert list(curve.at_risk) == table["n_risk"], name
        assert list(curve.events) == table["n_event"], name
        assert list(curve.censored) == table["n_censor"], name
        for mine, theirs in (
            (curve.surv, table["surv"]),
            (curve.error, table["greenwood_se"]),
            (curve.lower, limits["lower"]),
            (curve.upper, limits["upper"]),
        ):
            expected = pytest.approx(numbers(theirs), rel=1e-9, abs=1e-12, nan_ok=True)
            assert list(mine) == expected, name
        for place, share in enumerate(limits["probs"]):
            low, high = curve.quantile_interval(share)
            assert curve.quantile(share) == limits["quantile"][place], (name, share)
            assert low == limits["quantile_lower"][place], (name, share)
            assert high == limits["quantile_upper"][place], (name, share)


def test_curves_are_those_of_scipy() -> None:
    draw = random.Random(20)
    for _ in range(100):
        number = draw.randint(1, 40)
        times = [draw.randint(0, 15) for _ in range(number)]
        ended = [draw.random() < 0.6 for _ in range(number)]
        ended[0] = True  # scipy wants at least one
        curve = survival(times, ended)
        other = stats.ecdf(
            stats.CensoredData(
                uncensored=[t for t, e in zip(times, ended, strict=True) if e],
                right=[t for t, e in zip(times, ended, strict=True) if not e],
            )
        ).sf
        assert list(curve.surv) == pytest.approx(list(other.evaluate(curve.time)), abs=1e-12)


Row = tuple[int, int, str]
ROWS = st.lists(
    st.tuples(
        st.integers(0, 8), st.integers(1, 12), st.sampled_from(["event", "removed", "going"])
    ),
    min_size=1,
    max_size=30,
)


def of(rows: list[Row], **options: Any) -> Survival:
    """The curve of rows of entry, time after entry, and how it ended."""
    return survival(
        [entry + length for entry, length, _ in rows],
        [how == "event" for *_, how in rows],
        entry=[entry for entry, *_ in rows],
        removed=[how == "removed" for *_, how in rows],
        **options,
    )


@settings(max_examples=300, deadline=None)
@given(ROWS)
def test_late_entries_and_removals_are_counted_day_by_day(rows: list[Row]) -> None:
    curve = of(rows)
    surv, there, ended, removed = 1.0, 1.0, 0.0, 0.0
    for day in range(21):
        risk = sum(entry < day <= entry + length for entry, length, _ in rows)
        d = sum(entry + length == day and how == "event" for entry, length, how in rows)
        r = sum(entry + length == day and how == "removed" for entry, length, how in rows)
        if risk:
            surv *= 1 - d / risk
            ended += there * d / risk
            removed += there * r / risk
            there *= 1 - (d + r) / risk
        on = curve.at(day)
        if on is None:
            assert day > curve.time[-1]
            assert there > 0
            assert curve.outcomes.by(day) is None
            continue
        assert on.surv == pytest.approx(surv, abs=1e-12)
        assert on.at_risk == (risk if day else sum(entry == 0 for entry, *_ in rows))
        assert curve.outcomes.left_after(day) == sum(
            entry <= day < entry + length for entry, length, _ in rows
        )
        share, other = curve.outcomes.by(day), curve.outcomes.removed_by(day)
        assert share is not None
        assert other is not None
        assert share.value == pytest.approx(ended, abs=1e-12)
        assert other.value == pytest.approx(removed, abs=1e-12)
        assert share.value + other.value + there == pytest.approx(1)
        # Censoring those who were removed never makes fewer of the rest have their event.
        assert share.value <= 1 - on.surv + 1e-9
        if not math.isnan(share.low):
            assert 0 <= share.low <= share.value <= share.high <= 1


@settings(max_examples=100, deadline=None)
@given(ROWS, st.integers(1, 20))
def test_the_variance_of_a_share_is_that_of_its_influences(rows: list[Row], day: int) -> None:
    """The infinitesimal jackknife: how much each row moves the share, squared and added up.

    With late entries the two are different estimates, as in R.
    """
    rows = [(0, length, how) for _, length, how in rows]
    curve = of(rows)
    share = curve.outcomes.by(day)
    if share is None or math.isnan(share.low):
        return

    def moved(row: int, by: float) -> float:
        weights = np.ones(len(rows))
        weights[row] += by
        found = of(rows, weights=weights).outcomes.by(day)
        assert found is not None
        return found.value

    step = 1e-5
    influences = [(moved(row, step) - moved(row, -step)) / (2 * step) for row in range(len(rows))]
    error = math.sqrt(sum(each**2 for each in influences))
    rest = 1 - share.value
    spread = 1.959963984540054 * error / (rest * abs(math.log(rest)))
    assert 1 - rest ** math.exp(-spread) == pytest.approx(share.low, rel=1e-4, abs=1e-6)
    assert 1 - rest ** math.exp(min(spread, 700)) == pytest.approx(share.high, rel=1e-4, abs=1e-6)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=60))
def test_without_removals_the_share_and_its_interval_are_those_of_the_curve(
    rows: list[tuple[int, bool]],
) -> None:
    curve = survival([day for day, _ in rows], [event for _, event in rows])
    for day in range(32):
        on, share = curve.at(day), curve.outcomes.by(day)
        assert (on is None) == (share is None)
        if on is None or share is None:
            continue
        assert share.value == pytest.approx(1 - on.surv, abs=1e-12)
        if on.lower is None or on.upper is None:
            assert math.isnan(share.low)
        else:
            expected = pytest.approx((1 - on.upper, 1 - on.lower), abs=1e-9)
            assert (share.low, share.high) == expected


@settings(max_examples=100, deadline=None)
@given(ROWS, st.data())
def test_weights_stand_for_repeated_rows(rows: list[Row], data: st.DataObject) -> None:
    weights = [data.draw(st.integers(1, 4)) for _ in rows]
    repeated = [row for row, weight in zip(rows, weights, strict=True) for _ in range(weight)]
    once, often = of(rows, weights=weights), of(repeated)
    for name in ("time", "at_risk", "events", "censored", "surv", "error", "lower", "upper"):
        np.testing.assert_allclose(getattr(once, name), getattr(often, name), rtol=1e-9)
    assert once.quantile(0.5) == often.quantile(0.5)


@pytest.mark.parametrize(
    ("times", "ended", "share", "expected"),
    [
        # Exactly one half: midpoint to the next fall, or to the last time.
        ([1, 2, 3, 4], [1, 1, 1, 1], 0.5, 2.5),
        ([1, 2, 3, 4], [1, 1, 0, 0], 0.5, 3.0),
        ([1, 2, 3, 4], [1, 1, 0, 1], 0.5, 3.0),
        # One half that comes about by rounding: 5/6 x 4/5 x 3/4.
        ([0, 10, 20, 30, 100, 213], [1, 1, 1, 0, 1, 0], 0.5, 60.0),
        ([1, 2, 3], [1, 1, 1], 0.5, 2.0),
        ([1, 2, 3], [0, 0, 0], 0.5, None),
        ([1, 2, 3], [1, 0, 0], 0.9, None),
        ([7], [1], 0.9, 7.0),
        ([], [], 0.5, None),
    ],
)
def test_quantiles_by_hand(
    times: list[int], ended: list[int], share: float, expected: float | None
) -> None:
    assert survival(times, ended).quantile(share) == expected


def test_times_that_rounding_keeps_apart_are_one() -> None:
    curve = survival([0.1 + 0.2, 0.3, 0.5], [True, True, False])
    assert list(curve.at_risk) == [3, 1]
    assert list(curve.events) == [2, 0]


def test_a_curve_says_nothing_of_days_that_nobody_was_followed_for() -> None:
    curve = survival([5, 10, 10], [True, True, False])
    assert curve.at(0) == (1.0, None, None, 3.0)
    assert curve.at(5) is not None
    assert curve.at(11) is None
    all_gone = survival([5, 10, 10], [True, True, True])
    assert all_gone.at(400) == (0.0, None, None, 0.0)
    nobody = survival([], [])
    assert (nobody.at(5), nobody.outcomes.by(5), nobody.quantile(0.5)) == (None, None, None)


def test_more_confidence_is_a_wider_interval() -> None:
    rows = [3, 3, 4, 6, 9, 9, 12], [True, False, True, True, True, False, True]
    for scale in SCALES:
        wide, narrow = (survival(*rows, confidence=c, interval=scale) for c in (0.99, 0.8))
        known = (wide.surv > 0) & (wide.surv < 1)
        assert (wide.lower[known] <= narrow.lower[known]).all()
        assert (wide.upper[known] >= narrow.upper[known]).all()
        assert not np.array_equal(wide.upper, narrow.upper, equal_nan=True)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"durations": [1, math.nan]}, "durations are finite numbers"),
        ({"weights": [1, 0]}, "weights finite numbers above 0"),
        ({"entry": [0, 2]}, "before the end of its duration"),
        ({"entry": [0, math.nan]}, "before the end of its duration"),
        ({"interval": "logit"}, "allowed are"),
        ({"confidence": 95}, "between 0 and 1"),
    ],
)
def test_what_is_no_duration_is_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        survival(**{"durations": [1, 2], "events": [True, False]} | given)
