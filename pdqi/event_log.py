"""The door to an event log: what follows what, routes and rules, protected for a viewer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from pdqi.config import Config
from pdqi.disclosure import Family, protect
from pdqi.ingest.log_mapping import LogRule
from pdqi.metrics import event_log as measuring
from pdqi.metrics.kpis.pathways import STEP
from pdqi.metrics.kpis.rules import OUTCOMES
from pdqi.metrics.measure import Raw
from pdqi.model import SYSTEM, Basis, Period, Published
from pdqi.service import Viewer, viewer_of
from pdqi.store.folder import Manifest
from pdqi.store.log import LogStore

WHOLE = "whole"
"""The period of a log that is all of it."""


@dataclass(frozen=True)
class Shown:
    """All that a reader may see of a log in one period."""

    activities: Published
    follows: Published
    routes: Published
    rules: Published


class LogService:
    """Published figures of one event log."""

    def __init__(self, store: LogStore, config: Config) -> None:
        """Serve figures from an open log; config says who may see what."""
        self.store = store
        self.config = config
        self.shown = lru_cache(maxsize=100)(self._shown)

    @classmethod
    def open(cls, path: Path, config: Config) -> "LogService":
        """Open a log's store and serve it; raises `StoreError`."""
        return cls(LogStore.open(path), config)

    @property
    def manifest(self) -> Manifest:
        """What was loaded, and when."""
        return self.store.manifest

    @property
    def rules(self) -> tuple[LogRule, ...]:
        """The rules of its mapping."""
        return tuple(LogRule.model_validate(rule) for rule in self.store.about["rules"])

    @property
    def names(self) -> dict[str, str]:
        """The name of each activity by its key."""
        return self.store.activities

    @property
    def cases(self) -> str:
        """What cases are called."""
        return str(self.store.about["cases"])

    def viewer(self, role_id: str | None = None) -> Viewer:
        """Return the viewer of a role; raises `RequestError`."""
        return viewer_of(self.config, role_id)

    def periods(self) -> dict[str, Period]:
        """Return the periods that can be chosen: the whole log, and its calendar years."""
        first, last = self.manifest.first_day, self.manifest.last_day
        if first is None or last is None:
            return {}
        months = (last.year - first.year) * 12 + last.month - first.month + 1
        found = {WHOLE: Period.ending(last.year, last.month, months)}
        years = range(first.year, last.year + 1)
        return found | {str(year): Period.ending(year, 12, 12) for year in years if len(years) > 1}

    def _shown(self, period: Period, viewer: Viewer) -> Shown:
        """Return what a viewer may see of a period.

        Activities of fewer cases than may be shown are left out for readers who are not cleared,
        with all that leads there: their names alone could tell of a person.
        """
        basis = Basis(period, "", "")
        policy, fewest = viewer.policy, self.config.strictest_threshold
        activities = measuring.activities(self.store, basis)
        rare = {row.scope for row in activities.rows() if row.counts["people"] < policy.threshold}
        routes = measuring.routes(self.store, basis, fewest)
        rules = measuring.rules(self.store, basis, self.rules, OUTCOMES)
        published = [
            protect(activities, (), policy),
            protect(measuring.follows(self.store, basis), (), policy),
            protect(routes, _whole_and_parts(routes), policy),
            protect(rules, self._of_rules(), policy),
        ]
        if not policy.cleared:
            published[:2] = [_without(table, rare) for table in published[:2]]
        return Shown(*published)

    def _of_rules(self) -> Sequence[Family]:
        return [
            Family(
                (SYSTEM, rule.id),
                tuple((SYSTEM, f"{rule.id}{STEP}{outcome}") for outcome in OUTCOMES),
            )
            for rule in self.rules
        ]


def _whole_and_parts(raw: Raw) -> Sequence[Family]:
    parts = tuple((row.scope, row.by) for row in raw.rows() if row.by is not None)
    return [Family((SYSTEM, None), parts)]


def _without(table: Published, rare: set[str]) -> Published:
    kept = tuple(f for f in table.figures if rare.isdisjoint({f.scope, f.by}))
    return replace(table, figures=kept)
