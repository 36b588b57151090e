"""The boxes of the driver diagram: their lines of text, their places, and what links to what."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pdqi.charts.cards import PAD, Line, Run, flowed, height_of, measured
from pdqi.charts.geometry import Box
from pdqi.content import Library
from pdqi.content.models import DriverDiagram, Measure, Strength
from pdqi.findings.live import Live
from pdqi.findings.thread import dropped_words
from pdqi.labels import Labels

WIDTH = 1096
HEADINGS = ("Aim", "Primary drivers", "Secondary drivers", "Change ideas")
LEFTS = (0, 216, 438, 720)
WIDTHS = (160, 168, 226, 376)
TOP, GAP = 44, 12


@dataclass(frozen=True)
class Card:
    """One box before it has a place: its lines in parts, and what it is when it is read out."""

    ref: str
    column: int
    parts: tuple[tuple[Line, ...], ...]
    tip: str
    dropped: bool = False

    @property
    def height(self) -> float:
        """The height that the lines need."""
        return height_of(self.parts)


def cards_of(library: Library, labels: Labels, measures: Mapping[str, Live]) -> Iterator[Card]:
    """Give a card for each box, column by column from the left."""
    content = library.driver_diagram
    branches = {branch.id: labels.fill(branch.name) for branch in content.branches}

    def card(
        ref: str,
        column: int,
        title: str,
        by: tuple[Measure, ...],
        *,
        above: str = "",
        below: str = "",
        dropped: bool = False,
        whole: str = "",
    ) -> Card:
        room = WIDTHS[column] - 2 * PAD
        bold = column < 2
        parts: list[Sequence[Line]] = [
            flowed([Run(above, "quiet")], room),
            flowed([Run(title, "struck" if dropped else "title", bold)], room),
        ]
        shown = [(item, measures[item.kpi]) for item in by if item.kpi in measures]
        parts += [flowed(measured(live, item.type), room) for item, live in shown]
        parts.append(flowed([Run(below, "quiet")], room))
        said = [f"{(whole or title).rstrip('.')}."]
        said += [
            f"{item.type.capitalize()} measure: {live.name}: {live.said}." for item, live in shown
        ]
        said += [f"{below.rstrip('.')}."] if below else []
        kept = tuple(tuple(part) for part in parts if part)
        return Card(ref, column, kept, " ".join(said), dropped)

    aim = content.aim
    target = labels.fill(aim.target.words)
    yield card(f"aim:{aim.id}", 0, labels.fill(aim.text), aim.measured_by, below=target)
    for primary in content.primary:
        name, branch = labels.fill(primary.name), branches[primary.branch]
        yield card(f"primary:{primary.id}", 1, name, primary.measured_by, above=branch)
    for driver in content.secondary:
        yield card(f"secondary:{driver.id}", 2, labels.fill(driver.name), driver.measured_by)
    for idea in content.ideas:
        yield card(
            f"idea:{idea.id}",
            3,
            f"{idea.id}  {labels.fill(idea.short)}",
            () if idea.dropped else idea.measured_by,
            below=dropped_words(idea.dropped, labels) if idea.dropped else "",
            dropped=idea.dropped is not None,
            whole=f"{idea.id}: {labels.fill(idea.text)}",
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
    _stack(stacks[2], 2, full, boxes)
    _stack(_sorted_by_drivers(stacks[3], content, boxes), 3, full, boxes)
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


def _sorted_by_drivers(
    cards: list[Card], content: DriverDiagram, boxes: Mapping[str, Box]
) -> list[Card]:
    """Return the ideas from the top in the order of what they move, so that few lines cross."""

    def height(card: Card) -> float:
        linked = drivers_of(content, card.ref.partition(":")[2])
        strong = [driver for driver, strength in linked.items() if strength == "strong"]
        middles = [boxes[f"secondary:{driver}"].middle[1] for driver in strong or linked]
        return sum(middles) / len(middles) if middles else TOP

    return sorted(cards, key=height)


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
