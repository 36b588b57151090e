-- The vocabulary of the KPIs: working tables of one session, made when a KPI reads them, for all
-- the periods that are asked for at once. `periods` has a row for each: its first and last day (the
-- census day: nothing recorded after it may influence a figure) and the days worked out from them.
-- $from and $to are the first and last day of all; they only keep rows out that no period wants.
-- People are told apart by `person_key`; a person's teams are bits of one number, so that they are
-- counted once in every scope.

-- table: cases
-- People who meet the case definition on the census day.
select period, person_key, confirmed
from case_spans
join periods on from_on <= last_day and (until_on is null or until_on > last_day)
where definition = $definition and from_on <= $to and (until_on is null or until_on > $from)

-- table: care
-- Episodes under way in the period of people of the chosen age, as known on the census day, and
-- whether the person has the condition. Read once: three working tables are made from it.
select period, person_key, team_key, started_on, ended_on, next_team_key, next_started_on,
       cases.person_key is not null as is_case,
       coalesce(confirmed, false) as confirmed
from (
    select * from spells
    where known_from <= $to and (superseded_on is null or superseded_on > $from)
      and (ended_on is null or ended_on >= $from)
) as spells
join periods on known_from <= last_day and (superseded_on is null or superseded_on > last_day)
    and (ended_on is null or ended_on >= first_day)
    and ($any_age or (birth_date > born_after and birth_date <= born_by))
left join cases using (period, person_key)

-- table: caseload
-- People under care in each scope that the data know: an episode that started by the census day
-- and had not ended before the period. One row for each combination that occurs, with the number
-- of people in it; a scope without anybody has one row without a number.
with under_care as (
    select period, person_key, bit_or(bit_of(team_key)) as teams,
           bool_or(is_case) as is_case, bool_or(confirmed) as confirmed
    from care
    group by period, person_key
),
treated as (
    select period, person_key,
           bit_or(1::ubigint << treatment_key) as referred,
           bit_or(1::ubigint << treatment_key)
               filter (assessed_on <= last_day or started_on <= last_day) as assessed,
           bit_or(1::ubigint << treatment_key) filter (started_on <= last_day) as started,
           bit_or(1::ubigint << treatment_key)
               filter (started_on <= last_day and ended_on <= last_day and completed) as completed
    from therapies
    join periods on referred_on <= last_day and (ended_on is null or ended_on >= first_day)
    where counted and referred_on <= $to and (ended_on is null or ended_on >= $from)
    group by period, person_key
),
reviewed as (
    select distinct period, person_key, true as reviewed
    from happenings join periods on occurred_on between first_day and last_day
    where kind = $panel_kind and occurred_on between $from and $to
),
prescribed as (
    select distinct period, person_key, true as unindicated
    from courses
    join periods on started_on <= last_day and (ended_on is null or ended_on >= first_day)
    where not accepted and started_on <= $to and (ended_on is null or ended_on >= $from)
),
combinations as (
    select period, teams, is_case, confirmed,
           coalesce(referred, 0) as referred,
           coalesce(assessed, 0) as assessed,
           coalesce(started, 0) as started,
           coalesce(completed, 0) as completed,
           coalesce(reviewed, false) as reviewed,
           coalesce(unindicated, false) as unindicated,
           count(*) as people
    from under_care
    left join treated using (period, person_key)
    left join reviewed using (period, person_key)
    left join prescribed using (period, person_key)
    group by all
)
select periods.period, scope, combinations.* exclude (period, teams)
from care_scopes cross join periods
left join combinations
    on combinations.period = periods.period and shares_team(combinations.teams, care_scopes.teams)

-- table: lengths
-- Episodes under care by how long they have lasted: closed by the census day, or still open.
select period, team_key, is_case,
       coalesce(ended_on <= last_day, false) as closed,
       (case when ended_on <= last_day then ended_on else last_day end) - started_on as days,
       count(*) as episodes
from care join periods using (period)
group by all

-- table: starters
-- People by the community and crisis teams where an episode of theirs started in the months that
-- are looked back on, and those where at least two did.
with starts as (
    select period, person_key,
           bit_or(bit_of(team_key)) as teams,
           bit_or(case when previous_in_team >= look_back_from then bit_of(team_key) end) as twice
    from spells join teams using (team_key)
    join periods on started_on between look_back_from and last_day
        and ($any_age or (birth_date > born_after and birth_date <= born_by))
    where acute_or_community and known_from = started_on
      and started_on between $look_back_from and $to
    group by period, person_key
)
select period, teams, coalesce(twice, 0) as twice, cases.person_key is not null as is_case,
       count(*) as people
