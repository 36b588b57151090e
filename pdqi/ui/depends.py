"""How much does the answer depend on the definition? A card a figure: verdict, chart, numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from pdqi.charts import depends as drawn
from pdqi.charts import depends_table as numbers
from pdqi.charts.rows import Table
from pdqi.charts.theme import Mode, Spec
from pdqi.findings import unidentified as unknown
from pdqi.findings.against import Against, published, target_in_force
from pdqi.findings.depends import Dependence, dependence, places
from pdqi.findings.depends_said import in_force, sentence
from pdqi.findings.readings import Line
from pdqi.metrics.kpi import Kpi
from pdqi.model import Published
from pdqi.ui import files, measurable, parts
from pdqi.ui.page import Page
from pdqi.ui.style import plain
from pdqi.variants import Variant

Found = tuple[tuple[Variant, Published], ...]


@dataclass(frozen=True)
class Part:
    """What is shown of a figure for one place."""

    place: Line
    said: str
    spec: Spec | None
    key: str
    without_entry: str
    """Told where those without any entry have a bar in the chart."""
    numbers: Table


def show(page: Page, kpis: Sequence[Kpi]) -> None:
    """Show each figure that another definition could change, then name those that none changes."""
    touched = [kpi for kpi in kpis if kpi.depends_on]
    found = page.facts.variants.figures(touched, page.choice.basis, page.facts.viewer)
    for kpi in touched:
        _card(page, kpi, found[kpi.id])
    _without_entry_at_all(page, touched)
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
        now = in_force(kpi, config, definition)
        # What is held against some of the places is told with them all.
        key = max((part.key for part in shown if part.spec is not None), key=len, default="")
        begin = "Diamond: what is in force" if key else "In force"
        st.markdown(plain(f"{begin} ({now}). {key}"))
        for part in shown:
            if part.without_entry:
                st.markdown(plain(part.without_entry))
        measurable.beside(page, kpi)
        _not_identifiable(page, kpi)
        with st.expander("Numbers"):
            for part in shown:
                if len(shown) > 1:
                    st.markdown(f"**{plain(part.place.name)}**")
                parts.table(part.numbers, _key(kpi, part), f"{page.fill(kpi.name)} by definition")
            if not page.facts.viewer.policy.cleared:
                st.markdown(parts.protection_note(page))
            _files(page, kpi, found, shown)


def _without_entry_at_all(page: Page, kpis: Sequence[Kpi]) -> None:
    """Say once about whom nothing can be told, where no chart of these figures shows it."""
    scope = page.choice.scope
    place = Line(scope.key, scope.name, scope.kind, scope.teams)
    found = [one for kpi in kpis if (one := _without_entry(page, kpi, place)) is not None]
    if found and not any(one.same_whole for one in found):
        st.markdown(plain(found[0].sentence))


def _part(kpi: Kpi, part: Part, *, several: bool) -> None:
    name = f"**{plain(part.place.name)}.** " if several or part.place.kind != "system" else ""
    st.markdown(f"{name}{plain(part.said)}")
    if part.spec is not None:
        parts.chart(part.spec, _key(kpi, part))


def _key(kpi: Kpi, part: Part) -> str:
    return f"depends_{kpi.id}_{part.place.key.replace(':', '_')}"


def _not_identifiable(page: Page, kpi: Kpi) -> None:
    if page.facts.library is None:
        return
    items = page.facts.library.measurability.items
    found = unknown.not_identifiable(kpi, items, page.facts.labels)
    spec = drawn.not_identifiable_chart(found, page.mode)
    if spec is not None:
        parts.chart(spec, f"depends_{kpi.id}_not_identifiable")


def _files(page: Page, kpi: Kpi, found: Found, shown: Sequence[Part]) -> None:
    """Offer the numbers of every place, and the picture of the first."""
    first = shown[0]
    drawing = None
    if first.spec is not None:
        drawing = files.Drawing(
            f"{page.fill(kpi.name)}: {first.place.name}",
            lambda: _spec(page, kpi, found, first.place, "light") or {},
            tuple(note for note in (first.said, first.key, first.without_entry) if note),
        )

    def csv() -> bytes:
        every = [_dependence(page, kpi, found, part.place) for part in shown]
        return numbers.csv(every, files.about(page))

    files.offer(page, f"depends_{kpi.id}", csv, drawing)


def _parts(page: Page, kpi: Kpi, found: Found) -> tuple[Part, ...]:
    now = found[0][1]
    return tuple(
        _of_place(page, kpi, found, place)
        for place in places(now, page.choice.scope, page.facts.service.scopes)
    )


def _of_place(page: Page, kpi: Kpi, found: Found, place: Line) -> Part:
    one, without = _dependence(page, kpi, found, place), _without_entry(page, kpi, place)
    return Part(
        place,
        sentence(one),
        _spec(page, kpi, found, place, page.mode),
        drawn.key(one),
        without.sentence if without and without.same_whole else "",
        numbers.table(one, without),
    )


def _spec(page: Page, kpi: Kpi, found: Found, place: Line, mode: Mode) -> Spec | None:
    one = _dependence(page, kpi, found, place)
    return drawn.chart(one, _without_entry(page, kpi, place), mode)


def _without_entry(page: Page, kpi: Kpi, place: Line) -> unknown.WithoutEntry | None:
    return unknown.without_entry(kpi, page.figures(unknown.ENTRY_KPI), place, page.facts.labels)


def _dependence(page: Page, kpi: Kpi, found: Found, place: Line) -> Dependence:
    return dependence(kpi, found, place, _against(page, kpi, place), page.facts.labels)


def _against(page: Page, kpi: Kpi, place: Line) -> tuple[Against, ...]:
    """Return what is published for exactly this place, and the target in force."""
    unit = kpi.kind.field(kpi.kind.main).unit
    found = tuple(
        published(item.short, (item.low, item.high), unit)
        for item in parts.known_elsewhere(page, kpi, [place])
        if item.source == "published" and place.key in item.marked
    )
    config, last = page.facts.service.config, page.choice.basis.period.last
    return (*found, *target_in_force(config, kpi, last))
