"""The monthly meeting from its page: begun, noted, closed, and its minutes a month later."""

import io
import shutil
from pathlib import Path

import pytest
from docx import Document
from streamlit.testing.v1 import AppTest

from pdqi.config import Config
from pdqi.content import Library
from pdqi.journal import By, Draft, Journal
from pdqi.journal.items import Decision, Meeting, MeetingState, Note, WorkstreamStatus
from pdqi.meeting.minutes import markdown
from pdqi.meeting.minutes_docx import docx
from pdqi.meeting.record import Record
from pdqi.metrics.catalogue import KPI_IDS

from .conftest import ROOT, Open
from .test_entering import field, press, said

CONFIG = Config.load(ROOT / "config.yaml")
LIBRARY = Library.load(ROOT / "data" / "content", CONFIG, KPI_IDS)
LEAD = By("qi_lead", "Service Manager")
Opened = tuple[Open, Journal]


@pytest.fixture
def opened(open_app: Open, invented_store: Path, tmp_path: Path) -> Opened:
    """Return the overview on a store with a journal of its own, and that journal."""
    store = shutil.copytree(invented_store, tmp_path / "store")
    journal = Journal.open(CONFIG, store, LIBRARY, KPI_IDS, demonstration=True)

    def on_the_copy(role: str, /, page: str = "", **link: str) -> AppTest:
        return open_app(role, page=page, store=store, **link)

    return on_the_copy, journal


def begun(visit: Open, role: str = "qi_lead") -> AppTest:
    app = visit(role, hour="run")
    field(app, "Date").set_value("2026-10-05")
    press(app, "Begin the record")
    return app


def test_an_hour_from_its_beginning_to_its_minutes(opened: Opened) -> None:
    visit, journal = opened
    app = begun(visit)
    (meeting,) = journal.standing().of(Meeting)
    assert meeting.value.figures is not None
    assert meeting.value.scope == "system"
    assert "5 October 2026" in said(app)
    notes = [each for each in app.text_area if each.label == "Note"]
    assert len(notes) == 6
    notes[0].set_value("A quiet month, with *one* exception")
    (first, *_) = [each for each in app.button if each.label == "Keep the note"]
    first.click().run()
    (note,) = journal.standing().of(Note)
    assert (note.value.topic, note.value.meeting) == ("news", meeting.id)
    journal.enter(
        LEAD,
        Draft(
            "decision",
            {"text": "Go on", "reason": "It helps", "who": "Lead", "meeting": meeting.id},
        ),
    )
    press(app, "Close the meeting")
    (meeting,) = journal.standing().of(Meeting)
    assert meeting.value.state is MeetingState.CLOSED
    assert meeting.value.record is not None
    assert meeting.value.record.document is not None
    record = Record.from_json(meeting.value.record.document)
    text = markdown(record).replace("\\", "")
    for words in ("Meeting of 5 October 2026", "one* exception", "Go on", "INVENTED DATA"):
        assert words in text
    assert Document(io.BytesIO(docx(record))).paragraphs
    app = visit("qi_lead", hour="past")
    assert "A quiet month" in said(app)
    app = visit("qi_lead")
    assert "The last meeting was on 5 October 2026" in said(app)


def test_what_was_made_for_exact_counts_is_not_shown_to_others(opened: Opened) -> None:
    visit, _ = opened
    app = begun(visit)
    press(app, "Close the meeting")
    app = visit("stakeholder", hour="past")
    assert "made for readers of exact counts" in said(app)
    assert len(app.table) == 1
    app = visit("stakeholder")
    assert "protected otherwise than yours" in said(app)


def test_a_reader_sees_the_hour_and_enters_nothing(opened: Opened) -> None:
    visit, _ = opened
    begun(visit)
    app = visit("stakeholder", hour="run")
    assert "enters nothing" in said(app)
    assert not [each for each in app.button if each.label in ("Keep the note", "Close the meeting")]


def test_an_empty_journal_begins_with_the_content_once(opened: Opened) -> None:
    visit, journal = opened
    app = visit("qi_lead", page="workstreams")
    assert "Nothing has been entered yet" in said(app)
    press(app, "Begin with the content")
    assert {x.value.workstream for x in journal.standing().of(WorkstreamStatus)} == {
        "W1",
        "W2",
        "W3",
    }
    assert "3 entries were made" in said(app)
    app = visit("qi_lead", page="workstreams")
    assert not [each for each in app.button if each.label == "Begin with the content"]


def test_a_decision_keeps_the_view_that_it_rests_on(opened: Opened) -> None:
    visit, journal = opened
    made = journal.enter(LEAD, Draft("decision", {"text": "Shall we?", "state": "asked"})).item
    app = visit("qi_lead", page="workstreams", part="decisions", item=made, scope="north_cmht")
    field(app, "State (optional)").select("decided")
    field(app, "Reason (optional)").set_value("The figures say so")
    field(app, "Who (optional)").select("Service Manager")
    field(app, "Evidence (optional)").set_value("What the team's figures say")
    press(app, f"Enter the change to {made}")
    (decision,) = journal.standing().of(Decision)
    (evidence,) = decision.value.evidence
    assert evidence.link is not None
    assert evidence.link.startswith("/workstreams?scope=north_cmht")
    assert evidence.figures is not None
    assert evidence.figures.policy == "exact"
    app = visit("qi_lead", page="workstreams", part="decisions", item=made)
    assert "as published on" in "".join(each.label for each in app.expander).replace("\\", "")
    app = visit("stakeholder", page="workstreams", part="decisions", item=made)
    assert "exact counts, which your role does not see" in said(app)


@pytest.mark.parametrize("topic", ["news", "status", "actions", "decisions", "unmeasured", "other"])
def test_every_topic_can_be_presented(opened: Opened, topic: str) -> None:
    visit, _ = opened
    app = visit("oversight", hour="present", topic=topic)
    assert not app.exception
    assert any("/ 6" in each.value for each in app.markdown)
