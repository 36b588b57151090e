"""Every KPI has a worked example, and the store gives the figures that were worked out by hand.

An example is a text of `pdqi/metrics/examples`: prose, one world of text tables, and below each
`Period:` line (with `Definition:` and `Ages:` where they are not the default) the exact figures.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from scipy import stats

from pdqi.config import Config
from pdqi.disclosure import protect
from pdqi.labels import Labels
from pdqi.metrics.catalogue import CATALOGUE, PATHWAY, kpi
from pdqi.metrics.kpi import Kpi, Proportion
from pdqi.metrics.measure import RawRow, measure
from pdqi.model import Basis, Period, Published
from pdqi.store.store import Store
from tests.worlds import World, make_store, read_world

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "pdqi/metrics/examples"
CONFIG = Config.load(ROOT / "tests/world.yaml")
CLEARED = CONFIG.policy_of("cleared")
EVERY = (*CATALOGUE, *PATHWAY)
ABSENT = "absent"
# A sum of parts may be left out of an example; a place of its own may not.
SUMS = ("service:", "both", "system")


@dataclass(frozen=True)
class Row:
    """One line of figures: where, and what is expected; nothing where there must be no row."""

    scope: str
    by: str | None
    fields: dict[str, str] | None


@dataclass(frozen=True)
class Asked:
    """One block of figures and the basis it rests on."""

    basis: Basis
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Example:
    """One file."""

    title: str
    prose: str
    world: World
    asked: tuple[Asked, ...]


def read_example(path: Path, by: str | None) -> Example:
    """Read one example."""
    text = path.read_text(encoding="utf-8")
    pieces = re.split(r"^```(\w*)\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    prose = pieces[0::3]
    blocks = list(zip(pieces[1::3], pieces[2::3], strict=True))
    (world,) = [body for kind, body in blocks if kind == "world"]
    said = {
        "Period": None,
        "Definition": CONFIG.default_definition,
        "Ages": CONFIG.default_age_band,
    }
    asked = []
    for before, (kind, body) in zip(prose, blocks, strict=False):
        said |= dict(re.findall(r"^(Period|Definition|Ages): (\S+)$", before, flags=re.MULTILINE))
        if kind == "figures":
            assert said["Period"] is not None, "a period is missing"
            basis = Basis(Period.parse(said["Period"]), str(said["Definition"]), str(said["Ages"]))
            asked.append(Asked(basis, tuple(read_rows(body, by))))
        else:
            assert kind == "world", f"what is a block of {kind}?"
    return Example(text.splitlines()[0], "".join(prose), read_world(world), tuple(asked))


def read_rows(body: str, by: str | None) -> Iterator[Row]:
    """Read lines such as `alpha T1 numerator=2` and `rose absent`."""
    for line in body.strip().splitlines():
        scope, *rest = line.split()
        part = None
        if rest[0] != ABSENT and "=" not in rest[0]:
            part = rest.pop(0)
            # Words have blanks, ids do not.
            part = part.replace("_", " ") if by == "referral source" else part
        if rest == [ABSENT]:
            yield Row(scope, part, None)
        else:
            yield Row(scope, part, dict(field.split("=") for field in rest))


def example_of(item: Kpi) -> Example:
    return read_example(EXAMPLES / f"{item.id}.md", item.by)


def figures(store: Store, item: Kpi, basis: Basis) -> tuple[list[RawRow], Published]:
    """Measure through the real door of the metrics, and show to a cleared reader."""
    (raw,) = measure(store, CONFIG, (item,), (basis,))[item.id]
    return list(raw.rows()), protect(raw, (), CLEARED)


@pytest.mark.parametrize("item", EVERY, ids=lambda item: item.id)
def test_figures_are_those_worked_out_by_hand(item: Kpi, tmp_path: Path) -> None:
    example = example_of(item)
    with Store.open(make_store(example.world, tmp_path), CONFIG) as store:
        for asked in example.asked:
            raw, published = figures(store, item, asked.basis)
            found = {(row.scope, row.by): row for row in raw}
            for row in asked.rows:
                place = (item.id, asked.basis.period.key, row.scope, row.by)
                if row.fields is None:
                    assert (row.scope, row.by) not in found, place
                    continue
                assert (row.scope, row.by) in found, place
                shown = published.at(row.scope, row.by)
                assert shown is not None, place
                values: dict[str, Any] = {name: cell.value for name, cell in shown.cells.items()}
                for name, expected in row.fields.items():
                    assert same(values[name], expected), (*place, name, values[name], expected)
                plain = {count.name for count in item.kind.counts if count.shown}
                assert plain <= set(row.fields), f"{place}: a count was left out"
                if isinstance(item.kind, Proportion):
                    check_wilson(values)
            written = {(row.scope, row.by) for row in asked.rows}
            for (scope, by), exact in found.items():
                if (scope, by) not in written and not scope.startswith(SUMS):
                    assert not any(exact.counts.values()), f"{item.id}: {scope} {by} is not there"


def same(value: float | None, expected: str) -> bool:
    """Whether a value is the written one, to the digits that are written."""
    if value is None or expected == "-":
        return value is None and expected == "-"
    _, _, decimals = expected.partition(".")
    half = 0.5 * 10 ** -len(decimals) if len(decimals) > 1 else 0.0
    return abs(value - float(expected)) <= half + 1e-9


def check_wilson(values: dict[str, Any]) -> None:
    """Hold share and interval against scipy's."""
    numerator, denominator = values["numerator"], values["denominator"]
    if not denominator:
        assert values["value"] is values["low"] is values["high"] is None
        return
    interval = stats.binomtest(numerator, denominator).proportion_ci(method="wilson")
    expected = (numerator / denominator, interval.low, interval.high)
    assert (values["value"], values["low"], values["high"]) == pytest.approx(expected, abs=1e-12)


