"""Snapshots: freeze the figures, take their files, compare, and prove what was shown."""

import streamlit as st

from pdqi.ui import open_page, snapshots

page = open_page("snapshots")
st.header("Make a snapshot", anchor="make")
snapshots.make_one(page)
st.header("Kept snapshots", anchor="kept")
snapshots.kept(page)
