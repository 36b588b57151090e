"""Intervals for proportions, their difference and ratio, and the ratio of two rates.

All take counts and a confidence level (0.95 unless said otherwise) and give an `Interval`, or None
where there is nothing to estimate.
"""

from dataclasses import dataclass
from math import exp, inf, log, sqrt
from statistics import NormalDist
from typing import Literal

from scipy.special import betaincinv

Z95 = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True)
class Interval:
    """An estimate with the lower and upper end of its interval."""

    value: float
    low: float
    high: float


def z_of(confidence: float) -> float:
    """Return how many standard errors either side hold `confidence` of a normal distribution."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence {confidence!r} is not allowed: it lies between 0 and 1")
    return NormalDist().inv_cdf((1 + confidence) / 2)


def proportion_interval(
    numerator: float,
    denominator: float,
    confidence: float = 0.95,
    method: Literal["wilson", "exact"] = "wilson",
) -> Interval | None:
    """Return a proportion with its interval; None for an empty denominator.

    `wilson` inverts the score test (Wilson 1927; R's `prop.test(correct = FALSE)`), `exact` the
    binomial test (Clopper and Pearson 1934; R's `binom.test`).
    """
    _check_share(numerator, denominator)
    z = z_of(confidence)
    if denominator == 0:
        return None
    share = numerator / denominator
    if method == "exact":
        return Interval(share, *_clopper_pearson(numerator, denominator, confidence))
    if method != "wilson":
        raise ValueError(f"method {method!r} is not known: allowed are wilson and exact")
    centre = share + z * z / (2 * denominator)
    half = z * sqrt(share * (1 - share) / denominator + z * z / (4 * denominator**2))
    scale = 1 + z * z / denominator
    # At 0 and 1 the end is exact; rounding must not leave it a hair outside.
    low = 0.0 if numerator == 0 else (centre - half) / scale
    high = 1.0 if numerator == denominator else (centre + half) / scale
    return Interval(share, low, high)


def difference(
    a: float, n1: float, b: float, n2: float, confidence: float = 0.95
) -> Interval | None:
    """Return a/n1 - b/n2 with its interval; None where a group is empty.

    The ends are put together from the two Wilson intervals (Newcombe 1998, method 10), so they
    stay within -1 and 1 and have a width even where both shares are 0 or 1.
    """
    first, second = proportion_interval(a, n1, confidence), proportion_interval(b, n2, confidence)
    if first is None or second is None:
        return None
    value = first.value - second.value
    down = sqrt((first.value - first.low) ** 2 + (second.high - second.value) ** 2)
    up = sqrt((first.high - first.value) ** 2 + (second.value - second.low) ** 2)
    return Interval(value, max(-1.0, value - down), min(1.0, value + up))


def risk_ratio(
    a: float, n1: float, b: float, n2: float, confidence: float = 0.95
) -> Interval | None:
    """Return (a/n1) / (b/n2) with its log-scale interval (Katz 1978).

    None where a group is empty or a numerator is 0: the log scale has no place for it.
    """
    _check_share(a, n1)
    _check_share(b, n2)
    z = z_of(confidence)
    if min(n1, n2, a, b) == 0:
        return None
    ratio = (a / n1) / (b / n2)
    error = sqrt(max(0.0, 1 / a - 1 / n1 + 1 / b - 1 / n2))
    return Interval(ratio, exp(log(ratio) - z * error), exp(log(ratio) + z * error))


def rate_ratio(
    a: float, time_a: float, b: float, time_b: float, confidence: float = 0.95
) -> Interval | None:
    """Return the ratio of two rates, `a` events in `time_a` over `b` in `time_b`.

    The interval is exact given a + b (Przyborowski and Wilenski 1940; R's `poisson.test`). With
    no event in `b` ratio and upper end are infinite; with none in `a` ratio and lower end are 0.
    None where there is no event at all, or no time.
    """
    for name, number in (("a", a), ("time_a", time_a), ("b", b), ("time_b", time_b)):
        if not 0 <= number < inf:
            raise ValueError(f"{name} {number!r} is not allowed: it is a number of at least 0")
    z_of(confidence)
    if a + b == 0 or time_a == 0 or time_b == 0:
        return None
    scale = time_b / time_a
    low, high = (_odds(share) * scale for share in _clopper_pearson(a, a + b, confidence))
    return Interval(a / b * scale if b else inf, low, high)


def _odds(share: float) -> float:
    return share / (1 - share) if share < 1 else inf


def _clopper_pearson(
    numerator: float, denominator: float, confidence: float
) -> tuple[float, float]:
    tail, rest = (1 - confidence) / 2, denominator - numerator
    low = 0.0 if numerator == 0 else float(betaincinv(numerator, rest + 1, tail))
    high = 1.0 if rest == 0 else float(betaincinv(numerator + 1, rest, 1 - tail))
    return low, high


def _check_share(numerator: float, denominator: float) -> None:
    if not 0 <= numerator <= denominator < inf:
        raise ValueError(
            f"{numerator!r} of {denominator!r} is no proportion: allowed are 0 <= numerator <="
            " denominator"
        )
