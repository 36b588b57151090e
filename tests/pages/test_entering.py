"""Entering in the journal from the pages: forms, what they say, and who may."""

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pdqi.config import Config
from pdqi.journal import By, Draft, Journal
from pdqi.journal.items import Action

from .conftest import ROOT, Open

CONFIG = Config.load(ROOT / "config.yaml")
LEAD = By("qi_lead", "Service Manager")
ACTION = {"what": "Find a room", "who": "Administrator", "by": "2026-10-31", "workstream": "W1"}


@pytest.fixture
def opened(open_app: Open, invented_store: Path, tmp_path: Path) -> tuple[Open, Journal]:
    """Return the dashboard on a store with a journal of its own, and that journal."""
    store = shutil.copytree(invented_store, tmp_path / "store")
    journal = Journal.open(CONFIG, store, None, (), demonstration=True)

    def on_the_copy(role: str, /, **link: str) -> AppTest:
        return open_app(role, page="workstreams", store=store, **link)

    return on_the_copy, journal


def field(app: AppTest, label: str) -> object:
    """Return the one field with this label."""
    kinds = (app.text_input, app.text_area, app.selectbox, app.date_input, app.segmented_control)
    (found,) = [each for kind in kinds for each in kind if each.label == label]
    return found


def press(app: AppTest, label: str) -> None:
    (found,) = [each for each in app.button if each.label == label]
    found.click().run()


def said(app: AppTest) -> str:
    shown = (*app.success, *app.error, *app.warning, *app.markdown)
    return "\n".join(str(each.value) for each in shown)


def test_an_action_is_entered_from_its_form(opened: tuple[Open, Journal]) -> None:
    visit, journal = opened
    made = journal.enter(LEAD, Draft("action", ACTION)).item
    app = visit("qi_lead", part="actions", item=made)
    field(app, "Which").select("").run()
    field(app, "Action").set_value("Book the *hall*")
    field(app, "Who").set_value("Administrator")
    press(app, "Enter the action")
    assert "Nothing was entered" in said(app)
    assert "By: It is empty" in said(app).replace("\\", "")
    assert field(app, "Action").value == "Book the *hall*"
    assert len(journal.entries()) == 1
    field(app, "By").set_value("2026-12-01")
    press(app, "Enter the action")
    assert "Entered as A2" in said(app)
    assert [x.value.what for x in journal.standing().of(Action)] == [
        "Find a room",
        "Book the *hall*",
    ]
    assert field(app, "Action").value == ""


def test_a_change_that_crossed_another_is_told(opened: tuple[Open, Journal]) -> None:
    visit, journal = opened
    made = journal.enter(LEAD, Draft("action", ACTION)).item
    app = visit("qi_lead", part="actions", item=made)
    journal.enter(LEAD, Draft("action", {"state": "done"}, made, 1))
    field(app, "Action").set_value("Find a larger room")
    press(app, "Enter the change to A1")
    assert "Both entries are kept" in said(app)
    (item,) = journal.standing().of(Action)
    assert (item.value.what, item.value.state) == ("Find a larger room", "done")


def test_the_last_entry_is_undone_from_the_page(opened: tuple[Open, Journal]) -> None:
    visit, journal = opened
    made = journal.enter(LEAD, Draft("action", ACTION)).item
    journal.enter(LEAD, Draft("action", {"state": "done"}, made, 1))
    app = visit("qi_lead", part="actions", item=made)
    press(app, "Undo the last entry")
    assert [entry.did for entry in journal.history(made)] == ["created", "changed", "undone"]


def test_who_may_not_enter_reads_which_roles_may(opened: tuple[Open, Journal]) -> None:
    visit, journal = opened
    made = journal.enter(LEAD, Draft("action", ACTION)).item
    app = visit("stakeholder", part="actions", item=made)
    assert "These roles may: Oversight group, QI lead." in said(app).replace("\\", "")
    assert "These may: Oversight group and QI lead." in said(app).replace("\\", "")
    assert not [each for each in app.button if each.label.startswith("Enter the")]
    assert "Find a room" in str(app.table[0].value)
