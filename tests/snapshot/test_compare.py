"""Two snapshots beside each other: the parts add up, and each reason is named."""

from datetime import UTC, datetime
from pathlib import Path

from pdqi.journal import Standing
from pdqi.model import Period
from pdqi.service import Service
from pdqi.snapshot.compare import GONE, compare
from pdqi.snapshot.frozen import Snapshot
from pdqi.snapshot.make import make
from tests.snapshot.conftest import CONFIG, LIBRARY


def frozen(store: Path, period: str, day: int, definition: str | None = None) -> Snapshot:
    service = Service.open(store, CONFIG, LIBRARY.rules.rules, LIBRARY.process_map)
    with service.store:
        return make(
            service,
            LIBRARY,
            service.viewer("stakeholder"),
            service.basis(Period.parse(period), definition),
            service.scope("system"),
            Standing(),
            maker="qi_lead",
            pages=("overview",),
            now=datetime(2026, 10, day, tzinfo=UTC),
        )


def test_the_same_figures_do_not_differ(store: Path) -> None:
    one, other = (frozen(store, "2025-10..2026-09", day) for day in (1, 2))
    found = compare(one, other, store, LIBRARY)
    assert found.content.rows
    assert {row[3] for row in found.content.rows} <= {"no difference", "not compared"}
    assert {row[5] for row in found.content.rows} == {""}


def test_a_new_period_and_another_definition_are_told_apart(store: Path) -> None:
    then = frozen(store, "2024-10..2025-09", 1)
    now = frozen(store, "2025-10..2026-09", 2, "confirmed_only")
    # Whichever is named first, the earlier is the beginning.
    assert compare(now, then, store, LIBRARY) == compare(then, now, store, LIBRARY)
    found = compare(then, now, store, LIBRARY)
    why = " ".join(row[5] for row in found.content.rows)
    assert "from a new period" in why
    assert "from what is chosen" in why
    assert any(then.about.chosen in each for each in found.said)


def test_without_the_data_the_figures_stand_as_they_were_shown(store: Path) -> None:
    then = frozen(store, "2024-10..2025-09", 1)
    now = frozen(store, "2025-10..2026-09", 2)
    gone = Snapshot(
        about=now.about, sections=now.sections, stand=now.stand | {"version": "20200101T000000"}
    )
    found = compare(then, gone, store, LIBRARY)
    assert GONE in found.said
    shown = {row[0]: row[1] for row in now.sections[0].exhibits[0].sheet.rows}  # type: ignore[union-attr]
    assert {row[0]: row[2] for row in found.content.rows} == shown
