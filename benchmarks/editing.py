"""Twenty people have the dashboard open and ten of them edit at once, on this machine.

    python -m benchmarks.editing STORE [--rounds 5] [--people 20] [--editors 10] [--think 3]

STORE is one of invented data; the entries are made in a copy of its journal. Each editor opens an
action, changes it and sends the form, again and again; half of them change the same action. The
others look at pages meanwhile. Every form that was confirmed has to be one entry.
"""

import argparse
import os
import platform
import random
import shutil
import sys
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.visitor import PATIENCE, Server, Visitor, served
from pdqi.config import Config
from pdqi.journal import By, Draft, Journal

ROOT = Path(__file__).resolve().parent.parent
ROLE = "qi_lead"
THINK = 3.0
"""Seconds between two looks, and between two forms, of the same person: on average, drawn evenly
from none to twice as many, so that people do not keep step."""
READ = ("workstreams", "overview", "driver_diagram", "findings")
PAGE, LABEL, BUTTON = "page", "Action", "Enter the change to "


@dataclass
class Outcome:
    """What came of it: seconds of every answer, and the entries before and after."""

    edits: list[float] = field(default_factory=list)
    looks: list[float] = field(default_factory=list)
    sent: int = 0
    entries: int = 0
    """How many entries the journal gained."""
    twice: int = 0
    """How many texts are in the journal more than once."""


class Editor(Visitor):
    """A visitor who also fills in a form."""

    def open(self, item: str) -> Mapping[str, str]:
        """Open an action; returns the ids of its text and of the button that sends the form."""
        return self._run(page="workstreams", query=f"part=actions&item={item}")

    def send(self, ids: Mapping[str, str], item: str, text: str) -> Mapping[str, str]:
        """Change the text and send the form; returns the ids of the form that is drawn then."""
        query = f"part=actions&item={item}"
        return self._run(page="workstreams", query=query, ids=ids, text=text)

    def _run(
        self, page: str, query: str, ids: Mapping[str, str] | None = None, text: str = ""
    ) -> Mapping[str, str]:
        order = BackMsg()
        order.rerun_script.page_name = page
        order.rerun_script.query_string = query
        if ids:
            # A form is sent from the page that is open: naming it again would be a new visit.
            order.rerun_script.page_name = ""
            order.rerun_script.page_script_hash = ids[PAGE]
            states = order.rerun_script.widget_states.widgets
            states.add(id=ids[LABEL], string_value=text)
            states.add(id=ids[BUTTON], trigger_value=True)
        self._socket.send(order.SerializeToString())
        found: dict[str, str] = {}
        while True:
            data = self._socket.recv(timeout=PATIENCE)
            assert isinstance(data, bytes)
            message = ForwardMsg.FromString(data)
            kind = message.WhichOneof("type")
            if kind == "navigation":
                found[PAGE] = message.navigation.page_script_hash
            if kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                _note(message.delta.new_element, found)
            if kind == "script_finished" and message.script_finished == 0:
                return found


def _note(element: Any, found: dict[str, str]) -> None:
    kind = element.WhichOneof("type")
    if kind == "exception":
        raise RuntimeError("A page shows an error.")
    if kind == "text_area" and element.text_area.label == LABEL:
        found[LABEL] = element.text_area.id
    if kind == "button" and element.button.label.startswith(BUTTON):
        found[BUTTON] = element.button.id


def run(store: Path, people: int, editors: int, rounds: int, think: float = THINK) -> Outcome:
    """Let people read and edit at once on a copy of a store; returns what came of it."""
    with TemporaryDirectory() as folder:
        copy = Path(shutil.copytree(store, Path(folder) / "store"))
        journal = Journal.open(
            Config.load(ROOT / "config.yaml"), copy, None, (), demonstration=True
        )
        by = By(ROLE, "Administrator")
        values = {"what": "To be changed", "who": "Administrator", "by": "2026-10-31"}
        own = [journal.enter(by, Draft("action", values)).item for _ in range(editors // 2 + 1)]
        before = journal.standing().last
        outcome = Outcome()
        with served(copy, PDQI_ROLE=ROLE) as server:
            _at_once(server, own, outcome, people, editors, rounds, think)
        entries = journal.entries(after=before)
        journal.close()
    outcome.entries = len(entries)
    texts = [entry.after["what"] for entry in entries if entry.after]
    outcome.twice = len(texts) - len(set(texts))
    return outcome


def _at_once(
    server: Server,
    own: list[str],
    outcome: Outcome,
    people: int,
    editors: int,
    rounds: int,
    think: float,
) -> None:
    lock, done = threading.Lock(), threading.Event()

    def timed(do: Callable[[], Any], into: list[float]) -> Any:
        start = time.perf_counter()
        result = do()
        with lock:
            into.append(time.perf_counter() - start)
        return result

    def edit(number: int) -> None:
        # The first half shares one action, the others have one each.
        item = own[max(0, number - editors // 2)]
        editor, pause = Editor(server), random.Random(number)
        ids = editor.open(item)
        for turn in range(rounds):
            time.sleep(pause.uniform(0, 2 * think))
            text = f"Editor {number}, change {turn}"
            ids = timed(lambda i=ids, t=text: editor.send(i, item, t), outcome.edits)
            with lock:
                outcome.sent += 1
        editor.close()

    def look(number: int) -> None:
        visitor, turn, pause = Visitor(server), number, random.Random(-1 - number)
        while not done.wait(pause.uniform(0, 2 * think)):
            page = READ[turn % len(READ)]
            timed(lambda p=page: visitor.ask(p, {}), outcome.looks)
            turn += 1
        visitor.close()

    warm = Visitor(server)
    for page in READ:
        warm.ask(page, {})
    warm.close()
    with ThreadPoolExecutor(people) as pool:
        readers = [pool.submit(look, number) for number in range(people - editors)]
        writers = [pool.submit(edit, number) for number in range(editors)]
        try:
            for job in writers:
                job.result(timeout=10 * PATIENCE)
        finally:
            done.set()
        for job in readers:
            job.result(timeout=PATIENCE)


def main() -> int:
    """Measure; the exit code says whether each confirmed form is one entry."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", type=Path)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--editors", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--think", type=float, default=THINK, metavar="SECONDS")
    options = parser.parse_args()
    found = run(options.store, options.people, options.editors, options.rounds, options.think)
    print(f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}\n")
    print("| what | number | median, s | most, s |\n|---|---:|---:|---:|")
    for name, times in (("a form is sent", found.edits), ("a page is looked at", found.looks)):
        print(f"| {name} | {len(times)} | {median(times):.3f} | {max(times):.3f} |")
    print(
        f"\n{found.sent} forms were confirmed, {found.entries} entries made, {found.twice} doubled."
    )
    return 0 if found.entries == found.sent and not found.twice else 1


if __name__ == "__main__":
    sys.exit(main())
