"""Months of a figure made from raw counts by the real disclosure control, and then judged."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from hypothesis import strategies as st

from pdqi.config import Config, Policy
from pdqi.config.parts import Target
from pdqi.content.timeline import Mark, Rebase, Timeline
from pdqi.disclosure import protect
from pdqi.findings.marks import Setting
from pdqi.findings.months import by_scope
from pdqi.findings.over_time import OverTime, over_time
from pdqi.labels import Labels
from pdqi.metrics.catalogue import kpi
from pdqi.metrics.kpi import Kpi
from pdqi.metrics.measure import Raw, RawRow
from pdqi.model import Basis, Period, Published, Scope

CONFIG = Config.load(Path(__file__).parents[1] / "world.yaml")
LABELS = Labels.of(CONFIG)
CONTROLLED, CLEARED = CONFIG.policy_of("reader"), CONFIG.policy_of("cleared")
TEAM = CONFIG.teams[0]
SCOPE = Scope("team", TEAM.id, TEAM.name, (TEAM.id,))
HIGHER, LOWER, NEITHER = kpi("assessed_within_28_days"), kpi("prescribing"), kpi("case_prevalence")
"""Shares by which direction is better."""
FIRST_YEAR = 2020
"""Series begin in its January."""
Counts = tuple[int, int] | None
"""Numerator and denominator of a month; None where nothing was recorded."""


def month(place: int) -> date:
    """Return the first day of the month at a place of a series."""
    return date(FIRST_YEAR + place // 12, place % 12 + 1, 1)


def published(counts: Sequence[Counts], policy: Policy, of: Kpi = HIGHER) -> tuple[Published, ...]:
    """Return months as a reader under `policy` gets them."""
    kind = of.kind
    tables = []
    for place, pair in enumerate(counts):
        rows: tuple[RawRow, ...] = ()
        if pair is not None:
            named = {"numerator": pair[0], "denominator": pair[1], "within": pair[1] * 2 + 50}
            rows = (RawRow(TEAM.id, None, {c.name: named[c.name] for c in kind.counts}, {}),)
        period = Period.month(month(place).year, month(place).month)
        raw = Raw(of.id, kind, Basis(period, "standard", "working_age"), rows)
        tables.append(protect(raw, (), policy))
    return tuple(tables)


def judged(
    counts: Sequence[Counts],
    policy: Policy = CLEARED,
    of: Kpi = HIGHER,
    *,
    targets: Sequence[tuple[date, float]] = (),
    marks: Sequence[Mark] = (),
    rebases: Sequence[Rebase] = (),
    demonstration: bool = False,
    scope: Scope = SCOPE,
    accept_suggested: bool = False,
) -> OverTime:
    """Return the series judged."""
    config = CONFIG.model_copy(
        update={
            "targets": tuple(
                Target(kpi=of.id, value=value, start=start, source="A plan")
                for start, value in targets
            )
        }
    )
    timeline = Timeline(marks=tuple(marks), rebases=tuple(rebases))
    setting = Setting(config, policy, LABELS, timeline, {"W1": "First work"}, demonstration)
    months = by_scope(of, published(counts, policy, of), LABELS).get(TEAM.id, ())
    return over_time(of, months, scope, setting, accept_suggested)


def of_100(*numerators: int) -> list[Counts]:
    """Return months with that many of 100."""
    return [(number, 100) for number in numerators]


def mark(name: str, on: date, **more: object) -> Mark:
    """Return a mark on every figure and everywhere, unless told otherwise."""
    said = {"id": name, "text": f"What {name} was", "kind": "event", "date": on, "basis": "local"}
    return Mark.model_validate(said | more)


def rebase(name: str, on: date, **more: object) -> Rebase:
    """Return a rebase of the first figure that the oversight group agreed."""
    said = {"id": name, "kpi": HIGHER.id, "date": on, "reason": f"Because of {name}"}
    return Rebase.model_validate(
        said | {"agreed_by": "the oversight group", "basis": "local"} | more
    )


STEADY = of_100(50, 54, 47, 52, 49, 53, 48, 51, 50, 46, 52, 49, 54, 47)
STEPPED = of_100(40, 44, 37, 42, 39, 43, 38, 41, 40, 42, 39, 41, 38, 43) + of_100(
    60, 64, 57, 62, 59, 63, 58, 61, 60, 62, 59, 61, 58, 63
)
"""A mean of 40% in the first 14 months, and of 60% from place 14 on."""


@st.composite
def series(draw: st.DrawFn) -> list[Counts]:
    """Months of a team: stretches at one level, drifts, gaps, and few people now and then."""
    months: list[Counts] = []
    people = draw(st.sampled_from([12, 100, 400, 1000]))
    middle = draw(st.sampled_from([0.5, 0.5, 0.5, 0.5, 0.0, 1.0]))
    wobble = draw(st.sampled_from([0.0, 0.03, 0.05, 0.05, 0.15]))
    for _ in range(draw(st.integers(1, 3))):
        level = middle + draw(st.sampled_from([0.0, 0.0, 0.04, -0.04, 0.3, -0.3]))
        drift = draw(st.sampled_from([0.0, 0.0, 0.02, -0.02]))
        for place in range(draw(st.integers(5, 16))):
            share = level + drift * place + (0 if drift else wobble * draw(st.floats(-1, 1)))
            months.append((round(min(1, max(0, share)) * people), people))
    for place in draw(st.lists(st.integers(0, len(months) - 1), max_size=3)):
        months[place] = draw(st.sampled_from([None, (2, people), (0, 0)]))
    return months


POLICIES = st.sampled_from([CLEARED, CLEARED, CONTROLLED])
KPIS = st.sampled_from([HIGHER, LOWER, NEITHER])
