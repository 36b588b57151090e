"""What does not depend on the census day, worked out once for a version and a configuration."""

import os
import shutil
import tempfile
from pathlib import Path

import duckdb

from pdqi.config import Config
from pdqi.store import sqlfile, vocabularies
from pdqi.store.folder import manifest
from pdqi.store.schema import TABLES

SQL = Path(__file__).with_name("derive.sql")
MEMORY = "1500MB"
ROW_GROUP = 250_000


def names() -> tuple[str, ...]:
    """Return the names of the derived tables."""
    return tuple(block.name for block in sqlfile.blocks(SQL))


def digest(config: Config) -> str:
    """Return what identifies the derived tables of a config: configs that agree here share them."""
    return vocabularies.derive_digest(config, SQL.read_text(encoding="utf-8"))


def derived_folder(version: Path, config: Config) -> Path:
    """Return the folder of the derived tables, working them out first where it is absent.

    A change of config that they depend on gives another folder, so figures follow the config
    without a new load. Where the store cannot be written to, a temporary folder is used.
    """
    tables = digest(config)
    folder = version / "derived" / tables
    if folder.is_dir():
        return folder
    try:
        folder.parent.mkdir(exist_ok=True)
        writing = Path(tempfile.mkdtemp(prefix=".writing-", dir=folder.parent))
    except OSError:
        folder = Path(tempfile.gettempdir()) / f"pdqi-{os.getpid()}-{version.name}-{tables}"
        if folder.is_dir():
            return folder
        writing = Path(tempfile.mkdtemp(prefix="pdqi-writing-"))
    try:
        _derive(version, config, writing)
        writing.chmod(0o755)
        try:
            writing.rename(folder)
        except OSError:
            # Another process got there first: its tables are the same.
            if not folder.is_dir():
                raise
    finally:
        shutil.rmtree(writing, ignore_errors=True)
    return folder


def _derive(version: Path, config: Config, folder: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="pdqi-spill-", dir=folder) as spill:
        connection = duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": spill})
        with connection:
            vocabularies.make(connection, config)
            for table in TABLES:
                connection.read_parquet(str(version / f"{table.name}.parquet")).create_view(
                    table.name
                )
            known = manifest(version)
            vocabularies.make_declared(connection, known.covers)
            parameters = vocabularies.derive_parameters(config) | {"last_day": known.last_day}
            for block in sqlfile.blocks(SQL):
                bound = {name: parameters[name] for name in block.parameters}
                target = str(folder / f"{block.name}.parquet")
                connection.execute(
                    f"copy ({block.sql}) to $target"
                    f" (format parquet, compression zstd, row_group_size {ROW_GROUP})",
                    {**bound, "target": target},
                )
                connection.read_parquet(target).create_view(block.name)
