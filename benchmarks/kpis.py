"""Every KPI of one period at every scope: pdqi, pandas, Polars, and DuckDB merely reading.

    python -m benchmarks.kpis --work DIR [--episodes 100k 1m 10m] [--repeats 3]

Makes the stores of invented data that DIR lacks, runs each engine in a fresh process in turn,
compares every figure, and prints a table. docs/benchmarks.md says what it shows.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.figures import differences, how_many
from benchmarks.run_one import CONFIG, ENGINES
from pdqi.config import Config
from pdqi.store.store import Store

ROOT = Path(__file__).resolve().parent.parent
PEOPLE = {"100k": 71_000, "1m": 710_000, "10m": 7_100_000}
"""How many invented people have about so many episodes."""
NAMES = {
    "pdqi": "pdqi",
    "floor": "DuckDB merely reading the columns",
    "polars": "Polars, from files",
    "polars_memory": "Polars, in memory",
    "pandas": "pandas",
    "polars_base": "Polars, from the loaded rows",
    "pandas_base": "pandas, from the loaded rows",
}
Result = dict[str, Any]


def main() -> int:
    """Run everything; the exit code says whether all engines gave the same figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder for the stores")
    parser.add_argument("--episodes", nargs="+", choices=PEOPLE, default=list(PEOPLE))
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    options = parser.parse_args()
    agreed = True
    say(f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}")
    for size in options.episodes:
        store = store_of(options.work, PEOPLE[size])
        results = measured(store, options.engines, options.repeats)
        problems = disagreements(results)
        agreed = agreed and not problems
        say(f"\n### {size} episodes\n")
        for line in table(results):
            say(line)
        for line in problems or [f"\nAll {values(results)} values equal in all engines."]:
            say(line)
    return 0 if agreed else 1


def store_of(work: Path, people: int) -> Path:
    """Return a store of invented data with its derived tables, made first where it is absent."""
    store = work / f"demo_{people}"
    if not (store / "CURRENT").exists():
        say(f"Making {store.name}.")
        command = ["-m", "pdqi", "demo", "--store", str(store), "--people", str(people)]
        subprocess.run([sys.executable, *command], cwd=ROOT, check=True)
    Store.open(store, Config.load(CONFIG)).close()
    return store


def measured(store: Path, engines: Sequence[str], repeats: int) -> dict[str, list[Result]]:
    """Run every engine once, then every engine again, so that a busy spell hits them alike."""
    found: dict[str, list[Result]] = {engine: [] for engine in engines}
    for _ in range(repeats):
        for engine in engines:
            found[engine].append(in_fresh_process(engine, store))
    return found


def in_fresh_process(engine: str, store: Path) -> Result:
    """Run one engine with two threads and return what it says."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.run_one", engine, str(store.resolve())],
        cwd=ROOT,
        env=os.environ | {"POLARS_MAX_THREADS": "2", "OMP_NUM_THREADS": "2"},
        stdout=subprocess.PIPE,
        check=True,
    )
    result: Result = json.loads(done.stdout)
    return result


def disagreements(results: dict[str, list[Result]]) -> list[str]:
    """Return where any run of any engine gave another figure than the first run of pdqi."""
    runs = [(name, run) for name in results for run in results[name] if run["figures"]]
    ours = runs[0][1]["figures"]
    return [f"{name}: {what}" for name, run in runs for what in differences(ours, run["figures"])]


def values(results: dict[str, list[Result]]) -> int:
    """Return how many values were compared."""
    return max(how_many(run["figures"]) for runs in results.values() for run in runs)


def table(results: dict[str, list[Result]]) -> list[str]:
    """Return the results as lines of a table; ratios are to pdqi's median."""
    heads = ("engine", "first answer, s", "× pdqi", "next answer, s", "× pdqi", "CPU s", "peak MiB")
    lines = [f"| {' | '.join(heads)} |", "|---|" + "---:|" * (len(heads) - 1)]
    for engine, runs in results.items():
        cells = [NAMES[engine]]
        for what in ("first", "again"):
            cells.append(f"{middle(runs, what):.2f} ({min(run[what] for run in runs):.2f})")
            ours = middle(results["pdqi"], what) if "pdqi" in results else float("nan")
            cells.append(f"{middle(runs, what) / ours:.2f}")
        cells.append(f"{middle(runs, 'cpu'):.2f}")
        cells.append(f"{max(run['peak_mib'] for run in runs):,.0f}")
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def middle(runs: Sequence[Result], what: str) -> float:
    """Return the median of a measure over the repeats."""
    return float(median(run[what] for run in runs))


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
