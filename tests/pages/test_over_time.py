"""The view of figures over time, as readers get it."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from .conftest import ROOT, Open
from .test_nothing_small import charts, dictionaries, found_small
from .test_pages import said

SCOPES = ("system", "north_cmht", "service:crhtt", "complex_needs", "north")


def months(open_app: Open, role: str, **link: str) -> AppTest:
    return open_app(role, "findings", view="months", **link)


@pytest.mark.parametrize("role", ["stakeholder", "analyst"])
@pytest.mark.parametrize("scope", SCOPES)
def test_every_figure_is_told_and_drawn(role: str, scope: str, open_app: Open) -> None:
    app = months(open_app, role, section="all", scope=scope)
    assert not app.exception
    words = said(app)
    assert "Every complete month from October 2021 to September 2026 is shown" in words
    assert "What the latest month says, by team" in [item.value for item in app.subheader]
    drawn = list(charts(app))
    assert len(drawn) > 3
    for _, spec, _ in drawn:
        # The chart says in words what the page says above it.
        assert spec["description"] in words
    if role == "stakeholder":
        assert found_small(app) == []


def test_a_figure_of_teams_offers_the_teams_of_the_scope(open_app: Open) -> None:
    app = months(open_app, "analyst", section="waits", scope="service:cmht")
    box = app.selectbox(key="team_over_time_assessed_within_28_days")
    assert box.options == ["North CMHT", "Central CMHT", "South CMHT"]
    assert "North CMHT." in said(app)
    app = box.set_value("south_cmht").run()
    assert not app.exception
    assert "South CMHT." in said(app)


def test_a_suggested_step_is_drawn_only_when_asked_for(open_app: Open) -> None:
    app = months(open_app, "analyst", section="staff", scope="north_cmht")
    [box] = [item for item in app.checkbox if "staff_trained" in item.key]
    assert box.label == "Draw it with this step"
    assert "Step A" not in said(app)
    app = box.check().run()
    assert not app.exception
    assert "Nobody has agreed this." in said(app)


def test_marks_of_the_invented_data_are_told(open_app: Open) -> None:
    app = months(open_app, "analyst", section="staff", scope="north_cmht")
    assert "Mark 1, 1 April 2025: Invented. Training and protected supervision" in said(app)
    numbers = {
        row["number"]
        for _, spec, _ in charts(app)
        for row in dictionaries(spec)
        if "number" in row and isinstance(row["number"], str)
    }
    assert numbers == {"1"}


def test_the_period_makes_no_difference(open_app: Open) -> None:
    one = months(open_app, "stakeholder", section="staff", period="2022-03")
    other = months(open_app, "stakeholder", section="staff", period="2025-10..2026-09")
    assert [spec for _, spec, _ in charts(one)] == [spec for _, spec, _ in charts(other)]


def test_a_target_is_drawn_and_judged(
    tmp_path: Path, open_app: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (ROOT / "config.yaml").read_text(encoding="utf-8")
    target = "{kpi: staff_trained, value: 0.99, start: 2021-04-01, source: Plan}"
    file = tmp_path / "config.yaml"
    file.write_text(text.replace("targets: []", f"targets: [{target}]"), encoding="utf-8")
    monkeypatch.setenv("PDQI_CONFIG", str(file))
    app = months(open_app, "analyst", section="staff", scope="north_cmht")
    assert "The target of 99% will be met in no month unless something changes." in said(app)
    assert any(
        "target expected to be missed" in str(cell) for cell in app.table[0].value.to_numpy().flat
    )


def test_without_content_there_are_no_marks(
    tmp_path: Path, open_app: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PDQI_CONTENT", str(tmp_path))
    app = months(open_app, "analyst", section="staff", scope="north_cmht")
    assert not app.exception
