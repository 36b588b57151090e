"""Invented people's journeys, and what the store should hold of them: the known truth.

A journey is told in its own words, not in those of the national set. `submissions.py` writes the
journeys down as a trust would submit them, month after month; the truth here is worked out from
the journeys alone, so that nothing of the loader is in it.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

FIRST_MONTH = (2024, 2)
"""Two months in the form of version 5, those from April 2024 in that of version 6."""

TEAMS = {
    "T01": ("A06", "north_cmht"),
    "T02": ("A06", "south_cmht"),
    "T03": ("A02", "north_crhtt"),
    "T04": ("A16", "complex_needs"),
    "T05": ("A13", "complex_needs"),
    "T06": ("A21", "safe_haven"),
    "T07": ("A06", None),
}
"""Local identifier: the national type, and the team of config that it should become.

T04 and T06 are told by their type; T05 was sent with another type than it has; T07 is one of
several CMHTs and named nowhere.
"""
NAMED = {
    "north_cmht": ["T01"],
    "south_cmht": ["T02"],
    "north_crhtt": ["T03"],
    "complex_needs": ["T05"],
    "oak_ward": ["W1"],
    "willow_ward": ["W2"],
}
"""What the trust names in its copy of the mapping."""
WARDS = {"W1": "oak_ward", "W2": "willow_ward"}
SOURCES = {"A1": "Primary care", "B1": "Self or carer", "H1": "Emergency department"}
CLOSED = {
    "02": "Treatment complete or no longer appropriate",
    "05": "Did not attend or refused",
}
PROCEDURES = {
    "405780009": "DBT",
    "405780009:408730004=385658003": "DBT",
    "405780009:408730004=443390004": None,
    "1111681000000103": "MBT",
    "11429006": None,
}
"""What may be said to be done, and the treatment that it is; one of them was refused."""
HELD = {"5", "6"}
COUNTED = {"01", "02", "04", "11"}


@dataclass(frozen=True)
class Contact:
    number: str
    day: date
    attended: str
    mechanism: str
    procedures: tuple[tuple[str, str], ...] = ()
    """Number of the activity, and its SNOMED concept."""

    @property
    def held(self) -> bool:
        return self.attended in HELD


@dataclass(frozen=True)
class Care:
    """One team's part in a referral."""

    team: str
    closed_on: date | None = None
    close_reason: str | None = None
    rejected_on: date | None = None
    contacts: tuple[Contact, ...] = ()


@dataclass(frozen=True)
class Stay:
    number: str
    ward: str
    started_on: date
    ended_on: date | None


@dataclass(frozen=True)
class Spell:
    number: str
    admitted_on: date
    discharged_on: date | None
    stays: tuple[Stay, ...]


@dataclass(frozen=True)
class Entry:
    kind: str
    """primary, secondary, suspected or previous"""
    code: str
    recorded_on: date | None


@dataclass(frozen=True)
class Referral:
    number: str
    patient: int
    referred_on: date
    source: str
    discharged_on: date | None
    close_reason: str | None
    care: tuple[Care, ...]
    """The referral's own team first."""
    spells: tuple[Spell, ...] = ()
    entries: tuple[Entry, ...] = ()

    @property
    def gone_on(self) -> date | None:
        """The day after which it is not sent again."""
        days = [day for day in (self.discharged_on, self.care[0].rejected_on) if day]
        return min(days) if days else None


@dataclass(frozen=True)
class DropIn:
    number: str
    day: date
    type: str
    patient: int | None
    by_nhs_number: bool = False


@dataclass
class World:
    months: list[tuple[int, int]]
    born: dict[int, date] = field(default_factory=dict)
    referrals: list[Referral] = field(default_factory=list)
    drop_ins: list[DropIn] = field(default_factory=list)
    previous: dict[int, Entry] = field(default_factory=dict)

    @property
    def last_day(self) -> date:
        year, month = self.months[-1]
        return date(year, month, monthrange(year, month)[1])

    def truth(self) -> dict[str, list[tuple[object, ...]]]:
        """Return the rows that the store should hold; people are known by their birth dates."""
        return {
            "people": sorted((born,) for born in self.born.values()),
            "episodes": sorted(self._episodes(), key=str),
            "events": sorted(self._events(), key=str),
            "diagnoses": sorted(self._diagnoses(), key=str),
            "treatments": sorted(self._treatments(), key=str),
        }

    def _episodes(self) -> Iterator[tuple[object, ...]]:
        for referral in self.referrals:
            who, source = self.born[referral.patient], SOURCES[referral.source]
            for spell in referral.spells:
                for stay in spell.stays:
                    end = stay.ended_on or spell.discharged_on
                    yield (who, WARDS[stay.ward], source, referral.referred_on, None,
                           stay.started_on, end, None)  # fmt: skip
            for care in referral.care:
                team = TEAMS[care.team][1]
                if team is None or (care is referral.care[0] and referral.spells):
                    continue
                end, reason = _end(referral, care)
                within = [
                    c for c in care.contacts
                    if c.held and referral.referred_on <= c.day <= (end or self.last_day)
                ]  # fmt: skip
                begun = [c.day for c in within if c.mechanism in COUNTED and not care.rejected_on]
                yield (who, team, source, referral.referred_on,
                       min((c.day for c in within), default=None), min(begun, default=None),
                       end, reason)  # fmt: skip

    def _events(self) -> Iterator[tuple[object, ...]]:
        for referral in self.referrals:
            for care in referral.care:
                team = TEAMS[care.team][1]
                kind = "attendance" if team == "safe_haven" else "contact"
                for contact in care.contacts:
                    if contact.held:
                        yield self.born[referral.patient], team, kind, contact.day
        for visit in self.drop_ins:
            if visit.type == "A21" and visit.patient is not None:
                yield self.born[visit.patient], "safe_haven", "attendance", visit.day

    def _diagnoses(self) -> Iterator[tuple[object, ...]]:
        """Without a date: the end of the first month in which it was sent."""
        first = date(*self.months[0], 1)
        for referral in self.referrals:
            for entry in referral.entries:
                sent = _month_end(max(first, referral.referred_on))
                certainty = "suspected" if entry.kind == "suspected" else "confirmed"
                yield (self.born[referral.patient], entry.recorded_on or sent,
                       _code(entry.code), certainty)  # fmt: skip
        for patient, entry in self.previous.items():
            when = entry.recorded_on or _month_end(first)
            yield self.born[patient], when, _code(entry.code), "confirmed"

    def _treatments(self) -> Iterator[tuple[object, ...]]:
        for referral in self.referrals:
            for care in referral.care:
                team = TEAMS[care.team][1]
                done: dict[str, list[date]] = {}
                for contact in care.contacts:
                    for _, concept in contact.procedures if contact.held else ():
                        if treatment := PROCEDURES[concept]:
                            done.setdefault(treatment, []).append(contact.day)
                end, _ = _end(referral, care)
                for treatment, days in done.items():
                    if team is not None:
                        yield (self.born[referral.patient], team, treatment, referral.referred_on,
                               min(days), max(days) if end else None)  # fmt: skip


