"""Snapshots on their page: choose for whom, look at what will be in it, make files, prove, compare.

A reader makes them for readers who see as much as they do themselves or less, and sees those that
were made so. A press of any button ends what is being made.
"""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from pdqi import words
from pdqi.charts.rows import Table
from pdqi.config import Permission, Policy, Role
from pdqi.errors import JournalError, PdqiError
from pdqi.journal import Standing
from pdqi.snapshot import folder, said
from pdqi.snapshot.compare import compare
from pdqi.snapshot.folder import Kept
from pdqi.snapshot.frozen import Snapshot
from pdqi.snapshot.make import MOST_CHARACTERS, make
from pdqi.snapshot.pack import FORMS, Form, pack, stem
from pdqi.snapshot.sections import PAGES, pages_of
from pdqi.snapshot.verify import verify
from pdqi.ui import facts, parts
from pdqi.ui.page import Page
from pdqi.ui.style import plain

FULL, BRIEF = "full", "briefing"
KINDS = {FULL: "Full pack", BRIEF: "Briefing of two to four pages"}
PREVIEW = "snapshot_preview"
MOST_TOLD = 50
"""How many differences are listed."""


def make_one(page: Page) -> None:
    """Show the form of a new snapshot, then what is in it, then its files."""
    config, viewer = page.facts.service.config, page.facts.viewer
    st.markdown(
        "A snapshot freezes figures with their definitions for the readers it is made for, and is"
        " never changed. Its files can be taken, and it can be compared and proved, at any time."
    )
    refused = config.refusal(viewer.role.id, Permission.MAKE_SNAPSHOT)
    if refused:
        st.markdown(plain(refused))
        return
    st.markdown(
        "Look at it first: it is made of what is chosen at the side, and is kept only when you say"
        " so."
    )
    names = {role.id: role.name for role in _audiences(page)}
    columns = st.columns(2)
    audience = columns[0].selectbox(
        "For whom",
        list(names),
        format_func=lambda role: names[role],
        key="snapshot_for",
        help="Their role decides whether small numbers are protected. Only readers who see as much"
        " as you do, or less, can be chosen.",
    )
    kind = columns[1].selectbox(
        "Size", list(KINDS), format_func=lambda name: KINDS[name], key="snapshot_kind"
    )
    usual = list(pages_of(briefing=kind == BRIEF))
    titles = {item.id: item.name for item in PAGES}
    pages = st.multiselect(
        "Parts",
        list(titles),
        default=usual,
        format_func=lambda name: titles[name],
        key=f"snapshot_pages_{kind}",
    )
    st.text_input("Name, if it should have one", max_chars=MOST_CHARACTERS, key="snapshot_name")
    if parts.pressed("Look at what will be in it", "snapshot_look", disabled=not pages):
        _preview(page, str(audience), pages, brief=kind == BRIEF)
    found: Snapshot | None = st.session_state.get(PREVIEW)
    if found is not None:
        _shown(page, found)


def _audiences(page: Page) -> list[Role]:
    service, own = page.facts.service, page.facts.viewer.policy
    return [
        role
        for role in service.config.roles
        if own.cleared or service.viewer(role.id).policy == own
    ]


def _preview(page: Page, audience: str, pages: Sequence[str], *, brief: bool) -> None:
    st.session_state.pop(PREVIEW, None)
    service, choice = page.facts.service, page.choice
    try:
        with st.spinner("Working out the figures. Press any button or choose anything to stop."):
            st.session_state[PREVIEW] = make(
                service,
                page.facts.library,
                service.viewer(audience),
                choice.basis,
                choice.scope,
                _standing(page, audience),
                maker=page.facts.viewer.role.id,
                briefing=brief,
                pages=pages,
                name=st.session_state.get("snapshot_name", ""),
            )
    except PdqiError as error:
        _sorry(error)


def _standing(page: Page, audience: str) -> Standing | None:
    """Return what people entered, if maker and audience may read it."""
    journal = page.facts.journal
    roles = (page.facts.viewer.role.id, audience)
    if journal is None or any(journal.may(role, Permission.READ_JOURNAL) for role in roles):
        return None
    try:
        return journal.standing()
    except JournalError:
        return None


