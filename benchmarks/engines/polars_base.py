"""The same in Polars from the tables as they were loaded: episodes merged, cases found, by census.

Only what one census day needs is worked out, in the shape of the tables that pdqi keeps; the
figures then come from `polars_kpis`, in one plan with this.
"""

from collections.abc import Mapping

import polars as pl
from polars import col

from benchmarks.engines.polars_kpis import Frames, Lazy
from benchmarks.loaded import COLUMNS, FAR, Loaded


def scan(loaded: Loaded) -> Frames:
    """Name the files; nothing is read yet."""
    return {name: pl.scan_parquet(loaded.files[name]) for name in COLUMNS}


def derived(loaded: Loaded, base: Frames) -> Frames:
    """Return the tables that `polars_kpis` reads, as they stand on the census day."""
    born = base["people"].select("person_key", "birth_date")
    asked = loaded.asked
    entries = _entries(loaded, base["diagnoses"])
    definition = pl.lit(asked.bound["definition"]).alias("definition")
    episodes = base["episodes"].with_columns(team_key=_key("team", loaded.team_keys))
    known = episodes.filter(col("team_key").is_not_null())
    referrals = known.join(born, on="person_key", how="left")
    return {
        # Shared by several figures, so worked out once.
        "spells": _spells(loaded, known, born).collect(engine="streaming").lazy(),
        "case_spans": _cases(loaded, entries).with_columns(definition),
        "referrals": referrals,
        "first_referrals": _first_referrals(known, born),
        "first_entries": base["diagnoses"]
        .group_by("person_key")
        .agg(entered_on=col("recorded_on").min()),
        "first_confirmed": _first_confirmed(loaded, entries).with_columns(definition),
        "therapies": base["treatments"]
        .with_columns(
            team_key=_key("team", loaded.team_keys),
            treatment_key=_key("treatment", loaded.treatment_keys),
        )
        .with_columns(
            counted=col("treatment_key").is_in(sorted(asked.counted)),
            specialist=col("team_key").is_in(sorted(loaded.specialist)),
            completed=(col("outcome") == "completed").fill_null(False),
        )
        .filter(col("team_key").is_not_null(), col("treatment_key").is_not_null())
        .join(born, on="person_key", how="left"),
        "happenings": base["events"]
        .with_columns(team_key=_key("team", loaded.team_keys))
        .with_columns(drop_in=col("team_key").is_in(sorted(loaded.drop_in)))
        .join(born, on="person_key", how="left"),
        "courses": base["prescriptions"]
        .filter(_plain("drug_class").is_in(sorted(loaded.watched_classes)))
        .with_columns(
            accepted=_plain("indication").fill_null("").is_in(sorted(loaded.accepted_indications))
        ),
        "staffing": base["workforce"].with_columns(team_key=_key("team", loaded.team_keys)),
    }


def _key(column: str, keys: Mapping[str, int]) -> pl.Expr:
    return col(column).replace_strict(dict(keys), default=None, return_dtype=pl.UInt8)


def _plain(column: str) -> pl.Expr:
    return col(column).str.strip_chars().str.to_lowercase()


def _spells(loaded: Loaded, episodes: Lazy, born: Lazy) -> Lazy:
    """Join a person's episodes in a team that overlap or follow within the gap."""
    group = col("person_key").cast(pl.Int64) * 64 + col("team_key")
    # The furthest end so far in the group: groups rise, so one running maximum serves them all.
    reached = (col("group") * (FAR + 1) + col("end")).cum_max().shift(1)
    start = col("started_on").cast(pl.Int64)
    gap = start - (reached - col("group") * (FAR + 1))
    is_new = (col("group") != col("group").shift(1)) | (gap > loaded.merge_gap_days)
    person = col("person_key")
    return (
        episodes.filter(col("started_on") <= loaded.asked.last)
        .select(
            *("person_key", "team_key", "started_on"),
            group=group,
            end=col("ended_on").cast(pl.Int64).fill_null(FAR),
        )
        .sort("group", "started_on")
        .with_columns(spell=is_new.fill_null(True).cum_sum())
        .group_by("spell")
        .agg(
            col("person_key", "team_key", "group").first(),
            col("started_on").min(),
            end=col("end").max(),
        )
        .sort("group", "started_on")
        .with_columns(
            previous_in_team=pl.when(col("group").shift(1) == col("group")).then(
                col("started_on").shift(1)
            ),
            ended_on=pl.when(col("end") < FAR).then(col("end")).cast(pl.Int32).cast(pl.Date),
            known_from=col("started_on"),
            superseded_on=pl.lit(None, pl.Date),
        )
        .sort("person_key", "started_on", "team_key")
        .with_columns(
            next_team_key=pl.when(person.shift(-1) == person).then(col("team_key").shift(-1)),
            next_started_on=pl.when(person.shift(-1) == person).then(col("started_on").shift(-1)),
        )
        .join(born, on="person_key", how="left")
    )


