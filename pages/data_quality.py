"""Data quality: what is weak and what that does to figures, field by field, and file by file."""

import streamlit as st

from pdqi.ui import open_page, quality

page = open_page("data_quality")
st.markdown(quality.about(page))
for section in quality.chosen(page):
    st.header(section.name, anchor=section.id)
    section.show(page)
