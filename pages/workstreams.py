"""Workstreams: what each is for and where it stands."""

import streamlit as st

from pdqi.ui import open_page, people, thread

page = open_page("workstreams")
st.markdown("Progress cannot be entered here yet: this page shows what was published and agreed.")
thread.choose(page)
st.header("The work", anchor="work")
people.workstreams(page)
st.header("The groups", anchor="groups")
people.groups(page)
