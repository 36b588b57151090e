"""People on the Data quality page: who can be told of, in what words, and how surely."""

import streamlit as st

from pdqi import words
from pdqi.charts import parts_of
from pdqi.charts.parts_of import Bar
from pdqi.charts.rows import Table
from pdqi.charts.theme import Mode, Spec
from pdqi.findings.readings import SHORT_STATE
from pdqi.metrics.kpi import Kpi
from pdqi.metrics.kpis.quality_people import NO_BIRTH_DATE, NOT_LINKED
from pdqi.metrics.kpis.quality_words import (
    QUALITY_CERTAINTY,
    QUALITY_RULED_OUT,
    QUALITY_TERMS,
    QUALITY_WORDS,
)
from pdqi.metrics.quality import words as terms_of
from pdqi.model import SYSTEM, Cell, Figure
from pdqi.ui import files, parts
from pdqi.ui.page import Page
from pdqi.ui.quality_fields import in_words, whole_basis
from pdqi.ui.style import plain

KNOWN = {
    "no_diagnosis_entry": "With a diagnosis entry",
    NO_BIRTH_DATE.id: "With a birth date",
    NOT_LINKED.id: "Linked",
}
"""The KPIs that say of how many something is not known, and the share of whom it is."""


def known(page: Page) -> None:
    """Show the shares of people with a diagnosis entry, with a birth date, and linked."""
    tables = {name: page.figures(name) for name in KNOWN}
    names = {name: said for name, said in KNOWN.items() if tables[name].figures}
    scopes = page.facts.service.scopes
    chosen = page.choice.scope
    wanted = [s for s in scopes if s.kind in ("team", "system") or s.key == chosen.key]
    rows = []
    for scope in wanted:
        found = [tables[name].at(scope.key) for name in names]
        if any(found):
            under_care = found[0] or found[1]
            count = in_words(under_care["denominator"]) if under_care else ""
            rows.append((scope.name, count, *(_rest(figure) for figure in found)))
    content = Table(("Scope", "People under care", *names.values()), tuple(rows))
    told = (f"{said.lower()} {_rest(tables[name].at(chosen.key))}" for name, said in names.items())
    st.markdown(plain(f"{chosen.name}, people under care: {', '.join(told)}."))
    parts.table(content, "known", "Shares of people of whom something is known")
    files.offer(page, "known", lambda: files.of_table(page, content))
    st.markdown(
        "Without a diagnosis entry no case definition can count somebody in or out. Without a birth"
        " date somebody is outside of every figure that is limited to an age; that share is of"
        " people of any age. *Linked* is who is known by every kind of identifier that sources"
        " use: a source that uses another cannot bring records of the rest."
    )
    if NOT_LINKED.id not in names:
        st.markdown(
            "Whether people are linked cannot be told here: the sources use fewer than two kinds of"
            " identifiers."
        )


def _rest(figure: Figure | None) -> str:
    """Return the share of those who are not in the part of a figure."""
    if figure is None:
        return "cannot be told"
    cell = figure["value"]
    if cell.value is None:
        return SHORT_STATE[cell.state]
    if not cell.value and figure["numerator"].value:
        return "over 99%"
    return in_words(Cell(1 - float(cell.value)), "share")


def said(page: Page) -> None:
    """Show how teams say the condition: in a code, in agreed words, or in others."""
    _sorted(page, QUALITY_WORDS)
    definition = page.facts.service.config.definition(page.facts.service.config.default_definition)
    st.markdown(
        plain(
            f"Agreed words are those of the case definition '{definition.name}':"
            f" {', '.join(definition.terms) or 'none'}. {QUALITY_WORDS.caution}"
        )
    )


def certainty(page: Page) -> None:
    """Show how sure teams are, and who only ruled it out."""
    _sorted(page, QUALITY_CERTAINTY)
    st.markdown(plain(QUALITY_CERTAINTY.caution))
    st.subheader(page.fill(QUALITY_RULED_OUT.name), anchor=QUALITY_RULED_OUT.id)
    service = page.facts.service
    published = service.figures(QUALITY_RULED_OUT.id, whole_basis(page), page.facts.viewer)
    scopes = [s for s in service.scopes if s.kind in ("team", "system")]
    present = [(s, figure) for s in scopes if (figure := published.at(s.key)) is not None]
    if not present:
        st.markdown("No entry of this period ruled it out.")
        return
    rows = tuple((s.name, in_words(figure["people"])) for s, figure in present)
    content = Table(("Team", "People"), rows)
    parts.table(content, "ruled_out", page.fill(QUALITY_RULED_OUT.name))
    files.offer(page, "ruled_out", lambda: files.of_table(page, content))
    st.markdown(plain(page.fill(QUALITY_RULED_OUT.caution)))


