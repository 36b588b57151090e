"""Sources that tell of the same stays: who is believed, and where they disagree."""

from pathlib import Path

import pytest

from pdqi.config import Config, Overlap
from pdqi.errors import ConfigError
from pdqi.ingest.loading import load
from pdqi.ingest.report import LoadReport
from pdqi.store import folder as folders
from tests.ingest.small_world import (
    GOOD,
    HEAD,
    REFERRAL_HEADER,
    ROOT,
    SECRET,
    Trust,
    config,
    files_of,
)

BOOK = (
    HEAD.replace("id: small", "id: ward_book").replace("dates:", "dates: ")
    + """\
  - file: book.csv
    table: episodes
    person: {column: Client, identifier: client}
    columns:
      team: Ward
      referred_on: In
      assessed_on: In
      started_on: In
      ended_on: Out
"""
)
WARDS = {
    "id": "stays", "name": "Stays on wards", "table": "episodes",
    "sources": ["small", "ward_book"], "teams": ["inpatient"],
}  # fmt: skip
RECORD = REFERRAL_HEADER + GOOD + (
    "1,Oak,GP,01/03/2022,,01/04/2022,10/04/2022\n"
    "2,Oak,GP,01/05/2022,,01/05/2022,20/05/2022\n"
    "3,Oak,GP,01/06/2022,,01/06/2022,\n"
    "3,Willow,GP,01/07/2022,,01/07/2022,02/07/2022\n"
)  # fmt: skip
THE_BOOK = "Client,Ward,In,Out\n" + (
    "1,oak ward,01/04/2022,10/04/2022\n"  # the same
    "2,Oak,03/05/2022,20/05/2022\n"  # two days later
    "3,Oak,01/06/2022,09/06/2022\n"  # not open any more
    "2,Oak,11/06/2022,12/06/2022\n"  # only in the book
    "2,Oak,11/09/2023,12/09/2023\n"  # after the record's last stay: no disagreement
)


def two(trust: Trust, overlap: dict[str, object]) -> tuple[Trust, Config]:
    book = Trust(trust.base / "book", BOOK)
    book.store = trust.store
    return book, config().model_copy(update={"overlaps": (Overlap.model_validate(overlap),)})


def loaded(trust: Trust, with_config: Config, **files: str) -> LoadReport:
    for name, text in files.items():
        trust.put(f"{name}.csv", text)
    return load(trust.mapping, trust.folder, trust.store, with_config, SECRET)


def told(trust: Trust) -> list[tuple[object, ...]]:
    return trust.rows("disagreements", "verdict, first_row, second_row, fields")


def test_the_first_source_is_believed_and_every_disagreement_is_kept(trust: Trust) -> None:
    book, rules = two(trust, WARDS)
    loaded(trust, rules, referrals=RECORD)
    report = loaded(book, rules, book=THE_BOOK)
    assert told(trust) == [
        ("agree", 3, 2, []),
        ("differ", 4, 3, ["started_on"]),
        ("differ", 5, 4, ["ended_on"]),
        ("first_only", 6, None, []),
        ("second_only", None, 5, []),
    ]
    # Each stay is counted once: as the record has it, or as the only one who tells of it.
    stays = trust.rows("episodes", "source, source_row", "team in ('oak_ward', 'willow_ward')")
    assert stays == [("small", 3), ("small", 4), ("small", 5), ("small", 6), ("ward_book", 5), ("ward_book", 6)]  # fmt: skip # noqa: E501
    assert trust.rows("overruled_episodes", "source_row") == [(2,), (3,), (4,)]
    (account,) = (a for a in folders.manifest(trust.version).accounts if a.file == "book.csv")
    assert (account.stored, account.adds_up) == (5, True)
    assert account.notes == {"another source tells of it as well and is believed": 3}
    assert [str(item) for item in report.disagreements] == [
        "Stays on wards, small and ward_book: both tell the same: 1",
        "Stays on wards, small and ward_book: both tell of it, and differ: 2 "
        "(referrals.csv row 4 and book.csv row 3; referrals.csv row 5 and book.csv row 4)",
        "Stays on wards, small and ward_book: only 'small' tells of it: 1 (referrals.csv row 6)",
        "Stays on wards, small and ward_book: only 'ward_book' tells of it: 1 (book.csv row 5)",
    ]
    assert "only 'ward_book' tells of it: 1" in report.as_text()
    before = files_of(trust.store)
    assert not loaded(book, rules).changed
    assert files_of(trust.store) == before


