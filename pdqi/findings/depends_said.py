"""What a dependence says in plain words: the band first, then one verdict, then what is hidden."""

from collections.abc import Iterator, Sequence

from pdqi.config import Config
from pdqi.findings.against import Against, Relation
from pdqi.findings.depends import Dependence, Row
from pdqi.metrics.kpi import Kpi, Setting
from pdqi.model import State

ASKS: dict[Setting, str] = {
    "case_definition": "who is counted",
    "merge_gap_days": "how near episodes are joined into one",
    "look_back_months": "how far back is looked",
    "treatment_list": "which treatments count",
}
"""What each setting decides, inside a sentence."""
WITHOUT = {
    State.SUPPRESSED: "Too few to judge",
    State.NO_DATA: "Nothing to count",
    State.NOT_REACHED: "No median reached by the last day",
}


def sentence(found: Dependence) -> str:
    """Return what a figure and its conclusions are under every variant.

    Numbers are those of the table, and a conclusion is told for all that it holds for.
    """
    if len(found.rows) == 1:
        row = found.rows[0]
        if row.cell.value is None:
            return f"{WITHOUT[row.cell.state]}, and no other definition would change that."
        return f"{found.noun} is {row.said}, and no other definition would change it."
    return " ".join((*_band(found), *_hidden(found), *_verdict(found)))


def in_force(kpi: Kpi, config: Config, definition: str) -> str:
    """Return what is in force of what a KPI depends on: `Confirmed only; a gap of 5 days`."""
    rules = config.rules
    counted = [item.name for item in config.treatments if item.evidence_based]
    told: dict[Setting, str] = {
        "case_definition": config.definition(definition).name,
        "merge_gap_days": f"a gap of {rules.merge_gap_days} days between joined episodes",
        "look_back_months": f"a look-back of {rules.look_back_months} months",
        "treatment_list": f"{_listed(counted)} as treatments" if counted else "no treatments",
    }
    return "; ".join(told[setting] for setting in told if setting in kpi.depends_on)


def relation_words(relation: Relation, against: Against) -> str:
    """Return `above the target (75%)`, `no clear difference from the whole system`."""
    preposition = " from" if relation is Relation.NO_CLEAR else ""
    return f"{relation.value}{preposition} {against.told}"


def _band(found: Dependence) -> Iterator[str]:
    if found.band is None:
        return
    low, high = (row.said for row in found.band)
    shown = [row for row in found.rows if row.cell.value is not None]
    if low == high and all(row.said == low for row in shown):
        under = "every definition" if len(shown) == len(found.rows) else _numbered(shown, found)
        yield f"{found.noun} is {low} under {under}."
        return
    middle = (
        f"ranges from {low} to {high}"
        if low.startswith("under")
        else (f"lies between {low} and {high}")
    )
    yield f"{found.noun} {middle}, depending on {_what_matters(found)}."


def _numbered(rows: Sequence[Row], found: Dependence) -> str:
    return f"{len(rows)} of the {len(found.rows)} definitions"


def _what_matters(found: Dependence) -> str:
    """Return the settings that move the value, where it can be seen from what is in force."""
    now = next((row for row in found.rows if row.variant.in_force), None)
    if now is None or now.cell.value is None:
        return "the definition"
    moved = dict.fromkeys(
        row.variant.setting
        for row in found.rows
        if row.cell.value is not None and row.said != now.said
    )
    return _listed([ASKS[setting] for setting in moved if setting])


def _hidden(found: Dependence) -> Iterator[str]:
    for state, said in WITHOUT.items():
        rows = [row for row in found.rows if row.cell.state is state]
        if len(rows) == len(found.rows):
            yield f"{said} under every definition."
        elif rows:
            yield f"{said} under {len(rows)} of the {len(found.rows)}: {_named(rows)}."


def _verdict(found: Dependence) -> Iterator[str]:
    if found.band is None and not any(found.judged(i) for i in range(len(found.against))):
        return
    if not found.has_interval:
        yield "It has no interval, so it is not held against anything."
    elif not found.against:
        yield "There is no published number, target or wider scope to hold it against."
    yield from _changed(found)
    yield from _unchanged(found)
    yield from _unjudged(found)


def _changed(found: Dependence) -> Iterator[str]:
    for place, item in enumerate(found.against):
        if not found.changes(place):
            continue
        judged = found.judged(place)
        now = next((row.relations[place] for row in judged if row.variant.in_force), None)
        groups = dict.fromkeys(row.relations[place] for row in judged)
        told = []
        for relation in groups:
            rows = [row for row in judged if row.relations[place] is relation]
            if relation is not now:
                told.append(f"{relation} under {_named(rows)}")
        if now is not None:
            rest = "otherwise"
            if len(judged) < len(found.rows):
                rest = "under the others that can be judged"
            told.append(f"{now} {rest}")
        yield f"Against {item.told} the conclusion changes: {'; '.join(told)}."


def _unchanged(found: Dependence) -> Iterator[str]:
    """Tell all that holds for the same rows in one sentence."""
    told: dict[bool, list[str]] = {}
    for place, item in enumerate(found.against):
        relation = (
            found.judged(place)[0].relations[place] if found.changes(place) is False else None
        )
        if relation is not None:
            everywhere = len(found.judged(place)) == len(found.rows)
            told.setdefault(everywhere, []).append(relation_words(relation, item))
    for everywhere, items in told.items():
        also = " also" if len(told) > 1 and not everywhere and True in told else ""
        under = "every definition" if everywhere else "all that can be judged"
        yield f"The conclusion{also} does not change: {_listed(items)} under {under}."


def _unjudged(found: Dependence) -> Iterator[str]:
    for place, item in enumerate(found.against):
        judged = found.judged(place)
        if len(judged) == 1:
            relation = judged[0].relations[place]
            yield f"Against {item.told} only {_named(judged)} can be judged: {relation}."
        elif not judged:
            yield f"Against {item.told} none can be judged."


def _named(rows: Sequence[Row]) -> str:
    return _listed([row.variant.told for row in rows])


def _listed(items: Sequence[str]) -> str:
    """Return `a`, `a and b` or `a, b and c`."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
