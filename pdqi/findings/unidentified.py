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
from pdqi.model import Cell, Published

WITHOUT_ENTRY = "no_diagnosis_entry"
"""The KPI that counts people of whom no diagnosis, of whatever kind, was ever entered."""


@dataclass(frozen=True)
class Unidentified:
    """One group that cannot be told apart: how large it is, where that is known, and why."""

    name: str
    share: Cell | None
    """Of people under care; None where nobody could count it."""
    said: str
    why: str


def unidentified(
    kpi: Kpi,
    entries: Published,
    place: Line,
    items: Sequence[Measurability],
    labels: Labels,
) -> tuple[Unidentified, ...]:
    """Return who cannot be told apart in a KPI that rests on who has the condition.

    `entries` are the figures of `WITHOUT_ENTRY`, `items` what the content says can be measured.
    """
    if "case_definition" not in kpi.depends_on:
        return ()
    found = []
    counted = kpi_of(WITHOUT_ENTRY)
    figure = entries.at(place.key)
    if figure is not None:
        reading = readings(counted, labels)[0]
        share = value(counted, figure, reading, cleared=entries.cleared)
        behind = counts_behind(counted, figure)
        found.append(
            Unidentified(
                "No diagnosis entry at all",
                figure[reading.value],
                f"{share} ({behind})" if behind else share,
                labels.fill(
                    "Whether these people under care have {condition} cannot be told from the"
                    " records; none of the definitions counts them."
                ),
            )
        )
    found += [
        Unidentified(labels.fill(item.subject), None, "not identifiable", labels.fill(item.why))
        for item in items
        if item.state == "not_identifiable" and kpi.id in item.kpis
    ]
    return tuple(found)
