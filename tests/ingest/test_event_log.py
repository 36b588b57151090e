"""Event logs: every row somewhere, counts as in a slow count of the file, nobody given away."""

import csv
import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pdqi.config import Config
from pdqi.errors import LoadError, StoreError
from pdqi.event_log import WHOLE, LogService, Shown
from pdqi.ingest.loading import load
from pdqi.ingest.report import LoadReport
from pdqi.model import Published
from pdqi.service import Service
from tests.ingest.small_world import GOOD, REFERRAL_HEADER, Trust

ROOT = Path(__file__).parents[2]
CONFIG = Config.load(ROOT / "config.yaml")
SECRET = b"a secret of the tests alone"
SEPSIS = ROOT.parent / "shared" / "event_logs" / "sepsis.csv"
MAPPING = """
kind: event_log
id: small
name: A small log
file: log.csv
case: Case
activity: What
at: When
dates: [dd/mm/yyyy]
"""
Event = tuple[str, str, datetime]


def loaded(
    folder: Path,
    rows: Sequence[Sequence[str]],
    mapping: str = MAPPING,
    head: str = "Case,What,When",
) -> tuple[LoadReport, Path]:
    """Load a log that is written down here; returns the report and the store."""
    files, store = folder / "files", folder / "store"
    files.mkdir(parents=True, exist_ok=True)
    text = "\n".join([head, *(",".join(row) for row in rows)])
    (files / "log.csv").write_text(text + "\n", encoding="utf-8")
    (folder / "map.yaml").write_text(mapping, encoding="utf-8")
    return load(folder / "map.yaml", files, store, CONFIG, SECRET), store


def shown(store: Path, role: str = "analyst", period: str = WHOLE) -> tuple[Shown, dict[str, str]]:
    service = LogService.open(store, CONFIG)
    try:
        found = service.shown(service.periods()[period], service.viewer(role))
        return found, service.names
    finally:
        service.store.close()


def cells(table: Published, names: dict[str, str], field: str) -> dict[Any, Any]:
    return {(names[f.scope], names[f.by or ""]): f[field].value for f in table.figures}


def directly_follows(events: Sequence[Event]) -> dict[tuple[str, str], list[tuple[str, float]]]:
    """The slow count: cases and seconds of each pair, equal times in the order of the file."""
    cases: dict[str, list[tuple[datetime, int, str]]] = {}
    for place, (case, activity, at) in enumerate(events):
        cases.setdefault(case, []).append((at, place, activity))
    found: dict[tuple[str, str], list[tuple[str, float]]] = {}
    for case, mine in cases.items():
        for one, two in pairwise(sorted(mine)):
            pair = found.setdefault((one[2], two[2]), [])
            pair.append((case, (two[0] - one[0]).total_seconds()))
    return found


