"""Quality of fields, impossible days, words used: the SQL against a slow reading, and by hand."""

import re
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pdqi.config import Config
from pdqi.metrics import items, quality
from pdqi.metrics.catalogue import QUALITY
from pdqi.metrics.kpis.quality import DAY_CHECKS
from pdqi.model import SYSTEM, Basis, Period, Scope
from pdqi.service import Service
from pdqi.store import vocabularies
from pdqi.store.folder import FileAccount
from pdqi.store.schema import TABLES
from tests.metrics.test_definitions import worlds
from tests.oracle import Oracle
from tests.worlds import World, make_store, read_world

CONFIG = Config.load(Path(__file__).parents[1] / "world.yaml")
YEAR = Period(date(2023, 1, 1), date(2023, 12, 31))
BASIS = Basis(YEAR, "standard", "working_age")
PARTS = tuple(items.CATEGORIES)
DAYS_OF = {
    "episodes": ("referred_on", "assessed_on", "started_on", "ended_on"),
    "diagnoses": ("recorded_on",),
    "treatments": ("referred_on", "assessed_on", "started_on", "ended_on"),
    "events": ("occurred_on",),
    "prescriptions": ("started_on", "ended_on"),
}


def figures(world: World, basis: Basis = BASIS) -> dict[str, dict[Any, dict[str, Any]]]:
    """Return every KPI of quality, exact: by (scope, part) the counts."""
    with TemporaryDirectory() as folder:
        service = Service.open(make_store(world, Path(folder) / "store"), CONFIG)
        found = service.all_figures(basis, service.viewer("cleared"), QUALITY)
        service.store.close()
    return {
        name: {
            (f.scope, f.by): {field: cell.value for field, cell in f.cells.items()}
            for f in published.figures
        }
        for name, published in found.items()
    }


