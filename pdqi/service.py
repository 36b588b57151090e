"""The one door: figures for a basis and a viewer, protected; nothing behind it is reached past it.

What is kept between calls is published figures only, by KPI, basis and policy, for one version
of the data and the config.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pdqi.config import Config, Policy, Role
from pdqi.content.models import ProcessMap
from pdqi.content.rules import Rule
from pdqi.disclosure import Family, protect
from pdqi.errors import Problem, RequestError, one_of
from pdqi.metrics.catalogue import chosen, kpi
from pdqi.metrics.kpi import Judged, Kpi, Routes
from pdqi.metrics.kpis.pathways import OTHER_ROUTES, steps_of
from pdqi.metrics.kpis.rules import OUTCOMES
from pdqi.metrics.measure import Raw, measure
from pdqi.model import SYSTEM, Basis, Period, PeriodKind, Published, Scope
from pdqi.store import vocabularies
from pdqi.store.folder import Manifest
from pdqi.store.store import Store

KEPT = 20_000
EPISODES_AT_ONCE = 60_000_000
"""Episodes times months that are measured together: a twelfth of them or so are under way."""
Key = tuple[str, Basis, str, bool]
"""KPI, basis, policy, and whether with curves: month by month they are not drawn."""
PERIOD_KINDS: tuple[PeriodKind, ...] = ("month", "quarter", "financial_year", "rolling_year")


@dataclass(frozen=True)
class Viewer:
    """Who is reading: a role and the policy that protects what it sees."""

    role: Role
    policy: Policy


def viewer_of(config: Config, role_id: str | None = None) -> Viewer:
    """Return the viewer of a role (the default role if none); raises `RequestError`."""
    wanted = role_id or config.default_role
    known = {role.id for role in config.roles}
    if wanted not in known:
        raise RequestError(
            Problem(f"There is no role '{wanted[:60]}'.", None, None, None, *one_of(wanted, known))
        )
    return Viewer(config.role(wanted), config.policy_of(wanted))


class Service:
    """Published figures of one store under one config."""

    def __init__(
        self,
        store: Store,
        config: Config,
        rules: Sequence[Rule] = (),
        process_map: ProcessMap | None = None,
    ) -> None:
        """Serve figures from an open store.

        `rules` are those that pathways are judged by, `process_map` is what they are laid over.
        """
        self.store = store
        self.config = config
        self.rules = tuple(rules)
        self.process_map = process_map
        self._kept: OrderedDict[Key, Published] = OrderedDict()
        self._lock = threading.Lock()
        self._months_lock = threading.Lock()
        """Months take a second or so: whoever asks for the same waits instead of asking again."""

    @classmethod
    def open(
        cls,
        path: Path,
        config: Config,
        rules: Sequence[Rule] = (),
        process_map: ProcessMap | None = None,
    ) -> "Service":
        """Open a store and serve it; raises `StoreError`."""
        return cls(Store.open(path, config), config, rules, process_map)

    @property
    def manifest(self) -> Manifest:
        """What the data are, how old, and whether they are invented."""
        return self.store.manifest

    @cached_property
    def scopes(self) -> tuple[Scope, ...]:
        """Every scope in its fixed order: teams, services, named sets, the system."""
        return vocabularies.scopes(self.config)

    def scope(self, key: str) -> Scope:
        """Return the scope with this key; raises `RequestError`."""
        found = {scope.key: scope for scope in self.scopes}
        if key not in found:
            raise RequestError(
                Problem(
                    f"There is no team, service or set '{key[:60]}'.",
                    None,
                    None,
                    None,
                    *one_of(key, found),
                )
            )
        return found[key]

    def viewer(self, role_id: str | None = None) -> Viewer:
        """Return the viewer of a role (the default role if none); raises `RequestError`."""
        return viewer_of(self.config, role_id)

    def basis(
        self, period: Period, definition: str | None = None, age_band: str | None = None
    ) -> Basis:
        """Return a checked basis; raises `RequestError` with every fault."""
        problems = []
        definition = definition or self.config.default_definition
        known = {item.id for item in self.config.case_definitions}
        if definition not in known:
            what = f"There is no case definition '{definition[:60]}'."
            problems.append(Problem(what, None, None, None, *one_of(definition, known)))
        age_band = age_band or self.config.default_age_band
        bands = {item.id for item in self.config.age_bands}
        if age_band not in bands:
            what = f"There is no age band '{age_band[:60]}'."
            problems.append(Problem(what, None, None, None, *one_of(age_band, bands)))
        first, last = self.manifest.first_day, self.manifest.last_day
        if first is None or last is None:
            problems.append(Problem("The store holds no complete month of episodes yet."))
        elif period.first < first or period.last > last:
            problems.append(
                Problem(
                    f"The period {period.key} is outside the data.",
                    allowed=f"months from {first:%Y-%m} to {last:%Y-%m}",
                )
            )
        if problems:
            raise RequestError(problems)
        return Basis(period, definition, age_band)

    def periods(self, kind: PeriodKind) -> tuple[Period, ...]:
        """Return the periods of a kind that the data cover whole, the latest first."""
        first, last = self.manifest.first_day, self.manifest.last_day
        if first is None or last is None:
            return ()
        length = {"month": 1, "quarter": 3}.get(kind, 12)
        found = []
        for month in Period(first, last).each_month():
            period = Period.ending(month.last.year, month.last.month, length)
            named = period.kind == kind or (kind == "rolling_year" and length == 12)
            if named and period.first >= first:
                found.append(period)
        return tuple(reversed(found))

    @property
    def default_period(self) -> Period | None:
        """The latest 12 months, or the longest run of months that there is."""
        years = self.periods("rolling_year")
        if years:
            return years[0]
        first, last = self.manifest.first_day, self.manifest.last_day
        return Period(first, last) if first and last else None

    @property
    def kpis(self) -> tuple[Kpi, ...]:
        """The KPIs that the pathway uses, in order."""
        return chosen(self.config)

    def figures(self, kpi_id: str, basis: Basis, viewer: Viewer) -> Published:
        """Return one KPI at every scope, protected for the viewer."""
        return self.all_figures(basis, viewer, (kpi(kpi_id),))[kpi_id]

    def all_figures(
        self,
        basis: Basis,
        viewer: Viewer,
        kpis: Iterable[Kpi] | None = None,
        *,
        curves: bool = True,
    ) -> dict[str, Published]:
        """Return several KPIs for one basis, or all; those not yet known are measured together.

        `curves` says whether the curves of lengths of time are wanted with them.
        """
        wanted = self.kpis if kpis is None else tuple(kpis)
        with self._lock:
            found = {
                item.id: self._kept[key]
                for item in wanted
                if (key := (item.id, basis, viewer.policy.id, curves)) in self._kept
            }
        missing = [item for item in wanted if item.id not in found]
        if missing:
            measured = measure(
                self.store,
                self.config,
                missing,
                (basis,),
                curves=curves,
                rules=self.rules,
                process_map=self.process_map,
            )
            for name, (raw,) in measured.items():
                found[name] = protect(raw, self._families(raw), viewer.policy)
                self._keep(found[name], curves=curves)
        return {item.id: found[item.id] for item in wanted}

    def months(
        self,
        viewer: Viewer,
        kpis: Iterable[Kpi],
        definition: str | None = None,
        age_band: str | None = None,
    ) -> dict[str, tuple[Published, ...]]:
        """Return several KPIs month by month, the oldest first, each month as its own period.

        What a month shows is what it shows when it is chosen as the period, but for the curves.
        """
        months = tuple(reversed(self.periods("month")))
        bases = [self.basis(month, definition, age_band) for month in months]
        wanted = tuple(kpis)
        with self._months_lock:
            return self._months(viewer.policy, wanted, bases)

    def _months(
        self, policy: Policy, wanted: Sequence[Kpi], bases: Sequence[Basis]
    ) -> dict[str, tuple[Published, ...]]:
        with self._lock:
            missing = [
                item
                for item in wanted
                if any((item.id, basis, policy.id, False) not in self._kept for basis in bases)
            ]
            known = {
                item.id: tuple(self._kept[item.id, basis, policy.id, False] for basis in bases)
                for item in wanted
                if item not in missing
            }
        if missing and bases:
            made: dict[str, list[Published]] = {item.id: [] for item in missing}
            for some in self._at_once(bases):
                found = measure(self.store, self.config, missing, some, curves=False)
                for name, raws in found.items():
                    made[name] += (protect(raw, self._families(raw), policy) for raw in raws)
            for name, months_of in made.items():
                known[name] = tuple(months_of)
                for published in months_of:
                    self._keep(published, curves=False)
        return {item.id: known.get(item.id, ()) for item in wanted}

    def _at_once(self, bases: Sequence[Basis]) -> Iterator[Sequence[Basis]]:
        """Give the bases in runs whose working tables fit the memory of the database."""
        number = max(1, EPISODES_AT_ONCE // max(1, self.manifest.rows.get("episodes", 0)))
        for start in range(0, len(bases), number):
            yield bases[start : start + number]

    def _keep(self, published: Published, *, curves: bool) -> None:
        with self._lock:
            self._kept[published.kpi, published.basis, published.policy, curves] = published
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)

    def _families(self, raw: Raw) -> Sequence[Family]:
        """Every total that is shown beside its parts: scopes of scopes, and breakdowns."""
        parts: dict[str, set[str]] = {}
        for row in raw.rows():
            if row.by is not None:
                parts.setdefault(row.scope, set()).add(row.by)
        if isinstance(raw.kind, Judged):
            return self._rule_families()
        if isinstance(raw.kind, Routes):
            return self._route_families(parts.get(SYSTEM, set()))
        families = [
            Family((scope, None), tuple((scope, by) for by in sorted(names)))
            for scope, names in parts.items()
        ]
        treatments = tuple((item.id, None) for item in self.config.treatments)
        if any((row.scope, row.by) in treatments for row in raw.rows()):
            # The same referrals by treatment and by team: either adds up to the other's total.
            teams = tuple((team.id, None) for team in self.config.teams)
            families += [Family(None, treatments), Family(None, teams)]
        members = list(self._members)
        if not any(row.scope.startswith("service:") for row in raw.rows()):
            # Without figures of services, the system is the total of its teams.
            members.append((SYSTEM, tuple(team.id for team in self.config.teams)))
        breakdowns: set[str | None] = {None}
        for names in parts.values():
            breakdowns |= names
        for by in sorted(breakdowns, key=str):
            families += [
                Family((whole, by), tuple((part, by) for part in parts_of))
                for whole, parts_of in members
            ]
        return families

    def _rule_families(self) -> Sequence[Family]:
        """What the people of a rule are made of: its outcomes; and of each, scopes of scopes."""
        families = []
        for rule in self.rules:
            outcomes = [f"{rule.id}>{outcome}" for outcome in OUTCOMES]
            for scope in self.scopes:
                parts = tuple((scope.key, outcome) for outcome in outcomes)
                families.append(Family((scope.key, rule.id), parts))
            families += [
                Family((whole, by), tuple((part, by) for part in parts))
                for by in (rule.id, *outcomes)
                for whole, parts in self._members
            ]
        return families

    def _route_families(self, routes: Iterable[str]) -> Sequence[Family]:
        """What a scope's total is made of: the routes that touch it, and its own rare ones."""
        named = sorted(route for route in routes if route != OTHER_ROUTES)
        families = []
        for scope in self.scopes:
            teams = set(scope.teams)
            through = [(SYSTEM, r) for r in named if not teams.isdisjoint(steps_of(r)[0])]
            families.append(Family((scope.key, None), ((scope.key, OTHER_ROUTES), *through)))
        for by in (None, OTHER_ROUTES):
            families += [
                Family((whole, by), tuple((part, by) for part in parts))
                for whole, parts in self._members
            ]
        return families

    @cached_property
    def _members(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Each scope with the scopes that make it up."""
        services = tuple(scope.key for scope in self.scopes if scope.kind == "service")
        sets = {item.id: item for item in self.config.team_sets}
        found: list[tuple[str, tuple[str, ...]]] = [(SYSTEM, services)]
        for scope in self.scopes:
            if scope.kind in ("service", "set"):
                found.append((scope.key, scope.teams))
            if scope.kind == "set" and sets[scope.id].services and not sets[scope.id].teams:
                found.append(
                    (scope.key, tuple(f"service:{name}" for name in sets[scope.id].services))
                )
        return tuple(found)
