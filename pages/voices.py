"""Voices: what patients, carers and staff said, and what stands beside it."""

from pdqi.ui import open_page, thread, voices

page = open_page("voices")
voices.about(page)
thread.choose(page)
voices.show(page)
