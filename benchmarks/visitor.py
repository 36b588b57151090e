"""A freshly started dashboard, and visitors who ask it for pages as a browser does.

A visitor speaks Streamlit's own protocol over a websocket, to this machine only, and notes when
the first table or chart has arrived and when the page is whole. Drawing in a browser comes on top.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

ROOT = Path(__file__).resolve().parent.parent
CONTENT = frozenset({"table", "vega_lite_chart", "dataframe"})
PATIENCE = 120
"""Seconds after which an answer is given up."""


@dataclass(frozen=True)
class Server:
    """A dashboard that is being served: where, and by which process."""

    port: int
    process: subprocess.Popen[bytes]

    def memory(self) -> float:
        """Return the most memory that the process has held, in MiB (Linux)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(peak.split()[1]) / 1024

    def processor_seconds(self) -> float:
        """Return how long the process has kept processors busy (Linux)."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii")
        user, system = fields.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Answer:
    """Seconds until the first table or chart, until the page was whole, and bytes received."""

    first: float
    whole: float
    size: int


@contextmanager
def served(store: Path, **environment: str) -> Iterator[Server]:
    """Start the dashboard on a store for a reader of the default role; it ends with the block.

    `environment` is what it is told besides, such as another role.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    left = {"PDQI_ROLE", "PDQI_CONFIG", "PDQI_CONTENT"}
    settings = {name: value for name, value in os.environ.items() if name not in left}
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
    command += ["--server.address", "127.0.0.1", "--server.port", str(port)]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=settings | {"PDQI_STORE": str(store.resolve())} | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, process)
        yield Server(port, process)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("The dashboard did not start.")


class Visitor:
    """A browser's side of one session."""

    def __init__(self, server: Server) -> None:
        """Connect; nothing is asked yet."""
        address = f"ws://127.0.0.1:{server.port}/_stcore/stream"
        self._open = ExitStack()
        self._socket = self._open.enter_context(
            connect(address, subprotocols=["streamlit"], max_size=None)
        )

    def ask(self, page: str, link: Mapping[str, str]) -> Answer:
        """Ask for a page with the parameters of a link; returns when all of it has arrived."""
        order = BackMsg()
        order.rerun_script.page_name = page
        order.rerun_script.query_string = urlencode(link)
        start, first, size = time.perf_counter(), None, 0
        self._socket.send(order.SerializeToString())
        while True:
            data = self._socket.recv(timeout=PATIENCE)
            assert isinstance(data, bytes)
            size += len(data)
            message = ForwardMsg.FromString(data)
            kind = message.WhichOneof("type")
            if kind == "delta" and first is None and _is_content(message):
                first = time.perf_counter() - start
            # A page that changes its own address is run again at once: that run is the answer.
            if kind == "script_finished" and message.script_finished == 0:
                whole = time.perf_counter() - start
                return Answer(whole if first is None else first, whole, size)

    def close(self) -> None:
        """Leave."""
        self._open.close()


def _is_content(message: ForwardMsg) -> bool:
    delta = message.delta
    if delta.WhichOneof("type") != "new_element":
        return False
    element = delta.new_element.WhichOneof("type")
    if element == "exception":
        raise RuntimeError("A page shows an error.")
    return element in CONTENT
