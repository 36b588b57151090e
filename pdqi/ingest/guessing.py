"""Which table an extract fills, and which of its columns holds what: guesses, each with its weight.

A column is guessed from its name and from what its values look like; where both are weak there is
no guess, and the draft says that the point is open.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from pdqi.config import Config, folded
from pdqi.ingest.columns import ICD10, SNOMED
from pdqi.ingest.extract import Extract, Seen
from pdqi.ingest.headings import headings, likeness, meaning, worded
from pdqi.store.schema import TABLES, Column, Table

WORTH_SAYING = 0.5
SURE = 0.75
"""Guesses below this weight are marked in the draft, to be looked at."""

NOT_MAPPED = {"person_id", "code_system"}
LACKING = {"kind": 0.4, "certainty": 0.5, "team": 0.5}
"""What it costs a table that a required column is not found; 1.2 for all others."""


@dataclass(frozen=True)
class Found:
    """A guess: the file's column, and how sure it is, 0 to 1."""

    name: str
    weight: float

    @property
    def sure(self) -> bool:
        """Whether nobody needs to look at it."""
        return self.weight >= SURE


@dataclass(frozen=True)
class Guess:
    """What an extract seems to be; `constants` are values that its name tells."""

    extract: Extract
    table: Table
    columns: Mapping[str, Found]
    constants: Mapping[str, str] = field(default_factory=dict)

    @property
    def lacking(self) -> list[Column]:
        """The required columns that nothing was found for."""
        made = {*NOT_MAPPED, "episode_id", *self.columns, *self.constants}
        return [c for c in self.table.columns if c.required and c.name not in made]


class Spellings:
    """The spellings of teams and of treatments, as config has them."""

    def __init__(self, config: Config) -> None:
        """Fold every spelling once."""
        self.known = {
            kind: {
                folded(name): item.id
                for item in items
                for name in (item.id, item.name, *item.spellings)
            }
            for kind, items in (("team", config.teams), ("treatment", config.treatments))
        }
        self.drop_in = {t.id for t in config.teams if t.service == config.service_roles.drop_in}

    def share(self, column: Seen, kind: str) -> float:
        """Return the share of a column's rows that have a known spelling."""
        return column.share([value for value in column.some if folded(value) in self.known[kind]])

    def unknown(self, column: Seen, kind: str) -> dict[str, int]:
        """Return the spellings of a column that are not known, and their rows, folded."""
        found: dict[str, int] = {}
        for value, rows in column.values.items():
            if (name := folded(value)) not in self.known[kind]:
                found[name] = found.get(name, 0) + rows
        return found

    def told_by(self, stem: str, kind: str) -> str | None:
        """Return the team or treatment that a file's name speaks of, None where none or several."""
        words = worded(stem)
        runs = {
            " ".join(words[start:end])
            for start in range(len(words))
            for end in range(start + 1, len(words) + 1)
        }
        named = {known for name, known in self.known[kind].items() if name in runs}
        return named.pop() if len(named) == 1 else None


