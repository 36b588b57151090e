"""The one graph of ids: each link once, from both ends; threads; open ends of hand-made content."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pdqi.config import Config
from pdqi.content import Library
from pdqi.content.library import EVIDENCE, RANKS
from pdqi.content.links import RELATIONS
from pdqi.content.open_ends import open_ends
from pdqi.metrics.catalogue import KPI_IDS
from tests.content.conftest import ROOT, SHIPPED

CONFIG = Config.load(ROOT / "config.yaml")
LIBRARY = Library.load(SHIPPED, CONFIG, KPI_IDS)
BOXES = sorted(ref for ref in LIBRARY.refs if ref.partition(":")[0] in RANKS)
Hand = Callable[[dict[str, object], dict[str, object]], Library]


def test_each_link_is_written_once() -> None:
    """No pair of items has one relation twice; moves name both their ends by it."""
    seen = [(x.start, x.relation, x.end) for x in LIBRARY.links if x.relation != "moves"]
    assert len(seen) == len(set(seen)) > 200
    back = {(x.end, x.relation, x.start) for x in LIBRARY.links if x.relation != "differs_from"}
    assert not back & set(seen)


def test_each_link_is_seen_from_both_ends() -> None:
    for link in LIBRARY.links:
        forth, back = RELATIONS[link.relation]
        there = {(x.ref, x.words, x.strength, x.basis) for x in LIBRARY.about(link.start)}
        here = {(x.ref, x.words, x.strength, x.basis) for x in LIBRARY.about(link.end)}
        assert (link.end, forth, link.strength, link.basis) in there
        assert (link.start, back, link.strength, link.basis) in here


def test_both_ends_of_every_link_are_known() -> None:
    assert {x.start for x in LIBRARY.links} | {x.end for x in LIBRARY.links} <= LIBRARY.refs


@given(st.sampled_from(sorted(LIBRARY.refs)))
def test_a_thread_holds_what_it_is_of(ref: str) -> None:
    thread = LIBRARY.thread(ref)
    assert ref in thread
    assert thread <= LIBRARY.refs
    kinds = {other.partition(":")[0] for other in thread - {ref}}
    assert kinds <= RANKS.keys() | EVIDENCE


@given(st.sampled_from(BOXES), st.sampled_from(BOXES))
def test_boxes_are_in_each_others_thread_or_in_neither(one: str, other: str) -> None:
    assert (one in LIBRARY.thread(other)) == (other in LIBRARY.thread(one))


@given(st.sampled_from(sorted(LIBRARY.refs)))
def test_a_thread_is_in_one_piece(ref: str) -> None:
    """Everything in a thread is reached from its start over links that lie within it."""
    thread = LIBRARY.thread(ref)
    near: dict[str, set[str]] = {}
    for link in LIBRARY.links_among(thread):
        near.setdefault(link.start, set()).add(link.end)
        near.setdefault(link.end, set()).add(link.start)
    reached, ahead = {ref}, [ref]
    while ahead:
        ahead += (new := near.get(ahead.pop(), set()) - reached)
        reached |= new
    assert reached == thread


def test_a_measure_leads_to_what_it_measures_and_not_to_all_there_is() -> None:
    """The aim has this measure too, and the aim's thread is everything."""
    thread = LIBRARY.thread("kpi:ebt_received")
    assert {"idea:CB1", "primary:B", "aim:aim", "gap:B2", "voice:V4", "workstream:W1"} <= thread
    assert "idea:CB3" not in thread
    assert "idea:CD2" not in thread


def test_a_step_leads_on_by_its_issues() -> None:
    for issue in LIBRARY.process_map.issues:
        for step in issue.pinned_to:
            thread = LIBRARY.thread(f"node:{step}")
            assert f"issue:{issue.id}" in thread
            assert {f"gap:{gap.to}" for gap in issue.gaps} <= thread
            assert any(ref.startswith("workstream:") for ref in thread)


LINKED: dict[str, object] = {"basis": "local"}


