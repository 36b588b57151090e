"""What is measured of an event log: activities, what directly follows what, routes, and rules.

Raw counts have one reader here too: disclosure control. Activities go by their key in the store.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from pdqi.ingest.log_mapping import LogRule
from pdqi.metrics.kpi import Count, Kind, Statistic, Tally
from pdqi.metrics.kpis.pathways import ROUTE_STEPS, STEP
from pdqi.metrics.measure import Raw, RawRow
from pdqi.model import SYSTEM, Basis
from pdqi.store.log import LogStore
from pdqi.store.store import Columns

CASES = Count("people", "Cases")
ACTIVITIES = Tally(counts=(CASES,), main="people")
FOLLOWS = Tally(
    counts=(CASES, Count("moves", "Times", within=("people",))),
    statistics=(Statistic("median_seconds", "Median time between", "time"),),
    main="moves",
)
ROUTES = Tally(
    counts=(CASES,),
    statistics=(Statistic("median_seconds", "Median time", "time"),),
    main="people",
)
RULES = Tally(counts=(CASES,), main="people")

_IN_PERIOD = "moment >= $from and moment < $until"
_ACTIVITIES = f"""
    select activity_key::varchar as scope, null as by, count(distinct case_key) as people
    from log where counted and {_IN_PERIOD}
    group by activity_key order by activity_key
"""
_FOLLOWS = f"""
    select activity_key::varchar as scope, next_activity_key::varchar as by,
           count(*) as moves, count(distinct case_key) as people,
           median(seconds) as median_seconds
    from follows where {_IN_PERIOD} and next_moment < $until
    group by activity_key, next_activity_key order by activity_key, next_activity_key
"""
_ROUTES = f"""
    with ways as (
        select case_key, list(activity_key order by moment, source_row) as steps,
               epoch(max(moment)) - epoch(min(moment)) as seconds
        from log where counted and {_IN_PERIOD} group by case_key
    ),
    told as (
        select seconds, array_to_string(steps[:$route_steps], '>')
               || case when len(steps) > $route_steps then '>…' else '' end as route
        from ways
    ),
    placed as (
        select seconds, case when count(*) over (partition by route) >= $fewest
                             then route else '*' end as told_as
        from told
    )
    select 'system' as scope, told_as as by, count(*) as people, median(seconds) as median_seconds
    from placed group by grouping sets ((), (told_as)) order by grouping(told_as) desc, told_as
"""

_MARKS = f"""
    with marks as (
        select case_key, activity, moment, source_row,
               activity = any($first) as is_first, activity = any($then) as is_then
        from log join activities using (activity_key)
        where counted and {_IN_PERIOD}
    )
"""
_BEFORE = f"""
    {_MARKS},
    firsts as (
        select case_key, arg_min(is_first, (moment, source_row)) as came_first
        from marks where is_first or is_then
        group by case_key having bool_or(is_then)
    )
    select case when came_first then 'kept' else 'broken' end as outcome, count(*) as people
    from firsts group by outcome
"""
_WITHIN = f"""
    {_MARKS},
    ends as (select max(moment) as over from marks),
    afters as (
        select case_key, source_row, moment from marks where is_first
    ),
    each as (
        select afters.case_key,
               case when bool_or(is_then and (marks.moment, marks.source_row)
                                    >= (afters.moment, afters.source_row)
                                 and epoch(marks.moment) - epoch(afters.moment) <= $seconds)
                        then 'kept'
                    when epoch(any_value(over)) - epoch(afters.moment) < $seconds then 'unknown'
                    else 'broken' end as outcome
        from afters join marks using (case_key) cross join ends
        group by afters.case_key, afters.source_row, afters.moment
    ),
    cases_judged as (
        select case when bool_or(outcome = 'broken') then 'broken'
                    when bool_or(outcome = 'unknown') then 'unknown' else 'kept' end as outcome
        from each group by case_key
    )
    select outcome, count(*) as people from cases_judged group by outcome
"""
_AT_LEAST = f"""
    {_MARKS},
    begun as (
        select case_key, min((moment, source_row)) as begins
        from marks where $anywhere or is_first group by case_key
    ),
    cases_judged as (
        select case when count(*) filter (is_then and (moment, source_row) >= begins) >= $times
                    then 'kept' else 'broken' end as outcome
        from begun join marks using (case_key) group by case_key
    )
    select outcome, count(*) as people from cases_judged group by outcome
