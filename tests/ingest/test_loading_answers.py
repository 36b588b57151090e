"""The whole of the example extracts, against the answers that were made with them."""

import json
from pathlib import Path

import pytest

from pdqi.ingest.loading import load
from tests.ingest.small_world import ROOT, SECRET, config, files_of

EXTRACTS = ROOT / "../shared/extracts/trust_a"

pytestmark = pytest.mark.skipif(
    not (EXTRACTS / "answers.json").is_file(),
    reason="the example extracts are not beside the project",
)


def test_every_row_is_where_the_answers_say_and_a_repeat_changes_nothing(tmp_path: Path) -> None:
    mapping = ROOT / "data/sources/trust_a.yaml"
    answers = json.loads((EXTRACTS / "answers.json").read_text(encoding="utf-8"))
    report = load(mapping, EXTRACTS, tmp_path / "store", config(), SECRET)
    said = report.as_json()
    assert said["files"] == {
        file: {("stored" if name == "good_rows" else name): n for name, n in rows.items()}
        for file, rows in answers["files"].items()
    }
    rows = answers["rows"]
    rows["events"] = rows.pop("panel_reviews") + rows.pop("safe_haven_visits")
    assert {name: said["rows"][name] for name in rows} == rows
    assert report.not_read == ("answers.json",)
    before = files_of(tmp_path / "store")
    again = load(mapping, EXTRACTS, tmp_path / "store", config(), SECRET)
    assert not again.changed
    assert files_of(tmp_path / "store") == before


def test_no_identifier_of_the_extracts_is_in_the_tables(tmp_path: Path) -> None:
    store = tmp_path / "store"
    load(ROOT / "data/sources/trust_a.yaml", EXTRACTS, store, config(), SECRET)
    clients = (EXTRACTS / "epr_clients.csv").read_text().splitlines()[1:200]
    pseudo = {line.split(",")[4] for line in clients}
    import duckdb

    kept = {"quarantine"}  # keeps the original cells, as it must
    for path in store.glob("versions/*/*.parquet"):
        if path.stem in kept:
            continue
        with duckdb.connect() as connection:
            text = str(
                connection.execute("select * from read_parquet($f)", {"f": str(path)}).fetchall()
            )
        assert not {number for number in pseudo if number in text}, path.stem
