"""What the documents say is true: links lead somewhere, examples run, lists are complete."""

import re
from pathlib import Path

import pytest
import yaml

from pdqi.__main__ import _parser
from pdqi.config import Config
from pdqi.ingest.loading import load

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
TEXTS = {path: path.read_text(encoding="utf-8") for path in DOCUMENTS}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", TEXTS[path]):
        if not target.startswith("http"):
            assert (path.parent / target).exists(), target


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_files_that_are_named_exist(path: Path) -> None:
    for name in re.findall(
        r"`((?:pdqi|tests|data|docs|benchmarks|pages|\.streamlit)/[\w./-]+)`", TEXTS[path]
    ):
        if "store" not in name.split("/")[1:2] and not name.startswith("data/store"):
            assert (ROOT / name).exists() or name.startswith("data/trust"), name


def test_readme_leads_with_the_two_commands() -> None:
    text = TEXTS[ROOT / "README.md"]
    first = text.index("python3 start.py ")
    assert first < text.index("python3 start.py test") < text.index("## Load")


def test_every_command_and_role_is_documented() -> None:
    everything = "\n".join(TEXTS.values())
    commands = next(a for a in _parser()._actions if isinstance(a.choices, dict))
    for name in commands.choices or ():
        assert f"start.py {name}" in everything or f"pdqi {name}" in everything, name


def test_config_examples_of_extending_are_accepted(tmp_path: Path) -> None:
    """Each YAML example is added to the shipped config, which must still be in order."""
    lists = iter(("teams", "treatments", "case_definitions"))
    data = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    for example in re.findall(r"```yaml\n(.*?)```", TEXTS[ROOT / "docs/extending.md"], re.DOTALL):
        data[next(lists)] += yaml.safe_load(example)
    file = tmp_path / "config.yaml"
    file.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    assert Config.load(file).team("east_cmht").service == "cmht"


def test_the_source_of_extending_loads_as_it_says(tmp_path: Path) -> None:
    """The files in the document are loaded: what is stored and what is left out is as it says."""
    text = TEXTS[ROOT / "docs/extending.md"]
    files = re.findall(r"`([\w.]+)`:\n\n```(?:csv|yml)\n(.*?)```", text, re.DOTALL)
    assert [name for name, _ in files] == ["clients.csv", "referrals.csv", "clinic.yaml"]
    for name, content in files:
        (tmp_path / name).write_text(content, encoding="utf-8")
    config = Config.load(ROOT / "config.yaml")
    report = load(
        tmp_path / "clinic.yaml", tmp_path, tmp_path / "store", config, b"x" * 32, dry_run=True
    )
    assert {name: report.rows[name] for name in ("people", "episodes")} == {
        "people": 2,
        "episodes": 2,
    }
    assert [account.reasons for account in report.accounts] == [{}, {"unknown_team": 1}]


def test_the_kpi_of_extending_measures(tmp_path: Path) -> None:
    """The declaration in the document is run against a world of two people."""

    from pdqi.metrics import kpi as words
    from pdqi.metrics.measure import measure
    from pdqi.model import Basis, Period
    from pdqi.store.store import Store
    from tests.worlds import make_store, read_world

    (example,) = re.findall(r"```python\n(.*?)```", TEXTS[ROOT / "docs/extending.md"], re.DOTALL)
    declared = eval(example, vars(words))
    config = Config.load(Path(__file__).with_name("world.yaml"))
    world = read_world(
        """
        episodes
        id   team   referred_on  started_on
        ann  alpha  2023-01-01   2023-01-05
        bob  alpha  2023-01-01   2023-01-05

        diagnoses
        id   recorded_on  code_system  code   certainty
        ann  2023-02-01   icd10        F60.3  confirmed
        """
    )
    basis = Basis(Period.month(2023, 12), "standard", "working_age")
    with Store.open(make_store(world, tmp_path), config) as store:
        ((raw,),) = measure(store, config, (declared,), (basis,)).values()
    found = {row.scope: dict(row.counts) for row in raw.rows()}
    assert found["alpha"] == {"denominator": 2, "numerator": 1}
