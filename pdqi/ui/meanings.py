"""The parts of the definitions page: figures, case definitions, protection, words, sources."""

import streamlit as st

from pdqi.charts.rows import Table
from pdqi.metrics.catalogue import SECTIONS
from pdqi.ui import parts
from pdqi.ui.page import Page
from pdqi.ui.people import basis
from pdqi.ui.style import plain


def every_figure(page: Page) -> None:
    """Show every KPI with its sums, source and caution, by section."""
    for part in SECTIONS:
        st.subheader(part.name, anchor=f"figures-{part.id}")
        for kpi in page.facts.service.kpis:
            if kpi.section != part.id:
                continue
            with st.expander(page.fill(kpi.name)):
                st.markdown(f"*{plain(page.fill(kpi.question))}*")
                parts.definition(page, kpi)
                kinds = ", ".join(
                    {"set": "set of teams", "system": "whole system"}.get(k, k) for k in kpi.scopes
                )
                by = f", and by {kpi.by}" if kpi.by else ""
                st.markdown(
                    f"Counted by {kinds}{by}. Name in files:"
                    f" `{page.facts.labels.in_files(kpi.id)}`."
                )


def case_definitions(page: Page) -> None:
    """Show whom each case definition counts: certainties, codes and words."""
    config = page.facts.service.config
    for item in config.case_definitions:
        default = (
            " (chosen unless the filter says otherwise)"
            if item.id == config.default_definition
            else ""
        )
        st.subheader(item.name, anchor=f"case-{item.id}")
        concepts = config.snomed_lists.get(item.snomed or "", ())
        snomed = ", ".join(f"{concept.id} {concept.term}" for concept in concepts)
        said = [
            f"Version {item.version}{default}. {item.agreed}.",
            f"**Counts:** {' or '.join(item.counts)}",
            f"**ICD-10:** {', '.join(item.icd10)} and every code below them",
        ]
        if snomed:
            said.append(f"**SNOMED CT:** {plain(snomed)}")
        if item.terms:
            terms = ", ".join(f"“{plain(term)}”" for term in item.terms)
            said.append(f"**Words without a code:** {terms}")
        st.markdown("\n\n".join(said))


def protection(page: Page) -> None:
    """Say how small numbers are protected, and what holds for this reader."""
    config = page.facts.service.config
    for policy in config.policies:
        roles = ", ".join(role.name for role in config.roles if role.policy == policy.id)
        here = (
            " **This is how you see this dashboard.**" if policy == page.facts.viewer.policy else ""
        )
        st.subheader(policy.name, anchor=f"policy-{policy.id}")
        if policy.cleared:
            st.markdown(
                f"For: {plain(roles)}. Figures are exact, and every page and file says so with the"
                f" marking {plain(config.organisation.marking_cleared)}.{here}"
            )
            continue
        st.markdown(
            f"For: {plain(roles)}.{here}\n\n"
            f"- Counts from 1 to {policy.threshold - 1} are suppressed, and"
            f" {'zero too' if policy.hide_zero else 'zero is shown'}. Other counts are rounded to"
            f" the nearest {policy.round_to}.\n"
            "- A share is worked out from the rounded counts, and suppressed with either of them."
            + (
                f" So it is where 1 to {policy.threshold - 1} people lack what is counted.\n"
                if policy.protect_complement
                else "\n"
            )
            + "- Where a suppressed number could be worked out from others, another one is"
            " suppressed with it.\n"
            f"- A median, mean or ratio needs at least {policy.fewest_people} people. The longest"
            " wait is one person’s, so it is given in whole quarters of a year.\n"
            "- Periods, ages and case definitions come from short lists, so that nearly equal"
            " groups cannot be subtracted from each other."
        )


def words(page: Page) -> None:
    """Show the glossary."""
    if parts.content_missing(page) or page.facts.library is None:
        return
    library = page.facts.library
    terms = sorted(library.glossary.terms, key=lambda item: item.term.casefold())
    content = Table(
        ("Word", "Meaning", "Rests on"),
        tuple((page.fill(t.term), page.fill(t.meaning), basis(t, library)) for t in terms),
    )
    parts.table(content, "glossary", "The words of this dashboard", numbers=False)


def sources(page: Page) -> None:
    """Show every source that is cited."""
    if page.facts.library is None:
        return
    for item in page.facts.library.sources.sources:
        licence = f" Licence: {plain(item.licence)}." if item.licence else ""
        st.markdown(f"- **{plain(item.short)}:** {plain(item.citation)}{licence}")
