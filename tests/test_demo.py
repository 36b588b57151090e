"""The invented data: repeatable, in order, known to config, and like what was published.

The figures are worked out here from DEFINITIONS by SQL of this file's own, so that a fault in
the product's figures and a fault in the data cannot hide each other.
"""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest
import yaml

from pdqi import demo
from pdqi.config import Config
from pdqi.errors import StoreError
from pdqi.store.folder import Manifest
from pdqi.store.schema import TABLES

ROOT = Path(__file__).resolve().parents[1]
Answers = Callable[..., list[tuple]]

SPELLS = """
create table spell as
with started as (
    select person_key, team, started_on, coalesce(ended_on, date '9999-12-31') as ended_on
    from episodes where started_on <= date '2026-09-30'
),
joined as (
    select *, max(ended_on) over (partition by person_key, team order by started_on, ended_on
                                  rows between unbounded preceding and 1 preceding) as before
    from started
),
numbered as (
    select *, sum(case when before is null or started_on - before > 5 then 1 else 0 end)
              over (partition by person_key, team order by started_on, ended_on) as spell
    from joined
)
select person_key, team, min(started_on) as started_on, max(ended_on) as ended_on
from numbered group by person_key, team, spell;

create table entry as
select *, certainty = 'confirmed' and (code_system = 'snomed'
          or (code_system = 'icd10' and
              upper(replace(code, '.', ''))[:3] in ('F60', 'F61'))) as confirms,
       code_system = 'snomed' or upper(replace(code, '.', ''))[:3] in ('F60', 'F61')
       or (code_system = 'term' and regexp_matches(lower(description),
           '\\b(eupd|borderline personality|complex emotional needs)\\b')) as counts
from diagnoses;

create table person as
select person_key,
       confirmed or coalesce(suspected > coalesce(ruled_out, date '1900-01-01'), false) as pd
from (
    select person_key, coalesce(bool_or(confirms), false) as confirmed,
           max(recorded_on) filter (counts and certainty = 'suspected') as suspected,
           max(recorded_on) filter (counts and certainty = 'ruled_out') as ruled_out
    from people left join entry using (person_key) group by person_key
) join people using (person_key)
where birth_date <= date '2008-09-30' and birth_date > date '1961-09-30';

create table care as
select spell.*, pd, part from spell join person using (person_key) join part using (team)
where ended_on >= date '2025-10-01';
"""


@pytest.fixture(scope="session")
def config() -> Config:
    return Config.load(ROOT / "config.yaml")


def version(store: Path, manifest: Manifest) -> Path:
    return store / "versions" / manifest.version


def opened(folder: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for table in TABLES:
        connection.read_parquet(str(folder / f"{table.name}.parquet")).create(table.name)
    return connection


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, config: Config) -> tuple[Path, Manifest]:
    store = tmp_path_factory.mktemp("demo")
    manifest = demo.demo(store, config)
    return version(store, manifest), manifest


@pytest.fixture(scope="module")
def answers(made: tuple[Path, Manifest], config: Config) -> Answers:
    """Return rows of a question about twenty thousand people."""
    connection = opened(made[0])
    roles = config.service_roles
    parts = {
        service: part
        for part, services in (
            ("community", roles.community),
            ("crisis", roles.crisis),
            ("inpatient", roles.inpatient),
            ("specialist", (roles.specialist,)),
        )
        for service in services
    }
    connection.execute("create table part (team varchar, part varchar)")
    for team in config.teams:
        connection.execute(
            "insert into part values (?, ?)", [team.id, parts.get(team.service, "other")]
        )
    connection.execute(SPELLS)

    def ask(sql: str, *parameters: object) -> list[tuple]:
        return connection.execute(sql, list(parameters)).fetchall()

    return ask


def share_with_pd(answers: Answers, *parts: str) -> float:
    return answers(
        "select avg(pd::integer) from "
        "(select distinct person_key, pd from care where list_contains(?, part))",
        list(parts),
    )[0][0]


def kaplan_meier_median(durations: list[tuple[int, bool]]) -> int:
    """First day on which half or fewer remain; the second of each pair says whether it ended."""
    remaining, at_risk = 1.0, len(durations)
    for day in sorted({days for days, _ in durations}):
        here = [ended for days, ended in durations if days == day]
        remaining *= 1 - sum(here) / at_risk
        at_risk -= len(here)
        if remaining <= 0.5:
            return day
    raise AssertionError("half have not ended yet")


# Like what was published


def test_p1_about_40_percent_in_community_and_crisis_teams(answers: Answers) -> None:
    assert 0.37 <= share_with_pd(answers, "community", "crisis") <= 0.43


