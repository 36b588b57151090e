"""What a load says when it is done: where every row of every file went, and what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pdqi.ingest.agreement import Disagreement
from pdqi.ingest.reasons import DUPLICATE, REASONS, SUPERSEDED
from pdqi.ingest.rehearsal import Rehearsal
from pdqi.store.folder import FileAccount, Sending

ALWAYS_SAID = ("rows_in_file", "stored", "duplicate_row")


@dataclass(frozen=True)
class UnknownWord:
    """A word of a list that nothing is known about: where it stands, and in how many rows."""

    file: str
    column: str
    word: str
    rows: int


@dataclass(frozen=True)
class LoadReport:
    """The outcome of a load; `rows` are those of the whole store, by table.

    Of a dry run there is no version; `rehearsal` has its examples.
    """

    version: str | None
    changed: bool
    accounts: tuple[FileAccount, ...]
    rows: dict[str, int]
    unknown: tuple[UnknownWord, ...] = ()
    not_read: tuple[str, ...] = ()
    rehearsal: Rehearsal | None = None
    disagreements: tuple[Disagreement, ...] = ()
    absent: tuple[str, ...] = ()
    """Sentences about sources that config compares and the store does not have."""
    replaced: Sending | None = None
    """What the same source sent before, if this replaced it."""
    remarks: tuple[str, ...] = ()
    """What else there is to know, in sentences."""

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain data."""
        said = {
            "version": self.version,
            "changed": self.changed,
            "files": {account.file: _counts(account) for account in self.accounts},
            "rows": dict(self.rows),
        }
        return said | ({"dry_run": self.rehearsal.as_json()} if self.rehearsal else {})

    def as_text(self) -> str:
        """Return a plain text table that adds up, with what to do about each reason."""
        used = [
            r for r in (SUPERSEDED, *REASONS) if any(a.reasons.get(r.name) for a in self.accounts)
        ]
        header = [
            "file",
            "rows read",
            "= stored",
            "+ duplicate_row",
            *(f"+ {r.name}" for r in used),
        ]
        body = [
            [
                a.file,
                *(f"{n:,}" for n in (a.rows_in_file, a.stored, a.duplicate_row)),
                *(f"{a.reasons.get(r.name, 0):,}" for r in used),
            ]
            for a in self.accounts
        ]
        lines = list(_table(header, body))
        duplicates = [DUPLICATE] if any(a.duplicate_row for a in self.accounts) else []
        for reason in (*duplicates, *used):
            lines += ["", f"{reason.name}: {reason.sentence}", f"    {reason.remedy}"]
        if self.unknown:
            lines += ["", "Words that no list knows:"]
            lines += [
                f"    {w.file}, {w.column}: '{w.word}' in {_rows(w.rows)}" for w in self.unknown
            ]
        notes = [(a.file, note, n) for a in self.accounts for note, n in a.notes.items()]
        if notes:
            lines += ["", "Rows that were kept, with a remark:"]
            lines += [f"    {file}: {n:,} × {note}" for file, note, n in notes]
        if self.disagreements:
            lines += ["", "What several sources tell of; the first is believed:"]
            lines += [f"    {item}" for item in self.disagreements]
        if self.absent:
            lines += ["", *self.absent]
        if self.replaced:
            was = sum(account.stored for account in self.replaced.accounts)
            now = sum(account.stored for account in self.accounts)
            lines += [
                "",
                f"This replaces what '{self.replaced.name}' sent before, loaded"
                f" {self.replaced.loaded_at[:10]}: {_rows(was)} stored then, {now:,} now.",
            ]
        lines += ["", *self.remarks] if self.remarks else []
        if self.not_read:
            lines += ["", f"Not in the mapping, so not read: {', '.join(self.not_read)}."]
        if self.rehearsal:
            return "\n".join([*lines, *self.rehearsal.lines()])
        state = "is now current" if self.changed else "was current already; nothing has changed"
        return "\n".join([*lines, "", f"Version {self.version} {state}."])


def _counts(account: FileAccount) -> dict[str, int]:
    always = {name: getattr(account, name) for name in ALWAYS_SAID}
    return always | {reason: n for reason, n in account.reasons.items() if n}


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _table(header: list[str], body: list[list[str]]) -> Iterable[str]:
    widths = [max(len(row[i]) for row in (header, *body)) for i in range(len(header))]
    for row in (header, *body):
        first, *others = (
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join((first, *others))
