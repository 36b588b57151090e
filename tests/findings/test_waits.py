"""Curves, bands and waiting lists over many random worlds: words, pictures and tables agree."""

import re
from itertools import pairwise
from typing import Any

import altair as alt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pdqi.charts import survival as drawn
from pdqi.charts import waiting as bars
from pdqi.charts.endings import endings
from pdqi.disclosure import protect
from pdqi.findings.readings import Line
from pdqi.findings.waits import Length, first_taken, lengths, supported, waiting_list
from pdqi.labels import Labels
from pdqi.metrics.catalogue import kpi
from pdqi.metrics.kpi import Duration
from pdqi.metrics.measure import Raw, RawRow
from pdqi.model import Published, State
from pdqi.statistics.survival import survival
from tests.disclosure.test_disclosure import BASIS, CONFIG

LABELS = Labels.of(CONFIG)
WAIT, NOW, SUPPORT = kpi("ebt_wait"), kpi("ebt_waiting_now"), kpi("support_while_waiting")
ALPHA = Line("alpha", "Alpha team", "team", ("alpha",))
BETA = Line("beta", "Beta team", "team", ("beta",))
Waits = list[tuple[int, str]]
"""How long, and how it stands: started, left or waiting."""

one = st.tuples(st.integers(0, 700), st.sampled_from(["started", "started", "left", "waiting"]))
some = st.lists(one, min_size=1, max_size=120)


def policy(cleared: bool) -> Any:
    return CONFIG.policy_of("cleared" if cleared else "reader")


def waits(world: dict[str, Waits], *, cleared: bool) -> Published:
    """The waits of some teams through the real wall."""
    rows = []
    for key, of in world.items():
        days = [day for day, _ in of]
        started = [how == "started" for _, how in of]
        fitted = survival(days, started, removed=[how == "left" for _, how in of])
        low, high = fitted.quantile_interval(0.5)
        ended = [day for day, how in of if how == "started"]
        waiting = sum(how == "waiting" for _, how in of)
        long = {week: sum(h == "waiting" and d > 7 * week for d, h in of) for week in (18, 52)}
        counts = {
            "people": len(of),
            "referred": len(of),
            "still_waiting": waiting,
            "waiting_over_18_weeks": long[18],
            "waiting_over_52_weeks": long[52],
        }
        statistics = {
            "km_median_days": fitted.quantile(0.5),
            "km_median_low": low,
            "km_median_high": high,
            "km_p90_days": fitted.quantile(0.9),
            "mean_started_days": sum(ended) / len(ended) if ended else None,
        }
        rows.append(RawRow(key, None, counts, statistics, {"": fitted}))
    return protect(Raw(WAIT.id, WAIT.kind, BASIS, tuple(rows)), (), policy(cleared))


def length(of: Waits, *, cleared: bool) -> Length:
    return lengths(WAIT, waits({"alpha": of}, cleared=cleared), (ALPHA,), LABELS)[0]


def by_hand(of: Waits, day: int) -> float:
    """The share that has started by a day (Aalen-Johansen), step by step."""
    there, share = 1.0, 0.0
    for now in sorted({d for d, _ in of if d <= day}):
        at_risk = sum(d >= now for d, _ in of)
        started = sum(d == now and how == "started" for d, how in of)
        left = sum(d == now and how == "left" for d, how in of)
        share += there * started / at_risk
        there *= 1 - (started + left) / at_risk
    return share


@settings(max_examples=150, deadline=None)
@given(some, st.booleans())
def test_the_sentence_says_what_the_curve_and_the_table_show(of: Waits, cleared: bool) -> None:
    item = length(of, cleared=cleared)
    said, figure = item.sentence, item.figure
    median = figure["km_median_days"]
    told = re.search(r"the median is ([\d,]+) days?", said)
    assert (told is not None) == (median.value is not None)
    if told is not None:
        assert int(told.group(1).replace(",", "")) == int(float(median.value or 0) + 0.5)
    assert ("no median" in said) == (median.state is State.NOT_REACHED)
    weeks = {int(w): int(s) for w, s in re.findall(r"by (\d+) weeks (\d+)%", said)}
    for week, share in item.curve.by_week.items():
        shown = share.share.value
        assert (week in weeks) == bool(shown)
        if shown:
            assert abs(weeks[week] - 100 * by_hand(of, 7 * week)) <= 0.5 + 1e-6
    content = drawn.by_week([item], "Curve")
    assert [row[0] for row in content.rows] == [
        f"Alpha team, by {week} weeks" for week in item.curve.by_week
    ]
    for (week, share), row in zip(item.curve.by_week.items(), content.rows, strict=True):
        if share.share.value is None:
            assert not re.search(r"\d", row[1])
        else:
            assert row[1].startswith(f"{weeks.get(week, 0)}%")
        left = sum(day > 7 * week for day, _ in of)
        if share.at_risk.value is None:
            assert row[2] in ("suppressed", "nothing to count")
        else:
            exact = left if cleared else 5 * int(left / 5 + 0.5)
            assert row[2] == str(exact)


