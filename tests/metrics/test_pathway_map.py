"""The designed map laid over records: the SQL against a slow reading, person by person."""

from collections import defaultdict
from datetime import date
from itertools import pairwise, product
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings

from pdqi.config import Config
from pdqi.content.models import ProcessMap
from pdqi.metrics.kpis.pathway_map import STEPS, TAKEN
from pdqi.metrics.measure import measure
from pdqi.model import Basis, Period
from pdqi.store.store import Store
from tests.metrics.test_definitions import PERIODS, worlds
from tests.oracle import Oracle
from tests.worlds import make_store, read_world

CONFIG = Config.load(Path(__file__).parents[1] / "world.yaml")
YEAR = Period(date(2023, 1, 1), date(2023, 12, 31))


def node(name: str, column: int, kind: str = "step", **how: Any) -> dict[str, Any]:
    place = {"lane": "all", "column": column, "recordable": bool(how), "basis": "local"}
    return {"id": name, "name": name, "kind": kind} | place | how


MAP = ProcessMap.model_validate(
    {
        "title": "A map",
        "agreed": {"words": "Agreed by nobody."},
        "lanes": [{"id": "all", "name": "All"}],
        "nodes": [
            node("door", 1, "entry", recorded_as=[{"episode": "referred", "by": [" gp"]}]),
            node(
                "queue",
                2,
                "waiting_list",
                recorded_as=[{"episode": "referred", "at": ["community"]}],
            ),
            node("first_talk", 3, recorded_as=[{"episode": "assessed", "at": ["alpha", "crisis"]}]),
            node("care", 4, episodes_of=["community"]),
            node("crisis", 5, episodes_of=["gamma"]),
            node("therapy", 6, recorded_as=[{"treatment": "started", "of": ["T1"]}]),
            node("review", 7, "team_work", recorded_as=[{"event": "panel_review"}]),
            node(
                "group_list",
                8,
                "waiting_list",
                recorded_as=[{"treatment": "referred", "of": ["T2"]}],
            ),
            node("end", 9, "exit", recorded_as=[{"episode": "ended", "at": ["community"]}]),
            node("talk", 10),
        ],
        "arrows": [
            {
                "id": "over",
                "from": "care",
                "to": "first_talk",
                "moves": [{"from": "community", "to": "crisis"}],
                "recordable": True,
                "basis": "local",
            }
        ],
    }
)


