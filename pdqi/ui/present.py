"""The topics of the meeting in large type, one on a screen, moved by keyboard or button."""

import streamlit as st

from pdqi.charts.rows import Table
from pdqi.journal import Journal
from pdqi.meeting.agenda import TOPICS, Topic
from pdqi.meeting.news import DIFFERENCE, SAME
from pdqi.ui import hour, parts
from pdqi.ui.filters import TOPIC
from pdqi.ui.page import Page
from pdqi.ui.style import plain

LARGE = """
.stSidebar, [data-testid="stExpandSidebarButton"], .st-key-who, .st-key-link { display: none; }
.stMain .block-container { max-width: none; padding: 2rem 3rem; }
.st-key-presented [data-testid="stMarkdownContainer"] p { font-size: 1.6rem; line-height: 1.4;
  max-width: 70rem; }
.st-key-presented h2 { font-size: 2.6rem; }
.st-key-presented .stTable :is(th, td), .st-key-presented .stTable :is(th, td) p {
  font-size: 1.35rem; line-height: 1.35; }
.st-key-presented .stTable, .st-key-presented .stTable > div { width: 100% !important; }
"""


def show(page: Page, journal: Journal) -> None:
    """Show one topic, with the ways to the one before and the one after."""
    st.html(f"<style>{LARGE}</style>")
    names = [topic.id for topic in TOPICS]
    at = names.index(page.choice.options[TOPIC])
    topic = hour.hour(page, journal).topics[at]
    with st.container(key="presented"):
        st.header(f"{at + 1}. {plain(topic.title)}", anchor=False)
        st.markdown(plain(topic.about))
        for sentence in topic.said:
            st.markdown(plain(sentence))
        parts.table(_large(topic), f"presented_{topic.id}", topic.title, numbers=False)
    with st.container(horizontal=True, key="presenter"):
        st.button(
            "Back",
            on_click=_go,
            args=(names[max(at - 1, 0)],),
            disabled=at == 0,
            shortcut="Left",
            key="topic_before",
        )
        st.button(
            "Next",
            on_click=_go,
            args=(names[min(at + 1, len(names) - 1)],),
            disabled=at == len(names) - 1,
            shortcut="Right",
            key="topic_after",
        )
        st.markdown(f"Topic {at + 1} / {len(names)}")


def _large(topic: Topic) -> Table:
    """Return what fits a screen: of the figures only those that differ."""
    rows = topic.table.rows
    if topic.id == "news":
        rows = tuple(row for row in rows if row[DIFFERENCE] not in SAME)
    return Table(topic.table.columns, rows)


def _go(topic: str) -> None:
    st.session_state[TOPIC] = topic
