"""Process map: how people move, as designed, as recorded, and both together."""

import streamlit as st

from pdqi.ui import maps, open_page, routes, rules, step

page = open_page("process_map")
maps.show(page)
st.header("A step of the map", anchor="chosen")
step.show(page)
st.header("Routes", anchor="routes")
routes.show(page)
st.header("Rules", anchor="rules")
rules.show(page)
