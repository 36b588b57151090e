# ruff: noqa: E501 (tables and exact sentences are easier to read whole)
"""What goes wrong in real submissions, in small ones written by hand."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pdqi.__main__ import main
from pdqi.errors import LoadError
from pdqi.ingest.kinds import read_any
from pdqi.ingest.loading import load as load_any
from pdqi.ingest.report import LoadReport
from tests.ingest.small_world import ROOT, SECRET, config, counts
from tests.mhsds.national import SHIPPED, National, local_mapping

HEADER = "OrgIDProvider,ReportingPeriodStartDate,DateTimeDatSetCreate\nRXX,{month}-01,{month}-28T10:00:00\n"
SMALL = {
    "MHS001MPI": "LocalPatientID,NHSNumber,PersonBirthDate\n007,9434765919,1990-01-01\n8,,1991-01-01\n",
    "MHS902ServiceTeamDetails": "CareProfTeamLocalID,ServTeamTypeMH\nT01,A06\nT04,A16\n",
    "MHS101Referral": """\
        ServiceRequestID,LocalPatientID,CareProfTeamLocalID,ReferralRequestReceivedDate,ServDischDate,ReferRejectionDate
        R1,007,T01,2024-04-02,,
        R2,8,T04,2024-04-03,,2024-04-20
    """,
}
CONTACTS = "CareContactID,ServiceRequestID,CareContDate,AttendStatus,ConsMechanismMH,OtherCareProfTeamLocalID\n"


@pytest.fixture
def national(tmp_path: Path) -> National:
    return National(tmp_path)


def put(folder: Path, month: str = "2024-04", **files: str) -> Path:
    """Write a small submission, with these tables added or in place of those it has."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in ({"MHS000Header": HEADER.format(month=month)} | SMALL | files).items():
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def load(national: National, month: str = "2024-04", **files: str) -> LoadReport:
    folder = national.store.parent / "sent" / month
    put(folder, month, **files)
    return national.load(folder)


def reasons_of(national: National, table: str) -> dict[int, list[str]]:
    return {row: r for (file, row), r in national.quarantine().items() if table in file}


REASONS = {
    "R3,,T01,2024-04-05,,": ["missing_person"],
    "R4,999,T01,2024-04-05,,": ["unknown_person"],
    "R5,7,T01,2024-04-05,,": ["unknown_person"],
    "R6,007,T99,2024-04-05,,": ["unknown_team"],
    "R7,007,T01,2024-04-31,,": ["invalid_date"],
    "R8,007,T01,,,": ["missing_required"],
    ",007,T01,2024-04-05,,": ["missing_required"],
    "R10,007,T01,2024-04-05,2024-04-01,": ["end_before_start"],
    "R11,007,,2024-04-05,,": ["missing_required"],
    "1.23E+11,007,T01,2024-04-05,,": ["shortened_number"],
    "R12,,T01,2024-04-31,,": ["missing_person", "invalid_date"],
    "R13,007,T01,2024-04-05,,": [],
    "r14,007,t01,05/04/2024,,": [],
}


def test_each_reason(national: National) -> None:
    report = load(national, MHS101Referral=SMALL["MHS101Referral"] + "\n".join(REASONS))
    expected = {row: reasons for row, reasons in enumerate(REASONS.values(), 4) if reasons}
    assert reasons_of(national, "MHS101") == expected
    account = next(a for a in report.accounts if "MHS101" in a.file)
    assert (account.rows_in_file, account.stored) == (len(REASONS) + 2, 4)
    found = national.rows("select cells from quarantine where file like '%MHS101%' order by row")
    cells = [",".join(json.loads(cells).values()) for (cells,) in found]
    assert cells == [row for row, reasons in REASONS.items() if reasons]


