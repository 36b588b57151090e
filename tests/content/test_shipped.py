"""The content that comes with the project: complete, sourced, and no more than was published."""

import re

import pytest

from pdqi.config import Config
from pdqi.content import Library
from pdqi.content.links import walk
from pdqi.content.models import Statement
from pdqi.labels import Labels
from tests.content.conftest import SHIPPED

ITEMS = {
    "issue": "M1 M2 M3",
    "voice": "V1 V2 V3 V4 V5 V6 S1 S2 S3 S4",
    "gap": "A1 A2 A3 A4 B1 B2 B3 C1 C2 D1 D2",
    "idea": "CA1 CB1 CB2 CB3 CC1 CC2 CC3 CD1 CD2 CE1",
    "workstream": "W1 W2 W3",
    "published": "P1 P2 P3 P4 P5 P6 P7 P8 P9 P10 C1 C2 C3 C4",
    "primary": "A B C D",
}
FIGURES = {
    "P1": (0.40, 0.40),
    "P2": (0.60, 0.70),
    "P3": (None, 0.01),
    "P4": (None, None),
    "P5": (365, None),
    "P6": (0.26, 0.26),
    "P7": (2, 2),
    "P8": (None, None),
    "P9": (None, None),
    "P10": (None, None),
    "C1": (0.05, 0.05),
    "C2": (0.25, 0.25),
    "C3": (0.40, 0.40),
    "C4": (0.36, 0.67),
}


@pytest.mark.parametrize("kind", ITEMS)
def test_every_item_of_the_assessment_is_there_and_no_other(library: Library, kind: str) -> None:
    found = [ref.partition(":")[2] for ref in library.items if ref.startswith(f"{kind}:")]
    assert found == ITEMS[kind].split()


def test_figures_are_those_published(library: Library) -> None:
    assert {item.id: item.value for item in library.published.figures} == FIGURES


def test_only_figures_of_the_assessment_are_references(library: Library) -> None:
    for figure in library.published.figures:
        literature = figure.id.startswith("C")
        assert (figure.kind == "literature") == literature
        assert bool(figure.kpis) != literature
        assert bool(figure.context_for) == literature
    assert [item.id for item in library.published.figures if item.kind == "anecdotal"] == ["P10"]


def test_forty_percent_is_kept_apart(library: Library) -> None:
    ours, theirs = library.items["published:P1"], library.items["published:C3"]
    assert [item.id for item in library.references("case_prevalence")] == ["P1", "P2"]
    assert "C3" in [item.id for item in library.context("case_prevalence")]
    assert ours.differs_from == ("C3",)
    assert theirs.differs_from == ("P1",)
    assert "meet" in theirs.text
    assert "meet" not in ours.text


def test_references_of_a_service(library: Library) -> None:
    assert [x.id for x in library.references("case_prevalence", ["inpatient"])] == ["P2"]
    assert [x.id for x in library.references("case_prevalence", ["cmht"])] == ["P1"]
    assert library.references("case_prevalence", ["safe_haven"]) == ()
    assert [x.id for x in library.references("multiple_episodes_ratio", ["cmht"])] == ["P7"]


def test_every_published_statement_has_a_source(library: Library) -> None:
    sources = {source.id for source in library.sources.sources}
    statements = [
        value
        for file in ("process_map", "driver_diagram", "voices", "workstreams", "published")
        for _, value in walk(getattr(library, file))
        if isinstance(value, Statement)
    ]
    assert len(statements) > 150
    assert all(item.source in sources for item in statements if item.basis == "published")


def test_nothing_is_agreed_or_set_that_was_not(library: Library) -> None:
    assert library.driver_diagram.aim.target.state == "not_yet_set"
    assert library.driver_diagram.agreed.on is None
    assert library.process_map.agreed.by is None
    assert all(item.by is None for item in library.measurability.items)
    works = library.workstreams.workstreams
    assert not any(item.milestones or item.actions for item in works)
    assert not any(theme.quotes or theme.raised for theme in library.voices.themes)
    beside = [item for theme in library.voices.themes for item in theme.evidence]
    assert len(beside) > 10
    assert all(item.judgement == "not_yet_judged" for item in beside)
    assert not any(idea.dropped for idea in library.driver_diagram.ideas)


def test_inferred_routes_are_to_be_confirmed(library: Library) -> None:
    for arrow in library.process_map.arrows:
        assert arrow.confirm or arrow.basis == "published", arrow.id


def test_numbers_in_texts_are_published_ones(library: Library, config: Config) -> None:
    """Percentages anywhere in content are those of the published figures, and nothing else."""
    allowed = {"40%", "60%", "70%", "1%", "26%", "36%", "67%", "95%"}
    text = "\n".join(path.read_text(encoding="utf-8") for path in SHIPPED.glob("*.yaml"))
    assert set(re.findall(r"\d+%", text)) <= allowed


def test_every_text_can_be_filled(library: Library, config: Config) -> None:
    labels = Labels.of(config)
    for ref in library.items:
        assert not set("{}") & set(labels.fill(library.name(ref)))


def test_the_condition_is_named_by_config_alone(library: Library) -> None:
    """The title of the paper and of the standards is cited; nothing else names the condition."""
    for path in SHIPPED.glob("*.yaml"):
        if path.name != "sources.yaml":
            assert "personality" not in path.read_text(encoding="utf-8").casefold(), path.name
