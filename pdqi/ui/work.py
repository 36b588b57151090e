"""Workstreams: where each stands, what was agreed, tested and reached, and what comes next."""

from collections.abc import Iterable, Mapping
from typing import Any

import streamlit as st

from pdqi import words
from pdqi.charts import timeline
from pdqi.charts.rows import Table
from pdqi.charts.theme import Spec
from pdqi.content.evidence import Workstream
from pdqi.content.progress import Supports
from pdqi.findings.signals import Signal
from pdqi.findings.thread import name_of, words_joined
from pdqi.journal import Item, Journal, Standing, progress
from pdqi.journal.items import (
    Action,
    Delivery,
    MeetingState,
    Milestone,
    PdsaCycle,
    ProgressScore,
    WorkstreamStatus,
)
from pdqi.journal.registers import is_open, ordered
from pdqi.meeting.agenda import meetings
from pdqi.ui import desk, entries, files, live, parts, people, registers, thread
from pdqi.ui.page import Page
from pdqi.ui.style import plain

MARKS: Mapping[Delivery, str] = {
    Delivery.GREEN: ":green-badge[● Green]",
    Delivery.AMBER: ":orange-badge[◆ Amber]",
    Delivery.RED: ":red-badge[■ Red]",
    Delivery.COMPLETE: ":blue-badge[✔ Complete]",
    Delivery.PAUSED: ":gray-badge[‖ Paused]",
    Delivery.NOT_STARTED: ":gray-badge[○ Not started]",
}
"""Each status by shape, word and colour."""
ENTERED = (WorkstreamStatus, Milestone, ProgressScore, PdsaCycle, Action)
"""What can be entered about a workstream beside it."""
MOST_SHOWN = 100


def part(page: Page) -> None:
    """Show the part of the page that is chosen."""
    chosen = page.choice.options["part"]
    if chosen == "work":
        show(page)
        return
    journal = entries.journal_of(page)
    if journal is None:
        return
    if chosen in registers.PARTS:
        entries.entering_as(page)
        registers.show(page, journal, chosen)
    else:
        _every_entry(page, journal)


def show(page: Page) -> None:
    """Show every workstream of the content, with what the journal holds of it."""
    library = page.facts.library
    if parts.content_missing(page) or library is None:
        return
    journal = entries.journal_of(page)
    standing = journal.standing() if journal else None
    if journal and standing:
        entries.entering_as(page)
        entries.seed(page, journal)
        _timeline(page, standing)
    st.header("The work", anchor="work")
    for item in library.workstreams.workstreams:
        with st.container(key=f"card_{item.id}"):
            st.subheader(plain(page.fill(f"{item.id}: {item.name}")), anchor=item.id)
            st.markdown(plain(page.fill(item.purpose)))
            if journal and standing:
                _entered(page, journal, standing, item)
            with st.expander("What is known, and what it takes up"):
                people.known(page, item)
            thread.link(page, f"workstream:{item.id}", f"Thread of {plain(item.id)}")


def _timeline(page: Page, standing: Standing) -> None:
    """Show every milestone on one line of time, with today and the last meeting."""
    library = page.facts.library
    works = library.workstreams.workstreams if library else ()
    names = {x.id: page.fill(f"{x.id}: {x.name}") for x in works}
    found = [
        timeline.Reached(
            x.value.name,
            names.get(x.value.workstream, x.value.workstream),
            x.value.baseline,
            x.value.forecast,
            x.value.actual,
        )
        for x in standing.of(Milestone)
    ]
    st.header("Milestones", anchor="milestones")
    day = entries.today()
    told = timeline.said(found, day)
    st.markdown(plain(told))
    held = meetings(standing, MeetingState.CLOSED)
    last = held[0].value.day if held else None
    spec: Spec | None = parts.kept(
        parts.drawn(page, "milestones", str(standing.last), day.isoformat()),
        lambda: timeline.timeline(found, day, last, told, page.mode),
    )
    if spec is None:
        return
    parts.chart(spec, "milestones")
    with st.expander("Milestones as a table"):
        content = timeline.table(found)
        parts.table(content, "milestones", "Milestones", numbers=False)
        drawing = files.Drawing(
            "Milestones",
            lambda: timeline.timeline(found, day, last, told) or {},
            (told,),
            of_data=False,
        )
        files.offer(page, "milestones", lambda: files.of_words(page, content), drawing)


def _entered(page: Page, journal: Journal, standing: Standing, of: Workstream) -> None:
    """Show what the journal holds of a workstream, and where to enter more."""
    _delivery(journal, _of(standing, WorkstreamStatus, of.id))
    _score(page, _of(standing, ProgressScore, of.id), of)
    _milestones(_of(standing, Milestone, of.id), of.id)
    ideas = {link.to for link in of.addresses}
    _cycles(page, [x for x in standing.of(PdsaCycle) if x.value.idea in ideas], of.id)
    actions = ordered(Action, _of(standing, Action, of.id))
    content = registers.table(Action, [x for x in actions if is_open(x)])
    if content.rows:
        st.markdown("**Open actions**")
        parts.table(content, f"actions_{of.id}", f"Open actions of {of.id}", numbers=False)
    held = [x for kind in ENTERED for x in _of(standing, kind, of.id)]
    held += [x for x in standing.of(PdsaCycle) if x.value.idea in ideas]
    desk.folded(page, journal, f"of_{of.id}", ENTERED, held, fixed={"workstream": of.id})


def _of(standing: Standing, kind: type[Any], workstream: str) -> list[Item[Any]]:
    return [x for x in standing.of(kind) if getattr(x.value, "workstream", None) == workstream]


