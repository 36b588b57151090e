"""What a control chart says in icons: of each point, of the latest one, and of the target."""

from collections.abc import Sequence
from typing import Literal

from pdqi.statistics.groups import Limits
from pdqi.statistics.series import noise, sign
from pdqi.statistics.special_causes import SpecialCause

Improvement = Literal["increase", "decrease", "neutral"]
"""Which direction is better."""


def point_type(label: SpecialCause, improvement: Improvement) -> str:
    """Return what a point means where a direction is better, by the rule that marks it.

    The rule's direction counts, not where the point lies: a rise below the mean is an improvement
    where up is better.
    """
    if label is SpecialCause.COMMON:
        return "common_cause"
    if improvement == "neutral":
        return f"special_cause_neutral_{'high' if label.direction > 0 else 'low'}"
    better = (label.direction > 0) == (improvement == "increase")
    return f"special_cause_{'improvement' if better else 'concern'}"


def variation_icon(latest: str, improvement: Improvement) -> str:
    """Return the icon for the type of the latest point, with the end of the chart it stands for."""
    kind = latest.removeprefix("special_cause_")
    ends = {"improvement": ("high", "low"), "concern": ("low", "high")}.get(kind)
    return f"{kind}_{ends[improvement == 'decrease']}" if ends else kind


def assurance_type(
    found: Limits,
    values: Sequence[float | None],
    target: float | None,
    improvement: Improvement,
    *,
    decided_at_limit: bool,
) -> str | None:
    """Return `consistent_pass`, `consistent_fail` or `inconsistent`; None without limits or target.

    Consistent is a target that the limits of the last group (whose values are given for their
    size) leave wholly on one side, with `decided_at_limit` also one that equals a limit. Limits
    without width that equal the target meet it always.
    """
    if target is None or improvement == "neutral" or found.lpl is None or found.upl is None:
        return None
    level = noise([*values, target])
    lower, upper = sign(target - found.lpl, level), sign(target - found.upl, level)
    decided = decided_at_limit or found.lpl == found.upl
    below = lower < 0 or (decided and lower == 0)
    above = upper > 0 or (decided and upper == 0)
    met, missed = (below, above) if improvement == "increase" else (above, below)
    return "consistent_pass" if met else "consistent_fail" if missed else "inconsistent"
