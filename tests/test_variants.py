"""Other answers to the definitions: the figures of a variant, and which figures it can change."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pdqi.config import Config
from pdqi.metrics.catalogue import CATALOGUE, kpi
from pdqi.model import Basis, Period, Published
from pdqi.service import Service
from pdqi.store import derive
from pdqi.store.store import Store
from pdqi.variants import Variant, Variants, prepare, variants
from tests.metrics.test_definitions import PERIODS, worlds
from tests.metrics.test_examples import example_of
from tests.worlds import World, make_store, read_world

WORLD = Config.load(Path(__file__).with_name("world.yaml"))
CONFIG = Config.model_validate(
    WORLD.model_dump()
    | {
        "alternatives": {
            "merge_gap_days": [0, 28],
            "look_back_months": [12, 36],
            "treatment_lists": [
                {"id": "all", "name": "All", "treatments": ["T1", "T2", "T3"]},
                {"id": "first", "name": "First", "treatments": ["T1"]},
            ],
        }
    }
)
NAMES = [
    "in_force",
    "case_definition=confirmed_only",
    "case_definition=broad",
    "merge_gap_days=0",
    "merge_gap_days=28",
    "look_back_months=12",
    "look_back_months=36",
    "treatment_list=all",
    "treatment_list=first",
]
BASIS = Basis(Period.ending(2023, 12, 12), "standard", "working_age")

# Ann comes back to alpha after 5 days, after 20 days, and long ago; bob after a year and a half.
JOURNEYS = """
    episodes
    id   team   referred_on  started_on  ended_on
    ann  alpha  2021-02-01   2021-02-01  2021-02-11
    ann  alpha  2023-03-01   2023-03-01  2023-03-31
    ann  alpha  2023-04-05   2023-04-05  2023-04-30
    ann  alpha  2023-05-20   2023-05-20  2023-06-19
    bob  alpha  2022-02-01   2022-02-01  2022-02-11
    bob  alpha  2023-08-01   2023-08-01  -

    diagnoses
    id   recorded_on  code_system  code   certainty
    ann  2023-01-01   icd10        F60.3  confirmed
    bob  2023-01-01   icd10        F60.3  suspected

    treatments
    id   team    treatment  referred_on  started_on  ended_on
    ann  expert  T2         2021-06-01   2021-09-01  2021-12-01
    ann  expert  T2         2023-03-01   2023-05-01  -
    bob  expert  T3         2022-08-01   2023-09-01  -
    bob  expert  T2         2023-10-01   -           -
    """


def opened(path: Path, text: str = JOURNEYS) -> Service:
    return Service.open(make_store(read_world(text), path), CONFIG)


def values(
    service: Service, kpi_id: str, scope: str, *names: str, basis: Basis = BASIS
) -> dict[str, tuple[Any, ...]]:
    """Return some fields of a KPI by variant."""
    found = Variants(service).figures((kpi(kpi_id),), basis, service.viewer("cleared"))[kpi_id]
    told: dict[str, tuple[Any, ...]] = {}
    for variant, published in found:
        figure = published.at(scope)
        told[variant.id] = tuple(figure[name].value for name in names) if figure else ()
    return told


def test_variants_are_one_change_each_and_in_the_order_of_config() -> None:
    found = variants(CONFIG)
    assert [variant.id for variant in found] == NAMES
    assert [variant.in_force for variant in found] == [True] + [False] * 8
    for variant in found:
        changed = {
            name
            for name in Config.model_fields
            if getattr(variant.config, name) != getattr(CONFIG, name)
        }
        assert (
            changed
            == {
                None: set(),
                "case_definition": set(),
                "merge_gap_days": {"rules"},
                "look_back_months": {"rules"},
                "treatment_list": {"treatments"},
            }[variant.setting]
        )
        assert (variant.definition == "standard") == (variant.setting != "case_definition")
    chosen = variants(CONFIG, "broad")
    assert [v.definition for v in chosen[:3]] == ["broad", "standard", "confirmed_only"]


def test_only_gap_and_treatments_need_other_tables() -> None:
    other = {v.id for v in variants(CONFIG) if derive.digest(v.config) != derive.digest(CONFIG)}
    assert other == {name for name in NAMES if "gap" in name or "treatment" in name}


def test_the_gap_decides_what_is_one_episode(tmp_path: Path) -> None:
    """Ann's spring is two episodes; without a gap it is three, and with 28 days it is one."""
    with opened(tmp_path).store as store:
        service = Service(store, CONFIG)
        lengths = values(service, "episode_length", "alpha", "episodes")
        assert lengths == {
            "in_force": (3,),
            "case_definition=confirmed_only": (2,),
            "case_definition=broad": (3,),
            "merge_gap_days=0": (4,),
            "merge_gap_days=28": (2,),
        }
        several = values(
            service, "multiple_episodes", "alpha", "case_denominator", "case_numerator"
        )
        assert several == {
            "in_force": (2, 2),
            "case_definition=confirmed_only": (1, 1),
            "case_definition=broad": (2, 2),
            "merge_gap_days=0": (2, 2),
            "merge_gap_days=28": (2, 1),
            "look_back_months=12": (2, 1),
            "look_back_months=36": (2, 2),
        }


