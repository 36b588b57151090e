"""What is unfinished in the content: no fault, but something that a meeting wants to see."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pdqi.content.library import Library


@dataclass(frozen=True)
class OpenEnd:
    """Something unfinished that the group may want to see."""

    ref: str
    what: str


def open_ends(library: "Library") -> Iterator[OpenEnd]:
    """Give every open end, in the order of the files."""
    diagram, the_map = library.driver_diagram, library.process_map

    def linked(ref: str, *relations: str) -> list[str]:
        return [item.ref for item in library.about(ref) if item.relation in relations]

    dropped = {f"idea:{idea.id}" for idea in diagram.ideas if idea.dropped}
    if diagram.aim.target.state == "not_yet_set":
        yield OpenEnd(f"aim:{diagram.aim.id}", diagram.aim.target.words)
    if diagram.agreed.on is None:
        yield OpenEnd(f"aim:{diagram.aim.id}", "Nobody has agreed the driver diagram yet.")
    for gap in diagram.gaps:
        if not set(linked(f"gap:{gap.id}", "answers")) - dropped:
            yield OpenEnd(f"gap:{gap.id}", "No change idea answers this gap.")
    for driver in diagram.secondary:
        ref = f"secondary:{driver.id}"
        if not driver.gaps:
            yield OpenEnd(ref, "No gap stands behind this driver.")
        if not driver.measured_by:
            yield OpenEnd(ref, "Nothing measures this driver.")
    for idea in diagram.ideas:
        ref = f"idea:{idea.id}"
        if idea.dropped:
            continue
        if not idea.addresses and not idea.drivers:
            yield OpenEnd(ref, "This idea answers no gap.")
        if not idea.measured_by:
            yield OpenEnd(ref, "Nothing measures this idea.")
        if not linked(ref, "taken_up"):
            yield OpenEnd(ref, "No workstream takes this idea up.")
    for theme in library.voices.themes:
        if theme.kind == "gap" and not theme.gaps:
            yield OpenEnd(f"voice:{theme.id}", "This theme points to no gap.")
    for stream in library.workstreams.workstreams:
        if not stream.addresses:
            yield OpenEnd(f"workstream:{stream.id}", "This workstream takes up no idea.")
    if the_map.agreed.on is None:
        yield OpenEnd(f"node:{the_map.nodes[0].id}", "Nobody has agreed the process map yet.")
    for node in the_map.nodes:
        if node.confirm:
            yield OpenEnd(f"node:{node.id}", "This step has still to be confirmed.")
    for arrow in the_map.arrows:
        if arrow.confirm:
            yield OpenEnd(f"arrow:{arrow.id}", "This route has still to be confirmed.")
    for item in library.measurability.items:
        if item.state != "measured" and item.by is None:
            yield OpenEnd(
                f"measurability:{item.id}", "No date is set by which this can be measured."
            )
