"""What a trust edits: `config.yaml`, read into frozen models and checked as a whole.

Nothing in Python names a condition, a team or a treatment: they are all here. Every fault is
reported at once, with its line.
"""

import hashlib
import json
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import Field, field_validator

from pdqi.config.links import link_problems
from pdqi.config.parts import (
    AgeBand,
    Alternatives,
    CaseDefinition,
    FigureOfPathway,
    Id,
    JournalPlace,
    Organisation,
    Overlap,
    Pathway,
    Permission,
    Policy,
    Role,
    Roles,
    Rules,
    Service,
    SnapshotPlace,
    SnomedConcept,
    Target,
    Team,
    TeamSet,
    Text,
    Treatment,
)
from pdqi.errors import ConfigError
from pdqi.yamlfile import Frozen, read, read_sound_part

MOST_TEAMS = 120
"""A person's teams are kept as a bit each in one 128-bit number."""


class Config(Frozen):
    """Everything in `config.yaml`."""

    organisation: Organisation
    pathway: Pathway
    wording: dict[Id, Text]
    services: tuple[Service, ...] = Field(min_length=1)
    teams: tuple[Team, ...] = Field(min_length=1, max_length=MOST_TEAMS)
    team_sets: tuple[TeamSet, ...] = ()
    service_roles: Roles
    treatments: tuple[Treatment, ...] = Field(min_length=1, max_length=60)
    snomed_lists: dict[Id, tuple[SnomedConcept, ...]] = Field(default_factory=dict)
    case_definitions: tuple[CaseDefinition, ...] = Field(min_length=1)
    default_definition: Id
    age_bands: tuple[AgeBand, ...] = Field(min_length=1)
    default_age_band: Id
    rules: Rules
    alternatives: Alternatives = Alternatives()
    policies: tuple[Policy, ...] = Field(min_length=1)
    roles: tuple[Role, ...] = Field(min_length=1)
    default_role: Id
    journal: JournalPlace = JournalPlace()
    snapshots: SnapshotPlace = SnapshotPlace()
    overlaps: tuple[Overlap, ...] = Field(default=(), max_length=12)
    figures: tuple[FigureOfPathway, ...] = ()
    """The figures that the pathway uses; none listed means every one."""
    targets: tuple[Target, ...] = ()
    headline: tuple[Id, ...] = ()

    @field_validator("wording")
    @classmethod
    def _wording_is_complete(cls, wording: dict[str, str]) -> dict[str, str]:
        missing = {"condition", "short", "people"} - wording.keys()
        if missing:
            raise ValueError(
                f"Missing: {', '.join(sorted(missing))}. Add the words used on screen."
            )
        return wording

    @classmethod
    def load(cls, path: Path) -> "Config":
        """Read and check a config file; raises `ConfigError` with every fault."""
        config, lines, problems = read(path, cls)
        if config is not None:
            problems += link_problems(config, path.name, lines)
        elif lines.of(("teams",)) is not None:
            sound, removed = read_sound_part(path, cls)
            if sound is not None:
                problems += [
                    problem
                    for problem in link_problems(sound, path.name, lines)
                    if not any(f"'{name}'" in problem.what for name in removed)
                ]
        if config is None or problems:
            raise ConfigError(problems)
        return config

    # Look-ups. Unknown ids are the caller's to report; here they are KeyErrors.

    def team(self, team_id: str) -> Team:
        """Return the team with this id."""
        return self._team_by_id[team_id]

    def service(self, service_id: str) -> Service:
        """Return the service with this id."""
        return self._service_by_id[service_id]

    def definition(self, definition_id: str) -> CaseDefinition:
        """Return the case definition with this id."""
        return {item.id: item for item in self.case_definitions}[definition_id]

    def age_band(self, band_id: str) -> AgeBand:
        """Return the age band with this id."""
        return {item.id: item for item in self.age_bands}[band_id]

    def treatment(self, treatment_id: str) -> Treatment:
        """Return the treatment with this id."""
        return {item.id: item for item in self.treatments}[treatment_id]

    def role(self, role_id: str) -> Role:
        """Return the role with this id."""
        return {item.id: item for item in self.roles}[role_id]

    def policy_of(self, role_id: str) -> Policy:
        """Return the disclosure policy of a role."""
        return {item.id: item for item in self.policies}[self.role(role_id).policy]

    def source_of(self, kpi_id: str) -> str | None:
        """Return where the question of a figure comes from, where that is said."""
        return next((item.source for item in self.figures if item.kpi == kpi_id), None)

    @property
    def strictest_threshold(self) -> int:
        """How many people there must be for what no reader at all may see of fewer."""
        return max((p.threshold for p in self.policies if not p.cleared), default=1)

    def teams_of(self, places: Iterable[str]) -> tuple[str, ...]:
        """Return the ids of the teams that services and teams name, in the order of config."""
        named = set(places)
        return tuple(t.id for t in self.teams if t.id in named or t.service in named)

    def members(self, team_set: TeamSet) -> tuple[str, ...]:
        """Return the ids of the teams in a set, in the order of config."""
        return tuple(
            team.id
            for team in self.teams
            if team.id in team_set.teams or team.service in team_set.services
        )

    @cached_property
    def _team_by_id(self) -> dict[str, Team]:
        return {team.id: team for team in self.teams}

    @cached_property
    def _service_by_id(self) -> dict[str, Service]:
        return {service.id: service for service in self.services}

    def refusal(self, role: str, permission: Permission) -> str | None:
        """Return None where a role may do something, else the sentence that says which may."""
        if permission in self.role(role).may:
            return None
        named = [each.name for each in self.roles if permission in each.may]
        who = " and ".join(filter(None, (", ".join(named[:-1]), *named[-1:]))) or "nobody yet"
        return f"Your role, {self.role(role).name}, may not {permission.words}. These may: {who}."

    @cached_property
    def digest(self) -> str:
        """The definitions' version: 12 hex digits that change when any setting does.

        Where journal and snapshots are and who may write them are left out: no figure hangs on it.
        So are overlaps of sources, which are settled at loading.
        """
        left_out: Any = {"journal": True, "snapshots": True, "roles": {"__all__": {"may"}}}
        left_out["overlaps"] = True
        return digest_of(self.model_dump(mode="json", exclude=left_out))


def digest_of(value: Any) -> str:
    """Return 12 hex digits that identify a JSON-like value."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
