"""Figures month by month: icons of every team, then a control chart for each figure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import streamlit as st

from pdqi import words
from pdqi.charts import over_time_tables as tables
from pdqi.charts.over_time import chart
from pdqi.charts.rows import Table
from pdqi.charts.theme import Spec
from pdqi.findings.marks import Setting, setting_of
from pdqi.findings.months import by_scope
from pdqi.findings.over_time import OverTime, over_time
from pdqi.findings.over_time_said import (
    notes,
    sentence,
    suggestion_words,
    told_below,
)
from pdqi.metrics.kpi import Kpi, Steps
from pdqi.model import Period, Scope
from pdqi.ui import files, parts
from pdqi.ui.page import Page
from pdqi.ui.style import plain

Found = Mapping[str, Mapping[str, OverTime]]
"""By KPI, then by scope."""
LEGEND = (
    "▲ and ▼ stand for more than chance: above or rising, below or falling. Which of them is an"
    " improvement and which a concern depends on the figure. ● varies as expected by chance, and a"
    " dash stands where it cannot be judged."
)


@dataclass(frozen=True)
class Card:
    """A figure as it is shown for one scope: built once and kept."""

    sentence: str
    spec: Spec | None
    numbers: Table
    told: tuple[str, ...]
    """What the numbers and letters above the chart stand for."""
    notes: tuple[str, ...]


def show(page: Page, kpis: Sequence[Kpi]) -> None:
    """Show every figure month by month; the steps of a cascade are not followed."""
    followed = [kpi for kpi in kpis if not isinstance(kpi.kind, Steps)]
    found = judged(page, followed)
    first, last = page.facts.service.manifest.first_day, page.facts.service.manifest.last_day
    if first is None or last is None or not found:
        return
    st.markdown(
        f"Every complete month from {words.span(first, last)} is shown, whichever period is chosen."
    )
    _icons(page, followed, found)
    for kpi in followed:
        _card(page, kpi, found[kpi.id])


def judged(page: Page, kpis: Sequence[Kpi]) -> Found:
    """Return every figure in every scope, judged; kept for all visitors of one policy."""

    def work_out() -> Found:
        service, basis = page.facts.service, page.choice.basis
        months = service.months(page.facts.viewer, kpis, basis.definition, basis.age_band)
        setting = _setting(page)
        scopes = {scope.key: scope for scope in service.scopes}
        return {
            kpi.id: {
                key: over_time(kpi, series, scopes[key], setting)
                for key, series in by_scope(kpi, months[kpi.id], page.facts.labels).items()
                if key in scopes
            }
            for kpi in kpis
        }

    found: Found = parts.kept(_key(page, "judged", *(kpi.id for kpi in kpis)), work_out)
    return found


def _setting(page: Page) -> Setting:
    facts = page.facts
    config, demonstration = facts.service.config, facts.service.manifest.demonstration
    policy, labels = facts.viewer.policy, facts.labels
    return setting_of(
        config, policy, labels, facts.library, facts.cycles, demonstration=demonstration
    )


def _key(page: Page, *key: str) -> tuple[str, ...]:
    """Return the key of something that neither the chosen period nor the scope changes."""
    choice = page.choice
    every = replace(choice.basis, period=_months(page))
    system = next(scope for scope in page.facts.service.scopes if scope.kind == "system")
    same = replace(page, choice=replace(choice, basis=every, scope=system))
    tests = ",".join(str(item.revision) for item in page.facts.cycles)
    return parts.drawn(same, "over_time", tests, *key)


def _months(page: Page) -> Period:
    """Return all that is followed: from the first to the last complete month."""
    manifest = page.facts.service.manifest
    first, last = manifest.first_day, manifest.last_day
    return Period(first, last) if first and last else page.choice.basis.period


def _icons(page: Page, kpis: Sequence[Kpi], found: Found) -> None:
    """Show what every team's latest months say, of the figures that are judged by month."""
    judged = [kpi for kpi in kpis if kpi.monthly]
    chosen = page.choice.scope.key
    scopes = [
        (scope.key, scope.name)
        for scope in page.facts.service.scopes
        if scope.kind in ("team", "system") or scope.key == chosen
    ]
    content = tables.icons(
        {(kpi, scope): item for kpi, of in found.items() for scope, item in of.items()},
        [(kpi.id, page.fill(kpi.name)) for kpi in judged],
        scopes,
    )
    if not content.rows:
        return
    key = f"over_time_icons_{kpis[0].section}"
    with st.container(key=f"card_{key}"):
        st.subheader("What the latest month says, by team", anchor=key.replace("_", "-"))
        parts.table(content, key, "Variation and assurance by team", numbers=False)
        st.markdown(LEGEND)
        _lead_on(page, judged, scopes)


