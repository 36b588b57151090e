"""Charts as files: all their words are in them, nothing is cut off, and nothing is fetched."""

import io
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from pdqi.charts import images, process_map, theme
from pdqi.charts.images import MARGIN, SHARPNESS, WIDTH, Caption
from pdqi.charts.theme import Spec
from pdqi.content import Library
from pdqi.errors import PdqiError
from pdqi.labels import Labels

CAPTION = Caption(
    title="People who received a treatment",
    about="Whole system · April 2024 to March 2025",
    notes=("Counts are rounded to the nearest 5.", "A <second> note & more."),
    marking="OFFICIAL · small numbers protected",
    source="Data to 31 March 2025 · definitions 0123456789",
    stamp="INVENTED DATA. Nothing here is a finding about a real service.",
)
# Words as people write them, and single words that no line can hold.
WORDS = st.text("abimwMW 1%&<>\"'–·É{}", min_size=1, max_size=300)


def bars(*names: str) -> Spec:
    """A chart as wide as its page, with words at both ends of its rows."""
    row = {"field": "name", "type": "nominal", "sort": None, "axis": {"labelLimit": 200}}
    return {
        "$schema": theme.SCHEMA,
        "description": "What the chart says.",
        "width": "container",
        "autosize": {"type": "fit-x", "contains": "padding"},
        "data": {"values": [{"name": name, "value": n} for n, name in enumerate(names, 1)]},
        "layer": [
            {"mark": "bar", "encoding": {"x": {"field": "value", "type": "quantitative"}}},
            {
                "mark": {"type": "text", "align": "left"},
                "encoding": {"text": {"value": "12,345 (100%)"}, "x": {"value": "width"}},
            },
        ],
        "encoding": {"y": row},
        "config": theme.config(theme.LIGHT),
    }


def draw(form: images.Form, spec: Spec, caption: Caption) -> bytes:
    """A picture drawn in this process."""
    (made,) = images.draw(images.Order(spec, ((form, caption),)))
    return made


def words_of(svg: bytes) -> str:
    """All text of a picture, in its order."""
    root = ElementTree.fromstring(svg)
    return " ".join(part.text or "" for part in root.iter("{http://www.w3.org/2000/svg}text"))


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def at_the_edge(png: bytes, below: int = 0) -> bool:
    """Whether anything but the ground is in the outer half of the margin."""
    dots, half = pixels(png)[below * SHARPNESS :], MARGIN // 2 * SHARPNESS
    edges = (dots[:, :half], dots[:, -half:], dots[-half:], dots[: 0 if below else half])
    return any(bool((edge != 255).any()) for edge in edges)


def test_every_word_is_in_the_picture() -> None:
    svg = draw("svg", bars("North", "South"), CAPTION)
    said = words_of(svg)
    for text in (CAPTION.title, CAPTION.about, *CAPTION.notes, CAPTION.marking, CAPTION.source):
        assert text in said
    assert CAPTION.stamp in said
    assert "North" in said
    assert b"<desc>What the chart says.</desc>" in svg


def test_real_data_carry_no_stamp() -> None:
    svg = draw("svg", bars("North"), Caption("Title"))
    assert "INVENTED" not in words_of(svg)
    assert theme.LIGHT.neutral.encode() not in svg


def test_a_chart_gets_a_width_and_a_font_that_is_at_hand() -> None:
    svg = draw("svg", bars("North", "South"), CAPTION).decode()
    fonts = set(re.findall(r"""font-family=(?:"([^"]*)"|'([^']*)')""", svg))
    assert {first.replace("&quot;", '"') or second for first, second in fonts} == {images.FONT}
    png = pixels(draw("png", bars("North", "South"), CAPTION))
    assert png.shape[1] == (WIDTH + 2 * MARGIN) * SHARPNESS


def test_a_wider_picture_stays_whole(library: Library, labels: Labels) -> None:
    spec = process_map.designed(library, labels)
    png = draw("png", spec, Caption("The designed map"))
    assert pixels(png).shape[1] > spec["width"] * SHARPNESS
    assert not at_the_edge(png)


@settings(max_examples=25, deadline=None)
@given(WORDS, WORDS)
def test_no_word_of_the_caption_is_cut_off(title: str, note: str) -> None:
    caption = Caption(title, note, (note, title), note, title)
    assert not at_the_edge(draw("png", bars("North"), caption))


@settings(max_examples=15, deadline=None)
@given(WORDS)
@example("W" * 100)
def test_no_word_of_the_chart_is_cut_off(name: str) -> None:
    dots = pixels(draw("png", bars(name, "South"), Caption("")))
    chart = dots[: -(2 * MARGIN + 12) * SHARPNESS]
    left, right = MARGIN * SHARPNESS, (MARGIN + WIDTH) * SHARPNESS
    assert (chart[:, left - 2 : left + 1] == 255).all()
    assert (chart[:, right - 1 : right + 2] == 255).all()
    assert (chart[:, left + 1 : right - 1] != 255).any()


def test_the_search_for_cut_words_finds_them() -> None:
    assert at_the_edge(draw("png", bars("North"), CAPTION))
    assert not at_the_edge(draw("png", bars("North"), CAPTION), below=34)


@pytest.mark.parametrize(
    "fetching",
    [
        {"data": {"url": "http://127.0.0.1:9/figures.json"}},
        {"data": {"url": "file:///etc/passwd"}},
        {"layer": [{"mark": "image", "encoding": {"url": {"value": "http://127.0.0.1:9/a.png"}}}]},
        {"layer": [{"mark": {"type": "bar", "href": "http://127.0.0.1:9/"}}]},
    ],
    ids=["data", "file", "image", "link"],
)
def test_nothing_is_fetched(fetching: Spec) -> None:
    with pytest.raises(ValueError, match="fetches"):
        draw("svg", bars("North") | fetching, CAPTION)


def test_several_readers_at_once_get_each_their_own() -> None:
    titles = [f"Picture {number}" for number in range(4)]
    with ThreadPoolExecutor(4) as readers:
        drawn = list(
            readers.map(lambda title: images.image("svg", bars("North"), Caption(title)), titles)
        )
    assert drawn == [draw("svg", bars("North"), Caption(title)) for title in titles]
    assert len(set(drawn)) == len(titles)


def test_a_picture_does_not_wait_for_libraries_that_it_does_not_need() -> None:
    code = "import sys, pdqi.charts.images; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=images.ROOT, capture_output=True, check=True
    )
    assert not {"altair", "pandas", "numpy", "streamlit"} & set(done.stdout.decode().split())


def test_what_cannot_be_drawn_is_said_in_a_sentence() -> None:
    with pytest.raises(PdqiError, match=r"not be drawn\. Try again, or take the table as CSV"):
        images.image("png", {"mark": "nonsense"}, CAPTION)
