"""How what is shown is rounded: always the same way, from the exact value of that one cell."""

import math

DAYS_IN_QUARTER = 365.25 / 4


def rounded(count: float, step: int) -> int:
    """Return a count to the nearest step, halves upwards: the same answer for the same count."""
    return step * math.floor(count / step + 0.5)


def half_up(value: float, places: int) -> float:
    """Return a value rounded half upwards, as readers and spreadsheets expect."""
    scale = 10.0**places
    return math.floor(value * scale + 0.5 + 1e-9) / scale
