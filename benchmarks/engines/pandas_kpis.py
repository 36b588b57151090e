"""The KPIs in pandas: small integers, datetimes, categoricals; masks, then one groupby each.

Filters that cut what is read are given to the reader, so that pandas never holds more of a table
than this one question needs. A person's teams are bits of one number, as in pdqi.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.asked import COLUMNS, Asked
from benchmarks.figures import AGGREGATES, Columns

Frame = pd.DataFrame
Frames = Mapping[str, Frame]


def read(asked: Asked) -> Frames:
    """Read the columns needed, and of tables that are ordered for it only the rows needed."""
    bound = asked.bound
    filters: dict[str, list[tuple[str, str, Any]]] = {
        "case_spans": [("definition", "==", bound["definition"]), ("from_on", "<=", asked.last)],
        "first_confirmed": [("definition", "==", bound["definition"])],
        "referrals": [("referred_on", ">=", asked.first), ("referred_on", "<=", asked.last)],
        "happenings": [
            ("occurred_on", ">=", min(asked.first, bound["support_from"])),
            ("occurred_on", "<=", asked.last),
        ],
    }
    texts = ("definition", "kind", "referral_source", "measure")
    return {
        name: pd.read_parquet(
            asked.files[name],
            columns=[column for column in columns if column != "definition"],
            filters=filters.get(name),
            read_dictionary=[column for column in columns if column in texts],
            to_pandas_kwargs={"date_as_object": False},
        )
        for name, columns in COLUMNS.items()
    }


def aggregates(asked: Asked, frames: Frames) -> dict[str, Columns]:
    """Return the aggregates that the figures are made of."""
    spells, cases = frames["spells"], _cases(asked, frames["case_spans"])
    known = (spells.known_from <= _to(asked)) & ~(spells.superseded_on <= _to(asked))
    of_age = _of_age(asked, spells)
    care = spells.loc[known & of_age & ~(spells.ended_on < _from(asked))]
    waits = _waits(asked, frames["therapies"], cases)
    tables = {
        "caseload": _caseload(asked, frames, care, cases),
        "lengths": _lengths(asked, care, cases),
        "starters": _starters(asked, spells.loc[of_age], cases),
        "moves": _moves(asked, spells.loc[known & of_age], cases),
        "waits": waits.groupby(
            ["team_key", "treatment_key", "recent", "started", "waiting", "days"], sort=False
        )
        .size()
        .reset_index(name="referrals"),
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
    return {
        name: {column: tables[name][column].to_numpy() for column in columns}
        for name, columns in AGGREGATES.items()
    }


def _from(asked: Asked) -> pd.Timestamp:
    return pd.Timestamp(asked.first)


def _to(asked: Asked) -> pd.Timestamp:
    return pd.Timestamp(asked.last)


def _of_age(asked: Asked, frame: Frame) -> Any:
    if asked.bound["any_age"]:
        return np.ones(len(frame), dtype=bool)
    # Compared as days: the furthest dates of an open end do not fit into nanoseconds.
    born = frame.birth_date.to_numpy().astype("datetime64[D]")
    after, by = (np.datetime64(asked.bound[name], "D") for name in ("born_after", "born_by"))
    return (born > after) & (born <= by)


def _bits(frame: Frame, key: str) -> pd.Series:
    """Return each person's distinct keys as bits of one number."""
    once = frame[["person_key", key]].drop_duplicates()
    bits = np.left_shift(np.int64(1), once[key].to_numpy(np.int64))
    return pd.Series(bits).groupby(once.person_key.to_numpy(), sort=False).sum()


def _cases(asked: Asked, spans: Frame) -> pd.Series:
    """Return whether the condition is confirmed, by person who has it on the census day."""
    now = spans.loc[(spans.from_on <= _to(asked)) & ~(spans.until_on <= _to(asked))]
    return now.set_index("person_key").confirmed


