"""The invented meetings: eleven, closed, with minutes; only ever beside invented data."""

from pathlib import Path

import pytest

from pdqi.demo import demo
from pdqi.errors import ConfigError, JournalError
from pdqi.journal import Draft, Journal
from pdqi.journal.items import (
    Action,
    Decision,
    Delivery,
    Issue,
    Meeting,
    Milestone,
    PdsaCycle,
    ProgressScore,
    Risk,
    WorkstreamStatus,
)
from pdqi.meeting.invented import invent
from pdqi.meeting.minutes import markdown
from pdqi.meeting.record import Record
from tests.journal.conftest import CONFIG, KPI_IDS, LEAD, LIBRARY, ROOT

STORY = ROOT / "data" / "demonstration" / "meetings.yaml"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("invented") / "store"
    demo(path, CONFIG, people=2_000, seed=3)
    assert invent(STORY, path, CONFIG, LIBRARY) == 11
    return path


def opened(store: Path, *, demonstration: bool = True) -> Journal:
    return Journal.open(CONFIG, store, LIBRARY, KPI_IDS, demonstration=demonstration)


def test_every_view_has_something_to_show(store: Path) -> None:
    standing = opened(store).standing()
    for kind in (Action, Decision, Issue, Milestone, PdsaCycle, ProgressScore, Risk):
        assert len(standing.of(kind)) >= 2, kind
    assert {x.value.status for x in standing.of(WorkstreamStatus)} >= {Delivery.AMBER}
    statuses = {
        entry.after["status"]
        for entry in opened(store).entries()
        if entry.kind == "status" and entry.after
    }
    assert statuses == set(Delivery) - {Delivery.PAUSED}


def test_each_meeting_has_minutes_that_say_they_are_invented(store: Path) -> None:
    meetings = opened(store).standing().of(Meeting)
    assert len(meetings) == 11
    for meeting in meetings:
        assert meeting.value.record is not None
        assert meeting.value.record.document is not None
        text = markdown(Record.from_json(meeting.value.record.document))
        assert "INVENTED DATA" in text
        assert "{" not in text


def test_made_again_it_is_the_same(store: Path, tmp_path: Path) -> None:
    def told() -> list[tuple[object, ...]]:
        return [(x.at, x.item, x.did, x.after) for x in opened(store).entries()]

    first = told()
    assert invent(STORY, store, CONFIG, LIBRARY) == 11
    assert told() == first


def test_a_journal_that_somebody_wrote_in_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "store"
    demo(path, CONFIG, people=500, seed=3)
    journal = opened(path)
    journal.enter(LEAD, Draft("action", {"what": "Ring", "who": "Lead", "by": "2026-10-01"}))
    assert invent(STORY, path, CONFIG, LIBRARY) == 0
    assert len(journal.entries()) == 1


def test_it_is_never_taken_for_the_journal_of_real_data(store: Path) -> None:
    with pytest.raises(JournalError):
        opened(store, demonstration=False)


def test_a_wrong_story_is_explained(store: Path, tmp_path: Path) -> None:
    story = tmp_path / "meetings.yaml"
    story.write_text("meetings:\n  - {day: soon, attendees: []}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"meetings\.yaml:2"):
        invent(story, store, CONFIG, LIBRARY)
