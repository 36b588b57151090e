"""A snapshot as a report on A4: PDF/UA-1, with its fonts, bookmarks and words for every drawing.

Set by Typst, which checks itself that what it writes is PDF/UA-1. All words are handed over as
data, so that nothing in them can act. The same snapshot gives the same bytes.
"""

import json
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import font_source_sans_pro
import typst

from pdqi.charts.images import FONT
from pdqi.errors import PdqiError, Problem
from pdqi.snapshot import said
from pdqi.snapshot.frozen import Exhibit, Sheet, Snapshot

MIME = "application/pdf"
TEMPLATE = Path(__file__).with_name("report.typ")
TYPEFACE = "Source Sans Pro"
FILES = Path(font_source_sans_pro.__file__).parent / "files"
ROOM, WORD = 104, 22
"""How many letters fit beside each other in a table, and how many of one word are kept together."""
SIZE, SMALLEST = 8.5, 6.5
"""Points of the letters of a table."""
TALL = 1.35
"""A drawing that is higher than so many times its width gets a page of its own."""


def pdf(snapshot: Snapshot, pictures: Mapping[str, bytes]) -> bytes:
    """Return the report; `pictures` are drawings as SVG by the ids of their exhibits.

    Raises `PdqiError` where it cannot be set.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for id_, svg in pictures.items():
            (folder / f"{id_}.svg").write_bytes(_in_our_typeface(svg))
        told = _told(snapshot, pictures)
        (folder / "snapshot.json").write_text(snapshot.model_dump_json(), encoding="utf-8")
        (folder / "told.json").write_text(json.dumps(told), encoding="utf-8")
        (folder / TEMPLATE.name).write_bytes(TEMPLATE.read_bytes())
        try:
            return bytes(
                typst.compile(
                    str(folder / TEMPLATE.name),
                    root=name,
                    font_paths=[str(FILES)],
                    ignore_system_fonts=True,
                    format="pdf",
                    pdf_standards=["ua-1"],
                    timestamp=int(snapshot.about.made_at.timestamp()),
                )
            )
        except (typst.TypstError, RuntimeError, OSError) as error:
            what = "The report could not be set."
            fix = "Take the HTML file: it holds the same figures, and can be printed."
            raise PdqiError(Problem(what, fix=fix)) from error


def _told(snapshot: Snapshot, pictures: Mapping[str, bytes]) -> dict[str, Any]:
    made, every = snapshot.about.made_at, _exhibits(snapshot)
    widths = {name: _widths(x.sheet) for name, x in every.items() if x.sheet and x.sheet.rows}
    return {
        "title": said.title(snapshot),
        "marking": said.marking(snapshot.about),
        "provenance": said.provenance(snapshot),
        "font": [TYPEFACE, "DejaVu Sans Mono"],
        "year": made.year,
        "month": made.month,
        "day": made.day,
        "pictures": {
            exhibit.id: {
                "file": f"{exhibit.id}.svg",
                "alt": f"{exhibit.name}. {' '.join(exhibit.said)}",
                "tall": _tall(pictures[exhibit.id]),
            }
            for exhibit in every.values()
            if exhibit.id in pictures
        },
        "widths": widths,
        "sizes": {n: max(SMALLEST, min(SIZE, SIZE * ROOM / sum(w))) for n, w in widths.items()},
    }


def _exhibits(snapshot: Snapshot) -> dict[str, Exhibit]:
    return {f"{s.id}/{x.id}": x for s in snapshot.sections for x in s.exhibits}


def _widths(sheet: Sheet) -> list[float]:
    """Return how many letters wide each column is: its longest word, and a share of what is left.

    Where they come to more than `ROOM`, the table is set smaller.
    """
    least, wished = [], []
    for at, column in enumerate(sheet.columns):
        cells = [column, *(row[at] for row in sheet.rows)]
        word = max(len(word) for cell in cells for word in (cell.split() or [""]))
        least.append(min(WORD, word + 2.0))
        wished.append(max(0.0, min(45.0, max(map(len, cells))) - least[-1]))
    spare = max(0.0, ROOM - sum(least)) / (sum(wished) or 1)
    return [few + spare * more for few, more in zip(least, wished, strict=True)]


def _tall(svg: bytes) -> bool:
    size = re.search(rb'width="([\d.]+)" height="([\d.]+)"', svg)
    return size is not None and float(size[2]) > TALL * float(size[1])


def _in_our_typeface(svg: bytes) -> bytes:
    """Return a drawing whose words are set in the typeface of the report, which is narrower."""
    for name in (FONT, FONT.replace('"', "&quot;")):
        svg = svg.replace(name.encode(), TYPEFACE.encode())
    return svg
