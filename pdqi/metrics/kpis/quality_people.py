"""People in the data: in what words and how surely they are counted, and who can be placed at all.

Shown on the Data quality page and not among the figures.
"""

from pdqi.metrics.kpi import EVERY_SCOPE, Better, Count, Field, Kpi, Proportion, Sorted, Tally

QUALITY_CERTAINTY = Kpi(
    id="quality_certainty",
    section="quality",
    name="How sure a team was of {condition}",
    short="Certainty of diagnosis",
    question="Do teams mean the same by confirmed and suspected?",
    numerator="people by the surest entry that the team made about them: confirmed, else suspected",
    denominator="people of whom the team made an entry in the period that confirmed or suspected"
    " {condition}, in a code or in words of any case definition",
    kind=Sorted(
        counts=(
            Count("people", "People"),
            Count("confirmed", "Confirmed", within=("people",)),
            Count("suspected", "Suspected", within=("people",)),
        ),
        derived=(
            Field("confirmed_share", "Confirmed, share", "share"),
            Field("suspected_share", "Suspected, share", "share"),
        ),
        main="confirmed_share",
    ),
    better=Better.NEITHER,
    scopes=("team", "system"),
    reads=("condition_entries",),
    tables=("diagnoses",),
    published="None",
    source="Lessons of the assessment",
    caution="Entries that name no team are in the whole system only.",
    sql="""
        with each as (
            select period, scope, person_key, bool_or(certainty = 'confirmed') as confirmed
            from condition_entries as entries
            join periods on recorded_on between first_day and last_day
            join scopes on kind = 'system' or (kind = 'team' and scope = entries.team)
            where certainty <> 'ruled_out'
            group by period, scope, person_key
        )
        select period, scope, count(*) as people,
               count(*) filter (confirmed) as confirmed,
               count(*) filter (not confirmed) as suspected
        from each group by period, scope
    """,
)

QUALITY_RULED_OUT = Kpi(
    id="quality_ruled_out",
    section="quality",
    name="Where a team only ruled {condition} out",
    short="Ruled out",
    question="Which teams enter that it is not {condition}?",
    numerator="people of whom the team made entries about {condition} in the period, each of which"
    " ruled it out",
    denominator="none: it is a number",
    kind=Tally(counts=(Count("people", "People"),), main="people"),
    better=Better.NEITHER,
    scopes=("team", "system"),
    reads=("condition_entries",),
    tables=("diagnoses",),
    published="None",
    source="Lessons of the assessment",
    caution="Where nobody enters this, a suspicion stands for ever.",
    sql="""
        with each as (
            select period, scope, person_key
            from condition_entries as entries
            join periods on recorded_on between first_day and last_day
            join scopes on kind = 'system' or (kind = 'team' and scope = entries.team)
            group by period, scope, person_key
            having bool_and(certainty = 'ruled_out')
        )
        select period, scope, count(*) as people from each group by period, scope
    """,
)

QUALITY_WORDS = Kpi(
    id="quality_words",
    section="quality",
    name="How a team says {condition}",
    short="How it is said",
    question="Do teams share a language for whom to count?",
    numerator="people by how the team said it: in a code; else in agreed words; else only in words"
    " that nobody agreed",
    denominator="people of whom the team made an entry about {condition} in the period, in a code"
    " or in words of any case definition",
    kind=Sorted(
        counts=(
            Count("people", "People"),
            Count("coded", "In a code", within=("people",)),
            Count("agreed", "In agreed words", within=("people",)),
            Count("not_agreed", "Only in other words", within=("people",)),
        ),
        derived=(
            Field("coded_share", "In a code, share", "share"),
            Field("agreed_share", "In agreed words, share", "share"),
            Field("not_agreed_share", "Only in other words, share", "share"),
        ),
        main="not_agreed_share",
    ),
    better=Better.NEITHER,
    scopes=("team", "system"),
    reads=("condition_entries",),
    tables=("diagnoses",),
    published="None",
    source="Lessons of the assessment: no shared language; the case definitions of config",
    caution="Only words that some case definition lists are looked for: others are not shown,"
    " because a free text may hold anything.",
    sql="""
        with each as (
            select period, scope, person_key, bool_or(is_coded) as coded,
                   coalesce(bool_or(agreed), false) as agreed
            from condition_entries as entries
            join periods on recorded_on between first_day and last_day
            join scopes on kind = 'system' or (kind = 'team' and scope = entries.team)
            group by period, scope, person_key
        )
        select period, scope, count(*) as people,
               count(*) filter (coded) as coded,
               count(*) filter (agreed and not coded) as agreed,
               count(*) filter (not agreed and not coded) as not_agreed
        from each group by period, scope
    """,
)

QUALITY_TERMS = Kpi(
    id="quality_terms",
    section="quality",
    name="The words that a team uses for {condition} where it gives no code",
    short="Words used",
    question="Which words stand in the notes, and which of them were agreed?",
    numerator="people of whom the team made an entry with the word and without a code",
    denominator="people of whom the team made such an entry with any of the words",
    kind=Tally(counts=(Count("people", "People"),), main="people"),
    better=Better.NEITHER,
    scopes=("team", "system"),
    by="word",
    reads=("condition_entries",),
    tables=("diagnoses",),
    published="None",
    source="Lessons of the assessment: no shared language; the case definitions of config",
    caution="One entry may hold several words.",
    sql="""
        with placed as (
            select period, scope, person_key, term
            from condition_entries as entries
            join periods on recorded_on between first_day and last_day
            join scopes on kind = 'system' or (kind = 'team' and scope = entries.team)
            where term is not null and not is_coded
        )
        select period, scope, null as by, count(distinct person_key) as people
        from placed group by period, scope
        union all
        select period, scope, term, count(distinct person_key)
        from placed group by period, scope, term
    """,
)

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
    published="None",
    source="Lessons of the assessment",
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
    published="None",
    source="Lessons of the assessment: local pockets of data",
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
    published="None",
    source="Lessons of the assessment: no shared language",
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

KPIS = (
    QUALITY_CERTAINTY,
    QUALITY_RULED_OUT,
    QUALITY_WORDS,
    QUALITY_TERMS,
    NO_BIRTH_DATE,
    NOT_LINKED,
    COUNTED_OTHERWISE,
)