def test_p2_60_to_70_percent_on_wards(answers: Answers) -> None:
    assert 0.60 <= share_with_pd(answers, "inpatient") <= 0.70


@pytest.mark.parametrize("whom", ["true", "pd"])
def test_p3_under_1_percent_reviewed_by_the_panel(answers: Answers, whom: str) -> None:
    [(reviewed, everybody)] = answers(f"""
        select count(*) filter (person_key in (select person_key from events
                   where kind = 'panel_review'
                     and occurred_on between '2025-10-01' and '2026-09-30')),
               count(*)
        from (select distinct person_key, pd from care where part in ('community', 'crisis'))
        where {whom}
    """)
    assert 0 < reviewed < everybody * 0.01


def test_p4_a_small_share_has_treatment(answers: Answers, config: Config) -> None:
    counted = [item.id for item in config.treatments if item.evidence_based]
    found = dict(
        answers(
            """
            select part, avg((person_key in (select person_key from treatments
                where list_contains(?, treatment) and started_on <= '2026-09-30'
                and coalesce(ended_on, '2026-09-30') >= '2025-10-01'))::integer)
            from (select distinct person_key, part from care where pd) group by part
            """,
            counted,
        )
    )
    assert 0.08 <= found["community"] <= 0.15
    assert found["inpatient"] < 0.15


def test_p5_just_over_a_year_in_community_teams(answers: Answers) -> None:
    found = answers("""
        select least(ended_on, date '2026-09-30') - started_on, ended_on <= date '2026-09-30'
        from care where pd and part = 'community'
    """)
    assert 366 <= kaplan_meier_median(found) <= 480


def test_p6_and_p7_several_episodes(answers: Answers) -> None:
    found = dict(
        answers("""
            select pd, avg((episodes >= 2)::integer) from (
                select person_key, pd, count(*) as episodes
                from spell join person using (person_key) join part using (team)
                where part in ('community', 'crisis')
                  and started_on between '2024-10-01' and '2026-09-30'
                group by all)
            group by pd
        """)
    )
    assert 0.23 <= found[True] <= 0.29
    assert 1.7 <= found[True] / found[False] <= 2.3


def test_the_specialists_wait_is_long_and_people_turn_to_the_drop_in_team(answers: Answers) -> None:
    waits = answers("""
        select coalesce(started_on, ended_on, date '2026-09-30') - referred_on,
               started_on is not null
        from treatments join part using (team)
        where part = 'specialist' and referred_on >= '2024-10-01'
    """)
    assert 250 <= kaplan_meier_median(waits) <= 400
    [(waiting, everybody)] = answers("""
        with visit as (select person_key, occurred_on from events
                       where kind = 'attendance' and occurred_on >= '2025-10-01')
        select count(distinct person_key) filter (exists (
                   from treatments join part using (team)
                   where part = 'specialist' and treatments.person_key = visit.person_key
                     and referred_on <= occurred_on
                     and occurred_on < coalesce(started_on, ended_on, date '9999-12-31'))),
               count(distinct person_key)
        from visit
    """)
    assert waiting > everybody / 2


# What the improvement work and the special causes did


def test_months_that_stand_out(answers: Answers) -> None:
    months = dict(
        answers("""
            select date_trunc('month', referred_on)::date, count(*) from episodes
            where referred_on >= '2023-01-01' and referred_on < '2025-01-01' group by 1
        """)
    )
    assert min(months, key=months.__getitem__) == demo.OUTAGE_MONTH
    crisis = dict(
        answers("""
            select date_trunc('month', referred_on)::date, count(*)
            from episodes join part using (team)
            where part = 'crisis' and referred_on >= '2023-01-01' group by 1
        """)
    )
    assert max(crisis, key=crisis.__getitem__) == demo.SPIKE_MONTH


def test_improvement_shows(answers: Answers) -> None:
    [(before, after)] = answers(
        """
        select avg(soon) filter (referred_on < improvement),
               avg(soon) filter (referred_on >= improvement)
        from (select referred_on, ?::date as improvement,
                     coalesce(assessed_on - referred_on <= 28, false)::integer as soon
              from episodes join part using (team)
              where part = 'community' and referred_on between '2024-04-01' and '2026-08-31')
        """,
        demo.IMPROVEMENT_MONTH,
    )
    assert after > before + 0.05
    first, last = answers("""
        select sum(numerator) / sum(denominator) from workforce
        where measure = 'trained' and month in ('2025-03-01', '2026-09-01')
        group by month order by month
    """)
    assert last[0] > first[0] + 0.15


