"""The SQL against the second reading of the definitions, on random small worlds."""

from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pdqi.config import Config
from pdqi.metrics.catalogue import CATALOGUE, PATHWAY
from pdqi.metrics.measure import measure
from pdqi.model import Basis, Period
from pdqi.store.store import Store
from tests.oracle import Oracle
from tests.worlds import config_with, make_store

CONFIG = Config.load(Path(__file__).parents[1] / "world.yaml")
EVERY = (*CATALOGUE, *PATHWAY)
TEAMS = [team.id for team in CONFIG.teams]
# Days crowd around the edges of the period, where definitions are decided.
EDGES = [date(2023, 1, 1), date(2023, 12, 31), date(2022, 1, 1), date(2021, 12, 31)]
DAYS = st.one_of(
    st.sampled_from(
        [edge + timedelta(days=n) for edge in EDGES for n in (-28, -6, -5, -1, 0, 1, 5, 28)]
    ),
    st.dates(date(2021, 1, 1), date(2024, 3, 31)),
)
PEOPLE = st.sampled_from(["ann", "bob", "cat", "dee", "eve"])


@st.composite
def steps(draw: st.DrawFn, names: tuple[str, ...]) -> dict[str, date | None]:
    """Dates in order of care, any but the first perhaps missing."""
    days = sorted(draw(st.lists(DAYS, min_size=len(names), max_size=len(names))))
    found: dict[str, date | None] = dict(zip(names, days, strict=True))
    for name in names[1:]:
        if draw(st.booleans()):
            found[name] = None
    return found


@st.composite
def worlds(draw: st.DrawFn) -> dict[str, list[dict[str, Any]]]:
    care = ("referred_on", "assessed_on", "started_on", "ended_on")
    sources = st.sampled_from(["GP", "Self", None])

    def rows(most: int, **columns: st.SearchStrategy[Any]) -> list[dict[str, Any]]:
        number = draw(st.integers(0, most))
        return [
            {"id": draw(PEOPLE)} | {name: draw(column) for name, column in columns.items()}
            for _ in range(number)
        ]

    def dated(found: list[dict[str, Any]], names: tuple[str, ...]) -> list[dict[str, Any]]:
        return [row | draw(steps(names)) for row in found]

    born = st.one_of(
        st.none(),
        st.dates(date(1958, 1, 1), date(1960, 1, 1)),
        st.dates(date(2004, 1, 1), date(2006, 12, 31)),
    )
    people = {row["id"]: row for row in rows(4, born=born)}
    return {
        "people": list(people.values()),
        "episodes": dated(rows(14, team=st.sampled_from(TEAMS[:4]), referral_source=sources), care),
        "diagnoses": rows(
            12,
            recorded_on=DAYS,
            team=st.sampled_from([None, *TEAMS]),
            code_system=st.sampled_from(["icd10", "snomed", "term"]),
            code=st.sampled_from(
                [None, "F60.3", "f603x", "F61", "F32.1", "20010003", " F60 ", "33"]
            ),
            description=st.sampled_from(
                [None, "EUPD traits", "?EUPD", "eupds", "complex  emotional needs", "BPD", "?PD"]
            ),
            certainty=st.sampled_from(["confirmed", "suspected", "ruled_out"]),
        ),
        "treatments": dated(
            rows(
                10,
                team=st.sampled_from(["alpha", "expert"]),
                treatment=st.sampled_from(["T1", "T2", "T3"]),
                outcome=st.sampled_from([None, "completed", "declined"]),
            ),
            care,
        ),
        "events": rows(
            8,
            team=st.sampled_from(["open_door", "alpha", None]),
            kind=st.sampled_from(["attendance", "panel_review", "contact", "group", "care_plan"]),
            occurred_on=DAYS,
        ),
        "prescriptions": dated(
            rows(
                5,
                drug_class=st.sampled_from(["Antipsychotic", "sedative", "other"]),
                indication=st.sampled_from([None, "psychosis", "Crisis", "sleep"]),
            ),
            ("started_on", "ended_on"),
        ),
    }


PERIODS = st.sampled_from(
    [
        Period(date(2023, 1, 1), date(2023, 12, 31)),
        Period.month(2023, 12),
        Period.month(2023, 2),
        Period(date(2022, 1, 1), date(2022, 3, 31)),
        Period.month(2024, 2),
    ]
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    worlds(),
    PERIODS,
    st.sampled_from(["standard", "confirmed_only", "broad"]),
    st.sampled_from(["working_age", "all_ages"]),
    st.sampled_from([1, 2, 5]),
)
def test_sql_says_what_the_definitions_say(
    world: dict[str, list[dict[str, Any]]],
    period: Period,
    definition: str,
    ages: str,
    threshold: int,
) -> None:
    config = protecting(threshold)
    basis = Basis(period, definition, ages)
    with (
        TemporaryDirectory() as folder,
        Store.open(make_store(world, Path(folder)), config) as store,
    ):
        measured = measure(store, config, EVERY, (basis,))
    raw = {name: only for name, (only,) in measured.items()}
    oracle = Oracle(world, config, basis)
    for kpi in EVERY:
        if not hasattr(oracle, kpi.id):
            continue
        expected = getattr(oracle, kpi.id)()
        got = {
            (row.scope if row.by is None else (row.scope, row.by)): {**row.counts, **row.statistics}
            for row in raw[kpi.id].rows()
        }
        for place, fields in expected.items():
            if place not in got and not any(fields.values()):
                continue
            if place not in got and kpi.id == "multiple_episodes" and not _returns(place):
                continue
            for name, value in fields.items():
                assert got[place][name] == value, (kpi.id, place, name)
        extra = {place for place, row in got.items() if place not in expected and any(row.values())}
        assert not extra, (kpi.id, extra)


def protecting(threshold: int) -> Config:
    """Return the config with another threshold: routes of so few people are told by themselves."""
    policies = [policy.model_copy(update={"threshold": threshold}) for policy in CONFIG.policies]
    return config_with(CONFIG, policies=tuple(policies))


def _returns(place: str) -> bool:
    """Whether a scope is one that people return to: community and crisis teams, not the system."""
    return place != "system"
