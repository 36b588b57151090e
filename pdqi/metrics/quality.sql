-- Working tables of data quality, beside those of working.sql. They read the tables of the store as
-- they were loaded, whole; `item_values` and `item_forms` say what counts as good in each item
-- (metrics/items.py). A row belongs to the month and team of `DATED_BY` there; a person to those of
-- the first referral.

-- table: item_cells
-- Every value of every item that was due or is there, with the month and team of its row.
with cells as (
    select source, team, referred_on as on_day, birth_date, unnest([
               {'item': 'people.birth_date', 'value': birth_date::varchar},
               {'item': 'people.gender', 'value': gender},
               {'item': 'people.ethnicity', 'value': ethnicity}
           ], recursive := true)
    from people
    left join (select person_key, team_key, referred_on from first_referrals) using (person_key)
    left join teams using (team_key)
    union all
    select episodes.source, team, referred_on, birth_date, unnest([
               {'item': 'episodes.team', 'value': team},
               {'item': 'episodes.referral_source', 'value': referral_source},
               {'item': 'episodes.referred_on', 'value': referred_on::varchar},
               {'item': 'episodes.assessed_on', 'value': case when assessed_on is null and started_on is null
                   then 'not due' else assessed_on::varchar end},
               {'item': 'episodes.started_on', 'value': case when started_on is null
                   then 'not due' else started_on::varchar end},
               {'item': 'episodes.ended_on', 'value': case when ended_on is null and end_reason is null
                   then 'not due' else ended_on::varchar end},
               {'item': 'episodes.end_reason', 'value': case when end_reason is null and ended_on is null
                   then 'not due' else end_reason end}
           ], recursive := true)
    from episodes join people using (person_key)
    union all
    select diagnoses.source, team, recorded_on, birth_date, unnest([
               {'item': 'diagnoses.recorded_on', 'value': recorded_on::varchar},
               {'item': 'diagnoses.team', 'value': team},
               {'item': 'diagnoses.code_system', 'value': code_system},
               {'item': 'diagnoses.code', 'value': case when code is null and description is not null
                   then 'not due' else code end},
               {'item': 'diagnoses.description', 'value': case when description is null and code is not null
                   then 'not due' else description end},
               {'item': 'diagnoses.certainty', 'value': certainty}
           ], recursive := true)
    from diagnoses join people using (person_key)
    union all
    select treatments.source, team, referred_on, birth_date, unnest([
               {'item': 'treatments.team', 'value': team},
               {'item': 'treatments.treatment', 'value': treatment},
               {'item': 'treatments.referred_on', 'value': referred_on::varchar},
               {'item': 'treatments.assessed_on', 'value': case when assessed_on is null and started_on is null
                   then 'not due' else assessed_on::varchar end},
               {'item': 'treatments.started_on', 'value': case when started_on is null and outcome is distinct from 'completed'
                   then 'not due' else started_on::varchar end},
               {'item': 'treatments.ended_on', 'value': case when ended_on is null and outcome is null
                   then 'not due' else ended_on::varchar end},
               {'item': 'treatments.outcome', 'value': case when outcome is null and ended_on is null
                   then 'not due' else outcome end}
           ], recursive := true)
    from treatments join people using (person_key)
    union all
    select events.source, team, occurred_on, birth_date, unnest([
               {'item': 'events.team', 'value': team},
               {'item': 'events.kind', 'value': kind},
               {'item': 'events.occurred_on', 'value': occurred_on::varchar}
           ], recursive := true)
    from events join people using (person_key)
    union all
    select prescriptions.source, null, started_on, birth_date, unnest([
               {'item': 'prescriptions.drug_class', 'value': drug_class},
               {'item': 'prescriptions.indication', 'value': indication},
               {'item': 'prescriptions.started_on', 'value': started_on::varchar},
               {'item': 'prescriptions.ended_on', 'value': case when ended_on is null
                   then 'not due' else ended_on::varchar end}
           ], recursive := true)
    from prescriptions join people using (person_key)
    union all
    select source, team, month, null, unnest([
               {'item': 'workforce.team', 'value': team},
               {'item': 'workforce.month', 'value': month::varchar},
               {'item': 'workforce.measure', 'value': measure},
               -- More than all of them is no number of staff.
               {'item': 'workforce.numerator', 'value': case when numerator > denominator
                   then 'more than all' else numerator::varchar end},
               {'item': 'workforce.denominator', 'value': denominator::varchar}
           ], recursive := true)
    from workforce
)
select source, team_key, date_trunc('month', on_day)::date as month, item,
       lower(trim(coalesce(value, ''))) as value,
       case when form = 'date' then coalesce(value::date < birth_date, false) end as before_birth,
       count(*) as rows
