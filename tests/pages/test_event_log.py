"""The dashboard on a store that holds an event log: the map, and a sentence on every other page."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pdqi.config import Config
from pdqi.ingest.loading import load
from pdqi.ui.page import PLACES

from .conftest import ROOT
from .test_nothing_small import found_small

CONFIG = Config.load(ROOT / "config.yaml")
OTHERS = [place for place in PLACES if place.id != "process_map"]


@pytest.fixture(scope="module")
def log_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty cases: most go one way, some another, and three a way of their own."""
    folder = tmp_path_factory.mktemp("log")
    ways = [["In", "Seen", "Out"]] * 25 + [["In", "Out"]] * 12 + [["In", "Lost"]] * 3
    lines = [
        f"{case},{what},2024-0{1 + case % 3}-01 10:{10 * step:02}"
        for case, way in enumerate(ways)
        for step, what in enumerate(way)
    ]
    (folder / "log.csv").write_text("\n".join(["Case,What,When", *lines]), encoding="utf-8")
    (folder / "map.yaml").write_text(
        "{kind: event_log, id: small, name: A small log, file: log.csv, case: Case,"
        " activity: What, at: When, cases: visits, rules: [{id: S, text: Seen before leaving,"
        " before: {first: Seen, then: Out}}]}",
        encoding="utf-8",
    )
    load(folder / "map.yaml", folder, folder / "store", CONFIG, b"a secret of the tests")
    return folder / "store"


def opened(
    monkeypatch: pytest.MonkeyPatch, store: Path, role: str, page: str, **link: str
) -> AppTest:
    monkeypatch.setenv("PDQI_STORE", str(store))
    monkeypatch.setenv("PDQI_ROLE", role)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for name, value in link.items():
        app.query_params[name] = value
    app.run()
    app.switch_page(f"pages/{page}.py").run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    return "\n".join(item.value.replace("\\", "") for item in app.markdown)


@pytest.mark.parametrize("place", OTHERS, ids=lambda place: place.id)
def test_other_pages_say_what_this_store_is(place, log_store, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    app = opened(monkeypatch, log_store, "stakeholder", place.id)
    assert app.title[0].value == place.title
    assert "This store holds an event log" in said(app)
    assert "Process map" in said(app)
    assert not app.table


def test_the_map_shows_the_log(log_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(monkeypatch, log_store, "analyst", "process_map")
    words = said(app)
    assert "5 routes" not in words
    assert "Recorded pathway: 4 routes between 4 activities." in words
    assert "In to Seen, 25 times" in words
    assert (
        "40 visits. Of the routes shown, the one of the largest number is In → Seen → Out: 25."
        in (words)
    )
    assert "Kept for 25 of 37 visits, 68%" in words
    follows = app.table[0].value
    assert list(follows.columns) == ["To", "Times", "Visits", "Median between"]
    assert list(follows["Median between"]) == ["10 minutes"] * 4
    assert len(app.get("vega_lite_chart")) == 1


def test_nothing_small_is_sent(log_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(monkeypatch, log_store, "stakeholder", "process_map")
    assert found_small(app) == []
    everything = said(app) + "".join(table.value.to_string() for table in app.table)
    everything += "".join(item.proto.spec for item in app.get("vega_lite_chart"))
    assert "Lost" not in everything, "three visits: not even the name"
    app = opened(monkeypatch, log_store, "analyst", "process_map")
    assert "Lost" in "".join(table.value.to_string() for table in app.table)