from starts left join cases using (period, person_key)
group by all

-- table: treatment_waits
-- Referrals of people with the condition for a counted treatment, known on the census day: how
-- long from referral to start, or to the census day, or to an end without a start; and whether the
-- referral is one of the months that are looked back on.
select period, person_key, team_key, treatment_key,
       referred_on >= look_back_from as recent,
       coalesce(started_on <= last_day, false) as started,
       (started_on is null or started_on > last_day)
           and (ended_on is null or ended_on > last_day) as waiting,
       (case when started_on <= last_day then started_on
             when started_on is null and ended_on <= last_day then ended_on
             else last_day end) - referred_on as days
from therapies
join periods on referred_on <= last_day
    and ($any_age or (birth_date > born_after and birth_date <= born_by))
semi join cases using (period, person_key)
where counted and referred_on <= $to

-- table: pathways
-- The route of each person whose care started in the period: the teams of the merged episodes that
-- did, in the order of their start, as text; the same teams as bits; and the days from the first
-- start to the last end, or to the census day where care goes on. What comes after the steps that a
-- route is told by is told as more, and has no part in the bits.
with ways as (
    select period, person_key, is_case,
           list(team_key order by started_on, team_key) as steps,
           min(started_on) as began,
           case when bool_and(coalesce(ended_on <= last_day, false)) then max(ended_on)
                else max(last_day) end as ended
    from care join periods using (period)
    where started_on >= first_day
    group by period, person_key, is_case
),
ids as (
    select list(team order by team_key) as ids from teams
)
select period, person_key, is_case, ended - began as days,
       array_to_string(list_transform(steps[:$route_steps], lambda key: ids[key + 1]), '>')
           || case when len(steps) > $route_steps then '>…' else '' end as route,
       list_reduce(list_transform(steps[:$route_steps], lambda key: bit_of(key)),
                   lambda mine, also: mine | also) as teams
from ways cross join ids

-- table: judged_people
-- People under care in the period, whose pathways rules judge, and all the teams that had them.
select period, person_key, bit_or(bit_of(team_key)) as teams, bool_or(is_case) as is_case
from care
group by period, person_key

-- table: rule_marks
-- What the rules speak of, as recorded by the census day: the day, or, where a record has gone past
-- a step without a date for it, no day and the day by which it had.
with steps as (
    select person_key, 'episode' as record, 'referred' as step, team_key,
           null as treatment_key, referred_on as on_day, referred_on as passed_on
    from referrals
    union all
    select person_key, 'episode', 'assessed', team_key, null, assessed_on,
           coalesce(assessed_on, started_on)
    from referrals
    union all
    select person_key, 'treatment', 'referred', team_key, treatment_key, referred_on, referred_on
    from therapies
    union all
    select person_key, 'treatment', 'assessed', team_key, treatment_key, assessed_on,
           coalesce(assessed_on, started_on)
    from therapies
    union all
    select person_key, 'treatment', 'started', team_key, treatment_key, started_on,
           coalesce(started_on, case when completed then ended_on end)
    from therapies
    union all
    select person_key, 'treatment', 'ended', team_key, treatment_key, ended_on, ended_on
    from therapies
    union all
    select person_key, 'event', kind, team_key, null, occurred_on, occurred_on
    from happenings
),
spoken_of as (
    select person_key, rule, form, part, days, on_day, passed_on
    from steps join rule_parts using (record, step)
    where passed_on <= $to
        and (rule_parts.team_keys is null or list_contains(rule_parts.team_keys, team_key))
        and (rule_parts.treatment_keys is null
             or list_contains(rule_parts.treatment_keys, treatment_key))
),
spells_known as (
    select period, person_key, team_key, started_on,
           case when ended_on <= last_day then ended_on end as ended_on
    from spells
    join periods on known_from <= last_day and (superseded_on is null or superseded_on > last_day)
    where known_from <= $to
)
select period, person_key, rule, form, part, days, on_day, passed_on
from spoken_of join periods on passed_on <= last_day
semi join judged_people using (period, person_key)
union all
select period, person_key, rule, form, part, days,
       case when step = 'started' then started_on else ended_on end as on_day, on_day
from spells_known semi join judged_people using (period, person_key)
join rule_parts on record = 'episode' and step in ('started', 'ended')
    and (rule_parts.team_keys is null or list_contains(rule_parts.team_keys, team_key))
where step = 'started' or ended_on is not null
