"""Values in time order: read and checked, their calendar filled, compared without rounding."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import pairwise
from math import gcd, isfinite
from typing import SupportsFloat

Day = date | int
"""When a value was seen: a date, or its place where there are no dates."""
SAME = 1e-12
"""How near two numbers are, as a share of the largest value, to be taken as equal.

`0.1 + 0.2` and `0.3` are one value to a reader, and the mean of thirteen times 0.1 is 0.1. Rounding
leaves some 1e-16 between such numbers; nothing that is counted comes near 1e-12.
"""


def numbers(values: Iterable[SupportsFloat | None]) -> list[float | None]:
    """Return values as floats, None where there is none (None or NaN); ValueError for others."""
    found = [None if value is None else _number(value) for value in values]
    return [None if value is None or value != value else value for value in found]


def noise(values: Iterable[float | None]) -> float:
    """Return up to which difference numbers of this size are equal."""
    return SAME * max((abs(value) for value in values if value is not None), default=0.0)


def sign(difference: float, noise: float) -> int:
    """Return 1, -1, or 0 for a difference that is no more than rounding."""
    return 0 if abs(difference) <= noise else 1 if difference > 0 else -1


def days(values: Iterable[object]) -> list[Day]:
    """Return dates, or places, as given; a moment counts as its date, ISO text as a date.

    ValueError for anything else, and where dates and places are mixed.
    """
    found = [_day(value) for value in values]
    if len({isinstance(value, int) for value in found}) > 1:
        raise ValueError("dates and places are mixed: allowed is one kind")
    return found


def order(day: Day) -> int:
    """Return a number that orders dates, or places."""
    return day if isinstance(day, int) else day.toordinal()


def in_order(
    values: Iterable[SupportsFloat | None], dates: Iterable[object] | None
) -> tuple[list[Day], list[float | None], bool]:
    """Return dates, values by date, and whether months without a row were put in as missing.

    Rows that all fall on one day of the month, or on its last, are a calendar of months (or of
    quarters or years, whichever step they share): what is missing in it is a gap and not nothing.
    ValueError for a date that occurs twice.
    """
    found = numbers(values)
    when = days(range(len(found)) if dates is None else dates)
    if len(when) != len(found):
        raise ValueError(f"{len(found)} values with {len(when)} dates: there must be one for each")
    by_day = dict(zip(when, found, strict=True))
    if len(by_day) < len(when):
        twice = next(each for place, each in enumerate(when) if each in when[:place])
        raise ValueError(f"{twice} occurs twice: allowed is one value for each date")
    ordered = sorted(by_day, key=order)
    calendar = _calendar([each for each in ordered if isinstance(each, date)]) or ordered
    return calendar, [by_day.get(each) for each in calendar], len(calendar) > len(ordered)


def _number(value: SupportsFloat) -> float:
    allowed = "allowed are finite numbers, and None or NaN where there is none"
    if isinstance(value, str | bytes):
        raise ValueError(f"{value!r} is no number: {allowed}")
    try:
        number = float(value)
    except TypeError:
        raise ValueError(f"{value!r} is no number: {allowed}") from None
    if not isfinite(number) and number == number:
        raise ValueError(f"{value!r} is not finite: {allowed}")
    return number


def _day(value: object) -> Day:
    if hasattr(value, "item"):
        value = value.item()  # numpy's dates and numbers
    if isinstance(value, str):
        value = date.fromisoformat(value)
    if isinstance(value, datetime) and value == value:
        return value.date()
    if type(value) is date or type(value) is int:
        return value
    raise ValueError(f"{value!r} is no date: allowed are dates, in ISO form if they are text")


def _calendar(dates: Sequence[date]) -> list[Day]:
    """Return the full calendar of months that dates belong to; empty where they form none."""
    ends = all(_last(each.year, each.month) == each.day for each in dates)
    if len(dates) < 2 or not (ends or len({each.day for each in dates}) == 1):
        return []
    months = [12 * each.year + each.month - 1 for each in dates]
    step = gcd(*(later - earlier for earlier, later in pairwise(months)))
    found: list[Day] = []
    for month in range(months[0], months[-1] + 1, step):
        year, place = divmod(month, 12)
        number = _last(year, place + 1) if ends else dates[0].day
        found.append(date(year, place + 1, number))
    return found


def _last(year: int, month: int) -> int:
    return monthrange(year, month)[1]
