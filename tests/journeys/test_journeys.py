"""What people come for, in a real browser: a link sent on, a definition, a page that is whole."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from pdqi.ui.filters import OPTIONS
from pdqi.ui.page import PLACES, Place
from pdqi.ui.quality import VIEWS as QUALITY_VIEWS

from .conftest import Open, served, settle

pytestmark = pytest.mark.browser

STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DESK = (1440, 1600, "dark")
VIEWS = next(option.names for option in OPTIONS if option.name == "view")
EXCEPT = {"landmark-unique": {"enabled": False}}
"""Streamlit gives every table that can be moved sideways the same name, and it cannot be set. No
other rule is left out, and no part of the page."""
# What is sound is not listed: that list took most of the time.
ASKED = {"runOnly": STANDARD, "rules": EXCEPT, "resultTypes": ["violations"]}


def chosen(page: Page) -> str:
    return page.locator(".st-key-chosen").inner_text()


def findings(page: Page) -> list[str]:
    """Every figure's words, those of its chart included, once all charts are drawn."""
    page.wait_for_function(
        "() => [...document.querySelectorAll('[data-testid=stVegaLiteChart]')]"
        ".every(chart => chart.querySelector('svg'))"
    )
    found: list[str] = []
    while found != (found := page.locator("[class*=st-key-card_]").all_inner_texts()):
        page.wait_for_timeout(500)
    return found


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option, exact=True).click()
    page.wait_for_function(
        "name => document.querySelector('.st-key-chosen').innerText.includes(name)",
        arg=option.rpartition(": ")[2],
    )
    settle(page)


def test_a_stakeholder_sends_a_link_to_one_crisis_team(address: str, visit: Open) -> None:
    page = visit(address)
    page.get_by_role("link", name="Quantitative findings").click()
    settle(page)
    choose(page, "Team or service", "Team: South CRHTT")
    page.get_by_text("How long people wait", exact=True).first.click()
    page.get_by_role("heading", name="How long people wait").wait_for()
    settle(page)
    page.get_by_role("button", name="Copy link").click()
    link = page.locator("[data-testid=stCode]").inner_text().strip()
    assert "scope=south_crhtt" in link
    assert "section=waits" in link
    assert "period=" in link
    assert "definition=" in link
    assert "ages=" in link

    other = visit(link)
    assert other.locator("h1").inner_text() == "Quantitative findings"
    assert chosen(other) == chosen(page)
    assert chosen(other).startswith("South CRHTT · ")
    assert findings(other) == findings(page)
    assert len(findings(other)) >= 5

    other.get_by_role("link", name="Overview").click()
    other.get_by_role("heading", name="Overview").wait_for()
    settle(other)
    assert chosen(other) == chosen(page)
    assert "scope=south_crhtt" in other.url


def test_an_oversight_member_finds_numerator_and_definition(address: str, visit: Open) -> None:
    page = visit(address)
    table = page.get_by_role("table", name="Headline figures of the chosen scope")
    row = table.get_by_role("row", name="People with a personality disorder under care")
    assert row.get_by_text(" of ").inner_text().count(" of ") == 1
    page.get_by_text("What these figures mean").click()
    meaning = page.locator("[data-testid=stExpander]").filter(has_text="What these figures mean")
    meaning.get_by_text("people with an episode under way in the period").first.wait_for()
    assert "Counts:" in meaning.inner_text()
    assert "Out of:" in meaning.inner_text()


def test_a_chart_is_taken_away_as_a_picture(address: str, visit: Open) -> None:
    page = visit(f"{address}/findings?section=treatment&scope=north_cmht")
    card = page.locator("[class*=st-key-card_]").first
    card.locator("summary").filter(has_text="Numbers").click()
    card.get_by_role("button", name="Download as CSV").wait_for()
    settle(page)
    for form, start in (("PNG", b"\x89PNG\r\n"), ("SVG", b"<svg "), ("CSV", b"\xef\xbb\xbfdata,")):
        with page.expect_download(timeout=90_000) as download:
            card.get_by_role("button", name=f"Download as {form}").click()
        assert download.value.suggested_filename.endswith(f"_invented.{form.lower()}")
        assert Path(download.value.path()).read_bytes().startswith(start)


