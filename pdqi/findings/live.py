"""A KPI as it stands beside something else: its value, and what its latest month says.

The value is that of the chosen period and the variation that of the latest month, as on the
findings page.
"""

from dataclasses import dataclass

from pdqi.findings.over_time import OverTime
from pdqi.findings.over_time_said import variation_words
from pdqi.findings.readings import Reading, readings, value
from pdqi.findings.signals import Signal
from pdqi.labels import Labels
from pdqi.metrics.kpi import Kpi
from pdqi.model import Figure, Published, Scope

NOT_COUNTED = "not counted here"


@dataclass(frozen=True)
class Live:
    """A KPI in one scope in few words."""

    kpi: str
    short: str
    name: str
    value: str
    """The value, the lowest and highest of the scope's teams, or why there is none."""
    variation: str = ""
    """The variation icon with its words: `▲ improvement`; empty where nothing is followed."""
    signal: Signal | None = None
    """What the icon stands for; None where the latest month is not judged."""

    @property
    def said(self) -> str:
        """Value and variation: `18%, ▲ improvement`."""
        return ", ".join(part for part in (self.value, self.variation) if part)


def live(
    kpi: Kpi, published: Published, scope: Scope, followed: OverTime | None, labels: Labels
) -> Live:
    """Return a KPI as it stands in a scope; `followed` is the same over time, where it is."""
    reading = readings(kpi, labels)[0]
    figure = published.at(scope.key)
    said = (
        by_team(kpi, published, scope, reading)[0]
        if figure is None
        else value(kpi, figure, reading, cleared=published.cleared)
    )
    point = None if followed is None else followed.variation
    return Live(
        kpi.id,
        labels.fill(kpi.short),
        labels.fill(kpi.name),
        said,
        "" if followed is None else variation_words(followed),
        None if point is None else point.signal,
    )


def by_team(kpi: Kpi, published: Published, scope: Scope, reading: Reading) -> tuple[str, int]:
    """Return the lowest and highest value of a scope's teams, and how many have one.

    For a KPI that counts each team by itself: the scope has no value of its own.
    """
    found = [
        figure
        for figure in (published.at(team) for team in scope.teams)
        if figure is not None and figure[reading.value].value is not None
    ]
    if not found:
        return NOT_COUNTED, 0
    found.sort(key=lambda figure: float(figure[reading.value].value or 0))

    def said(figure: Figure) -> str:
        return value(kpi, figure, reading, cleared=published.cleared)

    ends = dict.fromkeys(said(figure) for figure in (found[0], found[-1]))
    return f"{' to '.join(ends)}, by team", len(found)
