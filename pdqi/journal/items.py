"""The kinds of items that people enter: meetings, the work, and what was decided.

People are named by their role and never by name. Dates are checked for sense here; whether what
an item names exists is checked when it is entered.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, ClassVar

from pydantic import Field

from pdqi.config import Id, Permission
from pdqi.journal.kind import Choice, Fault, Figures, ItemId, Kind, Line, Part, Words, said

ROLE = "A role, never a name."
MEETING = "The meeting at which it was recorded."


class MeetingState(Choice):
    """Whether a meeting is still being recorded."""

    OPEN = "open"
    CLOSED = "closed"


class Meeting(Kind):
    """A meeting of the oversight group, what was in force, and the figures as then published."""

    kind: ClassVar[str] = "meeting"
    noun: ClassVar[str] = "meeting"
    letter: ClassVar[str] = "MT"
    needs: ClassVar[Permission] = Permission.RECORD_MEETING
    alone: ClassVar[tuple[str, ...]] = ("day",)

    day: date = said("Date", "The day of the meeting.")
    attendees: tuple[Line, ...] = said("Attendees", ROLE, refers="role", default=())
    load_version: Line = said("Data version", "The version of the data that was looked at.")
    config_digest: Line = said("Definitions version", "The version of the definitions in force.")
    content_digest: Line = said("Content version", "The version of the content in force.")
    scope: Line = said("Scope", "The team, service or set that was looked at.", default="system")
    period: Line = said("Period", "The months that were looked at, as 2025-10..2026-09.")
    definition: Id = said("Case definition", "Whom figures counted.")
    ages: Id = said("Age band", "The ages that figures counted.")
    figures: Figures | None = said(
        "Figures", "The headline figures as they were published then.", default=None
    )
    state: MeetingState = said("State", default=MeetingState.OPEN)
    record: Figures | None = said(
        "Frozen record",
        "What the meeting saw and recorded, as it was when it closed.",
        default=None,
    )


class Note(Kind):
    """What was said about one topic of a meeting."""

    kind: ClassVar[str] = "note"
    noun: ClassVar[str] = "note"
    letter: ClassVar[str] = "N"
    needs: ClassVar[Permission] = Permission.RECORD_MEETING
    one_per: ClassVar[tuple[str, ...]] = ("meeting", "topic")

    meeting: ItemId = said("Meeting", refers="meeting")
    topic: Id = said("Topic", "The topic of the agenda.")
    text: Words = said("Note", "What was said, for the minutes. Roles, never names.")


class Delivery(Choice):
    """How the delivery of a workstream stands."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    COMPLETE = "complete"
    PAUSED = "paused"
    NOT_STARTED = "not_started"


class WorkstreamStatus(Kind):
    """The delivery status of a workstream, as a person set it."""

    kind: ClassVar[str] = "status"
    noun: ClassVar[str] = "delivery status"
    letter: ClassVar[str] = "S"
    needs: ClassVar[Permission] = Permission.EDIT_WORKSTREAMS
    one_per: ClassVar[tuple[str, ...]] = ("workstream",)

    workstream: Id = said("Workstream", refers="workstream")
    status: Delivery = said("Status", "How delivery stands. It says nothing about the figures.")
    reason: Words = said("Reason", "Why it stands so.")
    path_to_green: Words | None = said(
        "Path to green", "What would bring it back on track, by whom and when.", default=None
    )
    set_by: Line = said("Set by", ROLE, refers="role")

    @classmethod
    def faults(cls, values: Mapping[str, Any], today: date) -> Iterator[Fault]:  # noqa: ARG003
        """Amber and red say what would bring the work back on track."""
        behind = values.get("status") in (Delivery.AMBER, Delivery.RED)
        if behind and values.get("path_to_green", "") is None:
            words = values["status"].words.lower()
            yield Fault(
                "path_to_green",
                f"A status of {words} needs a path to green.",
                "Write what would bring the work back on track.",
            )


