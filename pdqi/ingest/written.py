"""How values and remarks are written into a draft: on one line, and safe to read back."""

from collections.abc import Iterable

import yaml

from pdqi.ingest.accounts import shown


def scalar(text: str) -> str:
    """Return a text as one YAML value on one line, quoted where it has to be."""
    dumped = yaml.safe_dump([text], default_flow_style=True, allow_unicode=True, width=100_000)
    return dumped.strip()[1:-1]


def listed(words: Iterable[str]) -> str:
    """Return words as a YAML list on one line."""
    return f"[{', '.join(scalar(word) for word in words)}]"


def quoted(name: str) -> str:
    """Return a column's name as a remark may have it: cut short, without long numbers."""
    return printable(shown(name))


def printable(text: str) -> str:
    """Return a text without signs that would end a remark or that YAML does not take."""
    return "".join(sign if sign.isprintable() else "·" for sign in text)


def rows_said(count: int) -> str:
    """Return a number of rows in words."""
    return f"{count:,} row{'' if count == 1 else 's'}"


def several(count: int, noun: str) -> str:
    """Return how many of something there are, as the start of a sentence."""
    return f"{count:,} {noun}{' is' if count == 1 else 's are'}"