def test_rows_that_belong_to_nothing(national: National) -> None:
    load(
        national,
        MHS201CareContact=CONTACTS
        + "C1,R1,2024-04-09,5,01,\nC2,R9,2024-04-09,5,01,\nC3,,2024-04-09,5,01,\n",
        MHS202CareActivity="CareActID,CareContactID,Procedure\nA1,C1,405780009\nA2,C2,405780009\nA3,C9,405780009\n",
        MHS604PrimDiag="ServiceRequestID,DiagSchemeInUse,PrimDiag,CodedDiagTimestamp\nR9,02,F603,2024-04-09T10:00:00\n",
    )
    assert reasons_of(national, "MHS201") == {3: ["unknown_parent"], 4: ["missing_required"]}
    assert reasons_of(national, "MHS202") == {3: ["unknown_parent"], 4: ["unknown_parent"]}
    assert reasons_of(national, "MHS604") == {2: ["unknown_parent"]}
    assert national.rows("select treatment, started_on, ended_on from treatments") == [
        ("DBT", date(2024, 4, 9), None)
    ]


def test_what_was_missing_may_come_with_a_later_month(national: National) -> None:
    """An earlier row is judged again with what is known by then."""
    contact = CONTACTS + "C2,R9,2024-04-19,5,01,\n"
    load(national, MHS201CareContact=contact)
    assert reasons_of(national, "MHS201") == {2: ["unknown_parent"]}
    later = SMALL["MHS101Referral"] + "R9,8,T04,2024-04-18,,\n"
    load(national, "2024-05", MHS101Referral=later)
    assert national.quarantine() == {}
    assert national.rows("select started_on from episodes where referred_on = '2024-04-18'") == [
        (date(2024, 4, 19),)
    ]


def test_a_faulty_later_state_overtakes_nothing(national: National) -> None:
    load(national)
    later = SMALL["MHS101Referral"].replace(
        "R1,007,T01,2024-04-02,,", "R1,007,T01,2024-04-02,31/31/2024,"
    )
    report = load(national, "2024-05", MHS101Referral=later)
    assert reasons_of(national, "MHS101") == {2: ["invalid_date"]}
    assert [(a.stored, a.reasons) for a in report.accounts if "MHS101" in a.file] == [
        (1, {"superseded": 1}),
        (1, {"invalid_date": 1}),
    ]
    assert len(national.rows("select * from episodes")) == 2


def test_one_key_that_says_two_things_in_one_month(national: National) -> None:
    twice = SMALL["MHS101Referral"] + "R1,007,T01,2024-04-02,,\nR2,8,T04,2024-04-03,2024-04-30,\n"
    report = load(national, MHS101Referral=twice)
    assert counts(report, "2024-04/MHS101Referral.csv") == {
        "rows_in_file": 4, "stored": 1, "duplicate_row": 1, "conflicting_key": 2,
    }  # fmt: skip
    assert reasons_of(national, "MHS101") == {3: ["conflicting_key"], 5: ["conflicting_key"]}


def test_a_rejected_referral_is_declined_even_after_an_assessment(national: National) -> None:
    load(national, MHS201CareContact=CONTACTS + "C1,R2,2024-04-09,6,01,\n")
    assert national.rows(
        "select team, assessed_on, started_on, ended_on, end_reason from episodes where ended_on is not null"
    ) == [("complex_needs", date(2024, 4, 9), None, date(2024, 4, 20), None)]


def test_care_begins_with_the_first_contact_that_counts(national: National) -> None:
    rows = (
        "C0,R1,2024-03-30,5,01,\n"  # before the referral
        "C1,R1,2024-04-03,3,01,\n"  # did not attend
        "C2,R1,2024-04-04,5,05,\n"  # an email
        "C3,R1,2024-04-05,5,01,T04\n"  # another team
        "C4,R1,2024-04-08,6,11,\n"
        "C5,R1,2024-04-07,7,01,\n"  # came too late to be seen
    )
    load(national, MHS201CareContact=CONTACTS + rows)
    query = "select assessed_on, started_on from episodes where team = 'north_cmht'"
    assert national.rows(query) == [(date(2024, 4, 4), date(2024, 4, 8))]
    assert national.rows("select team, kind, count(*) from events group by all order by all") == [
        ("complex_needs", "contact", 1),
        ("north_cmht", "contact", 3),
    ]


