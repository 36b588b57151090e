"""Control charts against the real package's answers, and against a slow second reading."""

import json
import random
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pdqi.statistics import Xmr, xmr

VECTORS = Path(__file__).resolve().parents[2] / "../shared/vectors/spc.json"
needs_vectors = pytest.mark.skipif(
    not VECTORS.is_file(), reason="the answers of NHSRplotthedots are not beside this project"
)
PASSED = {"assurance_icon": "pass", "assurance_type": "consistent_pass"}
RECOMMENDED = {"c_constant_noscreen": PASSED}
"""Where we differ from the package on purpose (docs/deviations.md), and what we say instead."""
OF_GROUP = ("rebase_group", "n", "mean", "lpl", "upl", "short_group_warning")
OF_POINT = (
    "rebase_group",
    "relative_to_mean",
    "outside_limits",
    "close_to_limits",
    "special_cause_type",
    "special_cause_flag",
    "point_type",
)
OF_CHART = ("target", "variation_icon", "assurance_icon", "assurance_type")


@needs_vectors
def test_the_package_preset_gives_what_the_package_gives() -> None:
    cases = json.loads(VECTORS.read_text(encoding="utf-8"))["cases"]
    assert len(cases) > 70
    differs = {}
    for case in cases:
        options, expected = case["options"], case["expected"]
        chart = xmr(
            case["input"]["values"],
            case["input"]["dates"],
            options["improvement_direction"],
            options["target"],
            options["rebase"],
            options["fix_after_n_points"],
            "ptd",
            options["screen_outliers"],
        )
        for name in OF_GROUP:
            found = [getattr(group, name) for group in chart.groups]
            assert found == pytest.approx(expected["groups"][name], rel=1e-9, abs=1e-12), case["id"]
        for name in OF_POINT:
            assert [getattr(point, name) for point in chart.points] == expected[name], case["id"]
        other = {name: getattr(chart, name) for name in OF_CHART}
        if other != {name: expected[name] for name in OF_CHART}:
            differs[case["id"]] = {k: v for k, v in other.items() if v != expected[k]}
    assert differs == RECOMMENDED


# A second reading, in whole fractions, so that "equal" needs no tolerance.

Value = Fraction | None
LIMIT, NEAR, SCREEN = Fraction("2.66"), Fraction("2.66") * 2 / 3, Fraction("3.267")


def side_of(a: Fraction, b: Fraction) -> int:
    return (a > b) - (a < b)


def slow_limits(group: list[Value], fix: int | None, screened: bool) -> dict[str, Fraction]:
    """Mean and average range; what there is none of is left out."""
    base = group[: fix or len(group)]
    known = [value for value in base if value is not None]
    ranges = []
    for i in range(1, len(base)):
        a, b = base[i - 1], base[i]
        if a is not None and b is not None:
            ranges.append(abs(b - a))
    found = {}
    if known:
        found["mean"] = sum(known, Fraction(0)) / len(known)
    if ranges:
        amr = sum(ranges, Fraction(0)) / len(ranges)
        small = [r for r in ranges if r < SCREEN * amr]
        if screened and sum(small) > 0:
            amr = sum(small, Fraction(0)) / len(small)
        found["amr"] = amr
    return found


