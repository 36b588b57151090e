"""What columns tend to be called, what words in them mean (`headings.yaml`), and likeness to it."""

import re
import unicodedata
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path

from pydantic import Field

from pdqi.errors import LoadError
from pdqi.yamlfile import Frozen, read

FILE = Path(__file__).with_name("headings.yaml")
Names = tuple[str, ...]


class Headings(Frozen):
    """Everything in `headings.yaml`; `words` stand under a column and one of its values."""

    short: dict[str, str]
    columns: dict[str, Names]
    admissions: Names
    tables: dict[str, Names]
    kinds: dict[str, Names]
    words: dict[str, dict[str, Names]]
    empty: Names = Field(min_length=1)
    open: Names = Field(min_length=1)


@cache
def headings() -> Headings:
    """Return the file's content; raises `LoadError` where somebody has broken it."""
    found, _, problems = read(FILE, Headings)
    if found is None or problems:
        raise LoadError(problems)
    return found


def worded(name: str) -> tuple[str, ...]:
    """Return a name's words: no capitals, accents or signs; `ClientID` is two words, `RiO` one."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])|(?<=[a-z]{2})(?=[A-Z])", " ", name)
    plain = unicodedata.normalize("NFKD", apart).casefold()
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return tuple(re.findall(r"[^\W_]+", plain))


@cache
def likeness(name: str, column: str) -> float:
    """Return how much a file's column name resembles the known ones of a column: 0 to 1."""
    return max((_alike(name, known) for known in headings().columns.get(column, ())), default=0.0)


@cache
def _alike(name: str, known: str) -> float:
    """Return 1 for the same words, less where the name has more, or where letters differ."""
    words, wanted = _in_full(name), _in_full(known)
    if not words:
        return 0.0
    if "".join(words) == "".join(wanted):
        return 1.0
    if set(wanted) <= set(words):
        return 0.55 + 0.4 * len(wanted) / len(words)
    ratio = SequenceMatcher(None, " ".join(words), " ".join(wanted)).ratio()
    return 0.8 * ratio if ratio >= 0.85 else 0.0


def _in_full(name: str) -> tuple[str, ...]:
    """Return a name's words, each in the form that `short` gives for it."""
    return tuple(headings().short.get(word, word) for word in worded(name))


def meaning(word: str, column: str) -> str | None:
    """Return the value that a word of a column stands for, None where it is not known."""
    folded = " ".join(word.casefold().split())
    values = headings().words.get(column, {})
    return next((v for v, known in values.items() if folded == v or folded in known), None)
