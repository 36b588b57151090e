"""Two snapshots beside each other: each headline figure then and now, and why it differs."""

from dataclasses import dataclass
from pathlib import Path

from pdqi import words
from pdqi.charts.rows import Table
from pdqi.content import Library
from pdqi.errors import PdqiError
from pdqi.findings.since import NOT_A_TREND, Since, since
from pdqi.labels import Labels
from pdqi.meeting.news import table
from pdqi.metrics.catalogue import chosen
from pdqi.service import Service
from pdqi.snapshot.frozen import Snapshot
from pdqi.stand import Stand
from pdqi.store.store import Store

GONE = (
    "The data of the later snapshot are no longer kept, so why the figures differ cannot be told"
    " apart."
)
FEW = f"Two snapshots make {NOT_A_TREND}: what lies between them is on the charts by month."


@dataclass(frozen=True)
class Compared:
    """What differs between two snapshots: sentences, and each figure in a table."""

    said: tuple[str, ...]
    content: Table


def compare(one: Snapshot, other: Snapshot, store: Path, library: Library | None) -> Compared:
    """Return what changed from the earlier of two snapshots to the later.

    The reasons are told apart as they are since the last meeting, by working figures out again
    under the config of either; both are read as the audience of the later may see them. Raises
    `PdqiError` where the store cannot be read or a snapshot is damaged.
    """
    then, now = sorted((one, other), key=lambda each: each.about.made_at)
    old, new = Stand.from_json(then.stand), Stand.from_json(now.stand)
    begin = (
        f"{then.id} of {words.day(then.about.made_at.date())}: {then.about.chosen}.",
        f"{now.id} of {words.day(now.about.made_at.date())}: {now.about.chosen}.",
        *_about(then, now),
    )
    try:
        found = _since(old, new, now, store, library)
    except PdqiError:
        return Compared((*begin, GONE), _as_shown(then, now))
    return Compared((*begin, FEW, *found.news, *found.notes), table(found))


def _since(old: Stand, new: Stand, now: Snapshot, store: Path, library: Library | None) -> Since:
    rules = library.rules.rules if library else ()
    drawn = library.process_map if library else None
    named = {kpi.id: kpi for kpi in chosen(new.config)}
    kpis = [named[name] for name in new.config.headline if name in named]
    with Store.open(store, new.config) as today:
        opened = today
        if today.manifest.version != new.version:
            opened = today.version(new.version, new.config)
        try:
            service = Service(opened, new.config, rules, drawn)
            viewer = service.viewer(now.about.role)
            scope = service.scope(now.about.scope)
            labels = Labels.of(new.config)
            return since(old, service, library, labels, viewer, new.basis, scope, kpis, {})
        finally:
            if opened is not today:
                opened.close()


def _about(then: Snapshot, now: Snapshot) -> list[str]:
    """Return what differs in what the two were made of, in words."""
    one, other = then.about, now.about
    parts = (
        ("They were made for different readers", one.audience, other.audience),
        ("The content changed", one.content_digest, other.content_digest),
        ("The software changed", one.software, other.software),
    )
    return [f"{what}: {was} then, {is_now} now." for what, was, is_now in parts if was != is_now]


def _as_shown(then: Snapshot, now: Snapshot) -> Table:
    """Return the headline figures of both as they were shown, without reasons."""
    found = []
    for snapshot in (then, now):
        sheets = [x.sheet for s in snapshot.sections for x in s.exhibits if x.id == "headline"]
        found.append({row[0]: row[1] for sheet in sheets if sheet for row in sheet.rows})
    names = dict.fromkeys((*found[0], *found[1]))
    rows = [(name, *(each.get(name, "not in it") for each in found)) for name in names]
    return Table(("Figure", "Then", "Now"), tuple(rows))
