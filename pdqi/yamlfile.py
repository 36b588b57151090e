"""A YAML file read into a pydantic model, or the list of everything wrong with it.

PyYAML tells the line of each node and pydantic the path of each fault; joined, every fault is
reported with file and line. Only plain data is read: tags that would build objects are refused.
"""

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from pdqi.errors import Problem, one_of

Model = TypeVar("Model", bound=BaseModel)

MOST_BYTES = 5_000_000
"""Larger files are refused: nobody writes five megabytes of YAML by hand."""

DEEPEST = 60
"""Deeper nesting is refused before anything is built: it could exhaust the stack."""

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Plain data only; the one in C is some ten times as fast, and absent from a few installations."""


class Frozen(BaseModel):
    """Base of every model read from YAML: unknown keys are faults, nothing changes afterwards."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Lines:
    """Where each value of one YAML file stands: path of keys and positions to line number."""

    def __init__(self, root: yaml.Node | None) -> None:
        """Walk the composed nodes once."""
        self._lines: dict[tuple[str | int, ...], int] = {}
        self.duplicates: list[tuple[tuple[str | int, ...], int]] = []
        if root is not None:
            self._walk(root, ())

    def _walk(self, node: yaml.Node, path: tuple[str | int, ...]) -> None:
        self._lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in node.value:
                name = str(key.value)
                if name in seen:
                    self.duplicates.append(((*path, name), key.start_mark.line + 1))
                seen.add(name)
                self._lines[(*path, name)] = key.start_mark.line + 1
                self._walk(value, (*path, name))
        elif isinstance(node, yaml.SequenceNode):
            for position, value in enumerate(node.value):
                self._walk(value, (*path, position))

    def of(self, path: tuple[str | int, ...]) -> int | None:
        """Return the line of a value, or of the nearest thing around it that has one."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path)


def read(path: Path, model: type[Model]) -> tuple[Model | None, Lines, list[Problem]]:
    """Read `path` into `model`.

    Returns the object (None where a fault prevents one), the line of each value, and every
    fault found. Never raises for what the file holds.
    """
    name = path.name
    nothing = Lines(None)
    try:
        if path.stat().st_size > MOST_BYTES:
            return None, nothing, [Problem(f"The file is larger than {MOST_BYTES:,} bytes.", name)]
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return None, nothing, [Problem("There is no such file.", str(path))]
    except (OSError, UnicodeDecodeError):
        fix = "Save it as UTF-8 text."
        return None, nothing, [Problem("The file cannot be read as text.", name, fix=fix)]
    try:
        refused = _refused(text)
        if refused:
            return None, nothing, [Problem(refused[0], name, fix=refused[1])]
        lines = Lines(yaml.compose(text, Loader=LOADER))
        data: Any = yaml.load(text, LOADER)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or "This is not YAML"
        line = min(mark.line + 1, max(len(text.splitlines()), 1)) if mark else None
        fix = "Look at this line and the one above it: a missing colon, quote or space."
        return None, nothing, [Problem(f"{str(what).capitalize()}.", name, line, fix=fix)]
    problems = [
        Problem(f"'{key[-1]}' is written twice.", name, line, _dotted(key), fix="Keep one.")
        for key, line in lines.duplicates
    ]
    try:
        built = model.model_validate(data if data is not None else {})
    except ValidationError as error:
        problems += [_problem(name, lines, fault, model) for fault in _faults(error)]
        return None, lines, problems
    return (None if problems else built), lines, problems


def read_sound_part(path: Path, model: type[Model]) -> tuple[Model | None, set[str]]:
    """Read what is left of a file when its faulty entries are taken out, and the ids of those.

    For checking the links between the entries of a file that has other faults as well, so that
    everything wrong is said at once. None where too little is left.
    """
    data: Any = yaml.load(path.read_text(encoding="utf-8-sig"), LOADER)
    removed: set[str] = set()
    for _ in range(20):
        try:
            return model.model_validate(data), removed
        except ValidationError as error:
            for fault in sorted(_faults(error), key=lambda fault: fault["loc"], reverse=True):
                if not _take_out(data, fault, removed):
                    return None, removed
    return None, removed


def _refused(text: str) -> tuple[str, str] | None:
    """Return what is wrong with a text that could expand or nest without bound, and what to do."""
    depth = 0
    for event in yaml.parse(text, LOADER):
        if isinstance(event, yaml.AliasEvent):
            # Anchors can make a small file expand without bound; nobody needs them here.
            return "YAML aliases (*name) are not used.", "Write the value out where it is needed."
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            return "Lists and keys lie too deep in one another.", "Look for brackets left open."
    return None


def _faults(error: ValidationError) -> list[dict[str, Any]]:
    """Return the faults of a validation, without lists called too short for their bad entries."""
    faults: list[dict[str, Any]] = [{**fault} for fault in error.errors()]
    return [
        fault
        for fault in faults
        if fault["type"] != "too_short"
        or not any(
            other is not fault and other["loc"][: len(fault["loc"])] == fault["loc"]
            for other in faults
        )
    ]


def _take_out(data: Any, fault: dict[str, Any], removed: set[str]) -> bool:
    """Remove an unknown key, or else the whole list entry that a fault is in."""
    path = list(fault["loc"])
    if fault["type"] != "extra_forbidden":
        while path and not isinstance(path[-1], int):
            path.pop()
    if not path:
        return False
    holder = data
    try:
        for step in path[:-1]:
            holder = holder[step]
        taken = holder.pop(path[-1])
    except (KeyError, IndexError, TypeError):
        return True  # It went with another fault of the same entry.
    if isinstance(taken, dict):
        removed.add(str(taken.get("id")))
    return True


def _problem(name: str, lines: Lines, fault: dict[str, Any], model: type[BaseModel]) -> Problem:
    path = tuple(fault["loc"])
    value = fault.get("input")
    allowed = fix = None
    match fault["type"]:
        case "extra_forbidden":
            what = f"'{path[-1]}' is not a key that is known here."
            keys = _keys(model, path[:-1])
            allowed, fix = one_of(path[-1], keys) if keys else (None, "Remove it.")
        case "missing":
            what = f"'{path[-1]}' is missing."
            fix = "Add it."
        case "invalid_key" if isinstance(value, bool):
            # YAML reads the bare words yes, no, on and off as true and false.
            what = "A key is one of the words yes, no, on and off, which YAML takes for a value."
            fix = "Put another key in its place."
        case "literal_error" | "enum":
            what = f"{_quoted(value)} is not allowed."
            allowed = str(fault["ctx"].get("expected", "")).replace("'", "")
        case "value_error":
            what = str(fault["ctx"]["error"])
        case _:
            what = f"{_quoted(value)} is not allowed."
            fix = f"{fault['msg']}."
    return Problem(what, name, lines.of(path), _dotted(path) or None, allowed, fix)


def _keys(model: type[BaseModel], path: tuple[str | int, ...]) -> set[str]:
    """Return the keys that a model knows at a path, as far as the annotations tell."""
    current: type[BaseModel] = model
    for step in path:
        if isinstance(step, int):
            continue
        field = current.model_fields.get(step)
        if field is None:
            return set()
        found = _models_in(field.annotation)
        if len(found) != 1:
            return set()
        current = found[0]
    return {field.alias or name for name, field in current.model_fields.items()}


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [m for part in getattr(annotation, "__args__", ()) for m in _models_in(part)]


def _dotted(path: tuple[str | int, ...]) -> str:
    return ".".join(str(step) for step in path)


def _quoted(value: object) -> str:
    if isinstance(value, dict | list):
        return "A list or a group of keys"
    text = str(value)
    return f"'{text[:60]}…'" if len(text) > 60 else f"'{text}'"
