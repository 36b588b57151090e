"""A KPI over time in words: what the chart shows, how sure that is, and what to beware of."""

from collections.abc import Mapping

from pdqi import words
from pdqi.findings.marks import Step
from pdqi.findings.over_time import OverTime
from pdqi.findings.signals import Assurance, Point, Signal, Stretch
from pdqi.metrics.kpi import Better, Unit
from pdqi.statistics.xmr import ENOUGH
from pdqi.words import half_up

METHOD = (
    "Making Data Count (XmR): limits are the mean ± 2.66 times the mean difference between months"
    " next to each other; 7 in a row, a trend of 7, two of three near a limit, or a month outside"
    " count as more than chance."
)
SYMBOLS = {True: "▲", False: "▼"}
UNIT_WORDS: Mapping[Unit, str] = {
    "share": "Share",
    "count": "Number",
    "days": "Days",
    "ratio": "Ratio",
}
FINE: Mapping[Unit, float] = {"share": 0.1, "count": 10, "days": 10, "ratio": 1}
"""Limits closer together than this are told with a decimal place more; again at a tenth of it."""


def sentence(found: OverTime) -> str:
    """Return what the chart shows, in a few short sentences."""
    if found.latest is None:
        return f"No month can be shown: {_reasons(found)}."
    said = (
        _latest(found, found.latest),
        _variation(found),
        _moved(found),
        _target(found, found.latest),
    )
    return " ".join(part for part in said if part)


def level(value: float, unit: Unit, places: int = 0) -> str:
    """Return a mean or limit in words, kept within what the unit allows."""
    value = within(value, unit)
    # A mean of 60.5 may be held as 60.49999999999999.
    value = round(value * 100 if unit == "share" else value, 9)
    number = half_up(value, places + (unit == "ratio"))
    return f"{number:,}{'%' if unit == 'share' else ' days' if unit == 'days' else ''}"


def within(value: float, unit: Unit) -> float:
    """Return a mean or limit as it is drawn: no share is negative or above 100%."""
    return max(0.0, min(1.0, value) if unit == "share" else value)


def beside(found: OverTime, stretch: Stretch, value: float, point: Point | None = None) -> str:
    """Return a mean or limit with as many places as limits close together need.

    Beside the value of a point it has as many as let their order in print be the true one.
    """
    unit = found.unit
    apart = (stretch.upper or 0) - (stretch.lower or 0)
    places = 0
    while stretch.judged and apart and apart < FINE[unit] / 10**places and places < 2:
        places += 1
    if point is None or point.month.value is None:
        return level(value, unit, places)
    printed = _number(words.in_unit(point.month.value, unit))
    true = point.month.value - value
    tries = [level(value, unit, n) for n in (places, *(n for n in range(3) if n != places))]
    ordered = [said for said in tries if (printed - _number(said)) * true > 0]
    level_ones = [said for said in tries if printed == _number(said)]
    return (ordered or level_ones or tries)[0]


def direction(better: Better) -> str:
    """Return the direction of good, with its sign."""
    signs = {Better.HIGHER: " ▲", Better.LOWER: " ▼", Better.NEITHER: ""}
    return f"{better.value}{signs[better]}"


def variation_words(found: OverTime) -> str:
    """Return the variation icon: a symbol with its words, or why there is none."""
    point = found.variation
    if point is not None:
        if point.signal is Signal.COMMON:
            return f"● {point.signal.value}"
        named = point.signal.value
        if point.rule == "trend" and found.better is Better.NEITHER:
            named = "rising" if point.up else "falling"
        return f"{SYMBOLS[point.up]} {named}"
    return {
        "run": "– too few months",
        "shared": "– not judged by month",
        "hidden": "– too many not shown",
        "rare": "– too rare to judge",
        "coarse": "– rounded too much to judge",
    }.get(found.kind, "– not shown")


def assurance_words(found: OverTime) -> str:
    """Return whether the target will be met; empty where that is not judged."""
    return "" if found.assurance is None else f"target {found.assurance.value}"