def test_assessments_are_told_by_their_codes_where_these_are_listed(tmp_path: Path) -> None:
    mapping = local_mapping().replace("assessments: []", 'assessments: ["1111"]')
    national = National(tmp_path, mapping)
    report = load(
        national,
        MHS201CareContact=CONTACTS
        + "C1,R1,2024-04-04,5,01,\nC2,R1,2024-04-09,5,01,\nC3,R1,2024-04-11,5,01,\n",
        MHS202CareActivity="CareActID,CareContactID,Procedure\nA1,C2,1111\n",
    )
    assert national.rows(
        "select assessed_on, started_on from episodes where team = 'north_cmht'"
    ) == [(date(2024, 4, 9), date(2024, 4, 9))]
    assert report.remarks == ()


def test_drop_ins_with_and_without_a_person(national: National) -> None:
    load(
        national,
        MHS302MHDropInContact="""\
            MHDropInContactID,CareContactDateMHDropInContact,MHDropInContactServiceType,LocalPatientID,NHSNumber
            D1,2024-04-09,A21,007,
            D2,2024-04-10,A21,,9434765919
            D3,2024-04-11,A21,,
            D4,2024-04-12,A21,55,
            D5,2024-04-12,A19,007,
        """,
    )
    assert reasons_of(national, "MHS302") == {4: ["missing_person"], 5: ["unknown_person"]}
    assert national.rows(
        "select team, kind, occurred_on, birth_date from events join people using (person_key) order by all"
    ) == [("safe_haven", "attendance", date(2024, 4, day), date(1990, 1, 1)) for day in (9, 10)]


def test_wards_are_teams_and_the_team_that_holds_the_bed_is_none(national: National) -> None:
    load(
        national,
        MHS501HospProvSpell="HospProvSpellID,ServiceRequestID,StartDateHospProvSpell,DischDateHospProvSpell\nS1,R1,2024-04-05,2024-04-20\n",
        MHS502WardStay="""\
            WardStayID,HospProvSpellID,WardCode,StartDateWardStay,EndDateWardStay
            W-1,S1,W1,2024-04-05,2024-04-09
            W-2,S1,W2,2024-04-09,
            W-3,S1,W9,2024-04-10,2024-04-11
        """,
        MHS903WardDetails="WardCode,WardType\nW9,03\n",
    )
    assert national.rows(
        "select team, referred_on, started_on, ended_on from episodes where team like '%ward' order by all"
    ) == [
        ("oak_ward", date(2024, 4, 2), date(2024, 4, 5), date(2024, 4, 9)),
        ("willow_ward", date(2024, 4, 2), date(2024, 4, 9), date(2024, 4, 20)),
    ]
    assert reasons_of(national, "MHS502") == {4: ["unknown_team"]}
    assert national.rows("select count(*) from episodes where team = 'north_cmht'") == [(0,)]


def test_in_version_5_a_referral_has_its_teams_in_table_102(national: National) -> None:
    load(
        national,
        "2024-03",
        MHS902ServiceTeamDetails="CareProfTeamLocalID,ServTeamTypeMH\n",
        MHS101Referral="ServiceRequestId,LocalPatientId,ReferralRequestReceivedDate,ServDischDate\nR1,007,2024-03-02,2024-03-28\nR5,8,2024-03-02,\n",
        MHS102ServiceTypeReferredTo="""\
            ServiceRequestId,CareProfTeamLocalId,ServTeamTypeRefToMH,ReferClosureDate,ReferRejectionDate,ReferClosReason
            R1,T01,A06,2024-03-20,,02
            R1,T04,A16,,,
            R5,,A16,,,
            R5,,A06,,,
        """,
        MHS201CareContact="CareContactId,ServiceRequestId,CareContDate,AttendOrDNACode,ConsMechanismMH,CareProfTeamLocalId\nC1,R1,2024-03-09,5,01,T04\n",
    )
    query = "select team, started_on, ended_on, end_reason from episodes order by all"
    assert national.rows(query) == [
        ("complex_needs", date(2024, 3, 9), date(2024, 3, 28), None),
        ("complex_needs", None, None, None),
        ("north_cmht", None, date(2024, 3, 20), "Treatment complete or no longer appropriate"),
    ]
    assert reasons_of(national, "MHS102") == {5: ["unknown_team"]}
    # Version 6 sends the same referral on with a team of its own: it is one episode still.
    load(
        national,
        "2024-04",
        MHS101Referral="ServiceRequestID,LocalPatientID,CareProfTeamLocalID,ReferralRequestReceivedDate,ServDischDate\nR1,007,T04,2024-03-02,\n",
    )
    assert ("complex_needs", date(2024, 3, 9), None, None) in national.rows(query)
    assert len(national.rows(query)) == 3


