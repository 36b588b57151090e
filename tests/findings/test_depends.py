"""How much an answer depends on the definition: rows, band and verdict never disagree."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pdqi.config import Config
from pdqi.content.evidence import Measurability
from pdqi.findings.against import Against, published, target_in_force
from pdqi.findings.depends import Dependence, dependence, places
from pdqi.findings.depends_said import in_force, sentence
from pdqi.findings.readings import Line
from pdqi.findings.unidentified import ENTRY_KPI, not_identifiable, without_entry
from pdqi.labels import Labels
from pdqi.metrics.catalogue import kpi
from pdqi.metrics.kpi import Kpi
from pdqi.model import NO_DATA, NOT_REACHED, SUPPRESSED, Basis, Cell, Figure, Period, Published
from pdqi.service import Service
from pdqi.variants import Variant, Variants, variants
from tests.test_variants import BASIS, CONFIG, JOURNEYS, opened

LABELS = Labels.of(CONFIG)
VARIANTS = variants(CONFIG)
ALPHA = Line("alpha", "Alpha team", "team", ("alpha",))
PERIOD = Period.parse("2023-01..2023-12")
DIGITS = {"share": "0.01", "days": "1", "ratio": "0.1"}
Cells = Mapping[str, Cell]


def share(numerator: int | None, denominator: int = 200) -> dict[str, Cell]:
    """Return the cells of a proportion as its own kind works them out."""
    part = SUPPRESSED if numerator is None else Cell(numerator)
    counts = {"numerator": part, "denominator": Cell(denominator)}
    return counts | kpi("case_prevalence").kind.derive(counts)


def ratio(a: int | None, b: int) -> dict[str, Cell]:
    """Return the cells of a ratio of `a` and `b` of 100."""
    part = SUPPRESSED if a is None else Cell(a)
    counts = {
        "case_numerator": part,
        "case_denominator": Cell(100),
        "other_numerator": Cell(b),
        "other_denominator": Cell(100),
    }
    return counts | kpi("multiple_episodes_ratio").kind.derive(counts)


def wait(median: Cell, low: Cell, high: Cell) -> dict[str, Cell]:
    """Return the cells of a length of time."""
    ends = {"km_median_low": low, "km_median_high": high}
    return {"referred": Cell(90), "km_median_days": median, **ends}


def of(
    item: Kpi,
    rows: Sequence[tuple[Variant, Cells | None]],
    against: Sequence[Against] = (),
    system: Sequence[Cells | None] = (),
) -> Dependence:
    """Return a dependence of published cells, one row a variant."""
    found = []
    for place, (variant, cells) in enumerate(rows):
        figures = [] if cells is None else [Figure("alpha", None, cells)]
        whole = system[place] if system else None
        figures += [] if whole is None else [Figure("system", None, whole)]
        basis = Basis(PERIOD, variant.definition, "all_ages")
        found.append((variant, Published(item.id, basis, "x", True, tuple(figures))))
    return dependence(item, found, ALPHA, against, LABELS)


# What is said, on a few examples


PREVALENCE = kpi("case_prevalence")
FORTY = Against("published", "the published figure", "about 40%", (0.4, 0.4))
TARGET = Against("target", "the target", "25%", (0.25, 0.25))


@pytest.mark.parametrize(
    ("numerators", "against", "system", "expected"),
    [
        (
            (80, 50, 110),
            [FORTY],
            (),
            "The share lies between 25% and 55%, depending on who is counted. Against the published"
            " figure (about 40%) the conclusion changes: below under “Confirmed”; above under"
            " “Broad”; no clear difference otherwise.",
        ),
        (
            (80, 80, 81),
            [TARGET],
            (),
            "The share lies between 40% and 41%, depending on who is counted. The conclusion does"
            " not change: above the target (25%) under every definition.",
        ),
        (
            (80, 80, 80),
            [FORTY, TARGET],
            (),
            "The share is 40% under every definition. The conclusion does not change: no clear"
            " difference from the published figure (about 40%) and above the target (25%) under"
            " every definition.",
        ),
        (
            (80, None, 110),
            [FORTY],
            (),
            "The share lies between 40% and 55%, depending on who is counted. Too few to judge"
            " under 1 of the 3: “Confirmed”. Against the published figure (about 40%) the"
            " conclusion changes: above under “Broad”; no clear difference under the others that"
            " can be judged.",
        ),
        (
            (None, 50, None),
            [FORTY],
            (),
            "The share is 25% under 1 of the 3 definitions. Too few to judge under 2 of the 3: what"
            " is in force and “Broad”. Against the published figure (about 40%) only “Confirmed”"
            " can be judged: below.",
        ),
        ((None, None, None), [FORTY], (), "Too few to judge under every definition."),
        (
            (80, 50, 80),
            [],
            (),
            "The share lies between 25% and 40%, depending on who is counted. There is no published"
            " number, target or wider scope to hold it against.",
        ),
        (
            (80, 50, 80),
            [],
            (90, 90, 50),
            "The share lies between 25% and 40%, depending on who is counted. Against the whole"
            " system the conclusion changes: below under “Confirmed”; above under “Broad”; no clear"
            " difference otherwise.",
        ),
    ],
)
def test_verdicts(
    numerators: tuple[int | None, ...],
    against: list[Against],
    system: tuple[int, ...],
    expected: str,
) -> None:
    rows = [(v, share(n)) for v, n in zip(VARIANTS, numerators, strict=False)]
    assert sentence(of(PREVALENCE, rows, against, [share(n) for n in system])) == expected


def test_a_bound_is_held_to_its_number_alone() -> None:
    item = published("just over a year", (365.0, None), "days")
    assert item.told == "the published figure (over 365 days)"
    wait_now = kpi("ebt_wait")
    rows = [
        (VARIANTS[0], wait(Cell(800), Cell(700), NOT_REACHED)),
        (VARIANTS[1], wait(Cell(300), Cell(250), Cell(340))),
        (VARIANTS[5], wait(NOT_REACHED, Cell(500), NOT_REACHED)),
        (VARIANTS[6], None),
    ]
    assert sentence(of(wait_now, rows, [item])) == (
        "The median lies between 300 days and 800 days, depending on who is counted. Nothing to"
        " count under 1 of the 4: a look-back of 36 months. No median reached by the last day under"
        " 1 of the 4: a look-back of 12 months. Against the published figure (over 365 days) the"
        " conclusion changes: below under “Confirmed”; no clear difference under the others that"
        " can be judged."
    )


def test_a_share_of_somebody_is_not_a_share_of_nobody() -> None:
    rows = [(VARIANTS[0], share(1, 900)), (VARIANTS[1], share(0, 900))]
    assert "ranges" not in sentence(of(PREVALENCE, rows))
    assert sentence(of(PREVALENCE, rows)).startswith("The share lies between 0% and under 1%,")


def test_a_conclusion_is_judged_on_what_is_shown() -> None:
    """40.3% is shown as 40%, and so it is not above 40%."""
    cells = share(80) | {"value": Cell(0.41), "low": Cell(0.403), "high": Cell(0.42)}
    found = of(PREVALENCE, [(VARIANTS[0], cells), (VARIANTS[1], cells)], [FORTY])
    assert found.rows[0].interval == "40% to 42%"
    assert found.changes(0) is False
    assert "no clear difference from the published figure" in sentence(found)


def test_what_is_in_force_is_told_as_far_as_it_matters() -> None:
    assert in_force(kpi("multiple_episodes"), CONFIG, "broad") == (
        "Broad; a gap of 5 days between joined episodes; a look-back of 24 months"
    )
    assert in_force(kpi("ebt_received"), CONFIG, "standard") == (
        "Standard; Treatment one and Treatment two as treatments"
    )


def test_the_target_in_force_is_the_latest_that_has_begun() -> None:
    targets = [
        {"kpi": "ebt_wait", "value": 126, "start": start, "source": "test"}
        for start in ("2023-01-01", "2023-06-01", "2024-06-01")
    ]
    targets[1]["value"] = 90
    config = Config.model_validate(CONFIG.model_dump() | {"targets": targets})
    (found,) = target_in_force(config, kpi("ebt_wait"), date(2023, 12, 31))
    assert found.told == "the target (90 days)"
    assert target_in_force(config, kpi("ebt_wait"), date(2022, 12, 31)) == ()
    assert target_in_force(config, PREVALENCE, date(2023, 12, 31)) == ()


# Sentence and rows, on many


def cells_of(item: Kpi) -> st.SearchStrategy[Cells | None]:
    """Draw the cells of a KPI, now and then suppressed, empty or not reached."""
    if item.id == "case_prevalence":
        drawn = st.builds(share, st.one_of(st.none(), st.integers(0, 200)))
        return st.one_of(drawn, drawn, st.builds(share, st.just(0), st.just(0)))
    if item.id == "multiple_episodes_ratio":
        return st.builds(ratio, st.one_of(st.none(), st.integers(0, 100)), st.integers(0, 100))

    def days(found: list[int], reached: int) -> Cells:
        low, median, high = (
            Cell(day) if place < reached else NOT_REACHED for place, day in enumerate(sorted(found))
        )
        return wait(median, low, high)

    hidden = st.sampled_from([wait(SUPPRESSED, SUPPRESSED, SUPPRESSED), None])
    three = st.lists(st.integers(0, 60), min_size=3, max_size=3)
    return st.one_of(st.builds(days, three, st.integers(0, 3)), hidden)


@st.composite
def dependences(draw: st.DrawFn) -> tuple[Dependence, list[Cells | None], list[Cells | None]]:
    """Draw a figure under some variants, with what it is held against, and the cells behind it."""
    item = kpi(draw(st.sampled_from(["case_prevalence", "multiple_episodes_ratio", "ebt_wait"])))
    chosen = draw(st.lists(st.sampled_from(VARIANTS[1:]), unique=True, min_size=1, max_size=5))
    rows = [VARIANTS[0], *chosen]
    cells = draw(st.lists(cells_of(item), min_size=len(rows), max_size=len(rows)))
    wholes = draw(st.lists(cells_of(item), min_size=len(rows), max_size=len(rows)))
    system = wholes if item.id == "case_prevalence" and draw(st.booleans()) else []
    top = {"case_prevalence": 1.0, "multiple_episodes_ratio": 3.0, "ebt_wait": 60.0}[item.id]
    ends = st.lists(st.floats(0, top), min_size=2, max_size=2).map(sorted)
    against = []
    if draw(st.booleans()):
        low, high = draw(ends)
        against.append(Against("published", "the published figure", "so", (low, high)))
    if draw(st.booleans()):
        low, high = draw(ends)
        open_ended = draw(st.sampled_from([(low, low), (low, None), (None, high)]))
        against.append(Against("target", "the target", "such", open_ended))
    return of(item, list(zip(rows, cells, strict=True)), against, system), cells, system


def slowly(value: float, unit: str) -> Decimal:
    return Decimal(repr(float(value))).quantize(Decimal(DIGITS[unit]), ROUND_HALF_UP)


def slow_relation(
    cells: Cells | None, names: tuple[str, str], other: tuple[object, object] | None, unit: str
) -> str | None:
    """Return how an interval stands to another, by comparing every end that there is."""
    if cells is None or other is None:
        return None
    low, high = (cells[name].value for name in names)
    if low is None and high is None:
        return None
    least, most = other
    if low is not None and most is not None and slowly(low, unit) > slowly(most, unit):  # type: ignore[arg-type]
        return "above"
    if high is not None and least is not None and slowly(high, unit) < slowly(least, unit):  # type: ignore[arg-type]
        return "below"
    return "no clear difference"


@settings(max_examples=400, deadline=None)
@given(dependences())
def test_the_sentence_says_what_the_rows_show(
    drawn: tuple[Dependence, list[Cells | None], list[Cells | None]],
) -> None:
    found, cells, system = drawn
    text = sentence(found)
    parts = re.split(r"(?<=\.) (?=[A-Z])", text)
    names = {
        "share": ("value", "low", "high"),
        "days": ("km_median_days", "km_median_low", "km_median_high"),
        "ratio": ("risk_ratio", "ratio_low", "ratio_high"),
    }[found.unit]
    told = [row.variant.told for row in found.rows]
    main = [NO_DATA if each is None else each[names[0]] for each in cells]

    # The band: the lowest and the highest number, or the only one.
    shown = [float(cell.value) for cell in main if cell.value is not None]
    if shown:
        written = [float(n) for n in re.findall(r"\d+(?:\.\d+)?", parts[0].split(" under ")[0])]
        scale = 100 if found.unit == "share" else 1
        low, high = (float(slowly(f(shown), found.unit)) * scale for f in (min, max))
        if "under 1%" not in parts[0]:
            assert (min(written), max(written)) == pytest.approx((low, high))

    # What has no value is named, and nothing else is.
    for cell, words in (
        (SUPPRESSED, "Too few to judge"),
        (NO_DATA, "Nothing to count"),
        (NOT_REACHED, "No median reached by the last day"),
    ):
        expected = {told[i] for i, one in enumerate(main) if one.state is cell.state}
        (said,) = [part for part in parts if part.startswith(words)] or [""]
        if len(expected) == len(told):
            assert said == f"{words} under every definition."
        elif expected:
            assert said.startswith(f"{words} under {len(expected)} of the {len(told)}: ")
            assert {name for name in told if name in said} == expected
        else:
            assert not said

    # The verdict: for each thing the very relations of the rows.
    for place, item in enumerate(found.against):
        others = [item.ends] * len(cells)
        if item.kind == "system":
            others = [
                None
                if whole is None or whole["low"].value is None
                else (whole["low"].value, whole["high"].value)
                for whole in system
            ]
        relations = {
            told[i]: relation
            for i, each in enumerate(cells)
            if (relation := slow_relation(each, names[1:], others[i], found.unit)) is not None
        }
        assert relations == {
            row.variant.told: row.relations[place].value
            for row in found.rows
            if row.relations[place] is not None
        }
        if not shown and not any(row.relations[place] for row in found.rows):
            continue
        change = f"Against {item.told} the conclusion changes: "
        (changed,) = [part for part in parts if part.startswith(change)] or [""]
        assert bool(changed) == (len(set(relations.values())) > 1)
        if changed:
            read = {}
            *groups, rest = changed.removeprefix(change).removesuffix(".").split("; ")
            if " otherwise" not in rest and " under the others" not in rest:
                groups.append(rest)
                assert told[0] not in relations
            else:
                read = dict.fromkeys(relations, re.split(r" otherwise| under the others", rest)[0])
                assert ("otherwise" in rest) == (len(relations) == len(told))
            for group in groups:
                relation, _, listed = group.partition(" under ")
                read |= {name: relation for name in told if name in listed}
            assert read == relations
        elif len(relations) > 1:
            relation = next(iter(relations.values()))
            (same,) = [p for p in parts if "does not change" in p and item.told in p]
            joint = " from" if relation == "no clear difference" else ""
            assert f"{relation}{joint} {item.told}" in same
            assert ("under every definition" in same) == (len(relations) == len(told))
        elif relations:
            assert f"Against {item.told} only {next(iter(relations))} can be judged: " in text
        else:
            assert f"Against {item.told} none can be judged." in parts


# Through the real door


def test_a_reader_learns_nothing_of_a_few(tmp_path: Path) -> None:
    with opened(tmp_path).store as store:
        service = Service(store, CONFIG)
        items = [kpi("case_prevalence"), kpi("multiple_episodes"), kpi("ebt_wait")]
        found = Variants(service).figures(items, BASIS, service.viewer("reader"))
        for item in items:
            place = ALPHA if item.scopes != ("team",) else Line("expert", "Expert", "team")
            one = dependence(item, found[item.id], place, [FORTY], LABELS)
            assert sentence(one).startswith("Too few to judge under every definition.") or (
                not re.search(r"\d", sentence(one).split("Too few")[0])
            )
            assert all(row.cell.value is None for row in one.rows)


def test_a_figure_is_looked_at_where_it_is_counted(tmp_path: Path) -> None:
    with opened(tmp_path, JOURNEYS).store as store:
        service = Service(store, CONFIG)
        viewer = service.viewer("cleared")

        def at(kpi_id: str, scope: str) -> list[str]:
            figures = service.figures(kpi_id, BASIS, viewer)
            return [line.key for line in places(figures, service.scope(scope), service.scopes)]

        assert at("case_prevalence", "system") == ["system"]
        assert at("case_prevalence", "alpha") == ["alpha"]
        assert at("multiple_episodes", "system") == ["both"]
        assert at("multiple_episodes", "service:community") == ["service:community"]
        assert at("ebt_wait", "system") == ["expert"]
        assert at("ebt_wait", "alpha") == []


def test_those_without_an_entry_stand_beside_what_rests_on_one(tmp_path: Path) -> None:
    world = JOURNEYS.replace("    bob  2023-01-01   icd10        F60.3  suspected\n", "")
    assert world != JOURNEYS
    with opened(tmp_path, world).store as store:
        service = Service(store, CONFIG)
        entries = service.figures(ENTRY_KPI, BASIS, service.viewer("cleared"))
        found = without_entry(PREVALENCE, entries, ALPHA, LABELS)
        assert found is not None
        assert (found.share, found.said, found.counts) == (0.5, "50%", "1 of 2")
        assert found.same_whole
        assert "50% of people under care (1 of 2, Alpha team)" in found.sentence
        received = without_entry(kpi("ebt_received"), entries, ALPHA, LABELS)
        assert received is not None
        assert not received.same_whole
        assert without_entry(kpi("panel_reviewed"), entries, ALPHA, LABELS) is None
        hidden = service.figures(ENTRY_KPI, BASIS, service.viewer("reader"))
        assert without_entry(PREVALENCE, hidden, ALPHA, LABELS) is None


def test_what_the_content_calls_not_identifiable() -> None:
    def item(state: str) -> Measurability:
        return Measurability.model_validate(
            {
                "id": "x",
                "subject": "waits of {people}",
                "state": state,
                "why": "{people} cannot be told apart.",
                "who": "us",
                "kpis": ["ebt_wait"],
                "basis": "local",
            }
        )

    (found,) = not_identifiable(kpi("ebt_wait"), [item("not_identifiable")], LABELS)
    assert found.subject == "waits of people with the condition"
    assert found.why == "People with the condition cannot be told apart."
    assert not_identifiable(kpi("ebt_wait"), [item("partly")], LABELS) == ()
    assert not_identifiable(PREVALENCE, [item("not_identifiable")], LABELS) == ()
