"""A new extract on the Data quality page: its mapping drafted, and what a load would do with it."""

import hashlib
from collections.abc import Mapping

import streamlit as st

from pdqi.errors import PdqiError
from pdqi.ingest import trying
from pdqi.ingest.drafting import Draft
from pdqi.quality import quarantine
from pdqi.ui import parts
from pdqi.ui.page import Page
from pdqi.ui.style import plain

KEPT = "new_extract_draft"
KINDS = ["csv", "tsv", "txt", "xlsx", "parquet"]


def show(page: Page) -> None:
    """Let a cleared reader try the files of a source before anybody loads them."""
    config, viewer = page.facts.service.config, page.facts.viewer
    if not quarantine.may_see(viewer):
        roles = plain(", ".join(quarantine.roles_that_may(config))) or "none in config.yaml"
        st.markdown(
            "Here extracts can be tried before they are loaded. They are rows of people, so only"
            f" roles that are cleared for exact counts may do that: {roles}."
        )
        return
    st.markdown(
        "Give the files that one keeper sends. A mapping is drafted from columns and contents,"
        " and then you see what a load would store, leave out, and why. The files are kept nowhere:"
        " they are looked at in a temporary folder of this server, alone, without what the store"
        " holds. Large files are tried on the command line: `python3 start.py map` and"
        " `python3 start.py load --dry-run`."
    )
    sent = st.file_uploader("Files of one source", type=KINDS, accept_multiple_files=True)
    if not sent:
        return
    files = {file.name: file.getvalue() for file in sent}
    draft = _draft(page, files)
    if draft is None:
        return
    _say(draft)
    mapping = st.text_area(
        "The mapping, to read through and to correct",
        draft.text,
        height=420,
        key=f"new_extract_{_mark(files)}",
    )
    st.download_button("Download the mapping", mapping, "mapping.yaml", "application/yaml")
    if parts.pressed("Try the load", "new_extract_try", main=True):
        try:
            with st.spinner("Trying the load; nothing is stored"):
                report = trying.rehearsed(files, mapping, config)
        except PdqiError as error:
            _sorry(error)
            return
        st.code(report.as_text(), language=None, wrap_lines=False)


def _draft(page: Page, files: Mapping[str, bytes]) -> Draft | None:
    """Return the draft for files; it is made once."""
    mark = _mark(files)
    known = st.session_state.get(KEPT)
    if known is not None and known[0] == mark:
        return known[1]  # type: ignore[no-any-return]
    try:
        draft = trying.drafted(files, page.facts.service.config)
    except PdqiError as error:
        _sorry(error)
        return None
    st.session_state[KEPT] = (mark, draft)
    return draft


def _mark(files: Mapping[str, bytes]) -> str:
    found = hashlib.sha256()
    for name, data in files.items():
        found.update(repr((name, len(data))).encode())
        found.update(data)
    return found.hexdigest()[:12]


def _say(draft: Draft) -> None:
    for heading, sentences in (
        ("What each file was taken for", draft.said),
        ("To fill in before it can be loaded", draft.must),
        ("To look at", draft.look),
    ):
        if sentences:
            st.markdown(f"**{heading}**\n\n" + "\n".join(f"- {plain(each)}" for each in sentences))


def _sorry(error: PdqiError) -> None:
    st.error("\n".join(f"- {plain(str(problem))}" for problem in error.problems))
