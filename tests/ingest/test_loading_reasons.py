"""Each reason, by rows that show it, through the real loader."""

from pathlib import Path

import pytest

from pdqi.ingest.reasons import ORDER
from tests.ingest.small_world import (
    CLIENTS,
    DIAGNOSES,
    GOOD,
    HEAD,
    PEOPLE,
    REFERRAL_HEADER,
    THERAPIES,
    Trust,
    counts,
)


@pytest.mark.parametrize(
    ("row", "reasons"),
    [
        ("2,North CMHT,GP,01/04/2022,,,", []),
        (" 0002 ,north  cmht ,GP,1/4/2022,,,31/12/9999", []),
        ("2,N CMHT,GP,01-apr-2022,2022-04-02,,31-Dec-9999", []),
        ("2,N CMHT,GP,01/04/2022 09:30,2022-04-02T10:00:00,,", []),
        (",North CMHT,GP,01/04/2022,,,", ["missing_person"]),
        ("\u00a0 ,North CMHT,GP,01/04/2022,,,", ["missing_person"]),
        ("9,North CMHT,GP,01/04/2022,,,", ["unknown_person"]),
        ("0,North CMHT,GP,01/04/2022,,,", ["unknown_person"]),
        ("2,Moon CMHT,GP,01/04/2022,,,", ["unknown_team"]),
        ("2,,GP,01/04/2022,,,", ["missing_required"]),
        ("2,North CMHT,GP,,,,", ["missing_required"]),
        ("2,North CMHT,GP,31/02/2022,,,", ["invalid_date"]),
        ("2,North CMHT,GP,29/02/2023,,,", ["invalid_date"]),
        ("2,North CMHT,GP,04/31/2022,,,", ["invalid_date"]),
        ("2,North CMHT,GP,01/04/22,,,", ["invalid_date"]),
        ("2,North CMHT,GP,01/04/2022,unknown,,", ["invalid_date"]),
        ("2,North CMHT,GP,31/12/9999,,,", []),
        ("2,North CMHT,GP,01/04/2022,31/03/2022,,", ["end_before_start"]),
        ("2,North CMHT,GP,01/04/2022,,,31/03/2022", ["end_before_start"]),
        ("2,North CMHT,GP,01/04/2022,01/04/2022,01/04/2022,01/04/2022", []),
        ("2,North CMHT,GP,01/04/2022,,02/04/2022,01/04/2022", ["end_before_start"]),
        (
            ",Moon,GP,x,02/04/2022,01/04/2022,",
            ["missing_person", "unknown_team", "invalid_date", "end_before_start"],
        ),
        ("9,Moon,GP,,,,", ["unknown_person", "unknown_team", "missing_required"]),
        (",,,,,,", ["missing_person", "missing_required"]),
    ],
)
def test_a_referral_carries_all_its_faults(trust: Trust, row: str, reasons: list[str]) -> None:
    report = trust.load(referrals=REFERRAL_HEADER + GOOD + row + "\n")
    assert trust.quarantine().get(3, []) == reasons
    expected = {"rows_in_file": 2, "stored": 1 if reasons else 2, "duplicate_row": 0}
    assert counts(report, "referrals.csv") == expected | ({reasons[0]: 1} if reasons else {})


def test_a_repeat_is_a_duplicate_before_it_is_anything_else(trust: Trust) -> None:
    bad = ",Moon,GP,x,,,\n"
    report = trust.load(referrals=REFERRAL_HEADER + GOOD + bad + GOOD + bad)
    assert counts(report, "referrals.csv") == {
        "rows_in_file": 4, "stored": 1, "duplicate_row": 2, "missing_person": 1,
    }  # fmt: skip
    assert trust.rows("duplicates", "row, same_as") == [(4, 2), (5, 3)]


def test_the_quarantine_keeps_the_original_cells(trust: Trust) -> None:
    trust.load(referrals=REFERRAL_HEADER + ' 9 ,Moon,"G""P",01/04/2022,,,,left over\n')
    (cells,) = trust.rows("quarantine", "cells")
    assert cells == (
        '{"Client":" 9 ","Team":"Moon","Source":"G\\"P","Referred":"01/04/2022","Assessed":"",'
        '"Started":"","Ended":"","beyond the header":["left over"]}',
    )


