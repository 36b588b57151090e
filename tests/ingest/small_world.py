"""A trust of a few people: a mapping, its files as text, and what a load makes of them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from pdqi.config import Config
from pdqi.errors import PdqiError
from pdqi.ingest.loading import load
from pdqi.ingest.report import LoadReport

ROOT = Path(__file__).resolve().parents[2]
SECRET = b"a secret that only tests use"

HEAD = """\
id: small
name: A small trust
dates: [dd/mm/yyyy, yyyy-mm-dd, dd-Mon-yyyy]
identifiers:
  client: {strip_leading_zeros: true}
  pseudo: {fold_case: true}
codes:
  certainty: {confirmed: [c], suspected: ["?"], ruled_out: [excluded]}
  outcome: {completed: [finished]}
files:
"""
CLIENTS = """\
  - file: clients.csv
    table: people
    declares_people: true
    person: {column: Client, identifier: client}
    also_known_as: {pseudo: Pseudo}
    columns: {birth_date: Born, gender: Gender}
"""
REFERRALS = """\
  - file: referrals.csv
    table: episodes
    person: {column: Client, identifier: client}
    columns:
      team: Team
      referral_source: Source
      referred_on: Referred
      assessed_on: Assessed
      started_on: Started
      ended_on: {column: Ended, open_dates: ["31/12/9999"]}
"""
DIAGNOSES = """\
  - file: diagnoses.csv
    table: diagnoses
    person: {column: Client, identifier: client}
    columns: {recorded_on: Day, code: Code, description: Words, certainty: Status}
"""
THERAPIES = """\
  - file: therapies.csv
    table: treatments
    key: Number
    person: {column: Pseudo, identifier: pseudo}
    columns:
      team: {constant: complex_needs}
      treatment: Therapy
      referred_on: Referred
      outcome: Outcome
"""
SMALL = HEAD + CLIENTS + REFERRALS

PEOPLE = """\
Client,Pseudo,Born,Gender
0001,PA,01/02/1980,1
0002,PB,1990-03-04,2
0003,PC,,9
"""
REFERRAL_HEADER = "Client,Team,Source,Referred,Assessed,Started,Ended\n"
GOOD = "1,North CMHT,GP,01/04/2022,05/04/2022,10/04/2022,\n"


def config() -> Config:
    return Config.load(ROOT / "config.yaml")


class Trust:
    """A folder of extracts, a mapping and a store, all in a temporary folder."""

    def __init__(self, base: Path, mapping: str = SMALL) -> None:
        self.base, self.store = base, base / "store"
        self.folder = base / "extracts"
        self.folder.mkdir(parents=True)
        self.mapping = base / "small.yaml"
        self.mapping.write_text(mapping, encoding="utf-8")

    def put(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def load(self, **files: str | bytes) -> LoadReport:
        """Write `referrals="…"` as referrals.csv and so on, then load."""
        for name, content in files.items():
            self.put(f"{name}.csv", content)
        return load(self.mapping, self.folder, self.store, config(), SECRET)

    def problems(self, **files: str | bytes) -> str:
        """Load and return the sentences of the error, one a line."""
        try:
            self.load(**files)
        except PdqiError as error:
            return str(error)
        raise AssertionError("The load went through.")

    @property
    def version(self) -> Path:
        return self.store / "versions" / (self.store / "CURRENT").read_text().strip()

    def rows(self, table: str, columns: str = "*", where: str = "true") -> list[tuple[Any, ...]]:
        file = str(self.version / f"{table}.parquet")
        with duckdb.connect() as connection:
            query = f"select {columns} from read_parquet($file) where {where} order by all"
            return connection.execute(query, {"file": file}).fetchall()

    def quarantine(self) -> dict[int, list[str]]:
        """Return the reasons of each quarantined row, by its number."""
        return dict(self.rows("quarantine", "row, reasons"))


def counts(report: LoadReport, file: str) -> Mapping[str, int]:
    found: dict[str, int] = json.loads(json.dumps(report.as_json()))["files"][file]
    return found


def files_of(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder, without the lock, and its bytes."""
    return {
        str(p.relative_to(folder)): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and p.name != ".load.lock"
    }
