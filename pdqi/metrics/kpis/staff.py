"""Staff: trained and supervised, as recorded."""

from pdqi.metrics.kpi import Better, Kpi, Proportion

STAFF_TRAINED = Kpi(
    id="staff_trained",
    section="staff",
    name="Staff trained",
    short="Staff trained",
    question="How many staff have had the training?",
    numerator="staff recorded as trained, in the latest month of the period",
    denominator="staff in that month",
    kind=Proportion(),
    better=Better.HIGHER,
    scopes=("team",),
    reads=(),
    tables=("workforce",),
    caution="As recorded by each team; what counts as trained is the team's own rule.",
    sql="""
        select period, team as scope,
               arg_max(denominator, month) as denominator,
               arg_max(numerator, month) as numerator
        from staffing join teams using (team_key)
        join periods on month between first_day and last_day
        where measure = $trained_measure and month between $from and $to
        group by period, team
    """,
)

SUPERVISION_DELIVERED = Kpi(
    id="supervision_delivered",
    section="staff",
    name="Supervision delivered",
    short="Supervision delivered",
    question="Is protected supervision happening?",
    numerator="supervision delivered, added up over the months of the period",
    denominator="supervision due in those months",
    kind=Proportion(),
    better=Better.HIGHER,
    scopes=("team",),
    reads=(),
    tables=("workforce",),
    caution="As recorded by each team.",
    sql="""
        select period, team as scope, sum(denominator) as denominator, sum(numerator) as numerator
        from staffing join teams using (team_key)
        join periods on month between first_day and last_day
        where measure = $supervised_measure and month between $from and $to
        group by period, team
    """,
)

KPIS = (STAFF_TRAINED, SUPERVISION_DELIVERED)
