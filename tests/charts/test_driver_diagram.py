"""The driver diagram: boxes, links and their strength, measures, dropped ideas."""

from dataclasses import replace
from datetime import date
from itertools import combinations

from pdqi.charts.driver_diagram import diagram, diagram_summary, diagram_table
from pdqi.charts.driver_layout import WIDTHS, cards_of, drivers_of, places_of
from pdqi.charts.geometry import width_of
from pdqi.content import Library
from pdqi.content.models import Dropped
from pdqi.labels import Labels
from tests.charts.reading import numbers, rows, sizes, words


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


def test_boxes_do_not_overlap_and_hold_their_text(library: Library, labels: Labels) -> None:
    for measures in (
        {},
        dict.fromkeys(library.kpi_ids, "A measure with quite a few words: 100%"),
    ):
        cards = list(cards_of(library, labels, measures))
        boxes, _ = places_of(cards, library.driver_diagram)
        assert all(not a.meets(b) for a, b in combinations(boxes.values(), 2))
        for card in cards:
            for line in (*card.title, *card.measures, *card.above, *card.dropped):
                assert width_of(line) <= WIDTHS[card.column] - 18
    assert min(sizes(diagram(library, labels))) >= 12


def test_measures_are_those_given_and_no_others(library: Library, labels: Labels) -> None:
    plain = diagram(library, labels)
    assert not {n for text in [*words(plain), plain["description"]] for n in numbers(text)} - {
        *range(13)
    }
    spec = diagram(library, labels, {"prescribing": "41%"})
    assert [text for text in words(spec) if "%" in text] == ["41%", "41%"]


def test_the_aim_says_that_it_has_no_target(library: Library, labels: Labels) -> None:
    said = " ".join(words(diagram(library, labels)))
    assert "No measurable target" in said
    assert "No measurable target has been set yet." in diagram_summary(library, labels)


def test_a_dropped_idea_is_struck_through_with_its_reason(library: Library, labels: Labels) -> None:
    spec = diagram(with_dropped(library), labels)
    assert len(rows(spec, "strikes")) == 1
    assert "Dropped: Nobody could be recruited" in words(spec)
    assert not rows(diagram(library, labels), "strikes")
    assert "10 change ideas, 1 of them dropped." in diagram_summary(with_dropped(library), labels)
    [row, *_] = [
        row
        for row in diagram_table(with_dropped(library), labels)
        if row["Change idea"].startswith("CB2")
    ]
    assert row["Status"] == "Dropped on 1 March 2026: Nobody could be recruited"


def test_a_thread_stays_bright(library: Library, labels: Labels) -> None:
    spec = diagram(library, labels, lit=library.thread("idea:CB3"))
    bright = {row["id"] for row in rows(spec, "boxes") if row["stroke"] != "#d8dde0"}
    assert bright == {"aim:aim", "primary:B", "secondary:right_prescribing", "idea:CB3"}


def test_table_has_a_row_for_each_link(library: Library, labels: Labels) -> None:
    table = diagram_table(library, labels, {"prescribing": "Prescribed: 41%"})
    [row] = [row for row in table if row["Change idea"].startswith("CB3")]
    assert row == {
        "Primary driver": "Evidence-based treatment and support",
        "Secondary driver": "Prescribing that follows guidance",
        "Gaps": "Too much is prescribed, with little guidance",
        "Change idea": "CB3: Guidance on prescribing",
        "Link": "strong",
        "Measures": "Prescribed: 41%",
        "Status": "",
    }
