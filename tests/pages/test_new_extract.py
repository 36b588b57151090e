"""A new extract on the Data quality page: tried by cleared readers, and kept nowhere."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pdqi.config import Config
from pdqi.errors import LoadError
from pdqi.ingest import trying

from .conftest import ROOT, Open

CONFIG = Config.load(ROOT / "config.yaml")
CLIENTS = (
    b"Client ID,Date of birth,Gender\n7101,02/03/1985,F\n7102,17/11/1990,M\n7102,17/11/1990,M\n"
)
REFERRALS = (
    b"Client ID,Team,Date of referral,Date started,Date ended\n"
    b"7101,CMHT North,03/04/2024,20/04/2024,\n"
    b"7102,Nobody's team,05/05/2024,,\n"
    b"7199,CMHT South,06/05/2024,01/06/2024,\n"
)
FILES = {"clients.csv": CLIENTS, "referrals.csv": REFERRALS}
OF_PEOPLE = ("7101", "7102", "7199", "1985", "1990", "03/04/2024", "2024-04-03")


def sent(app: AppTest, files: dict[str, bytes]) -> AppTest:
    given = [(name, data, "text/csv") for name, data in files.items()]
    return app.file_uploader[0].set_value(given).run()


def seen(app: AppTest) -> str:
    return "\n".join(item.value for item in (*app.markdown, *app.code, *app.error))


@pytest.mark.parametrize("role", ["stakeholder", "oversight"])
def test_who_is_not_cleared_is_told_who_is(role: str, open_app: Open) -> None:
    app = open_app(role, "data_quality", quality="new")
    assert not app.file_uploader
    assert "QI lead, Analyst" in seen(app)


def test_a_draft_is_made_corrected_and_tried(open_app: Open, invented_store: Path) -> None:
    page = open_app("analyst", "data_quality", quality="new")
    before = sorted(invented_store.rglob("*"))
    app = sent(page, FILES)
    assert not app.exception
    assert "What each file was taken for" in seen(app)
    draft = app.text_area[0].value
    assert "clients.csv" in draft
    assert "referrals.csv" in draft
    assert "id: new_source" in draft
    app.text_area[0].set_value(f"# Read through.\n{draft}").run()
    app.button(key="new_extract_try").click().run()
    assert not app.exception
    said = seen(app)
    assert "rows read" in said, said
    assert "duplicate_row" in said
    assert "unknown_person" in said
    assert not [each for each in OF_PEOPLE if each in said]
    assert sorted(invented_store.rglob("*")) == before


def test_a_mapping_that_is_wrong_is_told_in_sentences(open_app: Open) -> None:
    app = sent(open_app("analyst", "data_quality", quality="new"), FILES)
    app.text_area[0].set_value("nonsense: [").run()
    app.button(key="new_extract_try").click().run()
    assert not app.exception
    assert app.error
    assert "mapping.yaml" in app.error[0].value


@pytest.mark.parametrize(
    "files",
    [
        {"clients.csv": b""},
        {"clients.csv": b"\x00\x01\x02" * 50},
        {"book.xlsx": b"not a workbook"},
        {"rows.parquet": b"PAR1"},
    ],
)
def test_a_file_that_cannot_be_read_is_said_and_no_traceback(
    files: dict[str, bytes], open_app: Open
) -> None:
    app = sent(open_app("analyst", "data_quality", quality="new"), files)
    assert not app.exception
    assert app.error or app.text_area


def test_names_lead_nowhere_else() -> None:
    drafted = trying.drafted({"../../clients.csv": CLIENTS}, CONFIG)
    assert "../" not in drafted.text
    for names in (["a/x.csv", "b/x.csv"], ["x.csv", "c:\\y\\x.csv"], [".."]):
        with pytest.raises(LoadError, match="name"):
            trying.drafted(dict.fromkeys(names, CLIENTS), CONFIG)
