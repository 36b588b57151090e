"""From an engine's small aggregates to the figures of every KPI, and the comparison of engines.

pandas and Polars each reduce millions of rows to a few thousand; what is left to do takes
milliseconds and is done here for both. Curves come from `pdqi.statistics.survival` for all
engines. pdqi itself uses nothing of this module but the comparison.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.asked import Asked
from pdqi.metrics.catalogue import CATALOGUE, kpi
from pdqi.metrics.kpi import Curve, Duration
from pdqi.metrics.measure import Raw
from pdqi.statistics.survival import survival

Columns = Mapping[str, npt.NDArray[Any]]
Row = dict[str, float | int | None]
Figures = dict[str, dict[str, Row]]
"""KPI, then scope and breakdown, then field."""

AGGREGATES: Mapping[str, tuple[str, ...]] = {
    "caseload": (
        *("teams", "is_case", "confirmed", "referred", "assessed", "started", "completed"),
        *("reviewed", "unindicated", "entered", "people"),
    ),
    "lengths": ("team_key", "is_case", "closed", "days", "episodes"),
    "starters": ("teams", "twice", "is_case", "people"),
    "waits": ("team_key", "treatment_key", "recent", "started", "waiting", "days", "referrals"),
    "wait_people_by_team": ("team_key", "recent", "waiting"),
    "wait_people_by_treatment": ("treatment_key", "recent", "waiting"),
    "supported": ("team_key", "denominator", "numerator"),
    "visitors": ("team_key", "denominator", "numerator"),
    "delays": ("team_key", "days", "confirmed", "team_known", "at_specialist", "people"),
    "assessed": ("team_key", "denominator", "numerator"),
    "entries": ("team_key", "referral_source", "people"),
    "moves": ("group", "team_key", "next_team_key", "moves", "people", "median_days"),
    "trained": ("team_key", "denominator", "numerator"),
    "supervised": ("team_key", "denominator", "numerator"),
}
"""What an engine hands over: each table's columns. Flags are booleans, sets of teams and of
treatments are bits, days are numbers."""


def of_raw(raw: Mapping[str, Sequence[Raw]]) -> Figures:
    """Return pdqi's own exact figures in the form in which they are compared."""
    return {
        name: {_at(row.scope, row.by): {**row.counts, **row.statistics} for row in table.rows()}
        for name, (table,) in raw.items()
    }


def differences(ours: Figures, theirs: Figures) -> list[str]:
    """Return where two engines disagree, as sentences without the figures themselves."""
    found = []
    for item in CATALOGUE:
        mine, other = ours[item.id], theirs[item.id]
        for at in sorted(mine.keys() ^ other.keys()):
            found.append(f"{item.id} {at}: one engine has no such row")
        for at in sorted(mine.keys() & other.keys()):
            fields = {*mine[at], *other[at]}
            unequal = sorted(f for f in fields if mine[at].get(f) != other[at].get(f))
            if unequal:
                found.append(f"{item.id} {at}: {', '.join(unequal)} differ")
    return found


def how_many(figures: Figures) -> int:
    """Return the number of values compared."""
    return sum(len(row) for rows in figures.values() for row in rows.values())


def of_aggregates(asked: Asked, tables: Mapping[str, Columns]) -> Figures:
    """Return the figures of every KPI from the aggregates of an engine."""
    figures = _of_caseload(asked, tables["caseload"])
    figures["episode_length"] = _lengths(asked, tables["lengths"], tables["caseload"])
    returns = _returns(asked, tables["starters"])
    figures["multiple_episodes"] = figures["multiple_episodes_ratio"] = returns
    figures |= _waits(asked, tables)
    figures["diagnosis_delay"] = _delays(asked, tables["delays"])
    figures["entry_points"] = _entries(asked, tables["entries"])
    figures["transitions"] = _transitions(asked, tables["moves"])
    for name, table in (
        ("support_while_waiting", "supported"),
        ("drop_in_waiting", "visitors"),
        ("assessed_within_28_days", "assessed"),
        ("staff_trained", "trained"),
        ("supervision_delivered", "supervised"),
    ):
        figures[name] = {
            _at(asked.teams[int(team)]): {"denominator": int(whole), "numerator": int(part)}
            for team, whole, part in _rows(tables[table], AGGREGATES[table])
        }
    return figures


