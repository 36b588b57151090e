"""The KPIs in Polars: lazy frames, one plan for everything, run by the streaming engine.

The same plan runs over files, where Polars itself decides which columns and row groups to read,
and over frames that have been read before. A person's teams are bits of one number, as in pdqi.
"""

from collections.abc import Mapping

import polars as pl
from polars import col

from benchmarks.asked import COLUMNS, Asked
from benchmarks.figures import AGGREGATES, Columns

Lazy = pl.LazyFrame
Frames = Mapping[str, Lazy]


def scan(asked: Asked) -> Frames:
    """Name the files; nothing is read yet."""
    return {name: pl.scan_parquet(asked.files[name]) for name in COLUMNS}


def read(asked: Asked) -> Frames:
    """Read the columns needed into memory, of one case definition."""
    chosen = {
        name: pl.scan_parquet(asked.files[name]).select(columns)
        for name, columns in COLUMNS.items()
    }
    for name in ("case_spans", "first_confirmed"):
        chosen[name] = chosen[name].filter(col("definition") == asked.bound["definition"])
    return {name: frame.collect(engine="streaming").lazy() for name, frame in chosen.items()}


def aggregates(asked: Asked, frames: Frames) -> dict[str, Columns]:
    """Return the aggregates that the figures are made of."""
    to, first = asked.last, asked.first
    cases = (
        frames["case_spans"]
        .filter(
            col("definition") == asked.bound["definition"],
            col("from_on") <= to,
            col("until_on").is_null() | (col("until_on") > to),
        )
        .select("person_key", "confirmed", is_case=True)
    )
    known = frames["spells"].filter(
        col("known_from") <= to,
        col("superseded_on").is_null() | (col("superseded_on") > to),
        _of_age(asked),
    )
    care = known.filter(col("ended_on").is_null() | (col("ended_on") >= first))
    waits = _waits(asked, frames["therapies"], cases)
    plans = {
        "caseload": _caseload(asked, frames, care, cases),
        "lengths": _lengths(asked, care, cases),
        "starters": _starters(asked, frames["spells"], cases),
        "moves": _moves(asked, known, cases),
        "waits": waits.group_by(
            "team_key", "treatment_key", "recent", "started", "waiting", "days"
        ).agg(referrals=pl.len()),
        "wait_people_by_team": _wait_people(waits, "team_key"),
        "wait_people_by_treatment": _wait_people(waits, "treatment_key"),
        "supported": _supported(asked, frames, waits),
        "visitors": _visitors(asked, frames),
        "delays": _delays(asked, frames, cases),
        "assessed": _assessed(asked, frames["referrals"]),
        "entries": _entries(asked, frames["first_referrals"]),
        "trained": _trained(asked, frames["staffing"]),
        "supervised": _supervised(asked, frames["staffing"]),
    }
    done = pl.collect_all(list(plans.values()), engine="streaming")
    tables = dict(zip(plans, done, strict=True))
    return {
        name: {column: tables[name][column].to_numpy() for column in columns}
        for name, columns in AGGREGATES.items()
    }


def _of_age(asked: Asked) -> pl.Expr:
    if asked.bound["any_age"]:
        return pl.lit(True)
    born = col("birth_date")
    return (born > asked.bound["born_after"]) & (born <= asked.bound["born_by"])


def _bit(key: str) -> pl.Expr:
    return pl.lit(2, pl.Int64).pow(col(key).cast(pl.UInt32))


