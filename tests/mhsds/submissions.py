"""Writes invented journeys down as a trust submits them: a set of tables for each month.

Each month says how things stood on its last day, in the form of the version that was in force.
"""

import csv
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.mhsds.journeys import TEAMS, Care, Referral, World

Row = dict[str, str]
VERSION_6 = (2024, 4)
REJECTED = "02"


@dataclass(frozen=True)
class Form:
    """How the files look: their format, how columns are written, and whose files they are."""

    format: str = "csv"
    names: str = "as_is"
    extract: bool = False
    """What comes back after the deadline: rows name their submission and have further columns."""


def tables(world: World, month: tuple[int, int], created: str = "10:00:00") -> dict[str, list[Row]]:
    """Return every table of one month's submission, by its name in the national set."""
    first = date(*month, 1)
    last = first.replace(day=monthrange(*month)[1])
    six = month >= VERSION_6
    made: dict[str, list[Row]] = {
        "MHS000Header": [
            {
                "DatSetVer": "6.0" if six else "5.0",
                "OrgIDProvider": "RXX",
                "ReportingPeriodStartDate": first.isoformat(),
                "ReportingPeriodEndDate": last.isoformat(),
                "DateTimeDatSetCreate": f"{last.isoformat()}T{created}",
            }
        ]
    }
    v5, i = not six, "ID" if six else "Id"

    def put(name: str, **cells: object) -> None:
        made.setdefault(name, []).append({k: "" if v is None else str(v) for k, v in cells.items()})

    def known(day: date | None) -> date | None:
        return day if day is not None and day <= last else None

    for patient, born in world.born.items():
        put(
            "MHS001MPI",
            **{f"LocalPatient{i}": local(patient), "NHSNumber": nhs(patient)},
            PersonBirthDate=born,
            GenderIDCode="X",
            Gender=1 + patient % 2,
            EthnicCategory="A9",
        )
        if entry := world.previous.get(patient):
            put(
                "MHS601MedHistPrevDiag",
                **{f"LocalPatient{i}": local(patient)},
                DiagSchemeInUse="02",
                PrevDiag=entry.code,
                CodedDiagTimestamp=_timestamp(entry.recorded_on),
            )
    for referral in world.referrals:
        gone = referral.gone_on
        if referral.referred_on > last or (gone is not None and gone < first):
            continue
        number = {f"ServiceRequest{i}": referral.number}
        own, others = referral.care[0], referral.care[1:]
        discharged = known(referral.discharged_on)
        cells: dict[str, object] = {
            f"LocalPatient{i}": local(referral.patient),
            "ReferralRequestReceivedDate": referral.referred_on,
            "SourceOfReferralMH": referral.source,
            "ServDischDate": discharged,
        }
        if six:
            cells |= {
                "CareProfTeamLocalID": own.team,
                "ReferRejectionDate": known(own.rejected_on),
                "ReferRejectReason": REJECTED if known(own.rejected_on) else None,
                "ReferClosReason": referral.close_reason if discharged else None,
            }
        put("MHS101Referral", **number, **cells)
        for care in others if six else referral.care:
            closed = known(care.closed_on)
            reason = care.close_reason if closed else None
            if v5 and care is own:
                closed, reason = discharged, referral.close_reason if discharged else None
            team = {("Other" if six else "") + f"CareProfTeamLocal{i}": care.team}
            if v5:
                team["ServTeamTypeRefToMH"] = TEAMS[care.team][0]
            put(
                "MHS102OtherServiceType" if six else "MHS102ServiceTypeReferredTo",
                **number,
                **team,
                ReferClosureDate=closed,
                ReferClosReason=reason,
                ReferRejectionDate=known(care.rejected_on),
                ReferRejectReason=REJECTED if known(care.rejected_on) else None,
            )
        for care in referral.care:
            for name, row in _contacts(referral, care, first, last, six):
                put(name, **row)
        for spell in referral.spells:
            if not _open(spell.admitted_on, spell.discharged_on, first, last):
                continue
            put(
                "MHS501HospProvSpell",
                **number,
                **{"HospProvSpellID" if six else "HospProvSpellNum": spell.number},
                StartDateHospProvSpell=spell.admitted_on,
                DischDateHospProvSpell=known(spell.discharged_on),
            )
            for stay in spell.stays:
                if _open(stay.started_on, stay.ended_on, first, last):
                    put(
                        "MHS502WardStay",
                        **{"HospProvSpellID" if six else "HospProvSpellNum": spell.number},
                        **{f"WardStay{i}": stay.number},
                        WardCode=stay.ward,
                        StartDateWardStay=stay.started_on,
                        EndDateWardStay=known(stay.ended_on),
                    )
        for entry in referral.entries:
            if entry.recorded_on is not None and entry.recorded_on > last:
                continue
            scheme = "06" if entry.code[0].isdigit() else "02"
            when = _timestamp(entry.recorded_on)
            match entry.kind:
                case "primary":
                    put("MHS604PrimDiag", **number, DiagSchemeInUse=scheme, PrimDiag=entry.code,
                        CodedDiagTimestamp=when)  # fmt: skip
                case "secondary":
                    put("MHS605SecDiag", **number, DiagSchemeInUse=scheme, SecDiag=entry.code,
                        CodedDiagTimestamp=when)  # fmt: skip
                case _ if six:
                    put("MHS609PresComp", **number, FindSchemeInUse=scheme, PresComp=entry.code,
                        PresCompDate=entry.recorded_on)  # fmt: skip
                case _:
                    put("MHS603ProvDiag", **number, DiagSchemeInUse=scheme, ProvDiag=entry.code,
                        CodedProvDiagTimestamp=when)  # fmt: skip
    for visit in world.drop_ins:
        if first <= visit.day <= last:
            by_nhs = visit.patient is not None and visit.by_nhs_number
            put(
                "MHS302MHDropInContact",
                MHDropInContactID=visit.number,
                CareContactDateMHDropInContact=visit.day,
                MHDropInContactServiceType=visit.type,
                LocalPatientID=None if by_nhs or visit.patient is None else local(visit.patient),
                NHSNumber=nhs(visit.patient) if by_nhs and visit.patient is not None else None,
            )
    if six:
        for team, (kind, _) in TEAMS.items():
            put("MHS902ServiceTeamDetails", CareProfTeamLocalID=team, ServTeamTypeMH=kind)
        for ward in ("W1", "W2"):
            put("MHS903WardDetails", WardCode=ward, WardType="01")
    return made


