"""The charts of data quality: valid specifications whose marks say what the tables say."""

from datetime import date

import altair as alt
import pytest

from pdqi.charts import parts_of, ranges, strips
from pdqi.charts.parts_of import Bar
from pdqi.charts.strips import Spot
from pdqi.charts.theme import Mode

SPOTS = tuple(
    Spot("Team", line, date(2023, month, 1), share, f"{share}", stands_out=month == 3)
    for line in ("Complete", "Valid")
    for month, share in ((1, 0.5), (2, None), (3, 1.0))
)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_they_are_valid_vega_lite(mode: Mode) -> None:
    bars = [Bar("One", (0.5, 0.3, 0.2)), Bar("Two", (None, 0.5, 0.5))]
    for spec in (
        strips.strips(SPOTS, ("Complete", "Valid"), "words", mode),
        parts_of.chart(bars, ("A", "B", "C"), "words", mode),
        ranges.chart([("One", 0.4, 0.2, 0.6)], "words", mode),
    ):
        assert spec is not None
        assert spec["description"] == "words"
        alt.LayerChart.from_dict(spec, validate=True)


def rows(spec: object) -> list[dict[str, object]]:
    assert isinstance(spec, dict)
    found = max(spec["datasets"].values(), key=len)
    assert isinstance(found, list)
    return found


def test_a_line_is_not_drawn_across_a_month_that_is_hidden() -> None:
    found = rows(strips.strips(SPOTS, ("Complete", "Valid"), "words"))
    assert len(found) == 4, "two lines of two months each"
    assert len({row["series"] for row in found}) == 4
    assert [row["out"] for row in found] == [False, True] * 2


def test_strips_lie_one_below_the_other() -> None:
    spots = [Spot(name, "x", date(2023, 1, 1), share, "") for name in "ab" for share in (0.0, 1.0)]
    assert [row["at"] for row in rows(strips.strips(spots, ("x",), "w"))] == pytest.approx(
        [1, 1 + strips.PART, 0, strips.PART]
    )


def test_a_bar_that_may_not_be_told_in_full_is_left_out() -> None:
    bars = [Bar("One", (0.5, 0.47, 0.03)), Bar("Two", (None, 0.5, 0.5))]
    found = rows(parts_of.chart(bars, ("A", "B", "C"), "words"))
    assert [(r["name"], r["start"], r["end"], r["words"]) for r in found] == [
        ("One", 0.0, 0.5, "50%"),
        ("One", 0.5, 0.97, "47%"),
        ("One", 0.97, 1.0, ""),
    ]
    assert parts_of.chart(bars[1:], ("A", "B", "C"), "words") is None
    assert strips.strips((), ("x",), "words") is None
    assert ranges.chart((), "words") is None
