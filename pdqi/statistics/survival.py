"""Kaplan-Meier curves, with limits and quantiles as R's `survival::survfit` 3.5 gives them."""

from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

import numpy as np
import numpy.typing as npt

from pdqi.statistics.competing import Incidence, competing
from pdqi.statistics.intervals import z_of

Floats = npt.NDArray[np.float64]
Scale = Literal["log-log", "log", "plain"]
TOLERANCE = 1e-8
"""survfit's own tolerance when it asks whether a curve stands exactly at a quantile."""


class On(NamedTuple):
    """A curve on a day; the limits are None where there are none."""

    surv: float
    lower: float | None
    upper: float | None
    at_risk: float
    """How many had lasted at least until that day, and were followed before it."""


@dataclass(frozen=True)
class Survival:
    """A curve: at each distinct time how many were at risk, left, and are still there.

    `error` is Greenwood's standard error of `surv`. `error`, `lower` and `upper` are NaN where R
    gives none: all where the curve is 0, log-log limits also where it is 1.
    """

    time: Floats
    at_risk: Floats
    events: Floats
    censored: Floats
    surv: Floats
    error: Floats
    lower: Floats
    upper: Floats
    outcomes: Incidence
    """The shares that had their event, and that were removed, by each time."""

    def at(self, day: float) -> On | None:
        """Return the curve on a day; None where nobody was followed so long and some were left."""
        if not self.outcomes.followed(day):
            return None
        gone = self.time < day
        late = self.outcomes.late_number[self.outcomes.late >= day]
        left = self.outcomes.number - float(self.outcomes.leaving[gone].sum()) - float(late.sum())
        place = int(np.searchsorted(self.time, day, side="right")) - 1
        if place < 0:
            return On(1.0, None, None, left)
        low, high = float(self.lower[place]), float(self.upper[place])
        return On(
            float(self.surv[place]),
            None if np.isnan(low) else low,
            None if np.isnan(high) else high,
            left,
        )

    def quantile(self, share: float) -> float | None:
        """Return the first time by which `share` have left; None when never reached.

        Where the curve stands exactly at the quantile, R takes the midpoint between that time
        and the next at which the curve falls (or the last time, if it never falls again).
        """
        return _crossing(self.time, self.surv, 1 - share)

    def quantile_interval(self, share: float) -> tuple[float | None, float | None]:
        """Return the interval of a quantile, by the same rule on the curve's limits."""
        return (
            _crossing(self.time, self.lower, 1 - share),
            _crossing(self.time, self.upper, 1 - share),
        )


def survival(
    durations: npt.ArrayLike,
    events: npt.ArrayLike,
    entry: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    removed: npt.ArrayLike | None = None,
    confidence: float = 0.95,
    interval: Scale = "log-log",
) -> Survival:
    """Return the Kaplan-Meier curve of durations.

    `events` says whether each duration ended with the event (else it is censored), `removed`
    whether it ended otherwise: the curve counts that as censored, `outcomes` as an end of its own.
    `entry` is how long each had lasted when it came under observation (0 or less: from the start),
    `weights` how many identical observations each row stands for. Events come before censorings at
    the same time. Limits are on the log-log scale, which never leaves 0 to 1, or as R's
    `conf.type` names them. ValueError for durations that are not finite or not after their entry.
    """
    if interval not in get_args(Scale):
        raise ValueError(f"interval {interval!r} is not known: allowed are {get_args(Scale)}")
    found = competing(durations, events, removed, weights, entry)
    left, at_risk = found.ended, found.at_risk
    with np.errstate(divide="ignore", invalid="ignore"):
        surv: Floats = np.cumprod(1 - left / at_risk).astype(float)
        spread = np.sqrt(np.cumsum(left / (at_risk * (at_risk - left))))
        lower, upper = _limits(surv, z_of(confidence) * spread, interval)
        error = np.where(surv > 0, surv * spread, np.nan)
    return Survival(
        found.time, at_risk, left, found.leaving - left, surv, error, lower, upper, found
    )


def _limits(surv: Floats, half: Floats, interval: Scale) -> tuple[Floats, Floats]:
    """Return the limits of a curve, `half` being the half width on the log scale."""
    if interval == "log-log":
        power = np.exp(half / np.log(surv))
        known, lower, upper = (surv > 0) & (surv < 1), surv ** (1 / power), surv**power
    elif interval == "log":
        known, lower, upper = surv > 0, surv * np.exp(-half), np.minimum(surv * np.exp(half), 1)
    else:
        known = surv > 0
        lower, upper = np.maximum(surv * (1 - half), 0), np.minimum(surv * (1 + half), 1)
    return np.where(known, lower, np.nan), np.where(known, upper, np.nan)


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