START = datetime(2024, 2, 28, 23, 50)
EVENTS: st.SearchStrategy[list[Event]] = st.lists(
    st.tuples(
        st.sampled_from(["c1", "c2", "c3", "c10"]),
        st.sampled_from(["a", "b", "c", "b c"]),
        st.integers(0, 40).map(lambda n: START + timedelta(minutes=7 * n)),
    ),
    min_size=1,
    max_size=40,
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(EVENTS)
def test_counts_are_those_of_a_slow_count(events: list[Event]) -> None:
    rows = [(case, what, at.strftime("%d/%m/%Y %H:%M")) for case, what, at in events]
    with TemporaryDirectory() as folder:
        report, store = loaded(Path(folder), rows)
        (account,) = report.accounts
        assert (account.rows_in_file, account.stored) == (len(rows), len(rows))
        found, names = shown(store)
    expected = directly_follows(events)
    assert cells(found.follows, names, "moves") == {p: len(f) for p, f in expected.items()}
    people = {pair: len({case for case, _ in f}) for pair, f in expected.items()}
    assert cells(found.follows, names, "people") == people
    seconds = {pair: median(s for _, s in f) for pair, f in expected.items()}
    assert cells(found.follows, names, "median_seconds") == seconds
    activities = {names[f.scope]: f["people"].value for f in found.activities.figures}
    pairs = {(what, case) for case, what, _ in events}
    assert activities == Counter(what for what, _ in pairs)


def test_every_row_is_somewhere(tmp_path: Path) -> None:
    rows = [
        ("c1", "a", "01/01/2024 10:00", "1"),
        ("c1", "a", "01/01/2024 10:00", "1"),  # the same event again
        ("c1", "a", "01/01/2024 10:00", "2"),  # another one, at the same moment
        ("", "a", "01/01/2024 10:00", "3"),
        ("c1", "", "01/01/2024 10:00", "4"),
        ("c1", "a", "", "5"),
        ("c1", "a", "31/02/2024 10:00", "6"),
        ("c1", "a", "01/01/2024 25:00", "7"),
        ("c2", "a", "01/01/2024 10:00", "8"),
        ("c2", "b", "01/01/2024 10:00", "8"),
    ]
    mapping = MAPPING + "event: Number\n"
    report, store = loaded(tmp_path, rows, mapping, "Case,What,When,Number")
    (account,) = report.accounts
    assert account.adds_up
    assert (account.stored, account.duplicate_row) == (2, 1)
    assert account.reasons == {
        "missing_person": 1,
        "invalid_date": 2,
        "missing_required": 2,
        "conflicting_key": 2,
    }
    version = next((store / "versions").iterdir())
    kept = duckdb.sql(f"select row, reasons, cells from '{version}/quarantine.parquet'").fetchall()
    assert [row for row, _, _ in kept] == [5, 6, 7, 8, 9, 10, 11]
    assert json.loads(kept[3][2])["When"] == "31/02/2024 10:00"


def test_without_numbers_of_events_the_same_row_twice_is_two_events(tmp_path: Path) -> None:
    rows = [("c1", "a", "01/01/2024 10:00")] * 2
    report, store = loaded(tmp_path, rows)
    assert report.accounts[0].stored == 2
    found, names = shown(store)
    assert cells(found.follows, names, "moves") == {("a", "a"): 1}


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("02/01/2024", 86_400),
        ("01/01/2024 0:01", 60),
        ("01/01/2024 00:00:01", 1),
        ("2024-01-01T00:00:01.250", 1.25),
        ("2024-01-01T01:00:00+01:00", 0),
        ("2024-01-01 00:00:05Z", 5),
        ("2023-12-31T23:00:00-0130", 1800),
    ],
)
def test_times_are_read_in_the_ways_they_are_written(
    written: str, seconds: float, tmp_path: Path
) -> None:
    rows = [("c1", "a", "01/01/2024 00:00"), ("c1", "b", written)]
    found, names = shown(loaded(tmp_path, rows)[1])
    assert cells(found.follows, names, "median_seconds") == {("a", "b"): seconds}


def test_what_does_not_count_is_stored_and_not_counted(tmp_path: Path) -> None:
    rows = [
        ("c1", "a", "01/01/2024", "complete"),
        ("c1", "b", "02/01/2024", "start"),
        ("c1", "c", "03/01/2024", " COMPLETE"),
        ("c1", "d", "04/01/2024", ""),
    ]
    mapping = MAPPING + 'only: {"Stage": [complete]}\n'
    report, store = loaded(tmp_path, rows, mapping, "Case,What,When,Stage")
    assert report.accounts[0].stored == 4
    assert report.accounts[0].notes == {"stored and not counted, for 'only' in the mapping": 2}
    found, names = shown(store)
    assert cells(found.follows, names, "moves") == {("a", "c"): 1}


def test_a_year_holds_what_happened_in_it(tmp_path: Path) -> None:
    rows = [
        ("c1", "a", "30/12/2023"),
        ("c1", "b", "31/12/2023 23:59"),
        ("c1", "c", "01/01/2024"),
        ("c1", "d", "02/01/2024"),
    ]
    store = loaded(tmp_path, rows)[1]
    for period, pairs in (
        (WHOLE, {("a", "b"), ("b", "c"), ("c", "d")}),
        ("2023", {("a", "b")}),
        ("2024", {("c", "d")}),
    ):
        found, names = shown(store, period=period)
        assert set(cells(found.follows, names, "moves")) == pairs


