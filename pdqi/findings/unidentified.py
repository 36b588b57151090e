"""About whom nothing can be told, whichever definition is used: never counted in, never left out.

People under care without any diagnosis entry may or may not have the condition, and some figures
are of people who could not be told apart when they were collected. Neither is hidden in a value:
each stands beside it as its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pdqi.content.evidence import Measurability
from pdqi.findings.depends import counts_behind
from pdqi.findings.readings import Line, readings, value
from pdqi.labels import Labels
from pdqi.metrics.catalogue import kpi as kpi_of
from pdqi.metrics.kpi import Kpi
from pdqi.model import Published

ENTRY_KPI = "no_diagnosis_entry"
"""The KPI that counts people of whom no diagnosis, of whatever kind, was ever entered."""


@dataclass(frozen=True)
class WithoutEntry:
    """People under care without any diagnosis entry, at one place."""

    share: float
    said: str
    counts: str
    sentence: str
    same_whole: bool
    """Whether they are a share of the same people as the figure beside them."""


@dataclass(frozen=True)
class NotIdentifiable:
    """Something that was collected of people who cannot be told apart by diagnosis, and why."""

    subject: str
    why: str


def without_entry(kpi: Kpi, entries: Published, place: Line, labels: Labels) -> WithoutEntry | None:
    """Return those of whom nothing can be told beside a figure that rests on the condition.

    `entries` are the figures of `ENTRY_KPI`. None where nothing is counted, or it is suppressed.
    """
    counted = kpi_of(ENTRY_KPI)
    figure = entries.at(place.key)
    if "case_definition" not in kpi.depends_on or figure is None:
        return None
    reading = readings(counted, labels)[0]
    share = figure[reading.value].value
    if share is None:
        return None
    said = value(counted, figure, reading, cleared=entries.cleared)
    counts = counts_behind(counted, figure)
    if share == 0 and not said.startswith("under"):
        sentence = f"Everybody under care ({place.name}) has a diagnosis entry of some kind."
    else:
        sentence = _sentence(said, counts, place, labels)
    same = kpi.denominator == counted.denominator
    return WithoutEntry(float(share), said, counts, sentence, same)


def _sentence(said: str, counts: str, place: Line, labels: Labels) -> str:
    return labels.fill(
        f"Cannot be told: {said} of people under care ({counts}, {place.name}) have no diagnosis"
        " entry at all. Whether they are {people} is not known; no definition counts them."
    )


def not_identifiable(
    kpi: Kpi, items: Sequence[Measurability], labels: Labels
) -> tuple[NotIdentifiable, ...]:
    """Return what the content says cannot be told apart in a KPI."""
    return tuple(
        NotIdentifiable(labels.fill(item.subject), labels.fill(item.why))
        for item in items
        if item.state == "not_identifiable" and kpi.id in item.kpis
    )
