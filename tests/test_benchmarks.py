"""The engines that pdqi is compared with give the same figures: their times are comparable."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from benchmarks import editing, loading
from benchmarks import map as map_benchmark
from benchmarks.figures import Figures, differences, how_many
from benchmarks.run_one import ENGINES, run
from pdqi.config import Config
from pdqi.demo import demo
from pdqi.metrics.catalogue import KPI_IDS

ROOT = Path(__file__).resolve().parents[1]
CONFIG = Config.load(ROOT / "config.yaml")
OTHERS = [engine for engine in ENGINES if engine.startswith(("pandas", "polars"))]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("benchmarks") / "store"
    demo(path, CONFIG, people=3_000, seed=11)
    return path


@pytest.fixture(scope="module")
def ours(store: Path) -> Figures:
    figures: Figures = run("pdqi", store, CONFIG)["figures"]
    return figures


@pytest.fixture
def threads() -> Iterator[None]:
    """Leave pyarrow's threads as they were."""
    before = pa.cpu_count()
    yield
    pa.set_cpu_count(before)


@pytest.mark.parametrize("engine", OTHERS)
def test_every_figure_is_equal(engine: str, store: Path, ours: Figures, threads: None) -> None:
    if engine.startswith("polars") and importlib.util.find_spec("polars") is None:
        pytest.skip("polars, which only benchmarks need, is not installed")
    theirs = run(engine, store, CONFIG)["figures"]
    assert differences(ours, theirs) == []
    assert how_many(ours) > 1_000


def test_every_kpi_is_compared(ours: Figures) -> None:
    assert set(ours) == set(KPI_IDS)
    assert not [name for name, rows in ours.items() if not rows]


def test_a_figure_that_differs_is_found(ours: Figures) -> None:
    other = {name: {at: dict(row) for at, row in rows.items()} for name, rows in ours.items()}
    at, row = next(iter(other["ebt_received"].items()))
    row["numerator"] = (row["numerator"] or 0) + 1
    del other["entry_points"]['["system", null]']
    assert differences(ours, other) == [
        f"ebt_received {at}: numerator differ",
        'entry_points ["system", null]: one engine has no such row',
    ]


def test_the_columns_can_merely_be_read(store: Path) -> None:
    assert run("floor", store, CONFIG)["figures"] == {}


def test_what_directly_follows_what_is_the_same_in_any_order(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert map_benchmark.log(4_000, None, 1)
    assert "counts equal" in capsys.readouterr().out


def test_no_form_is_lost_or_entered_twice_when_many_edit(store: Path) -> None:
    found = editing.run(store, people=20, editors=10, rounds=2, think=0.2)
    assert found.sent == 20
    assert found.entries == 20
    assert found.twice == 0
    assert found.looks


def test_the_invented_extracts_load_and_are_mostly_sound(tmp_path: Path) -> None:
    loading.make_extracts(tmp_path / "files", 3_000, CONFIG)
    (tmp_path / "mapping.yaml").write_text(loading.MAPPING, encoding="utf-8")
    found = loading.run(tmp_path, tmp_path / "store")
    assert found["rows"] >= 4_000
    assert 0.9 < found["stored"] / found["rows"] < 1
