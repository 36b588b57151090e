"""How durations have ended by a day, where they can end in one of two ways (Aalen-Johansen 1978).

Censoring those who left another way would say that they may still come to the end that is asked
about, and so overstate it. Here they have left, and the shares of those who have ended, have left
otherwise and are still there add up to one.
"""

from dataclasses import dataclass
from math import log, sqrt

import numpy as np
import numpy.typing as npt

from pdqi.statistics.intervals import Z95, Interval

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Incidence:
    """At each distinct time: how many were at risk, ended, left otherwise, and the shares by then.

    `before` is the share still there just before each time; `leaving` all who left at it, those
    censored included.
    """

    time: Floats
    at_risk: Floats
    ended: Floats
    removed: Floats
    leaving: Floats
    before: Floats
    ended_share: Floats
    removed_share: Floats

    @property
    def number(self) -> float:
        """How many there were at the start."""
        return float(self.at_risk[0]) if len(self.time) else 0.0

    def left_after(self, day: float) -> float:
        """Return how many were still there, and still followed, after a day."""
        return self.number - float(self.leaving[self.time <= day].sum())

    def by(self, day: float, z: float = Z95) -> Interval | None:
        """Return the share that has ended by a day, with its interval on the log-log scale.

        None where nobody was followed so long and some had not left yet. The variance is that of
        Marubini and Valsecchi (1995, 10.9), the interval that of Choudhury (2002).
        """
        known = self.time <= day
        if not known.any():
            return Interval(0.0, 0.0, 0.0)
        there = 1 - float(self.ended_share[-1]) - float(self.removed_share[-1])
        if day > self.time[-1] and there > 1e-12:
            return None
        share = float(self.ended_share[known][-1])
        if share <= 0:
            return Interval(0.0, 0.0, 0.0)
        if share >= 1:
            return Interval(1.0, 1.0, 1.0)
        spread = sqrt(max(0.0, self._variance(known, share))) / (share * abs(log(share)))
        with np.errstate(over="ignore"):
            low, high = share ** np.exp(np.array([1.0, -1.0]) * z * spread)
        return Interval(share, float(low), float(high))

    def _variance(self, known: npt.NDArray[np.bool_], share: float) -> float:
        n, all_, d = self.at_risk[known], (self.ended + self.removed)[known], self.ended[known]
        rest, before = share - self.ended_share[known], self.before[known]
        with np.errstate(divide="ignore", invalid="ignore"):
            # Where all leave at once, nothing is left to end later: the term is zero.
            first = np.where(n > all_, rest**2 * all_ / (n * (n - all_)), 0.0)
        second = before**2 * (n - d) * d / n**3
        third = rest * before * d / n**2
        return float((first + second - 2 * third).sum())


def competing(
    times: npt.ArrayLike,
    ended: npt.ArrayLike,
    removed: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
) -> Incidence:
    """Return the shares of durations that ended, and that left otherwise, by each time.

    `times` are durations; `ended` and `removed` say how each stopped (neither: censored);
    `weights` how many identical observations each stands for. Ends and removals come before
    censorings at the same time.
    """
    t = np.asarray(times, dtype=float)
    e, r = np.asarray(ended, dtype=bool), np.asarray(removed, dtype=bool)
    w = np.ones_like(t) if weights is None else np.asarray(weights, dtype=float)
    time, place = np.unique(t, return_inverse=True)

    def number(which: npt.NDArray[np.bool_]) -> Floats:
        return np.bincount(place, weights=w * which, minlength=len(time)).astype(float)

    leaving, done, left = number(np.ones_like(e)), number(e), number(r & ~e)
    at_risk: Floats = np.cumsum(leaving[::-1])[::-1].astype(float)
    there: Floats = np.cumprod(1 - (done + left) / at_risk).astype(float)
    before: Floats = np.concatenate([[1.0], there[:-1]])[: len(time)]
    return Incidence(
        time,
        at_risk,
        done,
        left,
        leaving,
        before,
        np.minimum(np.cumsum(before * done / at_risk), 1.0),
        np.minimum(np.cumsum(before * left / at_risk), 1.0),
    )
