"""A target of config stands with its figure, from its date on."""

from pathlib import Path

import pytest

from pdqi.config import Config

ROOT = Path(__file__).parents[2]


def test_a_target_stands_with_its_figure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from streamlit.testing.v1 import AppTest

    from pdqi.demo import demo

    text = (ROOT / "config.yaml").read_text(encoding="utf-8")
    target = "{kpi: assessed_within_28_days, value: 0.75, start: 2025-04-01, source: Trust plan}"
    file = tmp_path / "config.yaml"
    file.write_text(text.replace("targets: []", f"targets: [{target}]"), encoding="utf-8")
    demo(tmp_path / "store", Config.load(file), people=500)
    monkeypatch.setenv("PDQI_CONFIG", str(file))
    monkeypatch.setenv("PDQI_STORE", str(tmp_path / "store"))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.query_params["section"] = "waits"
    app.run()
    app.switch_page("pages/findings.py").run()
    said = [item.value for item in app.markdown if item.value.startswith("**Target:**")]
    assert len(said) == 1
    assert "75% from 1 April 2025" in said[0]
