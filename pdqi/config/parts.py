"""The parts of `config.yaml`: what a trust says about itself, its teams, words and rules."""

from datetime import date
from enum import StrEnum
from pathlib import PurePosixPath, PureWindowsPath
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from pdqi.yamlfile import Frozen

Id = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,39}$")]
Text = Annotated[str, Field(min_length=1, max_length=2000)]
GapDays = Annotated[int, Field(ge=0, le=90)]
LookBackMonths = Annotated[int, Field(ge=6, le=60)]


class Organisation(Frozen):
    """Whose dashboard this is, and the handling marking of what leaves it."""

    name: Text
    marking: Text = "OFFICIAL"
    marking_cleared: Text = "OFFICIAL-SENSITIVE"


class Pathway(Frozen):
    """Which pathway: its id, its name and, for the title of pages, what it is about."""

    id: Id
    name: Text
    area: Text


class Service(Frozen):
    """A type of service. `assesses` says that its referrals are assessed on their own."""

    id: Id
    name: Text
    short: Text
    assesses: bool = False


class Team(Frozen):
    """A team, the service it belongs to and the spellings under which extracts know it."""

    id: Id
    name: Text
    service: Id
    spellings: tuple[Text, ...] = ()


class TeamSet(Frozen):
    """A named set of services and teams that can be chosen as one."""

    id: Id
    name: Text
    services: tuple[Id, ...] = ()
    teams: tuple[Id, ...] = ()


class Treatment(Frozen):
    """A treatment; `evidence_based` decides whether it counts as one."""

    id: Id
    name: Text
    evidence_based: bool
    spellings: tuple[Text, ...] = ()


class SnomedConcept(Frozen):
    """A SNOMED CT concept of a case definition, with where it was taken from."""

    id: Annotated[str, Field(pattern=r"^[0-9]{6,18}$")]
    term: Text
    source: Text


class CaseDefinition(Frozen):
    """Whom to count: codes and words, and which certainties are enough."""

    id: Id
    name: Text
    version: Annotated[int, Field(ge=1)]
    agreed: Text
    counts: tuple[Literal["confirmed", "suspected"], ...] = Field(min_length=1)
    icd10: tuple[Annotated[str, Field(pattern=r"^[A-Z][0-9]{2}[0-9]{0,3}$")], ...]
    snomed: Id | None = None
    terms: tuple[Text, ...] = ()


class AgeBand(Frozen):
    """A closed range of ages in whole years; no `to` means without upper limit."""

    id: Id
    name: Text
    first: Annotated[int, Field(ge=0, le=120)] | None = None
    last: Annotated[int, Field(ge=0, le=120)] | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first is not None and self.last is not None and self.last < self.first:
            raise ValueError("'last' is before 'first'. Swap them.")
        return self


class Roles(Frozen):
    """Which services play the parts that figures speak of."""

    specialist: Id
    drop_in: Id
    community: tuple[Id, ...]
    crisis: tuple[Id, ...]
    inpatient: tuple[Id, ...] = ()


class Prescribing(Frozen):
    """Which drug classes are watched and which indications make them right."""

    watched_classes: tuple[Text, ...]
    accepted_indications: tuple[Text, ...]


class Rules(Frozen):
    """Thresholds of the definitions that a trust may vary."""

    merge_gap_days: GapDays = 5
    look_back_months: LookBackMonths = 24
    contact_kinds: tuple[Id, ...] = ("contact", "group")
    panel_kind: Id = "panel_review"
    attendance_kind: Id = "attendance"
    prescribing: Prescribing
    trained_measure: Id = "trained"
    supervised_measure: Id = "supervised"


class TreatmentList(Frozen):
    """Another answer to which treatments count: these and no others."""

    id: Id
    name: Text
    treatments: tuple[Id, ...] = Field(min_length=1)


class Alternatives(Frozen):
    """Other answers to the definitions, beside which figures are held to see what hangs on them.

    Short closed lists: each entry is one more table that is published about the same people.
    """

    merge_gap_days: tuple[GapDays, ...] = Field(default=(), max_length=4)
    look_back_months: tuple[LookBackMonths, ...] = Field(default=(), max_length=4)
    treatment_lists: tuple[TreatmentList, ...] = Field(default=(), max_length=4)


class Policy(Frozen):
    """How a reader's figures are protected (DEFINITIONS, disclosure control)."""

    id: Id
    name: Text
    cleared: bool = False
    threshold: Annotated[int, Field(ge=2, le=50)] = 5
    round_to: Annotated[int, Field(ge=1, le=50)] = 5
    fewest_people: Annotated[int, Field(ge=2, le=100)] = 10
    hide_zero: bool = False
    protect_complement: bool = True

    @model_validator(mode="after")
    def _shown_counts_are_whole_steps(self) -> Self:
        if not self.cleared and self.threshold < self.round_to / 2:
            raise ValueError(
                "'threshold' is below half of 'round_to': small counts would show as 0."
            )
        return self


