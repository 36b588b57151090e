"""What came after the load before, and how old the newest records were."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from pdqi import quality
from pdqi.config import Config
from pdqi.metrics import items
from pdqi.model import Period
from pdqi.quality import lateness
from pdqi.service import Service
from pdqi.store.folder import FileAccount
from tests.worlds import make_store

CONFIG = Config.load(Path(__file__).parents[1] / "world.yaml")
"""The worlds of tests hold whole months to the end of 2029."""


def world(january: int, march: int, events: int = 6) -> dict[str, list[dict[str, Any]]]:
    def referrals(month: int, number: int) -> list[dict[str, Any]]:
        day = date(2029, month, 3)
        names = [f"p{month}{n}" for n in range(number)]
        return [{"id": name, "team": "alpha", "referred_on": day} for name in names]

    return {
        "episodes": [*referrals(1, january), *referrals(3, march)],
        "events": [
            {"id": "p10", "kind": "contact", "occurred_on": date(2029, 2, 1)} for _ in range(events)
        ],
    }


def told(store: Path, role: str) -> list[tuple[Any, ...]]:
    service = Service.open(store, CONFIG)
    before = lateness.before(service, service.viewer(role))
    assert before is not None
    return [
        (late.table, late.month, late.then.value, late.now.value, late.share.value)
        for late in before.changed
    ]


def test_a_first_load_has_nothing_before(tmp_path: Path) -> None:
    service = Service.open(make_store(world(6, 8), tmp_path / "store"), CONFIG)
    assert lateness.before(service, service.viewer("cleared")) is None


def test_rows_that_came_late_are_told_by_month(tmp_path: Path) -> None:
    store = make_store(world(12, 8), tmp_path / "store")
    make_store(world(12, 32), store)
    march = Period.month(2029, 3)
    assert told(store, "cleared") == [("episodes", march, 8, 32, 0.25)]
    # 8 is shown as 10 and 32 as 30: the difference is that of what is published.
    assert told(store, "reader") == [("episodes", march, 10, 30, 10 / 30)]


def test_few_rows_stay_hidden(tmp_path: Path) -> None:
    store = make_store(world(12, 3), tmp_path / "store")
    make_store(world(12, 32), store)
    assert told(store, "reader") == [("episodes", Period.month(2029, 3), None, 30, None)]
    make_store(world(12, 33), store)
    assert told(store, "reader") == [("episodes", Period.month(2029, 3), 30, 35, 30 / 35)]


def test_rows_that_left_make_the_share_larger_than_one(tmp_path: Path) -> None:
    store = make_store(world(12, 8, events=6), tmp_path / "store")
    make_store(world(12, 8, events=3), store)
    assert told(store, "cleared") == [("events", Period.month(2029, 2), 6, 3, 2.0)]


def test_how_old_the_newest_record_was(tmp_path: Path) -> None:
    service = Service.open(make_store(world(6, 8), tmp_path / "store"), CONFIG)
    accounts = (
        FileAccount("s", "a.csv", "episodes", 1, 1, 0, {}, {}, "2023-01-01", "2023-12-22"),
        FileAccount("s", "b.csv", "events", 1, 1, 0, {}, {}, "2023-01-01", "2024-01-03"),
        FileAccount("s", "c.csv", "people", 1, 1, 0, {}, {}),
    )
    loaded = "2024-01-01T10:00:00+00:00"
    service.store.manifest = replace(service.manifest, accounts=accounts, loaded_at=loaded)
    found = lateness.newest(service, quality.accounts(service, service.viewer("cleared")))
    assert [(each.file, each.days) for each in found] == [("a.csv", 10), ("b.csv", -2)]


def test_the_item_that_counts_the_rows_of_a_table_is_due_in_each() -> None:
    for table in items.DATED_BY:
        name = lateness.counted_item(table)
        assert next(item for item in items.ITEMS if item.id == name).due == ""
