"""What the parts of a config say about each other: references, ids and spellings, alternatives."""

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from pdqi.errors import Problem, one_of
from pdqi.yamlfile import Lines

if TYPE_CHECKING:
    from pdqi.config.config import Config

RESERVED = frozenset({"system", "all", "service", "none"})
Path = tuple[str | int, ...]


def link_problems(config: "Config", file: str, lines: Lines) -> list[Problem]:
    """Return every reference that leads nowhere, and every id or spelling used twice."""
    faults = _Faults(file, lines)
    _ids(config, faults)
    _spellings(config, faults)
    _references(config, faults)
    _alternatives(config, faults)
    cleared = {item.id for item in config.policies if item.cleared}
    if any(role.id == config.default_role and role.policy in cleared for role in config.roles):
        faults.add(
            ("default_role",),
            f"The default role '{config.default_role}' has a cleared policy.",
            fix="Choose a role that is not cleared: nobody is cleared by default.",
        )
    return faults.found


def folded(spelling: str) -> str:
    """Return a spelling as it is compared: case, and any run of blanks, make no difference."""
    return re.sub(r"\s+", " ", spelling.replace("\u00a0", " ")).strip().casefold()


class _Faults:
    """Collects what is wrong, each with its line."""

    def __init__(self, file: str, lines: Lines) -> None:
        self.found: list[Problem] = []
        self._file, self._lines = file, lines

    def add(
        self, path: Path, what: str, allowed: str | None = None, fix: str | None = None
    ) -> None:
        where = ".".join(str(step) for step in path)
        self.found.append(Problem(what, self._file, self._lines.of(path), where, allowed, fix))

    def known(self, path: Path, value: str, allowed: Iterable[str]) -> None:
        """Refuse a reference that leads nowhere."""
        names = set(allowed)
        if value not in names:
            self.add(path, f"'{value}' is not declared.", *one_of(value, names))

    def unique(self, names: Sequence[tuple[Path, str]], noun: str) -> None:
        """Refuse a name that is used twice."""
        seen: dict[str, Path] = {}
        for path, name in names:
            if name in seen:
                line = self._lines.of(seen[name])
                what = f"The {noun} '{name}' is used twice (first in line {line})."
                self.add(path, what, fix="Rename one.")
            seen.setdefault(name, path)


def _ids(config: "Config", faults: _Faults) -> None:
    groups: dict[str, tuple[Any, ...]] = {
        "services": config.services,
        "case_definitions": config.case_definitions,
        "age_bands": config.age_bands,
        "policies": config.policies,
        "roles": config.roles,
        "overlaps": config.overlaps,
    }
    for name, items in groups.items():
        faults.unique([((name, i, "id"), item.id) for i, item in enumerate(items)], "id")
    # Teams, sets and treatments share one space: each is a scope that can be asked for by id.
    shared: dict[str, tuple[Any, ...]] = {
        "teams": config.teams,
        "team_sets": config.team_sets,
        "treatments": config.treatments,
    }
    scopes: list[tuple[Path, str]] = [
        ((name, i, "id"), item.id) for name, items in shared.items() for i, item in enumerate(items)
    ]
    faults.unique(scopes, "id")
    for path, name in scopes:
        if name in RESERVED:
            faults.add(path, f"The id '{name}' is reserved.", fix="Choose another.")


def _spellings(config: "Config", faults: _Faults) -> None:
    groups: dict[str, tuple[Any, ...]] = {"teams": config.teams, "treatments": config.treatments}
    for part, items in groups.items():
        faults.unique(
            [
                ((part, i, "spellings"), spelling)
                for i, item in enumerate(items)
                for spelling in sorted(
                    {folded(name) for name in (item.id, item.name, *item.spellings)}
                )
            ],
            "spelling",
        )


def _references(config: "Config", faults: _Faults) -> None:
    services = {item.id for item in config.services}
    teams = {item.id for item in config.teams}
    for i, team in enumerate(config.teams):
        faults.known(("teams", i, "service"), team.service, services)
    for i, item in enumerate(config.team_sets):
        for j, service in enumerate(item.services):
            faults.known(("team_sets", i, "services", j), service, services)
        for j, member in enumerate(item.teams):
            faults.known(("team_sets", i, "teams", j), member, teams)
        if not item.services and not item.teams:
            what = f"The set '{item.id}' is empty."
            faults.add(("team_sets", i), what, fix="Name services or teams.")
    roles = config.service_roles
    faults.known(("service_roles", "specialist"), roles.specialist, services)
    faults.known(("service_roles", "drop_in"), roles.drop_in, services)
    for part in ("community", "crisis", "inpatient"):
        for j, service in enumerate(getattr(roles, part)):
            faults.known(("service_roles", part, j), service, services)
    for i, definition in enumerate(config.case_definitions):
        if definition.snomed is not None:
            faults.known(("case_definitions", i, "snomed"), definition.snomed, config.snomed_lists)
    faults.known(
        ("default_definition",),
        config.default_definition,
        {item.id for item in config.case_definitions},
    )
    faults.known(
        ("default_age_band",), config.default_age_band, {item.id for item in config.age_bands}
    )
    used = [(("figures", i, "kpi"), item.kpi) for i, item in enumerate(config.figures)]
    faults.unique(used, "figure")
    for i, overlap in enumerate(config.overlaps):
        for j, name in enumerate(overlap.teams):
            faults.known(("overlaps", i, "teams", j), name, services | teams)
    policies = {item.id for item in config.policies}
    for i, role in enumerate(config.roles):
        faults.known(("roles", i, "policy"), role.policy, policies)
    faults.known(("default_role",), config.default_role, {item.id for item in config.roles})


def _alternatives(config: "Config", faults: _Faults) -> None:
    """Refuse alternatives that are none: the rule in force once more, or the same one twice."""
    others = config.alternatives
    for name in ("merge_gap_days", "look_back_months"):
        seen = {getattr(config.rules, name)}
        for i, value in enumerate(getattr(others, name)):
            if value in seen:
                what = f"{value} stands twice: in 'rules', or earlier in this list."
                faults.add(("alternatives", name, i), what, fix="Give another number, or none.")
            seen.add(value)
    part = ("alternatives", "treatment_lists")
    faults.unique(
        [((*part, i, "id"), item.id) for i, item in enumerate(others.treatment_lists)], "id"
    )
    treatments = {item.id for item in config.treatments}
    lists = {frozenset(item.id for item in config.treatments if item.evidence_based)}
    for i, item in enumerate(others.treatment_lists):
        for j, treatment in enumerate(item.treatments):
            faults.known((*part, i, "treatments", j), treatment, treatments)
        if frozenset(item.treatments) in lists:
            faults.add(
                (*part, i, "treatments"),
                f"The list '{item.id}' names the same treatments as one before it, or as those"
                " that are evidence-based.",
                fix="Name others, or remove it.",
            )
        lists.add(frozenset(item.treatments))
