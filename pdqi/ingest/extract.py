"""An extract that nobody has mapped yet: its header, and what kinds of values its columns hold.

What is kept of a column stays in memory. Nothing here is shown: `draft` says only what cannot
tell of a person.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import islice
from pathlib import Path

from pdqi.errors import LoadError, Problem
from pdqi.ingest.csvfile import CsvFile
from pdqi.ingest.headers import LOOKED_AT, Preview
from pdqi.ingest.headings import headings, likeness, worded
from pdqi.ingest.mapping import DATE_FORMS, DELIMITERS, ENDINGS, FileMap
from pdqi.ingest.parquetfile import ParquetFile
from pdqi.ingest.sql import BLANKS
from pdqi.ingest.workbook import Workbook

ROWS_LOOKED_AT = 200_000
CELLS_LOOKED_AT = 6_000_000
"""Of files with very many columns fewer rows are looked at: all of it is held in memory."""

VALUES_LOOKED_AT = 4_000
"""So many different values of a column are looked at one by one."""

LONGEST_NAME = 200
"""A mapping takes no longer names of columns."""

EARLIEST = 1850
"""Numbers that would be dates before this year are numbers."""

MONTH_FORMS = {"mm/yyyy", "yyyy-mm", "Mon-yyyy"}
_TIME = re.compile(r"[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?Z?$")


@dataclass(frozen=True)
class Seen:
    """One column as it was seen: its name, and how often each value stands in it."""

    name: str
    values: Counter[str]

    @cached_property
    def filled(self) -> int:
        """How many rows have a value."""
        return sum(self.values.values())

    @cached_property
    def some(self) -> dict[str, int]:
        """The values that are looked at one by one, and their rows."""
        return dict(islice(self.values.items(), VALUES_LOOKED_AT))

    @cached_property
    def forms(self) -> dict[str, frozenset[str]]:
        """The values, of those looked at, that each form of dates can read."""
        found = {form: frozenset(v for v in self.some if _reads(v, form)) for form in DATE_FORMS}
        return {form: values for form, values in found.items() if values}

    def share(self, values: Sequence[str] | frozenset[str]) -> float:
        """Return the share of the rows looked at that have one of these values."""
        every = sum(self.some.values())
        return sum(self.some.get(value, 0) for value in values) / every if every else 0.0

    @cached_property
    def dates(self) -> float:
        """The share of values that are dates or months in some form; "none yet" is no value."""
        return self._dated(frozenset(DATE_FORMS))

    @cached_property
    def days(self) -> float:
        """The same for whole dates."""
        return self._dated(frozenset(DATE_FORMS) - MONTH_FORMS)

    def _dated(self, forms: frozenset[str]) -> float:
        read = frozenset().union(*(v for form, v in self.forms.items() if form in forms))
        no_value = {*headings().empty, *headings().open}
        left = self.share([v for v in self.some if v.casefold() not in no_value])
        return self.share(read) / left if left else 0.0

    def alike(self, pattern: str) -> float:
        """Return the share of values that a pattern fits as a whole."""
        compiled = re.compile(pattern)
        return self.share([value for value in self.some if compiled.fullmatch(value)])


@dataclass(frozen=True)
class Extract:
    """One file: how it is read, and its columns. `rows` are those looked at, `whole` if all."""

    path: Path
    kind: str
    columns: tuple[Seen, ...]
    rows: int
    whole: bool
    delimiter: str | None = None
    sheet: str | None = None
    repeated: tuple[str, ...] = field(default=())
    """Names that the header has more than once."""

    def column(self, name: str) -> Seen:
        """Return a column by its name."""
        return next(item for item in self.columns if item.name == name)


def look_at(path: Path) -> Extract:
    """Return what a file holds, from its first rows; raises `LoadError` where it cannot be read."""
    if not path.is_file():
        raise LoadError(Problem("There is no such file.", path.name, fix="Name an extract."))
    if path.suffix.casefold() not in ENDINGS:
        allowed = ", ".join(sorted(ENDINGS))
        raise LoadError(Problem("The ending does not tell the format.", path.name, allowed=allowed))
    wanted = FileMap(file=path.name, table="people")
    reader: CsvFile | Workbook | ParquetFile
    try:
        if wanted.kind == "xlsx":
            reader = Workbook(path, wanted)
        else:
            reader = ParquetFile(path) if wanted.kind == "parquet" else CsvFile(path, wanted)
    except OSError as error:
        fix = "Close it elsewhere, or check its permissions."
        raise LoadError(Problem("The file cannot be read.", path.name, fix=fix)) from error
    previews = reader.previews()
    found = _header(previews, sure=wanted.kind == "parquet")
    if found is None:
        what = f"No row of the first {LOOKED_AT} looks like the names of columns."
        fix = "Give the columns names in the first row, then try again."
        raise LoadError(Problem(what, path.name, fix=fix))
    reading, row, cells = found
    names = [cell.strip(BLANKS) for cell in cells]
    counters: list[Counter[str]] = [Counter() for _ in cells]
    count = 0
    rows = (cells for number, cells in reader.rows(reading) if number > row)
    for looked in islice(rows, min(ROWS_LOOKED_AT, CELLS_LOOKED_AT // len(cells))):
        count += 1
        for counter, cell in zip(counters, looked, strict=False):
            if value := cell.strip(BLANKS):
                counter[value] += 1
    first = {name: names.index(name) for name in names if 0 < len(name) <= LONGEST_NAME}
    several = isinstance(reader, Workbook) and len(previews) > 1
    return Extract(
        path,
        wanted.kind,
        tuple(Seen(name, counters[place]) for name, place in first.items()),
        count,
        next(rows, None) is None,
        list(DELIMITERS)[reading] if wanted.kind == "csv" else None,
        reader.sheet(reading) if isinstance(reader, Workbook) and several else None,
        tuple(name for name in first if names.count(name) > 1),
    )


def _header(previews: Sequence[Preview], sure: bool) -> tuple[int, int, Sequence[str]] | None:
    """Return the reading, number and cells of the row that names the columns, if one seems to.

    A row of data must not be taken for it, since the header's names are shown: no cell of it is a
    date or has a long number, and a name is known or values below look unlike the names.
    """
    best: tuple[int, int] = (0, 0)
    found = None
    for reading, preview in enumerate(previews):
        for place, (row, cells) in enumerate(preview):
            names = [cell.strip(BLANKS) for cell in cells if cell.strip(BLANKS)]
            if any(_like_data(name) for name in names) or len(set(names)) < len(names) / 2:
                continue
            known = sum(_known(name) for name in names)
            below = [cells for _, cells in preview[place + 1 :]]
            if not (sure or (known and len(names) > 1) or _unlike(cells, below)):
                continue
            if (known, len(names)) > best:
                best, found = (known, len(names)), (reading, row, cells)
    return found


def _known(name: str) -> bool:
    return any(likeness(name, column) >= 0.85 for column in headings().columns)


def _like_data(cell: str) -> bool:
    return bool(re.search(r"\d{4,}|\d+[/.]\d+[/.]\d+|\d-\d\d-\d", cell)) or len(cell) > 80


def _unlike(cells: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether at least two columns have digits below a name without any, in nearly every row."""
    if len(cells) < 2 or len(below) < 2:
        return False
    contrasts = 0
    for place, cell in enumerate(cells):
        values = [row[place] for row in below if len(row) > place and row[place].strip()]
        digits = sum(any(sign.isdigit() for sign in value) for value in values)
        if worded(cell) and not re.search(r"\d", cell) and values and digits >= 0.9 * len(values):
            contrasts += 1
    return contrasts > 1


def _reads(value: str, form: str) -> bool:
    shape, pattern = DATE_FORMS[form]
    plain = _TIME.sub("", value)
    if not re.fullmatch(shape, plain):
        return False
    try:
        return datetime.strptime(plain, pattern).year >= EARLIEST
    except ValueError:
        return False


def shape_of(value: str) -> str:
    """Return what a value looks like and not what it is: digits as 9, letters as a, cut short."""
    return re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", value))[:24]