def _sorted(page: Page, of: Kpi) -> None:
    """Show what a whole falls into, by team: words, bars, table."""
    published = page.facts.service.figures(of.id, whole_basis(page), page.facts.viewer)
    scopes = [s for s in page.facts.service.scopes if s.kind in ("team", "system")]
    present = [(s, figure) for s in scopes if (figure := published.at(s.key)) is not None]
    st.markdown(f"*{plain(page.fill(of.question))}*")
    if not present:
        st.markdown("No entry of this period speaks of it.")
        return
    fields = [field for field in of.kind.derived if field.unit == "share"]
    names = [field.words.removesuffix(", share") for field in fields]
    bars = [Bar(s.name, tuple(figure[f.name].value for f in fields)) for s, figure in present]
    whole = present[-1][1] if present[-1][0].key == SYSTEM else None
    sentence = ""
    if whole is not None:
        told = (
            f"{name.lower()} {in_words(whole[field.name], 'share')}"
            for name, field in zip(names, fields, strict=True)
        )
        sentence = f"Whole system, of {in_words(whole['people'])} people: {', '.join(told)}."
    missing = [bar.name for bar in bars if None in bar.shares]
    if missing:
        sentence += f" Too few to show in full: {', '.join(missing)}."
    if len(present) == 1:
        sentence += " No entry says which team made it."
    st.markdown(plain(sentence))
    title = page.fill(of.name)

    def drawn(mode: Mode) -> Spec | None:
        return parts_of.chart(bars, names, f"{title}. {sentence}", mode)

    spec = parts.kept(parts.drawn(page, "sorted", of.id), lambda: drawn(page.mode))
    drawing = None
    if spec is not None:
        parts.chart(spec, of.id)
        drawing = files.Drawing(title, lambda: drawn("light") or {}, (sentence,))
    if not page.facts.viewer.policy.cleared:
        st.markdown(f"{parts.protection_note(page)} Shares of rounded numbers need not add up.")
    content = Table(
        ("Team", *(page.fill(field.words) for field in of.kind.fields)),
        tuple(
            (s.name, *(in_words(figure[f.name], f.unit) for f in of.kind.fields))
            for s, figure in present
        ),
    )
    parts.table(content, of.id, title)
    files.offer(page, of.id, lambda: files.of_table(page, content), drawing)
    with st.expander("What is counted"):
        st.markdown(plain(f"Counts {page.fill(of.numerator)}. Out of {page.fill(of.denominator)}."))


def terms(page: Page) -> None:
    """Show which words each team uses, agreed ones first."""
    service = page.facts.service
    published = service.figures(QUALITY_TERMS.id, whole_basis(page), page.facts.viewer)
    listed = terms_of(service.config)
    scopes = [s for s in service.scopes if s.kind in ("team", "system")]
    present = [s for s in scopes if published.at(s.key) is not None]
    st.markdown(f"*{plain(QUALITY_TERMS.question)}*")
    if not present:
        st.markdown("No entry of this period without a code has any of the words.")
        return
    order = sorted(listed, key=lambda term: not listed[term])
    content = Table(
        ("Word", "Agreed", *(scope.name for scope in present)),
        tuple(
            (
                f"“{term}”",
                "yes" if listed[term] else "no",
                *(
                    in_words(figure["people"])
                    if (figure := published.at(scope.key, term))
                    else words.count(0)
                    for scope in present
                ),
            )
            for term in order
        ),
    )
    everyone = published.at(SYSTEM)
    used = [term for term in order if published.at(SYSTEM, term) is not None]
    agreed, others = (
        ", ".join(f"“{term}”" for term in used if listed[term] is wanted) or "none"
        for wanted in (True, False)
    )
    number = in_words(everyone["people"]) if everyone else "0"
    st.markdown(
        plain(
            f"Whole system, people with an entry in words alone: {number}. Agreed words in use:"
            f" {agreed}. Words in use that nobody agreed: {others}."
        )
    )
    parts.table(content, "terms", "People by word and team")
    files.offer(page, "terms", lambda: files.of_table(page, content))
    st.markdown(plain(f"Counts {QUALITY_TERMS.numerator}. {QUALITY_TERMS.caution}"))
