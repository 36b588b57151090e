"""The process map: everything of the content is drawn, nothing overlaps, nothing hidden is told."""

import json

import pytest

from pdqi.charts.flow import Flow
from pdqi.charts.geometry import width_of
from pdqi.charts.pathway_layout import WIDTH
from pdqi.charts.process_map import designed, designed_summary, designed_table
from pdqi.charts.process_recorded import recorded, recorded_summary, recorded_table
from pdqi.charts.theme import DARK
from pdqi.content import Library
from pdqi.labels import Labels
from tests.charts.reading import numbers, rows, sizes, words


def test_every_step_and_route_is_drawn_once(library: Library, labels: Labels) -> None:
    spec = designed(library, labels)
    heard = {row["id"] for row in rows(spec, "boxes") if row["tip"]}
    assert heard == {f"node:{node.id}" for node in library.process_map.nodes}
    assert sorted(row["id"] for row in rows(spec, "arrows")) == sorted(
        f"arrow:{arrow.id}" for arrow in library.process_map.arrows
    )
    assert len(rows(spec, "pins")) == sum(len(x.pinned_to) for x in library.process_map.issues)


def test_a_waiting_list_has_a_shape_of_its_own(library: Library, labels: Labels) -> None:
    """Beside the box: the outline behind it and three dots of a queue."""
    parts = [row["id"] for row in rows(designed(library, labels), "boxes")]
    assert parts.count("node:cn_waiting_list") == 5
    assert parts.count("node:pt_waiting_list") == 5
    assert parts.count("node:ward") == 1


def test_what_is_to_be_confirmed_has_a_broken_line(library: Library, labels: Labels) -> None:
    drawn = {row["id"]: row for row in rows(designed(library, labels), "arrows")}
    for arrow in library.process_map.arrows:
        assert (drawn[f"arrow:{arrow.id}"]["dash"] == [5.0, 3.0]) == arrow.confirm
        assert ("To be confirmed" in drawn[f"arrow:{arrow.id}"]["tip"]) == arrow.confirm


def test_one_row_as_it_is_sent(library: Library, labels: Labels) -> None:
    [row] = [x for x in rows(designed(library, labels), "arrows") if x["id"] == "arrow:cn_starts"]
    assert {key: value for key, value in row.items() if key != "d"} == {
        "id": "arrow:cn_starts",
        "fill": "transparent",
        "stroke": "#4c6272",
        "weight": 1.5,
        "dash": [5.0, 3.0],
        "tip": "Assessment over several sessions to Therapy at Complex Needs. To be confirmed.",
        "x": 0,
        "y": 0,
    }


def test_lines_of_text_fit(library: Library, labels: Labels) -> None:
    spec = designed(library, labels)
    for layer in spec["layer"]:
        if layer["mark"]["type"] == "text":
            for row in layer["data"]["values"]:
                assert len(row["text"]) <= 4, row
                wide = max(width_of(line) for line in row["text"])
                centred = layer["mark"]["align"] == "center"
                assert row["x"] + wide / (2 if centred else 1) <= WIDTH + 8, row
    assert min(sizes(spec)) >= 11
    assert not any(text.endswith("-") for text in words(spec))


def test_routes_are_always_the_same(library: Library, labels: Labels) -> None:
    assert json.dumps(designed(library, labels)) == json.dumps(designed(library, labels))


def test_dark_and_light_differ_in_colour_alone(library: Library, labels: Labels) -> None:
    light, dark = designed(library, labels), designed(library, labels, DARK)
    assert words(light) == words(dark)
    assert [row["d"] for row in rows(light, "boxes")] == [row["d"] for row in rows(dark, "boxes")]
    assert dark["config"]["background"] != light["config"]["background"]


def test_the_designed_map_holds_no_figures(library: Library, labels: Labels) -> None:
    """Only ids of issues, and the age at which a service takes people, have digits."""
    said = [
        *words(designed(library, labels)),
        *(row["tip"] for row in rows(designed(library, labels), "boxes")),
    ]
    assert {n for text in said for n in numbers(text)} <= {1, 2, 3, 18}


def test_words_beside_the_picture(library: Library, labels: Labels) -> None:
    summary = designed_summary(library, labels)
    assert summary.startswith("The designed pathway: 21 steps in 9 lanes, 2 of them waiting lists")
    assert "Not yet agreed." in summary
    assert designed(library, labels)["description"] == summary
    table = designed_table(library, labels)
    assert len(table) == 21 + 27
    assert table[13] == {
        "What": "waiting list",
        "Where": "Complex Needs Service",
        "From": "",
        "To": "",
        "Name": "Waiting list",
        "Issues": "",
        "Basis": "published",
        "Recordable": "yes",
    }
    assert table[-3]["From"] == "Waiting list (Complex Needs Service)"