class Permission(StrEnum):
    """What a role may do: in the journal of meetings and workstreams, and with snapshots."""

    READ_JOURNAL = "read_journal"
    EDIT_WORKSTREAMS = "edit_workstreams"
    EDIT_ACTIONS = "edit_actions"
    RECORD_MEETING = "record_meeting"
    CLOSE_MEETING = "close_meeting"
    MAKE_SNAPSHOT = "make_snapshot"

    @property
    def words(self) -> str:
        """Return what is allowed, as it follows "may"."""
        return {
            Permission.READ_JOURNAL: "read what meetings recorded",
            Permission.EDIT_WORKSTREAMS: "enter the status, milestones, progress score and PDSA"
            " cycles of workstreams",
            Permission.EDIT_ACTIONS: "enter actions, risks and issues",
            Permission.RECORD_MEETING: "record meetings, notes and decisions",
            Permission.CLOSE_MEETING: "close a meeting, or open it again",
            Permission.MAKE_SNAPSHOT: "make snapshots and write remarks beside them",
        }[self]


class Role(Frozen):
    """A kind of reader, the policy that protects what they see, and what they may enter."""

    id: Id
    name: Text
    policy: Id
    may: tuple[Permission, ...] = ()

    @property
    def enters(self) -> bool:
        """Whether the role enters anything in the journal."""
        return bool(set(self.may) - {Permission.READ_JOURNAL, Permission.MAKE_SNAPSHOT})

    @model_validator(mode="after")
    def _who_writes_reads(self) -> Self:
        if self.may and Permission.READ_JOURNAL not in self.may:
            raise ValueError("Whoever enters something reads it too. Add 'read_journal' to 'may'.")
        return self


class SnapshotPlace(Frozen):
    """The folder in which snapshots are kept; without one it lies beside the store.

    Those of invented data lie beside their store in any case.
    """

    folder: Text | None = None

    @model_validator(mode="after")
    def _whole_path(self) -> Self:
        _check_folder(self.folder)
        return self


class JournalPlace(Frozen):
    """Where the journal is kept: a folder, or a database on a PostgreSQL server.

    Neither means a folder beside the store. Invented data keep theirs there in any case.
    """

    folder: Text | None = None
    url: Text | None = None
    tls: bool = True
    """Whether the server has to show a certificate that this computer trusts."""

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.folder is not None and self.url is not None:
            raise ValueError("Give 'folder' or 'url', not both.")
        _check_folder(self.folder)
        if self.url is not None:
            _check_url(self.url)
        return self


def _check_folder(folder: str | None) -> None:
    kinds = (PurePosixPath, PureWindowsPath)
    if folder is not None and not any(kind(folder).is_absolute() for kind in kinds):
        raise ValueError("'folder' is not a whole path. Write it from the root, as /srv/pdqi.")


def _check_url(url: str) -> None:
    form = "postgresql://USER@HOST:5432/DATABASE"
    try:
        parts = urlsplit(url)
        whole = parts.username and parts.hostname and parts.path.strip("/") and (parts.port or 1)
    except ValueError:
        whole, parts = None, urlsplit("")
    if parts.password is not None:
        raise ValueError("A password does not belong in a file. Put it into PDQI_JOURNAL_PASSWORD.")
    if parts.scheme != "postgresql" or not whole or parts.query or parts.fragment:
        raise ValueError(f"'url' does not have the form {form}.")


class Overlap(Frozen):
    """What several sources tell of the same things, and which of them is believed.

    `sources` are ids of mappings, the one that is believed first; `teams` are teams and services.
    Rows about one person and team whose days lie within `within_days` tell of one thing; they
    disagree where a date of `compare` differs. A day is a start, or the referral without one.
    """

    id: Id
    name: Text
    table: Literal["episodes", "treatments", "events"]
    sources: tuple[Id, ...] = Field(min_length=2, max_length=6)
    teams: tuple[Id, ...] = Field(min_length=1)
    within_days: Annotated[int, Field(ge=0, le=31)] = 3
    compare: tuple[Literal["referred_on", "assessed_on", "started_on", "ended_on"], ...] = ()

    @model_validator(mode="after")
    def _sense(self) -> Self:
        if len(set(self.sources)) < len(self.sources):
            raise ValueError("A source stands twice in 'sources'. Keep its better place.")
        if self.table == "events" and self.compare:
            raise ValueError("Events have one day and nothing to compare. Remove 'compare'.")
        return self


class FigureOfPathway(Frozen):
    """A figure that the pathway uses, and where its question comes from."""

    kpi: Id
    source: Text | None = None


class Target(Frozen):
    """A target for a figure from a date on: shares as fractions, durations in days."""

    kpi: Id
    value: float
    start: date
    source: Text
