"""People under care of whom something is not known, or depends on the words.

Shown on the Data quality page and not among the figures.
"""

from pdqi.metrics.kpi import EVERY_SCOPE, Better, Kpi, Proportion

NO_BIRTH_DATE = Kpi(
    id="no_birth_date",
    section="quality",
    name="People under care without a birth date",
    short="No birth date",
    question="Who is outside of every figure that is limited to an age?",
    numerator="people without a birth date",
    denominator="people of any age, or of none that is known, with an episode under way in the"
    " period",
    kind=Proportion(),
    better=Better.LOWER,
    scopes=EVERY_SCOPE,
    reads=(),
    tables=("people", "episodes"),
    caution="",
    sql="""
        with under_care as (
            select period, person_key, bit_or(bit_of(team_key)) as teams,
                   any_value(birth_date) is null as unknown
            from spells join periods
                on known_from <= last_day and (superseded_on is null or superseded_on > last_day)
                and (ended_on is null or ended_on >= first_day)
            where known_from <= $to and (ended_on is null or ended_on >= $from)
            group by period, person_key
        ),
        counted as (select period, teams, unknown, count(*) as people from under_care group by all)
        select periods.period, scope, coalesce(sum(people), 0) as denominator,
               coalesce(sum(people) filter (unknown), 0) as numerator
        from care_scopes cross join periods
        left join counted
            on counted.period = periods.period and shares_team(counted.teams, care_scopes.teams)
        group by periods.period, scope
    """,
)

NOT_LINKED = Kpi(
    id="not_linked",
    section="quality",
    name="People under care whom some source cannot know",
    short="Not linked",
    question="Whose records elsewhere cannot find their way here?",
    numerator="people who lack at least one of the kinds of identifiers that sources use",
    denominator="people of the chosen ages with an episode under way in the period",
    kind=Proportion(),
    better=Better.LOWER,
    scopes=EVERY_SCOPE,
    reads=("care",),
    tables=("people", "episodes"),
    caution="Only where more than one kind of identifier is in use.",
    sql="""
        with people as (
            select period, person_key, bit_or(bit_of(team_key)) as teams
            from care group by period, person_key
        ),
        counted as (
            select period, teams, coalesce(kinds, 0) < every_kind as unlinked, count(*) as number
            from people left join known_by using (person_key)
            cross join (select max(of_kinds) as every_kind from known_by)
            group by all
        )
        select periods.period, scope, coalesce(sum(number), 0) as denominator,
               coalesce(sum(number) filter (unlinked), 0) as numerator
        from care_scopes cross join periods
        left join counted
            on counted.period = periods.period and shares_team(counted.teams, care_scopes.teams)
        where (select max(of_kinds) from known_by) > 1
        group by periods.period, scope
    """,
)

COUNTED_OTHERWISE = Kpi(
    id="counted_otherwise",
    section="quality",
    name="People under care whom only another case definition counts",
    short="Only under another definition",
    question="How many are in or out for the words that were used?",
    numerator="people whom the chosen case definition does not count on the last day of the period,"
    " and another of config does",
    denominator="people of the chosen ages with an episode under way in the period",
    kind=Proportion(),
    better=Better.NEITHER,
    scopes=EVERY_SCOPE,
    reads=("care",),
    tables=("people", "episodes", "diagnoses"),
    depends_on=("case_definition",),
    caution="",
    sql="""
        with elsewhere as (
            select distinct period, person_key
            from case_spans
            join periods on from_on <= last_day and (until_on is null or until_on > last_day)
        ),
        people as (
            select period, person_key, bit_or(bit_of(team_key)) as teams,
                   bool_or(is_case) as is_case
            from care group by period, person_key
        ),
        counted as (
            select period, teams, not is_case and elsewhere.person_key is not null as otherwise,
                   count(*) as number
            from people left join elsewhere using (period, person_key)
            group by all
        )
        select periods.period, scope, coalesce(sum(number), 0) as denominator,
               coalesce(sum(number) filter (otherwise), 0) as numerator
        from care_scopes cross join periods
        left join counted
            on counted.period = periods.period and shares_team(counted.teams, care_scopes.teams)
        group by periods.period, scope
    """,
)

KPIS = (NO_BIRTH_DATE, NOT_LINKED, COUNTED_OTHERWISE)
