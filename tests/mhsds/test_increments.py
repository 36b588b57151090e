"""Months may be loaded together or one by one, in any order, and sent again."""

from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest

from pdqi import quality
from pdqi.service import Service
from pdqi.store import folder as folders
from tests.ingest.small_world import config
from tests.mhsds.journeys import World, invent
from tests.mhsds.national import National
from tests.mhsds.submissions import Form, tables, write


def send(world: World, base: Path) -> list[Path]:
    """Write each month's submission into a folder inside a folder of its own."""
    for month in world.months:
        name = f"{month[0]}-{month[1]:02}"
        write(tables(world, month), base / name / name, Form(), month)
    return sorted(base.iterdir())


def everything(national: National) -> dict[str, Any]:
    """Return all that a store holds and says, but for which load brought it."""
    manifest = folders.manifest(national.version)
    found: dict[str, Any] = {
        file.stem: national.rows(f'select * from "{file.stem}" order by all')
        for file in national.version.glob("*.parquet")
        if "." not in file.stem and file.stem not in ("superseded",)
    }
    for table, *_ in [(name,) for name in manifest.rows]:
        columns = national.rows(f"select * exclude (load_id) from {table} order by all")
        found[table] = columns
    found["superseded"] = national.rows("select * from superseded order by all")
    return found | {
        "accounts": manifest.accounts,
        "span": (manifest.data_from, manifest.data_to, manifest.covers),
    }


@pytest.mark.parametrize("seed", [11])
def test_the_order_of_months_makes_no_difference(tmp_path: Path, seed: int) -> None:
    world = invent(seed, people=8)
    months = send(world, tmp_path / "sent")
    together = tmp_path / "together"
    for month in months:
        for folder in month.iterdir():
            (together / folder.name).mkdir(parents=True)
            for file in folder.iterdir():
                (together / folder.name / file.name).write_bytes(file.read_bytes())
    at_once = National(tmp_path / "at_once")
    at_once.load(together)
    assert at_once.held() == world.truth()
    one_by_one = National(tmp_path / "one_by_one")
    Random(seed).shuffle(months)
    for month in months:
        one_by_one.load(month)
    assert everything(one_by_one) == everything(at_once)
    assert one_by_one.load(months[0]).changed is False


def test_the_months_between_are_what_the_source_covers(tmp_path: Path) -> None:
    world = invent(3, people=12, months=4)
    first, second, _, fourth = send(world, tmp_path / "sent")
    national = National(tmp_path)
    for month in (first, second):
        assert national.load(month).remarks == ("The mapping's list 'assessments' is empty.",)
    report = national.load(fourth)
    assert report.remarks[0] == "No submission was ever loaded of 2024-04."
    manifest = folders.manifest(national.version)
    assert manifest.covers == {"mhsds": ("2024-02-01", "2024-05-31")}
    assert (manifest.data_from, manifest.data_to) == ("2024-02-01", "2024-05-31")


def test_the_months_of_a_table_are_told_together(tmp_path: Path) -> None:
    world = invent(4, people=12, months=3)
    national = National(tmp_path)
    for month in send(world, tmp_path / "sent"):
        national.load(month)
    manifest = folders.manifest(national.version)
    told = {account.file: account for account in _told(national)}
    referrals = told["mhsds: referrals (3 files)"]
    files = [a for a in manifest.accounts if "MHS101" in a.file]
    assert referrals.read.value == sum(a.rows_in_file for a in files)
    assert referrals.stored.value == sum(a.stored for a in files)
    overtaken = sum(a.reasons.get("superseded", 0) for a in files)
    assert referrals.left_out["superseded"].value == overtaken > 0
    assert sum(a.read.value or 0 for a in told.values()) == sum(
        a.rows_in_file for a in manifest.accounts
    )
    assert len(told) < len(manifest.accounts) / 2


def _told(national: National) -> tuple[quality.Account, ...]:
    """Return what an analyst sees of the files."""
    service = Service.open(national.store, config())
    return quality.accounts(service, service.viewer("analyst"))


def test_a_later_submission_of_a_month_replaces_the_whole_month(tmp_path: Path) -> None:
    """What it no longer has is withdrawn, and an earlier month's state counts again."""
    world = invent(5, people=8, months=2)
    february, march = world.months
    national = National(tmp_path)
    for month in world.months:
        write(tables(world, month), tmp_path / f"{month}" / "first", Form(), month)
        national.load(tmp_path / f"{month}")
    corrected = tables(world, march, created="11:30:00")
    kept = [row for row in corrected["MHS201CareContact"] if row["CareContDate"] > "2024-03-15"]
    assert 0 < len(kept) < len(corrected["MHS201CareContact"])
    corrected["MHS201CareContact"] = kept
    gone = corrected["MHS101Referral"].pop(0)["ServiceRequestId"]
    write(corrected, tmp_path / "again" / "2024-03 again", Form(), march)
    before = len(national.rows("select * from events where occurred_on >= '2024-03-01'"))
    report = national.load(tmp_path / "again")
    after = len(national.rows("select * from events where occurred_on >= '2024-03-01'"))
    assert after < before
    contacts = [a for a in report.accounts if "MHS201" in a.file]
    first = next(a for a in contacts if "first" in a.file and "2024-03" in a.file)
    assert first.stored == 0
    assert first.reasons == {"superseded": first.rows_in_file}
    sent = tables(world, february)["MHS101Referral"]
    assert gone in {row["ServiceRequestId"] for row in sent}
    (earlier,) = (a for a in report.accounts if a.file == "2024-02/first/MHS101Referral.csv")
    assert earlier.stored > 0
    assert all(account.adds_up for account in report.accounts)
    # Nothing that a submission of a month earlier than that says can undo it.
    again = national.load(tmp_path / f"{march}")
    assert again.changed is False


def test_a_file_that_comes_again_under_its_name_replaces_what_it_brought(tmp_path: Path) -> None:
    world = invent(6, people=6, months=1)
    (month,) = world.months
    national = National(tmp_path)
    made = tables(world, month)
    write(made, tmp_path / "a" / "february", Form(), month)
    national.load(tmp_path / "a")
    made["MHS001MPI"][0]["PersonBirthDate"] = "1999-09-09"
    write(made, tmp_path / "b" / "february", Form(), month)
    report = national.load(tmp_path / "b")
    assert ("1999-09-09",) in national.rows("select cast(birth_date as varchar) from people")
    assert [a.file for a in report.accounts].count("2024-02/february/MHS001MPI.csv") == 1
    assert {a.rows_in_file for a in report.accounts if "MPI" in a.file} == {len(made["MHS001MPI"])}
    assert all(x.file < y.file for x, y in pairwise(sorted(report.accounts, key=lambda a: a.file)))
