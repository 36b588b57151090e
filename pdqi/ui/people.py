"""What people said and what people do: voices and workstreams, from the project's content."""

import streamlit as st

from pdqi.content import Library
from pdqi.content.evidence import PublishedFigure
from pdqi.content.models import Statement
from pdqi.content.voices import Judgement, Theme
from pdqi.metrics.catalogue import CATALOGUE
from pdqi.ui import parts
from pdqi.ui.shell import Page
from pdqi.ui.style import plain

JUDGEMENTS: dict[Judgement, str] = {
    "agrees": "agrees",
    "partly_agrees": "agrees in part",
    "silent": "says nothing about it",
    "disagrees": "disagrees",
    "not_yet_judged": "not yet judged",
}


def basis(statement: Statement, library: Library) -> str:
    """Return on what a statement rests, in words."""
    if statement.basis == "published":
        named = {item.id: item.short for item in library.sources.sources}
        return f"published: {named.get(statement.source or '', 'source not named')}"
    return "decided here" if statement.basis == "local" else "inferred, to be confirmed"


def name_of(page: Page, library: Library, ref: str) -> str:
    """Return an item in words; a KPI by its name."""
    kind, _, item = ref.partition(":")
    if kind == "kpi":
        return next((page.fill(kpi.name) for kpi in CATALOGUE if kpi.id == item), item)
    found = library.items.get(ref)
    if isinstance(found, PublishedFigure):
        return f"Published: {page.fill(found.text)}"
    return page.fill(library.name(ref))


def voices(page: Page) -> None:
    """Show what each group said: what helps, what is missing, and what agrees with it."""
    if parts.content_missing(page) or page.facts.library is None:
        return
    library = page.facts.library
    for group in library.voices.groups:
        st.header(page.fill(group.name), anchor=group.id)
        for kind, heading in (("positive", "What helps"), ("gap", "What is missing")):
            themes = [t for t in library.voices.themes if t.group == group.id and t.kind == kind]
            if themes:
                st.subheader(heading, anchor=f"{group.id}-{kind}")
            for theme in themes:
                _theme(page, library, theme)


def _theme(page: Page, library: Library, theme: Theme) -> None:
    said = [
        f"**{plain(theme.id)}.** {plain(page.fill(theme.text))} *({plain(basis(theme, library))})*"
    ]
    for quote in theme.quotes:
        said.append(f"> {plain(page.fill(quote.text))}\n>\n> {plain(page.fill(quote.said_by))}")
    st.markdown("\n\n".join(said))
    for item in theme.evidence:
        st.markdown(
            f"- **{JUDGEMENTS[item.judgement].capitalize()}:**"
            f" {plain(name_of(page, library, item.to).rstrip('.'))}."
            f" {plain(page.fill(item.why or ''))}"
        )


def workstreams(page: Page) -> None:
    """Show each workstream: its purpose, what is known, what it addresses, where it stands."""
    if parts.content_missing(page) or page.facts.library is None:
        return
    library = page.facts.library
    for item in library.workstreams.workstreams:
        with st.container(key=f"card_{item.id}"):
            st.subheader(page.fill(f"{item.id}: {item.name}"), anchor=item.id)
            st.markdown(plain(page.fill(item.purpose)))
            st.markdown(f"**Status:** {item.status.replace('_', ' ')}")
            facts = [
                f"- {plain(page.fill(f.text))} *({plain(basis(f, library))})*" for f in item.facts
            ]
            if facts:
                st.markdown("**Known:**\n\n" + "\n".join(facts))
            ideas = [f"- {plain(name_of(page, library, f'idea:{x.to}'))}" for x in item.addresses]
            if ideas:
                st.markdown("**Carries out:**\n\n" + "\n".join(ideas))


def groups(page: Page) -> None:
    """Show the standing groups and the roles in them."""
    if page.facts.library is None:
        return
    for group in page.facts.library.workstreams.groups:
        st.subheader(page.fill(group.name), anchor=group.id)
        roles = "\n".join(f"- {plain(page.fill(role))}" for role in group.roles)
        st.markdown(f"Meets: {plain(page.fill(group.meets))}\n\n{roles}")
