"""Whatever is entered: what stands is what a slow reading says, and nothing harms."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pdqi.charts.sheet import as_csv
from pdqi.errors import EntryError, PdqiError, Problem
from pdqi.journal import Draft, Entry, Journal, registers
from pdqi.journal.items import Action
from pdqi.journal.kind import MOST_CHARACTERS

from .conftest import CONFIG, LEAD, opened

ACTION = {"what": "Ring", "who": "Lead", "by": "2026-10-31"}
steps = st.one_of(
    st.tuples(st.just("new"), st.sampled_from(["Ring", "Write", "Meet"]), st.none()),
    st.tuples(
        st.just("change"), st.sampled_from(["done", "open", "Ring", "Meet"]), st.integers(0, 3)
    ),
    st.tuples(st.just("undo"), st.none(), st.integers(0, 12)),
)


def slowly(entries: tuple[Entry, ...]) -> dict[str, Any]:
    """Return what stands after entries: the last word about each item that is there."""
    stands: dict[str, Any] = {}
    for entry in entries:
        assert entry.before == stands.get(entry.item)
        if entry.after is None:
            del stands[entry.item]
        else:
            stands[entry.item] = entry.after
    return stands


@settings(max_examples=25, deadline=None)
@given(st.lists(steps, max_size=14))
def test_what_stands_is_what_a_slow_reading_says(
    tmp_path_factory: pytest.TempPathFactory, todo: list[tuple[str, Any, Any]]
) -> None:
    store = tmp_path_factory.mktemp("j") / "store"
    journal = opened(CONFIG, store)
    for kind, what, number in todo:
        kept = journal.entries()
        try:
            if kind == "new":
                journal.enter(LEAD, Draft("action", {**ACTION, "what": what}))
            elif kind == "change":
                field = "state" if what in ("done", "open") else "what"
                journal.enter(LEAD, Draft("action", {field: what}, f"A{number}"))
            else:
                journal.undo(LEAD, number)
        except EntryError:
            assert journal.entries() == kept
        assert journal.entries()[: len(kept)] == kept
    stands = slowly(journal.entries())
    found = {x.id: x.value.model_dump(mode="json") for x in journal.standing().items.values()}
    assert found == stands
    again = opened(CONFIG, store)
    assert again.standing() == journal.standing()
    again.close()
    journal.close()


@pytest.mark.parametrize(
    "text",
    [
        "x" * (MOST_CHARACTERS + 1),
        "nul \x00 inside",
        "half a pair \ud800",
        "turned \u202e round",
        " \n\t ",
        "",
    ],
)
def test_what_cannot_be_written_is_refused_and_told(journal: Journal, text: str) -> None:
    with pytest.raises(EntryError) as error:
        journal.enter(LEAD, Draft("action", {**ACTION, "what": text}))
    assert [problem.where for problem in error.value.problems] == ["Action"]
    assert journal.entries() == ()


@pytest.mark.parametrize(
    "text",
    ["'; drop table journal_entries; --", "{short} {condition}", "<b>x</b>", "=cmd|' /C calc'!A0"],
)
def test_texts_do_nothing_but_stand_there(journal: Journal, text: str) -> None:
    journal.enter(LEAD, Draft("action", {**ACTION, "what": text}))
    (item,) = journal.standing().of(Action)
    assert item.value.what == text
    csv = as_csv(registers.columns(Action), registers.rows(Action, [item], item.value.by)).decode()
    assert not any(cell.startswith("=") for cell in csv.split(","))


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([*Action.model_fields, "colour", ""]),
        st.one_of(st.none(), st.text(max_size=30), st.integers(), st.lists(st.text(), max_size=2)),
    ),
    st.sampled_from(["action", "meeting", "status", "score", "cycle", "decision", "none", ""]),
    st.none() | st.text(max_size=8),
)
def test_any_draft_is_entered_or_explained(
    tmp_path_factory: pytest.TempPathFactory, values: dict[str, Any], kind: str, item: str | None
) -> None:
    journal = opened(CONFIG, tmp_path_factory.mktemp("j") / "store")
    problems: tuple[Problem, ...] = ()
    try:
        journal.enter(LEAD, Draft(kind, values, item))
    except PdqiError as error:
        problems = error.problems
    assert bool(problems) == (journal.entries() == ())
    journal.close()
