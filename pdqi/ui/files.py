"""Files that a reader may take away: a table as CSV, a chart as PNG and SVG.

None is made before its button is pressed. Each says what it is about, as the page does.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st

from pdqi.charts import images, sheet
from pdqi.charts.rows import Table
from pdqi.charts.theme import Spec
from pdqi.ui import filters
from pdqi.ui.page import INVENTED, MEANING, Page, provenance


@dataclass(frozen=True)
class Drawing:
    """A chart as it goes into a file: its title, how it is drawn in light colours, and its notes.

    `of_data` is False for a picture that shows no figure: it then says nothing of filters.
    """

    title: str
    spec: Callable[[], Spec]
    notes: tuple[str, ...] = ()
    of_data: bool = True


def offer(page: Page, key: str, csv: Callable[[], bytes], drawing: Drawing | None = None) -> None:
    """Show the buttons of a table and, where there is one, of its chart, in one row.

    `key` names the widgets and the files.
    """
    with st.container(horizontal=True, key=f"files_{key}"):
        st.download_button(
            "Download as CSV",
            csv,
            name(page, key, "csv"),
            "text/csv",
            key=f"csv_{key}",
            on_click="ignore",
        )
        if drawing is None:
            return
        for form, kind in images.MIME.items():
            st.download_button(
                f"Download as {form.upper()}",
                partial(_drawn, page, form, drawing),
                name(page, f"{key}_{page.choice.scope.key}", form),
                kind,
                key=f"{form}_{key}",
                on_click="ignore",
            )


def _drawn(page: Page, form: images.Form, drawing: Drawing) -> bytes:
    return images.image(form, drawing.spec(), caption(page, drawing))


def caption(page: Page, drawing: Drawing) -> images.Caption:
    """Return the words of a picture: the same that stand round its chart on the page."""
    service = page.facts.service
    organisation, pathway = service.config.organisation, service.config.pathway
    said = about(page)
    source = f"{organisation.name} · {pathway.name}"
    if not drawing.of_data:
        return images.Caption(
            drawing.title, notes=drawing.notes, marking=said["marking"], source=source
        )
    return images.Caption(
        drawing.title,
        filters.in_words(page.choice, service),
        drawing.notes,
        f"{said['marking']} · {'exact counts' if said['counts'] == 'exact' else said['counts']}",
        f"{source} · {provenance(page.facts)}",
        f"{INVENTED} {MEANING}" if service.manifest.demonstration else "",
    )


def about(page: Page) -> Mapping[str, str]:
    """Return the first columns of every CSV: what the figures are, and what they rest on."""
    service, basis = page.facts.service, page.choice.basis
    config, cleared = service.config, page.facts.viewer.policy.cleared
    marking = config.organisation.marking_cleared if cleared else config.organisation.marking
    return {
        "data": "INVENTED DATA" if service.manifest.demonstration else "recorded data",
        "marking": marking,
        "counts": "exact" if cleared else "small numbers protected",
        "period_from": basis.period.first.isoformat(),
        "period_to": basis.period.last.isoformat(),
        "case_definition": config.definition(basis.definition).name,
        "age_band": config.age_band(basis.age_band).name,
        "data_version": service.manifest.version,
        "definitions_version": config.digest,
    }


def of_table(page: Page, content: Table) -> bytes:
    """Return a table as CSV, with what it is about in its first columns."""
    said = about(page)
    return sheet.as_csv([*said, *content.columns], [[*said.values(), *row] for row in content.rows])


def of_words(page: Page, content: Table) -> bytes:
    """Return a table of what people entered as CSV: it has a marking and no period."""
    return _about(page, content, ("data", "marking"))


def of_rows(page: Page, content: Table) -> bytes:
    """Return a table about everything that was loaded as CSV: whatever filters are chosen."""
    return _about(page, content, ("data", "marking", "data_version"))


def _about(page: Page, content: Table, names: Sequence[str]) -> bytes:
    said = {name: about(page)[name] for name in names}
    return sheet.as_csv([*said, *content.columns], [[*said.values(), *row] for row in content.rows])


def name(page: Page, what: str, ending: str) -> str:
    """Return the name of a file: what, period, definition, and a mark on invented data.

    Any system can hold it: no sign in it is one that Windows refuses.
    """
    basis = page.choice.basis
    invented = "_invented" if page.facts.service.manifest.demonstration else ""
    period = basis.period.key.replace("..", "_to_")
    whole = f"{what}_{period}_{basis.definition}{invented}.{ending}"
    return re.sub(r"[^A-Za-z0-9_.-]+", "_", whole)
