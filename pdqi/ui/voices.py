"""What people said, by group: themes, where and when raised, quotes, and what stands beside each.

Voices are shown by group and never by team: the filters change the figures beside them alone.
"""

from collections.abc import Mapping

import streamlit as st

from pdqi import words
from pdqi.content import Library
from pdqi.content.voices import Evidence, Judgement, Quote, Raised, Theme
from pdqi.findings.live import Live
from pdqi.findings.thread import JUDGED, name_of
from pdqi.labels import capitalised
from pdqi.ui import parts, thread
from pdqi.ui.live import measures
from pdqi.ui.page import Page
from pdqi.ui.people import basis
from pdqi.ui.style import plain

KINDS = {"positive": "What helps", "gap": "What is missing"}


def about(page: Page) -> None:
    """Say whose voices these are, what the filters do here, and how far people have judged."""
    if parts.content_missing(page) or page.facts.library is None:
        return
    themes = page.facts.library.voices.themes
    judgements = [item.judgement for theme in themes for item in theme.evidence]
    quotes = sum(len(theme.quotes) for theme in themes)
    st.markdown(
        "What was said, by group and never by team: what is chosen at the side"
        " changes the live figures beside a theme, and no theme or quote."
        f" {_quoted(quotes)} {_counted(judgements)}"
    )


def show(page: Page) -> None:
    """Show what each group said: what helps, what is missing, and what stands beside it."""
    library = page.facts.library
    if library is None:
        return
    live, ref = measures(page), thread.chosen(page)
    lit = library.thread(ref) if ref else frozenset[str]()
    for group in library.voices.groups:
        st.header(plain(page.fill(group.name)), anchor=group.id)
        for kind, heading in KINDS.items():
            themes = [t for t in library.voices.themes if t.group == group.id and t.kind == kind]
            if themes:
                st.subheader(heading, anchor=f"{group.id}-{kind}")
            for theme in themes:
                _theme(page, library, theme, live, lit=f"voice:{theme.id}" in lit)


def _theme(
    page: Page, library: Library, theme: Theme, live: Mapping[str, Live], *, lit: bool
) -> None:
    with st.container(key=f"card_{theme.id}", gap="xsmall"):
        mark = "**In the chosen thread.** " if lit else ""
        said = f"{mark}**{plain(theme.id)}.** {plain(page.fill(theme.text))}"
        st.markdown(f"{said} *({plain(basis(theme, library))})*")
        st.markdown(plain(raised_words(theme.raised, published=theme.basis == "published")))
        for quote in theme.quotes:
            st.markdown(_quote(page, quote))
        beside = [_beside(page, library, item, live) for item in theme.evidence]
        st.markdown("\n".join(beside) or "No other evidence stands beside this theme yet.")
        thread.link(page, f"voice:{theme.id}", f"Thread of {plain(theme.id)}")


def raised_words(raised: Raised | None, *, published: bool) -> str:
    """Return where and when a theme was raised, and what of that is not known."""
    unknown = "not published" if published else "not recorded"
    if raised is None:
        return f"Where and when this was raised was {unknown}."
    if raised.on is None:
        return f"Raised at: {raised.where}; when was {unknown}."
    if raised.where is None:
        return f"Raised on {words.day(raised.on)}; where was {unknown}."
    return f"Raised at: {raised.where}, {words.day(raised.on)}."


def _quote(page: Page, quote: Quote) -> str:
    allowed = (
        f"Consent given on {words.day(quote.consent.on)}; approved by {quote.approved.by} on"
        f" {words.day(quote.approved.on)}."
    )
    said_by = plain(page.fill(quote.said_by))
    return f"> “{plain(page.fill(quote.text))}”\n>\n> {said_by}. *{plain(allowed)}*"


def _beside(page: Page, library: Library, item: Evidence, live: Mapping[str, Live]) -> str:
    """Return what stands beside a theme, with its figure now, how it was judged and by whom."""
    kind, _, name = item.to.partition(":")
    said = name_of(item.to, library, page.facts.labels)
    now = f": {live[name].said}" if kind == "kpi" and name in live else ""
    judged = f"**{capitalised(JUDGED[item.judgement])}:**"
    line = f"- {judged} {plain(f'{said}{now}'.rstrip('.'))}."
    if item.why is None or item.by is None or item.on is None:
        return line
    who = f"Judged by {item.by} on {words.day(item.on)}."
    return f"{line} {plain(page.fill(item.why))} *{plain(who)}*"


def _quoted(quotes: int) -> str:
    if not quotes:
        return "No quote is shown: none has a recorded consent and approval."
    return "Quotes are shown with recorded consent and approval."


def _counted(judgements: list[Judgement]) -> str:
    """Return how often the evidence beside themes agrees with them, or is not judged."""
    counts = {name: judgements.count(name) for name in JUDGED if name in judgements}
    if not counts:
        return ""
    told = "; ".join(f"{count} {JUDGED[name]}" for name, count in counts.items())
    return f"How other evidence stands beside the themes: {told}."
