"""Every link that the content files write down, with the place where it stands.

A link is written once, at its more concrete end. `RELATIONS` gives the words for both
directions: an idea *answers* a gap, a gap *is answered by* an idea.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from pdqi.content.evidence import (
    MeasurabilityFile,
    PublishedFigures,
    Workstreams,
)
from pdqi.content.models import Basis, DriverDiagram, Link, Measure, ProcessMap, Strength
from pdqi.content.timeline import Timeline
from pdqi.content.voices import Voices

Path = tuple[str | int, ...]

RELATIONS = {
    "in_lane": ("stands in the lane", "holds"),
    "of_service": ("belongs to", "is drawn as"),
    "episodes_of": ("is recorded as episodes of", "has its episodes at"),
    "starts_at": ("starts at", "leads on by"),
    "leads_to": ("leads to", "is reached by"),
    "moves": ("is recorded as moves of", "has moves along"),
    "pinned_to": ("is pinned to", "has the issue"),
    "points_to": ("points to", "is pointed to by"),
    "measured_by": ("is measured by", "measures"),
    "target_of": ("has its target set for", "carries the target of"),
    "part_of": ("is part of", "holds"),
    "drives": ("drives", "is driven by"),
    "turns_round": ("turns round", "is turned round by"),
    "answers": ("answers", "is answered by"),
    "said_by": ("was said by", "said"),
    "stands_beside": ("stands beside", "stands beside"),
    "taken_up": ("takes up", "is taken up by"),
    "reference_for": ("is a reference for", "has the reference"),
    "context_for": ("is context for", "has as context"),
    "differs_from": ("must be kept apart from", "must be kept apart from"),
    "work_of": ("is work of", "is marked on charts as"),
    "marked_on": ("is marked on charts of", "has marked on its charts"),
    "starts_anew": ("starts anew the mean of", "has its mean started anew by"),
    "says_of": ("says how far there are data on", "has its data described by"),
}
"""Each relation in words: from the item that writes it, and from the item that it names."""


@dataclass(frozen=True)
class Written:
    """One link as it is written: from `start` to the id `to`, which must be one of `kinds`."""

    file: str
    path: Path
    start: str
    to: str
    kinds: tuple[str, ...]
    relation: str
    strength: Strength = "strong"
    basis: Basis = "inferred"

    @property
    def ends(self) -> tuple[str, ...]:
        """The references that may be meant: one for each kind."""
        return tuple(f"{kind}:{self.to}" for kind in self.kinds)


@dataclass(frozen=True)
class _Writer:
    """Makes the links of one item, so that the generators below read as a list."""

    file: str
    path: Path
    start: str

    def to(
        self, key: str, ids: str | Sequence[str] | None, kinds: str | tuple[str, ...], relation: str
    ) -> Iterator[Written]:
        """Links to plain ids under a key; none for an empty one."""
        kinds = (kinds,) if isinstance(kinds, str) else kinds
        if isinstance(ids, str):
            yield Written(self.file, (*self.path, key), self.start, ids, kinds, relation)
            return
        for i, item in enumerate(ids or ()):
            yield Written(self.file, (*self.path, key, i), self.start, item, kinds, relation)

    def links(self, key: str, links: Sequence[Link], kind: str, relation: str) -> Iterator[Written]:
        """Links with a strength and a basis of their own."""
        for i, link in enumerate(links):
            place = (*self.path, key, i, "to")
            yield Written(
                self.file, place, self.start, link.to, (kind,), relation, link.strength, link.basis
            )

    def measures(self, measures: Sequence[Measure]) -> Iterator[Written]:
        """Links to the KPIs of a box."""
        for i, item in enumerate(measures):
            place = (*self.path, "measured_by", i, "kpi")
            yield Written(
                self.file, place, self.start, item.kpi, ("kpi",), "measured_by", basis=item.basis
            )

    def refs(self, place: Path, ref: str, relation: str) -> Iterator[Written]:
        """A link written as `kind:id`."""
        kind, _, name = ref.partition(":")
        yield Written(self.file, (*self.path, *place), self.start, name, (kind,), relation)


def of_process_map(content: ProcessMap, file: str) -> Iterator[Written]:
    """Links of the map: lanes, nodes, arrows, issues."""
    for i, lane in enumerate(content.lanes):
        lane_is = _Writer(file, ("lanes", i), f"lane:{lane.id}")
        yield from lane_is.to("service", lane.service, "service", "of_service")
    for i, node in enumerate(content.nodes):
        node_is = _Writer(file, ("nodes", i), f"node:{node.id}")
        yield from node_is.to("lane", node.lane, "lane", "in_lane")
        yield from node_is.to("service", node.service, "service", "of_service")
        yield from node_is.to("episodes_of", node.episodes_of, ("service", "team"), "episodes_of")
        yield from node_is.to("kpis", node.kpis, "kpi", "measured_by")
    for i, arrow in enumerate(content.arrows):
        arrow_is = _Writer(file, ("arrows", i), f"arrow:{arrow.id}")
        yield from arrow_is.to("from", arrow.start, "node", "starts_at")
        yield from arrow_is.to("to", arrow.end, "node", "leads_to")
        for j, move in enumerate(arrow.moves):
            ends = _Writer(file, ("arrows", i, "moves", j), f"arrow:{arrow.id}")
            yield from ends.to("from", move.start, ("service", "team"), "moves")
            yield from ends.to("to", move.end, ("service", "team"), "moves")
    for i, issue in enumerate(content.issues):
        issue_is = _Writer(file, ("issues", i), f"issue:{issue.id}")
        yield from issue_is.to("pinned_to", issue.pinned_to, "node", "pinned_to")
        yield from issue_is.links("gaps", issue.gaps, "gap", "points_to")


def of_driver_diagram(content: DriverDiagram, file: str) -> Iterator[Written]:
    """Links of the diagram: every box to the next one on its left, and to its KPIs."""
    aim_is = _Writer(file, ("aim",), f"aim:{content.aim.id}")
    yield from aim_is.measures(content.aim.measured_by)
    yield from _Writer(file, ("aim", "target"), f"aim:{content.aim.id}").to(
        "kpi", content.aim.target.kpi, "kpi", "target_of"
    )
    for i, branch in enumerate(content.branches):
        branch_is = _Writer(file, ("branches", i), f"branch:{branch.id}")
        yield from branch_is.to("id", content.aim.id, "aim", "drives")
    for i, primary in enumerate(content.primary):
        primary_is = _Writer(file, ("primary", i), f"primary:{primary.id}")
        yield from primary_is.to("branch", primary.branch, "branch", "part_of")
        yield from primary_is.measures(primary.measured_by)
    for i, gap in enumerate(content.gaps):
        yield from _Writer(file, ("gaps", i), f"gap:{gap.id}").to(
            "theme", gap.theme, "primary", "part_of"
        )
    for i, secondary in enumerate(content.secondary):
        secondary_is = _Writer(file, ("secondary", i), f"secondary:{secondary.id}")
        yield from secondary_is.links("of", secondary.of, "primary", "drives")
        yield from secondary_is.links("gaps", secondary.gaps, "gap", "turns_round")
        yield from secondary_is.measures(secondary.measured_by)
    for i, idea in enumerate(content.ideas):
        idea_is = _Writer(file, ("ideas", i), f"idea:{idea.id}")
        yield from idea_is.to("theme", idea.theme, "primary", "part_of")
        yield from idea_is.links("addresses", idea.addresses, "gap", "answers")
        yield from idea_is.links("drivers", idea.drivers, "secondary", "drives")
        yield from idea_is.measures(idea.measured_by)


def of_voices(content: Voices, file: str) -> Iterator[Written]:
    """Links of the focus groups' themes."""
    for i, theme in enumerate(content.themes):
        theme_is = _Writer(file, ("themes", i), f"voice:{theme.id}")
        yield from theme_is.to("group", theme.group, "focus_group", "said_by")
        yield from theme_is.links("gaps", theme.gaps, "gap", "points_to")
        for j, item in enumerate(theme.evidence):
            yield from theme_is.refs(("evidence", j, "to"), item.to, "stands_beside")