def test_every_kpi_has_an_example_and_no_example_is_left_over() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.md")} == {item.id for item in EVERY}


@pytest.mark.parametrize("item", EVERY, ids=lambda item: item.id)
def test_an_example_is_worth_its_place(item: Kpi) -> None:
    example = example_of(item)
    assert re.fullmatch(r"# [A-Z].{10,90}[^.]", example.title)
    assert sum(len(asked.rows) for asked in example.asked) >= 2
    edges = r"first day|last day|census day|the day (before|after)|a day (before|after|later)"
    edges += r"|window|latest month|exactly|before and after the period"
    assert re.search(edges, example.prose), "an example shows a case on the edge"
    people = {row["id"] for rows in example.world.values() for row in rows if "id" in row}
    named = {name.lower() for name in re.findall(r"\b[A-Z][a-z]{2,}\b", example.prose)}
    crowd = {"entry_points"}  # twenty people to make 95%, of whom some do nothing special
    assert item.id in crowd or people <= named, f"not spoken of: {people - named}"
    tables = set(item.tables) - {"people"}
    assert tables <= set(example.world), f"no example of {tables - set(example.world)}"


@pytest.mark.parametrize(
    ("change", "item_id"),
    [
        (("episodes", 0, "ended_on", "2022-12-31"), "case_prevalence"),
        (("treatments", 5, "referred_on", "2023-08-25"), "ebt_wait"),
    ],
)
def test_a_day_makes_a_difference(
    change: tuple[str, int, str, str], item_id: str, tmp_path: Path
) -> None:
    item = kpi(item_id)
    example = example_of(item)
    table, number, column, value = change
    before = figures_of(example.world, item, example.asked[0], tmp_path / "before")
    example.world[table][number][column] = value
    after = figures_of(example.world, item, example.asked[0], tmp_path / "after")
    assert before != after


def figures_of(world: World, item: Kpi, asked: Asked, path: Path) -> list[dict[str, int]]:
    with Store.open(make_store(world, path), CONFIG) as store:
        return [dict(row.counts) for row in figures(store, item, asked.basis)[0]]


WORDS = Labels(
    {
        "condition": "personality disorder",
        "short": "PD",
        "people": "people with PD",
        "panel": "complex case panel",
        "watched": "an antipsychotic or sedative",
        "look_back": "24 months",
    },
    {"case": "pd", "cases": "pd", "drop_in": "safe_haven"},
)
SCOPE_WORDS = {"set": "named set", "system": "whole system"}


def kpi_table() -> str:
    """Return the table of KPIs as it stands in docs/method.md."""
    lines = [
        "| id | in files | name | numerator | denominator | scopes |",
        "|---|---|---|---|---|---|",
    ]
    for item in EVERY:
        scopes = ", ".join(SCOPE_WORDS.get(kind, kind) for kind in item.scopes)
        by = f"; by {item.by}" if item.by else ""
        words = [
            WORDS.fill(item.name),
            WORDS.fill(item.numerator, begins=False),
            WORDS.fill(item.denominator, begins=False),
        ]
        lines.append(
            f"| `{item.id}` | `{WORDS.in_files(item.id)}` | {' | '.join(words)} | {scopes}{by} |"
        )
    return "\n".join(lines)


def test_the_method_lists_every_kpi_as_it_is_declared() -> None:
    text = (ROOT / "docs/method.md").read_text(encoding="utf-8")
    between = text.split("<!-- kpis -->")[1].split("<!-- /kpis -->")[0]
    assert between.strip() == kpi_table()
