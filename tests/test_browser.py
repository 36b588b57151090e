"""Finding a browser for the browser tests."""

import os
from pathlib import Path

import browser
import pytest


@pytest.fixture
def no_browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make this machine look as if it had no browser; return the only folder on PATH."""
    monkeypatch.delenv("PDQI_CHROMIUM", raising=False)
    monkeypatch.delenv("PDQI_REQUIRE_BROWSER", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(browser, "_usual_places", lambda: iter([tmp_path / "usual" / "chrome"]))
    return tmp_path


def put_program(path: Path) -> str:
    path.parent.mkdir(exist_ok=True)
    path.touch(mode=0o755)
    return str(path)


def test_none(no_browser: Path) -> None:
    assert browser.find_chromium() is None


@pytest.mark.skipif(os.name == "nt", reason="programs end in .exe on Windows")
def test_on_path(no_browser: Path) -> None:
    put_program(no_browser / "usual" / "chrome")
    expected = put_program(no_browser / "google-chrome")
    assert browser.find_chromium() == expected


def test_in_a_usual_place(no_browser: Path) -> None:
    expected = put_program(no_browser / "usual" / "chrome")
    assert browser.find_chromium() == expected


def test_chosen(no_browser: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_program(no_browser / "chromium")
    expected = put_program(no_browser / "mine")
    monkeypatch.setenv("PDQI_CHROMIUM", expected)
    assert browser.find_chromium() == expected


def test_chosen_but_missing(no_browser: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PDQI_CHROMIUM", str(no_browser / "nothing"))
    with pytest.raises(FileNotFoundError, match="PDQI_CHROMIUM names"):
        browser.find_chromium()


def test_missing_browser_skips_or_fails(no_browser: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(pytest.skip.Exception):
        browser.need_chromium()
    monkeypatch.setenv("PDQI_REQUIRE_BROWSER", "1")
    with pytest.raises(pytest.fail.Exception):
        browser.need_chromium()


def test_usual_places_are_absolute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROGRAMFILES", str(Path.cwd()))
    places = list(browser._usual_places())
    assert len(places) >= 7
    assert all(place.is_absolute() or os.name == "nt" for place in places)
