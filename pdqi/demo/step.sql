-- One step on for everybody in the chunk: the first referral, or what follows the last episode.

create or replace temp table referral as
select person_key, affected, home, 1 as step, part, 'entry' as timing, null::varchar as last_team, arrived as referred
from person where getvariable('step') = 1
union all
select last.person_key, last.affected, last.home, last.step + 1, move.next_part, move.timing, last.team,
       (case move.timing
            when 'at_once' then ended + floor(draw(person_key, last.step, 'gap') * 6)
            when 'during' then started + floor((0.05 + 0.75 * draw(person_key, last.step, 'gap')) * (ended - started))
            when 'handover' then greatest(started, ended - floor(draw(person_key, last.step, 'gap') * 8))
            else ended + 6 + around(move.gap_days, 1.4, draw(person_key, last.step, 'gap'))
        end)::integer
from journey as last join move
     on move.affected = last.affected and move.part = if(last.declined, 'declined', last.part)
     and draw(person_key, last.step, 'move') >= move.low and draw(person_key, last.step, 'move') < move.high
where last.step = getvariable('step') - 1;

insert into journey
with entered as (
    -- The record was out of order for most of one month: half of its referrals were entered weeks later.
    select * replace (
        if(timing <> 'at_once' and referred between getvariable('outage_day') and getvariable('outage_day') + 30
           and draw(person_key, step, 'outage') < 0.55,
           referred + 31 + floor(draw(person_key, step, 'entered') * 60)::integer, referred) as referred)
    from referral
),
placed as (
    select entered.*, team.team, team.pace_factor, team.length_factor
    from entered join team
      on team.part = entered.part and team.affected = entered.affected
     -- Nearly always the team of the person's own patch; the same one when entered again.
     and case when timing = 'at_once' then team.team = last_team
              when draw(person_key, step, 'away') < 0.07
              then draw(person_key, step, 'team') >= team.low and draw(person_key, step, 'team') < team.high
              else home >= team.low and home < team.high end
    where referred <= getvariable('last_day')
),
timed as (
    select placed.*,
           timing not in ('at_once', 'handover') and draw(person_key, step, 'declined') < pace.declined as declined,
           if(timing = 'at_once', 0, around(pace.assess_days * pace_factor
              * wait_left(referred, if(part = 'specialist', 0.12, 0.28)), 2.6, draw(person_key, step, 'assess'))) as to_assess,
           if(timing = 'at_once', 0, around(pace.start_days * pace_factor
              * wait_left(referred, 0.12), 2.2, draw(person_key, step, 'start'))) as to_start,
           1 + around(pace.length_days * length_factor, 2.8, draw(person_key, step, 'length')) as length,
           6 + around(16, 2.0, draw(person_key, step, 'turned away')) as to_decline
    from placed join pace using (part, affected)
)
select person_key, affected, home, step, part, timing, team, referred,
       case when not declined then referred + to_assess
            when to_assess < to_decline and draw(person_key, step, 'seen first') < 0.6 then referred + to_assess end,
       if(declined, null, referred + to_assess + to_start),
       if(declined, referred + to_decline, referred + to_assess + to_start + length),
       declined
from timed;
