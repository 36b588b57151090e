"""One engine, one store, one fresh process: prints its times, its peak memory and its figures."""

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from benchmarks.asked import Asked, asked_of, basis_of
from benchmarks.figures import Figures, of_aggregates
from benchmarks.loaded import Loaded, loaded_of
from pdqi.config import Config
from pdqi.model import Basis
from pdqi.store.store import Store

CONFIG = Path(__file__).resolve().parent.parent / "config.yaml"
T = TypeVar("T")
ENGINES = ("pdqi", "floor", "polars", "polars_memory", "pandas", "polars_base", "pandas_base")


def run(engine: str, path: Path, config: Config) -> dict[str, Any]:
    """Return seconds for the first answer, reading included, and for a next one; and the figures.

    pdqi's store is opened before, as a served one is; up to its limit of rows that reads the
    tables into memory. The processor time is that of the first answer.
    """
    basis = basis_of(path, config)
    asked = asked_of(path, config, basis)
    if engine in ("pdqi", "floor"):
        return _duckdb(engine, path, config, basis)
    loaded = loaded_of(path, config, basis, asked) if engine.endswith("_base") else None
    if engine.startswith("pandas"):
        return _pandas(asked, loaded)
    return _polars(asked, loaded, engine == "polars_memory")


def _duckdb(engine: str, path: Path, config: Config, basis: Basis) -> dict[str, Any]:
    from benchmarks.engines import pdqi_kpis

    def answer() -> Figures:
        if engine == "pdqi":
            return pdqi_kpis.figures(store, config, basis)
        pdqi_kpis.floor(store)
        return {}

    store, opening = timed(lambda: Store.open(path, config))
    with store:
        before = processor_seconds()
        figures, first = timed(answer)
        cpu = processor_seconds() - before
        _, again = timed(answer)
    return {"open": opening, "first": first, "again": again, "cpu": cpu, "figures": figures}


def _frames(prepare: Callable[[], Any], answer: Callable[[Any], Figures]) -> dict[str, Any]:
    before = processor_seconds()
    frames, reading = timed(prepare)
    figures, first = timed(lambda: answer(frames))
    cpu = processor_seconds() - before
    _, again = timed(lambda: answer(frames))
    return {"first": reading + first, "again": again, "cpu": cpu, "figures": figures}


def _pandas(asked: Asked, loaded: Loaded | None) -> dict[str, Any]:
    import pyarrow as pa

    from benchmarks.engines import pandas_base, pandas_kpis

    pa.set_cpu_count(2)

    def prepare() -> Any:
        return pandas_base.read(loaded) if loaded else pandas_kpis.read(asked)

    def answer(frames: Any) -> Figures:
        ready = pandas_base.derived(loaded, frames) if loaded else frames
        return of_aggregates(asked, pandas_kpis.aggregates(asked, ready))

    return _frames(prepare, answer)


def _polars(asked: Asked, loaded: Loaded | None, in_memory: bool) -> dict[str, Any]:
    from benchmarks.engines import polars_base, polars_kpis

    def prepare() -> Any:
        if loaded:
            return polars_base.scan(loaded)
        return polars_kpis.read(asked) if in_memory else polars_kpis.scan(asked)

    def answer(frames: Any) -> Figures:
        ready = polars_base.derived(loaded, frames) if loaded else frames
        return of_aggregates(asked, polars_kpis.aggregates(asked, ready))

    return _frames(prepare, answer)


def timed(do: Callable[[], T]) -> tuple[T, float]:
    """Return what a call returns, and how many seconds it took."""
    start = time.perf_counter()
    result = do()
    return result, time.perf_counter() - start


def processor_seconds() -> float:
    """Return how long this process has kept processors busy: waiting for others is not in it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak_memory() -> float:
    """Return the most memory that this process has held, imports included, in MiB (Linux).

    What `getrusage` says of it would include the process that started this one.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(peak.split()[1]) / 1024


def main() -> None:
    """Run one engine and print the result as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engine", choices=ENGINES)
    parser.add_argument("store", type=Path)
    options = parser.parse_args()
    result = run(options.engine, options.store, Config.load(CONFIG))
    result["peak_mib"] = peak_memory()
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
