"""The items of data quality: every field of the store, and what counts as good in it.

Each value of an item falls in one of five categories (valid, other, default, invalid, missing), as
NHS England counts data quality in the Mental Health Services Data Set. The lists are those of the
NHS Data Dictionary; capitals and blanks at the ends make no difference.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pdqi.config import Config
from pdqi.store.schema import TABLES, Column, table

Form = Literal["list", "words", "date", "code", "number"]
"""What makes a value valid: it is in the item's list; it is any words; it is a day that can be; it
has the form of an ICD-10 or SNOMED code; it is a whole number from 0 on."""
Category = Literal["valid", "other", "default", "invalid", "missing"]

CATEGORIES: dict[Category, str] = {
    "valid": "a permitted value that says something",
    "other": "a permitted value that says no more than “other”, or that nothing was stated",
    "default": "a value that stands for “not known”",
    "invalid": "a value that is not permitted, or that cannot be",
    "missing": "nothing at all",
}
"""Each category in the order of the convention, and what falls in it."""

OTHER_WORDS = ("other", "not stated", "prefer not to say", "declined to say")
DEFAULT_WORDS = ("not known", "unknown", "not recorded", "n/k", "nk", "n/a", "tbc", "?", "-")
DEFAULT_DAYS = ("1800-01-01", "1900-01-01", "1901-01-01", "9999-12-31")
"""Days that records fill in where none is known."""
FIRST_DAY = "1900-01-02"
"""No day before it can be: nobody who is alive was born then."""


@dataclass(frozen=True)
class Item:
    """One field of one table. `due` says which rows should have it; empty means every row.

    A row of which it is not due is counted only where it has a value.
    """

    table: str
    column: str
    form: Form
    valid: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    default: tuple[str, ...] = ()
    due: str = ""

    @property
    def id(self) -> str:
        """How SQL, links and files name it: `episodes.team`."""
        return f"{self.table}.{self.column}"

    @property
    def words(self) -> str:
        """How a reader is told of it: `assessed on`."""
        return self.column.replace("_", " ")

    @property
    def meaning(self) -> str:
        """What the store's schema says of it."""
        return table(self.table).column(self.column).meaning


NOT_ITEMS = frozenset({"people.person_id", "episodes.episode_id"})
"""What loading makes itself."""
LISTS: dict[str, Item] = {
    item.id: item
    for item in (
        # Gender identity code and ethnic category (2001 census), NHS Data Dictionary. "9" and "Z"
        # are permitted and tell no more than "other" or "not stated"; "X" and "99" are not known.
        Item("people", "gender", "list", ("1", "2", "3"), ("4", "9", "Z"), ("X", "0")),
        Item("people", "ethnicity", "list", tuple("ABCDEFGHJKLMNPRS"), ("Z",), ("99",)),
        # R69 (unknown causes) is the default of ICD-10, F99 its unspecified mental disorder.
        Item(
            "diagnoses",
            "code",
            "code",
            other=("F99", "F99X"),
            default=("R69", "R69X"),
            due="entries without words",
        ),
    )
}
DUE = {
    "episodes.assessed_on": "episodes that started",
    "episodes.started_on": "none: care may not have started",
    "episodes.ended_on": "episodes with a reason for ending",
    "episodes.end_reason": "episodes that ended",
    "diagnoses.description": "entries without a code",
    "treatments.assessed_on": "treatments that started",
    "treatments.started_on": "treatments that were completed",
    "treatments.ended_on": "treatments with an outcome",
    "treatments.outcome": "treatments that ended",
    "prescriptions.ended_on": "none: the course may go on",
}


def _item(of: str, column: Column) -> Item:
    name = f"{of}.{column.name}"
    if name in LISTS:
        return LISTS[name]
    due = DUE.get(name, "")
    if column.type == "DATE":
        return Item(of, column.name, "date", default=DEFAULT_DAYS, due=due)
    if column.type == "INTEGER":
        return Item(of, column.name, "number", due=due)
    if column.choices or column.vocabulary:
        return Item(of, column.name, "list", valid=column.choices, due=due)
    return Item(of, column.name, "words", (), OTHER_WORDS, DEFAULT_WORDS, due)


ITEMS: tuple[Item, ...] = tuple(
    _item(each.name, column)
    for each in TABLES
    for column in each.columns
    if f"{each.name}.{column.name}" not in NOT_ITEMS
)
"""Every item, in the order of the store's tables."""

DATED_BY = {
    "people": "the first referral",
    "episodes": "referred_on",
    "diagnoses": "recorded_on",
    "treatments": "referred_on",
    "events": "occurred_on",
    "prescriptions": "started_on",
    "workforce": "month",
}
"""The day by which a row of each table belongs to a month."""


def of_table(name: str) -> tuple[Item, ...]:
    """Return the items of a table, in order."""
    return tuple(item for item in ITEMS if item.table == name)


def known_values(config: Config) -> Iterable[tuple[str, str, str]]:
    """Give (item, value in small letters, category) for every value that a list decides."""
    vocabularies = {
        "team": tuple(team.id for team in config.teams),
        "treatment": tuple(item.id for item in config.treatments),
    }
    for item in ITEMS:
        vocabulary = table(item.table).column(item.column).vocabulary
        valid = (*item.valid, *(vocabularies[vocabulary] if vocabulary else ()))
        for category, values in (
            ("valid", valid),
            ("other", item.other),
            ("default", item.default),
        ):
            for value in values:
                yield item.id, value.lower(), category
