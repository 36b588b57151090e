"""Voices: what patients, carers and staff said."""

from pdqi.ui import open_page, people

people.voices(open_page("voices"))
