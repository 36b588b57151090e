"""Forms by which people enter something in the journal, and what they are told afterwards.

A form is drawn from the declaration of its kind. What was typed stays on the page until it was
entered. The keys of a form's fields hold its token, so a second click on a form that was already
entered enters nothing more.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import streamlit as st

from pdqi import words
from pdqi.charts.rows import Table
from pdqi.config import Permission
from pdqi.content import Library
from pdqi.errors import PdqiError
from pdqi.findings.thread import name_of
from pdqi.journal import By, Crossed, Draft, Entered, Item, Journal
from pdqi.journal.items import Meeting
from pdqi.journal.kind import FieldWords, Kind, fields_of
from pdqi.journal.seed import offers
from pdqi.ui import filters, parts
from pdqi.ui.page import Page
from pdqi.ui.style import plain

SAME_FIELD = "_entering_as"
FREE_REASON = "_why"
EVIDENCE, ATTACHED = "evidence", "attached"
STAYS = 10.0
"""Seconds for which a form says what came of it."""
Figures = Callable[[Page], Mapping[str, Any]]


@dataclass(frozen=True)
class Told:
    """What a form says after it was sent at `since`: that it was entered, or what is wrong."""

    done: str = ""
    problems: tuple[str, ...] = ()
    crossed: tuple[Crossed, ...] = ()
    since: float = field(default_factory=time.monotonic)


def journal_of(page: Page) -> Journal | None:
    """Return the journal; says why there is none where it cannot be opened or read by this role."""
    journal = page.facts.journal
    if journal is None:
        st.markdown("The journal cannot be opened, so nothing can be entered or shown. To mend:")
        for problem in page.facts.journal_problems:
            st.warning(plain(str(problem)))
        return None
    refused = journal.may(page.facts.viewer.role.id, Permission.READ_JOURNAL)
    if refused:
        st.markdown(plain(refused))
        return None
    return journal


def entering_as(page: Page) -> None:
    """Ask once in which role of the work the reader enters; every form on the page takes it.

    A reader who may enter nothing is told so, and who may.
    """
    config, role = page.facts.service.config, page.facts.viewer.role
    if not role.enters:
        named = [each.name for each in config.roles if each.enters]
        st.markdown(
            plain(
                f"Your role, {role.name}, reads what is recorded here and enters nothing."
                f" These roles may: {', '.join(named) or 'none yet; config.yaml says who'}."
            )
        )
        return
    st.session_state.setdefault(SAME_FIELD, None)
    st.session_state.setdefault("entering_as", st.session_state[SAME_FIELD])
    st.session_state[SAME_FIELD] = st.selectbox(
        "You enter as",
        _roles(page, st.session_state["entering_as"]),
        key="entering_as",
        index=None,
        placeholder="Choose or type a role, never a name",
        accept_new_options=True,
        help="It stands beside everything that you enter.",
    )


def seed(page: Page, journal: Journal) -> None:
    """Offer what an empty journal may begin with; shows nothing once something was entered."""
    library = page.facts.library
    told("seed")
    if library is None or journal.standing().last:
        return
    st.markdown(
        "Nothing has been entered yet. You can begin with what the project's content says: each"
        " workstream as not started, with the milestones and actions that are planned there."
    )
    refused = journal.may(page.facts.viewer.role.id, Permission.EDIT_WORKSTREAMS)
    if refused:
        st.markdown(plain(refused))
        return
    st.button("Begin with the content", on_click=_seeded, args=(page, journal, library), key="seed")


def _seeded(page: Page, journal: Journal, library: Library) -> None:
    by = who(page)
    drafts = offers(library, page.facts.labels, by.name or page.facts.viewer.role.name)
    try:
        made = journal.enter_all(by, drafts)
    except PdqiError as error:
        st.session_state["told_seed"] = Told(problems=tuple(map(str, error.problems)))
        return
    st.session_state["told_seed"] = Told(f"{len(made)} entries were made from the content.")


def form(
    page: Page,
    journal: Journal,
    name: str,
    kind: type[Kind],
    label: str,
    *,
    item: Item[Any] | None = None,
    fixed: Mapping[str, Any] | None = None,
    added: Callable[[], Mapping[str, Any]] = dict,
    figures: Figures | None = None,
) -> None:
    """Show a form for a new item of a kind, or for a change to `item`.

    `fixed` are values that are not asked for; `added` gives further ones when the form is sent, and
    `figures` those that are kept with evidence.
    A reader who may not enter such a thing is told which roles may.
    """
    refused = journal.may(page.facts.viewer.role.id, kind.needs)
    if refused:
        st.markdown(plain(refused))
        return
    told(name)
    drawn: Drawn = st.session_state.setdefault(f"form_{name}", Drawn.now(item))
    if item is not None and drawn.item != item.id:
        drawn = st.session_state[f"form_{name}"] = Drawn.now(item)
    fields = [
        field
        for field in fields_of(kind)
        if field.name not in (fixed or {}) and field.shape != "document"
    ]
    with st.form(f"{name}_{drawn.token}", border=False, enter_to_submit=False):
        for field in fields:
            _widget(page, journal, field, drawn)
        if item is not None:
            st.text_input(
                "Why it changes",
                key=drawn.key(FREE_REASON),
                help="Needed where a baseline moves or an action is dropped.",
                max_chars=1000,
            )
        st.form_submit_button(
            label,
            on_click=_sent,
            args=(
                page,
                journal,
                name,
                kind,
                drawn,
                tuple(fields),
                dict(fixed or {}),
                added,
                figures,
            ),
        )


@dataclass(frozen=True)
class Drawn:
    """A form as it was drawn: its token, and the item and revision that it was drawn from."""

    token: str
    item: str | None
    revision: int | None
    values: Mapping[str, Any]

    @classmethod
    def now(cls, item: Item[Any] | None) -> "Drawn":
        """Return a new form, which holds what the item says now."""
        if item is None:
            return cls(uuid4().hex, None, None, {})
        return cls(uuid4().hex, item.id, item.revision, item.value.model_dump())

    def key(self, field: str) -> str:
        """Return the key of a field's widget."""
        return f"entry_{self.token}_{field}"


