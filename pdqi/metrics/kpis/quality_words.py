"""In what words, and how surely, teams say whom they mean.

Shown on the Data quality page and not among the figures. Entries about the condition under any case
definition are counted, of everybody, whichever definition and ages are chosen.
"""

from pdqi.metrics.kpi import Better, Count, Field, Kpi, Sorted, Tally

QUALITY_CERTAINTY = Kpi(
    id="quality_certainty",
    section="quality",
    name="How sure a team was of the diagnosis",
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

KPIS = (QUALITY_CERTAINTY, QUALITY_RULED_OUT, QUALITY_WORDS, QUALITY_TERMS)
