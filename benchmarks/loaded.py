"""The tables as they were loaded, for engines that merge episodes and find cases themselves."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.asked import Asked
from pdqi.config import Config
from pdqi.model import Basis
from pdqi.store import folder, vocabularies

FAR = 2_000_000
"""A day number beyond every date: the end of what has not ended."""

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "people": ("person_key", "birth_date"),
    "episodes": (
        *("person_key", "team", "referral_source"),
        *("referred_on", "assessed_on", "started_on", "ended_on"),
    ),
    "diagnoses": (
        *("person_key", "recorded_on", "team", "code_system", "code", "description", "certainty"),
    ),
    "treatments": (
        *("person_key", "team", "treatment"),
        *("referred_on", "assessed_on", "started_on", "ended_on", "outcome"),
    ),
    "events": ("person_key", "team", "kind", "occurred_on"),
    "prescriptions": ("person_key", "drug_class", "indication", "started_on", "ended_on"),
    "workforce": ("team", "month", "measure", "numerator", "denominator"),
}
"""The columns of the loaded tables that some figure needs."""


@dataclass(frozen=True)
class Loaded:
    """Where the loaded tables lie, and the rules of config by which they are read."""

    files: Mapping[str, Path]
    asked: Asked
    team_keys: Mapping[str, int]
    treatment_keys: Mapping[str, int]
    specialist: frozenset[int]
    drop_in: frozenset[int]
    merge_gap_days: int
    icd10: tuple[str, ...]
    snomed: frozenset[str]
    words: re.Pattern[str] | None
    counts_confirmed: bool
    counts_suspected: bool
    watched_classes: frozenset[str]
    accepted_indications: frozenset[str]

    def speaks_of_it(
        self, system: str | None, code: str | None, words: str | None
    ) -> tuple[bool, bool]:
        """Return whether a code, and whether words without a code, mean the condition."""
        typed = (code or "").strip()
        if system == "snomed":
            coded = typed in self.snomed
        else:
            plain = re.sub("[XDA]+$", "", re.sub("[^A-Z0-9]", "", (code or "").upper()))
            coded = any(plain.startswith(listed) for listed in self.icd10)
        worded = not typed and self.words is not None and bool(self.words.search(words or ""))
        return coded, worded


def loaded_of(store: Path, config: Config, basis: Basis, asked: Asked) -> Loaded:
    """Return the question for a store as it was loaded."""
    version, roles = folder.current(store), config.service_roles
    keys, definition = vocabularies.team_keys(config), config.definition(basis.definition)
    listed = vocabularies.derive_parameters(config)
    pattern = vocabularies.word_pattern(definition.terms)

    def of_service(service: str | None) -> frozenset[int]:
        return frozenset(keys[team.id] for team in config.teams if team.service == service)

    return Loaded(
        files={name: version / f"{name}.parquet" for name in COLUMNS},
        asked=asked,
        team_keys=keys,
        treatment_keys=vocabularies.treatment_keys(config),
        specialist=of_service(roles.specialist),
        drop_in=of_service(roles.drop_in),
        merge_gap_days=config.rules.merge_gap_days,
        icd10=tuple(definition.icd10),
        snomed=frozenset(
            concept.id for concept in config.snomed_lists.get(definition.snomed or "", ())
        ),
        words=re.compile(pattern.replace(r"[^\pL\pN]", r"[^\w]|_")) if pattern else None,
        counts_confirmed="confirmed" in definition.counts,
        counts_suspected="suspected" in definition.counts,
        watched_classes=frozenset(listed["watched_classes"]),
        accepted_indications=frozenset(listed["accepted_indications"]),
    )
