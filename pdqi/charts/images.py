"""A chart as a file to keep: PNG or SVG, with all that the page says round it inside the picture.

The drawing is done by a process of its own, which lives as long as one order of pictures. The
library holds the interpreter while it draws, so that in the server nobody else's page would move
meanwhile; and whatever memory it took, or whatever went wrong in it, ends with its process.
"""

import base64
import json
import re
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Literal

from pdqi.charts import theme
from pdqi.charts.geometry import wrap
from pdqi.charts.theme import Spec
from pdqi.errors import PdqiError, Problem

Form = Literal["png", "svg"]
MIME: Mapping[Form, str] = {"png": "image/png", "svg": "image/svg+xml"}
FONT = '"Liberation Sans", Arial, Helvetica, sans-serif'
"""The first is part of the drawing library, so it is there on every server, and text is measured
and drawn with it; the second, which has the same widths, is what an SVG is read with elsewhere."""
WIDTH, MARGIN, SHARPNESS = 960, 24, 2
"""Pixels of a chart's width, of the room round it, and dots of a PNG to each pixel."""
AT_ONCE, PATIENCE = 2, 60
"""How many pictures are drawn at a time, and after how many seconds one is given up."""
COLOURS = theme.LIGHT
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Caption:
    """The words in a picture: above the chart `stamp`, `title` and `about`, below it the rest."""

    title: str
    about: str = ""
    """What is shown: the filters in words."""
    notes: tuple[str, ...] = ()
    marking: str = ""
    """The handling marking, and whether counts are exact."""
    source: str = ""
    """Which data and which definitions."""
    stamp: str = ""
    """Stands across the top; empty where the data are real."""


@dataclass(frozen=True)
class Order:
    """A chart that is drawn once, and the files of it that are wanted."""

    spec: Spec
    wanted: tuple[tuple[Form, Caption | None], ...]
    """Without a caption it is the drawing alone, for a page that has the words itself."""


def image(form: Form, spec: Spec, caption: Caption) -> bytes:
    """Return a chart in its light colours as a file; raises `PdqiError` where it cannot be drawn.

    At most `AT_ONCE` processes draw at a time; further ones wait for their turn.
    """
    ((made,),) = images([Order(spec, ((form, caption),))])
    return made


def images(orders: Sequence[Order]) -> Generator[tuple[bytes, ...]]:
    """Give the files of each order, as soon as they are drawn; closing it ends the drawing.

    Raises `PdqiError` where one cannot be drawn.
    """
    hands = min(AT_ONCE, len(orders))
    ends = threading.Event()
    with ThreadPoolExecutor(max(1, hands)) as pool:
        # Every hand has each second order, so that two processes draw as many pictures.
        work = [_Hand(orders[place::hands], ends) for place in range(hands)]
        for hand in work:
            pool.submit(hand.run)
        try:
            for place in range(len(orders)):
                yield work[place % hands].next()
        finally:
            ends.set()


class _Hand:
    """A process that draws a list of orders, one after the other."""

    def __init__(self, orders: Sequence[Order], ends: threading.Event) -> None:
        self.orders, self.ends = orders, ends
        self.done: SimpleQueue[tuple[bytes, ...] | None] = SimpleQueue()

    def next(self) -> tuple[bytes, ...]:
        made = self.done.get()
        if made is None:
            raise PdqiError(
                Problem(
                    "The picture could not be drawn.",
                    fix="Try again, or take the table as CSV: it holds the same figures.",
                )
            )
        return made

    def run(self) -> None:
        with _room:
            try:
                self._draw()
            except (OSError, ValueError):
                self.done.put(None)

    def _draw(self) -> None:
        command = [sys.executable, "-m", "pdqi.charts.images"]
        pipe, quiet = subprocess.PIPE, subprocess.DEVNULL
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=quiet, cwd=ROOT) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            try:
                for order in self.orders:
                    if self.ends.is_set():
                        return
                    patience = threading.Timer(PATIENCE, process.kill)
                    patience.start()
                    try:
                        process.stdin.write(json.dumps(asdict(order)).encode() + b"\n")
                        process.stdin.flush()
                        drawn = json.loads(process.stdout.readline())
                    finally:
                        patience.cancel()
                    self.done.put(tuple(base64.b64decode(each) for each in drawn))
            finally:
                process.kill()


_room = threading.Semaphore(AT_ONCE)