def slow_labels(
    y: list[Value], mean: Fraction, amr: Fraction | None, preset: str
) -> tuple[list[int | None], list[bool], list[bool], list[str]]:
    n = len(y)
    rtm = [None if v is None else side_of(v, mean) for v in y]
    outside = [False] * n
    near = [False] * n
    for i, v in enumerate(y):
        if v is not None and amr:
            outside[i] = v > mean + LIMIT * amr or v < mean - LIMIT * amr
            near[i] = not outside[i] and (v > mean + NEAR * amr or v < mean - NEAR * amr)

    def step(i: int) -> int | None:
        a, b = y[i], y[i + 1]
        return None if a is None or b is None else side_of(b, a)

    def trending(i: int) -> list[int]:
        """The directions of the trends that a point is part of, in order of time."""
        found = []
        for first in range(max(0, i - 6), min(i, n - 7) + 1):
            for direction in (1, -1):
                if all(step(j) == direction for j in range(first, first + 6)):
                    found.append(direction)
        return found

    def running(i: int) -> int:
        for first in range(max(0, i - 6), min(i, n - 7) + 1):
            for direction in (1, -1):
                if all(rtm[j] == direction for j in range(first, first + 7)):
                    return direction
        return 0

    def paired(i: int) -> bool:
        for first in range(max(0, i - 2), min(i, n - 3) + 1):
            window = range(first, first + 3)
            same = rtm[first] and all(rtm[j] == rtm[first] for j in window)
            count = sum(near[j] or (preset == "mdc" and outside[j]) for j in window)
            if same and count >= 2 and near[i]:
                return True
        return False

    labels = []
    for i in range(n):
        trends = trending(i)
        if outside[i]:
            labels.append("Above UCL" if rtm[i] == 1 else "Below LCL")
        elif trends:
            direction = trends[-1]
            if preset == "ptd" and i + 1 < n and trending(i + 1):
                direction = step(i) or step(i - 1) or 0
            labels.append(f"7 Point Trend ({'Increasing' if direction == 1 else 'Decreasing'})")
        elif paired(i):
            labels.append(f"2 in 3 {'Above' if rtm[i] == 1 else 'Below'} CL")
        elif running(i):
            labels.append(f"7 Points {'Above' if rtm[i] == 1 else 'Below'} CL")
        else:
            labels.append("Common Cause")
    return rtm, outside, near, labels


def slow_type(label: str, improvement: str) -> str:
    if label == "Common Cause":
        return "common_cause"
    high = "Above" in label or "Increasing" in label
    if improvement == "neutral":
        return "special_cause_neutral_" + ("high" if high else "low")
    good = high if improvement == "increase" else not high
    return "special_cause_improvement" if good else "special_cause_concern"


ICONS = {
    "increase": {
        "common_cause": "common_cause",
        "special_cause_improvement": "improvement_high",
        "special_cause_concern": "concern_low",
    },
    "decrease": {
        "common_cause": "common_cause",
        "special_cause_improvement": "improvement_low",
        "special_cause_concern": "concern_high",
    },
    "neutral": {
        "common_cause": "common_cause",
        "special_cause_neutral_high": "neutral_high",
        "special_cause_neutral_low": "neutral_low",
    },
}


def slow_assurance(
    target: Fraction, mean: Fraction, amr: Fraction, improvement: str, preset: str
) -> str:
    lower, upper = mean - LIMIT * amr, mean + LIMIT * amr
    if lower == upper == target:
        return "pass"
    over, under = target > upper, target < lower
    if preset == "mdc":
        over, under = target >= upper, target <= lower
    if over:
        return "fail" if improvement == "increase" else "pass"
    if under:
        return "pass" if improvement == "increase" else "fail"
    return "inconsistent"


