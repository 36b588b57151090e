"""How many pathways keep each rule: what the published figures say, in words and numbers.

Shares are of those that could be judged, and rest on the counts as they are shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pdqi import words
from pdqi.content.records import What
from pdqi.content.rules import Rule
from pdqi.labels import Labels
from pdqi.metrics.kpis.rules import BROKEN, KEPT, UNKNOWN
from pdqi.model import NO_DATA, SUPPRESSED, Cell, Published, Scope, State
from pdqi.statistics.intervals import difference, proportion_interval

GROUPS = ("case", "other")
STEPS = {
    "referred": "referral",
    "assessed": "assessment",
    "started": "start",
    "ended": "end",
}


@dataclass(frozen=True)
class Judged:
    """One group of people and one rule: how many keep it, break it, or cannot be judged."""

    people: Cell
    kept: Cell
    broken: Cell
    unknown: Cell

    @property
    def share(self) -> tuple[Cell, Cell, Cell]:
        """The share that keeps it, of those that could be judged, with its 95% interval."""
        if State.SUPPRESSED in (self.kept.state, self.broken.state):
            return SUPPRESSED, SUPPRESSED, SUPPRESSED
        kept, judged = float(self.kept.value or 0), self.could_be_judged
        interval = proportion_interval(kept, judged)
        if interval is None:
            return NO_DATA, NO_DATA, NO_DATA
        return Cell(interval.value), Cell(interval.low), Cell(interval.high)

    @property
    def could_be_judged(self) -> float:
        """How many keep it or break it, where both are shown."""
        return float(self.kept.value or 0) + float(self.broken.value or 0)


@dataclass(frozen=True)
class RuleFound:
    """A rule and how it is kept; no groups where it applies to nobody or cannot be measured."""

    rule: Rule
    groups: tuple[Judged, ...]


def rules(published: Published, scope: Scope, of: Sequence[Rule]) -> tuple[RuleFound, ...]:
    """Return every rule at a scope, in the order of the content."""
    found = []
    for rule in of:
        whole = published.at(scope.key, rule.id)
        parts = [
            published.at(scope.key, f"{rule.id}>{outcome}") for outcome in (KEPT, BROKEN, UNKNOWN)
        ]
        groups = []
        if whole is not None:
            for name in GROUPS:
                cells = [part[f"{name}_people"] if part else NO_DATA for part in parts]
                groups.append(Judged(whole[f"{name}_people"], *cells))
        found.append(RuleFound(rule, tuple(groups)))
    return tuple(found)


def sentence(found: RuleFound, labels: Labels) -> str:
    """Return what is known of a rule: who keeps it, and whether the two groups differ."""
    if not found.groups:
        return (
            "It applies to nobody here in this period, or what it speaks of is not recorded then."
        )
    said = [
        told(group, labels.fill(people, begins=False))
        for group, people in zip(found.groups, ("{people}", "other people"), strict=True)
    ]
    both = " ".join(said)
    return f"{both} {_difference(found.groups, labels)}".strip()


def told(group: Judged, people: str) -> str:
    """Return how one group keeps a rule, in a sentence. `people` is what they are called."""
    if group.people.value == 0:
        return f"It applies to no {people}."
    share, low, high = group.share
    hidden = State.SUPPRESSED in (share.state, group.people.state)
    if hidden and group.kept.value and group.people.value:
        return (
            f"Kept for {words.count(group.kept.value)} of the {words.count(group.people.value)}"
            f" {people} to whom it applies; of the others it is not shown how many break it, to"
            " protect small numbers."
        )
    if hidden:
        return f"How many {people} keep it is not shown, to protect small numbers."
    if share.value is None or low.value is None or high.value is None:
        return f"Of {people} nobody could be judged."
    rest = ""
    if group.unknown.value:
        rest = f"; {words.count(group.unknown.value)} more cannot be judged"
    interval = f"{words.percent(float(low.value))} to {words.percent(float(high.value))}"
    return (
        f"Kept for {words.count(float(group.kept.value or 0))} of"
        f" {words.count(group.could_be_judged)} {people}, {words.percent(float(share.value))}"
        f" (95% interval {interval}){rest}."
    )


def _difference(groups: Sequence[Judged], labels: Labels) -> str:
    if any(g.share[0].value is None or g.people.value is None for g in groups):
        return ""
    mine, others = groups
    apart = difference(
        float(mine.kept.value or 0),
        mine.could_be_judged,
        float(others.kept.value or 0),
        others.could_be_judged,
    )
    if apart is None:
        return ""
    people = labels.fill("{people}", begins=False)
    if apart.low > 0:
        return f"It is kept more often for {people} than for others, by more than chance explains."
    if apart.high < 0:
        return f"It is kept less often for {people} than for others, by more than chance explains."
    return "No clear difference between the two."


def meaning(rule: Rule, names: Mapping[str, str]) -> str:
    """Return how a rule is judged, as a sentence. `names` are of services, teams, treatments."""
    if rule.before:
        first, then = _what(rule.before.first, names), _what(rule.before.then, names)
        return (
            f"Judged: who had {then} in the period, by the first. Kept: {first} is recorded on that"
            " day or earlier. Not to be judged: none is, but a record has gone past it without a"
            " date. Broken: otherwise."
        )
    if rule.within:
        seen = " or ".join(_what(item, names) for item in rule.within.seen)
        days = words.days(rule.within.days)
        return (
            f"Judged: who had {_what(rule.within.after, names)} in the period. Kept: each time"
            f" {seen} followed within {days}, the day itself counted. Not to be judged: the {days}"
            " are not over yet, or a date is missing. Broken: otherwise."
        )
    if rule.at_least:
        form = rule.at_least
        until = "by the last day" if form.days is None else f"within {words.days(form.days)}"
        return (
            f"Judged: who had {form.after_episodes} or more episodes that started in the period."
            f" Kept: {_what(form.of, names)} at least {_times(form.times)} from the start of that"
            f" episode on, {until}. Not to be judged: that time is not over yet, or a date is"
            " missing. Broken: otherwise."
        )
    assert rule.never is not None
    return (
        f"Judged: who had an episode at {_listed(rule.never.first, names)} that started in the"
        f" period. Broken: one was directly followed by an episode at"
        f" {_listed(rule.never.then, names)}. Not to be judged: nothing has followed yet. Kept:"
        " otherwise."
    )


def _what(what: What, names: Mapping[str, str]) -> str:
    at = f" at {_listed(what.at, names)}" if what.at else ""
    if what.event:
        return f"an event recorded as “{what.event.replace('_', ' ')}”{at}"
    step = what.step
    article = "an" if STEPS[step][0] in "ae" else "a"
    if what.episode:
        return f"{article} {STEPS[step]} of an episode{at}"
    of = f" ({_listed(what.of, names)})" if what.of else ""
    return f"{article} {STEPS[step]} of a treatment{of}{at}"


def _listed(places: Sequence[str], names: Mapping[str, str]) -> str:
    return " or ".join(names[place] for place in places)


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")
