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
def loading(store: Path) -> Iterator[Path]:
    """Hold the store's lock and give a folder to work in, which is removed afterwards.

    What a load that was killed has left behind is removed first. Raises `LoadError` where
    another load is under way. A folder that was made for a load that failed goes again.
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
        _remove_leftovers(store)
        work = Path(tempfile.mkdtemp(prefix=WORK, dir=store))
        try:
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)
            if not (store / "CURRENT").exists():
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


def _remove_leftovers(store: Path) -> None:
    for left in (*store.glob(f"{WORK}*"), *store.glob("versions/.writing-*")):
        shutil.rmtree(left, ignore_errors=True)
    for left in store.glob(".current-*"):
        with suppress(OSError):
            left.unlink()


def _remove_empty(store: Path) -> None:
    """Remove a store that never came to hold anything, as far as it is ours."""
    with suppress(OSError):
        if (store / "versions").exists():
            (store / "versions").rmdir()
        (store / LOCK).unlink()
        store.rmdir()
