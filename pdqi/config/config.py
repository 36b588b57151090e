"""What a trust edits: `config.yaml`, read into frozen models and checked as a whole.

Nothing in Python names a condition, a team or a treatment: they are all here. Every fault is
reported at once, with its line.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import Field, field_validator

from pdqi.config.parts import (
    AgeBand,
    CaseDefinition,
    Id,
    Organisation,
    Pathway,
    Policy,
    Role,
    Roles,
    Rules,
    Service,
    SnomedConcept,
    Target,
    Team,
    TeamSet,
    Text,
    Treatment,
)
from pdqi.errors import ConfigError, Problem, one_of
from pdqi.yamlfile import Frozen, Lines, read, read_sound_part

RESERVED = frozenset({"system", "all", "service", "none"})
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
    policies: tuple[Policy, ...] = Field(min_length=1)
    roles: tuple[Role, ...] = Field(min_length=1)
    default_role: Id
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
            problems += config._link_problems(path.name, lines)
        elif lines.of(("teams",)) is not None:
            sound, removed = read_sound_part(path, cls)
            if sound is not None:
                problems += [
                    problem
                    for problem in sound._link_problems(path.name, lines)
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

    @cached_property
    def digest(self) -> str:
        """The definitions' version: 12 hex digits that change when any setting does."""
        return digest_of(self.model_dump(mode="json"))

    def _link_problems(self, file: str, lines: Lines) -> list[Problem]:
        """Every reference that leads nowhere, every id or spelling used twice."""
        found: list[Problem] = []

        def fault(
            path: tuple[str | int, ...], what: str, allowed: str | None, fix: str | None
        ) -> None:
            where = ".".join(str(step) for step in path)
            found.append(Problem(what, file, lines.of(path), where, allowed, fix))

        def known(path: tuple[str | int, ...], value: str, allowed: set[str]) -> None:
            if value not in allowed:
                fault(path, f"'{value}' is not declared.", *one_of(value, allowed))

        def unique(names: Sequence[tuple[tuple[str | int, ...], str]], noun: str) -> None:
            seen: dict[str, tuple[str | int, ...]] = {}
            for path, name in names:
                if name in seen:
                    line = lines.of(seen[name])
                    fault(
                        path,
                        f"The {noun} '{name}' is used twice (first in line {line}).",
                        None,
                        "Rename one.",
                    )
                seen.setdefault(name, path)

        services = {item.id for item in self.services}
        teams = {item.id for item in self.teams}
        groups: dict[str, tuple[Any, ...]] = {
            "services": self.services,
            "case_definitions": self.case_definitions,
            "age_bands": self.age_bands,
            "policies": self.policies,
            "roles": self.roles,
        }
        for name, items in groups.items():
            unique([((name, i, "id"), item.id) for i, item in enumerate(items)], "id")
        # Teams, sets and treatments share one space: each is a scope that can be asked for by id.
        shared: dict[str, tuple[Any, ...]] = {
            "teams": self.teams,
            "team_sets": self.team_sets,
            "treatments": self.treatments,
        }
        scopes = [
            ((name, i, "id"), item.id)
            for name, items in shared.items()
            for i, item in enumerate(items)
        ]
        unique(scopes, "id")
        for path, name in scopes:
            if name in RESERVED:
                fault(path, f"The id '{name}' is reserved.", None, "Choose another.")
        unique(
            [
                (("teams", i, "spellings"), spelling)
                for i, team in enumerate(self.teams)
                for spelling in sorted(
                    {folded(name) for name in (team.id, team.name, *team.spellings)}
                )
            ],
            "spelling",
        )
        unique(
            [
                (("treatments", i, "spellings"), spelling)
                for i, item in enumerate(self.treatments)
                for spelling in sorted(
                    {folded(name) for name in (item.id, item.name, *item.spellings)}
                )
            ],
            "spelling",
        )
        for i, team in enumerate(self.teams):
            known(("teams", i, "service"), team.service, services)
        for i, item in enumerate(self.team_sets):
            for j, service in enumerate(item.services):
                known(("team_sets", i, "services", j), service, services)
            for j, member in enumerate(item.teams):
                known(("team_sets", i, "teams", j), member, teams)
            if not item.services and not item.teams:
                fault(
                    ("team_sets", i),
                    f"The set '{item.id}' is empty.",
                    None,
                    "Name services or teams.",
                )
        known(("service_roles", "specialist"), self.service_roles.specialist, services)
        known(("service_roles", "drop_in"), self.service_roles.drop_in, services)
        for part in ("community", "crisis", "inpatient"):
            for j, service in enumerate(getattr(self.service_roles, part)):
                known(("service_roles", part, j), service, services)
        for i, definition in enumerate(self.case_definitions):
            if definition.snomed is not None:
                known(("case_definitions", i, "snomed"), definition.snomed, set(self.snomed_lists))
        known(
            ("default_definition",),
            self.default_definition,
            {item.id for item in self.case_definitions},
        )
        known(("default_age_band",), self.default_age_band, {item.id for item in self.age_bands})
        policies = {item.id for item in self.policies}
        for i, role in enumerate(self.roles):
            known(("roles", i, "policy"), role.policy, policies)
        known(("default_role",), self.default_role, {item.id for item in self.roles})
        cleared = {item.id for item in self.policies if item.cleared}
        if any(role.id == self.default_role and role.policy in cleared for role in self.roles):
            fault(
                ("default_role",),
                f"The default role '{self.default_role}' has a cleared policy.",
                None,
                "Choose a role that is not cleared: nobody is cleared by default.",
            )
        return found


def folded(spelling: str) -> str:
    """Return a spelling as it is compared: case, and any run of blanks, make no difference."""
    return re.sub(r"\s+", " ", spelling.replace("\u00a0", " ")).strip().casefold()


def digest_of(value: Any) -> str:
    """Return 12 hex digits that identify a JSON-like value."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
