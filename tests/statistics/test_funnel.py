"""Funnels against what FunnelPlotR and R returned, and against what their limits mean."""

import json
import math
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from pdqi.statistics import funnel, proportion_interval
from pdqi.statistics.funnel import Z_FUNNELPLOTR

VECTORS = Path(__file__).resolve().parents[2] / "../shared/vectors/statistics.json"
needs_vectors = pytest.mark.skipif(
    not VECTORS.is_file(), reason="R's answers are not beside this project"
)
METHODS = ("wilson", "exact", "arcsine", "ratio")


@pytest.fixture(scope="module")
def vectors() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(VECTORS.read_text(encoding="utf-8"))
    return found


def close(values: list[float]) -> Any:
    return pytest.approx(values, rel=1e-9, abs=1e-12)


@needs_vectors
def test_arcsine_and_ratio_are_those_of_funnelplotr(vectors: dict[str, Any]) -> None:
    kinds = {"PR": "arcsine", "RC": "ratio"}
    assert {case["data_type"] for case in vectors["funnelplotr"]} <= set(kinds)
    for case in vectors["funnelplotr"]:
        found = funnel(
            case["numerator"],
            case["denominator"],
            kinds[case["data_type"]],  # type: ignore[arg-type]
            case["draw_adjusted_asked"],
        )
        assert found.target == pytest.approx(case["target"], rel=1e-9)
        assert [group.share for group in found.groups] == close(case["rr"])
        assert [group.z for group in found.groups] == close(case["z"])
        if case["draw_adjusted_asked"]:
            # Without adjustment FunnelPlotR gives 0 for both, and so hides overdispersion.
            assert found.phi == pytest.approx(case["phi"], rel=1e-9)
            assert found.tau2 == pytest.approx(case["tau2"], rel=1e-9, abs=1e-15)
        if case["data_type"] == "PR":
            assert found.adjusted == case["draw_adjusted_used"]
            begin = "od_" if found.adjusted else ""
            for name, theirs in (
                ("low95", "ll95"),
                ("high95", "ul95"),
                ("low998", "ll998"),
                ("high998", "ul998"),
            ):
                mine = [getattr(group, name) for group in found.groups]
                assert mine == close(case[begin + theirs]), (case["id"], name)
            flag = "outside95" if case["limit"] == 95 else "outside998"
            mine = [bool(getattr(group, flag)) for group in found.groups]
            assert mine == [bool(flag) for flag in case["outlier"]]


@needs_vectors
def test_limits_of_ratios_take_the_error_of_their_z_scores(vectors: dict[str, Any]) -> None:
    """FunnelPlotR's take another, much smaller one, and so flag four groups with |z| < 1.1."""
    case = next(case for case in vectors["funnelplotr"] if case["data_type"] == "RC")
    found = funnel(case["numerator"], case["denominator"], "ratio", adjust=True)
    assert found.phi is not None
    assert found.phi < 1
    assert not found.adjusted
    target = case["target"]
    for place, group in enumerate(found.groups):
        assert group.denominator is not None
        theirs = target * math.exp(Z_FUNNELPLOTR[1] / (2 * math.sqrt(group.denominator)))
        assert case["ul998"][place] == pytest.approx(theirs, rel=1e-9)
        a, b = target * group.denominator, group.denominator
        error = math.sqrt(a / (a + 0.5) ** 2 + b / (b + 0.5) ** 2)
        assert group.high998 == pytest.approx(target * math.exp(Z_FUNNELPLOTR[1] * error))
        assert (group.outside95, group.outside998) == (0, 0)
    assert sum(case["outlier"]) == 4
    assert max(abs(z) for z in case["z"]) < 1.96


def on_target(n: int, target: float, method: Literal["wilson", "exact"]) -> list[float]:
    """The limits at n of a funnel with just that target."""
    size = 10_000
    whole = funnel([round(target * size)], [size], method)
    assert whole.target == target
    return [float(limit[0]) for limit in whole.limits([n])]


