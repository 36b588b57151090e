"""A snapshot as it is kept: what was shown, in words, rows and drawings, and what it rests on.

Every file is made from this and from nothing else, so a figure is the same string in all of them.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from pdqi.charts.rows import Table
from pdqi.errors import Problem, RequestError

FORMAT = 1


class Part(BaseModel):
    """Base of the parts of a snapshot."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Sheet(Part):
    """A table as it is shown: the first column names the row."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, table: Table) -> "Sheet":
        """Return a table as it is kept."""
        return cls(columns=table.columns, rows=table.rows)


class Series(Part):
    """A line, or a row of bars, as numbers; None where nothing is shown."""

    name: str
    values: tuple[float | None, ...]
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()
    """The ends of 95% intervals, if it has any."""
    at: tuple[float, ...] = ()
    """Where its points stand on the other axis of a scatter."""
    points: tuple[str, ...] = ()
    """The names of its points on a scatter; without any it is a line."""
    quiet: bool = False
    """Whether it is a help to the eye, such as a limit."""


class Plot(Part):
    """What a drawing shows as numbers, for programs that draw it themselves.

    It holds shown figures only, and as exactly as they are shown.
    """

    form: Literal["bars", "lines", "scatter"]
    unit: Literal["share", "count", "days", "ratio", "date"]
    places: tuple[str, ...] = ()
    """What stands along bars and lines: names or months."""
    across: str = ""
    """What the other axis of a scatter counts."""
    series: tuple[Series, ...]


class Exhibit(Part):
    """One thing that is shown: its name, what it says, its numbers and its drawing."""

    id: str
    name: str
    said: tuple[str, ...] = ()
    """Sentences; the first is the message."""
    sheet: Sheet | None = None
    spec: dict[str, Any] | None = None
    """The drawing in light colours, as a Vega-Lite specification; it holds shown figures only."""
    plot: Plot | None = None
    notes: tuple[str, ...] = ()
    definition: tuple[tuple[str, str], ...] = ()
    """What is counted, by what each part is called."""


class Section(Part):
    """What a page of the dashboard shows."""

    id: str
    title: str
    exhibits: tuple[Exhibit, ...]
    left_out: tuple[str, ...] = ()
    """What is not in it, each with why."""


class About(Part):
    """What a snapshot is of, for whom it was made, and what it rests on."""

    name: str
    """What people call it; empty where nobody named it."""
    made_at: datetime
    maker: str
    """The role that made it."""
    role: str
    audience: str
    """The name of that role."""
    policy: str
    cleared: bool
    marking: str
    invented: str
    """What every page says of invented data; empty for real ones."""
    organisation: str
    pathway: str
    chosen: str
    """The filters in words."""
    scope: str
    period: str
    definition: str
    ages: str
    data_version: str
    loaded_at: str
    data_to: str
    config_digest: str
    content_digest: str
    software: str
    briefing: bool
    pages: tuple[str, ...]
    """The ids of what was wanted."""


class Snapshot(Part):
    """A frozen set of figures."""

    format: int = FORMAT
    about: About
    sections: tuple[Section, ...]
    stand: dict[str, Any]
    """The published figures and the config in force, as `pdqi.stand` keeps them."""

    @cached_property
    def digest(self) -> str:
        """The hash of all that it holds, in hexadecimal digits."""
        return hashlib.sha256(self.as_bytes()).hexdigest()

    @property
    def id(self) -> str:
        """Its name: the day on which it was made, and the beginning of its hash."""
        return f"S{self.about.made_at:%Y%m%d}-{self.digest[:10]}"

    def as_bytes(self) -> bytes:
        """Return it as JSON, always the same for the same snapshot."""
        document = self.model_dump(mode="json")
        text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return text.encode()

    @classmethod
    def read(cls, data: bytes, where: str) -> "Snapshot":
        """Read what `as_bytes` gave; raises `RequestError` where it is damaged.

        `where` is the file, for the message.
        """
        try:
            document = json.loads(data)
        except ValueError as error:
            raise _damaged(where, "it is no JSON") from error
        if not isinstance(document, Mapping) or document.get("format") != FORMAT:
            raise _damaged(where, f"it is not of form {FORMAT}")
        try:
            return cls.model_validate(document)
        except ValidationError as error:
            place = ".".join(str(each) for each in error.errors()[0]["loc"])
            raise _damaged(where, f"'{place}' is not as it should be") from error


def _damaged(where: str, why: str) -> RequestError:
    what = f"The snapshot cannot be read: {why}."
    return RequestError(Problem(what, file=where, fix="Take it from a copy."))
