"""Threads in a real browser: chosen by click and by keyboard, sent on, read on a phone."""

import shutil
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import Page, expect

from .conftest import ROOT, Open, served, settle
from .test_journeys import DESK, look_for_faults

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)> **b** [l](https://evil.example) $x$ :red[r] `c` ~~s~~ # <b>"
"""Read as Markdown or HTML this would be a picture, a link, colours and the like."""


def headings(page: Page) -> list[str]:
    return page.locator(".st-key-thread_shown h2").all_inner_texts()


def thread_shown(page: Page, heading: str) -> None:
    page.get_by_role("heading", name=heading).wait_for()
    settle(page)


def test_a_click_on_a_box_shows_its_thread(address: str, visit: Open) -> None:
    page = visit(f"{address}/driver_diagram")
    picture = page.locator(".st-key-picture_drivers")
    picture.locator("path[aria-label^='CB3: ']").click()
    thread_shown(page, "Thread of Change idea CB3: Prescribing guidance")
    assert "thread=idea%3ACB3" in page.url

    # Another box, by way of the thread's own picture; then the first again.
    page.locator(".st-key-picture_thread path[aria-label^='Workstream W2']").click()
    thread_shown(page, "Thread of Workstream W2: Prescribing guidance")
    picture.locator("path[aria-label^='CB3: ']").click()
    thread_shown(page, "Thread of Change idea CB3: Prescribing guidance")

    # Both pages may still be drawing their last lines.
    other, panel = visit(page.url), ".st-key-thread_shown"
    settle(page)
    shown = page.locator(panel).inner_text()
    expect(other.locator(panel)).to_have_text(shown, use_inner_text=True, timeout=20_000)


def test_an_item_of_a_thread_leads_to_its_page(address: str, visit: Open) -> None:
    page = visit(f"{address}/driver_diagram?thread=gap:C2&scope=north_cmht")
    page.get_by_role("link", name="S3: No room for supervision, endings and panels").click()
    page.get_by_role("heading", name="Voices", exact=True).wait_for()
    thread_shown(page, "Thread of Voice S3: No room for supervision, endings and panels")
    assert "scope=north_cmht" in page.url
    page.go_back()
    thread_shown(page, "Thread of Gap C2: Many staff feel too little supported")


def test_a_thread_is_chosen_with_the_keyboard(address: str, visit: Open) -> None:
    page = visit(f"{address}/voices")
    page.get_by_role("combobox", name="Show the thread of").focus()
    page.keyboard.type("Gap B3")
    page.keyboard.press("Enter")
    thread_shown(page, "Thread of Gap B3: Too much is prescribed, with little guidance")
    assert "thread=gap%3AB3" in page.url


def test_a_click_on_the_map_shows_the_step(address: str, visit: Open) -> None:
    page = visit(f"{address}/process_map")
    picture = page.locator(".st-key-picture_over_everyone")
    picture.locator("path[aria-label^='Care under a community team: ']").first.click()
    thread_shown(page, "Thread of Step of the map: Care under a community team")
    page.get_by_role("heading", name="Care under a community team", exact=True).wait_for()
    assert "thread=node%3Acmht_care" in page.url
    for title in ("Ways in", "Ways out", "Measures"):
        assert page.get_by_text(title, exact=True).first.is_visible()

    # An issue that is pinned, and then a route, by the list alone.
    listed = page.get_by_role("combobox", name="Step, route or issue of the map")
    listed.focus()
    page.keyboard.type("M3")
    page.keyboard.press("Enter")
    thread_shown(page, "Thread of Map issue M3: Structured Clinical Management")
    assert "thread=issue%3AM3" in page.url


def test_on_a_phone_the_diagram_is_a_list(address: str, visit: Open) -> None:
    page = visit(f"{address}/driver_diagram?thread=idea:CB1", 390, 1600)
    expect(page.locator(".st-key-picture_drivers")).to_be_hidden(timeout=20_000)
    expect(page.locator(".st-key-picture_thread")).to_be_hidden(timeout=20_000)
    expect(page.locator("li").filter(has_text="Idea CB1:").first).to_be_visible(timeout=20_000)
    links = page.locator(".st-key-thread_shown [data-testid=stPageLink-NavLink]")
    for text, box in ((link.inner_text(), link.bounding_box()) for link in links.all()):
        assert box is not None
        assert box["x"] + box["width"] <= 390, text
        assert box["height"] >= 24, text


@pytest.mark.parametrize(
    "view",
    [
        "driver_diagram?thread=voice:V4",
        "voices?thread=kpi:ebt_wait",
        "workstreams?thread=W1",
        "process_map?thread=node:cn_waiting_list",
    ],
)
def test_a_thread_is_accessible(view: str, address: str, visit: Open) -> None:
    page = visit(f"{address}/{view.replace('=W1', '=workstream:W1')}", *DESK)
    assert headings(page)
    for summary in page.get_by_text("Each open end, with its thread").all():
        summary.click()
    look_for_faults(page)


def test_hostile_text_is_shown_letter_by_letter(store: Path, tmp_path: Path, visit: Open) -> None:
    content = Path(shutil.copytree(ROOT / "data/content", tmp_path / "content"))
    _poison(content)
    with served(store, PDQI_CONTENT=str(content)) as address:
        for view in ("driver_diagram?thread=gap:B2", "voices?thread=voice:V4", "workstreams"):
            page = visit(f"{address}/{view}")
            main = page.locator(".stMain")
            for summary in page.get_by_text("Each open end, with its thread").all():
                summary.click()
            page.wait_for_timeout(500)
            assert main.inner_text().count(HOSTILE) >= 5, view
            assert page.locator("img[src=x]").count() == 0
            # An address in a text becomes a link to itself; nothing else hides behind words.
            for link in page.locator("[href*='evil.example']").all():
                assert (link.text_content() or "").startswith("https://evil.example"), view
            assert main.locator("code", has_text="c").filter(has_not_text="thread").count() == 0


def _poison(content: Path) -> None:
    """Put the hostile text into every free text that these pages show."""

    def change(name: str, lists: dict[str, tuple[str, ...]]) -> None:
        file = content / f"{name}.yaml"
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
        for key, fields in lists.items():
            for item in data[key] if isinstance(data[key], list) else [data[key]]:
                for field in fields:
                    item[field] = HOSTILE
        if name == "voices":
            dates = {"date": "2026-01-01"}
            consent, approved = {"record": HOSTILE, **dates}, {"by": HOSTILE, **dates}
            quote = {"text": HOSTILE, "said_by": HOSTILE, "consent": consent, "approved": approved}
            for theme in data["themes"]:
                theme["quotes"] = [quote]
                theme["raised"] = {"where": HOSTILE}
                for item in theme.get("evidence", ()):
                    item |= {"judgement": "agrees", "why": HOSTILE, "by": HOSTILE, **dates}
        if name == "driver_diagram":
            dropped = {"reason": HOSTILE, "version": 1, "date": "2026-01-01"}
            data["ideas"][2]["dropped"] = dropped
        dumper = yaml.SafeDumper
        dumper.ignore_aliases = lambda self, data: True
        file.write_text(yaml.dump(data, Dumper=dumper, allow_unicode=True), encoding="utf-8")

    change(
        "driver_diagram",
        {
            "gaps": ("text",),
            "primary": ("name",),
            "secondary": ("name",),
            "ideas": ("text", "short"),
            "branches": ("name",),
        },
    )
    change("voices", {"themes": ("text", "short"), "groups": ("name",)})
    change("workstreams", {"workstreams": ("name", "purpose"), "groups": ("name", "meets")})
    change("process_map", {"issues": ("text", "short")})
