"""Teams beside each other: a funnel for shares, dots for the rest, the cascade side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from pdqi.charts import cascade as steps
from pdqi.charts import figures, funnel, rows
from pdqi.charts.references import Reference
from pdqi.charts.rows import Table
from pdqi.charts.theme import Mode, Spec
from pdqi.findings.between import FunnelFinding, Method, funnel_finding
from pdqi.findings.cascade import Cascade, cascades, same_step
from pdqi.findings.comparing import Comparison, against_others, teams_apart
from pdqi.findings.readings import Line
from pdqi.metrics.kpi import Kpi, PairedProportion, Proportion, Ratio, Steps, Tally
from pdqi.model import Published
from pdqi.ui import files, measurable, parts
from pdqi.ui.page import Page
from pdqi.ui.style import plain

METHODS: dict[Method, str] = {
    "simple": "Simple",
    "exact": "Exact binomial",
    "adjusted": "Adjusted for how much teams vary",
}
OVERLAP = (
    "Intervals that overlap do not prove that there is no difference, only that none is clear."
)
LOST = (
    "Lost means not there by the last day: some are still waiting for their next step, and not"
    " everybody needs every step."
)


@dataclass(frozen=True)
class Card:
    """A figure as it is shown for one scope: built once and kept."""

    said: tuple[str, ...]
    specs: tuple[tuple[str, Spec], ...]
    """Charts with the words above each."""
    notes: tuple[str, ...]
    numbers: tuple[tuple[str, Table], ...]
    """Tables with the words above each."""


def show(page: Page, kpis: Sequence[Kpi]) -> None:
    """Show every figure by team, in the order of config; counts are named and not compared."""
    compared = [kpi for kpi in kpis if not isinstance(kpi.kind, Tally)]
    page.facts.service.all_figures(page.choice.basis, page.facts.viewer, compared)
    method: Method = "simple"
    if any(_on_funnel(kpi) for kpi in compared):
        method = st.segmented_control(
            "Limits of funnels",
            list(METHODS),
            default="simple",
            key=f"limits_{kpis[0].section}",
            format_func=lambda name: METHODS[name],
            required=True,
            help="Simple limits agree with the 95% intervals: a team is outside where its interval"
            " excludes the share of all. Exact ones differ for small teams. Adjusted ones are wider"
            " where teams vary more than chance alone would make them.",
        )
    for kpi in compared:
        _card(page, kpi, method)
    counts = [plain(page.fill(kpi.name)) for kpi in kpis if isinstance(kpi.kind, Tally)]
    if counts:
        st.markdown(
            f"Not compared, because a large team counts more than a small one: {'; '.join(counts)}."
        )


def _on_funnel(kpi: Kpi) -> bool:
    return isinstance(kpi.kind, Proportion | PairedProportion) and not isinstance(kpi.kind, Ratio)


def _card(page: Page, kpi: Kpi, method: Method) -> None:
    published = page.figures(kpi.id)
    used = method if _on_funnel(kpi) else ""
    key = parts.drawn(page, "between", kpi.id, used)
    card: Card = parts.kept(key, lambda: _made(page, kpi, published, method, page.mode))
    shown = parts.lines_of(page, published)
    with st.container(key=f"card_between_{kpi.id}"):
        st.subheader(page.fill(kpi.name), anchor=f"between-{kpi.id}")
        for said in card.said[:1]:
            st.markdown(plain(said))
        st.markdown("\n".join(f"- {plain(said)}" for said in card.said[1:]))
        for place, (title, spec) in enumerate(card.specs):
            if title:
                st.markdown(f"**{plain(title)}**")
            parts.chart(spec, f"between_{kpi.id}_{place}")
        for note in card.notes:
            st.markdown(plain(note))
        parts.reference(page, kpi, shown, _with_references(page, kpi, card, shown))
        measurable.beside(page, kpi)
        if not card.numbers:
            return
        with st.expander("Numbers"):
            for place, (title, content) in enumerate(card.numbers):
                if title:
                    st.markdown(f"**{plain(title)}**")
                alt = f"{page.fill(kpi.name)} between teams: {title or 'numbers'}"
                parts.table(content, f"between_{kpi.id}_{place}", alt)
            if not page.facts.viewer.policy.cleared:
                st.markdown(parts.protection_note(page))
            files.offer(
                page,
                f"between_{kpi.id}",
                lambda: files.of_table(page, card.numbers[0][1]),
                _drawing(page, kpi, published, method, card),
            )


def _with_references(page: Page, kpi: Kpi, card: Card, shown: Sequence[Line]) -> Sequence[Line]:
    """Return the rows whose references the chart has: on a funnel, those of what is chosen."""
    if not card.specs:
        return ()
    return (parts.line_of(page, shown),) if _on_funnel(kpi) else shown


def _drawing(
    page: Page, kpi: Kpi, published: Published, method: Method, card: Card
) -> files.Drawing | None:
    if not card.specs:
        return None
    shown = parts.lines_of(page, published)
    known = parts.known_elsewhere(page, kpi, shown)
    keys = {line.key for line in _with_references(page, kpi, card, shown)}
    told = tuple(f"{item.origin}: {item.told}" for item in known if item.lines & keys)
    return files.Drawing(
        page.fill(kpi.name),
        lambda: _made(page, kpi, published, method, "light").specs[0][1],
        (*card.said, *card.notes, *told),
    )


def _made(page: Page, kpi: Kpi, published: Published, method: Method, mode: Mode) -> Card:
    if isinstance(kpi.kind, Steps):
        return _cascade(page, kpi, published, mode)
    shown = parts.lines_of(page, published)
    chosen, labels = parts.line_of(page, shown), page.facts.labels
    known = parts.known_elsewhere(page, kpi, shown)
    others, content = _others(page, kpi, published, shown, chosen)
    finding = funnel_finding(kpi, published, shown, chosen, labels, method)
    if finding is not None:
        return _funnel(page, kpi, finding, known, chosen, others, content, mode)
    found = teams_apart(kpi, published, shown, labels)
    said = found.sentence if found else ""
    spec = figures.chart(kpi, published, shown, chosen, labels, said, known, mode)
    numbers = rows.table(kpi, published, shown, labels, known)
    return Card(
        (*((said,) if said else ()), *others),
        (("", spec),) if spec else (),
        (OVERLAP,) if found else (),
        (("", numbers), *content),
    )


def _funnel(
    page: Page,
    kpi: Kpi,
    finding: FunnelFinding,
    known: Sequence[Reference],
    chosen: Line,
    others: tuple[str, ...],
    content: tuple[tuple[str, Table], ...],
    mode: Mode,
) -> Card:
    here = [item for item in known if chosen.key in item.lines]
    size = page.facts.labels.fill(kpi.denominator, begins=False).partition(";")[0]
    spec = funnel.chart(finding, f"How many: {size}", here, mode)
    stem = "case_" if isinstance(kpi.kind, PairedProportion) else ""
    heads = [
        page.fill(kpi.kind.field(f"{stem}{part}").words) for part in ("numerator", "denominator")
    ]
    numbers = funnel.table(finding, (heads[0], heads[1]))
    return Card(
        (finding.sentence, *others),
        (("", spec),) if spec else (),
        (finding.caution,) if finding.caution else (),
        (("", numbers), *content),
    )


def _others(
    page: Page, kpi: Kpi, published: Published, shown: Sequence[Line], chosen: Line
) -> tuple[tuple[str, ...], tuple[tuple[str, Table], ...]]:
    """Return people with the condition beside others: in words where chosen, and as a table."""
    labels = page.facts.labels
    found = [item for line in shown if (item := against_others(kpi, published, line, labels))]
    if not found or isinstance(kpi.kind, Ratio):
        return (), ()
    here = [item for item in found if item.line.key == chosen.key]
    told = here or [item for item in found if item.line.key in chosen.teams]
    title = page.fill("{people} and others")
    return tuple(item.sentence for item in told), ((title, _beside(page, found)),)


def _beside(page: Page, found: Sequence[Comparison]) -> Table:
    short = page.fill("{short}")
    if any(item.difference for item in found):
        columns = ("Scope", short, "Others", "Ratio", "Difference in points", "Verdict")
        return Table(
            columns,
            tuple((i.line.name, i.case, i.other, i.ratio, i.difference, i.answer) for i in found),
        )
    return Table(
        ("Scope", short, "Others", "Verdict"),
        tuple((item.line.name, item.case, item.other, item.answer) for item in found),
    )


def _cascade(page: Page, kpi: Kpi, published: Published, mode: Mode) -> Card:
    shown = parts.lines_of(page, published)
    chosen, labels = parts.line_of(page, shown), page.facts.labels
    here = [line for line in shown if line.key in (*chosen.teams, chosen.key, "system")]
    by_team = cascades(kpi, published, [(line.name, line, None) for line in here], labels)
    treatments = page.facts.service.config.treatments
    named = [(item.name, chosen, item.id) for item in treatments]
    by_treatment = cascades(kpi, published, named, labels)
    own = [item for item in by_team if item.line.key == chosen.key]
    teams = [item for item in by_team if item.line.kind == "team"]
    said = [item.lost for item in own]
    if len(teams) > 1:
        said.append(same_step(teams, "teams"))
    specs = _side(by_team, "By team", chosen.name, mode)
    specs += _side(by_treatment, f"{chosen.name}, by treatment", "", mode)
    heading = page.fill(kpi.kind.counts[0].words)
    numbers = (
        ("By team", steps.table(by_team, "Scope", heading)),
        (f"{chosen.name}, by treatment", steps.table(by_treatment, "Treatment", heading)),
    )
    return Card(
        tuple(text for text in said if text),
        specs,
        (LOST,),
        tuple(item for item in numbers if item[1].rows),
    )


def _side(
    found: Sequence[Cascade], title: str, bold: str, mode: Mode
) -> tuple[tuple[str, Spec], ...]:
    said = f"{title}: {' '.join(item.lost for item in found)}"
    spec = steps.side_by_side(found, bold, said, mode)
    return ((title, spec),) if spec else ()
