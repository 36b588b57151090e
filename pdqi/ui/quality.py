"""The Data quality page: what each view shows, in which order."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pdqi.findings.measurable import EVERY_STATE
from pdqi.metrics.kpi import Kpi
from pdqi.metrics.kpis import quality_people as quality_people_kpis
from pdqi.metrics.kpis import quality_words
from pdqi.metrics.kpis.quality import QUALITY_ITEMS, QUALITY_SOURCES
from pdqi.ui import (
    disagreements,
    gaps,
    new_extract,
    overview,
    parts,
    quality_days,
    quality_fields,
    quality_people,
    quality_trend,
    weak,
)
from pdqi.ui.page import Page


@dataclass(frozen=True)
class Section:
    """A part of a view: its anchor, its heading, and what draws it."""

    id: str
    name: str
    show: Callable[[Page], None]


@dataclass(frozen=True)
class View:
    """One way to look at the data: what it shows in a sentence or two, and its parts."""

    about: str
    sections: tuple[Section, ...]
    kpis: tuple[Kpi, ...] = ()
    """What it shows of the data in the period, which is best worked out together."""
    of_everybody: bool = True
    """Whether rows and people are counted whatever definition and ages are chosen; otherwise it
    shows what the data could do to the pathway's figures too."""


def measurable(page: Page) -> None:
    """Show how far what was asked for could be measured."""
    content = overview.not_measurable(page, EVERY_STATE)
    parts.table(content, "measurable", "What can be measured, and what cannot", numbers=False)


VIEWS: Mapping[str, View] = {
    "weak": View(
        "What is not known about people under care in what is chosen, and how far figures could"
        " move at worst if it were.",
        (
            Section("known", "What is known of people", quality_people.known),
            Section("touched", "What that could do to figures", weak.show),
            Section("measurable", "What could be measured", measurable),
        ),
        quality_people_kpis.KPIS,
        of_everybody=False,
    ),
    "fields": View(
        "How complete and how valid each field is. Case definition and ages make no difference"
        " here: rows of everybody are counted.",
        (
            Section("fields", "Each field", quality_fields.fields),
            Section("trend", "Over time", quality_trend.trend),
            Section("teams", "By team", quality_fields.teams),
            Section("sources", "By source", quality_fields.sources),
        ),
        (QUALITY_ITEMS, QUALITY_SOURCES),
    ),
    "language": View(
        "In what words teams say whom they mean, and how sure they are. Entries of the period are"
        " counted, of everybody, whichever case definition is chosen.",
        (
            Section("said", "How it is said", quality_people.said),
            Section("terms", "Which words are used", quality_people.terms),
            Section("certainty", "How sure teams are", quality_people.certainty),
        ),
        quality_words.KPIS,
    ),
    "months": View(
        "Days that contradict each other, months in which records stopped, and records that came"
        " late. Case definition and ages make no difference here.",
        (
            Section("days", "Days that cannot be right", quality_days.impossible),
            Section("drops", "Sudden drops", quality_days.drops),
            Section("late", "How late records come", quality_days.late),
        ),
    ),
    "files": View(
        "This is about everything that was loaded, whatever filters are chosen.",
        (
            Section("rows", "Where the rows of each file went", gaps.rows_of_files),
            Section("reasons", "Why rows were left out", gaps.reasons),
            Section("list", "The list of rows that were left out", gaps.left_out_list),
            Section("disagreements", "Where sources disagree", disagreements.show),
            Section("oddities", "What was odd about rows that were kept", gaps.oddities),
        ),
    ),
    "new": View(
        "This is about files that nobody has loaded yet, whatever filters are chosen.",
        (Section("try", "Try a new extract", new_extract.show),),
    ),
}


def about(page: Page) -> str:
    """Return what the chosen view shows."""
    return VIEWS[page.choice.options["quality"]].about


def chosen(page: Page) -> tuple[Section, ...]:
    """Return the parts of the chosen view, once what they show is worked out."""
    view, facts = VIEWS[page.choice.options["quality"]], page.facts
    basis = quality_fields.whole_basis(page) if view.of_everybody else page.choice.basis
    figures = () if view.of_everybody else facts.service.kpis
    facts.service.all_figures(basis, facts.viewer, (*figures, *view.kpis))
    return view.sections
