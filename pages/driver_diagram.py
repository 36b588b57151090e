"""driver_diagram."""

import streamlit as st

from pdqi.ui import open_page

page = open_page("driver_diagram")
st.write(page.choice.scope.key)
st.table({"a": ["b"], "c": ["1"]})
