"""What changed since a stand: each reason by itself, all at once, and parts that add up."""

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pdqi.config import Config
from pdqi.errors import RequestError
from pdqi.findings.since import Change, Since, since
from pdqi.labels import Labels
from pdqi.metrics.catalogue import kpi
from pdqi.model import Period
from pdqi.service import Service
from pdqi.stand import Stand
from pdqi.store.store import Store
from tests.worlds import make_store

WORLD = Path(__file__).parents[1] / "world.yaml"
CONFIG = Config.load(WORLD)
PREVALENCE = kpi("case_prevalence")
JANUARY, FEBRUARY = Period.parse("2024-01"), Period.parse("2024-02")
DAY = date(2024, 2, 10)


def world(people: int, diagnosed: int, *, team: str = "alpha", left: int = 0) -> dict[str, Any]:
    """People under care from 2023; the first of them diagnosed; the last `left` end in January."""
    ids = [f"p{number:03}" for number in range(people)]
    ends = dict.fromkeys(ids[people - left :], "2024-01-20") if left else {}
    return {
        "episodes": [
            {
                "id": name,
                "team": team,
                "referred_on": "2023-05-01",
                "started_on": "2023-06-01",
                "ended_on": ends.get(name),
            }
            for name in ids
        ],
        "diagnoses": [
            {
                "id": name,
                "team": team,
                "recorded_on": "2023-07-01",
                "code_system": "icd10",
                "code": "F60",
                "certainty": "confirmed",
            }
            for name in ids[:diagnosed]
        ],
    }


def changed(old: str, new: str) -> Config:
    """Return the config with another text in place of one."""
    text = WORLD.read_text(encoding="utf-8")
    assert old in text
    return Config.model_validate(yaml.safe_load(text.replace(old, new)))


def stand_of(path: Path, config: Config, role: str, period: Period, scope: str) -> Stand:
    with Store.open(path, config) as store:
        service = Service(store, config)
        viewer = service.viewer(role)
        basis = service.basis(period)
        return Stand.taken(service, None, viewer, basis, service.scope(scope), [PREVALENCE], DAY)


def compared(
    path: Path,
    then: Stand,
    config: Config = CONFIG,
    role: str = "cleared",
    period: Period = JANUARY,
    scope: str = "system",
    definition: str | None = None,
) -> Since:
    with Store.open(path, config) as store:
        service = Service(store, config)
        return since(
            Stand.from_json(then.to_json()),
            service,
            None,
            Labels.of(config),
            service.viewer(role),
            service.basis(period, definition),
            service.scope(scope),
            [PREVALENCE],
            {},
        )


def only(found: Since) -> Change:
    (change,) = found.changes
    return change


def parts(change: Change) -> dict[tuple[str, ...], Decimal]:
    return {part.reasons: part.size for part in change.parts}


def test_nothing_changed(tmp_path: Path) -> None:
    path = make_store(world(40, 10), tmp_path / "store")
    found = only(compared(path, stand_of(path, CONFIG, "cleared", JANUARY, "system")))
    assert (found.then, found.now, found.difference) == ("25%", "25%", "no difference")
    assert found.parts == ()
    assert found.sentence.endswith("25%, as at the last meeting.")


def test_a_late_record_is_told_apart_from_a_new_period(tmp_path: Path) -> None:
    path = make_store(world(40, 10, left=20), tmp_path / "store")
    then = stand_of(path, CONFIG, "cleared", JANUARY, "system")
    make_store(world(40, 14, left=20), path)
    found = only(compared(path, then, period=FEBRUARY))
    assert (found.then, found.now, found.difference) == ("25%", "70%", "+45 points")
    assert parts(found) == {("records",): Decimal(10), ("period",): Decimal(35)}
    assert found.sentence == (
        f"{found.name}: 70%, +45 points since 25%: +10 points from late or corrected records for"
        " the old period and +35 points from a new period."
    )
    low, high = found.interval.removesuffix(" points").split(" to ")
    assert int(low) < 45 < int(high)


def test_a_changed_definition_by_itself(tmp_path: Path) -> None:
    path = make_store(world(40, 10), tmp_path / "store")
    then = stand_of(path, CONFIG, "cleared", JANUARY, "system")
    begin = "name: Standard, version: 1, agreed: test, counts: [confirmed, suspected], icd10: "
    config = changed(f"{begin}[F60, F61]", f"{begin}[F61]")
    found = compared(path, then, config)
    assert parts(only(found)) == {("definition",): Decimal(-25)}
    assert found.news == ("The case definition “Standard” was changed.",)


