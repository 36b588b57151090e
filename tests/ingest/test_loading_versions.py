# ruff: noqa: E501 (the exact sentences are easier to read whole)
"""From load to load: repeats, corrections, several sources, ends in the middle."""

import subprocess
import sys
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pdqi.errors import LoadError
from pdqi.ingest.coverage import whole_months
from pdqi.ingest.loading import load
from pdqi.store import folder as folders
from tests.ingest.small_world import (
    DIAGNOSES,
    GOOD,
    HEAD,
    PEOPLE,
    REFERRAL_HEADER,
    REFERRALS,
    ROOT,
    SECRET,
    SMALL,
    Trust,
    config,
    counts,
    files_of,
)  # fmt: skip

TWO = REFERRAL_HEADER + GOOD + "2,Oak,GP,28/03/2023,28/03/2023,28/03/2023,\n"
OTHER = HEAD.replace("id: small", "id: other").replace("pseudo: {fold_case: true}", "local: {}")


def test_a_repeated_load_changes_nothing(trust: Trust) -> None:
    first = trust.load(referrals=TWO)
    before = files_of(trust.store)
    time.sleep(0.01)
    second = trust.load()
    assert (first.changed, second.changed) == (True, False)
    assert first.version == second.version
    assert files_of(trust.store) == before


def test_a_corrected_file_replaces_what_its_source_brought(trust: Trust) -> None:
    trust.load(referrals=TWO + "3,Moon,GP,01/04/2022,,,\n")
    report = trust.load(referrals=TWO + "3,Oak,GP,01/04/2022,,,\n")
    assert report.changed
    assert counts(report, "referrals.csv") == {"rows_in_file": 3, "stored": 3, "duplicate_row": 0}
    assert trust.quarantine() == {}
    assert len(trust.rows("episodes")) == 3


def test_the_ledger_keeps_what_a_correction_replaced(trust: Trust) -> None:
    trust.load(referrals=TWO + "3,Moon,GP,01/04/2022,,,\n")
    first = trust.version.name
    report = trust.load(referrals=TWO + "3,Oak,GP,01/04/2022,,,\n")
    assert not trust.load().changed
    one, two = folders.manifest(trust.version).sendings
    assert [one.version, two.version] == [first, trust.version.name]
    assert one.load_id != two.load_id
    assert dict(one.files)["clients.csv"] == dict(two.files)["clients.csv"]
    assert dict(one.files)["referrals.csv"] != dict(two.files)["referrals.csv"]
    reasons = [{a.file: a.reasons for a in sent.accounts}["referrals.csv"] for sent in (one, two)]
    assert reasons == [{"unknown_team": 1}, {}]
    assert report.replaced == one
    assert "sent before, loaded 20" in report.as_text()
    assert ": 5 rows stored then, 6 now." in report.as_text()
    # The rows of the first one are where they were, in its own version.
    assert (trust.store / "versions" / one.version / "episodes.parquet").is_file()
    other_source(trust).load(diagnoses="Client,Day,Code,Words,Status\n1,01/04/2022,F60,,c\n")
    assert [s.source for s in folders.manifest(trust.version).sendings] == [
        "small",
        "small",
        "other",
    ]


def other_source(trust: Trust, mapping: str = OTHER + DIAGNOSES) -> Trust:
    second = Trust(trust.base / "second", mapping)
    second.store = trust.store
    return second


