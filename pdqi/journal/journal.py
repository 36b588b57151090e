"""The journal: who entered what when; what stands now is worked out from it, and never stored.

Two people who save the same item both have their entry. What each changed stands; where both
changed the same field the later one stands, and is told.
"""

import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import sqlalchemy as sql

from pdqi.config import Config, Permission
from pdqi.content import Library
from pdqi.errors import EntryError, NotAllowedError, Problem
from pdqi.journal import database
from pdqi.journal.checking import Known, checked
from pdqi.journal.database import Database
from pdqi.journal.entry import (
    By,
    Crossed,
    Draft,
    Entered,
    Entry,
    Standing,
)
from pdqi.journal.items import KINDS, Meeting
from pdqi.journal.kind import Kind, fields_of, value_in_words


def _now() -> datetime:
    return datetime.now(UTC)


class Journal:
    """One journal, open; any number of threads and processes may use it at once."""

    def __init__(
        self,
        kept_in: Database,
        config: Config,
        known: Known,
        now: Callable[[], datetime] = _now,
    ) -> None:
        """Read and write what is kept in a database; `now` is the clock."""
        self._database = kept_in
        self._config = config
        self._known = known
        self._now = now
        self._standing = Standing()
        self._past: dict[int, Standing] = {}
        self._lock = threading.Lock()

    @classmethod
    def open(
        cls,
        config: Config,
        store: Path,
        library: Library | None,
        kpi_ids: Collection[str],
        *,
        demonstration: bool,
        now: Callable[[], datetime] = _now,
    ) -> "Journal":
        """Open the journal that belongs to a store, made where there is none.

        Raises `JournalError` where it cannot be reached, or belongs to another kind of data.
        """
        kept_in = Database.open(config.journal, store, demonstration=demonstration)
        return cls(kept_in, config, Known(library, frozenset(kpi_ids)), now)

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def may(self, role: str, permission: Permission) -> str | None:
        """Return None where a role may do something, else the sentence that says which may."""
        return self._config.refusal(role, permission)

    def standing(self) -> Standing:
        """Return every item as it stands now; raises `JournalError`."""
        with self._database.reading() as connection:
            return self._caught_up(connection)

    def at(self, number: int) -> Standing:
        """Return every item as it stood after an entry."""
        with self._lock:
            if number in self._past:
                return self._past[number]
        standing = Standing().after(tuple(x for x in self.entries() if x.number <= number))
        with self._lock:
            # What stood after an entry never changes; a page asks for the last meeting's alone.
            self._past = {number: standing}
        return standing

    def history(self, item: str) -> tuple[Entry, ...]:
        """Return every entry about an item, the oldest first."""
        with self._database.reading() as connection:
            return database.entries(connection, item=item)

    def entries(self, after: int = 0) -> tuple[Entry, ...]:
        """Return every entry after a number, the oldest first."""
        with self._database.reading() as connection:
            return database.entries(connection, after=after)

    def enter(self, by: By, draft: Draft) -> Entered:
        """Enter a new item or a change; returns when it is kept.

        Raises `EntryError` with everything that is wrong, `NotAllowedError` and `JournalError`; in
        each case nothing was entered.
        """
        (entered,) = self.enter_all(by, (draft,))
        return entered

    def enter_all(self, by: By, drafts: Sequence[Draft]) -> tuple[Entered, ...]:
        """Enter several drafts, all of them or none."""
        done: list[Entered] = []
        problems: list[Problem] = []
        with self._writing() as (connection, standing):
            new: list[Entry] = []
            for draft in drafts:
                draft = replace(draft, token=draft.token or uuid4().hex)
                repeated = database.of_token(connection, draft.token)
                if repeated is not None:
                    done.append(self._again(repeated, by, draft))
                    continue
                try:
                    wanted, crossed = self._merged(connection, draft, standing)
                    entry = self._made(by, wanted, standing)
                except EntryError as error:
                    problems += error.problems
                    continue
                standing = standing.after((entry,))
                new.append(entry)
                done.append(Entered(entry.item, entry, repeated=False, crossed=crossed))
            if problems:
                raise EntryError(problems)
            database.append(connection, new)
        return tuple(done)

    def undo(self, by: By, number: int, reason: str = "", token: str = "") -> Entered:
        """Undo the last entry about an item by a new one, which makes it say what it said before.

        Raises `EntryError` where the entry is not the last one about its item.
        """
        token = token or uuid4().hex
        with self._writing() as (connection, standing):
            repeated = database.of_token(connection, token)
            if repeated is not None:
                return Entered(repeated.item, repeated, repeated=True)
            found = [
                x for x in database.entries(connection, after=number - 1) if x.number == number
            ]
            if not found:
                raise EntryError(Problem(f"There is no entry {number}."))
            undone = found[0]
            kind = KINDS[undone.kind]
            self._allowed(by, kind, undone.before, undone.after)
            later = database.entries(connection, after=number, item=undone.item)
            if later:
                what = f"{undone.item} was changed again after entry {number}."
                fix = f"Undo entry {later[-1].number} first, or enter a change."
                raise EntryError(Problem(what, fix=fix))
            entry = Entry(
                standing.last + 1,
                self._now(),
                by,
                undone.kind,
                undone.item,
                "undone",
                undone.after,
                undone.before,
                reason.strip(),
                token,
            )
            database.append(connection, (entry,))
        return Entered(entry.item, entry, repeated=False)

    @contextmanager
    def _writing(self) -> Iterator[tuple[sql.Connection, Standing]]:
        with self._database.writing() as connection:
            yield connection, self._caught_up(connection)

    def _caught_up(self, connection: sql.Connection) -> Standing:
        """Return what stands, with the entries that others made meanwhile."""
        with self._lock:
            standing = self._standing
        if database.last(connection) == standing.last:
            return standing
        standing = standing.after(database.entries(connection, after=standing.last))
        with self._lock:
            if standing.last > self._standing.last:
                self._standing = standing
        return standing

    def _made(self, by: By, draft: Draft, standing: Standing) -> Entry:
        """Return the entry that a draft leads to."""
        value, now = checked(draft, by, standing, self._known, self._now().astimezone().date())
        before = now.value.model_dump(mode="json") if now else None
        after = value.model_dump(mode="json")
        self._allowed(by, type(value), before, after)
        if before == after:
            raise EntryError(Problem("Nothing was changed.", fix="Change a field, or leave it."))
        item = now.id if now else _id_of(value, standing)
        return Entry(
            standing.last + 1,
            self._now(),
            by,
            draft.kind,
            item,
            "changed" if now else "created",
            before,
            after,
            draft.reason.strip(),
            draft.token,
        )

    def _merged(
        self, connection: sql.Connection, draft: Draft, standing: Standing
    ) -> tuple[Draft, tuple[Crossed, ...]]:
        """Return a draft with what others changed since its form was drawn, and what that was."""
        item = standing.item(draft.item or "")
        kind = KINDS.get(draft.kind)
        if item is None or kind is None or not isinstance(item.value, kind):
            return draft, ()
        now = item.value.model_dump(mode="json")
        if draft.revision is None or draft.revision >= item.revision:
            return replace(draft, values={**now, **draft.values}), ()
        since = database.entries(connection, item=item.id)
        drawn = next((x.after for x in since if x.number == draft.revision), None) or now
        other = next(x for x in reversed(since) if x.number == item.revision)
        values, crossed = {**now, **draft.values}, []
        for field in fields_of(kind):
            was, theirs = drawn.get(field.name), now.get(field.name)
            if theirs == was:
                continue
            if _same(draft.values.get(field.name), was):
                values[field.name] = theirs
            mine = values[field.name]
            told = [value_in_words(field, each) for each in (was, theirs, mine)]
            crossed.append(Crossed(field.name, field.label, told[0], told[1], told[2], other))
        return replace(draft, values=values), tuple(crossed)

    def _allowed(
        self,
        by: By,
        kind: type[Kind],
        before: Mapping[str, Any] | None,
        after: Mapping[str, Any] | None,
    ) -> None:
        needed = kind.needs
        if kind is Meeting and before and after and before["state"] != after["state"]:
            needed = Permission.CLOSE_MEETING
        refused = self.may(by.role, needed)
        if refused:
            raise NotAllowedError(refused)

    def _again(self, entry: Entry, by: By, draft: Draft) -> Entered:
        if (entry.by.role, entry.kind) != (by.role, draft.kind):
            raise EntryError(Problem("This form was used before.", fix="Load the page again."))
        return Entered(entry.item, entry, repeated=True)


def _id_of(value: Kind, standing: Standing) -> str:
    """Return the id of a new item: its letter and what there is one of each, or a number."""
    kind = type(value)
    if kind.one_per:
        return "-".join((kind.letter, *(str(getattr(value, name)) for name in kind.one_per)))
    return f"{kind.letter}{standing.numbers.get(kind.kind, 0) + 1}"


def _same(given: Any, was: Any) -> bool:
    """Whether a form left a field as it was drawn."""
    if isinstance(given, date):
        given = given.isoformat()
    if isinstance(given, tuple):
        given = list(given)
    return (given or None) == (was or None)
