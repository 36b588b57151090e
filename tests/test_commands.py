"""The commands as people run them: exit codes, sentences, and a store that stays as it was."""

import json
from pathlib import Path

import pytest

from pdqi.__main__ import main

ROOT = Path(__file__).parents[1]
YEAR = ("--from", "2025-10-01", "--to", "2026-09-30")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("commands") / "store"
    assert main(["demo", "--store", str(path), "--people", "3000"]) == 0
    return path


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = main(words)
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_check_says_that_all_is_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "check") == (0, "Config, content and mappings are in order.\n", "")


def test_check_lists_every_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (ROOT / "config.yaml").read_text()
    text = text.replace("teams: [north_cmht, north_crhtt]", "teams: [north_cmt, north_crht]")
    text = text.replace("  - case_prevalence\n", "  - case_prevalance\n")
    (tmp_path / "config.yaml").write_text(text)
    code, _, errors = said(capsys, "check", "--config", str(tmp_path / "config.yaml"))
    assert code == 2
    assert "Did you mean 'north_cmht'?" in errors
    assert "Did you mean 'north_crhtt'?" in errors


def test_check_knows_the_kpis_that_config_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (
        (ROOT / "config.yaml").read_text().replace("  - case_prevalence\n", "  - case_prevalance\n")
    )
    (tmp_path / "config.yaml").write_text(text)
    code, _, errors = said(capsys, "check", "--config", str(tmp_path / "config.yaml"))
    assert code == 2
    assert "There is no KPI 'case_prevalance'" in errors
    assert "Did you mean 'case_prevalence'?" in errors


def test_the_default_role_is_not_cleared(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, "kpis", "--store", str(store), *YEAR, "--json")
    data = json.loads(out)
    assert code == 0
    assert not data["cleared"]
    assert data["invented_data"]


def test_suppressed_is_a_state_and_never_a_number(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = said(capsys, "kpis", "--store", str(store), *YEAR, "--json")
    rows = [row for scopes in json.loads(out)["kpis"].values() for row in scopes.values()]
    hidden = [(row, name) for row in rows for name in row.get("states", {})]
    assert any(row["states"][name] == "suppressed" for row, name in hidden)
    assert all(row[name] is None for row, name in hidden)


def test_plain_print_says_that_data_are_invented(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = said(capsys, "kpis", "--store", str(store), *YEAR)
    assert out.startswith("INVENTED DATA")
    _, out, _ = said(capsys, "transitions", "--store", str(store), *YEAR)
    assert "suppressed" in out


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("--role", "director"), 6, "There is no role 'director'. Allowed: analyst,"),
        (("--definition", "standart"), 6, "Did you mean 'standard'?"),
        (("--ages", "teens"), 6, "There is no age band 'teens'."),
    ],
)
def test_what_does_not_exist_gets_a_sentence(
    store: Path,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    code: int,
    sentence: str,
) -> None:
    got, _, errors = said(capsys, "kpis", "--store", str(store), *YEAR, *words)
    assert got == code
    assert sentence in errors


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        ("2025-10-02", "2026-09-30", "not the first day of a month"),
        ("2025-10-01", "2026-09-29", "not the last day of a month"),
        ("2026-09-01", "2026-08-31", "ends (2026-08-31) before it starts"),
        (
            "2029-01-01",
            "2029-01-31",
            "is outside the data. Allowed: months from 2021-10 to 2026-09.",
        ),
        ("2025-02-30", "2026-09-30", "'2025-02-30' is not a date."),
    ],
)
def test_periods_that_cannot_be(
    store: Path, capsys: pytest.CaptureFixture[str], first: str, last: str, sentence: str
) -> None:
    code, _, errors = said(capsys, "kpis", "--store", str(store), "--from", first, "--to", last)
    assert code == 6
    assert sentence in errors


def test_no_store_says_how_to_make_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, errors = said(capsys, "kpis", "--store", str(tmp_path / "none"), *YEAR)
    assert code == 5
    assert "Make one with 'load' (your extracts) or 'demo' (invented data)." in errors


@pytest.mark.parametrize("text", ["", "{", "[]", '{"layout": 99}', '{"layout": 1}'])
def test_a_damaged_store_gets_a_sentence(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    import shutil

    copy = tmp_path / "store"
    shutil.copytree(store, copy)
    (manifest,) = copy.glob("versions/*/manifest.json")
    manifest.write_text(text)
    code, _, errors = said(capsys, "kpis", "--store", str(copy), *YEAR)
    assert code == 5
    assert "Traceback" not in errors


def test_a_table_that_is_no_parquet_gets_a_sentence(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import shutil

    copy = tmp_path / "store"
    shutil.copytree(store, copy)
    (episodes,) = copy.glob("versions/*/episodes.parquet")
    episodes.write_bytes(b"not parquet")
    code, _, errors = said(capsys, "kpis", "--store", str(copy), *YEAR)
    assert code == 5
    assert "cannot be read" in errors
