"""Whatever is submitted, every row is in one place, and the order of months is no matter."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pdqi.store import folder as folders
from tests.mhsds.national import National

days = st.sampled_from(["2024-04-02", "09/04/2024", "2024-04-31", "", "2024-05-03T10:00:00Z"])
people = st.sampled_from(["007", "8", "9", "", "1.2E+9"])
numbers = st.sampled_from(["R1", "R2", "r1", ""])
teams = st.sampled_from(["T01", "T04", "T99", ""])
referral = st.tuples(numbers, people, teams, days, days, days)
contact = st.tuples(st.sampled_from(["C1", "C2", ""]), numbers, days, st.sampled_from("53"), teams)
month = st.tuples(
    st.lists(people, max_size=4), st.lists(referral, max_size=6), st.lists(contact, max_size=6)
)
Month = tuple[list[str], list[tuple[str, ...]], list[tuple[str, ...]]]
"""Patients, referrals and contacts."""
HEADERS = {
    "MHS001MPI": "LocalPatientID",
    "MHS101Referral": "ServiceRequestID,LocalPatientID,CareProfTeamLocalID,"
    "ReferralRequestReceivedDate,ServDischDate,ReferRejectionDate",
    "MHS201CareContact": "CareContactID,ServiceRequestID,CareContDate,AttendStatus,"
    "OtherCareProfTeamLocalID",
}


def write(folder: Path, name: str, content: Month) -> int:
    (folder / name).mkdir(parents=True)
    header = f"OrgIDProvider,ReportingPeriodStartDate\nRXX,{name}-01\n"
    (folder / name / "MHS000Header.csv").write_text(header, encoding="utf-8")
    count = 1
    for (table, columns), rows in zip(HEADERS.items(), content, strict=True):
        lines = [row if isinstance(row, str) else ",".join(row) for row in rows]
        text = "\n".join([f"{columns},Note", *(f"{line},x" for line in lines)])
        (folder / name / f"{table}.csv").write_text(text + "\n", encoding="utf-8")
        count += len(rows)
    return count


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(month, month)
def test_every_row_is_in_one_place(april: Month, may: Month) -> None:
    with tempfile.TemporaryDirectory() as base:
        sent, both = Path(base, "sent"), National(Path(base, "both"))
        count = write(sent, "2024-04", april) + write(sent, "2024-05", may)
        report = both.load(sent)
        assert sum(account.rows_in_file for account in report.accounts) == count
        places = [
            set(both.rows(f"select file, row from {table}")) if _has(both, table) else set()
            for table in ("quarantine", "duplicates", "superseded")
        ]
        stored = sum(account.stored for account in report.accounts)
        assert stored + sum(map(len, places)) == count
        assert len(set.union(*places)) == sum(map(len, places))
        records = {
            row
            for table in ("people", "episodes", "events")
            for row in both.rows(f"select source_file, source_row from {table}")
        }
        assert not records & set.union(*places)
        assert len(records) <= stored
        apart = National(Path(base, "apart"))
        for name in ("2024-05", "2024-04"):
            (Path(base) / name).mkdir()
            (sent / name).rename(Path(base) / name / name)
            apart.load(Path(base) / name)
        assert apart.held() == both.held()
        assert apart.quarantine() == both.quarantine()
        assert folders.manifest(apart.version).accounts == folders.manifest(both.version).accounts


def _has(national: National, table: str) -> bool:
    return (national.version / f"{table}.parquet").is_file()
