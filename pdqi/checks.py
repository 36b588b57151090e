"""Everything that can be checked before anybody looks: config, content and mappings."""

from pathlib import Path

from pdqi.config import Config
from pdqi.content.library import Library
from pdqi.errors import PdqiError, Problem, one_of
from pdqi.ingest.kinds import read_any
from pdqi.metrics.catalogue import KPI_IDS, chosen_ids


def check_everything(config_file: Path, content: Path, mappings: Path) -> list[Problem]:
    """Return every fault of config, content and mappings, in that order.

    Content and mappings refer to config, so they can only be read where config is in order.
    """
    try:
        config = Config.load(config_file)
    except PdqiError as error:
        return list(error.problems)
    problems = _unknown_kpis(config, config_file.name)
    try:
        Library.load(content, config, chosen_ids(config))
    except PdqiError as error:
        problems += error.problems
    for mapping in sorted(mappings.glob("*.y*ml")):
        try:
            read_any(mapping, config)
        except PdqiError as error:
            problems += error.problems
    return problems


def _unknown_kpis(config: Config, file: str) -> list[Problem]:
    """Config is read before KPIs are known; its references to them are checked here."""
    used = chosen_ids(config)
    named = [("figures", item.kpi, KPI_IDS) for item in config.figures]
    named += [("headline", name, used) for name in config.headline]
    named += [("targets", target.kpi, used) for target in config.targets]
    return [
        Problem(f"There is no KPI '{name}'.", file, None, where, *one_of(name, known))
        for where, name, known in named
        if name not in known
    ]
