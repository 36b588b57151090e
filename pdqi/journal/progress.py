"""What supports a progress score, and what has to be asked where something does not."""

from collections.abc import Collection

from pdqi.content import Library
from pdqi.content.evidence import Workstream
from pdqi.content.progress import Supports
from pdqi.journal.entry import Standing
from pdqi.journal.items import Milestone, Outcome, PdsaCycle, WorkstreamStatus


def supports(
    workstream: Workstream, standing: Standing, library: Library, improved: Collection[str]
) -> frozenset[Supports]:
    """Return what content and journal hold for a workstream's score.

    `improved` are the KPIs whose control chart shows an improvement in the latest month.
    """
    ideas = {link.to for link in workstream.addresses}
    kpis = measures(workstream, library)
    cycles = [x.value for x in standing.of(PdsaCycle) if x.value.idea in ideas]
    adopted = {x.idea for x in cycles if x.outcome is Outcome.ADOPT}
    moved = kpis & frozenset(improved)
    found = {
        Supports.LEAD: _any(standing, WorkstreamStatus, workstream.id),
        Supports.AIM: bool(library.driver_diagram.aim.text),
        Supports.PLAN: _any(standing, Milestone, workstream.id),
        Supports.MEASURES: bool(kpis),
        Supports.BEGUN: bool(cycles),
        Supports.STUDIED: any(x.outcome is not None for x in cycles),
        Supports.ADOPTED: bool(adopted),
        Supports.SIGNAL: bool(moved),
        Supports.SIGNALS: bool(moved) and 2 * len(moved) >= len(kpis),
        Supports.SPREAD: len(adopted) > 1,
    }
    return frozenset(each for each, held in found.items() if held)


def measures(workstream: Workstream, library: Library) -> frozenset[str]:
    """Return the KPIs of the ideas that a workstream takes up."""
    ideas = {f"idea:{link.to}" for link in workstream.addresses}
    ends = (link.end for link in library.links if link.start in ideas)
    return frozenset(end.partition(":")[2] for end in ends if end.startswith("kpi:"))


def questions(score: float, held: Collection[Supports], library: Library) -> tuple[str, ...]:
    """Return what a score leaves open: what would support it and is not there, or a higher level.

    A mismatch is asked and never refused: a person knows more than the file.
    """
    levels = library.progress.levels
    level = library.progress.level(score)
    missing = [each.words for each in level.holds if each not in held]
    asked = [
        f"{score:.1f} (“{level.name}”) goes with {words}, and nothing of the kind is here yet. What"
        " supports the score?"
        for words in missing
    ]
    higher = [x for x in levels if x.score > score and x.holds and set(x.holds) <= set(held)]
    if higher and not missing:
        best = higher[-1]
        asked.append(
            f"What is here would support {best.score:.1f} (“{best.name}”) too. Is the score still"
            " right?"
        )
    return tuple(asked)


def _any(standing: Standing, kind: type[WorkstreamStatus] | type[Milestone], of: str) -> bool:
    return any(x.value.workstream == of for x in standing.of(kind))