def _sent(
    page: Page,
    journal: Journal,
    name: str,
    kind: type[Kind],
    drawn: Drawn,
    fields: Sequence[FieldWords],
    fixed: Mapping[str, Any],
    added: Callable[[], Mapping[str, Any]],
    figures: Figures | None,
) -> None:
    values = {
        field.name: _value(field, st.session_state.get(drawn.key(field.name))) for field in fields
    }
    reason = str(st.session_state.get(drawn.key(FREE_REASON)) or "")
    if EVIDENCE in values:
        values[EVIDENCE] = _evidence(page, drawn, figures)
    whole = {**drawn.values, **values, **fixed, **added()}
    draft = Draft(kind.kind, whole, drawn.item, drawn.revision, reason, drawn.token)
    send(page, journal, name, draft)


def send(page: Page, journal: Journal, name: str, draft: Draft) -> Entered | None:
    """Enter something, and keep what the form `name` says about it; returns what was entered."""
    try:
        entered = journal.enter(who(page), draft)
    except PdqiError as error:
        st.session_state[f"told_{name}"] = Told(problems=tuple(map(str, error.problems)))
        return None
    done = f"Entered as {entered.item}." if draft.item is None else f"{entered.item} was changed."
    st.session_state[f"told_{name}"] = Told(done, crossed=entered.crossed)
    st.session_state.pop(f"form_{name}", None)
    return entered


def undo(page: Page, journal: Journal, item: Item[Any], name: str) -> None:
    """Undo the last entry about an item by a new one, and keep what the form says about it."""
    reason = str(st.session_state.get(f"why_{name}") or "")
    try:
        journal.undo(who(page), item.revision, reason, f"undo-{item.revision}-{name}")
    except PdqiError as error:
        st.session_state[f"told_{name}"] = Told(problems=tuple(map(str, error.problems)))


def who(page: Page) -> By:
    """Return who enters: the reader's role, and the role in the work that was chosen."""
    return By(page.facts.viewer.role.id, str(st.session_state.get(SAME_FIELD) or ""))


def told(name: str) -> None:
    """Show what the form said when it was last sent.

    It stays for a while: the second click of a double one begins the page anew at once, and would
    take the sentence away before it was read.
    """
    said: Told | None = st.session_state.get(f"told_{name}")
    if said is None:
        return
    if time.monotonic() - said.since > STAYS:
        del st.session_state[f"told_{name}"]
        return
    if said.problems:
        st.error("Nothing was entered. What you typed is still below. To mend:")
        for problem in said.problems:
            st.warning(plain(problem))
        return
    st.success(said.done)
    if said.crossed:
        other = said.crossed[0].entry
        st.warning(
            plain(
                f"Somebody else ({signed(page_by=other.by)}) changed it while you were typing,"
                f" {words.moment(other.at)}. Both entries are kept; yours came later and stands."
                " What differs:"
            )
        )
        rows = tuple((x.label, x.was, x.theirs, x.mine) for x in said.crossed)
        columns = ("Field", "It was", "The other entry", "Yours, which stands")
        parts.table(Table(columns, rows), f"crossed_{name}", "What differs", numbers=False)


