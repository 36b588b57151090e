"""What a version remembers of its sources, so that the next source fits them.

Kept as `sources.json` beside the tables: which kinds of identifiers are in use and how they are
compared, who declares people, which days a source covers, and a mark by which the secret is
known again. No identifier and no secret is in it.
"""

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from pdqi.errors import Problem
from pdqi.ingest.mapping import Mapping

FILE = "sources.json"


@dataclass(frozen=True)
class SourceRecord:
    """One source as a version remembers it; `covers` are ISO days."""

    name: str
    load_id: str
    identifiers: dict[str, dict[str, bool]]
    declares: str | None
    covers: tuple[str, str] | None

    @property
    def range(self) -> tuple[date, date] | None:
        """The days that the source says it covers, if it says so."""
        if self.covers is None:
            return None
        return date.fromisoformat(self.covers[0]), date.fromisoformat(self.covers[1])


@dataclass(frozen=True)
class Sources:
    """All sources of a version, by id, and the mark of the secret."""

    mark: str
    records: dict[str, SourceRecord]

    @classmethod
    def read(cls, version: Path) -> "Sources | None":
        """Return what a version remembers; None where it was not made by loading."""
        path = version / FILE
        if not path.is_file():
            return None
        data = json.loads(path.read_text(encoding="utf-8"))
        return cls(data["mark"], {name: SourceRecord(**r) for name, r in data["records"].items()})

    def write(self, version: Path) -> None:
        """Keep this with a version."""
        text = json.dumps(asdict(self), indent=1, sort_keys=True, ensure_ascii=False)
        (version / FILE).write_text(text, encoding="utf-8")

    def others(self, source: str) -> dict[str, SourceRecord]:
        """Return the records of all sources but one."""
        return {name: record for name, record in self.records.items() if name != source}


def mark_of(secret: bytes) -> str:
    """Return what a secret is known by; it tells nothing about the secret."""
    return hmac.new(secret, b"pdqi: the mark of this secret", hashlib.sha256).hexdigest()[:16]


def record(mapping: Mapping, load_id: str) -> SourceRecord:
    """Return what is to be remembered of a mapping's source."""
    clients = mapping.client_list
    covers = mapping.covers
    return SourceRecord(
        mapping.name,
        load_id,
        {name: rule.model_dump() for name, rule in mapping.identifiers.items()},
        clients.person.identifier if clients and clients.person else None,
        (covers.first.isoformat(), covers.last.isoformat()) if covers else None,
    )


def problems_with(
    mapping: Mapping, file: str, secret: bytes, before: Sources | None
) -> list[Problem]:
    """Return what keeps a source from joining those that are loaded already."""
    found = []
    others = before.others(mapping.id) if before else {}
    if before and before.mark != mark_of(secret):
        fix = "Use the secret of the earlier loads, or load everything into a new folder."
        found.append(Problem("The secret is not the one that this store was made with.", fix=fix))
    clients = mapping.client_list
    if clients is None and not any(other.declares for other in others.values()):
        what = "No file declares people, and no source loaded before does."
        fix = "Add 'declares_people: true' to the client list, or load its source first."
        found.append(Problem(what, file, where="files", fix=fix))
    for source, other in others.items():
        for name, rule in mapping.identifiers.items():
            known = other.identifiers.get(name)
            if known is not None and known != rule.model_dump():
                what = f"The source '{source}' compares '{name}' in another way."
                where = f"identifiers.{name}"
                found.append(Problem(what, file, where=where, fix="Write the same rule in both."))
        if clients and clients.person and clients.person.identifier == other.declares:
            what = f"The source '{source}' has a client list by '{other.declares}' already."
            fix = "Give this list its own kind of identifier, or load it as the same source."
            found.append(Problem(what, file, where="identifiers", fix=fix))
    return found
