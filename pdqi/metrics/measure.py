"""KPI × bases × store → raw figures. Raw counts have one reader: disclosure control.

Many periods cost little more than one: `periods` is a table, and every statement groups by it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pyarrow as pa

from pdqi.config import Config
from pdqi.content.models import ProcessMap
from pdqi.content.rules import Rule
from pdqi.metrics import quality
from pdqi.metrics.kpi import Curve, Duration, Judged, Kind, Kpi
from pdqi.metrics.kpis import pathway_map
from pdqi.metrics.kpis.pathways import ROUTE_STEPS
from pdqi.metrics.kpis.rules import COLUMNS, parts, records_of
from pdqi.model import Basis, Period
from pdqi.statistics.survival import Survival, survival
from pdqi.store import sqlfile
from pdqi.store.store import Columns, Coverage, Session, Store, arrays
from pdqi.store.vocabularies import scopes

RECORDS = frozenset({"episodes", "treatments", "prescriptions", "workforce"})
EVENT_KINDS = frozenset({"panel_kind", "attendance_kind", "contact_kinds"})
"""The parameters that name kinds of events."""
WORKING = tuple(
    Path(__file__).with_name(name) for name in ("working.sql", "pathway.sql", "quality.sql")
)
WEEKS = (4, 18, 26, 52)
"""What waits are judged by."""
SUPPORT_DAYS = 28
ASSESSMENT_DAYS = 28
LONG_AGO, FAR_AHEAD = date(1, 1, 1), date(9999, 12, 31)


@dataclass(frozen=True, repr=False)
class RawRow:
    """Exact counts of one scope. Never shown, printed or kept."""

    scope: str
    by: str | None
    counts: Mapping[str, int]
    statistics: Mapping[str, float | None]
    curves: Mapping[str, Survival] = field(default_factory=dict)
    """The curves of a length of time, by series."""

    def __repr__(self) -> str:
        return f"<raw figures of {self.scope}, counts withheld>"


class Raw:
    """The raw table of one KPI: it cannot be printed or pickled, only protected."""

    def __init__(self, kpi: str, kind: Kind, basis: Basis, rows: tuple[RawRow, ...]) -> None:
        """Hold the rows out of sight."""
        self.kpi = kpi
        self.kind = kind
        self.basis = basis
        self._rows = rows

    def rows(self) -> Iterator[RawRow]:
        """Give the rows to whoever protects them."""
        return iter(self._rows)

    def __repr__(self) -> str:
        return f"<Raw {self.kpi}: {len(self._rows)} rows, counts withheld>"

    def __reduce__(self) -> NoReturn:
        """Raw figures do not leave the process."""
        raise TypeError("raw figures cannot be pickled")


@dataclass(frozen=True)
class Measurer:
    """Measures KPIs for the periods of one session; working tables are made when first read."""

    session: Session
    bases: Sequence[Basis]
    parameters: Mapping[str, Any]
    order: Mapping[str, int]
    """The place of each scope and treatment in config: rows come in that order, always."""
    coverage: Coverage
    teams: Mapping[str, Sequence[str]]
    """The teams of each scope."""
    curves: bool
    """Whether the curves of lengths of time are wanted, and not only what is taken from them."""

    @cached_property
    def _made(self) -> set[str]:
        return set()

    def measure(self, kpi: Kpi) -> tuple[Raw, ...]:
        """Return the exact figures of a KPI at every scope, for each basis."""
        for name in kpi.reads:
            self._make(name)
        if isinstance(kpi.kind, Duration):
            lengths = self.session.table(_as_lists(kpi.kind, kpi.sql), self._bound(kpi.sql))
            found = _durations(kpi.kind, lengths, self.curves)
        else:
            found = _counted(kpi.kind, self.session.columns(kpi.sql, self._bound(kpi.sql)))
        rows: list[list[RawRow]] = [[] for _ in self.bases]
        for period, row in found:
            if self.known(kpi, row.scope, self.bases[period].period):
                rows[period].append(row)
        return tuple(
            Raw(kpi.id, kpi.kind, basis, tuple(sorted(mine, key=self._place)))
            for basis, mine in zip(self.bases, rows, strict=True)
        )

    def known(self, kpi: Kpi, scope: str, period: Period) -> bool:
        """Return whether every kind of record behind a figure is known in the period.

        Outside of what the sources cover a figure is absent and not zero.
        """
        for kinds in self._needed(kpi):
            days = [
                self.coverage[kind, team]
                for kind in kinds
                for team in (self.teams.get(scope, ()) if kind == "episodes" else (None,))
                if (kind, team) in self.coverage
            ]
            if days and all(period.last < first or period.first > last for first, last in days):
                return False
        return True

    def judges(self, rule: Rule) -> bool:
        """Return whether what a rule speaks of is recorded at all in every period."""
        for kinds in records_of(rule):
            days = [self.coverage.get((kind, None)) for kind in kinds if kind != "episodes"]
            for basis in self.bases:
                period = basis.period
                if "episodes" not in kinds and not any(
                    d and period.last >= d[0] and period.first <= d[1] for d in days
                ):
                    return False
        return True

    def _needed(self, kpi: Kpi) -> list[tuple[str, ...]]:
        """Return the kinds of records behind a KPI, any one of each group: of events, which."""
        if kpi.id not in self._needed_by:
            needed: list[tuple[str, ...]] = [(name,) for name in kpi.tables if name in RECORDS]
            if "events" in kpi.tables:
                texts = [kpi.sql, *(_blocks()[name].sql for name in kpi.reads if name in _blocks())]
                named = (sqlfile.parameters(text) & EVENT_KINDS for text in texts)
                for name in sorted(next((names for names in named if names), frozenset())):
                    kinds = self.parameters[name]
                    needed.append((kinds,) if isinstance(kinds, str) else tuple(kinds))
            self._needed_by[kpi.id] = needed
        return self._needed_by[kpi.id]

    @cached_property
    def _needed_by(self) -> dict[str, list[tuple[str, ...]]]:
        return {}

    def _place(self, row: RawRow) -> tuple[int, bool, int, str]:
        by = row.by or ""
        return self.order[row.scope], row.by is not None, self.order.get(by, 0), by

    def _make(self, name: str) -> None:
        blocks = _blocks()
        if name in self._made or name not in blocks:
            return
        sql = blocks[name].sql
        for other in blocks:
            if other != name and f" {other} " in sql.replace("\n", " "):
                self._make(other)
        self.session.make(name, sql, self._bound(sql))
        self._made.add(name)

    def _bound(self, sql: str) -> dict[str, Any]:
        return {name: self.parameters[name] for name in sqlfile.parameters(sql)}


def window(config: Config, basis: Basis) -> dict[str, Any]:
    """Return the days that a basis comes down to: a row of the table `periods`."""
    period, band = basis.period, config.age_band(basis.age_band)
    census = period.last
    return {
        "first_day": period.first,
        "last_day": census,
        "look_back_from": period.months_before_end(config.rules.look_back_months),
        "support_from": date.fromordinal(census.toordinal() - SUPPORT_DAYS + 1),
        "born_by": FAR_AHEAD if band.first is None else _years_before(census, band.first),
        "born_after": LONG_AGO if band.last is None else _years_before(census, band.last + 1),
    }


def parameters(config: Config, bases: Sequence[Basis]) -> dict[str, Any]:
    """Return everything that SQL may bind for bases of one case definition and age band."""
    band = config.age_band(bases[0].age_band)
    windows = [window(config, basis) for basis in bases]
    return {
        "from": min(row["first_day"] for row in windows),
        "to": max(row["last_day"] for row in windows),
        "look_back_from": min(row["look_back_from"] for row in windows),
        "support_from": min(row["support_from"] for row in windows),
        "definition": bases[0].definition,
        "any_age": band.first is None and band.last is None,
        **{f"weeks_{number}": 7 * number for number in WEEKS},
        "assessment_days": ASSESSMENT_DAYS,
        "route_steps": ROUTE_STEPS,
        "fewest_on_route": config.strictest_threshold,
        "panel_kind": config.rules.panel_kind,
        "attendance_kind": config.rules.attendance_kind,
        "contact_kinds": list(config.rules.contact_kinds),
        "trained_measure": config.rules.trained_measure,
        "supervised_measure": config.rules.supervised_measure,
    }


def measure(
    store: Store,
    config: Config,
    kpis: Iterable[Kpi],
    bases: Sequence[Basis],
    *,
    curves: bool = True,
    rules: Sequence[Rule] = (),
    process_map: ProcessMap | None = None,
) -> dict[str, tuple[Raw, ...]]:
    """Return the raw figures of several KPIs for each basis; all share their working tables.

    The bases differ in their periods only. `curves` says whether the curves of lengths of time
    are wanted besides what is taken from them; `rules` are those that pathways are judged by, and
    `process_map` is the design that is laid over the records, where those are asked for.
    """
    teams = {scope.key: scope.teams for scope in scopes(config)}
    wanted = tuple(kpis)
    names = [*teams, *(item.id for item in config.treatments)]
    order = {name: place for place, name in enumerate(names)}
    windows = [window(config, basis) for basis in bases]
    columns = ", ".join(f"unnest(${name}) as {name}" for name in ("period", *windows[0]))
    lists = {name: [row[name] for row in windows] for name in windows[0]}
    with store.session() as session:
        session.make("periods", f"select {columns}", {"period": [*range(len(bases))], **lists})
        bound = parameters(config, bases) | quality.parameters(store.manifest)
        measurer = Measurer(session, bases, bound, order, store.coverage, teams, curves)
        if any(isinstance(kpi.kind, Judged) for kpi in wanted):
            known = [rule for rule in rules if measurer.judges(rule)]
            session.make("rule_parts", _unnested(COLUMNS), parts(known, config))
        if any(kpi in pathway_map.KPIS for kpi in wanted):
            made = pathway_map.tables(process_map, config)
            session.make("map_marks", _unnested(pathway_map.MARKS), made["map_marks"])
            session.make("map_moves", _unnested(pathway_map.MOVES), made["map_moves"])
        if any(kpi.section == quality.SECTION for kpi in wanted):
            small = quality.tables(config, store.manifest)
            for name, types in quality.COLUMNS.items():
                session.make(name, _unnested(types), small[name])
            session.make("known_by", *quality.known_by(store.path))
        return {kpi.id: measurer.measure(kpi) for kpi in wanted}


def _unnested(columns: Mapping[str, str]) -> str:
    """Return the statement that makes a table of lists, one a column of its name and type."""
    listed = (f"unnest(${name}::{kind}[]) as {name}" for name, kind in columns.items())
    return f"select {', '.join(listed)}"


def _blocks() -> dict[str, sqlfile.Block]:
    """Return the statements of the working tables by their names."""
    return {block.name: block for path in WORKING for block in sqlfile.blocks(path)}


def _years_before(day: date, years: int) -> date:
    """Return the latest birth date of somebody who is `years` old on `day`.

    Somebody born on 29 February comes of age on 1 March.
    """
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _counted(kind: Kind, columns: Columns) -> Iterator[tuple[int, RawRow]]:
    """One row of the query is one row of the table of its period."""
    counts = {count.name: arrays(columns, count.name) for count in kind.counts}
    statistics = {s.name: arrays(columns, s.name) for s in kind.statistics if s.name in columns}
    for place, (period, scope, by) in enumerate(_places(columns)):
        yield (
            period,
            RawRow(
                scope,
                by,
                {name: int(values[place]) for name, values in counts.items()},
                {name: _number(values[place]) for name, values in statistics.items()},
            ),
        )


def _as_lists(kind: Duration, sql: str) -> str:
    """Return a statement that gives a row a curve: its counts added up, its lengths as lists."""
    added = ", ".join(f"sum({count.name})::bigint as {count.name}" for count in kind.counts)
    length = ", ".join(f"{name} := {name}" for name in LENGTHS)
    lengths = f"list(struct_pack({length})) filter (observations > 0) as lengths"
    return f"select period, scope, series, {added}, {lengths} from ({sql}) group by all"


LENGTHS = ("days", "ended", "removed", "observations")
"""How long, whether it had ended or was left otherwise, and how many such there are."""


def _durations(kind: Duration, table: pa.Table, with_curves: bool) -> Iterator[tuple[int, RawRow]]:
    """Add counts up over the curves of a scope, and take the statistics from them."""
    known = {curve.series: curve for curve in kind.curves}
    lengths = table["lengths"].combine_chunks()
    ends = lengths.offsets.to_numpy()
    values = {
        name: lengths.values.field(name).cast(pa.float64()).to_numpy(zero_copy_only=False)
        for name in LENGTHS
    }
    counts = [table[count.name].to_pylist() for count in kind.counts]
    names = [count.name for count in kind.counts]
    places: dict[tuple[int, str], list[tuple[int, str]]] = {}
    keys = (table[name].to_pylist() for name in ("period", "scope", "series"))
    for index, (period, scope, series) in enumerate(zip(*keys, strict=True)):
        places.setdefault((period, scope), []).append((index, series))
    for (period, scope), mine in places.items():
        found: dict[str, float | None] = {name: None for c in kind.curves for name in c.statistics}
        curves: dict[str, Survival] = {}
        for index, series in mine:
            curve, here = known.get(series), slice(ends[index], ends[index + 1])
            if curve is None or here.start == here.stop:
                continue
            days, weights = values["days"][here], values["observations"][here]
            ended, removed = values["ended"][here] > 0, values["removed"][here] > 0
            fitted = survival(days, ended, weights=weights, removed=removed)
            found |= _of_curve(curve, fitted)
            if with_curves:
                curves[series] = fitted
        totals = {
            name: sum(column[index] or 0 for index, _ in mine)
            for name, column in zip(names, counts, strict=True)
        }
        yield period, RawRow(scope, None, totals, found, curves)


def _of_curve(curve: Curve, fitted: Survival) -> dict[str, float | None]:
    found: dict[str, float | None] = {}
    if curve.mean:
        number = float(fitted.events.sum())
        found[curve.mean] = float((fitted.time * fitted.events).sum()) / number if number else None
    for name, share in curve.quantiles:
        found[name] = fitted.quantile(share)
    for low, high, share in curve.intervals:
        found[low], found[high] = fitted.quantile_interval(share)
    return found


def _places(columns: Columns) -> list[tuple[int, str, str | None]]:
    periods = [int(period) for period in columns["period"]]
    scopes = [str(scope) for scope in columns["scope"]]
    if "by" not in columns:
        return [(period, scope, None) for period, scope in zip(periods, scopes, strict=True)]
    by = np.ma.asarray(columns["by"])
    hidden = np.ma.getmaskarray(by)
    return [
        (periods[i], scope, None if hidden[i] or by.data[i] is None else str(by.data[i]))
        for i, scope in enumerate(scopes)
    ]


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
