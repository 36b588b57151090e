"""The script that the server runs for each visitor and each change: the frame, then the page."""

from pdqi.ui import shell

shell.run()
