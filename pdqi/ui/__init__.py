"""The pages' frame and parts: the only place that knows Streamlit, beside `app.py` and `pages`."""

from pdqi.ui.shell import open_page

__all__ = ["open_page"]
