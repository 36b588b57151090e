"""The cascade: where most are lost is named only where nothing hidden could say otherwise."""

import re
from itertools import pairwise

import altair as alt
from hypothesis import given, settings
from hypothesis import strategies as st

from pdqi.charts import cascade as drawn
from pdqi.disclosure import protect
from pdqi.findings.cascade import TOO_FEW, Cascade, cascades, largest_loss, same_step
from pdqi.findings.readings import Line
from pdqi.labels import Labels
from pdqi.metrics.catalogue import kpi
from pdqi.metrics.measure import Raw, RawRow
from pdqi.model import SUPPRESSED, Cell
from tests.disclosure.test_disclosure import BASIS, CONFIG

LABELS = Labels.of(CONFIG)
KPI = kpi("ebt_cascade")
NAMES = [count.name for count in KPI.kind.counts]
LINES = tuple(Line(f"t{n}", f"Team {'ABCDEF'[n]}", "team", (f"t{n}",)) for n in range(6))
steps = st.lists(st.integers(0, 300), min_size=6, max_size=6).map(lambda n: sorted(n, reverse=True))
small_steps = st.lists(st.integers(0, 15), min_size=6, max_size=6).map(
    lambda n: sorted(n, reverse=True)
)
worlds = st.lists(st.one_of(steps, small_steps), min_size=1, max_size=6)


def made(world: list[list[int]], *, cleared: bool) -> tuple[Cascade, ...]:
    rows = tuple(
        RawRow(line.key, None, dict(zip(NAMES, counts, strict=True)), {})
        for line, counts in zip(LINES, world, strict=False)
    )
    policy = CONFIG.policy_of("cleared" if cleared else "reader")
    table = protect(Raw(KPI.id, KPI.kind, BASIS, rows), (), policy)
    return cascades(KPI, table, [(line.name, line, None) for line in LINES], LABELS)


@settings(max_examples=300, deadline=None)
@given(worlds, st.booleans())
def test_what_is_said_to_be_lost_is_what_the_shown_counts_lose(
    world: list[list[int]], cleared: bool
) -> None:
    found = made(world, cleared=cleared)
    assert [item.line for item in found] == list(LINES[: len(world)])
    for item, counts in zip(found, world, strict=True):
        shown = [step.cell.value for step in item.steps]
        told = re.match(
            r"Team [A-F]: most are lost from ‘(.+?)’ to ‘(.+?)’, ([\d,]+) of ([\d,]+) \((\d+)%\)\.",
            item.lost,
        )
        if told is None:
            assert item.lost == f"{item.name}: {TOO_FEW}."
            assert item.lost_at is None
            continue
        names = [step.name for step in item.steps]
        place = names.index(told.group(2))
        assert names[place - 1] == told.group(1)
        lost, had = int(told.group(3)), int(told.group(4))
        assert (shown[place - 1], shown[place]) == (had, had - lost)
        assert abs(int(told.group(5)) - 100 * lost / had) <= 0.5
        # Whatever the hidden counts were, no other step lost as many.
        losses = [a - b for a, b in pairwise(counts[1:])]
        slack = 0 if cleared else 5
        assert all(loss <= lost + slack for n, loss in enumerate(losses, start=1) if n != place), (
            counts,
            shown,
        )
        if cleared:
            assert losses.count(max(losses)) == 1
            assert losses.index(max(losses)) + 1 == place


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(st.none(), st.integers(0, 30)), min_size=2, max_size=5))
def test_a_largest_loss_stands_whatever_the_hidden_counts_are(values: list[int | None]) -> None:
    known = [value for value in values if value is not None]
    if any(b > a for a, b in pairwise(known)):
        return
    place = largest_loss([SUPPRESSED if value is None else Cell(value) for value in values])
    ways = [way for way in _filled(values) if max(a - b for a, b in pairwise(way)) > 0]
    tops = {
        tuple(n for n, (a, b) in enumerate(pairwise(way), start=1) if a - b == most)
        for way in ways
        for most in [max(a - b for a, b in pairwise(way))]
    }
    if place is not None:
        assert tops == {(place,)}


def _filled(values: list[int | None]) -> list[list[int]]:
    """Every way in which the hidden counts may lie between the shown ones."""
    if values[0] is None:
        return []
    ways = [[values[0]]]
    for place, value in enumerate(values[1:], start=1):
        following = next((v for v in values[place:] if v is not None), 0)
        choices = [value] if value is not None else None
        ways = [
            [*way, choice]
            for way in ways
            for choice in (choices or {way[-1], following, (way[-1] + following) // 2})
            if choice <= way[-1]
        ]
    return ways


@settings(max_examples=60, deadline=None)
@given(worlds, st.booleans())
def test_chart_table_and_words_agree(world: list[list[int]], cleared: bool) -> None:
    found = made(world, cleared=cleared)
    content = drawn.table(found, "Team", "Under care")
    assert [row[0] for row in content.rows] == [item.name for item in found]
    for row, item in zip(content.rows, found, strict=True):
        for said, step in zip(row[2:], item.steps, strict=True):
            assert said == step.words
            if step.cell.value is None:
                assert not re.search(r"\d", said)
    said = same_step(found, "teams")
    told = [item for item in found if item.lost_at is not None]
    assert bool(said) == (len(told) > 1)
    if said:
        assert said.startswith(f"Of {len(found)} teams, most are lost ")
        numbers = [int(n) for n in re.findall(r"in (\d+)", said)]
        assert sum(numbers) == len(told)
        rest = re.search(r"(\d+) (?:has|have) too few", said)
        assert (int(rest.group(1)) if rest else 0) == len(found) - len(told)
    spec = drawn.side_by_side(found, "Team A", "words")
    if spec is None:
        assert not any(step.share for item in found for step in item.steps[1:])
        return
    rows = [row for values in spec["datasets"].values() for row in values]
    bars = {(row["name"], row["at"]): row for row in rows if "to" in row}
    for item in found:
        for column, step in enumerate(item.steps[1:], start=1):
            assert ((item.name, column) in bars) == (step.share is not None)
            if step.share is not None:
                row = bars[item.name, column]
                width = (row["to"] - column) / (row["whole"] - column)
                assert abs(width - step.share) < 1e-9
                assert row["tip"].endswith(step.words)


def test_the_pictures_are_what_vega_lite_takes() -> None:
    found = made([[900, 400, 120, 90, 40, 10], [300, 100, 30, 3, 2, 0]], cleared=False)
    for spec in (drawn.side_by_side(found, "Team A", "words"), drawn.steps(found[0], "words")):
        assert spec is not None
        alt.LayerChart.from_dict(spec, validate=True)
    assert "most are lost from ‘With TC’ to ‘Referred’, 280 of 400 (70%)." in found[0].lost
