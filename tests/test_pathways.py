"""Any pathway: made of YAML alone, and no word of another one in what it shows or gives away."""

import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pdqi.checks import check_everything
from pdqi.config import Config
from pdqi.content import Library
from pdqi.demo import demo
from pdqi.demo.numbers import Numbers
from pdqi.errors import ContentError, RequestError
from pdqi.journal import Journal
from pdqi.meeting.invented import invent
from pdqi.metrics.catalogue import CATALOGUE, chosen_ids
from pdqi.places import PATHWAYS, ROOT, Places
from pdqi.service import Service
from pdqi.snapshot.html import html
from pdqi.snapshot.make import make
from pdqi.ui.page import PLACES
from tests.pages.test_nothing_small import charts

SECOND = Places.of("eating_disorders")
CONFIGS = {
    folder.name: Config.load(folder / "config.yaml")
    for folder in (ROOT, *(each.parent for each in sorted(PATHWAYS.glob("*/config.yaml"))))
}
FIRST, OTHER = CONFIGS[ROOT.name], CONFIGS["eating_disorders"]


def named(config: Config) -> set[str]:
    """Every name of a condition, a team or a treatment that a config has."""
    found = {config.wording["condition"], config.wording["short"], config.organisation.name}
    found |= {config.pathway.area}
    for item in (*config.teams, *config.treatments):
        found |= {item.id, item.name, *item.spellings}
    for definition in config.case_definitions:
        found |= {*definition.terms, *definition.icd10}
    for concepts in config.snomed_lists.values():
        found |= {word for concept in concepts for word in (concept.id, concept.term)}
    return found


def search(words: Iterable[str]) -> re.Pattern[str]:
    """Find words as wholes; short ones, which may be parts of speech, in their own case only."""
    ordered = sorted(words, key=len, reverse=True)
    any_case = "|".join(re.escape(word) for word in ordered if len(word) > 3)
    exact = "|".join(re.escape(word) for word in ordered if len(word) <= 3)
    whole = "(?<![A-Za-z0-9]){}(?![A-Za-z0-9])"
    forms = (f"(?i:{any_case})", f"(?:{exact})")
    return re.compile("|".join(whole.format(form) for form in forms))


def test_nothing_in_python_names_a_condition_a_team_or_a_treatment() -> None:
    words = search(set().union(*map(named, CONFIGS.values())))
    files = [ROOT / "app.py", ROOT / "start.py", *(ROOT / "pages").glob("*.py")]
    files += [
        file
        for file in (ROOT / "pdqi").rglob("*")
        if file.suffix in {".py", ".sql", ".yaml", ".typ"}
    ]
    found = [
        f"{file.relative_to(ROOT)}:{number}: {match[0]}"
        for file in files
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        for match in words.finditer(line)
    ]
    assert len(files) > 150
    assert found == []


def test_the_search_finds_names() -> None:
    words = search(named(FIRST))
    for text in ("PD", "with Personality Disorder.", "north_cmht", "(DBT)", "F60", "n cmht"):
        assert words.search(text), text
    for text in ("pd.DataFrame", "update", "a crisis team", "opd"):
        assert not words.search(text), text


@pytest.mark.parametrize("name", sorted(set(CONFIGS) - {ROOT.name}))
def test_each_pathway_is_whole(name: str) -> None:
    places = Places.of(name)
    assert check_everything(places.config, places.content, places.sources) == []
    assert Numbers.load(places.world).entries
    kinds = {path.suffix for path in places.config.parent.rglob("*") if path.is_file()}
    assert kinds <= {".yaml", ".md"}  # no code, and no data in the repository


def test_a_pathway_uses_the_figures_that_it_lists() -> None:
    assert chosen_ids(FIRST) == {kpi.id for kpi in CATALOGUE}
    assert chosen_ids(OTHER) == {item.kpi for item in OTHER.figures}
    assert chosen_ids(OTHER) < chosen_ids(FIRST)
    everything = OTHER.model_copy(update={"figures": ()})
    assert chosen_ids(everything) == chosen_ids(FIRST)


