"""Funnels over many random worlds: sentence, chart and table say the same, and it is true."""

import re
from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from math import sqrt
from typing import Any

import altair as alt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pdqi.charts import funnel as drawn
from pdqi.disclosure import Family, protect
from pdqi.findings.between import FunnelFinding, Method, Verdict, funnel_finding
from pdqi.findings.readings import Line
from pdqi.labels import Labels
from pdqi.metrics.catalogue import kpi
from pdqi.metrics.measure import Raw, RawRow
from pdqi.model import Basis, Period, Published
from tests.disclosure.test_disclosure import CONFIG

LABELS = Labels.of(CONFIG)
KPI = kpi("case_prevalence")
BASIS = Basis(Period(date(2023, 1, 1), date(2023, 12, 31)), "standard", "working_age")
TEAMS = tuple(Line(f"t{n}", f"Team {'ABCDEFGHIJKL'[n]}", "team", (f"t{n}",)) for n in range(12))
SYSTEM = Line("system", "Whole system", "system", tuple(line.key for line in TEAMS))
Counts = list[tuple[int, int]]

counts = st.integers(0, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
small = st.integers(0, 12).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
near = st.tuples(st.integers(20, 600), st.floats(-0.06, 0.06)).map(
    lambda made: (round(made[0] * (0.3 + made[1])), made[0])
)
worlds = st.lists(st.one_of(counts, small, near), min_size=0, max_size=12)
methods = st.sampled_from(["simple", "exact", "adjusted"])


def published(world: Counts, *, cleared: bool) -> Published:
    """The table of a world through the real wall, with the whole system as the total."""
    rows = [
        RawRow(TEAMS[n].key, None, {"numerator": above, "denominator": below}, {})
        for n, (above, below) in enumerate(world)
    ]
    whole = {"numerator": sum(a for a, _ in world), "denominator": sum(b for _, b in world)}
    rows.append(RawRow("system", None, whole, {}))
    parts = tuple((row.scope, None) for row in rows[:-1])
    policy = CONFIG.policy_of("cleared" if cleared else "reader")
    raw = Raw(KPI.id, KPI.kind, BASIS, tuple(rows))
    return protect(raw, (Family(("system", None), parts),), policy)


def finding(
    world: Counts, *, cleared: bool = True, method: Method = "simple", chosen: Line = SYSTEM
) -> FunnelFinding:
    found = funnel_finding(
        KPI, published(world, cleared=cleared), (*TEAMS, SYSTEM), chosen, LABELS, method
    )
    assert found is not None
    return found


def told(sentence: str, begins: str) -> set[str]:
    """The names that a sentence lists after some words."""
    listed = re.search(rf"{begins}: (.*?)\.(?: |$)", sentence)
    return set(re.findall(r"Team [A-L]", listed.group(1))) if listed else set()


def told_as(sentence: str) -> dict[str, tuple[str, int, int]]:
    """What is said of each team that differs: the direction and the counts."""
    pattern = r"(Team [A-L]) (higher|lower) \((?:[\d%]+|under 1%), ([\d,]+) of ([\d,]+)\)"
    return {
        name: (way, int(a.replace(",", "")), int(b.replace(",", "")))
        for name, way, a, b in re.findall(pattern, sentence)
    }


@settings(max_examples=250, deadline=None)
@given(worlds, st.booleans())
def test_what_is_said_is_what_the_published_counts_say(world: Counts, cleared: bool) -> None:
    table, found = published(world, cleared=cleared), finding(world, cleared=cleared)
    said, caution = found.sentence, found.caution
    shown: dict[str, tuple[int, int]] = {}
    hidden, empty = set(), set()
    for line in TEAMS[: len(world)]:
        figure = table.at(line.key)
        assert figure is not None
        if figure["value"].value is not None:
            shown[line.name] = tuple(
                int(figure[name].value or 0) for name in ("numerator", "denominator")
            )
        elif "suppressed" in {figure[name].state.value for name in ("numerator", "denominator")}:
            hidden.add(line.name)
        else:
            empty.add(line.name)
    assert told(said, r"(?:is|are) not shown, to protect small numbers") == hidden
    assert told(said, r"(?:has|have) nothing to count") == empty
    if len(shown) < 2:
        assert "Fewer than two teams can be shown" in said
        assert caution == ""
        return
    target = sum(a for a, _ in shown.values()) / sum(b for _, b in shown.values())
    differ, may, few = {}, {}, set()
    for name, (above, below) in shown.items():
        share, error = above / below, sqrt(target * (1 - target) / below)
        way = "higher" if share > target else "lower"
        apart = abs(share - target) / error if error else 0.0
        if abs(apart - 1.959964) < 1e-6 or abs(apart - 3.090232) < 1e-6:
            return  # on a limit: rounding decides
        if apart > 3.090232:
            differ[name] = (way, above, below)
        elif apart > 1.959964:
            may[name] = (way, above, below)
        elif 1.959964 * error >= max(target, 1 - target):
            few.add(name)
    assert told_as(said) == differ | may
    assert told(said, r"(?:has|have) too few to judge") == few
    number = r"(None|\d+) of (\d+) teams? differs?"
    first = re.search(number, said)
    assert first is not None
    assert first.groups() == (str(len(differ)) if differ else "None", str(len(shown)))
    third = re.search(r"(\d+)(?: more)? may differ", said)
    assert (int(third.group(1)) if third else 0) == len(may)
    together = re.search(r"(?:all teams|those shown) together \((under )?(\d+)%\)", said)
    assert together is not None
    assert abs(int(together.group(2)) - 100 * target) <= (1 if together.group(1) else 0.5 + 1e-6)
    assert ("those shown together" in said) == bool(hidden)
    assert ("Counts are rounded" in caution) == (not cleared)
    assert ("fewer than 10 teams" in caution) == (len(shown) < 10)


@settings(max_examples=60, deadline=None)
@given(worlds, st.booleans(), methods, st.sampled_from(TEAMS))
def test_sentence_chart_and_table_agree(
    world: Counts, cleared: bool, method: Method, chosen: Line
) -> None:
    found = finding(world, cleared=cleared, method=method, chosen=chosen)
    content = drawn.table(found, ("Number", "Out of"))
    assert [row[0] for row in content.rows] == [line.name for line in TEAMS[: len(world)]]
    verdicts = {row[0]: row[-1] for row in content.rows}
    for name in told_as(found.sentence):
        assert re.match("(may be )?(higher|lower)", verdicts[name])
    for name, verdict in verdicts.items():
        if re.match("(may be )?(higher|lower)", verdict):
            assert name in told_as(found.sentence)
    spec = drawn.chart(found, "people")
    if spec is None:
        assert len(found.placed) < 2 or found.target in (0, 1)
        return
    points = points_of(spec)
    assert [point["name"] for point in points] == [team.line.name for team in found.placed]
    room = next(
        layer["encoding"]["y"]["scale"]["domain"]
        for layer in spec["layer"]
        if "scale" in layer["encoding"].get("y", {})
    )
    for point, team in zip(points, found.placed, strict=True):
        assert point["tip"].endswith(team.verdict.words)
        assert (point["n"], point["share"]) == (team.denominator, team.numerator / point["n"])
        assert room[0] <= point["share"] <= room[1]
        way = {"triangle-up": "higher", "triangle-down": "lower"}.get(point["shape"])
        assert (told_as(found.sentence).get(point["name"]) or (None,))[0] == way
        few = team.verdict is Verdict.TOO_FEW
        if method != "exact" and team.near and team.far and not few:
            inside = team.near[0] - 1e-9 <= point["share"] <= team.near[1] + 1e-9
            assert inside == (team.verdict is Verdict.WITHIN)
    names = [row["name"] for row in rows_of(spec) if "at" in row]
    wanted = {*told_as(found.sentence)} | {t.line.name for t in found.placed if t.chosen}
    assert set(names) == wanted


def points_of(spec: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The points of a funnel, in the order in which they are drawn."""
    last = spec["layer"][-1]
    found: list[dict[str, Any]] = spec["datasets"][last["data"]["name"]]
    return found


def rows_of(spec: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [row for rows in spec["datasets"].values() for row in rows]


@settings(max_examples=60, deadline=None)
@given(worlds, methods)
def test_a_hidden_team_is_nowhere_but_among_those_not_shown(world: Counts, method: Method) -> None:
    found = finding(world, cleared=False, method=method)
    hidden = {team.line.name for team in found.teams if team.verdict is Verdict.NOT_SHOWN}
    others = [pair for line, pair in zip(TEAMS, world, strict=False) if line.name not in hidden]
    text = found.sentence.replace(
        next(
            (m.group() for m in re.finditer(r"\d+ (?:is|are) not shown.*?\.", found.sentence)), ""
        ),
        "",
    )
    assert not [name for name in hidden if name in text or name in found.caution]
    spec = drawn.chart(found, "people")
    if spec is not None:
        assert not [row for row in rows_of(spec) if row.get("name") in hidden]
    for team in found.teams:
        if team.line.name in hidden:
            assert (team.numerator, team.denominator, team.share, team.near) == (None,) * 2 + (
                "",
                None,
            )
    # Nothing depends on what is hidden: without those teams the funnel is the same.
    rounded = [(5 * int(a / 5 + 0.5), 5 * int(b / 5 + 0.5)) for a, b in others]
    placed = [pair for pair in rounded if pair[1]]
    if placed:
        assert found.target == sum(a for a, _ in placed) / sum(b for _, b in placed)


@settings(max_examples=60, deadline=None)
@given(worlds, st.randoms())
def test_the_order_is_that_of_the_rows_whatever_their_values(world: Counts, random: Any) -> None:
    found = finding(world)
    assert [team.line for team in found.teams] == list(TEAMS[: len(world)])
    listed = re.findall(r"(Team [A-L]) (?:higher|lower)", found.sentence)
    differ = [name for name in listed if verdict_of(found, name) in ("higher", "lower")]
    assert differ == sorted(differ)


def verdict_of(found: FunnelFinding, name: str) -> str:
    return next(team.verdict.value for team in found.teams if team.line.name == name)


def test_phi_is_always_told_and_what_it_means() -> None:
    alike = finding([(30, 100), (31, 100), (29, 100)])
    assert alike.phi is not None
    assert alike.phi < 1
    assert "vary no more than chance alone would make them: φ" in alike.caution
    apart = finding([(10, 100), (50, 100), (90, 100), (30, 100)])
    assert apart.phi is not None
    assert apart.phi > 1
    assert "so limits without adjustment flag too many. With limits adjusted" in apart.caution
    widened = finding([(10, 100), (50, 100), (90, 100), (30, 100)], method="adjusted")
    assert "these limits are widened for it" in widened.caution


def test_adjusted_limits_are_the_simple_ones_where_teams_vary_by_chance() -> None:
    world = [(30, 100), (31, 100), (29, 100)]
    simple, adjusted = finding(world), finding(world, method="adjusted")
    assert adjusted.method == "simple"
    assert [team.far for team in adjusted.teams] == [team.far for team in simple.teams]


@pytest.mark.parametrize(
    ("numbers", "verdict"),
    [((2, 2), Verdict.TOO_FEW), ((0, 3), Verdict.TOO_FEW), ((4, 4), Verdict.WITHIN)],
)
def test_too_few_means_that_neither_none_nor_all_would_lie_outside(
    numbers: tuple[int, int], verdict: Verdict
) -> None:
    # With half of everybody, 3 people reach from 0 to 1 (0.5 + 1.96 * 0.5 / sqrt(3) > 1).
    found = finding([(200, 400), (250, 500), (250, 500), numbers])
    assert found.teams[3].verdict is (verdict if numbers != (4, 4) else Verdict.MAY_BE_HIGHER)


def test_no_funnel_for_what_is_no_share() -> None:
    wait = kpi("ebt_wait")
    assert funnel_finding(wait, published([], cleared=True), TEAMS, SYSTEM, LABELS) is None


@given(st.lists(st.floats(0, 1), max_size=14))
def test_names_are_a_line_apart_and_in_the_order_of_their_points(wanted: list[float]) -> None:
    found = drawn.spread(wanted, (0.0, 1.0))
    gap = drawn.LINE / drawn.HEIGHT
    in_order = sorted(zip(wanted, found, strict=True))
    for (value, place), (following, other) in pairwise(in_order):
        assert other - place >= gap - 1e-9 or value == following
    assert all(later - earlier >= gap - 1e-9 for earlier, later in pairwise(sorted(found)))
    assert all(gap / 2 - 1e-9 <= place <= 1 - gap / 2 + 1e-9 for place in found)


@pytest.mark.parametrize("method", ["simple", "exact", "adjusted"])
def test_the_chart_is_what_vega_lite_takes(method: Method) -> None:
    world = [(10, 100), (50, 100), (90, 100), (30, 100), (2, 3)]
    spec = drawn.chart(finding(world, method=method, chosen=TEAMS[1]), "people")
    assert spec is not None
    alt.LayerChart.from_dict(spec, validate=True)
