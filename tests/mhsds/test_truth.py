"""Invented journeys, submitted in either version's form and loaded, are what the store holds."""

from collections import Counter
from pathlib import Path

import pytest

from tests.mhsds.journeys import invent
from tests.mhsds.national import National
from tests.mhsds.submissions import Form, tables, write

FORMS = (
    Form(),
    Form("parquet", "upper"),
    Form("csv", "lower", extract=True),
    Form("parquet", "as_is", extract=True),
)


@pytest.mark.parametrize("seed", range(len(FORMS)))
def test_the_store_holds_the_truth(tmp_path: Path, seed: int) -> None:
    form = FORMS[seed]
    world, count = invent(seed), 0
    for month in world.months:
        folder = tmp_path / "sent" / f"{month[0]}-{month[1]:02}"
        count += write(tables(world, month), folder, form, month)
    national = National(tmp_path)
    report = national.load(tmp_path / "sent")
    truth = world.truth()
    assert all(truth.values())
    assert national.held() == truth
    assert sum(account.rows_in_file for account in report.accounts) == count
    assert all(account.adds_up for account in report.accounts)
    reasons = Counter(reason for found in national.quarantine().values() for reason in found)
    assert set(reasons) <= {"unknown_team"}
    assert national.load(tmp_path / "sent").changed is False
