"""The dashboard. Serve it with `python3 start.py` or `streamlit run app.py`.

`streamlit run` finds `app` below and serves its entry script, which lies in a folder of its own:
beside a folder named `pages`, Streamlit would take the pages for scripts to be run without this
frame until somebody has opened the first page. Run as a script itself, as tests do, this file
draws the same frame.
"""

import streamlit as st
from streamlit import runtime

from pdqi.ui import serving, shell

if runtime.exists():
    shell.run()
else:
    app = st.App(
        serving.ENTRY,
        lifespan=serving.lifespan,
        middleware=serving.middleware(),
        on_script_error=serving.say_sorry,
    )
