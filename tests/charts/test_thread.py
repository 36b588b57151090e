"""The thread of every item as a picture and in words."""

import re
from dataclasses import replace
from datetime import date
from itertools import combinations

import pytest
import vl_convert

from pdqi.charts.cards import PAD
from pdqi.charts.theme import DARK
from pdqi.charts.thread import BOX, lines_of, picture
from pdqi.config import Config
from pdqi.content import Library
from pdqi.content.models import Dropped
from pdqi.findings.live import Live
from pdqi.findings.signals import Signal
from pdqi.findings.thread import GROUPS, KIND_WORDS, heading, thread
from pdqi.labels import Labels
from pdqi.metrics.catalogue import KPI_IDS
from tests.charts.conftest import ROOT
from tests.charts.reading import rows, sizes, words

LIBRARY = Library.load(ROOT / "data/content", Config.load(ROOT / "config.yaml"), KPI_IDS)
LABELS = Labels.of(LIBRARY.config)
UP = ("18%", "▲ improvement", Signal.IMPROVEMENT)
LIVE = {kpi: Live(kpi, "Short name", f"The whole name of {kpi}", *UP) for kpi in KPI_IDS}
TERM = min(ref for ref in LIBRARY.refs if ref.startswith("term:"))


@pytest.mark.parametrize("ref", sorted(LIBRARY.refs))
def test_the_thread_of_every_item(ref: str) -> None:
    found = thread(ref, LIBRARY, LABELS, LIVE)
    assert {knot.ref for knot in found.knots} | {ref} >= {
        other for other in LIBRARY.thread(ref) if other.partition(":")[0] != "branch"
    }
    assert found.of.ref == ref
    assert heading(found).endswith(found.of.name)
    assert not re.search(r"[{}]", f"{heading(found)} {found.summary} {found.of.status}")
    spec = picture(found, LIBRARY)
    boxes = rows(spec, "boxes")
    drawn = {row["id"] for row in boxes}
    assert drawn == {k.ref for k in found.knots if not k.ref.startswith("kpi:")} | {ref}
    assert [row["id"] for row in boxes if row["weight"] > 2] == [ref]
    assert all(row["tip"].endswith(".") for row in boxes)
    assert min(sizes(spec)) >= 12
    for knot in (*found.knots, found.of):
        for line in (line for part in lines_of(knot) for line in part):
            assert sum(run.width for run in line) + 7 * (len(line) - 1) <= BOX - 2 * PAD


@pytest.mark.parametrize("ref", ["aim:aim", "workstream:W1", "voice:V4", "kpi:ebt_wait", TERM])
def test_a_picture_can_be_drawn_and_its_boxes_do_not_overlap(ref: str) -> None:
    spec = picture(thread(ref, LIBRARY, LABELS, LIVE), LIBRARY, DARK)
    assert "<svg" in vl_convert.vegalite_to_svg(spec)
    tops = [_rectangle(row["d"]) for row in rows(spec, "boxes")]
    assert all(not _meet(one, other) for one, other in combinations(tops, 2))
    assert max(bottom for *_, bottom in tops) * 500 <= spec["height"]


def _rectangle(path: str) -> tuple[float, float, float, float]:
    """The left, right, top and bottom of a rounded rectangle, from its straight lines."""
    points = re.findall(r"[ML](-?[\d.]+),(-?[\d.]+)", path)
    across, down = ([float(point[n]) for point in points] for n in (0, 1))
    return min(across), max(across), min(down), max(down)


def _meet(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    aside = one[1] < other[0] or other[1] < one[0]
    return not aside and not (one[3] < other[2] or other[3] < one[2])


def test_each_item_says_how_it_stands() -> None:
    found = {knot.ref: knot for knot in thread("gap:B3", LIBRARY, LABELS, LIVE).knots}
    assert found["kpi:prescribing"].status == "18%, ▲ improvement"
    assert found["gap:B3"].status == "answered by 1 change idea"
    assert found["idea:CB3"].status == "Short name (process) 18%, ▲ improvement"
    assert found["workstream:W2"].status == "status not yet recorded"
    voices = {knot.ref: knot for knot in thread("gap:C1", LIBRARY, LABELS, LIVE).knots}
    assert (
        voices["voice:S4"].status == "what is missing; other evidence beside it: 1 not yet judged"
    )


def test_open_ends_stand_with_their_item_and_are_counted() -> None:
    found = thread("idea:CE1", LIBRARY, LABELS, LIVE)
    [idea] = [knot for knot in found.knots if knot.ref == "idea:CE1"]
    assert idea.open_ends == ("Nothing measures this idea.", "No workstream takes this idea up.")
    ends = sum(len(knot.open_ends) for knot in found.knots)
    assert found.summary.endswith(f"{ends} ends of it are open.")


def test_what_nothing_is_linked_with_says_so() -> None:
    found = thread(TERM, LIBRARY, LABELS, {})
    assert found.groups == {}
    assert found.summary == "Nothing is linked with this yet."


def test_a_dropped_idea_is_struck_in_its_thread() -> None:
    dropped = Dropped(reason="No room", version=2, date=date(2026, 3, 1))
    content = LIBRARY.driver_diagram
    ideas = tuple(
        idea.model_copy(update={"dropped": dropped}) if idea.id == "CB3" else idea
        for idea in content.ideas
    )
    library = replace(LIBRARY, driver_diagram=content.model_copy(update={"ideas": ideas}))
    found = thread("gap:B3", library, LABELS, LIVE)
    spec = picture(found, library)
    assert rows(spec, "strikes")
    assert "Dropped in version 2, 1 March 2026: No room" in " ".join(words(spec))
    assert "No change idea answers this gap." in found.of.open_ends


def test_every_kind_of_a_thread_has_a_group() -> None:
    kinds = [kind for group in GROUPS.values() for kind in group]
    assert len(kinds) == len(set(kinds))
    assert {ref.partition(":")[0] for ref in LIBRARY.refs} >= KIND_WORDS.keys()
