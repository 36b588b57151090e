"""Workstreams: where each stands; actions, decisions, risks and issues; everything entered."""

import streamlit as st

from pdqi.ui import open_page, people, thread, work

page = open_page("workstreams")
work.part(page)
if page.choice.options["part"] == "work":
    thread.choose(page)
    st.header("The groups", anchor="groups")
    people.groups(page)