def _contacts(
    referral: Referral, care: Care, first: date, last: date, six: bool
) -> Iterator[tuple[str, dict[str, object]]]:
    i = "ID" if six else "Id"
    own = six and care is referral.care[0]
    team = "OtherCareProfTeamLocalID" if six else "CareProfTeamLocalId"
    for contact in care.contacts:
        if first <= contact.day <= last:
            yield (
                "MHS201CareContact",
                {
                    f"CareContact{i}": contact.number,
                    f"ServiceRequest{i}": referral.number,
                    team: None if own else care.team,
                    "CareContDate": contact.day,
                    "AttendStatus" if six else "AttendOrDNACode": contact.attended,
                    "ConsMechanismMH": contact.mechanism,
                },
            )
            for number, concept in contact.procedures:
                yield (
                    "MHS202CareActivity",
                    {
                        f"CareAct{i}": number,
                        f"CareContact{i}": contact.number,
                        "Procedure" if six else "CodeProcAndProcStatus": concept,
                    },
                )


def _open(start: date, end: date | None, first: date, last: date) -> bool:
    return start <= last and (end is None or end >= first)


def _timestamp(day: date | None) -> str | None:
    return None if day is None else f"{day.isoformat()}T09:30:00+01:00"


def local(patient: int) -> str:
    """Return a patient's local number, with leading zeros that are part of it."""
    return f"000{100 + patient}"


def nhs(patient: int) -> str:
    return str(4_000_000_000 + patient)


def write(made: dict[str, list[Row]], folder: Path, form: Form, month: tuple[int, int]) -> int:
    """Write one submission's tables into a folder of its own; returns how many rows it has."""
    folder.mkdir(parents=True)
    count = 0
    for name, rows in made.items():
        columns = list(dict.fromkeys(column for row in rows for column in row))
        if form.extract:
            submission = f"S{month[0]}{month[1]:02}"
            rows = [row | {"UniqSubmissionID": submission, "OrgIDProv": "RXX"} for row in rows]
            rows = [row | {f"{name[:6]}UniqID": str(n)} for n, row in enumerate(rows)]
            columns += ["UniqSubmissionID", "OrgIDProv", f"{name[:6]}UniqID"]
        told = {c: getattr(c, form.names)() if form.names != "as_is" else c for c in columns}
        cells = [{told[c]: row.get(c, "") for c in columns} for row in rows]
        count += len(cells)
        if form.format == "parquet":
            data = {c: [row[c] or None for row in cells] for c in told.values()}
            pq.write_table(pa.table(data), folder / f"{name}.parquet")
            continue
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(told.values()))
            writer.writeheader()
            writer.writerows(cells)
    return count
