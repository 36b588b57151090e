"""A journal of its own for each test, in SQLite and in PostgreSQL, with the shipped content."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pg8000.native
import pytest

from pdqi.config import Config
from pdqi.config.parts import JournalPlace
from pdqi.content import Library
from pdqi.journal import By, Journal
from pdqi.metrics.catalogue import KPI_IDS
from tests.journal import postgres

ROOT = Path(__file__).resolve().parents[2]
CONFIG = Config.load(ROOT / "config.yaml")
LIBRARY = Library.load(ROOT / "data" / "content", CONFIG, KPI_IDS)
LEAD = By("qi_lead", "Service Manager")
READER = By("stakeholder")
Opener = Callable[[], Journal]


def opened(config: Config, store: Path, *, demonstration: bool = False) -> Journal:
    """Open the journal of a store."""
    return Journal.open(config, store, LIBRARY, KPI_IDS, demonstration=demonstration)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Give a server of the tests' own; skips, and says why, where there is no PostgreSQL."""
    binaries = postgres.programs()
    if binaries is None:
        if os.environ.get(postgres.REQUIRED):
            pytest.fail(
                "PostgreSQL is required here, and neither initdb nor Debian's folder is there."
            )
        pytest.skip("No PostgreSQL was found: install the package postgresql to run this test.")
    with postgres.server(binaries) as address:
        yield address


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """Return an empty journal in SQLite."""
    found = opened(CONFIG, tmp_path / "store")
    yield found
    found.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> JournalPlace:
    """Return an empty place for a journal, in each of the two."""
    if request.param == "sqlite":
        return JournalPlace(folder=str(tmp_path / "journal"))
    address = request.getfixturevalue("postgresql")
    name = f"t{uuid4().hex}"
    user, _, rest = address.removeprefix("postgresql://").partition("@")
    host, _, port = rest.partition(":")
    connection = pg8000.native.Connection(user, host=host, port=int(port), database="postgres")
    connection.run(f"create database {name}")
    connection.close()
    return JournalPlace(url=f"{address}/{name}", tls=False)


@pytest.fixture
def each(place: JournalPlace, tmp_path: Path) -> Iterator[Opener]:
    """Return what opens the same journal, any number of times, in each of the two databases."""
    config = CONFIG.model_copy(update={"journal": place})
    made: list[Journal] = []

    def one_more() -> Journal:
        made.append(opened(config, tmp_path / "store"))
        return made[-1]

    yield one_more
    for journal in made:
        journal.close()