from cells join item_forms using (item) left join teams using (team)
where value is distinct from 'not due'
group by all

-- table: item_counts
-- Rows by source, team, month, item and category of the convention. A day cannot be before
-- 2 January 1900, before the person's birth, or after the data were loaded.
select source, team_key, month, item,
       case when value = '' then 'missing'
            when category is not null then category
            when form = 'words' then 'valid'
            when form = 'date' and not before_birth
                and value::date between $first_possible_day and $loaded_on then 'valid'
            when form = 'number' and try_cast(value as integer) >= 0 then 'valid'
            when form = 'code' and (
                regexp_full_match(regexp_replace(value, '[^a-z0-9]', '', 'g'),
                                  '[a-z][0-9][0-9a-z]{1,5}')
                or regexp_full_match(value, '[0-9]{6,18}')) then 'valid'
            else 'invalid' end as category,
       sum(rows)::bigint as rows
from item_cells join item_forms using (item) left join item_values using (item, value)
group by all

-- table: day_checks
-- Rows by team, month and check of their days, and those whose days cannot be in that order.
-- 9999-12-31 stands for "never" in some records and is no day.
with dated as (
    select person_key, team, referred_on as on_day,
           [referred_on, assessed_on, started_on, ended_on] as days, 'episodes' as records
    from episodes
    union all
    select person_key, team, recorded_on, [recorded_on], 'diagnoses' from diagnoses
    union all
    select person_key, team, referred_on,
           [referred_on, assessed_on, started_on, ended_on], 'treatments'
    from treatments
    union all
    select person_key, team, occurred_on, [occurred_on], 'events' from events
    union all
    select person_key, null, started_on, [started_on, ended_on], 'prescriptions' from prescriptions
),
known as (
    select * replace (list_filter(days, lambda day: day < date '9999-12-31') as days)
    from dated
),
firsts as (
    select person_key, min(referred_on) as first_on from episodes group by person_key
),
doubled as (
    select person_key, team, referred_on as on_day,
           coalesce(started_on < max(coalesce(ended_on, date '9999-12-31')) over (
               partition by person_key, team order by started_on, referred_on, episode_id
               rows between unbounded preceding and 1 preceding), false) as wrong
    from episodes where started_on is not null
),
checked as (
    select team, on_day, unnest([
               {'check': 'backwards', 'wrong': days <> list_sort(days)},
               {'check': 'before_birth', 'wrong': coalesce(list_min(days) < birth_date, false)},
               {'check': 'to_come', 'wrong': coalesce(list_max(days) > $loaded_on, false)}
           ], recursive := true)
    from known join people using (person_key)
    union all
    select team, on_day, 'overlap', wrong from doubled
    union all
    select team, on_day, 'no_referral', coalesce(on_day < first_on, true)
    from known left join firsts using (person_key)
    where records = 'treatments'
)
select team_key, date_trunc('month', on_day)::date as month, "check",
       count(*) as rows, count(*) filter (wrong) as wrong
from checked left join teams using (team)
group by all

-- table: condition_entries
-- Diagnosis entries about the condition under any case definition of config, by the team that made
-- them: how sure, and in what way it was said. A word is one of the terms of `condition_words`.
with coded as (
    select distinct code_system, code, description
    from (select distinct code_system, code, description from diagnoses)
    cross join case_definitions
    where case when code_system = 'snomed' then list_contains(snomed, trim(code))
               else len(list_filter(icd10, lambda listed: starts_with(
                        regexp_replace(regexp_replace(upper(code), '[^A-Z0-9]', '', 'g'),
                                       '[XDA]+$', ''), listed))) > 0 end
),
said as (
    select code_system, code, description, term, agreed
    from (select distinct code_system, code, description from diagnoses)
    join condition_words on regexp_matches(coalesce(description, ''), pattern)
),
judged as (
    select coalesce(said.code_system, coded.code_system) as code_system,
           coalesce(said.code, coded.code) as code,
           coalesce(said.description, coded.description) as description,
           term, agreed, coded.code_system is not null as is_coded
    from said full join coded
        on said.code_system is not distinct from coded.code_system
        and said.code is not distinct from coded.code
        and said.description is not distinct from coded.description
    -- Words beside another code say nothing: the code counts (DEFINITIONS, who counts).
    where coded.code_system is not null or coalesce(trim(said.code), '') = ''
)
select person_key, team, recorded_on, certainty, term, agreed, is_coded
from diagnoses
join judged on judged.code_system is not distinct from diagnoses.code_system
    and judged.code is not distinct from diagnoses.code
    and judged.description is not distinct from diagnoses.description
