from datetime import date

import pytest

from pdqi import words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.125, "13%"),
        (0.285, "29%"),
        (0.285 - 1e-9, "28%"),
        (0.0, "0%"),
        (1.0, "100%"),
        (0.005, "1%"),
    ],
)
def test_percent_is_half_up(value: float, text: str) -> None:
    assert words.percent(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "1 day"),
        (0, "0 days"),
        (1034.5, "1,035 days"),
        (-3, "−3 days"),
        (-1, "−1 day"),
        (-0.2, "0 days"),
    ],
)
def test_days(value: float, text: str) -> None:
    assert words.days(value) == text


def test_counts_and_ratios() -> None:
    assert words.count(12345) == "12,345"
    assert words.ratio(2) == "2.0"
    assert words.ratio(1.95) == "2.0"
    assert words.in_unit(0.4, "share") == "40%"


def test_dates() -> None:
    assert words.day(date(2022, 4, 3)) == "3 April 2022"
    assert words.span(date(2022, 4, 1), date(2022, 4, 30)) == "April 2022"
    assert words.span(date(2022, 4, 1), date(2022, 6, 30)) == "April to June 2022"
    assert words.span(date(2022, 4, 1), date(2023, 3, 31)) == "April 2022 to March 2023"
    assert words.short_span(date(2022, 4, 1), date(2023, 3, 31)) == "Apr 2022 to Mar 2023"
