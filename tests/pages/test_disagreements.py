"""The part of the Data quality page about sources that tell of the same things."""

from pathlib import Path

import pytest

from tests.quality.test_disagreements import made

from .conftest import Open


def test_the_page_shows_it(
    tmp_path: Path,
    open_app: Open,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store, settings = made(tmp_path, 12, 8)
    monkeypatch.setenv("PDQI_CONFIG", str(settings))
    app = open_app("", page="data_quality", store=store, quality="files")
    assert not app.exception
    said = "\n".join(item.value for item in app.markdown)
    assert "disagree about 40% of the 50 episodes" in said


def test_the_page_says_that_nothing_is_compared(open_app: Open) -> None:
    app = open_app("", page="data_quality", quality="files")
    said = "\n".join(item.value for item in app.markdown)
    assert "every row of every source counts" in said
