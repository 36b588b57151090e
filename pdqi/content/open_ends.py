"""What is unfinished in the content: no fault, but something that a meeting wants to see."""

from collections.abc import Iterator
from dataclasses import dataclass

from pdqi.content.library import Library


@dataclass(frozen=True)
class OpenEnd:
    """Something unfinished that the group may want to see: at which item, and what."""

    ref: str
    what: str

    @property
    def of_the_map(self) -> bool:
        """Whether it is about how the pathway is drawn, and not about a thread."""
        return self.ref.partition(":")[0] in ("node", "arrow")


def open_ends(library: Library) -> tuple[OpenEnd, ...]:
    """Return every open end: the diagram from left to right, the voices, the work, then the rest.

    Nothing here is an error.
    """
    return tuple(_every(library))


def _every(library: Library) -> Iterator[OpenEnd]:
    yield from _of_diagram(library)
    for theme in library.voices.themes:
        if not theme.gaps:
            yield OpenEnd(f"voice:{theme.id}", "This theme is used nowhere: it points to no gap.")
    for issue in library.process_map.issues:
        if not issue.gaps:
            yield OpenEnd(f"issue:{issue.id}", "This issue is used nowhere: it points to no gap.")
    measured = {idea.id for idea in library.driver_diagram.ideas if idea.measured_by}
    for stream in library.workstreams.workstreams:
        ref, ideas = f"workstream:{stream.id}", {link.to for link in stream.addresses}
        if not ideas:
            yield OpenEnd(ref, "This workstream takes up no idea.")
        if not ideas & measured:
            yield OpenEnd(ref, "Nothing measures what this workstream takes up.")
    for kpi in sorted(library.kpi_ids):
        if not _linked(library, f"kpi:{kpi}", "measured_by", "target_of") & _boxes(library):
            yield OpenEnd(f"kpi:{kpi}", "This measure belongs to no driver.")
    yield from _of_map(library)
    for item in library.measurability.items:
        if item.state != "measured" and item.by is None:
            yield OpenEnd(
                f"measurability:{item.id}", "No date is set by which this can be measured."
            )


def _of_diagram(library: Library) -> Iterator[OpenEnd]:
    diagram = library.driver_diagram
    dropped = {f"idea:{idea.id}" for idea in diagram.ideas if idea.dropped}
    if diagram.aim.target.state == "not_yet_set":
        yield OpenEnd(f"aim:{diagram.aim.id}", diagram.aim.target.words)
    if diagram.agreed.on is None:
        yield OpenEnd(f"aim:{diagram.aim.id}", "Nobody has agreed the driver diagram yet.")
    for gap in diagram.gaps:
        if not _linked(library, f"gap:{gap.id}", "answers") - dropped:
            yield OpenEnd(f"gap:{gap.id}", "No change idea answers this gap.")
    for driver in diagram.secondary:
        if not driver.gaps:
            yield OpenEnd(f"secondary:{driver.id}", "No gap stands behind this driver.")
        if not driver.measured_by:
            yield OpenEnd(f"secondary:{driver.id}", "Nothing measures this driver.")
    for idea in diagram.ideas:
        ref = f"idea:{idea.id}"
        if idea.dropped:
            continue
        if not idea.addresses and not idea.drivers:
            yield OpenEnd(ref, "This idea answers no gap.")
        if not idea.measured_by:
            yield OpenEnd(ref, "Nothing measures this idea.")
        if not _linked(library, ref, "taken_up"):
            yield OpenEnd(ref, "No workstream takes this idea up.")


def _of_map(library: Library) -> Iterator[OpenEnd]:
    the_map = library.process_map
    if the_map.agreed.on is None:
        yield OpenEnd(f"node:{the_map.nodes[0].id}", "Nobody has agreed the process map yet.")
    for node in the_map.nodes:
        if node.confirm:
            yield OpenEnd(f"node:{node.id}", "This step has still to be confirmed.")
    for arrow in the_map.arrows:
        if arrow.confirm:
            yield OpenEnd(f"arrow:{arrow.id}", "This route has still to be confirmed.")


def _linked(library: Library, ref: str, *relations: str) -> set[str]:
    return {item.ref for item in library.about(ref) if item.relation in relations}


def _boxes(library: Library) -> set[str]:
    """Return the boxes of the driver diagram that are still meant to be reached."""
    diagram = library.driver_diagram
    kept = {f"idea:{idea.id}" for idea in diagram.ideas if not idea.dropped}
    drivers = {f"primary:{item.id}" for item in diagram.primary}
    drivers |= {f"secondary:{item.id}" for item in diagram.secondary}
    return {f"aim:{diagram.aim.id}"} | drivers | kept
