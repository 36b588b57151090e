"""The first topic of the hour: what changed since the last meeting, in sentences and a table."""

from pdqi.charts.rows import Table
from pdqi.findings.since import NOT_A_TREND, Since
from pdqi.meeting.agenda import Topic, topic

NOT_KEPT = "The figures that it looked at were not kept, so nothing can be compared with them."
DIFFERENCE, SAME = 3, frozenset({"no difference", "not compared"})
"""Which column says how far a figure differs, and what it says where it does not."""
FIRST = "No meeting has been closed yet, so there is nothing to compare with."


def news(day: str, found: Since) -> Topic:
    """Return the topic; `day` is the day of the last meeting in words."""
    said = [f"The last meeting was on {day}."]
    said += [f"Signal: {signal}" for signal in found.signals]
    moved = [x for x in found.changes if x.difference and any(part.size for part in x.parts)]
    said.append(
        f"Of the {len(found.changes)} headline figures, {len(moved)}"
        f" {'differs' if len(moved) == 1 else 'differ'} from what that meeting saw."
        f" Without a signal each is {NOT_A_TREND}."
    )
    return topic("news", (*said, *found.news, *found.notes), table(found))


def table(found: Since) -> Table:
    """Return each figure then and now, how far it differs, and why."""
    rows = []
    for change in found.changes:
        why = "; ".join(f"{part.said} from {part.words}" for part in change.parts if part.size)
        rows.append(
            (
                change.name,
                change.then,
                change.now,
                change.difference or "not compared",
                change.interval,
                why,
            )
        )
    columns = ("Figure", "Then", "Now", "Difference", "95% interval of it", "Of which")
    return Table(columns, tuple(rows))