def test_another_filter_and_a_team_that_moved(tmp_path: Path) -> None:
    data = world(40, 10)
    other = world(20, 20, team="gamma")
    for name, rows in other.items():
        data[name] += [{**row, "id": f"x{row['id']}"} for row in rows]
    path = make_store(data, tmp_path / "store")
    then = stand_of(path, CONFIG, "cleared", JANUARY, "service:community")
    filtered = only(compared(path, then, scope="system"))
    assert parts(filtered) == {("membership",): Decimal(25)}
    config = changed("name: Gamma team, service: crisis", "name: Gamma team, service: community")
    moved = compared(path, then, config, scope="service:community")
    assert parts(only(moved)) == {("membership",): Decimal(25), ("definition",): Decimal(0)}
    assert "Gamma team belongs to Community teams now, to Crisis teams then." in moved.news


def test_all_four_at_once_add_up(tmp_path: Path) -> None:
    path = make_store(world(40, 10, left=20), tmp_path / "store")
    then = stand_of(path, CONFIG, "cleared", JANUARY, "alpha")
    make_store(world(44, 12, left=20), path)
    found = only(compared(path, then, period=FEBRUARY, scope="system", definition="confirmed_only"))
    assert set(parts(found)) == {("membership",), ("records",), ("period",)}
    assert sum(parts(found).values()) == Decimal(50 - 25)


def test_where_the_old_data_are_gone_the_parts_are_told_together(tmp_path: Path) -> None:
    path = make_store(world(40, 10), tmp_path / "store")
    then = stand_of(path, CONFIG, "cleared", JANUARY, "alpha")
    make_store(world(40, 20), path)
    shutil.rmtree(path / "versions" / then.version)
    found = compared(path, then, scope="system")
    assert parts(only(found)) == {("membership", "records"): Decimal(25)}
    assert any("no longer kept" in note for note in found.notes)


def test_a_reader_of_another_policy_gets_figures_of_their_own(tmp_path: Path) -> None:
    path = make_store(world(43, 11), tmp_path / "store")
    then = stand_of(path, CONFIG, "cleared", JANUARY, "system")
    assert only(compared(path, then)).then == "26%"
    protected = compared(path, then, role="reader")
    assert only(protected).then == "22%"
    assert "worked out again for you" in protected.notes[0]


def test_what_is_suppressed_then_has_no_difference(tmp_path: Path) -> None:
    path = make_store(world(40, 3), tmp_path / "store")
    then = stand_of(path, CONFIG, "reader", JANUARY, "system")
    make_store(world(40, 20), path)
    found = only(compared(path, then, role="reader"))
    assert (found.then, found.now, found.difference, found.parts) == ("suppressed", "50%", "", ())
    assert found.sentence == f"{found.name}: suppressed then, 50% now."


def test_a_damaged_stand_is_explained(tmp_path: Path) -> None:
    path = make_store(world(40, 10), tmp_path / "store")
    document = stand_of(path, CONFIG, "cleared", JANUARY, "system").to_json()
    for broken in ({"format": 9}, {"config": {}}, {"policy": "none"}, {"day": "x"}):
        with pytest.raises(RequestError):
            Stand.from_json({**document, **broken})


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.tuples(st.integers(5, 60), st.integers(0, 60), st.integers(0, 60)),
    st.tuples(st.integers(5, 60), st.integers(0, 60), st.integers(0, 60)),
    st.sampled_from(["reader", "cleared"]),
)
def test_parts_always_add_up(
    tmp_path_factory: pytest.TempPathFactory,
    old: tuple[int, int, int],
    new: tuple[int, int, int],
    role: str,
) -> None:
    path = tmp_path_factory.mktemp("s") / "store"
    make_store(world(old[0], min(old[:2]), left=min(old[0], old[2])), path)
    then = stand_of(path, CONFIG, role, JANUARY, "alpha")
    make_store(world(new[0], min(new[:2]), left=min(new[0], new[2])), path)
    found = only(compared(path, then, role=role, period=FEBRUARY, scope="system"))
    if found.difference:
        total = sum(part.size for part in found.parts)
        size = found.difference.replace("−", "-").split()[0]
        assert total == (0 if size == "no" else Decimal(size))
    else:
        assert found.parts == ()
