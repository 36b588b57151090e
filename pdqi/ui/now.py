"""Figures as they are in the chosen period: a card each."""

from collections.abc import Sequence

from pdqi.metrics.kpi import Kpi
from pdqi.ui import parts
from pdqi.ui.page import Page


def show(page: Page, kpis: Sequence[Kpi]) -> None:
    """Show each figure for the chosen period."""
    for kpi in kpis:
        parts.kpi_card(page, kpi)
