"""What cannot be measured is said beside the figure that it concerns."""

from pdqi.config import Config
from pdqi.content.library import Library
from pdqi.labels import Labels
from pdqi.metrics.catalogue import CATALOGUE, KPI_IDS
from pdqi.ui.measurable import STATE_WORDS

from .conftest import ROOT, Open

CONFIG = Config.load(ROOT / "config.yaml")
LIBRARY = Library.load(ROOT / "data/content", CONFIG, KPI_IDS)
LABELS = Labels.of(CONFIG)


def test_every_card_says_how_far_its_subject_could_be_measured(open_app: Open) -> None:
    app = open_app(page="findings", section="all")
    said = [item.value.replace("\\", "") for item in app.markdown]
    named = {kpi.id: LABELS.fill(kpi.name) for kpi in CATALOGUE}
    headings = {item.value: place for place, item in enumerate(app.subheader)}
    items = [(kpi, item) for item in LIBRARY.measurability.items for kpi in item.kpis]
    assert len(items) > 10
    for kpi, item in items:
        assert named[kpi] in headings
        found = [text for text in said if LABELS.fill(item.why) in text]
        assert found, item.id
        assert STATE_WORDS[item.state] in found[0].lower()
        if item.state == "measured":
            assert "**" not in found[0]
        else:
            assert found[0].startswith("**")
            assert f"{LABELS.fill(item.who)} (no date set)." in found[0]


def test_a_card_of_several_subjects_tells_them_apart(open_app: Open) -> None:
    app = open_app(page="findings", section="waits")
    said = [item.value.replace("\\", "") for item in app.markdown]
    several = [item for item in LIBRARY.measurability.items if "ebt_wait" in item.kpis]
    assert len(several) > 1
    for item in several:
        assert any(text.startswith(f"**{LABELS.fill(item.subject)}: ") for text in said)
