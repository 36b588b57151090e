"""What the invented world takes from config (teams, parts, treatments, words) and its numbers."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyarrow as pa

from pdqi.config import Config
from pdqi.demo.numbers import Drug, Numbers

MAIN_PARTS = ("community", "therapies", "crisis", "further", "specialist", "inpatient", "drop_in")
"""Where people come in when no team plays the part that they would have come to: the first."""

OTHER_CODES = ("F32.1", "F41.1", "F20.0", "F31.6", "F43.1", "F10.2")
"""Codes for what people have besides; those that a case definition counts are left out."""

OTHER_DRUG_CLASS = "antidepressant"

Form = tuple[str, str | None, str | None]
"""Code system, code and words of an entry."""


TEAM = pa.schema(
    [
        ("part", pa.string()),
        ("affected", pa.bool_()),
        ("team", pa.string()),
        ("number", pa.int32()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("pace_factor", pa.float64()),
        ("length_factor", pa.float64()),
        ("improving", pa.bool_()),
    ]
)
"""Which team takes a person of a part whose patch, a number in [0, 1), is from `low` to `high`."""

TREATMENT = pa.schema(
    [
        ("given_by", pa.string()),
        ("counted", pa.bool_()),
        ("treatment", pa.string()),
        ("place", pa.int32()),
        ("places", pa.int32()),
    ]
)
WORDS = pa.schema(
    [
        ("kind", pa.string()),
        ("code_system", pa.string()),
        ("code", pa.string()),
        ("description", pa.string()),
        ("place", pa.int32()),
        ("places", pa.int32()),
    ]
)
"""How an entry of a kind may be written; one of `places` is drawn."""

DRUG = pa.schema(
    [
        ("drug_class", pa.string()),
        ("watched", pa.bool_()),
        ("place", pa.int32()),
        ("days", pa.int32()),
        ("share_affected", pa.float64()),
        ("share_others", pa.float64()),
    ]
)


PACE = pa.schema(
    [
        ("part", pa.string()),
        ("affected", pa.bool_()),
        *((f"{name}_days", pa.int32()) for name in ("assess", "start", "length")),
        ("declined", pa.float64()),
        ("contact_days", pa.int32()),
    ]
)
ENTRY = pa.schema([("affected", pa.bool_()), ("part", pa.string()), ("share", pa.float64())])
MOVE = pa.schema(
    [
        ("affected", pa.bool_()),
        *((name, pa.string()) for name in ("part", "next_part", "timing")),
        ("gap_days", pa.int32()),
        ("share", pa.float64()),
    ]
)
REFERRER = pa.schema(
    [("part", pa.string()), ("referral_source", pa.string()), ("share", pa.float64())]
)


@dataclass(frozen=True)
class World:
    """Small tables and settings for the SQL, by name."""

    tables: dict[str, pa.Table]
    settings: dict[str, object]


def world_of(config: Config, numbers: Numbers) -> World:
    """Return what the journeys need to know of a config and of the numbers of its world."""
    parts = {team.id: _part(config, team.service) for team in config.teams}
    main_part = next(part for part in MAIN_PARTS if part in parts.values())
    loose = _loose_terms(config)
    rules = config.rules
    return World(
        tables={
            "team": _table(TEAM, _teams(parts, main_part)),
            "treatment": _table(TREATMENT, _treatments(config)),
            "words": _table(WORDS, _words(config, loose, numbers.diagnoses.subdivisions)),
            "drug": _table(DRUG, _drugs(config, numbers)),
            "pace": _table(PACE, _paces(numbers)),
            "entry_share": _table(ENTRY, _entries(numbers)),
            "move_share": _table(MOVE, _moves(numbers)),
            "source_share": _table(REFERRER, _referrers(numbers)),
        },
        settings={
            "numbers": numbers.scalars(),
            "main_part": main_part,
            "loose_terms": len(loose),
            "contact_kinds": list(rules.contact_kinds) or ["contact"],
            "panel_kind": rules.panel_kind,
            "attendance_kind": rules.attendance_kind,
            "indications": list(rules.prescribing.accepted_indications) or ["other"],
            "trained_measure": rules.trained_measure,
            "supervised_measure": rules.supervised_measure,
        },
    )


def _table(schema: pa.Schema, rows: Iterable[tuple[object, ...]]) -> pa.Table:
    return pa.Table.from_pylist([dict(zip(schema.names, row, strict=True)) for row in rows], schema)


def _part(config: Config, service: str) -> str:
    """Return the part that a service plays in the journeys."""
    roles = config.service_roles
    played = {
        "specialist": (roles.specialist,),
        "drop_in": (roles.drop_in,),
        "community": roles.community,
        "crisis": roles.crisis,
        "inpatient": roles.inpatient,
    }
    for part, services in played.items():
        if service in services:
            return part
    return "therapies" if config.service(service).assesses else "further"


def _teams(parts: dict[str, str], main_part: str) -> Iterator[tuple[object, ...]]:
    """Teams of a part share its people unevenly and differ in their ways: variation shows."""
    numbers = {team: number for number, team in enumerate(parts, start=1)}
    for part in sorted(set(parts.values())):
        members = [team for team in parts if parts[team] == part]
        for affected in (True, False):
            weights = [max(1 - 0.15 * rank, 0.3) for rank in range(len(members))]
            if part == "inpatient" and len(members) > 1:
                weights[-1] = 0.22  # a small team, so that small numbers occur
            if affected:
                weights = [weight * (1.0, 0.82, 1.12)[i % 3] for i, weight in enumerate(weights)]
            edges = [sum(weights[:rank]) / sum(weights) for rank in range(len(members))] + [1.0]
            for rank, team in enumerate(members):
                yield (
                    part,
                    affected,
                    team,
                    numbers[team],
                    edges[rank],
                    edges[rank + 1],
                    (1.0, 1.2, 0.85)[rank % 3],
                    (1.0, 1.1, 0.9)[rank % 3],
                    part == main_part and rank == 0,
                )


def _treatments(config: Config) -> Iterator[tuple[object, ...]]:
    """Half of the counted treatments are given in the community, the others by specialists."""
    counted = [item.id for item in config.treatments if item.evidence_based]
    others = [item.id for item in config.treatments if not item.evidence_based]
    half = (len(counted) + 1) // 2
    for given_by, is_counted, items in (
        ("community", True, counted[:half]),
        ("specialist", True, counted[half:] or counted),
        ("community", False, others),
    ):
        for place, item in enumerate(items):
            yield given_by, is_counted, item, place, len(items)


def _loose_terms(config: Config) -> list[str]:
    """Words that other definitions take and the default one does not."""
    agreed = {term.casefold() for term in config.definition(config.default_definition).terms}
    terms = (term for item in config.case_definitions for term in item.terms)
    return list(dict.fromkeys(term for term in terms if term.casefold() not in agreed))


def _words(
    config: Config, loose: list[str], subdivisions: tuple[str, ...]
) -> Iterator[tuple[object, ...]]:
    """How an entry may be written, by kind: a code, agreed words, loose words, something else."""
    definition = config.definition(config.default_definition)
    condition = config.wording["condition"].capitalize()
    codes: list[Form] = []
    for place, prefix in enumerate(definition.icd10):
        for digits in subdivisions if place == 0 else subdivisions[-1:]:
            dotted = f"{prefix}.{digits}" if len(prefix) == 3 else prefix
            typed = (dotted, dotted.replace(".", ""), dotted.lower())
            codes += [("icd10", code, condition) for code in typed]
    concepts = config.snomed_lists[definition.snomed] if definition.snomed else ()
    codes += [("snomed", concept.id, concept.term) for concept in concepts[:4]]
    terms: list[Form] = [
        ("term", None, text) for term in definition.terms for text in (term, f"Query {term}")
    ]
    counted = tuple(prefix for item in config.case_definitions for prefix in item.icd10)
    uncounted = [code for code in OTHER_CODES if not code.replace(".", "").startswith(counted)]
    kinds: dict[str, list[Form]] = {
        "code": codes or terms,
        "term": terms or codes,
        "loose": [("term", None, term) for term in loose],
        "other": [("icd10", code, None) for code in uncounted],
    }
    for kind, forms in kinds.items():
        for place, form in enumerate(forms):
            yield kind, *form, place, len(forms)


def _drugs(config: Config, numbers: Numbers) -> Iterator[tuple[object, ...]]:
    """One class that nobody watches, and the watched ones: the first is given most and longest."""

    def row(name: str, place: int, drug: Drug) -> tuple[object, ...]:
        return name, place > 0, place, drug.days, drug.affected, drug.others

    given = numbers.medicines
    yield row(OTHER_DRUG_CLASS, 0, given.not_watched)
    for place, name in enumerate(config.rules.prescribing.watched_classes, start=1):
        yield row(name, place, given.first if place == 1 else given.next)


def _paces(numbers: Numbers) -> Iterator[tuple[object, ...]]:
    for part, both in numbers.pace.items():
        for affected, pace in ((True, both.affected), (False, both.others)):
            yield part, affected, *pace.model_dump().values()


def _entries(numbers: Numbers) -> Iterator[tuple[object, ...]]:
    for affected, shares in ((True, numbers.entries.affected), (False, numbers.entries.others)):
        for part, share in shares.items():
            yield affected, part, share


def _moves(numbers: Numbers) -> Iterator[tuple[object, ...]]:
    for affected, moves in ((True, numbers.moves.affected), (False, numbers.moves.others)):
        for part, found in moves.items():
            for move in found:
                yield affected, part, move.to, move.when, move.days, move.share


def _referrers(numbers: Numbers) -> Iterator[tuple[object, ...]]:
    for part, shares in numbers.sources.items():
        for name, share in shares.items():
            yield part, name, share
