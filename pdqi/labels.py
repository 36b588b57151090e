"""The words of this pathway, put into text: `{condition}`, `{short}`, `{people}` and the like.

Only names declared under `wording` in `config.yaml` are known. Text is never handed to
`str.format`: that would let content reach into Python objects.
"""

import re
from collections.abc import Mapping
from typing import Self

from pdqi.config import Config
from pdqi.errors import ContentError, Problem, one_of

_PLACEHOLDER = re.compile(r"\{([A-Za-z][A-Za-z0-9_]*)\}")
_PART_OF_NAME = re.compile(r"(?<![a-z0-9])(?:drop_in|cases?)(?![a-z0-9])")
_BEGINS_SENTENCE = re.compile(r"(?:^|[.!?…][\"'”’)]*\s+|\n\s*)[\"'“‘(]*$")
_ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|cf|vs|approx)\.\s+$", re.IGNORECASE)


class Labels:
    """Fills placeholders with the words of one config; two with the same words are equal."""

    def __init__(self, words: Mapping[str, str], names: Mapping[str, str] | None = None) -> None:
        """Keep the words by name, and what parts of names are called in files."""
        self._words = dict(words)
        self._names = dict(names or {})

    @classmethod
    def of(cls, config: Config) -> Self:
        """Return the labels that a config declares, with those that follow from its rules.

        `look_back` is in the words of its rule; `panel`, `study` (the work in which it was found
        out how care runs) and `watched` have plain words where config gives none.
        """
        rules = config.rules
        short = re.sub(r"[^a-z0-9]+", "_", config.wording["short"].casefold()).strip("_")
        watched = " or ".join(rules.prescribing.watched_classes)
        words = {
            "other_people": "people without",
            "panel": "panel",
            "study": "this work",
            "watched": f"a watched medicine ({watched})" if watched else "a watched medicine",
            **config.wording,
            "look_back": f"{rules.look_back_months} months",
        }
        case = short or "case"
        names = {"case": case, "cases": case, "drop_in": config.service_roles.drop_in}
        return cls(words, names)

    def __eq__(self, other: object) -> bool:
        """Compare by words."""
        return isinstance(other, Labels) and (self._words, self._names) == (
            other._words,
            other._names,
        )

    def __hash__(self) -> int:
        """Hash by words, so that labels can be part of a cache key."""
        return hash((frozenset(self._words.items()), frozenset(self._names.items())))

    @property
    def names(self) -> frozenset[str]:
        """The names that may stand in braces."""
        return frozenset(self._words)

    def in_files(self, name: str) -> str:
        """Return the name of a figure or field as files have it, in the pathway's own short word.

        `case_prevalence` is `xyz_prevalence` where the short word is XYZ, and `drop_in_waiting`
        has the id of the service where people drop in.
        """
        return _PART_OF_NAME.sub(lambda match: self._names.get(match[0], match[0]), name)

    def fill(self, text: str, *, begins: bool = True) -> str:
        """Return the text with every placeholder replaced.

        A word that begins a sentence gets a capital letter; `begins=False` says that the text
        itself stands inside a sentence. Raises `ContentError` for an unknown name.
        """
        problems = self.problems(text)
        if problems:
            raise ContentError(problems)

        def word(match: re.Match[str]) -> str:
            before = text[: match.start()]
            at_start = not before.strip("\"'“‘( \n")
            first = begins if at_start else bool(_BEGINS_SENTENCE.search(before))
            found = self._words[match.group(1)]
            return capitalised(found) if first and not _ABBREVIATION.search(before) else found

        return _PLACEHOLDER.sub(word, text)

    def problems(
        self, text: str, file: str | None = None, line: int | None = None, where: str | None = None
    ) -> list[Problem]:
        """Return what is wrong with the braces of a text: unknown names and stray braces."""
        found = []
        for name in _PLACEHOLDER.findall(text):
            if name not in self._words:
                allowed, fix = one_of(name, self._words)
                fix = fix or "Declare it under 'wording' in config.yaml."
                found.append(
                    Problem(
                        f"'{{{name}}}' is not a word that is declared.",
                        file,
                        line,
                        where,
                        allowed,
                        fix,
                    )
                )
        if re.search(r"[{}]", _PLACEHOLDER.sub("", text)):
            fix = "Write a name from 'wording' between two braces, or leave the brace out."
            found.append(Problem("A brace stands alone.", file, line, where, fix=fix))
        return found


def capitalised(text: str) -> str:
    """Return the text with its first letter as a capital and every other letter as it was."""
    for position, letter in enumerate(text):
        if letter.isalpha():
            return text[:position] + letter.upper() + text[position + 1 :]
        if letter.isdigit():
            break
    return text