def _caseload(asked: Asked, frames: Frames, care: Lazy, cases: Lazy) -> Lazy:
    first, to = asked.first, asked.last
    people = care.group_by("person_key").agg(teams=_bit("team_key").bitwise_or())
    open_then = col("ended_on").is_null() | (col("ended_on") >= first)
    started = col("started_on") <= to
    done = started & (col("ended_on") <= to) & col("completed")
    treated = (
        frames["therapies"]
        .filter(col("counted"), col("referred_on") <= to, open_then)
        .group_by("person_key")
        .agg(
            referred=_bit("treatment_key").bitwise_or(),
            assessed=_bit("treatment_key")
            .filter((col("assessed_on") <= to) | started)
            .bitwise_or(),
            started=_bit("treatment_key").filter(started).bitwise_or(),
            completed=_bit("treatment_key").filter(done).bitwise_or(),
        )
    )
    reviewed = (
        frames["happenings"]
        .filter(col("kind") == asked.bound["panel_kind"], col("occurred_on").is_between(first, to))
        .select("person_key", reviewed=True)
        .unique("person_key")
    )
    prescribed = (
        frames["courses"]
        .filter(~col("accepted"), col("started_on") <= to, open_then)
        .select("person_key", unindicated=True)
        .unique("person_key")
    )
    entered = (
        frames["first_entries"].filter(col("entered_on") <= to).select("person_key", entered=True)
    )
    for other in (cases, treated, reviewed, prescribed, entered):
        people = people.join(other, on="person_key", how="left")
    flags = ("is_case", "confirmed", "reviewed", "unindicated", "entered")
    steps = ("referred", "assessed", "started", "completed")
    return (
        people.with_columns(col(*flags).fill_null(False), col(*steps).fill_null(0))
        .group_by("teams", *flags, *steps)
        .agg(people=pl.len())
    )


def _lengths(asked: Asked, care: Lazy, cases: Lazy) -> Lazy:
    closed = (col("ended_on") <= asked.last).fill_null(False)
    until = pl.when(closed).then(col("ended_on")).otherwise(asked.last)
    return (
        care.join(cases, on="person_key", how="left")
        .select(
            "team_key",
            is_case=col("is_case").fill_null(False),
            closed=closed,
            days=(until - col("started_on")).dt.total_days(),
        )
        .group_by("team_key", "is_case", "closed", "days")
        .agg(episodes=pl.len())
    )


def _starters(asked: Asked, spells: Lazy, cases: Lazy) -> Lazy:
    since = asked.bound["look_back_from"]
    return (
        spells.filter(
            col("known_from") == col("started_on"),
            col("started_on").is_between(since, asked.last),
            col("team_key").is_in(sorted(asked.acute_or_community)),
            _of_age(asked),
        )
        .group_by("person_key")
        .agg(
            teams=_bit("team_key").bitwise_or(),
            twice=_bit("team_key").filter(col("previous_in_team") >= since).bitwise_or(),
        )
        .join(cases, on="person_key", how="left")
        .with_columns(col("twice").fill_null(0), col("is_case").fill_null(False))
        .group_by("teams", "twice", "is_case")
        .agg(people=pl.len())
    )


def _moves(asked: Asked, known: Lazy, cases: Lazy) -> Lazy:
    ended = pl.when(col("ended_on") <= asked.last).then(col("ended_on"))
    pairs = (
        known.filter(col("started_on") >= asked.first, col("next_started_on") <= asked.last)
        .select(
            *("person_key", "team_key", "next_team_key"),
            days=(col("next_started_on") - ended).dt.total_days(),
        )
        .join(cases.select("person_key", "is_case"), on="person_key", how="left")
        .with_columns(col("is_case").fill_null(False))
    )
    groups = [
        mine.group_by("team_key", "next_team_key")
        .agg(
            moves=pl.len(),
            people=col("person_key").n_unique(),
            median_days=col("days").median(),
        )
        .with_columns(col("median_days").fill_null(float("nan")), group=pl.lit(number))
        for number, mine in enumerate(
            (pairs, pairs.filter(col("is_case")), pairs.filter(~col("is_case")))
        )
    ]
    return pl.concat(groups)


def _waits(asked: Asked, therapies: Lazy, cases: Lazy) -> Lazy:
    to = asked.last
    started = (col("started_on") <= to).fill_null(False)
    ended = (col("ended_on") <= to).fill_null(False)
    until = (
        pl.when(started)
        .then(col("started_on"))
        .when(col("started_on").is_null() & ended)
        .then(col("ended_on"))
        .otherwise(to)
    )
    return (
        therapies.filter(col("counted"), col("referred_on") <= to, _of_age(asked))
        .join(cases, on="person_key", how="semi")
        .select(
            *("person_key", "team_key", "treatment_key"),
            recent=col("referred_on") >= asked.bound["look_back_from"],
            started=started,
            waiting=~started & ~ended,
            days=(until - col("referred_on")).dt.total_days(),
        )
    )


def _wait_people(waits: Lazy, key: str) -> Lazy:
    """Count the people of each team or treatment: referred lately, and waiting."""
    people = col("person_key")
    return waits.group_by(key).agg(
        recent=people.filter(col("recent")).n_unique(),
        waiting=people.filter(col("waiting")).n_unique(),
    )


