from pathlib import Path

import pytest

from tests.ingest.small_world import PEOPLE, Trust


@pytest.fixture
def trust(tmp_path: Path) -> Trust:
    made = Trust(tmp_path)
    made.put("clients.csv", PEOPLE)
    return made