@pytest.fixture
def by_hand(folder: Path, config: Config) -> Hand:
    """Replace diagram and voices by small ones; the workstream W1 takes up the idea I1."""

    def write(name: str, data: dict[str, object]) -> None:
        file = folder / f"{name}.yaml"
        file.write_text(json.dumps(data, default=str), encoding="utf-8")  # JSON is YAML.

    def make(diagram: dict[str, object], voices: dict[str, object]) -> Library:
        aim = {"id": "aim", "text": "Better", "target": {"state": "not_yet_set", "words": "None."}}
        whole: dict[str, object] = {
            "version": 1,
            "agreed": {"words": "Agreed.", "by": "us", "date": "2026-01-01"},
            "aim": aim | LINKED,
            "branches": [{"id": "b", "name": "Branch"} | LINKED],
            "primary": [{"id": "P", "name": "Primary", "branch": "b"} | LINKED],
            "gaps": [],
            "secondary": [],
            "ideas": [],
        }
        write("driver_diagram", whole | diagram)
        write("voices", {"groups": [{"id": "staff", "name": "Staff"}], "themes": []} | voices)
        stream = {"id": "W1", "name": "Work", "purpose": "Work.", "addresses": [{"to": "I1"}]}
        write("workstreams", {"groups": [], "workstreams": [stream | LINKED]})
        for name, key in (("process_map", "issues"), ("measurability", "items")):
            data = yaml.safe_load((folder / f"{name}.yaml").read_text(encoding="utf-8"))
            write(name, data | {key: []})
        write("timeline", {})
        return Library.load(folder, config, KPI_IDS)

    return make


def ends(library: Library) -> set[tuple[str, str]]:
    """The open ends of the threads, without the measures that the small diagram does not use."""
    return {
        (item.ref, item.what)
        for item in open_ends(library)
        if not item.of_the_map and not item.ref.startswith(("kpi:", "aim:"))
    }


GAP = {"id": "G1", "theme": "P", "text": "Gap"} | LINKED
DRIVER = {"id": "S1", "name": "Driver", "of": [{"to": "P"}], "gaps": [{"to": "G1"}]} | LINKED
IDEA = {"id": "I1", "text": "Idea", "short": "Idea", "addresses": [{"to": "G1"}]} | LINKED
STAFF = [{"kpi": "staff_trained", "type": "process"}]
THEME = {"id": "V1", "group": "staff", "kind": "gap", "text": "T.", "short": "T"} | LINKED


def test_nothing_is_open(by_hand: Hand) -> None:
    library = by_hand(
        {
            "gaps": [GAP],
            "secondary": [DRIVER | {"measured_by": STAFF}],
            "ideas": [IDEA | {"measured_by": STAFF}],
        },
        {"themes": [THEME | {"gaps": [{"to": "G1"}]}]},
    )
    assert ends(library) == set()
    alone = {item.ref for item in open_ends(library) if "no driver" in item.what}
    assert alone == {f"kpi:{name}" for name in KPI_IDS} - {"kpi:staff_trained"}


def test_everything_is_open(by_hand: Hand) -> None:
    """A gap without an idea, an idea and a workstream without a measure, a theme used nowhere."""
    unmeasured = {"id": "I1", "text": "Idea", "short": "Idea", "drivers": [{"to": "S1"}]} | LINKED
    library = by_hand(
        {"gaps": [GAP], "secondary": [DRIVER], "ideas": [unmeasured]}, {"themes": [THEME]}
    )
    assert ends(library) == {
        ("gap:G1", "No change idea answers this gap."),
        ("secondary:S1", "Nothing measures this driver."),
        ("idea:I1", "Nothing measures this idea."),
        ("workstream:W1", "Nothing measures what this workstream takes up."),
        ("voice:V1", "This theme is used nowhere: it points to no gap."),
    }


def test_what_was_dropped_answers_and_measures_nothing(by_hand: Hand) -> None:
    dropped = {"reason": "No room", "version": 1, "date": "2026-03-01"}
    library = by_hand(
        {
            "gaps": [GAP],
            "secondary": [DRIVER | {"measured_by": STAFF}],
            "ideas": [
                IDEA
                | {
                    "dropped": dropped,
                    "measured_by": [{"kpi": "prescribing", "type": "process"}],
                }
            ],
        },
        {},
    )
    assert ("gap:G1", "No change idea answers this gap.") in ends(library)
    assert ("idea:I1", "No workstream takes this idea up.") not in ends(library)
    alone = {item.ref for item in open_ends(library) if "no driver" in item.what}
    assert "kpi:prescribing" in alone
    assert "kpi:staff_trained" not in alone
