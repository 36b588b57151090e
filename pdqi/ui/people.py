"""What people do: workstreams and groups, from the project's content; on what statements rest."""

import streamlit as st

from pdqi.content import Library
from pdqi.content.evidence import Workstream
from pdqi.content.models import Statement
from pdqi.findings.thread import name_of
from pdqi.ui.page import Page
from pdqi.ui.style import plain


def basis(statement: Statement, library: Library) -> str:
    """Return on what a statement rests, in words."""
    if statement.basis == "published":
        named = {item.id: item.short for item in library.sources.sources}
        return f"published: {named.get(statement.source or '', 'source not named')}"
    return "decided here" if statement.basis == "local" else "inferred, to be confirmed"


def known(page: Page, item: Workstream) -> None:
    """Show what is known of a workstream, and which change ideas it takes up."""
    library = page.facts.library
    if library is None:
        return
    facts = [f"- {plain(page.fill(f.text))} *({plain(basis(f, library))})*" for f in item.facts]
    if facts:
        st.markdown("**Known:**\n\n" + "\n".join(facts))
    named = [
        f"{name_of(f'idea:{x.to}', library, page.facts.labels)}"
        f"{' (weak link)' if x.strength == 'weak' else ''}"
        for x in item.addresses
    ]
    if named:
        st.markdown("**Takes up:**\n\n" + "\n".join(f"- {plain(each)}" for each in named))


def groups(page: Page) -> None:
    """Show the standing groups and the roles in them."""
    if page.facts.library is None:
        return
    for group in page.facts.library.workstreams.groups:
        st.subheader(plain(page.fill(group.name)), anchor=group.id)
        roles = "\n".join(f"- {plain(page.fill(role))}" for role in group.roles)
        st.markdown(f"Meets: {plain(page.fill(group.meets))}\n\n{roles}")