def notes(found: OverTime) -> tuple[str, ...]:
    """Return what to beware of: gaps, protection, and how limits are worked out."""
    said = []
    if found.missing and found.kind != "nothing":
        number = sum(found.missing.values())
        ends = " A month that is not shown ends a run." if found.kind == "control" else ""
        verb = "is" if number == 1 else "are"
        said.append(
            f"{number} of the {len(found.points)} months {verb} not shown: {_reasons(found)}."
            f" A short line at the foot stands for each.{ends}"
        )
    if found.kind in ("control", "run") and not found.policy.cleared:
        said.append("Mean and limits are worked out from the protected figures that are shown.")
    if found.kind == "control":
        said.append(METHOD)
    return tuple(said)


def step_letter(found: OverTime, step: Step) -> str:
    """Return the letter under which a step is drawn: A for the first."""
    return chr(ord("A") + found.steps.index(step))


def told_below(found: OverTime) -> tuple[str, ...]:
    """Return what each number and letter above the chart stands for."""
    said = [f"Mark {flag.number}, {flag.when}: {flag.text}" for flag in found.flags]
    for step in found.steps:
        who = f"Agreed by {step.agreed_by}." if step.agreed_by else "Nobody has agreed this."
        letter, since = step_letter(found, step), words.month(step.month)
        reason = step.reason.rstrip(".")
        said.append(f"Step {letter}: from {since} the mean starts anew. {reason}. {who}")
    return tuple(said)


def suggestion_words(found: OverTime) -> str:
    """Return the step that the figures suggest and the mark near it; empty where there is none."""
    item = found.suggestion
    if item is None:
        return ""
    where = "above" if item.up else "below"
    near = f"Mark {item.near.number} is near it." if item.near else "No mark is near it."
    return (
        f"The mean could start anew in {words.month(item.month)}: the {item.values} months from"
        f" then on lie {where} it. {near} A new mean needs a known cause and somebody who agrees"
        " it."
    )


def _latest(found: OverTime, point: Point) -> str:
    whose = f", {found.label}" if found.label else ""
    behind = f" ({point.month.behind})" if point.month.behind else ""
    when = words.month(point.month.first)
    later = len(found.points) - 1 - found.points.index(point)
    if not later:
        return f"Latest month {when}{whose}: {point.month.said}{behind}."
    what = "month is" if later == 1 else "months are"
    return (
        f"Latest month with a figure {when}{whose}: {point.month.said}{behind}; {later} later"
        f" {what} not shown."
    )


def _variation(found: OverTime) -> str:
    point = found.variation
    if point is None:
        return _unjudged(found)
    stretch = found.stretches[-1]
    if stretch.upper is None or stretch.lower is None:
        return ""
    limit = stretch.upper if point.up else stretch.lower
    side, end = ("above", "upper") if point.up else ("below", "lower")
    at_limit = f"the {end} limit of {beside(found, stretch, limit, point)}"
    begin = _headline(found, point)
    tail = "." if found.better is Better.NEITHER else ", more than expected by chance."
    if point.rule == "outside":
        return f"{begin}: it is {side} {at_limit}{tail}"
    if point.rule == "trend":
        last = _last(found, point, point.length)
        than = "higher" if point.up else "lower"
        return f"{begin}: {last} are each {than} than the one before{tail}"
    if point.rule == "two_of_three":
        return (
            f"{begin}: at least 2 of {_last(found, point, 3)} are near or {side} {at_limit}{tail}"
        )
    mean = beside(found, stretch, stretch.centre, point)
    if point.rule == "run":
        return f"{begin}: {_last(found, point, point.length)} are {side} the mean of {mean}{tail}"
    if stretch.upper > stretch.lower:
        low, high = (beside(found, stretch, end) for end in (stretch.lower, stretch.upper))
        low = low.removesuffix(" days")
        return f"It varies as expected by chance around {mean}, between {low} and {high}."
    return "Months next to each other do not differ, so it is as expected by chance."


