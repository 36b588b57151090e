"""Where entries are kept: a table that only grows, in SQLite or PostgreSQL.

The database itself refuses to change or remove an entry. Entries are written one after another,
each in a transaction of its own, so that their numbers are the order in which they were made.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sql
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError

from pdqi.config.parts import JournalPlace
from pdqi.errors import JournalError, Problem
from pdqi.journal.entry import By, Entry

LAYOUT = 1
"""The version of these tables; a journal of a later one is refused, never guessed at."""
PATIENCE = 30
"""Seconds that a writer waits for others."""
PASSWORD = "PDQI_JOURNAL_PASSWORD"
FILE = "journal.sqlite"
_ALONE = 0x70647169
"""The lock of PostgreSQL that whoever writes in the journal holds."""

_tables = sql.MetaData()
_about = sql.Table(
    "journal",
    _tables,
    sql.Column("layout", sql.Integer, nullable=False),
    sql.Column("demonstration", sql.Boolean, nullable=False),
)
_entries = sql.Table(
    "journal_entries",
    _tables,
    sql.Column("number", sql.Integer, primary_key=True, autoincrement=False),
    sql.Column("at", sql.String(40), nullable=False),
    sql.Column("role", sql.Text, nullable=False),
    sql.Column("name", sql.Text, nullable=False),
    sql.Column("kind", sql.Text, nullable=False),
    sql.Column("item", sql.Text, nullable=False, index=True),
    sql.Column("did", sql.Text, nullable=False),
    sql.Column("before", sql.Text),
    sql.Column("after", sql.Text),
    sql.Column("reason", sql.Text, nullable=False),
    sql.Column("token", sql.Text, nullable=False, unique=True),
)
_ONLY_GROWS = {
    "sqlite": tuple(
        f"create trigger if not exists no_{verb} before {verb} on journal_entries"
        " begin select raise(abort, 'The journal only grows.'); end"
        for verb in ("update", "delete")
    ),
    "postgresql": (
        "create or replace function journal_only_grows() returns trigger language plpgsql as"
        " $$ begin raise exception 'The journal only grows.'; end $$",
        "create or replace trigger only_grows before update or delete or truncate on"
        " journal_entries for each statement execute function journal_only_grows()",
    ),
}


class Database:
    """The tables of one journal, open."""

    def __init__(self, engine: sql.Engine, called: str) -> None:
        """Hold an engine; `called` is where it is, for messages, without a password."""
        self.engine = engine
        self.called = called

    @classmethod
    def open(cls, place: JournalPlace, store: Path, *, demonstration: bool) -> "Database":
        """Open the journal, and make it where there is none; raises `JournalError`.

        The journal of invented data lies beside the store whatever `place` says, and neither it
        nor any other is ever taken for the other kind.
        """
        if place.url and not demonstration:
            database = cls(_server(place), _without_user(place.url))
        else:
            folder = beside(store)
            if place.folder and not demonstration:
                folder = Path(place.folder)
            database = cls(_file(folder), str(folder))
        with database._said():
            database._prepare(demonstration)
        return database

    @contextmanager
    def reading(self) -> Iterator[sql.Connection]:
        """Give a connection to read with; raises `JournalError`."""
        with self._said(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sql.Connection]:
        """Give a connection that alone may write; all is kept at its end, or nothing is."""
        with self._said(), self.engine.connect() as connection:
            connection = connection.execution_options(writes=True)
            with connection.begin():
                if self.engine.dialect.name == "postgresql":
                    connection.execute(sql.select(sql.func.pg_advisory_xact_lock(_ALONE)))
                yield connection

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()

    def _prepare(self, demonstration: bool) -> None:
        with self.writing() as connection:
            _tables.create_all(connection)
            for statement in _ONLY_GROWS[self.engine.dialect.name]:
                connection.execute(sql.text(statement))
            found = connection.execute(sql.select(_about)).one_or_none()
            if found is None:
                row = {"layout": LAYOUT, "demonstration": demonstration}
                connection.execute(sql.insert(_about), row)
                return
        if found.layout != LAYOUT:
            raise JournalError(
                Problem(
                    f"The journal in {self.called} is of layout {found.layout}.",
                    allowed=f"layout {LAYOUT}",
                    fix="Use the version of this software that wrote it, or a later one.",
                )
            )
        if found.demonstration != demonstration:
            holds, has = ("invented", "real") if found.demonstration else ("real", "invented")
            raise JournalError(
                Problem(
                    f"The journal in {self.called} belongs to {holds} data, and this store holds"
                    f" {has} data. The two are never mixed.",
                    fix="Name another place under 'journal' in config.yaml.",
                )
            )

    @contextmanager
    def _said(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, OSError) as error:
            # What the driver says may hold an address or what somebody typed: it is not shown.
            raise JournalError(
                Problem(
                    f"The journal in {self.called} could not be used ({type(error).__name__}).",
                    fix="Nothing was entered. Try again; if it stays so, see docs/operation.md.",
                )
            ) from error


def beside(store: Path) -> Path:
    """Return the folder beside a store in which its journal lies unless config says otherwise."""
    return store.resolve().parent / f"{store.resolve().name}-journal"


def remove_invented(store: Path) -> None:
    """Remove the journal of a store of invented data, which nobody else wrote in."""
    for path in beside(store).glob(f"{FILE}*"):
        path.unlink()


def _file(folder: Path) -> sql.Engine:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        what = f"The folder {folder} for the journal cannot be made."
        fix = "Name another one under 'journal' in config.yaml."
        raise JournalError(Problem(what, fix=fix)) from error
    engine = sql.create_engine(
        sql.URL.create("sqlite", database=str(folder / FILE)),
        connect_args={"timeout": PATIENCE, "check_same_thread": False},
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _: Any) -> None:
        # Transactions are begun below: Python's driver would begin them too late.
        connection.isolation_level = None
        connection.execute("pragma journal_mode = wal")
        # A confirmed entry is on the disk, whatever happens to the machine afterwards.
        connection.execute("pragma synchronous = full")

    @event.listens_for(engine, "begin")
    def _begun(connection: sql.Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("begin immediate" if writes else "begin")

    return engine


def _server(place: JournalPlace) -> sql.Engine:
    parts = urlsplit(place.url or "")
    address = sql.URL.create(
        "postgresql+pg8000",
        username=parts.username,
        password=os.environ.get(PASSWORD) or None,
        host=parts.hostname,
        port=parts.port,
        database=parts.path.strip("/"),
    )
    return sql.create_engine(
        address,
        connect_args={"ssl_context": place.tls or None, "timeout": PATIENCE},
        pool_size=8,
        max_overflow=24,
        pool_pre_ping=True,
        hide_parameters=True,
    )


def _without_user(url: str) -> str:
    return url.partition("@")[2] or url


def last(connection: sql.Connection) -> int:
    """Return the number of the last entry; 0 where there is none."""
    return int(connection.scalar(sql.select(sql.func.max(_entries.c.number))) or 0)


def entries(
    connection: sql.Connection, *, after: int = 0, item: str | None = None
) -> tuple[Entry, ...]:
    """Return entries in their order: those after a number, and of one item where it is named."""
    asked = sql.select(_entries).where(_entries.c.number > after).order_by(_entries.c.number)
    if item is not None:
        asked = asked.where(_entries.c.item == item)
    return tuple(_entry(row) for row in connection.execute(asked).mappings())


def of_token(connection: sql.Connection, token: str) -> Entry | None:
    """Return the entry that a form led to; None where it led to none yet."""
    asked = sql.select(_entries).where(_entries.c.token == token)
    row = connection.execute(asked).mappings().one_or_none()
    return None if row is None else _entry(row)


def append(connection: sql.Connection, new: Sequence[Entry]) -> None:
    """Add entries."""
    if new:
        connection.execute(sql.insert(_entries), [_row(entry) for entry in new])


def _row(entry: Entry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "role": entry.by.role,
        "name": entry.by.name,
        "kind": entry.kind,
        "item": entry.item,
        "did": entry.did,
        "before": as_json(entry.before),
        "after": as_json(entry.after),
        "reason": entry.reason,
        "token": entry.token,
    }


def _entry(row: Mapping[Any, Any]) -> Entry:
    return Entry(
        number=row["number"],
        at=datetime.fromisoformat(row["at"]),
        by=By(row["role"], row["name"]),
        kind=row["kind"],
        item=row["item"],
        did=row["did"],
        before=None if row["before"] is None else json.loads(row["before"]),
        after=None if row["after"] is None else json.loads(row["after"]),
        reason=row["reason"],
        token=row["token"],
    )


def as_json(values: Mapping[str, Any] | None) -> str | None:
    """Return plain values as JSON, always the same for the same values."""
    if values is None:
        return None
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
