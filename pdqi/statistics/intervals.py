"""Intervals for proportions and their ratio.

Wilson 1927 for a proportion (equal to R's `prop.test(correct = FALSE)`), the log-scale Wald
interval for a risk ratio (Katz 1978).
"""

from dataclasses import dataclass
from math import exp, log, sqrt
from statistics import NormalDist

Z95 = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True)
class Interval:
    """An estimate with the lower and upper end of its interval."""

    value: float
    low: float
    high: float


def proportion_interval(numerator: float, denominator: float, z: float = Z95) -> Interval | None:
    """Return a proportion with its Wilson interval; None for an empty denominator."""
    if denominator <= 0:
        return None
    share = numerator / denominator
    centre = share + z * z / (2 * denominator)
    half = z * sqrt(share * (1 - share) / denominator + z * z / (4 * denominator**2))
    scale = 1 + z * z / denominator
    # At 0 and 1 the end is exact; rounding must not leave it a hair outside.
    low = 0.0 if numerator == 0 else (centre - half) / scale
    high = 1.0 if numerator == denominator else (centre + half) / scale
    return Interval(share, low, high)


def risk_ratio(a: float, n1: float, b: float, n2: float, z: float = Z95) -> Interval | None:
    """Return (a/n1) / (b/n2) with its log-scale interval.

    None where a group is empty or a numerator is 0: the log scale has no place for it.
    """
    if min(n1, n2, a, b) <= 0:
        return None
    ratio = (a / n1) / (b / n2)
    error = sqrt(max(0.0, 1 / a - 1 / n1 + 1 / b - 1 / n2))
    return Interval(ratio, exp(log(ratio) - z * error), exp(log(ratio) + z * error))