def signed(page_by: By) -> str:
    """Return who entered something: the role in the work, else the reader's role."""
    return page_by.name or page_by.role


def _widget(page: Page, journal: Journal, field: FieldWords, drawn: Drawn) -> None:
    label = field.label if field.required else f"{field.label} (optional)"
    key, value = drawn.key(field.name), drawn.values.get(field.name)
    about: dict[str, Any] = {"key": key, "help": field.help or None}
    if field.shape == "choice":
        names = dict(field.choices)
        index = list(names).index(str(value)) if value in names else None
        if index is None and field.default is not None:
            index = list(names).index(str(field.default))
        st.selectbox(label, list(names), index=index, format_func=names.__getitem__, **about)
    elif field.shape == "list" and field.refers == "role":
        st.multiselect(
            label,
            _roles(page, *(value or ())),
            default=list(value or ()),
            accept_new_options=True,
            **about,
        )
    elif field.name == EVIDENCE:
        for each in value or ():
            st.markdown(f"Rests on: {plain(each['words'])}")
        st.text_area(f"{label}: one more" if value else label, key=key, help=field.help)
        st.checkbox(
            "Keep this view with it: its filters, and the headline figures as they are published",
            value=True,
            key=drawn.key(ATTACHED),
        )
    elif field.refers == "role":
        value = value or st.session_state.get(SAME_FIELD)
        options = _roles(page, value)
        index = options.index(value) if value else None
        st.selectbox(label, options, index=index, accept_new_options=True, **about)
    elif field.refers is not None:
        names = refers_to(page, journal, field.refers)
        if value and value not in names:
            names = {value: str(value), **names}
        index = list(names).index(value) if value else None
        st.selectbox(label, list(names), index=index, format_func=names.__getitem__, **about)
    elif field.shape == "date":
        st.date_input(label, value=value, format="DD/MM/YYYY", **about)
    elif field.shape == "number":
        st.number_input(
            label,
            value=value,
            min_value=field.least,
            max_value=field.most,
            step=field.step or 1,
            format="%.1f" if field.step else None,
            **about,
        )
    elif field.shape == "list":
        st.text_area(label, value="\n".join(value or ()), **about)
    elif field.shape == "text":
        st.text_area(label, value=value or "", **about)
    else:
        st.text_input(label, value=value or "", **about)


def _evidence(page: Page, drawn: Drawn, figures: Figures | None) -> list[Any]:
    """Return what a decision rests on: what it held, and what was typed, with this view."""
    held = list(drawn.values.get(EVIDENCE) or ())
    typed = str(st.session_state.get(drawn.key(EVIDENCE)) or "").strip()
    if not typed:
        return held
    if not st.session_state.get(drawn.key(ATTACHED)):
        return [*held, {"words": typed}]
    here = filters.spelt_out(page.choice, page.place.id)
    link = f"/{page.place.id}?{urlencode(here, safe=':.')}"
    return [*held, {"words": typed, "link": link, "figures": figures(page) if figures else None}]


def _value(field: FieldWords, typed: Any) -> Any:
    if field.shape == "list" and isinstance(typed, str):
        return [line.strip() for line in typed.splitlines() if line.strip()]
    if isinstance(typed, str):
        return typed.strip() or None
    return typed


def refers_to(page: Page, journal: Journal, what: str) -> dict[str, str]:
    """Return what a field may point to, each id with its name."""
    library, labels = page.facts.library, page.facts.labels
    if what == "meeting":
        found = sorted(journal.standing().of(Meeting), key=lambda x: x.value.day, reverse=True)
        return {item.id: f"Meeting of {words.day(item.value.day)}" for item in found}
    if what == "kpi":
        return {kpi.id: page.fill(kpi.name) for kpi in page.facts.service.kpis}
    if library is None:
        return {}
    refs = [ref for ref in library.items if ref.partition(":")[0] == what]
    return {ref.partition(":")[2]: name_of(ref, library, labels) for ref in refs}


def _roles(page: Page, *typed: str | None) -> list[str]:
    library = page.facts.library
    groups = library.workstreams.groups if library else ()
    found = [page.fill(role) for group in groups for role in group.roles]
    return list(dict.fromkeys([*found, *(each for each in typed if each)]))


def today() -> date:
    """Return the day on which the page is drawn."""
    return date.today()
