"""The design laid over the records: the state of every step and route, in small worlds."""

from pathlib import Path

import pytest

from pdqi.charts.process_map import laid_over as drawn
from pdqi.charts.process_map import routes_table, steps_table
from pdqi.config import Config
from pdqi.content import Library
from pdqi.findings.pathway import STATUS_WORDS, Group, LaidOver, laid_over, said
from pdqi.labels import Labels
from pdqi.metrics.catalogue import KPI_IDS, kpi
from pdqi.model import Period
from pdqi.service import Service
from pdqi.store.store import Store
from tests.charts.reading import rows
from tests.worlds import make_store, read_world

ROOT = Path(__file__).parents[2]
CONFIG = Config.load(ROOT / "config.yaml")
LIBRARY = Library.load(ROOT / "data/content", CONFIG, KPI_IDS)
LABELS = Labels.of(CONFIG)
NAMES = ("map_steps", "map_taken", "case_prevalence")


def world(first: int, ward: int, straight: int) -> str:
    """People who go from a GP to a community team; some on to a ward, some straight to it."""
    lines = [
        "episodes",
        "id team referral_source referred_on assessed_on started_on ended_on",
    ]
    for n in range(first):
        lines.append(f"a{n} north_cmht GP 2023-01-02 2023-01-10 2023-02-01 2023-06-01")
    for n in range(ward):
        lines.append(f"a{n} oak_ward A&E 2023-07-01 - 2023-07-01 2023-07-20")
    for n in range(straight):
        lines.append(f"b{n} oak_ward A&E 2023-03-01 - 2023-03-01 2023-03-20")
    lines += ["", "diagnoses", "id recorded_on code_system code certainty"]
    lines += [f"a{n} 2023-02-01 icd10 F60.3 confirmed" for n in range(first // 2)]
    return "\n".join(lines)


@pytest.fixture
def over(tmp_path: Path):  # type: ignore[no-untyped-def]
    def of(text: str, role: str, scope: str = "system", group: Group = "everyone") -> LaidOver:
        path = make_store(read_world(text), tmp_path / str(abs(hash(text))))
        with Store.open(path, CONFIG) as store:
            service = Service(store, CONFIG, (), LIBRARY.process_map)
            viewer = service.viewer(role)
            basis = service.basis(Period.parse("2023-01..2023-12"), age_band="all_ages")
            found = service.all_figures(basis, viewer, [kpi(name) for name in NAMES])
            return laid_over(LIBRARY, service, LABELS, service.scope(scope), found, group)

    return of


CLEARED = next(role.id for role in CONFIG.roles if CONFIG.policy_of(role.id).cleared)
READER = next(role.id for role in CONFIG.roles if not CONFIG.policy_of(role.id).cleared)


def status(found: LaidOver, ref: str) -> str:
    return next(item.status for item in (*found.steps, *found.routes) if item.ref == ref)


def test_each_of_the_five_states(over) -> None:  # type: ignore[no-untyped-def]
    found = over(world(40, 12, 3), READER)
    assert status(found, "node:cmht_assessment") == "designed_and_recorded"
    assert status(found, "arrow:cmht_taken_on") == "designed_and_recorded"
    assert status(found, "node:panel") == "designed_not_recorded"
    assert status(found, "arrow:cmht_to_panel") == "designed_not_recorded"
    assert status(found, "node:cn_triage") == "designed_not_recordable"
    assert status(found, "arrow:cn_accepted") == "designed_not_recordable"
    ward = found.route("cmht_care", "ward")
    assert ward is not None
    assert (ward.ref, ward.status, ward.moves.value) == ("", "recorded_not_designed", 10)
    straight = over(world(40, 3, 12), READER).route("cmht_care", "ward")
    assert straight is not None
    assert (straight.status, straight.moves.value) == ("suppressed", None)


def test_almost_never_is_below_one_in_a_hundred(over) -> None:  # type: ignore[no-untyped-def]
    """Of 101 ends and moves out of community care, one goes to a designed step: below 1 in 100."""
    text = world(100, 0, 0).replace(
        "a0 north_cmht GP 2023-01-02 2023-01-10 2023-02-01 2023-06-01",
        "a0 north_cmht GP 2023-01-02 2023-01-10 2023-02-01 2023-06-01\n"
        "a0 complex_needs - 2023-07-01 - 2023-08-01 -",
    )
    found = over(text, CLEARED)
    route = found.route("cmht_care", "cn_referral")
    assert route is not None
    assert route.moves.value == 1
    assert route.status == "designed_not_recorded"
    half = over(text.replace("2023-06-01", "-", 50), CLEARED).route("cmht_care", "cn_referral")
    assert half is not None
    assert half.status == "designed_and_recorded"


def test_groups_are_told_apart(over) -> None:  # type: ignore[no-untyped-def]
    text = world(40, 0, 0)
    every, case, other = (
        over(text, CLEARED, group=group) for group in ("everyone", "case", "other")
    )
    taken = [found.route("gp", "cmht_assessment") for found in (every, case, other)]
    assert [route.moves.value for route in taken if route] == [40, 20, 20]


def test_a_team_s_own_map_leaves_other_teams_out(over) -> None:  # type: ignore[no-untyped-def]
    found = over(world(40, 12, 20), CLEARED, "north_cmht")
    refs = {step.ref for step in found.steps}
    assert "node:ward" in refs  # people of the team went there
    assert "node:cn_therapy" not in refs or found.route("cn_therapy", "care_ends")
    assert found.route("urgent", "ward") is None
    care = next(step for step in found.steps if step.ref == "node:cmht_care")
    assert care.people.value == 40


def test_a_threshold_says_how_many_moves_it_hides(over) -> None:  # type: ignore[no-untyped-def]
    found = over(world(40, 12, 6), CLEARED)
    shown, hidden, moves = found.without_rare(13)
    gone = [route for route in found.routes if route not in shown.routes]
    assert len(gone) == hidden > 0
    assert sum(int(route.moves.value or 0) for route in gone) == moves
    assert {r.status for r in gone} <= {"designed_and_recorded", "recorded_not_designed"}
    kept = {route.status for route in shown.routes}
    assert "designed_not_recordable" in kept


def test_sentence_tables_and_picture_tell_the_same(over) -> None:  # type: ignore[no-untyped-def]
    found = over(world(40, 12, 12), READER)
    sentence = said(found)
    for state, words in STATUS_WORDS.items():
        number = sum(route.status == state for route in found.routes)
        assert (f"{number} {words}" in sentence) or not number
    assert len(steps_table(found)) == len(found.steps)
    assert len(routes_table(found)) == len(found.routes)
    spec = drawn(found, LIBRARY, LABELS)
    assert len(rows(spec, "arrows")) == len(found.routes)
    assert spec["description"] == sentence
    heard = {row["tip"] for row in rows(spec, "arrows")}
    ward = found.route("cmht_care", "ward")
    assert ward is not None
    assert any(
        tip.startswith("Care under a community team to Inpatient stay: recorded, but not in the"
                       " design, 10 moves, 10 people") for tip in heard
    )  # fmt: skip


def test_two_steps_of_one_name_are_told_apart(over) -> None:  # type: ignore[no-untyped-def]
    names = over(world(10, 0, 0), CLEARED).names
    assert names["cn_waiting_list"] == "Waiting list (Complex Needs Service)"
    assert names["gp"] == "GP or other primary care"
