"""Where sources that tell of the same things disagree: the table of a version that keeps it."""

FILE = "disagreements"
VERDICTS = ("agree", "differ", "first_only", "second_only")
COLUMNS = (
    "overlap varchar, about varchar, first varchar, second varchar, verdict varchar, "
    "fields varchar[], team varchar, person_key integer, "
    "first_file varchar, first_row integer, second_file varchar, second_row integer"
)
"""A row for each thing that one or both of two sources tell of; the first source is believed."""
