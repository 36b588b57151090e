"""Milestones on a line of time: what stands where, in words and shapes."""

import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pdqi.charts import images
from pdqi.charts.theme import Mode
from pdqi.charts.timeline import MOST_LINES, Reached, ordered, said, table, timeline

TODAY = date(2026, 10, 5)
LATE = Reached("Groups start", "W1: Work", date(2026, 4, 30), date(2026, 9, 1), None)
DONE = Reached("Guidance sent", "W2: Other", date(2026, 3, 31), None, date(2026, 3, 20))
PLAIN = Reached("Words agreed", "W1: Work", date(2026, 12, 1), None, None)
EVERY = [DONE, LATE, PLAIN]

days = st.dates(date(2020, 1, 1), date(2032, 12, 31))
milestones = st.builds(
    Reached,
    st.text("abc defghij", min_size=1, max_size=200),
    st.sampled_from(["W1: Work", "W2: Other"]),
    days,
    st.none() | days,
    st.none() | days,
)


def test_the_table_says_how_far_each_slipped() -> None:
    assert [row[0] for row in table(EVERY).rows] == [
        "Groups start",
        "Words agreed",
        "Guidance sent",
    ]
    assert [row[5] for row in table(EVERY).rows] == ["124 days later", "", "11 days earlier"]


def test_the_words_name_what_is_late() -> None:
    told = said(EVERY, TODAY)
    assert told == (
        "There are 3 milestones: 1 reached, 1 slipped. The most: Groups start, 124 days later."
        " Past its day and not reached: Groups start."
    )
    assert said([], TODAY) == "No milestone has been entered yet."


def test_nothing_is_drawn_of_nothing() -> None:
    assert timeline([], TODAY, None, "") is None


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_it_can_be_taken_as_a_picture(mode: Mode) -> None:
    spec = timeline(EVERY, TODAY, date(2026, 9, 7), "Milestones", mode)
    assert spec is not None
    caption = images.Caption("Milestones", marking="OFFICIAL", source="Example")
    svg = images.image("svg", spec, caption).decode()
    for word in ("today", "last meeting", "124 days later", "baseline", "forecast", "actual"):
        assert word in svg
    assert timeline(EVERY, TODAY, None, "Milestones", mode) is not None


@settings(max_examples=25, deadline=None)
@given(st.lists(milestones, min_size=1, max_size=20), days, st.none() | days)
def test_every_milestone_is_drawn_and_none_over_another(
    found: list[Reached], today: date, meeting: date | None
) -> None:
    spec = timeline(found, today, meeting, "x")
    assert spec is not None
    kept = spec.get("datasets", {})
    # Words are drawn twice: the ground behind them, which has a stroke, and then the letters.
    letters = [layer for layer in spec["layer"] if "stroke" not in layer["mark"]]
    held = [layer["data"] for layer in letters]
    rows = [row for data in held for row in data.get("values") or kept[data["name"]]]
    names = [row for row in rows if "bold" in row]
    assert sum(not row["bold"] for row in names) == len(found)
    assert len({row["y"] for row in names}) == len(names)
    assert all(row["text"].count("\n") < MOST_LINES for row in names)
    ends = spec["layer"][2]["encoding"]["x"]["scale"]["domain"]
    drawn = [row["day"] for row in rows if "day" in row]
    assert ends[0] <= min(drawn)
    assert max(drawn) < ends[1]
    json.dumps(spec)
    assert len(ordered(found)) == len(found)
