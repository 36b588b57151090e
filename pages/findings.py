"""Quantitative findings: the figures of one section, or of all."""

import streamlit as st

from pdqi.ui import open_page, parts, sections

page = open_page("findings")
st.markdown(
    "Dots are values and lines their 95% intervals. Rows stand in a fixed order, which is no"
    " ranking. A diamond or bold name marks what is chosen."
)
for section in sections.chosen(page):
    st.header(section.name, anchor=section.id)
    st.markdown(section.question)
    for kpi in sections.kpis(page, section):
        parts.kpi_card(page, kpi)
