"""How long readers wait for pages: alone, after a change of filters, and twenty at once.

    python -m benchmarks.redraw STORE [--readers 20] [--every 3] [--seconds 60]

Each page is asked of a freshly started server, as its first visitor would, and then again with
other filters. docs/benchmarks.md says what is measured and what is not.
"""

import argparse
import os
import platform
import random
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.run_one import CONFIG
from benchmarks.visitor import Answer, Server, Visitor, served
from pdqi.config import Config
from pdqi.model import Period
from pdqi.service import Service
from pdqi.ui.filters import OPTIONS
from pdqi.ui.page import PLACES

Link = Mapping[str, str]
PAGES: tuple[tuple[str, Link], ...] = (
    *((place.id, {}) for place in PLACES),
    *(
        (option.page, {option.name: name})
        for option in OPTIONS
        if option.page == "findings"
        for name in list(option.names)[1:]
    ),
)
"""Every page as it opens, and every view of the findings."""


def main() -> None:
    """Measure a store and print two tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", type=Path)
    parser.add_argument("--readers", type=int, default=20)
    parser.add_argument("--every", type=float, default=3.0, help="seconds between two questions")
    parser.add_argument("--seconds", type=float, default=60.0)
    options = parser.parse_args()
    periods, scopes = choices(options.store)
    say(f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}\n")
    heads = ("page", "first visitor", "another period", "another team", "the same again", "kB")
    say(f"| {' | '.join(heads)} |\n|---|" + "---:|" * (len(heads) - 1))
    for page, link in PAGES:
        cells = alone(options.store, page, link, periods, scopes)
        say(f"| {' | '.join((name_of(page, link), *cells))} |")
    say("\nSeconds until the first table or chart, and until the page is whole.\n")
    with served(options.store) as server:
        before = server.processor_seconds()
        answers = together(server, options, periods, scopes)
        busy = (server.processor_seconds() - before) / options.seconds
        said = f"{crowd(answers)}; {server.memory():,.0f} MiB at most, {busy:.2f} cores busy."
    wanted = options.readers * options.seconds / options.every
    say(f"{options.readers} readers, each asking every {options.every:g} s: {wanted:.0f} wanted,")
    say(said)


def choices(store: Path) -> tuple[list[str], list[str]]:
    """Return what readers may choose: 12-month periods, the latest first, and teams."""
    service = Service.open(store, Config.load(CONFIG))
    periods: Sequence[Period] = service.periods("rolling_year")
    teams = [scope.key for scope in service.scopes if scope.kind == "team"]
    return [period.key for period in periods], teams


def alone(
    store: Path, page: str, link: Link, periods: Sequence[str], scopes: Sequence[str]
) -> list[str]:
    """Return the cells of a page: a first visitor, then changes of one filter at a time."""
    with served(store) as server:
        visitor = Visitor(server)
        views = (
            link,
            link | {"period": periods[1]},
            link | {"period": periods[1], "scope": scopes[0]},
            link | {"period": periods[1]},
        )
        answers = [visitor.ask(page, {**view}) for view in views]
        visitor.close()
    times = [f"{answer.first:.2f} / {answer.whole:.2f}" for answer in answers]
    return [*times, f"{max(answer.size for answer in answers) / 1000:,.0f}"]


def together(
    server: Server, options: argparse.Namespace, periods: Sequence[str], scopes: Sequence[str]
) -> list[Answer]:
    """Return what readers waited who ask for pages at random, each at a steady pace.

    Who waits longer than the pace asks again at once, so no reader has two questions open. The
    choices come from a fixed seed. It ends by itself after the seconds given.
    """
    start = time.monotonic()

    def read(number: int) -> list[Answer]:
        choose, visitor, answers = random.Random(number), Visitor(server), []
        due = start + options.every * number / options.readers
        while due < start + options.seconds:
            time.sleep(max(0.0, due - time.monotonic()))
            page, link = choose.choice(PAGES)
            view = {"period": choose.choice(periods[:12]), "scope": choose.choice(scopes)}
            answers.append(visitor.ask(page, {**link, **view}))
            due = max(due + options.every, time.monotonic())
        visitor.close()
        return answers

    with ThreadPoolExecutor(options.readers) as readers:
        return [
            answer for answers in readers.map(read, range(options.readers)) for answer in answers
        ]


def crowd(answers: Sequence[Answer]) -> str:
    """Return in words how long a crowd waited."""
    firsts = sorted(answer.first for answer in answers)
    wholes = sorted(answer.whole for answer in answers)
    return (
        f"{len(answers)} pages; first table or chart after {at(firsts, 0.5):.2f} s (50th centile)"
        f" and {at(firsts, 0.95):.2f} s (95th), whole after {at(wholes, 0.5):.2f} s and"
        f" {at(wholes, 0.95):.2f} s, longest {wholes[-1]:.2f} s"
    )


def at(ordered: Sequence[float], share: float) -> float:
    """Return the value that a share of ordered values does not exceed."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def name_of(page: str, link: Link) -> str:
    """Return the words for a page and what is chosen on it."""
    return " ".join((page.replace("_", " "), *(f"{name}={value}" for name, value in link.items())))


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
