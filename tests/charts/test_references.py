"""Figures from elsewhere beside ours: what each is called, where it stands, and how it is drawn."""

from typing import Any

import pytest

from pdqi.charts import funnel, rows
from pdqi.charts.dots import dots
from pdqi.charts.references import DASHES, Reference, between_rows, references
from pdqi.config import Config
from pdqi.content import Library
from pdqi.findings.between import funnel_finding
from pdqi.findings.readings import Line
from pdqi.labels import Labels
from pdqi.metrics.catalogue import CATALOGUE, kpi
from pdqi.model import Basis, Cell, Figure, Period, Published

PREVALENCE = kpi("case_prevalence")
PERIOD = Period.parse("2023-01..2023-12")


@pytest.fixture
def lines(config: Config) -> tuple[Line, ...]:
    teams = [Line(team.id, team.name, "team", (team.id,)) for team in config.teams]
    every = tuple(team.id for team in config.teams)
    return (*teams, Line("system", "Whole system", "system", every))


@pytest.fixture
def published(lines: tuple[Line, ...]) -> Published:
    cells = {"denominator": 200, "numerator": 80, "value": 0.4, "low": 0.33, "high": 0.47}
    found = {name: Cell(value) for name, value in cells.items()}
    figures = tuple(Figure(line.key, None, found) for line in lines)
    return Published("case_prevalence", Basis(PERIOD, "standard", "all"), "x", True, figures)


@pytest.fixture
def found(
    library: Library, config: Config, labels: Labels, lines: tuple[Line, ...]
) -> dict[str, Reference]:
    made = references(PREVALENCE, library.published.figures, lines, config, labels)
    named = [
        item.id
        for item in library.published.figures
        if PREVALENCE.id in (*item.kpis, *item.context_for)
    ]
    return dict(zip(named, made, strict=True))


def test_the_two_forties_are_never_one(found: dict[str, Reference]) -> None:
    ours, theirs = found["P1"], found["C3"]
    assert (ours.low, theirs.low) == (0.40, 0.40)
    assert ours.words == "published, together: about 40%"
    assert theirs.words == "literature, a different thing: 40% meet criteria"
    assert DASHES[ours.source] != DASHES[theirs.source]
    assert "a different thing" in theirs.origin
    assert "a different thing" not in f"{ours.origin}{ours.words}"
    assert "The same number as P1 and another thing." in theirs.told


def test_what_is_of_the_population_or_of_absent_services_is_only_told(
    found: dict[str, Reference],
) -> None:
    for name in ("C1", "C2"):
        assert not found[name].lines
        assert "Drawn" not in found[name].told


def test_each_stands_after_the_last_team_that_it_concerns(
    found: dict[str, Reference], lines: tuple[Line, ...], config: Config
) -> None:
    placed = list(between_rows(lines, tuple(found.values())))
    assert [item for item in placed if isinstance(item, Line)] == list(lines)
    assert sum(isinstance(item, Reference) for item in placed) == 4
    for place, item in enumerate(placed):
        if isinstance(item, Reference):
            before = [other for other in placed[:place] if isinstance(other, Line)]
            teams = {line.key for line in lines if line.kind == "team"} & item.lines
            assert before[-1].key in teams
            assert teams <= {line.key for line in before}


def test_literature_is_never_drawn_in_the_row_of_a_team(
    found: dict[str, Reference], published: Published, lines: tuple[Line, ...], labels: Labels
) -> None:
    items = tuple(found.values())
    spec = dots(PREVALENCE, published, lines, lines[0], labels, "words", items)
    assert spec is not None
    dotted = [rows for dash, rows in _rules(spec) if tuple(dash) == DASHES["literature"]]
    assert dotted
    for row in (row for group in dotted for row in group):
        assert row["name"].startswith("literature, a different thing")
    solid = [row for dash, group in _rules(spec) if tuple(dash) == (1, 0) for row in group]
    assert not [row for row in solid if row["name"].startswith("literature")]


def test_the_table_has_the_same_rows_as_the_chart(
    found: dict[str, Reference], published: Published, lines: tuple[Line, ...], labels: Labels
) -> None:
    content = rows.table(PREVALENCE, published, lines, labels, tuple(found.values()))
    placed = list(between_rows(lines, tuple(found.values())))
    expected = [item.words if isinstance(item, Reference) else item.name for item in placed]
    assert [row[0] for row in content.rows] == expected
    assert ("published, together: about 40%", "about 40%") in {row[:2] for row in content.rows}


@pytest.mark.parametrize("item", CATALOGUE, ids=lambda item: item.id)
def test_every_figure_from_elsewhere_is_told(
    item: Any, library: Library, config: Config, labels: Labels, lines: tuple[Line, ...]
) -> None:
    made = references(item, library.published.figures, lines, config, labels)
    about = [f for f in library.published.figures if item.id in (*f.kpis, *f.context_for)]
    assert [reference.source for reference in made] == [figure.kind for figure in about]
    for reference, figure in zip(made, about, strict=True):
        assert labels.fill(figure.text) in reference.told
        assert bool(reference.lines) == ("Drawn as" in reference.told)
        if reference.lines:
            assert figure.value != (None, None)
            assert figure.services != "not_said"
            assert reference.marked <= reference.lines


def _rules(spec: dict[str, Any]) -> list[tuple[list[float], list[dict[str, Any]]]]:
    """Dash and rows of every rule that has a dash."""
    return [
        (layer["mark"]["strokeDash"], spec["datasets"][layer["data"]["name"]])
        for layer in spec["layer"]
        if layer["mark"]["type"] == "rule" and "strokeDash" in layer["mark"]
    ]


def test_on_a_funnel_two_of_the_same_value_are_two_lines(
    found: dict[str, Reference], lines: tuple[Line, ...], labels: Labels
) -> None:
    shares = {line.key: (40 + 10 * place, 200) for place, line in enumerate(lines)}
    figures = tuple(
        Figure(key, None, counts | PREVALENCE.kind.derive(counts))
        for key, (above, below) in shares.items()
        for counts in [{"denominator": Cell(below), "numerator": Cell(above)}]
    )
    table = Published("case_prevalence", Basis(PERIOD, "standard", "all"), "x", True, figures)
    finding = funnel_finding(PREVALENCE, table, lines, lines[0], labels)
    assert finding is not None
    spec = funnel.chart(finding, "people", (found["P1"], found["C3"]))
    assert spec is not None
    drawn = [
        (tuple(layer["mark"]["strokeDash"]), spec["datasets"][layer["data"]["name"]])
        for layer in spec["layer"]
        if layer["mark"]["type"] == "line" and layer["mark"].get("strokeWidth") == 3
    ]
    assert [dash for dash, _ in drawn] == [DASHES["published"], DASHES["literature"]]
    (_, ours), (_, theirs) = drawn
    assert {row["share"] for row in (*ours, *theirs)} == {0.4}
    assert max(row["n"] for row in ours) <= min(row["n"] for row in theirs)
    words = [row["words"] for rows in spec["datasets"].values() for row in rows if "words" in row]
    assert found["P1"].words in words
    assert found["C3"].words in words
