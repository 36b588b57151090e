"""The same in pandas from the tables as they were loaded: episodes merged, cases found, by census.

Only what one census day needs is worked out, in the shape of the tables that pdqi keeps; the
figures then come from `pandas_kpis`. Texts are categoricals, so that each is judged once.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from benchmarks.engines.pandas_kpis import Frame, Frames
from benchmarks.loaded import COLUMNS, FAR, Loaded

TEXTS = frozenset(
    {"team", "referral_source", "code_system", "code", "description", "certainty", "treatment"}
    | {"outcome", "kind", "drug_class", "indication", "measure"}
)


def read(loaded: Loaded) -> Frames:
    """Read the columns needed; of events, those of the period."""
    asked = loaded.asked
    since = min(asked.first, asked.bound["support_from"])
    filters = {"events": [("occurred_on", ">=", since), ("occurred_on", "<=", asked.last)]}
    return {
        name: pd.read_parquet(
            loaded.files[name],
            columns=list(columns),
            filters=filters.get(name),
            read_dictionary=[column for column in columns if column in TEXTS],
            to_pandas_kwargs={"date_as_object": False},
        )
        for name, columns in COLUMNS.items()
    }


def derived(loaded: Loaded, base: Frames) -> Frames:
    """Return the tables that `pandas_kpis` reads, as they stand on the census day."""
    people = base["people"].sort_values("person_key")
    born = people.birth_date.to_numpy()  # in the order of keys, which run from 1 without a gap
    episodes = _with_teams(loaded, base["episodes"], born)
    entries = _entries(loaded, base["diagnoses"])
    therapies = _with_teams(loaded, base["treatments"], born)
    events = base["events"].copy()
    events["team_key"] = _keys(events.team, loaded.team_keys)
    events["drop_in"] = events.team_key.isin(loaded.drop_in)
    events["birth_date"] = born[events.person_key.to_numpy() - 1]
    courses = base["prescriptions"]
    courses = courses.loc[_among(courses.drug_class, loaded.watched_classes)]
    return {
        "spells": _spells(loaded, episodes, born),
        "case_spans": _cases(loaded, entries),
        "referrals": episodes,
        "first_referrals": _first_referrals(episodes),
        "first_entries": base["diagnoses"].rename(columns={"recorded_on": "entered_on"}),
        "first_confirmed": _first_confirmed(loaded, entries),
        "therapies": therapies.assign(
            treatment_key=_keys(therapies.treatment, loaded.treatment_keys),
            counted=lambda frame: frame.treatment_key.isin(loaded.asked.counted),
            specialist=therapies.team_key.isin(loaded.specialist),
            completed=therapies.outcome == "completed",
        ),
        "happenings": events,
        "courses": courses.assign(accepted=_among(courses.indication, loaded.accepted_indications)),
        "staffing": base["workforce"].assign(
            team_key=_keys(base["workforce"].team, loaded.team_keys)
        ),
    }


def _keys(texts: pd.Series, keys: dict[str, int]) -> npt.NDArray[np.float64]:
    """Return the number of each text; NaN for an empty one."""
    numbers = np.array([keys.get(text, np.nan) for text in texts.cat.categories] + [np.nan])
    return numbers[texts.cat.codes.to_numpy()]


def _among(texts: pd.Series, wanted: frozenset[str]) -> npt.NDArray[np.bool_]:
    """Return which texts are in a list, whatever their case and blanks."""
    listed = [text.strip().lower() in wanted for text in texts.cat.categories]
    return np.array([*listed, "" in wanted])[texts.cat.codes.to_numpy()]


def _with_teams(loaded: Loaded, frame: Frame, born: npt.NDArray[np.datetime64]) -> Frame:
    found = frame.assign(
        team_key=_keys(frame.team, loaded.team_keys),
        birth_date=born[frame.person_key.to_numpy() - 1],
    )
    return found.loc[found.team_key.notna()].astype({"team_key": np.int64})


def _days(dates: pd.Series, missing: int = FAR) -> npt.NDArray[np.int64]:
    days = dates.to_numpy().astype("datetime64[D]")
    return np.where(np.isnat(days), missing, days.astype(np.int64))


def _spells(loaded: Loaded, episodes: Frame, born: npt.NDArray[np.datetime64]) -> Frame:
    """Join a person's episodes in a team that overlap or follow within the gap."""
    started = episodes.loc[episodes.started_on <= pd.Timestamp(loaded.asked.last)]
    group = started.person_key.to_numpy(np.int64) * 64 + started.team_key.to_numpy()
    start, end = _days(started.started_on), _days(started.ended_on)
    order = np.argsort(group * (FAR + 1) + start, kind="stable")
    group, start, end = group[order], start[order], end[order]
    # The furthest end so far in the group: groups rise, so one running maximum serves them all.
    reached = np.maximum.accumulate(group * (FAR + 1) + end)[:-1] - group[1:] * (FAR + 1)
    new = np.append(True, (group[1:] != group[:-1]) | (start[1:] - reached > loaded.merge_gap_days))
    at = np.flatnonzero(new)
    ends = np.maximum.reduceat(end, at)
    spells = Frame(
        {
            "person_key": group[at] // 64,
            "team_key": group[at] % 64,
            "started_on": start[at].astype("datetime64[D]").astype("datetime64[s]"),
            "ended_on": np.where(ends == FAR, np.datetime64("NaT"), ends.astype("datetime64[D]")),
        }
    )
    same_team = np.append(False, group[at][1:] == group[at][:-1])
    spells["previous_in_team"] = spells.started_on.shift().where(same_team)
    spells["birth_date"] = born[spells.person_key.to_numpy() - 1]
    spells["known_from"], spells["superseded_on"] = spells.started_on, pd.NaT
    in_time = (spells.person_key.to_numpy() * (FAR + 1) + start[at]) * 64 + spells.team_key
    spells = spells.iloc[np.argsort(in_time.to_numpy())]
    same_person = spells.person_key.shift(-1) == spells.person_key
    spells["next_team_key"] = spells.team_key.shift(-1).where(same_person)
    spells["next_started_on"] = spells.started_on.shift(-1).where(same_person)
    return spells


