"""A snapshot as a workbook that people and screen readers find their way in.

After the Government Analysis Function's guidance on accessible spreadsheets: a cover, contents and
notes; one table to a sheet, marked as a table with a header row, no merged cell, no hidden sheet
and no empty cell; every state in words.
"""

import io
from collections.abc import Iterator

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pdqi.snapshot import said
from pdqi.snapshot.frozen import Exhibit, Snapshot

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDEST, NARROWEST = 60, 12
NOTHING = "none"
"""Stands where there is nothing to say, so that no cell is empty."""


def workbook(snapshot: Snapshot) -> bytes:
    """Return the workbook; the same snapshot gives the same bytes."""
    out = io.BytesIO()
    # Text stays text: nothing that somebody typed becomes a formula, a number or a link.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, options | {"strings_to_numbers": False})
    book.set_properties(
        {
            "title": said.title(snapshot),
            "subject": snapshot.about.chosen,
            "author": snapshot.about.organisation,
            "keywords": snapshot.about.marking,
            "comments": snapshot.about.invented,
            "created": snapshot.about.made_at.replace(tzinfo=None),
        }
    )
    large = book.add_format({"bold": True, "font_size": 16})
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
    sheets = list(_tables(snapshot))
    _cover(book.add_worksheet("Cover"), snapshot, large, wrapped)
    _contents(book.add_worksheet("Contents"), sheets, large)
    _notes(book.add_worksheet("Notes"), snapshot, large)
    for number, (name, title, exhibit) in enumerate(sheets, start=1):
        _table(book.add_worksheet(name), number, title, exhibit, snapshot, large, bold, wrapped)
    book.close()
    return out.getvalue()


def _tables(snapshot: Snapshot) -> Iterator[tuple[str, str, Exhibit]]:
    """Give each table with the name of its sheet and its title."""
    number = 0
    for section in snapshot.sections:
        for exhibit in section.exhibits:
            if exhibit.sheet and exhibit.sheet.rows:
                number += 1
                yield f"Table_{number}", f"{section.title}: {exhibit.name}", exhibit


def _cover(sheet: Worksheet, snapshot: Snapshot, large: Format, wrapped: Format) -> None:
    about = snapshot.about
    sheet.set_column(0, 0, 100)
    lines = [
        about.organisation,
        *([about.invented] if about.invented else []),
        said.marking(about),
        about.chosen,
        said.provenance(snapshot),
        f"Made on {about.made_at:%d %B %Y at %H:%M} UTC by the role {about.maker}.",
        "Every table is on a sheet of its own; the sheet Contents lists them.",
    ]
    sheet.write_string(0, 0, said.title(snapshot), large)
    for row, line in enumerate(lines, start=1):
        sheet.write_string(row, 0, line, wrapped)


def _contents(sheet: Worksheet, sheets: list[tuple[str, str, Exhibit]], large: Format) -> None:
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 1, 100)
    sheet.write_string(0, 0, "Contents", large)
    rows = [["Notes", "What is counted, and what words stand for"]]
    rows += [[name, title] for name, title, _ in sheets]
    _marked(sheet, 1, rows, ["Sheet", "What it holds"], "contents")
    for row, (name, _) in enumerate(rows, start=2):
        sheet.write_url(row, 0, f"internal:'{name}'!A1", string=name)


def _notes(sheet: Worksheet, snapshot: Snapshot, large: Format) -> None:
    sheet.set_column(0, 1, 30)
    sheet.set_column(2, 2, 110)
    sheet.write_string(0, 0, "Notes", large)
    rows = [
        ["Every table", "suppressed", "Not shown, to protect small numbers. It is not zero."],
        ["Every table", "nothing to count", "There was nobody or nothing to count."],
        ["Every table", "not reached", "Fewer than half had come so far by the last day."],
        ["Every table", NOTHING, "There is nothing to say in this place."],
    ]
    for section in snapshot.sections:
        for exhibit in section.exhibits:
            rows += [[exhibit.name, name, text] for name, text in exhibit.definition]
            rows += [[exhibit.name, "Note", note] for note in exhibit.notes]
    _marked(sheet, 1, rows, ["Figure", "About", "Note"], "notes")


def _table(
    sheet: Worksheet,
    number: int,
    title: str,
    exhibit: Exhibit,
    snapshot: Snapshot,
    large: Format,
    bold: Format,
    wrapped: Format,
) -> None:
    assert exhibit.sheet is not None
    about = snapshot.about
    sheet.write_string(0, 0, f"Table {number}: {title}", large)
    above = [*([about.invented] if about.invented else []), said.marking(about), about.chosen]
    above += list(exhibit.said)
    for row, line in enumerate(above, start=1):
        sheet.write_string(row, 0, line, bold if row == 1 else None)
    columns = _unlike(exhibit.sheet.columns)
    rows = [[cell or NOTHING for cell in row] for row in exhibit.sheet.rows]
    for place, column in enumerate(columns):
        longest = max(len(column) + 3, *(len(row[place]) for row in rows))
        sheet.set_column(place, place, min(WIDEST, max(NARROWEST, longest)), wrapped)
    _marked(sheet, len(above) + 1, rows, columns, f"table_{number}")


def _marked(
    sheet: Worksheet, top: int, rows: list[list[str]], columns: list[str], name: str
) -> None:
    """Write a table and mark it as one, so that it is read out with its headings."""
    last = top + max(len(rows), 1)
    sheet.add_table(
        top,
        0,
        last,
        len(columns) - 1,
        {
            "name": name,
            "columns": [{"header": column} for column in columns],
            "style": "Table Style Light 1",
            "autofilter": False,
        },
    )
    for at, row in enumerate(rows, start=top + 1):
        for place, cell in enumerate(row):
            sheet.write_string(at, place, cell)


def _unlike(columns: tuple[str, ...]) -> list[str]:
    """Return headings of which no two are the same, as a marked table needs them."""
    found: list[str] = []
    for column in columns:
        name, number = column or "Column", 2
        while name.lower() in {each.lower() for each in found}:
            name, number = f"{column} {number}", number + 1
        found.append(name)
    return found
