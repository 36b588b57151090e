"""The live figures that stand beside the content: in boxes, threads and lists."""

from collections.abc import Collection, Mapping

import streamlit as st

from pdqi.content import Library
from pdqi.findings.live import Live, live
from pdqi.metrics.kpi import Steps
from pdqi.ui import over_time
from pdqi.ui.page import Page

USED_BY = frozenset({"aim", "primary", "secondary", "idea", "voice"})
"""Kinds of item beside which figures stand."""


def measures(page: Page, also: Collection[str] = ()) -> Mapping[str, Live]:
    """Return how each KPI that the content uses stands in the chosen scope, and the `also` ones."""
    library = page.facts.library
    used = _used(library) if library else frozenset[str]()
    more = frozenset(also) - used
    return {**_measures(page, used), **(_measures(page, more) if more else {})}


def _used(library: Library) -> frozenset[str]:
    ends = {x.end.partition(":") for x in library.links if x.start.partition(":")[0] in USED_BY}
    return frozenset(name for kind, _, name in ends if kind == "kpi")


def _measures(page: Page, wanted: Collection[str]) -> dict[str, Live]:
    kpis = [kpi for kpi in page.facts.service.kpis if kpi.id in wanted]
    scope = page.choice.scope
    published = page.facts.service.all_figures(page.choice.basis, page.facts.viewer, kpis)
    followed = [kpi for kpi in kpis if not isinstance(kpi.kind, Steps)]
    with st.spinner("Working out what the latest months say"):
        judged = over_time.judged(page, followed)
    return {
        kpi.id: live(
            kpi,
            published[kpi.id],
            scope,
            judged.get(kpi.id, {}).get(scope.key),
            page.facts.labels,
        )
        for kpi in kpis
    }