def _entries(loaded: Loaded, diagnoses: Frame) -> Frame:
    """Return what each entry says of the condition; a wording is judged once."""
    texts = [diagnoses[name] for name in ("code_system", "code", "description")]
    keys = np.zeros(len(diagnoses), dtype=np.int64)
    for text in texts:
        keys = keys * (len(text.cat.categories) + 1) + text.cat.codes.to_numpy() + 1
    _, first, wording = np.unique(keys, return_index=True, return_inverse=True)
    judged = np.array(
        [
            loaded.speaks_of_it(*(None if pd.isna(text) else text for text in row))
            for row in zip(*(text.iloc[first] for text in texts), strict=True)
        ]
    )
    coded, worded = judged[wording].T
    by_now = diagnoses.recorded_on <= pd.Timestamp(loaded.asked.last)
    found = diagnoses.loc[(coded | worded) & by_now, ["person_key", "recorded_on", "team"]]
    certainty, coded = diagnoses.certainty.loc[found.index], coded[found.index]
    found["ruled_out"] = certainty == "ruled_out"
    found["confirmed"] = (certainty == "confirmed") & coded
    found["suspected"] = ~found.ruled_out & ~found.confirmed
    return found


def _cases(loaded: Loaded, entries: Frame) -> Frame:
    """Return who has the condition on the census day: confirmed, or suspected and not ruled out."""
    confirmed = entries.person_key[entries.confirmed].unique()
    others = entries.loc[~entries.confirmed & ~entries.person_key.isin(confirmed)]
    latest = others.groupby("person_key").recorded_on.transform("max")
    ruled_out = others.loc[(others.recorded_on == latest) & others.ruled_out, "person_key"]
    suspected = np.setdiff1d(others.person_key, ruled_out)
    counted = (confirmed if loaded.counts_confirmed else [], suspected)
    cases = pd.concat(
        [Frame({"person_key": counted[0], "confirmed": True})]
        + ([Frame({"person_key": suspected, "confirmed": False})] * loaded.counts_suspected)
    )
    return cases.assign(from_on=pd.Timestamp(0), until_on=pd.NaT)


def _first_confirmed(loaded: Loaded, entries: Frame) -> Frame:
    confirmed = entries.loc[entries.confirmed]
    first = confirmed.groupby("person_key").recorded_on.transform("min")
    confirmed = confirmed.loc[confirmed.recorded_on == first]
    keys = _keys(confirmed.team, loaded.team_keys)
    return (
        Frame(
            {
                "person_key": confirmed.person_key,
                "confirmed_on": confirmed.recorded_on,
                "team_known": confirmed.team.notna(),
                "by_specialist": np.isin(keys, list(loaded.specialist)),
            }
        )
        .groupby("person_key", sort=False)
        .agg({"confirmed_on": "first", "team_known": "max", "by_specialist": "max"})
        .reset_index()
    )


def _first_referrals(episodes: Frame) -> Frame:
    """Return the first referral of each person; on one day, the first team by id."""
    source = episodes.referral_source.cat.rename_categories(lambda text: text.strip())
    if "Not recorded" not in source.cat.categories:
        source = source.cat.add_categories("Not recorded")
    source = source.where(source.notna() & (source != ""), "Not recorded")
    days = _days(episodes.referred_on) * 64 + episodes.team_key.to_numpy()
    order = np.argsort(episodes.person_key.to_numpy(np.int64) * (FAR * 64) + days, kind="stable")
    columns = ["person_key", "team_key", "birth_date", "referred_on"]
    ordered = episodes[columns].assign(referral_source=source).iloc[order]
    return ordered.drop_duplicates("person_key")
