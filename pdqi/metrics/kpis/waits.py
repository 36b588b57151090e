"""How long people wait: for assessment, for treatment, for a diagnosis, and with what support."""

from pdqi.metrics.kpi import (
    Better,
    Count,
    Curve,
    Duration,
    Field,
    Kpi,
    Proportion,
    Statistic,
    Tally,
    nested,
)

EBT_WAIT = Kpi(
    id="ebt_wait",
    section="waits",
    name="Wait for an evidence-based treatment",
    short="Wait for treatment",
    question="How long do {people} wait for a treatment to start?",
    numerator="days from referral to start: the median and the 90th percentile of the"
    " Kaplan–Meier curve",
    denominator="treatment referrals of {people} received in the {look_back} to the last day; those"
    " still waiting are censored on that day, those who left unstarted when they left. Waiting now"
    " counts every referral that is waiting, however old",
    kind=Duration(
        counts=(
            Count("people", "People", shown=False),
            Count("referred", "Referred"),
            Count("still_waiting", "Waiting now"),
            *nested(
                "still_waiting",
                ("waiting_over_18_weeks", "Over 18 weeks"),
                ("waiting_over_52_weeks", "Over 52 weeks"),
            ),
        ),
        statistics=(
            Statistic("km_median_days", "Median wait", "days"),
            Statistic("km_median_low", "Median: 95% from", "days"),
            Statistic("km_median_high", "Median: 95% to", "days"),
            Statistic("km_p90_days", "90th percentile", "days"),
            Statistic("mean_started_days", "Mean of started", "days"),
        ),
        curves=(
            Curve(
                "",
                "referred",
                (("km_median_days", 0.5), ("km_p90_days", 0.9)),
                (("km_median_low", "km_median_high", 0.5),),
                "mean_started_days",
                running=("still_waiting",),
            ),
        ),
        ended="started",
        running="still waiting",
        removed="left unstarted",
    ),
    better=Better.LOWER,
    scopes=("team",),
    by="treatment",
    monthly=False,
    reads=("treatment_waits",),
    tables=("people", "diagnoses", "treatments"),
    depends_on=("case_definition", "look_back_months", "treatment_list"),
    caution="People without the condition wait too; waits that cannot be told apart by condition"
    " are not in here.",
    sql="""
        with waits as (
            select team as scope, treatment_waits.* from treatment_waits join teams using (team_key)
            union all
            select treatment, treatment_waits.*
            from treatment_waits join treatment_list using (treatment_key)
        )
        select period, scope, '' as series,
               case when recent then days end as days,
               started as ended,
               not started and not waiting as removed,
               count(*) filter (recent) as observations,
               0 as people,
               count(*) filter (recent) as referred,
               count(*) filter (waiting) as still_waiting,
               count(*) filter (waiting and days > $weeks_18) as waiting_over_18_weeks,
               count(*) filter (waiting and days > $weeks_52) as waiting_over_52_weeks
        from waits group by all
        union all
        select period, scope, '', null, null, null, 0,
               count(distinct person_key) filter (recent), 0, 0, 0, 0
        from waits group by period, scope
    """,
)

