"""Which figures the findings page shows, and in which view."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pdqi.metrics.catalogue import SECTIONS, Section
from pdqi.metrics.kpi import Kpi
from pdqi.ui import between, depends, now, over_time, waits
from pdqi.ui.filters import EVERY_SECTION
from pdqi.ui.page import Page

DRAWN_ELSEWHERE = frozenset({"transitions"})
"""Moves between teams are the process map."""


@dataclass(frozen=True)
class View:
    """One way to look at figures: what it shows in a sentence or two, and what draws it."""

    about: str
    show: Callable[[Page, Sequence[Kpi]], None]
    of_period: bool = True
    """Whether it shows figures of the chosen period, which are best worked out together."""


VIEWS: Mapping[str, View] = {
    "now": View(
        "Dots are values and lines their 95% intervals. Rows stand in a fixed order, which is no"
        " ranking. A diamond or bold name marks what is chosen.",
        now.show,
    ),
    "months": View(
        "Each figure month by month: does it change by more than chance would have it?",
        over_time.show,
        of_period=False,
    ),
    "between": View(
        "Which teams differ from the others by more than chance would have it? Teams stand in a"
        " fixed order, which is no ranking.",
        between.show,
    ),
    "lengths": View(
        "How long people wait and how long care lasts, with those counted who wait or stay still.",
        waits.show,
    ),
    "depends": View(
        "How much does the answer depend on the definition? Each figure as it would be with one"
        " setting changed: whom to count, which gap joins episodes, how far back is looked, which"
        " treatments count.",
        depends.show,
    ),
}


def about(page: Page) -> str:
    """Return what the chosen view shows."""
    return VIEWS[page.choice.options["view"]].about


def chosen(page: Page) -> tuple[Section, ...]:
    """Return the section that was chosen, or all."""
    wanted = page.choice.options["section"]
    return tuple(item for item in SECTIONS if wanted in (item.id, EVERY_SECTION))


def show(page: Page, of: Section) -> None:
    """Show the figures of a section in the view that was chosen."""
    view = VIEWS[page.choice.options["view"]]
    mine = (item for item in page.facts.service.kpis if item.section == of.id)
    found = tuple(item for item in mine if item.id not in DRAWN_ELSEWHERE)
    if view.of_period:
        page.facts.service.all_figures(page.choice.basis, page.facts.viewer, found)
    view.show(page, found)
