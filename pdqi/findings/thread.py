"""The thread of an item: what stands behind it and what follows, each with how it stands now.

Voices and map issues point to gaps, gaps are turned round by drivers, ideas answer them and
workstreams take ideas up; measures tell whether any of it moves. Which of them belong together is
worked out by `Library.thread`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pdqi import words
from pdqi.content import Library
from pdqi.content.evidence import PublishedFigure, Workstream
from pdqi.content.models import DriverDiagram, Dropped, Gap, Idea, Issue, Measure, Node
from pdqi.content.open_ends import open_ends
from pdqi.content.voices import Judgement, Theme
from pdqi.findings.live import Live
from pdqi.labels import Labels, capitalised
from pdqi.metrics.catalogue import CATALOGUE

GROUPS: Mapping[str, tuple[str, ...]] = {
    "Voices": ("voice",),
    "Map issues": ("issue",),
    "Measures": ("kpi",),
    "Gaps": ("gap",),
    "Aim and drivers": ("aim", "primary", "secondary"),
    "Change ideas": ("idea",),
    "Workstreams": ("workstream",),
}
"""What a thread is made of, in its order, and the kinds of item in each."""
KIND_WORDS: Mapping[str, str] = {
    "voice": "voice",
    "issue": "map issue",
    "kpi": "measure",
    "primary": "primary driver",
    "secondary": "secondary driver",
    "idea": "change idea",
    "node": "step of the map",
    "arrow": "route of the map",
    "data_type": "kind of data",
    "measurability": "what can be measured",
    "published": "published figure",
}
"""What kinds of item are called where that is not the word itself."""
NUMBERED = frozenset({"voice", "issue", "gap", "idea", "workstream", "published"})
"""Kinds whose ids people know them by."""
JUDGED: Mapping[Judgement, str] = {
    "agrees": "agrees",
    "partly_agrees": "agrees in part",
    "silent": "is silent",
    "disagrees": "disagrees",
    "not_yet_judged": "not yet judged",
}


@dataclass(frozen=True)
class Knot:
    """One item of a thread: what it is, its name, and how it stands now in words."""

    ref: str
    kind: str
    name: str
    status: str
    dropped: Dropped | None
    open_ends: tuple[str, ...]
    measures: tuple[tuple[str, Live], ...] = ()
    """Its measures, each as what kind of measure it serves; of the diagram's boxes only."""

    @property
    def said(self) -> str:
        """Name and status in one line."""
        return f"{self.name} · {self.status}" if self.status else self.name


@dataclass(frozen=True)
class Thread:
    """What was chosen, and the items of its thread by group; empty groups are left out."""

    of: Knot
    groups: Mapping[str, tuple[Knot, ...]]

    @property
    def knots(self) -> tuple[Knot, ...]:
        """Every item in order."""
        return tuple(knot for group in self.groups.values() for knot in group)

    @property
    def summary(self) -> str:
        """How many of each the thread has, and how many of its ends are open."""
        counts: dict[str, int] = {}
        for knot in self.knots:
            counts[knot.kind] = counts.get(knot.kind, 0) + 1
        if not counts:
            return "Nothing is linked with this yet."
        held = [
            "the aim" if kind == "aim" else f"{count} {kind}{'' if count == 1 else 's'}"
            for kind, count in counts.items()
        ]
        ends = sum(len(knot.open_ends) for knot in self.knots)
        told = "1 end of it is open." if ends == 1 else f"{ends or 'No'} ends of it are open."
        return f"This thread holds {words_joined(held)}. {told}"


def thread(
    ref: str,
    library: Library,
    labels: Labels,
    measures: Mapping[str, Live],
    work: Mapping[str, str] | None = None,
) -> Thread:
    """Return the thread of an item; `measures` gives each KPI of it as the reader may see it.

    `work` gives each workstream with how it stands, where that is known.

    Raises `RequestError` where there is no such item.
    """
    held = library.thread(ref)
    order = {each: place for place, each in enumerate(library.items)}
    ordered = sorted(held, key=lambda each: (order.get(each, len(order)), each))
    ends: dict[str, list[str]] = {}
    for end in open_ends(library):
        ends.setdefault(end.ref, []).append(labels.fill(end.what))

    def knot(each: str) -> Knot:
        return Knot(
            each,
            kind_words(each),
            name_of(each, library, labels),
            _status(each, library, labels, measures, work or {}),
            getattr(library.items.get(each), "dropped", None),
            tuple(ends.get(each, ())),
            tuple(
                (m.type, measures[m.kpi]) for m in measures_of(each, library) if m.kpi in measures
            ),
        )

    groups = {
        name: tuple(knot(each) for each in ordered if each.partition(":")[0] in kinds)
        for name, kinds in GROUPS.items()
    }
    return Thread(knot(ref), {name: knots for name, knots in groups.items() if knots})


