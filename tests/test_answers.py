"""The answer key of an invented trust's messy extracts, end to end: files in, figures out."""

import json
from pathlib import Path
from typing import Any

import pytest

from pdqi.__main__ import main
from pdqi.metrics.catalogue import CATALOGUE

ROOT = Path(__file__).parents[1]
EXTRACTS = ROOT.parent / "shared" / "extracts" / "trust_a"
pytestmark = pytest.mark.skipif(
    not (EXTRACTS / "answers.json").is_file(), reason="the extracts are not beside this project"
)
STATISTICS = {statistic.name for kpi in CATALOGUE for statistic in kpi.kind.statistics}
RENAMED = {"good_rows": "stored"}


@pytest.fixture(scope="module")
def answers() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((EXTRACTS / "answers.json").read_text())
    return found


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("answers") / "store"


@pytest.fixture(scope="module")
def accounts(store: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PDQI_SECRET", "a secret for this test only")
        return run("load", ROOT / "data/sources/trust_a.yaml", "--from", EXTRACTS, "--store", store)


def run(*words: object) -> dict[str, Any]:
    """Run a command with --json and return what it prints."""
    import contextlib
    import io

    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        assert main([*map(str, words), "--json"]) == 0
    found: dict[str, Any] = json.loads(printed.getvalue())
    return found


def asked(store: Path, answers: dict[str, Any], *more: str) -> tuple[object, ...]:
    first, last = answers["period"]
    return ("--store", store, "--from", first, "--to", last, *more)


def test_every_row_is_accounted_for(accounts: dict[str, Any], answers: dict[str, Any]) -> None:
    for file, expected in answers["files"].items():
        assert accounts["files"][file] == {RENAMED.get(k, k): v for k, v in expected.items()}


def test_every_figure_comes_out_exactly(
    store: Path, accounts: dict[str, Any], answers: dict[str, Any]
) -> None:
    said = run("kpis", *asked(store, answers, "--role", "analyst"))
    assert said["period"] == answers["period"]
    for kpi, scopes in answers["kpis"].items():
        for scope, fields in scopes.items():
            got = {name: said["kpis"][kpi][scope][name] for name in fields}
            assert got == pytest.approx(fields, rel=1e-12), (kpi, scope)
        teams = {scope for scope in said["kpis"][kpi] if scope in answers["kpis"]["pd_prevalence"]}
        if kpi.startswith(("pd_", "ebt_received", "panel", "episode")):
            assert teams <= set(scopes), f"{kpi} speaks of teams that the data do not know"


def test_confirmed_only_is_the_other_definition(
    store: Path, accounts: dict[str, Any], answers: dict[str, Any]
) -> None:
    more = ("--role", "analyst", "--definition", "confirmed_only")
    said = run("kpis", *asked(store, answers, *more))["kpis"]["pd_prevalence"]
    for scope, fields in answers["kpis"]["pd_prevalence_confirmed_only"].items():
        assert {name: said[scope][name] for name in fields} == fields


def test_every_move_comes_out_exactly(
    store: Path, accounts: dict[str, Any], answers: dict[str, Any]
) -> None:
    said = run("transitions", *asked(store, answers, "--role", "analyst"))
    assert said["transitions"] == answers["transitions"]


def test_a_reader_who_is_not_cleared_sees_no_small_count(
    store: Path, accounts: dict[str, Any], answers: dict[str, Any]
) -> None:
    said = run("kpis", *asked(store, answers))
    assert not said["cleared"]
    counts = [
        value
        for scopes in said["kpis"].values()
        for row in scopes.values()
        for name, value in row.items()
        if isinstance(value, int) and name not in STATISTICS
    ]
    assert counts
    assert all(value % 5 == 0 for value in counts)
    moves = run("transitions", *asked(store, answers))["transitions"]
    assert None in moves.values()
    assert all(value is None or value % 5 == 0 for value in moves.values())


def test_loading_again_changes_nothing(store: Path, accounts: dict[str, Any]) -> None:
    before = sorted((path, path.stat().st_mtime_ns) for path in store.rglob("*.parquet"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PDQI_SECRET", "a secret for this test only")
        mapping = ROOT / "data/sources/trust_a.yaml"
        again = run("load", mapping, "--from", EXTRACTS, "--store", store)
    assert again["version"] == accounts["version"]
    assert not again["changed"]
    assert sorted((path, path.stat().st_mtime_ns) for path in store.rglob("*.parquet")) == before