@settings(max_examples=150, deadline=None)
@given(some, st.booleans())
def test_the_mean_is_told_only_to_say_by_how_much_it_misleads(of: Waits, cleared: bool) -> None:
    item = length(of, cleared=cleared)
    said, figure = item.misleading_mean, item.figure
    mean, median = figure["mean_started_days"], figure["km_median_days"]
    assert bool(said) == (mean.value is not None)
    if not said:
        return
    told = re.match(r"The mean of those that had started is ([\d,]+) days?: it leaves out", said)
    assert told is not None
    shown = int(told.group(1).replace(",", ""))
    assert shown == int(float(mean.value or 0) + 0.5)
    waiting = figure["still_waiting"].value
    if waiting is None:
        assert "leaves out all that are still waiting" in said
        assert not re.search(r"the [\d,]+ still", said)
    elif waiting == 0:
        assert "leaves out nobody still waiting" in said
    else:
        assert f"leaves out the {waiting:,} still waiting" in said
    gap = re.search(r"is ([\d,]+) days? (longer|shorter) than the median of all", said)
    if median.value is None:
        assert gap is None
        return
    apart = shown - int(float(median.value) + 0.5)
    if apart == 0:
        assert "as long as the median" in said
    else:
        assert gap is not None
        assert int(gap.group(1).replace(",", "")) == abs(apart)
        assert gap.group(2) == ("longer" if apart > 0 else "shorter")


@settings(max_examples=60, deadline=None)
@given(some, some, st.booleans())
def test_curves_and_numbers_at_risk_are_those_published(
    first: Waits, second: Waits, cleared: bool
) -> None:
    table = waits({"alpha": first, "beta": second}, cleared=cleared)
    shown = lengths(WAIT, table, (ALPHA, BETA), LABELS)
    spec = drawn.curves(shown, "words")
    drawable = [item for item in shown if item.curve.state is State.SHOWN]
    if spec is None:
        assert not drawable
        return
    lines = [layer for layer in spec["layer"] if layer["mark"]["type"] == "line"]
    assert len(lines) == len(drawable)
    dashes = [tuple(layer["mark"]["strokeDash"]) for layer in lines]
    assert len(set(dashes)) == len(dashes), "told apart by more than colour"
    for item, layer in zip(drawable, lines, strict=True):
        rows = spec["datasets"][layer["data"]["name"]]
        assert [row["left"] for row in rows[:-1]] == list(item.curve.remaining)
        assert [row["week"] * 7 for row in rows[:-1]] == pytest.approx(item.curve.days)
        if not cleared:
            # No step is a person's: they are in whole weeks.
            assert all(abs(row["week"] - round(row["week"])) < 1e-9 for row in rows[:-1])
    numbers = [
        rows for rows in spec["datasets"].values() if rows and set(rows[0]) == {"week", "number"}
    ]
    for rows, of in zip(numbers, [of for of in (first, second) if of], strict=False):
        assert [row["week"] for row in rows] == sorted({row["week"] for row in rows})
        for row in rows:
            assert row["number"] == "–" or cleared or int(row["number"].replace(",", "")) % 5 == 0
            if cleared and row["number"] != "–":
                assert int(row["number"].replace(",", "")) <= len(of)


@settings(max_examples=60, deadline=None)
@given(some, st.booleans())
def test_those_that_ended_left_and_wait_add_up_to_all(of: Waits, cleared: bool) -> None:
    item = length(of, cleared=cleared)
    spec = endings(item)
    if spec is None:
        assert item.curve.state is not State.SHOWN
        return
    rows = spec["datasets"][spec["layer"][0]["data"]["name"]]
    by_day: dict[float, list[dict[str, Any]]] = {}
    for row in rows:
        by_day.setdefault(row["week"], []).append(row)
    for parts in by_day.values():
        assert parts[0]["low"] == 0
        assert parts[-1]["high"] == pytest.approx(1, abs=0.0101)
        for below, above in pairwise(parts):
            assert below["high"] == above["low"]
            assert above["high"] >= above["low"]
    started = [row["high"] for row in rows if row["part"] == "started"]
    assert started[:-1] == list(item.curve.ended)
    names = {row["part"] for row in rows}
    nobody_left = not cleared and item.curve.removed[-1] == 0
    assert ("left unstarted" in names) != nobody_left
    if nobody_left:
        assert "still waiting or left unstarted" in names


def waiting(*lists: list[int], cleared: bool) -> Published:
    """Waiting lists, each the days waited, through the real wall."""
    rows = []
    for line, days in zip((ALPHA, BETA), lists, strict=False):
        counts = {"people": len(days), "waiting": len(days)}
        counts |= {
            f"over_{week}_weeks": sum(day > 7 * week for day in days) for week in (4, 18, 26, 52)
        }
        rows.append(RawRow(line.key, None, counts, {"longest_days": max(days, default=None)}))
    return protect(Raw(NOW.id, NOW.kind, BASIS, tuple(rows)), (), policy(cleared))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 900), max_size=90), st.booleans())
