"""Which rows of a KPI stand for a scope among the headline figures."""

from collections.abc import Sequence
from dataclasses import dataclass

from pdqi.config import Config
from pdqi.findings.readings import Line, Reading, lines, readings
from pdqi.labels import Labels
from pdqi.metrics.kpi import Kpi
from pdqi.model import Published, Scope


@dataclass(frozen=True)
class Row:
    """One headline figure: its name, where it is counted, and which of its values it is."""

    kpi: Kpi
    name: str
    line: Line
    reading: Reading


def rows(
    kpi: Kpi,
    published: Published,
    scope: Scope,
    config: Config,
    scopes: Sequence[Scope],
    labels: Labels,
) -> tuple[Row, ...]:
    """Return the rows of a KPI for a scope.

    Where the scope is not counted itself, a set or service with all its teams that are counted
    stands for it; for the whole system each treatment does.
    """
    shown = lines(published, config, scopes)
    chosen = next(
        (line for line in shown if line.key == scope.key),
        Line(scope.key, scope.name, scope.kind, scope.teams),
    )
    standing = [chosen]
    if published.at(chosen.key) is None:
        teams = {line.key for line in shown if line.kind == "team" and line.key in chosen.teams}
        whole = [line for line in shown if teams and teams <= set(line.teams) <= set(chosen.teams)]
        everywhere = chosen.kind == "system"
        treatments = [line for line in shown if everywhere and line.kind == "treatment"]
        standing = treatments or sorted(whole, key=lambda line: len(line.teams))[:1] or [chosen]
    found = []
    for line in standing:
        for reading in readings(kpi, labels):
            name = labels.fill(kpi.name)
            if reading.label:
                name = f"{name}: {reading.label}"
            if line.key != chosen.key:
                name = f"{name} ({line.name})"
            found.append(Row(kpi, name, line, reading))
    return tuple(found)
