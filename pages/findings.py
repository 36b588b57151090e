"""Quantitative findings: the figures of one section, or of all, in the view that was chosen."""

import streamlit as st

from pdqi.ui import open_page, sections

page = open_page("findings")
st.markdown(sections.about(page))
for section in sections.chosen(page):
    st.header(section.name, anchor=section.id)
    st.markdown(section.question)
    sections.show(page, section)