@needs_vectors
def test_exact_and_wilson_limits_are_those_of_r(vectors: dict[str, Any]) -> None:
    for case in vectors["funnel_binomial_limits"]:
        assert case["probs"] == [0.001, 0.025, 0.975, 0.999]
        for method, name in (("exact", "interpolated"), ("wilson", "wilson_inverted")):
            low95, high95, low998, high998 = on_target(case["n"], case["target"], method)  # type: ignore[arg-type]
            clamped = [min(1.0, max(0.0, value)) for value in case[name]]
            assert [low998, low95, high95, high998] == close(clamped), case
        plain = [min(1.0, max(0.0, value)) for value in case["normal"]]
        assert [low998, low95, high95, high998] == close(plain), case


COUNTS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60)).map(sorted), min_size=1, max_size=25
)


@settings(max_examples=300, deadline=None)
@given(COUNTS)
def test_a_group_is_outside_just_where_its_wilson_interval_excludes_the_target(
    counts: list[list[int]],
) -> None:
    found = funnel(*zip(*counts, strict=True))
    for group in found.groups:
        for confidence, flag in ((0.95, group.outside95), (0.998, group.outside998)):
            if not group.denominator or group.numerator is None:
                assert flag is group.share is group.low95 is None
                continue
            interval = proportion_interval(group.numerator, group.denominator, confidence)
            assert interval is not None
            assert found.target is not None
            ends = (interval.low - found.target, found.target - interval.high)
            assume(all(abs(end) > 1e-9 or end == 0 for end in ends))
            assert flag == (ends[0] > 0) - (ends[1] > 0)


@settings(max_examples=200, deadline=None)
@given(COUNTS)
def test_exact_flags_are_mid_p_tail_probabilities(counts: list[list[int]]) -> None:
    found = funnel(*zip(*counts, strict=True), method="exact")
    for group in found.groups:
        if not group.denominator or group.numerator is None or found.target is None:
            continue
        chance = stats.binom(group.denominator, found.target)
        half = chance.pmf(group.numerator) / 2
        above = chance.sf(group.numerator) + half
        below = chance.cdf(group.numerator - 1) + half
        for tail, flag in ((0.025, group.outside95), (0.001, group.outside998)):
            assume(abs(above - tail) > 1e-9 and abs(below - tail) > 1e-9)
            assert flag == int(above < tail) - int(below < tail)


@settings(max_examples=200, deadline=None)
@given(COUNTS, st.sampled_from(METHODS), st.booleans())
def test_limits_enclose_the_target_and_widen_as_groups_get_smaller(
    counts: list[list[int]], method: Any, adjust: bool
) -> None:
    found = funnel(*zip(*counts, strict=True), method=method, adjust=adjust)
    if found.target is None:
        assert found.phi is None
        assert np.isnan(found.limits([3.0]).low95).all()
        return
    assert found.phi is not None
    assert found.phi >= 0
    assert found.adjusted == (adjust and found.phi > 1)
    smallest = math.ceil(1 / found.target) if method == "ratio" and found.target else 1
    low95, high95, low998, high998 = found.limits(np.arange(smallest, smallest + 400))
    slack = 1e-9
    assert (low998 <= low95 + slack).all()
    assert (high998 >= high95 - slack).all()
    assert (low95 >= 0).all()
    if method == "ratio":
        assert (low95 <= found.target).all()
        assert (high95 >= found.target).all()
    else:
        assert (high998 <= 1).all()
    if method != "exact" or found.adjusted:
        assert (low95 <= found.target + slack).all()
        assert (high95 >= found.target - slack).all()
        assert (np.diff(low95) >= -slack).all()
        assert (np.diff(high95) <= slack).all()
    for group in found.groups:
        if group.denominator and group.share is not None:
            there = [float(limit[0]) for limit in found.limits(group.denominator)]
            assert there == [group.low95, group.high95, group.low998, group.high998]


