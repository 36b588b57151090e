"""How durations have ended by a day, where they can end in one of two ways (Aalen-Johansen 1978).

Censoring those who left another way would say that they may still come to the end that is asked
about, and so overstate it. Here they have left, and the shares of those who have ended, have left
otherwise and are still there add up to one.
"""

from dataclasses import dataclass
from math import exp, inf, log, nan, sqrt

import numpy as np
import numpy.typing as npt

from pdqi.statistics.intervals import Interval, z_of

Floats = npt.NDArray[np.float64]
JOINED = 1e-9
"""Times no further apart are one time, as in R's survfit."""


@dataclass(frozen=True)
class Incidence:
    """At each distinct time: how many were at risk, ended, left otherwise, and the shares by then.

    `before` is the share still there just before each time; `leaving` all who left at it, those
    censored included; `late` the times at which `late_number` came under observation.
    """

    time: Floats
    at_risk: Floats
    ended: Floats
    removed: Floats
    leaving: Floats
    before: Floats
    ended_share: Floats
    removed_share: Floats
    late: Floats
    late_number: Floats

    @property
    def number(self) -> float:
        """How many there were at any time."""
        return float(self.leaving.sum())

    def left_after(self, day: float) -> float:
        """Return how many were still there, and followed, after a day."""
        gone, to_come = self.leaving[self.time <= day], self.late_number[self.late > day]
        return self.number - float(gone.sum()) - float(to_come.sum())

    def followed(self, day: float) -> bool:
        """Return whether anything is known of a day: somebody was followed so long, or all left."""
        there = 1 - float(self.ended_share[-1:].sum()) - float(self.removed_share[-1:].sum())
        return bool(len(self.time)) and (day <= self.time[-1] or there <= 1e-12)

    def by(self, day: float, confidence: float = 0.95) -> Interval | None:
        """Return the share that has ended by a day, with its interval; None if not followed.

        The interval is log-log on the share that has not ended, so without removals it is that of
        the Kaplan-Meier curve, and like that one it is missing (NaN) where nobody or everybody has
        ended. Its variance is that of Marubini and Valsecchi (1995, 10.9).
        """
        return self._by(day, self.ended, self.ended_share, confidence)

    def removed_by(self, day: float, confidence: float = 0.95) -> Interval | None:
        """Return the share that has left otherwise by a day, as `by` does."""
        return self._by(day, self.removed, self.removed_share, confidence)

    def _by(self, day: float, d: Floats, shares: Floats, confidence: float) -> Interval | None:
        z = z_of(confidence)
        if not self.followed(day):
            return None
        known = self.time <= day
        share = float(shares[known][-1]) if known.any() else 0.0
        rest = 1 - share
        if share <= 0 or rest <= 1e-12:
            return Interval(min(max(share, 0.0), 1.0), nan, nan)
        variance = self._variance(known, d[known], share - shares[known])
        spread = z * sqrt(max(0.0, variance)) / (rest * abs(log(rest)))
        grown = exp(spread) if spread < 700 else inf
        return Interval(share, 1 - rest ** (1 / grown), 1 - rest**grown)

    def _variance(self, known: npt.NDArray[np.bool_], d: Floats, since: Floats) -> float:
        n, all_, before = (
            self.at_risk[known],
            (self.ended + self.removed)[known],
            self.before[known],
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            # Where all leave at once, nothing is left to end later: the term is zero.
            first = np.where(n > all_, since**2 * all_ / (n * (n - all_)), 0.0)
        second = before**2 * (n - d) * d / n**3
        third = since * before * d / n**2
        return float((first + second - 2 * third).sum())


def competing(
    times: npt.ArrayLike,
    ended: npt.ArrayLike,
    removed: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    entry: npt.ArrayLike | None = None,
) -> Incidence:
    """Return the shares of durations that ended, and that left otherwise, by each time.

    `times` are durations; `ended` and `removed` say how each stopped (neither: censored; both:
    ended); `weights` how many identical observations each stands for. Ends and removals come
    before censorings at the same time. `entry` is how long each had lasted when it came under
    observation: it is at risk after that, and from the start where entry is 0 or less. ValueError
    for durations that are not finite, or not longer than their entry.
    """
    t = np.asarray(times, dtype=float)
    e = np.asarray(ended, dtype=bool)
    r = np.zeros_like(e) if removed is None else np.asarray(removed, dtype=bool)
    w = np.ones_like(t) if weights is None else np.asarray(weights, dtype=float)
    late, late_number = _late(t, w, entry)
    time, place = _joined(t)

    def number(which: npt.NDArray[np.bool_]) -> Floats:
        return np.bincount(place, weights=w * which, minlength=len(time)).astype(float)

    leaving, done, left = number(np.ones_like(e)), number(e), number(r & ~e)
    at_risk: Floats = np.cumsum(leaving[::-1])[::-1].astype(float)
    if len(late):
        entered = np.concatenate([[0.0], np.cumsum(late_number)])
        at_risk -= entered[-1] - entered[np.searchsorted(late, time - JOINED)]
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
        late,
        late_number,
    )


def _late(t: Floats, w: Floats, entry: npt.ArrayLike | None) -> tuple[Floats, Floats]:
    """Return the times of late entries in order, and how many come in at each."""
    if not np.isfinite(t).all() or not (np.isfinite(w).all() and (w > 0).all()):
        raise ValueError("durations are finite numbers, and weights finite numbers above 0")
    if entry is None:
        return t[:0], w[:0]
    since = np.asarray(entry, dtype=float)
    late = since > 0
    if np.isnan(since).any() or (since[late] >= t[late] - JOINED).any():
        raise ValueError("an entry is a number, and before the end of its duration")
    order = np.argsort(since[late], kind="stable")
    return since[late][order], w[late][order]


def _joined(t: Floats) -> tuple[Floats, npt.NDArray[np.intp]]:
    """Return the distinct times, and the place of each duration among them."""
    time, place = np.unique(t, return_inverse=True)
    new = np.concatenate([[True], np.diff(time) > JOINED])[: len(time)]
    if new.all():
        return time, place
    return time[new], (np.cumsum(new) - 1)[place]
