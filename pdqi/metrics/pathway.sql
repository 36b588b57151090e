-- Working tables of the designed process map, beside those of working.sql. `map_marks` says what
-- records that somebody is at a step (`is_care`: an episode under way; `stays`: from then until care
-- starts), and `map_moves` to which steps a move between teams belongs.

-- table: map_teams
-- The steps of the designed map at which each team's episodes are, by what records them.
select team_key,
       any_value(node) filter (step = 'referred') as referred_at,
       any_value(node) filter (step = 'assessed') as assessed_at,
       any_value(node) filter (step = 'started') as started_at,
       any_value(node) filter (step = 'ended') as ended_at
from map_marks
where record = 'episode' and referred_by is null
group by team_key

-- table: map_stays
-- Who was at a step of the designed map in the period, where that is not care under way, and at
-- which teams: on a waiting list from the referral until care starts or the referral ends, elsewhere
-- on the day of the record. And who was referred to a step and was still waiting on the last day.
with records as (
    select 'episode' as record, 'referred' as step, person_key, birth_date, team_key,
           null as treatment_key, referred_by, referred_on as on_day,
           coalesce(started_on, ended_on) as left_on
    from referrals
    union all
    select 'episode', 'assessed', person_key, birth_date, team_key, null, null, assessed_on, null
    from referrals where assessed_on is not null
    union all
    select 'episode', 'started', person_key, birth_date, team_key, null, null, started_on, null
    from referrals where started_on is not null
    union all
    select 'episode', 'ended', person_key, birth_date, team_key, null, null, ended_on, null
    from referrals where ended_on is not null
    union all
    select 'treatment', 'referred', person_key, birth_date, team_key, treatment_key, null,
           referred_on, coalesce(started_on, ended_on)
    from therapies
    union all
    select 'treatment', 'assessed', person_key, birth_date, team_key, treatment_key, null,
           assessed_on, null
    from therapies where assessed_on is not null
    union all
    select 'treatment', 'started', person_key, birth_date, team_key, treatment_key, null,
           started_on, null
    from therapies where started_on is not null
    union all
    select 'treatment', 'ended', person_key, birth_date, team_key, treatment_key, null,
           ended_on, null
    from therapies where ended_on is not null
    union all
    select 'event', kind, person_key, birth_date, team_key, null, null, occurred_on, null
    from happenings
),
marked as (
    select person_key, birth_date, records.team_key, node, on_day, stays, left_on
    from records join map_marks as marks
        on marks.record = records.record and marks.step = records.step
        and (marks.team_key is null or marks.team_key = records.team_key)
        and (marks.treatment_key is null or marks.treatment_key = records.treatment_key)
        and (marks.referred_by is null or marks.referred_by = records.referred_by)
    where on_day <= $to and not is_care
),
waited as (
    select person_key, birth_date, team_key, started_at as node, referred_on, started_on, ended_on
    from referrals join map_teams using (team_key)
    where started_at is not null and referred_on <= $to
        and (coalesce(started_on, ended_on) is null or coalesce(started_on, ended_on) > $from)
),
found as (
    select period, person_key, team_key, node, 'there' as part
    from marked join periods
        on case when stays then on_day <= last_day and (left_on is null or left_on > first_day)
                                and (left_on is null or left_on > on_day)
                else on_day between first_day and last_day end
        and ($any_age or (birth_date > born_after and birth_date <= born_by))
    union all
    select period, person_key, team_key, node, 'waiting'
    from marked join periods
        on stays and on_day <= last_day and (left_on is null or left_on > last_day)
        and ($any_age or (birth_date > born_after and birth_date <= born_by))
    union all
    select period, person_key, team_key, node, 'waiting'
    from waited join periods
        on referred_on <= last_day and (started_on is null or started_on > last_day)
        and (ended_on is null or ended_on > last_day)
        and ($any_age or (birth_date > born_after and birth_date <= born_by))
)
select period, person_key, node, part, cases.person_key is not null as is_case,
       bit_or(coalesce(bit_of(team_key), bit_of(0) & 0)) as teams
from found left join cases using (period, person_key)
group by period, person_key, node, part, is_case

