"""Finding the row that names the columns: the one, near the top, that has those we look for.

Teams put remarks above their headers and type them in their own way, so a header is known by the
names it holds, not by its place; capitals and blanks make no difference.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from pdqi.config import folded
from pdqi.errors import Problem
from pdqi.ingest.mapping import FileMap

LOOKED_AT = 30
"""How many rows from the top may hold the header."""

Preview = Sequence[tuple[int, Sequence[str]]]
"""The first rows of one way of reading a file: number in the file, and cells."""


@dataclass(frozen=True)
class Header:
    """A header that was found.

    `row` is its number in the file, `names` what its columns are called (each once), `places`
    where each wanted column stands, by its possible names, and `reading` which preview had it.
    """

    reading: int
    row: int
    names: tuple[str, ...]
    places: dict[tuple[str, ...], int]


def plain(name: str) -> str:
    """Return a column's name as it is compared: without capitals, blanks and invisible signs."""
    return re.sub(r"[\s\ufeff\u200b]+", "", folded(name))


def find(
    previews: Sequence[Preview], wanted: FileMap, file: str
) -> tuple[Header | None, list[Problem]]:
    """Return the first row that has every wanted column, or what keeps it from being found."""
    best: tuple[int, int, int, Sequence[str]] = (0, 0, 0, ())
    required = [names for names, optional in wanted.wanted() if not optional]
    for reading, preview in enumerate(previews):
        for row, cells in preview:
            there = {plain(cell) for cell in cells if cell.strip()}
            score = sum(any(plain(name) in there for name in names) for names in required)
            if score > best[0]:
                best = (score, reading, row, cells)
    score, reading, row, cells = best
    if score < len(required) or not required:
        return None, [_not_found(previews, required, best, file)]
    problems = []
    places: dict[tuple[str, ...], int] = {}
    compared = [plain(cell) for cell in cells]
    for names, _ in wanted.wanted():
        hit = next((name for name in names if plain(name) in compared), None)
        if hit is None:
            continue
        places[names] = compared.index(plain(hit))
        if compared.count(plain(hit)) > 1:
            what = f"The column '{hit}' is there more than once."
            problems.append(Problem(what, file, row, fix="Rename or remove one of them."))
    if problems:
        return None, problems
    return Header(reading, row, _unique(cells), places), []


def _not_found(
    previews: Sequence[Preview],
    required: Sequence[tuple[str, ...]],
    best: tuple[int, int, int, Sequence[str]],
    file: str,
) -> Problem:
    """Say which columns lack and what is there instead.

    Cells are quoted only from a row that has one of the names, or where they resemble one: any
    other row could be about a person.
    """
    score, _, row, cells = best
    if not any(preview for preview in previews):
        return Problem("The file has no rows.", file, fix="Export it again.")
    there = {plain(cell) for cell in cells}
    lacking = [names[0] for names in required if not any(plain(name) in there for name in names)]
    seen = [c.strip() for c in cells] if score else [c for p in previews for _, r in p for c in r]
    by_plain = {plain(cell): cell.strip() for cell in seen if 0 < len(cell.strip()) <= 60}
    near = [
        f"'{by_plain[close[0]]}' for '{name}'"
        for name in lacking
        if (close := get_close_matches(plain(name), list(by_plain), n=1, cutoff=0.75))
    ]
    what = f"No header with {_quoted(lacking)} in the first {LOOKED_AT} rows."
    if score:
        what = f"The header lacks {_quoted(lacking)}; it has {_quoted([c for c in seen if c])}."
    fix = f"Perhaps {', '.join(near)}." if near else "Is this the right file for this mapping?"
    return Problem(what, file, row or None, fix=f"{fix} Correct the file or the mapping.")


def _quoted(names: Sequence[str]) -> str:
    shown = [f"'{name[:40]}'" for name in names[:20]]
    return ", ".join(shown) + (f" and {len(names) - 20} more" if len(names) > 20 else "")


def _unique(cells: Sequence[str]) -> tuple[str, ...]:
    """Return the columns' names, each once: a repeated or empty one gets its number."""
    names: list[str] = []
    for position, cell in enumerate(cells, start=1):
        name = cell.strip().lstrip("\ufeff") or f"column {position}"
        names.append(name if name not in names else f"{name} (column {position})")
    return tuple(names)
