"""Rules in content: mistakes are explained, and what they say of themselves is complete."""

from collections.abc import Callable

import pytest

from pdqi.config import Config
from pdqi.content import Library
from pdqi.findings.rules import meaning
from tests.content.conftest import Mistake

PLACE = "after: {episode: ended, at: [inpatient]}"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (PLACE, "after: {episode: ended, at: [inpatint]}", "Did you mean 'inpatient'?"),
        (PLACE, "after: {episode: ended, event: contact}", "Give one of 'episode'"),
        (PLACE, "after: {episode: finished}", "finished"),
        (PLACE, "after: {event: contact, of: [DBT]}", "'of' names treatments"),
        ("then: {treatment: started}", "then: {treatment: started, of: [DTB]}", "'DTB'"),
        ("days: 7\n", "days: -1\n", "greater than or equal to 0"),
        ("never: {first: [inpatient]", "never: {first: [nowhere]", "'nowhere'"),
        (
            "at_least: {times: 1,",
            "never: {first: [cmht], then: [crhtt]}\n    at_least: {times: 1,",
            "Give one of 'before'",
        ),
        ("moves: [{from: crhtt, to: crhtt}]", "rule: no_such_rule", "'no_such_rule'"),
        ("moves: [{from: crhtt, to: crhtt}]", "moves: []", "Give the 'rule'"),
        ("- id: panel_after_three", "- id: assessed_first", "written twice"),
    ],
)
def test_mistakes_are_told(
    mistake: Mistake,
    line_of: Callable[[str, str], int],
    old: str,
    new: str,
    expected: str,
) -> None:
    said = mistake(("rules", old, new))
    assert any(expected in text for text in said), said
    assert all("rules.yaml" in text for text in said)
    assert line_of("rules", new.splitlines()[0]) > 0


def test_every_shipped_rule_says_how_it_is_judged(library: Library, config: Config) -> None:
    names = {item.id: item.name for item in config.treatments}
    names |= {item.id: item.name for item in config.services}
    names |= {item.id: item.name for item in config.teams}
    for rule in library.rules.rules:
        said = meaning(rule, names)
        for word in ("Judged: ", "Kept: ", "Broken: ", "Not to be judged: "):
            assert said.count(word) == 1
        assert not [name for _, name in rule.places if "_" in name and name in said]


def test_what_was_accepted_for_invented_data_is_shown_with_it_alone(library: Library) -> None:
    assert library.accepts("north_crhtt", "south_crhtt", demonstration=True)
    assert not library.accepts("north_crhtt", "south_crhtt", demonstration=False)
    assert not library.accepts("oak_ward", "south_crhtt", demonstration=True)
