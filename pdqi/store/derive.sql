-- What does not depend on the census day, worked out once a version and configuration.
-- Each block is one table; `pdqi.store.derive` runs them in order and keeps each as parquet.
-- 9999-12-31 stands for "not ended" inside this file only.

-- table: spells
-- Merged episodes (DEFINITIONS): a person's started episodes in one team are joined where they
-- overlap or the next starts within the gap. What a spell looked like on a census day depends on
-- the rows that had started by then, so a spell has one row for each state it went through:
-- from `known_from` until the day before `superseded_on` it ended on `ended_on`.
with runs as (
    select person_key, team_key, started_on,
           max(coalesce(ended_on, date '9999-12-31')) as ended_on
    from episodes join teams using (team)
    where started_on is not null
    group by all
),
reach as (
    select *,
           max(ended_on) over before as reached,
           max(ended_on) over upto as ends
    from runs
    window before as (
        partition by person_key, team_key order by started_on
        rows between unbounded preceding and 1 preceding
    ),
    upto as (
        partition by person_key, team_key order by started_on
        rows between unbounded preceding and current row
    )
),
numbered as (
    select *,
           sum(case when reached is null or started_on - reached > $merge_gap_days then 1 else 0 end)
               over (partition by person_key, team_key order by started_on) as spell
    from reach
),
states as (
    select person_key, team_key, spell, ends, started_on as known_from,
           min(started_on) over state as started_on,
           lead(started_on) over (partition by person_key, team_key, spell order by started_on)
               as superseded_on
    from numbered
    window state as (partition by person_key, team_key, spell)
),
starts as (
    select distinct person_key, team_key, spell, started_on from states
),
ordered as (
    select *,
           lag(started_on) over (partition by person_key, team_key order by started_on)
               as previous_in_team,
           lead(team_key) over person as next_team_key,
           lead(started_on) over person as next_started_on
    from starts
    window person as (partition by person_key order by started_on, team_key)
)
select person_key, team_key, birth_date, started_on, known_from, superseded_on,
       nullif(ends, date '9999-12-31') as ended_on,
       previous_in_team, next_team_key, next_started_on
from states
join ordered using (person_key, team_key, spell, started_on)
join people using (person_key)
order by person_key, started_on, team_key, known_from

-- table: moves
-- A merged episode and the one that follows it, as they were at each state of the first. The start
-- of a person's move before, between the same teams, tells people apart without counting them:
-- who moves a second time in a period had the move before it in the same period.
with pairs as (
    select distinct person_key, team_key, started_on, next_team_key
    from spells where next_started_on is not null
),
before as (
    select person_key, team_key, started_on,
           lag(started_on) over (partition by person_key, team_key, next_team_key
                                 order by started_on) as previous_started_on
    from pairs
)
select person_key, team_key, next_team_key, birth_date, started_on, next_started_on,
       previous_started_on, known_from, superseded_on, ended_on
from spells join before using (person_key, team_key, started_on)
order by next_started_on, person_key, started_on, team_key, known_from

-- table: first_entries
-- The first diagnosis entry of each person, whatever it says: without one nothing can be told.
select person_key, min(recorded_on) as entered_on
from diagnoses
group by person_key
order by person_key

-- table: case_entries
-- What each diagnosis entry says about the condition, by case definition. A code is compared in
-- capitals, without dots, blanks and trailing filler (X) or dagger and asterisk marks (D, A).
with wordings as (
    select distinct code_system, code, description from diagnoses
),
read as (
    select definition, code_system, code, description,
           case when code_system = 'snomed' then list_contains(snomed, trim(code))
                else len(list_filter(icd10, lambda listed: starts_with(
                         regexp_replace(regexp_replace(upper(code), '[^A-Z0-9]', '', 'g'),
                                        '[XDA]+$', ''), listed))) > 0
           end as coded,
           coalesce(trim(code), '') = '' and pattern is not null
               and regexp_matches(coalesce(description, ''), pattern) as worded
    from wordings cross join case_definitions
)
select definition, person_key, recorded_on, team,
       case when coded and certainty = 'confirmed' then 'confirmed'
            when certainty = 'ruled_out' then 'ruled_out'
            else 'suspected' end as said
from diagnoses
join read on read.code_system is not distinct from diagnoses.code_system
    and read.code is not distinct from diagnoses.code
    and read.description is not distinct from diagnoses.description
where coded or worded
order by definition, person_key, recorded_on, said, team

-- table: case_spans
-- Who counts as having the condition, by case definition, and from when until when.
-- Confirmed holds from the first confirmed entry on. Suspected holds from an entry that is
-- suspected, or that has an agreed word and no code, until one that rules it out on the same
-- day or later, and never beside confirmed.
with first_confirmed as (
    select definition, person_key, min(recorded_on) as confirmed_on
    from case_entries where said = 'confirmed' group by all
),
suspicions as (
    select definition, person_key, recorded_on,
           bool_or(said = 'ruled_out') as ruled_out,
           bool_or(said = 'suspected') as suspected
    from case_entries where said <> 'confirmed' group by all
),
turns as (
    -- A day on which something was ruled out ends any suspicion of that day or before.
    select definition, person_key, recorded_on, suspected and not ruled_out as suspected,
           lag(suspected and not ruled_out, 1, false)
               over (partition by definition, person_key order by recorded_on) as was
    from suspicions
),
suspected_spans as (
    select definition, person_key, suspected, recorded_on as from_on,
           lead(recorded_on) over (partition by definition, person_key order by recorded_on)
               as until_on
    from turns where suspected <> was
)
select definition, person_key, true as confirmed, confirmed_on as from_on, null::date as until_on
from first_confirmed join case_definitions using (definition) where counts_confirmed
union all
select definition, person_key, false, from_on,
       least(coalesce(until_on, confirmed_on), coalesce(confirmed_on, until_on))
