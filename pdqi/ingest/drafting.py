"""A draft of a mapping for extracts that nobody has mapped yet, with what is open marked.

What a person has to fill in stands as '???' and keeps the mapping from being loaded; what should
be looked at is a remark. Columns' names are quoted, and words of lists (teams, treatments,
statuses), cut short and without long numbers; no other value is.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from pdqi.config import Config
from pdqi.errors import LoadError, Problem
from pdqi.ingest.accounts import shown
from pdqi.ingest.date_forms import Dates, dates_of
from pdqi.ingest.extract import Extract, Seen, look_at
from pdqi.ingest.guessing import Guess, Guesser, Spellings
from pdqi.ingest.headings import headings, meaning, worded
from pdqi.ingest.known_by import KnownBy, known_by, person_columns
from pdqi.ingest.mapping import STILL_OPEN
from pdqi.ingest.written import listed, printable, quoted, rows_said, scalar, several
from pdqi.store.schema import TABLES, Column

MOST_WORDS = 30
MOST_DIFFERENT = 300
"""A column with more different words than this is no list: its words are counted, not quoted."""

CODED = ("certainty", "outcome")


@dataclass
class Draft:
    """The mapping's text, and what is open, a sentence each; `must` keeps it from loading."""

    text: str = ""
    must: list[str] = field(default_factory=list)
    look: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    """What each file was taken for."""


def draft_of(files: Sequence[Path], config: Config) -> Draft:
    """Draft one mapping for files of one keeper; raises `LoadError` with every unreadable file."""
    extracts: list[Extract] = []
    problems: list[Problem] = []
    for file in files:
        try:
            extracts.append(look_at(file))
        except LoadError as error:
            problems += error.problems
    if len({path.resolve().parent for path in files}) > 1:
        what = "The files lie in several folders, and a load reads one."
        problems.append(Problem(what, fix="Put them into one folder, or draft one at a time."))
    if problems:
        raise LoadError(problems)
    return _Drafter(extracts, config).draft


