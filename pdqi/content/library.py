"""The whole content: read, checked as one, and asked in either direction.

Everything wrong with any file is reported at once, with file and line. What is merely
unfinished (a gap without an idea) is no fault: `open_ends.py` lists it for the meeting.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from pdqi.config import Config, digest_of
from pdqi.content.checks import FILES, items_of, problems_between, written_in
from pdqi.content.evidence import (
    Glossary,
    MeasurabilityFile,
    PublishedFigure,
    PublishedFigures,
    Sources,
    Workstreams,
)
from pdqi.content.links import RELATIONS
from pdqi.content.models import Basis, DriverDiagram, Node, ProcessMap, Strength
from pdqi.content.progress import Progress
from pdqi.content.rules import Accepted, Rules
from pdqi.content.timeline import Timeline
from pdqi.content.voices import Voices
from pdqi.errors import ContentError, Problem, RequestError, one_of
from pdqi.yamlfile import Lines, read

RANKS = {"aim": 0, "branch": 1, "primary": 2, "secondary": 3, "gap": 4, "idea": 5, "workstream": 6}
"""From what is wanted to what is done: a thread runs along these."""
EVIDENCE = frozenset({"voice", "issue", "kpi"})
SAID = frozenset({"voice", "issue"})
"""Evidence that leads on: what a step of the map or a published figure has to do with the gaps."""


@dataclass(frozen=True)
class Linked:
    """A neighbour of an item: which, how it is related in words, how strongly, on what basis."""

    ref: str
    words: str
    relation: str
    strength: Strength
    basis: Basis


@dataclass(frozen=True)
class Edge:
    """A link between two items, from the one that writes it down."""

    start: str
    end: str
    relation: str
    strength: Strength
    basis: Basis


@dataclass(frozen=True)
class Library:
    """All content of one pathway. Texts keep their placeholders; `Labels.fill` fills them."""

    config: Config
    process_map: ProcessMap
    driver_diagram: DriverDiagram
    voices: Voices
    workstreams: Workstreams
    published: PublishedFigures
    measurability: MeasurabilityFile
    sources: Sources
    glossary: Glossary
    timeline: Timeline
    rules: Rules
    progress: Progress
    kpi_ids: frozenset[str]

    @classmethod
    def load(cls, folder: Path, config: Config, kpi_ids: Set[str]) -> "Library":
        """Read and check every file; raises `ContentError` with all the faults of all of them."""
        contents: dict[str, Any] = {}
        lines: dict[str, Lines] = {}
        problems: list[Problem] = []
        for name, model in FILES.items():
            content, where, found = read(folder / f"{name}.yaml", model)
            problems += found
            if content is not None:
                contents[name], lines[name] = content, where
        problems += problems_between(contents, lines, config, kpi_ids)
        if problems:
            raise ContentError(problems)
        return cls(config=config, kpi_ids=frozenset(kpi_ids), **contents)

    @cached_property
    def digest(self) -> str:
        """Twelve hex digits that change when any content does."""
        return digest_of({name: getattr(self, name).model_dump(mode="json") for name in FILES})

    @cached_property
    def items(self) -> Mapping[str, BaseModel]:
        """Every item by its reference, `gap:A1`; services and teams are those of config."""
        found = items_of({name: getattr(self, name) for name in FILES})
        found |= {f"service:{item.id}": item for item in self.config.services}
        found |= {f"team:{item.id}": item for item in self.config.teams}
        return found

    def name(self, ref: str) -> str:
        """Return what an item is called, in few words and with placeholders; a KPI by its id."""
        item = self._known(ref)
        for attribute in ("short", "name", "term", "subject", "text"):
            if item is not None and isinstance(getattr(item, attribute, None), str):
                return str(getattr(item, attribute))
        return ref.partition(":")[2]

    def about(self, ref: str) -> tuple[Linked, ...]:
        """Return every item linked with this one, whichever end wrote the link down.

        Raises `RequestError` where there is no such item.
        """
        self._known(ref)
        return self._neighbours.get(ref, ())

    def thread(self, ref: str) -> frozenset[str]:
        """Return what stands behind an item and what follows from it, itself included.

        From an idea it runs over gaps and drivers to the aim, and on to the workstreams that
        take it up; with it come the voices, map issues and KPIs linked to anything passed. From
        evidence it runs from the gaps that it points to and the boxes that it measures: a box that
        another of them leads to adds nothing of its own. What is neither, such as a step of the
        map, has the threads of the voices and issues beside it.
        """
        self._known(ref)
        starts, beside = self._starts(ref)
        boxes = {box for start in starts for up in (True, False) for box in self._run(start, up)}
        evidence = {
            linked.ref
            for box in boxes
            for linked in self.about(box)
            if linked.ref.partition(":")[0] in EVIDENCE
        }
        return frozenset({ref} | beside | boxes | evidence)

    def links_among(self, refs: Collection[str]) -> tuple[Edge, ...]:
        """Return the links between any two of these, each once, in the order of the files."""
        return tuple(link for link in self.links if link.start in refs and link.end in refs)

    @cached_property
    def refs(self) -> frozenset[str]:
        """Everything that can be asked about: every item and every KPI."""
        return frozenset(self.items) | {f"kpi:{item}" for item in self.kpi_ids}

    def node_of(self, service_or_team: str) -> Node | None:
        """Return the step of the map whose recorded episodes are those of a service or team."""
        service = next(
            (team.service for team in self.config.teams if team.id == service_or_team), None
        )
        for wanted in (service_or_team, service):
            for node in self.process_map.nodes:
                if wanted in node.episodes_of:
                    return node
        return None

    def known_as(self, place: str) -> tuple[str, ...]:
        """Return the ids under which content may speak of a team: its own and its service's."""
        services = tuple(team.service for team in self.config.teams if team.id == place)
        return (place, *services)

    def designs(self, source: str, target: str) -> bool:
        """Whether a move from one team to another is on a route of the designed map."""
        return self._among(self._designed_moves, source, target)

    def accepted(self, *, demonstration: bool) -> tuple[Accepted, ...]:
        """Return the deviations that were accepted, of invented data only with invented data."""
        return tuple(i for i in self.rules.accepted if demonstration or not i.demonstration)

    def accepts(self, source: str, target: str, *, demonstration: bool) -> bool:
        """Whether a move that the design does not have was accepted."""
        moves = (move for item in self.accepted(demonstration=demonstration) for move in item.moves)
        return self._among({(move.start, move.end) for move in moves}, source, target)

    def _among(self, moves: Collection[tuple[str, str]], source: str, target: str) -> bool:
        ends = ((start, end) for start in self.known_as(source) for end in self.known_as(target))
        return any(move in moves for move in ends)

    @cached_property
    def _designed_moves(self) -> frozenset[tuple[str, str]]:
        return frozenset(
            (move.start, move.end) for arrow in self.process_map.arrows for move in arrow.moves
        )

    def references(
        self, kpi_id: str, services: Collection[str] | None = None
    ) -> tuple[PublishedFigure, ...]:
        """Return the published figures that may stand beside a KPI, in the order of the file.

        `services` keeps those about any of these; figures about all, or about services that
        were not named, are kept too.
        """
        return tuple(
            figure
            for figure in self.published.figures
            if kpi_id in figure.kpis
            and (
                services is None
                or isinstance(figure.services, str)
                or not set(services).isdisjoint(figure.services)
            )
        )

    def context(self, kpi_id: str) -> tuple[PublishedFigure, ...]:
        """Return figures that stand beside a KPI as what they are: a different thing."""
        return tuple(figure for figure in self.published.figures if kpi_id in figure.context_for)

    def _known(self, ref: str) -> BaseModel | None:
        kind, _, name = ref.partition(":")
        if kind == "kpi" and name in self.kpi_ids:
            return None
        if ref not in self.items:
            fix = one_of(ref, self.refs)[1]
            raise RequestError(Problem(f"There is no item '{ref}'.", fix=fix))
        return self.items[ref]

    @cached_property
    def links(self) -> tuple[Edge, ...]:
        """Every link, once, in the order of the files."""
        return tuple(
            Edge(
                link.start,
                next(
                    f"{kind}:{link.to}" for kind in link.kinds if f"{kind}:{link.to}" in self.refs
                ),
                link.relation,
                link.strength,
                link.basis,
            )
            for link in written_in({name: getattr(self, name) for name in FILES})
        )

    @cached_property
    def _neighbours(self) -> dict[str, tuple[Linked, ...]]:
        found: dict[str, dict[Linked, None]] = defaultdict(dict)
        for link in self.links:
            forth, back = RELATIONS[link.relation]
            for at, other, words in ((link.start, link.end, forth), (link.end, link.start, back)):
                found[at][Linked(other, words, link.relation, link.strength, link.basis)] = None
        return {ref: tuple(linked) for ref, linked in found.items()}

    def _starts(self, ref: str) -> tuple[set[str], set[str]]:
        """Return the boxes from which a thread runs, and the evidence by which it gets to them."""
        kind = ref.partition(":")[0]
        if kind in RANKS:
            return {ref}, set()
        boxes, beside = set(self._ranked_neighbours(ref)), set[str]()
        if kind not in EVIDENCE:
            near = {linked.ref for linked in self.about(ref)}
            beside = {other for other in near if other.partition(":")[0] in EVIDENCE}
            said = {other for other in beside if other.partition(":")[0] in SAID}
            boxes |= {box for other in said for box in self._ranked_neighbours(other)}
        passed = {up for box in boxes for up in self._run(box, True) - {box}}
        return boxes - passed, beside

    def _ranked_neighbours(self, ref: str) -> tuple[str, ...]:
        return tuple(
            linked.ref for linked in self.about(ref) if linked.ref.partition(":")[0] in RANKS
        )

    def _run(self, start: str, up: bool) -> set[str]:
        """Every box reached from `start` by going only towards the aim, or only away from it."""
        reached, ahead = {start}, [start]
        while ahead:
            here = ahead.pop()
            rank = RANKS[here.partition(":")[0]]
            for ref in self._ranked_neighbours(here):
                other = RANKS[ref.partition(":")[0]]
                if (other < rank if up else other > rank) and ref not in reached:
                    reached.add(ref)
                    ahead.append(ref)
        return reached
