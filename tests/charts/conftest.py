from pathlib import Path

import pytest

from pdqi.charts.flow import Flow, FlowArrow, FlowNode
from pdqi.config import Config
from pdqi.content import Library
from pdqi.labels import Labels
from pdqi.metrics.catalogue import KPI_IDS

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def config() -> Config:
    return Config.load(ROOT / "config.yaml")


@pytest.fixture(scope="session")
def library(config: Config) -> Library:
    return Library.load(ROOT / "data/content", config, KPI_IDS)


@pytest.fixture(scope="session")
def labels(config: Config) -> Labels:
    return Labels.of(config)


@pytest.fixture(scope="session")
def flow() -> Flow:
    return Flow(
        nodes=(
            FlowNode("north_cmht", "North CMHT", 650),
            FlowNode("south_cmht", "South CMHT", 310),
            FlowNode("north_crhtt", "North CRHTT", 1895),
            FlowNode("oak_ward", "Oak Ward", None, "suppressed"),
            FlowNode("complex_needs", "Complex Needs Service", 220),
        ),
        arrows=(
            FlowArrow("north_crhtt", "north_cmht", 310, 255, 14.0),
            FlowArrow("north_cmht", "north_cmht", 140, 95, 61.5),
            FlowArrow("north_crhtt", "oak_ward", 60, 50, -2.0),
            FlowArrow("north_cmht", "south_cmht", 15, 15, None),
            FlowArrow("north_cmht", "complex_needs", None, None, None, "suppressed"),
            FlowArrow("oak_ward", "oak_ward", None, None, None, "suppressed"),
        ),
    )
