"""How long care lasts, who comes back, where people come in, and where they go next."""

from pdqi.metrics.kpi import (
    EVERY_SCOPE,
    Better,
    Count,
    Curve,
    Duration,
    Kpi,
    PairedProportion,
    Ratio,
    Statistic,
    Tally,
)

EPISODE_LENGTH = Kpi(
    id="episode_length",
    section="journeys",
    name="Length of an episode of care",
    short="Length of care",
    question="How long do {people} stay under a team, and others?",
    numerator="days from start to end: the median of the Kaplan–Meier curve; episodes still open"
    " are censored on the last day. Beside it the mean of the closed ones",
    denominator="episodes of {people} under care in the period",
    kind=Duration(
        counts=(
            Count("people", "People", shown=False),
            Count("episodes", "Episodes"),
            Count("closed", "Closed", within=("episodes",)),
            Count("other_people", "Others: people", shown=False),
            Count("other_episodes", "Others: episodes"),
            Count("other_closed", "Others: closed", within=("other_episodes",)),
        ),
        statistics=(
            Statistic("km_median_days", "Median length", "days"),
            Statistic("km_median_low", "Median: 95% from", "days"),
            Statistic("km_median_high", "Median: 95% to", "days"),
            Statistic("mean_closed_days", "Mean of closed", "days"),
            Statistic("other_km_median_days", "Others: median", "days", "other_people"),
            Statistic("other_km_median_low", "Others: 95% from", "days", "other_people"),
            Statistic("other_km_median_high", "Others: 95% to", "days", "other_people"),
            Statistic("other_mean_closed_days", "Others: mean of closed", "days", "other_people"),
        ),
        curves=(
            Curve(
                "case",
                "episodes",
                (("km_median_days", 0.5),),
                (("km_median_low", "km_median_high", 0.5),),
                "mean_closed_days",
                running=("episodes", "closed"),
            ),
            Curve(
                "other",
                "other_episodes",
                (("other_km_median_days", 0.5),),
                (("other_km_median_low", "other_km_median_high", 0.5),),
                "other_mean_closed_days",
                "other_people",
                ("other_episodes", "other_closed"),
            ),
        ),
    ),
    better=Better.NEITHER,
    scopes=EVERY_SCOPE,
    reads=("lengths", "caseload"),
    tables=("people", "episodes", "diagnoses"),
    depends_on=("case_definition", "merge_gap_days"),
    caution="The mean of closed episodes leaves out the long ones that are still open, and is"
    " shown only for that comparison.",
    sql="""
        select period, scope, case when is_case then 'case' else 'other' end as series, days,
               closed as ended, false as removed, episodes as observations,
               0 as people,
               case when is_case then episodes else 0 end as episodes,
               case when is_case and closed then episodes else 0 end as closed,
               0 as other_people,
               case when is_case then 0 else episodes end as other_episodes,
               case when not is_case and closed then episodes else 0 end as other_closed
        from care_scopes join lengths on shares_team(bit_of(team_key), care_scopes.teams)
        union all
        select period, scope, '', null, null, null, 0,
               coalesce(sum(people) filter (is_case), 0), 0, 0,
               coalesce(sum(people) filter (not is_case), 0), 0, 0
        from caseload
        group by period, scope
    """,
)

_MULTIPLE_SQL = """
    select period, scope,
           coalesce(sum(people) filter (is_case), 0) as case_denominator,
           coalesce(sum(people) filter (is_case and several), 0) as case_numerator,
           coalesce(sum(people) filter (not is_case), 0) as other_denominator,
           coalesce(sum(people) filter (not is_case and several), 0) as other_numerator
    from (
        select periods.period, scope, is_case, people,
               shares_team(twice, return_scopes.teams)
               or bit_count(starters.teams & return_scopes.teams) > 1 as several
        from return_scopes cross join periods
        left join starters on starters.period = periods.period
            and shares_team(starters.teams, return_scopes.teams)
    )
    group by period, scope
"""

MULTIPLE_EPISODES = Kpi(
    id="multiple_episodes",
    section="journeys",
    name="People with several episodes in {look_back}",
    short="Several episodes",
    question="Who comes back?",
    numerator="people with two or more episodes in the scope that started in the {look_back} to the"
    " last day",
    denominator="people with one or more such episode; {short} and others separately",
    kind=PairedProportion(),
    better=Better.LOWER,
    scopes=("team", "service", "set"),
    monthly=False,
    reads=("starters",),
    tables=("people", "episodes", "diagnoses"),
    depends_on=("case_definition", "merge_gap_days", "look_back_months"),
    caution="Only community and crisis teams take part. In a scope of several teams, one episode"
    " in each of two teams counts as several.",
    sql=_MULTIPLE_SQL,
)

