"""The statistics against what R returned, and against scipy where R's answers are not at hand."""

import json
import math
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from pdqi.statistics.intervals import proportion_interval, risk_ratio
from pdqi.statistics.survival import Survival, survival

VECTORS = Path(__file__).resolve().parents[2] / "../shared/vectors/statistics.json"
needs_vectors = pytest.mark.skipif(
    not VECTORS.is_file(), reason="R's answers are not beside this project"
)


@pytest.fixture(scope="module")
def vectors() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(VECTORS.read_text(encoding="utf-8"))
    return found


def numbers(values: list[float | None]) -> list[float]:
    """R's NA, NaN and infinity are all null in the file."""
    return [math.nan if value is None else value for value in values]


@needs_vectors
def test_wilson_intervals_are_those_of_r(vectors: dict[str, Any]) -> None:
    assert len(vectors["proportion_ci"]) > 20
    for case in vectors["proportion_ci"]:
        found = proportion_interval(case["x"], case["n"], case["conf"])
        assert found is not None
        assert found.value == case["x"] / case["n"]
        assert (found.low, found.high) == pytest.approx(case["wilson"], rel=1e-9, abs=1e-12), case


@needs_vectors
def test_risk_ratios_are_those_of_r(vectors: dict[str, Any]) -> None:
    for case in vectors["two_proportions"]:
        found = risk_ratio(case["a"], case["n1"], case["b"], case["n2"], case["conf"])
        if case["risk_ratio_wald"][0] is None:
            assert found is None, case
        else:
            assert found is not None
            got = (found.value, found.low, found.high)
            assert got == pytest.approx(case["risk_ratio_wald"], rel=1e-9), case


def groups(vectors: dict[str, Any]) -> list[tuple[str, Survival, dict[str, Any]]]:
    """Every group of every curve, fitted here, beside R's answer."""
    found = []
    for case in vectors["kaplan_meier"]:
        given = case["input"]
        for group in case["groups"]:
            mine = [i for i, name in enumerate(given["group"]) if name == group["group"]]
            curve = survival(
                [given["time"][i] for i in mine], [given["event"][i] == 1 for i in mine]
            )
            found.append((f"{case['id']}/{group['group']}", curve, group))
    return found


@needs_vectors
def test_curves_and_their_limits_are_those_of_r(vectors: dict[str, Any]) -> None:
    for name, curve, group in groups(vectors):
        table, limits = group["table"], group["ci_loglog"]
        assert list(curve.time) == table["time"], name
        assert list(curve.at_risk) == table["n_risk"], name
        assert list(curve.events) == table["n_event"], name
        assert list(curve.censored) == table["n_censor"], name
        assert list(curve.surv) == pytest.approx(table["surv"], rel=1e-9, abs=1e-12), name
        for mine, theirs in ((curve.lower, limits["lower"]), (curve.upper, limits["upper"])):
            assert list(mine) == pytest.approx(numbers(theirs), rel=1e-9, abs=1e-12, nan_ok=True), (
                name
            )


@needs_vectors
def test_quantiles_and_their_intervals_are_those_of_r(vectors: dict[str, Any]) -> None:
    for name, curve, group in groups(vectors):
        given = group["ci_loglog"]
        for place, share in enumerate(given["probs"]):
            low, high = curve.quantile_interval(share)
            assert curve.quantile(share) == given["quantile"][place], (name, share)
            assert low == given["quantile_lower"][place], (name, share)
            assert high == given["quantile_upper"][place], (name, share)


def test_wilson_intervals_are_those_of_scipy() -> None:
    for denominator in range(1, 41):
        for numerator in range(denominator + 1):
            found = proportion_interval(numerator, denominator)
            assert found is not None
            other = stats.binomtest(numerator, denominator).proportion_ci(method="wilson")
            expected = pytest.approx((other.low, other.high), abs=1e-12)
            assert (found.low, found.high) == expected
            assert 0 <= found.low <= found.value <= found.high <= 1
    assert proportion_interval(0, 0) is None


def test_risk_ratios_are_those_of_scipy() -> None:
    for a, n1, b, n2 in ((2, 4, 1, 4), (3, 5, 1, 6), (40, 90, 61, 400)):
        found = risk_ratio(a, n1, b, n2)
        assert found is not None
        other = stats.contingency.relative_risk(a, n1, b, n2)
        interval = other.confidence_interval(0.95)
        assert found.value == pytest.approx(other.relative_risk, rel=1e-12)
        assert (found.low, found.high) == pytest.approx((interval.low, interval.high), rel=1e-12)
    # The log scale has no place for a share of zero.
    assert risk_ratio(1, 4, 0, 4) is risk_ratio(0, 4, 1, 4) is risk_ratio(0, 0, 1, 4) is None


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


def test_weights_stand_for_repeated_observations() -> None:
    plain = survival([3, 3, 3, 5, 5, 9], [True, True, False, True, True, False])
    weighed = survival([3, 3, 5, 9], [True, False, True, False], weights=[2, 1, 2, 1])
    for name in ("time", "at_risk", "events", "censored", "surv", "lower", "upper"):
        assert np.array_equal(getattr(plain, name), getattr(weighed, name), equal_nan=True)


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
