"""Funnels: shares of groups against limits that widen as groups get smaller.

Spiegelhalter 2005. The target is the share of all groups together; phi says how much groups vary
over what chance alone would do, and is always there, whether limits are adjusted for it or not.
Limits without adjustment:

- `wilson`: target +- z sqrt(target (1 - target) / n), within 0 and 1. A group is outside just where
  its Wilson interval excludes the target (the funnel of PHEindicatormethods and Fingertips).
- `exact`: interpolated binomial limits (Spiegelhalter's appendix); a group is flagged by its mid-p
  tail probability, not by a comparison with the drawn line.
- `arcsine`: as FunnelPlotR 0.6.0 draws proportions (its "PR").
- `ratio`: for a ratio of two counts of which the first is no part of the second (its "RC"), on the
  log scale, where a half is added to counts before a group is judged. Little can be said below an
  expected count of 1.

Adjusted limits are FunnelPlotR's: an additive variance (DerSimonian and Laird 1986) after the
outer tenths of the z-scores were pulled in (Spiegelhalter 2005, winsorised), on the log scale for
`ratio` and on the arcsine scale for the rest.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal, NamedTuple, SupportsFloat, get_args

import numpy as np
import numpy.typing as npt
from scipy.special import bdtr, bdtrik

from pdqi.statistics.series import SAME, numbers

Floats = npt.NDArray[np.float64]
Method = Literal["wilson", "exact", "arcsine", "ratio"]
TAILS = (0.025, 0.001)
"""What lies beyond each limit on one side: 95% and 99.8% limits."""
Z = tuple(NormalDist().inv_cdf(1 - tail) for tail in TAILS)
Z_FUNNELPLOTR = (1.959964, 3.090232)
"""Z as FunnelPlotR writes it out."""
TRIM = 0.1


class Limits(NamedTuple):
    """Lower and upper 95% and 99.8% limits, one for each size asked for."""

    low95: Floats
    high95: Floats
    low998: Floats
    high998: Floats


@dataclass(frozen=True, slots=True)
class Group:
    """A group on the funnel; all but its counts is None where it has no denominator."""

    numerator: float | None
    denominator: float | None
    share: float | None = None
    z: float | None = None
    """How many standard errors it is from the target, on the scale that phi is worked out on."""
    low95: float | None = None
    high95: float | None = None
    low998: float | None = None
    high998: float | None = None
    outside95: int | None = None
    """1 above the upper limit, -1 below the lower one, 0 within; a share on a limit is within."""
    outside998: int | None = None


@dataclass(frozen=True, slots=True)
class Funnel:
    """A funnel: its target, how much its groups vary, and its groups in the order given."""

    method: Method
    target: float | None
    """The share of all groups together; None where there is no denominator."""
    phi: float | None
    """The variance between groups over that of chance alone; above 1 is overdispersion."""
    tau2: float
    """The variance between groups that adjusted limits add, on their scale."""
    adjusted: bool
    """Whether limits are adjusted: asked for, and phi is above 1."""
    groups: tuple[Group, ...]

    def limits(self, n: npt.ArrayLike) -> Limits:
        """Return the limits at denominators of any size above 0, for drawing.

        Exact limits are those of the nearest whole number.
        """
        size = np.atleast_1d(np.asarray(n, dtype=float))
        if self.target is None:
            return Limits(*(np.full(size.shape, np.nan) for _ in range(4)))
        if not np.all(size > 0):
            raise ValueError("limits are asked for at a denominator of 0: allowed are those above")
        tau2 = self.tau2 if self.adjusted else 0.0
        scale = "arcsine" if self.adjusted and self.method != "ratio" else self.method
        found = [_limits(scale, self.target, size, tau2, place) for place in range(len(TAILS))]
        return Limits(*found[0], *found[1])


def funnel(
    numerators: Iterable[SupportsFloat | None],
    denominators: Iterable[SupportsFloat | None],
    method: Method = "wilson",
    adjust: bool = False,
) -> Funnel:
    """Return the funnel of groups, one numerator and denominator each, in the order given.

    A group whose denominator is 0, or with a count that is None or NaN, keeps its place and takes
    no part. With `adjust` limits are widened where phi is above 1. ValueError for counts below 0,
    numerators above their denominators (but for `ratio`), and an unknown method.
    """
    if method not in get_args(Method):
        raise ValueError(f"method {method!r} is not known: allowed are {get_args(Method)}")
    above, below = numbers(numerators), numbers(denominators)
    pairs = list(zip(above, below, strict=True))
    for pair in pairs:
        _check(method, *pair)
    known = [place for place, pair in enumerate(pairs) if pair[0] is not None and pair[1]]
    groups = [Group(*pair) for pair in pairs]
    if not known:
        return Funnel(method, None, None, 0.0, False, tuple(groups))
    r, n = (np.array([pairs[place][end] for place in known], dtype=float) for end in (0, 1))
    target = float(r.sum() / n.sum())
    z, error = _scores(method, r, n, target)
    phi, tau2 = _spread(z, error)
    found = Funnel(method, target, phi, tau2, adjust and phi > 1, ())
    limits = found.limits(n)
    flags = _outside(found, target, r, n, limits)
    for place, row in enumerate(known):
        low95, high95, low998, high998 = (float(limit[place]) for limit in limits)
        groups[row] = Group(
            *pairs[row],
            float(r[place] / n[place]),
            float(z[place]),
            low95,
            high95,
            low998,
            high998,
            *(int(flag[place]) for flag in flags),
        )
    return Funnel(method, target, phi, tau2, found.adjusted, tuple(groups))


def _check(method: Method, r: float | None, n: float | None) -> None:
    known = [count for count in (r, n) if count is not None]
    allowed = ""
    if any(count < 0 for count in known):
        allowed = "counts are at least 0"
    elif method == "exact" and any(count % 1 for count in known):
        allowed = "exact limits need whole counts"
    elif method != "ratio" and known != sorted(known):
        allowed = "a numerator is part of its denominator"
    if allowed:
        raise ValueError(f"{r!r} of {n!r} is not allowed: {allowed}")


def _scores(method: Method, r: Floats, n: Floats, target: float) -> tuple[Floats, Floats]:
    """Return z-scores and standard errors of groups, on the scale on which phi is worked out."""
    if method == "ratio":
        error = np.sqrt(r / (r + 0.5) ** 2 + n / (n + 0.5) ** 2)
        if target == 0:
            return np.zeros_like(r), error
        return (np.log((r + 0.5) / (n + 0.5)) - np.log(target)) / error, error
    error = 1 / (2 * np.sqrt(n))
    return (np.arcsin(np.sqrt(r / n)) - np.arcsin(np.sqrt(target))) / error, error


def _spread(z: Floats, error: Floats) -> tuple[float, float]:
    """Return phi and tau2 of z-scores, the outer tenths pulled in."""
    inner = np.clip(z, *np.quantile(z, [TRIM, 1 - TRIM]))
    number, phi, weight = len(z), float(np.mean(inner**2)), error**-2
    excess = number * phi - (number - 1)
    if number < 2 or excess <= 0:
        return phi, 0.0
    return phi, float(excess / (weight.sum() - (weight**2).sum() / weight.sum()))


def _limits(
    scale: Method, target: float, n: Floats, tau2: float, place: int
) -> tuple[Floats, Floats]:
    z = Z_FUNNELPLOTR[place]
    if scale == "exact":
        whole, tail = np.maximum(np.rint(n), 1), TAILS[place]
        return _exact_limit(whole, target, tail), _exact_limit(whole, target, 1 - tail)
    if scale == "ratio":
        # What the z-scores' error is for a group that is just on the target. FunnelPlotR takes
        # 1 / (2 sqrt(n)) here, which its own z-scores do not.
        expected = target * n
        variance = expected / (expected + 0.5) ** 2 + n / (n + 0.5) ** 2
        factor = np.exp(z * np.sqrt(variance + tau2))
        return target / factor, target * factor
    if scale == "arcsine":
        angle, half = np.arcsin(np.sqrt(target)), z * np.sqrt(1 / (4 * n) + tau2)
        # The sine folds back outside of a quarter turn, so the angle is held there first.
        low, high = np.clip([angle - half, angle + half], 0, np.pi / 2)
        return np.sin(low) ** 2, np.sin(high) ** 2
    half = Z[place] * np.sqrt(target * (1 - target) / n)
    return np.maximum(target - half, 0), np.minimum(target + half, 1)


def _exact_limit(n: Floats, target: float, p: float) -> Floats:
    """Return the binomial quantile as a share, between the two counts that enclose p."""
    if target in (0, 1):
        return np.full(n.shape, target)
    k = np.ceil(np.nan_to_num(bdtrik(p, n, target)))
    k = np.where(_binomial(k - 1, n, target) >= p, k - 1, k)
    k = np.clip(np.where(_binomial(k, n, target) < p, k + 1, k), 0, n)
    at, before = _binomial(k, n, target), _binomial(k - 1, n, target)
    found: Floats = np.clip((k - (at - p) / (at - before)) / n, 0, 1)
    return found


def _binomial(k: Floats, n: Floats, target: float) -> Floats:
    """Return the probability of at most k of n."""
    found: Floats = np.where(k < 0, 0.0, bdtr(np.maximum(k, 0), n.astype(np.int64), target))
    return found


def _outside(
    found: Funnel, target: float, r: Floats, n: Floats, limits: Limits
) -> tuple[npt.NDArray[np.int64], ...]:
    """Return for 95% and 99.8% where each share lies: 1 above, -1 below, 0 within or on a limit."""
    if found.method == "exact" and not found.adjusted:
        rest, miss = n - r, 1 - target
        below = (_binomial(r, n, target) + _binomial(r - 1, n, target)) / 2
        above = (_binomial(rest, n, miss) + _binomial(rest - 1, n, miss)) / 2
        return tuple((above < tail).astype(int) - (below < tail).astype(int) for tail in TAILS)
    # On the log scale no share is 0, and the z-scores' half is added on both sides.
    share = (r + 0.5) / (n + 0.5) if found.method == "ratio" and target else r / n
    size = max(1.0, target)
    return tuple(
        (share - high > SAME * size).astype(int) - (low - share > SAME * size).astype(int)
        for low, high in ((limits.low95, limits.high95), (limits.low998, limits.high998))
    )