def test_clients_who_share_a_number_and_differ_are_all_quarantined(trust: Trust) -> None:
    people = PEOPLE + "1,PA,02/02/1980,1\n4,PD,1970-01-01,1\n04,PD,01/01/1970,1\n,PE,,\n"
    report = trust.load(clients=people, referrals=REFERRAL_HEADER + GOOD)
    assert counts(report, "clients.csv") == {
        "rows_in_file": 7, "stored": 3, "duplicate_row": 1,
        "missing_person": 1, "conflicting_key": 2,
    }  # fmt: skip
    # The same client written in two ways is one client, listed as a repeat.
    assert trust.rows("duplicates", "row, same_as") == [(7, 6)]
    assert counts(report, "referrals.csv")["unknown_person"] == 1


def test_a_birth_date_that_is_none_is_reported(trust: Trust) -> None:
    report = trust.load(clients=PEOPLE + "4,PD,31/02/1980,1\n", referrals=REFERRAL_HEADER)
    assert counts(report, "clients.csv")["invalid_date"] == 1


def therapies(tmp_path: Path, rows: str, people: str = PEOPLE) -> Trust:
    trust = Trust(tmp_path, HEAD + CLIENTS + THERAPIES)
    trust.put("clients.csv", people)
    trust.put("therapies.csv", "Number,Pseudo,Therapy,Referred,Outcome\n" + rows)
    return trust


def test_keys_treatments_and_codes_that_no_figure_needs(tmp_path: Path) -> None:
    trust = therapies(
        tmp_path,
        "1,pa,mbt,01/01/2022,finished\n"
        "2,PB,tbc,01/01/2022,\n"
        "3,PB,MBT,01/01/2022,gone fishing\n"
        "4,PB,MBT,01/01/2022,\n"
        "4,PB,TC,01/01/2022,\n"
        ",PB,TC,01/01/2022,\n"
        ",PB,TC,01/02/2022,\n"
        "5,PB,,01/02/2022,\n",
    )
    report = trust.load()
    assert counts(report, "therapies.csv") == {
        "rows_in_file": 8, "stored": 4, "duplicate_row": 0,
        "unknown_treatment": 1, "missing_required": 1, "conflicting_key": 2,
    }  # fmt: skip
    assert report.accounts[1].notes == {"outcome 'gone fishing' is unknown and left empty": 1}
    assert [(w.column, w.word, w.rows) for w in report.unknown] == [
        ("treatment", "tbc", 1), ("outcome", "gone fishing", 1),
    ]  # fmt: skip
    assert "'tbc' in 1 row\n" in report.as_text()


def test_a_number_of_two_people_names_neither(tmp_path: Path) -> None:
    trust = therapies(tmp_path, "1,PA,MBT,01/01/2022,\n", PEOPLE + "4,pa,,\n")
    assert counts(trust.load(), "therapies.csv")["conflicting_key"] == 1
    assert len(trust.rows("people")) == 4


def test_codes_and_certainties(tmp_path: Path) -> None:
    trust = Trust(tmp_path, HEAD + CLIENTS + DIAGNOSES)
    report = trust.load(
        clients=PEOPLE,
        diagnoses="Client,Day,Code,Words,Status\n"
        "1,01/01/2022,f60.31,BPD,C\n"
        "1,01/01/2022,20010003,,Excluded\n"
        "1,01/01/2022,,EUPD traits,?\n"
        "1,01/01/2022,!!,EUPD,confirmed\n"
        "1,01/01/2022,F603,EUPD,perhaps\n"
        "1,01/01/2022,F603,EUPD,\n",
    )
    assert trust.quarantine() == {6: ["unknown_code"], 7: ["missing_required"]}
    assert trust.rows("diagnoses", "source_row, code_system, code, certainty") == [
        (2, "icd10", "f60.31", "confirmed"),
        (3, "snomed", "20010003", "ruled_out"),
        (4, "term", None, "suspected"),
        (5, None, "!!", "confirmed"),
    ]
    assert report.accounts[1].notes == {"code of no known form": 1}


def test_every_reason_is_shown_by_some_test() -> None:
    here = Path(__file__)
    of_sets = here.parents[1] / "mhsds" / "test_traps.py"
    text = here.read_text(encoding="utf-8") + of_sets.read_text(encoding="utf-8")
    assert [name for name in ORDER if f'"{name}"' not in text] == []


def test_nhs_numbers_are_never_stored(trust: Trust) -> None:
    rows = (
        "1,North CMHT,call 943 476 5919 or 9434765919,01/04/2022,,,\n"
        "2,North CMHT,call 943 476 5918 or 01632 960123,01/04/2022,,,\n"
    )
    report = trust.load(referrals=REFERRAL_HEADER + rows)
    assert trust.rows("episodes", "referral_source") == [
        ("call 943 476 5918 or 01632 960123",),
        ("call [number removed] or [number removed]",),
    ]
    assert report.accounts[1].notes == {"NHS number removed from referral_source": 1}