def _headline(found: OverTime, point: Point) -> str:
    if found.better is not Better.NEITHER:
        return point.signal.value.capitalize()
    if point.rule == "trend":
        return f"{'Rising' if point.up else 'Falling'} more than expected by chance"
    return f"{point.signal.value.capitalize()} by chance"


def _moved(found: OverTime) -> str:
    """Say where a mean and limits describe few of the months that they are worked out from."""
    if found.kind != "control":
        return ""
    stretch = found.stretches[-1]
    mine = found.points[stretch.first : stretch.last + 1]
    outstanding = sum(bool(point.rule) for point in mine)
    if outstanding <= stretch.values / 2:
        return ""
    return f"{outstanding} of {stretch.values} months stand out, so one mean describes few of them."


def _last(found: OverTime, point: Point, length: int) -> str:
    """Return the months up to the latest, as many as a signal is made of."""
    if point is found.points[-1]:
        return f"the last {length} months"
    return f"the {length} months to {words.month(point.month.first)}"


def _unjudged(found: OverTime) -> str:
    if found.kind == "run":
        stretch = found.stretches[-1]
        since = ""
        if found.steps and found.steps[-1].at >= stretch.first > 0:
            since = f" since {words.month(found.steps[-1].month)}"
        median = beside(found, stretch, stretch.centre)
        moved = {
            None: "So few cannot show whether anything changed.",
            True: "Runs on one side of it are longer, or crossings fewer, than expected by chance.",
            False: "No shift can be told from chance.",
        }[found.shifted]
        return (
            f"Too few months{since} ({stretch.values}, of the {ENOUGH} needed) for control limits."
            f" The median is {median}. {moved}"
        )
    if found.kind == "shared":
        return (
            "Each month rests mostly on the same records as the one before, so limits would find"
            " changes that are none, and none are drawn."
        )
    if found.kind == "hidden":
        return (
            f"{sum(found.missing.values())} of the {len(found.points)} months are not shown. Those"
            " left may not be typical, so no limits are drawn."
        )
    if found.kind == "coarse":
        return (
            f"Counts are rounded to the nearest {found.policy.round_to}, which changes this figure"
            " more than one month differs from the next, so no limits are drawn."
        )
    return (
        "Half of the months or more are at one end of the scale. That is too rare for limits by"
        " month, so none are drawn."
    )


def _target(found: OverTime, point: Point) -> str:
    if found.target is None:
        return "No target is set." if found.kind == "control" else ""
    target, met = words.in_unit(found.target, found.unit), _meets(found, point)
    every = {Assurance.PASS: "every month", Assurance.FAIL: "no month"}
    if found.assurance is Assurance.INCONSISTENT:
        return (
            f"The target of {target} will be met in some months and missed in others if nothing"
            " changes."
        )
    if found.assurance is None:
        latest = "" if met is None else f"; the latest month {'meets' if met else 'misses'} it"
        return f"The target is {target}{latest}."
    if met is not (found.assurance is Assurance.PASS):
        # The limits are those of all months, and the latest may have left them behind.
        return (
            f"By these limits the target of {target} would be met in {every[found.assurance]}, yet"
            f" the latest month {'meets' if met else 'misses'} it."
        )
    unless = "if nothing" if met else "unless something"
    return f"The target of {target} will be met in {every[found.assurance]} {unless} changes."


def _meets(found: OverTime, point: Point) -> bool | None:
    """Return whether the latest month meets the target; None where no direction is better."""
    if found.better is Better.NEITHER or found.target is None or point.month.value is None:
        return None
    ahead = point.month.value - found.target
    return ahead >= 0 if found.better is Better.HIGHER else ahead <= 0


def _reasons(found: OverTime) -> str:
    return "; ".join(f"{number} {reason}" for reason, number in found.missing.items())


def _number(said: str) -> float:
    return float(said.removesuffix("%").removesuffix(" days").replace(",", ""))
