"""The monthly meeting in a browser: by keyboard, by double click, at two widths."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import need_chromium

from pdqi.config import Config
from pdqi.journal import Journal
from pdqi.journal.items import Action

from .conftest import ROOT, Open, served, settle
from .test_journeys import DESK, look_for_faults

CONFIG = Config.load(ROOT / "config.yaml")
VIEWS = (
    "overview",
    "overview?hour=run",
    "overview?hour=present&topic=actions",
    "overview?hour=past",
    "workstreams?part=actions&item=A1",
    "workstreams?part=decisions&item=D2",
    "workstreams?part=risks",
    "workstreams?part=entries",
)


@pytest.fixture(scope="module")
def own(store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the store with a journal that these tests may write in."""
    folder = tmp_path_factory.mktemp("meeting")
    shutil.copytree(store.with_name("store-journal"), folder / "store-journal")
    return shutil.copytree(store, folder / "store")


@pytest.fixture(scope="module")
def lead(own: Path) -> Iterator[str]:
    """The address of a server for the role that may enter everything."""
    need_chromium()
    with served(own, PDQI_ROLE="qi_lead") as found:
        yield found


@pytest.mark.parametrize("view", VIEWS)
def test_the_meeting_is_accessible(view: str, lead: str, visit: Open) -> None:
    look_for_faults(visit(f"{lead}/{view}", *DESK))


def test_topics_are_moved_by_the_arrow_keys(lead: str, visit: Open) -> None:
    page = visit(f"{lead}/overview?hour=present")
    for heading, key in (
        ("1. Since the last meeting", "ArrowRight"),
        ("2. Where the work stands", "ArrowRight"),
        ("3. Actions", "ArrowLeft"),
    ):
        page.get_by_role("heading", name=heading).wait_for()
        page.get_by_role("button", name="Next").wait_for()
        settle(page)
        page.keyboard.press(key)
    page.get_by_role("heading", name="2. Where the work stands").wait_for()
    page.wait_for_url("**topic=status**")


def test_a_double_click_enters_once(lead: str, own: Path, visit: Open) -> None:
    journal = Journal.open(CONFIG, own, None, (), demonstration=True)
    before = len(journal.standing().of(Action))
    page = visit(f"{lead}/workstreams?part=actions")
    page.get_by_text("Enter, change, or see the history of one").click()
    settle(page)
    page.get_by_label("Action", exact=True).fill("Ring the teams")
    who = page.get_by_role("combobox", name="Who")
    # An open list closes when the page scrolls, so it is scrolled there first.
    who.scroll_into_view_if_needed()
    settle(page)
    who.click()
    page.get_by_role("option", name="Administrator").click()
    day = page.get_by_role("spinbutton")
    for part, number in zip(range(3), ("01", "12", "2026"), strict=True):
        day.nth(part).press_sequentially(number)
    page.get_by_role("button", name="Enter the action").dblclick()
    page.get_by_text("Entered as").wait_for()
    settle(page)
    assert len(journal.standing().of(Action)) == before + 1
    journal.close()
