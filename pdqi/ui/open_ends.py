"""What is unfinished between what was found and what is done: counted, and each as a link."""

from collections.abc import Mapping

import streamlit as st

from pdqi.charts.rows import Table
from pdqi.content.open_ends import OpenEnd, open_ends
from pdqi.findings.thread import name_of, words_joined
from pdqi.ui import parts, thread
from pdqi.ui.page import Page
from pdqi.ui.style import plain


def by_what(page: Page) -> Mapping[str, tuple[OpenEnd, ...]]:
    """Return the open ends of threads by what is open, in the order of the content."""
    library = page.facts.library
    found: dict[str, tuple[OpenEnd, ...]] = {}
    for end in open_ends(library) if library else ():
        if not end.of_the_map and not end.ref.startswith("measurability:"):
            said = page.fill(end.what)
            found[said] = (*found.get(said, ()), end)
    return found


def show(page: Page) -> None:
    """Show how many ends are open and which; those of the map and of the data in a sentence."""
    library = page.facts.library
    if library is None:
        return
    found = by_what(page)
    if not found:
        st.markdown("No end is open: everything that was found leads to work that is measured.")
        return
    st.markdown(in_words(page))
    labels = page.facts.labels
    rows = tuple(
        (what, str(len(ends)), "; ".join(name_of(end.ref, library, labels) for end in ends))
        for what, ends in found.items()
    )
    parts.table(
        Table(("What is open", "How many", "Where"), rows), "open", "Open ends", numbers=False
    )
    with st.expander("Each open end, with its thread"):
        for what, ends in found.items():
            with st.container(gap=None):
                st.markdown(f"**{plain(what)}**")
                for end in ends:
                    thread.link(page, end.ref, plain(thread.called(page, library, end.ref)))


def in_words(page: Page) -> str:
    """Return how many ends of threads are open, and what is unfinished besides, in sentences."""
    library = page.facts.library
    if library is None:
        return ""
    every = open_ends(library)
    ends = sum(len(each) for each in by_what(page).values())
    on_map = sum(end.of_the_map for end in every)
    undated = sum(end.ref.startswith("measurability:") for end in every)
    besides = [f"{on_map} steps and routes of the map are to be confirmed"] if on_map else []
    if undated:
        besides.append(f"{undated} gaps in the data have no date by which they close")
    told = f" Besides, {words_joined(besides)}." if besides else ""
    return f"{ends} {'end is' if ends == 1 else 'ends are'} open between findings and work.{told}"
