"""The examples of docs/content.md, pasted together into the shipped files, are in order."""

import re
from pathlib import Path

import yaml

from pdqi.charts.driver_diagram import diagram
from pdqi.charts.process_map import designed
from pdqi.config import Config
from pdqi.content import Library
from pdqi.content.checks import FILES
from pdqi.labels import Labels
from pdqi.metrics.catalogue import KPI_IDS
from tests.content.conftest import ROOT

DOCUMENT = (ROOT / "docs/content.md").read_text(encoding="utf-8")


def test_examples_can_be_pasted(folder: Path, config: Config) -> None:
    examples = re.findall(r"```yaml\n# (\w+)\.yaml: (\w+)\n(.*?)```", DOCUMENT, re.DOTALL)
    assert len(examples) == DOCUMENT.count("```yaml")
    for name, key, text in examples:
        file = folder / f"{name}.yaml"
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
        data[key] += yaml.safe_load(text)
        file.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    library = Library.load(folder, config, KPI_IDS)
    assert ("idea:CB4", "strong") in {(x.ref, x.strength) for x in library.about("gap:B4")}
    assert "voice:V7" in library.thread("idea:CD2")
    designed(library, Labels.of(config))
    diagram(library, Labels.of(config))


def test_every_file_is_described() -> None:
    for name in FILES:
        assert f"data/content/{name}.yaml" in DOCUMENT
