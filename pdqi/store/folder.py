"""The store as a folder: versions that are complete or absent, and the one that is current.

    STORE/CURRENT                    the name of the current version
    STORE/versions/<version>/        one parquet file a table, and manifest.json
    STORE/versions/<version>/derived/<digest>/   what is worked out once from a version and config

A version is written beside the others and becomes current by one atomic rename, so a load is all
or nothing. Its name is the hash of its tables: the same data give the same version.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pdqi.errors import Problem, StoreError
from pdqi.store.schema import TABLES

LAYOUT = 1
"""The version of this layout; a store of another one is refused, never guessed at."""

KEPT_VERSIONS = 12
TABLE_NAMES = tuple(item.name for item in TABLES)


@dataclass(frozen=True)
class FileAccount:
    """Where the rows of one source file went: stored, duplicate, or quarantined by reason."""

    source: str
    file: str
    table: str
    rows_in_file: int
    stored: int
    duplicate_row: int
    reasons: dict[str, int]
    """Rows left out, by reason; those that a later submission superseded stand here as well."""
    notes: dict[str, int] = field(default_factory=dict)
    """Oddities of rows that were kept, such as unknown codes that no figure needs."""
    first_on: str | None = None
    """Earliest date of something done or recorded among the stored rows, ISO."""
    last_on: str | None = None
    """Latest such date, ISO. Dates to come are not left out: a slip of the pen shows here."""
    part: str | None = None
    """Which table of a data set it is a month of; such files are many, and read together."""

    @property
    def adds_up(self) -> bool:
        """Whether every row ended in exactly one place."""
        return self.rows_in_file == self.stored + self.duplicate_row + sum(self.reasons.values())


@dataclass(frozen=True)
class Sending:
    """One load of a source as the ledger keeps it: later ones replace its rows and not this."""

    source: str
    name: str
    load_id: str
    loaded_at: str
    """When, ISO, UTC."""
    files: tuple[tuple[str, str], ...]
    """Each file's name and the SHA-256 of its bytes."""
    accounts: tuple[FileAccount, ...]
    version: str = ""
    """The version that it made."""


