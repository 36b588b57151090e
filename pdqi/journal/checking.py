"""What may be entered: every fault of a draft at once, in the words of its form."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import TypeAdapter, ValidationError

from pdqi.content import Library
from pdqi.errors import EntryError, Problem, one_of
from pdqi.journal.entry import By, Draft, Item, Standing
from pdqi.journal.items import KINDS, Meeting, MeetingState, Note
from pdqi.journal.kind import FieldWords, Kind, Line, Words, fields_of

CONTENT = ("workstream", "idea")
"""What a field may point to in the content, by the kind of its reference there."""
LONG_VALUE = 60


@dataclass(frozen=True)
class Known:
    """What a draft may name."""

    library: Library | None
    kpi_ids: Collection[str]

    def of(self, refers: str, standing: Standing) -> Collection[str] | None:
        """Return the ids that a field may point to; None where they cannot be known."""
        if refers == "kpi":
            return self.kpi_ids
        if refers in CONTENT:
            if self.library is None:
                return None
            refs = (ref.partition(":") for ref in self.library.items)
            return {name for kind, _, name in refs if kind == refers}
        kind = KINDS.get(refers)
        return None if kind is None else [item.id for item in standing.of(kind)]


def checked(
    draft: Draft, by: By, standing: Standing, known: Known, today: date
) -> tuple[Kind, Item[Any] | None]:
    """Return what the item will say, and the item as it stands now; raises `EntryError`.

    `draft.values` are whole: what a form left alone is in them as it stood.
    """
    kind = KINDS.get(draft.kind)
    if kind is None:
        raise EntryError(
            Problem(f"'{_short(draft.kind)}' is no kind of item.", allowed=one_of("", KINDS)[0])
        )
    now = standing.item(draft.item) if draft.item is not None else None
    if draft.item is not None and not isinstance(now.value if now else None, kind):
        what = f"There is no {kind.noun} '{_short(draft.item)}'."
        raise EntryError(Problem(what, fix="It may have been undone: load the page again."))
    problems = list(_free_text(draft, by))
    value, in_order, wrong = _read(kind, draft.values)
    problems += wrong
    for fault in kind.faults(in_order, today):
        label = kind.model_fields[fault.field].title
        problems.append(Problem(fault.what, where=label, fix=fault.fix))
    was = now.value.model_dump() if now else {}
    problems += _unknown(kind, in_order, was, standing, known)
    if value is not None:
        problems += _against_others(value, now, standing)
        problems += _reason(kind, value, now, draft.reason)
    if problems or value is None:
        raise EntryError(problems)
    return value, now


def _free_text(draft: Draft, by: By) -> Iterator[Problem]:
    for label, text, form in (
        ("You enter as", by.name, Line),
        ("Why it changes", draft.reason, Words),
        ("The form's mark", draft.token, Line),
    ):
        if text:
            try:
                TypeAdapter(form).validate_python(text)
            except ValidationError as error:
                yield Problem(_said(error.errors()[0]), where=label)


def _read(
    kind: type[Kind], values: Mapping[str, Any]
) -> tuple[Kind | None, dict[str, Any], list[Problem]]:
    """Return the item, the values that are in order on their own, and what is wrong."""
    given = {name: value for name, value in values.items() if value not in (None, "")}
    try:
        value = kind.model_validate(given)
        return value, {name: getattr(value, name) for name in kind.model_fields}, []
    except ValidationError as error:
        faults = error.errors()
    problems, wrong = [], set()
    for fault in faults:
        name = str(fault["loc"][0]) if fault["loc"] else ""
        if name in wrong:
            continue
        wrong.add(name)
        field = next((each for each in fields_of(kind) if each.name == name), None)
        if field is None:
            allowed = ", ".join(kind.model_fields)
            problems.append(
                Problem(f"A {kind.noun} has no field '{_short(name)}'.", allowed=allowed)
            )
        elif fault["type"] == "missing":
            problems.append(Problem("It is empty.", where=field.label, fix="Fill it in."))
        else:
            problems.append(_fault(field, fault))
    in_order = {}
    for name, info in kind.model_fields.items():
        if name in wrong:
            continue
        if name not in given:
            in_order[name] = info.get_default(call_default_factory=True)
            continue
        # The whole was refused, so each of the other fields is read by itself.
        adapter: TypeAdapter[Any] = TypeAdapter(info.rebuild_annotation())
        in_order[name] = adapter.validate_python(given[name])
    return None, in_order, problems


def _fault(field: FieldWords, fault: Mapping[str, Any]) -> Problem:
    typed = fault.get("input")
    said = f"'{_short(str(typed))}': " if isinstance(typed, str | int | float) else ""
    if field.choices:
        allowed = ", ".join(words for _, words in field.choices)
        return Problem(f"{said}it is none of the choices.", where=field.label, allowed=allowed)
    if field.shape == "date":
        return Problem(
            f"{said}it is not a date.", where=field.label, allowed="a day, as 2026-09-30"
        )
    return Problem(f"{said}{_said(fault)}", where=field.label)


def _said(fault: Mapping[str, Any]) -> str:
    limits = fault.get("ctx", {})
    if fault["type"] == "string_too_long":
        return f"it is too long: at most {limits['max_length']:,} characters."
    if fault["type"] == "value_error":
        return str(limits["error"])
    return f"{str(fault['msg'])[:1].lower()}{str(fault['msg'])[1:]}."


def _unknown(
    kind: type[Kind],
    in_order: Mapping[str, Any],
    was: Mapping[str, Any],
    standing: Standing,
    known: Known,
) -> Iterator[Problem]:
    """Give what is named and does not exist; what was named before may have gone since."""
    for field in fields_of(kind):
        value = in_order.get(field.name)
        if field.refers is None or value is None or value == was.get(field.name):
            continue
        ids = known.of(field.refers, standing)
        if ids is not None and value not in ids:
            what = f"There is no {field.refers} '{_short(str(value))}'."
            yield Problem(what, None, None, field.label, *one_of(value, ids))


def _against_others(value: Kind, now: Item[Any] | None, standing: Standing) -> Iterator[Problem]:
    """Give what other items rule out: twice the same, or a meeting that is closed."""
    kind = type(value)
    for names in (kind.one_per, kind.alone):
        for other in standing.of(kind):
            same = all(getattr(other.value, n) == getattr(value, n) for n in names)
            if names and same and other.id != (now.id if now else None):
                labels = " and ".join(str(kind.model_fields[n].title).lower() for n in names)
                what = f"There is a {kind.noun} with the same {labels} already: {other.id}."
                yield Problem(what, fix=f"Change {other.id} instead.")
    if now is not None and kind.one_per:
        for name in kind.one_per:
            if getattr(now.value, name) != getattr(value, name):
                label = str(kind.model_fields[name].title)
                yield Problem("It cannot be changed.", where=label, fix="Enter a new one.")
    if isinstance(value, Meeting):
        closed = now is not None and now.value.state is MeetingState.CLOSED
        if closed and value.state is MeetingState.CLOSED:
            what = "The meeting is closed, so its record stays as it is."
            yield Problem(what, fix="Open it again first.")
        return
    meeting = standing.item(getattr(value, "meeting", None) or "")
    if meeting is None or meeting.value.state is not MeetingState.CLOSED:
        return
    moved = now is None or now.value.meeting != meeting.id
    if moved or isinstance(value, Note):
        what = f"The meeting {meeting.id} is closed, so nothing is added to its record."
        yield Problem(what, fix="Open it again first, or leave the meeting empty.")


def _reason(kind: type[Kind], value: Kind, now: Item[Any] | None, given: str) -> Iterator[Problem]:
    if now is None or given.strip():
        return
    why = kind.reason_needed(now.value.model_dump(), value.model_dump())
    if isinstance(value, Meeting) and now.value.state is MeetingState.CLOSED:
        why = "A closed meeting is opened again."
    if why:
        yield Problem(f"{why} Nothing says why.", where="Why it changes", fix="Write the reason.")


def _short(text: str) -> str:
    text = "".join(letter if letter.isprintable() else "?" for letter in text)
    return text if len(text) <= LONG_VALUE else f"{text[:LONG_VALUE]}…"
