"""Other answers to the definitions: each figure as it would be with one setting changed.

A variant changes one thing from what is in force: whom to count, how near episodes are joined, how
far back is looked, or which treatments count. Which there are is a closed list in config; they are
never combined. Each is measured and protected as any other figure is, in tables of its own that
are let go of afterwards: what is kept is published figures only.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pdqi.config import Config
from pdqi.metrics.kpi import Kpi, Setting
from pdqi.model import Basis, Published
from pdqi.service import Service, Viewer
from pdqi.store import derive
from pdqi.store.store import Store

KEPT = 5_000


@dataclass(frozen=True)
class Variant:
    """One answer: what is in force (no `setting`), or that with one setting changed."""

    id: str
    setting: Setting | None
    name: str
    """As it heads a row: `Confirmed only`, `Gap of 28 days`."""
    told: str
    """As it stands in a sentence: `“Confirmed only”`, `a gap of 28 days`."""
    definition: str
    config: Config = field(repr=False, compare=False)

    @property
    def in_force(self) -> bool:
        """Whether this is what all other pages show."""
        return self.setting is None


def variants(config: Config, definition: str | None = None) -> tuple[Variant, ...]:
    """Return what is in force, then each single change from it, in the order of config.

    `definition` is the case definition that was chosen; the default one if None.
    """
    chosen = definition or config.default_definition
    rules, others = config.rules, config.alternatives

    def changed(setting: Setting, key: object, name: str, told: str, **changes: Any) -> Variant:
        return Variant(f"{setting}={key}", setting, name, told, chosen, _with(config, changes))

    return (
        Variant("in_force", None, "In force", "what is in force", chosen, config),
        *(
            Variant(
                f"case_definition={d.id}", "case_definition", d.name, f"“{d.name}”", d.id, config
            )
            for d in config.case_definitions
            if d.id != chosen
        ),
        *(
            changed(
                "merge_gap_days",
                days,
                f"Gap of {days} days",
                f"a gap of {days} days",
                rules=rules.model_copy(update={"merge_gap_days": days}),
            )
            for days in others.merge_gap_days
        ),
        *(
            changed(
                "look_back_months",
                months,
                f"Look-back of {months} months",
                f"a look-back of {months} months",
                rules=rules.model_copy(update={"look_back_months": months}),
            )
            for months in others.look_back_months
        ),
        *(
            changed(
                "treatment_list",
                item.id,
                item.name,
                f"“{item.name}”",
                treatments=tuple(
                    treatment.model_copy(update={"evidence_based": treatment.id in item.treatments})
                    for treatment in config.treatments
                ),
            )
            for item in others.treatment_lists
        ),
    )


def prepare(store: Path, config: Config) -> None:
    """Work out the tables of every variant of the current version, so that no reader waits."""
    with Store.open(store, config) as opened:
        for variant in variants(config):
            derive.derived_folder(opened.path, variant.config)


class Variants:
    """The figures of one service under every variant that can change them."""

    def __init__(self, service: Service) -> None:
        """Serve the variants of what a service serves, from the same version of the data."""
        self._service = service
        self._tables = derive.digest(service.config)
        self._kept: OrderedDict[tuple[str, str, Basis, str], Published] = OrderedDict()
        self._one_at_a_time = threading.Lock()

    def figures(
        self, kpis: Iterable[Kpi], basis: Basis, viewer: Viewer
    ) -> dict[str, tuple[tuple[Variant, Published], ...]]:
        """Return each KPI under what is in force, then under each change that touches it.

        The curves of lengths of time come with what is in force only.
        """
        wanted = tuple(kpis)
        found: dict[str, list[tuple[Variant, Published]]] = {kpi.id: [] for kpi in wanted}
        for variant in variants(self._service.config, basis.definition):
            touched = [
                kpi for kpi in wanted if variant.in_force or variant.setting in kpi.depends_on
            ]
            for name, published in self._figures(variant, touched, basis, viewer).items():
                found[name].append((variant, published))
        return {name: tuple(rows) for name, rows in found.items()}

    def _figures(
        self, variant: Variant, kpis: Sequence[Kpi], basis: Basis, viewer: Viewer
    ) -> dict[str, Published]:
        if variant.config is self._service.config:
            # The tables hold every case definition: only another basis is asked for.
            asked = replace(basis, definition=variant.definition)
            return self._service.all_figures(asked, viewer, kpis, curves=variant.in_force)
        keys = {kpi.id: (variant.id, kpi.id, basis, viewer.policy.id) for kpi in kpis}
        with self._one_at_a_time:
            missing = [kpi for kpi in kpis if keys[kpi.id] not in self._kept]
            if missing:
                for name, published in self._measured(variant, missing, basis, viewer).items():
                    self._kept[keys[name]] = published
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
            return {name: self._kept[key] for name, key in keys.items()}

    def _measured(
        self, variant: Variant, kpis: Sequence[Kpi], basis: Basis, viewer: Viewer
    ) -> dict[str, Published]:
        store = self._service.store
        if derive.digest(variant.config) == self._tables:
            return Service(store, variant.config).all_figures(basis, viewer, kpis, curves=False)
        with store.under(variant.config) as other:
            return Service(other, variant.config).all_figures(basis, viewer, kpis, curves=False)


def _with(config: Config, changes: dict[str, Any]) -> Config:
    """Return a config with other parts. It is built anew: a copy would keep what was worked out."""
    return Config(**{name: getattr(config, name) for name in Config.model_fields} | changes)