class Laid(Oracle):
    """Who was at which step of `MAP`, and which way they went from one to the next."""

    def _at(self, team: str, *places: str) -> bool:
        return team in self.config.teams_of(places)

    def _stages(self, row: dict[str, Any]) -> list[tuple[str, date]]:
        """The steps of one referral in the order in which care runs, each with its day."""
        team, found = row["team"], []
        if (row.get("referral_source") or "").lower() == "gp":
            found.append(("door", row["referred_on"]))
        if self._at(team, "community"):
            found.append(("queue", row["referred_on"]))
        if self._at(team, "alpha", "crisis") and row.get("assessed_on"):
            found.append(("first_talk", row["assessed_on"]))
        if row.get("started_on") and self._at(team, "community", "gamma"):
            found.append(("care" if self._at(team, "community") else "crisis", row["started_on"]))
        if row.get("ended_on") and self._at(team, "community"):
            found.append(("end", row["ended_on"]))
        return found

    def taken(self) -> list[tuple[str, str, str, set[str], int | None]]:
        """Person, from, to, the teams at either end, days; those of the period."""
        found = []
        ends = defaultdict(set)
        for row in self.world.get("episodes", []):
            if row.get("ended_on") and self._at(row["team"], "community"):
                ends[row["id"]].add(row["ended_on"])
        for row in self.world.get("episodes", []):
            stages = self._stages(row)
            for (here, before), (there, day) in pairwise(stages):
                found.append((row["id"], here, there, {row["team"]}, (day - before).days, day))
            earlier = [day for day in ends[row["id"]] if day < row["referred_on"]]
            if stages and stages[0][0] == "door" and earlier:
                days = (row["referred_on"] - max(earlier)).days
                day = row["referred_on"]
                found.append((row["id"], "end", "door", {row["team"]}, days, day))
        for row in self.world.get("treatments", []):
            cared = {"alpha": "care", "beta": "care", "gamma": "crisis"}.get(row["team"])
            if row["treatment"] == "T1" and row.get("started_on"):
                start, team = row["started_on"], {row["team"]}
                if cared:
                    found.append((row["id"], cared, "therapy", team, None, start))
                if row.get("ended_on") and self._at(row["team"], "community"):
                    days, day = (row["ended_on"] - start).days, row["ended_on"]
                    found.append((row["id"], "therapy", "end", team, days, day))
        for row in self.world.get("events", []):
            cared = {"alpha": "care", "beta": "care", "gamma": "crisis"}.get(row["team"] or "")
            if row["kind"] == "panel_review" and cared:
                day = row["occurred_on"]
                found.append((row["id"], cared, "review", {row["team"]}, None, day))
        kept = [
            (name, a, b, teams, days)
            for name, a, b, teams, days, day in found
            if self.first <= day <= self.to and name in self.people
        ]
        steps = {"alpha": "care", "beta": "care", "gamma": "crisis"}
        for name in sorted(self.people):
            path = [m for m in self.merged if m.person == name]
            for one, two in pairwise(path):
                if one.start >= self.first and two.start <= self.to:
                    ends_of = [steps.get(m.team, f"team:{m.team}") for m in (one, two)]
                    if self._at(one.team, "community") and two.team == "gamma":
                        ends_of = ["care", "first_talk"]
                    days = (two.start - one.end).days if one.end and one.end <= self.to else None
                    kept.append((name, *ends_of, {one.team, two.team}, days))
        return kept

    def stays(self) -> set[tuple[str, str, str, str | None]]:
        """Person, step, there or waiting, and team."""
        found = set()
        for row in self.world.get("episodes", []):
            name, team = row["id"], row["team"]
            for step, day in self._stages(row):
                if step in ("door", "first_talk", "end") and self.first <= day <= self.to:
                    found.add((name, step, "there", team))
            left = row.get("started_on") or row.get("ended_on")
            known = row["referred_on"] <= self.to
            if self._at(team, "community") and known:
                if left is None or (left > self.first and left > row["referred_on"]):
                    found.add((name, "queue", "there", team))
                if left is None or left > self.to:
                    found |= {(name, "queue", "waiting", team)}
            cared = {"alpha": "care", "beta": "care", "gamma": "crisis"}.get(team)
            gone = [row.get(x) for x in ("started_on", "ended_on")]
            if cared and known and all(day is None or day > self.to for day in gone):
                found.add((name, cared, "waiting", team))
        for row in self.world.get("treatments", []):
            start = row.get("started_on")
            if row["treatment"] == "T1" and start and self.first <= start <= self.to:
                found.add((row["id"], "therapy", "there", row["team"]))
            if row["treatment"] == "T2" and row["referred_on"] <= self.to:
                left = start or row.get("ended_on")
                if left is None or (left > self.first and left > row["referred_on"]):
                    found.add((row["id"], "group_list", "there", row["team"]))
                if left is None or left > self.to:
                    found.add((row["id"], "group_list", "waiting", row["team"]))
        for row in self.world.get("events", []):
            if row["kind"] == "panel_review" and self.first <= row["occurred_on"] <= self.to:
                found.add((row["id"], "review", "there", row["team"]))
        return {item for item in found if item[0] in self.people}

    def steps(self) -> dict[tuple[str, str], dict[str, int]]:
        found: dict[tuple[str, str], dict[str, int]] = {}
        for key, members in self.scopes.items():
            here = {
                item[:3]
                for item in self.stays()
                if item[3] in members or (item[3] is None and key == "system")
            }
            for name, step, part in here:
                row = found.setdefault((key, step), dict.fromkeys(COUNTS_OF_STEPS, 0))
                group = "case_" if self.is_case(name) else "other_"
                count = "people" if part == "there" else "waiting"
                row[count] += 1
                row[group + count] += 1
        return found

    def routes(self) -> dict[tuple[str, str], dict[str, float | None]]:
        found: dict[tuple[str, str], dict[str, float | None]] = {}
        for key, members in self.scopes.items():
            by: dict[str, list[tuple[str, int | None]]] = defaultdict(list)
            for name, a, b, teams, days in self.taken():
                if teams & set(members):
                    by[f"{a}>{b}"].append((name, days))
            for (route, taken), group in product(by.items(), ("", "case_", "other_")):
                mine = [
                    (name, days)
                    for name, days in taken
                    if not group or self.is_case(name) == (group == "case_")
                ]
                row = found.setdefault((key, route), {})
                row[f"{group}moves"] = len(mine)
                row[f"{group}people"] = len({name for name, _ in mine})
                known = [days for _, days in mine if days is not None]
                row[f"{group}median_days"] = median(known) if known else None
        return found