@settings(max_examples=200, deadline=None)
@given(COUNTS, st.sampled_from(METHODS))
def test_adjustment_follows_its_formula_and_only_widens(
    counts: list[list[int]], method: Any
) -> None:
    plain = funnel(*zip(*counts, strict=True), method=method)
    wide = funnel(*zip(*counts, strict=True), method=method, adjust=True)
    assert (plain.phi, plain.tau2, plain.adjusted) == (wide.phi, wide.tau2, False)
    known = [group for group in plain.groups if group.z is not None]
    if not known or plain.target is None:
        return
    r = [float(group.numerator or 0) for group in known]
    n = [float(group.denominator or 0) for group in known]
    z = sorted(float(group.z or 0) for group in known)

    def quantile(p: float) -> float:
        place = p * (len(z) - 1)
        i = min(int(place), len(z) - 2) if len(z) > 1 else 0
        return z[i] + (place - i) * (z[i + 1] - z[i]) if len(z) > 1 else z[0]

    low, high = quantile(0.1), quantile(0.9)
    phi = sum(min(max(each, low), high) ** 2 for each in z) / len(z)
    assert plain.phi == pytest.approx(phi, rel=1e-9, abs=1e-12)
    if method == "ratio":
        w = [1 / (a / (a + 0.5) ** 2 + b / (b + 0.5) ** 2) for a, b in zip(r, n, strict=True)]
    else:
        w = [4 * each for each in n]
    scale = sum(w) - sum(each**2 for each in w) / sum(w)
    number = len(z)
    tau2 = max(0.0, (number * phi - (number - 1)) / scale) if number > 1 else 0.0
    assert plain.tau2 == pytest.approx(tau2, rel=1e-6, abs=1e-9)
    if wide.adjusted and method in ("arcsine", "ratio"):
        for narrow, adjusted in zip(plain.groups, wide.groups, strict=True):
            if narrow.low95 is not None and narrow.high95 is not None:
                assert adjusted.low95 is not None
                assert adjusted.high95 is not None
                assert adjusted.low95 <= narrow.low95 + 1e-12
                assert adjusted.high95 >= narrow.high95 - 1e-12
                assert abs(adjusted.outside95 or 0) <= abs(narrow.outside95 or 0)


def test_overdispersion_is_seen_and_widens_the_limits() -> None:
    draw = np.random.default_rng(4)
    n = draw.integers(200, 3000, 40)
    r = draw.binomial(n, draw.beta(20, 80, 40))
    plain, wide = (funnel(r, n, "arcsine", adjust) for adjust in (False, True))
    assert plain.phi is not None
    assert plain.phi > 5
    assert wide.adjusted
    flagged = [sum(bool(group.outside998) for group in each.groups) for each in (plain, wide)]
    assert flagged[0] > 15
    assert flagged[1] <= 2
    # Whatever the method without adjustment, adjusted limits are the same.
    assert funnel(r, n, "wilson", True).groups == funnel(r, n, "exact", True).groups == wide.groups


def test_the_angle_is_held_before_the_sine_folds_it_back() -> None:
    found = funnel([0, 1, 5], [2, 3, 40], "arcsine")
    assert list(found.limits([1, 2]).low95) == [0, 0]
    near_all = funnel([2, 3, 38], [2, 3, 40], "arcsine").limits([1])
    assert (near_all.high95[0], near_all.high998[0]) == (1, 1)


def test_groups_without_people_or_counts_keep_their_place() -> None:
    found = funnel([0, 5, None, 3, float("nan")], [0, 20, 30, None, 8])
    assert [group.share for group in found.groups] == [None, 0.25, None, None, None]
    assert (found.target, found.phi) == (0.25, 0.0)
    nothing = funnel([0, None], [0, 0])
    assert (nothing.target, nothing.phi, nothing.tau2) == (None, None, 0.0)
    for share in (0, 1):
        for method in METHODS:
            same = funnel([5 * share, 9 * share], [5, 9], method)  # type: ignore[arg-type]
            assert {(group.outside95, group.outside998) for group in same.groups} == {(0, 0)}
            assert found.phi == 0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"numerators": [5, 3]}, "a numerator is part of its denominator"),
        ({"numerators": [-1, 3]}, "counts are at least 0"),
        ({"numerators": [1.5, 3], "method": "exact"}, "exact limits need whole counts"),
        ({"numerators": [1]}, "shorter|longer"),
        ({"numerators": ["1", 2]}, "is no number"),
        ({"method": "poisson"}, "allowed are"),
    ],
)
def test_what_is_no_count_is_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        funnel(**{"numerators": [1, 3], "denominators": [4, 9]} | given)
    with pytest.raises(ValueError, match="allowed are those above"):
        funnel([1], [2]).limits([0])
