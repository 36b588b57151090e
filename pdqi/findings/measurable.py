"""How far things asked for can be measured, in words."""

from collections.abc import Collection

from pdqi import words
from pdqi.content import Library
from pdqi.content.evidence import Measurability, Measurable
from pdqi.labels import Labels

STATE_WORDS: dict[Measurable, str] = {
    "measured": "measured",
    "partly": "partly measured",
    "not_identifiable": "collected, but people cannot be told apart by diagnosis",
    "not_collected": "not collected",
    "anecdotal": "said, but never counted",
}
OUT_OF_REACH: frozenset[Measurable] = frozenset({"not_identifiable", "not_collected"})
"""What no figure of this dashboard can show yet."""
EVERY_STATE: frozenset[Measurable] = frozenset(STATE_WORDS)
COLUMNS = ("What", "State", "Why", "Who could change that", "By")


def by_when(item: Measurability) -> str:
    """Return the day by which somebody is to have changed it."""
    return words.day(item.by) if item.by else "no date set"


def rows(
    library: Library, labels: Labels, states: Collection[Measurable] = OUT_OF_REACH
) -> tuple[tuple[str, ...], ...]:
    """Return what is in one of these states, why, and who could change that; see `COLUMNS`."""
    return tuple(
        (
            labels.fill(item.subject),
            STATE_WORDS[item.state],
            labels.fill(item.why),
            labels.fill(item.who),
            by_when(item),
        )
        for item in library.measurability.items
        if item.state in states
    )