MULTIPLE_EPISODES_RATIO = Kpi(
    id="multiple_episodes_ratio",
    section="journeys",
    name="Several episodes: {people} compared with others",
    short="Several episodes, against others",
    question="How much more often do {people} come back?",
    numerator="share of {people} with several episodes",
    denominator="share of other people with several episodes",
    kind=Ratio(),
    better=Better.LOWER,
    scopes=("team", "service", "set"),
    monthly=False,
    reads=("starters",),
    tables=("people", "episodes", "diagnoses"),
    depends_on=("case_definition", "merge_gap_days", "look_back_months"),
    caution="The interval is on the log scale; where nobody came back there is no ratio.",
    sql=_MULTIPLE_SQL,
)

ENTRY_POINTS = Kpi(
    id="entry_points",
    section="journeys",
    name="Where people come in",
    short="First referrals",
    question="By how many doors do people enter?",
    numerator="people whose first referral anywhere fell in the period, by team and by who"
    " referred; and the number of routes that carry 95% of them",
    denominator="all people whose first referral fell in the period",
    kind=Tally(
        counts=(Count("people", "People"),),
        statistics=(Statistic("routes_for_95_percent", "Routes that carry 95%"),),
        main="people",
    ),
    better=Better.NEITHER,
    scopes=("team", "system"),
    by="referral source",
    reads=(),
    tables=("people", "episodes"),
    caution="First ever means first in these data: earlier care elsewhere is not seen.",
    sql="""
        with entered as (
            select period, team, referral_source, count(*) as people
            from first_referrals join teams using (team_key)
            join periods on referred_on between first_day and last_day
                and ($any_age or (birth_date > born_after and birth_date <= born_by))
            where referred_on between $from and $to
            group by all
        ),
        ranked as (
            select *, sum(people) over (partition by period
                                        order by people desc, team, referral_source
                                        rows between unbounded preceding and current row) - people
                      as before, sum(people) over (partition by period) as everyone
            from entered
        )
        select periods.period, 'system' as scope, null as by, coalesce(sum(people), 0) as people,
               count(*) filter (before < 0.95 * everyone) as routes_for_95_percent
        from periods left join ranked using (period)
        group by periods.period
        union all
        select period, team, null, sum(people), null
        from entered group by period, team
        union all
        select period, team, referral_source, people, null from entered
    """,
)

TRANSITIONS = Kpi(
    id="transitions",
    section="journeys",
    name="Moves between teams",
    short="Moves between teams",
    question="Where do people go next?",
    numerator="one episode followed by the next, both started in the period: moves, people, and"
    " the median days from the end of one to the start of the next",
    denominator="people with such a pair of episodes",
    kind=Tally(
        # Many moves of few people tell of those people: they are hidden with them.
        counts=(
            Count("moves", "Moves", within=("people",)),
            Count("people", "People"),
            Count("case_moves", "{short}: moves", within=("moves", "case_people")),
            Count("case_people", "{short}: people", within=("people",)),
            Count("other_moves", "Others: moves", within=("moves", "other_people")),
            Count("other_people", "Others: people", within=("people",)),
        ),
        statistics=(
            Statistic("median_days", "Median days between", "days"),
            Statistic("case_median_days", "{short}: median days", "days", "case_people"),
            Statistic("other_median_days", "Others: median days", "days", "other_people"),
        ),
        main="moves",
    ),
    better=Better.NEITHER,
    scopes=("team",),
    by="next team",
    monthly=False,
    reads=("cases",),
    tables=("people", "episodes", "diagnoses"),
    depends_on=("case_definition", "merge_gap_days"),
    caution="Negative days mean that the next episode began before the last had ended. A team"
    " followed by itself is a return.",
    sql="""
        select period, here.team as scope, there.team as by, found.*
                   exclude (period, team_key, next_team_key)
        from (
            select period, team_key, next_team_key, count(*) as moves,
                   count(*) filter (first_of_period) as people,
                   count(*) filter (cases.person_key is not null) as case_moves,
                   count(*) filter (first_of_period and cases.person_key is not null)
                   as case_people,
                   count(*) filter (cases.person_key is null) as other_moves,
                   count(*) filter (first_of_period and cases.person_key is null) as other_people,
                   median(days) as median_days,
                   median(days) filter (cases.person_key is not null) as case_median_days,
                   median(days) filter (cases.person_key is null) as other_median_days
            from (
                select period, person_key, team_key, next_team_key,
                       previous_started_on is null or previous_started_on < first_day
                           as first_of_period,
                       case when ended_on <= last_day then next_started_on - ended_on end as days
                from moves
                join periods on started_on >= first_day and next_started_on <= last_day
                    and known_from <= last_day
                    and (superseded_on is null or superseded_on > last_day)
                    and ($any_age or (birth_date > born_after and birth_date <= born_by))
                where next_started_on between $from and $to
            )
            left join cases using (period, person_key)
            group by period, team_key, next_team_key
        ) as found
        join teams as here using (team_key)
        join teams as there on there.team_key = next_team_key
    """,
)

KPIS = (EPISODE_LENGTH, MULTIPLE_EPISODES, MULTIPLE_EPISODES_RATIO, ENTRY_POINTS, TRANSITIONS)