def test_the_first_visit_to_a_fresh_server_may_be_any_page(store: Path, visit: Open) -> None:
    for place in (PLACES[0], PLACES[3], PLACES[6]):
        with served(store) as address:
            page = visit(f"{address}/{place.id}?scope=north_cmht&period=2026-04..2026-06")
            assert page.locator("h1").all_inner_texts() == [place.title]
            assert page.get_by_role("dialog").count() == 0
            assert page.get_by_text("Page not found").count() == 0
            assert chosen(page).startswith("North CMHT · April to June 2026")
            assert page.get_by_text("Small numbers are protected for this view.").count() == 1
            assert page.get_by_role("combobox", name="Team or service").count() == 1
            numbers = findings(page)
            page.reload()
            settle(page)
            assert findings(page) == numbers


def test_going_back_undoes_a_choice(address: str, visit: Open) -> None:
    page = visit(address)
    first = chosen(page)
    choose(page, "Team or service", "Team: North CMHT")
    page.go_back()
    page.wait_for_function(
        "words => document.querySelector('.st-key-chosen').innerText === words", arg=first
    )


def test_a_link_to_an_unknown_team_says_so(address: str, visit: Open) -> None:
    page = visit(f"{address}/findings?scope=east_cmht")
    page.get_by_text("'east_cmht', which does not exist.").wait_for()
    assert chosen(page).startswith("Whole system")


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.id)
def test_every_page_is_accessible(place: Place, address: str, visit: Open) -> None:
    look_for_faults(visit(f"{address}/{place.id}?scope=north_crhtt&section=all", *DESK))


@pytest.mark.parametrize("section", ["treatment", "waits"])
@pytest.mark.parametrize("view", [name for name in VIEWS if name != "now"])
def test_every_view_of_findings_is_accessible(
    view: str, section: str, address: str, visit: Open
) -> None:
    link = f"{address}/findings?scope=community_and_crisis&section={section}&view={view}"
    look_for_faults(visit(link, *DESK))


@pytest.mark.parametrize("view", QUALITY_VIEWS)
def test_every_view_of_data_quality_is_accessible(view: str, address: str, visit: Open) -> None:
    look_for_faults(visit(f"{address}/data_quality?quality={view}", *DESK))


def look_for_faults(page: Page) -> None:
    """Hold a page to WCAG 2.2 AA and to the width of its window, as it is and on a phone."""
    _look_for_faults(page)
    page.set_viewport_size({"width": 390, "height": 1600})
    page.emulate_media(color_scheme="light")
    expect(page.locator("[data-testid=stSidebar]")).not_to_be_in_viewport()
    settle(page)
    _look_for_faults(page)


def _look_for_faults(page: Page) -> None:
    page.wait_for_timeout(600)
    found = Axe().run(page, options=ASKED).response["violations"]
    told = [(item["id"], [node["target"] for node in item["nodes"]][:3]) for item in found]
    assert told == []
    sideways = page.evaluate(
        "() => [document.documentElement, document.querySelector('.stMain')]"
        ".some(part => part.scrollWidth > part.clientWidth + 1)"
    )
    assert not sideways


def test_the_answers_carry_security_headers(address: str, visit: Open) -> None:
    page = visit(address)
    headers = page.request.get(f"{address}/findings").headers
    assert "script-src 'self' 'unsafe-eval'" in headers["content-security-policy"]
    scripts = headers["content-security-policy"].split("script-src")[1].split(";")[0]
    assert "unsafe-inline" not in scripts
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    stranger = page.request.get(address, headers={"Host": "elsewhere.example"})
    assert stranger.status == 400


def test_a_printed_page_has_no_menu(address: str, visit: Open) -> None:
    page = visit(f"{address}/findings")
    page.emulate_media(media="print")
    # A browser takes up another medium with its next frame, which a busy machine may hold up.
    expect(page.locator("[data-testid=stSidebar]")).to_be_hidden()
    expect(page.get_by_role("button", name="Copy link")).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()
    expect(page.get_by_text("INVENTED DATA")).to_be_visible()
