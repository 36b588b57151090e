"""Link files: people known by another number, pseudonym to pseudonym."""

from pathlib import Path

import pytest

from pdqi.errors import LoadError
from pdqi.ingest.checks import read_mapping
from tests.ingest.small_world import CLIENTS, HEAD, PEOPLE, Trust, config, counts

NUMBERS = "identifiers:\n  panel: {}\n  ward: {fold_case: true}\n"
LINKED = HEAD.replace("identifiers:\n", NUMBERS) + CLIENTS + """\
  - file: panel_to_ward.csv
    table: links
    person: {column: Panel, identifier: panel}
    also_known_as: {ward: Ward no}
""".replace("panel_to_ward", "b_panel_to_ward") + """\
  - file: visits.csv
    table: events
    person: {column: Ward no, identifier: ward}
    columns: {kind: {constant: contact}, occurred_on: Day}
"""  # fmt: skip
FIRST = """\
  - file: links.csv
    table: links
    person: {column: Client, identifier: client}
    also_known_as: {panel: Panel}
"""
CHAINED = LINKED.replace("  - file: b_panel_to_ward.csv", FIRST + "  - file: b_panel_to_ward.csv")
VISITS = "Ward no,Day\nW1,01/05/2022\nw2,02/05/2022\nw9,03/05/2022\n"


@pytest.fixture
def linked(tmp_path: Path) -> Trust:
    trust = Trust(tmp_path, CHAINED)
    trust.put("clients.csv", PEOPLE)
    trust.put("visits.csv", VISITS)
    return trust


def test_links_lead_from_number_to_number(linked: Trust) -> None:
    report = linked.load(
        links="Client,Panel\n1,P1\n0002,P2\n",
        b_panel_to_ward="Panel,Ward no\nP1,w1\nP2,W2\nP7,w7\n",
    )
    assert counts(report, "links.csv") == {"rows_in_file": 2, "stored": 2, "duplicate_row": 0}
    assert counts(report, "b_panel_to_ward.csv") == {
        "rows_in_file": 3, "stored": 2, "duplicate_row": 0, "unknown_person": 1,
    }  # fmt: skip
    assert counts(report, "visits.csv")["stored"] == 2
    keys = [key for (key,) in linked.rows("events", "person_key", "true")]
    people = dict(linked.rows("people", "gender, person_key"))
    assert keys == sorted([people["1"], people["2"]])
    assert not linked.load().changed


def test_a_number_that_two_people_have_names_neither(linked: Trust) -> None:
    report = linked.load(
        links="Client,Panel\n1,P1\n2,P1\n2,P2\n2,P2\n02, P2\n3,\n,P5\n",
        b_panel_to_ward="Panel,Ward no\nP1,w1\nP2,w2\n",
    )
    assert counts(report, "links.csv") == {
        "rows_in_file": 7, "stored": 1, "duplicate_row": 2,
        "conflicting_key": 2, "missing_required": 1, "missing_person": 1,
    }  # fmt: skip
    assert counts(report, "visits.csv") == {
        "rows_in_file": 3, "stored": 1, "duplicate_row": 0, "unknown_person": 2,
    }  # fmt: skip


def test_a_link_that_contradicts_the_client_list_is_set_aside(tmp_path: Path) -> None:
    mapping = HEAD + CLIENTS + FIRST.replace("{panel: Panel}", "{pseudo: Panel}")
    trust = Trust(tmp_path, mapping)
    report = trust.load(clients=PEOPLE, links="Client,Panel\n1,pb\n1,pa\n")
    assert counts(report, "links.csv")["conflicting_key"] == 1
    assert counts(report, "links.csv")["stored"] == 1


def test_links_of_one_source_serve_another_and_go_when_they_are_corrected(linked: Trust) -> None:
    ward_to = "Panel,Ward no\nP1,w1\n"
    linked.load(links="Client,Panel\n1,P1\n", b_panel_to_ward=ward_to)
    second = Trust(linked.base / "second", HEAD.replace("id: small", "id: other").replace(
        "identifiers:\n", NUMBERS
    ) + LINKED.split(CLIENTS)[1].split("also_known_as: {ward: Ward no}\n")[1])  # fmt: skip
    second.store = linked.store
    assert counts(second.load(visits=VISITS), "visits.csv")["stored"] == 1
    linked.load(links="Client,Panel\n2,P1\n", b_panel_to_ward=ward_to)
    assert counts(second.load(), "visits.csv")["stored"] == 1
    people = dict(linked.rows("people", "gender, person_key"))
    assert linked.rows("events", "distinct person_key", "source = 'other'") == [(people["2"],)]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("    also_known_as: {panel: Panel}\n", "", "by which one other number people are known"),
        ("{panel: Panel}", "{panel: Panel, ward: W}", "by which one other number people are known"),
        ("{panel: Panel}", "{client: Panel}", "is the identifier of the list itself"),
        ("{panel: Panel}", "{panel: Panel}\n    columns: {team: T}", "There is no column of this"),
    ],
)
def test_mistakes_in_link_files(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(CHAINED.replace(old, new), encoding="utf-8")
    with pytest.raises(LoadError, match=sentence):
        read_mapping(path, config())