def test_bands_add_up_and_are_never_negative(days: list[int], cleared: bool) -> None:
    found = waiting_list(NOW, waiting(days, cleared=cleared), (ALPHA, BETA))
    assert [item.line for item in found] == [ALPHA]
    item = found[0]
    assert [band.name for band in item.bands] == [
        "0 to 4 weeks",
        "4 to 18 weeks",
        "18 to 26 weeks",
        "26 to 52 weeks",
        "over 52 weeks",
    ]
    edges = [(-1, 4), (4, 18), (18, 26), (26, 52), (52, 10_000)]
    for band, (low, high) in zip(item.bands, edges, strict=True):
        exact = sum(7 * low < day <= 7 * high for day in days)
        if cleared:
            assert band.count == exact
        elif band.count is not None:
            assert band.count >= 0
            assert band.count % 5 == 0
            # Where an edge is shown nobody, or at least five, lie on either side of it.
            assert exact == 0 or exact >= 5
            assert (band.count == 0) == (exact == 0)
    stretches = bars.stretches(item)
    assert all(b[0] == a[1] for a, b in pairwise(stretches))
    if item.total.value is None:
        assert stretches == []
    else:
        assert sum(high - low for low, high, _ in stretches) == item.total.value
        shown = {band.name: band.count for band in item.bands if band.count}
        assert {name: high - low for low, high, name in stretches if name in shown} == shown
    row = bars.table(found).rows[0]
    for band, said in zip(item.bands, row[2:], strict=True):
        assert said == (
            "not shown, to protect small numbers" if band.count is None else f"{band.count:,}"
        )
    told = re.findall(r"over (\d+) weeks ([\d,]+)", item.sentence)
    for week, number in told:
        exact = sum(day > 7 * int(week) for day in days)
        assert int(number.replace(",", "")) == (exact if cleared else 5 * int(exact / 5 + 0.5))


def test_a_bar_with_hidden_edges_is_one_stretch_of_the_right_length() -> None:
    # 42 wait; 2 of them for 18 to 26 weeks, so how many wait longer than 26 is hidden.
    days = [10] * 8 + [60] * 12 + [150] * 2 + [400] * 20
    found = waiting_list(NOW, waiting(days, cleared=False), (ALPHA,))
    assert bars.stretches(found[0]) == [
        (0, 5, "0 to 4 weeks"),
        (5, 20, "4 to 18 weeks"),
        (20, 40, "not told apart"),
    ]
    spec = bars.chart(found, ALPHA, "words")
    assert spec is not None
    alt.LayerChart.from_dict(spec, validate=True)


def test_support_while_waiting_stands_beside_in_the_same_words() -> None:
    counts = {"denominator": 40, "numerator": 10}
    raw = Raw(SUPPORT.id, SUPPORT.kind, BASIS, (RawRow("alpha", None, counts, {}),))
    table = protect(raw, (), policy(False))
    assert supported(SUPPORT, table, ALPHA) == "Support while waiting: 25% (10 of 40 people)."
    assert supported(SUPPORT, table, BETA) == ""
    few = Raw(
        SUPPORT.id,
        SUPPORT.kind,
        BASIS,
        (RawRow("alpha", None, {"denominator": 40, "numerator": 3}, {}),),
    )
    said = supported(SUPPORT, protect(few, (), policy(False)), ALPHA)
    assert said == "Support while waiting: not shown, to protect small numbers."


@given(st.floats(8, 600))
def test_weeks_are_never_crowded(last: float) -> None:
    found = drawn.ticks(last)
    assert found[0] == 0
    assert found[-1] <= last
    assert all(b - a >= drawn.CROWDED * last - 1e-9 for a, b in pairwise(found))


def test_the_curves_are_what_vega_lite_takes() -> None:
    of = [(day * 7, ("started", "left", "waiting")[day % 3]) for day in range(90)]
    table = waits({"alpha": of, "beta": of}, cleared=True)
    shown = lengths(WAIT, table, (ALPHA, BETA), LABELS)
    for spec in (drawn.curves(shown, "words"), endings(shown[0])):
        assert spec is not None
        alt.LayerChart.from_dict(spec, validate=True)
    assert isinstance(WAIT.kind, Duration)
    assert drawn.as_table(shown, "Curve").rows[0][0] == "Alpha team"


def test_the_curves_that_stand_first_are_those_of_the_filter() -> None:
    lines = (ALPHA, BETA, Line("system", "Whole system", "system", ("alpha", "beta")))
    assert first_taken(lines, "beta", ("beta",)) == (BETA, lines[2])
    assert first_taken(lines, "system", ("alpha", "beta")) == (lines[2],)
    assert first_taken(lines, "both", ("alpha", "beta")) == (ALPHA, BETA)
    treatments = (Line("T1", "Treatment one", "treatment"), Line("T2", "Two", "treatment"))
    assert first_taken(treatments, "system", ("alpha",)) == treatments
