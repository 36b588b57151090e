"""Figures as strings: one place, so that a figure reads the same on every page and in files."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
"""Written out, because `strftime` follows the locale of the machine."""
MINUS = "\N{MINUS SIGN}"


def half_up(value: float, places: int = 0) -> Decimal:
    """Return a number rounded as people round: 12.5 is 13, and −12.5 is −13.

    Works on the number as it is written (0.285 is not 0.28499…).
    """
    return Decimal(repr(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def percent(value: float) -> str:
    """Return a fraction as a whole percentage, half up: 0.125 is `13%`."""
    return f"{_signed(half_up(float(Decimal(repr(value)) * 100)))}%"


def count(value: float) -> str:
    """Return a whole number with thousands separators: `1,234`."""
    return _signed(half_up(value))


def days(value: float) -> str:
    """Return whole days with the unit: `1 day`, `1,034 days`, `−3 days`."""
    whole = half_up(value)
    return f"{_signed(whole)} {'day' if abs(whole) == 1 else 'days'}"


def time(seconds: float) -> str:
    """Return a length of time in the unit that suits it: `40 seconds`, `3.5 hours`, `12 days`."""
    size = abs(seconds)
    for length, unit in ((172_800, 86_400), (7_200, 3_600), (120, 60)):
        if size >= length:
            name = {86_400: "days", 3_600: "hours", 60: "minutes"}[unit]
            places = 1 if size < 10 * unit else 0
            return f"{_signed(half_up(seconds / unit, places))} {name}"
    whole = half_up(seconds)
    return f"{_signed(whole)} {'second' if abs(whole) == 1 else 'seconds'}"


def ratio(value: float) -> str:
    """Return a ratio with one decimal place: `2.0`."""
    return _signed(half_up(value, 1))


def in_unit(value: float, unit: str) -> str:
    """Return a figure in its unit: count, share, days, ratio or a time in seconds."""
    units = {"count": count, "share": percent, "days": days, "ratio": ratio, "time": time}
    return units[unit](value)


def day(value: date) -> str:
    """Return a date: `3 April 2022`."""
    return f"{value.day} {month(value)}"


def moment(value: datetime) -> str:
    """Return a moment as whoever reads it would tell it: `3 April 2022, 14:05`, by their clock."""
    here = value.astimezone()
    return f"{day(here.date())}, {here:%H:%M}"


def month(value: date) -> str:
    """Return the month of a date: `April 2022`."""
    return f"{MONTHS[value.month - 1]} {value.year}"


def span(first: date, last: date) -> str:
    """Return two months as a period: `April to June 2022`, `April 2022 to March 2023`."""
    if (first.year, first.month) == (last.year, last.month):
        return month(first)
    start = MONTHS[first.month - 1] if first.year == last.year else month(first)
    return f"{start} to {month(last)}"


def short_span(first: date, last: date) -> str:
    """Return two months in little room: `Apr to Jun 2022`, `Apr 2022 to Mar 2023`."""
    full = span(first, last)
    for name in MONTHS:
        full = full.replace(name, name[:3])
    return full


def _signed(value: Decimal) -> str:
    text = f"{abs(value):,}"
    return f"{MINUS}{text}" if value < 0 else text
