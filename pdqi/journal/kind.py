"""What a kind of item is made of: its fields with the words for forms, minutes and files.

A kind is declared once, as a class in `items`. Its fields carry their label and their help; the
rest (which are required, which are choices) follows from their types.
"""

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal, Union, get_args, get_origin

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from pdqi import words
from pdqi.config import Id, Permission

Shape = Literal["line", "text", "date", "number", "choice", "list", "document"]
MOST_CHARACTERS = 4000


def _printable(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if any(not letter.isprintable() and letter not in "\n\t\u00a0\u2028" for letter in text):
        raise ValueError("It holds a character that cannot be written.")
    return text


Line = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_printable)]
"""A short text: a name, a role, a heading."""
Words = Annotated[str, Field(min_length=1, max_length=MOST_CHARACTERS), AfterValidator(_printable)]
"""A text of some sentences. Braces mean nothing in it: it is never filled with labels."""
ItemId = Annotated[str, Field(pattern=r"^[A-Z]+-?[A-Za-z0-9_-]{1,80}$")]
"""The id of an item of the journal, as A12."""


class Choice(StrEnum):
    """Base of the closed lists; the words of a value are its own."""

    @property
    def words(self) -> str:
        """Return the choice as it stands in a form: `not_started` is "Not started"."""
        return self.value.replace("_", " ").capitalize()


class Part(BaseModel):
    """Base of what a field may hold that has parts of its own."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Figures(Part):
    """Figures as they were published, for one policy: shown again only to whom it lets see them."""

    policy: Id
    document: dict[str, JsonValue] | None
    """As whoever published it defines it; None for a reader of another policy."""


@dataclass(frozen=True)
class Fault:
    """What is wrong between fields of one item, told at one of them."""

    field: str
    what: str
    fix: str


class Kind(BaseModel):
    """Base of the kinds of items; an instance is what an item says at one moment."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    kind: ClassVar[str]
    """Its name in entries: `action`."""
    noun: ClassVar[str]
    """What it is called inside a sentence."""
    letter: ClassVar[str]
    """What its ids begin with."""
    needs: ClassVar[Permission]
    """What a role must be allowed to enter or change one."""
    one_per: ClassVar[tuple[str, ...]] = ()
    """Fields of whose values there is one item each; its id is made of them."""
    alone: ClassVar[tuple[str, ...]] = ()
    """Fields whose values taken together no two items share."""

    @classmethod
    def faults(cls, values: Mapping[str, Any], today: date) -> Iterator[Fault]:  # noqa: ARG003
        """Give what is wrong between fields; `values` holds those that are in order."""
        yield from ()

    @classmethod
    def reason_needed(
        cls,
        before: Mapping[str, Any],  # noqa: ARG003
        after: Mapping[str, Any],  # noqa: ARG003
    ) -> str | None:
        """Return why this change needs a reason of its own, or None where it needs none."""
        return None


def said(
    label: str,
    help: str = "",
    *,
    refers: str | None = None,
    default: Any = PydanticUndefined,
) -> Any:
    """Return a field with its words; without a default it has to be filled in.

    `refers` names the kind of what it points to: `workstream`, `idea` and `kpi` are content,
    any other is a kind of the journal; `role` is free text for which content has suggestions.
    """
    extra: dict[str, JsonValue] = {"refers": refers}
    return Field(default, title=label, description=help, json_schema_extra=extra)


@dataclass(frozen=True)
class FieldWords:
    """One field as forms, minutes and files need it."""

    name: str
    label: str
    help: str
    required: bool
    shape: Shape
    choices: tuple[tuple[str, str], ...]
    """Each allowed value with its words; empty where the field is free."""
    refers: str | None
    """What its values point to: see `said`."""
    default: Any
    """What it holds where nothing is entered; None where it has to be, or may be empty."""
    least: float | None
    most: float | None
    step: float | None
    """The limits of a number, and how far apart allowed ones lie."""


def fields_of(kind: type[Kind]) -> tuple[FieldWords, ...]:
    """Return the fields of a kind, in the order in which they are declared."""
    return tuple(_words_of(name, info) for name, info in kind.model_fields.items())


def label_of(kind: type[Kind], name: str) -> str:
    """Return what a field is called."""
    return str(kind.model_fields[name].title)


def value_in_words(field: FieldWords, value: Any) -> str:
    """Return a value of a field as people read it: a choice in its words, a day as a date."""
    if value is None or value in ((), []):
        return "nothing"
    if field.shape == "document":
        return "kept"
    if isinstance(value, Mapping):
        return str(value.get("words", "kept"))
    if isinstance(value, list | tuple):
        return "; ".join(value_in_words(field, each) for each in value)
    if field.shape == "date":
        return words.day(value if isinstance(value, date) else date.fromisoformat(str(value)))
    return dict(field.choices).get(str(value), str(value))


def _words_of(name: str, info: FieldInfo) -> FieldWords:
    bare = _bare(info.annotation)
    choices: tuple[tuple[str, str], ...] = ()
    if isinstance(bare, type) and issubclass(bare, Choice):
        choices = tuple((item.value, item.words) for item in bare)
    elif get_origin(bare) is Literal:
        choices = tuple((str(value), str(value)) for value in get_args(bare))
    extra = info.json_schema_extra
    refers = extra.get("refers") if isinstance(extra, dict) else None
    return FieldWords(
        name=name,
        label=info.title or name,
        help=info.description or "",
        required=info.is_required(),
        shape=_shape(bare, info, bool(choices)),
        choices=choices,
        refers=refers if isinstance(refers, str) else None,
        default=None if info.is_required() else info.default,
        **_numbers(info),
    )


def _bare(annotation: Any) -> Any:
    """Return a type without `None` and without what Annotated adds."""
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        kept = [part for part in get_args(annotation) if part is not types.NoneType]
        return _bare(kept[0])
    return _bare(get_args(annotation)[0]) if origin is Annotated else annotation


def _shape(bare: Any, info: FieldInfo, choices: bool) -> Shape:
    if choices:
        return "choice"
    if get_origin(bare) is tuple:
        return "list"
    if bare is date:
        return "date"
    if bare in (int, float):
        return "number"
    if bare is str:
        long = any(getattr(item, "max_length", 0) == MOST_CHARACTERS for item in _limits(info))
        return "text" if long else "line"
    return "document"


def _numbers(info: FieldInfo) -> dict[str, float | None]:
    found = {
        name: getattr(item, name)
        for item in info.metadata
        for name in ("ge", "le", "multiple_of")
        if hasattr(item, name)
    }
    return {
        "least": found.get("ge"),
        "most": found.get("le"),
        "step": found.get("multiple_of"),
    }


def _limits(info: FieldInfo) -> Iterator[Any]:
    yield from info.metadata
    for part in (info.annotation, *get_args(info.annotation)):
        for item in getattr(part, "__metadata__", ()):
            yield from getattr(item, "metadata", ())
