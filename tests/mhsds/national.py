"""A trust that submits the national set: the shipped mapping, a store, and what is in it."""

import json
from pathlib import Path
from typing import Any

import duckdb

from pdqi.ingest.loading import load
from pdqi.ingest.report import LoadReport
from tests.ingest.small_world import ROOT, SECRET, config
from tests.mhsds.journeys import NAMED

SHIPPED = (ROOT / "data/sources/mhsds.yaml").read_text(encoding="utf-8")
TRUTH = {
    "people": "birth_date",
    "episodes": "birth_date, team, referral_source, referred_on, assessed_on, started_on,"
    " ended_on, end_reason",
    "events": "birth_date, team, kind, occurred_on",
    "diagnoses": "birth_date, recorded_on, code, certainty",
    "treatments": "birth_date, team, treatment, referred_on, started_on, ended_on",
}
"""The columns that the truth of each table has."""


def local_mapping() -> str:
    """Return the shipped mapping with the trust's own teams, as a trust would edit it."""
    assert "\nteams: {}\n" in SHIPPED
    return SHIPPED.replace("\nteams: {}\n", f"\nteams: {json.dumps(NAMED)}\n")


class National:
    """A store and the mapping by which submissions are loaded into it."""

    def __init__(self, base: Path, mapping: str | None = None) -> None:
        base.mkdir(parents=True, exist_ok=True)
        self.store = base / "store"
        self.mapping = base / "mhsds.yaml"
        self.mapping.write_text(mapping or local_mapping(), encoding="utf-8")

    def load(self, folder: Path) -> LoadReport:
        return load(self.mapping, folder, self.store, config(), SECRET)

    @property
    def version(self) -> Path:
        return self.store / "versions" / (self.store / "CURRENT").read_text().strip()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Run a query over the tables of the store."""
        with duckdb.connect() as connection:
            for file in self.version.glob("*.parquet"):
                connection.read_parquet(str(file)).create_view(file.stem)
            return connection.execute(query).fetchall()

    def held(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return what the store holds, in the form of the truth."""
        return {
            name: sorted(
                self.rows(
                    f"select {columns} from {name}"
                    + ("" if name == "people" else " join people using (person_key)")
                ),
                key=str if name != "people" else None,
            )
            for name, columns in TRUTH.items()
        }

    def quarantine(self) -> dict[tuple[str, int], list[str]]:
        """Return the reasons of each quarantined row, by its file and number."""
        return {(f, n): r for f, n, r in self.rows("select file, row, reasons from quarantine")}
