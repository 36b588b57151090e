"""What it means that sources disagree, in words: who says what, and what is counted."""

from dataclasses import dataclass

from pdqi import words
from pdqi.findings.readings import SHORT_STATE
from pdqi.model import Cell
from pdqi.quality.disagreements import Pair
from pdqi.store.disagreements import VERDICTS
from pdqi.store.schema import table

NOUNS = {"episodes": "episode", "treatments": "treatment", "events": "event"}


@dataclass(frozen=True)
class Said:
    """One line about a pair: what the two say, how many there are, and what counts."""

    what: str
    number: str
    counted: str


def lines(pair: Pair) -> tuple[Said, ...]:
    """Return what two sources say, a line for each way in which they agree or do not."""
    noun, first, second = NOUNS[pair.table], f"“{pair.first}”", f"“{pair.second}”"
    said = {
        "agree": ("Both say the same", "one of the two"),
        "differ": (f"Both have the {noun}, and its dates differ", f"what {first} has"),
        "first_only": (f"{first} has the {noun}, {second} does not", f"what {first} has"),
        "second_only": (f"{second} has the {noun}, {first} does not", f"what {second} has"),
    }
    found = []
    for verdict in VERDICTS:
        what, counted = said[verdict]
        found.append(Said(what, _number(pair.counts[verdict]), counted))
        if verdict == "differ":
            found += [
                Said(f"… of these, another day for: {meaning}", _number(pair.fields[name]), "")
                for name, meaning in _dates(pair.table)
                if name in pair.fields
            ]
    return tuple(found)


def sentence(pair: Pair, fewest: int) -> str:
    """Say about how much two sources disagree, from what is shown alone.

    `fewest` is the smallest whole of which a share is said.
    """
    values = {name: cell.value for name, cell in pair.counts.items()}
    shown = [value for value in values.values() if value is not None]
    head = f"{pair.subject}: “{pair.first}” and “{pair.second}”"
    if len(shown) < len(values):
        return f"{head} disagree about some of what they tell of; numbers of few people are hidden."
    whole = sum(shown)
    if whole < fewest:
        return f"{head} tell of too little in common for a share."
    apart = whole - float(values["agree"] or 0)
    return (
        f"{head} disagree about {words.percent(apart / whole)} of the"
        f" {words.count(whole)} {NOUNS[pair.table]}s that either of them tells of."
    )


def _dates(name: str) -> list[tuple[str, str]]:
    """Return a table's dates in the order of care, and what they are in a few words."""
    return [(c.name, c.meaning.split(";")[0]) for c in table(name).columns if c.type == "DATE"]


def _number(cell: Cell) -> str:
    return SHORT_STATE[cell.state] if cell.value is None else words.count(cell.value)
