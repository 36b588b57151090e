"""The small tables beside quality.sql: what counts as good, what was left out, words, links."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from pdqi.config import Config
from pdqi.metrics import items
from pdqi.store.folder import Manifest
from pdqi.store.vocabularies import word_pattern

SECTION = "quality"
"""The KPIs that read them."""
COLUMNS: Mapping[str, Mapping[str, str]] = {
    "item_forms": {"item": "varchar", "form": "varchar", "records": "varchar"},
    "item_values": {"item": "varchar", "value": "varchar", "category": "varchar"},
    "left_out": {"source": "varchar", "records": "varchar", "rows": "bigint"},
    "condition_words": {"term": "varchar", "agreed": "boolean", "pattern": "varchar"},
}
"""The columns of each table, and their types; `records` names a table of the store."""
LINKS = "links.parquet"
"""What loading keeps of people's identifiers: a row for each, as pseudonyms."""


def parameters(manifest: Manifest) -> dict[str, Any]:
    """Return the days that quality.sql binds: the first that can be, and that of loading."""
    loaded = datetime.fromisoformat(manifest.loaded_at).date()
    return {"first_possible_day": items.FIRST_DAY, "loaded_on": loaded}


def tables(config: Config, manifest: Manifest) -> dict[str, dict[str, list[Any]]]:
    """Return the rows of each table of `COLUMNS`, as columns."""
    rows: dict[str, list[tuple[Any, ...]]] = {
        "item_forms": [(item.id, item.form, item.table) for item in items.ITEMS],
        "item_values": list(items.known_values(config)),
        "left_out": [
            (each.source, each.table, sum(each.reasons.values())) for each in manifest.accounts
        ],
        "condition_words": [
            (term, agreed, word_pattern((term,))) for term, agreed in words(config).items()
        ],
    }
    return {
        name: {
            column: [row[place] for row in rows[name]] for place, column in enumerate(COLUMNS[name])
        }
        for name in COLUMNS
    }


def words(config: Config) -> dict[str, bool]:
    """Return every term of the case definitions, and whether the usual definition agrees on it."""
    agreed = config.definition(config.default_definition).terms
    others = (term for each in config.case_definitions for term in each.terms)
    return dict.fromkeys(others, False) | dict.fromkeys(agreed, True)


def known_by(version: Path) -> tuple[str, dict[str, Any]]:
    """Return the statement of `known_by` and what it binds: by how many kinds of identifiers.

    Empty for a store that keeps none.
    """
    file = version / LINKS
    if not file.is_file():
        return "select 0 as person_key, 0 as kinds, 0 as of_kinds where false", {}
    return (
        """
        select person_key, count(distinct namespace) as kinds,
               (select count(distinct namespace) from read_parquet($file)) as of_kinds
        from read_parquet($file) join people using (person_id)
        group by person_key
        """,
        {"file": str(file)},
    )
