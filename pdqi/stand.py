"""How the figures stood on a day, and all that is needed to work them out again.

A stand keeps the figures as they were published for one policy, the version of the data, the
config in force, what was chosen, and which statements of the content rested on what.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pdqi.config import Config
from pdqi.content import Library
from pdqi.errors import Problem, RequestError
from pdqi.metrics.kpi import Kpi
from pdqi.model import Basis, Cell, Figure, Period, Published, Scope, State
from pdqi.service import Service, Viewer

FORMAT = 1


@dataclass(frozen=True)
class Stand:
    """The figures of some KPIs as they stood."""

    day: date
    version: str
    """Of the data."""
    config: Config = field(repr=False)
    policy: str
    scope: str
    """The key of the scope that was chosen."""
    basis: Basis
    content: Mapping[str, str]
    """What each statement of the content rested on, or whether its figure could be measured."""
    figures: Mapping[str, Published] = field(repr=False)

    @classmethod
    def taken(
        cls,
        service: Service,
        library: Library | None,
        viewer: Viewer,
        basis: Basis,
        scope: Scope,
        kpis: Iterable[Kpi],
        day: date,
    ) -> "Stand":
        """Return how these KPIs stand at every scope, as the viewer may see them."""
        return cls(
            day,
            service.manifest.version,
            service.config,
            viewer.policy.id,
            scope.key,
            basis,
            states_of(library),
            service.all_figures(basis, viewer, tuple(kpis), curves=False),
        )

    def to_json(self) -> dict[str, Any]:
        """Return the stand in plain values."""
        return {
            "format": FORMAT,
            "day": self.day.isoformat(),
            "version": self.version,
            # Where things lie on the server is nobody's who reads what was kept.
            "config": self.config.model_dump(mode="json", exclude={"journal", "snapshots"}),
            "policy": self.policy,
            "scope": self.scope,
            "period": self.basis.period.key,
            "definition": self.basis.definition,
            "ages": self.basis.age_band,
            "content": dict(self.content),
            "figures": {name: _rows(each) for name, each in self.figures.items()},
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Stand":
        """Read a stand; raises `RequestError` where it is damaged or of a later form."""
        if document.get("format") != FORMAT:
            raise RequestError(
                Problem(
                    f"The figures that were kept are of form {str(document.get('format'))[:20]}.",
                    allowed=f"form {FORMAT}",
                    fix="Use the version of this software that kept them, or a later one.",
                )
            )
        try:
            config = Config.model_validate(document["config"])
            period = Period.parse(document["period"])
            basis = Basis(period, str(document["definition"]), str(document["ages"]))
            policy = next(each for each in config.policies if each.id == document["policy"])
            figures = {
                str(name): _published(str(name), basis, policy.id, policy.cleared, rows)
                for name, rows in document["figures"].items()
            }
            return cls(
                date.fromisoformat(document["day"]),
                str(document["version"]),
                config,
                policy.id,
                str(document["scope"]),
                basis,
                {str(key): str(value) for key, value in document["content"].items()},
                figures,
            )
        except (KeyError, TypeError, ValueError, AttributeError, StopIteration) as error:
            raise RequestError(
                Problem(
                    "The figures that were kept are damaged.",
                    fix="Take the journal's file from a copy.",
                )
            ) from error


def states_of(library: Library | None) -> dict[str, str]:
    """Return on what each statement rests, and what can be measured, by reference."""
    if library is None:
        return {}
    found = {
        ref: str(basis)
        for ref, item in library.items.items()
        if (basis := getattr(item, "basis", None)) is not None
    }
    found |= {f"measurability:{each.id}": each.state for each in library.measurability.items}
    return found


def _rows(published: Published) -> list[list[Any]]:
    return [
        [
            figure.scope,
            figure.by,
            {name: [cell.value, cell.state.value] for name, cell in figure.cells.items()},
        ]
        for figure in published.figures
    ]


def _published(
    name: str, basis: Basis, policy: str, cleared: bool, rows: Iterable[Any]
) -> Published:
    figures = []
    for scope, by, cells in rows:
        held = {key: Cell(value, State(state)) for key, (value, state) in cells.items()}
        figures.append(Figure(str(scope), None if by is None else str(by), held))
    return Published(name, basis, policy, cleared, tuple(figures))