EBT_WAITING_NOW = Kpi(
    id="ebt_waiting_now",
    section="waits",
    name="Waiting for an evidence-based treatment on the last day",
    short="Waiting now",
    question="How many {people} are waiting, and for how long already?",
    numerator="referrals unstarted and unended on the last day: all, over 4 weeks (28 days), over"
    " 18 weeks (126 days), over 26 weeks (182 days), over 52 weeks (364 days), and the longest",
    denominator="treatment referrals of {people} received by the last day",
    kind=Tally(
        counts=(
            Count("people", "People", shown=False),
            Count("waiting", "Waiting"),
            *nested(
                "waiting",
                ("over_4_weeks", "Over 4 weeks"),
                ("over_18_weeks", "Over 18 weeks"),
                ("over_26_weeks", "Over 26 weeks"),
                ("over_52_weeks", "Over 52 weeks"),
            ),
        ),
        statistics=(Statistic("longest_days", "Longest wait", "days", one_persons=True),),
        main="waiting",
    ),
    better=Better.LOWER,
    scopes=("team",),
    by="treatment",
    reads=("treatment_waits",),
    tables=("people", "diagnoses", "treatments"),
    depends_on=("case_definition", "treatment_list"),
    caution="The longest wait is one person's: readers who are not cleared see whole quarters of"
    " a year.",
    sql="""
        with waits as (
            select team as scope, treatment_waits.* from treatment_waits join teams using (team_key)
            union all
            select treatment, treatment_waits.*
            from treatment_waits join treatment_list using (treatment_key)
        )
        select period, scope,
               count(distinct person_key) filter (waiting) as people,
               count(*) filter (waiting) as waiting,
               count(*) filter (waiting and days > $weeks_4) as over_4_weeks,
               count(*) filter (waiting and days > $weeks_18) as over_18_weeks,
               count(*) filter (waiting and days > $weeks_26) as over_26_weeks,
               count(*) filter (waiting and days > $weeks_52) as over_52_weeks,
               max(days) filter (waiting) as longest_days
        from waits group by period, scope
    """,
)

SUPPORT_WHILE_WAITING = Kpi(
    id="support_while_waiting",
    section="waits",
    name="{people} supported while they wait",
    short="Supported while waiting",
    question="Who waits without any contact?",
    numerator="those with any contact, group or treatment in the 28 days to the last day",
    denominator="{people} on a treatment waiting list on the last day",
    kind=Proportion(),
    better=Better.HIGHER,
    scopes=("team",),
    reads=("treatment_waits",),
    tables=("people", "diagnoses", "treatments", "events"),
    depends_on=("case_definition", "treatment_list"),
    caution="Support that is not recorded as a contact is not seen.",
    sql="""
        with waiting_people as (
            select distinct period, team, person_key
            from treatment_waits join teams using (team_key) where waiting
        ),
        supported as (
            select period, person_key
            from happenings join periods on occurred_on between support_from and last_day
            where list_contains($contact_kinds, kind) and occurred_on between $support_from and $to
            union
            select period, person_key
            from therapies join periods
                on started_on <= last_day and (ended_on is null or ended_on >= support_from)
            where started_on <= $to and (ended_on is null or ended_on >= $support_from)
        )
        select period, team as scope, count(*) as denominator,
               count(supported.person_key) as numerator
        from waiting_people left join supported using (period, person_key)
        group by period, team
    """,
)

DROP_IN_WAITING = Kpi(
    id="drop_in_waiting",
    section="waits",
    name="People at the drop-in service who are on the specialist waiting list",
    short="Drop-in, on waiting list",
    question="Do people turn to the drop-in service because they wait?",
    numerator="those with an attendance while on the specialist service's waiting list",
    denominator="people with an attendance at the drop-in service in the period",
    kind=Proportion(),
    better=Better.LOWER,
    scopes=("team",),
    reads=(),
    tables=("people", "events", "treatments"),
    caution="Visitors who gave no name, or cannot be linked, are not in here.",
    sql="""
        with visits as (
            select period, team, person_key, occurred_on
            from happenings join teams using (team_key)
            join periods on occurred_on between first_day and last_day
                and ($any_age or (birth_date > born_after and birth_date <= born_by))
            where happenings.drop_in and kind = $attendance_kind
              and occurred_on between $from and $to
        ),
        visitors as (
            select period, visits.team, visits.person_key,
                   coalesce(bool_or(
                       referred_on <= occurred_on
                       and (started_on is null or occurred_on < started_on)
                       and (started_on is not null or ended_on is null or occurred_on < ended_on)
                   ), false) as waiting
            from visits left join therapies
                on therapies.person_key = visits.person_key and specialist
            group by all
        )
        select period, team as scope, count(*) as denominator,
               count(*) filter (waiting) as numerator
        from visitors group by period, team
    """,
)