def test_a_figure_that_is_not_listed_is_no_headline(tmp_path: Path) -> None:
    text = SECOND.config.read_text(encoding="utf-8")
    file = tmp_path / "config.yaml"
    file.write_text(text.replace("headline:\n", "headline:\n  - prescribing\n"), encoding="utf-8")
    problems = check_everything(file, SECOND.content, SECOND.sources)
    assert any("There is no KPI 'prescribing'" in str(problem) for problem in problems)


def test_a_pathway_that_is_none_is_named() -> None:
    with pytest.raises(RequestError, match="eating_disorders"):
        Places.of("eating_disorder")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("affected: 0.68", "affected: 68", "people.affected"),
        ("{therapies: 0.42, community: 0.42", "{therapies: 0.52, community: 0.42", "add up to"),
        ("share: 0.26}", "share: 0.96}", "more than all"),
        ("to: specialist, when: during", "to: specialists, when: during", "specialist"),
        ("  elsewhere: {", "  community: {", "elsewhere"),
    ],
)
def test_what_is_wrong_with_the_numbers_is_told(
    old: str, new: str, told: str, tmp_path: Path
) -> None:
    text = SECOND.world.read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "world.yaml"
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ContentError, match=told):
        Numbers.load(file)


# What people see of the second pathway.

FOREIGN = search(
    {word for word in named(FIRST) if not search(named(OTHER)).fullmatch(word)}
    | {"Safe Haven", "Talking Therapies", "complex case panel", "CMHT", "QS88", "CG78"}
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pathway") / "store"
    demo(path, OTHER, people=1_500, seed=2, numbers=SECOND.world)
    library = Library.load(SECOND.content, OTHER, chosen_ids(OTHER))
    assert invent(SECOND.meetings, path, OTHER, library) > 5
    return path


def seen(app: AppTest) -> str:
    """Everything that was sent to the browser."""
    nodes = [*app.main, *app.sidebar]
    texts = [str(node.proto) for node in nodes if hasattr(node, "proto")]
    texts += [f"{spec}{rows}" for _, spec, rows in charts(app)]
    texts += [table.value.to_string() for table in app.table]
    return "\n".join(texts)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.id)
def test_no_word_of_the_first_pathway_is_on_a_page(
    place, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PDQI_CONFIG", "PDQI_CONTENT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PDQI_PATHWAY", str(SECOND.config.parent))
    monkeypatch.setenv("PDQI_STORE", str(store))
    for role, link in (("stakeholder", {}), ("analyst", {"section": "all"})):
        monkeypatch.setenv("PDQI_ROLE", role)
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=90)
        for name, value in link.items():
            app.query_params[name] = value
        app.run()
        app.switch_page(f"pages/{place.id}.py").run()
        assert not app.exception
        text = seen(app)
        assert OTHER.pathway.name in text
        assert len(text) > 5_000
        assert sorted({match[0] for match in FOREIGN.finditer(text)}) == []


def test_the_search_finds_the_first_pathway_on_its_own_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PDQI_CONFIG", "PDQI_CONTENT", "PDQI_PATHWAY", "PDQI_ROLE"):
        monkeypatch.delenv(name, raising=False)
    demo(tmp_path / "store", FIRST, people=300)
    monkeypatch.setenv("PDQI_STORE", str(tmp_path / "store"))
    text = seen(AppTest.from_file(str(ROOT / "app.py"), default_timeout=90).run())
    found = {match[0] for match in FOREIGN.finditer(text)}
    assert {"PD", "personality disorder", "North CMHT"} <= found


def test_no_word_of_the_first_pathway_is_in_a_snapshot(store: Path) -> None:
    library = Library.load(SECOND.content, OTHER, chosen_ids(OTHER))
    service = Service.open(store, OTHER, library.rules.rules, library.process_map)
    journal = Journal.open(OTHER, store, library, chosen_ids(OTHER), demonstration=True)
    with service.store:
        made = make(
            service,
            library,
            service.viewer("stakeholder"),
            service.basis(service.default_period),
            service.scope("system"),
            journal.standing(),
            maker="qi_lead",
        )
    journal.close()
    assert made.about.made_at.date() >= date(2026, 1, 1)
    for data in (made.as_bytes(), html(made, {})):
        text = data.decode()
        assert OTHER.wording["condition"] in text
        assert sorted({match[0] for match in FOREIGN.finditer(text)}) == []
