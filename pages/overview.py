"""Overview: the headline figures, what cannot be measured yet, the data, and the work."""

import streamlit as st

from pdqi.ui import open_ends, open_page, overview

page = open_page("overview")
st.header("Headline figures", anchor="headline")
overview.headline(page)
st.header("Workstreams", anchor="workstreams")
overview.delivery(page)
st.markdown(open_ends.in_words(page))
st.header("What cannot be measured yet", anchor="not-measurable")
overview.not_measurable(page)
st.header("About the data", anchor="data")
overview.data_news(page)
