"""What an empty journal may begin with: a status of each workstream, and what content plans."""

from pdqi.content import Library
from pdqi.journal.entry import Draft
from pdqi.journal.items import Delivery
from pdqi.labels import Labels

REASON = "Taken over from the project's content; nobody has set a status yet."


def offers(library: Library, labels: Labels, set_by: str) -> tuple[Draft, ...]:
    """Return what would be entered, in order; `set_by` is the role in the work of who does so.

    The same content always gives the same tokens, so that it is entered once however often it is
    taken over.
    """
    found = []
    for each in library.workstreams.workstreams:
        status = {
            "workstream": each.id,
            "status": Delivery.NOT_STARTED,
            "reason": REASON,
            "set_by": set_by,
        }
        found.append(Draft("status", status, token=f"seed-status-{each.id}"))
        for number, planned in enumerate(each.milestones, start=1):
            values = {
                "workstream": each.id,
                "name": labels.fill(planned.name),
                "baseline": planned.baseline,
            }
            found.append(Draft("milestone", values, token=f"seed-milestone-{each.id}-{number}"))
        for number, todo in enumerate(each.actions, start=1):
            values = {
                "workstream": each.id,
                "what": labels.fill(todo.what),
                "who": labels.fill(todo.who),
                "by": todo.by,
            }
            found.append(Draft("action", values, token=f"seed-action-{each.id}-{number}"))
    return tuple(found)
