"""Data quality: where the rows went, which fields are empty, and what cannot be measured."""

import streamlit as st

from pdqi.findings.measurable import EVERY_STATE
from pdqi.ui import gaps, open_page, overview, parts

page = open_page("data_quality")
st.markdown("This page is about everything that was loaded, whatever filters are chosen.")
st.header("Where the rows of each file went", anchor="rows")
gaps.rows_of_files(page)
st.header("Why rows were left out", anchor="reasons")
gaps.reasons(page)
st.header("What was odd about rows that were kept", anchor="oddities")
gaps.oddities(page)
st.header("How complete the fields are", anchor="completeness")
gaps.empty_fields(page)
st.header("What the assessment could measure", anchor="measurable")
parts.table(
    overview.not_measurable(page, EVERY_STATE),
    "measurable",
    "What can be measured, and what cannot",
    numbers=False,
)
st.header("Which figures a gap touches", anchor="touched")
gaps.touched(page)
