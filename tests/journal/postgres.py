"""A PostgreSQL server of the tests' own, in a folder that is removed afterwards."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

REQUIRED = "PDQI_REQUIRE_POSTGRESQL"
USER = "tester"


def programs() -> Path | None:
    """Return the folder of PostgreSQL's programs; None where there is none."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return versions[-1].parent if versions else None


@contextmanager
def server(binaries: Path) -> Iterator[str]:
    """Give the address of a server on this machine alone, `postgresql://tester@127.0.0.1:PORT`.

    PostgreSQL refuses to run as root, so it then runs as somebody who owns nothing else.
    """
    as_whom: dict[str, Any] = {}
    folder = Path(tempfile.mkdtemp(prefix="pdqi-pg-"))
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        as_whom = {"user": "nobody", "group": nobody.pw_gid}
    port, data = _free_port(), folder / "data"
    quiet: dict[str, Any] = {"check": True, "stdout": subprocess.DEVNULL, "cwd": folder, **as_whom}
    try:
        made = [binaries / "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "-N"]
        subprocess.run([str(part) for part in made], stderr=subprocess.DEVNULL, **quiet)
        settings = (
            f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder}"
        )
        begun = [
            binaries / "pg_ctl",
            "-D",
            data,
            "-w",
            "-l",
            folder / "log",
            "-o",
            settings,
            "start",
        ]
        subprocess.run([str(part) for part in begun], **quiet)
        try:
            yield f"postgresql://{USER}@127.0.0.1:{port}"
        finally:
            ended = [binaries / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop"]
            subprocess.run([str(part) for part in ended], **quiet)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
