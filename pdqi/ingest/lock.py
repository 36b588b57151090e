"""One load at a time: a lock that the operating system lets go of, however a load ends."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from pdqi.errors import LoadError, Problem

LOCK = ".load.lock"
WORK = ".loading-"


@contextmanager
def loading(store: Path, load_id: str | None = None) -> Iterator[Path]:
    """Hold the store's lock and give a folder to work in, which is removed afterwards.

    It stays only where the load was stopped and not ended: the same load finds it again. What
    another load has left behind is removed first. Raises `LoadError` where another load is under
    way. A folder that was made for a load that failed goes again.
    """
    try:
        store.mkdir(parents=True, exist_ok=True)
        file = (store / LOCK).open("a+b")
    except OSError as error:
        fix = "Name another folder, or check its permissions."
        raise LoadError(Problem(f"The store '{store.name}' cannot be written.", fix=fix)) from error
    with file:
        if not _taken(file):
            fix = "Wait until it has ended, then load again."
            raise LoadError(Problem("Another load into this store is under way.", fix=fix))
        work = store / f"{WORK}{load_id}" if load_id else None
        _remove_leftovers(store, work)
        if work is None:
            work = Path(tempfile.mkdtemp(prefix=WORK, dir=store))
        work.mkdir(mode=0o700, exist_ok=True)
        try:
            yield work
        except (KeyboardInterrupt, SystemExit):
            _remove_empty(work, store)
            raise
        except BaseException:
            shutil.rmtree(work, ignore_errors=True)
            _remove_empty(store)
            raise
        shutil.rmtree(work, ignore_errors=True)
        _remove_empty(store)


def _taken(file: IO[bytes]) -> bool:
    """Try to take the lock; it is held until the file is closed or the process ends."""
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _remove_leftovers(store: Path, kept: Path | None) -> None:
    for left in (*store.glob(f"{WORK}*"), *store.glob("versions/.writing-*")):
        if left != kept:
            shutil.rmtree(left, ignore_errors=True)
    for left in store.glob(".current-*"):
        with suppress(OSError):
            left.unlink()


def _remove_empty(*folders: Path) -> None:
    """Remove a working folder without anything in it, and a store that never held anything."""
    for folder in folders:
        with suppress(OSError):
            if (folder / "CURRENT").exists() or any(folder.glob(f"{WORK}*")):
                continue
            if (folder / "versions").exists():
                (folder / "versions").rmdir()
            (folder / LOCK).unlink(missing_ok=True)
            folder.rmdir()
