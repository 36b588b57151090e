"""From under care to a completed treatment: how far people came, and where most go no further.

Only counts that are shown are used. The step at which most are lost is named only where no step
that is hidden could have lost as many.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pdqi import words
from pdqi.findings.readings import Line, text
from pdqi.labels import Labels
from pdqi.metrics.kpi import Kpi, Steps
from pdqi.model import Cell, Figure, Published

TOO_FEW = "too few to judge at which step most are lost"


@dataclass(frozen=True)
class Step:
    """One step of a cascade: how many reached it, and what share of those whom it is for."""

    name: str
    cell: Cell
    share: float | None
    words: str
    """The count with its share, or why there is none."""


@dataclass(frozen=True)
class Cascade:
    """The steps of one scope, or of one treatment in it; the first is whom the cascade is for."""

    name: str
    line: Line
    by: str | None
    under_care: Cell
    steps: tuple[Step, ...]

    @property
    def lost_at(self) -> int | None:
        """The place of the step that most did not reach; None where that cannot be told."""
        return largest_loss([step.cell for step in self.steps])

    @property
    def lost(self) -> str:
        """Say at which step most are lost, and at which after that; or that it is not known."""
        place = self.lost_at
        if place is None:
            return f"{self.name}: {TOO_FEW}."
        said = f"{self.name}: most are lost {self._between(place)}."
        later = largest_loss([step.cell for step in self.steps[1:]]) if place == 1 else None
        return said if later is None else f"{said} After that, most {self._between(later + 1)}."

    def _between(self, place: int) -> str:
        before, after = self.steps[place - 1], self.steps[place]
        had, have = int(before.cell.value or 0), int(after.cell.value or 0)
        lost = f"{words.count(had - have)} of {words.count(had)}"
        share = words.percent((had - have) / had)
        return f"from ‘{before.name}’ to ‘{after.name}’, {lost} ({share})"


def largest_loss(cells: Sequence[Cell]) -> int | None:
    """Return the place of the count that fell most from the one before; None where not known.

    Between two shown counts the loss is known. A stretch with hidden ones lost, in all, no more
    than the difference of the shown ones round it, or what the last shown one left; where that is
    as much as the largest known loss, or two are equal, none can be named.
    """
    shown = [(place, int(c.value)) for place, c in enumerate(cells) if c.value is not None]
    if not shown or shown[0][0] != 0:
        return None
    known: dict[int, int] = {}
    hidden = 0
    for (place, before), (following, after) in pairwise([*shown, (len(cells), 0)]):
        if following == place + 1 < len(cells):
            known[following] = before - after
        elif place + 1 < len(cells):
            hidden = max(hidden, before - after)
    most = max(known.values(), default=0)
    places = [place for place, lost in known.items() if lost == most]
    return places[0] if most > hidden and len(places) == 1 else None


def cascades(
    kpi: Kpi,
    published: Published,
    rows: Sequence[tuple[str, Line, str | None]],
    labels: Labels,
) -> tuple[Cascade, ...]:
    """Return the cascades of some rows (name, scope, part), in that order."""
    if not isinstance(kpi.kind, Steps):
        return ()
    found = []
    for name, line, by in rows:
        figure = published.at(line.key, by)
        if figure is not None:
            steps = tuple(_steps(kpi, published, figure, labels))
            found.append(Cascade(name, line, by, figure[kpi.kind.counts[0].name], steps))
    return tuple(found)


def _steps(kpi: Kpi, published: Published, figure: Figure, labels: Labels) -> Iterator[Step]:
    for place, count in enumerate(kpi.kind.counts[1:]):
        cell = figure[count.name]
        share = figure.cells.get(f"{count.name}_share")
        value = None if share is None or share.value is None else float(share.value)
        said = text(cell, count, cleared=published.cleared)
        if value is not None:
            said = f"{said} ({words.percent(value)})"
        if place == 0 and cell.value:
            value = 1.0
        yield Step(labels.fill(count.words), cell, value, said)


def same_step(of: Sequence[Cascade], noun: str) -> str:
    """Say at which step most are lost in how many rows; empty where fewer than two can be told."""
    told = [item for item in of if item.lost_at is not None]
    if len(told) < 2:
        return ""
    counts: dict[int, int] = {}
    for item in told:
        counts[item.lost_at or 0] = counts.get(item.lost_at or 0, 0) + 1
    steps = told[0].steps
    parts = [
        f"from ‘{steps[place - 1].name}’ to ‘{steps[place].name}’ in {words.count(number)}"
        for place, number in sorted(counts.items())
    ]
    rest = len(of) - len(told)
    few = f"; {words.count(rest)} {'has' if rest == 1 else 'have'} too few to judge" if rest else ""
    return f"Of {words.count(len(of))} {noun}, most are lost {', '.join(parts)}{few}."
