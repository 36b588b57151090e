"""The boxes of the driver diagram: their lines of text, their places, and what links to what."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pdqi.charts.geometry import Box, wrap
from pdqi.content import Library
from pdqi.content.models import DriverDiagram, Measure, Strength
from pdqi.labels import Labels

WIDTH = 1096
HEADINGS = ("Aim", "Primary drivers", "Secondary drivers", "Change ideas")
LEFTS = (0, 222, 452, 760)
WIDTHS = (150, 158, 228, 336)
TOP, GAP, LINE, PAD, PART = 44, 12, 15, 9, 4
BROKEN = (5.0, 4.0)
MOST_MEASURES = 2


@dataclass(frozen=True)
class Card:
    """One box before it has a place: its texts in lines, bold first, measures last."""

    ref: str
    column: int
    title: tuple[str, ...]
    above: tuple[str, ...]
    measures: tuple[str, ...]
    dropped: tuple[str, ...]
    tip: str

    @property
    def height(self) -> float:
        """The height that the lines need."""
        parts = [part for part in (self.above, self.title, self.measures, self.dropped) if part]
        return sum(map(len, parts)) * LINE + (len(parts) - 1) * PART + 2 * PAD


def cards_of(library: Library, labels: Labels, measures: Mapping[str, str]) -> Iterator[Card]:
    """Give a card for each box, column by column from the left."""
    content = library.driver_diagram
    branches = {branch.id: labels.fill(branch.name) for branch in content.branches}

    def card(
        ref: str,
        column: int,
        title: str,
        measured: tuple[Measure, ...],
        above: str = "",
        dropped: str = "",
        tip: str = "",
    ) -> Card:
        room = WIDTHS[column] - 2 * PAD
        shown = [measures[item.kpi] for item in measured if item.kpi in measures][:MOST_MEASURES]
        return Card(
            ref,
            column,
            wrap(title, room, bold=column < 2),
            wrap(above, room) if above else (),
            tuple(line for text in shown for line in wrap(text, room)),
            wrap(dropped, room) if dropped else (),
            tip or f"{title}.",
        )

    aim = content.aim
    yield card(
        f"aim:{aim.id}",
        0,
        labels.fill(aim.text),
        aim.measured_by,
        dropped=labels.fill(aim.target.words),
    )
    for primary in content.primary:
        name = labels.fill(primary.name)
        yield card(f"primary:{primary.id}", 1, name, primary.measured_by, branches[primary.branch])
    for driver in content.secondary:
        yield card(f"secondary:{driver.id}", 2, labels.fill(driver.name), driver.measured_by)
    for idea in content.ideas:
        gone = idea.dropped
        yield card(
            f"idea:{idea.id}",
            3,
            f"{idea.id}  {labels.fill(idea.short)}",
            idea.measured_by,
            dropped=f"Dropped: {labels.fill(gone.reason)}" if gone else "",
            tip=f"{idea.id}: {labels.fill(idea.text)}.",
        )


def places_of(cards: list[Card], content: DriverDiagram) -> tuple[dict[str, Box], float]:
    """Stack the two columns on the right, then put each box on the left amid those it leads to."""
    boxes: dict[str, Box] = {}
    stacks = {column: [card for card in cards if card.column == column] for column in range(4)}
    needed = {
        column: sum(card.height for card in stacks[column]) + GAP * (len(stacks[column]) - 1)
        for column in range(4)
    }
    full = max(needed.values())
    for column in (2, 3):
        _stack(stacks[column], column, full, boxes)
    wanted = {
        f"primary:{primary.id}": [
            boxes[f"secondary:{driver.id}"].middle[1]
            for driver in content.secondary
            if any(link.to == primary.id and link.strength == "strong" for link in driver.of)
        ]
        for primary in content.primary
    }
    lowest: float = TOP
    for card in stacks[1]:
        around = wanted[card.ref]
        middle = (min(around) + max(around)) / 2 if around else lowest + card.height / 2
        top = max(lowest, middle - card.height / 2)
        boxes[card.ref] = Box(LEFTS[1], top, WIDTHS[1], card.height)
        lowest = top + card.height + GAP
    aim = stacks[0][0]
    boxes[aim.ref] = Box(LEFTS[0], TOP + (full - aim.height) / 2, WIDTHS[0], aim.height)
    return boxes, max(box.bottom for box in boxes.values())


def _stack(cards: list[Card], column: int, full: float, boxes: dict[str, Box]) -> None:
    """Place a column from the top, its boxes spread evenly over the full height."""
    spare = full - sum(card.height for card in cards)
    gap = spare / max(1, len(cards) - 1)
    y: float = TOP
    for card in cards:
        boxes[card.ref] = Box(LEFTS[column], round(y, 1), WIDTHS[column], card.height)
        y += card.height + gap


def drivers_of(content: DriverDiagram, idea_id: str) -> dict[str, Strength]:
    """Return the secondary drivers that an idea moves: by its gaps, or as it says."""
    idea = next(item for item in content.ideas if item.id == idea_id)
    found: dict[str, Strength] = {link.to: link.strength for link in idea.drivers}
    for answer in idea.addresses:
        for driver in content.secondary:
            for gap in driver.gaps:
                if gap.to == answer.to:
                    weak = "weak" in (gap.strength, answer.strength)
                    if found.get(driver.id) != "strong":
                        found[driver.id] = "weak" if weak else "strong"
    return found
