"""Whether a snapshot is what it was, and whether today's data say the same."""

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path

from pdqi.config import Config
from pdqi.content import Library
from pdqi.errors import PdqiError, Problem, RequestError
from pdqi.model import Period
from pdqi.service import Service
from pdqi.snapshot.frozen import Snapshot
from pdqi.snapshot.make import make
from pdqi.snapshot.pack import FROZEN, MANIFEST
from pdqi.store.store import Store

MOST_FILES, MOST_BYTES = 500, 500_000_000
ENTERED = frozenset({"workstreams", "changed", "decisions"})
"""What rests on what people entered: it changes with every meeting, and holds no other figure."""


@dataclass(frozen=True)
class Verdict:
    """What was found: nothing differs, or each difference in a sentence."""

    snapshot: Snapshot
    differences: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def equal(self) -> bool:
        """Whether every figure is the same."""
        return not self.differences


def whole(path: Path) -> Snapshot:
    """Return the snapshot of a pack or of a kept file, if not a byte of it was changed.

    Raises `RequestError` that names each file that is missing, changed or too much.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RequestError(Problem("The file cannot be read.", file=path.name)) from error
    if not zipfile.is_zipfile(io.BytesIO(data)):
        snapshot = Snapshot.read(data, path.name)
        if snapshot.as_bytes() != data or not path.name.startswith(snapshot.id):
            raise _changed(path.name, [path.name])
        return snapshot
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        if len(parts) > MOST_FILES or sum(part.file_size for part in parts) > MOST_BYTES:
            raise RequestError(Problem("The pack is too large to be one of ours.", file=path.name))
        try:
            held = {part.filename: archive.read(part) for part in parts}
            hashes = json.loads(held[MANIFEST])["sha256"]
        except (KeyError, ValueError, TypeError, zipfile.BadZipFile) as error:
            raise _changed(path.name, [MANIFEST]) from error
    hashes = hashes if isinstance(hashes, dict) else {}
    wrong = [
        name
        for name in sorted({*hashes, *held} - {MANIFEST})
        if hashes.get(name) != hashlib.sha256(held.get(name, b"")).hexdigest()
    ]
    if wrong or FROZEN not in held:
        raise _changed(path.name, wrong or [FROZEN])
    snapshot = Snapshot.read(held[FROZEN], FROZEN)
    if json.loads(held[MANIFEST]).get("digest") != snapshot.digest:
        raise _changed(path.name, [MANIFEST])
    return snapshot


def verify(snapshot: Snapshot, store: Path, config: Config, library: Library | None) -> Verdict:
    """Work the figures out again and tell each that differs, and why.

    The data are those of the snapshot's version where they are still kept, else those of today.
    Raises `PdqiError` where the store cannot be read.
    """
    about, notes = snapshot.about, []
    rules = library.rules.rules if library else ()
    drawn = library.process_map if library else None
    with Store.open(store, config) as today:
        opened = today
        if about.data_version != today.manifest.version:
            try:
                opened = today.version(about.data_version, config)
                notes.append("The store holds newer data; those of the snapshot are still kept.")
            except PdqiError:
                notes.append("The data of the snapshot are no longer kept: today's are compared.")
        if about.config_digest != config.digest:
            notes.append(
                f"The definitions changed: they were {about.config_digest}, now {config.digest}."
            )
        if library and about.content_digest != library.digest:
            notes.append("The content changed since: map, drivers or words.")
        service = Service(opened, config, rules, drawn)
        basis = service.basis(Period.parse(about.period), about.definition, about.ages)
        again = make(
            service,
            library,
            service.viewer(about.role),
            basis,
            service.scope(about.scope),
            None,
            maker=about.maker,
            briefing=about.briefing,
            pages=about.pages,
            name=about.name,
            now=about.made_at,
        )
        if opened is not today:
            opened.close()
    return Verdict(snapshot, tuple(_differences(snapshot, again)), tuple(notes))


def _differences(then: Snapshot, now: Snapshot) -> list[str]:
    tables = {
        (section.id, exhibit.id): exhibit.sheet
        for section in now.sections
        for exhibit in section.exhibits
    }
    found = []
    for section in then.sections:
        if section.id in ENTERED:
            continue
        for exhibit in section.exhibits:
            sheet = tables.get((section.id, exhibit.id))
            if exhibit.id in ENTERED or exhibit.sheet is None or exhibit.sheet == sheet:
                continue
            if sheet is None:
                found.append(f"{exhibit.name}: it is there no more.")
                continue
            rows = {row[0]: row for row in sheet.rows}
            for row in exhibit.sheet.rows:
                other = rows.get(row[0])
                if other != row:
                    was, is_now = ", ".join(row[1:]), ", ".join(other[1:]) if other else "nothing"
                    found.append(f"{exhibit.name}, {row[0]}: {was} then, {is_now} now.")
    return found


def _changed(where: str, names: list[str]) -> RequestError:
    return RequestError(
        [
            Problem(
                f"'{name[:80]}' is not what was made: it was changed, is missing or was added.",
                file=where,
                fix="Take the pack from whoever made it.",
            )
            for name in names
        ]
    )
