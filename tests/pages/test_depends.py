"""The view by definition: for whoever reads, each figure with one verdict, and nothing small."""

import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pdqi.metrics.catalogue import CATALOGUE, SECTIONS

from .conftest import Open
from .test_nothing_small import LABELS, charts, found_small
from .test_pages import said

RATIO = re.compile(r"'words': '\d+\.\d'")
SECTION_IDS = [section.id for section in SECTIONS]


def small(app: AppTest) -> list[Any]:
    """Every small count in the tables of this view, and in its words and charts."""
    # A ratio has one decimal place and is no count.
    found: list[Any] = [each for each in found_small(app) if not RATIO.search(each)]
    for table in app.table:
        if "Counts" in table.value.columns:
            for cell in table.value["Counts"]:
                numbers = [int(n.replace(",", "")) for n in re.findall(r"\d[\d,]*", str(cell))]
                found += [cell for number in numbers if 0 < number < 5]
    return found


def test_nothing_small_is_sent_in_any_section(open_app: Open) -> None:
    for scope in ("system", "service:cmht", "oak_ward"):
        app = open_app("stakeholder", "findings", scope=scope, section="all", view="depends")
        assert not app.exception
        assert not app.error
        assert small(app) == [], scope
    app = open_app("analyst", "findings", section="all", view="depends", scope="oak_ward")
    assert not app.exception
    assert small(app) != [], "the search finds them where they may be shown"


@pytest.mark.parametrize("section", SECTION_IDS)
def test_each_figure_is_told_once(section: str, open_app: Open) -> None:
    app = open_app("stakeholder", "findings", section=section, view="depends")
    assert not app.exception
    words = said(app)
    heads = [head.value for head in app.subheader]
    for item in CATALOGUE:
        if item.section == section and item.id != "transitions":
            name = LABELS.fill(item.name)
            assert heads.count(name) == bool(item.depends_on), item.id
            assert item.depends_on or name in words, item.id
    untouched = [k for k in CATALOGUE if k.section == section and not k.depends_on]
    assert ("make no difference to" in words) == bool(untouched)


def test_the_published_share_is_held_against_the_services_that_it_is_of(open_app: Open) -> None:
    app = open_app("analyst", "findings", view="depends", scope="community_and_crisis")
    assert "the published figure (about 40%)" in said(app)
    app = open_app("analyst", "findings", view="depends", scope="north_cmht")
    assert "the published figure" not in said(app)
    assert "the whole system" in said(app)


def test_what_cannot_be_told_stands_beside_the_figures(open_app: Open) -> None:
    app = open_app("stakeholder", "findings", view="depends", section="presentation")
    assert "have no diagnosis entry at all" in said(app)
    texts = [str(spec) for _, spec, _ in charts(app)]
    assert any("No diagnosis entry" in text for text in texts)
    app = open_app("stakeholder", "findings", view="depends", section="waits")
    assert any("Not identifiable" in str(spec) for _, spec, _ in charts(app))


def test_the_definition_that_is_chosen_is_in_force(open_app: Open) -> None:
    app = open_app("stakeholder", "findings", view="depends", definition="confirmed_only")
    assert "what is in force (Confirmed only)" in said(app)
    first = next(table.value for table in app.table if "Counts" in table.value.columns)
    assert list(first.index)[:2] == ["In force", "Confirmed or suspected"]
