"""A load that is killed, anywhere: the old store or the new one, and the same load goes on."""

import os
import random
import subprocess
import sys

import pytest

from pdqi.store import folder as folders
from tests.ingest.small_world import GOOD, PEOPLE, REFERRAL_HEADER, ROOT, Trust

TWO = REFERRAL_HEADER + GOOD + "2,Oak,GP,28/03/2023,28/03/2023,28/03/2023,\n"
KILLS = int(os.environ.get("PDQI_KILLS", "8"))
NOWHERE = 10**9

# Counts every call into the loading's own code and from it into libraries and the system, and
# kills itself at the call that it was told: between any two of them a load may end.
RUN = """
import os, signal, sys
from pathlib import Path
from pdqi.config import Config
from pdqi.ingest import loading, steps
mapping, extracts, store, config = (Path(p) for p in sys.argv[1:5])
config, last = Config.load(config), int(sys.argv[5])
steps.SMALL_BYTES = int(sys.argv[6])
calls = 0
def count(frame, event, _):
    global calls
    if event in ("call", "c_call") and ("ingest" in frame.f_code.co_filename
            or "store" in frame.f_code.co_filename):
        calls += 1
        if calls == last:
            os.kill(os.getpid(), signal.SIGKILL)
sys.setprofile(count)
report = loading.load(
    mapping, extracts, store, config, b"a secret that only tests use", print
)
sys.setprofile(None)
print("calls", calls)
print("version", report.version)
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")


def run(trust: Trust, kill_at: int = NOWHERE, small: int = 0) -> tuple[int, list[str]]:
    """Load in a process of its own, killed at a call; on disk unless files are `small`."""
    paths = [str(p) for p in (trust.mapping, trust.folder, trust.store, ROOT / "config.yaml")]
    done = subprocess.run(
        [sys.executable, "-c", RUN, *paths, str(kill_at), str(small)],
        cwd=ROOT, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode in (0, -9), done.stderr
    return done.returncode, done.stdout.splitlines()


def whole(trust: Trust) -> str:
    """Return the current version, every table of which is what its manifest says."""
    manifest = folders.manifest(trust.version)
    for name, digest in manifest.hashes.items():
        file = trust.version / (name if "." in name else f"{name}.parquet")
        assert folders.file_hash(file) == digest
    assert all(account.adds_up for account in manifest.accounts)
    return manifest.version


def test_a_kill_at_any_moment_leaves_the_old_store_or_the_new_one(trust: Trust) -> None:
    trust.load(referrals=REFERRAL_HEADER + GOOD)
    old = whole(trust)
    fresh = Trust(trust.base / "fresh")
    fresh.put("clients.csv", PEOPLE)
    fresh.load(referrals=REFERRAL_HEADER + GOOD)
    fresh.put("referrals.csv", TWO)
    code, said = run(fresh)
    assert code == 0
    calls = int(said[-2].split()[1])
    new = whole(fresh)
    assert new != old
    chance = random.Random(7)
    # The last calls, where the version changes over, get a share of their own.
    moments = [chance.randrange(1, calls) for _ in range(KILLS // 2)]
    moments += [calls - chance.randrange(120) for _ in range(KILLS - len(moments))]
    trust.put("referrals.csv", TWO)
    for moment in moments:
        (trust.store / "CURRENT").write_text(old + "\n", encoding="ascii")
        code, _ = run(trust, kill_at=moment, small=chance.choice((0, 10**6)))
        assert whole(trust) in (old, new), moment
    code, said = run(trust)
    assert (code, whole(trust)) == (0, new)
    assert [p.name for p in trust.store.rglob(".*") if p.name != ".load.lock"] == []


def test_a_load_that_was_stopped_goes_on_file_by_file(trust: Trust) -> None:
    trust.put("referrals.csv", TWO)
    _, said = run(trust)
    fresh, whole_load = whole(trust), int(said[-2].split()[1])
    again = Trust(trust.base / "again")
    again.put("clients.csv", PEOPLE)
    again.put("referrals.csv", TWO)
    code, before = run(again, kill_at=whole_load * 9 // 10)
    assert code == -9
    assert "Reading clients.csv." in before
    assert not (again.store / "CURRENT").exists()
    (left,) = again.store.glob(".loading-*")
    assert left.stat().st_mode & 0o077 == 0
    code, said = run(again)
    assert code == 0
    assert {"clients.csv was read already.", "referrals.csv was read already."} <= set(said)
    assert "The rows of clients.csv were judged already." in said
    assert whole(again) == fresh
    assert list(again.store.glob(".loading-*")) == []


def test_what_was_left_is_not_used_for_another_load(trust: Trust) -> None:
    trust.put("referrals.csv", TWO)
    _, said = run(trust)
    calls = int(said[-2].split()[1])
    other = Trust(trust.base / "other")
    other.put("clients.csv", PEOPLE)
    other.put("referrals.csv", REFERRAL_HEADER + GOOD)
    run(other, kill_at=calls * 9 // 10)
    assert list(other.store.glob(".loading-*"))
    other.put("referrals.csv", TWO)
    _, said = run(other)
    assert not [line for line in said if "already" in line]
    assert whole(other) == whole(trust)


def test_what_was_left_and_cannot_be_read_is_made_anew(trust: Trust) -> None:
    trust.put("referrals.csv", TWO)
    _, said = run(trust)
    version, calls = whole(trust), int(said[-2].split()[1])
    (trust.store / "CURRENT").unlink()
    run(trust, kill_at=calls * 9 // 10)
    (database,) = trust.store.glob(".loading-*/load.duckdb")
    database.write_bytes(b"not a database at all" * 400)
    code, said = run(trust)
    assert (code, whole(trust)) == (0, version)
    assert "Reading clients.csv." in said
