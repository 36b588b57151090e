"""Small worlds made of text tables, kept in a real store and read through the real door.

A world is written as the tables of the store; `id` names a person and anything left out is
empty. Ages do not matter unless `born` is given: everybody is born in 1985.

    episodes
    id   team   referred_on  started_on  ended_on
    ann  alpha  2024-01-01   2024-01-05  -
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from pdqi.config import Config
from pdqi.store import folder
from pdqi.store.schema import TABLES

BORN = date(1985, 6, 15)
WHOLE = {"world": (date(2015, 1, 1), date(2029, 12, 31))}
World = dict[str, list[dict[str, str | None]]]


def read_world(text: str) -> World:
    """Return the tables of a text as rows of strings; `-` is empty."""
    world: World = {}
    for block in text.strip().split("\n\n"):
        lines = [line.strip() for line in block.strip().splitlines() if line.strip()]
        header = lines[1].split()
        world[lines[0]] = [
            {
                name: None if cell == "-" else cell.replace("_", " ") if name in SPACED else cell
                for name, cell in zip(header, line.split(), strict=True)
            }
            for line in lines[2:]
        ]
    return world


SPACED = {"description", "referral_source", "end_reason"}
"""Columns whose values are words: an underscore stands for a blank."""


def make_store(
    world: Mapping[str, list[dict[str, Any]]],
    path: Path,
    covers: Mapping[str, tuple[date, date]] = WHOLE,
) -> Path:
    """Write a world into a store at `path`; returns `path`.

    A row's `source` is "world" unless it says otherwise; `covers` are the days that sources cover.
    """
    names = sorted(
        {row["id"] for rows in world.values() for row in rows if row.get("id") is not None}
    )
    keys = {name: key for key, name in enumerate(names, start=1)}
    rows: dict[str, list[tuple[Any, ...]]] = {table.name: [] for table in TABLES}
    people = {row["id"]: row for row in world.get("people", [])}
    born = {name: row.get("born") for name, row in people.items()}
    for name, key in keys.items():
        birth = born.get(name, BORN)
        person = hashlib.sha256(name.encode()).hexdigest()[:32]
        coded = [people.get(name, {}).get(column) for column in ("gender", "ethnicity")]
        rows["people"].append((key, person, birth, *coded, "world", "world", key, "world"))
    for table in TABLES:
        if table.name == "people":
            continue
        for number, row in enumerate(world.get(table.name, []), start=1):
            facts = {"episode_id": str(number), **row}
            unknown = set(row) - set(table.facts) - {"id", "source"}
            assert not unknown, f"{table.name} has no {unknown}"
            key = (keys[row["id"]],) if table.has_person else ()
            values = tuple(facts.get(name) for name in table.facts)
            source = row.get("source", "world")
            rows[table.name].append((*key, *values, source, "world", number, "world"))
    with folder.new_version(path) as version:
        connection = duckdb.connect()
        for table in TABLES:
            columns = ", ".join(f"{name} {kind}" for name, kind in table.ddl())
            connection.execute(f"create table {table.name} ({columns})")
            if rows[table.name]:
                marks = ", ".join("?" * len(table.ddl()))
                connection.executemany(
                    f"insert into {table.name} values ({marks})", rows[table.name]
                )
            connection.table(table.name).write_parquet(str(version / f"{table.name}.parquet"))
        connection.close()
        folder.publish(
            path,
            version,
            rows={name: len(found) for name, found in rows.items()},
            accounts=(),
            data_from=date(2015, 1, 1),
            data_to=date(2029, 12, 31),
            demonstration=False,
            covers=covers,
        )
    return path


def config_with(config: Config, **changes: Any) -> Config:
    """Return a config with some settings replaced."""
    return config.model_copy(update=changes)


def flat(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return rows without their empty cells, for comparing."""
    return [{name: value for name, value in row.items() if value is not None} for row in rows]
