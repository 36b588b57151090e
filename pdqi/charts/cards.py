"""Boxes that hold lines of words, as the driver diagram and threads draw them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pdqi.charts.drawing import Shape, Words
from pdqi.charts.geometry import Box, polygon, width_of, wrap
from pdqi.charts.theme import SMALL, Palette
from pdqi.findings.live import Live
from pdqi.findings.signals import Signal

LINE, PAD, PART, SPACE = 15, 9, 4, 7
"""The height of a line; room at the edges, between parts, and between words of a kind."""
BROKEN = (5.0, 4.0)
Tone = Literal["title", "struck", "quiet", "measure", "common", "improvement", "concern", "neutral"]
SIGNALS: Mapping[Signal, Tone] = {
    Signal.COMMON: "common",
    Signal.IMPROVEMENT: "improvement",
    Signal.CONCERN: "concern",
    Signal.HIGHER: "neutral",
    Signal.LOWER: "neutral",
}


@dataclass(frozen=True)
class Run:
    """Words that stand together on a line, and what they are."""

    text: str
    tone: Tone
    bold: bool = False

    @property
    def width(self) -> float:
        """About how wide they are in pixels."""
        return width_of(self.text, bold=self.bold)


Line = tuple[Run, ...]


def height_of(parts: Sequence[Sequence[Line]]) -> float:
    """Return the height that a box of these lines needs."""
    return sum(map(len, parts)) * LINE + (len(parts) - 1) * PART + 2 * PAD


def measured(live: Live, kind: str) -> list[Run]:
    """Return a measure, as what kind of measure it serves, with its value and variation."""
    tone: Tone = "quiet" if live.signal is None else SIGNALS[live.signal]
    runs = [Run(f"{live.short} ({kind})", "quiet"), Run(live.value, "measure", bold=True)]
    return [*runs, Run(live.variation, tone)] if live.variation else runs


def flowed(runs: Sequence[Run], room: float) -> list[Line]:
    """Return runs in lines: one beside the other where there is room, long ones broken."""
    lines: list[Line] = []
    for run in runs:
        used = sum(item.width + SPACE for item in lines[-1]) if lines else room
        if lines and used + run.width <= room:
            lines[-1] = (*lines[-1], run)
        else:
            lines += [
                (Run(text, run.tone, run.bold),) for text in wrap(run.text, room, bold=run.bold)
            ]
    return lines


def tones(colours: Palette, *, bright: bool = True, filled: bool = False) -> dict[Tone, str]:
    """Return the colour of each kind of words; one for all in a box that is dim, or is filled."""
    found: dict[Tone, str] = {
        "title": colours.ink,
        "struck": colours.muted,
        "quiet": colours.muted,
        "measure": colours.ink,
        "common": colours.muted,
        "improvement": colours.improvement,
        "concern": colours.concern,
        "neutral": colours.neutral,
    }
    if bright and not filled:
        return found
    return dict.fromkeys(found, colours.on_ink if bright else colours.muted)


def written(
    parts: Sequence[Sequence[Line]], box: Box, colour: Mapping[Tone, str]
) -> tuple[list[Words], list[Shape]]:
    """Return the lines of a box at their places, and a line through each that is struck."""
    words, strikes = [], []
    y = box.y + PAD
    for part in parts:
        for line in part:
            x = box.x + PAD
            for run in line:
                ink, middle = colour[run.tone], y + LINE / 2
                words.append(Words(x, middle, (run.text,), ink, SMALL, bold=run.bold, align="left"))
                if run.tone == "struck":
                    path = polygon([(x, middle), (x + run.width, middle)], closed=False)
                    strikes.append(Shape("", path, stroke=ink, weight=1.25))
                x += run.width + SPACE
            y += LINE
        y += PART
    return words, strikes


def curve(start: tuple[float, float], end: tuple[float, float]) -> str:
    """Return the path of a link from the right side of a box to the left side of another."""
    bend = (end[0] - start[0]) * 0.55
    points = (start, (start[0] + bend, start[1]), (end[0] - bend, end[1]), end)
    first, *others = (f"{x:.1f},{y:.1f}" for x, y in points)
    return f"M{first}C{' '.join(others)}"