def test_a_second_source_joins_the_first_and_each_can_come_again(trust: Trust) -> None:
    trust.load(referrals=TWO)
    second = other_source(trust)
    entry = "Client,Day,Code,Words,Status\n002,01/04/2022,F60.3,,c\n3,01/05/2022,F32,,c\n8,01/05/2022,F32,,c\n"
    report = second.load(diagnoses=entry)
    assert counts(report, "diagnoses.csv") == {
        "rows_in_file": 3, "stored": 2, "duplicate_row": 0, "unknown_person": 1,
    }  # fmt: skip
    assert report.rows["people"] == 3
    assert report.rows["episodes"] == 2
    keys = dict(trust.rows("people", "gender, person_key"))
    assert trust.rows("diagnoses", "person_key, recorded_on, source") == sorted([
        (keys["2"], date(2022, 4, 1), "other"), (keys["9"], date(2022, 5, 1), "other"),
    ])  # fmt: skip
    # A client list with one person more, who comes first: everyone keeps their entries.
    trust.load(clients=PEOPLE + "4,PD,,5\n")
    keys = dict(trust.rows("people", "gender, person_key"))
    assert {row[0] for row in trust.rows("diagnoses", "person_key")} == {keys["2"], keys["9"]}
    assert trust.quarantine() == {4: ["unknown_person"]}
    # A client who has left the list leaves with everything that was about them.
    trust.load(clients=PEOPLE.replace("0002,PB,1990-03-04,2\n", ""))
    assert len(trust.rows("diagnoses")) == 1
    account = next(a for a in folders.manifest(trust.version).accounts if a.source == "other")
    assert (account.stored, account.reasons, account.adds_up) == (1, {"unknown_person": 2}, True)


def test_people_are_the_same_pseudonym_in_every_load_and_another_with_another_secret(
    trust: Trust,
) -> None:
    trust.load(referrals=TWO)
    first = trust.rows("people", "person_id")
    trust.load(clients=PEOPLE.replace("0001", " 1 "))
    assert trust.rows("people", "person_id") == first
    assert all(len(name) == 32 and name not in PEOPLE for (name,) in first)
    with pytest.raises(LoadError, match="The secret is not the one that this store was made with"):
        load(trust.mapping, trust.folder, trust.store, config(), b"another secret entirely")
    elsewhere = trust.base / "elsewhere"
    load(trust.mapping, trust.folder, elsewhere, config(), b"another secret entirely")
    assert not set(first) & set(Trust.rows(_at(trust, elsewhere), "people", "person_id"))


def _at(trust: Trust, store: Path) -> Trust:
    other = object.__new__(Trust)
    other.store = store
    return other


@pytest.mark.parametrize(
    ("mapping", "sentence"),
    [
        (
            OTHER.replace("{strip_leading_zeros: true}", "{}") + DIAGNOSES,
            "small.yaml: identifiers.client: The source 'small' compares 'client' in another way. "
            "Write the same rule in both.",
        ),
        (
            SMALL.replace("id: small", "id: other"),
            "small.yaml: identifiers: The source 'small' has a client list by 'client' already. Give "
            "this list its own kind of identifier, or load it as the same source.",
        ),
    ],
)
def test_a_second_source_that_does_not_fit(trust: Trust, mapping: str, sentence: str) -> None:
    trust.load(referrals=TWO)
    before = files_of(trust.store)
    second = other_source(trust, mapping)
    second.put("clients.csv", PEOPLE)
    second.put("referrals.csv", TWO)
    assert second.problems(diagnoses="Client,Day,Code,Words,Status\n") == sentence
    assert files_of(trust.store) == before


def test_a_source_without_any_client_list(tmp_path: Path) -> None:
    trust = Trust(tmp_path, HEAD + REFERRALS)
    assert trust.problems(referrals=TWO) == (
        "small.yaml: files: No file declares people, and no source loaded before does. Add "
        "'declares_people: true' to the client list, or load its source first."
    )
    assert not trust.store.exists()


def test_demonstration_data_is_never_mixed_in(trust: Trust) -> None:
    trust.load(referrals=TWO)
    manifest = trust.version / "manifest.json"
    demo = replace(folders.manifest(trust.version), demonstration=True)
    manifest.write_text(demo.to_json(), encoding="utf-8")
    before = files_of(trust.store)
    assert trust.problems() == (
        "The store 'store' holds demonstration data: it never mixes with real data. Load into "
        "another folder."
    )
    assert files_of(trust.store) == before


def test_one_load_at_a_time(trust: Trust) -> None:
    fcntl = pytest.importorskip("fcntl", reason="Windows locks in another way")
    trust.load(referrals=TWO)
    with (trust.store / ".load.lock").open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert trust.problems() == (
            "Another load into this store is under way. Wait until it has ended, then load again."
        )
    assert not trust.load().changed