class Guesser:
    """Guesses about one extract."""

    def __init__(self, extract: Extract, spellings: Spellings, people: Sequence[str]) -> None:
        """`people` are the columns that name persons: they hold nothing else."""
        self._extract, self._spellings = extract, spellings
        self._others = [column for column in extract.columns if column.name not in people]
        self._weights: dict[tuple[str, str, str], float] = {}

    @cached_property
    def best(self) -> Guess:
        """The guess for the table that fits best."""
        return max((self._of(table) for table in TABLES), key=self._fit)

    def _fit(self, guess: Guess) -> float:
        required = {column.name for column in guess.table.columns if column.required}
        found = sum(f.weight * (1.5 if n in required else 1) for n, f in guess.columns.items())
        lacking = sum(LACKING.get(column.name, 1.2) for column in guess.lacking)
        named = 0.9 * _names(self._extract.path.stem, headings().tables.get(guess.table.name, ()))
        if guess.table.name == "people" and "birth_date" not in guess.columns:
            lacking += 1.5
        if guess.table.name == "diagnoses" and not {"code", "description"} & guess.columns.keys():
            lacking += 1.5
        unused = len(self._others) - len({f.name for f in guess.columns.values()})
        return found - lacking + named - 0.2 * unused

    def _of(self, table: Table) -> Guess:
        wanted = [c for c in table.columns if c.name not in NOT_MAPPED]
        pairs = sorted(
            (
                (-self._weight(seen, column, table), place, order)
                for place, column in enumerate(wanted)
                for order, seen in enumerate(self._others)
            ),
        )
        found: dict[str, Found] = {}
        used: set[str] = set()
        for weight, place, order in pairs:
            name, seen = wanted[place].name, self._others[order].name
            if -weight >= WORTH_SAYING and name not in found and seen not in used:
                found[name] = Found(seen, -weight)
                used.add(seen)
        self._admission(table, found)
        in_order = {c.name: found[c.name] for c in wanted if c.name in found}
        guess = Guess(self._extract, table, in_order)
        return Guess(self._extract, table, in_order, self._constants(guess))

    def _admission(self, table: Table, found: dict[str, Found]) -> None:
        """One day of admission is referral, assessment and start, where these are not apart."""
        day = found.get("referred_on")
        if table.name != "episodes" or day is None or "started_on" in found:
            return
        if _names(day.name, headings().admissions):
            found["started_on"] = day
            found.setdefault("assessed_on", day)

    def _constants(self, guess: Guess) -> dict[str, str]:
        names = {column.name for column in guess.lacking}
        stem = self._extract.path.stem
        constants: dict[str, str] = {}
        for column in guess.table.columns:
            if (kind := column.vocabulary) and column.name not in guess.columns:
                told = self._spellings.told_by(stem, kind)
                constants |= {column.name: told} if told else {}
        if "kind" in names:
            kinds = [kind for kind, words in headings().kinds.items() if _names(stem, words)]
            if not kinds and constants.get("team") in self._spellings.drop_in:
                kinds = ["attendance"]
            constants |= {"kind": kinds[0]} if kinds else {}
        return constants

    def _weight(self, seen: Seen, column: Column, table: Table) -> float:
        """Return how well a file's column fits one of the store's, from name and values."""
        by_name, is_empty = likeness(seen.name, column.name), not seen.filled
        if column.type == "DATE":
            dates = seen.dates if column.name == "month" else seen.days
            return by_name * (0.8 if is_empty else 1) if is_empty or dates >= 0.5 else 0.0
        if is_empty:
            return by_name * 0.8
        if column.type == "INTEGER":
            return by_name if seen.alike(r"\d{1,9}") >= 0.5 else 0.0
        if seen.days >= 0.5:
            return 0.0
        if column.vocabulary:
            share = self._spellings.share(seen, column.vocabulary)
            other = {"team": "treatment", "treatment": "team"}[column.vocabulary]
            if self._spellings.share(seen, other) > share:
                return 0.0
            return max(by_name, 0.7) if share >= 0.5 else by_name * (0.8 + 0.2 * share)
        if column.name == "code":
            coded = seen.alike(f"{ICD10}|{SNOMED}") >= 0.6
            return max(by_name, 0.7) if coded else by_name * 0.6
        if column.choices:
            known = seen.share([v for v in seen.some if meaning(v, column.name)])
            return max(by_name, 0.65) if known >= 0.6 else by_name * (0.6 + 0.4 * known)
        # Another column of this table may be meant by the values, whatever the name says.
        return by_name * (0.9 if table.name == "events" else 0.95)


def _names(text: str, words: Sequence[str]) -> bool:
    """Whether a name has one of these words, or several that stand together."""
    have = f" {' '.join(worded(text))} "
    return any(f" {' '.join(worded(word))} " in have for word in words)