COUNTS_OF_STEPS = [count.name for count in STEPS.kind.counts]


def measured(
    world: dict[str, list[dict[str, Any]]], basis: Basis
) -> tuple[dict[tuple[str, str], Any], dict[tuple[str, str], Any]]:
    with (
        TemporaryDirectory() as folder,
        Store.open(make_store(world, Path(folder)), CONFIG) as store,
    ):
        found = measure(store, CONFIG, (STEPS, TAKEN), (basis,), process_map=MAP)
    steps = {(row.scope, row.by or ""): dict(row.counts) for row in found["map_steps"][0].rows()}
    routes = {
        (row.scope, row.by or ""): {**row.counts, **row.statistics}
        for row in found["map_taken"][0].rows()
    }
    return steps, routes


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds(), PERIODS)
def test_steps_and_routes_are_counted_as_they_read(
    world: dict[str, list[dict[str, Any]]], period: Period
) -> None:
    basis = Basis(period, "standard", "all_ages")
    known = {"id": "zoe", "team": "alpha", "referred_on": date(2020, 1, 1)}
    # Somebody is recorded at every team that has care, so that every scope is known.
    world = world | {
        "episodes": [
            *world["episodes"],
            *(
                known | {"team": team, "started_on": date(2020, 1, 1), "ended_on": date(2020, 2, 1)}
                for team in ("alpha", "beta", "gamma", "rose", "expert", "open_door")
            ),
        ]
    }
    steps, routes = measured(world, basis)
    oracle = Laid(world, CONFIG, basis)
    assert steps == oracle.steps()
    assert routes == oracle.routes()


WORLD = """
    episodes
    id   team   referral_source  referred_on  assessed_on  started_on  ended_on
    ann  alpha  GP               2023-02-01   2023-02-10   2023-03-01  2023-05-01
    bob  alpha  Self             2023-02-01   -            -           2023-02-20
    cat  beta   GP               2022-12-01   -            2023-01-01  -
    dee  beta   GP               2023-12-30   -            -           -
    ann  gamma  Police           2023-05-03   -            2023-05-03  -
    ann  alpha  GP               2023-06-01   -            -           -
"""


def test_one_person_s_way_is_told_step_by_step() -> None:
    steps, routes = measured(read_world(WORLD), Basis(YEAR, "standard", "all_ages"))
    system = {by: row["moves"] for (scope, by), row in routes.items() if scope == "system"}
    assert system == {
        "door>queue": 3,
        "queue>first_talk": 1,
        "first_talk>care": 1,
        "queue>care": 1,
        "care>end": 1,
        "queue>end": 1,
        "end>door": 1,
        "care>first_talk": 1,
    }
    assert routes["system", "end>door"]["median_days"] == 31
    # Cat's care started on the first day: nobody waited on it any more.
    assert steps["beta", "queue"]["people"] == 1
    assert steps["system", "queue"] | {"x": 0} == {
        "people": 3,
        "case_people": 0,
        "other_people": 3,
        "waiting": 2,
        "case_waiting": 0,
        "other_waiting": 2,
        "x": 0,
    }
