"""Many periods measured at once are what each of them is by itself."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pdqi.metrics.catalogue import CATALOGUE
from pdqi.metrics.measure import Raw, measure
from pdqi.model import Basis, Period
from pdqi.store.store import Store
from tests.metrics.test_definitions import CONFIG, worlds
from tests.worlds import make_store

MONTHS = tuple(Period(Period.month(2023, 1).first, Period.month(2024, 2).last).each_month())


def rows(raw: Raw) -> list[tuple[Any, ...]]:
    return [(r.scope, r.by, dict(r.counts), dict(r.statistics)) for r in raw.rows()]


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds(), st.sampled_from(["standard", "confirmed_only"]), st.data())
def test_many_periods_are_each_by_itself(
    world: dict[str, list[dict[str, Any]]], definition: str, data: st.DataObject
) -> None:
    ages = data.draw(st.sampled_from(["working_age", "all_ages"]))
    year = Period(MONTHS[0].first, MONTHS[11].last)
    bases = [Basis(period, definition, ages) for period in (*MONTHS, year)]
    with (
        TemporaryDirectory() as folder,
        Store.open(make_store(world, Path(folder)), CONFIG) as store,
    ):
        together = measure(store, CONFIG, CATALOGUE, bases)
        for place in data.draw(st.sets(st.integers(0, len(bases) - 1), min_size=1, max_size=4)):
            alone = measure(store, CONFIG, CATALOGUE, (bases[place],))
            for kpi in CATALOGUE:
                assert together[kpi.id][place].basis == bases[place]
                assert rows(together[kpi.id][place]) == rows(alone[kpi.id][0]), kpi.id
