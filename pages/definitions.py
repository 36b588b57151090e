"""Definitions: what every figure and word means, and how small numbers are protected."""

import streamlit as st

from pdqi.ui import meanings, open_page

page = open_page("definitions")
st.header("Figures", anchor="figures")
meanings.every_figure(page)
st.header("Case definitions: who is counted", anchor="case-definitions")
meanings.case_definitions(page)
st.header("How small numbers are protected", anchor="protection")
meanings.protection(page)
st.header("Words", anchor="words")
meanings.words(page)
st.header("Sources", anchor="sources")
meanings.sources(page)
