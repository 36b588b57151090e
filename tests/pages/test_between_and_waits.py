"""The views between teams and of waits: for whoever reads, whatever is chosen, nothing small."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pdqi.metrics.catalogue import SECTIONS

from .conftest import Open
from .test_nothing_small import charts, found_small, is_small
from .test_pages import said

SECTION_IDS = [section.id for section in SECTIONS]


def small(app: AppTest) -> list[Any]:
    """Every small count in the charts of these views, and in their words and tables."""
    found: list[Any] = found_small(app)
    for key, _, records in charts(app):
        for row in records:
            if "tip" in row and "n" in row and 0 < row["n"] < 5:
                found.append((key, row))
            if "number" in row and is_small(str(row["number"])):
                found.append((key, row))
            if "band" in row and 0 < row["high"] - row["low"] < 5:
                found.append((key, row))
    for table in app.table:
        for column in table.value.columns:
            if "followed" in column or "weeks" in column or column in ("All", "Number", "Out of"):
                found += [cell for cell in table.value[column] if is_small(str(cell))]
    return found


@pytest.mark.parametrize("view", ["between", "lengths"])
def test_nothing_small_is_sent_in_any_section(view: str, open_app: Open) -> None:
    for scope in ("system", "service:cmht", "oak_ward"):
        app = open_app("stakeholder", "findings", scope=scope, section="all", view=view)
        assert not app.exception
        assert not app.error
        assert small(app) == [], scope
    app = open_app("analyst", "findings", section="all", view=view)
    assert not app.exception
    assert small(app) != [], "the search finds them where they may be shown"


@pytest.mark.parametrize("section", SECTION_IDS)
@pytest.mark.parametrize("view", ["between", "lengths"])
def test_each_card_opens_with_a_sentence(view: str, section: str, open_app: Open) -> None:
    app = open_app("stakeholder", "findings", section=section, view=view, scope="north_cmht")
    assert not app.exception
    words = said(app)
    if view == "between":
        assert "teams" in words
    else:
        of_waits = section in ("waits", "journeys")
        assert ("Nothing in this section is a wait" in words) != of_waits


def test_limits_can_be_switched_and_phi_stays(open_app: Open) -> None:
    app = open_app("stakeholder", "findings", section="presentation", view="between")
    assert "so limits without adjustment flag too many" in said(app)
    app.segmented_control(key="limits_presentation").set_value("adjusted").run()
    assert "these limits are widened for it" in said(app)
    assert "φ" in said(app)
    app.segmented_control(key="limits_presentation").set_value("exact").run()
    assert not app.exception


def unstarted(app: AppTest, name: str) -> bool:
    """Whether the wait of a team is told; other lengths of time are not left unstarted."""
    return any(f"{name}: " in text and "unstarted" in text for text in said(app).splitlines())


def test_curves_can_be_chosen_and_are_those_of_the_filter_at_first(open_app: Open) -> None:
    app = open_app("analyst", "findings", section="waits", view="lengths", scope="complex_needs")
    pills = next(item for item in app.pills if "ebt_wait" in (item.key or ""))
    assert pills.value == ["Complex Needs Service"]
    assert "Complex Needs Service: the median is" in said(app)
    assert not unstarted(app, "North CMHT")
    pills.set_value(["North CMHT"]).run()
    assert unstarted(app, "North CMHT")
    assert not unstarted(app, "Complex Needs Service")
    next(item for item in app.pills if "ebt_wait" in (item.key or "")).set_value([]).run()
    assert "Choose at least one curve." in said(app)
    assert not app.exception


def test_treatments_have_curves_of_their_own(open_app: Open) -> None:
    app = open_app("analyst", "findings", section="waits", view="lengths")
    app.segmented_control(key="by_ebt_wait").set_value("treatment").run()
    assert not app.exception
    assert "Dialectical Behaviour Therapy: the median is" in said(app) or (
        "Dialectical Behaviour Therapy: fewer than half" in said(app)
    )
