"""KPI × basis × store → raw figures. Raw counts have one reader: disclosure control."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from pdqi.config import Config
from pdqi.metrics.kpi import Curve, Duration, Kind, Kpi
from pdqi.model import Basis
from pdqi.statistics.survival import survival
from pdqi.store import sqlfile
from pdqi.store.store import Columns, Session, Store, arrays
from pdqi.store.vocabularies import scopes

WORKING = Path(__file__).with_name("working.sql")
DAYS_18_WEEKS, DAYS_52_WEEKS = 126, 364
LOOK_BACK_MONTHS = 24
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
    """Measures KPIs for one basis in one session; working tables are made when first read."""

    session: Session
    basis: Basis
    parameters: Mapping[str, Any]
    order: Mapping[str, int]
    """The place of each scope and treatment in config: rows come in that order, always."""

    @cached_property
    def _made(self) -> set[str]:
        return set()

    def measure(self, kpi: Kpi) -> Raw:
        """Return the exact figures of a KPI at every scope."""
        for name in kpi.reads:
            self._make(name)
        columns = self.session.columns(kpi.sql, self._bound(kpi.sql))
        estimate = _durations if isinstance(kpi.kind, Duration) else _counted
        rows = sorted(
            estimate(kpi.kind, columns),
            key=lambda row: (
                self.order[row.scope],
                row.by is not None,
                self.order.get(row.by or "", 0),
                row.by or "",
            ),
        )
        return Raw(kpi.id, kpi.kind, self.basis, tuple(rows))

    def _make(self, name: str) -> None:
        blocks = {block.name: block for block in sqlfile.blocks(WORKING)}
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


def parameters(config: Config, basis: Basis) -> dict[str, Any]:
    """Return everything that SQL may bind for a basis."""
    period, band = basis.period, config.age_band(basis.age_band)
    census = period.last
    return {
        "from": period.first,
        "to": census,
        "definition": basis.definition,
        "any_age": band.first is None and band.last is None,
        "born_by": FAR_AHEAD if band.first is None else _years_before(census, band.first),
        "born_after": LONG_AGO if band.last is None else _years_before(census, band.last + 1),
        "two_years_from": period.months_before_end(LOOK_BACK_MONTHS),
        "support_from": date.fromordinal(census.toordinal() - SUPPORT_DAYS + 1),
        "weeks_18": DAYS_18_WEEKS,
        "weeks_52": DAYS_52_WEEKS,
        "assessment_days": ASSESSMENT_DAYS,
        "panel_kind": config.rules.panel_kind,
        "attendance_kind": config.rules.attendance_kind,
        "contact_kinds": list(config.rules.contact_kinds),
        "trained_measure": config.rules.trained_measure,
        "supervised_measure": config.rules.supervised_measure,
    }


def measure(store: Store, config: Config, kpis: Iterable[Kpi], basis: Basis) -> dict[str, Raw]:
    """Return the raw figures of several KPIs, which share their working tables."""
    names = [scope.key for scope in scopes(config)] + [item.id for item in config.treatments]
    order = {name: place for place, name in enumerate(names)}
    with store.session() as session:
        measurer = Measurer(session, basis, parameters(config, basis), order)
        return {kpi.id: measurer.measure(kpi) for kpi in kpis}


def _years_before(day: date, years: int) -> date:
    """Return the latest birth date of somebody who is `years` old on `day`.

    Somebody born on 29 February comes of age on 1 March.
    """
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _counted(kind: Kind, columns: Columns) -> Iterator[RawRow]:
    """One row of the query is one row of the table."""
    counts = {count.name: arrays(columns, count.name) for count in kind.counts}
    statistics = {s.name: arrays(columns, s.name) for s in kind.statistics if s.name in columns}
    for place, (scope, by) in enumerate(_places(columns)):
        yield RawRow(
            scope,
            by,
            {name: int(values[place]) for name, values in counts.items()},
            {name: _number(values[place]) for name, values in statistics.items()},
        )


def _durations(kind: Kind, columns: Columns) -> Iterator[RawRow]:
    """Add counts up over the rows of a scope, and take the statistics from its curves."""
    assert isinstance(kind, Duration)
    places: dict[tuple[str, str | None], list[int]] = {}
    for index, place in enumerate(_places(columns)):
        places.setdefault(place, []).append(index)
    counts = {count.name: arrays(columns, count.name) for count in kind.counts}
    direct = {s.name: arrays(columns, s.name) for s in kind.statistics if s.name in columns}
    series = np.asarray(columns["series"], dtype=str)
    days, ended = arrays(columns, "days"), arrays(columns, "ended")
    observations = arrays(columns, "observations")
    for (scope, by), indices in places.items():
        at = np.asarray(indices)
        found: dict[str, float | None] = {}
        for name, values in direct.items():
            known = values[at][~np.isnan(values[at])]
            found[name] = float(known.max()) if len(known) else None
        for curve in kind.curves:
            here = at[(series[at] == curve.series) & ~np.isnan(days[at])]
            found |= _of_curve(curve, days[here], ended[here] > 0, observations[here])
        yield RawRow(
            scope, by, {name: int(np.nansum(values[at])) for name, values in counts.items()}, found
        )


def _of_curve(curve: Curve, days: Any, ended: Any, weights: Any) -> dict[str, float | None]:
    names = [name for name, _ in curve.quantiles]
    names += [name for low, high, _ in curve.intervals for name in (low, high)]
    found: dict[str, float | None] = dict.fromkeys(names)
    if curve.mean:
        number = float((weights * ended).sum())
        found[curve.mean] = float((days * weights * ended).sum()) / number if number else None
    if not len(days):
        return found
    fitted = survival(days, ended, weights)
    for name, share in curve.quantiles:
        found[name] = fitted.quantile(share)
    for low, high, share in curve.intervals:
        found[low], found[high] = fitted.quantile_interval(share)
    return found


def _places(columns: Columns) -> list[tuple[str, str | None]]:
    scopes = [str(scope) for scope in columns["scope"]]
    if "by" not in columns:
        return [(scope, None) for scope in scopes]
    by = np.ma.asarray(columns["by"])
    hidden = np.ma.getmaskarray(by)
    return [
        (scope, None if hidden[i] or by.data[i] is None else str(by.data[i]))
        for i, scope in enumerate(scopes)
    ]


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
