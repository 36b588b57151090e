"""The small tables that config becomes inside the database.

A team is a number in the big tables (its place in the order of ids, which is the order that
breaks ties between teams) and a bit in a person's set of teams.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from pdqi.config import Config, digest_of
from pdqi.model import SYSTEM, Scope

MOST_BITS_64 = 62
WORD_BREAK = r"[^\pL\pN]"


def team_keys(config: Config) -> dict[str, int]:
    """Return the number of each team: its place among the ids in alphabetical order."""
    return {name: place for place, name in enumerate(sorted(team.id for team in config.teams))}


def treatment_keys(config: Config) -> dict[str, int]:
    """Return the number of each treatment: its place in config."""
    return {item.id: place for place, item in enumerate(config.treatments)}


def scopes(config: Config) -> tuple[Scope, ...]:
    """Return every scope in fixed order: teams, services, named sets, the system."""
    teams = tuple(team.id for team in config.teams)
    return (
        *(Scope("team", team.id, team.name, (team.id,)) for team in config.teams),
        *(
            Scope("service", s.id, s.name, tuple(t.id for t in config.teams if t.service == s.id))
            for s in config.services
            if any(team.service == s.id for team in config.teams)
        ),
        *(Scope("set", item.id, item.name, config.members(item)) for item in config.team_sets),
        Scope("system", SYSTEM, "Whole system", teams),
    )


def bits_type(config: Config) -> str:
    """Return the integer type that holds one bit a team."""
    return "UBIGINT" if len(config.teams) <= MOST_BITS_64 else "UHUGEINT"


def word_pattern(terms: Sequence[str]) -> str | None:
    """Return the regular expression of terms: any of them as whole words, any case."""
    if not terms:
        return None
    words = "|".join(r"\s+".join(re.escape(word) for word in term.split()) for term in terms)
    return f"(?i)(^|{WORD_BREAK})({words})($|{WORD_BREAK})"


def make(connection: duckdb.DuckDBPyConnection, config: Config) -> None:
    """Create `teams`, `scopes`, `treatment_list` and `case_definitions` from config."""
    bits = bits_type(config)
    keys = team_keys(config)
    roles = config.service_roles
    connection.execute(
        "create table teams (team varchar, team_key utinyint, service varchar, assesses boolean,"
        " specialist boolean, drop_in boolean, acute_or_community boolean)"
    )
    connection.executemany(
        "insert into teams values (?, ?, ?, ?, ?, ?, ?)",
        [
            (
                team.id,
                keys[team.id],
                team.service,
                config.service(team.service).assesses,
                team.service == roles.specialist,
                team.service == roles.drop_in,
                team.service in roles.community or team.service in roles.crisis,
            )
            for team in config.teams
        ],
    )
    connection.execute(
        f"create table scopes (scope varchar, kind varchar, place integer, teams {bits})"
    )
    connection.executemany(
        "insert into scopes values (?, ?, ?, ?)",
        [
            (scope.key, scope.kind, place, sum(1 << keys[team] for team in scope.teams))
            for place, scope in enumerate(scopes(config))
        ],
    )
    connection.execute(f"create macro bit_of(key) as (1::{bits} << key::{bits})")
    connection.execute("create macro shares_team(mine, theirs) as ((mine & theirs) > 0)")
    connection.execute(
        "create table treatment_list (treatment varchar, treatment_key utinyint, counted boolean)"
    )
    connection.executemany(
        "insert into treatment_list values (?, ?, ?)",
        [
            (item.id, treatment_keys(config)[item.id], item.evidence_based)
            for item in config.treatments
        ],
    )
    connection.execute(
        "create table case_definitions (definition varchar, icd10 varchar[], snomed varchar[],"
        " pattern varchar, counts_confirmed boolean, counts_suspected boolean)"
    )
    connection.executemany(
        "insert into case_definitions values (?, ?, ?, ?, ?, ?)",
        [
            (
                item.id,
                list(item.icd10),
                [concept.id for concept in config.snomed_lists.get(item.snomed or "", ())],
                word_pattern(item.terms),
                "confirmed" in item.counts,
                "suspected" in item.counts,
            )
            for item in config.case_definitions
        ],
    )


def make_declared(
    connection: duckdb.DuckDBPyConnection, covers: Mapping[str, Sequence[str]]
) -> None:
    """Create `declared`: the days that sources themselves say they cover."""
    connection.execute("create table declared (source varchar, first_day date, last_day date)")
    for source, (first, last) in covers.items():
        connection.execute("insert into declared values (?, ?, ?)", [source, first, last])


def make_scope_views(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the scopes that the data can speak of, once `team_activity` is there."""
    connection.execute(
        "create table care_scopes as select * from scopes where shares_team("
        "  teams, (select bit_or(bit_of(team_key)) from team_activity where has_care))"
    )
    connection.execute(
        "create table return_scopes as select * from care_scopes where kind <> 'system'"
        " and shares_team(teams, (select bit_or(bit_of(team_key)) from teams where"
        " acute_or_community))"
    )


def derive_parameters(config: Config) -> dict[str, Any]:
    """Return the parameters that `derive.sql` binds."""
    prescribing = config.rules.prescribing
    return {
        "merge_gap_days": config.rules.merge_gap_days,
        "watched_classes": [name.lower() for name in prescribing.watched_classes],
        "accepted_indications": [name.lower() for name in prescribing.accepted_indications],
    }


def derive_digest(config: Config, sql: str) -> str:
    """Return what the derived tables depend on in config and in the statements themselves."""
    return digest_of(
        [
            [(team.id, team.service) for team in config.teams],
            [(item.id, item.evidence_based) for item in config.treatments],
            [item.model_dump(mode="json") for item in config.case_definitions],
            {name: [c.id for c in items] for name, items in config.snomed_lists.items()},
            config.service_roles.model_dump(mode="json"),
            derive_parameters(config),
            sql,
        ]
    )