DIAGNOSIS_DELAY = Kpi(
    id="diagnosis_delay",
    section="waits",
    name="From first referral to a confirmed diagnosis",
    short="Time to diagnosis",
    question="How long does it take until a diagnosis is confirmed, and where does that happen?",
    numerator="days from the first referral anywhere to the first confirmed diagnosis: the median"
    " of the Kaplan–Meier curve, and the share first confirmed at the specialist service",
    denominator="{people} first referred by the last day; those not confirmed by then are"
    " censored on that day; a diagnosis before the first referral counts as 0 days",
    kind=Duration(
        counts=(
            Count("people", "People"),
            Count("confirmed", "Confirmed", within=("people",)),
            Count("team_known", "Confirmed by a known team", within=("confirmed",)),
            Count(
                "at_specialist", "First confirmed at the specialist service", within=("team_known",)
            ),
        ),
        derived=(Field("specialist_share", "Share at the specialist service", "share"),),
        statistics=(
            Statistic("km_median_days", "Median delay", "days"),
            Statistic("km_median_low", "Median: 95% from", "days"),
            Statistic("km_median_high", "Median: 95% to", "days"),
        ),
        curves=(
            Curve(
                "",
                "people",
                (("km_median_days", 0.5),),
                (("km_median_low", "km_median_high", 0.5),),
                running=("people", "confirmed"),
            ),
        ),
        ended="been confirmed",
        running="not yet confirmed",
        shares=(("specialist_share", "at_specialist", "team_known"),),
    ),
    better=Better.LOWER,
    scopes=("team", "system"),
    monthly=False,
    reads=("cases",),
    tables=("people", "episodes", "diagnoses"),
    depends_on=("case_definition",),
    caution="A team is here the one to which a person was first referred. The share at the"
    " specialist service needs diagnoses that say which team made them.",
    sql="""
        with found as (
            -- Whom to count is asked inside the count: as a condition of the join it would have
            -- the large table kept in memory in place of the small one.
            select period, first_referrals.team_key,
                   confirmed_on <= last_day as confirmed,
                   confirmed_on <= last_day and team_known as team_known,
                   confirmed_on <= last_day and by_specialist as at_specialist,
                   greatest(0, (case when confirmed_on <= last_day then confirmed_on
                                     else last_day end) - referred_on) as days,
                   count(*) filter (
                       referred_on <= last_day
                       and ($any_age or (birth_date > born_after and birth_date <= born_by))
                   ) as people
            from first_referrals join cases using (person_key) join periods using (period)
            left join (select * from first_confirmed where definition = $definition)
                using (person_key)
            group by all
        )
        select period, scope, '' as series, days, coalesce(confirmed, false) as ended,
               false as removed,
               sum(people) as observations,
               sum(people) as people,
               coalesce(sum(people) filter (confirmed), 0) as confirmed,
               coalesce(sum(people) filter (team_known), 0) as team_known,
               coalesce(sum(people) filter (at_specialist), 0) as at_specialist
        from found join scopes on shares_team(bit_of(team_key), teams)
        where kind in ('team', 'system') and people > 0
        group by period, scope, days, found.confirmed
    """,
)

ASSESSED_WITHIN_28_DAYS = Kpi(
    id="assessed_within_28_days",
    section="waits",
    name="Referrals assessed within 28 days",
    short="Assessed in 28 days",
    question="How timely is the first assessment?",
    numerator="referrals assessed within 28 days, and by the last day of the period",
    denominator="referrals received in the period, declined ones included",
    kind=Proportion(),
    better=Better.HIGHER,
    scopes=("team",),
    reads=(),
    tables=("people", "episodes"),
    caution="Referrals of everybody, with {short} or without. The last four weeks of a period"
    " have had less time to be assessed.",
    sql="""
        select period, team as scope, count(*) as denominator,
               count(*) filter (assessed_on <= last_day
                                and assessed_on - referred_on <= $assessment_days) as numerator
        from referrals join teams using (team_key)
        join periods on referred_on between first_day and last_day
            and ($any_age or (birth_date > born_after and birth_date <= born_by))
        where assesses and referred_on between $from and $to
        group by period, team
    """,
)

KPIS = (
    ASSESSED_WITHIN_28_DAYS,
    EBT_WAIT,
    EBT_WAITING_NOW,
    SUPPORT_WHILE_WAITING,
    DROP_IN_WAITING,
    DIAGNOSIS_DELAY,
)
