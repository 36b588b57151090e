"""The driver diagram: boxes, links and their strength, measures, dropped ideas."""

from dataclasses import replace
from datetime import date
from itertools import combinations

import pytest

from pdqi.charts.cards import PAD
from pdqi.charts.driver_diagram import diagram, diagram_summary, diagram_table
from pdqi.charts.driver_layout import WIDTHS, cards_of, drivers_of, places_of
from pdqi.charts.theme import LIGHT
from pdqi.content import Library
from pdqi.content.models import DriverDiagram, Dropped
from pdqi.findings.live import Live
from pdqi.findings.signals import Signal
from pdqi.labels import Labels
from tests.charts.reading import numbers, rows, sizes, words
from tests.charts.stress import STRESS

LIVE = Live("prescribing", "Prescribed", "People prescribed", "41%", "▲ concern", Signal.CONCERN)


def measured(library: Library) -> dict[str, Live]:
    """Every KPI with words that need room."""
    return {
        kpi: replace(LIVE, kpi=kpi, short="A measure with quite a few words", value="under 1%")
        for kpi in library.kpi_ids
    }


@pytest.fixture(params=["shipped", "stress"])
def either(request: pytest.FixtureRequest, library: Library) -> Library:
    """The shipped diagram, and one with 4 primary drivers, 12 secondary ones and 30 ideas."""
    if request.param == "shipped":
        return library
    return replace(library, driver_diagram=DriverDiagram.model_validate(STRESS))


def with_dropped(library: Library) -> Library:
    content = library.driver_diagram
    dropped = Dropped(reason="Nobody could be recruited", version=2, date=date(2026, 3, 1))
    ideas = tuple(
        idea.model_copy(update={"dropped": dropped}) if idea.id == "CB2" else idea
        for idea in content.ideas
    )
    return replace(library, driver_diagram=content.model_copy(update={"ideas": ideas}))


def test_a_box_for_everything(library: Library, labels: Labels) -> None:
    content = library.driver_diagram
    found = [row["id"] for row in rows(diagram(library, labels), "boxes")]
    assert found == [
        "aim:aim",
        *(f"primary:{x.id}" for x in content.primary),
        *(f"secondary:{x.id}" for x in content.secondary),
        *(f"idea:{x.id}" for x in content.ideas),
    ]


def test_links_of_an_idea_come_from_its_gaps(library: Library) -> None:
    content = library.driver_diagram
    assert drivers_of(content, "CC1") == {"equipped_staff": "strong", "options_known": "weak"}
    assert drivers_of(content, "CE1") == {"leadership": "strong"}


def test_weak_links_are_broken_lines(library: Library, labels: Labels) -> None:
    links = rows(diagram(library, labels), "links")
    content = library.driver_diagram
    weak = sum(link.strength == "weak" for driver in content.secondary for link in driver.of)
    weak += sum(
        how == "weak" for idea in content.ideas for how in drivers_of(content, idea.id).values()
    )
    assert sum(row["dash"] == [5.0, 4.0] for row in links) == weak
    assert weak > 0


def test_boxes_do_not_overlap_and_hold_their_text(either: Library, labels: Labels) -> None:
    for measures in ({}, measured(either)):
        cards = list(cards_of(either, labels, measures))
        boxes, _ = places_of(cards, either.driver_diagram)
        assert all(not a.meets(b) for a, b in combinations(boxes.values(), 2))
        for card in cards:
            for line in (line for part in card.parts for line in part):
                used = sum(run.width for run in line) + 7 * (len(line) - 1)
                assert used <= WIDTHS[card.column] - 2 * PAD, line
    assert min(sizes(diagram(either, labels))) >= 12


def test_links_run_from_left_to_right(either: Library, labels: Labels) -> None:
    """Each curve begins at the right edge of a box and ends at the left edge of one further on."""
    content = either.driver_diagram
    cards = list(cards_of(either, labels, measured(either)))
    boxes, _ = places_of(cards, content)
    links = len(content.primary) + sum(len(driver.of) for driver in content.secondary)
    links += sum(len(drivers_of(content, idea.id)) for idea in content.ideas)
    assert len(rows(diagram(either, labels, measured(either)), "links")) == links
    columns = {card.ref: card.column for card in cards}
    assert all(boxes[a].right < boxes[b].x for a in boxes for b in boxes if columns[a] < columns[b])


