-- The numbers behind the invented people: how often, how long, and where to next. They are
-- chosen so that the published figures come out (docs/demonstration.md); none is a finding.
-- Nothing here names a team, a treatment or a condition: `part` is the part that a service plays.

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

-- What a part is like. `start_days` are counted from the assessment.
create or replace temp table pace as
select * from (values
    ('therapies',  true,  18,  30, 120, 0.14, 30),
    ('therapies',  false, 18,  30, 105, 0.12, 30),
    ('community',  true,  27,  16, 290, 0.11, 75),
    ('community',  false, 26,  16, 190, 0.12, 80),
    ('crisis',     true,   1,   1,  25, 0.07,  6),
    ('crisis',     false,  1,   1,  20, 0.06,  6),
    ('inpatient',  true,   0,   0,  18, 0.00,  7),
    ('inpatient',  false,  0,   0,  30, 0.00,  7),
    ('specialist', true, 120, 190, 330, 0.14, 45),
    ('specialist', false, 90, 120, 200, 0.40, 45),
    ('further',    true,  60, 120, 180, 0.12, 45),
    ('further',    false, 50, 100, 160, 0.12, 45),
    ('drop_in',    true,   5,   5,  60, 0.10, 30),
    ('drop_in',    false,  5,   5,  60, 0.10, 30)
) as pace(part, affected, assess_days, start_days, length_days, declined, contact_days);

-- Where people come in first: cumulative shares are made below.
create or replace temp table entry_share as
select * from (values
    (true,  'community', 0.53), (true,  'crisis', 0.27), (true,  'inpatient', 0.06), (true,  'therapies', 0.14),
    (false, 'community', 0.37), (false, 'crisis', 0.187), (false, 'inpatient', 0.013), (false, 'therapies', 0.43)
) as entry_share(affected, part, share);

-- What follows an episode: during it, on handing over, at once (entered again), or later.
create or replace temp table move_share as
select * from (values
    (true,  'therapies',  'community',  'later',    60, 0.16), (true,  'therapies',  'crisis',     'later',  90, 0.05),
    (true,  'therapies',  'therapies',  'later',   240, 0.06), (true,  'therapies',  'further',    'later',  30, 0.03),
    (true,  'community',  'community',  'at_once',   0, 0.04), (true,  'community',  'community',  'later', 130, 0.10),
    (true,  'community',  'crisis',     'during',    0, 0.15), (true,  'community',  'crisis',     'later', 120, 0.06),
    (true,  'community',  'inpatient',  'during',    0, 0.05), (true,  'community',  'specialist', 'during',  0, 0.20),
    (true,  'community',  'further',    'during',    0, 0.03), (true,  'community',  'therapies',  'later', 100, 0.03),
    (true,  'crisis',     'community',  'handover',  0, 0.24), (true,  'crisis',     'inpatient',  'handover', 0, 0.11),
    (true,  'crisis',     'crisis',     'at_once',   0, 0.04), (true,  'crisis',     'crisis',     'later', 110, 0.15),
    (true,  'inpatient',  'community',  'handover',  0, 0.28), (true,  'inpatient',  'crisis',     'handover', 0, 0.22),
    (true,  'inpatient',  'inpatient',  'later',   100, 0.10),
    (true,  'specialist', 'community',  'later',    60, 0.08), (true,  'specialist', 'crisis',     'later',  90, 0.06),
    (true,  'further',    'community',  'later',    90, 0.08), (true,  'declined',   'community',  'later',  60, 0.18),
    (true,  'declined',   'crisis',     'later',    60, 0.12),
    (false, 'therapies',  'community',  'later',    60, 0.06), (false, 'therapies',  'therapies',  'later', 240, 0.07),
    (false, 'therapies',  'further',    'later',    30, 0.02), (false, 'therapies',  'crisis',     'later', 120, 0.02),
    (false, 'community',  'community',  'at_once',   0, 0.04), (false, 'community',  'community',  'later', 130, 0.07),
    (false, 'community',  'crisis',     'during',    0, 0.095), (false, 'community',  'inpatient',  'during',  0, 0.01),
    (false, 'community',  'further',    'during',    0, 0.03), (false, 'community',  'therapies',  'later',  80, 0.05),
    (false, 'crisis',     'community',  'handover',  0, 0.14), (false, 'crisis',     'inpatient',  'handover', 0, 0.025),
    (false, 'crisis',     'crisis',     'at_once',   0, 0.04), (false, 'crisis',     'crisis',     'later', 110, 0.08),
    (false, 'inpatient',  'community',  'handover',  0, 0.20), (false, 'inpatient',  'crisis',     'handover', 0, 0.10),
    (false, 'inpatient',  'inpatient',  'later',   160, 0.05),
    (false, 'further',    'community',  'later',   120, 0.04), (false, 'declined',   'community',  'later',  90, 0.06),
    (false, 'declined',   'therapies',  'later',    40, 0.12)
) as move_share(affected, part, next_part, timing, gap_days, share);

-- Who refers: by part at first; later episodes are mostly referred by another team.
create or replace temp table source_share as
select * from (values
    ('therapies', 'Self', 0.55), ('therapies', 'GP', 0.38), ('therapies', 'Employer', 0.07),
    ('crisis', 'A&E', 0.38), ('crisis', 'GP', 0.22), ('crisis', 'Self', 0.16), ('crisis', 'Police', 0.14), ('crisis', 'Ambulance', 0.10),
    ('inpatient', 'A&E', 0.55), ('inpatient', 'Police', 0.30), ('inpatient', 'Out of area', 0.15),
    ('elsewhere', 'GP', 0.68), ('elsewhere', 'A&E', 0.10), ('elsewhere', 'Self', 0.10), ('elsewhere', 'Social care', 0.08),
    ('elsewhere', 'Police', 0.04)
) as source_share(part, referral_source, share);

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
