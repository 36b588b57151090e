"""The monthly meeting on the overview: this month, the hour topic by topic, and past meetings."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from pdqi import words
from pdqi.charts.rows import Table
from pdqi.config import Permission
from pdqi.errors import PdqiError
from pdqi.journal import Draft, Item, Journal
from pdqi.journal.items import Action, Decision, Issue, Meeting, MeetingState, Note, Risk
from pdqi.meeting import agenda as order
from pdqi.meeting.agenda import Topic
from pdqi.meeting.minutes import markdown
from pdqi.meeting.minutes_docx import MIME, docx
from pdqi.meeting.record import RECORDED, Record, Sheet, record
from pdqi.ui import desk, entries, evidence, files, hour, open_ends, overview, parts, present
from pdqi.ui.filters import ITEM, NO_ITEM
from pdqi.ui.hour import Hour
from pdqi.ui.page import Page
from pdqi.ui.style import plain

AT_A_MEETING = (Action, Decision, Risk, Issue)
"""What is recorded at a meeting besides notes."""


def show(page: Page) -> None:
    """Show what is chosen: this month, the running meeting, its topics in large, or past ones."""
    chosen = page.choice.options["hour"]
    if chosen == "month":
        _month(page)
        return
    journal = entries.journal_of(page)
    if journal is None:
        return
    shown: Mapping[str, Callable[[Page, Journal], None]] = {
        "run": _run,
        "present": present.show,
        "past": _past,
    }
    shown[chosen](page, journal)


def _month(page: Page) -> None:
    journal = entries.journal_of(page)
    found = hour.hour(page, journal) if journal else None
    if found is not None:
        _topic(page, found.topic("news"))
    st.header("Headline figures", anchor="headline")
    overview.headline(page)
    if found is not None:
        for name in ("status", "actions", "decisions"):
            _topic(page, found.topic(name))
    st.markdown(open_ends.in_words(page))
    if not parts.content_missing(page):
        _topic(page, order.topic("unmeasured", (), overview.not_measurable(page)))
    st.header("About the data", anchor="data")
    overview.data_news(page)


def _topic(page: Page, topic: Topic) -> None:
    """Show a topic: its heading, what is known in sentences, and its table with a file."""
    st.header(plain(topic.title), anchor=topic.id)
    content(topic)
    if topic.table.rows:
        files.offer(page, f"topic_{topic.id}", lambda: files.of_words(page, topic.table))


def content(topic: Topic) -> None:
    """Show what a topic holds."""
    for sentence in topic.said:
        st.markdown(plain(sentence))
    parts.table(topic.table, f"topic_{topic.id}", topic.title, numbers=False)


def _run(page: Page, journal: Journal) -> None:
    """Show the hour in its order, with room for notes, and close it at the end."""
    found = hour.hour(page, journal)
    entries.entering_as(page)
    if found.open is None:
        entries.told("closed")
        _begin(page, journal)
        return
    meeting = found.open
    st.markdown(
        f"The meeting of **{words.day(meeting.value.day)}** ({plain(meeting.id)}) is being"
        " recorded. What is entered below belongs to it."
    )
    if meeting.value.attendees:
        st.markdown(f"Present: {plain('; '.join(meeting.value.attendees))}")
    desk.folded(
        page,
        journal,
        "meeting",
        (Meeting,),
        [meeting],
        fixed=_all_but(meeting, "day", "attendees"),
        label="Who is here, and the day",
    )
    writes = not journal.may(page.facts.viewer.role.id, Permission.RECORD_MEETING)
    for topic in found.topics:
        _topic(page, topic)
        if not writes:
            continue
        _note(page, journal, found, topic.id)
        mine = [
            x
            for kind in AT_A_MEETING
            for x in found.standing.of(kind)
            if getattr(x.value, "meeting", None) == meeting.id
        ]
        desk.folded(
            page,
            journal,
            f"topic_{topic.id}",
            AT_A_MEETING,
            mine,
            fixed={"meeting": meeting.id},
            label="Record an action, a decision, a risk or an issue",
        )
    st.header("Close the meeting", anchor="close")
    _recorded(found)
    _close(page, journal, found)


def _all_but(meeting: Item[Meeting], *asked: str) -> dict[str, Any]:
    """Return what a form about a meeting does not ask for."""
    return {name: value for name, value in meeting.value.model_dump().items() if name not in asked}


def _begin(page: Page, journal: Journal) -> None:
    """Offer to begin the record of a meeting."""
    st.markdown(
        "No meeting is being recorded. Beginning one keeps what is chosen now: the filters, the"
        " version of the data and of the definitions, and the headline figures as published."
    )
    fixed = _in_force(page) | {"state": MeetingState.OPEN}
    entries.form(
        page,
        journal,
        "meeting",
        Meeting,
        "Begin the record",
        fixed=fixed,
        added=lambda: {"figures": evidence.figures(page)},
    )


def _in_force(page: Page) -> dict[str, Any]:
    """Return what a meeting keeps of the view: versions and filters."""
    service, library, choice = page.facts.service, page.facts.library, page.choice
    return {
        "load_version": service.manifest.version,
        "config_digest": service.config.digest,
        "content_digest": library.digest if library else "none",
        "scope": choice.scope.key,
        "period": choice.basis.period.key,
        "definition": choice.basis.definition,
        "ages": choice.basis.age_band,
    }


def _note(page: Page, journal: Journal, found: Hour, topic: str) -> None:
    """Offer to write or change the note of a topic."""
    assert found.open is not None
    fixed = {"meeting": found.open.id, "topic": topic}
    notes = [
        x
        for x in found.standing.of(Note)
        if (x.value.meeting, x.value.topic) == (found.open.id, topic)
    ]
    item = notes[0] if notes else None
    label = "Keep the note" if item is None else "Keep the changed note"
    entries.form(page, journal, f"note_{topic}", Note, label, item=item, fixed=fixed)


def _recorded(found: Hour) -> None:
    """Say how much was recorded at the running meeting."""
    assert found.open is not None
    said = []
    for kind in RECORDED:
        number = sum(x.value.meeting == found.open.id for x in found.standing.of(kind))
        said.append(f"{number} {kind.noun}{'' if number == 1 else 's'}")
    st.markdown(f"Recorded so far: {', '.join(said)}.")


def _close(page: Page, journal: Journal, found: Hour) -> None:
    """Offer to close the running meeting, which freezes its record."""
    assert found.open is not None
    refused = journal.may(page.facts.viewer.role.id, Permission.CLOSE_MEETING)
    if refused:
        st.markdown(plain(refused))
        return
    st.markdown(
        "Closing freezes what the hour showed and what was recorded at it, and draws up minutes."
        " Afterwards nothing is added to the record unless the meeting is opened again."
    )
    entries.told("close")
    with st.form(f"close_{found.open.id}_{found.open.revision}", border=False):
        st.form_submit_button(
            "Close the meeting", on_click=_closed, args=(page, journal, found.open.revision)
        )


def _closed(page: Page, journal: Journal, revision: int) -> None:
    try:
        found = hour.hour(page, journal)
    except PdqiError as error:
        st.session_state["told_close"] = entries.Told(problems=tuple(map(str, error.problems)))
        return
    if found.open is None:
        return
    frozen = record(found.open, found.standing, found.topics, hour.view(page), entries.today())
    kept = {"policy": page.facts.viewer.policy.id, "document": frozen.to_json()}
    values = {"state": MeetingState.CLOSED, "record": kept, "figures": evidence.figures(page)}
    values |= _in_force(page)
    token = f"close-{found.open.id}-{revision}"
    draft = Draft("meeting", values, found.open.id, None, "", token)
    if entries.send(page, journal, "close", draft) is not None:
        done = f"The meeting {found.open.id} is closed. Its minutes are under Past meetings."
        st.session_state["told_closed"] = entries.Told(done)


def _past(page: Page, journal: Journal) -> None:
    """Show the meetings that were held, and the record of the one that is chosen."""
    standing = journal.standing()
    held = order.meetings(standing, MeetingState.CLOSED)
    if not held:
        st.markdown("No meeting has been closed yet. Once one is, its record and minutes are here.")
        return
    st.markdown(f"{len(held)} meetings were held." if len(held) > 1 else "1 meeting was held.")
    parts.table(_held(held, standing), "meetings", "Meetings, the latest first", numbers=False)
    options = [x.id for x in held]
    asked = page.choice.options.get(ITEM, NO_ITEM)
    names = {x.id: f"{x.id}: {words.day(x.value.day)}" for x in held}
    chosen = st.selectbox(
        "Open the record of",
        options,
        index=options.index(asked) if asked in options else 0,
        format_func=names.__getitem__,
        key="past_meeting",
    )
    meeting = next(x for x in held if x.id == chosen)
    st.header(f"Meeting of {words.day(meeting.value.day)}", anchor="record")
    _record(page, meeting)
    desk.folded(
        page,
        journal,
        f"past_{meeting.id}",
        (Meeting,),
        [meeting],
        fixed=_all_but(meeting, "state"),
        label="History of the record, and opening it again",
    )


def _held(held: list[Item[Meeting]], standing: Any) -> Table:
    rows = []
    for x in held:
        counts = [str(sum(y.value.meeting == x.id for y in standing.of(k))) for k in RECORDED[:2]]
        rows.append((x.id, words.day(x.value.day), str(len(x.value.attendees)), *counts))
    return Table(("Meeting", "Day", "Present", "Decisions", "Actions"), tuple(rows))


def _record(page: Page, meeting: Item[Meeting]) -> None:
    """Show the frozen record of a meeting, with its minutes as files."""
    kept, viewer = meeting.value.record, page.facts.viewer
    if kept is None or kept.document is None:
        st.markdown("The record of this meeting was not frozen, so there are no minutes.")
        return
    if kept.policy != viewer.policy.id and not viewer.policy.cleared:
        st.markdown(
            "The record of this meeting was made for readers of exact counts, and your role is not"
            " one of them. What was entered at it is on the page Workstreams."
        )
        return
    try:
        found = Record.from_json(kept.document)
    except PdqiError as error:
        for problem in error.problems:
            st.warning(plain(str(problem)))
        return
    invented = "_invented" if found.view.invented else ""
    name = f"minutes_{found.day.isoformat()}{invented}"
    with st.container(horizontal=True):
        st.download_button(
            "Minutes as Word",
            lambda: docx(found),
            f"{name}.docx",
            MIME,
            key="minutes_docx",
            on_click="ignore",
        )
        st.download_button(
            "Minutes as Markdown",
            lambda: markdown(found).encode(),
            f"{name}.md",
            "text/markdown",
            key="minutes_md",
            on_click="ignore",
        )
    st.markdown(plain(f"{found.view.chosen}. {found.view.provenance}. {found.view.marking}."))
    if found.attendees:
        st.markdown(f"Present: {plain('; '.join(found.attendees))}")
    for topic in found.topics:
        st.subheader(plain(topic.title), anchor=f"past_{topic.id}")
        for sentence in topic.said:
            st.markdown(plain(sentence))
        _sheet(topic.sheet, f"past_{topic.id}")
        if topic.note:
            st.markdown(f"**Noted:** {plain(topic.note)}")
    for sheet in found.recorded:
        st.subheader(f"Recorded: {plain(sheet.title.lower())}")
        _sheet(sheet, f"past_recorded_{sheet.title.lower()}")


def _sheet(sheet: Sheet, key: str) -> None:
    parts.table(Table(sheet.columns, sheet.rows), key, sheet.title, numbers=False)
