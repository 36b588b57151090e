"""docs/loading.md says what the code does."""

import re
from pathlib import Path

import yaml

from pdqi.ingest.checks import read_mapping
from pdqi.ingest.kinds import read_any
from pdqi.ingest.log_mapping import LogMapping
from pdqi.ingest.mapping import DATE_FORMS, ColumnMap, FileMap, Mapping
from pdqi.ingest.reasons import REASONS, REPEATED
from pdqi.ingest.set_mapping import SetColumn, SetMapping, SetRecord, SetTable, Submission
from pdqi.ingest.set_queries import SetPlan
from pdqi.store.schema import TABLES
from tests.ingest.small_world import ROOT, config

TEXT = (ROOT / "docs/loading.md").read_text(encoding="utf-8")


def test_the_reasons_are_those_of_the_code() -> None:
    rows = [f"| `{r.name}` | {r.sentence} | {r.remedy} |" for r in (*REPEATED, *REASONS)]
    between = TEXT.split("<!-- reasons -->")[1].split("<!-- end of reasons -->")[0]
    assert between.strip().splitlines()[2:] == rows


def test_every_key_form_and_table_is_explained() -> None:
    keys = {key for model in (Mapping, FileMap, ColumnMap) for key in model.model_fields}
    explained = set(re.findall(r"^\| `(\w+)` \|", TEXT, flags=re.MULTILINE))
    assert keys - explained == set()
    assert {form for form in DATE_FORMS if f"`{form}`" not in TEXT} == set()
    assert {table.name for table in TABLES if f"`{table.name}`" not in TEXT} == set()


def test_the_example_is_a_sound_mapping(tmp_path: Path) -> None:
    example = TEXT.split("```yaml\n")[1].split("```")[0]
    assert yaml.safe_load(example)["id"] == "county_trust"
    path = tmp_path / "example.yaml"
    path.write_text(example, encoding="utf-8")
    assert len(read_mapping(path, config()).files) == 2


def test_the_example_of_a_log_is_sound_and_every_key_is_explained(tmp_path: Path) -> None:
    section = TEXT.split("## An event log")[1].split("## A data set")[0]
    path = tmp_path / "example.yaml"
    path.write_text(section.split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    plan = read_any(path, config())
    assert isinstance(plan, LogMapping)
    assert len(plan.rules) == 4
    assert {key for key in LogMapping.model_fields if f"`{key}`" not in section} == set()


def test_the_example_of_a_data_set_is_sound_and_every_key_is_explained(tmp_path: Path) -> None:
    section = TEXT.split("## A data set")[1].split("## The secret")[0]
    path = tmp_path / "example.yaml"
    path.write_text(section.split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    plan = read_any(path, config())
    assert isinstance(plan, SetPlan)
    assert [record.name for record in plan.mapping.records] == [
        "people from clients by client",
        "episodes from referrals by client",
    ]
    models = (SetMapping, SetTable, SetColumn, SetRecord, Submission)
    keys = {key for model in models for key in model.model_fields}
    assert {key for key in keys if f"`{key}`" not in section} == set()


def test_what_is_read_of_the_national_set_is_documented() -> None:
    """Every table of the shipped mapping, and every record that is made of it."""
    text = (ROOT / "docs/mhsds.md").read_text(encoding="utf-8")
    plan = read_any(ROOT / "data/sources/mhsds.yaml", config())
    assert isinstance(plan, SetPlan)
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    for name, table in plan.mapping.tables.items():
        number = table.file[0].strip("*")
        (row,) = (line for line in rows if line.startswith(f"| {number.removeprefix('MHS')} "))
        for record in plan.mapping.records:
            assert record.rows_of != name or f"`{record.table}`" in row, (name, record.table)
    assert {name for name in plan.mapping.lists if f"`{name}`" not in text} == set()
