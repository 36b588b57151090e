"""Driver diagram: from the aim to the ideas, the thread of any box, and what is left open."""

import streamlit as st

from pdqi.ui import drivers, open_ends, open_page, thread

page = open_page("driver_diagram")
drivers.picture(page)
thread.choose(page)
st.header("The same as a list", anchor="list")
drivers.outline(page)
st.header("Open ends", anchor="open")
open_ends.show(page)
st.header("The same as a table", anchor="table")
with st.expander("From each idea to its drivers"):
    drivers.links_table(page)
