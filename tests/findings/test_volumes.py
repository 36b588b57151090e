"""Sudden drops: months written as numbers, and the probability against its definition."""

from datetime import date
from math import exp, factorial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdqi.findings.volumes import CHANCE, at_most, drops, is_drop
from pdqi.model import SUPPRESSED, Basis, Cell, Figure, Period, Published


def published(*numbers: int | None) -> list[Published]:
    """Months from January 2023 on, of one team and item; None is suppressed."""
    found = []
    for place, number in enumerate(numbers):
        month = Period.month(2023 + place // 12, place % 12 + 1)
        cells = {"rows": SUPPRESSED if number is None else Cell(number)}
        figures = (Figure("alpha", "i", cells),) if number != 0 else ()
        found.append(Published("q", Basis(month, "d", "a"), "p", True, figures))
    return found


def told(*numbers: int | None) -> list[tuple[date, date, float, float, bool]]:
    found = drops(published(*numbers), ["alpha", "beta"], ["i"])
    return [(d.first, d.last, d.least, d.usual, d.goes_on) for d in found]


MAY, JUNE, JULY = (date(2023, month, 1) for month in (5, 6, 7))


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ((40, 42, 38, 40, 41, 39), []),
        ((40, 42, 38, 40, 12, 39), [(MAY, MAY, 12, 40, False)]),
        # The low months of a run do not become the usual ones.
        ((40, 42, 38, 40, 12, 9, 10), [(MAY, JULY, 9, 40, True)]),
        # No row at all: the team is absent from the table.
        ((40, 42, 38, 40, 41, 0), [(JUNE, JUNE, 0, 40, True)]),
        # Under half, but chance does that to small numbers.
        ((6, 6, 6, 6, 2, 6), []),
        # Fewer than half are needed, however many there are.
        ((400, 400, 400, 400, 210, 400), []),
        # Three months tell nothing yet; a suppressed month is not judged and not counted.
        ((40, 40, 40, 0), []),
        ((40, None, 40, 40, 0, 40), []),
        ((40, None, 40, 40, 40, None, 40), []),
        ((0, 0, 0, 0, 0, 0), []),
    ],
)
def test_a_drop_and_what_is_none(numbers: tuple[int | None, ...], expected: list[object]) -> None:
    assert told(*numbers) == expected


def test_a_team_that_stopped_is_told_once_and_then_is_usual() -> None:
    found = told(*[40] * 8, *[0] * 20)
    assert len(found) == 1
    assert found[0][:2] == (date(2023, 9, 1), date(2024, 3, 1))


@given(st.integers(0, 60), st.floats(0.1, 60))
def test_the_probability_is_that_of_poisson(number: int, mean: float) -> None:
    slow = sum(exp(-mean) * mean**n / factorial(n) for n in range(number + 1))
    assert at_most(number, mean) == pytest.approx(slow)
    assert is_drop(number, mean) == (number < mean / 2 and slow < CHANCE)
