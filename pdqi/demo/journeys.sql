-- One chunk of people and the episodes of their journeys. Days are numbers until they are stored.

create or replace temp table person as
with drawn as (
    select number::integer as person_key, draw(number, 0, 'affected') < number('people', 'affected') as affected
    from range(getvariable('chunk_first'), getvariable('chunk_last') + 1) as numbers(number)
)
select drawn.*, entry.part, draw(person_key, 0, 'home') as home,
       -- In one month the crisis teams are called on far more often than at other times.
       case when entry.part = 'crisis' and draw(person_key, 0, 'spike') < 0.02
            then getvariable('spike_day') + floor(draw(person_key, 0, 'arrival') * 30)
            else getvariable('history_day')
                 + floor(draw(person_key, 0, 'arrival') * (getvariable('last_day') - getvariable('history_day') + 1))
       end::integer as arrived
from drawn join entry on drawn.affected = entry.affected
     and draw(person_key, 0, 'entry') >= entry.low and draw(person_key, 0, 'entry') < entry.high;

create or replace temp table journey as
select person_key, affected, home, 1 as step, part, 'entry' as timing, null::varchar as team,
       arrived as referred, null::integer as assessed, null::integer as started, null::integer as ended, false as declined
from person where false;