class Slow:
    """The conventions, row by row."""

    def __init__(self, world: dict[str, list[dict[str, Any]]], period: Period) -> None:
        self.world, self.period = world, period
        self.people = {row["id"]: row for row in world.get("people", [])}
        self.names = {row["id"] for rows in world.values() for row in rows if "id" in row}

    def born(self, name: str) -> date | None:
        return self.people[name].get("born") if name in self.people else date(1985, 6, 15)

    def inside(self, day: date | None) -> bool:
        return day is not None and self.period.first <= day <= self.period.last

    def scopes(self, team: str | None) -> list[str]:
        return [SYSTEM, *([team] if team else [])]

    def first_referral(self, name: str) -> tuple[date, str] | None:
        mine = [row for row in self.world.get("episodes", []) if row["id"] == name]
        return min(((row["referred_on"], row["team"]) for row in mine), default=None)

    def rows(self) -> list[tuple[str, dict[str, Any], date | None, str | None]]:
        """Every row with the day and team that it belongs to."""
        found: list[Any] = []
        for name in self.names:
            first = self.first_referral(name)
            row = {"id": name, "birth_date": self.born(name)}
            row |= {key: self.people.get(name, {}).get(key) for key in ("gender", "ethnicity")}
            found.append(("people", row, *(first or (None, None))))
        for table, days in DAYS_OF.items():
            for row in self.world.get(table, []):
                found.append((table, row, row[days[0]], row.get("team")))
        return found

    def category(self, item: items.Item, value: Any, born: date | None) -> str:
        text = str(value).strip().lower() if value is not None else ""
        if not text:
            return "missing"
        if text in {x.lower() for x in item.other}:
            return "other"
        if text in {x.lower() for x in item.default}:
            return "default"
        if item.form == "list":
            known = {x.lower() for x in item.valid}
            known |= {team.id.lower() for team in CONFIG.teams} if item.column == "team" else set()
            if item.column == "treatment":
                known |= {each.id.lower() for each in CONFIG.treatments}
            return "valid" if text in known else "invalid"
        if item.form == "date":
            good = date(1900, 1, 2) <= value <= date.today() and not (born and value < born)
            return "valid" if good else "invalid"
        if item.form == "code":
            letters = re.sub(r"[^a-z0-9]", "", text)
            icd, snomed = r"[a-z]\d[0-9a-z]{1,5}", r"\d{6,18}"
            return (
                "valid" if re.fullmatch(icd, letters) or re.fullmatch(snomed, text) else "invalid"
            )
        return "valid"

    def due(self, item: items.Item, row: dict[str, Any]) -> bool:
        """Whether a row without a value lacks something."""
        has = {name: row.get(name) is not None for name in (*row, "started_on", "outcome")}
        needs = {
            "episodes.assessed_on": has["started_on"],
            "episodes.started_on": False,
            "episodes.ended_on": has.get("end_reason", False),
            "episodes.end_reason": has.get("ended_on", False),
            "diagnoses.code": not has.get("description", False),
            "diagnoses.description": not has.get("code", False),
            "treatments.assessed_on": has["started_on"],
            "treatments.started_on": row.get("outcome") == "completed",
            "treatments.ended_on": has["outcome"],
            "treatments.outcome": has.get("ended_on", False),
            "prescriptions.ended_on": False,
        }
        return needs.get(item.id, True)

    def items(self) -> dict[tuple[str, str], dict[str, int]]:
        found: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        for table, row, day, team in self.rows():
            for item in items.of_table(table):
                value = row.get(item.column)
                if not self.inside(day) or (value is None and not self.due(item, row)):
                    continue
                category = self.category(item, value, self.born(row["id"]))
                for scope in self.scopes(team):
                    found[scope, item.id].update(("rows", category))
        return {key: {name: n[name] for name in ("rows", *PARTS)} for key, n in found.items()}

    def days(self) -> dict[tuple[str, str], dict[str, int]]:
        found: dict[tuple[str, str], list[bool]] = defaultdict(list)
        for table, row, day, team in self.rows():
            if table == "people" or not self.inside(day):
                continue
            days = [row[name] for name in DAYS_OF[table] if row.get(name) is not None]
            born = self.born(row["id"])
            pairs = [(a, b) for n, a in enumerate(days) for b in days[n + 1 :]]
            checks = {
                "backwards": any(later < earlier for earlier, later in pairs),
                "before_birth": born is not None and any(each < born for each in days),
                "to_come": any(each > date.today() for each in days),
            }
            if table == "treatments":
                first = self.first_referral(row["id"])
                checks["no_referral"] = first is None or day < first[0]
            for scope in self.scopes(team):
                for name, wrong in checks.items():
                    found[scope, name].append(wrong)
        for row, wrong in self.overlaps():
            if self.inside(row["referred_on"]):
                for scope in self.scopes(row["team"]):
                    found[scope, "overlap"].append(wrong)
        return {
            key: {"denominator": len(wrong), "numerator": sum(wrong)}
            for key, wrong in found.items()
        }

    def overlaps(self) -> list[tuple[dict[str, Any], bool]]:
        found, groups = [], defaultdict(list)
        for number, row in enumerate(self.world.get("episodes", []), start=1):
            if row.get("started_on") is not None:
                order = (row["started_on"], row["referred_on"], str(number))
                groups[row["id"], row["team"]].append((order, row))
        for rows in groups.values():
            ordered = [row for _, row in sorted(rows, key=lambda pair: pair[0])]
            for place, row in enumerate(ordered):
                ends = [each.get("ended_on") or date.max for each in ordered[:place]]
                found.append((row, any(row["started_on"] < end for end in ends)))
        return found


def counts(found: dict[Any, dict[str, Any]], *names: str) -> dict[Any, dict[str, Any]]:
    return {key: {name: row[name] for name in names} for key, row in found.items()}


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds(), st.sampled_from([YEAR, Period.month(2023, 3), Period.ending(2022, 6, 3)]))
def test_the_sql_agrees_with_the_slow_reading(world: Any, period: Period) -> None:
    found = figures(world, Basis(period, "standard", "working_age"))
    slow = Slow(world, period)
    assert counts(found["quality_items"], "rows", *PARTS) == slow.items()
    assert counts(found["quality_days"], "denominator", "numerator") == slow.days()


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds(), st.sampled_from([definition.id for definition in CONFIG.case_definitions]))
def test_people_agree_with_the_slow_reading(world: Any, definition: str) -> None:
    basis = Basis(YEAR, definition, "working_age")
    found = figures(world, basis)
    readings = {
        each.id: Oracle(world, CONFIG, Basis(YEAR, each.id, "working_age"))
        for each in CONFIG.case_definitions
    }
    everyone = Oracle(world, CONFIG, Basis(YEAR, definition, "all_ages"))
    for (scope, _), row in found["counted_otherwise"].items():
        teams = next(s.teams for s in scopes() if s.key == scope)
        people = under_care(readings[definition], teams)
        counted = {
            name
            for name in people
            if readings[definition].status[name] is None
            and any(other.status[name] for other in readings.values())
        }
        assert (row["denominator"], row["numerator"]) == (len(people), len(counted))
    born = {row["id"]: row["born"] for row in world["people"]}
    for (scope, _), row in found["no_birth_date"].items():
        people = under_care(everyone, next(s.teams for s in scopes() if s.key == scope))
        unknown = {name for name in people if name in born and born[name] is None}
        assert (row["denominator"], row["numerator"]) == (len(people), len(unknown))