def test_numbers_in_parquet_keep_their_digits_or_are_refused(national: National) -> None:
    """SNOMED identifiers are longer than a float can hold."""
    folder = put(national.store.parent / "sent")
    numbers = [Decimal("1084061000000106"), Decimal("999999991000000108")]
    data = {
        "ServiceRequestID": ["R1", "R2"],
        "FindSchemeInUse": ["06", "06"],
        "PresComp": pa.array(numbers, pa.decimal128(20, 0)),
        "PresCompDate": [date(2024, 4, 5), date(2024, 4, 5)],
    }
    pq.write_table(pa.table(data), folder / "MHS609PresComp.parquet")
    national.load(folder)
    assert national.rows("select code_system, code, certainty from diagnoses order by all") == [
        ("snomed", "1084061000000106", "suspected"),
        ("snomed", "999999991000000108", "suspected"),
    ]
    data["PresComp"] = pa.array([1084061000000106.0, 9.99999991000000108e17])
    pq.write_table(pa.table(data), folder / "MHS609PresComp.parquet")
    national.load(folder)
    assert national.rows("select code from diagnoses") == [("1084061000000106",)]
    assert reasons_of(national, "MHS609") == {2: ["shortened_number"]}


def test_codes_are_read_with_daggers_fillers_and_zones(national: National) -> None:
    load(
        national,
        MHS604PrimDiag="""\
            ServiceRequestID,DiagSchemeInUse,PrimDiag,CodedDiagTimestamp
            R1,02,F61X,2024-04-05T10:00:00+01:00
            R1,02,F603D,2024-04-06T10:00:00Z
            R1,02,f60.3A,2024-04-07
            R1,06,20010003,2024-04-08 10:00
            R2,02,F609,
        """,
    )
    assert national.rows(
        "select code, code_system, recorded_on from diagnoses order by recorded_on"
    ) == [
        ("F61", "icd10", date(2024, 4, 5)),
        ("F603", "icd10", date(2024, 4, 6)),
        ("f60.3", "icd10", date(2024, 4, 7)),
        ("20010003", "snomed", date(2024, 4, 8)),
        ("F609", "icd10", date(2024, 4, 30)),
    ]


def test_the_month_may_stand_in_the_name_of_a_file(national: National) -> None:
    folder = put(national.store.parent / "sent")
    (folder / "MHS000Header.csv").unlink()
    for path in sorted(folder.iterdir()):
        path.rename(folder / f"extract_202404_{path.name}")
    report = national.load(folder)
    assert report.accounts[0].file == "extract_202404_MHS001MPI.csv"
    assert national.rows('select distinct _month from "mhsds.referrals"') == [("2024-04",)]