def test_one_click_gives_one_id(library: Library, labels: Labels, flow: Flow) -> None:
    for spec in (designed(library, labels), recorded(flow, library, labels)):
        params = [layer["params"] for layer in spec["layer"] if "params" in layer]
        assert params == [
            [{"name": "pick", "select": {"type": "point", "fields": ["id"], "on": "click"}}]
        ]


# The recorded map.


def test_width_tells_moves(flow: Flow, library: Library, labels: Labels) -> None:
    drawn = {row["id"]: row for row in rows(recorded(flow, library, labels), "arrows")}
    assert drawn["route:north_crhtt>north_cmht"]["weight"] == 8.0
    assert drawn["route:north_cmht>north_cmht"]["weight"] == pytest.approx(
        1.5 + 6.5 * 140 / 310, abs=0.01
    )
    assert drawn["route:north_cmht>north_cmht"]["tip"] == (
        "North CMHT, back to the same team: 140 moves, 95 people, 62 days between, by the median."
    )


def test_hidden_arrows_are_broken_lines_without_a_number(
    flow: Flow, library: Library, labels: Labels
) -> None:
    drawn = {row["id"]: row for row in rows(recorded(flow, library, labels), "arrows")}
    hidden = drawn["route:north_cmht>complex_needs"]
    assert len(hidden["dash"]) == 4
    assert hidden["weight"] == 1.0
    assert hidden["tip"] == "North CMHT to Complex Needs Service: suppressed: too few people."


@pytest.mark.parametrize(
    ("by", "told"),
    [
        ("moves", ["310 moves", "140 moves", "60 moves", "15 moves"]),
        ("people", ["255 people", "95 people", "50 people", "15 people"]),
        ("days", ["14 days", "62 days", "−2 days"]),
    ],
)
def test_number_beside_an_arrow(
    flow: Flow, library: Library, labels: Labels, by: str, told: list[str]
) -> None:
    spec = recorded(flow, library, labels, by)  # type: ignore[arg-type]
    key = {"310 moves", "70 moves"}
    inside = {f"{node.people:,} people" for node in flow.nodes if node.people is not None}
    found = [x for x in words(spec) if x.split()[-1] in ("moves", "people", "days")]
    beside = [x for x in found if x not in inside and (x not in key or x in told)]
    assert {x for x in beside if any(sign.isdigit() for sign in x)} == set(told)


def test_nothing_is_told_that_was_not_given(flow: Flow, library: Library, labels: Labels) -> None:
    """Every number said anywhere in the specification is one of the flow, or one of the key."""
    spec = recorded(flow, library, labels)
    given = {float(a.moves or 0) for a in flow.arrows} | {float(a.people or 0) for a in flow.arrows}
    given |= {float(n.people or 0) for n in flow.nodes} | {14, 62, 2}
    counts_in_summary, key = {6.0, 5.0, 2.0}, {70.0}
    said = [*words(spec), spec["description"]]
    said += [row["tip"] for name in ("arrows", "boxes") for row in rows(spec, name)]
    assert {n for text in said for n in numbers(text)} <= given | counts_in_summary | key
    fields = {key for name in ("arrows", "boxes") for row in rows(spec, name) for key in row}
    assert fields == {"id", "d", "fill", "stroke", "weight", "dash", "tip", "x", "y"}


def test_leaving_out_rare_arrows_moves_nothing(
    flow: Flow, library: Library, labels: Labels
) -> None:
    every, some = (recorded(flow, library, labels, fewest_moves=n) for n in (0, 50))
    arrows = [{row["id"] for row in rows(spec, "arrows")} for spec in (every, some)]
    assert arrows[0] - arrows[1] == {"route:north_cmht>south_cmht"}
    boxes = [[row["d"] for row in rows(spec, "boxes")] for spec in (every, some)]
    assert boxes[0] == boxes[1]
    assert flow.without_rare(50)[1:] == (1, 15)


def test_teams_stand_in_the_lane_of_their_service(
    flow: Flow, library: Library, labels: Labels
) -> None:
    spec = recorded(flow, library, labels)
    assert [row["id"] for row in rows(spec, "lanes")] == [
        "crisis",
        "inpatient",
        "community",
        "complex_needs",
    ]


def test_no_moves_at_all(library: Library, labels: Labels) -> None:
    spec = recorded(Flow((), ()), library, labels)
    assert (
        spec["description"]
        == "Recorded pathway: no moves between teams were recorded in this period."
    )
    assert recorded_table(Flow((), ())) == []


def test_recorded_words(flow: Flow) -> None:
    assert recorded_summary(flow) == (
        "Recorded pathway: 6 routes between 5 teams, 2 of them back to the same team. "
        "The most used: North CRHTT to North CMHT, 310 moves; North CMHT to North CMHT, 140 moves; "
        "North CRHTT to Oak Ward, 60 moves. 2 are suppressed: too few people."
    )
    assert recorded_table(flow)[4] == {
        "From": "North CMHT",
        "To": "Complex Needs Service",
        "Moves": "suppressed: too few people",
        "People": "suppressed: too few people",
        "Median between": "suppressed: too few people",
    }