def _delivery(journal: Journal, found: list[Item[WorkstreamStatus]]) -> None:
    if not found:
        st.markdown("**Delivery:** not yet recorded. This says nothing about the work itself.")
        return
    item = found[0]
    value = item.value
    before = previous_status(journal, item)
    told = f" Before: {before.words.lower()}." if before else ""
    st.markdown(
        f"**Delivery:** {MARKS[value.status]} {plain(value.reason)}"
        f" *({plain(value.set_by)}, {words.day(item.at.date())}.{told})*"
    )
    if value.path_to_green:
        st.markdown(f"**Path to green:** {plain(value.path_to_green)}")


def previous_status(journal: Journal, item: Item[WorkstreamStatus]) -> Delivery | None:
    """Return the status that stood before the one of now; None where there was none."""
    for entry in reversed(journal.history(item.id)):
        before = (entry.before or {}).get("status")
        if before and before != item.value.status:
            return Delivery(before)
    return None


def _score(page: Page, found: list[Item[ProgressScore]], of: Workstream) -> None:
    """Show the progress score, what its level means, what supports it, and what is to be asked."""
    library, journal = page.facts.library, page.facts.journal
    if library is None or journal is None:
        return
    standing = journal.standing()
    kpis = progress.measures(of, library)
    improved = [k for k, x in live.measures(page, kpis).items() if x.signal is Signal.IMPROVEMENT]
    held = progress.supports(of, standing, library, improved)
    if found:
        value = found[0].value
        level = library.progress.level(value.score)
        st.markdown(
            f"**Progress score:** {value.score:.1f} of 5.0, “{plain(level.name)}”."
            f" {plain(level.text)} *Reason:* {plain(value.reason)}"
            f" *({plain(value.set_by)}, {words.day(found[0].at.date())})*"
        )
        for question in progress.questions(value.score, held, library):
            st.markdown(f"**To ask:** {plain(question)}")
    else:
        st.markdown("**Progress score:** not yet set.")
    with st.expander("What each progress score means, and what is here for it"):
        names = [each.words for each in Supports if each in held]
        st.markdown(f"Here for {plain(of.id)}: {plain(words_joined(names) or 'nothing yet')}.")
        st.markdown(plain(page.fill(library.progress.remark)))
        rows = tuple(
            (f"{x.score:.1f}", x.name, x.text, words_joined([y.words for y in x.holds]))
            for x in library.progress.levels
        )
        content = Table(("Score", "Name", "What it means", "Goes with"), rows)
        parts.table(content, f"scale_{of.id}", "What each progress score means", numbers=False)


def _milestones(found: list[Item[Milestone]], of: str) -> None:
    if not found:
        return
    found.sort(key=lambda x: (x.value.actual or x.value.forecast or x.value.baseline, x.id))
    rows = tuple(
        (
            x.value.name,
            words.day(x.value.baseline),
            words.day(x.value.forecast) if x.value.forecast else "",
            words.day(x.value.actual) if x.value.actual else "",
            slip(x.value.slip_days),
        )
        for x in found
    )
    columns = ("Milestone", "Baseline", "Forecast", "Actual", "Slip")
    st.markdown("**Milestones**")
    parts.table(Table(columns, rows), f"milestones_{of}", f"Milestones of {of}", numbers=False)


def slip(days: int) -> str:
    """Return a slip in words: `12 days later`, `on its day`."""
    if days == 0:
        return "none"
    number = words.days(abs(days))
    return f"{number} {'later' if days > 0 else 'earlier'}"


def _cycles(page: Page, found: list[Item[PdsaCycle]], of: str) -> None:
    library = page.facts.library
    if not found or library is None:
        return
    st.markdown("**PDSA cycles**")
    rows = []
    for x in sorted(found, key=lambda x: (x.value.idea, x.value.number)):
        value = x.value
        idea = name_of(f"idea:{value.idea}", library, page.facts.labels)
        ends = words.day(value.ends) if value.ends else "not yet known"
        rows.append(
            (
                f"{x.id}: {value.idea}, cycle {value.number}",
                idea.partition(": ")[2] or idea,
                f"{words.day(value.starts)} to {ends}",
                value.question,
                value.prediction,
                " ".join(_filled((value.happened, value.learned))) or "not yet studied",
                _then(value),
            )
        )
    columns = ("Cycle", "Idea", "When", "Question", "Prediction", "Happened, learned", "Then")
    content = Table(columns, tuple(rows))
    parts.table(content, f"cycles_{of}", f"PDSA cycles of {of}", numbers=False)


def _then(cycle: PdsaCycle) -> str:
    """Return what was made of a test, and what is tested next."""
    judged = cycle.outcome.words if cycle.outcome else "not yet judged"
    return f"{judged}. Next: {cycle.next_cycle}" if cycle.next_cycle else judged


def _filled(texts: Iterable[str | None]) -> list[str]:
    return [text for text in texts if text]


def _every_entry(page: Page, journal: Journal) -> None:
    """Show what was entered last, and offer everything as a file."""
    found = journal.entries()
    last = found[-MOST_SHOWN:]
    st.markdown(
        f"{words.count(len(found))} entries were made. Nothing is ever overwritten: a change and an"
        f" undoing are entries too. The last {len(last)} are shown; the file holds all."
        if found
        else "Nothing has been entered yet."
    )
    parts.table(desk.entries_table(last), "entries", "Entries, the latest first", numbers=False)
    if found:
        files.offer(page, "entries", lambda: files.of_words(page, desk.entries_table(found)))