def test_the_list_decides_which_treatments_count(tmp_path: Path) -> None:
    with opened(tmp_path).store as store:
        service = Service(store, CONFIG)
        got = values(service, "ebt_received", "alpha", "denominator", "numerator")
        assert got == {
            "in_force": (2, 1),
            "case_definition=confirmed_only": (1, 1),
            "case_definition=broad": (2, 1),
            "treatment_list=all": (2, 2),
            "treatment_list=first": (2, 0),
        }
        referred = values(service, "ebt_wait", "expert", "referred")
        assert referred == {
            "in_force": (2,),
            "case_definition=confirmed_only": (1,),
            "case_definition=broad": (2,),
            "look_back_months=12": (2,),
            "look_back_months=36": (3,),
            "treatment_list=all": (3,),
            "treatment_list=first": (),
        }


@pytest.mark.parametrize("variant", variants(CONFIG), ids=lambda variant: variant.id)
def test_a_variant_shows_what_a_store_loaded_under_that_config_shows(
    variant: Variant, tmp_path: Path
) -> None:
    config = Config.model_validate(variant.config.model_dump())
    path = make_store(read_world(JOURNEYS), tmp_path / "other")
    with opened(tmp_path / "one").store as store, Store.open(path, config) as other:
        service, loaded = Service(store, CONFIG), Service(other, config)
        for role in ("cleared", "reader"):
            viewer = service.viewer(role)
            basis = replace(BASIS, definition=variant.definition)
            curves = variant.in_force
            expected = loaded.all_figures(basis, loaded.viewer(role), curves=curves)
            for name, rows in Variants(service).figures(CATALOGUE, BASIS, viewer).items():
                for mine, published in rows:
                    if mine == variant:
                        assert published == expected[name], name


def test_what_is_kept_is_published_and_measured_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(tmp_path).store as store:
        service = Service(store, CONFIG)
        served, viewer = Variants(service), service.viewer("reader")
        first = served.figures(CATALOGUE, BASIS, viewer)
        assert all(isinstance(item, Published) for item in served._kept.values())
        monkeypatch.setattr(Store, "under", None)
        assert served.figures(CATALOGUE, BASIS, viewer) == first


def test_tables_of_every_variant_are_worked_out_ahead(tmp_path: Path) -> None:
    path = make_store(read_world(JOURNEYS), tmp_path)
    prepare(path, CONFIG)
    (derived,) = path.glob("versions/*/derived")
    expected = {derive.digest(variant.config) for variant in variants(CONFIG)}
    assert {folder.name for folder in derived.iterdir()} == expected
    assert len(expected) == 5


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everybody of every worked example in one store, and Ann and Bob of the journeys above."""
    world: World = {}
    texts = {item.id: example_of(item).world for item in CATALOGUE} | {"": read_world(JOURNEYS)}
    for name, tables in texts.items():
        for table, rows in tables.items():
            named = [row | {"id": f"{name} {row['id']}"} if "id" in row else row for row in rows]
            world.setdefault(table, []).extend(named)
    return make_store(world, tmp_path_factory.mktemp("crowd"))


def test_figures_change_with_the_settings_that_they_declare_and_no_others(crowd: Path) -> None:
    changed: dict[str, set[str]] = {item.id: set() for item in CATALOGUE}
    bases = [replace(BASIS, age_band=band.id) for band in CONFIG.age_bands]
    with Store.open(crowd, CONFIG) as store:
        service = Service(store, CONFIG)
        viewer = service.viewer("cleared")
        for variant in variants(CONFIG)[1:]:
            with store.under(variant.config) as other:
                for basis in bases:
                    before = service.all_figures(basis, viewer)
                    asked = replace(basis, definition=variant.definition)
                    after = Service(other, variant.config).all_figures(asked, viewer)
                    for name, published in after.items():
                        if published.figures != before[name].figures:
                            changed[name].add(str(variant.setting))
    assert changed == {item.id: set(item.depends_on) for item in CATALOGUE}


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(worlds(), PERIODS, st.sampled_from(variants(CONFIG)[1:]))
def test_nothing_changes_that_is_not_declared(
    world: dict[str, list[dict[str, Any]]], period: Period, variant: Variant
) -> None:
    """Every figure that does not declare a setting is the same however that is changed."""
    untouched = [item for item in CATALOGUE if variant.setting not in item.depends_on]
    basis = Basis(period, "standard", "all_ages")
    asked = replace(basis, definition=variant.definition)
    with TemporaryDirectory() as folder:
        path = make_store(world, Path(folder))
        with Store.open(path, CONFIG) as store, store.under(variant.config) as other:
            viewer = Service(store, CONFIG).viewer("cleared")
            before = Service(store, CONFIG).all_figures(basis, viewer, untouched)
            after = Service(other, variant.config).all_figures(asked, viewer, untouched)
    for item in untouched:
        assert after[item.id].figures == before[item.id].figures, item.id
