"""Driver diagram: from the aim to the ideas, as a picture, a list and a table."""

import streamlit as st

from pdqi.ui import drivers, open_page

page = open_page("driver_diagram")
drivers.picture(page)
st.header("The same as a list", anchor="list")
drivers.outline(page)
st.header("The same as a table", anchor="table")
with st.expander("From each idea to its drivers"):
    drivers.links_table(page)