def _shown(page: Page, found: Snapshot) -> None:
    """Show what is in a snapshot that is not yet kept, and keep it where that is wanted."""
    with st.container(key="card_snapshot_preview"):
        st.subheader("What will be in it", anchor="preview")
        _about(found)
        _contents(found)
        if parts.pressed("Keep this snapshot", "snapshot_keep", main=True):
            try:
                folder.keep(found, _folder(page))
            except PdqiError as error:
                _sorry(error)
                return
            st.session_state.pop(PREVIEW, None)
            st.session_state["snapshot_chosen"] = found.id
            st.rerun()


def _about(found: Snapshot) -> None:
    about = found.about
    if about.invented:
        st.markdown(f"**{plain(about.invented)}**")
    if about.name:
        st.markdown(f"**{plain(about.name)}**")
    st.markdown(f"**{plain(about.chosen)}**")
    st.markdown(plain(said.marking(about)))
    st.markdown(plain(said.provenance(found)))


def _contents(found: Snapshot) -> None:
    """Show each part with how much is in it and what is hidden, and what is left out and why."""
    rows = []
    for section in found.sections:
        sheets = [x.sheet for x in section.exhibits if x.sheet]
        cells = [cell for sheet in sheets for row in sheet.rows for cell in row]
        hidden = sum(cell == "suppressed" for cell in cells)
        drawn = sum(x.spec is not None for x in section.exhibits)
        rows.append((section.title, str(len(sheets)), str(drawn), words.count(hidden)))
    columns = ("Part", "Tables", "Charts", "Figures hidden to protect small numbers")
    parts.table(Table(columns, tuple(rows)), f"snapshot_{found.id}", "What is in the snapshot")
    left = [f"{s.title}: {why}" for s in found.sections for why in s.left_out]
    if left:
        st.markdown("**Left out, and why**")
        st.markdown("\n".join(f"- {plain(each)}" for each in left))


def kept(page: Page) -> None:
    """Show the snapshots that the reader may see: each with its files, its proof, its remarks."""
    every = folder.listed(_folder(page))
    seen = [each for each in every if each.snapshot is None or _may_see(page, each.snapshot)]
    if len(seen) < len(every):
        st.markdown(f"{len(every) - len(seen)} more were made for readers who see exact counts.")
    for damaged in (each for each in seen if each.snapshot is None):
        st.warning(plain(f"{damaged.name} cannot be used: {damaged.problem}"))
    whole = {each.name: each for each in seen if each.snapshot is not None}
    if not whole:
        st.markdown("No snapshot has been kept yet.")
        return
    _list(whole)
    if st.session_state.get("snapshot_chosen") not in whole:
        st.session_state["snapshot_chosen"] = next(iter(whole))
    chosen = st.selectbox("Snapshot", list(whole), key="snapshot_chosen")
    one = whole[chosen]
    assert one.snapshot is not None
    with st.container(key="card_snapshot_kept"):
        _about(one.snapshot)
        with st.expander("What is in it"):
            _contents(one.snapshot)
        _files(one.snapshot)
        _prove(page, one.snapshot)
        _compare(page, one.snapshot, whole)
        _remarks(page, one)


def _may_see(page: Page, found: Snapshot) -> bool:
    """Say whether a reader sees as much as those for whom a snapshot was made."""
    own: Policy = page.facts.viewer.policy
    return own.cleared or (not found.about.cleared and found.about.policy == own.id)


def _list(whole: dict[str, Kept]) -> None:
    rows = [
        (
            name,
            each.snapshot.about.name,
            words.day(each.snapshot.about.made_at.date()),
            "Briefing" if each.snapshot.about.briefing else "Full pack",
            each.snapshot.about.audience,
            each.snapshot.about.chosen,
            each.remarks[-1].text if each.remarks else "",
        )
        for name, each in whole.items()
        if each.snapshot is not None
    ]
    columns = ("Snapshot", "Name", "Made", "Size", "For", "Of what", "Latest remark")
    parts.table(Table(columns, tuple(rows)), "snapshots", "Kept snapshots", numbers=False)


