"""Run charts: the median, and whether values stay on one side of it for too long (Anhoej 2014).

For series too short for control limits. Signals are those of qicharts2 0.8.1, which hold for any
number of values: a run longer than chance would make it, or fewer crossings of the median.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from math import log2
from statistics import median
from typing import SupportsFloat

from scipy.special import bdtr

from pdqi.statistics.series import noise, numbers, sign

ENOUGH = 10
"""With fewer useful values little can be said."""


@dataclass(frozen=True, slots=True)
class RunChart:
    """The median of a series, and how its useful values run beside it."""

    median: float | None
    useful: int
    """Values that are there and not on the median."""
    longest_run: int
    """How many useful values in a row lie on one side; values on the median do not end a run."""
    longest_run_max: int
    crossings: int
    """How often one useful value lies on the other side than the one before."""
    crossings_min: int

    @property
    def runs_signal(self) -> bool:
        """Whether some run is longer than chance would make it."""
        return self.longest_run > self.longest_run_max

    @property
    def crossings_signal(self) -> bool:
        """Whether the series crosses its median less often than chance would make it."""
        return self.crossings < self.crossings_min

    @property
    def signal(self) -> bool:
        """Whether the series is other than random."""
        return self.runs_signal or self.crossings_signal

    @property
    def enough(self) -> bool:
        """Whether there are values enough to say much."""
        return self.useful >= ENOUGH


def run_chart(values: Iterable[SupportsFloat | None]) -> RunChart:
    """Return the run chart of values in time order; None and NaN are missing and left out.

    At most round(log2(n)) + 3 useful values in a row lie on one side by chance, and at least the
    5% point of the binomial distribution of n - 1 tosses are crossings.
    """
    given = [value for value in numbers(values) if value is not None]
    if not given:
        return RunChart(None, 0, 0, 0, 0, 0)
    centre, level = median(given), noise(given)
    sides = [side for value in given if (side := sign(value - centre, level))]
    runs = [len(list(run)) for _, run in groupby(sides)]
    if not runs:
        return RunChart(centre, 0, 0, 0, 0, 0)
    tosses = len(sides) - 1
    fewest = next(k for k in range(tosses + 1) if bdtr(k, tosses, 0.5) >= 0.05)
    longest = round(log2(len(sides))) + 3
    return RunChart(centre, len(sides), max(runs), longest, len(runs) - 1, fewest)