def _code(code: str) -> str:
    return code.removesuffix("X")


def _end(referral: Referral, care: Care) -> tuple[date | None, str | None]:
    if care.rejected_on:
        return care.rejected_on, "Rejected: another service needed"
    if care is referral.care[0]:
        reason = CLOSED[referral.close_reason] if referral.close_reason else None
        return referral.discharged_on, reason
    reason = CLOSED[care.close_reason] if care.close_reason else None
    return care.closed_on or referral.discharged_on, reason


def _month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def months_from(first: tuple[int, int], count: int) -> list[tuple[int, int]]:
    year, month = first
    return [((year * 12 + month - 1 + n) // 12, (month - 1 + n) % 12 + 1) for n in range(count)]


def invent(seed: int, people: int = 12, months: int = 4) -> World:
    """Return a world of journeys that begin and end in its months."""
    chance = Random(seed)
    world = World(months_from(FIRST_MONTH, months))
    first, last = date(*FIRST_MONTH, 1), world.last_day
    numbers = iter(range(1, 100_000))

    def some_day(start: date, end: date) -> date:
        return start + timedelta(days=chance.randint(0, (end - start).days))

    def contacts(start: date, end: date) -> tuple[Contact, ...]:
        made = []
        for _ in range(chance.randint(0, 4)):
            done = tuple(
                (f"0{next(numbers)}", chance.choice(list(PROCEDURES)))
                for _ in range(chance.randint(0, 2))
            )
            made.append(
                Contact(
                    f"0{next(numbers)}",
                    some_day(start, end),
                    chance.choice("35672"),
                    chance.choice(["01", "05", "11", "02"]),
                    done,
                )
            )
        return tuple(made)

    for patient in range(people):
        world.born[patient] = date(1960 + patient, 1 + patient % 12, 1 + patient % 28)
        if chance.random() < 0.3:
            dated = chance.choice([None, date(2019, 5, 6)])
            world.previous[patient] = Entry("previous", chance.choice(["F603", "F61X"]), dated)
        for _ in range(chance.randint(0, 2)):
            referred = some_day(first, last)
            ended = some_day(referred, last) if chance.random() < 0.5 else None
            closes, end = chance.choice([None, *CLOSED]), ended or last
            number = f"00{next(numbers)}"
            if chance.random() < 0.2:
                admitted = some_day(referred, end)
                moved = some_day(admitted, end)
                stays = (
                    Stay(f"0{next(numbers)}", "W1", admitted, moved),
                    Stay(f"0{next(numbers)}", "W2", moved, ended),
                )
                spell = Spell(f"0{next(numbers)}", admitted, ended, stays)
                care: tuple[Care, ...] = (Care("T07"),)
                spells: tuple[Spell, ...] = (spell,)
            elif chance.random() < 0.2:
                rejected = some_day(referred, end)
                care = (Care(chance.choice(["T01", "T03"]), rejected_on=rejected,
                             contacts=contacts(referred, rejected)),)  # fmt: skip
                spells, ended, closes, end = (), None, None, rejected
            else:
                teams = chance.sample(list(TEAMS), chance.randint(1, 3))
                parts = [Care(teams[0], contacts=contacts(referred, end))]
                for team in teams[1:]:
                    shut = chance.choice([None, some_day(referred, end)])
                    why = chance.choice(list(CLOSED)) if shut else None
                    parts.append(Care(team, shut, why, None, contacts(referred, shut or end)))
                care, spells = tuple(parts), ()
            entries = tuple(
                Entry(kind, chance.choice(["F603", "F329", "20010003", "F61X"]), chance.choice(
                    [None, some_day(referred, end)]))
                for kind in ("primary", "secondary", "suspected") if chance.random() < 0.4
            )  # fmt: skip
            world.referrals.append(
                Referral(
                    number,
                    patient,
                    referred,
                    chance.choice(list(SOURCES)),
                    ended,
                    closes if ended else None,
                    care,
                    spells,
                    entries,
                )
            )
        if chance.random() < 0.4:
            world.drop_ins.append(
                DropIn(
                    f"0{next(numbers)}",
                    some_day(first, last),
                    chance.choice(["A21", "A19"]),
                    patient,
                    chance.random() < 0.5,
                )
            )
    return world
