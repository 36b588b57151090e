"""How far something can be measured, said beside the figure that it concerns."""

import streamlit as st

from pdqi.findings.measurable import STATE_WORDS, by_when
from pdqi.metrics.kpi import Kpi
from pdqi.ui.page import Page
from pdqi.ui.style import plain


def beside(page: Page, kpi: Kpi) -> None:
    """Say how far what a KPI is about could be measured, why, and who can change it.

    The work is meant in which that was asked (`{study}`), and not the figure: that was worked out
    from what is recorded now.
    """
    if page.facts.library is None:
        return
    items = [item for item in page.facts.library.measurability.items if kpi.id in item.kpis]
    for item in items:
        # Where there are several, each says what it is about.
        subject = f"{page.fill(item.subject)}: " if len(items) > 1 else ""
        where = page.facts.labels.fill("in {study}", begins=False)
        state = f"{subject}{STATE_WORDS[item.state]} {where}."
        state, why = plain(f"{state[0].upper()}{state[1:]}"), plain(page.fill(item.why))
        if item.state == "measured":
            st.markdown(f"{state} {why}")
            continue
        who = plain(f"{page.fill(item.who)} ({by_when(item)}).")
        st.markdown(f"**{state}** {why} *Who can change that:* {who}")