def test_a_source_that_is_not_there_is_named(trust: Trust) -> None:
    _, rules = two(trust, WARDS)
    report = loaded(trust, rules, referrals=RECORD)
    assert (
        "'ward_book', which config.yaml names under overlaps ('stays'), is not in the store."
        in report.as_text()
    )


def test_the_order_of_belief_turns_it_round(trust: Trust) -> None:
    book, rules = two(trust, WARDS | {"sources": ["ward_book", "small"]})
    loaded(trust, rules, referrals=RECORD)
    loaded(book, rules, book=THE_BOOK)
    assert trust.rows("overruled_episodes", "source, source_row") == [
        ("small", 3), ("small", 4), ("small", 5),
    ]  # fmt: skip


def test_what_was_overruled_counts_again_when_the_other_source_takes_it_back(trust: Trust) -> None:
    book, rules = two(trust, WARDS)
    loaded(trust, rules, referrals=RECORD)
    loaded(book, rules, book=THE_BOOK)
    loaded(
        trust, rules, referrals=RECORD.replace("2,Oak,GP,01/05/2022,,01/05/2022,20/05/2022\n", "")
    )
    assert ("ward_book", 3) in trust.rows("episodes", "source, source_row")
    assert trust.rows("overruled_episodes", "source_row") == [(2,), (4,)]
    loaded(trust, config(), referrals=RECORD)
    assert len(trust.rows("episodes")) == 5 + 5
    assert not (trust.version / "overruled_episodes.parquet").exists()
    assert not (trust.version / "disagreements.parquet").exists()


def test_each_row_has_one_partner_the_nearest(trust: Trust) -> None:
    book, rules = two(trust, WARDS | {"within_days": 5, "compare": ["started_on"]})
    loaded(trust, rules, referrals=REFERRAL_HEADER + "1,Oak,GP,04/04/2022,,04/04/2022,\n")
    loaded(book, rules, book="Client,Ward,In,Out\n1,Oak,02/04/2022,\n1,Oak,05/04/2022,\n")
    assert told(trust) == [
        ("differ", 2, 3, ["started_on"]),
        ("second_only", None, 2, []),
    ]


def test_a_dry_run_tells_of_disagreements_too(trust: Trust) -> None:
    book, rules = two(trust, WARDS)
    loaded(trust, rules, referrals=RECORD)
    before = files_of(trust.store)
    book.put("book.csv", THE_BOOK)
    report = load(book.mapping, book.folder, book.store, rules, SECRET, dry_run=True)
    assert [item.rows for item in report.disagreements] == [1, 2, 1, 1]
    assert files_of(trust.store) == before


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("teams: [inpatiant]", "'inpatiant' is not declared"),
        ("teams: [inpatient], sources: [small, small]", "A source stands twice"),
        ("teams: [inpatient], table: events, compare: [ended_on]", "nothing to compare"),
        ("teams: [inpatient], compare: [left_on]", "'left_on' is not allowed"),
    ],
)
def test_mistakes_in_overlaps(tmp_path: Path, text: str, sentence: str) -> None:
    given = "".join(
        f", {default}" for default in ("table: episodes", "sources: [small, ward_book]")
        if default.split(":")[0] + ":" not in text
    )  # fmt: skip
    path = tmp_path / "config.yaml"
    whole = (ROOT / "config.yaml").read_text(encoding="utf-8")
    path.write_text(
        f"{whole}\noverlaps:\n  - {{id: a, name: A, {text}{given}}}\n", encoding="utf-8"
    )
    with pytest.raises(ConfigError, match=sentence):
        Config.load(path)


def test_settling_overlaps_is_no_change_of_definitions() -> None:
    rules = config().model_copy(update={"overlaps": (Overlap.model_validate(WARDS),)})
    assert rules.digest == config().digest
