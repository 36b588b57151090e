"""Pseudonyms: the secret that makes them, and the guard that keeps real numbers out.

A person's pseudonym is HMAC-SHA256 of their identifier with a secret that is kept apart from
the repository and the store. Who has only the store cannot tell who a person is; who loses the
secret cannot match people to later loads.
"""

import hashlib
import os
import re
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path

from pdqi.errors import LoadError, Problem

SHORTEST = 16
BLOCK = 64
REMOVED = "[number removed]"
_REPOSITORY = Path(__file__).resolve().parents[2]
_CANDIDATE = re.compile(r"(?<![0-9])[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}(?![0-9])")


def secret(store: Path | None = None, create: bool = True) -> tuple[bytes, str | None]:
    """Return the secret, and a sentence for the person who loads where it was just made.

    Looked for in the variable PDQI_SECRET, then in the file that PDQI_SECRET_FILE names, then in
    the user's own settings folder, where one is made on first use. Raises `LoadError` for a
    secret that is too short or whose file lies inside the repository or the store.
    """
    given = os.environ.get("PDQI_SECRET")
    if given is not None:
        return _checked(given.strip(), "PDQI_SECRET"), None
    named = os.environ.get("PDQI_SECRET_FILE")
    path = Path(named) if named else settings_folder(os.environ, sys.platform) / "pseudonym.secret"
    _refuse_inside(path, store)
    try:
        return _checked(path.read_text(encoding="utf-8").strip(), str(path)), None
    except FileNotFoundError:
        pass
    except (OSError, UnicodeDecodeError) as error:
        fix = "Check its permissions, or name another one in PDQI_SECRET_FILE."
        raise LoadError(Problem("The secret cannot be read.", str(path), fix=fix)) from error
    if named or not create:
        fix = "Put the secret of earlier loads there." if named else "Load once to make it."
        raise LoadError(Problem("There is no secret.", str(path), fix=fix))
    return _made(path)


def settings_folder(environment: Mapping[str, str], platform: str) -> Path:
    """Return the user's settings folder for this software, as the operating system has it."""
    if platform == "win32" and environment.get("APPDATA"):
        return Path(environment["APPDATA"]) / "pdqi"
    if platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "pdqi"
    base = environment.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "pdqi"


def key_pads(key: bytes) -> tuple[bytes, bytes]:
    """Return the inner and outer pad of HMAC-SHA256, for a database that knows only SHA-256."""
    if len(key) > BLOCK:
        key = hashlib.sha256(key).digest()
    key = key.ljust(BLOCK, b"\0")
    return bytes(b ^ 0x36 for b in key), bytes(b ^ 0x5C for b in key)


def without_nhs_numbers(text: str) -> str:
    """Return a text with every valid NHS number replaced by "[number removed]".

    Valid is a run of ten digits, perhaps set apart as 3-3-4, whose last is the check digit of
    the modulus-11 rule of the NHS Data Dictionary.
    """
    return _CANDIDATE.sub(lambda m: REMOVED if is_nhs_number(m.group()) else m.group(), text)


def is_nhs_number(text: str) -> bool:
    """Whether the ten digits of a text pass the modulus-11 check."""
    digits = [int(sign) for sign in text if sign.isdigit()]
    if len(digits) != 10:
        return False
    rest = 11 - sum(digit * (10 - place) for place, digit in enumerate(digits[:9])) % 11
    return rest % 11 == digits[9] and rest != 10


def _checked(value: str, place: str) -> bytes:
    if len(value) < SHORTEST:
        fix = f"Use at least {SHORTEST} signs that nobody can guess."
        raise LoadError(Problem("The secret is too short.", place, fix=fix))
    return value.encode()


def _refuse_inside(path: Path, store: Path | None) -> None:
    resolved = path.resolve()
    for folder, what in ((_REPOSITORY, "the repository"), (store, "the store")):
        if folder is not None and resolved.is_relative_to(folder.resolve()):
            fix = "Keep it elsewhere: it must not be copied along."
            raise LoadError(Problem(f"The secret lies inside {what}.", str(path), fix=fix))


def _made(path: Path) -> tuple[bytes, str]:
    """Make a new secret that only its owner can read."""
    value = secrets.token_hex(32)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _checked(path.read_text(encoding="utf-8").strip(), str(path)), ""
    except OSError as error:
        fix = "Name a file that can be written in PDQI_SECRET_FILE, or set PDQI_SECRET."
        raise LoadError(Problem("The secret cannot be kept.", str(path), fix=fix)) from error
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(value + "\n")
    return value.encode(), (
        f"A new secret for pseudonyms was made at {path}. Keep a copy in a safe place: without it "
        "nobody can be matched to later loads. Never put it beside the data."
    )
