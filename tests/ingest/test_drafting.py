"""Drafts of mappings: what is guessed, what is left open, and that nobody's values are told."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from pdqi.__main__ import main
from pdqi.errors import LoadError
from pdqi.ingest.checks import read_mapping
from pdqi.ingest.drafting import Draft, draft_of
from pdqi.ingest.headings import headings
from pdqi.ingest.loading import load
from pdqi.ingest.mapping import STILL_OPEN
from pdqi.ingest.report import LoadReport
from pdqi.store.schema import CERTAINTIES, OUTCOMES, TABLES
from tests.ingest.small_world import ROOT, SECRET, config

EXTRACTS = ROOT / "../shared/extracts/trust_a"

GERMAN = {
    "patienten.csv": "Patientennummer;Geburtsdatum;Geschlecht\n"
    + "".join(f"00{n};0{n}.05.1980;w\n" for n in range(1, 10)),
    "aufenthalte.csv": "Liste der Station, Stand Mai\n\nPatienten-Nr.;Station;Aufnahme;Entlassung\n"
    + "".join(f"{n};Oak;{n + 12}.04.2022;laufend\n" for n in range(1, 9))
    + "1;Nort CMHT;01.05.2022;02.05.2022\n",
    "verdacht.csv": "Patientennummer;Erfasst am;Diagnoseschlüssel;Sicherheit\n"
    + "".join(f"{n};0{n}.06.2022;F60.3;gesichert\n" for n in range(1, 9))
    + "2;03.06.2022;F32;unklar\n",
}
MONTHS_FIRST = {
    "clients.csv": "Client|DOB\n" + "".join(f"A{n}|1{n}/25/1980\n" for n in range(3))
    + "".join(f"A{n}|02/0{n}/1981\n" for n in range(3, 9)),
    "refs.csv": "client|team|date of referral|end\n"
    + "".join(f"a{n}|Oak Ward|03/1{n}/2022|\n" for n in range(9)),
}  # fmt: skip


def put(folder: Path, files: dict[str, str]) -> list[Path]:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in files]


def dry(draft: Draft, folder: Path, tmp_path: Path) -> LoadReport:
    mapping = tmp_path / "draft.yaml"
    mapping.write_text(draft.text, encoding="utf-8")
    return load(mapping, folder, tmp_path / "none", config(), SECRET, dry_run=True)


@pytest.mark.skipif(not EXTRACTS.is_dir(), reason="the example extracts are not beside the project")
def test_the_draft_for_the_example_extracts_loads_as_the_answers_say(tmp_path: Path) -> None:
    files = [*EXTRACTS.glob("*.csv"), *EXTRACTS.glob("*.xlsx")]
    draft = draft_of(files, config())
    assert draft.must == []
    answers = json.loads((EXTRACTS / "answers.json").read_text(encoding="utf-8"))
    report = dry(draft, EXTRACTS, tmp_path)
    assert report.as_json()["files"] == {
        file: {("stored" if name == "good_rows" else name): n for name, n in rows.items()}
        for file, rows in answers["files"].items()
    }
    clients = (EXTRACTS / "epr_clients.csv").read_text().splitlines()[1:]
    values = {v for line in clients for v in (line.split(",")[0], line.split(",")[4]) if v}
    said = draft.text + str(draft.said + draft.must + draft.look) + report.as_text()
    assert not [value for value in values if len(value) > 4 and value in said]


def test_german_headers_points_in_dates_and_semicolons(tmp_path: Path) -> None:
    folder = tmp_path / "klinik_nord"
    draft = draft_of(put(folder, GERMAN), config())
    made = yaml.safe_load(draft.text)
    assert (made["id"], made["dates"]) == ("klinik_nord", ["dd.mm.yyyy"])
    assert made["identifiers"] == {"patientennummer": {"strip_leading_zeros": True}}
    assert {item["file"]: item["table"] for item in made["files"]} == {
        "patienten.csv": "people", "aufenthalte.csv": "episodes", "verdacht.csv": "diagnoses",
    }  # fmt: skip
    stays = made["files"][1]
    assert stays["person"] == {"column": "Patienten-Nr.", "identifier": "patientennummer"}
    assert stays["columns"] == {
        "team": "Station",
        "referred_on": "Aufnahme",
        "assessed_on": "Aufnahme",
        "started_on": "Aufnahme",
        "ended_on": {"column": "Entlassung", "open_dates": ["laufend"]},
    }
    # Spellings and words that nobody knows are questions, with the nearest answers.
    assert "north_cmht: []   # OPEN: perhaps nort cmht (1 row)" in draft.text
    assert "# OPEN: unklar (1 row) stands for none of confirmed, suspected, ruled_out" in draft.text
    assert "confirmed: [gesichert]" in draft.text
    report = dry(draft, folder, tmp_path)
    assert {a.file: (a.stored, a.reasons) for a in report.accounts} == {
        "patienten.csv": (9, {}),
        "aufenthalte.csv": (8, {"unknown_team": 1}),
        "verdacht.csv": (8, {"unknown_code": 1}),
    }


def test_months_that_come_first_bars_and_capitals(tmp_path: Path) -> None:
    folder = tmp_path / "x"
    draft = draft_of(put(folder, MONTHS_FIRST), config())
    made = yaml.safe_load(draft.text)
    assert made["dates"] == ["mm/dd/yyyy"]
    assert made["identifiers"] == {"client": {"fold_case": True}}
    assert [item["delimiter"] for item in made["files"]] == ["bar", "bar"]
    assert [a.stored for a in dry(draft, folder, tmp_path).accounts] == [9, 9]


def test_days_and_months_that_cannot_be_told_apart_are_a_question(tmp_path: Path) -> None:
    files = put(tmp_path / "x", {"refs.csv": "Client,Team,Referred\n1,Oak,01/02/2022\n"})
    draft = draft_of(files, config())
    assert yaml.safe_load(draft.text)["dates"] == ["dd/mm/yyyy"]
    assert any("day first is taken" in point for point in draft.look)
    assert any("No file here is a client list" in point for point in draft.look)


def test_what_lacks_is_marked_and_keeps_the_draft_from_loading(tmp_path: Path) -> None:
    folder = tmp_path / "x"
    files = {
        "clients.csv": "Client,Born\n1,1980-01-01\n",
        "diagnoses.csv": "Client,Code,Diagnosis,Day.\n1,F60,words,12-mai-2022\n",
    }
    draft = draft_of(put(folder, files), config())
    assert draft.must == [
        "diagnoses.csv: recorded_on (date of the entry) was not found.",
        "diagnoses.csv: certainty (confirmed, suspected or ruled_out) was not found.",
    ]
    with pytest.raises(LoadError) as error:
        dry(draft, folder, tmp_path)
    assert [str(problem).split(": ")[2] for problem in error.value.problems] == [
        f"'{STILL_OPEN}' is still open. Put the name of the file's column in place of it."
    ] * 2
    filled = draft.text.replace('recorded_on: "???"', "recorded_on: Day.")
    filled = filled.replace('certainty: "???"', "certainty: {constant: confirmed}")
    report = dry(Draft(filled), folder, tmp_path)
    assert report.accounts[1].reasons == {"invalid_date": 1}
    text = report.as_text()
    assert (
        "diagnoses.csv: invalid_date in recorded_on: 1 row (2); they look like 99-aaa-9999" in text
    )
    assert "12-mai-2022" not in text


def test_a_workbook_sheet_and_parquet_with_real_dates(tmp_path: Path) -> None:
    from datetime import date

    folder = tmp_path / "x"
    folder.mkdir()
    days = [date(2022, 4, day) for day in range(1, 10)]
    people = {"patient_id": [f"{n}" for n in range(1, 10)], "dob": days, "sex": ["1"] * 9}
    pq.write_table(pa.table(people), folder / "demographics.parquet")
    seen = {"PatientID": list(range(1, 10)), "attended": days, "ward": ["Willow"] * 9}
    pq.write_table(pa.table(seen), folder / "contacts.parquet")
    draft = draft_of(sorted(folder.iterdir(), reverse=True), config())
    made = yaml.safe_load(draft.text)
    assert made["dates"] == ["yyyy-mm-dd"]
    assert made["files"][1]["columns"] == {
        "team": "ward", "kind": {"constant": "contact"}, "occurred_on": "attended",
    }  # fmt: skip
    assert [a.stored for a in dry(draft, folder, tmp_path).accounts] == [9, 9]


def test_a_row_of_data_is_never_taken_for_the_header(tmp_path: Path) -> None:
    rows = "".join(f"Ann Other {n},0{n}/05/1980,North CMHT\n" for n in range(1, 9))
    (file,) = put(tmp_path / "x", {"list.csv": rows})
    with pytest.raises(LoadError, match=r"No row of the first 30 looks like the names of columns"):
        draft_of([file], config())


def test_every_unreadable_file_is_named(tmp_path: Path) -> None:
    files = put(tmp_path / "x", {"a.csv": "", "b.xlsx": "no", "c.docx": "no"})
    with pytest.raises(LoadError) as error:
        draft_of([*files, tmp_path / "x" / "d.csv"], config())
    assert [problem.file for problem in error.value.problems] == [
        "a.csv",
        "b.xlsx",
        "c.docx",
        "d.csv",
    ]


def test_a_list_of_free_text_is_counted_and_not_quoted(tmp_path: Path) -> None:
    notes = "".join(
        f"{n},F60,2022-04-01,letter about person{chr(97 + n % 26)}{chr(97 + n // 26)}\n"
        for n in range(400)
    )
    (file,) = put(tmp_path / "x", {"diagnoses.csv": "Client,ICD10,Recorded,Status\n" + notes})
    draft = draft_of([file], config())
    assert "letter about" not in draft.text
    assert "400 different values: is this the right column?" in draft.text


def test_the_command_writes_once_and_says_what_is_open(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [str(path) for path in put(tmp_path / "klinik", GERMAN)]
    out = tmp_path / "mapping.yaml"
    assert main(["map", *files, "--out", str(out)]) == 0
    said = capsys.readouterr().err
    assert "patienten.csv: people, from 9 rows and 3 columns." in said
    assert "To look at: teams: 1 spelling is unknown." in said
    assert "nort" not in said
    assert read_mapping(out, config()).id == "klinik"
    assert main(["map", *files, "--out", str(out)]) == 6
    assert "is never overwritten" in capsys.readouterr().err
    run = ["load", str(out), "--from", str(tmp_path / "klinik"), "--store", str(tmp_path / "s")]
    assert main([*run, "--dry-run"]) == 0
    assert "A dry run: nothing has been stored." in capsys.readouterr().out
    assert not (tmp_path / "s").exists()


def test_short_names_and_no_client_list(tmp_path: Path) -> None:
    files = {
        "crisis.csv": "RiO No;Team;Ref. rcvd;Discharged on\n"
        + "".join(f"00{n};Oak;0{n}/04/2025;\n" for n in range(1, 8)),
        "dx.csv": "hosp_no,icd10,date_dx,certainty\n"
        + "".join(f"{n},F60.3,2025-05-0{n},confirmed\n" for n in range(1, 7)),
        "stays.csv": "key,ward,admDate\n"
        + "".join(f"00{n},Oak Ward,2025-05-0{n}\n" for n in range(1, 7)),
    }
    draft = draft_of(put(tmp_path / "pocket", files), config())
    made = yaml.safe_load(draft.text)
    assert draft.must == []
    assert made["identifiers"] == {"rio_no": {"strip_leading_zeros": True}}
    by_file = {item["file"]: item for item in made["files"]}
    people = {name: item["person"]["column"] for name, item in by_file.items()}
    assert people == {"crisis.csv": "RiO No", "dx.csv": "hosp_no", "stays.csv": "key"}
    assert {item["person"]["identifier"] for item in by_file.values()} == {"rio_no"}
    assert by_file["dx.csv"]["columns"]["recorded_on"] == "date_dx"
    assert by_file["stays.csv"]["columns"]["referred_on"] == "admDate"
    assert any("client list" in note for note in draft.look)


def test_a_files_name_tells_the_treatment(tmp_path: Path) -> None:
    rows = "".join(f"A{n},0{n}/01/2025,0{n}/02/2025,,\n" for n in range(1, 8))
    files = {"DBT waiting list.csv": f"NHS No,Referred to DBT,Assessment,Start,Finished\n{rows}"}
    made = yaml.safe_load(draft_of(put(tmp_path / "groups", files), config()).text)
    [file] = made["files"]
    assert file["table"] == "treatments"
    assert file["columns"]["treatment"] == {"constant": "DBT"}
    dates = {"referred_on": "Referred to DBT", "assessed_on": "Assessment", "ended_on": "Finished"}
    assert {name: file["columns"][name] for name in dates} == dates


def test_known_names_speak_of_columns_that_exist() -> None:
    columns = {column.name for table in TABLES for column in table.columns}
    assert set(headings().columns) - columns == {"person"}
    assert set(headings().tables) == {table.name for table in TABLES}
    words = {name: set(values) for name, values in headings().words.items()}
    assert words == {"certainty": set(CERTAINTIES), "outcome": set(OUTCOMES)}
