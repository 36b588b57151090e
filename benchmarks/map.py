"""The recorded map of any period, and what directly follows what in a log of a million events.

    python -m benchmarks.map STORE... [--events 1000000] [--pm4py PYTHON]

Each store is asked for the moves between its teams in many periods, protected, with nothing kept.
Then a log is made, and what directly follows what is found in it anew: from the rows as text, and
from the events as they are stored. PYTHON is an interpreter that has pm4py and pyarrow; it does the
same on the same rows in the same run, and every count must be equal.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import duckdb

from benchmarks.run_one import CONFIG, timed
from pdqi.config import Config
from pdqi.metrics.catalogue import kpi
from pdqi.model import Period
from pdqi.service import Service
from pdqi.store.store import Store

Pairs = dict[tuple[str, str], int]
OTHER = """
import contextlib, io, json, sys, time
import pandas
with contextlib.redirect_stdout(io.StringIO()):
    import pm4py
log, repeats = sys.argv[1], int(sys.argv[2])
found = {}
for name in ("any", "stored"):
    frame = pandas.read_parquet(f"{log}/{name}.parquet").rename(columns={
        "case_id": "case:concept:name", "activity": "concept:name", "moment": "time:timestamp"})
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        pairs, _, _ = pm4py.discover_dfg(frame)
        times.append(time.perf_counter() - start)
    found[name] = times
print(json.dumps({"version": pm4py.__version__, "times": found,
                  "pairs": [[a, b, n] for (a, b), n in pairs.items()]}))
"""
"""What the other interpreter runs."""

MADE = """
    select 'C' || number as case_id, 'Activity ' || (1 + floor(30 * pow(random(), 2))::int)
               as activity,
           timestamp '2020-01-01' + to_seconds((number * 37 + 36000 * place * random())::bigint)
               as moment
    from (select number, unnest(range(1, 2 + (hash(number) % 39)::int)) as place
          from range($cases) cases(number))
    order by hash(number, place)
"""
"""Cases of 1 to 39 events among 30 activities, in an order that says nothing."""

ANEW = """
    select activity, following, count(*) from (
        select activity, case_id, lead(activity) over () as following,
               lead(case_id) over () as next_case
        from (select activity, case_id from events order by case_id, moment, source_row)
    ) where case_id = next_case group by all
"""
STORED = """
    select activity_key, following, count(*) from (
        select activity_key, case_key, lead(activity_key) over () as following,
               lead(case_key) over () as next_case
        from log
    ) where case_key = next_case group by all
"""


def main() -> int:
    """Measure; the exit code says whether all counts agree."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stores", type=Path, nargs="*")
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--pm4py", type=Path, metavar="PYTHON")
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}\n")
    maps(options.stores, options.repeats)
    return 0 if log(options.events, options.pm4py, options.repeats) else 1


def maps(stores: Sequence[Path], repeats: int) -> None:
    """Print how long the recorded map takes in each store, by the length of the period."""
    config = Config.load(CONFIG)
    print("| episodes | period | seconds, median | most |\n|---:|---|---:|---:|")
    for path in stores:
        with Store.open(path, config) as store:
            for name, periods in of_lengths(Service(store, config)).items():
                times = [asked(store, config, p) for p in periods for _ in range(repeats)]
                episodes = store.manifest.rows["episodes"]
                print(f"| {episodes:,} | {name} | {median(times):.3f} | {max(times):.3f} |")


def of_lengths(service: Service) -> dict[str, list[Period]]:
    """Return periods of several lengths, from all over the data."""
    months = service.periods("month")
    years = service.periods("rolling_year")
    return {
        "a month": list(months[::12]),
        "a quarter": list(service.periods("quarter")[::4]),
        "12 months": list(years[::12]),
        "all": [Period(months[-1].first, months[0].last)],
    }


def asked(store: Store, config: Config, period: Period) -> float:
    """Return the seconds of one question, by a service that keeps nothing yet."""
    service = Service(store, config)
    basis, viewer, moves = service.basis(period), service.viewer(), (kpi("transitions"),)
    return timed(lambda: service.all_figures(basis, viewer, moves))[1]


def log(events: int, python: Path | None, repeats: int) -> bool:
    """Print how long a log takes in each order, ours and theirs; returns whether counts agree."""
    with TemporaryDirectory() as folder, duckdb.connect(config={"threads": 2}) as connection:
        connection.execute("select setseed(0.5)")
        connection.execute(
            f"create table events as select *, row_number() over () as source_row from ({MADE})",
            {"cases": events // 20},
        )
        connection.execute(
            "create table log as select dense_rank() over (order by case_id)::integer as case_key,"
            " dense_rank() over (order by activity)::integer as activity_key, activity, case_id,"
            " moment, source_row from events order by case_id, moment, source_row"
        )
        for name, table in (("any", "events"), ("stored", "log")):
            connection.sql(f"select case_id, activity, moment from {table}").write_parquet(
                f"{folder}/{name}.parquet"
            )
        number = connection.table("events").shape[0]
        ours, found = {}, {}
        for name, query in (("any", ANEW), ("stored", STORED)):
            found[name], ours[name] = several(lambda q=query: connection.sql(q).fetchall(), repeats)
        names = dict(connection.sql("select distinct activity_key, activity from log").fetchall())
        pairs: Pairs = {(a, b): n for a, b, n in found["any"]}
        equal = pairs == {(names[a], names[b]): n for a, b, n in found["stored"]}
        theirs: dict[str, list[float]] = {}
        if python is not None:
            said = subprocess.run(
                [str(python), "-c", OTHER, folder, str(repeats)],
                capture_output=True,
                text=True,
                check=True,
            )
            other = json.loads(said.stdout.strip().splitlines()[-1])
            theirs = other["times"]
            equal = equal and pairs == {(a, b): n for a, b, n in other["pairs"]}
            print(f"\npm4py {other['version']}")
    print(f"\n{number:,} events, {len(pairs):,} pairs, counts {'equal' if equal else 'DIFFER'}\n")
    print("| rows | pdqi, s | pm4py, s | ratio |\n|---|---:|---:|---:|")
    words = {"any": "as text, in any order", "stored": "in the order of cases, as stored"}
    for name, times in ours.items():
        mine = median(times)
        slow = median(theirs[name]) if theirs else None
        told = f"{slow:.3f} | {slow / mine:.1f}" if slow else "not run | "
        print(f"| {words[name]} | {mine:.3f} | {told} |")
    return equal


def several(run: Callable[[], list[tuple]], repeats: int) -> tuple[list[tuple], list[float]]:
    """Run something several times; returns what it gave and how long each took."""
    runs = [timed(run) for _ in range(repeats)]
    return runs[-1][0], [seconds for _, seconds in runs]


if __name__ == "__main__":
    sys.exit(main())