def test_one_community_team_starts_more_treatment(answers: Answers, config: Config) -> None:
    improving = next(
        team.id for team in config.teams if team.service in config.service_roles.community
    )
    [(before, after)] = answers(
        """
        select count(*) filter (started_on between '2024-04-01' and '2025-03-31'),
               count(*) filter (started_on between '2025-10-01' and '2026-09-30')
        from treatments where team = ? and list_contains(?, treatment)
        """,
        improving,
        [item.id for item in config.treatments if item.evidence_based],
    )
    assert after > before * 1.3


# Sound data


def test_rows_and_accounts_add_up(made: tuple[Path, Manifest]) -> None:
    folder, manifest = made
    assert manifest.demonstration
    assert (manifest.first_day, manifest.last_day) == (date(2021, 10, 1), date(2026, 9, 30))
    assert manifest.rows["people"] == 20_000
    assert 1.35 <= manifest.rows["episodes"] / 20_000 <= 1.6
    assert {account.table: account.stored for account in manifest.accounts} == manifest.rows
    assert all(account.adds_up for account in manifest.accounts)
    connection = opened(folder)
    for table in TABLES:
        columns = connection.table(table.name)
        described = tuple(zip(columns.columns, (str(kind) for kind in columns.types), strict=True))
        assert described == table.ddl()
        rows = connection.execute(
            "select count(*), count(distinct source_row), min(source_row), max(source_row) "
            f"from {table.name}"
        ).fetchone()
        count = manifest.rows[table.name]
        assert rows == (count, count, 1, count)


def faults(folder: Path, config: Config) -> list[str]:
    """Return every way in which a version breaks the rules of the store."""
    connection = opened(folder)
    ids = {
        "team": [item.id for item in config.teams],
        "treatment": [item.id for item in config.treatments],
    }
    found = []
    for table in TABLES:
        wrong = {}
        for column in table.columns:
            name = column.name
            if column.required:
                wrong[f"{name} is empty"] = f"{name} is null"
            if column.type == "DATE":
                early = "1940-01-01" if name == "birth_date" else "2020-04-01"
                wrong[f"{name} out of range"] = f"{name} not between '{early}' and '2026-09-30'"
            allowed = column.choices or (ids[column.vocabulary] if column.vocabulary else ())
            if allowed:
                wrong[f"{name} is unknown"] = f"{name} not in {(*allowed, '')}"
        for i, earlier in enumerate(table.steps):
            for later in table.steps[i + 1 :]:
                wrong[f"{later} before {earlier}"] = f"{later} < {earlier}"
        if table.has_person and table.name != "people":
            wrong["nobody's"] = "person_key not in (select person_key from people)"
        for what, condition in wrong.items():
            query = f"select count(*) from {table.name} where {condition}"
            if connection.execute(query).fetchone() != (0,):
                found.append(f"{table.name}: {what}")
    ranked = """select count(*) from
        (select person_key, row_number() over (order by person_id) as rank from people)
        where person_key <> rank"""
    if connection.execute(ranked).fetchone() != (0,):
        found.append("people: key is not the rank of the id")
    return found


def test_dates_and_ids_are_sound(made: tuple[Path, Manifest], config: Config) -> None:
    assert faults(made[0], config) == []


def test_every_kind_of_journey_occurs(answers: Answers) -> None:
    [counts] = answers("""
        select count(*) filter (started_on is null and ended_on is null),
               count(*) filter (started_on is not null and ended_on is null),
               count(*) filter (started_on is null and ended_on is not null),
               count(*) filter (referral_source = 'Entered again')
        from episodes
    """)
    assert min(counts) > 100
    [(missing, everybody)] = answers("select count(*) - count(birth_date), count(*) from people")
    assert 0.015 <= missing / everybody <= 0.025
    assert {row[0] for row in answers("select distinct certainty from diagnoses")} == {
        "confirmed",
        "suspected",
        "ruled_out",
    }
    [(people,)] = answers("select count(distinct person_key) from person")
    assert people > 17_000


def test_a_small_team_has_small_numbers(answers: Answers) -> None:
    [(people,)] = answers(
        "select count(distinct person_key) from care where part = 'inpatient' "
        "group by team order by 1 limit 1"
    )
    assert 1 <= people <= 40


# Repeatable, whatever the machine


def test_same_bytes_twice_and_on_any_number_of_threads(tmp_path: Path, config: Config) -> None:
    first, again, one, two = (
        demo.demo(tmp_path / name, config, people=3_000, seed=5, threads=threads).hashes
        for name, threads in (("a", None), ("b", None), ("c", 1), ("d", 2))
    )
    assert first == again == one == two


