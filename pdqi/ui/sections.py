"""Which figures the findings page shows."""

from pdqi.metrics.catalogue import SECTIONS, Section, section
from pdqi.metrics.kpi import Kpi
from pdqi.ui.filters import EVERY_SECTION
from pdqi.ui.shell import Page

DRAWN_ELSEWHERE = frozenset({"transitions"})
"""Moves between teams are the process map."""


def chosen(page: Page) -> tuple[Section, ...]:
    """Return the section that was chosen, or all."""
    wanted = page.choice.options["section"]
    return tuple(item for item in SECTIONS if wanted in (item.id, EVERY_SECTION))


def kpis(page: Page, of: Section) -> tuple[Kpi, ...]:
    """Return the KPIs of a section; their figures are worked out together."""
    found = tuple(item for item in section(of.id) if item.id not in DRAWN_ELSEWHERE)
    page.facts.service.all_figures(page.choice.basis, page.facts.viewer, found)
    return found
