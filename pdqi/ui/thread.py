"""The thread of whatever was chosen, on any page: a compact picture, and a list of links.

What is chosen stands in the link as `thread=gap:B2`. A page calls `choose`, which draws the list
to choose from, and `show` with any reference.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import streamlit as st

from pdqi.charts import theme
from pdqi.charts import thread as drawn
from pdqi.charts.theme import Spec
from pdqi.content import Library
from pdqi.findings.thread import GROUPS, Knot, Thread, heading, kind_words, name_of, thread
from pdqi.journal import Item, Standing
from pdqi.journal.items import Action, Decision, PdsaCycle, WorkstreamStatus
from pdqi.journal.registers import ordered
from pdqi.labels import capitalised
from pdqi.metrics.catalogue import CATALOGUE
from pdqi.ui import filters, parts
from pdqi.ui.filters import NO_THREAD, THREAD
from pdqi.ui.live import measures
from pdqi.ui.page import PLACES, Page, page_of
from pdqi.ui.style import plain

PAGES = {
    "voice": "voices",
    "focus_group": "voices",
    "workstream": "workstreams",
    "group": "workstreams",
    "issue": "process_map",
    "node": "process_map",
    "arrow": "process_map",
    "lane": "process_map",
    "kpi": "findings",
    "published": "findings",
    "mark": "findings",
    "rebase": "findings",
    "data_type": "findings",
    "measurability": "data_quality",
    "lesson": "data_quality",
    "source": "definitions",
    "term": "definitions",
}
"""Where each kind of item is at home; the others are boxes of the driver diagram."""
SECTIONS = {kpi.id: kpi.section for kpi in CATALOGUE}


def chosen(page: Page) -> str | None:
    """Return the reference that the link or the reader chose, or None."""
    ref = page.choice.options.get(THREAD, NO_THREAD)
    library = page.facts.library
    return None if library is None or ref not in library.refs else ref


def choose(page: Page) -> None:
    """Draw the list to choose from, and the thread of what is chosen."""
    kinds = [kind for group in GROUPS.values() for kind in group]
    ref = choice(page, "Show the thread of", kinds)
    if ref is not None:
        show(page, ref)


def choice(page: Page, label: str, kinds: Sequence[str]) -> str | None:
    """Draw the list of all items of these kinds, and return the one that is chosen, if any."""
    library = page.facts.library
    if library is None:
        return None
    ref = chosen(page)
    items = sorted(
        (each for each in library.refs if each.partition(":")[0] in kinds),
        key=lambda each: (kinds.index(each.partition(":")[0]), each),
    )
    options = [NO_THREAD, *([ref] if ref and ref not in items else []), *items]
    st.selectbox(
        label,
        options,
        key=THREAD,
        format_func=lambda each: (
            "Nothing chosen" if each == NO_THREAD else called(page, library, each)
        ),
    )
    return ref


def pick(ref: str) -> None:
    """Choose an item that was clicked; an empty reference chooses nothing."""
    st.session_state[THREAD] = ref or NO_THREAD


def show(page: Page, ref: str) -> None:
    """Show the thread of an item: what it holds, a picture, and every item as a link.

    Raises `RequestError` where the content has no such item.
    """
    library = page.facts.library
    if library is None:
        return
    held = (each.partition(":") for each in library.thread(ref))
    kpis = [name for kind, _, name in held if kind == "kpi"]
    standing = _standing(page)
    work = {
        x.value.workstream: f"delivery {x.value.status.words.lower()}"
        for x in (standing.of(WorkstreamStatus) if standing else ())
    }
    found = thread(ref, library, page.facts.labels, measures(page, kpis), work)
    with st.container(key="thread_shown"):
        st.header(f"Thread of {plain(heading(found))}", anchor="thread")
        if found.of.status:
            st.markdown(plain(f"{capitalised(found.of.status)}."))
        st.markdown(plain(found.summary))
        for end in found.of.open_ends:
            st.markdown(f"**Open end:** {plain(end)}")
        if found.groups:
            _picture(page, library, found)
        for name, knots in found.groups.items():
            _group(page, name, knots, found.of.ref)
        if standing:
            works = {knot.ref.partition(":")[2] for knot in found.groups.get("Workstreams", ())}
            ideas = {knot.ref.partition(":")[2] for knot in found.groups.get("Change ideas", ())}
            _recorded(page, standing, works, ideas)


def _standing(page: Page) -> Standing | None:
    """Return what people entered, as far as the reader may see it."""
    return page.facts.journal.standing() if page.facts.items and page.facts.journal else None


RECORDED: tuple[tuple[str, type[Any], str], ...] = (
    ("Decisions", Decision, "decisions"),
    ("Actions", Action, "actions"),
)


def _recorded(
    page: Page, standing: Standing, works: Collection[str], ideas: Collection[str]
) -> None:
    """Show what meetings recorded about the workstreams and ideas of a thread, each as a link."""
    for name, kind, part in RECORDED:
        found = [x for x in standing.of(kind) if x.value.workstream in works]
        _entered(page, name, part, [(x.id, called_item(x)) for x in ordered(kind, found)])
    cycles = [x for x in standing.of(PdsaCycle) if x.value.idea in ideas]
    _entered(page, "PDSA cycles", "work", [(x.id, called_item(x)) for x in cycles])


def _entered(page: Page, name: str, part: str, found: Sequence[tuple[str, str]]) -> None:
    if not found:
        return
    place = next(item for item in PLACES if item.id == "workstreams")
    with st.container(gap=None):
        st.markdown(f"**{name}**")
        for item, said in found:
            link = filters.spelt_out(page.choice, place.id, part=part, item=item)
            st.page_link(page_of(place), label=plain(said), query_params=link)


def called_item(item: Item[Any]) -> str:
    """Return an item of the journal in a line: `D2 (asked): Shall the panel meet?`."""
    value = item.value
    state = f" ({value.state.words.lower()})" if hasattr(value, "state") else ""
    text = next(getattr(value, x) for x in ("what", "text", "question") if hasattr(value, x))
    return f"{item.id}{state}: {text}"


def _picture(page: Page, library: Library, found: Thread) -> None:
    spec: Spec = parts.kept(
        parts.drawn(page, "thread", found.of.ref),
        lambda: drawn.picture(found, library, theme.palette(page.mode)),
    )
    parts.picture(spec, "thread", picked=pick, again=found.of.ref)


def _group(page: Page, name: str, knots: Iterable[Knot], ref: str) -> None:
    with st.container(gap=None):
        st.markdown(f"**{name}**")
        for knot in knots:
            label = plain(knot.said)
            if knot.dropped:
                label = f"~~{plain(knot.name)}~~ · {plain(knot.status)}"
            ends = "".join(f" · **open end:** {plain(end)}" for end in knot.open_ends)
            here = "**chosen:** " if knot.ref == ref else ""
            link(page, knot.ref, f"{here}{label}{ends}")


def link(page: Page, ref: str, label: str) -> None:
    """Show a link to where an item is at home, with all that is chosen; `label` is Markdown."""
    home = PAGES.get(ref.partition(":")[0], "driver_diagram")
    place = next(item for item in PLACES if item.id == home)
    st.page_link(page_of(place), label=label, query_params=_parameters(page, ref, home))


def _parameters(page: Page, ref: str, home: str) -> dict[str, str]:
    if home != "findings":
        return filters.spelt_out(page.choice, home, thread=ref)
    library = page.facts.library
    near = (ref, *(x.ref for x in library.about(ref))) if library else (ref,)
    sections = [SECTIONS.get(each.partition(":")[2]) for each in near if each.startswith("kpi:")]
    section = next((item for item in sections if item), filters.EVERY_SECTION)
    return filters.spelt_out(page.choice, home, section=section)


def called(page: Page, library: Library, ref: str) -> str:
    """Return what kind of item it is and its name: `Gap B2: Treatment does not come in time`."""
    return f"{capitalised(kind_words(ref))} {name_of(ref, library, page.facts.labels)}"
