"""By which numbers the people of new extracts are known, and which files use the same ones.

The values themselves are compared: a column of another file names people by the client list's
number where its values are found there. Only shares and the columns' names leave this file.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from pdqi.ingest.extract import Extract, Seen
from pdqi.ingest.headings import likeness, worded
from pdqi.ingest.mapping import Identifier

PERHAPS = 0.3
"""From this share of values found in the client list a column is taken to name its people."""

UNLIKE_A_NAME = 0.6
"""The same where the column's own name does not say that it names people."""

FEWEST_VALUES = 5


@dataclass(frozen=True)
class Person:
    """The column that names a file's people; `matched` is the share found in the client list.

    It is None for the list itself, and where there is no list.
    """

    column: str
    identifier: str
    matched: float | None


@dataclass(frozen=True)
class KnownBy:
    """The kinds of identifiers, each file's person column, and the client list's other numbers."""

    identifiers: Mapping[str, Identifier]
    people: Mapping[str, Person]
    """By the file's name."""
    also: Mapping[str, str]
    """Of the client list: kind of identifier to column."""


def person_columns(extract: Extract) -> list[str]:
    """Return the columns whose names say that they name people, the likeliest first."""
    weights = {c.name: likeness(c.name, "person") for c in extract.columns if c.days < 0.5}
    likely = [name for name, weight in weights.items() if weight >= 0.6]
    return sorted(likely, key=lambda name: -weights[name])


def known_by(extracts: Sequence[Extract], clients: Extract | None) -> KnownBy:
    """Compare the files' numbers with those of the client list.

    Where there is none they are compared with the longest column that is named as a person's.
    """
    rules: dict[str, Identifier] = {}
    people: dict[str, Person] = {}
    of_list: dict[str, Seen] = {}
    if clients is not None:
        likely = set(person_columns(clients))
        for seen in clients.columns:
            if seen.name in likely:
                of_list.setdefault(_id_of(seen.name), seen)
        if of_list:
            # The list's own number is the first one that stands in nearly every row.
            most = max(seen.filled for seen in of_list.values())
            first = next(k for k, seen in of_list.items() if seen.filled >= 0.9 * most)
            people[clients.path.name] = Person(of_list[first].name, first, None)
        rules |= {kind: Identifier() for kind in of_list}
    else:
        of_list = _longest(extracts)
        rules |= {kind: _own_rule(seen) for kind, seen in of_list.items()}
    for extract in extracts:
        if extract is clients:
            continue
        best = _best(extract, of_list)
        if best is None:
            names = person_columns(extract)
            if names:
                kind = _id_of(names[0])
                rules.setdefault(kind, _own_rule(extract.column(names[0])))
                people[extract.path.name] = Person(names[0], kind, 0.0 if clients else None)
            continue
        person, rule = best
        if clients is None:
            person = replace(person, matched=None)
        people[extract.path.name] = person
        before = rules[person.identifier]
        rules[person.identifier] = Identifier(
            strip_leading_zeros=before.strip_leading_zeros or rule.strip_leading_zeros,
            fold_case=before.fold_case or rule.fold_case,
        )
    used = people[clients.path.name].identifier if clients and clients.path.name in people else ""
    also = {kind: seen.name for kind, seen in of_list.items() if kind != used}
    return KnownBy(rules, people, also)


def _longest(extracts: Sequence[Extract]) -> dict[str, Seen]:
    """Return the column with the most values of those whose names say that they name people."""
    named = [e.column(name) for e in extracts for name in person_columns(e)[:1]]
    longest = max(named, key=lambda seen: len(seen.values), default=None)
    return {_id_of(longest.name): longest} if longest else {}


def _best(extract: Extract, of_list: Mapping[str, Seen]) -> tuple[Person, Identifier] | None:
    """Return the column whose values are best found in the client list, and by which rule."""
    found: tuple[float, Person, Identifier] | None = None
    for seen in extract.columns:
        named = likeness(seen.name, "person") >= 0.6
        if seen.days >= 0.5 or (len(seen.values) < FEWEST_VALUES and not named):
            continue
        for kind, listed in of_list.items():
            share, rule = _overlap(seen, listed)
            if share >= (PERHAPS if named else UNLIKE_A_NAME) and (not found or share > found[0]):
                found = (share, Person(seen.name, kind, share), rule)
    return (found[1], found[2]) if found else None


def _overlap(seen: Seen, listed: Seen) -> tuple[float, Identifier]:
    """Return the share of values that are found, and the differences of writing to overlook."""
    best = (-1.0, Identifier())
    for rule in (
        Identifier(),
        Identifier(strip_leading_zeros=True),
        Identifier(fold_case=True),
        Identifier(strip_leading_zeros=True, fold_case=True),
    ):
        write = _writer(rule)
        known = {write(value) for value in listed.values}
        share = seen.share([value for value in seen.some if write(value) in known])
        if share > best[0]:
            best = (share, rule)
    return best


def _writer(rule: Identifier) -> Callable[[str], str]:
    def written(value: str) -> str:
        value = re.sub(r"\s+", "", value)
        value = value.lower() if rule.fold_case else value
        return (value.lstrip("0") or "0") if rule.strip_leading_zeros else value

    return written


def _own_rule(seen: Seen) -> Identifier:
    """Return the rule that a column suggests by itself: zeros in front of some numbers only."""
    padded = [value.startswith("0") for value in seen.some]
    digits = all(re.fullmatch(r"[\d\s]+", value) for value in seen.some)
    return Identifier(strip_leading_zeros=digits and any(padded) and not all(padded))


def _id_of(name: str) -> str:
    """Return a name for a kind of identifier: that of its column, in plain letters."""
    words = re.sub(r"[^a-z0-9_]", "", "_".join(worded(name)))[:40]
    return words if words[:1].isalpha() else "client"
