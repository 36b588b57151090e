"""The designed process map laid over the records: who was at each step, and which routes they took.

`tables` turns the map into two small tables, and the statements count by its steps. Routes from one
step to another have the ids of both, and a team without a step of its own stands for itself.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pdqi.config import Config
from pdqi.content.models import Node, ProcessMap
from pdqi.content.records import Mark
from pdqi.metrics.kpi import Better, Count, Kpi, Statistic, Tally
from pdqi.metrics.kpis.pathways import STEP
from pdqi.store.vocabularies import team_keys, treatment_keys

TEAM = "team:"
"""What stands before the id of a team that is no step of the map."""

MARKS: Mapping[str, str] = {
    "node": "varchar",
    "record": "varchar",
    "step": "varchar",
    "is_care": "boolean",
    "stays": "boolean",
    "team_key": "utinyint",
    "treatment_key": "utinyint",
    "referred_by": "varchar",
}
MOVES: Mapping[str, str] = {
    "team_key": "utinyint",
    "next_team_key": "utinyint",
    "source": "varchar",
    "target": "varchar",
}
"""The columns of `map_marks` and `map_moves`, and their types."""


def tables(content: ProcessMap | None, config: Config) -> dict[str, dict[str, list[Any]]]:
    """Return the tables `map_marks` and `map_moves` of a designed map, as columns.

    Without a map there is nothing to count.
    """
    marks = [row for node in content.nodes for row in _marks(node, config)] if content else []
    moves = list(_moves(content, config)) if content else []
    return {
        "map_marks": {name: [row.get(name) for row in marks] for name in MARKS},
        "map_moves": {name: [row[name] for row in moves] for name in MOVES},
    }


def _marks(node: Node, config: Config) -> Iterator[dict[str, Any]]:
    keys, treatments = team_keys(config), treatment_keys(config)
    marks = node.recorded_as or ((Mark(episode="started"),) if node.episodes_of else ())
    for mark in marks:
        places = mark.at or node.episodes_of
        # An event may be nobody's in particular; everything else is some team's.
        anywhere = mark.record == "event" and not places
        teams = [None] if anywhere else [keys[t] for t in config.teams_of(places or _every(config))]
        of = [treatments[name] for name in mark.of or treatments] if mark.treatment else [None]
        for team in teams:
            for treatment in of:
                for who in mark.by or (None,):
                    yield {
                        "node": node.id,
                        "record": mark.record,
                        "step": mark.step,
                        "is_care": bool(node.episodes_of),
                        "stays": node.kind == "waiting_list" and mark.step == "referred",
                        "team_key": team,
                        "treatment_key": treatment,
                        "referred_by": None if who is None else who.strip().lower(),
                    }


def _every(config: Config) -> list[str]:
    return [team.id for team in config.teams]


def _moves(content: ProcessMap, config: Config) -> Iterator[dict[str, Any]]:
    """Give the steps between which each move between two teams runs.

    Those of the first route of the design that the move is recorded as, else the steps where both
    teams have their care, else the teams themselves.
    """
    keys = team_keys(config)
    care = {team: node.id for node in content.nodes for team in config.teams_of(node.episodes_of)}
    designed: dict[tuple[str, str], tuple[str, str]] = {}
    for arrow in content.arrows:
        for move in arrow.moves:
            for start in config.teams_of((move.start,)):
                for end in config.teams_of((move.end,)):
                    designed.setdefault((start, end), (arrow.start, arrow.end))
    for start in keys:
        for end in keys:
            plain = (care.get(start, f"{TEAM}{start}"), care.get(end, f"{TEAM}{end}"))
            source, target = designed.get((start, end), plain)
            yield {
                "team_key": keys[start],
                "next_team_key": keys[end],
                "source": source,
                "target": target,
            }


def _split(name: str, words: str, *within: str) -> tuple[Count, ...]:
    """Return a count of everybody, and those of people with the condition and of others."""
    return (
        Count(name, words.capitalize(), within=within),
        Count(f"case_{name}", f"{{short}}: {words}", within=(name, *(f"case_{x}" for x in within))),
        Count(f"other_{name}", f"Others: {words}", within=(name, *(f"other_{x}" for x in within))),
    )


STEPS = Kpi(
    id="map_steps",
    section="journeys",
    name="People at the steps of the map",
    short="Steps of the map",
    question="Who was where, and who was waiting?",
    numerator="people of whom a record says that they were at a step in the period: on a waiting"
    " list from the referral until care starts or the referral ends, elsewhere on the day of the"
    " record; and those referred to a step and still waiting on the last day",
    denominator="everybody",
    kind=Tally(
        counts=(*_split("people", "people"), *_split("waiting", "waiting on the last day")),
        main="people",
    ),
    better=Better.NEITHER,
    scopes=("team", "service", "set", "system"),
    by="step",
    monthly=False,
    reads=("map_teams", "map_stays"),
    tables=("people", "episodes", "diagnoses"),
    depends_on=("case_definition",),
    caution="Somebody at whom nothing was recorded is not seen. People under care at a step are"
    " counted by the share of people with the condition, and not here.",
    sql="""
        select period, scope, node as by,
               count(*) filter (part = 'there') as people,
               count(*) filter (part = 'there' and is_case) as case_people,
               count(*) filter (part = 'there' and not is_case) as other_people,
               count(*) filter (part = 'waiting') as waiting,
               count(*) filter (part = 'waiting' and is_case) as case_waiting,
               count(*) filter (part = 'waiting' and not is_case) as other_waiting
        from map_stays
        join care_scopes on kind = 'system' or shares_team(map_stays.teams, care_scopes.teams)
        group by period, scope, node
    """,
)

TAKEN = Kpi(
    id="map_taken",
    section="journeys",
    name="Routes taken between the steps of the map",
    short="Routes between steps",
    question="Which of the designed routes are taken, and which others?",
    numerator="steps from one step of the map to the next that a record shows in the period, the"
    " people who took them, and the median days between",
    denominator="people who took one",
    kind=Tally(
        # Many moves of few people tell of those people: they are hidden with them.
        counts=(
            *_split("people", "people"),
            *_split("moves", "moves", "people"),
        ),
        statistics=(
            Statistic("median_days", "Median days between", "days"),
            Statistic("case_median_days", "{short}: median days", "days", "case_people"),
            Statistic("other_median_days", "Others: median days", "days", "other_people"),
        ),
        main="moves",
    ),
    better=Better.NEITHER,
    scopes=("team", "service", "set", "system"),
    by="route between two steps",
    monthly=False,
    reads=("map_teams", "map_taken"),
    tables=("people", "episodes", "diagnoses"),
    depends_on=("case_definition", "merge_gap_days"),
    caution="Between teams a move is a merged episode and the next one; within a team it is from"
    " one date of a referral to its next. A route that leaves no date is not seen.",
    sql="""
        with placed as (
            select period, scope, source, target, is_case, person_key, days
            from map_taken join care_scopes on shares_team(map_taken.teams, care_scopes.teams)
        ),
        -- Somebody is in one group or the other, so people of both add up.
        grouped as (
            select period, scope, source, target, is_case, count(distinct person_key) as people,
                   count(*) as moves, median(days) as days
            from placed group by all
        ),
        together as (
            select period, scope, source, target, median(days) as median_days
            from placed group by all
        )
        select period, scope, source || '>' || target as by,
               sum(people) as people,
               coalesce(sum(people) filter (is_case), 0) as case_people,
               coalesce(sum(people) filter (not is_case), 0) as other_people,
               sum(moves) as moves,
               coalesce(sum(moves) filter (is_case), 0) as case_moves,
               coalesce(sum(moves) filter (not is_case), 0) as other_moves,
               any_value(median_days) as median_days,
               any_value(days) filter (is_case) as case_median_days,
               any_value(days) filter (not is_case) as other_median_days
        from grouped join together using (period, scope, source, target)
        group by period, scope, source, target
    """,
)

KPIS = (STEPS, TAKEN)


def ends_of(route: str) -> tuple[str, str]:
    """Return the steps from and to which a route of `TAKEN` leads."""
    source, _, target = route.partition(STEP)
    return source, target