KILLED = """
import sys, os, signal
from pathlib import Path
from pdqi.config import Config
from pdqi.ingest import loading, assemble, rows
from pdqi.store import folder
module, name, after = sys.argv[5], sys.argv[6], sys.argv[7] == "after"
target = {"rows": rows, "assemble": assemble, "folder": folder}[module]
real = getattr(target, name)
def killed(*a, **k):
    if after:
        real(*a, **k)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(target, name, killed)
mapping, extracts, store, config = (Path(p) for p in sys.argv[1:5])
loading.load(mapping, extracts, store, Config.load(config), b"a secret that only tests use")
"""


@pytest.mark.parametrize(
    ("module", "name", "when"),
    [
        ("rows", "judge", "before"),
        ("assemble", "assemble", "after"),
        ("assemble", "write", "after"),
        ("folder", "_point_to", "before"),
    ],
)
def test_a_load_that_is_killed_leaves_the_store_as_it_was(
    trust: Trust, module: str, name: str, when: str
) -> None:
    trust.load(referrals=REFERRAL_HEADER + GOOD)
    current, rows = trust.version, trust.rows("episodes")
    trust.put("referrals.csv", TWO)
    paths = [str(p) for p in (trust.mapping, trust.folder, trust.store, ROOT / "config.yaml")]
    done = subprocess.run(
        [sys.executable, "-c", KILLED, *paths, module, name, when], cwd=ROOT, check=False
    )
    assert done.returncode == -9
    assert (trust.version, trust.rows("episodes")) == (current, rows)
    assert trust.load().changed
    assert len(trust.rows("episodes")) == 2
    left = [p for p in trust.store.rglob(".*") if p.name != ".load.lock"]
    assert left == []


def test_the_months_that_the_data_cover(trust: Trust) -> None:
    trust.load(referrals=TWO)
    manifest = folders.manifest(trust.version)
    assert (manifest.data_from, manifest.data_to) == ("2022-04-01", "2023-03-31")
    account = next(a for a in manifest.accounts if a.file == "referrals.csv")
    assert (account.first_on, account.last_on) == ("2022-04-01", "2023-03-28")
    trust.mapping.write_text(
        SMALL.replace("\ndates:", "\ncovers: {first: 2022-01-01, last: 2022-12-31}\ndates:")
    )
    trust.load()
    manifest = folders.manifest(trust.version)
    assert (manifest.data_from, manifest.data_to) == ("2022-01-01", "2022-12-31")


def test_dates_to_come_do_not_stretch_the_months(trust: Trust) -> None:
    trust.put("referrals.csv", TWO + "3,Oak,GP,01/04/2022,,,01/01/2090\n")
    load(trust.mapping, trust.folder, trust.store, config(), SECRET, today=date(2023, 4, 2))
    assert folders.manifest(trust.version).data_to == "2023-03-31"


def test_a_store_without_activity_covers_nothing(trust: Trust) -> None:
    trust.load(referrals=REFERRAL_HEADER)
    manifest = folders.manifest(trust.version)
    assert (manifest.data_from, manifest.data_to) == (None, None)


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        (date(2022, 4, 7), date(2022, 5, 25), (date(2022, 4, 1), date(2022, 5, 31))),
        (date(2022, 4, 8), date(2022, 5, 24), None),
        (date(2022, 4, 8), date(2022, 5, 25), (date(2022, 5, 1), date(2022, 5, 31))),
        (date(2022, 12, 9), date(2023, 2, 22), (date(2023, 1, 1), date(2023, 2, 28))),
        (date(2022, 4, 1), date(2022, 4, 20), None),
    ],
)
def test_whole_months(first: date, last: date, months: tuple[date, date] | None) -> None:
    assert whole_months(first, last) == months


def test_a_new_spelling_in_config_brings_rows_back(trust: Trust) -> None:
    trust.load(referrals=REFERRAL_HEADER + "1,Moon,GP,01/04/2022,,,\n")
    assert trust.quarantine() == {2: ["unknown_team"]}
    trust.mapping.write_text(SMALL.replace("codes:", "teams: {oak_ward: [MOON]}\ncodes:"))
    assert trust.load().changed
    assert trust.rows("episodes", "team") == [("oak_ward",)]
