"""Minutes as Markdown, drawn up from the record of a meeting.

Nothing that somebody typed acts in it: it stands letter by letter.
"""

import re
from collections.abc import Iterable, Sequence

from pdqi import words
from pdqi.meeting.record import Discussed, Record, Sheet

DRAFT = "Draft minutes, drawn up from what was recorded. To be agreed at the next meeting."
NOTHING = "Nothing was recorded."
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|<>~$&-])")
_NUMBERED = re.compile(r"^(\s*\d+)([.)])", re.MULTILINE)


def title(record: Record) -> str:
    """Return the title of the minutes."""
    return f"Meeting of {words.day(record.day)}"


def about(record: Record) -> tuple[str, ...]:
    """Return the lines that stand under the title."""
    return (
        f"{record.view.organisation} · {record.view.pathway}",
        record.view.chosen,
        record.view.provenance,
        f"Present: {'; '.join(record.attendees) or 'not recorded'}",
    )


def markdown(record: Record) -> str:
    """Return the minutes as Markdown with tables, in UTF-8 and with lines that end in a newline."""
    lines = [f"# {literal(title(record))}", ""]
    if record.view.invented:
        lines += [f"**{literal(record.view.invented)}**", ""]
    lines += [f"**{literal(record.view.marking)}** {literal(DRAFT)}", ""]
    lines += [f"{literal(line)}  " for line in about(record)] + [""]
    for topic in record.topics:
        lines += _topic(topic)
    lines += ["## What was recorded", ""]
    for sheet in record.recorded:
        lines += [f"### {literal(sheet.title)}", "", *_sheet(sheet), ""]
    if not record.recorded:
        lines += [NOTHING, ""]
    return "\n".join(lines).rstrip() + "\n"


def _topic(topic: Discussed) -> Iterable[str]:
    yield from (f"## {literal(topic.title)}", "")
    for sentence in topic.said:
        yield from (literal(sentence), "")
    if topic.sheet.rows:
        yield from (*_sheet(topic.sheet), "")
    if topic.note:
        yield from ("**Noted:**", "")
        for paragraph in topic.note.split("\n"):
            if paragraph.strip():
                yield from (literal(paragraph.strip()), "")


def _sheet(sheet: Sheet) -> Iterable[str]:
    yield _row(sheet.columns)
    yield _row(["---"] * len(sheet.columns), plain=True)
    for row in sheet.rows:
        yield _row(row)


def _row(cells: Sequence[str], *, plain: bool = False) -> str:
    return f"| {' | '.join(cells if plain else (literal(cell) for cell in cells))} |"


def literal(text: str) -> str:
    """Return a text that Markdown shows letter by letter, in one line."""
    one_line = " ".join(text.split())
    return _NUMBERED.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", one_line))