def test_one_file_may_hold_several_submissions(national: National) -> None:
    """Rows then name theirs; of a month that was submitted twice the later one counts."""
    folder = put(
        national.store.parent / "sent",
        MHS000Header="""\
            UniqSubmissionID,OrgIDProvider,ReportingPeriodStartDate,DateTimeDatSetCreate
            S1,RXX,2024-04-01,2024-05-20T10:00:00
            S2,RXX,2024-05-01,2024-06-20T10:00:00
            S3,RXX,2024-05-01,2024-06-21T09:00:00
        """,
        MHS001MPI="LocalPatientID,PersonBirthDate,UniqSubmissionID\n007,1990-01-01,S1\n007,1990-01-02,S3\n",
        MHS902ServiceTeamDetails="CareProfTeamLocalID,ServTeamTypeMH,UniqSubmissionID\nT01,A06,S1\n",
        MHS101Referral="""\
            ServiceRequestID,LocalPatientID,CareProfTeamLocalID,ReferralRequestReceivedDate,ServDischDate,UniqSubmissionID
            R1,007,T01,2024-04-02,,S1
            R1,007,T01,2024-04-02,2024-05-09,S2
            R1,007,T01,2024-04-02,2024-05-10,S3
            R2,007,T01,2024-04-02,2024-05-09,S2
        """,
    )
    report = national.load(folder)
    assert national.rows("select ended_on from episodes") == [(date(2024, 5, 10),)]
    assert national.rows("select birth_date from people") == [(date(1990, 1, 2),)]
    assert counts(report, "2024-04..2024-05/MHS101Referral.csv") == {
        "rows_in_file": 4, "stored": 1, "duplicate_row": 0, "superseded": 3,
    }  # fmt: skip
    assert national.rows(
        "select row, by_row from superseded where file like '%MHS101%' order by row"
    ) == [(2, 4), (3, None), (5, None)]


def test_a_table_that_was_forgotten_may_follow_alone(national: National) -> None:
    load(national)
    folder = national.store.parent / "late"
    put(folder, MHS201CareContact=CONTACTS + "C1,R1,2024-04-09,5,01,\n")
    for name in SMALL:
        (folder / f"{name}.csv").unlink()
    national.load(folder)
    assert (date(2024, 4, 9),) in national.rows("select started_on from episodes")


def test_no_identifier_is_kept_with_a_version(national: National) -> None:
    """All rows stay for the next month; what names people or referrals stays as pseudonyms."""
    load(national, MHS201CareContact=CONTACTS + "C-77001,R1,2024-04-09,5,01,\n")
    kept = sorted(national.version.glob("mhsds.*.parquet"))
    assert "mhsds.referrals.parquet" in {path.name for path in kept}
    for path in kept:
        cells = {str(v) for row in pq.read_table(path).to_pylist() for v in row.values()}
        assert not cells & {"007", "8", "9434765919", "R1", "R2", "C-77001"}, path.name


def test_other_sources_join_and_leave_the_months_alone(national: National, tmp_path: Path) -> None:
    load(national)
    panel = tmp_path / "panel"
    panel.mkdir()
    (panel / "panel.csv").write_text("Client,Day\n007,2024-04-11\n", encoding="utf-8")
    mapping = tmp_path / "panel.yaml"
    mapping.write_text(
        "id: panel\nname: Panel\nidentifiers: {client: {}}\nfiles:\n"
        "  - file: panel.csv\n    table: events\n    person: {column: Client, identifier: client}\n"
        "    columns: {kind: {constant: panel_review}, occurred_on: Day}\n",
        encoding="utf-8",
    )
    load_any(mapping, panel, national.store, config(), SECRET)
    assert len(national.rows("select * from events")) == 1
    later = SMALL["MHS101Referral"].replace("T01,2024-04-02,,", "T01,2024-04-02,2024-05-09,")
    load(national, "2024-05", MHS101Referral=later)
    assert national.rows("select ended_on from episodes where team = 'north_cmht'") == [
        (date(2024, 5, 9),)
    ]
    assert national.rows("select kind, birth_date from events join people using (person_key)") == [
        ("panel_review", date(1990, 1, 1))
    ]


def test_the_command_is_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PDQI_SECRET", SECRET.decode())
    folder = put(tmp_path / "sent")
    mapping = str(ROOT / "data/sources/mhsds.yaml")
    assert main(["load", mapping, "--from", str(folder), "--store", str(tmp_path / "store")]) == 0
    said = capsys.readouterr().out
    assert "2024-04/MHS101Referral.csv" in said
    assert "unknown_team" in said  # T01 is one of several CMHTs, and the shipped mapping names none
    asked = [
        "kpis",
        "--store",
        str(tmp_path / "store"),
        "--from",
        "2024-04-01",
        "--to",
        "2024-04-30",
        "--role",
        "analyst",
    ]
    assert main(asked) == 0
    assert "complex_needs" in capsys.readouterr().out


