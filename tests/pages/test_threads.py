"""The thread on a page: chosen by link or list, with what is wrong named; voices and open ends."""

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pdqi.config import Config
from pdqi.content import Library
from pdqi.content.open_ends import open_ends
from pdqi.metrics.catalogue import KPI_IDS

from .conftest import ROOT, Open

CONFIG = Config.load(ROOT / "config.yaml")
LIBRARY = Library.load(ROOT / "data/content", CONFIG, KPI_IDS)
LABEL = "Show the thread of"


def said(app: AppTest) -> str:
    found = (*app.markdown, *app.warning, *app.subheader, *app.header)
    return "\n".join(item.value for item in found).replace("\\", "")


def links(app: AppTest) -> list[str]:
    return [item.proto.label.replace("\\", "") for item in app.get("page_link")]


@pytest.mark.parametrize("page", ["driver_diagram", "voices", "workstreams", "process_map"])
def test_a_link_shows_a_thread(page: str, open_app: Open) -> None:
    app = open_app(page=page, thread="gap:B2")
    assert not app.exception
    assert "Thread of Gap B2: Treatment does not come in time" in said(app)
    assert app.selectbox(key="thread").value == "gap:B2"
    assert "thread=gap%3AB2" in app.code[0].value or "thread=gap:B2" in app.code[0].value
    held = LIBRARY.thread("gap:B2")
    names = "\n".join(links(app))
    for ref in held:
        kind, _, name = ref.partition(":")
        if kind in ("voice", "issue", "gap", "idea", "workstream"):
            assert f"{name}: " in names, ref


def test_a_thread_stays_from_page_to_page_and_goes_when_nothing_is_chosen(open_app: Open) -> None:
    app = open_app(page="voices", thread="voice:V4")
    assert "In the chosen thread." in said(app)
    app.switch_page("pages/driver_diagram.py").run()
    assert "Thread of Voice V4" in said(app)
    app.selectbox(key="thread").set_value("none").run()
    assert "Thread of" not in said(app)
    assert app.query_params["thread"] in ("none", ["none"])
    app.switch_page("pages/voices.py").run()
    assert "In the chosen thread." not in said(app)


def test_the_list_puts_its_choice_into_the_address(open_app: Open) -> None:
    app = open_app(page="driver_diagram")
    app.selectbox(key="thread").set_value("idea:CB3").run()
    assert app.query_params["thread"] in ("idea:CB3", ["idea:CB3"])
    assert "Thread of Change idea CB3: Prescribing guidance" in said(app)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("gap:B9", "asks for the item 'gap:B9', which does not exist. Did you mean 'gap:B"),
        ("team:nowhere", "asks for the item 'team:nowhere', which does not exist."),
        ("<b>", "asks for the item '<b>', which does not exist. Shown instead: 'Nothing chosen'."),
    ],
)
def test_an_unknown_item_is_named(asked: str, sentence: str, open_app: Open) -> None:
    app = open_app(page="driver_diagram", thread=asked)
    assert not app.exception
    assert sentence in said(app)
    assert "Thread of" not in said(app)


@pytest.mark.parametrize(
    "ref",
    sorted(
        {
            min(r for r in LIBRARY.refs if r.startswith(f"{k}:"))
            for k in {ref.partition(":")[0] for ref in LIBRARY.refs}
        }
    ),
)
def test_one_item_of_every_kind_has_a_thread_on_a_page(ref: str, open_app: Open) -> None:
    app = open_app(page="workstreams", thread=ref)
    assert not app.exception
    assert "Thread of " in said(app)
    assert app.selectbox(key="thread").value == ref


def test_open_ends_are_counted_where_they_are_listed(open_app: Open) -> None:
    app = open_app(page="driver_diagram")
    ends = [
        end
        for end in open_ends(LIBRARY)
        if not end.of_the_map and not end.ref.startswith("measurability:")
    ]
    sentence = f"{len(ends)} ends are open between findings and work."
    assert sentence in said(app)
    assert sentence in said(open_app(page="overview"))
    [table] = [t.value for t in app.table if "How many" in t.value.columns]
    assert sum(int(number) for number in table["How many"]) == len(ends)


def test_voices_are_not_changed_by_a_team(open_app: Open) -> None:
    """Whichever team is chosen, the same themes and quotes stand there, and nothing of a team."""

    def themes(app: AppTest) -> list[str]:
        return [m.value for m in app.markdown if m.value.startswith(("**V", "**S"))]

    whole = themes(open_app(page="voices"))
    assert len(whole) == len(LIBRARY.voices.themes)
    for team in CONFIG.teams[:3]:
        assert themes(open_app(page="voices", scope=team.id)) == whole
    assert "by group and never by team" in said(open_app(page="voices"))


def test_what_is_not_known_of_voices_is_said(open_app: Open) -> None:
    words = said(open_app(page="voices"))
    themes = len(LIBRARY.voices.themes)
    assert words.count("Where and when this was raised was not published.") == themes
    beside = sum(len(theme.evidence) for theme in LIBRARY.voices.themes)
    assert words.count("**Not yet judged:**") == beside
    assert "No quote is shown: none has a recorded consent and approval." in words


def test_a_quote_and_a_judgement_name_who_answers_for_them(
    tmp_path: Path, open_app: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = Path(shutil.copytree(ROOT / "data/content", tmp_path / "content"))
    file = content / "voices.yaml"
    text = file.read_text(encoding="utf-8")
    short = "    short: Limbo on the waiting list\n"
    more = (
        "    raised: {where: The second focus group, date: 2026-02-10}\n"
        "    quotes:\n      - {text: Nobody rang., said_by: A carer,"
        " consent: {date: 2026-02-10, record: Form},"
        " approved: {by: the participation lead, date: 2026-02-20}}\n"
    )
    judged = (
        "      - {to: 'issue:M2', judgement: partly_agrees, why: The map shows half of it.,"
        " by: the oversight group, date: 2026-03-01}\n"
    )
    text = text.replace(short, short + more).replace("      - to: issue:M2\n", judged)
    file.write_text(text, encoding="utf-8")
    app = open_app()
    monkeypatch.setenv("PDQI_CONTENT", str(content))
    app.switch_page("pages/voices.py").run()
    words = said(app)
    assert "Raised at: The second focus group, 10 February 2026." in words
    assert "> “Nobody rang.”" in words
    assert (
        "Consent given on 10 February 2026; approved by the participation lead on 20 February 2026."
    ) in words
    assert "**Agrees in part:** M2" in words
    assert "The map shows half of it. *Judged by the oversight group on 1 March 2026.*" in words
