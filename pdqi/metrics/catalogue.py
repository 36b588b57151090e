"""Every KPI in the order in which it is shown. Adding one is a declaration and a line here."""

from dataclasses import dataclass

from pdqi.config import Config
from pdqi.errors import Problem, RequestError, one_of
from pdqi.metrics.kpi import Kpi
from pdqi.metrics.kpis import (
    journeys,
    pathway_map,
    pathways,
    presentation,
    quality,
    quality_people,
    quality_words,
    staff,
    treatment,
    waits,
)
from pdqi.metrics.kpis.rules import RULES


@dataclass(frozen=True)
class Section:
    """A group of KPIs that answer one question together."""

    id: str
    name: str
    question: str


SECTIONS = (
    Section("presentation", "Who presents, and where", "Where should effort go?"),
    Section("treatment", "Who gets treatment and review", "Who reaches care that works?"),
    Section("waits", "How long people wait", "Who waits, for what, and with what support?"),
    Section("journeys", "How care runs", "How long does it last, who comes back, and how?"),
    Section("staff", "Staff", "Are staff trained and supported?"),
)

CATALOGUE: tuple[Kpi, ...] = (
    *presentation.KPIS,
    *treatment.KPIS,
    *waits.KPIS,
    *journeys.KPIS,
    *staff.KPIS,
)

PATHWAY: tuple[Kpi, ...] = pathways.KPIS
"""What is measured in the same way and shown with the process map, not among the figures."""
OF_CONTENT: tuple[Kpi, ...] = (RULES, *pathway_map.KPIS)
"""What is measured by the project's content: its rules, and its map."""

QUALITY: tuple[Kpi, ...] = (
    *quality.KPIS,
    *quality_words.KPIS,
    *quality_people.KPIS,
)
"""What is measured of the data themselves, and shown on the Data quality page."""

KPI_IDS = frozenset(kpi.id for kpi in CATALOGUE)


def kpi(kpi_id: str) -> Kpi:
    """Return a KPI, or what is shown with the map, by id; raises `RequestError`."""
    for item in (*CATALOGUE, *PATHWAY, *OF_CONTENT, *QUALITY):
        if item.id == kpi_id:
            return item
    raise RequestError(
        Problem(f"There is no KPI '{kpi_id}'.", None, None, None, *one_of(kpi_id, KPI_IDS))
    )


def chosen(config: Config) -> tuple[Kpi, ...]:
    """Return the KPIs that a pathway uses, in order: those that its config lists, or else all."""
    wanted = {item.kpi for item in config.figures} or KPI_IDS
    return tuple(item for item in CATALOGUE if item.id in wanted)


def chosen_ids(config: Config) -> frozenset[str]:
    """Return the ids of the KPIs that a pathway uses."""
    return frozenset(item.id for item in chosen(config))
