"""Figures from elsewhere beside ours: published ones, ones that were said, and the literature.

They are told apart by their words and by the pattern of their line, never by colour: published is
solid, anecdotal dashed, literature dotted. Literature counts people who meet criteria, which is a
different thing from people with a record of it, and says so wherever it stands.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pdqi.config import Config
from pdqi.content.evidence import PublishedFigure
from pdqi.findings.readings import Line
from pdqi.labels import Labels
from pdqi.metrics.kpi import Kpi, Steps

Source = Literal["published", "anecdotal", "literature"]
DASHES: Mapping[Source, tuple[int, int]] = {
    "published": (1, 0),
    "anecdotal": (7, 4),
    "literature": (2, 3),
}
TOLD: Mapping[Source, tuple[str, str]] = {
    "published": ("Published, not from these data", "a solid line"),
    "anecdotal": ("Said, not counted", "a broken line"),
    "literature": ("From the literature, a different thing", "a dotted line"),
}
"""How each is told in a sentence: where it comes from, and how it is drawn."""
LINE = 26
"""As many letters fit beside a chart on a phone."""
BEGINS: Mapping[Source, str] = {
    "published": "published",
    "anecdotal": "said, not counted",
    "literature": "literature, a different thing",
}


@dataclass(frozen=True)
class Reference:
    """A figure from elsewhere, as it stands beside a KPI."""

    source: Source
    short: str
    """Its value in words, `about 40%`."""
    text: str
    """The whole sentence, with what must be known to read it."""
    low: float | None
    high: float | None
    """The ends of its range: equal for a number, one empty for a bound, both for words alone."""
    lines: frozenset[str]
    """The keys of the rows that it concerns; none where it is only told in words."""
    marked: frozenset[str]
    """Those of them that it holds for, one by one: in these it is drawn as well."""

    jointly: bool
    """Whether it is of those rows together and not of each."""

    @property
    def words(self) -> str:
        """Return its label: `published: about 40%`."""
        together = ", together" if self.jointly else ""
        return f"{BEGINS[self.source]}{together}: {self.short}"

    @property
    def origin(self) -> str:
        """Return where it comes from: `Published, not from these data`."""
        return TOLD[self.source][0]

    @property
    def told(self) -> str:
        """Return the whole sentence, and how it is drawn where it is."""
        drawn = f" Drawn as {TOLD[self.source][1]}." if self.lines else ""
        return f"{self.text}{drawn}"

    @property
    def label(self) -> str:
        """Return its label in as many lines as fit beside a chart."""
        if len(self.words) <= LINE:
            return self.words
        return self.words.replace(": ", ":\n", 1)


def references(
    kpi: Kpi,
    figures: Sequence[PublishedFigure],
    shown: Sequence[Line],
    config: Config,
    labels: Labels,
) -> tuple[Reference, ...]:
    """Return what is known from elsewhere about a KPI, in the order of the content.

    It concerns the rows whose teams all belong to its services. A figure whose services were not
    said, or that is about the population, concerns none, and is told in words only; so does one
    whose value is words, or counts something else.
    """
    found = []
    for item in figures:
        if kpi.id not in (*item.kpis, *item.context_for):
            continue
        value = item.value if _drawable(item, kpi) else (None, None)
        services = {line.key: _services(line, config) for line in shown}
        lines = {key for key, of in services.items() if _concerns(item, of)}
        marked = lines if item.kind != "literature" else set()
        if item.jointly:
            marked = {key for key in marked if services[key] == set(item.services)}
        if value == (None, None):
            lines = marked = set()
        short = labels.fill(item.short, begins=False).partition(",")[0].partition(";")[0]
        note = "" if item.note is None else f" {labels.fill(item.note)}"
        text = labels.fill(item.text) + (note if item.kind == "literature" else "")
        found.append(
            Reference(
                item.kind,
                short,
                text,
                *value,
                lines=frozenset(lines),
                marked=frozenset(marked),
                jointly=item.jointly,
            )
        )
    return tuple(found)


def _drawable(item: PublishedFigure, kpi: Kpi) -> bool:
    if isinstance(kpi.kind, Steps) or item.unit != kpi.kind.field(kpi.kind.main).unit:
        return False
    return item.services != "not_said" and (item.kind != "literature" or item.services != "all")


def _services(line: Line, config: Config) -> frozenset[str]:
    return frozenset(config.team(team).service for team in line.teams)


def _concerns(item: PublishedFigure, services: frozenset[str]) -> bool:
    return item.services == "all" or (bool(services) and services <= set(item.services))


def between_rows(
    shown: Sequence[Line], references: Sequence[Reference]
) -> Iterator[Line | Reference]:
    """Give the rows in their order, each reference after the last team that it concerns."""
    waiting = [item for item in references if item.lines]
    for place, line in enumerate(shown):
        yield line
        after = {rest.key for rest in shown[place + 1 :] if rest.kind == "team"}
        for item in [item for item in waiting if line.key in item.lines and not item.lines & after]:
            waiting.remove(item)
            yield item
