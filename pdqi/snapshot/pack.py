"""The files of a snapshot, each made from it alone, and all of them in one pack."""

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from typing import Literal

from pdqi.charts import images
from pdqi.charts.sheet import as_csv
from pdqi.errors import Problem, RequestError, one_of
from pdqi.snapshot import said
from pdqi.snapshot.deck import deck
from pdqi.snapshot.frozen import Exhibit, Section, Snapshot
from pdqi.snapshot.html import html
from pdqi.snapshot.report import pdf
from pdqi.snapshot.workbook import workbook

Form = Literal["pptx", "pdf", "html", "xlsx", "csv", "svg", "png"]
FORMS: Mapping[Form, str] = {
    "pptx": "A deck whose charts can be edited",
    "pdf": "A report to print or to send, tagged for screen readers",
    "html": "One file to read, on a phone too, and to print",
    "xlsx": "A workbook with every table",
    "csv": "Every table as a file of its own",
    "svg": "Every drawing, sharp at any size",
    "png": "Every drawing as a picture",
}
"""The forms in which a snapshot can be had, in the order in which they are offered."""
Kind = Literal["svg", "png", "drawing", "sharp"]
"""Pictures with all their words, and drawings without them for files that have the words."""
DRAWN: Mapping[Form, tuple[Kind, ...]] = {
    "html": ("drawing",),
    "pdf": ("drawing",),
    "pptx": ("sharp",),
    "svg": ("svg",),
    "png": ("png",),
}
MANIFEST, FROZEN = "manifest.json", "snapshot.json"
BEGINNING = (1980, 1, 1, 0, 0, 0)
Tell = Callable[[str, int, int], None]
"""Is told what is being made, and how much of how much is done; what it raises ends the work."""


def _quiet(_: str, __: int, ___: int) -> None:
    """Say nothing."""


def forms_of(names: Iterable[str]) -> tuple[Form, ...]:
    """Return forms by their names, in their order; raises `RequestError` for an unknown one."""
    wanted = set(names)
    unknown = sorted(wanted - set(FORMS))
    if unknown:
        raise RequestError(
            [
                Problem(f"There is no form '{each[:20]}'.", None, None, None, *one_of(each, FORMS))
                for each in unknown
            ]
        )
    return tuple(form for form in FORMS if form in wanted)


def files(
    snapshot: Snapshot, forms: Iterable[Form], tell: Tell = _quiet
) -> Iterator[tuple[str, bytes]]:
    """Give the files of some forms with their names; any system can hold the names."""
    wanted, name = tuple(forms), stem(snapshot)
    kinds = tuple(dict.fromkeys(kind for form in wanted for kind in DRAWN.get(form, ())))
    drawn = list(_drawn(snapshot)) if kinds else []
    steps = len(drawn) + len(wanted)
    pictures: dict[Kind, dict[str, bytes]] = {kind: {} for kind in kinds}
    with closing(images.images([_order(snapshot, x, kinds) for _, x in drawn])) as made:
        for done, (_, exhibit) in enumerate(drawn):
            tell(exhibit.name, done, steps)
            for kind, data in zip(kinds, next(made), strict=True):
                pictures[kind][exhibit.id] = data
    for done, form in enumerate(wanted, start=len(drawn)):
        tell(FORMS[form], done, steps)
        if form == "html":
            yield f"{name}.html", html(snapshot, pictures["drawing"])
        elif form == "pdf":
            yield f"{name}.pdf", pdf(snapshot, pictures["drawing"])
        elif form == "pptx":
            yield f"{name}.pptx", deck(snapshot, pictures["sharp"])
        elif form == "xlsx":
            yield f"{name}.xlsx", workbook(snapshot)
        elif form == "csv":
            yield from _tables(snapshot)
        else:
            for section, exhibit in drawn:
                inside = f"{form}/{_safe(f'{section.id}_{exhibit.id}')}.{form}"
                yield inside, pictures[form][exhibit.id]


def pack(snapshot: Snapshot, forms: Iterable[Form], tell: Tell = _quiet) -> bytes:
    """Return a ZIP of the files, the snapshot itself, and a manifest with the hash of each."""
    held = {FROZEN: snapshot.as_bytes(), **dict(files(snapshot, forms, tell))}
    manifest = {
        "snapshot": snapshot.id,
        "digest": snapshot.digest,
        "marking": said.marking(snapshot.about),
        "invented": snapshot.about.invented,
        "sha256": {name: hashlib.sha256(data).hexdigest() for name, data in sorted(held.items())},
    }
    held[MANIFEST] = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(held.items()):
            archive.writestr(zipfile.ZipInfo(name, BEGINNING), data)
    return out.getvalue()


def stem(snapshot: Snapshot) -> str:
    """Return what the names of its files begin with."""
    invented = "_invented" if snapshot.about.invented else ""
    kind = "briefing" if snapshot.about.briefing else "snapshot"
    return _safe(f"{kind}_{snapshot.id}{invented}")


def _drawn(snapshot: Snapshot) -> Iterator[tuple[Section, Exhibit]]:
    for section in snapshot.sections:
        for exhibit in section.exhibits:
            if exhibit.spec is not None:
                yield section, exhibit


def _order(snapshot: Snapshot, exhibit: Exhibit, kinds: Iterable[Kind]) -> images.Order:
    assert exhibit.spec is not None
    about = snapshot.about
    caption = images.Caption(
        exhibit.name,
        about.chosen,
        exhibit.notes,
        said.marking(about),
        f"{about.organisation} · {said.provenance(snapshot)}",
        about.invented,
    )
    known: Mapping[Kind, tuple[images.Form, images.Caption | None]] = {
        "svg": ("svg", caption),
        "png": ("png", caption),
        "drawing": ("svg", None),
        "sharp": ("png", None),
    }
    return images.Order(exhibit.spec, tuple(known[kind] for kind in kinds))


def _tables(snapshot: Snapshot) -> Iterator[tuple[str, bytes]]:
    about = snapshot.about
    first = {
        "data": "INVENTED DATA" if about.invented else "recorded data",
        "marking": said.marking(about),
        "chosen": about.chosen,
        "snapshot": snapshot.id,
    }
    for section in snapshot.sections:
        for exhibit in section.exhibits:
            if exhibit.sheet and exhibit.sheet.rows:
                rows = [[*first.values(), *row] for row in exhibit.sheet.rows]
                name = _safe(f"{section.id}_{exhibit.id}")
                yield f"csv/{name}.csv", as_csv([*first, *exhibit.sheet.columns], rows)


def _safe(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]+", "_", name)