def _transitions(asked: Asked, moves: Columns) -> Figures:
    """Return moves of everybody (`group` 0), of cases (1) and of others (2)."""
    prefixes = ("", "case_", "other_")
    found: Figures = {}
    for group, team, other, number, people, median in _rows(moves, AGGREGATES["moves"]):
        at, prefix = _at(asked.teams[int(team)], asked.teams[int(other)]), prefixes[int(group)]
        row = found.setdefault(
            at,
            {
                f"{before}{name}": value
                for before in prefixes
                for name, value in (("moves", 0), ("people", 0), ("median_days", None))
            },
        )
        row[f"{prefix}moves"], row[f"{prefix}people"] = int(number), int(people)
        row[f"{prefix}median_days"] = None if np.isnan(median) else float(median)
    return found


def _of_caseload(asked: Asked, caseload: Columns) -> Figures:
    case = caseload["is_case"]
    names = (
        "case_prevalence",
        "case_prevalence_confirmed_only",
        "case_confirmed_share",
        "ebt_received",
    )
    names += ("ebt_cascade", "panel_reviewed", "panel_reviewed_case", "prescribing")
    names += ("no_diagnosis_entry",)
    found: Figures = {name: {} for name in names}
    for scope in asked.care_scopes:
        here = np.where((caseload["teams"] & scope.bits) > 0, caseload["people"], 0)

        def count(flags: npt.NDArray[Any], here: npt.NDArray[Any] = here) -> int:
            return int(here[flags].sum())

        at, everyone, cases = _at(scope.key), int(here.sum()), count(case)
        confirmed, reviewed = count(case & caseload["confirmed"]), caseload["reviewed"]
        whole: Row = {"within": everyone, "denominator": cases}
        found["case_prevalence"][at] = {"denominator": everyone, "numerator": cases}
        found["case_prevalence_confirmed_only"][at] = {
            "denominator": everyone,
            "cases": cases,
            "numerator": confirmed,
        }
        found["case_confirmed_share"][at] = whole | {"numerator": confirmed}
        without = count(~caseload["entered"])
        found["no_diagnosis_entry"][at] = {"denominator": everyone, "numerator": without}
        found["panel_reviewed"][at] = {"denominator": everyone, "numerator": count(reviewed)}
        found["panel_reviewed_case"][at] = whole | {
            "reviewed": count(reviewed),
            "numerator": count(case & reviewed),
        }
        if asked.has_prescriptions:
            found["prescribing"][at] = whole | {"numerator": count(case & caseload["unindicated"])}
        for key in (None, *sorted(asked.counted)):
            bits = -1 if key is None else 1 << key
            by = None if key is None else asked.treatments[key]
            steps: Row = {
                step: count(case & ((caseload[step] & bits) != 0))
                for step in ("referred", "assessed", "started", "completed")
            }
            found["ebt_cascade"][_at(scope.key, by)] = {
                "under_care": everyone,
                "cases": cases,
            } | steps
            found["ebt_received"][_at(scope.key, by)] = whole | {"numerator": steps["started"]}
    return found


def _lengths(asked: Asked, lengths: Columns, caseload: Columns) -> dict[str, Row]:
    case, closed, episodes = lengths["is_case"], lengths["closed"], lengths["episodes"]
    of_team = _bits(lengths["team_key"])
    found = {}
    for scope in asked.care_scopes:
        row: Row = {}
        for prefix, series, flags, people in (
            ("", "case", case, caseload["is_case"]),
            ("other_", "other", ~case, ~caseload["is_case"]),
        ):
            here = flags & ((of_team & scope.bits) > 0)
            under_care = people & ((caseload["teams"] & scope.bits) > 0)
            row[f"{prefix}people"] = int(caseload["people"][under_care].sum())
            row[f"{prefix}episodes"] = int(episodes[here].sum())
            row[f"{prefix}closed"] = int(episodes[here & closed].sum())
            row |= _curve(
                "episode_length", series, lengths["days"][here], closed[here], episodes[here]
            )
        found[_at(scope.key)] = row
    return found


def _returns(asked: Asked, starters: Columns) -> dict[str, Row]:
    teams, people, case = starters["teams"], starters["people"], starters["is_case"]
    found = {}
    for scope in asked.return_scopes:
        shared = teams & scope.bits
        here = shared > 0
        # Several in one team, or one in each of several: a number without its lowest bit.
        several = here & (((starters["twice"] & scope.bits) > 0) | ((shared & (shared - 1)) > 0))
        found[_at(scope.key)] = {
            "case_denominator": int(people[here & case].sum()),
            "case_numerator": int(people[several & case].sum()),
            "other_denominator": int(people[here & ~case].sum()),
            "other_numerator": int(people[several & ~case].sum()),
        }
    return found