class Milestone(Kind):
    """Something that a workstream means to reach by a day."""

    kind: ClassVar[str] = "milestone"
    noun: ClassVar[str] = "milestone"
    letter: ClassVar[str] = "ML"
    needs: ClassVar[Permission] = Permission.EDIT_WORKSTREAMS
    alone: ClassVar[tuple[str, ...]] = ("workstream", "name")

    workstream: Id = said("Workstream", refers="workstream")
    name: Line = said("Milestone", "What will then be so.")
    baseline: date = said("Baseline", "The day that was first agreed.")
    forecast: date | None = said("Forecast", "The day now expected.", default=None)
    actual: date | None = said("Actual", "The day on which it was reached.", default=None)

    @property
    def slip_days(self) -> int:
        """Days that the actual day, else the forecast, lies after the baseline; 0 for neither."""
        return ((self.actual or self.forecast or self.baseline) - self.baseline).days

    @classmethod
    def faults(cls, values: Mapping[str, Any], today: date) -> Iterator[Fault]:
        """What was reached was reached by today."""
        actual = values.get("actual")
        if actual is not None and actual > today:
            what = f"{actual} has not come yet, so nothing was reached on it."
            yield Fault("actual", what, "Write it as the forecast.")

    @classmethod
    def reason_needed(cls, before: Mapping[str, Any], after: Mapping[str, Any]) -> str | None:
        """Moving a baseline hides slip, so it is explained."""
        if before["baseline"] != after["baseline"]:
            return "The baseline moves, and with it the slip that everybody sees."
        return None


class ProgressScore(Kind):
    """How far a workstream has come on the progress scale, as a person judged it."""

    kind: ClassVar[str] = "score"
    noun: ClassVar[str] = "progress score"
    letter: ClassVar[str] = "P"
    needs: ClassVar[Permission] = Permission.EDIT_WORKSTREAMS
    one_per: ClassVar[tuple[str, ...]] = ("workstream",)

    workstream: Id = said("Workstream", refers="workstream")
    score: Annotated[float, Field(ge=0.5, le=5.0, multiple_of=0.5)] = said(
        "Progress score", "From 0.5 to 5.0 in half steps."
    )
    reason: Words = said("Reason", "What the file holds that supports it.")
    set_by: Line = said("Set by", ROLE, refers="role")


class Outcome(Choice):
    """What is done with a change after it was tested."""

    ADOPT = "adopt"
    ADAPT = "adapt"
    ABANDON = "abandon"


class PdsaCycle(Kind):
    """One test of a change idea: plan, do, study, act."""

    kind: ClassVar[str] = "cycle"
    noun: ClassVar[str] = "PDSA cycle"
    letter: ClassVar[str] = "CY"
    needs: ClassVar[Permission] = Permission.EDIT_WORKSTREAMS
    alone: ClassVar[tuple[str, ...]] = ("idea", "number")

    idea: Id = said("Change idea", refers="idea")
    number: Annotated[int, Field(ge=1, le=999)] = said("Cycle", "Which cycle of this idea.")
    question: Words = said("Question", "What the test is to find out.")
    prediction: Words = said("Prediction", "What is expected, written down before the test.")
    measure: Words | None = said(
        "Measure", "What is counted or observed in the test.", default=None
    )
    kpi: Id | None = said("KPI", "The figure that should move.", refers="kpi", default=None)
    starts: date = said("Starts")
    ends: date | None = said("Ends", "The last day; empty while it is not known.", default=None)
    happened: Words | None = said("What happened", default=None)
    learned: Words | None = said("What was learned", default=None)
    outcome: Outcome | None = said(
        "Adopt, adapt or abandon", "Empty until the test was studied.", default=None
    )
    next_cycle: Words | None = said("Next cycle", "What is tested next.", default=None)

    @classmethod
    def faults(cls, values: Mapping[str, Any], today: date) -> Iterator[Fault]:
        """A test has a measure, ends after it starts, and is judged when it was studied."""
        starts, ends = values.get("starts"), values.get("ends")
        if starts and ends and ends < starts:
            what = f"The cycle ends ({ends}) before it starts ({starts})."
            yield Fault("ends", what, "Mend one of the two days.")
        if "measure" in values and values["measure"] is None and values.get("kpi", 0) is None:
            yield Fault("measure", "Nothing says what is measured.", "Write it, or choose a KPI.")
        if values.get("outcome") is None:
            return
        if "ends" in values and (ends is None or ends > today):
            what = "A test is judged once it has ended."
            yield Fault(
                "ends", what, "Write the day on which it ended, or leave the outcome empty."
            )
        for name in ("happened", "learned"):
            if name in values and values[name] is None:
                what = "A test that is judged says what happened and what was learned."
                yield Fault(name, what, "Write it, or leave the outcome empty.")


