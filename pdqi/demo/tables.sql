-- What is stored of a chunk's journeys: one macro a table, its columns as in the store's schema.

create or replace macro day(n) as date '1970-01-01' + n::integer;
create or replace macro known(n) as if(n <= getvariable('last_day'), n, null);
create or replace macro by_share(person, step, what, words) as words[1 + floor(draw(person, step, what) * len(words))::integer];

create or replace macro people_rows() as table
select person_key,
       -- Sorts by number, so that a person's key is their rank.
       printf('%08x', person_key) || substr(md5(getvariable('seed') || ':' || person_key), 1, 24) as person_id,
       if(draw(person_key, 0, 'birth date') < 0.02, null, day(arrived - 365.25 * case
            when draw(person_key, 0, 'age band') < 0.03 then 16 + 2 * draw(person_key, 0, 'age')
            when draw(person_key, 0, 'age band') < 0.09 then 65 + 10.9 * draw(person_key, 0, 'age')
            else 18 + 46 * pow(draw(person_key, 0, 'age'), number_of('people', 'youth', affected)) end)) as birth_date,
       case when draw(person_key, 0, 'gender') < number_of('people', 'women', affected) then '2'
            when draw(person_key, 0, 'gender') < 0.985 then '1' else '9' end as gender,
       by_share(person_key, 0, 'ethnicity', 
           ['A', 'A', 'A', 'A', 'A', 'A', 'B', 'C', 'D', 'F', 'H', 'J', 'L', 'M', 'N', 'R', 'S', 'Z']) as ethnicity
from person;

create or replace macro episodes_rows() as table
select person_key, printf('D%09d-%d', person_key, step) as episode_id, team,
       case when timing = 'at_once' then 'Entered again'
            when step > 1 and draw(person_key, step, 'internal') < 0.8 then 'Another team'
            else source.referral_source end as referral_source,
       day(referred) as referred_on, day(known(assessed)) as assessed_on, day(known(started)) as started_on,
       day(known(ended)) as ended_on,
       case when known(ended) is null then null
            when declined then by_share(person_key, step, 'reason', ['declined', 'declined', 'not suitable'])
            else by_share(person_key, step, 'reason', ['treatment completed', 'treatment completed', 'treatment completed',
                 'transferred', 'disengaged', 'moved away']) end as end_reason
from journey join source
  on source.part = if(journey.part in ('therapies', 'crisis', 'inpatient'), journey.part, 'elsewhere')
 and draw(person_key, step, 'source') >= source.low and draw(person_key, step, 'source') < source.high;

-- The first care that could have noticed, and the first by the specialists.
create or replace macro noticed() as table
select person_key, affected,
       min(started) filter (part not in ('specialist', 'therapies')) as seen,
       arg_min(team, (started, step)) filter (part not in ('specialist', 'therapies')) as seen_by,
       min(started) filter (part = 'specialist') as specialist_seen,
       arg_min(team, (started, step)) filter (part = 'specialist') as specialist,
       min(started) as first_seen, arg_min(team, (started, step)) as first_team
from journey where started <= getvariable('last_day') group by all;

