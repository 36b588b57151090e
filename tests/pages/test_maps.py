"""The process map on its page: every view for every reader, what is hidden, and one step."""

import pytest
from streamlit.testing.v1 import AppTest

from .conftest import Open
from .test_nothing_small import COUNT_WORDS, charts, found_small, is_small

COLUMNS = COUNT_WORDS | {
    "People in the period",
    "Waiting on the last day",
    "PD: moves",
    "Others: moves",
}
VIEWS = [
    ("over", "everyone"),
    ("over", "apart"),
    ("recorded", "case"),
    ("recorded", "apart"),
    ("designed", "everyone"),
]


def said(app: AppTest) -> str:
    return "\n".join(item.value for item in (*app.markdown, *app.header)).replace("\\", "")


def drawn(app: AppTest) -> int:
    return sum("canvas" in key or "chart_" in key for key, _, _ in charts(app))


@pytest.mark.parametrize(("view", "people"), VIEWS)
@pytest.mark.parametrize("scope", ["system", "north_cmht", "north", "service:crhtt"])
def test_every_map_shows_nothing_small(view: str, people: str, scope: str, open_app: Open) -> None:
    options = {"map": view, "people": people, "rare": "0", "thread": "node:cmht_care"}
    app = open_app("stakeholder", "process_map", scope=scope, period="2026-09", **options)
    assert not app.exception
    assert found_small(app) == []
    for table in app.table:
        frame = table.value
        for column in set(frame.columns) & COLUMNS:
            assert not [cell for cell in frame[column] if is_small(str(cell))], column
    # In one month there may be nothing that both starts and goes on.
    if view != "recorded":
        assert drawn(app) >= (2 if people == "apart" else 1)
    assert ("Beside each other" in "".join(x.value for x in app.subheader)) == (people == "apart")


def test_a_cleared_reader_sees_exact_numbers(open_app: Open) -> None:
    app = open_app("analyst", "process_map", period="2026-09", rare="0")
    assert found_small(app)


def test_what_a_threshold_hides_is_said(open_app: Open) -> None:
    every = said(open_app(page="process_map", rare="0"))
    some = said(open_app(page="process_map", rare="100"))
    assert "hidden:" not in every
    assert "with fewer than 100 moves are hidden: " in some
    assert " moves in all." in some


def test_one_step_is_told_whole(open_app: Open) -> None:
    app = open_app(page="process_map", thread="node:cn_waiting_list")
    text = said(app)
    for part in ("Waiting list", "Ways in", "Ways out", "Measures", "Thread of Step of the map"):
        assert part in text
    assert "waiting on the last day." in text
    names = [list(table.value.columns) for table in app.table]
    assert ["People in the period", "Waiting on the last day"] in names


def test_a_step_of_other_teams_is_told_as_one(open_app: Open) -> None:
    app = open_app(page="process_map", scope="talking_therapies", thread="node:cn_triage")
    assert "This step is one of other teams" in said(app)


def test_a_team_of_the_recorded_map_leads_to_its_step(open_app: Open) -> None:
    app = open_app(page="process_map", map="recorded", thread="team:north_cmht")
    assert "Care under a community team: designed and recorded." in said(app)
