"""Routes: what a reader can never work out, and a sentence that is true for its table."""

import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pdqi.config import Config
from pdqi.content import Library
from pdqi.disclosure import protect
from pdqi.findings.routes import departs_words, route_words, routes, sentence
from pdqi.labels import Labels
from pdqi.metrics.catalogue import KPI_IDS
from pdqi.metrics.kpis.pathways import OTHER_ROUTES, ROUTES, steps_of
from pdqi.metrics.measure import Raw, RawRow
from pdqi.model import SYSTEM, Basis, Period, Published, Scope
from pdqi.service import Service
from pdqi.store.store import Store

ROOT = Path(__file__).parents[2]
CONFIG = Config.load(ROOT / "config.yaml")
LIBRARY = Library.load(ROOT / "data/content", CONFIG, KPI_IDS)
LABELS = Labels.of(CONFIG)
READER = CONFIG.policy_of("stakeholder")
NAMES = {team.id: team.name for team in CONFIG.teams}
BASIS = Basis(Period(date(2023, 1, 1), date(2023, 12, 31)), "standard", "working_age")
TEAMS = ["north_cmht", "south_cmht", "oak_ward", "north_crhtt"]
Taken = dict[tuple[str, ...], tuple[int, int]]
WORLDS: st.SearchStrategy[Taken] = st.dictionaries(
    st.lists(st.sampled_from(TEAMS), min_size=1, max_size=3).map(tuple),
    st.tuples(st.integers(0, 12), st.integers(0, 60)).filter(any),
    min_size=1,
    max_size=9,
)
COUNTS = ("case_people", "other_people")


SERVICE = Service(cast(Store, None), CONFIG)
"""Without a store it still says what is protected together."""


def measured(taken: Taken) -> Raw:
    """What the measuring gives for people by route."""
    rows: dict[tuple[str, str | None], Counter[str]] = {}
    for steps, (mine, others) in taken.items():
        rare = mine + others < READER.threshold
        places: list[tuple[str, str | None]] = [] if rare else [(SYSTEM, ">".join(steps))]
        for scope in SERVICE.scopes:
            if not set(steps).isdisjoint(scope.teams):
                places += [(scope.key, None), *([(scope.key, OTHER_ROUTES)] if rare else [])]
        for place in places:
            rows.setdefault(place, Counter()).update(case_people=mine, other_people=others)
    made = (RawRow(*place, dict(counts), {}) for place, counts in rows.items())
    return Raw(ROUTES.id, ROUTES.kind, BASIS, tuple(made))


def protected(taken: Taken) -> Published:
    raw = measured(taken)
    return protect(raw, SERVICE._families(raw), READER)


def scope(key: str) -> Scope:
    return next(item for item in SERVICE.scopes if item.key == key)


@settings(max_examples=150, deadline=None)
@given(WORLDS)
def test_no_small_number_can_be_had_from_a_total(taken: Taken) -> None:
    published = protected(taken)
    exact = {(row.scope, row.by): row.counts for row in measured(taken).rows()}
    for figure in published.figures:
        for name in COUNTS:
            number = exact[figure.scope, figure.by][name]
            assert not (0 < number < 5 and figure[name].value is not None)
    for item in SERVICE.scopes:
        whole = published.at(item.key)
        if whole is None:
            continue
        parts = [
            f
            for f in published.figures
            if f.by is not None
            and (
                (f.scope == item.key and f.by == OTHER_ROUTES)
                or (f.scope == SYSTEM and not set(steps_of(f.by)[0]).isdisjoint(item.teams))
            )
        ]
        for name in COUNTS:
            gone = [f for f in parts if f[name].value is None]
            if whole[name].value is not None and len(gone) == 1:
                left = exact[item.key, None][name] - sum(
                    exact[f.scope, f.by][name] for f in parts if f not in gone
                )
                assert left == 0 or left >= 5, (item.key, name)


@pytest.mark.parametrize(
    ("route", "steps", "more"),
    [("a", ("a",), False), ("a>b>a", ("a", "b", "a"), False), ("a>b>…", ("a", "b"), True)],
)
def test_a_route_is_told_by_its_steps(route: str, steps: tuple[str, ...], more: bool) -> None:
    assert steps_of(route) == (steps, more)
    assert steps_of(OTHER_ROUTES) == ((), False)


def test_a_scope_has_the_routes_that_touch_it_the_largest_first() -> None:
    published = protected(
        {
            ("north_cmht",): (20, 30),
            ("north_cmht", "oak_ward"): (40, 50),
            ("south_cmht",): (60, 60),
            ("oak_ward",): (10, 10),
            ("oak_ward", "north_cmht"): (1, 1),
        }
    )
    found = routes(published, scope("north_cmht"), LIBRARY)
    assert found is not None
    assert [route.steps for route in found.routes] == [("north_cmht", "oak_ward"), ("north_cmht",)]
    assert found.rare is not None
    assert route_words(found.rare, NAMES, 5) == "Other routes, each with fewer than 5 people"
    assert routes(published, scope("safe_haven"), LIBRARY) is None


def test_departures_are_the_moves_that_no_arrow_has() -> None:
    (there, back) = next(
        (move.start, move.end)
        for arrow in LIBRARY.process_map.arrows
        for move in arrow.moves
        if move.start != move.end
    )
    one, two = (
        next(t.id for t in CONFIG.teams if place in LIBRARY.known_as(t.id))
        for place in (there, back)
    )
    assert LIBRARY.designs(one, two)
    found = routes(protected({(one, two): (20, 20)}), scope("system"), LIBRARY)
    assert found is not None
    assert departs_words(found.routes[0], NAMES) == "In the design"
    undesigned = next((a, b) for a in TEAMS for b in TEAMS if a != b and not LIBRARY.designs(a, b))
    found = routes(protected({undesigned: (20, 20)}), scope("system"), LIBRARY)
    assert found is not None
    said = departs_words(found.routes[0], NAMES)
    assert said == "Not in the design: " + " → ".join(NAMES[step] for step in undesigned)


@settings(max_examples=150, deadline=None)
@given(WORLDS, st.sampled_from(["system", "north_cmht", "service:inpatient"]))
def test_the_sentence_is_true_for_the_table(taken: Taken, key: str) -> None:
    found = routes(protected(taken), scope(key), LIBRARY)
    if found is None:
        return
    said = sentence(found, NAMES, LABELS, 5)
    for place, kind in enumerate(("{people}", "other people")):
        of = LABELS.fill(kind, begins=False)
        match = re.search(rf"largest number of {re.escape(of)} took is (.+?): ([\d,]+)", said)
        counts = {
            route_words(route, NAMES, 5): route.groups[place].people.value or 0
            for route in found.routes
        }
        most = max(counts.values(), default=0)
        usual = [name for name, count in counts.items() if most and count == most]
        assert (match is not None) == (len(usual) == 1)
        if match:
            assert (match[1], int(match[2].replace(",", ""))) == (usual[0], most)
        assert not [cell for cell in counts.values() if 0 < cell < 5]
    match = re.search(r"themselves: (\d+); .* design: (\d+)", said)
    moving = [route for route in found.routes if len(route.steps) > 1]
    assert (match is not None) == bool(moving)
    if match:
        leaving = [r for r in moving if departs_words(r, NAMES).startswith("Not in")]
        assert (int(match[1]), int(match[2])) == (len(moving), len(leaving))