def scopes() -> tuple[Scope, ...]:
    return vocabularies.scopes(CONFIG)


def under_care(oracle: Oracle, teams: tuple[str, ...]) -> set[str]:
    return {
        m.person
        for m in oracle.merged
        if m.team in teams
        and m.person in oracle.people
        and m.start <= YEAR.last
        and (m.end is None or m.end >= YEAR.first)
    }


# Ann's gender is not stated, Bob's not known, Cat's is nothing that is permitted, and so on.
CODED = """
    people
    id   born        gender  ethnicity
    ann  1985-06-15  9       A
    bob  1900-01-01  X       99
    cat  -           male    z
    dee  2035-01-01  2       -

    episodes
    id   team   referred_on  started_on  ended_on    referral_source  end_reason
    ann  alpha  2023-02-01   2023-02-05  2023-03-01  GP               -
    bob  alpha  2023-02-01   -           -           not_known        -
    cat  beta   2023-02-01   2023-02-03  -           other            -
    dee  beta   2023-02-01   -           2023-02-09  -                declined

    diagnoses
    id   recorded_on  team   code_system  code   description  certainty
    ann  2023-02-03   alpha  icd10        F99    -            confirmed
    bob  2023-02-03   alpha  icd10        R69X   -            confirmed
    cat  2023-02-03   -      snomed       12     -            suspected
    dee  2023-02-03   -      term         -      words        suspected
    """


def test_each_category_by_hand() -> None:
    found = counts(figures(dated(CODED))["quality_items"], *PARTS)

    def told(item: str, scope: str = SYSTEM) -> list[int]:
        return [found[scope, item][name] for name in PARTS]

    assert told("people.gender") == [1, 1, 1, 1, 0]
    assert told("people.ethnicity") == [1, 1, 1, 0, 1]
    # The first of 1900 stands for "not known", and nobody is born after the data were loaded.
    assert told("people.birth_date") == [1, 0, 1, 1, 1]
    assert told("episodes.referral_source") == [1, 1, 1, 0, 1]
    assert told("episodes.referral_source", "alpha") == [1, 0, 1, 0, 0]
    # Both ended, one without a reason; the others are open, and nothing is missing of them.
    assert told("episodes.end_reason") == [1, 0, 0, 0, 1]
    assert told("episodes.ended_on") == [1, 0, 0, 1, 0], "Dee's care ended before her birth"
    # Where care began, an assessment is due.
    assert told("episodes.assessed_on") == [0, 0, 0, 0, 2]
    assert told("diagnoses.code") == [0, 1, 1, 1, 0]
    assert told("diagnoses.team") == [2, 0, 0, 0, 2]