def test_thirty_ideas_stand_beside_what_they_move(library: Library, labels: Labels) -> None:
    """In the file the ideas come in another order than their drivers."""
    content = DriverDiagram.model_validate(STRESS)
    counts = (len(content.primary), len(content.secondary), len(content.ideas))
    assert counts == (4, 12, 30)
    whole = replace(library, driver_diagram=content)
    boxes, _ = places_of(list(cards_of(whole, labels, {})), content)
    middles = []
    for ref in sorted((r for r in boxes if r.startswith("idea:")), key=lambda r: boxes[r].y):
        drivers = drivers_of(content, ref.partition(":")[2])
        strong = [each for each, how in drivers.items() if how == "strong"]
        heights = [boxes[f"secondary:{each}"].middle[1] for each in strong]
        middles.append(sum(heights) / len(heights))
    assert middles == sorted(middles)


def test_measures_are_those_given_and_no_others(library: Library, labels: Labels) -> None:
    plain = diagram(library, labels)
    assert not {n for text in [*words(plain), plain["description"]] for n in numbers(text)} - {
        *range(13)
    }
    spec = diagram(library, labels, {"prescribing": LIVE})
    assert [text for text in words(spec) if "%" in text] == ["41%", "41%"]
    assert words(spec).count("Prescribed (process)") == 2
    # The sign comes with its words, and its colour says nothing that they do not say.
    assert words(spec).count("▲ concern") == 2
    [box] = [row for row in rows(spec, "boxes") if row["id"] == "idea:CB3"]
    assert box["tip"] == (
        "CB3: Guidance on prescribing. Process measure: People prescribed: 41%, ▲ concern."
    )


def test_a_box_says_which_kind_of_measure_it_has(library: Library, labels: Labels) -> None:
    every = measured(library)
    said = " ".join(words(diagram(library, labels, every)))
    for kind in ("(outcome)", "(process)", "(balancing)"):
        assert kind in said


def test_the_aim_says_that_it_has_no_target(library: Library, labels: Labels) -> None:
    said = " ".join(words(diagram(library, labels)))
    assert "No measurable target" in said
    assert "No measurable target has been set yet." in diagram_summary(library, labels)


def test_a_dropped_idea_is_struck_through_with_its_reason(library: Library, labels: Labels) -> None:
    spec = diagram(with_dropped(library), labels)
    assert len(rows(spec, "strikes")) == 1
    assert "Dropped in version 2, 1 March 2026: Nobody could be recruited" in " ".join(words(spec))
    [struck] = rows(spec, "strikes")
    assert struck["stroke"] == LIGHT.muted
    assert not rows(diagram(library, labels), "strikes")
    assert "10 change ideas, 1 of them dropped." in diagram_summary(with_dropped(library), labels)
    [row, *_] = [
        row
        for row in diagram_table(with_dropped(library), labels)
        if row["Change idea"].startswith("CB2")
    ]
    assert row["Status"] == "Dropped in version 2, 1 March 2026: Nobody could be recruited"


def test_a_thread_stays_bright(library: Library, labels: Labels) -> None:
    spec = diagram(library, labels, lit=library.thread("idea:CB3"), chosen="idea:CB3")
    bright = {row["id"] for row in rows(spec, "boxes") if row["stroke"] != "#d8dde0"}
    assert bright == {"aim:aim", "primary:B", "secondary:right_prescribing", "idea:CB3"}
    assert [row["id"] for row in rows(spec, "boxes") if row["weight"] > 2] == ["idea:CB3"]


def test_table_has_a_row_for_each_link(library: Library, labels: Labels) -> None:
    table = diagram_table(library, labels, {"prescribing": LIVE})
    [row] = [row for row in table if row["Change idea"].startswith("CB3")]
    assert row == {
        "Primary driver": "Evidence-based treatment and support",
        "Secondary driver": "Prescribing that follows guidance",
        "Gaps": "Too much is prescribed, with little guidance",
        "Change idea": "CB3: Guidance on prescribing",
        "Link": "strong",
        "Measures": "People prescribed (process): 41%, ▲ concern",
        "Status": "",
    }
