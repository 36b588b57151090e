"""Nothing that goes to the browser of a reader who is not cleared holds a count of 1 to 4."""

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from pdqi.charts import sheet
from pdqi.config import Config
from pdqi.findings import readings
from pdqi.labels import Labels
from pdqi.metrics.catalogue import CATALOGUE
from pdqi.service import Service
from pdqi.ui.page import PLACES

from .conftest import ROOT, Open

CONFIG = Config.load(ROOT / "config.yaml")
LABELS = Labels.of(CONFIG)
COUNTS = {count.name for kpi in CATALOGUE for count in kpi.kind.counts}
COUNT_WORDS = {LABELS.fill(count.words) for kpi in CATALOGUE for count in kpi.kind.counts} | {
    "Moves",
    "People",
    "Rows read",
    "Stored",
    "Repeated",
    "Left out",
    "Rows",
    "Rows without it",
}
IN_WORDS = re.compile(
    r"(?<! to )(\d[\d,]*) of (\d[\d,]*)\b(?! teams)"
    r"|(?<! to )\b(\d[\d,]*) (?:people|moves|episodes|referred)\b"
    r"|\b(?:referred|assessed|started|completed|waiting|over \d\d weeks|people) (\d[\d,]*)"
)
SCOPES = ("system", "north_cmht", "service:crhtt", "oak_ward", "complex_needs")


def charts(app: AppTest) -> Iterator[tuple[str, Any, list[dict[str, Any]]]]:
    """Every chart: the key of its element, its specification, and the rows sent beside it."""
    for item in app.get("vega_lite_chart"):
        sent = [item.proto.data.data, *(dataset.data.data for dataset in item.proto.datasets)]
        records = [
            row for data in sent if data for row in pa.ipc.open_stream(data).read_all().to_pylist()
        ]
        yield item.proto.id, json.loads(item.proto.spec), records


def dictionaries(value: Any) -> Iterator[dict[str, Any]]:
    """Every mapping inside a specification."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from dictionaries(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from dictionaries(inner)


def is_small(text: str) -> bool:
    """Whether a string is a count of 1 to 4."""
    return text.replace(",", "") in {"1", "2", "3", "4"}


def found_small(app: AppTest) -> list[str]:
    """Every small count that was sent to the browser."""
    found = []
    for key, spec, records in charts(app):
        counted = "ratio" not in key
        for row in (*records, *dictionaries(spec)):
            for name, value in row.items():
                number = isinstance(value, int | float) and not isinstance(value, bool)
                if name in COUNTS and number and 0 < value < 5:
                    found.append(f"chart {key}: {name} {value}")
                if name == "value" and counted and "words" in row and number and 1 < value < 5:
                    found.append(f"chart {key}: {row}")
                if isinstance(value, str):
                    found += in_words(value)
    for table in app.table:
        frame = table.value
        for column in frame.columns:
            for cell in frame[column]:
                if column in COUNT_WORDS and is_small(str(cell)):
                    found.append(f"{column}: {cell}")
                found += in_words(str(cell))
    for item in (*app.markdown, *app.caption, *app.code):
        found += in_words(item.value.replace("\\", ""))
    return found


def in_words(text: str) -> list[str]:
    """Every small count that a text tells."""
    matches = IN_WORDS.finditer(text)
    return [m.group() for m in matches if any(is_small(part) for part in m.groups() if part)]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.id)
def test_no_small_count_reaches_the_browser(place, open_app: Open) -> None:
    for scope in SCOPES:
        for role in ("stakeholder", "oversight"):
            app = open_app(role, place.id, scope=scope, section="all", period="2026-09")
            assert found_small(app) == [], (scope, role)


def test_the_search_finds_small_counts_where_they_may_be_shown(open_app: Open) -> None:
    app = open_app("analyst", "findings", section="all", period="2026-09")
    found = found_small(app)
    assert any(" of " in item for item in found)
    assert any(item.startswith("chart ") for item in found)
    assert len(found) > 20


def test_no_small_count_is_in_a_file(invented_store: Path) -> None:
    service = Service.open(invented_store, CONFIG)
    period = service.periods("month")[0]
    for role, small_is_right in (("stakeholder", False), ("analyst", True)):
        viewer = service.viewer(role)
        found = 0
        for kpi in CATALOGUE:
            published = service.figures(kpi.id, service.basis(period), viewer)
            shown = readings.lines(published, CONFIG, service.scopes)
            text = sheet.of_kpi(kpi, published, shown, LABELS, {"data": "INVENTED DATA"})
            for row in csv.DictReader(io.StringIO(text.decode("utf-8-sig"))):
                found += sum(is_small(row.get(name) or "") for name in COUNTS)
                assert row["data"] == "INVENTED DATA"
        assert (found > 0) == small_is_right, role


def test_cells_that_a_spreadsheet_would_run_are_neutralised() -> None:
    data = sheet.as_csv(["a", "=b"], [["=1+1", -3], ["+x", "@y"], ["-z", "plain"]])
    assert list(csv.reader(io.StringIO(data.decode("utf-8-sig")))) == [
        ["a", "'=b"],
        ["'=1+1", "-3"],
        ["'+x", "'@y"],
        ["'-z", "plain"],
    ]