def dated(text: str) -> World:
    """Read a world and turn what looks like a day into one."""
    world: Any = read_world(text)
    for rows in world.values():
        for row in rows:
            for name, cell in row.items():
                if isinstance(cell, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", cell):
                    row[name] = date.fromisoformat(cell)
    return world


def test_every_field_of_the_store_is_an_item() -> None:
    fields = {f"{table.name}.{name}" for table in TABLES for name in table.facts}
    assert {item.id for item in items.ITEMS} == fields - items.NOT_ITEMS
    assert set(items.DUE) <= fields
    assert set(items.DATED_BY) == {table.name for table in TABLES}


def test_rows_left_out_count_as_invalid_by_source(tmp_path: Path) -> None:
    path = make_store(dated(CODED), tmp_path / "store")
    service = Service.open(path, CONFIG)
    account = FileAccount("world", "e.csv", "episodes", 11, 4, 2, {"unknown_team": 3, "x": 2})
    service.store.manifest = replace(service.manifest, accounts=(account,))
    found = service.figures("quality_sources", BASIS, service.viewer("cleared"))
    row = found.at(SYSTEM, "episodes.team>world")
    assert row is not None
    assert [row[name].value for name in ("rows", *PARTS)] == [9, 4, 0, 0, 5, 0]
    assert row["complete"].value == 1.0
    assert row["valid_share"].value == 4 / 9
    other = found.at(SYSTEM, "diagnoses.team>world")
    assert other is not None
    assert [other[name].value for name in ("rows", *PARTS)] == [4, 2, 0, 0, 0, 2]


def test_every_check_of_days_by_hand() -> None:
    world = dated(
        """
        people
        id   born
        ann  1990-01-01
        bob  2023-02-02

        episodes
        id   team   referred_on  started_on  ended_on
        ann  alpha  2023-03-01   2023-03-05  2023-06-01
        ann  alpha  2023-05-01   2023-05-31  -
        ann  beta   2023-05-02   2023-05-31  -
        bob  alpha  2023-02-01   2023-02-05  2023-02-03
        bob  alpha  2023-03-01   2023-03-01  2090-01-01
        bob  alpha  2023-03-01   -           9999-12-31

        treatments
        id   team    treatment  referred_on
        ann  expert  T1         2023-02-28
        ann  expert  T1         2023-03-01
        """
    )
    found = figures(world)["quality_days"]
    wrong = {by: row["numerator"] for (scope, by), row in found.items() if scope == SYSTEM}
    assert wrong == {
        "backwards": 1,
        "before_birth": 1,
        "to_come": 1,
        "overlap": 1,
        "no_referral": 1,
    }
    assert set(wrong) == {check.id for check in DAY_CHECKS}
    assert found["alpha", "overlap"]["denominator"] == 4
    assert found["expert", "no_referral"] | {"low": 0, "high": 0} == {
        "denominator": 2,
        "numerator": 1,
        "value": 0.5,
        "low": 0,
        "high": 0,
    }


# Ann has a code and a word, Bob an agreed word and then others, Cat only a word that nobody agreed;
# Dee's word stands beside another code, Eve's says nothing of the condition.
WORDS = """
    diagnoses
    id   recorded_on  team   code_system  code   description           certainty
    ann  2023-02-03   alpha  icd10        F60.3  EUPD                  suspected
    ann  2023-03-03   alpha  icd10        F603X  -                     confirmed
    bob  2023-02-03   alpha  term         -      eupd_traits           suspected
    bob  2023-02-04   beta   term         -      traits                suspected
    cat  2023-02-03   beta   term         -      some_traits,_?PD      ruled_out
    cat  2022-02-03   beta   icd10        F60    -                     confirmed
    dee  2023-02-03   beta   icd10        F32.1  EUPD                  confirmed
    eve  2023-02-03   beta   term         -      portraits             suspected
    """


def test_words_and_certainty_by_hand() -> None:
    found = figures(dated(WORDS))
    names = ("people", "coded", "agreed", "not_agreed")
    said = counts(found["quality_words"], *names)
    assert {scope: tuple(row.values()) for (scope, _), row in said.items()} == {
        SYSTEM: (3, 1, 1, 1),
        "alpha": (2, 1, 1, 0),
        "beta": (2, 0, 0, 2),
    }
    sure = counts(found["quality_certainty"], "people", "confirmed", "suspected")
    assert {scope: tuple(row.values()) for (scope, _), row in sure.items()} == {
        SYSTEM: (2, 1, 1),
        "alpha": (2, 1, 1),
        "beta": (1, 0, 1),
    }
    ruled_out = {scope: row["people"] for (scope, _), row in found["quality_ruled_out"].items()}
    assert ruled_out == {SYSTEM: 1, "beta": 1}
    terms = {key: row["people"] for key, row in found["quality_terms"].items()}
    assert terms == {
        (SYSTEM, None): 2,
        (SYSTEM, "EUPD"): 1,
        (SYSTEM, "traits"): 2,
        (SYSTEM, "?PD"): 1,
        ("alpha", None): 1,
        ("alpha", "EUPD"): 1,
        ("alpha", "traits"): 1,
        ("beta", None): 2,
        ("beta", "traits"): 2,
        ("beta", "?PD"): 1,
    }


def test_a_source_that_cannot_know_a_person(tmp_path: Path) -> None:
    world = dated(
        """
        episodes
        id   team   referred_on  started_on
        ann  alpha  2023-03-01   2023-03-05
        bob  alpha  2023-03-01   2023-03-05
        cat  beta   2023-03-01   2023-03-05
        """
    )
    path = make_store(world, tmp_path / "store")
    service = Service.open(path, CONFIG)
    viewer = service.viewer("cleared")
    assert service.figures("not_linked", BASIS, viewer).figures == (), "nothing is known of links"
    with service.store.session() as session:
        people = [
            row["person_id"] for row in session.rows("select person_id from people order by 1")
        ]
    rows = [("client", f"c{n}", person) for n, person in enumerate(people)]
    rows += [("other", f"o{n}", person) for n, person in enumerate(people[:2])]
    names = ("namespace", "hash", "person_id")
    links = pa.table(dict(zip(names, zip(*rows, strict=True), strict=True)))
    pq.write_table(links, service.store.path / quality.LINKS)
    row = Service.open(path, CONFIG).figures("not_linked", BASIS, viewer).at(SYSTEM)
    assert row is not None
    assert (row["denominator"].value, row["numerator"].value) == (3, 1)
