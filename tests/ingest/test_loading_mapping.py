# ruff: noqa: E501 (the exact sentences are easier to read whole)
"""A mapping's mistakes: each with file and line, all of them at once."""

from pathlib import Path

import pytest

from pdqi.errors import LoadError
from pdqi.ingest.checks import read_mapping
from pdqi.ingest.mapping import DATE_FORMS
from tests.ingest.small_world import (
    HEAD,
    PEOPLE,
    REFERRAL_HEADER,
    ROOT,
    SMALL,
    Trust,
    config,
    counts,
)  # fmt: skip


def test_the_mapping_that_comes_with_the_project_is_sound() -> None:
    assert read_mapping(ROOT / "data/sources/trust_a.yaml", config()).id == "trust_a"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("table: episodes", "table: episode", "small.yaml:18: files.1.table: There is no table 'episode'."),
        ("referred_on:", "refered_on:", "small.yaml:23: files.1.columns.refered_on: There is no column of this table 'refered_on'."),
        ("      referred_on: Referred\n", "", "small.yaml:20: files.1.columns: 'referred_on' (referral received) is required and not mapped. Add its column, or a constant."),
        ("team: Team", "team: {constant: north}", "small.yaml:21: files.1.columns.team.constant: There is no team 'north'."),
        ("team: Team", "team: {constant: oak_ward, column: Team}", "small.yaml:21: files.1.columns.team: Give either 'column' or 'constant'."),
        ("team: Team", "team: {column: Team, optional: true}", "small.yaml:21: files.1.columns.team.optional: 'team' is required and cannot be optional."),
        ("identifier: client}\n    columns", "identifier: clients}\n    columns", "small.yaml:19: files.1.person.identifier: There is no identifier 'clients'."),
        ("{pseudo: Pseudo}", "{client: Client}", "small.yaml:15: files.0.also_known_as.client: 'client' is the identifier of the list itself. Remove it."),
        ("dd/mm/yyyy,", "dd/mm/yyyy, mm/dd/yyyy,", "small.yaml:3: dates: 'dd/mm/yyyy' and 'mm/dd/yyyy' cannot be told apart. Keep the one that the files use."),
        ("dd/mm/yyyy,", "d/m/y,", "small.yaml:3: dates.0: There is no form of dates 'd/m/y'."),
        ("confirmed: [c]", "certain: [c]", "small.yaml:8: codes.certainty.certain: There is no value 'certain'."),
        ('suspected: ["?"]', 'suspected: ["C"]', "small.yaml:8: codes.certainty.suspected.0: 'C' already stands for 'confirmed'. Keep one."),
        ("codes:", "teams: {oak_ward: [Willow]}\ncodes:", "small.yaml:7: teams.oak_ward.0: 'Willow' already stands for 'willow_ward'. Keep one."),
        ("declares_people: true", "declares_people: false", "small.yaml:12: files.0.table: A file that fills 'people' says 'declares_people: true', and no other does."),
        ("ended_on: {", "end_reason: {", "small.yaml:26: files.1.columns.end_reason.open_dates: 'end_reason' is not a date. Remove it."),
        ("file: referrals.csv", "file: referrals.dat", "small.yaml:17: files.1.file: The ending does not tell the format. Allowed: .csv, .parquet, .tsv, .txt, .xlsx. Give 'format'."),
        ("file: referrals.csv", "fiel: referrals.csv", "small.yaml:17: files.1.file: 'file' is missing. Add it."),
    ],
)  # fmt: skip
def test_each_mistake_has_its_line(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    assert old in SMALL
    path = tmp_path / "small.yaml"
    path.write_text(SMALL.replace(old, new), encoding="utf-8")
    with pytest.raises(LoadError) as error:
        read_mapping(path, config())
    said = str(error.value).splitlines()
    assert any(line.startswith(sentence) for line in said), said


def test_all_mistakes_come_at_once(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    wrong = SMALL.replace("table: episodes", "table: episode").replace("dd/mm/yyyy", "d/m/y")
    path.write_text(wrong.replace("{pseudo: Pseudo}", "{other: Pseudo}"), encoding="utf-8")
    with pytest.raises(LoadError) as error:
        read_mapping(path, config())
    assert len(error.value.problems) == 3


def test_words_for_empty_constants_and_open_columns(tmp_path: Path) -> None:
    mapping = HEAD.replace(
        "codes:\n", "empty: [n/a, 'NULL']\ncodes:\n  kind: {contact: [phone, visit]}\n"
    )
    clients = SMALL[SMALL.index("  - file: clients") : SMALL.index("  - file: referrals")]
    events = (
        "  - file: events.csv\n    table: events\n    person: {column: [Who, Client], identifier: client}\n"
        "    columns: {kind: What, occurred_on: {column: Day}, team: {constant: oak_ward}}\n"
    )
    trust = Trust(tmp_path, mapping + clients + events)
    report = trust.load(
        clients=PEOPLE,
        events="Client,What,Day\n1,Phone,01/04/2022\n1,letter,01/04/2022\nnull,visit,01/04/2022\n1,N/A,01/04/2022\n",
    )
    assert trust.rows("events", "kind, team") == [("contact", "oak_ward"), ("letter", "oak_ward")]
    assert trust.quarantine() == {4: ["missing_person"], 5: ["missing_required"]}
    assert counts(report, "events.csv")["rows_in_file"] == 4


def test_staff_measures_are_about_nobody(tmp_path: Path) -> None:
    staff = (
        "  - file: staff.csv\n    table: workforce\n    columns:\n      team: Team\n      month: Month\n"
        "      measure: {constant: trained}\n      numerator: Trained\n      denominator: Staff\n"
    )
    mapping = SMALL.replace("yyyy-mm-dd,", "yyyy-mm-dd, Mon-yyyy,") + staff
    trust = Trust(tmp_path, mapping)
    trust.load(
        clients=PEOPLE,
        referrals=REFERRAL_HEADER,
        staff="Team,Month,Trained,Staff\nOak,Apr-2022,3,12\nOak,15/05/2022,3,12\nOak,Jun-2022,three,12\n",
    )
    assert [(str(m), n) for m, n in trust.rows("workforce", "month, numerator")] == [
        ("2022-04-01", 3), ("2022-05-01", 3),
    ]  # fmt: skip
    assert trust.quarantine() == {4: ["missing_required"]}


def test_every_form_of_dates_is_read(tmp_path: Path) -> None:
    written = {
        "dd/mm/yyyy": "3/4/2022", "mm/dd/yyyy": "4/3/2022", "dd-mm-yyyy": "03-04-2022",
        "dd.mm.yyyy": "03.04.2022", "yyyy-mm-dd": "2022-04-03", "yyyy/mm/dd": "2022/04/03",
        "yyyymmdd": "20220403", "dd-Mon-yyyy": "03-APR-2022", "dd Mon yyyy": "3 apr 2022",
        "dd Month yyyy": "03 April 2022", "mm/yyyy": "04/2022", "yyyy-mm": "2022-04",
        "Mon-yyyy": "Apr-2022",
    }  # fmt: skip
    assert set(written) == set(DATE_FORMS)
    for number, (form, text) in enumerate(written.items()):
        forms = f"dates: [{form}]"
        mapping = SMALL.replace("dates: [dd/mm/yyyy, yyyy-mm-dd, dd-Mon-yyyy]", forms)
        trust = Trust(tmp_path / str(number), mapping)
        people = "Client,Pseudo,Born,Gender\n1,PA,,\n"
        trust.load(clients=people, referrals=f"{REFERRAL_HEADER}1,Oak,GP,{text},,,\n")
        ((day,),) = trust.rows("episodes", "referred_on")
        assert (day.month, day.year, day.day) == (4, 2022, 3 if "d" in form else 1), form
