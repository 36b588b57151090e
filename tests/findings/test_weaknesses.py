"""Bounds on what figures could be: every way of filling a gap lies inside, and the ends are met."""

from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdqi.config import Config
from pdqi.findings.weaknesses import Touch, Weakness, bounds, touches, way_of
from pdqi.metrics.catalogue import CATALOGUE, kpi
from pdqi.metrics.kpis.quality_people import NO_BIRTH_DATE
from pdqi.model import SUPPRESSED, SYSTEM, Basis, Cell, Figure, Period
from pdqi.service import Service
from tests.worlds import World, make_store, read_world

CONFIG = Config.load(Path(__file__).parents[1] / "world.yaml")
BASIS = Basis(Period.ending(2023, 12, 12), "standard", "working_age")
NOT_ENTERED = Weakness("n", "No entry", Cell(2), ("diagnoses",), True, True, "Enter it.")
NOT_BORN = Weakness("b", "No birth date", Cell(2), ("people",), True, False, "Fill it in.")

# Of ann, bob and cat everything is known; of dee and eve no diagnosis was entered.
WORLD = """
    episodes
    id   team   referred_on  started_on
    ann  alpha  2023-03-01   2023-03-05
    bob  alpha  2023-03-01   2023-03-05
    cat  alpha  2023-03-01   2023-03-05
    dee  alpha  2023-03-01   2023-03-05
    eve  alpha  2023-03-01   2023-03-05

    diagnoses
    id   recorded_on  code_system  code   certainty
    ann  2023-01-01   icd10        F60.3  confirmed
    bob  2023-01-01   icd10        F60.3  suspected
    cat  2023-01-01   icd10        F32.1  confirmed

    treatments
    id   team    treatment  referred_on  assessed_on  started_on  ended_on  outcome
    ann  expert  T1         2023-03-01   2023-03-01   2023-05-01  -         -
    dee  expert  T1         2023-03-01   2023-03-01   2023-05-01  -         -
    """


def measured(world: World, path: Path) -> dict[str, Figure | None]:
    service = Service.open(make_store(world, path), CONFIG)
    found = service.all_figures(BASIS, service.viewer("cleared"), (*CATALOGUE, NO_BIRTH_DATE))
    service.store.close()
    return {name: published.at(SYSTEM) for name, published in found.items()}


def share(touch: Touch, figure: Figure | None) -> float | None:
    assert figure is not None
    value = figure[touch.kpi.kind.main].value
    return None if value is None else float(value)


def held(told: tuple[Touch, ...], ways: list[dict[str, Figure | None]]) -> dict[str, Any]:
    """Check every way against the bounds; returns the shares that occurred by KPI."""
    occurred: dict[str, set[float]] = {}
    for touch in told:
        if not touch.is_bounded:
            continue
        assert touch.low is not None
        assert touch.high is not None
        shares = {s for way in ways if (s := share(touch, way[touch.kpi.id])) is not None}
        assert all(touch.low - 1e-9 <= s <= touch.high + 1e-9 for s in shares), touch.kpi.id
        occurred[touch.kpi.id] = shares
    return occurred


def test_every_diagnosis_that_could_be_missing(tmp_path: Path) -> None:
    now = measured(read_world(WORLD), tmp_path / "now")
    entered = now["no_diagnosis_entry"]
    assert entered is not None
    assert entered["numerator"].value == 2
    told = touches(NOT_ENTERED, CATALOGUE, now)
    ways = []
    for number, said in enumerate(product((None, "suspected", "confirmed"), repeat=2)):
        world = read_world(WORLD)
        for name, certainty in zip(("dee", "eve"), said, strict=True):
            row = {"id": name, "recorded_on": "2023-01-01", "code_system": "icd10"}
            row |= {"code": "F60" if certainty else "F32", "certainty": certainty or "confirmed"}
            world["diagnoses"].append(row)
        ways.append(measured(world, tmp_path / str(number)))
    occurred = held(told, ways)
    by_id = {touch.kpi.id: touch for touch in told}
    # 2 of 5 now; with both, 4 of 5. Half of those with the condition are confirmed; 1 to 3 of 4.
    prevalence = by_id["case_prevalence"]
    assert (prevalence.now, prevalence.low, prevalence.high) == (0.4, 0.4, 0.8)
    assert {min(occurred["case_prevalence"]), max(occurred["case_prevalence"])} == {0.4, 0.8}
    confirmed = by_id["case_confirmed_share"]
    assert (confirmed.low, confirmed.high) == (0.25, 0.75)
    assert {min(occurred["case_confirmed_share"]), max(occurred["case_confirmed_share"])} == {
        0.25,
        0.75,
    }
    # Dee was treated and Eve was not, so the bound is wider than what can happen.
    assert (by_id["ebt_received"].low, by_id["ebt_received"].high) == (0.25, 0.75)
    assert not by_id["ebt_wait"].is_bounded
    assert not by_id["multiple_episodes"].is_bounded
    assert "no_diagnosis_entry" not in by_id, "no definition changes it"