from suspected_spans
join case_definitions using (definition)
left join first_confirmed using (definition, person_key)
where suspected and counts_suspected and (confirmed_on is null or from_on < confirmed_on)
order by definition, person_key, from_on

-- table: referrals
-- Referrals to teams as they were received, declined ones included, with who referred, in small
-- letters.
select person_key, team_key, birth_date, referred_on, assessed_on, started_on, ended_on,
       lower(trim(coalesce(referral_source, ''))) as referred_by
from episodes join teams using (team) join people using (person_key)
order by referred_on, team_key, person_key, assessed_on, started_on, ended_on, referred_by

-- table: first_referrals
-- The first referral of each person anywhere; on one day, the first team by id.
select distinct on (person_key)
       person_key, team_key, birth_date, referred_on,
       coalesce(nullif(trim(referral_source), ''), 'Not recorded') as referral_source
from episodes join teams using (team) join people using (person_key)
order by person_key, referred_on, team_key, referral_source

-- table: first_confirmed
-- The first confirmed entry of each person, whether its team is known, and whether that team
-- belongs to the specialist service.
select definition, person_key, recorded_on as confirmed_on,
       bool_or(team is not null) as team_known,
       coalesce(bool_or(specialist), false) as by_specialist
from case_entries left join teams using (team)
where said = 'confirmed'
group by definition, person_key, recorded_on
qualify row_number() over (partition by definition, person_key order by recorded_on) = 1
order by definition, person_key

-- table: therapies
-- Referrals for a treatment, with numbers for team and treatment.
select person_key, team_key, treatment_key, counted, specialist, birth_date,
       referred_on, assessed_on, started_on, ended_on,
       coalesce(outcome = 'completed', false) as completed
from treatments
join teams using (team) join treatment_list using (treatment) join people using (person_key)
order by referred_on, person_key, team_key, treatment_key

-- table: happenings
-- Events and who they happened to, with the part that their kind plays.
select person_key, team_key, drop_in, birth_date, kind, occurred_on
from events left join teams using (team) join people using (person_key)
order by occurred_on, person_key, kind

-- table: courses
-- Courses of watched drug classes, and whether the indication is an accepted one.
select person_key, started_on, ended_on,
       list_contains($accepted_indications, lower(trim(coalesce(indication, '')))) as accepted
from prescriptions
where list_contains($watched_classes, lower(trim(drug_class)))
order by started_on, person_key

-- table: staffing
select team_key, date_trunc('month', month)::date as month, measure, numerator, denominator
from workforce join teams using (team)
order by month, team_key, measure

-- table: team_activity
-- Which teams the data speak of at all, so that a team without care is absent and not zero.
select team_key,
       exists (select 1 from spells where spells.team_key = teams.team_key) as has_care,
       exists (select 1 from referrals where referrals.team_key = teams.team_key) as has_referrals,
       exists (select 1 from therapies where therapies.team_key = teams.team_key) as has_therapies,
       exists (select 1 from happenings where happenings.team_key = teams.team_key) as has_events,
       exists (select 1 from staffing where staffing.team_key = teams.team_key) as has_staffing
from teams
order by team_key

-- table: coverage
-- From the first to the last whole month that is known of each kind of record: the extracts of a
-- source end on one day, but it may have begun later with some records than with others. A month
-- counts as whole with something in its first, or last, seven days. A source that says what it
-- covers is believed. Episodes are told apart by team, because teams come from different sources.
with said as (
    select source, 'episodes' as records, team, referred_on as first_on,
           greatest(referred_on, assessed_on, started_on, ended_on) as last_on
    from episodes
    union all
    select source, 'treatments', null, referred_on,
           greatest(referred_on, assessed_on, started_on, ended_on)
    from treatments
    union all
    select source, kind, null, occurred_on, occurred_on from events
    union all
    select source, 'prescriptions', null, started_on, coalesce(ended_on, started_on)
    from prescriptions
    union all
    select source, 'workforce', null, month, last_day(month) from workforce
),
firsts as (
    select source, records, min(first_on) as first_on from said group by all
),
lasts as (
    select source, max(last_on) filter (last_on <= $last_day) as last_on from said group by source
),
months as (
    select source, records,
           coalesce(
               declared.first_day,
               (date_trunc('month', first_on)
                + to_months(case when day(first_on) > 7 then 1 else 0 end))::date
           ) as first_day,
           coalesce(
               declared.last_day,
               case when day(last_on) > day(last_day(last_on)) - 7 then last_day(last_on)
                    else (date_trunc('month', last_on) - to_days(1))::date end
           ) as last_day
    from firsts join lasts using (source) left join declared using (source)
)
select records, team, min(first_day) as first_day, max(last_day) as last_day
from (select distinct source, records, team from said) join months using (source, records)
group by records, team
order by records, team
