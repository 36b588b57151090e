"""Every page as every role, and what can fail without a sound: filters, links, a lost store."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pdqi.config import Config
from pdqi.ui.filters import NAMES, OPTIONS
from pdqi.ui.page import PLACES

from .conftest import ROOT, Open

CONFIG = Config.load(ROOT / "config.yaml")


def said(app: AppTest) -> str:
    """All the words of the page that are Markdown, without the signs that escape."""
    return "\n".join(item.value for item in (*app.markdown, *app.warning)).replace("\\", "")


@pytest.mark.parametrize("role", [role.id for role in CONFIG.roles])
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.id)
def test_every_page_for_every_role(place, role: str, open_app: Open) -> None:
    app = open_app(role, place.id)
    assert not app.exception
    assert not app.error
    assert [item.value for item in app.title] == [place.title]
    words = said(app)
    assert "INVENTED DATA" in words
    assert f"definitions {CONFIG.digest}" in words
    assert CONFIG.organisation.name in words
    if CONFIG.policy_of(role).cleared:
        assert f"Exact counts: {CONFIG.organisation.marking_cleared}" in words
    else:
        assert "Small numbers are protected for this view." in words
        assert CONFIG.organisation.marking_cleared not in words or place.id == "definitions"
    # The frame is not all there is: each page says something of its own.
    assert len(app.markdown) + len(app.table) > 8


def test_a_page_has_a_row_here_and_a_file() -> None:
    assert {place.id for place in PLACES} == {path.stem for path in (ROOT / "pages").glob("*.py")}


def test_a_filter_stays_from_page_to_page(open_app: Open) -> None:
    app = open_app()
    app.selectbox(key="scope").set_value("service:cmht").run()
    for place in PLACES:
        app.switch_page(f"pages/{place.id}.py").run()
        assert CONFIG.service("cmht").name in said(app), place.id
        assert app.selectbox(key="scope").value == "service:cmht"


def test_the_address_spells_out_every_value(open_app: Open) -> None:
    app = open_app()
    app.selectbox(key="definition").set_value("confirmed_only").run()
    assert set(NAMES) <= set(app.query_params)
    assert app.query_params["definition"] == ["confirmed_only"] or (
        app.query_params["definition"] == "confirmed_only"
    )
    assert app.query_params["scope"] in ("system", ["system"])


def test_the_link_to_copy_spells_out_every_value_and_gives_the_same_figures(open_app: Open) -> None:
    team = CONFIG.teams[3].id
    app = open_app(page="findings", scope=team, section="treatment", ages="all_ages")
    link = app.code[0].value
    parameters = dict(part.split("=") for part in link.partition("?")[2].split("&"))
    assert set(parameters) == {*NAMES, "section", "view"}
    again = open_app(page="findings", **parameters)
    assert said(again) == said(app)
    assert [table.value.to_string() for table in again.table] == [
        table.value.to_string() for table in app.table
    ]


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ({"scope": "nowhere"}, "'nowhere', which does not exist. Shown instead: the whole system."),
        ({"scope": "north_cmhtt"}, "Did you mean 'north_cmht'?"),
        ({"period": "1999-01"}, "asks for January 1999, but the data cover"),
        ({"period": "soon"}, "'soon', which is not a period. A period is a month such as"),
        ({"period": "2025-01..2025-05"}, "which is not one of the periods on offer"),
        ({"definition": "mine"}, "the case definition 'mine', which does not exist"),
        ({"ages": "19"}, "the age band '19', which does not exist"),
        ({"section": "x"}, "'x', which does not exist. Shown instead: 'Who presents, and where'"),
        ({"team": "north_cmht"}, "The link says 'team', which this dashboard does not know"),
        ({"role": "analyst"}, "The link says 'role', which this dashboard does not know"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_a_link_with_a_fault_says_so(link: dict[str, str], sentence: str, open_app: Open) -> None:
    app = open_app(**link)
    assert not app.exception
    assert sentence in said(app)
    assert "Whole system · " in said(app)
    assert "Small numbers are protected" in said(app)


def test_a_fault_is_told_until_something_is_chosen(open_app: Open) -> None:
    app = open_app(scope="nowhere")
    app.run()
    assert "does not exist" in said(app)
    app.selectbox(key="scope").set_value("north_cmht").run()
    assert "does not exist" not in said(app)


def test_another_kind_of_period_keeps_to_the_time(open_app: Open) -> None:
    app = open_app(period="2024-04..2025-03")
    assert app.selectbox(key="kind").value == "financial_year"
    app.selectbox(key="kind").set_value("month").run()
    assert app.selectbox(key="period").value == "2025-03..2025-03"
    assert "March 2025" in said(app)


def test_every_option_is_drawn_on_its_page(open_app: Open) -> None:
    for option in OPTIONS:
        app = open_app(page=option.page)
        assert app.get("button_group"), option.name
        other = list(option.names)[-1]
        app = open_app(page=option.page, **{option.name: other})
        assert not app.exception
        assert f"{option.name}={other}" in app.code[0].value


def test_a_store_that_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PDQI_STORE", str(tmp_path / "none"))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    assert not app.exception
    assert "There is no store at 'none'" in said(app)
    assert "python3 start.py demo" in said(app)
    app.switch_page("pages/findings.py").run()
    assert not app.exception
    assert "There is no store at 'none'" in said(app)


def test_a_broken_config_lists_every_fault(
    tmp_path: Path, invented_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (ROOT / "config.yaml").read_text(encoding="utf-8")
    broken = tmp_path / "config.yaml"
    broken.write_text(
        text.replace("default_role: stakeholder", "default_role: nobody").replace(
            "default_definition: standard", "default_definition: nothing"
        ),
        encoding="utf-8",
    )
    monkeypatch.setenv("PDQI_CONFIG", str(broken))
    monkeypatch.setenv("PDQI_STORE", str(invented_store))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    assert not app.exception
    assert "'nobody'" in said(app)
    assert "'nothing'" in said(app)
    assert len(app.warning) >= 2


def test_content_that_is_missing_leaves_the_figures(
    tmp_path: Path, open_app: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PDQI_CONTENT", str(tmp_path))
    app = open_app()
    assert not app.exception
    assert "content cannot be read" in said(app)
    assert any("Figure" in table.value.index.names for table in app.table)
    for place in PLACES:
        assert not app.switch_page(f"pages/{place.id}.py").run().exception, place.id


def test_an_unknown_role_is_told_and_shows_nothing(open_app: Open) -> None:
    app = open_app("director")
    assert not app.exception
    assert "There is no role 'director'" in said(app)
    assert not app.table


def test_a_page_alone_does_not_draw_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    for place in PLACES:
        app = AppTest.from_file(str(place.file), default_timeout=60).run()
        assert [item.value for item in app.error] == [
            "This page cannot be opened alone. Run app.py: `python3 start.py`."
        ]
        assert not app.markdown
        assert not app.table
