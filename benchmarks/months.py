"""Every monthly KPI of every month: asked for at once, against month after month.

    python -m benchmarks.months STORE [--repeats 3]

Both ways give published figures for the default reader, and every figure must be equal.
"""

import argparse
import os
import platform
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from benchmarks.run_one import CONFIG, timed
from pdqi.config import Config
from pdqi.metrics.catalogue import CATALOGUE
from pdqi.model import Figure, Published
from pdqi.service import Service
from pdqi.store.store import Session, Store

Series = Mapping[str, tuple[Published, ...]]
MONTHLY = tuple(kpi for kpi in CATALOGUE if kpi.monthly)
ASKING = ("rows", "columns", "table", "make")
"""The methods of a session that run a statement."""


def main() -> int:
    """Measure both ways; the exit code says whether they gave the same figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", type=Path)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}\n")
    print("| way | statements | seconds, median (least) |\n|---|---:|---:|")
    config, found = Config.load(CONFIG), {}
    for name, way in (("all months at once", at_once), ("month after month", one_by_one)):
        times, number = [], 0
        for _ in range(options.repeats):
            # Opened anew, because a service keeps what it has worked out.
            with Store.open(options.store, config) as store, counted() as statements:
                service = Service(store, config)
                found[name], seconds = timed(lambda way=way, service=service: way(service))
            times.append(seconds)
            number = sum(statements.values())
        print(f"| {name} | {number:,} | {median(times):.2f} ({min(times):.2f}) |", flush=True)
    first, other = (list(cells(series)) for series in found.values())
    months = {len(series) for series in found["all months at once"].values()}
    print(f"\n{len(first):,} cells of {len(MONTHLY)} figures in {max(months)} months")
    print("equal both ways." if first == other else "DIFFER.")
    return 0 if first == other else 1


def at_once(service: Service) -> Series:
    """Return every month as the pages ask for them."""
    return service.months(service.viewer(), MONTHLY)


def one_by_one(service: Service) -> Series:
    """Return every month by asking for each as a period of its own."""
    months = [
        service.all_figures(service.basis(period), service.viewer(), MONTHLY)
        for period in reversed(service.periods("month"))
    ]
    return {kpi.id: tuple(month[kpi.id] for month in months) for kpi in MONTHLY}


def cells(series: Series) -> Iterator[tuple[str, ...]]:
    """Give every cell with its place, in order."""
    for kpi_id, published in sorted(series.items()):
        for month in published:
            figures: tuple[Figure, ...] = month.figures
            for figure in figures:
                for name, cell in sorted(figure.cells.items()):
                    yield (
                        kpi_id,
                        month.basis.period.key,
                        figure.scope,
                        figure.by or "",
                        name,
                        repr(cell),
                    )


@contextmanager
def counted() -> Iterator[dict[str, int]]:
    """Count the statements that are run meanwhile, by how they are asked."""
    counts = dict.fromkeys(ASKING, 0)
    originals = {name: getattr(Session, name) for name in ASKING}

    def counting(name: str, original: Callable[..., object]) -> Callable[..., object]:
        def asked(*given: object, **named: object) -> object:
            counts[name] += 1
            return original(*given, **named)

        return asked

    try:
        for name, original in originals.items():
            setattr(Session, name, counting(name, original))
        yield counts
    finally:
        for name, original in originals.items():
            setattr(Session, name, original)


if __name__ == "__main__":
    sys.exit(main())
