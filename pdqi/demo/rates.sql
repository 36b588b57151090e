-- How the numbers of a demonstration's world become draws. Nothing here names a team, a treatment or
-- a condition: `part` is the part that a service plays.

-- A number in [0, 1) that depends on its arguments alone, so that neither threads nor chunks matter.
-- Hashes of one value are mixed: DuckDB's hash of several values at once leaves draws related.
create or replace macro draw(person, step, what) as
    (hash(xor(hash(person::bigint * 100000 + step::bigint), hash(getvariable('seed') || ' ' || what))) >> 11)::double
        / 9007199254740992;

-- Days around a median (log-logistic; the longest few in a hundred are cut off).
create or replace macro around(median, shape, u) as
    round(median * pow(least(greatest(u, 0.01), 0.985) / (1 - least(greatest(u, 0.01), 0.985)), 1.0 / shape))::integer;

-- How much of a former wait is left for a referral of this day, once improvement has begun.
create or replace macro wait_left(day, most_saved) as
    1 - most_saved * least(greatest((day - getvariable('improvement_day')) / 180.0, 0), 1);

-- A number of the world, also by whether people have the condition, or the treatment counts.
create or replace macro number(about, name) as getvariable('numbers')[about][name];
create or replace macro number_of(about, name, affected) as
    if(affected, getvariable('numbers')[about][name]['affected'], getvariable('numbers')[about][name]['others']);
create or replace macro days_of(name, counted) as
    if(counted, getvariable('numbers')['treatments'][name]['counted'],
       getvariable('numbers')['treatments'][name]['uncounted']);

-- A part that no team plays is left out of moves; its entries go to the part that comes first.
create or replace temp view played as select distinct part from team;
create or replace temp table entry as
with open_to as (
    select affected, coalesce(played.part, getvariable('main_part')) as part, sum(share) as share
    from entry_share left join played using (part) group by all
)
select *, round(sum(share) over upwards - share, 6) as low, round(sum(share) over upwards, 6) as high
from open_to window upwards as (partition by affected order by part);
create or replace temp table move as
with numbered as (
    select *, row_number() over (partition by affected, part order by next_part, timing) as place
    from move_share where next_part in (select part from played)
)
select *, round(sum(share) over upwards - share, 6) as low, round(sum(share) over upwards, 6) as high
from numbered window upwards as (partition by affected, part order by place);
create or replace temp table source as
select *, round(sum(share) over upwards - share, 6) as low, round(sum(share) over upwards, 6) as high
from source_share window upwards as (partition by part order by share desc, referral_source);
