"""What a curve can give away: nothing that fewer than five people stand behind."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pdqi.disclosure.curves import WEEK, coarsened, exact
from pdqi.metrics.measure import WEEKS
from pdqi.model import PublishedCurve, State
from pdqi.statistics.survival import Survival, survival

from .test_disclosure import CONTROLLED

Lengths = list[tuple[int, str]]


def curve_of(lengths: Lengths) -> Survival:
    days = [day for day, _ in lengths]
    ended = [how == "ended" for _, how in lengths]
    removed = [how == "removed" for _, how in lengths]
    return survival(days, ended, removed=removed)


def steps(curve: PublishedCurve, name: str) -> list[float]:
    """The days on which a share changes."""
    values = getattr(curve, name)
    return [
        day
        for day, before, now in zip(curve.days[1:], values, values[1:], strict=False)
        if now != before
    ]


LENGTHS = st.lists(
    st.tuples(st.integers(0, 420), st.sampled_from(["ended", "ended", "removed", "waiting"])),
    min_size=10,
    max_size=150,
)


@settings(max_examples=200, deadline=None)
@given(LENGTHS)
def test_every_step_rests_on_five_ends_and_what_is_shown_at_a_week_is_true(
    lengths: Lengths,
) -> None:
    raw = curve_of(lengths)
    shown = coarsened(raw, WEEKS, CONTROLLED)
    for name, how in (("ended", "ended"), ("removed", "removed"), ("remaining", "ended")):
        last = -1.0
        for day in steps(shown, name):
            assert day % WEEK == 0
            assert sum(h == how and last < max(d, 1) <= day for d, h in lengths) >= 5, (name, day)
            last = day
    for week, share in shown.by_week.items():
        day = WEEK * week
        left = sum(d > day for d, _ in lengths)
        assert share.at_risk.value == (5 * int(left / 5 + 0.5) if left >= 5 else None) or left == 0
        true = raw.outcomes.by(day)
        if share.share.state is State.SHOWN:
            assert true is not None
            assert share.share.value == pytest.approx(true.value, abs=0.00501)
            # Neither this week nor the step from the one before gives fewer than five away.
            known = [w for w in WEEKS if w < week and shown.by_week[w].share.value is not None]
            since = WEEK * max(known, default=0)
            between = sum(h == "ended" and since < max(d, 1) <= day for d, h in lengths)
            assert between == 0 or between >= 5
    assert all(cell.value is None or cell.value % 5 == 0 for cell in shown.at_risk)
    for week, cell in shown.left.items():
        left = sum(d > WEEK * week for d, _ in lengths) if week else len(lengths)
        assert cell.value == (None if 0 < left < 5 else 5 * int(left / 5 + 0.5)), week
    assert max(shown.left) <= max(d for d, _ in lengths) / WEEK
    assert all(round(value, 2) == value for value in (*shown.remaining, *shown.ended))


@settings(max_examples=100, deadline=None)
@given(LENGTHS)
def test_the_shares_of_a_cleared_reader_add_up(lengths: Lengths) -> None:
    shown = exact(curve_of(lengths), WEEKS)
    for day, ended, removed in zip(shown.days, shown.ended, shown.removed, strict=True):
        assert -1e-12 <= ended <= 1 + 1e-12
        assert ended + removed <= 1 + 1e-9
        done = sum(h == "ended" and d <= day for d, h in lengths)
        assert (ended > 0) == (done > 0)
    for week, share in shown.by_week.items():
        if share.share.value is not None:
            # Nobody or everybody: no interval says how sure that is.
            assert (share.low.value is None) == (share.share.value in (0.0, 1.0))
            if share.low.value is not None and share.high.value is not None:
                assert share.low.value < share.share.value < share.high.value
            assert share.at_risk.value == sum(d > WEEK * week for d, _ in lengths)


def test_nobody_left_otherwise_makes_the_share_ended_that_of_kaplan_and_meier() -> None:
    random = np.random.default_rng(5)
    lengths = [
        (int(day), "ended" if draw < 0.6 else "waiting")
        for day, draw in zip(random.integers(0, 300, 80), random.random(80), strict=True)
    ]
    raw = curve_of(lengths)
    assert list(raw.outcomes.ended_share) == pytest.approx(list(1 - raw.surv))


def test_who_left_otherwise_is_not_counted_as_still_waiting() -> None:
    # Of ten, four start on day 10, then four leave; two wait on. Censoring those who left would
    # say that more start: 4 of 10, then 1 of the 2 that are left.
    lengths = [(10, "ended")] * 4 + [(20, "removed")] * 4 + [(30, "ended"), (40, "waiting")]
    outcomes = curve_of(lengths).outcomes
    assert list(outcomes.ended_share) == pytest.approx([0.4, 0.4, 0.5, 0.5])
    assert list(outcomes.removed_share) == pytest.approx([0.0, 0.4, 0.4, 0.4])
    assert list(curve_of(lengths).surv) == pytest.approx([0.6, 0.6, 0.3, 0.3])


def test_what_nobody_was_followed_for_is_not_told() -> None:
    shown = exact(curve_of([(10, "ended")] * 6 + [(20, "waiting")] * 6), WEEKS)
    assert shown.by_week[4].share.state is State.NOT_REACHED
    all_gone = exact(curve_of([(10, "ended")] * 12), WEEKS)
    assert all_gone.by_week[52].share.value == 1.0