def check(
    values: Sequence[Value],
    improvement: Literal["increase", "decrease", "neutral"],
    target: Fraction | None,
    rebase: Sequence[int],
    fix: int | None,
    preset: Literal["mdc", "ptd"],
    screen: bool | None,
) -> Xmr:
    """Compare the chart with the second reading, and return it."""
    given_target = None if target is None else float(target)
    chart = xmr(
        [None if v is None else float(v) for v in values],
        None,
        improvement,
        given_target,
        rebase,
        fix,
        preset,
        screen,
    )
    screened = screen if screen is not None else preset == "ptd"
    bounds = [*sorted({0, *rebase}), len(values)]
    number = 1 if 0 in rebase else 0
    point = iter(chart.points)
    types: list[tuple[Value, str]] = []
    for group, first, end in zip(chart.groups, bounds, bounds[1:], strict=False):
        y = list(values[first:end])
        there = sum(v is not None for v in y)
        found = slow_limits(y, fix, screened)
        enough = preset == "ptd" or there >= 13
        amr = found.get("amr") if enough else None
        assert (group.rebase_group, group.n, group.values) == (number, len(y), there)
        assert group.short_group_warning == ((len(y) if preset == "ptd" else there) < 13)
        assert (group.mean is None) == ("mean" not in found)
        assert (group.lpl is None) == (group.upl is None) == (amr is None)
        mean = found.get("mean", Fraction(0))
        assert group.mean is None or group.mean == pytest.approx(float(mean), rel=1e-9, abs=1e-12)
        if amr is not None:
            for got, width in (
                (group.lpl, -LIMIT),
                (group.upl, LIMIT),
                (group.near_lpl, -NEAR),
                (group.near_upl, NEAR),
            ):
                assert got == pytest.approx(float(mean + width * amr), rel=1e-9, abs=1e-9)
        rtm, outside, near, labels = slow_labels(y, mean, amr, preset)
        if "mean" not in found:
            rtm = [None] * len(y)
        if not enough:
            labels = ["Common Cause"] * len(y)
        for i, v in enumerate(y):
            mine = next(point)
            compared = v is not None and amr is not None and "mean" in found
            assert (mine.value is None) == (v is None)
            assert mine.relative_to_mean == rtm[i]
            assert mine.outside_limits == (outside[i] if compared else None)
            assert mine.close_to_limits == (near[i] if compared else None)
            assert mine.special_cause_type == labels[i]
            assert mine.special_cause_flag == (labels[i] != "Common Cause")
            assert mine.point_type == slow_type(labels[i], improvement)
            types.append((v, mine.point_type))
        number += 1
    latest = [kind for v, kind in types if v is not None]
    icon = ICONS[improvement][latest[-1]] if latest and enough else None
    assert chart.variation_icon == icon
    expected = None
    if target is not None and improvement != "neutral" and amr is not None:
        expected = slow_assurance(target, mean, amr, improvement, preset)
    assert chart.assurance_icon == expected
    return chart


def tenths(low: int, high: int) -> st.SearchStrategy[Fraction]:
    return st.integers(low, high).map(lambda number: Fraction(number, 10))


@st.composite
def series(draw: st.DrawFn) -> list[Value]:
    """Stretches that rise, fall, stay, jump about or are missing, so that every rule is met."""
    values: list[Value] = []
    level = draw(tenths(-50, 50))
    for _ in range(draw(st.integers(1, 7))):
        kind = draw(st.sampled_from(["rise", "fall", "same", "about", "about", "side", "missing"]))
        number = draw(st.integers(1, 3) if kind == "missing" else st.integers(1, 14))
        for i in range(number):
            by = draw(tenths(1, 4)) if kind in ("rise", "fall") else draw(tenths(-30, 30))
            if kind == "missing":
                values.append(None)
            elif kind in ("rise", "fall"):
                level += by if kind == "rise" else -by
                values.append(level)
            elif kind == "same":
                values.append(level)
            elif kind == "side":
                values.append(level + abs(by))
            else:
                values.append(level + by * (1 + 9 * (i == number - 1)))
    return values


@settings(max_examples=300, deadline=None)
@given(
    series(),
    st.sampled_from(["increase", "decrease", "neutral"]),
    st.none() | tenths(-80, 80),
    st.lists(st.integers(0, 60), max_size=2),
    st.none() | st.integers(12, 20),
    st.sampled_from(["mdc", "ptd"]),
    st.sampled_from([None, True, False]),
)
def test_any_series_is_read_as_the_slow_reading_does(
    values: list[Value],
    improvement: Literal["increase", "decrease", "neutral"],
    target: Fraction | None,
    rebase: list[int],
    fix: int | None,
    preset: Literal["mdc", "ptd"],
    screen: bool | None,
) -> None:
    rebase = [row for row in rebase if row < len(values)]
    check(values, improvement, target, rebase, fix, preset, screen)


