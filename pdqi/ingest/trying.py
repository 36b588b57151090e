"""Trying extracts that nobody has loaded yet: a draft of their mapping, and a load without storing.

For a page, which has files as bytes. They lie in a temporary folder while they are looked at, and
nowhere afterwards. They are tried alone, without what a store holds.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath, PureWindowsPath
from tempfile import TemporaryDirectory

from pdqi.config import Config
from pdqi.errors import LoadError, Problem
from pdqi.ingest.drafting import Draft, draft_of
from pdqi.ingest.loading import load
from pdqi.ingest.report import LoadReport

Files = Mapping[str, bytes]
"""Contents by name, as they were sent."""
SOURCE = "new_source"
"""The folder's name, from which a draft names the source until somebody does."""


def drafted(files: Files, config: Config) -> Draft:
    """Return the draft of a mapping for files of one keeper; raises `LoadError`."""
    with _laid_out(files) as folder:
        return draft_of([folder / _bare(name) for name in files], config)


def rehearsed(files: Files, mapping: str, config: Config) -> LoadReport:
    """Return what a load of the files by a mapping would do; raises `PdqiError` for every fault.

    The report has counts, and examples by row number: never a value of a row.
    """
    with _laid_out(files) as folder, TemporaryDirectory() as apart:
        written = Path(apart) / "mapping.yaml"
        written.write_text(mapping, encoding="utf-8")
        # Nothing is kept, so nobody has to be known again.
        secret = os.urandom(32)
        return load(written, folder, Path(apart) / "store", config, secret, dry_run=True)


@contextmanager
def _laid_out(files: Files) -> Iterator[Path]:
    names = [_bare(name) for name in files]
    if not all(names) or len(set(names)) < len(names):
        what = "A file has no name, or two have the same one."
        raise LoadError(Problem(what, fix="Give each file a name of its own."))
    with TemporaryDirectory() as apart:
        folder = Path(apart) / SOURCE
        folder.mkdir()
        for name, data in zip(names, files.values(), strict=True):
            (folder / name).write_bytes(data)
        yield folder


def _bare(name: str) -> str:
    """Return a file's name without any folder that came with it."""
    bare = PureWindowsPath(PurePosixPath(name).name).name
    return "" if bare in {"", ".", ".."} else bare
