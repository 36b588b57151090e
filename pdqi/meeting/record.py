"""The record of a meeting: what its hour showed and what was recorded at it, frozen at its end.

Minutes are drawn up from the record alone, so they are the same however much later.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from pdqi.charts.rows import Table
from pdqi.errors import Problem, RequestError
from pdqi.journal import Item, Standing, registers
from pdqi.journal.items import Action, Decision, Issue, Meeting, Note, Risk
from pdqi.meeting.agenda import Topic

FORMAT = 1
Rows = tuple[tuple[str, ...], ...]
RECORDED: tuple[type[Any], ...] = (Decision, Action, Risk, Issue)
"""What is recorded at a meeting besides notes, in the order of the minutes."""


class Part(BaseModel):
    """Base of the parts of a record."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Sheet(Part):
    """A table as it was shown."""

    title: str
    columns: tuple[str, ...] = ()
    rows: Rows = ()


class Discussed(Part):
    """A topic: what was known, and what was noted."""

    id: str
    title: str
    said: tuple[str, ...] = ()
    sheet: Sheet
    note: str = ""


class View(Part):
    """Whose figures the meeting looked at, which, and for whom they were made."""

    organisation: str
    pathway: str
    marking: str
    """What every page of the minutes carries: the marking for whom the figures were made."""
    invented: str = ""
    """What every page says of invented data; empty for real ones."""
    chosen: str
    """The filters in words."""
    provenance: str
    """Which data and which definitions."""


class Record(Part):
    """Everything that the minutes of a meeting are made of; all of it as it was shown."""

    format: int = FORMAT
    meeting: str
    day: date
    view: View
    attendees: tuple[str, ...] = ()
    topics: tuple[Discussed, ...]
    recorded: tuple[Sheet, ...]
    """Decisions, actions, risks and issues of this meeting; those without rows are left out."""

    def to_json(self) -> dict[str, Any]:
        """Return the record in plain values."""
        return self.model_dump(mode="json")

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Record":
        """Read a record; raises `RequestError` where it is damaged or of a later form."""
        if document.get("format") != FORMAT:
            raise RequestError(
                Problem(
                    f"The record of the meeting is of form {str(document.get('format'))[:20]}.",
                    allowed=f"form {FORMAT}",
                    fix="Use the version of this software that made it, or a later one.",
                )
            )
        try:
            return cls.model_validate(document)
        except ValidationError as error:
            raise RequestError(
                [
                    Problem(
                        f"The record of the meeting is damaged: {fault['msg']}.",
                        where=".".join(str(each) for each in fault["loc"]),
                        fix="Take the journal's file from a copy.",
                    )
                    for fault in error.errors()
                ]
            ) from error


def record(
    meeting: Item[Meeting],
    standing: Standing,
    topics: Sequence[Topic],
    view: View,
    today: date,
) -> Record:
    """Return the record of a meeting as it stands."""
    notes = {
        x.value.topic: x.value.text for x in standing.of(Note) if x.value.meeting == meeting.id
    }
    sheets = []
    for kind in RECORDED:
        found = [x for x in standing.of(kind) if x.value.meeting == meeting.id]
        rows = registers.rows(kind, registers.ordered(kind, found), today)
        if rows:
            title = registers.REGISTERS[kind].title
            sheets.append(Sheet(title=title, columns=registers.columns(kind), rows=rows))
    return Record(
        meeting=meeting.id,
        day=meeting.value.day,
        view=view,
        attendees=meeting.value.attendees,
        topics=tuple(_discussed(topic, notes.get(topic.id, "")) for topic in topics),
        recorded=tuple(sheets),
    )


def _discussed(topic: Topic, note: str) -> Discussed:
    table: Table = topic.table
    sheet = Sheet(title=topic.title, columns=tuple(table.columns), rows=tuple(table.rows))
    return Discussed(id=topic.id, title=topic.title, said=topic.said, sheet=sheet, note=note)
