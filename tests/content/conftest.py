import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pdqi.config import Config
from pdqi.content import Library
from pdqi.errors import ContentError
from pdqi.metrics.catalogue import KPI_IDS

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "data/content"

Mistake = Callable[..., list[str]]


@pytest.fixture(scope="session")
def config() -> Config:
    return Config.load(ROOT / "config.yaml")


@pytest.fixture(scope="session")
def library(config: Config) -> Library:
    return Library.load(SHIPPED, config, KPI_IDS)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "content"))


@pytest.fixture
def mistake(folder: Path, config: Config) -> Mistake:
    """Change texts of the shipped files, load them, and give the messages.

    `{line}` of what is expected is found by the test with `line_of`.
    """

    def make(*changes: tuple[str, str, str]) -> list[str]:
        for name, old, new in changes:
            file = folder / f"{name}.yaml"
            text = file.read_text(encoding="utf-8")
            assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
            file.write_text(text.replace(old, new), encoding="utf-8")
        with pytest.raises(ContentError) as raised:
            Library.load(folder, config, KPI_IDS)
        return [str(problem) for problem in raised.value.problems]

    return make


@pytest.fixture
def line_of(folder: Path) -> Callable[[str, str], int]:
    """Give the line on which a text first stands in a content file."""

    def find(name: str, text: str) -> int:
        lines = (folder / f"{name}.yaml").read_text(encoding="utf-8").splitlines()
        return next(n for n, line in enumerate(lines, 1) if text in line)

    return find