def draw(order: Order) -> tuple[bytes, ...]:
    """Return the files, drawn in this process; raises `ValueError` for what cannot be drawn."""
    import vl_convert  # Only the process that draws pays for it.

    chart = vl_convert.vegalite_to_svg(ready(order.spec), allowed_base_urls=[])
    made = []
    for form, caption in order.wanted:
        told = str(order.spec.get("description", ""))
        drawn = frame(chart, caption, told) if caption else chart
        svg = form == "svg"
        made.append(drawn.encode() if svg else bytes(vl_convert.svg_to_png(drawn, scale=SHARPNESS)))
    return tuple(made)


def ready(spec: Spec) -> Spec:
    """Return the specification with a width in pixels and a font that is at hand.

    Raises `ValueError` where it would have something fetched: what is drawn is all inside.
    """
    if {"url", "href"} & set(_names(spec)):
        raise ValueError("A chart that fetches something is not drawn.")
    sized = {"width": WIDTH} if spec.get("width") == "container" else {}
    return {**spec, **sized, "config": {**spec.get("config", {}), "font": FONT}}


def _names(part: Any) -> Iterator[str]:
    """Give every name in a specification."""
    if isinstance(part, dict):
        yield from part
        part = list(part.values())
    if isinstance(part, list):
        for inner in part:
            yield from _names(inner)


def frame(chart: str, caption: Caption, description: str = "") -> str:
    """Return an SVG with the chart (an SVG) in the middle and the caption's words round it."""
    size = re.search(r'<svg[^>]*? width="([\d.]+)" height="([\d.]+)"', chart)
    if size is None:
        raise ValueError("The chart has no size.")
    width = max(float(size[1]), WIDTH)
    parts: list[str] = []
    y = float(MARGIN)
    if caption.stamp:
        parts.append(
            f'<rect width="{width + 2 * MARGIN:g}" height="34" fill="{COLOURS.neutral}"/>'
            + _line(22, caption.stamp, 14, COLOURS.on_ink, bold=True)
        )
        y += 26
    for text, big, colour, bold in (
        (caption.title, 19, COLOURS.ink, True),
        (caption.about, 14, COLOURS.ink, False),
    ):
        y = _block(parts, y, (text,), width, big, colour, bold=bold)
    y += 8
    parts.append(chart.replace("<svg ", f'<svg x="{MARGIN}" y="{y:g}" ', 1))
    y += float(size[2]) + 12
    parts.append(f'<path d="M{MARGIN},{y:g}h{width:g}" stroke="{COLOURS.faint}" stroke-width="1"/>')
    y += 10
    y = _block(parts, y, caption.notes, width, theme.SMALL, COLOURS.ink)
    y = _block(parts, y, (caption.marking,), width, theme.SMALL, COLOURS.ink, bold=True)
    y = _block(parts, y, (caption.source,), width, theme.SMALL, COLOURS.muted)
    across, down = width + 2 * MARGIN, y + MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
        f' width="{across:g}" height="{down:g}" viewBox="0 0 {across:g} {down:g}" role="img"'
        f" font-family='{FONT}'><title>{escape(caption.title)}</title>"
        f"<desc>{escape(description)}</desc>"
        f'<rect width="100%" height="100%" fill="{COLOURS.ground}"/>{"".join(parts)}</svg>'
    )


def _block(
    parts: list[str],
    y: float,
    texts: Sequence[str],
    width: float,
    size: float,
    colour: str,
    *,
    bold: bool = False,
) -> float:
    """Add texts below each other, each in as many lines as it needs; returns where they end."""
    step = round(size * 1.35)
    for text in texts:
        for line in wrap(text, width, size, bold):
            y += step
            parts.append(_line(y - step * 0.25, line, size, colour, bold=bold))
    return y


def _line(y: float, text: str, size: float, colour: str, *, bold: bool = False) -> str:
    weight = "bold" if bold else "normal"
    return (
        f'<text x="{MARGIN}" y="{y:g}" font-size="{size:g}" font-weight="{weight}"'
        f' fill="{colour}">{escape(text)}</text>'
    )


def main() -> None:
    """Draw what each line of standard input orders, and write it to standard output."""
    for line in sys.stdin.buffer:
        held = json.loads(line)
        wanted = tuple(
            (form, words and Caption(**{**words, "notes": tuple(words["notes"])}))
            for form, words in held["wanted"]
        )
        made = draw(Order(held["spec"], wanted))
        print(json.dumps([base64.b64encode(each).decode() for each in made]), flush=True)


if __name__ == "__main__":
    main()