def test_another_seed_makes_other_people(tmp_path: Path, config: Config) -> None:
    one = demo.demo(tmp_path / "a", config, people=500, seed=1).hashes
    two = demo.demo(tmp_path / "b", config, people=500, seed=2).hashes
    assert all(one[table.name] != two[table.name] for table in TABLES)


def test_chunks_of_people_make_the_same_people(
    tmp_path: Path, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = demo.demo(tmp_path / "a", config, people=1_000)
    monkeypatch.setattr("pdqi.demo.make.CHUNK", 300)
    told: list[str] = []
    parts = demo.demo(tmp_path / "b", config, people=1_000, progress=told.append)
    assert len(told) == 4
    assert whole.rows == parts.rows
    left, right = (
        opened(version(tmp_path / name, manifest))
        for name, manifest in (("a", whole), ("b", parts))
    )
    for table in TABLES:
        every_row = f"from {table.name} order by all"
        assert left.execute(every_row).fetchall() == right.execute(every_row).fetchall()


def test_repeating_changes_nothing(tmp_path: Path, config: Config) -> None:
    first = demo.demo(tmp_path, config, people=200)
    assert demo.demo(tmp_path, config, people=200) == first


@pytest.mark.parametrize("people", [1, 7, 200])
def test_few_people(tmp_path: Path, config: Config, people: int) -> None:
    manifest = demo.demo(tmp_path, config, people=people)
    assert manifest.rows["people"] == people
    assert faults(version(tmp_path, manifest), config) == []


def test_nobody_is_refused(tmp_path: Path, config: Config) -> None:
    with pytest.raises(StoreError, match="at least 1 person"):
        demo.demo(tmp_path, config, people=0)


# Nothing but config names teams, treatments and the condition


def other_config(
    folder: Path, roles: dict[str, object], services: list[dict[str, object]]
) -> Config:
    """Return a config of another pathway: two teams, other words, codes and treatments."""
    settings = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    settings |= {
        "pathway": {"id": "sadness", "name": "Sadness pathway", "area": "Elsewhere"},
        "wording": {"condition": "low mood", "short": "LM", "people": "people with low mood"},
        "services": services,
        "teams": [
            {"id": "red", "name": "Red", "service": services[0]["id"]},
            {"id": "blue", "name": "Blue", "service": services[-1]["id"]},
        ],
        "team_sets": [],
        "service_roles": roles,
        "treatments": [{"id": "walks", "name": "Walks", "evidence_based": True}],
        "alternatives": {},
        "snomed_lists": {},
        "case_definitions": [
            {
                "id": "plain",
                "name": "Plain",
                "version": 1,
                "agreed": "By nobody",
                "counts": ["confirmed"],
                "icd10": ["F32", "F331"],
            }
        ],
        "default_definition": "plain",
    }
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")
    return Config.load(path)


@pytest.mark.parametrize(
    "roles",
    [
        {"specialist": "b", "drop_in": "b", "community": ["a"], "crisis": []},
        {"specialist": "a", "drop_in": "b", "community": [], "crisis": []},
        {"specialist": "b", "drop_in": "b", "community": [], "crisis": ["a"], "inpatient": ["a"]},
        {"specialist": "c", "drop_in": "c", "community": [], "crisis": []},
    ],
)
def test_another_config(tmp_path: Path, roles: dict[str, object]) -> None:
    services = [{"id": name, "name": name, "short": name} for name in ("a", "c", "b")]
    config = other_config(tmp_path, roles, services)
    manifest = demo.demo(tmp_path / "store", config, people=2_000)
    folder = version(tmp_path / "store", manifest)
    assert faults(folder, config) == []
    connection = opened(folder)
    assert manifest.rows["episodes"] >= 1_900
    codes = connection.execute(
        "select distinct code from diagnoses where description = 'Low mood'"
    ).fetchall()
    assert codes
    assert all(code.upper().startswith(("F32", "F331")) for (code,) in codes)
    counted = connection.execute(
        "select count(*) from diagnoses where description is null and code like 'F32%'"
    ).fetchone()
    assert counted == (0,)


def test_no_condition_team_or_treatment_is_named_in_the_code(config: Config) -> None:
    names = {config.wording["condition"], config.wording["short"], "personality"}
    for item in (*config.teams, *config.treatments):
        names |= {item.id, item.name, *item.spellings}
    for definition in config.case_definitions:
        names |= {*definition.terms, *definition.icd10}
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in names))
    for path in sorted((ROOT / "pdqi" / "demo").iterdir()):
        if path.suffix in {".py", ".sql"}:
            assert pattern.findall(path.read_text(encoding="utf-8")) == [], path.name
