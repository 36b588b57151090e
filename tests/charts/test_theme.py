"""Contrast of the palettes, and specifications that Vega-Lite accepts."""

import altair as alt
import pytest

from pdqi.charts import driver_diagram, process_map, process_recorded
from pdqi.charts.flow import Flow
from pdqi.charts.theme import DARK, LIGHT, Palette, config
from pdqi.content import Library
from pdqi.labels import Labels


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_text_and_lines_can_be_seen(colours: Palette) -> None:
    for ground in (colours.ground, colours.band):
        for text in (colours.ink, colours.muted, colours.blue):
            assert contrast(text, ground) >= 4.5
        for line in (colours.line, colours.improvement, colours.concern, colours.neutral):
            assert contrast(line, ground) >= 3
    for ground in (colours.soft, colours.blue_soft):
        assert contrast(colours.ink, ground) >= 4.5
    assert contrast(colours.on_ink, colours.ink) >= 4.5
    assert contrast(colours.on_ink, colours.blue) >= 4.5


def test_no_font_is_fetched_and_none_is_small() -> None:
    found = config()
    assert "http" not in found["font"]
    assert found["axis"]["labelFontSize"] >= 12


def test_pictures_are_valid_vega_lite(flow: Flow, library: Library, labels: Labels) -> None:
    for spec in (
        process_map.designed(library, labels),
        process_recorded.recorded(flow, library, labels),
        driver_diagram.diagram(library, labels),
    ):
        alt.LayerChart.from_dict(spec, validate=True)
