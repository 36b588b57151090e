"""What every engine is asked: the same files, the same basis, the same lists from config."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from pdqi.config import Config
from pdqi.metrics.measure import parameters, window
from pdqi.model import Basis, Period
from pdqi.store import derive, folder, vocabularies

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "spells": (
        *("person_key", "team_key", "birth_date", "started_on", "known_from", "superseded_on"),
        *("ended_on", "previous_in_team", "next_team_key", "next_started_on"),
    ),
    "case_spans": ("definition", "person_key", "confirmed", "from_on", "until_on"),
    "referrals": ("team_key", "birth_date", "referred_on", "assessed_on"),
    "first_referrals": (
        *("person_key", "team_key", "birth_date", "referred_on", "referral_source"),
    ),
    "first_entries": ("person_key", "entered_on"),
    "first_confirmed": (
        *("definition", "person_key", "confirmed_on", "team_known", "by_specialist"),
    ),
    "therapies": (
        *("person_key", "team_key", "treatment_key", "counted", "specialist", "birth_date"),
        *("referred_on", "assessed_on", "started_on", "ended_on", "completed"),
    ),
    "happenings": ("person_key", "team_key", "drop_in", "birth_date", "kind", "occurred_on"),
    "courses": ("person_key", "started_on", "ended_on", "accepted"),
    "staffing": ("team_key", "month", "measure", "numerator", "denominator"),
}
"""The tables behind the figures, and the columns of each that some figure needs."""


@dataclass(frozen=True)
class ScopeBits:
    """A scope, and its teams as bits of one number."""

    key: str
    kind: str
    bits: int


@dataclass(frozen=True)
class Asked:
    """Where the derived tables lie, and everything about the question that is not in them."""

    files: Mapping[str, Path]
    bound: Mapping[str, Any]
    """What pdqi's own SQL binds, by the same names."""
    teams: tuple[str, ...]
    """Team ids by their number in the tables."""
    assessing: frozenset[int]
    acute_or_community: frozenset[int]
    treatments: Mapping[int, str]
    counted: frozenset[int]
    scopes: tuple[ScopeBits, ...]
    care_scopes: tuple[ScopeBits, ...]
    return_scopes: tuple[ScopeBits, ...]
    has_prescriptions: bool

    @property
    def first(self) -> date:
        """The first day of the period."""
        found: date = self.bound["from"]
        return found

    @property
    def last(self) -> date:
        """The census day."""
        found: date = self.bound["to"]
        return found


def basis_of(store: Path, config: Config) -> Basis:
    """Return the last 12 months of a store, with the default definition and ages."""
    last = folder.manifest(folder.current(store)).last_day
    assert last is not None, "the store holds a whole year"
    period = Period.ending(last.year, last.month, 12)
    return Basis(period, config.default_definition, config.default_age_band)


def asked_of(store: Path, config: Config, basis: Basis) -> Asked:
    """Return the question for a store whose derived tables have been worked out."""
    version = folder.current(store)
    derived = derive.derived_folder(version, config)
    keys, roles = vocabularies.team_keys(config), config.service_roles
    acute_or_community = {
        keys[team.id] for team in config.teams if team.service in (*roles.community, *roles.crisis)
    }
    scopes = tuple(
        ScopeBits(scope.key, scope.kind, sum(1 << keys[team] for team in scope.teams))
        for scope in vocabularies.scopes(config)
    )
    activity = pq.read_table(derived / "team_activity.parquet").to_pylist()
    with_care = sum(1 << row["team_key"] for row in activity if row["has_care"])
    care_scopes = tuple(scope for scope in scopes if scope.bits & with_care)
    returning = sum(1 << key for key in acute_or_community)
    treatments = vocabularies.treatment_keys(config)
    return Asked(
        files={name: derived / f"{name}.parquet" for name in COLUMNS},
        bound=parameters(config, (basis,)) | window(config, basis),
        teams=tuple(sorted(keys, key=keys.__getitem__)),
        assessing=frozenset(
            keys[team.id] for team in config.teams if config.service(team.service).assesses
        ),
        acute_or_community=frozenset(acute_or_community),
        treatments={key: name for name, key in treatments.items()},
        counted=frozenset(treatments[item.id] for item in config.treatments if item.evidence_based),
        scopes=scopes,
        care_scopes=care_scopes,
        return_scopes=tuple(
            scope for scope in care_scopes if scope.kind != "system" and scope.bits & returning
        ),
        has_prescriptions=folder.manifest(version).rows.get("prescriptions", 0) > 0,
    )