def of_workstreams(content: Workstreams, file: str) -> Iterator[Written]:
    """Links of the workstreams to the ideas that they take up."""
    for i, item in enumerate(content.workstreams):
        yield from _Writer(file, ("workstreams", i), f"workstream:{item.id}").links(
            "addresses", item.addresses, "idea", "taken_up"
        )


def of_published(content: PublishedFigures, file: str) -> Iterator[Written]:
    """Links of the published figures to KPIs, services and each other."""
    for i, figure in enumerate(content.figures):
        figure_is = _Writer(file, ("figures", i), f"published:{figure.id}")
        yield from figure_is.to("kpis", figure.kpis, "kpi", "reference_for")
        yield from figure_is.to("context_for", figure.context_for, "kpi", "context_for")
        if not isinstance(figure.services, str):
            yield from figure_is.to("services", figure.services, "service", "of_service")
        yield from figure_is.to("differs_from", figure.differs_from, "published", "differs_from")
    for i, item in enumerate(content.data_types):
        yield from _Writer(file, ("data_types", i), f"data_type:{item.id}").to(
            "kpis", item.kpis, "kpi", "measured_by"
        )


def of_measurability(content: MeasurabilityFile, file: str) -> Iterator[Written]:
    """Links of what can be measured to the KPIs and items that it is about."""
    for i, item in enumerate(content.items):
        item_is = _Writer(file, ("items", i), f"measurability:{item.id}")
        yield from item_is.to("kpis", item.kpis, "kpi", "says_of")
        for j, ref in enumerate(item.about):
            yield from item_is.refs(("about", j), ref, "says_of")


def of_timeline(content: Timeline, file: str) -> Iterator[Written]:
    """Links of marks to workstreams, KPIs and places, and of rebases to their KPI."""
    for i, mark in enumerate(content.marks):
        mark_is = _Writer(file, ("marks", i), f"mark:{mark.id}")
        yield from mark_is.to("workstream", mark.workstream, "workstream", "work_of")
        yield from mark_is.to("kpis", mark.kpis, "kpi", "marked_on")
        yield from mark_is.to("services", mark.services, "service", "of_service")
        yield from mark_is.to("teams", mark.teams, "team", "of_service")
    for i, rebase in enumerate(content.rebases):
        yield from _Writer(file, ("rebases", i), f"rebase:{rebase.id}").to(
            "kpi", rebase.kpi, "kpi", "starts_anew"
        )


def walk(value: object, path: Path = ()) -> Iterator[tuple[Path, object]]:
    """Give every model and every text inside a model, with its path as YAML writes it."""
    if isinstance(value, BaseModel):
        yield path, value
        for name, field in type(value).model_fields.items():
            yield from walk(getattr(value, name), (*path, field.alias or name))
    elif isinstance(value, tuple):
        for i, item in enumerate(value):
            yield from walk(item, (*path, i))
    elif isinstance(value, str):
        yield path, value
