"""What a sentence claims is true of the figures: each number in it is read and worked out again.

The second reading here is slow and knows nothing of the first: it starts from published counts.
"""

import re
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from math import nan
from statistics import mean, median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pdqi.config import Policy
from pdqi.findings.over_time import OverTime
from pdqi.findings.over_time_said import assurance_words, notes, sentence, variation_words
from pdqi.metrics.kpi import Better, Kpi
from pdqi.model import Published
from pdqi.words import month as month_words

from .monthly import (
    CONTROLLED,
    KPIS,
    POLICIES,
    TEAM,
    Counts,
    judged,
    month,
    published,
    rebase,
    series,
)

SLACK = 1e-9
NUMBER = r"(\d+(?:\.\d+)?)%"


TARGETS = st.none() | st.integers(0, 100).map(lambda percent: percent / 100)


class Reading:
    """A series read again from what was published, in the last stretch."""

    def __init__(self, tables: Sequence[Published], begins: int, better: Better) -> None:
        self.better = better
        figures = [table.at(TEAM.id) for table in tables]
        first = next((i for i, figure in enumerate(figures) if figure is not None), len(figures))
        self.first_month = first
        self.figures = figures[first:]
        self.values = [
            nan
            if figure is None or figure["value"].value is None
            else (figure["numerator"].value or 0) / (figure["denominator"].value or nan)
            for figure in self.figures
        ]
        self.begins = max(begins - first, 0)
        if all(value != value for value in self.values[self.begins :]):
            self.begins = 0
        self.mine = self.values[self.begins :]
        self.given = [value for value in self.mine if value == value]

    @property
    def latest(self) -> int:
        """The place of the latest month with a value."""
        return max(i for i, value in enumerate(self.values) if value == value)

    @property
    def limits(self) -> tuple[float, float, float]:
        """Mean, lower and upper limit of the last stretch."""
        steps = [
            abs(b - a) for a, b in zip(self.mine, self.mine[1:], strict=False) if a == a and b == b
        ]
        centre = mean(self.given)
        half = 2.66 * mean(steps) if steps else 0.0
        return centre, centre - half, centre + half

    def back(self) -> list[float]:
        """The values from the latest back, up to a gap or the beginning of the stretch."""
        found: list[float] = []
        for place in range(self.latest, self.begins - 1, -1):
            if self.values[place] != self.values[place]:
                break
            found.append(self.values[place])
        return found

    def run(self, up: bool) -> int:
        centre = self.limits[0]
        return _while(v > centre + SLACK if up else v < centre - SLACK for v in self.back())

    def trend(self, up: bool) -> int:
        back = self.back()
        pairs = pairwise(back)
        return 1 + _while(a > b + SLACK if up else a < b - SLACK for a, b in pairs)

    def outside(self, up: bool) -> bool:
        _, low, high = self.limits
        value = self.values[self.latest]
        return high > low + SLACK and (value > high + SLACK if up else value < low - SLACK)

    def near(self, up: bool) -> bool:
        """Whether the latest is near a limit, as one of two among three on one side."""
        centre, low, high = self.limits
        edge = centre + (high - centre) * 2 / 3 if up else centre - (centre - low) * 2 / 3
        three = self.back()[:3]
        if len(three) < 3 or self.run(up) < 3 or high <= low + SLACK:
            return False
        beyond = [v > edge + SLACK if up else v < edge - SLACK for v in three]
        return beyond[0] and sum(beyond) >= 2


def _while(truths: object) -> int:
    number = 0
    for truth in truths:  # type: ignore[attr-defined]
        if not truth:
            break
        number += 1
    return number


def read_again(counts: Sequence[Counts], policy: Policy, of: Kpi, begins: int = 0) -> Reading:
    return Reading(published(counts, policy, of), begins, of.better)


def is_printed(said: str, value: float) -> bool:
    """Whether a percentage in print is this share, rounded to the places that it has."""
    places = len(said.partition(".")[2])
    shown = min(1.0, max(0.0, value)) * 100
    return abs(float(said) - shown) <= 0.5 * 10**-places + 1e-6


@settings(max_examples=400, deadline=None)
@given(series(), POLICIES, KPIS, TARGETS, st.sampled_from([False, False, True]))
def test_every_claim_is_true(
    counts: list[Counts], policy: Policy, of: Kpi, target: float | None, rebased: bool
) -> None:
    begins = len(counts) // 2 if rebased and len(counts) > 1 else 0
    steps = [rebase("r", month(begins), kpi=of.id)] if begins else []
    targets = [] if target is None else [(date(2019, 1, 1), target)]
    found = judged(counts, policy, of, targets=targets, rebases=steps)
    again = read_again(counts, policy, of, begins)
    said = sentence(found)
    check_months(found, again, said)
    if found.kind != "nothing":
        check_latest(found, again, said)
    if found.kind == "control":
        check_variation(found, again, said)
        check_assurance(found, again, said, target)
    if found.kind == "run":
        check_run_chart(again, said)
    else:
        assert "Too few months" not in said


def check_months(found: OverTime, again: Reading, said: str) -> None:
    missing = sum(value != value for value in again.values)
    assert [point.month.value for point in found.points] == pytest.approx(
        [None if value != value else value for value in again.values]
    )
    if missing and found.kind != "nothing":
        assert notes(found)[0].startswith(f"{missing} of the {len(again.values)} months ")
    if found.kind == "hidden":
        assert f"{missing} of the {len(again.values)} months are not shown" in said
    assert (found.kind == "nothing") == (missing == len(again.values))


