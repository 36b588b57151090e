"""The frame round every page: who reads, what is shown of which data, the filters, the header.

Nothing that protects anything is here: figures are protected in `Service`, for the viewer that
the environment names. But a page is never drawn without this frame, which says what it shows.
"""

from contextvars import ContextVar

import streamlit as st

from pdqi.charts.theme import Mode
from pdqi.errors import PdqiError, Problem
from pdqi.ui import event_logs, filters, style
from pdqi.ui import facts as opened
from pdqi.ui.page import INVENTED, MEANING, PLACES, ROOT, Page, Place, page_of, provenance
from pdqi.ui.style import plain

_entered: ContextVar[Page | None] = ContextVar("entered", default=None)
"""The page that the frame is drawing in this run, so that no page draws itself without it."""


def run() -> None:
    """Draw the frame, then the page that was asked for."""
    st.set_page_config(
        page_title="pdqi",
        page_icon=str(ROOT / "static" / "icon.png"),
        layout="wide",
        initial_sidebar_state=284,
    )
    current = _navigation()
    place = next(item for item in PLACES if item.title == current.title)
    style.apply()
    try:
        log = opened.current_log()
        if log is not None:
            event_logs.show(place, *log)
            return
        page = _enter(place)
    except PdqiError as error:
        _cannot_open(place, error.problems)
        return
    token = _entered.set(page)
    try:
        current.run()
    finally:
        _entered.reset(token)


def open_page(page_id: str) -> Page:
    """Return what a page may use; one that was run without the frame is sent through it."""
    page = _entered.get()
    if page is not None and page.place.id == page_id:
        return page
    # Streamlit ran the page's file alone. Once the pages are named it runs the frame instead.
    if st.session_state.get("_sent_through_frame"):
        st.error("This page cannot be opened alone. Run app.py: `python3 start.py`.")
        st.stop()
    st.session_state["_sent_through_frame"] = True
    _navigation()
    return st.rerun()


def _navigation() -> st.Page:
    """Name the pages; returns the one that was asked for, the first where none of them was."""
    first = PLACES[0]
    pages = [
        # The first page's address is the bare one, and Streamlit has none other for it. So that its
        # own name leads to it as well, it is there twice, once out of sight.
        st.Page(first.file, title=first.title, url_path="start", default=True),
        st.Page(first.file, title=first.title, url_path=first.id, visibility="hidden"),
        *(page_of(place) for place in PLACES[1:]),
    ]
    return st.navigation(pages, expanded=True)


def _enter(place: Place) -> Page:
    """Draw header and filters; returns what the page may use. Raises `PdqiError`."""
    st.session_state.pop("_sent_through_frame", None)
    facts = opened.current()
    if facts.service.default_period is None:
        raise PdqiError(
            Problem(
                "The store holds no complete month of episodes yet, so there is nothing to show.",
                fix="Load extracts that cover at least one whole month.",
            )
        )
    above = st.container(key="header")
    choice, notices = filters.choose(facts.service, place.id, facts.library, facts.items)
    mode: Mode = "dark" if st.context.theme.type == "dark" else "light"
    page = Page(place, facts, choice, mode)
    with above:
        _header(page, notices)
    return page


def _header(page: Page, notices: tuple[str, ...]) -> None:
    facts = page.facts
    config, manifest = facts.service.config, facts.service.manifest
    if manifest.demonstration:
        with st.container(key="invented"):
            st.markdown(f"**{INVENTED}** {MEANING}")
    st.title(page.place.title, anchor=False)
    with st.container(key="who"):
        st.markdown(plain(f"{config.organisation.name} · {config.pathway.name}"))
    with st.container(key="chosen"):
        st.markdown(plain(filters.in_words(page.choice, facts.service)))
    for notice in notices:
        st.warning(plain(notice))
    with st.container(key="provenance"):
        st.markdown(plain(provenance(facts)))
        if facts.viewer.policy.cleared:
            marking = plain(config.organisation.marking_cleared)
            st.markdown(f"**Exact counts: {marking}**")
        else:
            st.markdown("Small numbers are protected for this view.")
    with st.container(key="link"), st.popover("Copy link"):
        st.markdown("This link spells out everything that is chosen:")
        st.code(filters.full_link(page.choice, page.place.id), language=None, wrap_lines=True)


def _cannot_open(place: Place, problems: tuple[Problem, ...]) -> None:
    """Say what has to be mended before there is anything to show."""
    st.title(place.title, anchor=False)
    st.markdown("The dashboard cannot show anything yet. To mend:")
    for problem in problems:
        st.warning(plain(str(problem)))
    st.markdown(
        "`python3 start.py check` checks the configuration and content; `python3 start.py demo"
        " --store data/store` makes a store of invented data; `python3 start.py load MAPPING --from"
        " FOLDER --store data/store` loads extracts."
    )