create or replace macro diagnoses_rows() as table
with about as (select *, coalesce(seen, first_seen) as care, coalesce(seen_by, first_team) as care_team from noticed()),
entry(person_key, day, team, certainty, kind) as (
    -- Suspected early on, by most; confirmed late or never, and often by the specialists first.
    select person_key, care + around(18, 1.6, draw(person_key, 0, 'suspected')), care_team, 'suspected',
           if(draw(person_key, 0, 'in words') < number('diagnoses', 'in_words'), 'term', 'code')
    from about where affected and draw(person_key, 0, 'is suspected') < number('diagnoses', 'suspected')
    union all
    select person_key, care + 14 + around(170, 1.3, draw(person_key, 0, 'confirmed')), care_team, 'confirmed', 'code'
    from about where affected and draw(person_key, 0, 'is confirmed') < number('diagnoses', 'confirmed')
    union all
    select person_key, specialist_seen + floor(30 * draw(person_key, 0, 'by specialist')), specialist, 'confirmed', 'code'
    from about where affected and specialist is not null and draw(person_key, 0, 'is by specialist') < number('diagnoses', 'by_specialist')
    union all
    -- Suspected of others, and ruled out again.
    select person_key, care + around(20, 1.6, draw(person_key, 0, 'suspected')) + ruled_out.later, care_team, ruled_out.certainty, 'code'
    from about, (values (0, 'suspected'), (75, 'ruled_out')) as ruled_out(later, certainty)
    where not affected and draw(person_key, 0, 'ruled out') < number('diagnoses', 'ruled_out')
    union all
    -- Words that nobody agreed.
    select person_key, care + around(30, 1.6, draw(person_key, 0, 'loose')), care_team, 'suspected', 'loose'
    from about where draw(person_key, 0, 'is loose') < number('diagnoses', 'loose') and getvariable('loose_terms') > 0
    union all
    select person_key, first_seen + around(9, 1.6, draw(person_key, 0, 'other')), first_team, 'confirmed', 'other'
    from about where draw(person_key, 0, 'has other') < number_of('diagnoses', 'besides', affected)
)
select person_key, day(day) as recorded_on, entry.team, words.code_system, words.code, words.description, certainty
from entry join words on words.kind = entry.kind
 and words.place = floor(draw(person_key, if(certainty = 'ruled_out', 1, length(certainty)), 'words') * words.places)::integer
where day <= getvariable('last_day');