class TestWhatIsRefused:
    def problems(self, tmp_path: Path, mapping: str = SHIPPED, **files: str) -> str:
        national = National(tmp_path, mapping)
        with pytest.raises(LoadError) as caught:
            load(national, **files)
        assert not national.store.exists()
        return str(caught.value)

    def test_a_folder_without_the_tables_that_must_be_there(self, tmp_path: Path) -> None:
        national = National(tmp_path)
        (tmp_path / "sent").mkdir()
        (tmp_path / "sent" / "MHS000Header.csv").write_text(
            HEADER.format(month="2024-04"), encoding="utf-8"
        )
        with pytest.raises(LoadError) as caught:
            national.load(tmp_path / "sent")
        assert str(caught.value).splitlines() == [
            "There is no file of 'patients' (*MHS001*). Add it to the folder, or correct 'file' in the mapping.",
            "There is no file of 'referrals' (*MHS101*). Add it to the folder, or correct 'file' in the mapping.",
        ]

    def test_files_of_which_nobody_can_tell_the_month(self, tmp_path: Path) -> None:
        two = HEADER.format(month="2024-04") + "RXX,2024-05-01,2024-05-28T10:00:00\n"
        said = self.problems(tmp_path, MHS000Header=two)
        sent = "Put each submission into a folder of its own, with its header."
        assert said.splitlines()[0] == (
            "MHS001MPI.csv:2: The month of 2 of its rows cannot be told. "
            f"{sent} Or put the month into the file's name, as in 2024-04."
        )

    def test_a_header_without_a_month(self, tmp_path: Path) -> None:
        header = "OrgIDProvider,ReportingPeriodStartDate\nRXX,April\n"
        assert self.problems(tmp_path, MHS000Header=header) == (
            "MHS000Header.csv:2: The header names no month. Fill in its first day."
        )

    def test_a_table_without_a_column_that_it_needs(self, tmp_path: Path) -> None:
        said = self.problems(tmp_path, MHS101Referral="ServiceRequestID,LocalPatientID\nR1,007\n")
        assert said.startswith(
            "MHS101Referral.csv:1: The header lacks 'ReferralRequestReceivedDate'"
        )

    @pytest.mark.parametrize(
        ("old", "new", "sentence"),
        [
            ("  cmht: [A06]", "  community: [A06]", "team_types.community: There is no service 'community'."),
            ("  DBT: [", "  DBTT: [", "There is no treatment 'DBTT'."),
            ("within: {patient: patients}", "within: {patient: people}", "lies within 'people'"),
            ("from patients\n", "from read_csv('/etc/passwd')\n", "records.0.sql: The query cannot be run: Permission Error"),
            ("select origin, patient as person, nhs_number,", "select 1; select origin, patient as person, nhs_number,", "records.0.sql: The query cannot be run: Give one query."),
            ("select origin, patient as person, nhs_number,", "select patient as person, nhs_number,", "records.0.sql: The query lacks origin."),
            ("nhs_number, birth_date,", "nhs_number, born,", "records.0.sql: The query cannot be run: Binder Error"),
            ("submission: {table: header", "submission: {table: head", "'submission' names no table: 'head'."),
            ("{column: NHSNumber, identifier: nhs_number}", "{column: NHSNumber, identifier: nhs}", "is of no kind in 'identifiers': 'nhs'"),
            ("      birth_date: {column", "      month: {column", "cannot call a column 'month'"),
        ],
    )  # fmt: skip
    def test_mistakes_in_a_mapping(self, tmp_path: Path, old: str, new: str, sentence: str) -> None:
        assert old in SHIPPED
        path = tmp_path / "mhsds.yaml"
        path.write_text(SHIPPED.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(LoadError) as caught:
            read_any(path, config())
        assert sentence in str(caught.value)
        assert "mhsds.yaml" in str(caught.value)

    def test_queries_that_make_two_records_of_a_row(self, tmp_path: Path) -> None:
        mapping = SHIPPED.replace("      from patients\n", "      from patients, range(2)\n")
        assert self.problems(tmp_path, mapping) == (
            "records: The records of 'patients' are not one, or none, for each of its rows. Correct the queries."
        )
