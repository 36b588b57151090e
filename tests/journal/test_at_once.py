"""Many at once, and a process that is killed: no entry is lost, doubled or half there."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pdqi.config.parts import JournalPlace
from pdqi.errors import JournalError
from pdqi.journal import Draft
from pdqi.journal.items import Action

from .conftest import CONFIG, LEAD, ROOT, Opener, opened

WRITERS, READERS, EACH = 10, 20, 6
WRITE_UNTIL_KILLED = """
import sys
from pathlib import Path
from pdqi.config import Config
from pdqi.config.parts import JournalPlace
from pdqi.journal import By, Draft, Journal

place = JournalPlace.model_validate_json(sys.argv[1])
config = Config.load(Path("config.yaml")).model_copy(update={"journal": place})
journal = Journal.open(config, Path(sys.argv[2]), None, (), demonstration=False)
print("open", flush=True)
for number in range(100_000):
    values = {"what": "x" * 2_000 + str(number), "who": "Lead", "by": "2026-10-31"}
    entered = journal.enter(By("qi_lead"), Draft("action", values))
    print(entered.entry.number, flush=True)
"""


def action(what: str, token: str = "") -> Draft:
    return Draft("action", {"what": what, "who": "Lead", "by": "2026-10-31"}, token=token)


def test_ten_write_and_twenty_read_at_once(each: Opener) -> None:
    first = each()
    first.enter(LEAD, action("the item that everybody changes"))
    journals = [each() for _ in range(3)]

    def write(writer: int) -> list[int]:
        journal = journals[writer % 3]
        found = []
        for number in range(EACH):
            found.append(journal.enter(LEAD, action(f"{writer} {number}")).entry.number)
            change = {"what": f"changed by {writer}, {number}"}
            entered = journal.enter(LEAD, Draft("action", change, "A1", 1))
            found.append(entered.entry.number)
        return found

    def read(reader: int) -> list[int]:
        seen = []
        for _ in range(EACH):
            seen.append(journals[reader % 3].standing().last)
        return seen

    with ThreadPoolExecutor(WRITERS + READERS) as pool:
        written = [pool.submit(write, number) for number in range(WRITERS)]
        watched = [pool.submit(read, number) for number in range(READERS)]
        numbers = [number for job in written for number in job.result(timeout=120)]
        for job in watched:
            assert job.result(timeout=120) == sorted(job.result())
    every = first.entries()
    assert [entry.number for entry in every] == list(range(1, 2 + 2 * WRITERS * EACH))
    assert sorted(numbers) == list(range(2, 2 + 2 * WRITERS * EACH))
    assert len(first.standing().of(Action)) == 1 + WRITERS * EACH
    assert len(first.history("A1")) == 1 + WRITERS * EACH
    assert all(journal.standing() == first.standing() for journal in journals)


def test_the_same_form_sent_by_many_is_entered_once(each: Opener) -> None:
    journals = [each() for _ in range(4)]
    draft = action("once", token="the form")
    with ThreadPoolExecutor(12) as pool:
        jobs = [pool.submit(journals[number % 4].enter, LEAD, draft) for number in range(12)]
        entered = [job.result(timeout=120) for job in jobs]
    assert sum(not each.repeated for each in entered) == 1
    assert {each.item for each in entered} == {"A1"}
    assert len(journals[0].entries()) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_what_was_confirmed_is_there_after_a_kill(place: JournalPlace, tmp_path: Path) -> None:
    config = CONFIG.model_copy(update={"journal": place})
    store, seen = tmp_path / "store", 0
    for pause in (0.05, 0.11, 0.17, 0.02, 0.23):
        with subprocess.Popen(
            [sys.executable, "-c", WRITE_UNTIL_KILLED, place.model_dump_json(), str(store)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        ) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "open\n"
            time.sleep(pause)
            os.kill(writer.pid, signal.SIGKILL)
            told = [int(line) for line in writer.stdout.read().split() if line.isdigit()]
        journal = opened(config, store)
        every = journal.entries()
        journal.close()
        # The last line may be cut off in the pipe; the entry that it tells of is whole.
        assert [entry.number for entry in every] == list(range(1, len(every) + 1))
        assert all(entry.after and len(entry.after["what"]) > 2_000 for entry in every)
        assert max(told[:-1], default=seen) <= len(every)
        seen = len(every)
    assert seen > 0


def test_a_journal_that_is_damaged_is_told(tmp_path: Path) -> None:
    journal = opened(CONFIG, tmp_path / "store")
    journal.close()
    folder = tmp_path / "store-journal"
    for beside in folder.glob("*-*"):
        beside.unlink()
    (folder / "journal.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(JournalError) as error:
        journal.enter(LEAD, action("x"))
    assert "Nothing was entered" in str(error.value)
    journal.close()