def _files(found: Snapshot) -> None:
    forms: list[Form] = st.multiselect(
        "Files",
        list(FORMS),
        default=["pptx", "pdf", "xlsx", "html"],
        format_func=lambda form: f"{form.upper()}: {FORMS[form]}",
        key="snapshot_forms",
    )
    ready = st.session_state.get("snapshot_pack")
    made_for = (found.id, tuple(forms))
    if parts.pressed("Make the files", "snapshot_make", disabled=not forms):
        ready = None
        st.session_state.pop("snapshot_pack", None)
        # Whatever is pressed, the next step of the bar ends the work.
        st.button("Cancel", key="snapshot_cancel")
        bar = st.progress(0.0, "Beginning")

        def tell(what: str, done: int, of: int) -> None:
            bar.progress(done / max(of, 1), plain(what))

        try:
            data = pack(found, forms, tell)
        except PdqiError as error:
            _sorry(error)
            return
        bar.progress(1.0, "Ready")
        ready = (made_for, data)
        st.session_state["snapshot_pack"] = ready
    if ready is not None and ready[0] == made_for:
        size = f"{len(ready[1]) / 1_000_000:.1f} MB"
        st.download_button(
            f"Download the pack ({size})",
            ready[1],
            f"{stem(found)}.zip",
            "application/zip",
            key="snapshot_download",
            on_click="ignore",
        )


def _prove(page: Page, found: Snapshot) -> None:
    if not parts.pressed("Verify against the data", "snapshot_verify"):
        return
    config, library = page.facts.service.config, page.facts.library
    try:
        with st.spinner("Working the figures out again"):
            verdict = verify(found, facts.store_folder(), config, library)
    except PdqiError as error:
        _sorry(error)
        return
    for note in verdict.notes:
        st.markdown(plain(note))
    if verdict.equal:
        st.success("The snapshot is whole, and every figure is equal.")
        return
    number = len(verdict.differences)
    st.warning(f"The snapshot is whole. {number} lines differ from what the data say now:")
    st.markdown("\n".join(f"- {plain(each)}" for each in verdict.differences[:MOST_TOLD]))
    if number > MOST_TOLD:
        st.markdown(f"{number - MOST_TOLD} more are not listed here; the command lists all.")


def _compare(page: Page, found: Snapshot, whole: dict[str, Kept]) -> None:
    others = {name: each.snapshot for name, each in whole.items() if name != found.id}
    if not others:
        return
    other = st.selectbox(
        "Compare with", list(others), index=None, key="snapshot_other", placeholder="No other"
    )
    beside = others.get(other) if other else None
    if beside is None:
        return
    try:
        with st.spinner("Telling the reasons apart"):
            compared = compare(found, beside, facts.store_folder(), page.facts.library)
    except PdqiError as error:
        _sorry(error)
        return
    st.markdown("\n".join(f"- {plain(each)}" for each in compared.said))
    parts.table(compared.content, "snapshots_compared", "Both snapshots", numbers=False)


def _remarks(page: Page, one: Kept) -> None:
    for each in one.remarks:
        role = page.facts.service.config.role(each.role).name if each.role else ""
        st.markdown(plain(f"{words.day(each.at.date())}, {role}: {each.text}"))
    role = page.facts.viewer.role.id
    if page.facts.service.config.refusal(role, Permission.MAKE_SNAPSHOT):
        return
    with st.form("snapshot_remark", clear_on_submit=True, border=False):
        st.text_input("Remark", max_chars=folder.MOST_CHARACTERS, key="snapshot_text")
        place = _folder(page)
        st.form_submit_button(
            "Write it beside the snapshot", on_click=_write, args=(place, one.name, role)
        )
    for problem in st.session_state.pop("snapshot_refused", ()):
        st.error(plain(problem))


def _write(place: Path, name: str, role: str) -> None:
    try:
        folder.remark(place, name, role, st.session_state["snapshot_text"])
    except PdqiError as error:
        st.session_state["snapshot_refused"] = [str(problem) for problem in error.problems]


def _folder(page: Page) -> Path:
    service = page.facts.service
    invented = service.manifest.demonstration
    return folder.place(facts.store_folder(), service.config, demonstration=invented)


def _sorry(error: PdqiError) -> None:
    for problem in error.problems:
        st.error(plain(str(problem)))