create or replace macro treatments_drawn() as table
with offer as (
    select journey.*, team.improving, 'community' as given_by, true as counted,
           started + around(70, 1.5, draw(person_key, step, 'offer')) as asked,
           case when not affected then number('treatments', 'offered_to_others')
                when team.improving then getvariable('numbers')['treatments']['offered_where_improving']['first']
                     + getvariable('numbers')['treatments']['offered_where_improving']['more'] * (1 - wait_left(started, 1))
                else number('treatments', 'offered') end as chance
    from journey join team using (team, part, affected) where part = getvariable('main_part')
    union all
    select journey.*, false, 'community', false, started + around(50, 1.5, draw(person_key, step, 'skills')), number('treatments', 'offered_uncounted')
    from journey where part = getvariable('main_part')
),
asked as (
    select person_key, step, team, given_by, counted, asked,
           asked + around(30, 2.0, draw(person_key, step, 'seen' || counted)) as seen,
           draw(person_key, step, 'refused' || counted) < number('treatments', 'refused') as refused,
           around(days_of('wait_days', counted) * wait_left(asked, 0.2), 1.8, draw(person_key, step, 'wait' || counted)) as wait,
           around(days_of('course_days', counted), 2.5, draw(person_key, step, 'course' || counted)) as course
    from offer where started <= getvariable('last_day') and asked <= ended
     and draw(person_key, step, 'offered' || counted) < chance
),
course(person_key, step, team, given_by, counted, referred, assessed, started, ended, declined) as (
    select person_key, step, team, given_by, counted, asked, seen, if(refused, null, seen + wait),
           seen + if(refused, 10 + wait // 2, wait + 1 + course), refused
    from asked
    union all
    -- The specialists' waiting list: the treatment and the episode are one.
    select person_key, step, team, 'specialist', true, referred, assessed, started, ended, declined
    from journey where part = 'specialist' and part <> getvariable('main_part')
)
select course.*, treatment.treatment
from course join treatment on treatment.given_by = course.given_by and treatment.counted = course.counted
 and treatment.place = floor(draw(person_key, step, 'treatment') * treatment.places)::integer
where referred <= getvariable('last_day');

create or replace macro treatments_rows() as table
select person_key, team, treatment, day(referred) as referred_on, day(known(assessed)) as assessed_on,
       day(known(started)) as started_on, day(known(ended)) as ended_on,
       case when known(ended) is null then null when declined then 'declined'
            else by_share(person_key, step, 'outcome', ['completed', 'completed', 'completed', 'stopped']) end as outcome
from treatments_drawn();

create or replace macro events_rows() as table
with care as (
    select journey.*, pace.contact_days, least(ended, getvariable('last_day')) as until
    from journey join pace using (part, affected) where started <= getvariable('last_day')
),
drop_in as (select affected, team, low, high from team where part = 'drop_in'),
event(person_key, team, kind, day) as (
    select person_key, team, by_share(person_key, n, 'kind of contact', getvariable('contact_kinds')),
           started + n * contact_days + floor(draw(person_key, step * 16 + n, 'contact') * contact_days)
    from care, range(10) as nth(n) where started + n * contact_days <= until
    union all
    select person_key, team, 'care_plan', started + around(30, 2.0, draw(person_key, step, 'plan'))
    from care where part in ('community', 'inpatient', 'specialist') and draw(person_key, step, 'is planned') < number('events', 'care_plan')
    union all
    select person_key, team, getvariable('panel_kind'), started + floor(draw(person_key, step, 'panel') * (ended - started))
    from care where part in ('community', 'crisis', 'specialist') and draw(person_key, step, 'to panel') < number_of('events', 'panel', affected)
    union all
    -- People turn to the drop-in team while they wait for the specialists, and some others do too.
    select person_key, drop_in.team, getvariable('attendance_kind'),
           referred + floor(draw(person_key, step * 16 + n, 'visit') * (coalesce(started, ended) - referred))
    from journey join drop_in using (affected), range(3) as nth(n)
    where home >= low and home < high and journey.part = 'specialist'
     and draw(person_key, step, 'turns to') < number('events', 'turns_to_drop_in') and draw(person_key, step * 16 + n, 'again') < 0.7
    union all
    select person_key, drop_in.team, getvariable('attendance_kind'), started + floor(draw(person_key, step, 'visit') * (until - started))
    from care join drop_in using (affected) where home >= low and home < high and care.part in ('community', 'crisis')
     and draw(person_key, step, 'drops in') < number_of('events', 'drops_in', affected)
)
select person_key, event.team, kind, day(day) as occurred_on
from event where day <= getvariable('last_day');

create or replace macro prescriptions_rows() as table
with course as (
    select person_key, drug.drug_class, drug.watched, drug.place,
           seen + around(25, 1.5, draw(person_key, drug.place, 'prescribed')) as started,
           around(drug.days, 1.6, draw(person_key, drug.place, 'course of drug')) as days
    from noticed() join drug on draw(person_key, drug.place, 'drug') < if(affected, drug.share_affected, drug.share_others)
    where seen is not null
)
select person_key, drug_class,
       case when watched and draw(person_key, place, 'has indication') < number('medicines', 'with_indication')
            then by_share(person_key, place, 'indication', getvariable('indications')) end as indication,
       day(started) as started_on, day(known(started + days)) as ended_on
from course where started <= getvariable('last_day');

create or replace macro workforce_rows() as table
with staff as (
    select *, 9 + (number * 5) % 13 as staff,
           greatest((month - getvariable('improvement_day')) / 30.4, 0) as months_on
    from (select distinct team, number from team), (select unnest(getvariable('months')) as month)
),
shared(team, month, measure, denominator, share) as (
    select team, month, getvariable('trained_measure'), staff,
           number('staff', 'trained') + 0.05 * (number % 4) + least(0.016 * months_on, 0.3) + 0.04 * draw(number, month, 'trained')
    from staff
    union all
    select team, month, getvariable('supervised_measure'), staff * 2,
           number('staff', 'supervised') + 0.06 * (number % 3) + least(0.008 * months_on, 0.15) + 0.16 * draw(number, month, 'supervised')
    from staff
)
select team, day(month) as month, measure, round(least(share, 1) * denominator)::integer as numerator, denominator::integer as denominator
from shared;
