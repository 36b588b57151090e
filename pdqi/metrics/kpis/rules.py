"""How many pathways keep the rules of the project's content: one figure for every rule.

`parts` turns the rules into a small table, and one statement judges every person by all of them.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pdqi.config import Config
from pdqi.content.records import What
from pdqi.content.rules import Rule
from pdqi.metrics.kpi import Better, Count, Judged, Kpi
from pdqi.store.vocabularies import team_keys, treatment_keys

KEPT, BROKEN, UNKNOWN = "kept", "broken", "unknown"
OUTCOMES = (KEPT, BROKEN, UNKNOWN)
"""What a pathway does to a rule; unknown where a date is missing or the time is not over yet."""

COLUMNS: Mapping[str, str] = {
    "rule": "varchar",
    "form": "varchar",
    "part": "varchar",
    "record": "varchar",
    "step": "varchar",
    "team_keys": "integer[]",
    "treatment_keys": "integer[]",
    "days": "integer",
    "times": "integer",
    "episodes": "integer",
}
"""The columns of `rule_parts`, and their types."""


def parts(rules: Iterable[Rule], config: Config) -> dict[str, list[Any]]:
    """Return the table `rule_parts`: a row for everything that a rule speaks of, as columns."""
    rows = [row for rule in rules for row in _parts(rule, config)]
    return {name: [row.get(name) for row in rows] for name in COLUMNS}


def records_of(rule: Rule) -> list[list[str]]:
    """Return the kinds of records without which a rule cannot be judged: any one of each list."""
    return [
        ["treatments" if w.treatment else w.step if w.event else "episodes" for w in whats]
        for whats in rule.parts.values()
    ]


def _parts(rule: Rule, config: Config) -> Iterator[dict[str, Any]]:
    keys, treatments = team_keys(config), treatment_keys(config)

    def teams(places: Iterable[str]) -> list[int]:
        return [keys[team] for team in config.teams_of(places)]

    def part(name: str, what: What) -> dict[str, Any]:
        return {
            "rule": rule.id,
            "part": name,
            "record": what.record,
            "step": what.step,
            "team_keys": teams(what.at) if what.at else None,
            "treatment_keys": [treatments[name] for name in what.of] if what.of else None,
        }

    found: dict[str, Any] = {}
    if rule.before:
        found = {"form": "before"}
    elif rule.within:
        found = {"form": "within", "days": rule.within.days}
    elif rule.at_least:
        found = {
            "form": "at_least",
            "times": rule.at_least.times,
            "episodes": rule.at_least.after_episodes,
            "days": rule.at_least.days,
        }
    elif rule.never:
        for name, places in (("first", rule.never.first), ("then", rule.never.then)):
            yield {"rule": rule.id, "form": "never", "part": name, "team_keys": teams(places)}
    for name, whats in rule.parts.items():
        for what in whats:
            yield part(name, what) | found


RULES = Kpi(
    id="rules",
    section="journeys",
    name="Rules of the pathway",
    short="Rules",
    question="Which rules are kept?",
    numerator="people whose pathway keeps a rule, breaks it, or cannot be judged by it",
    denominator="people under care in the period to whom the rule applies",
    kind=Judged(
        counts=(Count("case_people", "{short}: people"), Count("other_people", "Others: people")),
        main="case_people",
    ),
    better=Better.HIGHER,
    scopes=("team", "service", "set", "system"),
    by="rule",
    monthly=False,
    reads=("care", "judged_people", "rule_marks"),
    tables=("people", "episodes", "diagnoses"),
    depends_on=("case_definition", "merge_gap_days"),
    caution="A rule is judged on what was recorded: what was done and not entered is not seen.",
    sql="""
        -- before: the day of the first `then` in the period, and what was there by then.
        with befores as (
            select period, rule, person_key, min(on_day) as by_day
            from rule_marks join periods using (period)
            where form = 'before' and part = 'then' and on_day between first_day and last_day
            group by all
        ),
        judged_before as (
            select befores.period, befores.rule, befores.person_key,
                   case when bool_or(marks.on_day <= by_day) then 'kept'
                        when bool_or(marks.on_day is null and passed_on <= by_day) then 'unknown'
                        else 'broken' end as outcome
            from befores left join rule_marks as marks
                on marks.period = befores.period and marks.person_key = befores.person_key
                and marks.rule = befores.rule and part = 'first'
            group by all
        ),
        -- within: each `after` in the period by itself, then the person.
        afters as (
            select period, rule, person_key, on_day, days, last_day
            from rule_marks join periods using (period)
            where form = 'within' and part = 'after'
                and coalesce(on_day, passed_on) between first_day and last_day
            group by all
        ),
        followed as (
            select afters.period, afters.rule, afters.person_key, afters.on_day,
                   case when afters.on_day is null then 'unknown'
                        when bool_or(seen.on_day between afters.on_day
                                     and afters.on_day + afters.days) then 'kept'
                        when afters.on_day + afters.days > last_day then 'unknown'
                        when bool_or(seen.on_day is null and seen.passed_on >= afters.on_day)
                            then 'unknown'
                        else 'broken' end as outcome
            from afters left join rule_marks as seen
                on seen.period = afters.period and seen.person_key = afters.person_key
                and seen.rule = afters.rule and seen.part = 'seen'
            group by afters.period, afters.rule, afters.person_key, afters.on_day, afters.days,
                     last_day
        ),
        judged_within as (
            select period, rule, person_key,
                   case when bool_or(outcome = 'broken') then 'broken'
                        when bool_or(outcome = 'unknown') then 'unknown'
                        else 'kept' end as outcome
            from followed group by all
        ),
        -- at_least: the start of the episode that makes it so many.
        counted as (
            select period, rule, person_key, started_on, times, days, last_day
            from care join periods using (period)
            join rule_parts on form = 'at_least'
            where started_on >= first_day
            qualify row_number() over (partition by period, rule, person_key
                                       order by started_on, team_key) = episodes
        ),
        judged_at_least as (
            select counted.period, counted.rule, counted.person_key,
                   case when count(*) filter (marks.on_day >= started_on and marks.on_day
                            <= coalesce(started_on + counted.days, last_day)) >= counted.times
                            then 'kept'
                        when started_on + counted.days > last_day then 'unknown'
                        when bool_or(marks.on_day is null and passed_on >= started_on)
                            then 'unknown'
                        else 'broken' end as outcome
            from counted left join rule_marks as marks
                on marks.period = counted.period and marks.person_key = counted.person_key
                and marks.rule = counted.rule
            group by counted.period, counted.rule, counted.person_key, started_on, counted.days,
                     counted.times, last_day
        ),
        -- never: what came directly after each episode at `first`, if anything has yet.
        pairs as (
            select period, person_key, team_key,
                   case when next_started_on <= last_day then next_team_key end as next_team
            from care join periods using (period)
            where started_on >= first_day
        ),
        judged_never as (
            select period, first.rule, person_key,
                   case when bool_or(list_contains("then".team_keys, next_team)) then 'broken'
                        when bool_or(next_team is not null) then 'kept'
                        else 'unknown' end as outcome
            from rule_parts as first
            join rule_parts as "then"
                on "then".rule = first.rule and "then".part = 'then'
            join pairs on list_contains(first.team_keys, team_key)
            where first.form = 'never' and first.part = 'first'
            group by all
        ),
        judged as (
            select * from judged_before union all select * from judged_within
            union all select * from judged_at_least union all select * from judged_never
        ),
        placed as (
            select period, scope, rule, outcome, is_case
            from judged join judged_people using (period, person_key)
            join care_scopes on shares_team(judged_people.teams, care_scopes.teams)
        )
        select period, scope, rule as by,
               count(*) filter (is_case) as case_people,
               count(*) filter (not is_case) as other_people
        from placed group by period, scope, rule
        union all
        select period, scope, rule || '>' || possible.outcome,
               count(*) filter (is_case and placed.outcome = possible.outcome),
               count(*) filter (not is_case and placed.outcome = possible.outcome)
        from placed cross join (select unnest(['kept', 'broken', 'unknown']) as outcome) possible
        group by period, scope, rule, possible.outcome
    """,
)
