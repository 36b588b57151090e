"""The Data quality page: each view for each role, its choices, and nothing small for outsiders."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pdqi.config import Config
from pdqi.ingest.loading import load
from pdqi.ui.filters import RECORDS
from pdqi.ui.quality import VIEWS
from tests.ingest.small_world import ROOT, SECRET

from .conftest import Open
from .test_nothing_small import found_small, is_small
from .test_pages import said

CONFIG = Config.load(ROOT / "config.yaml")
EXTRACTS = ROOT / "../shared/extracts/trust_a"
ROLES = [role.id for role in CONFIG.roles]
CONTROLLED = [name for name in ROLES if not CONFIG.policy_of(name).cleared]
NOT_COUNTS = {"Days before the load"}


@pytest.fixture(scope="module")
def loaded_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An invented trust's messy extracts, loaded."""
    if not (EXTRACTS / "answers.json").is_file():
        pytest.skip("the example extracts are not beside the project")
    store = tmp_path_factory.mktemp("loaded") / "store"
    load(ROOT / "data/sources/trust_a.yaml", EXTRACTS, store, CONFIG, SECRET)
    return store


def headers(app: AppTest) -> list[str]:
    return [item.value for item in app.header]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("view", VIEWS)
def test_every_view_for_every_role(view: str, role: str, open_app: Open) -> None:
    app = open_app(role, "data_quality", quality=view)
    assert not app.exception
    assert not app.error
    assert headers(app) == [section.name for section in VIEWS[view].sections]
    assert VIEWS[view].about in said(app)
    assert app.table or view == "new"


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("view", VIEWS)
def test_every_view_of_what_was_loaded(
    view: str, role: str, open_app: Open, loaded_store: Path
) -> None:
    app = open_app(role, "data_quality", loaded_store, quality=view)
    assert not app.exception
    assert headers(app) == [section.name for section in VIEWS[view].sections]


@pytest.mark.parametrize("table", RECORDS.names)
def test_the_fields_of_every_table(table: str, open_app: Open) -> None:
    app = open_app("analyst", "data_quality", quality="fields", records=table)
    assert not app.exception
    assert f"Whole system: {table}" in said(app)
    assert f"records={table}" in app.code[0].value
    one = open_app("analyst", "data_quality", quality="fields", records=table, scope="oak_ward")
    assert not one.exception


@pytest.mark.parametrize("role", CONTROLLED[:1])
@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("scope", ["system", "oak_ward", "service:crhtt"])
def test_no_small_count_is_in_any_view(view: str, role: str, scope: str, open_app: Open) -> None:
    tables = RECORDS.names if view == "fields" else ("episodes",)
    for table in tables:
        link = {"quality": view, "records": table, "scope": scope, "period": "2026-09"}
        app = open_app(role, "data_quality", **link)
        assert not app.exception
        assert found_small(app) == []
        for shown in app.table:
            frame = shown.value
            for column in frame.columns:
                small = [cell for cell in frame[column] if is_small(str(cell))]
                assert not small or column in NOT_COUNTS, column


def test_the_search_finds_small_counts_of_a_cleared_reader(open_app: Open) -> None:
    app = open_app("analyst", "data_quality", quality="language", period="2026-09")
    cells = [str(x) for t in app.table for column in t.value.columns for x in t.value[column]]
    assert sum(map(is_small, cells)) > 5


def test_who_may_have_the_list(open_app: Open, loaded_store: Path) -> None:
    for role in ROLES:
        app = open_app(role, "data_quality", loaded_store, quality="files")
        offered = any("left_out_trust_a" in str(item.proto.id) for item in buttons(app))
        assert offered == CONFIG.policy_of(role).cleared, role
        if not offered:
            assert "QI lead, Analyst" in said(app)


def buttons(app: AppTest) -> list[object]:
    return [*app.get("download_button")]


def test_what_was_left_out_is_a_weakness(open_app: Open, loaded_store: Path) -> None:
    app = open_app("analyst", "data_quality", loaded_store)
    names = [item.value for item in app.subheader]
    assert "Rows of episodes that were left out at loading, of whatever team and month" in names
    assert "linked 100%" in said(app)
    everyone = open_app("analyst", "data_quality", loaded_store, ages="all_ages")
    assert "People under care without a birth date" in names
    assert "People under care without a birth date" not in [
        item.value for item in everyone.subheader
    ]


def test_a_table_that_does_not_exist_is_told(open_app: Open) -> None:
    app = open_app(page="data_quality", quality="fields", records="visits")
    assert "'visits', which does not exist" in said(app)
    assert not app.exception
