"""What files are called and what they say about themselves, for each policy."""

import re
from pathlib import Path

import pytest

from pdqi.config import Config
from pdqi.labels import Labels
from pdqi.metrics.catalogue import CATALOGUE
from pdqi.service import Service
from pdqi.ui import files
from pdqi.ui.facts import Facts
from pdqi.ui.filters import OPTIONS, Choice
from pdqi.ui.page import PLACES, Page
from pdqi.variants import Variants

from .conftest import ROOT

CONFIG = Config.load(ROOT / "config.yaml")
DRAWING = files.Drawing("The title", dict, ("A note.",))


@pytest.fixture(scope="module")
def service(invented_store: Path) -> Service:
    return Service.open(invented_store, CONFIG)


def page(service: Service, role: str, scope: str = "system") -> Page:
    assert service.default_period is not None
    options = {option.name: option.default for option in OPTIONS}
    choice = Choice(service.scope(scope), service.basis(service.default_period), options)
    facts = Facts(service, Variants(service), service.viewer(role), Labels.of(CONFIG), None)
    return Page(PLACES[3], facts, choice, "dark")


def test_any_system_can_hold_a_file(service: Service) -> None:
    names = {
        files.name(page(service, "analyst", scope.key), f"{kpi.id}_{scope.key}", "png")
        for kpi in CATALOGUE
        for scope in service.scopes
    }
    assert len(names) == len(CATALOGUE) * len(service.scopes)
    for name in names:
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*_invented\.png", name)
        assert len(name) < 200


@pytest.mark.parametrize("role", [role.id for role in CONFIG.roles])
def test_a_picture_says_for_whom_it_is_and_of_which_data(role: str, service: Service) -> None:
    said = files.caption(page(service, role, "service:cmht"), DRAWING)
    organisation = CONFIG.organisation
    if CONFIG.policy_of(role).cleared:
        assert said.marking == f"{organisation.marking_cleared} · exact counts"
    else:
        assert said.marking == f"{organisation.marking} · small numbers protected"
    assert said.stamp.startswith("INVENTED DATA.")
    assert said.about.startswith(f"{CONFIG.service('cmht').name} · ")
    assert organisation.name in said.source
    assert f"definitions {CONFIG.digest}" in said.source
    assert f"data version {service.manifest.version}" in said.source
    assert said.notes == ("A note.",)


def test_a_picture_without_figures_speaks_of_no_data(service: Service) -> None:
    drawing = files.Drawing("The map", dict, of_data=False)
    said = files.caption(page(service, "stakeholder"), drawing)
    assert said.about == ""
    assert said.stamp == ""
    assert said.marking == CONFIG.organisation.marking