class ActionState(Choice):
    """Where an action stands."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class Action(Kind):
    """Something that somebody undertook to do by a day."""

    kind: ClassVar[str] = "action"
    noun: ClassVar[str] = "action"
    letter: ClassVar[str] = "A"
    needs: ClassVar[Permission] = Permission.EDIT_ACTIONS

    what: Words = said("Action", "What is to be done, so that anybody can tell when it is.")
    who: Line = said("Who", ROLE, refers="role")
    by: date = said("By", "The day by which it is done.")
    state: ActionState = said("State", default=ActionState.OPEN)
    workstream: Id | None = said("Workstream", refers="workstream", default=None)
    meeting: ItemId | None = said("Meeting", MEETING, refers="meeting", default=None)

    def days_overdue(self, today: date) -> int:
        """Days since it should have been done; 0 where it is not overdue."""
        late = (today - self.by).days if self.state is ActionState.OPEN else 0
        return max(late, 0)

    @classmethod
    def reason_needed(cls, before: Mapping[str, Any], after: Mapping[str, Any]) -> str | None:
        """What is dropped was once thought worth doing."""
        if before["state"] != ActionState.DROPPED == after["state"]:
            return "The action is dropped."
        return None


class Evidence(Part):
    """What a decision rests on: words, and where there are any the view or the figures."""

    words: Words
    link: Annotated[str, Field(pattern=r"^(/|\?|https://)\S*$", max_length=2000)] | None = None
    """An address: of a view of this dashboard with its filters, or of a document."""
    figures: Figures | None = None


class DecisionState(Choice):
    """Whether a question was decided."""

    ASKED = "asked"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


class Decision(Kind):
    """What is asked to be decided, and what was decided on what grounds."""

    kind: ClassVar[str] = "decision"
    noun: ClassVar[str] = "decision"
    letter: ClassVar[str] = "D"
    needs: ClassVar[Permission] = Permission.RECORD_MEETING

    text: Words = said("Decision", "What was decided, or what is asked to be decided.")
    state: DecisionState = said("State", default=DecisionState.DECIDED)
    options: tuple[Words, ...] = said("Options", "What could be decided, one a line.", default=())
    reason: Words | None = said("Reason", "Why this and not another.", default=None)
    who: Line | None = said("Who", f"Who decided. {ROLE}", refers="role", default=None)
    review: date | None = said("Review", "The day on which it is looked at again.", default=None)
    evidence: tuple[Evidence, ...] = said("Evidence", "What it rests on.", default=())
    workstream: Id | None = said("Workstream", refers="workstream", default=None)
    meeting: ItemId | None = said("Meeting", MEETING, refers="meeting", default=None)

    @classmethod
    def faults(cls, values: Mapping[str, Any], today: date) -> Iterator[Fault]:  # noqa: ARG003
        """What is decided has a reason, and somebody who decided."""
        if values.get("state", DecisionState.DECIDED) is not DecisionState.DECIDED:
            return
        for name, what in (("reason", "why"), ("who", "by whom")):
            if name in values and values[name] is None:
                fix = "Write it, or leave the decision as asked."
                yield Fault(name, f"A decision says {what} it was taken.", fix)


class Level(Choice):
    """How likely or how bad."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class OpenState(Choice):
    """Whether a risk or an issue is still looked at."""

    OPEN = "open"
    CLOSED = "closed"


class Risk(Kind):
    """Something that may happen and would harm the work."""

    kind: ClassVar[str] = "risk"
    noun: ClassVar[str] = "risk"
    letter: ClassVar[str] = "R"
    needs: ClassVar[Permission] = Permission.EDIT_ACTIONS

    text: Words = said("Risk", "What may happen, and what it would do.")
    likelihood: Level = said("Likelihood")
    impact: Level = said("Impact")
    owner: Line = said("Owner", ROLE, refers="role")
    state: OpenState = said("State", default=OpenState.OPEN)
    workstream: Id | None = said("Workstream", refers="workstream", default=None)
    meeting: ItemId | None = said("Meeting", MEETING, refers="meeting", default=None)


class Issue(Kind):
    """Something that has happened and harms the work."""

    kind: ClassVar[str] = "issue"
    noun: ClassVar[str] = "issue"
    letter: ClassVar[str] = "I"
    needs: ClassVar[Permission] = Permission.EDIT_ACTIONS

    text: Words = said("Issue", "What has happened, and what it does.")
    severity: Level = said("Severity")
    owner: Line = said("Owner", ROLE, refers="role")
    state: OpenState = said("State", default=OpenState.OPEN)
    workstream: Id | None = said("Workstream", refers="workstream", default=None)
    meeting: ItemId | None = said("Meeting", MEETING, refers="meeting", default=None)


KINDS: dict[str, type[Kind]] = {
    kind.kind: kind
    for kind in (
        Meeting,
        Note,
        WorkstreamStatus,
        Milestone,
        ProgressScore,
        PdsaCycle,
        Action,
        Decision,
        Risk,
        Issue,
    )
}
"""Every kind by its name, in the order in which pages and files show them."""