"""
_NEVER = """
    with pairs as (
        select case_key, next_name.activity = any($then) as forbidden
        from follows
        join activities as name using (activity_key)
        join activities as next_name on next_name.activity_key = next_activity_key
        where moment >= $from and next_moment < $until and name.activity = any($first)
    ),
    cases_judged as (
        select case_key, case when bool_or(forbidden) then 'broken' else 'kept' end as outcome
        from pairs group by case_key
        union all
        select distinct case_key, 'unknown'
        from log join activities using (activity_key)
        where counted and moment >= $from and moment < $until and activity = any($first)
            and case_key not in (select case_key from pairs)
    )
    select outcome, count(*) as people from cases_judged group by outcome
"""


@dataclass(frozen=True)
class Statement:
    """One statement of a rule, and what it binds besides the period."""

    sql: str
    bound: Mapping[str, Any]


def statement(rule: LogRule) -> Statement:
    """Return how a rule is judged: one row an outcome, with the cases of it."""
    if rule.before:
        return Statement(_BEFORE, {"first": [rule.before.first], "then": [rule.before.then]})
    if rule.within:
        of = rule.within
        bound = {"first": [of.after], "then": list(of.seen), "seconds": of.seconds}
        return Statement(_WITHIN, bound)
    if rule.at_least:
        least = rule.at_least
        first = [least.after] if least.after else []
        bound = {"first": first, "then": [least.of], "times": least.times}
        return Statement(_AT_LEAST, bound | {"anywhere": least.after is None})
    assert rule.never is not None
    return Statement(_NEVER, {"first": list(rule.never.first), "then": list(rule.never.then)})


def activities(store: LogStore, basis: Basis) -> Raw:
    """Return how many cases have each activity."""
    return _measured(store, basis, "log_activities", ACTIVITIES, _ACTIVITIES, {})


def follows(store: LogStore, basis: Basis) -> Raw:
    """Return how often each activity was directly followed by each, by how many cases, when."""
    return _measured(store, basis, "log_follows", FOLLOWS, _FOLLOWS, {})


def routes(store: LogStore, basis: Basis, fewest: int) -> Raw:
    """Return how many cases took each route; those of fewer than `fewest` are one row."""
    bound = {"route_steps": ROUTE_STEPS, "fewest": fewest}
    return _measured(store, basis, "log_routes", ROUTES, _ROUTES, bound)


def rules(store: LogStore, basis: Basis, of: Iterable[LogRule], outcomes: Iterable[str]) -> Raw:
    """Return how many cases each rule applies to, and how many keep, break or escape it."""
    rows: list[RawRow] = []
    with store.session() as session:
        for rule in of:
            asked = statement(rule)
            found = session.rows(asked.sql, {**_period(basis), **asked.bound})
            people = {row["outcome"]: int(row["people"]) for row in found}
            if not people:
                continue
            rows.append(RawRow(SYSTEM, rule.id, {"people": sum(people.values())}, {}))
            rows += [
                RawRow(SYSTEM, f"{rule.id}{STEP}{outcome}", {"people": people.get(outcome, 0)}, {})
                for outcome in outcomes
            ]
    return Raw("log_rules", RULES, basis, tuple(rows))


def _period(basis: Basis) -> dict[str, Any]:
    last = basis.period.last
    return {"from": basis.period.first, "until": last.fromordinal(last.toordinal() + 1)}


def _measured(
    store: LogStore, basis: Basis, name: str, kind: Kind, sql: str, bound: Mapping[str, Any]
) -> Raw:
    with store.session() as session:
        columns = session.columns(sql, {**_period(basis), **bound})
    rows = tuple(_rows(kind, columns))
    return Raw(name, kind, basis, rows)


def _rows(kind: Kind, columns: Columns) -> Iterable[RawRow]:
    by = np.ma.asarray(columns["by"])
    hidden = np.ma.getmaskarray(by)
    for i, scope in enumerate(columns["scope"]):
        counts = {count.name: int(columns[count.name][i]) for count in kind.counts}
        if not any(counts.values()):
            continue
        statistics = {s.name: float(columns[s.name][i]) for s in kind.statistics}
        part = None if hidden[i] or by.data[i] is None else str(by.data[i])
        yield RawRow(str(scope), part, counts, statistics)
