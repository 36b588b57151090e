"""The record of a meeting and its minutes: whole, harmless, and always the same."""

import io
import zipfile
from datetime import date

import pytest
from docx import Document

from pdqi.charts.rows import Table
from pdqi.errors import RequestError
from pdqi.journal import By, Draft, Journal
from pdqi.journal.items import Meeting
from pdqi.meeting import agenda as hour
from pdqi.meeting.agenda import Named, agenda
from pdqi.meeting.minutes import markdown
from pdqi.meeting.minutes_docx import docx
from pdqi.meeting.record import Record, View, record

LEAD = By("qi_lead", "Service Manager")
TODAY = date(2026, 10, 5)
WORK = (Named("W1", "Task and finish"), Named("W2", "Guidance"), Named("W3", "Culture"))
VIEW = View(
    organisation="Example Health",
    pathway="A pathway",
    marking="OFFICIAL",
    invented="INVENTED DATA.",
    chosen="Whole system · October 2025 to September 2026",
    provenance="Data to 30 September 2026",
)
HOSTILE = "=1+1 | <script>alert(1)</script> [x](http://e.example) *bold* 1. & ünï – end"


def held(journal: Journal) -> Record:
    """Return the record of a meeting at which one of everything was recorded."""
    meeting = {
        "day": "2026-10-05",
        "attendees": ["Service Manager", "Administrator"],
        "load_version": "v1",
        "config_digest": "c1",
        "content_digest": "d1",
        "period": "2025-10..2026-09",
        "definition": "standard",
        "ages": "working_age",
    }
    status = {"status": "red", "reason": "Nobody leads it", "path_to_green": "Name a lead"}
    action = {"what": HOSTILE, "who": "Administrator", "by": "2026-10-01"}
    decision = {"text": "Start in two teams", "reason": "Trained staff", "who": "Director"}
    drafts = [
        Draft("meeting", meeting),
        Draft("status", {"workstream": "W2", "set_by": "Service Manager", **status}),
        Draft("note", {"meeting": "MT1", "topic": "status", "text": "A note\nof two lines"}),
        Draft("action", {**action, "meeting": "MT1", "workstream": "W1"}),
        Draft("decision", {**decision, "meeting": "MT1", "review": "2027-01-31"}),
        Draft("decision", {"text": "Shall the panel meet?", "state": "asked"}),
    ]
    for draft in drafts:
        journal.enter(LEAD, draft)
    standing = journal.standing()
    news = hour.topic("news", ["A quarter of referrals are seen in time: 1 point more."])
    unmeasured = Table(("What", "Why"), (("Peer support", "Nobody counts it"),))
    topics = agenda(standing, None, WORK, news, unmeasured, TODAY)
    return record(standing.of(Meeting)[0], standing, topics, VIEW, TODAY)


def test_the_hour_has_its_order_and_the_worst_first(journal: Journal) -> None:
    found = held(journal)
    assert [topic.id for topic in found.topics] == [topic.id for topic in hour.TOPICS]
    status = found.topics[1]
    assert status.said == ("Of the 3 workstreams, 1 needs attention.",)
    assert [row[0] for row in status.sheet.rows] == [
        "W2: Guidance",
        "W1: Task and finish",
        "W3: Culture",
    ]
    assert status.sheet.rows[0][1] == "■ Red"
    assert found.topics[2].sheet.rows[0][4] == "overdue by 4 days"
    assert found.topics[3].said == (
        "1 decision is asked for; 0 taken earlier are to be looked at again.",
    )


def test_the_record_comes_back_as_it_was(journal: Journal) -> None:
    found = held(journal)
    again = Record.from_json(found.to_json())
    assert again == found
    assert markdown(again) == markdown(found)
    assert docx(again) == docx(found)


def test_a_damaged_record_is_explained(journal: Journal) -> None:
    document = held(journal).to_json()
    with pytest.raises(RequestError) as error:
        Record.from_json({**document, "day": "yesterday", "more": 1})
    assert [problem.where for problem in error.value.problems] == ["day", "more"]
    with pytest.raises(RequestError) as error:
        Record.from_json({**document, "format": 2})
    assert "form 1" in str(error.value)


def test_markdown_holds_everything_and_nothing_acts(journal: Journal) -> None:
    text = markdown(held(journal))
    for said in ("INVENTED DATA", "OFFICIAL", "Present: Service Manager; Administrator"):
        assert said in text
    assert "<script>" not in text
    assert "](http" not in text
    plain = text.replace("\\", "")
    assert plain.count("Start in two teams") == 1
    assert "of two lines" in plain
    rows = [line for line in text.splitlines() if "alert" in line]
    assert len({line.count(" | ") for line in rows}) == 1


def test_the_word_document_is_read_again(journal: Journal) -> None:
    found = held(journal)
    data = docx(found)
    document = Document(io.BytesIO(data))
    headings = [p.text for p in document.paragraphs if p.style.name.startswith("Heading 1")]
    assert headings == [*(topic.title for topic in found.topics), "What was recorded"]
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert cells.count("Start in two teams") == 1
    assert HOSTILE in " ".join(cells)
    assert document.core_properties.title == "Meeting of 5 October 2026"
    assert document.core_properties.language == "en-GB"
    assert "INVENTED DATA" in document.sections[0].header.paragraphs[0].text
    for table in document.tables:
        assert "w:tblHeader" in table.rows[0]._tr.xml
        assert "w:tblCaption" in table._tbl.xml
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert not [name for name in parts.namelist() if "vba" in name.lower()]
        rels = "".join(
            parts.read(name).decode() for name in parts.namelist() if name.endswith(".rels")
        )
    assert "External" not in rels
