"""What the invented world takes from config: teams and the parts they play, treatments, words."""

from dataclasses import dataclass

import pyarrow as pa

from pdqi.config import Config

MAIN_PARTS = ("community", "therapies", "crisis", "further", "specialist", "inpatient", "drop_in")
"""Where people come in when no team plays the part that they would have come to: the first."""

OTHER_CODES = ("F32.1", "F41.1", "F20.0", "F31.6", "F43.1", "F10.2")
"""Codes for what people have besides; those that a case definition counts are left out."""

SUBDIVISIONS = ("3", "1", "31", "8", "9", "6")
OTHER_DRUG_CLASS = "antidepressant"


@dataclass(frozen=True)
class World:
    """Small tables and settings for the SQL, by name."""

    tables: dict[str, pa.Table]
    settings: dict[str, object]


def world_of(config: Config) -> World:
    """Return what the journeys need to know of a config."""
    parts = {team.id: _part(config, team.service) for team in config.teams}
    played = set(parts.values())
    main_part = next(part for part in MAIN_PARTS if part in played)
    loose = _loose_terms(config)
    rules = config.rules
    return World(
        tables={
            "team": pa.Table.from_pylist(_teams(parts, main_part)),
            "treatment": pa.Table.from_pylist(_treatments(config), schema=TREATMENT),
            "words": pa.Table.from_pylist(_words(config, loose), schema=WORDS),
            "drug": pa.Table.from_pylist(_drugs(config)),
        },
        settings={
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


TREATMENT = pa.schema(
    [("given_by", pa.string()), ("counted", pa.bool_()), ("treatment", pa.string()), ("place", pa.int32()), ("places", pa.int32())]
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


def _part(config: Config, service: str) -> str:
    roles = config.service_roles
    if service == roles.specialist:
        return "specialist"
    if service == roles.drop_in:
        return "drop_in"
    for part, services in (("community", roles.community), ("crisis", roles.crisis), ("inpatient", roles.inpatient)):
        if service in services:
            return part
    return "therapies" if config.service(service).assesses else "further"


def _teams(parts: dict[str, str], main_part: str) -> list[dict[str, object]]:
    """Teams of a part share its people unevenly, and differ in their ways, so that variation shows."""
    rows: list[dict[str, object]] = []
    for part in sorted(set(parts.values())):
        members = [team for team in parts if parts[team] == part]
        for affected in (True, False):
            weights = [max(1 - 0.15 * rank, 0.3) for rank in range(len(members))]
            if part == "inpatient" and len(members) > 1:
                weights[-1] = 0.04  # a small team, so that small numbers occur
            if affected:
                weights = [w * (1.0, 0.82, 1.12)[rank % 3] for rank, w in enumerate(weights)]
            low = 0.0
            for rank, (team, weight) in enumerate(zip(members, weights, strict=True)):
                last = rank == len(members) - 1
                high = 1.0 if last else low + weight / sum(weights)
                rows.append(
                    {
                        "part": part,
                        "affected": affected,
                        "team": team,
                        "number": list(parts).index(team) + 1,
                        "low": low,
                        "high": high,
                        "pace_factor": (1.0, 1.2, 0.85)[rank % 3],
                        "length_factor": (1.0, 1.1, 0.9)[rank % 3],
                        "improving": part == main_part and rank == 0,
                    }
                )
                low = high
    return rows


def _treatments(config: Config) -> list[dict[str, object]]:
    """The first half of the counted treatments is given in the community, the others by specialists."""
    counted = [item.id for item in config.treatments if item.evidence_based]
    others = [item.id for item in config.treatments if not item.evidence_based]
    half = (len(counted) + 1) // 2
    given = (
        ("community", True, counted[:half]),
        ("specialist", True, counted[half:] or counted),
        ("community", False, others),
    )
    return [
        {"given_by": who, "counted": is_counted, "treatment": item, "place": place, "places": len(items)}
        for who, is_counted, items in given
        for place, item in enumerate(items)
    ]


def _loose_terms(config: Config) -> list[str]:
    """Words that other definitions take and the default one does not."""
    agreed = {term.casefold() for term in config.definition(config.default_definition).terms}
    found = [term for item in config.case_definitions for term in item.terms if term.casefold() not in agreed]
    return list(dict.fromkeys(found))


def _words(config: Config, loose: list[str]) -> list[dict[str, object]]:
    """How an entry may be written, by kind: a code, agreed words, loose words, something else."""
    definition = config.definition(config.default_definition)
    condition = config.wording["condition"].capitalize()
    codes: list[tuple[str, str | None, str | None]] = []
    for place, prefix in enumerate(definition.icd10):
        for digits in SUBDIVISIONS if place == 0 and len(prefix) == 3 else SUBDIVISIONS[-1:]:
            dotted = f"{prefix}.{digits}" if len(prefix) == 3 else prefix
            codes += [("icd10", dotted, condition), ("icd10", dotted.replace(".", ""), condition)]
            codes.append(("icd10", dotted.lower(), condition))
    concepts = config.snomed_lists[definition.snomed] if definition.snomed else ()
    codes += [("snomed", concept.id, concept.term) for concept in concepts[:4]]
    terms: list[tuple[str, str | None, str | None]] = [
        ("term", None, text) for term in definition.terms for text in (term, f"Query {term}")
    ]
    counted = tuple(prefix for item in config.case_definitions for prefix in item.icd10)
    kinds = {
        "code": codes or terms,
        "term": terms or codes,
        "loose": [("term", None, term) for term in loose],
        "other": [("icd10", code, None) for code in OTHER_CODES if not code.replace(".", "").startswith(counted)],
    }
    return [
        {"kind": kind, "code_system": system, "code": code, "description": text, "place": place, "places": len(forms)}
        for kind, forms in kinds.items()
        for place, (system, code, text) in enumerate(forms)
    ]


def _drugs(config: Config) -> list[dict[str, object]]:
    watched = config.rules.prescribing.watched_classes
    rows: list[dict[str, object]] = [
        {
            "drug_class": name,
            "watched": True,
            "place": place + 1,
            "days": 240 if place == 0 else 90,
            "share_affected": 0.32 if place == 0 else 0.24,
            "share_others": 0.16 if place == 0 else 0.1,
        }
        for place, name in enumerate(watched)
    ]
    rows.append(
        {"drug_class": OTHER_DRUG_CLASS, "watched": False, "place": 0, "days": 300, "share_affected": 0.45, "share_others": 0.4}
    )
    return rows
