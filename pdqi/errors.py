"""What can go wrong in a way that a reader can mend, and how it is said.

Every error that a person should see descends from `PdqiError` and carries one `Problem` for
each fault found: what is wrong, where, what is allowed, what to do. Commands print them and
exit with the class's code; pages show the sentences and never a traceback.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import ClassVar


@dataclass(frozen=True)
class Problem:
    """One fault: where it is, what is wrong, what is allowed and what to do about it.

    `where` names the place inside the file (a path such as `teams.3.service`, or a column).
    A problem never quotes a person's row: extracts are referred to by file and row number.
    """

    what: str
    file: str | None = None
    line: int | None = None
    where: str | None = None
    allowed: str | None = None
    fix: str | None = None

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        head = " ".join(
            part for part in (place and f"{place}:", self.where and f"{self.where}:") if part
        )
        tail = " ".join(
            part
            for part in (self.what, self.allowed and f"Allowed: {self.allowed}.", self.fix)
            if part
        )
        return f"{head} {tail}".strip()


class PdqiError(Exception):
    """Base of the errors that are shown to people as sentences."""

    exit_code: ClassVar[int] = 1

    def __init__(self, problems: Problem | str | Sequence[Problem]) -> None:
        """Keep every problem; a bare string is one problem without a place."""
        if isinstance(problems, str):
            problems = Problem(problems)
        if isinstance(problems, Problem):
            problems = (problems,)
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class ConfigError(PdqiError):
    """A fault in `config.yaml`."""

    exit_code = 2


class ContentError(PdqiError):
    """A fault in the content files under `data/content`."""

    exit_code = 3


class LoadError(PdqiError):
    """A load could not be done; the store is as it was."""

    exit_code = 4


class StoreError(PdqiError):
    """The store is missing, damaged or of another version."""

    exit_code = 5


class RequestError(PdqiError):
    """A figure was asked for that does not exist: an unknown team, a period outside the data."""

    exit_code = 6


class JournalError(PdqiError):
    """The journal cannot be opened or reached, or is another's."""

    exit_code = 7


class EntryError(PdqiError):
    """What somebody wanted to enter has faults; nothing was entered."""

    exit_code = 8


class NotAllowedError(PdqiError):
    """The reader's role may not do this; the sentence says which roles may."""

    exit_code = 9


def one_of(value: object, allowed: Iterable[str]) -> tuple[str, str | None]:
    """Return the allowed values as a phrase, and a "Did you mean" sentence where one is near."""
    names = sorted(allowed)
    near = get_close_matches(str(value), names, n=1, cutoff=0.6)
    return ", ".join(names) or "nothing yet", f"Did you mean '{near[0]}'?" if near else None
