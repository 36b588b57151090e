"""The rows that were left out, for the owner of a file: where they stand and why, and no more.

Never a value of a row: the column that holds the original cells is not read here. A row number is
one row, so only roles that are cleared for exact counts may have the list.
"""

from dataclasses import dataclass

from pdqi.config import Config
from pdqi.errors import Problem, RequestError
from pdqi.ingest.reasons import REASONS, Reason
from pdqi.service import Service, Viewer

FILE = "quarantine.parquet"
"""What loading keeps of the rows that it left out, in a version of the store."""


@dataclass(frozen=True)
class LeftOut:
    """One row that was left out: its file, its number in that file, and every reason."""

    file: str
    row: int
    reasons: tuple[Reason, ...]


def sources(service: Service) -> tuple[str, ...]:
    """Return the sources with rows that were left out, in alphabetical order."""
    return tuple(sorted({each.source for each in service.manifest.accounts if each.reasons}))


def may_see(viewer: Viewer) -> bool:
    """Whether a reader may have the list."""
    return viewer.policy.cleared


def roles_that_may(config: Config) -> tuple[str, ...]:
    """Return the names of the roles that may have it."""
    return tuple(role.name for role in config.roles if config.policy_of(role.id).cleared)


def rows(service: Service, viewer: Viewer, source: str) -> tuple[LeftOut, ...]:
    """Return a source's rows that were left out, by file and row.

    Raises `RequestError` for a reader who is not cleared, and for a source without such rows.
    """
    if not may_see(viewer):
        allowed = ", ".join(roles_that_may(service.config)) or "no role of config.yaml"
        raise RequestError(
            Problem(
                "This role may not have the list of rows that were left out.",
                allowed=allowed,
                fix="Ask somebody with one of these roles to send it to the file's owner.",
            )
        )
    file = service.store.path / FILE
    if source not in sources(service) or not file.is_file():
        raise RequestError(Problem(f"No row of the source '{source[:40]}' was left out."))
    known = {reason.name: reason for reason in REASONS}
    with service.store.session() as session:
        found = session.rows(
            "select file, row, reasons from read_parquet($stored) where source = $source"
            " order by file, row",
            {"stored": str(file), "source": source},
        )
    return tuple(
        LeftOut(each["file"], each["row"], tuple(known[name] for name in each["reasons"]))
        for each in found
    )
