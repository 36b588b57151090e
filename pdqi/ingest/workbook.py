"""Reading XLSX workbooks: values only, nothing in them is run.

The reader holds a sheet as a full rectangle, so the rectangle's size is checked before: one
stray cell in the last corner of a sheet would otherwise take all memory.
"""

import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum

from pdqi.errors import LoadError, Problem
from pdqi.ingest.headers import LOOKED_AT, Preview, plain
from pdqi.ingest.mapping import FileMap

MOST_BYTES = 1_500_000_000
MOST_CELLS = 40_000_000
OLE = b"\xd0\xcf\x11\xe0"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
Cell = int | float | str | bool | time | date | datetime | timedelta
_REFERENCE = re.compile(rb'[\s"]r="([A-Z]{1,3})([0-9]{1,7})"')
_CHUNK = 1 << 20


class Workbook:
    """One workbook and the sheets that may be meant."""

    def __init__(self, path: Path, wanted: FileMap) -> None:
        """Open it; raises `LoadError` for what is not a workbook, or too large for one."""
        self._name = path.name
        _refuse_what_is_no_workbook(path)
        try:
            book = CalamineWorkbook.from_path(str(path))
            self._sheets = [
                book.get_sheet_by_name(sheet.name)
                for sheet in book.sheets_metadata
                if sheet.typ == SheetTypeEnum.WorkSheet
                and (wanted.sheet is None or plain(sheet.name) == plain(wanted.sheet))
            ]
            names = book.sheet_names
            book.close()
        except CalamineError as error:
            raise _damaged(self._name) from error
        except BaseException as error:
            # The reader is written in Rust; its panics are no ordinary exceptions.
            if type(error).__name__ != "PanicException":
                raise
            raise _damaged(self._name) from error
        if not self._sheets:
            what = f"There is no sheet '{wanted.sheet}'." if wanted.sheet else "There is no sheet."
            raise LoadError(Problem(what, self._name, allowed=", ".join(names) or None))

    def previews(self) -> list[Preview]:
        """Return the first rows of each sheet that may be meant."""
        return [
            [(row, cells) for row, cells in islice(_numbered(sheet), LOOKED_AT) if any(cells)]
            for sheet in self._sheets
        ]

    def sheet(self, reading: int) -> str:
        """Return the name of the sheet of one reading."""
        return self._sheets[reading].name

    def rows(self, reading: int) -> Iterator[tuple[int, Sequence[str]]]:
        """Give every row with its number in the sheet; rows without any value are not rows."""
        return ((row, cells) for row, cells in _numbered(self._sheets[reading]) if any(cells))


def _numbered(sheet: CalamineSheet) -> Iterator[tuple[int, Sequence[str]]]:
    for row, cells in enumerate(sheet.iter_rows(), start=1):
        yield row, [as_text(cell) for cell in cells]


def as_text(cell: Cell) -> str:
    """Return a cell's value as the text that a mapping sees: whole numbers without a point,
    dates as yyyy-mm-dd."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 2**53 else repr(cell)
    if isinstance(cell, datetime):
        whole = cell.time() == time()
        return cell.date().isoformat() if whole else cell.isoformat(" ", "seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)


def _refuse_what_is_no_workbook(path: Path) -> None:
    name = path.name
    with path.open("rb") as file:
        start = file.read(4)
        if not start:
            raise LoadError(Problem("The file is empty.", name, fix="Save it again."))
        if start == OLE:
            encrypted = ENCRYPTED in start + file.read(_CHUNK)
            what = "The workbook has a password." if encrypted else "This is an old Excel format."
            fix = "Save it as .xlsx without a password." if encrypted else "Save it as .xlsx."
            raise LoadError(Problem(what, name, fix=fix))
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if "xl/workbook.xml" not in {part.filename for part in parts}:
                what = "This is a zip archive, but not an Excel workbook."
                raise LoadError(Problem(what, name, fix="Save it as .xlsx."))
            if sum(part.file_size for part in parts) > MOST_BYTES:
                raise _too_large(name)
            for part in parts:
                if part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml"):
                    _refuse_vast_sheet(archive, part, name)
    except (
        zipfile.BadZipFile,
        EOFError,
        NotImplementedError,
        RuntimeError,
        OSError,
        ValueError,
    ) as error:
        raise _damaged(name) from error
    except zipfile.zlib.error as error:  # type: ignore[attr-defined]
        raise _damaged(name) from error


def _refuse_vast_sheet(archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str) -> None:
    """Raise `LoadError` where the rectangle that holds all cells is too large to be read."""
    rows = columns = 0
    tail = b""
    with archive.open(part) as file:
        while chunk := file.read(_CHUNK):
            for letters, digits in _REFERENCE.findall(tail + chunk):
                rows = max(rows, int(digits))
                columns = max(columns, _column_number(letters))
            if rows * columns > MOST_CELLS:
                raise _too_large(name)
            tail = chunk[-32:]


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _too_large(name: str) -> LoadError:
    what = "The workbook's sheet is larger than can be read: perhaps one stray cell far out."
    return LoadError(Problem(what, name, fix="Remove empty rows and columns, or save it as CSV."))


def _damaged(name: str) -> LoadError:
    what = "The file is not an Excel workbook, or is damaged."
    return LoadError(Problem(what, name, fix="Open it in Excel and save it again as .xlsx."))
