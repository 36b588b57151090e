"""The routes that people take: the pathway as a whole, and not a figure beside others.

Routes are many, so they are shown with the process map and take no part in the list of KPIs.
"""

from pdqi.metrics.kpi import Better, Count, Kpi, Routes, Statistic

ROUTE_STEPS = 8
"""A route is told by so many steps; what comes after is told by `AND_MORE`."""
STEP, AND_MORE, OTHER_ROUTES = ">", "…", "*"
"""What stands between the team ids of a route, for further steps, and for all rare routes."""


def steps_of(route: str) -> tuple[tuple[str, ...], bool]:
    """Return the team ids of a route, and whether there were more; no team for other routes."""
    if route == OTHER_ROUTES:
        return (), False
    steps = tuple(route.split(STEP))
    return (steps[:-1], True) if steps[-1] == AND_MORE else (steps, False)


ROUTES = Kpi(
    id="routes",
    section="journeys",
    name="Routes through the pathway",
    short="Routes",
    question="Which ways do people take?",
    numerator="people by their route: the teams of their merged episodes that started in the"
    " period, in the order of their start. Routes of fewer people than may be shown are one row",
    denominator="people with an episode that started in the period",
    kind=Routes(
        counts=(Count("case_people", "{short}: people"), Count("other_people", "Others: people")),
        statistics=(
            Statistic("case_median_days", "{short}: median days so far", "days", "case_people"),
            Statistic("other_median_days", "Others: median days so far", "days", "other_people"),
        ),
        main="case_people",
    ),
    better=Better.NEITHER,
    scopes=("team", "service", "set", "system"),
    by="route",
    monthly=False,
    reads=("pathways",),
    tables=("people", "episodes", "diagnoses"),
    depends_on=("case_definition", "merge_gap_days"),
    caution="Days run from the first start to the last end, or to the last day of the period where"
    " care still goes on: a median of time so far. What came before the period is not seen, and"
    " a route that began lately is short.",
    sql="""
        with told as (
            select *, case when count(*) over (partition by period, route) >= $fewest_on_route
                           then route else '*' end as told_as
            from pathways
        ),
        placed as (
            select period, 'system' as scope, told_as, is_case, days
            from told where told_as <> '*'
            union all
            select period, scope, told_as, is_case, days
            from told join care_scopes on shares_team(told.teams, care_scopes.teams)
            where told_as = '*'
            union all
            select period, scope, null, is_case, days
            from pathways join care_scopes on shares_team(pathways.teams, care_scopes.teams)
        )
        select period, scope, told_as as by,
               count(*) filter (is_case) as case_people,
               count(*) filter (not is_case) as other_people,
               median(days) filter (is_case) as case_median_days,
               median(days) filter (not is_case) as other_median_days
        from placed
        group by period, scope, told_as
    """,
)

KPIS = (ROUTES,)
