"""Rules of the pathway: the SQL against a slow reading of each form, and small worlds by hand."""

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pdqi.config import Config
from pdqi.content.records import What
from pdqi.content.rules import Rule
from pdqi.metrics.kpis.rules import RULES
from pdqi.metrics.measure import measure
from pdqi.model import Basis, Period
from pdqi.service import Service
from pdqi.store.store import Store
from tests.metrics.test_definitions import PERIODS, worlds
from tests.oracle import Oracle
from tests.worlds import make_store, read_world

CONFIG = Config.load(Path(__file__).parents[1] / "world.yaml")
YEAR = Period(date(2023, 1, 1), date(2023, 12, 31))


def rule(**form: Any) -> Rule:
    return Rule(id="R", text="a rule", basis="local", **form)


FORMS = (
    rule(before={"first": {"episode": "assessed"}, "then": {"treatment": "started"}}),
    rule(
        before={
            "first": {"treatment": "assessed", "of": ["T1"]},
            "then": {"event": "contact", "at": ["alpha"]},
        }
    ),
    rule(
        within={
            "days": 7,
            "after": {"episode": "ended", "at": ["community"]},
            "seen": [{"event": "contact"}, {"episode": "started", "at": ["beta", "crisis"]}],
        }
    ),
    rule(
        within={
            "days": 28,
            "after": {"episode": "assessed"},
            "seen": [{"treatment": "assessed"}, {"episode": "referred"}],
        }
    ),
    rule(at_least={"of": {"event": "panel_review"}, "after_episodes": 2}),
    rule(at_least={"times": 2, "of": {"treatment": "assessed"}, "after_episodes": 1, "days": 60}),
    rule(never={"first": ["alpha"], "then": ["community"]}),
    rule(never={"first": ["community", "gamma"], "then": ["gamma", "ward"]}),
)


class Judge(Oracle):
    """Every person under every rule, person by person."""

    def marks(self, name: str, what: What) -> list[tuple[date | None, date]]:
        """The days of something, none where it has no date, and the day by which it had passed."""
        places = {
            team.id
            for team in self.config.teams
            if not what.at or team.id in what.at or team.service in what.at
        }
        found: list[tuple[date | None, date | None]] = []
        mine = {
            table: [row for row in rows if row.get("id") == name]
            for table, rows in self.world.items()
        }
        if what.episode in ("started", "ended"):
            for m in self.merged:
                day = m.start if what.episode == "started" else m.end
                if m.person == name and m.team in places:
                    found.append((day, day))
        elif what.episode:
            for row in mine.get("episodes", []):
                if row["team"] in places:
                    day = row.get(f"{what.episode}_on")
                    found.append((day, day or row.get("started_on")))
        elif what.treatment:
            for row in mine.get("treatments", []):
                if row["team"] in places and (not what.of or row["treatment"] in what.of):
                    day = row.get(f"{what.treatment}_on")
                    passed = day
                    if what.treatment == "assessed":
                        passed = day or row.get("started_on")
                    if what.treatment == "started" and row.get("outcome") == "completed":
                        passed = day or row.get("ended_on")
                    found.append((day, passed))
        else:
            for row in mine.get("events", []):
                if row["kind"] == what.event and (not what.at or row.get("team") in places):
                    found.append((row["occurred_on"], row["occurred_on"]))
        return [(day, passed) for day, passed in found if passed and passed <= self.to]

    def outcome(self, name: str, of: Rule) -> str | None:
        """What a person's pathway does to a rule; None where it does not apply."""
        path = [m for m in self.merged if m.person == name and m.start >= self.first]
        if of.before:
            days = [d for d, _ in self.marks(name, of.before.then) if d and d >= self.first]
            if not days:
                return None
            firsts = self.marks(name, of.before.first)
            if any(d and d <= min(days) for d, _ in firsts):
                return "kept"
            undated = any(d is None and passed <= min(days) for d, passed in firsts)
            return "unknown" if undated else "broken"
        if of.within:
            seen = [mark for what in of.within.seen for mark in self.marks(name, what)]
            each = []
            for day, passed in self.marks(name, of.within.after):
                if passed < self.first:
                    continue
                if day is None:
                    each.append("unknown")
                    continue
                until = day + timedelta(days=of.within.days)
                if any(d and day <= d <= until for d, _ in seen):
                    each.append("kept")
                elif until > self.to or any(d is None and p >= day for d, p in seen):
                    each.append("unknown")
                else:
                    each.append("broken")
            worst = [o for o in ("broken", "unknown", "kept") if o in each]
            return worst[0] if worst else None
        if of.at_least:
            if len(path) < of.at_least.after_episodes:
                return None
            start = path[of.at_least.after_episodes - 1].start
            days_ = of.at_least.days
            until = self.to if days_ is None else start + timedelta(days=days_)
            marks = self.marks(name, of.at_least.of)
            if sum(d is not None and start <= d <= until for d, _ in marks) >= of.at_least.times:
                return "kept"
            undated = any(d is None and passed >= start for d, passed in marks)
            return "unknown" if until > self.to or undated else "broken"
        assert of.never is not None
        ends = [
            {t.id for t in self.config.teams if {t.id, t.service} & set(places)}
            for places in (of.never.first, of.never.then)
        ]
        if not any(m.team in ends[0] for m in path):
            return None
        after = [two.team for one, two in pairwise(path) if one.team in ends[0]]
        if any(team in ends[1] for team in after):
            return "broken"
        return "kept" if after else "unknown"

    def judged(self, of: Rule) -> dict[tuple[str, str], dict[str, int]]:
        """Counts by scope and outcome."""
        found: dict[tuple[str, str], dict[str, int]] = {}
        for key, members in self.scopes.items():
            for name in self.caseload(members):
                outcome = self.outcome(name, of)
                for by in (of.id, f"{of.id}>{outcome}") if outcome else ():
                    row = found.setdefault((key, by), {"case_people": 0, "other_people": 0})
                    row["case_people" if self.is_case(name) else "other_people"] += 1
        return found


