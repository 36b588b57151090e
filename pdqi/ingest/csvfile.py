"""Reading CSV as people and programs write it, without losing a row to a stray quotation mark.

Python's own reader does the splitting. It is lenient, so two things are watched: a quotation
mark that never closes (the rest of the file would become one cell), and one that closes many
lines later (the rows between would vanish into a cell).
"""

import codecs
import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from pdqi.errors import LoadError, Problem
from pdqi.ingest.headers import LOOKED_AT, Preview
from pdqi.ingest.mapping import DELIMITERS, FileMap

BLOCK = 1 << 20
MOST_LINES_IN_ROW = 200
THE_END = "\x00the end"
OTHER_FORMATS = {
    b"PK\x03\x04": "an Excel workbook or another zip archive",
    b"\xd0\xcf\x11\xe0": "an old or password-protected Office file",
    b"PAR1": "a Parquet file",
    b"%PDF": "a PDF",
}


class CsvFile:
    """One CSV file: its encoding and the delimiters that it may have."""

    def __init__(self, path: Path, wanted: FileMap) -> None:
        """Look the bytes over once; raises `LoadError` for a file that is no text."""
        self._path = path
        self._delimiters = (
            [DELIMITERS[wanted.delimiter]] if wanted.delimiter else list(DELIMITERS.values())
        )
        _refuse_what_is_no_text(path)
        self._encoding = _encoding(path, wanted)

    def previews(self) -> list[Preview]:
        """Return the first rows, once for each delimiter that may be meant."""
        return [self._preview(delimiter) for delimiter in self._delimiters]

    def rows(self, reading: int) -> Iterator[tuple[int, Sequence[str]]]:
        """Give every row with the number of the line it starts on; empty lines are not rows."""
        name = self._path.name
        with self._path.open(encoding=self._encoding, newline="") as file:
            lines = _Lines(file)
            reader = csv.reader(lines, delimiter=self._delimiters[reading])
            start = 1
            try:
                for cells in reader:
                    if lines.ended and cells != [THE_END]:
                        raise _open_quote(name, start, "is never closed")
                    if len(lines.since) > 1:
                        self._check_long_row(lines, start, self._delimiters[reading])
                    if cells and not lines.ended:
                        yield start, cells
                    start = reader.line_num + 1
                    lines.since.clear()
            except csv.Error as error:
                raise _open_quote(name, start, "makes a cell longer than any text") from error

    def _preview(self, delimiter: str) -> Preview:
        with self._path.open(encoding=self._encoding, newline="") as file:
            reader = csv.reader(file, delimiter=delimiter)
            found = []
            before = 0
            try:
                for cells in reader:
                    found.append((before + 1, cells))
                    before = reader.line_num
                    if len(found) == LOOKED_AT:
                        break
            except csv.Error:
                pass  # The rows so far may hold the header; `rows` says what is wrong.
            return [(row, cells) for row, cells in found if any(cell.strip() for cell in cells)]

    def _check_long_row(self, lines: "_Lines", start: int, delimiter: str) -> None:
        """Refuse a row over several lines unless its quotation marks are exactly right."""
        name = self._path.name
        if len(lines.since) > MOST_LINES_IN_ROW:
            raise _open_quote(name, start, f"closes only {len(lines.since) - 1} lines later")
        try:
            strictly = list(csv.reader(lines.since, delimiter=delimiter, strict=True))
        except csv.Error:
            strictly = []
        if len(strictly) != 1:
            raise _open_quote(name, start, "does not pair up with the next one")


class _Lines:
    """The lines of a file, those of the row being read kept, and a last line of our own."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self.since: list[str] = []
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        since = self.since
        for line in self._file:
            since.append(line)
            yield line if line[-1] in "\r\n" else line + "\n"
        since.clear()
        self.ended = True
        yield THE_END


def _open_quote(name: str, line: int, how: str) -> LoadError:
    fix = "Look for an unpaired quotation mark in this row and the next ones."
    return LoadError(
        Problem(f"A quotation mark {how}, so rows cannot be told apart.", name, line, fix=fix)
    )


def _refuse_what_is_no_text(path: Path) -> None:
    """Raise `LoadError` for an empty file, another format, NUL bytes, or no line ends at all."""
    name = path.name
    with path.open("rb") as file:
        start = file.read(4)
        if not start:
            raise LoadError(Problem("The file is empty.", name, fix="Export it again."))
        for magic, what in OTHER_FORMATS.items():
            if start.startswith(magic):
                fix = "Save it as CSV, or give its 'format' in the mapping."
                raise LoadError(Problem(f"This is {what}, not CSV.", name, fix=fix))
        if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return
        file.seek(0)
        line = 1
        while block := file.read(BLOCK):
            if (place := block.find(0)) >= 0:
                line += block[:place].count(b"\n")
                what = "There is a NUL byte here: the file is damaged or is not text."
                fix = "Export it again as CSV (UTF-8)."
                raise LoadError(Problem(what, name, line, fix=fix))
            newlines = block.count(b"\n")
            if len(block) == BLOCK and not newlines and b"\r" not in block:
                what = "A line is longer than a million signs: this is not a table."
                raise LoadError(Problem(what, name, line, fix="Export it again as CSV."))
            line += newlines


def _encoding(path: Path, wanted: FileMap) -> str:
    """Return the encoding: by its mark, else UTF-8 where that fits, else Windows-1252."""
    with path.open("rb") as file:
        start = file.read(2)
    marked = start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    candidates = wanted.encodings or (("utf-16",) if marked else ("utf-8", "cp1252"))
    line = 1
    for encoding in candidates:
        line = _first_bad_line(path, encoding)
        if not line:
            return "utf-8-sig" if encoding == "utf-8" else encoding
    raise LoadError(
        Problem(
            f"The text is not {' or '.join(candidates)}.",
            path.name,
            line,
            fix="Save the file as CSV (UTF-8), or give its 'encodings' in the mapping.",
        )
    )


def _first_bad_line(path: Path, encoding: str) -> int:
    """Return the number of the first line that is not in an encoding; 0 where all are."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    with path.open("rb") as file:
        while True:
            block = file.read(BLOCK)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeError as error:
                place = error.start if isinstance(error, UnicodeDecodeError) else 0
                return line + block[:place].count(b"\n")
            if not block:
                return 0
            line += text.count("\n")