def _caseload(asked: Asked, frames: Frames, care: Frame, cases: pd.Series) -> Frame:
    first, last = _from(asked), _to(asked)
    people = _bits(care, "team_key").rename("teams").to_frame()
    people["is_case"] = people.index.isin(cases.index)
    people["confirmed"] = people.index.isin(cases.index[cases.to_numpy()])
    every = frames["therapies"]
    under_way = every.counted & (every.referred_on <= last) & ~(every.ended_on < first)
    started = under_way & (every.started_on <= last)
    steps = {
        "referred": under_way,
        "assessed": started | (under_way & (every.assessed_on <= last)),
        "started": started,
        "completed": started & (every.ended_on <= last) & every.completed,
    }
    for name, rows in steps.items():
        reached = _bits(every.loc[rows], "treatment_key")
        people[name] = reached.reindex(people.index, fill_value=0)
    events, courses = frames["happenings"], frames["courses"]
    panels = (events.kind == asked.bound["panel_kind"]) & (events.occurred_on >= first)
    people["reviewed"] = people.index.isin(events.person_key[panels & (events.occurred_on <= last)])
    unindicated = ~courses.accepted & (courses.started_on <= last) & ~(courses.ended_on < first)
    people["unindicated"] = people.index.isin(courses.person_key[unindicated])
    entries = frames["first_entries"]
    people["entered"] = people.index.isin(entries.person_key[entries.entered_on <= last])
    return people.groupby(list(people.columns), sort=False).size().reset_index(name="people")


def _lengths(asked: Asked, care: Frame, cases: pd.Series) -> Frame:
    closed = care.ended_on <= _to(asked)
    found = Frame(
        {
            "team_key": care.team_key,
            "is_case": care.person_key.isin(cases.index),
            "closed": closed,
            "days": (care.ended_on.where(closed, _to(asked)) - care.started_on).dt.days,
        }
    )
    return found.groupby(list(found.columns), sort=False).size().reset_index(name="episodes")


def _starters(asked: Asked, spells: Frame, cases: pd.Series) -> Frame:
    since = pd.Timestamp(asked.bound["look_back_from"])
    starts = spells.loc[
        (spells.known_from == spells.started_on)
        & (spells.started_on >= since)
        & (spells.started_on <= _to(asked))
        & spells.team_key.isin(asked.acute_or_community)
    ]
    people = _bits(starts, "team_key").rename("teams").to_frame()
    again = _bits(starts.loc[starts.previous_in_team >= since], "team_key")
    people["twice"] = again.reindex(people.index, fill_value=0)
    people["is_case"] = people.index.isin(cases.index)
    return people.groupby(list(people.columns), sort=False).size().reset_index(name="people")


def _moves(asked: Asked, spells: Frame, cases: pd.Series) -> Frame:
    pairs = spells.loc[
        (spells.started_on >= _from(asked)) & (spells.next_started_on <= _to(asked)),
        ["person_key", "team_key", "next_team_key", "next_started_on", "ended_on"],
    ]
    ended = pairs.ended_on.where(pairs.ended_on <= _to(asked))
    pairs = pairs.assign(days=(pairs.next_started_on - ended).dt.days)
    is_case = pairs.person_key.isin(cases.index)
    groups = [
        mine.groupby(["team_key", "next_team_key"], sort=False)
        .agg(
            moves=("person_key", "size"),
            people=("person_key", "nunique"),
            median_days=("days", "median"),
        )
        .reset_index()
        .assign(group=number)
        for number, mine in enumerate((pairs, pairs.loc[is_case], pairs.loc[~is_case]))
    ]
    return pd.concat(groups, ignore_index=True)


def _waits(asked: Asked, therapies: Frame, cases: pd.Series) -> Frame:
    last = _to(asked)
    mine = therapies.loc[
        therapies.counted
        & (therapies.referred_on <= last)
        & _of_age(asked, therapies)
        & therapies.person_key.isin(cases.index)
    ]
    started, ended = mine.started_on <= last, mine.ended_on <= last
    until = mine.started_on.where(started)
    until = until.fillna(mine.ended_on.where(mine.started_on.isna() & ended)).fillna(last)
    return Frame(
        {
            "person_key": mine.person_key,
            "team_key": mine.team_key,
            "treatment_key": mine.treatment_key,
            "recent": mine.referred_on >= pd.Timestamp(asked.bound["look_back_from"]),
            "started": started,
            "waiting": ~started & ~ended,
            "days": (until - mine.referred_on).dt.days,
        }
    )


def _wait_people(waits: Frame, key: str) -> Frame:
    """Count the people of each team or treatment: referred lately, and waiting."""
    found = Frame(index=np.sort(waits[key].unique()))
    for flag in ("recent", "waiting"):
        once = waits.loc[waits[flag], [key, "person_key"]].drop_duplicates()
        found[flag] = once.groupby(key).size().reindex(found.index, fill_value=0)
    return found.rename_axis(key).reset_index()


