"""How late records come: how old the newest ones were at the load, and what came afterwards."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from pdqi.errors import StoreError
from pdqi.metrics.items import DATED_BY, of_table
from pdqi.metrics.kpis.quality import QUALITY_ITEMS
from pdqi.model import NO_DATA, SUPPRESSED, SYSTEM, Cell, Period, Published
from pdqi.quality.accounts import Account
from pdqi.service import Service, Viewer
from pdqi.store import folder

MONTHS = 12
"""How far back months are compared with the load before."""


@dataclass(frozen=True)
class Newest:
    """How old the newest record of a file was when the data were loaded."""

    file: str
    table: str
    newest_on: date
    days: int
    """Below zero where a day lies after the load: a slip of the pen, or a plan."""


@dataclass(frozen=True)
class Late:
    """Rows of one month as they were known at the load before, and now."""

    table: str
    month: Period
    then: Cell
    now: Cell
    share: Cell
    """What had come by the load before, of what is known now; over 1 where rows left since."""


@dataclass(frozen=True)
class Before:
    """The load before this one, and every month whose rows have become other since."""

    loaded_on: date
    version: str
    changed: tuple[Late, ...]


def loaded_on(service: Service) -> date:
    """Return the day of the load."""
    return datetime.fromisoformat(service.manifest.loaded_at).date()


def newest(service: Service, accounts: tuple[Account, ...]) -> tuple[Newest, ...]:
    """Return how old each file's newest record was, where it has records with a day."""
    at = loaded_on(service)
    found = []
    for item in accounts:
        if item.last_on is not None:
            day = date.fromisoformat(item.last_on)
            found.append(Newest(item.file, item.table, day, (at - day).days))
    return tuple(found)


def before(service: Service, viewer: Viewer) -> Before | None:
    """Return what changed since the load before in months that it held whole.

    None where no earlier version is kept. Both sides are published figures, so a difference says
    no more than the two pages would side by side.
    """
    version = _version_before(service.store.path)
    if version is None:
        return None
    try:
        with service.store.version(version.name, service.config) as store:
            then = _months(Service(store, service.config), viewer)
    except StoreError:
        return None
    now = _months(service, viewer)
    months = [month for month in then if month in now][-MONTHS:]
    changed = [
        _late(table, month, then[month], now[month])
        for table in DATED_BY
        if table != "people"
        for month in months
        if _cell(then[month], table) != _cell(now[month], table)
    ]
    day = datetime.fromisoformat(folder.manifest(version).loaded_at).date()
    return Before(day, version.name, tuple(changed))


def _version_before(current: Path) -> Path | None:
    """Return the version that was loaded last before this one."""
    loaded = {
        path: _loaded(path)
        for path in current.parent.iterdir()
        if not path.name.startswith(".") and (path / "manifest.json").is_file()
    }
    earlier = [path for path, at in loaded.items() if path != current and at <= loaded[current]]
    return max(earlier, key=loaded.__getitem__, default=None)


def _loaded(version: Path) -> tuple[str, int]:
    """Return when a version was loaded; the file's own time tells loads of one second apart."""
    return folder.manifest(version).loaded_at, (version / "manifest.json").stat().st_mtime_ns


def _months(service: Service, viewer: Viewer) -> dict[Period, Published]:
    found = service.months(viewer, (QUALITY_ITEMS,))[QUALITY_ITEMS.id]
    return {published.basis.period: published for published in found}


def counted_item(table: str) -> str:
    """Return the item that every row of a table has, by which its rows are counted."""
    return next(item.id for item in of_table(table) if not item.due)


def _cell(published: Published, table: str) -> Cell:
    figure = published.at(SYSTEM, counted_item(table))
    return figure["rows"] if figure is not None else Cell(0)


def _late(table: str, month: Period, then: Published, now: Published) -> Late:
    old, new = _cell(then, table), _cell(now, table)
    share = SUPPRESSED
    if old.value is not None and new.value is not None:
        share = Cell(float(old.value) / float(new.value)) if new.value else NO_DATA
    return Late(table, month, old, new, share)
