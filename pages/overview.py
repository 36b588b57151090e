"""Overview: this month for the oversight group, the meeting itself, and past meetings."""

from pdqi.ui import meeting, open_page

page = open_page("overview")
meeting.show(page)
