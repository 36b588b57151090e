"""The kinds of mappings: an ordinary one, that of an event log, that of a data set."""

from pathlib import Path

from pydantic import ConfigDict

from pdqi.config import Config
from pdqi.errors import LoadError
from pdqi.ingest.checks import read_mapping
from pdqi.ingest.log_mapping import LogMapping
from pdqi.ingest.mapping import Mapping
from pdqi.ingest.set_queries import SetPlan, read_set_mapping
from pdqi.yamlfile import Frozen, read


class _Kind(Frozen):
    """The one key that tells the kinds of mappings apart."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    kind: object = None


def read_any(path: Path, config: Config) -> Mapping | LogMapping | SetPlan:
    """Read and check a mapping file of any kind; raises `LoadError` with every fault."""
    found, _, _ = read(path, _Kind)
    kind = found.kind if found else None
    if kind is None:
        return read_mapping(path, config)
    if kind == "data_set":
        return read_set_mapping(path, config)
    plan, _, problems = read(path, LogMapping)
    if plan is None or problems:
        raise LoadError(problems)
    return plan
