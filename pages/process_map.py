"""Process map: how people move, as designed and as recorded."""

import streamlit as st

from pdqi.ui import maps, open_page, routes, rules

page = open_page("process_map")
st.header("As recorded", anchor="recorded")
maps.recorded(page)
st.header("Routes", anchor="routes")
routes.show(page)
st.header("Rules", anchor="rules")
rules.show(page)
st.header("As designed", anchor="designed")
maps.designed(page)
st.header("Where design and records agree", anchor="compared")
maps.compared(page)
