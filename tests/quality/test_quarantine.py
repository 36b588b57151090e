"""The list of rows that were left out: whole, without a value of anybody, and not for everyone."""

import csv
import io
from pathlib import Path

import pytest

from pdqi import quality
from pdqi.errors import RequestError
from pdqi.ingest.reasons import REASONS
from pdqi.labels import Labels
from pdqi.quality import quarantine
from pdqi.service import Service
from pdqi.ui import gaps
from pdqi.ui.facts import Facts
from pdqi.ui.filters import OPTIONS, Choice
from pdqi.ui.page import PLACES, Page
from pdqi.variants import Variants
from tests.ingest.small_world import GOOD, PEOPLE, REFERRAL_HEADER, Trust, config

CONFIG = config()
FAULTS = """\
9,Moonbeam CMHT,Zebra,01/04/2022,,,
2,North CMHT,Yak,31/02/2022,,,
2,North CMHT,Gnu,01/04/2022,31/03/2022,,
"""
SECRETS = ("Moonbeam", "Zebra", "Yak", "Gnu", "31/02/2022", "31/03/2022", "North CMHT")


@pytest.fixture
def service(tmp_path: Path) -> Service:
    trust = Trust(tmp_path)
    trust.put("clients.csv", PEOPLE)
    goods = GOOD + GOOD.replace("2022", "2023")
    trust.load(referrals=REFERRAL_HEADER + goods + FAULTS)
    return Service.open(trust.store, CONFIG)


def page(service: Service, role: str) -> Page:
    assert service.default_period is not None
    options = {option.name: option.default for option in OPTIONS}
    choice = Choice(service.scope("system"), service.basis(service.default_period), options)
    facts = Facts(service, Variants(service), service.viewer(role), Labels.of(CONFIG), None)
    return Page(PLACES[0], facts, choice, "light")


def test_the_owner_gets_file_row_reason_and_what_to_do(service: Service) -> None:
    text = gaps.left_out_csv(page(service, "analyst"), "small").decode("utf-8-sig")
    found = list(csv.DictReader(io.StringIO(text)))
    known = {reason.name: reason for reason in REASONS}
    assert [(row["file"], row["row"], row["reason"]) for row in found] == [
        ("referrals.csv", "4", "unknown_person"),
        ("referrals.csv", "4", "unknown_team"),
        ("referrals.csv", "5", "invalid_date"),
        ("referrals.csv", "6", "end_before_start"),
    ]
    assert all(row["what to do"] == known[row["reason"]].remedy for row in found)
    assert {row["marking"] for row in found} == {CONFIG.organisation.marking_cleared}
    assert not [secret for secret in SECRETS if secret in text]


@pytest.mark.parametrize("role", [role.id for role in CONFIG.roles])
def test_only_cleared_roles_get_it(role: str, service: Service) -> None:
    if CONFIG.policy_of(role).cleared:
        assert len(quarantine.rows(service, service.viewer(role), "small")) == 3
        return
    with pytest.raises(RequestError, match="QI lead, Analyst"):
        quarantine.rows(service, service.viewer(role), "small")
    with pytest.raises(RequestError):
        gaps.left_out_csv(page(service, role), "small")


def test_a_source_without_such_rows(service: Service) -> None:
    assert quarantine.sources(service) == ("small",)
    with pytest.raises(RequestError, match="'other'"):
        quarantine.rows(service, service.viewer("analyst"), "other")


def test_others_see_counts_under_control(service: Service) -> None:
    exact = quality.left_out(service, service.viewer("analyst"))
    assert {name: cell.value for name, cell in exact.items()} == {"episodes": 3, "people": 0}
    told = quality.left_out(service, service.viewer("stakeholder"))
    assert {name: cell.value for name, cell in told.items()} == {"episodes": None, "people": 0}
