"""What a decision rests on: words, a link to the view, and the figures as they were published."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import streamlit as st

from pdqi import words
from pdqi.charts.rows import Table
from pdqi.errors import PdqiError
from pdqi.findings.headline import rows
from pdqi.findings.readings import value
from pdqi.journal import Item
from pdqi.journal.items import Decision, Evidence
from pdqi.stand import Stand
from pdqi.store import vocabularies
from pdqi.ui import entries, parts
from pdqi.ui.page import PLACES, Page, page_of
from pdqi.ui.style import plain


def stand(page: Page) -> Stand:
    """Return how the headline figures stand now, in what is chosen."""
    facts = page.facts
    return Stand.taken(
        facts.service,
        facts.library,
        facts.viewer,
        page.choice.basis,
        page.choice.scope,
        parts.headline_kpis(page),
        entries.today(),
    )


def figures(page: Page) -> dict[str, Any]:
    """Return them as an item of the journal holds them: with the policy they were made for."""
    return {"policy": page.facts.viewer.policy.id, "document": stand(page).to_json()}


def show(page: Page, item: Item[Decision]) -> None:
    """Show what a decision rests on, each with a link to what was on the screen."""
    for number, each in enumerate(item.value.evidence, start=1):
        st.markdown(f"**Rests on:** {plain(each.words)}")
        if each.link:
            _link(each.link)
        if each.figures:
            _figures(page, each, f"{item.id}_{number}")


def _link(link: str) -> None:
    parts_of = urlsplit(link)
    place = next((x for x in PLACES if f"/{x.id}" == parts_of.path), None)
    if place is None or parts_of.netloc:
        st.markdown(f"At {plain(link)}")
        return
    label = f"What was on the screen: {place.title}"
    st.page_link(page_of(place), label=label, query_params=dict(parse_qsl(parts_of.query)))


def _figures(page: Page, each: Evidence, key: str) -> None:
    """Show figures that were kept to those whom the same policy lets see them, and the cleared."""
    kept = each.figures
    if kept is None or kept.document is None:
        return
    viewer = page.facts.viewer
    if kept.policy != viewer.policy.id and not viewer.policy.cleared:
        st.markdown(
            "The figures that it rested on were exact counts, which your role does not see."
        )
        return
    try:
        then = Stand.from_json(kept.document)
    except PdqiError as error:
        st.warning(plain(str(error)))
        return
    period = words.span(then.basis.period.first, then.basis.period.last)
    scopes = vocabularies.scopes(then.config)
    scope = next((x for x in scopes if x.key == then.scope), page.choice.scope)
    found = []
    for kpi in parts.headline_kpis(page):
        published = then.figures.get(kpi.id)
        if published is None:
            continue
        for row in rows(kpi, published, scope, then.config, scopes, page.facts.labels):
            figure = published.at(row.line.key)
            if figure is not None and row.reading.value in figure.cells:
                told = value(kpi, figure, row.reading, cleared=published.cleared)
                found.append((row.name, told))
    title = f"{scope.name}, {period}, as published on {words.day(then.day)}"
    with st.expander(f"The figures that it rested on: {plain(title)}"):
        parts.table(Table(("Figure", "Then"), tuple(found)), f"evidence_{key}", title)