def measured(
    world: dict[str, list[dict[str, Any]]], of: Rule, basis: Basis
) -> dict[tuple[str, str], dict[str, int]]:
    with (
        TemporaryDirectory() as folder,
        Store.open(make_store(world, Path(folder)), CONFIG) as store,
    ):
        (raw,) = measure(store, CONFIG, (RULES,), (basis,), rules=(of,))["rules"]
        return {
            (row.scope, row.by or ""): dict(row.counts)
            for row in raw.rows()
            if any(row.counts.values())
        }


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds(), PERIODS, st.sampled_from(FORMS))
def test_rules_are_judged_as_they_read(
    world: dict[str, list[dict[str, Any]]], period: Period, of: Rule
) -> None:
    basis = Basis(period, "standard", "all_ages")
    # Everything that rules speak of is recorded by somebody.
    world = world | {
        "events": [
            *world["events"],
            *(
                {"id": "zoe", "team": None, "kind": kind, "occurred_on": date(2023, 1, 1)}
                for kind in ("contact", "panel_review")
            ),
        ],
        "treatments": [
            *world["treatments"],
            {"id": "zoe", "team": "alpha", "treatment": "T1", "referred_on": date(2023, 1, 1)},
        ],
    }
    assert measured(world, of, basis) == Judge(world, CONFIG, basis).judged(of)


LEAVERS = """
    episodes
    id   team  referred_on  started_on  ended_on
    ann  rose  2023-02-01   2023-02-01  2023-03-01
    bob  rose  2023-02-01   2023-02-01  2023-03-01
    cat  rose  2023-02-01   2023-02-01  2023-03-01
    dee  rose  2023-02-01   2023-02-01  2023-12-28
    eve  rose  2023-02-01   2023-02-01  2024-01-01

    events
    id   kind     occurred_on
    ann  contact  2023-03-08
    bob  contact  2023-03-09
    cat  contact  2023-03-01
    dee  contact  2023-12-27
"""
"""Seen on the seventh day, on the eighth, and on the day itself; not yet; not yet left."""


def test_the_day_itself_counts_and_the_day_after_the_last_does_not() -> None:
    of = rule(
        within={
            "days": 7,
            "after": {"episode": "ended", "at": ["ward"]},
            "seen": [{"event": "contact"}],
        }
    )
    found = measured(read_world(LEAVERS), of, Basis(YEAR, "standard", "all_ages"))
    by_outcome = {by: row["other_people"] for (scope, by), row in found.items() if scope == "rose"}
    assert by_outcome == {"R": 4, "R>kept": 2, "R>broken": 1, "R>unknown": 1}


def test_what_nobody_records_is_not_judged() -> None:
    of = rule(
        within={
            "days": 7,
            "after": {"episode": "ended"},
            "seen": [{"event": "a kind that nobody records"}],
        }
    )
    assert measured(read_world(LEAVERS), of, Basis(YEAR, "standard", "all_ages")) == {}


@pytest.mark.parametrize("role", ["reader", "cleared"])
def test_the_door_shows_rules_protected(role: str, tmp_path: Path) -> None:
    of = rule(never={"first": ["ward"], "then": ["ward"]})
    with Store.open(make_store(read_world(LEAVERS), tmp_path), CONFIG) as store:
        service = Service(store, CONFIG, (of,))
        published = service.figures("rules", service.basis(YEAR), service.viewer(role))
    figure = published.at("rose", "R>unknown")
    assert figure is not None
    assert figure["other_people"].value == 5
    world = read_world(LEAVERS)
    world["episodes"] = world["episodes"][:4]
    with Store.open(make_store(world, tmp_path / "fewer"), CONFIG) as store:
        service = Service(store, CONFIG, (of,))
        published = service.figures("rules", service.basis(YEAR), service.viewer(role))
    figure = published.at("rose", "R>unknown")
    assert figure is not None
    assert figure["other_people"].value == (4 if role == "cleared" else None)