def _supported(asked: Asked, frames: Frames, waits: Frame) -> Frame:
    since, last = pd.Timestamp(asked.bound["support_from"]), _to(asked)
    events, every = frames["happenings"], frames["therapies"]
    contacts = (
        events.kind.isin(asked.bound["contact_kinds"])
        & (events.occurred_on >= since)
        & (events.occurred_on <= last)
    )
    treated = (every.started_on <= last) & ~(every.ended_on < since)
    people = waits.loc[waits.waiting, ["team_key", "person_key"]].drop_duplicates()
    supported = people.person_key.isin(events.person_key[contacts]) | people.person_key.isin(
        every.person_key[treated]
    )
    return _share(people.team_key, supported)


def _visitors(asked: Asked, frames: Frames) -> Frame:
    events, every = frames["happenings"], frames["therapies"]
    visits = events.loc[
        (events.kind == asked.bound["attendance_kind"])
        & (events.drop_in == True)  # noqa: E712 - an unknown team is neither
        & (events.occurred_on >= _from(asked))
        & (events.occurred_on <= _to(asked))
    ]
    visits = visits.loc[_of_age(asked, visits), ["person_key", "team_key", "occurred_on"]]
    listed = every.loc[every.specialist, ["person_key", "referred_on", "started_on", "ended_on"]]
    met = visits.merge(listed, on="person_key", how="left")
    until = met.started_on.fillna(met.ended_on)
    met["waiting"] = (met.referred_on <= met.occurred_on) & ~(met.occurred_on >= until)
    people = met.groupby(["team_key", "person_key"], sort=False).waiting.any().reset_index()
    return _share(people.team_key.astype(np.int64), people.waiting)


def _delays(asked: Asked, frames: Frames, cases: pd.Series) -> Frame:
    last, everyone = _to(asked), frames["first_referrals"]
    mine = everyone.loc[
        (everyone.referred_on <= last)
        & _of_age(asked, everyone)
        & everyone.person_key.isin(cases.index),
        ["person_key", "team_key", "referred_on"],
    ]
    mine = mine.merge(frames["first_confirmed"], on="person_key", how="left")
    confirmed = mine.confirmed_on <= last
    days = (mine.confirmed_on.where(confirmed, last) - mine.referred_on).dt.days
    found = Frame(
        {
            "team_key": mine.team_key,
            "days": days.clip(lower=0),
            "confirmed": confirmed,
            "team_known": confirmed & (mine.team_known == True),  # noqa: E712
            "at_specialist": confirmed & (mine.by_specialist == True),  # noqa: E712
        }
    )
    return found.groupby(list(found.columns), sort=False).size().reset_index(name="people")


def _assessed(asked: Asked, referrals: Frame) -> Frame:
    mine = referrals.loc[
        referrals.team_key.isin(asked.assessing)
        & (referrals.referred_on >= _from(asked))
        & (referrals.referred_on <= _to(asked))
        & _of_age(asked, referrals)
    ]
    within = pd.Timedelta(days=asked.bound["assessment_days"])
    in_time = (mine.assessed_on <= _to(asked)) & (mine.assessed_on - mine.referred_on <= within)
    return _share(mine.team_key, in_time)


def _entries(asked: Asked, referrals: Frame) -> Frame:
    mine = referrals.loc[
        (referrals.referred_on >= _from(asked))
        & (referrals.referred_on <= _to(asked))
        & _of_age(asked, referrals)
    ]
    routes = mine.groupby(["team_key", "referral_source"], sort=False, observed=True)
    return routes.size().reset_index(name="people")


def _trained(asked: Asked, staffing: Frame) -> Frame:
    mine = _months(asked, staffing, "trained_measure").sort_values("month")
    return mine.groupby("team_key")[["denominator", "numerator"]].last().reset_index()


def _supervised(asked: Asked, staffing: Frame) -> Frame:
    mine = _months(asked, staffing, "supervised_measure")
    return mine.groupby("team_key")[["denominator", "numerator"]].sum().reset_index()


def _months(asked: Asked, staffing: Frame, measure: str) -> Frame:
    return staffing.loc[
        (staffing.measure == asked.bound[measure])
        & (staffing.month >= _from(asked))
        & (staffing.month <= _to(asked))
    ]


def _share(team_key: pd.Series, flag: pd.Series) -> Frame:
    found = flag.groupby(team_key.to_numpy()).agg(["size", "sum"])
    return (
        found.set_axis(["denominator", "numerator"], axis=1).rename_axis("team_key").reset_index()
    )
