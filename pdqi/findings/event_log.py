"""What an event log shows, in rows and sentences: from published figures only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pdqi import words
from pdqi.disclosure import half_up
from pdqi.findings.rules import Judged, told
from pdqi.ingest.log_mapping import LogRule
from pdqi.metrics.kpis.pathways import STEP, steps_of
from pdqi.metrics.kpis.rules import OUTCOMES
from pdqi.model import NO_DATA, SUPPRESSED, SYSTEM, Cell, Published, State


@dataclass(frozen=True)
class LogRoute:
    """A route of cases, by the names of its activities; no steps for all that are too rare."""

    steps: tuple[str, ...]
    more: bool
    cases: Cell
    share: Cell
    median_seconds: Cell

    def words(self, cases: str, fewest: int) -> str:
        """Return the route as it is read."""
        if not self.steps:
            return f"Other routes, each with fewer than {fewest} {cases}"
        return " → ".join((*self.steps, "and more") if self.more else self.steps)


def routes(published: Published, names: Mapping[str, str]) -> tuple[Cell, tuple[LogRoute, ...]]:
    """Return the number of cases, and their routes: the largest shown first, the rare ones last."""
    whole = published.at(SYSTEM)
    total = whole["people"] if whole else Cell(0)
    found = []
    for figure in published.figures:
        if figure.by is None:
            continue
        steps, more = steps_of(figure.by)
        cases = figure["people"]
        named = tuple(names[step] for step in steps)
        found.append(LogRoute(named, more, cases, _share(cases, total), figure["median_seconds"]))
    found.sort(key=lambda r: (not r.steps, -float(r.cases.value or 0), r.steps, r.more))
    return total, tuple(found)


def _share(part: Cell, whole: Cell) -> Cell:
    if State.SUPPRESSED in (part.state, whole.state):
        return SUPPRESSED
    if part.value is None or not whole.value:
        return NO_DATA
    return Cell(half_up(float(part.value) / float(whole.value), 2))


def routes_sentence(total: Cell, found: Sequence[LogRoute], cases: str, fewest: int) -> str:
    """Return how many cases there are, the route that most of them took, and how many are rare."""
    said = []
    if total.value is not None:
        said.append(f"{words.count(total.value)} {cases}.")
    named = [route for route in found if route.steps and route.cases.value]
    most = max((float(route.cases.value or 0) for route in named), default=0)
    usual = [route for route in named if route.cases.value == most]
    if len(usual) == 1:
        said.append(
            f"Of the routes shown, the one of the largest number is"
            f" {usual[0].words(cases, fewest)}: {words.count(most)}."
        )
    rare = next((route for route in found if not route.steps), None)
    if rare and rare.cases.value:
        said.append(
            f"{words.count(rare.cases.value)} took a route that fewer than {fewest} {cases} took."
        )
    return " ".join(said)


def rules(
    published: Published, of: Sequence[LogRule], cases: str
) -> tuple[tuple[LogRule, Judged | None, str], ...]:
    """Return every rule with how it is kept and a sentence; nothing where it applies to none."""
    found: list[tuple[LogRule, Judged | None, str]] = []
    for rule in of:
        whole = published.at(SYSTEM, rule.id)
        if whole is None:
            found.append((rule, None, f"It applies to no {cases} in this period."))
            continue
        parts = [published.at(SYSTEM, f"{rule.id}{STEP}{outcome}") for outcome in OUTCOMES]
        cells = [part["people"] if part else NO_DATA for part in parts]
        judged = Judged(whole["people"], *cells)
        found.append((rule, judged, told(judged, cases)))
    return tuple(found)
