"""How much does the answer depend on the definition? A card a figure: verdict, chart, numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from pdqi.charts import depends as drawn
from pdqi.charts.rows import Table
from pdqi.charts.theme import Spec
from pdqi.findings import unidentified as unknown
from pdqi.findings.depends import Against, Dependence, dependence, places, target_in_force
from pdqi.findings.depends_said import in_force, sentence
from pdqi.findings.readings import Line
from pdqi.metrics.kpi import Kpi
from pdqi.model import Published
from pdqi.ui import files, measurable, parts
from pdqi.ui.shell import Page
from pdqi.ui.style import plain
from pdqi.variants import Variant

Found = tuple[tuple[Variant, Published], ...]


@dataclass(frozen=True)
class Part:
    """What is shown of a figure for one place."""

    place: Line
    said: str
    spec: Spec | None
    numbers: Table
    unknown: Spec | None
    reasons: tuple[str, ...]


def show(page: Page, kpis: Sequence[Kpi]) -> None:
    """Show each figure that another definition could change, then name those that none changes."""
    touched = [kpi for kpi in kpis if kpi.depends_on]
    found = page.facts.variants.figures(touched, page.choice.basis, page.facts.viewer)
    for kpi in touched:
        _card(page, kpi, found[kpi.id])
    others = [plain(page.fill(kpi.name)) for kpi in kpis if not kpi.depends_on]
    if others:
        st.markdown(
            "Who is counted, how near episodes are joined, how far back is looked and which"
            f" treatments count make no difference to: {'; '.join(others)}."
        )


def _card(page: Page, kpi: Kpi, found: Found) -> None:
    shown = parts.kept(parts.drawn(page, "depends", kpi.id), lambda: _parts(page, kpi, found))
    with st.container(key=f"card_depends_{kpi.id}"):
        st.subheader(page.fill(kpi.name), anchor=f"depends-{kpi.id}")
        if not shown:
            st.markdown(plain(f"Not counted for {page.choice.scope.name} or the teams in it."))
            return
        for part in shown:
            _part(kpi, part, several=len(shown) > 1)
        config, definition = page.facts.service.config, page.choice.basis.definition
        st.markdown(plain(f"In force: {in_force(kpi, config, definition)}."))
        measurable.beside(page, kpi)
        with st.expander("Numbers"):
            for part in shown:
                if len(shown) > 1:
                    st.markdown(f"**{plain(part.place.name)}**")
                key = f"depends_{kpi.id}_{part.place.key.replace(':', '_')}"
                parts.table(part.numbers, key, f"{page.fill(kpi.name)} by definition")
            if not page.facts.viewer.policy.cleared:
                st.markdown(parts.protection_note(page))
            _files(page, kpi, found, shown)


def _part(kpi: Kpi, part: Part, *, several: bool) -> None:
    key = f"depends_{kpi.id}_{part.place.key.replace(':', '_')}"
    name = f"**{plain(part.place.name)}.** " if several or part.place.kind != "system" else ""
    st.markdown(f"{name}{plain(part.said)}")
    if part.spec is not None:
        parts.chart(part.spec, key)
    if part.unknown is not None:
        st.markdown("**What cannot be told**")
        parts.chart(part.unknown, f"{key}_unknown")
        for reason in part.reasons:
            st.markdown(plain(reason))


def _files(page: Page, kpi: Kpi, found: Found, shown: Sequence[Part]) -> None:
    """Offer the numbers of every place, and the picture of the first."""
    first = shown[0]
    drawing = None
    if first.spec is not None:
        drawing = files.Drawing(
            f"{page.fill(kpi.name)}: {first.place.name}",
            lambda: drawn.chart(_dependence(page, kpi, found, first.place)) or {},
            (first.said, *first.reasons),
        )

    def csv() -> bytes:
        every = [_dependence(page, kpi, found, part.place) for part in shown]
        return drawn.csv(every, files.about(page))

    files.offer(page, f"depends_{kpi.id}", csv, drawing)


def _parts(page: Page, kpi: Kpi, found: Found) -> tuple[Part, ...]:
    service = page.facts.service
    now = found[0][1]
    return tuple(
        _of_place(page, kpi, found, place)
        for place in places(now, page.choice.scope, service.scopes)
    )


def _of_place(page: Page, kpi: Kpi, found: Found, place: Line) -> Part:
    one = _dependence(page, kpi, found, place)
    library, labels = page.facts.library, page.facts.labels
    items = library.measurability.items if library else ()
    entries = page.figures(unknown.WITHOUT_ENTRY)
    cannot = unknown.unidentified(kpi, entries, place, items, labels)
    return Part(
        place,
        sentence(one),
        drawn.chart(one, page.mode),
        drawn.table(one),
        drawn.unidentified_chart(cannot, page.mode),
        tuple(f"{item.name} ({item.said}): {item.why}" for item in cannot),
    )


def _dependence(page: Page, kpi: Kpi, found: Found, place: Line) -> Dependence:
    return dependence(kpi, found, place, _against(page, kpi, place), page.facts.labels)


def _against(page: Page, kpi: Kpi, place: Line) -> tuple[Against, ...]:
    """Return what is published for exactly this place, and the target in force."""
    published = tuple(
        Against("published", f"the published figure ({item.short})", (item.low, item.high))
        for item in parts.known_elsewhere(page, kpi, [place])
        if item.source == "published" and place.key in item.marked
    )
    config, last = page.facts.service.config, page.choice.basis.period.last
    return (*published, *target_in_force(config, kpi, last))