@dataclass(frozen=True)
class Manifest:
    """What a version holds and where it came from."""

    version: str
    loaded_at: str
    data_from: str | None
    """First day of the first complete month of the data, ISO; None for an empty store."""
    data_to: str | None
    """Last day of the last complete month of the data, ISO."""
    demonstration: bool
    rows: dict[str, int]
    hashes: dict[str, str]
    accounts: tuple[FileAccount, ...]
    covers: dict[str, tuple[str, str]] = field(default_factory=dict)
    """First and last day, ISO, that sources themselves say they cover; the others are judged."""
    kind: str = "trust"
    """What the tables are: those of a trust's records, or an event log's."""
    sendings: tuple[Sending, ...] = ()
    """The ledger: every load of every source into this store, the oldest first."""
    layout: int = LAYOUT

    @property
    def first_day(self) -> date | None:
        """`data_from` as a date."""
        return date.fromisoformat(self.data_from) if self.data_from else None

    @property
    def last_day(self) -> date | None:
        """`data_to` as a date."""
        return date.fromisoformat(self.data_to) if self.data_to else None

    def to_json(self) -> str:
        """Return the manifest as it is kept in `manifest.json`."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Manifest":
        """Read what `to_json` wrote; raises `StoreError` for anything else."""
        try:
            data: dict[str, Any] = json.loads(text)
            if data.get("layout") != LAYOUT:
                raise StoreError(
                    Problem(
                        f"The store has layout {data.get('layout')}; this software reads {LAYOUT}.",
                        fix="Load the extracts again into a new folder.",
                    )
                )
            accounts = _accounts(data.pop("accounts"))
            sendings = tuple(
                Sending(
                    **sending
                    | {
                        "files": tuple((name, digest) for name, digest in sending["files"]),
                        "accounts": _accounts(sending["accounts"]),
                    }
                )
                for sending in data.pop("sendings", ())
            )
            covers = {name: (first, last) for name, (first, last) in data.pop("covers", {}).items()}
            return cls(accounts=accounts, covers=covers, sendings=sendings, **data)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise StoreError(
                Problem("The store's manifest is damaged.", fix="Load the extracts again.")
            ) from error


def _accounts(given: list[dict[str, Any]]) -> tuple[FileAccount, ...]:
    return tuple(FileAccount(**account) for account in given)


def current(store: Path) -> Path:
    """Return the folder of the current version; raises `StoreError` where there is none."""
    pointer = store / "CURRENT"
    try:
        folder = store / "versions" / pointer.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(
            Problem(
                f"There is no store at '{store.name}'.",
                fix="Make one with 'load' (your extracts) or 'demo' (invented data).",
            )
        ) from error
    if not (folder / "manifest.json").is_file():
        raise StoreError(
            Problem("The store's current version is missing.", fix="Load the extracts again.")
        )
    return folder


def manifest(version: Path) -> Manifest:
    """Return the manifest of a version folder."""
    return Manifest.from_json((version / "manifest.json").read_text(encoding="utf-8"))


@contextmanager
def new_version(store: Path) -> Iterator[Path]:
    """Give an empty folder to write a version into; it is removed unless `publish` took it."""
    versions = store / "versions"
    versions.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".writing-", dir=versions))
    try:
        yield folder
    finally:
        if folder.exists():
            shutil.rmtree(folder, ignore_errors=True)


def publish(
    store: Path,
    folder: Path,
    *,
    rows: dict[str, int],
    accounts: tuple[FileAccount, ...],
    data_from: date | None,
    data_to: date | None,
    demonstration: bool,
    covers: Mapping[str, tuple[date, date]] = MappingProxyType({}),
    kind: str = "trust",
    tables: Sequence[str] = TABLE_NAMES,
    sendings: Sequence[Sending] = (),
) -> tuple[Manifest, bool]:
    """Make a written folder the current version, by one atomic rename.

    `sendings` is the ledger so far and the new one, which gets the version's name; the ledger has
    no part in that name.

    Returns the manifest and whether anything changed: the same tables and accounts as the
    current version leave the store untouched, its date included.
    """
    missing = [name for name in tables if not (folder / f"{name}.parquet").is_file()]
    if missing:
        raise StoreError(Problem(f"The new version lacks {', '.join(missing)}."))
    hashes = {name: file_hash(folder / f"{name}.parquet") for name in tables}
    extra = sorted(path for path in folder.iterdir() if path.stem not in hashes)
    hashes |= {path.name: file_hash(path) for path in extra if path.is_file()}
    said = json.dumps([hashes, [asdict(account) for account in accounts]], sort_keys=True)
    version = hashlib.sha256(said.encode()).hexdigest()[:12]
    target = store / "versions" / version
    if _is_current(store, version):
        return manifest(target), False
    made = Manifest(
        version=version,
        loaded_at=datetime.now(UTC).isoformat(timespec="seconds"),
        data_from=data_from.isoformat() if data_from else None,
        data_to=data_to.isoformat() if data_to else None,
        demonstration=demonstration,
        rows=rows,
        hashes=hashes,
        accounts=accounts,
        covers={name: (a.isoformat(), b.isoformat()) for name, (a, b) in covers.items()},
        kind=kind,
        sendings=tuple(
            item if item.version else replace(item, version=version) for item in sendings
        ),
    )
    (folder / "manifest.json").write_text(made.to_json(), encoding="utf-8")
    for path in folder.iterdir():
        _flush(path)
    folder.chmod(0o755)  # A temporary folder is made for its owner alone.
    if target.exists():
        shutil.rmtree(target)
    folder.rename(target)
    _point_to(store, version)
    _forget_old(store, version)
    return made, True


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _flush(path: Path) -> None:
    """See a file onto the disk, so that a power cut cannot leave a version that lacks it."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _is_current(store: Path, version: str) -> bool:
    try:
        return current(store).name == version
    except StoreError:
        return False


def _point_to(store: Path, version: str) -> None:
    handle, name = tempfile.mkstemp(prefix=".current-", dir=store)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(version + "\n")
        file.flush()
        os.fsync(file.fileno())
    Path(name).chmod(0o644)
    Path(name).replace(store / "CURRENT")


def _forget_old(store: Path, version: str) -> None:
    """Remove all but the newest versions; the current one always stays."""
    others = [
        path
        for path in (store / "versions").iterdir()
        if path.name != version and not path.name.startswith(".")
    ]
    others.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for path in others[KEPT_VERSIONS - 1 :]:
        shutil.rmtree(path, ignore_errors=True)