def check_latest(found: OverTime, again: Reading, said: str) -> None:
    match = re.match(
        rf"Latest month (?:with a figure )?(\w+ \d+): (?:{NUMBER}|under 1%)"
        r" \(([\d,]+) of ([\d,]+)\)",
        said,
    )
    assert match, said
    when, percent, part, whole = match.groups()
    assert when == month_words(month(again.first_month + again.latest))
    figure = again.figures[again.latest]
    assert figure is not None
    assert (int(part.replace(",", "")), int(whole.replace(",", ""))) == (
        figure["numerator"].value,
        figure["denominator"].value,
    )
    value = float(figure["value"].value or 0)
    assert is_printed(percent, value) if percent else 0 < value < 0.005
    later = len(again.values) - 1 - again.latest
    assert (f"; {later} later month" in said) == (later > 0)


def check_variation(found: OverTime, again: Reading, said: str) -> None:
    """Whatever is claimed holds, it is the first rule that does, and the icon says the same."""
    centre, low, high = again.limits
    value, last = again.values[again.latest], again.latest == len(again.values) - 1
    icon = variation_words(found)
    span = "the last (\\d+) months" if last else "the (\\d+) months to [\\w ]+"
    rules = {
        up: (again.outside(up), again.trend(up) >= 7, again.near(up), again.run(up) >= 7)
        for up in (True, False)
    }
    holds = {up: any(of_side) for up, of_side in rules.items()}
    if "as expected by chance" in said:
        assert not any(holds.values()), said
        assert icon == "● as expected by chance"
        around = re.search(rf"around {NUMBER}, between {NUMBER} and {NUMBER}", said)
        if around:
            for printed, true in zip(around.groups(), (centre, low, high), strict=True):
                assert is_printed(printed, true), said
        else:
            assert high - low <= SLACK
        return
    up = icon.startswith("▲")
    assert holds[up], said
    place = rules[up].index(True)
    other = rules[not up].index(True) if holds[not up] else 9
    assert place <= other
    side, end = ("above", "upper") if up else ("below", "lower")
    limit = high if up else low
    if place == 0:
        match = re.search(rf"it is {side} the {end} limit of {NUMBER}", said)
        assert match, said
        assert is_printed(match[1], limit), said
    elif place == 1:
        than = "higher" if up else "lower"
        match = re.search(rf"{span} are each {than} than the one before", said)
        assert match, said
        assert int(match[1]) == again.trend(up)
    elif place == 2:
        match = re.search(
            rf"at least 2 of {span} are near or {side} the {end} limit of {NUMBER}", said
        )
        assert match, said
        assert is_printed(match[2], limit), said
    else:
        match = re.search(rf"{span} are {side} the mean of {NUMBER}", said)
        assert match, said
        assert int(match[1]) == again.run(up)
        assert is_printed(match[2], centre)
        # The value and the mean, as printed, do not stand the other way round.
        shown = float(found.points[again.latest].month.shown or 0) * 100
        assert (round(shown) - float(match[2])) * (value - centre) > -0.5
    good = {Better.HIGHER: up, Better.LOWER: not up, Better.NEITHER: None}[again.better]
    assert ("Improvement: " in said) == (good is True)
    assert ("Concern: " in said) == (good is False)
    assert ("improvement" in icon) == (good is True)
    assert ("concern" in icon) == (good is False)


def check_assurance(found: OverTime, again: Reading, said: str, target: float | None) -> None:
    _, low, high = again.limits
    claims = {
        "met in every month": "target expected to be met",
        "met in no month": "target expected to be missed",
        "met in some months": "target hit or miss",
    }
    claimed = [icon for words, icon in claims.items() if words in said]
    assert [assurance_words(found)] == (claimed or [""])
    assert bool(claimed) == (target is not None and again.better is not Better.NEITHER)
    if target is None:
        assert said.endswith("No target is set.")
    if not claimed or target is None:
        return
    value = again.values[again.latest]
    if again.better is Better.HIGHER:
        always, never, met = low >= target - SLACK, high <= target + SLACK, value >= target - SLACK
    else:
        always, never, met = high <= target + SLACK, low >= target - SLACK, value <= target + SLACK
    expected = 0 if always else 1 if never else 2
    assert claimed == [list(claims.values())[expected]], said
    contrary = expected != 2 and met != always
    assert (f"the target of {round(target * 100)}% would be" in said) == contrary
    assert (f"The target of {round(target * 100)}% will be" in said) == (not contrary)
    if contrary:
        assert f"yet the latest month {'meets' if met else 'misses'} it." in said


def check_run_chart(again: Reading, said: str) -> None:
    match = re.search(
        r"Too few months(?: since [\w ]+)? \((\d+), of the 13 needed\) for control limits."
        rf" The median is {NUMBER}",
        said,
    )
    assert match, said
    assert int(match[1]) == len(again.given) < 13
    assert is_printed(match[2], median(again.given))


@settings(max_examples=150, deadline=None)
@given(series(), KPIS, st.integers(1, 4), st.integers(1, 4))
def test_what_is_suppressed_makes_no_difference(
    counts: list[Counts], of: Kpi, one: int, other: int
) -> None:
    """Two series that differ only in numbers that nobody may see are told in the same words."""

    def with_small(number: int) -> list[Counts]:
        return [
            (number, pair[1]) if pair is not None and place % 5 == 2 and pair[1] > 20 else pair
            for place, pair in enumerate(counts)
        ]

    first, second = (judged(with_small(number), CONTROLLED, of) for number in (one, other))
    assert first.points == second.points
    assert sentence(first) == sentence(second)
    assert notes(first) == notes(second)