class _Drafter:
    """Guesses about all files, then writes them down."""

    def __init__(self, extracts: Sequence[Extract], config: Config) -> None:
        self.draft = Draft()
        self._spellings = Spellings(config)
        first = [Guesser(e, self._spellings, person_columns(e)).best for e in extracts]
        lists = [guess.extract for guess in first if guess.table.name == "people"]
        clients = max(lists, key=lambda item: item.rows, default=None)
        self._known: KnownBy = known_by(extracts, clients)
        self._guesses = [
            guess if guess.extract is clients else self._again(guess) for guess in first
        ]
        self._clients = clients
        self._dates: Dates = dates_of(self._date_columns())
        folder = extracts[0].path.resolve().parent.name
        words = "_".join(worded(folder))
        self._id = words[:40] if re.fullmatch(r"[a-z][a-z0-9_]*", words) else "source"
        self._write(folder)

    def _again(self, guess: Guess) -> Guess:
        """Guess once more, now that it is known which column names the people."""
        person = self._known.people.get(guess.extract.path.name)
        names = {*person_columns(guess.extract), *([person.column] if person else [])}
        return Guesser(guess.extract, self._spellings, sorted(names)).best

    def _columns(self, wanted: Callable[[Column], bool]) -> Iterable[tuple[Guess, Column, Seen]]:
        for guess in self._guesses:
            for column in guess.table.columns:
                if column.name in guess.columns and wanted(column):
                    yield guess, column, guess.extract.column(guess.columns[column.name].name)

    def _date_columns(self) -> list[tuple[str, Seen]]:
        found = {}
        for guess, _, seen in self._columns(lambda column: column.type == "DATE"):
            found[guess.extract.path.name, seen.name] = seen
        return [(file, seen) for (file, _), seen in found.items()]

    def _write(self, folder: str) -> None:
        files = [line for guess in self._guesses for line in ("", *self._file(guess))]
        head = [
            f"id: {self._id}",
            f"name: {scalar(' '.join(folder.replace('_', ' ').split()) or 'A source')}",
            *self._date_lines(),
            *self._empty(),
            *self._identifiers(),
            *self._codes(),
            *self._vocabulary("team", "teams"),
            *self._vocabulary("treatment", "treatments"),
        ]
        marks = [
            "# A draft: read it through. docs/loading.md explains every key.",
            f"# {STILL_OPEN} has to be filled in before it loads; OPEN and 'guessed' are to be"
            " looked at.",
            "",
        ]
        self.draft.text = "\n".join([*marks, *head, "files:", *files]) + "\n"

    def _date_lines(self) -> list[str]:
        self.draft.look += self._dates.notes
        remarks = [f"# OPEN: {printable(note)}" for note in self._dates.notes]
        return [*remarks, f"dates: {listed(self._dates.forms)}"]

    def _empty(self) -> list[str]:
        known = set(headings().empty)
        words = {
            value.casefold()
            for _, _, seen in self._columns(lambda _: True)
            for value in seen.values
            if value.casefold() in known
        }
        return [f"empty: {listed(sorted(words))}   # they mean an empty cell"] if words else []

    def _identifiers(self) -> list[str]:
        lines = ["identifiers:"] if self._known.identifiers else []
        for name, rule in self._known.identifiers.items():
            keys = [key for key, value in rule.model_dump().items() if value]
            lines.append(f"  {name}: {{{', '.join(f'{key}: true' for key in keys)}}}")
        if self._clients is None:
            note = (
                "No file here is a client list. Load the source that has one first, and call the"
                " identifiers as it does."
            )
            self.draft.look.append(note)
            lines.insert(0, f"# OPEN: {note}")
        return lines

    def _codes(self) -> list[str]:
        lines: list[str] = []
        for name in CODED:
            columns = [
                seen for _, c, seen in self._columns(lambda c: bool(c.choices)) if c.name == name
            ]
            if not columns:
                continue
            words = _words(columns)
            choices = next(c.choices for t in TABLES for c in t.columns if c.name == name)
            lines.append(f"  {name}:")
            for choice in choices:
                known = [w for w in words if meaning(w, name) == choice and w != choice]
                lines.append(f"    {choice}: {listed(known)}")
            unknown = {w: n for w, n in words.items() if not meaning(w, name) and not _empty(w)}
            lines += self._unknown(unknown, f"stands for none of {', '.join(choices)} yet", "    ")
            if unknown:
                self.draft.look.append(f"codes.{name}: {several(len(unknown), 'word')} unknown.")
        return ["codes:", *lines] if lines else []

    def _vocabulary(self, kind: str, key: str) -> list[str]:
        columns = [seen for _, c, seen in self._columns(lambda c: c.vocabulary == kind)]
        unknown: dict[str, int] = {}
        for seen in columns:
            for word, rows in self._spellings.unknown(seen, kind).items():
                if not _empty(word):
                    unknown[word] = unknown.get(word, 0) + rows
        if not unknown:
            return []
        self.draft.look.append(f"{key}: {several(len(unknown), 'spelling')} unknown.")
        known = self._spellings.known[kind]
        near: dict[str, list[str]] = {}
        far: dict[str, int] = {}
        for word, rows in sorted(unknown.items(), key=lambda item: (-item[1], item[0])):
            names = get_close_matches(word, list(known), n=3, cutoff=0.6)
            places = list(dict.fromkeys(known[name] for name in names))
            if not places or len(unknown) > MOST_DIFFERENT or shown(word) != word:
                far[word] = rows
                continue
            others = f"; or {' or '.join(places[1:])}" if places[1:] else ""
            near.setdefault(places[0], []).append(
                f"perhaps {scalar(word)} ({rows_said(rows)}){others}"
            )
        lines = [f"  {place}: []   # OPEN: {'; '.join(notes)}" for place, notes in near.items()]
        lines = [f"{key}:   # take over what is right into the brackets", *lines] if near else []
        return [*lines, *self._unknown(far, f"is like none of the {key} in config.yaml", "")]

    def _unknown(self, words: dict[str, int], what: str, indent: str) -> list[str]:
        """Name words that nothing is known about; where they are many, they are only counted."""
        if len(words) > MOST_DIFFERENT:
            return [f"{indent}# OPEN: {len(words):,} different values: is this the right column?"]
        ranked = sorted(words.items(), key=lambda item: (-item[1], item[0]))
        lines = [f"{indent}# OPEN: {scalar(shown(w))} ({rows_said(n)}) {what}." for w, n in ranked]
        more = len(lines) - MOST_WORDS
        return [*lines[:MOST_WORDS], *([f"{indent}# … and {more:,} more."] if more > 0 else [])]

    def _file(self, guess: Guess) -> list[str]:
        extract, table = guess.extract, guess.table
        name = extract.path.name
        scope = "" if extract.whole else "the first "
        self.draft.said.append(
            f"{name}: {table.name}, from {scope}{extract.rows:,} rows and"
            f" {len(extract.columns)} columns."
        )
        lines = [f"  - file: {scalar(name)}", f"    table: {table.name}"]
        if extract.delimiter not in (None, "comma"):
            lines.append(f"    delimiter: {extract.delimiter}")
        if extract.sheet:
            lines.append(f"    sheet: {scalar(extract.sheet)}")
        if table.name == "people":
            lines.append("    declares_people: true")
            if extract is not self._clients:
                self._must(f"{name}: a second client list; a source has one.")
                lines.append(f"    # OPEN: a second client list: {STILL_OPEN}")
        lines += self._person(guess) if table.has_person else []
        mapped = self._mapped(guess)
        lines += ["    columns:", *mapped] if mapped else []
        used = {found.name for found in guess.columns.values()}
        person = self._known.people.get(name)
        used |= {person.column} if person else set()
        used |= set(self._known.also.values()) if extract is self._clients else set()
        unused = [c.name for c in extract.columns if c.name not in used]
        if unused:
            lines.append(f"    # not used: {', '.join(map(quoted, unused[:30]))}")
        twice = [item for item in extract.repeated if item in used]
        if twice:
            self._must(f"{name}: the header has {listed(twice)} more than once: rename one.")
        return lines

    def _person(self, guess: Guess) -> list[str]:
        name = guess.extract.path.name
        person = self._known.people.get(name)
        if person is None:
            self._must(f"{name}: which column names the person?")
            kind = next(iter(self._known.identifiers), "client")
            return [f'    person: {{column: "{STILL_OPEN}", identifier: {kind}}}   # OPEN']
        note = ""
        if person.matched is not None and person.matched < 0.9:
            note = f"   # OPEN: {person.matched:.0%} of them are in the client list"
            self.draft.look.append(
                f"{name}: {person.matched:.0%} of the people in it are in the client list."
            )
        column = scalar(person.column)
        lines = [f"    person: {{column: {column}, identifier: {person.identifier}}}{note}"]
        if guess.extract is self._clients and self._known.also:
            also = (f"{kind}: {scalar(column)}" for kind, column in self._known.also.items())
            lines.append(f"    also_known_as: {{{', '.join(also)}}}")
        return lines

    def _mapped(self, guess: Guess) -> list[str]:
        name = guess.extract.path.name
        lines = []
        for column in guess.table.columns:
            if found := guess.columns.get(column.name):
                words = self._dates.open_words.get((name, found.name), ())
                given = scalar(found.name)
                if words and column.name == "ended_on":
                    given = f"{{column: {given}, open_dates: {listed(words)}}}"
                note = "" if found.sure else "   # guessed: is it this column?"
                if note:
                    self.draft.look.append(f"{name}: {column.name} is guessed.")
                lines.append(f"      {column.name}: {given}{note}")
            elif constant := guess.constants.get(column.name):
                self.draft.look.append(f"{name}: {column.name} is guessed from the file's name.")
                note = "   # guessed from the file's name"
                lines.append(f"      {column.name}: {{constant: {constant}}}{note}")
            elif column in guess.lacking:
                self._must(f"{name}: {column.name} ({column.meaning}) was not found.")
                lines.append(
                    f'      {column.name}: "{STILL_OPEN}"   # OPEN: {column.meaning};'
                    " a column, or {constant: …}"
                )
        return lines

    def _must(self, sentence: str) -> None:
        self.draft.must.append(sentence)


def _words(columns: Iterable[Seen]) -> dict[str, int]:
    """Return the words of columns as they are compared, and in how many rows each stands."""
    found: dict[str, int] = {}
    for seen in columns:
        for value, rows in seen.values.items():
            word = " ".join(value.casefold().split())
            found[word] = found.get(word, 0) + rows
    return found


def _empty(word: str) -> bool:
    return word in headings().empty
