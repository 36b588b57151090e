"""Files that are archives inside (DOCX, PPTX, XLSX): the same content gives the same bytes."""

import io
import re
import zipfile

BEGINNING = (1980, 1, 1, 0, 0, 0)
"""The time that every part of an archive carries."""
DAY = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
PROPERTIES = "docProps/core.xml"


def steady(data: bytes, inside: str = "", *, undated: bool = False) -> bytes:
    """Return an archive without the time at which its parts were packed.

    Its parts whose names end with `inside` are archives too: they lose the day on which they were
    made as well, which the library that makes them takes from the clock. So does one `undated`.
    """
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as made,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as kept,
    ):
        for part in made.infolist():
            content = made.read(part.filename)
            if inside and part.filename.endswith(inside):
                content = steady(content, undated=True)
            elif undated and part.filename == PROPERTIES:
                content = DAY.sub(rb"\g<1>1980-01-01T00:00:00Z", content)
            kept.writestr(zipfile.ZipInfo(part.filename, BEGINNING), content)
    return out.getvalue()
