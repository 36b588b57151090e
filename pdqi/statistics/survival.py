"""Kaplan-Meier curves of whole days, with quantiles as R's `survival::survfit` gives them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pdqi.statistics.intervals import Z95

Floats = npt.NDArray[np.float64]
TOLERANCE = 1e-8
"""survfit's own tolerance when it asks whether a curve stands exactly at a quantile."""


@dataclass(frozen=True)
class Survival:
    """A curve: at each distinct time how many were at risk, left, and are still there."""

    time: Floats
    at_risk: Floats
    events: Floats
    censored: Floats
    surv: Floats
    lower: Floats
    upper: Floats

    def quantile(self, share: float) -> float | None:
        """Return the first time by which `share` have left; None when never reached.

        Where the curve stands exactly at the quantile, R takes the midpoint between that time
        and the next at which the curve falls (or the last time, if it never falls again).
        """
        return _crossing(self.time, self.surv, 1 - share)

    def quantile_interval(self, share: float) -> tuple[float | None, float | None]:
        """Return the 95% interval of a quantile, by the same rule on the curve's limits."""
        return (
            _crossing(self.time, self.lower, 1 - share),
            _crossing(self.time, self.upper, 1 - share),
        )


def survival(
    times: npt.ArrayLike, events: npt.ArrayLike, weights: npt.ArrayLike | None = None
) -> Survival:
    """Return the Kaplan-Meier curve of durations.

    `times` are durations, `events` whether each ended (else censored), `weights` how many
    identical observations each row stands for. Events come before censorings at the same time;
    limits are on the log-log scale, which never leaves 0 to 1 (STATISTICS 2.6).
    """
    t = np.asarray(times, dtype=float)
    d = np.asarray(events, dtype=bool)
    w = np.ones_like(t) if weights is None else np.asarray(weights, dtype=float)
    time, place = np.unique(t, return_inverse=True)
    left: Floats = np.bincount(place, weights=w * d, minlength=len(time)).astype(float)
    gone: Floats = np.bincount(place, weights=w * ~d, minlength=len(time)).astype(float)
    at_risk: Floats = np.cumsum((left + gone)[::-1])[::-1].astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        surv: Floats = np.cumprod(1 - left / at_risk).astype(float)
        variance = np.cumsum(left / (at_risk * (at_risk - left)))
        spread = np.exp(Z95 * np.sqrt(variance) / np.log(surv))
        inside = (surv > 0) & (surv < 1)
        lower = np.where(inside, surv ** (1 / spread), np.nan)
        upper = np.where(inside, surv**spread, np.nan)
    return Survival(time, at_risk, left, gone, surv, lower, upper)


def _crossing(time: Floats, curve: Floats, level: float) -> float | None:
    known = ~np.isnan(curve)
    time, curve = time[known], curve[known]
    below = np.flatnonzero(curve <= level + TOLERANCE)
    if not len(below):
        return None
    first = int(below[0])
    if abs(curve[first] - level) > TOLERANCE:
        return float(time[first])
    falls = np.flatnonzero(curve[first:] < curve[first] - TOLERANCE)
    other = time[first + int(falls[0])] if len(falls) else time[-1]
    return float((time[first] + other) / 2)
