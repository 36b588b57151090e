"""Where snapshots are kept: one file each, never changed; remarks stand in a file beside it."""

import json
import os
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pdqi.config import Config
from pdqi.errors import PdqiError, Problem, RequestError
from pdqi.snapshot.frozen import Snapshot

ENDING, REMARKS = ".json", ".remarks.jsonl"
MOST_CHARACTERS = 1_000


@dataclass(frozen=True)
class Remark:
    """What somebody wrote beside a snapshot."""

    at: datetime
    role: str
    text: str


@dataclass(frozen=True)
class Kept:
    """A snapshot as it lies in its folder; `snapshot` is None where its file is damaged."""

    name: str
    snapshot: Snapshot | None
    problem: str
    remarks: tuple[Remark, ...]


def place(store: Path, config: Config, *, demonstration: bool) -> Path:
    """Return the folder for the snapshots of a store, which need not be there yet."""
    if config.snapshots.folder and not demonstration:
        return Path(config.snapshots.folder)
    return store.resolve().parent / f"{store.resolve().name}-snapshots"


def keep(snapshot: Snapshot, folder: Path) -> Path:
    """Keep a snapshot; one that is there already stays as it is. Raises `RequestError`."""
    path = folder / f"{snapshot.id}{ENDING}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            handle, made = tempfile.mkstemp(dir=folder, prefix=".writing-")
            with os.fdopen(handle, "wb") as file:
                file.write(snapshot.as_bytes())
                file.flush()
                os.fsync(file.fileno())
            Path(made).replace(path)
            path.chmod(0o444)
    except OSError as error:
        what = f"The snapshot cannot be kept in {folder}."
        raise RequestError(Problem(what, fix="Let the server write there.")) from error
    return path


def listed(folder: Path) -> tuple[Kept, ...]:
    """Return every snapshot that is kept, the latest first."""
    found = []
    for path in sorted(folder.glob(f"S*{ENDING}"), reverse=True):
        snapshot, problem = None, ""
        try:
            snapshot = Snapshot.read(path.read_bytes(), path.name)
            if path.name != f"{snapshot.id}{ENDING}":
                snapshot, problem = None, "It was changed after it was made."
        except (PdqiError, OSError) as error:
            problem = str(error)
        name = path.name.removesuffix(ENDING)
        found.append(Kept(name, snapshot, problem, _remarks(folder, name)))
    found.sort(key=lambda x: x.snapshot.about.made_at.isoformat() if x.snapshot else "")
    return tuple(reversed(found))


def remark(folder: Path, name: str, role: str, text: str) -> None:
    """Write a remark beside a snapshot; the snapshot stays as it is. Raises `RequestError`."""
    text = " ".join(text.split())
    if not text or len(text) > MOST_CHARACTERS:
        raise RequestError(
            Problem(
                "The remark is empty or too long.", allowed=f"1 to {MOST_CHARACTERS} characters"
            )
        )
    if not (folder / f"{name}{ENDING}").is_file() or Path(name).name != name:
        raise RequestError(Problem(f"There is no snapshot '{name[:60]}'."))
    line = {"at": datetime.now(UTC).isoformat(), "role": role, "text": text}
    with (folder / f"{name}{REMARKS}").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")


def _remarks(folder: Path, name: str) -> tuple[Remark, ...]:
    path = folder / f"{name}{REMARKS}"
    if not path.is_file():
        return ()
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            held = json.loads(line)
            at = datetime.fromisoformat(held["at"])
            found.append(Remark(at, str(held["role"]), str(held["text"])))
        except (ValueError, KeyError, TypeError):
            continue
    return tuple(found)