def test_every_birth_date_that_could_be_missing(tmp_path: Path) -> None:
    def world(*born: date | None) -> World:
        made: Any = read_world(WORLD)
        made["people"] = [
            {"id": name, "born": day} for name, day in zip(("bob", "dee"), born, strict=True)
        ]
        return made

    now = measured(world(None, None), tmp_path / "now")
    unborn = now[NO_BIRTH_DATE.id]
    assert unborn is not None
    assert (unborn["numerator"].value, unborn["denominator"].value) == (2, 5)
    told = touches(NOT_BORN, CATALOGUE, now)
    days = (date(1980, 1, 1), date(2010, 1, 1))
    ways = [measured(world(*pair), tmp_path / str(n)) for n, pair in enumerate(product(days, days))]
    held(told, ways)
    by_id = {touch.kpi.id: touch for touch in told}
    assert by_id["case_prevalence"].low == pytest.approx(1 / 5)
    assert by_id["case_prevalence"].high == pytest.approx(3 / 5)
    assert by_id["no_diagnosis_entry"].is_bounded
    assert "staff_trained" not in by_id


@given(st.integers(0, 8), st.integers(0, 8), st.integers(0, 5))
def test_bounds_hold_whatever_each_unknown_one_is(part: int, more: int, unknown: int) -> None:
    """Each unknown may change one person's place; all ways of doing so are tried by counts."""
    whole = part + more
    low, high = bounds("join", part, whole, unknown)
    for joined in range(unknown + 1):
        for having in range(joined + 1):
            if whole + joined:
                assert low <= (part + having) / (whole + joined) <= high
    if not whole:
        return
    low, high = bounds("have", part, whole, unknown)
    for having in range(min(unknown, more) + 1):
        assert low <= (part + having) / whole <= high
    low, high = bounds("either", part, whole, unknown)
    # Places: of the part, of the rest, and not counted. Who moves from where to where:
    for in_part, in_rest in product(range(part + 1), range(more + 1)):
        if in_part + in_rest > unknown:
            continue
        outside = unknown - in_part - in_rest
        moved = in_part + in_rest + outside
        for to_part in range(moved + 1):
            for to_rest in range(moved - to_part + 1):
                of = whole - in_part - in_rest + to_part + to_rest
                if of:
                    share_now = (part - in_part + to_part) / of
                    assert low - 1e-9 <= share_now <= high + 1e-9


def test_what_is_suppressed_gives_no_bound() -> None:
    hidden = Weakness("x", "x", SUPPRESSED, ("diagnoses",), True, True, "x")
    cells = {"denominator": Cell(50), "numerator": Cell(20)}
    figures = {"case_prevalence": Figure(SYSTEM, None, cells)}
    (touch,) = touches(hidden, (kpi("case_prevalence"),), figures)
    assert (touch.now, touch.low, touch.high) == (0.4, None, None)
    assert touch.why == "one of the numbers is suppressed"
    cells["numerator"] = SUPPRESSED
    (touch,) = touches(NOT_ENTERED, (kpi("case_prevalence"),), figures)
    assert (touch.now, touch.low) == (None, None)


def test_every_figure_of_a_table_is_touched_or_told_why_not() -> None:
    for name in ("people", "episodes", "diagnoses", "treatments", "events", "workforce"):
        rows = Weakness(name, name, Cell(3), (name,), False, False, "x")
        told = touches(rows, CATALOGUE, {})
        assert [t.kpi.id for t in told] == [k.id for k in CATALOGUE if name in k.tables]
        assert all(t.why for t in told)
        assert {way_of(rows, t.kpi) for t in told} <= {"either"}