def _lead_on(page: Page, kpis: Sequence[Kpi], scopes: Sequence[tuple[str, str]]) -> None:
    """Lead from an icon to its chart: choose whose charts are drawn, and go to one of them."""
    names, key = dict(scopes), f"charts_of_{kpis[0].section}"
    st.session_state[key] = page.choice.scope.key
    st.pills(
        "Draw the charts below of",
        list(names),
        key=key,
        format_func=lambda scope: names[scope],
        on_change=_choose_scope,
        args=(key,),
    )
    links = [f"[{plain(page.fill(kpi.name))}](#over-time-{kpi.id})" for kpi in kpis]
    st.markdown(f"Go to: {' · '.join(links)}")


def _choose_scope(key: str) -> None:
    if st.session_state[key]:
        st.session_state["scope"] = st.session_state[key]


def _card(page: Page, kpi: Kpi, found: Mapping[str, OverTime]) -> None:
    with st.container(key=f"card_over_time_{kpi.id}"):
        st.subheader(page.fill(kpi.name), anchor=f"over-time-{kpi.id}")
        scope = _scope(page, kpi, found)
        if scope is None:
            st.markdown(plain(f"Not counted for {page.choice.scope.name} or the teams in it."))
            return
        here = _here(page, scope)
        item = found[scope.key]
        suggested = suggestion_words(item)
        key = f"over_time_{kpi.id}_{scope.key.replace(':', '_')}"
        taken = bool(suggested) and bool(st.session_state.get(f"step_{key}"))
        if taken:
            item = _with_step(here, item)
        view = parts.drawn(here, "over_time", kpi.id, str(taken))
        card: Card = parts.kept(view, lambda: _made(here, item))
        st.markdown(f"**{plain(scope.name)}.** {plain(card.sentence)}")
        if card.spec is not None:
            parts.chart(card.spec, key)
        if card.told:
            st.markdown("\n".join(f"- {plain(text)}" for text in card.told))
        if suggested:
            st.markdown(plain(suggested))
            st.checkbox("Draw it with this step", key=f"step_{key}")
        with st.expander("Numbers"):
            parts.table(card.numbers, key, f"{page.fill(kpi.name)}, month by month")
            for note in card.notes:
                st.markdown(plain(note))
            if not page.facts.viewer.policy.cleared:
                st.markdown(parts.protection_note(page))
            files.offer(
                here,
                f"over_time_{kpi.id}",
                lambda: tables.as_file(item, files.about(here)),
                _drawing(here, item, card),
            )


def _scope(page: Page, kpi: Kpi, found: Mapping[str, OverTime]) -> Scope | None:
    """Return the chosen scope where the figure is counted for it, else a team of it to choose."""
    chosen = page.choice.scope
    if chosen.key in found:
        return chosen
    service = page.facts.service
    teams = {s.key: s for s in service.scopes if s.kind == "team" and s.key in chosen.teams}
    counted = [key for key in teams if key in found]
    if not counted:
        return None
    if len(counted) == 1:
        return teams[counted[0]]
    team = st.selectbox(
        "Team", counted, key=f"team_over_time_{kpi.id}", format_func=lambda key: teams[key].name
    )
    return teams[team]


def _here(page: Page, scope: Scope) -> Page:
    """Return the page as it stands for this scope and all months: for files and what is kept."""
    basis = replace(page.choice.basis, period=_months(page))
    return replace(page, choice=replace(page.choice, scope=scope, basis=basis))


def _with_step(here: Page, item: OverTime) -> OverTime:
    months = [point.month for point in item.points]
    return over_time(item.kpi, months, item.scope, _setting(here), accept_suggested=True)


def _made(here: Page, item: OverTime) -> Card:
    said = sentence(item)
    spec = chart(item, said, here.mode)
    return Card(said, spec, tables.table(item), told_below(item), notes(item))


def _drawing(here: Page, item: OverTime, card: Card) -> files.Drawing | None:
    if card.spec is None:
        return None
    return files.Drawing(
        here.fill(item.kpi.name),
        lambda: chart(item, card.sentence) or {},
        (card.sentence, *card.told, *card.notes),
    )
