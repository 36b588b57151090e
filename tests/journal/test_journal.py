"""Entering, changing, undoing: what stands, what is kept, and what is refused."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pdqi.errors import EntryError, JournalError, NotAllowedError
from pdqi.journal import Draft, Journal
from pdqi.journal.items import Action, ActionState, Delivery, Meeting, WorkstreamStatus

from .conftest import CONFIG, KPI_IDS, LEAD, LIBRARY, READER, Opener

ACTION = {"what": "Circulate the guidance", "who": "Service Manager", "by": "2026-10-31"}
MEETING = {
    "day": "2026-10-05",
    "load_version": "v1",
    "config_digest": "c1",
    "content_digest": "d1",
    "period": "2025-10..2026-09",
    "definition": "standard",
    "ages": "working_age",
}
STATUS = {
    "workstream": "W1",
    "status": "amber",
    "reason": "Two groups start late",
    "path_to_green": "Find a room by November",
    "set_by": "Service Manager",
}


def action(**changed: Any) -> Draft:
    return Draft("action", {**ACTION, **changed})


def said(error: pytest.ExceptionInfo[EntryError]) -> str:
    return "\n".join(str(problem) for problem in error.value.problems)


def test_what_is_entered_stands(each: Opener) -> None:
    journal = each()
    entered = journal.enter(LEAD, action())
    assert entered.item == "A1"
    (item,) = journal.standing().of(Action)
    assert item.value.by == date(2026, 10, 31)
    assert item.value.state is ActionState.OPEN
    assert (item.by, item.revision) == (LEAD, 1)
    assert journal.enter(LEAD, action(what="Another")).item == "A2"


def test_a_change_keeps_what_was_before(each: Opener) -> None:
    journal = each()
    journal.enter(LEAD, action())
    journal.enter(LEAD, Draft("action", {"state": "done"}, "A1", 1))
    first, second = journal.history("A1")
    assert (first.did, second.did) == ("created", "changed")
    assert first.before is None
    assert second.before == first.after
    assert second.after is not None
    assert second.after["state"] == "done"
    assert journal.at(1).of(Action)[0].value.state is ActionState.OPEN


def test_an_undoing_is_an_entry(each: Opener) -> None:
    journal = each()
    journal.enter(LEAD, action())
    journal.enter(LEAD, Draft("action", {"state": "done"}, "A1", 1))
    journal.undo(LEAD, 2, "It was not done")
    assert journal.standing().of(Action)[0].value.state is ActionState.OPEN
    with pytest.raises(EntryError) as error:
        journal.undo(LEAD, 1)
    assert "Undo entry 3 first" in said(error)
    assert [entry.did for entry in journal.history("A1")] == ["created", "changed", "undone"]


def test_undoing_the_first_entry_takes_the_item_away_and_its_id_is_not_used_again(
    each: Opener,
) -> None:
    journal = each()
    journal.enter(LEAD, action())
    journal.undo(LEAD, 1)
    assert journal.standing().of(Action) == ()
    assert journal.enter(LEAD, action()).item == "A2"


def test_two_who_change_different_fields_both_stand(each: Opener) -> None:
    journal = each()
    journal.enter(LEAD, action())
    drawn = {**ACTION, "state": "open", "workstream": None, "meeting": None}
    journal.enter(LEAD, Draft("action", {**drawn, "state": "done"}, "A1", 1))
    later = journal.enter(LEAD, Draft("action", {**drawn, "who": "Administrator"}, "A1", 1))
    (item,) = journal.standing().of(Action)
    assert item.value.who == "Administrator"
    assert item.value.state is ActionState.DONE
    (crossed,) = later.crossed
    assert (crossed.label, crossed.was, crossed.theirs, crossed.mine) == (
        "State",
        "Open",
        "Done",
        "Done",
    )
    assert crossed.entry.number == 2


def test_of_two_who_change_the_same_field_the_later_stands_and_is_told(each: Opener) -> None:
    journal = each()
    journal.enter(LEAD, action())
    journal.enter(LEAD, Draft("action", {"who": "Administrator"}, "A1", 1))
    later = journal.enter(LEAD, Draft("action", {"who": "Clinical Lead"}, "A1", 1))
    assert journal.standing().of(Action)[0].value.who == "Clinical Lead"
    (crossed,) = later.crossed
    assert (crossed.theirs, crossed.mine) == ("Administrator", "Clinical Lead")
    assert len(journal.history("A1")) == 3


def test_a_form_that_is_sent_twice_is_entered_once(each: Opener) -> None:
    journal = each()
    draft = Draft("action", ACTION, token="form-1")
    first, second = journal.enter(LEAD, draft), journal.enter(LEAD, draft)
    assert not first.repeated
    assert second.repeated
    assert second.item == first.item
    assert len(journal.entries()) == 1


def test_every_fault_is_told_at_once_and_nothing_is_entered(each: Opener) -> None:
    journal = each()
    draft = action(what="", by="soon", state="later", workstream="W9", colour="red")
    with pytest.raises(EntryError) as error:
        journal.enter(LEAD, draft)
    told = said(error)
    assert "Action: It is empty." in told
    assert "By: 'soon': it is not a date." in told
    assert "State: 'later': it is none of the choices. Allowed: Open, Done, Dropped." in told
    assert "Workstream: There is no workstream 'W9'. Allowed: W1, W2, W3." in told
    assert "no field 'colour'" in told
    assert journal.entries() == ()


def test_who_may_not_is_told_who_may(each: Opener) -> None:
    journal = each()
    with pytest.raises(NotAllowedError) as error:
        journal.enter(READER, action())
    (problem,) = error.value.problems
    assert str(problem) == (
        "Your role, Stakeholder, may not enter actions, risks and issues."
        " These may: Oversight group and QI lead."
    )
    assert journal.entries() == ()


def test_amber_needs_a_path_to_green(each: Opener) -> None:
    journal = each()
    with pytest.raises(EntryError) as error:
        journal.enter(LEAD, Draft("status", {**STATUS, "path_to_green": None}))
    assert "needs a path to green" in said(error)
    assert journal.enter(LEAD, Draft("status", STATUS)).item == "S-W1"
    (item,) = journal.standing().of(WorkstreamStatus)
    assert item.value.status is Delivery.AMBER
    with pytest.raises(EntryError) as error:
        journal.enter(LEAD, Draft("status", STATUS))
    assert "Change S-W1 instead." in said(error)


def test_a_closed_meeting_stays_as_it_is(each: Opener) -> None:
    journal = each()
    journal.enter(LEAD, Draft("meeting", MEETING))
    journal.enter(LEAD, Draft("note", {"meeting": "MT1", "topic": "news", "text": "Quiet month"}))
    journal.enter(LEAD, Draft("meeting", {"state": "closed"}, "MT1"))
    for draft in (
        Draft("note", {"text": "Loud month"}, "N-MT1-news"),
        Draft("note", {"meeting": "MT1", "topic": "other", "text": "Late"}),
        Draft("meeting", {"attendees": ["Administrator"]}, "MT1"),
        action(meeting="MT1"),
    ):
        with pytest.raises(EntryError) as error:
            journal.enter(LEAD, draft)
        assert "Open it again first" in said(error)
    with pytest.raises(EntryError) as error:
        journal.enter(LEAD, Draft("meeting", {"state": "open"}, "MT1"))
    assert "Nothing says why" in said(error)
    journal.enter(LEAD, Draft("meeting", {"state": "open"}, "MT1", reason="A name was wrong"))
    journal.enter(LEAD, Draft("note", {"text": "Loud month"}, "N-MT1-news"))
    assert journal.standing().of(Meeting)[0].value.day == date(2026, 10, 5)


def test_several_are_entered_together_or_not_at_all(each: Opener) -> None:
    journal = each()
    with pytest.raises(EntryError):
        journal.enter_all(LEAD, (action(), action(by="never")))
    assert journal.entries() == ()
    found = journal.enter_all(LEAD, (action(), action(what="Next")))
    assert [each.item for each in found] == ["A1", "A2"]


def test_the_journals_of_invented_and_real_data_are_never_mixed(tmp_path: Path) -> None:
    Journal.open(CONFIG, tmp_path / "store", LIBRARY, KPI_IDS, demonstration=True).close()
    with pytest.raises(JournalError) as error:
        Journal.open(CONFIG, tmp_path / "store", LIBRARY, KPI_IDS, demonstration=False)
    assert "belongs to invented data, and this store holds real data" in str(error.value)


def test_the_database_itself_refuses_to_change_an_entry(journal: Journal, tmp_path: Path) -> None:
    import sqlite3

    journal.enter(LEAD, action())
    connection = sqlite3.connect(tmp_path / "store-journal" / "journal.sqlite")
    for statement in ("update journal_entries set role = 'x'", "delete from journal_entries"):
        with pytest.raises(sqlite3.IntegrityError, match="only grows"):
            connection.execute(statement)
    connection.close()