-- table: map_taken
-- Every step from one step of the designed map to another that a record shows to have been taken in
-- the period, and the days between: within an episode from who referred over waiting, assessment and
-- care to its end; in and out of a treatment; to something done besides; from one team's care to the
-- next; and back in after an end. A team without a step of its own stands for itself.
with stages as (
    select person_key, birth_date, team_key, referred_on, assessed_on, started_on, ended_on,
           case when sources.node is not null then {'node': sources.node, 'on': referred_on} end
               as came,
           case when referred_at is not null then {'node': referred_at, 'on': referred_on} end
               as referred,
           case when assessed_at is not null and assessed_on is not null
                then {'node': assessed_at, 'on': assessed_on} end as assessed,
           case when started_at is not null and started_on is not null
                then {'node': started_at, 'on': started_on} end as started,
           case when ended_at is not null and ended_on is not null
                then {'node': ended_at, 'on': ended_on} end as ended
    from referrals join map_teams using (team_key)
    left join map_marks as sources
        on sources.record = 'episode' and sources.step = 'referred'
        and sources.team_key = referrals.team_key and sources.referred_by = referrals.referred_by
    where referred_on <= $to and (ended_on is null or ended_on >= $from)
),
entries as (
    select * from stages where came is not null and referred_on >= $from
),
ends as (
    select person_key, ended_on as on_day, min(ended_at) as node
    from referrals join map_teams using (team_key)
    semi join entries using (person_key)
    where ended_on <= $to and ended_at is not null
    group by person_key, ended_on
),
taken as (
    select person_key, birth_date, team_key, team_key as next_team_key, came as before,
           referred as here
    from stages
    union all
    select person_key, birth_date, team_key, team_key, coalesce(referred, came), assessed
    from stages
    union all
    select person_key, birth_date, team_key, team_key,
           coalesce(case when assessed_on <= started_on then assessed end, referred, came),
           started
    from stages
    union all
    select person_key, birth_date, team_key, team_key,
           coalesce(case when started_on <= ended_on then started end,
                    case when assessed_on <= ended_on then assessed end, referred, came),
           ended
    from stages
    union all
    select stages.person_key, birth_date, team_key, team_key,
           {'node': ends.node, 'on': ends.on_day}, came
    from entries as stages
    asof join ends on ends.person_key = stages.person_key and stages.referred_on > ends.on_day
),
treated as (
    select person_key, birth_date, therapies.team_key,
           therapies.started_on, therapies.ended_on, node, started_at, ended_at
    from therapies
    join map_marks as marks
        on marks.record = 'treatment' and marks.step = 'started'
        and marks.team_key = therapies.team_key and marks.treatment_key = therapies.treatment_key
    join map_teams on map_teams.team_key = therapies.team_key
    where therapies.started_on <= $to
),
steps as (
    select person_key, birth_date, team_key, next_team_key, before.node as source,
           here.node as target, here.on as on_day, here.on - before.on as days
    from taken where before is not null and here is not null
    union all
    select person_key, birth_date, team_key, team_key, started_at, node, started_on, null
    from treated where started_at is not null
    union all
    select person_key, birth_date, team_key, team_key, node, ended_at, ended_on,
           ended_on - started_on
    from treated where ended_at is not null and ended_on is not null
    union all
    select person_key, birth_date, happenings.team_key, happenings.team_key, started_at, node,
           occurred_on, null
    from happenings
    join map_marks as marks
        on marks.record = 'event' and marks.step = kind
        and (marks.team_key is null or marks.team_key = happenings.team_key)
    join map_teams on map_teams.team_key = happenings.team_key
    where started_at is not null
),
counted as (
    select period, person_key, team_key, next_team_key, source, target, days
    from steps join periods on on_day between first_day and last_day
        and ($any_age or (birth_date > born_after and birth_date <= born_by))
    where on_day between $from and $to
    union all
    select period, person_key, team_key, next_team_key, map_moves.source, map_moves.target,
           case when ended_on <= last_day then next_started_on - ended_on end
    from moves join map_moves using (team_key, next_team_key)
    join periods on started_on >= first_day and next_started_on <= last_day
        and known_from <= last_day and (superseded_on is null or superseded_on > last_day)
        and ($any_age or (birth_date > born_after and birth_date <= born_by))
    where next_started_on between $from and $to
)
select period, person_key, source, target, days, cases.person_key is not null as is_case,
       bit_of(team_key) | bit_of(next_team_key) as teams
from counted left join cases using (period, person_key)
