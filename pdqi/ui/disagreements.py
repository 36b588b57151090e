"""The part of the Data quality page about several sources that tell of the same things."""

import streamlit as st

from pdqi.charts.rows import Table
from pdqi.findings import disagreements as said
from pdqi.quality import disagreements
from pdqi.ui import files, parts
from pdqi.ui.page import Page
from pdqi.ui.style import plain


def show(page: Page) -> None:
    """Show where sources disagree, in words and numbers, and which of them counts."""
    viewer = page.facts.viewer
    pairs: tuple[disagreements.Pair, ...] = parts.kept(
        parts.drawn(page, "disagreements"),
        lambda: disagreements.pairs(page.facts.service, viewer),
    )
    if not pairs:
        st.markdown(
            "No two sources are said to tell of the same things, so every row of every source"
            " counts. Which do, and which of them is believed, is set under `overlaps` in"
            " `config.yaml`."
        )
        return
    for place, pair in enumerate(pairs):
        st.markdown(plain(said.sentence(pair, viewer.policy.fewest_people)))
        lines = tuple((line.what, line.number, line.counted) for line in said.lines(pair))
        names = f"{pair.subject}: {pair.first} and {pair.second}"
        content = Table(("What they say", "Number", "What counts"), lines)
        parts.table(content, f"disagreements_{place}", names, numbers=False)
    everything = Table(
        ("Subject", "First source", "Second source", "What they say", "Number", "What counts"),
        tuple(
            (pair.subject, pair.first, pair.second, line.what, line.number, line.counted)
            for pair in pairs
            for line in said.lines(pair)
        ),
    )
    files.offer(page, "disagreements", lambda: files.of_table(page, everything))
    st.markdown(
        "Only days are compared within which both sources tell of something. The rows themselves"
        " are in the report of the load, for those who have the files."
    )
    if not viewer.policy.cleared:
        st.markdown(parts.protection_note(page))