def _waits(asked: Asked, tables: Mapping[str, Columns]) -> Figures:
    waits = tables["waits"]
    number, days, waiting = waits["referrals"], waits["days"], waits["waiting"]
    found: Figures = {"ebt_wait": {}, "ebt_waiting_now": {}}
    scopes: list[tuple[str, npt.NDArray[Any], int, int]] = []
    for column, names, people in (
        ("team_key", dict(enumerate(asked.teams)), tables["wait_people_by_team"]),
        ("treatment_key", asked.treatments, tables["wait_people_by_treatment"]),
    ):
        for key, recent, now in _rows(people, (column, "recent", "waiting")):
            scopes.append((names[int(key)], waits[column] == key, int(recent), int(now)))
    for name, here, recent_people, waiting_people in scopes:
        recent, now = here & waits["recent"], here & waiting
        over = {
            weeks: int(number[now & (days > asked.bound[f"weeks_{weeks}"])].sum())
            for weeks in (4, 18, 26, 52)
        }
        found["ebt_wait"][_at(name)] = {
            "people": recent_people,
            "referred": int(number[recent].sum()),
            "still_waiting": int(number[now].sum()),
            "waiting_over_18_weeks": over[18],
            "waiting_over_52_weeks": over[52],
        } | _curve("ebt_wait", "", days[recent], waits["started"][recent], number[recent])
        found["ebt_waiting_now"][_at(name)] = {
            "people": waiting_people,
            "waiting": int(number[now].sum()),
            **{f"over_{weeks}_weeks": people for weeks, people in over.items()},
            "longest_days": float(days[now].max()) if now.any() else None,
        }
    return found


def _delays(asked: Asked, delays: Columns) -> dict[str, Row]:
    of_team, people = _bits(delays["team_key"]), delays["people"]
    found = {}
    for scope in asked.scopes:
        here = (of_team & scope.bits) > 0
        if scope.kind not in ("team", "system") or not here.any():
            continue
        row: Row = {"people": int(people[here].sum())}
        for name in ("confirmed", "team_known", "at_specialist"):
            row[name] = int(people[here & delays[name]].sum())
        confirmed = delays["confirmed"][here]
        found[_at(scope.key)] = row | _curve(
            "diagnosis_delay", "", delays["days"][here], confirmed, people[here]
        )
    return found


def _entries(asked: Asked, entries: Columns) -> dict[str, Row]:
    people = np.sort(entries["people"])[::-1].astype(np.int64)
    before, everyone = np.cumsum(people) - people, int(people.sum())
    found: dict[str, Row] = {}
    for key, source, number in _rows(entries, AGGREGATES["entries"]):
        team = asked.teams[int(key)]
        whole = found.setdefault(_at(team), {"people": 0, "routes_for_95_percent": None})
        whole["people"] = int(whole["people"] or 0) + int(number)
        found[_at(team, source)] = {"people": int(number), "routes_for_95_percent": None}
    found[_at("system")] = {
        "people": everyone,
        "routes_for_95_percent": float((before * 100 < everyone * 95).sum()),
    }
    return found


def _curve(
    kpi_id: str,
    series: str,
    days: npt.NDArray[Any],
    ended: npt.NDArray[Any],
    number: npt.NDArray[Any],
) -> Row:
    """Return the statistics that a KPI takes from one curve of its durations."""
    kind = kpi(kpi_id).kind
    assert isinstance(kind, Duration)
    curve: Curve = next(item for item in kind.curves if item.series == series)
    fitted = survival(days, ended, weights=number) if len(days) else None
    found: Row = {name: fitted and fitted.quantile(share) for name, share in curve.quantiles}
    for low, high, share in curve.intervals:
        found[low], found[high] = fitted.quantile_interval(share) if fitted else (None, None)
    if curve.mean:
        total = int(number[ended].sum())
        found[curve.mean] = float((days * number)[ended].sum()) / total if total else None
    return found


def _bits(team_keys: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    return np.left_shift(np.int64(1), team_keys.astype(np.int64))


def _rows(table: Columns, names: Iterable[str]) -> Iterable[tuple[Any, ...]]:
    return zip(*(table[name] for name in names), strict=True)


def _at(scope: str, by: str | None = None) -> str:
    return json.dumps([scope, by])
