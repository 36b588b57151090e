"""The nouns of the journal: what is handed in, what is kept, and what stands after it.

An entry is never changed. What stands is worked out from the entries, one after the other.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Generic, Literal, TypeVar

from pdqi.journal.items import KINDS
from pdqi.journal.kind import Kind

K = TypeVar("K", bound=Kind)
Did = Literal["created", "changed", "undone"]


@dataclass(frozen=True)
class By:
    """Who enters something: the reader's role, and the role in the work that they gave."""

    role: str
    name: str = ""
    """A role such as "Service Manager", typed by the person; never a name."""


@dataclass(frozen=True)
class Draft:
    """What somebody wants to enter: a new item of a kind, or a change to one."""

    kind: str
    values: Mapping[str, Any]
    item: str | None = None
    """The id of the item that is changed; None for a new one."""
    revision: int | None = None
    """The number of the entry that the form was drawn from; None where nobody looked at it."""
    reason: str = ""
    token: str = ""
    """Made when the form was drawn: the same token twice is one entry."""


@dataclass(frozen=True)
class Entry:
    """One thing that was entered; `before` and `after` are what the item says, in plain values."""

    number: int
    at: datetime
    by: By
    kind: str
    item: str
    did: Did
    before: Mapping[str, Any] | None
    """None where the item was not there."""
    after: Mapping[str, Any] | None
    """None where the item is there no more: its first entry was undone."""
    reason: str
    token: str


@dataclass(frozen=True)
class Item(Generic[K]):
    """An item as it stands, with the entry that made it say so."""

    id: str
    value: K
    revision: int
    """The number of that entry."""
    at: datetime
    by: By


@dataclass(frozen=True)
class Crossed:
    """A field that somebody else changed after a form was drawn: what it was, theirs, and mine."""

    field: str
    label: str
    was: str
    theirs: str
    mine: str
    """What stands now."""
    entry: Entry


@dataclass(frozen=True)
class Entered:
    """What came of a draft."""

    item: str
    entry: Entry
    repeated: bool
    """Whether the same form had been entered before: nothing was entered a second time."""
    crossed: tuple[Crossed, ...] = ()


@dataclass(frozen=True)
class Standing:
    """Every item as it stands after an entry."""

    last: int = 0
    """The number of that entry; 0 before the first."""
    items: Mapping[str, Item[Any]] = field(default_factory=lambda: MappingProxyType({}))
    """In the order in which they were created."""
    numbers: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """How many items of each kind there ever were."""

    def of(self, kind: type[K]) -> tuple[Item[K], ...]:
        """Return the items of a kind in the order in which they were created."""
        return tuple(item for item in self.items.values() if isinstance(item.value, kind))

    def item(self, item: str) -> Item[Any] | None:
        """Return an item; None where there is none of this id, or no more."""
        return self.items.get(item)

    def after(self, entries: Iterator[Entry] | tuple[Entry, ...]) -> "Standing":
        """Return what stands when these entries have followed."""
        items, numbers, last = dict(self.items), dict(self.numbers), self.last
        for entry in entries:
            last = entry.number
            if entry.did == "created":
                numbers[entry.kind] = numbers.get(entry.kind, 0) + 1
            if entry.after is None:
                items.pop(entry.item, None)
            else:
                value = KINDS[entry.kind].model_validate(entry.after)
                items[entry.item] = Item(entry.item, value, entry.number, entry.at, entry.by)
        return Standing(last, MappingProxyType(items), MappingProxyType(numbers))
