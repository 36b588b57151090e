"""All that the exhibits of a snapshot are made of: whose they are, and what was chosen."""

from dataclasses import dataclass
from datetime import date

from pdqi.content import Library
from pdqi.journal import Standing
from pdqi.labels import Labels
from pdqi.metrics.kpi import Kpi
from pdqi.model import Basis, Published, Scope
from pdqi.service import Service, Viewer


@dataclass(frozen=True)
class Shown:
    """What is shown, and to whom."""

    service: Service
    library: Library | None
    labels: Labels
    viewer: Viewer
    basis: Basis
    scope: Scope
    standing: Standing | None
    today: date

    def published(self, kpi: Kpi) -> Published:
        """Return a KPI as the reader may see it."""
        return self.service.figures(kpi.id, self.basis, self.viewer)
