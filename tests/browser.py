"""Find a Chromium for the browser tests."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
    "microsoft-edge",
)


def find_chromium() -> str | None:
    """Return the path of a Chromium, Chrome or Edge on this machine, if there is one.

    The environment variable PDQI_CHROMIUM, when set, decides alone.
    """
    chosen = os.environ.get("PDQI_CHROMIUM")
    if chosen:
        if not Path(chosen).is_file():
            raise FileNotFoundError(f"PDQI_CHROMIUM names {chosen}, which is not a file")
        return chosen
    for name in _NAMES:
        found = shutil.which(name)
        if found:
            return found
    return next((str(place) for place in _usual_places() if place.is_file()), None)


def need_chromium() -> str:
    """Return the path of a Chromium, or else skip the test.

    Where PDQI_REQUIRE_BROWSER is set to 1 the test fails instead, so that a run
    which has to cover the browser cannot pass without one.
    """
    found = find_chromium()
    if found:
        return found
    reason = "no Chromium found: install one, or set PDQI_CHROMIUM to its path"
    if os.environ.get("PDQI_REQUIRE_BROWSER") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def _usual_places() -> Iterator[Path]:
    """Yield where installers put browsers without adding them to PATH."""
    for folder in (Path("/Applications"), Path.home() / "Applications"):
        for name in ("Google Chrome", "Chromium", "Microsoft Edge"):
            yield folder / f"{name}.app" / "Contents" / "MacOS" / name
    for variable in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
        root = os.environ.get(variable)
        if root:
            yield Path(root) / "Google" / "Chrome" / "Application" / "chrome.exe"
            yield Path(root) / "Chromium" / "Application" / "chrome.exe"
            yield Path(root) / "Microsoft" / "Edge" / "Application" / "msedge.exe"
    yield Path("/snap/bin/chromium")
