"""A journal of its own for each test, with the shipped content to point to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pdqi.config import Config
from pdqi.content import Library
from pdqi.journal import By, Journal
from pdqi.metrics.catalogue import KPI_IDS

ROOT = Path(__file__).resolve().parents[2]
CONFIG = Config.load(ROOT / "config.yaml")
LIBRARY = Library.load(ROOT / "data" / "content", CONFIG, KPI_IDS)
LEAD = By("qi_lead", "Service Manager")
READER = By("stakeholder")


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """Return an empty journal."""
    found = Journal.open(CONFIG, tmp_path / "store", LIBRARY, KPI_IDS, demonstration=False)
    yield found
    found.close()