def _entries(loaded: Loaded, diagnoses: Lazy) -> Lazy:
    """Return what each entry says of the condition; a wording is judged once."""
    names = ("code_system", "code", "description")
    wordings = diagnoses.select(names).unique().collect(engine="streaming")
    judged = [loaded.speaks_of_it(*row) for row in wordings.iter_rows()]
    wordings = wordings.with_columns(
        coded=pl.Series([coded for coded, _ in judged], dtype=pl.Boolean),
        worded=pl.Series([worded for _, worded in judged], dtype=pl.Boolean),
    ).filter(col("coded") | col("worded"))
    confirmed = col("coded") & (col("certainty") == "confirmed")
    ruled_out = col("certainty") == "ruled_out"
    return (
        diagnoses.filter(col("recorded_on") <= loaded.asked.last)
        .join(wordings.lazy(), on=names, how="inner", nulls_equal=True)
        .select(
            *("person_key", "recorded_on", "team"),
            confirmed=confirmed,
            ruled_out=ruled_out,
            suspected=~confirmed & ~ruled_out,
        )
    )


def _cases(loaded: Loaded, entries: Lazy) -> Lazy:
    """Return who has the condition on the census day: confirmed, or suspected and not ruled out."""
    other = ~col("confirmed")
    day = col("recorded_on")
    people = entries.group_by("person_key").agg(
        confirmed=col("confirmed").any(),
        suspected_on=day.filter(col("suspected")).max(),
        ruled_out_on=day.filter(other & col("ruled_out")).max(),
    )
    suspected = col("suspected_on").is_not_null() & (
        col("ruled_out_on").is_null() | (col("suspected_on") > col("ruled_out_on"))
    )
    counted = (col("confirmed") & loaded.counts_confirmed) | (
        ~col("confirmed") & suspected & loaded.counts_suspected
    )
    return people.filter(counted).select(
        *("person_key", "confirmed"),
        from_on=pl.lit(loaded.asked.first),
        until_on=pl.lit(None, pl.Date),
    )


def _first_confirmed(loaded: Loaded, entries: Lazy) -> Lazy:
    first = col("recorded_on") == col("recorded_on").min()
    specialist = _key("team", loaded.team_keys).is_in(sorted(loaded.specialist))
    return (
        entries.filter(col("confirmed"))
        .group_by("person_key")
        .agg(
            confirmed_on=col("recorded_on").min(),
            team_known=col("team").is_not_null().filter(first).any(),
            by_specialist=specialist.fill_null(False).filter(first).any(),
        )
    )


def _first_referrals(episodes: Lazy, born: Lazy) -> Lazy:
    """Return the first referral of each person; on one day, the first team by id."""
    source = col("referral_source").str.strip_chars()
    day_and_team = col("referred_on").cast(pl.Int64) * 64 + col("team_key")
    return (
        episodes.select(
            *("person_key", "team_key", "referred_on"),
            referral_source=pl.when(source != "").then(source).otherwise(pl.lit("Not recorded")),
            at=day_and_team,
        )
        .sort("person_key", "at", "referral_source")
        .unique("person_key", keep="first", maintain_order=True)
        .join(born, on="person_key", how="left")
    )
