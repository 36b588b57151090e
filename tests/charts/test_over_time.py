"""A figure over time as it is drawn, tabled and filed: the same as what was found, and no more."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
import vl_convert
from hypothesis import given, settings
from hypothesis import strategies as st

from pdqi.charts import over_time as drawn
from pdqi.charts import over_time_rows, over_time_tables, theme
from pdqi.charts.theme import Mode, Spec
from pdqi.config import Policy
from pdqi.findings.over_time import OverTime
from pdqi.findings.over_time_said import beside, sentence, told_below, variation_words
from pdqi.findings.signals import Signal
from pdqi.metrics.kpi import Kpi
from tests.findings.monthly import (
    CLEARED,
    CONTROLLED,
    HIGHER,
    KPIS,
    LOWER,
    NEITHER,
    POLICIES,
    STEADY,
    STEPPED,
    Counts,
    judged,
    mark,
    month,
    of_100,
    rebase,
    series,
)

COLOURS = {
    Signal.COMMON: theme.LIGHT.common,
    Signal.IMPROVEMENT: theme.LIGHT.improvement,
    Signal.CONCERN: theme.LIGHT.concern,
    Signal.HIGHER: theme.LIGHT.neutral,
    Signal.LOWER: theme.LIGHT.neutral,
}


def spec_of(found: OverTime, mode: Mode = "light") -> Spec:
    spec = drawn.chart(found, sentence(found), mode)
    assert spec is not None
    return spec


def layers(spec: Spec, kind: str) -> list[Spec]:
    return [layer for layer in spec["layer"] if layer["mark"]["type"] == kind]


def points(spec: Spec) -> Spec:
    [layer] = layers(spec, "point")
    return layer


def texts(spec: Spec) -> set[str]:
    return {
        row["text"]
        for layer in layers(spec, "text")
        for row in layer["data"]["values"]
        if "text" in row
    }


def lines(spec: Spec) -> Iterator[tuple[str, str, float]]:
    """The horizontal lines: from, until, value."""
    for layer in layers(spec, "rule"):
        for row in layer["data"]["values"]:
            if "until" in row:
                yield row["month"], row["until"], row["value"]


@settings(max_examples=200, deadline=None)
@given(series(), POLICIES, KPIS)
def test_the_drawing_is_what_was_found(counts: list[Counts], policy: Policy, of: Kpi) -> None:
    found = judged(counts, policy, of, targets=[(date(2020, 6, 1), 0.5)])
    if found.kind == "nothing":
        assert drawn.chart(found, "") is None
        return
    spec = spec_of(found)
    check_points(found, spec)
    check_lines(found, spec)
    check_table(found)
    check_file(found)
    assert spec["description"] == sentence(found)


def check_points(found: OverTime, spec: Spec) -> None:
    layer = points(spec)
    rows = layer["data"]["values"]
    shown = [point for point in found.points if not point.month.missing]
    assert [(row["month"], row["value"]) for row in rows] == [
        (point.month.first.isoformat(), point.month.value) for point in shown
    ]
    colour, shape = (layer["encoding"][channel]["scale"] for channel in ("color", "shape"))
    inks = dict(zip(colour["domain"], colour["range"], strict=True))
    shapes = dict(zip(shape["domain"], shape["range"], strict=True))
    for row, point in zip(rows, shown, strict=True):
        assert inks[row["says"]] == COLOURS[point.signal]
        if point.signal is Signal.COMMON:
            assert shapes[row["says"]] in ("circle", "square")
            assert row["Why"] in ("As expected by chance", "")
        else:
            assert shapes[row["says"]] == ("triangle-up" if point.up else "triangle-down")
            assert row["Why"] == point.why
        assert row["Value"] == point.month.said
    # Shapes differ wherever meanings do.
    assert len(set(shapes.values())) == len(shapes)
    if len(shapes) > 1:
        assert layer["encoding"]["shape"]["legend"]
    if found.variation is not None:
        symbol = variation_words(found)[0]
        assert {"▲": "triangle-up", "▼": "triangle-down", "●": "circle"}[symbol] == (
            shapes[rows[-1]["says"]]
        )


def check_lines(found: OverTime, spec: Spec) -> None:
    values = sorted(value for _, _, value in lines(spec))
    expected = []
    for stretch in found.stretches:
        expected.append(stretch.centre)
        if (
            stretch.lower is not None
            and stretch.upper is not None
            and (stretch.lower < stretch.upper)
        ):
            expected += [max(0.0, stretch.lower), min(1.0, stretch.upper)]
    if len(found.points) and found.points[-1].target is not None:
        expected.append(0.5)
        assert "Target 50%" in texts(spec)
    assert values == pytest.approx(sorted(expected))
    assert all(0 <= value <= 1 for value in values)
    [low, high] = points(spec)["encoding"]["y"]["scale"]["domain"]
    assert all(low <= value <= high for value in values)
    assert all(low <= row["value"] <= high for row in points(spec)["data"]["values"])
    if found.kind == "control":
        stretch = found.stretches[-1]
        assert f"Mean {beside(found, stretch, stretch.centre)}" in texts(spec)
    if found.kind == "run":
        assert any(text.startswith("Median ") for text in texts(spec))
        assert "Upper limit" not in json.dumps(sorted(texts(spec)))


def check_table(found: OverTime) -> None:
    content = over_time_tables.table(found)
    rows = [dict(zip(content.columns, row, strict=True)) for row in content.rows]
    assert len(rows) == len(found.points)
    for row, point in zip(rows, reversed(found.points), strict=True):
        assert row["Share"] == point.month.said
        assert row.get("Counts", "") == point.month.behind
        assert row.get("Says", "") == point.why
        assert bool(point.month.missing) == row.get("Says", "").startswith("Not shown")


def check_file(found: OverTime) -> None:
    text = over_time_tables.as_file(found, {"data": "INVENTED DATA"}).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == len(found.points)
    for row, point in zip(rows, found.points, strict=True):
        assert row["value"] == ("" if point.month.shown is None else str(point.month.shown))
        assert row["missing"] == point.month.missing
        assert row["why"] == point.why
        assert bool(row["signal"]) == (not point.month.missing and bool(row["upper_limit"]))


@settings(max_examples=100, deadline=None)
@given(series(), KPIS, st.integers(1, 4), st.integers(1, 4))
def test_what_is_suppressed_is_in_no_drawing_table_or_file(
    counts: list[Counts], of: Kpi, one: int, other: int
) -> None:
    def with_small(number: int) -> OverTime:
        hidden = [
            (number, pair[1]) if pair is not None and place % 4 == 1 and pair[1] > 20 else pair
            for place, pair in enumerate(counts)
        ]
        return judged(hidden, CONTROLLED, of)

    first, second = with_small(one), with_small(other)
    assert drawn.chart(first, sentence(first)) == drawn.chart(second, sentence(second))
    assert over_time_tables.table(first) == over_time_tables.table(second)
    assert over_time_tables.as_file(first, {}) == over_time_tables.as_file(second, {})


def test_a_suppressed_month_is_a_gap_that_is_told() -> None:
    found = judged([*STEADY, (3, 100), *STEADY], CONTROLLED)
    spec = spec_of(found)
    [gap] = layers(spec, "tick")[0]["data"]["values"]
    assert gap == {
        "month": "2021-03-01",
        "tip": "March 2021: not shown: suppressed: too few people",
    }
    [line] = layers(spec, "line")
    assert [row["value"] for row in line["data"]["values"]][14] is None
    assert "0.03" not in json.dumps(spec)


def test_marks_and_steps_are_drawn_with_what_tells_them_below() -> None:
    marks = [mark("one", month(3)), mark("two", month(14)), mark("three", month(16))]
    found = judged(STEPPED, marks=marks, rebases=[rebase("training", month(14))])
    numbers = [
        row
        for layer in layers(spec_of(found), "text")
        for row in layer["data"]["values"]
        if "number" in row
    ]
    assert [(row["month"], row["number"]) for row in numbers] == [
        ("2020-04-01", "1"),
        ("2021-03-01", "2, A"),
        ("2021-05-01", "3"),
    ]
    # Close ones stand in two rows.
    assert numbers[1]["up"] != numbers[2]["up"]
    assert [text.split()[1].rstrip(",:") for text in told_below(found)] == ["1", "2", "3", "A"]
    means = [row for row in texts(spec_of(found)) if row.startswith("Mean")]
    assert sorted(means) == ["Mean 41%", "Mean 61%"]


def test_labels_of_lines_do_not_overlap() -> None:
    found = judged(of_100(*([50, 51] * 10)), targets=[(date(2020, 1, 1), 0.5)])
    spec = spec_of(found)
    [low, high] = points(spec)["encoding"]["y"]["scale"]["domain"]
    labels = next(
        layer["data"]["values"]
        for layer in layers(spec, "text")
        if "Target 50%" in {row.get("text") for row in layer["data"]["values"]}
    )
    heights = sorted((row["value"] - low) / (high - low) * over_time_rows.HEIGHT for row in labels)
    assert len(heights) == 4
    assert all(b - a > 13 for a, b in pairwise(heights))
    assert heights[-1] <= over_time_rows.HEIGHT + 1


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("of", [HIGHER, LOWER, NEITHER], ids=lambda kpi: kpi.id)
def test_it_can_be_drawn(mode: Mode, of: Kpi) -> None:
    found = judged(
        [*STEPPED, (2, 100), None],
        CONTROLLED,
        of,
        targets=[(date(2020, 1, 1), 0.5)],
        marks=[mark("one", month(3))],
        rebases=[rebase("r", month(14), kpi=of.id)],
    )
    spec = spec_of(found, mode)
    assert vl_convert.vegalite_to_vega(json.dumps({**spec, "width": 600}))["marks"]
    assert vl_convert.vegalite_to_svg(json.dumps({**spec, "width": 600})).startswith("<svg")
    title = layers(spec, "line")[0]["encoding"]["y"]["axis"]["title"]
    assert title == f"Share, {of.better.value}{drawn_sign(of)}"
    sizes = {layer["mark"]["fontSize"] for layer in layers(spec, "text")}
    assert min(sizes) >= theme.SMALL
    assert spec["config"] == theme.config(theme.palette(mode))


def drawn_sign(of: Kpi) -> str:
    return {HIGHER.id: " ▲", LOWER.id: " ▼"}.get(of.id, "")


def test_icons_stand_in_the_order_given() -> None:
    found: dict[tuple[str, str], Any] = {
        ("a", "north"): judged(STEADY, targets=[(date(2020, 1, 1), 0.9)]),
        ("b", "north"): judged([*STEADY, (85, 100)], CLEARED, LOWER),
        ("a", "south"): judged(STEADY[:5]),
    }
    table = over_time_tables.icons(
        found,
        [("b", "B"), ("a", "A")],
        [("south", "South"), ("east", "East"), ("north", "North")],
    )
    assert table.columns == ("Team", "B", "A")
    assert table.rows == (
        ("South", "", "– too few months"),
        ("North", "▲ concern", "● as expected by chance; target expected to be missed"),
    )
