"""Where sources disagree, as readers see it: counts, words, and that few people stay hidden."""

from pathlib import Path

import yaml

from pdqi.config import Config
from pdqi.findings.disagreements import lines, sentence
from pdqi.ingest.loading import load
from pdqi.quality.disagreements import Pair, pairs
from pdqi.service import Service
from tests.ingest.small_world import CLIENTS, HEAD, REFERRALS, ROOT, SECRET, Trust
from tests.ingest.test_loading_overlaps import BOOK, WARDS


def made(base: Path, differ: int, only_book: int) -> tuple[Path, Path]:
    """Load forty stays that two sources have, some of which differ, and some of the book's own.

    Returns the store and its config; every stay is another person's.
    """
    given = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    settings = base / "config.yaml"
    settings.write_text(yaml.safe_dump(given | {"overlaps": [WARDS]}), encoding="utf-8")
    config = Config.load(settings)
    trust = Trust(
        base / "record", HEAD.replace("A small trust", "The record") + CLIENTS + REFERRALS
    )
    people = range(1, 101)
    born = "".join(f"{n},P{n},01/02/1980,1\n" for n in people)
    trust.put("clients.csv", "Client,Pseudo,Born,Gender\n" + born)
    stay = "{n},Oak,GP,01/04/2022,,01/04/2022,{day}/04/2022\n".format
    header = "Client,Team,Source,Referred,Assessed,Started,Ended\n"
    trust.put("referrals.csv", header + "".join(stay(n=n, day=29) for n in range(1, 41)))
    load(trust.mapping, trust.folder, trust.store, config, SECRET)
    book = Trust(base / "book", BOOK.replace("A small trust", "The ward's book"))
    rows = [f"{n},Oak,01/04/2022,{28 if n <= differ else 29}/04/2022" for n in range(1, 41)]
    rows += [f"{60 + n},Oak,01/04/2022,29/04/2022" for n in range(only_book)]
    book.put("book.csv", "Client,Ward,In,Out\n" + "\n".join(rows) + "\n")
    load(book.mapping, book.folder, trust.store, config, SECRET)
    return trust.store, settings


def seen(tmp_path: Path, role: str, differ: int, only_book: int) -> Pair:
    store, settings = made(tmp_path, differ, only_book)
    service = Service.open(store, Config.load(settings))
    (pair,) = pairs(service, service.viewer(role))
    return pair


def test_numbers_and_words(tmp_path: Path) -> None:
    pair = seen(tmp_path, "stakeholder", 12, 8)
    assert {name: cell.value for name, cell in pair.counts.items()} == {
        "agree": 30, "differ": 10, "first_only": 0, "second_only": 10,
    }  # fmt: skip
    assert {name: cell.value for name, cell in pair.fields.items()} == {"ended_on": 10}
    assert [(line.what, line.number, line.counted) for line in lines(pair)] == [
        ("Both say the same", "30", "one of the two"),
        ("Both have the episode, and its dates differ", "10", "what “The record” has"),
        ("… of these, another day for: discharged", "10", ""),
        ("“The record” has the episode, “The ward's book” does not", "0", "what “The record” has"),
        (
            "“The ward's book” has the episode, “The record” does not",
            "10",
            "what “The ward's book” has",
        ),
    ]
    assert sentence(pair, 10) == (
        "Stays on wards: “The record” and “The ward's book” disagree about 40% of the 50 episodes"
        " that either of them tells of."
    )


def test_few_people_are_hidden_and_cannot_be_had_by_subtracting(tmp_path: Path) -> None:
    pair = seen(tmp_path, "stakeholder", 12, 3)
    states = {name: cell.state for name, cell in pair.counts.items()}
    # The three take the next smallest with them, and with it the dates that differ.
    assert states == {
        "agree": "shown", "differ": "suppressed",
        "first_only": "shown", "second_only": "suppressed",
    }  # fmt: skip
    assert {cell.state for cell in pair.fields.values()} == {"suppressed"}
    assert sentence(pair, 10).endswith("numbers of few people are hidden.")
    assert "3" not in [line.number for line in lines(pair)]


def test_who_is_cleared_sees_exact_counts(tmp_path: Path) -> None:
    pair = seen(tmp_path, "analyst", 12, 3)
    assert {name: cell.value for name, cell in pair.counts.items()} == {
        "agree": 28, "differ": 12, "first_only": 0, "second_only": 3,
    }  # fmt: skip
