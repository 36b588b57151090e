"""A figure under every variant as it is drawn: the same values as its rows, and nothing hidden."""

import csv
import io
import json
from typing import Any

import pytest

from pdqi.charts import depends as drawn
from pdqi.charts import depends_table as numbers
from pdqi.charts.images import Caption, image
from pdqi.findings.against import Against
from pdqi.findings.depends import Dependence
from pdqi.findings.depends_said import sentence
from pdqi.findings.unidentified import NotIdentifiable, WithoutEntry
from pdqi.metrics.catalogue import kpi
from pdqi.model import NOT_REACHED, Cell
from tests.findings.test_depends import FORTY, PREVALENCE, TARGET, VARIANTS, of, share, wait

WITHOUT = WithoutEntry(0.16, "16%", "32 of 200", "Cannot be told: 16%.", True)


@pytest.fixture
def found() -> Dependence:
    """In force 40%, 25% among the confirmed, suppressed under the broad definition."""
    cells = [share(80), share(50), share(None)]
    return of(
        PREVALENCE,
        list(zip(VARIANTS, cells, strict=False)),
        [FORTY, TARGET],
        [share(70), share(60), share(70)],
    )


def data(spec: Any) -> list[dict[str, Any]]:
    """Return every row that a chart holds: those of its data sets, and those within a layer."""
    inline = [layer["data"].get("values", []) for layer in spec["layer"] if "data" in layer]
    return [row for rows in (*spec.get("datasets", {}).values(), *inline) for row in rows]


def test_what_is_drawn_is_what_the_rows_hold(found: Dependence) -> None:
    spec = drawn.chart(found)
    assert spec is not None
    dots = {row["name"]: row for row in data(spec) if "mark" in row}
    assert [row["words"] for row in dots.values()] == [row.said for row in found.rows]
    for row in found.rows:
        mine = dots[drawn.wrapped(row.variant.name)]
        assert (mine["value"], mine["low"], mine["high"]) == (row.cell.value, *row.ends)
        assert mine["system"] == row.system_value
        assert (mine["mark"] == "in force") == row.variant.in_force
    band = [row for row in data(spec) if "from" in row]
    assert band[0] == {"from": 0.25, "to": 0.4}


def test_a_hidden_value_is_nowhere_in_the_chart(found: Dependence) -> None:
    spec = drawn.chart(found)
    assert spec is not None
    (hidden,) = [row for row in data(spec) if row.get("words") == "suppressed"]
    assert hidden["value"] is hidden["low"] is hidden["high"] is None


def test_lines_are_told_apart_by_pattern_and_label(found: Dependence) -> None:
    spec = drawn.chart(found)
    text = json.dumps(spec)
    assert "Published: about 40%" in text
    assert "Target: 25%" in text
    assert len({*drawn.DASHES.values()}) == len(drawn.DASHES) == len({*drawn.PATTERNS.values()})
    said = drawn.key(found)
    assert "solid line: the published figure (about 40%)" in said
    assert "broken line: the target (25%)" in said
    assert "hollow square: the whole system" in said


def test_the_description_says_what_the_page_says(found: Dependence) -> None:
    spec = drawn.chart(found, WITHOUT)
    assert spec is not None
    assert spec["description"].startswith(sentence(found))
    assert spec["description"].endswith(WITHOUT.sentence)


def test_those_of_whom_nothing_can_be_told_have_a_bar_of_their_own(found: Dependence) -> None:
    spec = drawn.chart(found, WITHOUT)
    bars = [row for row in data(spec) if row.get("name") == drawn.CANNOT_TELL and "end" in row]
    assert bars
    assert all((row["value"], row["end"]) == (0, 0.16) for row in bars)
    elsewhere = WithoutEntry(0.16, "16%", "32 of 200", "Cannot be told.", same_whole=False)
    spec = drawn.chart(found, elsewhere)
    assert not [row for row in data(spec) if row.get("name") == drawn.CANNOT_TELL]


def test_what_cannot_be_told_apart_is_outlined_without_a_value() -> None:
    assert drawn.not_identifiable_chart(()) is None
    spec = drawn.not_identifiable_chart([NotIdentifiable("Waits of some", "Not linked.")], "dark")
    assert spec is not None
    assert "Waits of some: Not linked." in spec["description"]
    assert '"axis": null' in json.dumps(spec)


def test_an_interval_that_is_open_above_runs_to_the_edge() -> None:
    rows = [(VARIANTS[0], wait(Cell(30), Cell(20), NOT_REACHED))]
    spec = drawn.chart(of(kpi("ebt_wait"), rows))
    assert spec is not None
    (open_ended,) = [
        layer
        for layer in spec["layer"]
        if {"filter": "isValid(datum.low) && !isValid(datum.high)"} in layer.get("transform", [])
    ]
    assert open_ended["encoding"]["x2"] == {"value": "width"}


def test_nothing_is_drawn_where_nothing_is_shown() -> None:
    rows = [(variant, share(None)) for variant in VARIANTS[:3]]
    assert drawn.chart(of(PREVALENCE, rows, [FORTY])) is None


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_every_mark_and_kind_of_line_can_be_drawn(found: Dependence, mode: Any) -> None:
    others = [Against("published", "the published figure", "60% to 70%", (0.6, 0.7)), TARGET]
    one = of(PREVALENCE, list(zip(VARIANTS, [share(80), share(50)], strict=False)), others)
    for spec in (drawn.chart(found, WITHOUT, mode), drawn.chart(one, None, mode)):
        assert spec is not None
        picture = image("svg", spec, Caption("Title")).decode()
        assert "In force" in picture
    assert "60% to 70%" in json.dumps(drawn.chart(one))


def test_the_table_says_how_each_row_stands(found: Dependence) -> None:
    table = numbers.table(found, WITHOUT)
    assert table.columns == (
        "Definition",
        "Share",
        "95% interval",
        "Counts",
        "Against published: about 40%",
        "Against target: 25%",
        "Against whole system",
    )
    assert table.rows[1] == (
        "Confirmed",
        "25%",
        "20% to 31%",
        "50 of 200",
        "below",
        "no clear difference",
        "no clear difference",
    )
    assert table.rows[2][1:4] == ("suppressed", "", "")
    assert set(table.rows[2][4:]) == {"not judged"}
    assert table.rows[3][:4] == (numbers.WITHOUT, "16%", "", "32 of 200")
    assert {len(row) for row in table.rows} == {len(table.columns)}


def test_the_file_holds_numbers_and_states(found: Dependence) -> None:
    text = numbers.csv([found], {"data": "INVENTED DATA"}).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["definition"] for row in rows] == ["In force", "Confirmed", "Broad"]
    assert [row["value"] for row in rows] == ["0.4", "0.25", ""]
    assert [row["value_state"] for row in rows] == ["shown", "shown", "suppressed"]
    assert rows[1]["against published: about 40%"] == "below"
    assert {row["data"] for row in rows} == {"INVENTED DATA"}
    assert rows[0]["scope"] == "alpha"


def test_names_of_rows_fit_beside_a_chart() -> None:
    for name in ("In force", "Broad, with words that nobody agreed", "word " * 30):
        lines = drawn.wrapped(name).split("\n")
        assert len(lines) <= 2
        assert max(map(len, lines)) <= drawn.NAME