@pytest.mark.parametrize("preset", ["mdc", "ptd"])
def test_random_series_meet_every_rule(preset: Literal["mdc", "ptd"]) -> None:
    """The second reading again, on longer series of another kind; each label is met."""
    draw, met = random.Random(7), set()
    for turn in range(200):
        drift = [0.0, 0.0, 2.5, -2.5][turn % 4]
        values: list[Value] = [
            Fraction(round(draw.gauss(20 + drift * i, 3) * 2), 2) if draw.random() > 0.03 else None
            for i in range(draw.randint(14, 48))
        ]
        chart = check(values, "decrease", Fraction(18), [13] * (turn % 2), None, preset, None)
        met |= {str(point.special_cause_type) for point in chart.points}
    assert len(met) == 9


def numbers_of(chart: Xmr, name: str) -> list[Any]:
    return [getattr(point, name) for point in chart.points]


@settings(max_examples=100, deadline=None)
@given(
    series(),
    st.sampled_from(["mdc", "ptd"]),
    st.sampled_from([0.01, 0.3, 7.0, 1000.0]),
    st.sampled_from([-1000.0, -0.7, 33.3, 1e4]),
)
def test_scale_and_origin_do_not_matter(
    values: list[Value], preset: Literal["mdc", "ptd"], scale: float, shift: float
) -> None:
    plain = [None if v is None else float(v) for v in values]
    moved = [None if v is None else v * scale + shift for v in plain]
    first, second = (
        xmr(plain, target=1.0, preset=preset),
        xmr(moved, target=scale + shift, preset=preset),
    )
    for name in ("special_cause_type", "point_type", "relative_to_mean"):
        assert numbers_of(first, name) == numbers_of(second, name)
    assert first.variation_icon == second.variation_icon
    assert first.assurance_icon == second.assurance_icon
    for a, b in zip(first.groups, second.groups, strict=True):
        for one, other in ((a.mean, b.mean), (a.lpl, b.lpl), (a.upl, b.upl)):
            assert (one is None) == (other is None)
            if one is not None:
                assert other == pytest.approx(one * scale + shift, rel=1e-9, abs=1e-8)


@settings(max_examples=100, deadline=None)
@given(series(), st.sampled_from(["mdc", "ptd"]), st.none() | tenths(-50, 50))
def test_the_other_direction_swaps_improvement_and_concern(
    values: list[Value], preset: Literal["mdc", "ptd"], target: Fraction | None
) -> None:
    plain = [None if v is None else float(v) for v in values]
    aim = None if target is None else float(target)
    up, down = (xmr(plain, None, way, aim, preset=preset) for way in ("increase", "decrease"))
    swap = {
        "special_cause_improvement": "special_cause_concern",
        "special_cause_concern": "special_cause_improvement",
        "common_cause": "common_cause",
    }
    assert [swap[kind] for kind in numbers_of(up, "point_type")] == numbers_of(down, "point_type")
    assert (up.assurance_icon == "inconsistent") == (down.assurance_icon == "inconsistent")
    # Turned upside down, with the other direction better, a chart says the same.
    mirror = xmr(
        [None if v is None else -v for v in plain],
        None,
        "decrease",
        None if aim is None else -aim,
        preset=preset,
    )
    assert numbers_of(mirror, "point_type") == numbers_of(up, "point_type")
    assert mirror.assurance_icon == up.assurance_icon


@settings(max_examples=50, deadline=None)
@given(series(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(values: list[Value], draw: random.Random) -> None:
    rows = [
        (date(2020 + i // 12, i % 12 + 1, 1), None if v is None else float(v))
        for i, v in enumerate(values)
    ]
    mixed = draw.sample(rows, len(rows))
    first = xmr([v for _, v in rows], [d for d, _ in rows])
    assert first == xmr([v for _, v in mixed], [d for d, _ in mixed])
