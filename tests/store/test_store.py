"""The store: locked down, safe for many readers at once, and following the config."""

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pdqi.config import Config
from pdqi.demo import demo
from pdqi.metrics.catalogue import CATALOGUE
from pdqi.model import Basis, Period
from pdqi.service import Service
from pdqi.store import derive, folder
from pdqi.store.store import Store
from tests.worlds import make_store, read_world

WORLD = Config.load(Path(__file__).parents[1] / "world.yaml")
SHIPPED = Config.load(Path(__file__).parents[2] / "config.yaml")
TEXT = """
episodes
id   team   referred_on  started_on  ended_on
ann  alpha  2023-01-01   2023-01-05  2023-02-01
ann  alpha  2023-02-05   2023-02-06  2023-03-01
bob  beta   2023-01-01   2023-01-05  -
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make_store(read_world(TEXT), tmp_path / "store")


@pytest.mark.parametrize(
    "sql",
    [
        "from read_text('/etc/hostname')",
        "from read_csv('/etc/passwd')",
        "copy people to '/tmp/people.csv'",
        "set enable_external_access = true",
        "set allowed_directories = ['/']",
        "attach '/tmp/other.db'",
        "install httpfs",
    ],
)
def test_sql_reaches_nothing_but_the_store(path: Path, sql: str) -> None:
    with (
        Store.open(path, WORLD) as store,
        store.session() as session,
        pytest.raises(duckdb.Error),
    ):
        session.rows(sql)


def test_the_files_of_a_store_are_not_changed_by_reading(path: Path) -> None:
    Store.open(path, WORLD).close()
    before = {file: file.stat().st_mtime_ns for file in path.rglob("*") if file.is_file()}
    with Store.open(path, WORLD) as store, store.session() as session:
        session.rows("select count(*) from spells")
    after = {file: file.stat().st_mtime_ns for file in path.rglob("*") if file.is_file()}
    assert before == after


def test_merged_episodes_follow_the_config(path: Path) -> None:
    def spells(config: Config) -> int:
        with Store.open(path, config) as store, store.session() as session:
            return len(session.rows("select distinct person_key, started_on from spells"))

    assert spells(WORLD) == 2
    narrow = WORLD.model_copy(
        update={"rules": WORLD.rules.model_copy(update={"merge_gap_days": 4})}
    )
    assert spells(narrow) == 3
    version = folder.current(path)
    assert len(list((version / "derived").iterdir())) == 2


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_store_that_cannot_be_written_is_still_read(path: Path) -> None:
    version = folder.current(path)
    version.chmod(0o555)
    try:
        with Store.open(path, WORLD) as store, store.session() as session:
            assert session.rows("select count(*) as n from spells") == [{"n": 3}]
    finally:
        version.chmod(0o755)


def test_derived_tables_that_were_cut_off_are_made_again(path: Path) -> None:
    Store.open(path, WORLD).close()
    made = derive.derived_folder(folder.current(path), WORLD)
    shutil.rmtree(made)
    (made.parent / ".writing-left-behind").mkdir()
    with Store.open(path, WORLD) as store, store.session() as session:
        assert session.rows("select count(*) as n from spells") == [{"n": 3}]


def test_many_readers_at_once_get_their_own_answers(tmp_path: Path) -> None:
    demo(tmp_path / "store", SHIPPED, people=1500)
    months = [Period.month(2025, month) for month in (1, 5, 9)]
    bases = [
        Basis(month, definition.id, "working_age")
        for month in months
        for definition in SHIPPED.case_definitions
    ]
    with Store.open(tmp_path / "store", SHIPPED) as store:
        alone, together = Service(store, SHIPPED), Service(store, SHIPPED)
        viewer = alone.viewer("analyst")
        expected = [alone.all_figures(basis, viewer) for basis in bases]
        with ThreadPoolExecutor(12) as pool:
            found = list(pool.map(lambda basis: together.all_figures(basis, viewer), bases))
    assert found == expected


def test_nothing_recorded_later_influences_a_past_month(tmp_path: Path) -> None:
    """The figures of a month, with everything that was recorded afterwards and without it."""
    everything, until = tmp_path / "everything", tmp_path / "until"
    demo(everything, SHIPPED, people=1500)
    census = date(2024, 3, 31)
    source = folder.current(everything)
    with folder.new_version(until) as version:
        shutil.copytree(source, version, dirs_exist_ok=True, ignore=lambda *_: ["derived"])
        connection = duckdb.connect()
        for name, begins in {
            "episodes": "referred_on",
            "diagnoses": "recorded_on",
            "treatments": "referred_on",
            "events": "occurred_on",
            "prescriptions": "started_on",
        }.items():
            file = str(version / f"{name}.parquet")
            kept = connection.read_parquet(file).filter(f"{begins} <= date '{census}'")
            later = [
                f"case when {c} <= date '{census}' then {c} end as {c}" if kind == "DATE" else c
                for c, kind in zip(kept.columns, map(str, kept.types), strict=True)
            ]
            kept.project(", ".join(later)).write_parquet(file + ".new")
            Path(file + ".new").replace(file)
        connection.close()
        (version / "manifest.json").unlink()
        folder.publish(
            until,
            version,
            rows={},
            accounts=(),
            data_from=date(2021, 10, 1),
            data_to=census,
            demonstration=True,
        )
    basis = Basis(Period(date(2024, 1, 1), census), "standard", "working_age")
    tables = []
    for path in (everything, until):
        with Store.open(path, SHIPPED) as store:
            service = Service(store, SHIPPED)
            kpis = [item for item in CATALOGUE if item.section != "staff"]
            tables.append(service.all_figures(basis, service.viewer("analyst"), kpis))
    for kpi, table in tables[0].items():
        assert table == tables[1][kpi], kpi