def _supported(asked: Asked, frames: Frames, waits: Lazy) -> Lazy:
    since, to = asked.bound["support_from"], asked.last
    contacts = frames["happenings"].filter(
        col("kind").is_in(asked.bound["contact_kinds"]), col("occurred_on").is_between(since, to)
    )
    treated = frames["therapies"].filter(
        col("started_on") <= to, col("ended_on").is_null() | (col("ended_on") >= since)
    )
    supported = pl.concat([contacts.select("person_key"), treated.select("person_key")]).unique()
    return (
        waits.filter(col("waiting"))
        .select("team_key", "person_key")
        .unique()
        .join(supported.with_columns(flag=True), on="person_key", how="left")
        .group_by("team_key")
        .agg(denominator=pl.len(), numerator=col("flag").fill_null(False).sum())
    )


def _visitors(asked: Asked, frames: Frames) -> Lazy:
    visits = (
        frames["happenings"]
        .filter(
            col("drop_in"),
            col("kind") == asked.bound["attendance_kind"],
            col("occurred_on").is_between(asked.first, asked.last),
            _of_age(asked),
        )
        .select("team_key", "person_key", "occurred_on")
    )
    listed = (
        frames["therapies"]
        .filter(col("specialist"))
        .select("person_key", "referred_on", until=pl.coalesce("started_on", "ended_on"))
    )
    waiting = (col("referred_on") <= col("occurred_on")) & (
        col("until").is_null() | (col("occurred_on") < col("until"))
    )
    return (
        visits.join(listed, on="person_key", how="left")
        .group_by("team_key", "person_key")
        .agg(waiting=waiting.fill_null(False).any())
        .group_by("team_key")
        .agg(denominator=pl.len(), numerator=col("waiting").sum())
    )


def _delays(asked: Asked, frames: Frames, cases: Lazy) -> Lazy:
    to = asked.last
    found = frames["first_confirmed"].filter(col("definition") == asked.bound["definition"])
    confirmed = (col("confirmed_on") <= to).fill_null(False)
    until = pl.when(confirmed).then(col("confirmed_on")).otherwise(to)
    return (
        frames["first_referrals"]
        .filter(col("referred_on") <= to, _of_age(asked))
        .join(cases, on="person_key", how="semi")
        .join(found, on="person_key", how="left")
        .select(
            "team_key",
            days=(until - col("referred_on")).dt.total_days().clip(lower_bound=0),
            confirmed=confirmed,
            team_known=confirmed & col("team_known").fill_null(False),
            at_specialist=confirmed & col("by_specialist").fill_null(False),
        )
        .group_by("team_key", "days", "confirmed", "team_known", "at_specialist")
        .agg(people=pl.len())
    )


def _assessed(asked: Asked, referrals: Lazy) -> Lazy:
    waited = (col("assessed_on") - col("referred_on")).dt.total_days()
    in_time = (col("assessed_on") <= asked.last) & (waited <= asked.bound["assessment_days"])
    return (
        referrals.filter(
            col("team_key").is_in(sorted(asked.assessing)),
            col("referred_on").is_between(asked.first, asked.last),
            _of_age(asked),
        )
        .group_by("team_key")
        .agg(denominator=pl.len(), numerator=in_time.fill_null(False).sum())
    )


def _entries(asked: Asked, referrals: Lazy) -> Lazy:
    return (
        referrals.filter(col("referred_on").is_between(asked.first, asked.last), _of_age(asked))
        .group_by("team_key", "referral_source")
        .agg(people=pl.len())
    )


def _trained(asked: Asked, staffing: Lazy) -> Lazy:
    mine = _months(asked, staffing, "trained_measure").sort("month")
    return mine.group_by("team_key").agg(col("denominator", "numerator").last())


def _supervised(asked: Asked, staffing: Lazy) -> Lazy:
    mine = _months(asked, staffing, "supervised_measure")
    return mine.group_by("team_key").agg(col("denominator", "numerator").sum())


def _months(asked: Asked, staffing: Lazy, measure: str) -> Lazy:
    return staffing.filter(
        col("measure") == asked.bound[measure], col("month").is_between(asked.first, asked.last)
    )
