"""Where the rows of each file went, as far as the reader may know.

A row is often a person, so numbers of rows are protected like counts of people.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pdqi.config import Policy
from pdqi.disclosure import rounded
from pdqi.model import SUPPRESSED, Cell
from pdqi.service import Service, Viewer
from pdqi.store.folder import FileAccount


@dataclass(frozen=True)
class Account:
    """Where the rows of one file went, protected."""

    source: str
    file: str
    table: str
    read: Cell
    stored: Cell
    duplicates: Cell
    left_out: Mapping[str, Cell]
    """By reason: a name of `ingest.reasons`."""
    notes: Mapping[str, Cell]
    """Oddities of rows that were kept."""
    first_on: str | None
    last_on: str | None


def accounts(service: Service, viewer: Viewer) -> tuple[Account, ...]:
    """Return where the rows of every loaded file went; a data set's months as one file a table."""
    whole: dict[tuple[str, str], list[FileAccount]] = {}
    for item in service.manifest.accounts:
        whole.setdefault((item.source, item.part or f"file {item.file}"), []).append(item)
    return tuple(_account(_together(items), viewer.policy) for items in whole.values())


def _together(items: Sequence[FileAccount]) -> FileAccount:
    """Return the account of several files as that of one; what is small is protected afterwards."""
    first = items[0]
    if first.part is None:
        return first
    begun = [item.first_on for item in items if item.first_on]
    ended = [item.last_on for item in items if item.last_on]
    files = "1 file" if len(items) == 1 else f"{len(items)} files"
    return replace(
        first,
        file=f"{first.source}: {first.part.replace('_', ' ')} ({files})",
        rows_in_file=sum(item.rows_in_file for item in items),
        stored=sum(item.stored for item in items),
        duplicate_row=sum(item.duplicate_row for item in items),
        reasons=_sums([item.reasons for item in items]),
        notes=_sums([item.notes for item in items]),
        first_on=min(begun, default=None),
        last_on=max(ended, default=None),
    )


def _sums(counts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    names = dict.fromkeys(name for item in counts for name in item)
    return {name: sum(item.get(name, 0) for item in counts) for name in names}


def _account(item: FileAccount, policy: Policy) -> Account:
    parts = {"stored": item.stored, "duplicate_row": item.duplicate_row, **item.reasons}
    protected = _parts(parts, policy)
    stored, duplicates = protected.pop("stored"), protected.pop("duplicate_row")
    notes = {name: _count(count, policy) for name, count in item.notes.items()}
    read = _count(item.rows_in_file, policy)
    return Account(
        item.source, item.file, item.table, read, stored, duplicates, protected, notes,
        item.first_on, item.last_on,
    )  # fmt: skip


def _count(count: int, policy: Policy) -> Cell:
    if policy.cleared:
        return Cell(count)
    if 0 < count < policy.threshold or (policy.hide_zero and count == 0):
        return SUPPRESSED
    return Cell(rounded(count, policy.round_to))


def _parts(parts: Mapping[str, int], policy: Policy) -> dict[str, Cell]:
    """Protect parts of a visible total: one hidden part takes the next smallest with it."""
    cells = {name: _count(count, policy) for name, count in parts.items()}
    hidden = [name for name, cell in cells.items() if cell is SUPPRESSED]
    others = [name for name in parts if name not in hidden and parts[name] > 0]
    if len(hidden) == 1 and others:
        cells[min(others, key=lambda name: (parts[name], name))] = SUPPRESSED
    return cells


def left_out(service: Service, viewer: Viewer) -> dict[str, Cell]:
    """Return how many rows of each table were left out, of all files; none where none was."""
    found: dict[str, int] = {}
    for item in service.manifest.accounts:
        found[item.table] = found.get(item.table, 0) + sum(item.reasons.values())
    return {name: _count(count, viewer.policy) for name, count in found.items()}
