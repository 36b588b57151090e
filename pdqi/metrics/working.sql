-- The vocabulary of the KPIs: working tables of one session, made for one basis when a KPI reads
-- them. $from and $to are the first and last day of the period, $to is the census day: nothing
-- recorded after it may influence a figure. People are told apart by `person_key`; a person's
-- teams are bits of one number, so that they are counted once in every scope.

-- table: cases
-- People who meet the case definition on the census day.
select person_key, confirmed
from case_spans
where definition = $definition and from_on <= $to and (until_on is null or until_on > $to)

-- table: care
-- Episodes under way in the period of people of the chosen age, as known on the census day, and
-- whether the person has the condition. Read once: three working tables are made from it.
select person_key, team_key, started_on, ended_on, next_team_key, next_started_on,
       cases.person_key is not null as is_case,
       coalesce(confirmed, false) as confirmed
from spells left join cases using (person_key)
where known_from <= $to and (superseded_on is null or superseded_on > $to)
  and (ended_on is null or ended_on >= $from)
  and ($any_age or (birth_date > $born_after and birth_date <= $born_by))

-- table: caseload
-- People under care: an episode that started by the census day and had not ended before the
-- period. One row for each combination that occurs, with the number of people in it.
with under_care as (
    select person_key, bit_or(bit_of(team_key)) as teams,
           bool_or(is_case) as is_case, bool_or(confirmed) as confirmed
    from care
    group by person_key
),
treated as (
    select person_key,
           bit_or(1::ubigint << treatment_key) as referred,
           bit_or(1::ubigint << treatment_key) filter (assessed_on <= $to or started_on <= $to) as assessed,
           bit_or(1::ubigint << treatment_key) filter (started_on <= $to) as started,
           bit_or(1::ubigint << treatment_key)
               filter (started_on <= $to and ended_on <= $to and completed) as completed
    from therapies
    where counted and referred_on <= $to and (ended_on is null or ended_on >= $from)
    group by person_key
),
reviewed as (
    select distinct person_key, true as reviewed
    from happenings
    where kind = $panel_kind and occurred_on between $from and $to
),
prescribed as (
    select distinct person_key, true as unindicated
    from courses
    where not accepted and started_on <= $to and (ended_on is null or ended_on >= $from)
)
select teams, is_case, confirmed,
       coalesce(referred, 0) as referred,
       coalesce(assessed, 0) as assessed,
       coalesce(started, 0) as started,
       coalesce(completed, 0) as completed,
       coalesce(reviewed, false) as reviewed,
       coalesce(unindicated, false) as unindicated,
       count(*) as people
from under_care
left join treated using (person_key)
left join reviewed using (person_key)
left join prescribed using (person_key)
group by all

-- table: lengths
-- Episodes under care by how long they have lasted: closed by the census day, or still open.
select team_key, is_case,
       coalesce(ended_on <= $to, false) as closed,
       (case when ended_on <= $to then ended_on else $to end) - started_on as days,
       count(*) as episodes
from care
group by all

-- table: starters
-- People by the community and crisis teams where an episode of theirs started in the 24 months
-- to the census day, and those where at least two did.
with starts as (
    select person_key,
           bit_or(bit_of(team_key)) as teams,
           bit_or(case when previous_in_team >= $two_years_from then bit_of(team_key) end) as twice
    from spells join teams using (team_key)
    where acute_or_community and known_from = started_on
      and started_on between $two_years_from and $to
      and ($any_age or (birth_date > $born_after and birth_date <= $born_by))
    group by person_key
)
select teams, coalesce(twice, 0) as twice, cases.person_key is not null as is_case,
       count(*) as people
from starts left join cases using (person_key)
group by all

-- table: treatment_waits
-- Referrals of people with the condition for a counted treatment, known on the census day: how
-- long from referral to start, or to the census day, or to an end without a start.
select person_key, team_key, treatment_key, referred_on,
       coalesce(started_on <= $to, false) as started,
       (started_on is null or started_on > $to) and (ended_on is null or ended_on > $to) as waiting,
       (case when started_on <= $to then started_on
             when started_on is null and ended_on <= $to then ended_on
             else $to end) - referred_on as days
from therapies semi join cases using (person_key)
where counted and referred_on <= $to
  and ($any_age or (birth_date > $born_after and birth_date <= $born_by))

-- table: moves
-- Transitions: consecutive merged episodes of a person that both started in the period, so the
-- first was under way in it. The days between are known where it had ended by the census day.
select person_key, team_key, next_team_key,
       case when ended_on <= $to then next_started_on - ended_on end as days
from care
where started_on >= $from and next_started_on <= $to
