"""Which whole months the data cover: months outside are absent from figures, never zero."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta

import duckdb

from pdqi.ingest.sources import SourceRecord

EDGE_DAYS = 7
"""A month counts as complete when something happened in its first, or last, so many days."""

STARTS = {
    "diagnoses": ("recorded_on",),
    "treatments": ("referred_on", "started_on", "ended_on"),
    "events": ("occurred_on",),
    "prescriptions": ("started_on", "ended_on"),
}
"""What stands in for episodes where a store has none."""


def covered(
    connection: duckdb.DuckDBPyConnection, sources: Mapping[str, SourceRecord], today: date
) -> tuple[date | None, date | None]:
    """Return the first day of the first complete month and the last day of the last.

    A source that says what it covers is believed; the others are judged by their episodes' dates
    up to `today`, since a date to come is a plan or a slip. (None, None) where nothing is covered.
    """
    ranges = [record.range for record in sources.values() if record.range]
    found = _by_episodes(connection, today)
    if not found and not ranges:
        found = _by_anything(connection, today)
    ranges += [
        months
        for source, first, last in found
        if (source not in sources or sources[source].range is None)
        and (months := whole_months(first, last))
    ]
    if not ranges:
        return None, None
    first, last = min(first for first, _ in ranges), max(last for _, last in ranges)
    # A source may name days inside a month; figures need whole ones.
    return whole_months(first, last, edge=1) or (None, None)


def whole_months(first: date, last: date, edge: int = EDGE_DAYS) -> tuple[date, date] | None:
    """Return the whole months between two days, a month counting with `edge` days at its end."""
    if first.day > edge:
        first = first.replace(day=monthrange(first.year, first.month)[1]) + timedelta(days=1)
    first = first.replace(day=1)
    days = monthrange(last.year, last.month)[1]
    last = (
        last.replace(day=days)
        if last.day > days - edge
        else last.replace(day=1) - timedelta(days=1)
    )
    return (first, last) if first < last else None


def _by_episodes(
    connection: duckdb.DuckDBPyConnection, today: date
) -> list[tuple[str, date, date]]:
    return connection.execute(
        "with days as (select source, referred_on, started_on, ended_on from out_episodes), "
        "each as (select source, unnest([referred_on, started_on, ended_on]) as day from days) "
        "select source, "
        "(select min(referred_on) from days where days.source = each.source), max(day) "
        "from each where day <= $today group by source order by source",
        {"today": today},
    ).fetchall()


def _by_anything(
    connection: duckdb.DuckDBPyConnection, today: date
) -> list[tuple[str, date, date]]:
    union = " union all ".join(
        f"select source, {day} as day, {day} as start from out_{name}"
        if day == days[0]
        else f"select source, {day}, null from out_{name}"
        for name, days in STARTS.items()
        for day in days
    )
    return connection.execute(
        f"select source, min(start), max(day) from ({union}) where day <= $today "
        "group by source order by source",
        {"today": today},
    ).fetchall()
