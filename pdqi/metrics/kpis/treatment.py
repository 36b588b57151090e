"""Who reaches an evidence-based treatment, who is reviewed, what is prescribed."""

from pdqi.metrics.kpi import (
    EVERY_SCOPE,
    Better,
    Count,
    Field,
    Kpi,
    Proportion,
    Steps,
    proportion_within,
)

EBT_RECEIVED = Kpi(
    id="ebt_received",
    section="treatment",
    name="{people} who received an evidence-based treatment",
    short="Received a treatment",
    question="Who reaches a treatment that works, and from which team?",
    numerator="those with a counted treatment under way in the period, whichever team gives it",
    denominator="people under care who meet the case definition",
    kind=proportion_within("People under care"),
    better=Better.HIGHER,
    scopes=EVERY_SCOPE,
    by="treatment",
    reads=("caseload",),
    tables=("people", "episodes", "diagnoses", "treatments"),
    depends_on=("case_definition", "treatment_list"),
    caution="Which treatments count is a local list in config; not every team records them.",
    sql="""
        select period, scope, null as by,
               coalesce(sum(people), 0) as within,
               coalesce(sum(people) filter (is_case), 0) as denominator,
               coalesce(sum(people) filter (is_case and started > 0), 0) as numerator
        from caseload
        group by period, scope
        union all
        select period, scope, treatment,
               coalesce(sum(people), 0),
               coalesce(sum(people) filter (is_case), 0),
               coalesce(sum(people) filter (is_case and (started >> treatment_key) & 1 = 1), 0)
        from caseload cross join treatment_list
        where counted
        group by period, scope, treatment
    """,
)

EBT_CASCADE = Kpi(
    id="ebt_cascade",
    section="treatment",
    name="From under care to a completed treatment",
    short="From care to treatment",
    question="At which step are {people} lost?",
    numerator="people who reached each step: under care, {short}, referred for a counted"
    " treatment, assessed for it, started it, completed it",
    denominator="people under care who meet the case definition",
    kind=Steps(
        counts=(
            Count("under_care", "Under care"),
            Count("cases", "With {short}", within=("under_care",)),
            Count("referred", "Referred", within=("cases",)),
            Count("assessed", "Assessed", within=("cases",)),
            Count("started", "Started", within=("cases",)),
            Count("completed", "Completed", within=("cases",)),
        ),
        derived=tuple(
            Field(f"{step}_share", f"{step.capitalize()}, share", "share")
            for step in ("referred", "assessed", "started", "completed")
        ),
        main="started_share",
    ),
    better=Better.HIGHER,
    scopes=EVERY_SCOPE,
    by="treatment",
    monthly=False,
    reads=("caseload",),
    tables=("people", "episodes", "diagnoses", "treatments"),
    depends_on=("case_definition", "treatment_list"),
    caution="A treatment referral takes part when it was open at some time in the period; whoever"
    " reached a later step is taken to have reached those before it.",
    sql="""
        select period, scope, null as by,
               coalesce(sum(people), 0) as under_care,
               coalesce(sum(people) filter (is_case), 0) as cases,
               coalesce(sum(people) filter (is_case and referred > 0), 0) as referred,
               coalesce(sum(people) filter (is_case and assessed > 0), 0) as assessed,
               coalesce(sum(people) filter (is_case and started > 0), 0) as started,
               coalesce(sum(people) filter (is_case and completed > 0), 0) as completed
        from caseload
        group by period, scope
        union all
        select period, scope, treatment,
               coalesce(sum(people), 0),
               coalesce(sum(people) filter (is_case), 0),
               coalesce(sum(people) filter (is_case and (referred >> treatment_key) & 1 = 1), 0),
               coalesce(sum(people) filter (is_case and (assessed >> treatment_key) & 1 = 1), 0),
               coalesce(sum(people) filter (is_case and (started >> treatment_key) & 1 = 1), 0),
               coalesce(sum(people) filter (is_case and (completed >> treatment_key) & 1 = 1), 0)
        from caseload cross join treatment_list
        where counted
        group by period, scope, treatment
    """,
)

PANEL_REVIEWED = Kpi(
    id="panel_reviewed",
    section="treatment",
    name="People reviewed by the {panel}",
    short="Reviewed by panel",
    question="Whose care do the experts look at together?",
    numerator="people with a panel review in the period",
    denominator="people with an episode under way in the period",
    kind=Proportion(),
    better=Better.HIGHER,
    scopes=EVERY_SCOPE,
    reads=("caseload",),
    tables=("people", "episodes", "events"),
    caution="Counts reviews that were recorded as such.",
    sql="""
        select period, scope,
               coalesce(sum(people), 0) as denominator,
               coalesce(sum(people) filter (reviewed), 0) as numerator
        from caseload
        group by period, scope
    """,
)

PANEL_REVIEWED_CASE = Kpi(
    id="panel_reviewed_case",
    section="treatment",
    name="{people} reviewed by the {panel}",
    short="{short} reviewed by panel",
    question="Of {people}, whose care do the experts look at together?",
    numerator="those with a panel review in the period",
    denominator="people under care who meet the case definition",
    kind=Proportion(
        counts=(
            Count("within", "People under care", shown=False),
            Count("denominator", "Out of", within=("within",)),
            Count("reviewed", "Reviewed", within=("within",), shown=False),
            Count("numerator", "Number", within=("denominator", "reviewed")),
        )
    ),
    better=Better.HIGHER,
    scopes=EVERY_SCOPE,
    reads=("caseload",),
    tables=("people", "episodes", "diagnoses", "events"),
    depends_on=("case_definition",),
    caution="Counts reviews that were recorded as such.",
    sql="""
        select period, scope,
               coalesce(sum(people), 0) as within,
               coalesce(sum(people) filter (is_case), 0) as denominator,
               coalesce(sum(people) filter (reviewed), 0) as reviewed,
               coalesce(sum(people) filter (is_case and reviewed), 0) as numerator
        from caseload
        group by period, scope
    """,
)

PRESCRIBING = Kpi(
    id="prescribing",
    section="treatment",
    name="{people} prescribed {watched} without a recorded indication",
    short="Prescribed without indication",
    question="Who is prescribed medicines that guidance keeps for crises and other conditions?",
    numerator="those with a course of a watched drug class open in the period whose recorded"
    " indication is not an accepted one",
    denominator="people under care who meet the case definition",
    kind=proportion_within("People under care"),
    better=Better.LOWER,
    scopes=EVERY_SCOPE,
    reads=("caseload",),
    tables=("people", "episodes", "diagnoses", "prescriptions"),
    depends_on=("case_definition",),
    caution="An indication that was not recorded counts as none: this measures recording too.",
    sql="""
        select period, scope,
               coalesce(sum(people), 0) as within,
               coalesce(sum(people) filter (is_case), 0) as denominator,
               coalesce(sum(people) filter (is_case and unindicated), 0) as numerator
        from caseload
        where exists (select 1 from prescriptions)
        group by period, scope
    """,
)

KPIS = (EBT_RECEIVED, EBT_CASCADE, PANEL_REVIEWED, PANEL_REVIEWED_CASE, PRESCRIBING)
