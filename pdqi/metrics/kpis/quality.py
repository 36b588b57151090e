"""The rows of the data: how good each field is, and whose days cannot be right.

Shown on the Data quality page and not among the figures. They count rows of everybody: case
definition and age band make no difference to them.
"""

from dataclasses import dataclass

from pdqi.metrics.kpi import Better, Kpi, Proportion, Vodim

QUALITY_ITEMS = Kpi(
    id="quality_items",
    section="quality",
    name="Quality of each field, by team and month",
    short="Quality of fields",
    question="Which fields are filled in, and with what can be used?",
    numerator="values of each category: valid, other, default, invalid, missing",
    denominator="rows of the field's table that belong to the team and period",
    kind=Vodim(),
    better=Better.NEITHER,
    scopes=("team", "system"),
    by="item",
    reads=("item_counts",),
    tables=(),
    source="NHS England, data quality of the Mental Health Services Data Set (VODIM)",
    caution="Rows that were left out at loading have neither team nor month and are counted by"
    " source only.",
    sql="""
        with placed as (
            select period, team_key, item, category, rows
            from item_counts join periods on month between first_day and last_day
        )
        select period, scope, item as by, sum(rows)::bigint as rows,
               coalesce(sum(rows) filter (category = 'valid'), 0) as valid,
               coalesce(sum(rows) filter (category = 'other'), 0) as other,
               coalesce(sum(rows) filter (category = 'default'), 0) as "default",
               coalesce(sum(rows) filter (category = 'invalid'), 0) as invalid,
               coalesce(sum(rows) filter (category = 'missing'), 0) as missing
        from placed join scopes
            on kind = 'system'
            or (kind = 'team' and team_key is not null and shares_team(bit_of(team_key), teams))
        group by period, scope, item
    """,
)

QUALITY_SOURCES = Kpi(
    id="quality_sources",
    section="quality",
    name="Quality of each field, by source",
    short="Quality by source",
    question="Whose extract has which gaps?",
    numerator="values of each category: valid, other, default, invalid, missing",
    denominator="rows of the field's table that the source brought, those left out at loading"
    " included; exact repeats are not counted",
    kind=Vodim(),
    better=Better.NEITHER,
    scopes=("system",),
    by="item and source",
    monthly=False,
    reads=("item_counts",),
    tables=(),
    source="NHS England, data quality of the Mental Health Services Data Set (VODIM)",
    caution="Of everything that was loaded, whatever the period. A row that was left out counts as"
    " invalid in each field of its table, because no figure can use any of it.",
    sql="""
        with everything as (
            select source, item, category, rows from item_counts
            union all
            select source, item, 'invalid', rows from left_out join item_forms using (records)
        ),
        summed as (
            select concat(item, '>', source) as by, sum(rows)::bigint as rows,
                   coalesce(sum(rows) filter (category = 'valid'), 0) as valid,
                   coalesce(sum(rows) filter (category = 'other'), 0) as other,
                   coalesce(sum(rows) filter (category = 'default'), 0) as "default",
                   coalesce(sum(rows) filter (category = 'invalid'), 0) as invalid,
                   coalesce(sum(rows) filter (category = 'missing'), 0) as missing
            from everything
            group by item, source
        )
        select period, 'system' as scope, summed.* from periods cross join summed
    """,
)


@dataclass(frozen=True)
class DayCheck:
    """A way in which days cannot be right: what is counted, out of what, and what to do."""

    id: str
    words: str
    rows: str
    remedy: str


DAY_CHECKS = (
    DayCheck(
        "backwards",
        "A later step has an earlier day",
        "rows with days",
        "Correct whichever day is wrong. Loading leaves such rows out, so few are found here.",
    ),
    DayCheck(
        "before_birth",
        "A day lies before the person's birth",
        "rows with days",
        "Check the birth date first: one wrong birth date makes many such rows.",
    ),
    DayCheck(
        "to_come",
        "A day lies after the day of loading",
        "rows with days",
        "Correct the day, or leave a planned day out of the extract.",
    ),
    DayCheck(
        "overlap",
        "Care starts while care in the same team goes on",
        "episodes that started",
        "Close the earlier episode, or delete the second entry of the same one.",
    ),
    DayCheck(
        "no_referral",
        "A treatment referral lies before any referral of the person",
        "treatment referrals",
        "Find the referral that is missing, or correct the day.",
    ),
)

QUALITY_DAYS = Kpi(
    id="quality_days",
    section="quality",
    name="Rows whose days cannot be right",
    short="Impossible days",
    question="Where do days contradict each other?",
    numerator="rows that fail the check",
    denominator="rows that the check looks at, by team and period",
    kind=Proportion(),
    better=Better.LOWER,
    scopes=("team", "system"),
    by="check",
    reads=("day_checks",),
    tables=(),
    source="NHS England, integrity and consistency of the Mental Health Services Data Set",
    caution="Days that are wrong and still possible are not found.",
    sql="""
        with placed as (
            select period, team_key, "check", rows, wrong
            from day_checks join periods on month between first_day and last_day
        )
        select period, scope, "check" as by,
               sum(rows)::bigint as denominator, sum(wrong)::bigint as numerator
        from placed join scopes
            on kind = 'system'
            or (kind = 'team' and team_key is not null and shares_team(bit_of(team_key), teams))
        group by period, scope, "check"
    """,
)

KPIS = (QUALITY_ITEMS, QUALITY_SOURCES, QUALITY_DAYS)
