"""Intervals against what R returned, and against scipy and a search of one's own."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import optimize, stats

from pdqi.statistics import difference, proportion_interval, rate_ratio, risk_ratio

VECTORS = Path(__file__).resolve().parents[2] / "../shared/vectors/statistics.json"
needs_vectors = pytest.mark.skipif(
    not VECTORS.is_file(), reason="R's answers are not beside this project"
)


@pytest.fixture(scope="module")
def vectors() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(VECTORS.read_text(encoding="utf-8"))
    return found


@needs_vectors
def test_intervals_of_a_share_are_those_of_r(vectors: dict[str, Any]) -> None:
    assert len(vectors["proportion_ci"]) > 20
    for case in vectors["proportion_ci"]:
        given = case["x"], case["n"], case["conf"]
        wilson, exact = proportion_interval(*given), proportion_interval(*given, method="exact")
        for found, name in ((wilson, "wilson"), (wilson, "phe_wilson"), (exact, "clopper_pearson")):
            assert found is not None
            assert found.value == case["x"] / case["n"]
            assert (found.low, found.high) == pytest.approx(case[name], rel=1e-9, abs=1e-12), case


@needs_vectors
def test_ratios_and_differences_of_shares_are_those_of_r(vectors: dict[str, Any]) -> None:
    for case in vectors["two_proportions"]:
        given = case["a"], case["n1"], case["b"], case["n2"], case["conf"]
        apart = difference(*given)
        assert apart is not None
        assert apart.value == pytest.approx(case["difference"], rel=1e-9)
        assert (apart.low, apart.high) == pytest.approx(case["newcombe_wilson"], rel=1e-9), case
        found = risk_ratio(*given)
        if case["risk_ratio_wald"][0] is None:
            assert found is None, case
        else:
            assert found is not None
            got = (found.value, found.low, found.high)
            assert got == pytest.approx(case["risk_ratio_wald"], rel=1e-9), case


def test_intervals_of_a_share_are_those_of_scipy() -> None:
    for denominator in range(1, 31):
        for numerator in range(denominator + 1):
            for method in ("wilson", "exact"):
                found = proportion_interval(numerator, denominator, 0.9, method)  # type: ignore[arg-type]
                assert found is not None
                test = stats.binomtest(numerator, denominator)
                other = test.proportion_ci(0.9, method=method)
                expected = pytest.approx((other.low, other.high), abs=1e-10)
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


def test_differences_are_those_that_newcombe_prints() -> None:
    # Newcombe 1998, table II, method 10: 56/70 against 48/80, 9/10 against 3/10, 10/10 and 0/20.
    for given, low, high in (
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((10, 10, 0, 20), 0.6791, 1.0),
    ):
        found = difference(*given)
        assert found is not None
        assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)
        turned = difference(*given[2:], *given[:2])
        assert turned is not None
        assert (-turned.high, -turned.low) == pytest.approx((found.low, found.high), abs=1e-15)
    assert difference(1, 2, 0, 0) is difference(0, 0, 1, 2) is None


@pytest.mark.parametrize(
    ("a", "time_a", "b", "time_b"),
    [(11, 800.0, 23, 3000.0), (1, 1.0, 1, 1.0), (3, 10.0, 40, 90.5), (0, 5.0, 4, 7.0)],
)
def test_rate_ratios_invert_the_exact_test(a: int, time_a: float, b: int, time_b: float) -> None:
    """At each end the conditional test, done by scipy, has a p-value of 2.5% on its side."""
    found = rate_ratio(a, time_a, b, time_b)
    assert found is not None
    assert found.value == pytest.approx(a / time_a / (b / time_b))

    def tail(ratio: float, alternative: str) -> float:
        share = ratio * time_a / (ratio * time_a + time_b)
        return float(stats.binomtest(a, a + b, share, alternative).pvalue)

    assert tail(found.high, "less") == pytest.approx(0.025, rel=1e-9)
    if a:
        assert tail(found.low, "greater") == pytest.approx(0.025, rel=1e-9)
        root = optimize.brentq(lambda x: tail(x, "greater") - 0.025, 1e-9, found.value)
        assert found.low == pytest.approx(root, rel=1e-6)
    else:
        assert found.low == 0


def test_rate_ratios_are_open_where_nothing_happened() -> None:
    # R: poisson.test(c(0, 4), c(5, 7)) gives 0 to 2.12, turned around 0.47 to infinity.
    none, all_ = rate_ratio(0, 5, 4, 7), rate_ratio(4, 7, 0, 5)
    assert none is not None
    assert all_ is not None
    assert (none.value, none.low) == (0, 0)
    assert (all_.value, all_.high) == (math.inf, math.inf)
    assert all_.low == pytest.approx(1 / none.high)
    assert rate_ratio(0, 1, 0, 1) is rate_ratio(1, 0, 1, 1) is None


@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.998])
def test_more_confidence_is_a_wider_interval(confidence: float) -> None:
    pairs = (
        (proportion_interval(3, 20, confidence), proportion_interval(3, 20, 0.5)),
        (difference(3, 20, 9, 30, confidence), difference(3, 20, 9, 30, 0.5)),
        (risk_ratio(3, 20, 9, 30, confidence), risk_ratio(3, 20, 9, 30, 0.5)),
        (rate_ratio(3, 20, 9, 30, confidence), rate_ratio(3, 20, 9, 30, 0.5)),
    )
    for wide, narrow in pairs:
        assert wide is not None
        assert narrow is not None
        assert wide.low < narrow.low < narrow.value == wide.value < narrow.high < wide.high


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: proportion_interval(5, 4), "allowed are 0 <= numerator <= denominator"),
        (lambda: proportion_interval(-1, 4), "no proportion"),
        (lambda: proportion_interval(1, np.nan), "no proportion"),
        (lambda: proportion_interval(1, 4, 1.0), "between 0 and 1"),
        (lambda: proportion_interval(1, 4, 0.9, "wald"), "allowed are wilson and exact"),
        (lambda: difference(5, 4, 1, 2), "no proportion"),
        (lambda: risk_ratio(1, 4, 5, 2), "no proportion"),
        (lambda: rate_ratio(1, -4, 5, 2), "time_a -4 is not allowed"),
        (lambda: rate_ratio(1, 4, 5, math.inf), "time_b inf is not allowed"),
    ],
)
def test_what_is_no_count_is_refused(call: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        call()
