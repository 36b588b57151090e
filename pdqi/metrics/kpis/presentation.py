"""Who presents, and where."""

from pdqi.metrics.kpi import EVERY_SCOPE, Better, Count, Kpi, Proportion, proportion_within

CASE_PREVALENCE = Kpi(
    id="case_prevalence",
    section="presentation",
    name="{people} under care",
    short="{short} under care",
    question="Who presents, and where should effort go?",
    numerator="people under care who meet the case definition on the last day of the period",
    denominator="people with an episode under way in the period",
    kind=Proportion(),
    better=Better.NEITHER,
    scopes=EVERY_SCOPE,
    reads=("caseload",),
    tables=("people", "episodes", "diagnoses"),
    depends_on=("case_definition",),
    caution="Rests on what is recorded: a team that records fewer diagnoses looks as if fewer"
    " people presented.",
    sql="""
        select period, scope,
               coalesce(sum(people), 0) as denominator,
               coalesce(sum(people) filter (is_case), 0) as numerator
        from caseload
        group by period, scope
    """,
)

CASE_PREVALENCE_CONFIRMED = Kpi(
    id="case_prevalence_confirmed_only",
    section="presentation",
    name="{people} under care, confirmed",
    short="Confirmed {short} under care",
    question="How many have a confirmed diagnosis?",
    numerator="people under care with a confirmed diagnosis by the last day of the period",
    denominator="people with an episode under way in the period",
    kind=Proportion(
        counts=(
            Count("denominator", "Out of"),
            Count("cases", "With {short}", within=("denominator",), shown=False),
            Count("numerator", "Number", within=("cases",)),
        )
    ),
    better=Better.NEITHER,
    scopes=EVERY_SCOPE,
    reads=("caseload",),
    tables=("people", "episodes", "diagnoses"),
    depends_on=("case_definition",),
    caution="Lower than the share with confirmed or suspected {short} by definition.",
    sql="""
        select period, scope,
               coalesce(sum(people), 0) as denominator,
               coalesce(sum(people) filter (is_case), 0) as cases,
               coalesce(sum(people) filter (is_case and confirmed), 0) as numerator
        from caseload
        group by period, scope
    """,
)

CASE_CONFIRMED_SHARE = Kpi(
    id="case_confirmed_share",
    section="presentation",
    name="{people} whose diagnosis is confirmed",
    short="Diagnosis confirmed",
    question="How much of what is counted is confirmed rather than suspected?",
    numerator="those with a confirmed diagnosis",
    denominator="people under care who meet the case definition",
    kind=proportion_within("People under care"),
    better=Better.HIGHER,
    scopes=EVERY_SCOPE,
    reads=("caseload",),
    tables=("people", "episodes", "diagnoses"),
    depends_on=("case_definition",),
    caution="A structured assessment is not recorded as such; confirmed means recorded so.",
    sql="""
        select period, scope,
               coalesce(sum(people), 0) as within,
               coalesce(sum(people) filter (is_case), 0) as denominator,
               coalesce(sum(people) filter (is_case and confirmed), 0) as numerator
        from caseload
        group by period, scope
    """,
)

NO_DIAGNOSIS_ENTRY = Kpi(
    id="no_diagnosis_entry",
    section="presentation",
    name="People under care without any diagnosis entry",
    short="No diagnosis entered",
    question="About whom can nothing be told, whichever definition is used?",
    numerator="people of whom no diagnosis of any kind was entered by the last day of the period",
    denominator="people with an episode under way in the period",
    kind=Proportion(),
    better=Better.LOWER,
    scopes=EVERY_SCOPE,
    reads=("care",),
    tables=("people", "episodes", "diagnoses"),
    caution="Whether they are {people} cannot be told from the records, and no case definition"
    " counts them. Diagnoses kept where no extract reaches are missing here too.",
    sql="""
        with people as (
            select period, person_key, bit_or(bit_of(team_key)) as teams
            from care
            group by period, person_key
        ),
        counted as (
            select period, teams, coalesce(entered_on <= last_day, false) as entered,
                   count(*) as number
            from people join periods using (period)
            left join first_entries using (person_key)
            group by all
        )
        select periods.period, scope,
               coalesce(sum(number), 0) as denominator,
               coalesce(sum(number) filter (not entered), 0) as numerator
        from care_scopes cross join periods
        left join counted
            on counted.period = periods.period and shares_team(counted.teams, care_scopes.teams)
        where exists (select 1 from first_entries)
        group by periods.period, scope
    """,
)

KPIS = (CASE_PREVALENCE, CASE_PREVALENCE_CONFIRMED, CASE_CONFIRMED_SHARE, NO_DIAGNOSIS_ENTRY)