RULES = """
rules:
  - {id: B, text: a before b, before: {first: a, then: b}}
  - {id: W, text: b within ten minutes of a, within: {minutes: 10, after: a, seen: [b]}}
  - {id: L, text: b twice after a, at_least: {times: 2, of: b, after: a}}
  - {id: N, text: never from a to c, never: {first: [a], then: [c]}}
"""


def test_rules_are_judged_case_by_case(tmp_path: Path) -> None:
    """k is kept, x broken, u not to be judged, - not applied: before, within, at least, never."""
    times = {
        "ab": [("a", 0), ("b", 10), ("b", 11)],  # B k, W k (ten minutes count), L k, N k
        "ba": [("b", 0), ("a", 5)],  # B x, W x, L x, N u
        "ac": [("a", 0), ("c", 1), ("b", 11)],  # B k, W x, L x, N x
        "same": [("b", 0), ("a", 0)],  # equal times: b came first in the file
        "late": [("a", 1439)],  # B -, W u (the log ends), L x, N u
        "none": [("c", 0), ("c", 1440)],
    }
    day = datetime(2024, 1, 1)
    rows = [
        (case, what, (day + timedelta(minutes=minute)).strftime("%d/%m/%Y %H:%M"))
        for case, events in times.items()
        for what, minute in events
    ]
    found, _ = shown(loaded(tmp_path, rows, MAPPING + RULES)[1])
    counts = {f.by: f["people"].value for f in found.rules.figures}
    assert counts == {
        "B": 4,
        "B>kept": 2,
        "B>broken": 2,
        "B>unknown": 0,
        "W": 5,
        "W>kept": 1,
        "W>broken": 3,
        "W>unknown": 1,
        "L": 5,
        "L>kept": 1,
        "L>broken": 4,
        "L>unknown": 0,
        "N": 5,
        "N>kept": 1,
        "N>broken": 1,
        "N>unknown": 3,
    }


@pytest.mark.parametrize(
    ("mapping", "expected"),
    [
        (MAPPING + RULES.replace("first: a,", "first: aa,"), "The log has no activity 'aa'"),
        (MAPPING + RULES.replace("minutes: 10, ", ""), "Give 'days', 'hours' or 'minutes'"),
        (MAPPING + RULES.replace("id: W", "id: B"), "written twice"),
        (MAPPING.replace("dd/mm/yyyy", "dd/mm/yy"), "is not a form of dates"),
        (MAPPING.replace("activity: What", "activity: Wat"), "lacks 'Wat'"),
        (MAPPING.replace("case: Case\n", ""), "case"),
        (MAPPING.replace("event_log", "event log"), "event_log"),
    ],
)
def test_mistakes_are_told_and_leave_nothing(mapping: str, expected: str, tmp_path: Path) -> None:
    rows = [("c1", "a", "01/01/2024"), ("c1", "b", "01/01/2024"), ("c1", "c", "01/01/2024")]
    with pytest.raises(LoadError) as raised:
        loaded(tmp_path, rows, mapping)
    assert any(expected in str(problem) for problem in raised.value.problems)
    assert not (tmp_path / "store" / "CURRENT").exists()


def test_a_load_replaces_the_log_and_the_same_file_changes_nothing(tmp_path: Path) -> None:
    rows = [("c1", "a", "01/01/2024"), ("c1", "b", "02/01/2024")]
    first, store = loaded(tmp_path, rows)
    again, _ = loaded(tmp_path, rows)
    assert (first.changed, again.changed, again.version) == (True, False, first.version)
    loaded(tmp_path, rows[:1])
    assert shown(store)[0].follows.figures == ()
    with pytest.raises(LoadError, match="holds the event log 'small'"):
        loaded(tmp_path, rows, MAPPING.replace("id: small", "id: other"))
    with pytest.raises(LoadError, match="None of its 1 rows"):
        loaded(tmp_path, [("", "a", "x")])
    assert shown(store)[0].activities.figures != ()


