"""What every page rests on, opened once for all visitors: config, store, content, and the reader.

Where things are comes from the environment: PDQI_PATHWAY and the like (`places`), and PDQI_ROLE
for the role of whoever reads. Nothing on a page or in a link can change the role.
"""

import os
import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pdqi.config import Config, Permission
from pdqi.content.library import Library
from pdqi.content.models import ProcessMap
from pdqi.content.rules import Rule
from pdqi.errors import ContentError, JournalError, Problem
from pdqi.event_log import LogService
from pdqi.journal import Item, Journal
from pdqi.journal.items import PdsaCycle
from pdqi.labels import Labels
from pdqi.metrics.catalogue import SECTIONS, chosen_ids
from pdqi.places import Places
from pdqi.service import Service, Viewer
from pdqi.store import folder
from pdqi.store.log import KIND
from pdqi.variants import Variants

Stamp = tuple[tuple[str, int, int], ...]
"""Names, times and sizes of files: what is read again when it changes."""


@dataclass(frozen=True, eq=False)
class Facts:
    """What a page may ask: figures through `service` for `viewer`, words, and content."""

    service: Service
    variants: Variants
    """The same figures under other answers to the definitions."""
    viewer: Viewer
    labels: Labels
    library: Library | None
    content_problems: tuple[Problem, ...] = ()
    """Why there is no content, where there is none."""
    journal: Journal | None = None
    journal_problems: tuple[Problem, ...] = ()
    """Why there is no journal, where there is none."""

    @property
    def items(self) -> tuple[str, ...]:
        """The ids of what people entered that the reader may see."""
        journal, role = self.journal, self.viewer.role.id
        if journal is None or journal.may(role, Permission.READ_JOURNAL):
            return ()
        try:
            return tuple(journal.standing().items)
        except JournalError:
            return ()

    @property
    def cycles(self) -> tuple[Item[PdsaCycle], ...]:
        """The tests of change that the reader may see, in the order in which they were entered."""
        if not self.items or self.journal is None:
            return ()
        return self.journal.standing().of(PdsaCycle)


def current() -> Facts:
    """Return the facts as they stand now; raises `PdqiError` with every fault.

    A new load, or a change to config or content, is taken up with the next page drawn.
    """
    places = Places.of()
    config_path, store, content = places.config, places.store, places.content
    with _opening:
        files, written = _stamp((config_path,)), _stamp(tuple(sorted(content.glob("*.yaml"))))
        config = _config(config_path, files)
        version = folder.current(store).name
        library, problems = _library(content, written, config_path, config.digest)
        rules = library.rules.rules if library else ()
        drawn = library.process_map if library else None
        service, variants = _service(store, version, config_path, config.digest, rules, drawn)
        labels = _labels(config_path, config.digest)
        invented = service.manifest.demonstration
        unread: tuple[Problem, ...] = ()
        journal: Journal | None
        try:
            journal = _journal(store, invented, content, written, config_path, files)
        except JournalError as error:
            journal, unread = None, error.problems
    viewer = service.viewer(os.environ.get("PDQI_ROLE") or None)
    return Facts(service, variants, viewer, labels, library, problems, journal, unread)


def store_folder() -> Path:
    """Return the folder of the store that is served."""
    return Places.of().store


def current_log() -> tuple[LogService, Viewer] | None:
    """Return the event log that the store holds, and the reader; None where it is a trust's.

    Raises `PdqiError` where config or store cannot be read.
    """
    places = Places.of()
    config_path, store = places.config, places.store
    with _opening:
        config = _config(config_path, _stamp((config_path,)))
        version = folder.current(store)
        if folder.manifest(version).kind != KIND:
            return None
        log = _log(store, version.name, config_path, config.digest)
    return log, log.viewer(os.environ.get("PDQI_ROLE") or None)


def warm() -> None:
    """Open everything and work out the figures of the first view; raises `PdqiError`."""
    log = current_log()
    if log is not None:
        service, viewer = log
        for whole in tuple(service.periods().values())[:1]:
            service.shown(whole, viewer)
        return
    facts = current()
    period = facts.service.default_period
    if period is not None:
        facts.service.all_figures(facts.service.basis(period), facts.viewer)


def warm_months() -> None:
    """Work out the months of the first view, and it under other definitions; raises `PdqiError`.

    Left to whoever asks first where the store is large.
    """
    if current_log() is not None:
        return
    facts = current()
    period = facts.service.default_period
    if period is None or facts.service.manifest.rows.get("episodes", 0) > WARMED:
        return
    for section in SECTIONS:
        # One section at a time, so that a reader who asks for another does not wait for all.
        mine = [kpi for kpi in facts.service.kpis if kpi.section == section.id and kpi.monthly]
        facts.service.months(facts.viewer, mine)
    touched = [kpi for kpi in facts.service.kpis if kpi.depends_on]
    facts.variants.figures(touched, facts.service.basis(period), facts.viewer)


WARMED = 1_000_000
"""Up to so many episodes, months are worked out before anybody asks."""
_opening = threading.Lock()
"""Only one visitor opens a store; the others wait for it."""


def _stamp(paths: tuple[Path, ...]) -> Stamp:
    found = [(path, path.stat()) for path in paths if path.is_file()]
    return tuple((path.name, stat.st_mtime_ns, stat.st_size) for path, stat in found)


@lru_cache(maxsize=4)
def _config(path: Path, stamp: Stamp) -> Config:  # noqa: ARG001
    return Config.load(path)


def _config_now(path: Path) -> Config:
    return _config(path, _stamp((path,)))


@lru_cache(maxsize=4)
def _service(
    store: Path,
    version: str,  # noqa: ARG001
    config: Path,
    digest: str,  # noqa: ARG001
    rules: tuple[Rule, ...],
    process_map: ProcessMap | None,
) -> tuple[Service, Variants]:
    service = Service.open(store, _config_now(config), rules, process_map)
    return service, Variants(service)


@lru_cache(maxsize=4)
def _log(
    store: Path,
    version: str,  # noqa: ARG001
    config: Path,
    digest: str,  # noqa: ARG001
) -> LogService:
    return LogService.open(store, _config_now(config))


@lru_cache(maxsize=4)
def _labels(config: Path, digest: str) -> Labels:  # noqa: ARG001
    return Labels.of(_config_now(config))


@lru_cache(maxsize=4)
def _library(
    content: Path,
    stamp: Stamp,  # noqa: ARG001
    config: Path,
    digest: str,  # noqa: ARG001
) -> tuple[Library | None, tuple[Problem, ...]]:
    try:
        known = _config_now(config)
        return Library.load(content, known, chosen_ids(known)), ()
    except ContentError as error:
        return None, error.problems


@lru_cache(maxsize=4)
def _journal(
    store: Path,
    demonstration: bool,
    content: Path,
    content_stamp: Stamp,
    config: Path,
    config_stamp: Stamp,
) -> Journal:
    settings = _config(config, config_stamp)
    library, _ = _library(content, content_stamp, config, settings.digest)
    known = chosen_ids(settings)
    return Journal.open(settings, store, library, known, demonstration=demonstration)
