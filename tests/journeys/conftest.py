"""A freshly started server on an invented store, and a browser that may not leave this machine."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from browser import need_chromium
from playwright.sync_api import Browser, Page, sync_playwright

from pdqi.config import Config
from pdqi.content import Library
from pdqi.demo import demo
from pdqi.meeting.invented import invent
from pdqi.metrics.catalogue import KPI_IDS

ROOT = Path(__file__).resolve().parents[2]
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 60_000
READY = "[data-testid=stApp][data-test-script-state=notRunning]"
LOOPBACK = re.compile(r"(https?|wss?)://(127\.0\.0\.1|localhost)[:/]|data:|blob:|about:")


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("journeys") / "store"
    config = Config.load(ROOT / "config.yaml")
    demo(path, config, people=6_000, seed=3)
    library = Library.load(ROOT / "data" / "content", config, KPI_IDS)
    invent(ROOT / "data" / "demonstration" / "meetings.yaml", path, config, library)
    return path


@contextmanager
def served(store: Path, **environment: str) -> Iterator[str]:
    """Give the address of a server that was started just now and has had no visitor."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    dropped = {"PDQI_ROLE", "PDQI_CONFIG", "PDQI_CONTENT"}
    inherited = {name: value for name, value in os.environ.items() if name not in dropped}
    settings = inherited | {"PDQI_STORE": str(store)} | environment
    options = {"port": str(port), "address": "127.0.0.1", "headless": "true"}
    command = [sys.executable, "-m", "streamlit", "run", "app.py"]
    for name, value in options.items():
        command += [f"--server.{name}", value]
    server = subprocess.Popen(
        command, cwd=ROOT, env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, server)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        assert server.poll() is None, "the server has ended"
        try:
            opener.open(f"{address}/_stcore/health", timeout=2).close()
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the server did not answer within 90 seconds")


@pytest.fixture(scope="session")
def address(store: Path) -> Iterator[str]:
    """A server that the tests share, for what does not ask for a fresh one."""
    need_chromium()
    with served(store) as found:
        yield found


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = need_chromium()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield started
        started.close()


Open = Callable[..., Page]


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Open]:
    """Return a function that opens an address in a context of its own, as a first visit.

    Afterwards no request of any of them may have gone anywhere but to this machine.
    """
    contexts = []
    elsewhere: list[str] = []

    def opened(url: str, width: int = 1440, height: int = 1000, colours: str = "light") -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": height}, color_scheme=colours
        )
        contexts.append(context)
        context.on("request", lambda sent: LOOPBACK.match(sent.url) or elsewhere.append(sent.url))
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(url)
        settle(page)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert elsewhere == []


def settle(page: Page) -> None:
    """Wait until the page is drawn."""
    page.wait_for_selector("h1", timeout=PATIENCE)
    page.wait_for_selector(READY, timeout=PATIENCE)
    page.wait_for_timeout(400)
    page.wait_for_selector(READY, timeout=PATIENCE)
