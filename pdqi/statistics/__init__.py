"""Exact statistics: pure functions on numbers and arrays.

Each module says where its rules come from; what we do differently from the tools of the NHS, and
why, is in docs/deviations.md.
"""

from pdqi.statistics.funnel import Funnel, funnel
from pdqi.statistics.groups import Rebase
from pdqi.statistics.intervals import (
    Interval,
    difference,
    proportion_interval,
    rate_ratio,
    risk_ratio,
)
from pdqi.statistics.run_chart import RunChart, run_chart
from pdqi.statistics.special_causes import SpecialCause
from pdqi.statistics.survival import Survival, survival
from pdqi.statistics.xmr import Note, Xmr, suggest_rebase, xmr

__all__ = [
    "Funnel",
    "Interval",
    "Note",
    "Rebase",
    "RunChart",
    "SpecialCause",
    "Survival",
    "Xmr",
    "difference",
    "funnel",
    "proportion_interval",
    "rate_ratio",
    "risk_ratio",
    "run_chart",
    "suggest_rebase",
    "survival",
    "xmr",
]
