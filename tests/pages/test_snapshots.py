"""The page of snapshots: look, keep, prove, remark; and who may do and see what."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pdqi.config import Config
from pdqi.demo import demo
from tests.pages.conftest import ROOT, Open


@pytest.fixture(scope="module")
def own_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that nobody else keeps snapshots of."""
    path = tmp_path_factory.mktemp("snapshots") / "store"
    demo(path, Config.load(ROOT / "config.yaml"), people=800, seed=3)
    return path


def words(app: AppTest) -> str:
    return "\n".join(str(each.value) for each in (*app.markdown, *app.success, *app.warning))


def kept(open_app: Open, store: Path, audience: str) -> AppTest:
    app = open_app("qi_lead", "snapshots", store)
    app.selectbox(key="snapshot_for").set_value(audience).run()
    app.multiselect(key="snapshot_pages_full").set_value(["overview", "unmeasured"]).run()
    app.button(key="snapshot_look").click().run()
    assert app.button(key="snapshot_keep").label == "Keep this snapshot"
    assert "Whole system" in words(app)
    app.button(key="snapshot_keep").click().run()
    assert not app.exception
    return app


def test_a_snapshot_is_looked_at_kept_and_proved(open_app: Open, own_store: Path) -> None:
    app = kept(open_app, own_store, "stakeholder")
    app.button(key="snapshot_verify").click().run()
    assert "every figure is equal" in words(app)
    app.text_input(key="snapshot_text").set_value("For the board")
    next(b for b in app.button if b.label == "Write it beside the snapshot").click().run()
    assert "For the board" in words(app)
    # A stakeholder finds it, and may take its files, but writes nothing.
    app = open_app("stakeholder", "snapshots", own_store)
    assert "may not make snapshots" in words(app)
    assert "For the board" in words(app)
    assert app.button(key="snapshot_make")
    assert not app.text_input


def test_exact_counts_are_for_those_who_are_cleared(open_app: Open, own_store: Path) -> None:
    app = kept(open_app, own_store, "analyst")
    assert "EXACT COUNTS" in words(app)
    name = app.selectbox(key="snapshot_chosen").value
    app = open_app("oversight", "snapshots", own_store)
    assert name not in words(app)
    assert "1 more were made for readers who see exact counts." in words(app)
    assert name not in (app.selectbox(key="snapshot_chosen").options if app.selectbox else [])
    assert app.selectbox(key="snapshot_for").options == ["Stakeholder", "Oversight group"]


def test_the_files_are_offered_once_they_are_made(open_app: Open, own_store: Path) -> None:
    app = kept(open_app, own_store, "stakeholder")
    app.multiselect(key="snapshot_forms").set_value(["csv", "xlsx"]).run()
    app.button(key="snapshot_make").click().run()
    assert not app.exception
    assert "Download the pack" in str(app.get("download_button")[0].proto)