def kind_words(ref: str) -> str:
    """Return what kind of item it is, in words."""
    kind = ref.partition(":")[0]
    return KIND_WORDS.get(kind, kind.replace("_", " "))


def name_of(ref: str, library: Library, labels: Labels) -> str:
    """Return what an item is called, after the id where people know it by that."""
    kind, _, name = ref.partition(":")
    if kind == "kpi":
        return next((labels.fill(kpi.name) for kpi in CATALOGUE if kpi.id == name), name)
    item = library.items.get(ref)
    said = item.text if isinstance(item, Gap | PublishedFigure) else library.name(ref)
    filled = labels.fill(said).rstrip(".")
    if isinstance(item, Node) and sum(n.name == item.name for n in library.process_map.nodes) > 1:
        filled += f" ({labels.fill(library.name(f'lane:{item.lane}'))})"
    return f"{name}: {filled}" if kind in NUMBERED else filled


def measures_of(ref: str, library: Library) -> tuple[Measure, ...]:
    """Return the measures that a box of the driver diagram names."""
    found: tuple[Measure, ...] = getattr(library.items.get(ref), "measured_by", ())
    return found


def dropped_words(dropped: Dropped, labels: Labels) -> str:
    """Return when an idea was given up and why: `Dropped in version 2, 1 March 2026: no room`."""
    reason = labels.fill(dropped.reason)
    return f"Dropped in version {dropped.version}, {words.day(dropped.on)}: {reason}"


def words_joined(parts: list[str]) -> str:
    """Return a list in words: `a, b and c`; empty for an empty one."""
    if not parts:
        return ""
    return " and ".join(part for part in (", ".join(parts[:-1]), parts[-1]) if part)


def _status(
    ref: str,
    library: Library,
    labels: Labels,
    measures: Mapping[str, Live],
    work: Mapping[str, str],
) -> str:
    """Return how an item stands: its figure, what answers it, who judged it, what is done."""
    kind, _, name = ref.partition(":")
    item = library.items.get(ref)
    if kind == "kpi":
        return measures[name].said if name in measures else ""
    if isinstance(item, Idea) and item.dropped:
        return dropped_words(item.dropped, labels)
    if isinstance(item, Gap):
        return _answered(ref, library.driver_diagram, library)
    if isinstance(item, Theme):
        return _judged(item)
    if isinstance(item, Issue):
        steps = [labels.fill(library.name(f"node:{step}")) for step in item.pinned_to]
        return f"raised at {words_joined(steps)}"
    if isinstance(item, Workstream):
        return work.get(item.id, "status not yet recorded")
    if isinstance(item, Node):
        return "still to be confirmed" if item.confirm else ""
    said = [
        f"{measures[m.kpi].short} ({m.type}) {measures[m.kpi].said}"
        for m in measures_of(ref, library)
        if m.kpi in measures
    ]
    boxes = kind in ("aim", "primary", "secondary", "idea")
    return "; ".join(said) if said else "no measure" if boxes else ""


def _answered(ref: str, diagram: DriverDiagram, library: Library) -> str:
    dropped = {f"idea:{idea.id}" for idea in diagram.ideas if idea.dropped}
    ideas = {linked.ref for linked in library.about(ref) if linked.relation == "answers"} - dropped
    if not ideas:
        return "no change idea answers it"
    return f"answered by {len(ideas)} change {'idea' if len(ideas) == 1 else 'ideas'}"


def _judged(theme: Theme) -> str:
    kind = "what helps" if theme.kind == "positive" else "what is missing"
    counts: dict[str, int] = {}
    for item in theme.evidence:
        counts[JUDGED[item.judgement]] = counts.get(JUDGED[item.judgement], 0) + 1
    beside = [f"{count} {said}" for said, count in counts.items()]
    if not beside:
        return f"{kind}; no other evidence beside it"
    return f"{kind}; other evidence beside it: {', '.join(beside)}"


def heading(found: Thread) -> str:
    """Return what a thread is of: `Gap B2: Treatment does not come in time`."""
    joined = " " if found.of.ref.partition(":")[0] in NUMBERED else ": "
    return f"{capitalised(found.of.kind)}{joined}{found.of.name}"
