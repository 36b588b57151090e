"""One invented store, a snapshot of it, and its files: worked out once for all tests."""

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pdqi.config import Config
from pdqi.content import Library
from pdqi.demo import demo
from pdqi.meeting.invented import invent
from pdqi.metrics.catalogue import KPI_IDS
from pdqi.service import Service
from pdqi.snapshot.frozen import Exhibit, Snapshot
from pdqi.snapshot.make import make
from pdqi.snapshot.pack import pack
from tests.journal.conftest import opened

ROOT = Path(__file__).resolve().parents[2]
CONFIG = Config.load(ROOT / "config.yaml")
LIBRARY = Library.load(ROOT / "data" / "content", CONFIG, KPI_IDS)
NOW = datetime(2026, 10, 5, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("snapshot") / "store"
    demo(path, CONFIG, people=1_500, seed=5)
    invent(ROOT / "data" / "demonstration" / "meetings.yaml", path, CONFIG, LIBRARY)
    return path


def made(store: Path, role: str = "stakeholder", *, briefing: bool = False) -> Snapshot:
    service = Service.open(store, CONFIG, LIBRARY.rules.rules, LIBRARY.process_map)
    journal = opened(CONFIG, store, demonstration=True)
    period = service.default_period
    assert period is not None
    with service.store:
        found = make(
            service,
            LIBRARY,
            service.viewer(role),
            service.basis(period),
            service.scope("system"),
            journal.standing(),
            maker="qi_lead",
            briefing=briefing,
            now=NOW,
        )
    journal.close()
    return found


@pytest.fixture(scope="session")
def snapshot(store: Path) -> Snapshot:
    return made(store)


@pytest.fixture(scope="session")
def packed(snapshot: Snapshot) -> bytes:
    return pack(snapshot, ("pptx", "pdf", "html", "xlsx", "csv"))


def exhibits(snapshot: Snapshot) -> Iterator[Exhibit]:
    for section in snapshot.sections:
        yield from section.exhibits


def inside(data: bytes, ending: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        (name,) = [each for each in archive.namelist() if each.endswith(ending)]
        return archive.read(name)
