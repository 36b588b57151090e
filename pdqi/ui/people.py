"""What people do: workstreams and groups, from the project's content; on what statements rest."""

import streamlit as st

from pdqi.content import Library
from pdqi.content.models import Statement
from pdqi.findings.thread import name_of
from pdqi.ui import parts, thread
from pdqi.ui.shell import Page
from pdqi.ui.style import plain


def basis(statement: Statement, library: Library) -> str:
    """Return on what a statement rests, in words."""
    if statement.basis == "published":
        named = {item.id: item.short for item in library.sources.sources}
        return f"published: {named.get(statement.source or '', 'source not named')}"
    return "decided here" if statement.basis == "local" else "inferred, to be confirmed"


def workstreams(page: Page) -> None:
    """Show each workstream: its purpose, what is known, what it addresses, where it stands."""
    if parts.content_missing(page) or page.facts.library is None:
        return
    library = page.facts.library
    for item in library.workstreams.workstreams:
        with st.container(key=f"card_{item.id}"):
            st.subheader(plain(page.fill(f"{item.id}: {item.name}")), anchor=item.id)
            st.markdown(plain(page.fill(item.purpose)))
            st.markdown(f"**Status:** {item.status.replace('_', ' ')}")
            facts = [
                f"- {plain(page.fill(f.text))} *({plain(basis(f, library))})*" for f in item.facts
            ]
            if facts:
                st.markdown("**Known:**\n\n" + "\n".join(facts))
            named = [
                f"{name_of(f'idea:{x.to}', library, page.facts.labels)}"
                f"{' (weak link)' if x.strength == 'weak' else ''}"
                for x in item.addresses
            ]
            if named:
                st.markdown("**Takes up:**\n\n" + "\n".join(f"- {plain(each)}" for each in named))
            thread.link(page, f"workstream:{item.id}", f"Thread of {plain(item.id)}")


def groups(page: Page) -> None:
    """Show the standing groups and the roles in them."""
    if page.facts.library is None:
        return
    for group in page.facts.library.workstreams.groups:
        st.subheader(plain(page.fill(group.name)), anchor=group.id)
        roles = "\n".join(f"- {plain(page.fill(role))}" for role in group.roles)
        st.markdown(f"Meets: {plain(page.fill(group.meets))}\n\n{roles}")