def test_a_log_and_a_trust_never_share_a_store(tmp_path: Path, trust: Trust) -> None:
    _, store = loaded(tmp_path / "log", [("c1", "a", "01/01/2024")])
    with pytest.raises(StoreError, match="holds an event log"):
        Service.open(store, CONFIG)
    trust.store = store
    with pytest.raises(LoadError, match="holds an event log"):
        trust.load(referrals=REFERRAL_HEADER + GOOD)


def test_no_case_and_no_number_is_in_the_store(tmp_path: Path) -> None:
    rows = [("case 9434765919", "seen 943 476 5919 by us", "01/01/2024")]
    _, store = loaded(tmp_path, rows)
    assert list(shown(store)[1].values()) == ["seen [number removed] by us"]
    for path in store.rglob("*"):
        if path.is_file():
            assert b"9434765919" not in path.read_bytes(), path.name


def test_few_cases_are_not_shown_to_readers_who_are_not_cleared(tmp_path: Path) -> None:
    rows = [
        (f"c{n}", what, f"01/01/2024 {hour}:00")
        for n in range(20)
        for what, hour in (("a", 10), ("b", 11), ("b", 12))
    ]
    rows += [(f"r{n}", what, "01/01/2024") for n in range(4) for what in ("a", "rare", "a")]
    rows += [("r9", "a", f"01/01/2024 {hour}:00") for hour in range(9)]
    store = loaded(tmp_path, rows)[1]
    found, names = shown(store, "stakeholder")
    assert {names[f.scope] for f in found.activities.figures} == {"a", "b"}
    assert cells(found.follows, names, "moves") == {
        ("a", "b"): 20,
        ("b", "b"): 20,
        ("a", "a"): None,  # eight times, of one case
    }
    routes = {f.by: f["people"].value for f in found.routes.figures}
    assert set(routes.values()) <= {None, 5, 20, 25}
    assert len(routes) == 3, "all, the one of twenty cases, and the others together"


def test_sepsis_has_the_counts_of_a_slow_count(tmp_path: Path) -> None:
    if not SEPSIS.is_file():
        pytest.skip("the log is kept beside the project and is not there")
    mapping = tmp_path / "map.yaml"
    mapping.write_text(
        "{kind: event_log, id: sepsis, name: Sepsis, file: sepsis.csv, delimiter: semicolon,"
        " case: Case ID, activity: Activity, at: Complete Timestamp, dates: [yyyy/mm/dd]}",
        encoding="utf-8",
    )
    report = load(mapping, SEPSIS.parent, tmp_path / "store", CONFIG, SECRET)
    assert report.accounts[0].stored == 15_214
    with SEPSIS.open(encoding="utf-8", newline="") as file:
        events = [
            (
                row["Case ID"],
                row["Activity"],
                datetime.strptime(row["Complete Timestamp"], "%Y/%m/%d %H:%M:%S.%f"),
            )
            for row in csv.DictReader(file, delimiter=";")
        ]
    expected = directly_follows(events)
    found, names = shown(tmp_path / "store")
    assert cells(found.follows, names, "moves") == {p: len(f) for p, f in expected.items()}
    assert sum(cells(found.follows, names, "moves").values()) == 15_214 - 1_050
    assert found.routes.at("system")["people"].value == 1_050  # type: ignore[index]


def test_counts_are_those_of_another_tool(tmp_path: Path) -> None:
    pm4py = pytest.importorskip("pm4py", reason="pm4py is not installed, and need not be")
    pandas = pytest.importorskip("pandas")
    rows = [
        (f"c{n % 7}", "abcd"[n * n % 4], (START + timedelta(hours=n)).strftime("%d/%m/%Y %H:%M"))
        for n in range(60)
    ]
    frame = pandas.DataFrame(rows, columns=["case:concept:name", "concept:name", "time:timestamp"])
    frame["time:timestamp"] = pandas.to_datetime(frame["time:timestamp"], format="%d/%m/%Y %H:%M")
    theirs, _, _ = pm4py.discover_dfg(frame)
    found, names = shown(loaded(tmp_path, rows)[1])
    assert cells(found.follows, names, "moves") == dict(theirs)
