"""Outside of what its sources cover a figure is absent and not zero."""

from datetime import date
from pathlib import Path

from pdqi.metrics.catalogue import kpi
from pdqi.model import Basis, Period
from pdqi.service import Service
from pdqi.store.store import Store
from tests.metrics.test_definitions import CONFIG
from tests.worlds import make_store, read_world

# North's records begin in March and end in June; the panel's log has its first entry in May.
WORLD = """
episodes
id   team   referred_on  started_on  ended_on    source
ann  alpha  2023-01-02   2023-01-05  -           county
ann  alpha  2023-12-28   2023-12-30  -           county
bob  beta   2023-03-02   2023-03-05  -           pocket
bob  beta   2023-06-27   2023-06-29  2023-06-30  pocket

events
id   kind          occurred_on  source
ann  panel_review  2023-05-03   log
ann  panel_review  2023-10-29   log
"""


def shown(path: Path, kpi_id: str, scope: str) -> list[int]:
    """The months of 2023 in which a figure is there."""
    service = Service(Store.open(path, CONFIG), CONFIG)
    months = service.months(service.viewer(CLEARED), (kpi(kpi_id),))[kpi_id]
    return [
        month.basis.period.first.month
        for month in months
        if month.basis.period.first.year == 2023 and month.at(scope) is not None
    ]


CLEARED = next(role.id for role in CONFIG.roles if CONFIG.policy_of(role.id).cleared)


def test_months_outside_of_a_source_are_absent(tmp_path: Path) -> None:
    path = make_store(read_world(WORLD), tmp_path, covers={})
    assert shown(path, "case_prevalence", "alpha") == [*range(1, 13)]
    # Bob's episode is still open after June, but nothing is known of it.
    assert shown(path, "case_prevalence", "beta") == [3, 4, 5, 6]
    assert shown(path, "case_prevalence", "system") == [*range(1, 13)]
    assert shown(path, "panel_reviewed", "alpha") == [5, 6, 7, 8, 9, 10]
    assert shown(path, "panel_reviewed", "beta") == [5, 6]


def test_a_source_that_says_what_it_covers_is_believed(tmp_path: Path) -> None:
    covers = {"log": (date(2023, 2, 1), date(2023, 12, 31))}
    path = make_store(read_world(WORLD), tmp_path, covers=covers)
    assert shown(path, "panel_reviewed", "alpha") == [*range(2, 13)]


def test_a_longer_period_counts_what_is_known_of_it(tmp_path: Path) -> None:
    path = make_store(read_world(WORLD), tmp_path, covers={})
    service = Service(Store.open(path, CONFIG), CONFIG)
    year = Period(date(2023, 1, 1), date(2023, 12, 31))
    basis = Basis(year, CONFIG.default_definition, "all_ages")
    published = service.figures("panel_reviewed", basis, service.viewer(CLEARED))
    assert published.at("alpha") is not None
    assert published.at("beta") is not None
