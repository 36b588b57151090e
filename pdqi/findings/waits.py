"""How long something lasts when much of it is still running: what published curves say, in words.

Those that have ended, those still running and those that left otherwise are told apart. The mean
of the ended ones is told only to say by how much it misleads.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pdqi import words
from pdqi.findings.readings import Line, Reading, interval, readings, text, value
from pdqi.labels import Labels
from pdqi.metrics.kpi import Curve, Duration, Kpi
from pdqi.model import Cell, Figure, Published, PublishedCurve, State

HIDDEN = "not shown, to protect small numbers"
WEEK = 7


@dataclass(frozen=True)
class Length:
    """One curve, of a scope or treatment, and of everybody counted or one of two groups."""

    kpi: Kpi
    line: Line
    group: str
    """The group as it is called; empty where there is only one."""
    figure: Figure
    curve: PublishedCurve
    declared: Curve
    reading: Reading
    cleared: bool

    @property
    def name(self) -> str:
        """Return `North` or `North, others`."""
        return f"{self.line.name}, {self.group}" if self.group else self.line.name

    @property
    def other(self) -> bool:
        """Whether it is of the people without the condition."""
        return self.declared.series == "other"

    @property
    def kind(self) -> Duration:
        """Return the kind of the KPI, which has the words."""
        assert isinstance(self.kpi.kind, Duration)
        return self.kpi.kind

    @property
    def sentence(self) -> str:
        """Say when half had ended, how many had by each week, and how many left otherwise."""
        return f"{self.name}: {self._half()}. {' '.join((*self._weeks(), *self._left()))}".strip()

    def _half(self) -> str:
        cell, ended = self.figure[self.reading.value], self.kind.ended
        if cell.state is State.NOT_REACHED:
            return f"fewer than half had {ended} by the last day, so there is no median"
        if cell.value is None:
            return HIDDEN if cell.state is State.SUPPRESSED else "nothing to count"
        days = value(self.kpi, self.figure, self.reading, cleared=self.cleared)
        ends = interval(self.figure, self.reading, "days")
        said = f"the median is {days}" + (f" (95% interval {ends})" if ends else "")
        if self.kind.removed:
            # Those who left are followed until they left, so half of all may never come to it.
            return f"{said}, leaving aside those that {self.kind.removed}"
        return said

    def _weeks(self) -> Iterator[str]:
        known = {
            week: words.percent(float(share.share.value))
            for week, share in self.curve.by_week.items()
            if share.share.value
        }
        if known:
            parts = [f"by {week} weeks {share}" for week, share in known.items()]
            listed = f"{', '.join(parts[:-1])} and {parts[-1]}" if parts[1:] else parts[0]
            begin = "Of all, " if self.kind.removed else ""
            listed = listed if begin else f"{listed[0].upper()}{listed[1:]}"
            yield f"{begin}{listed} had {self.kind.ended}."

    def _left(self) -> Iterator[str]:
        if self.kind.removed and self.curve.state is State.SHOWN:
            at = max(place for place, day in enumerate(self.curve.days) if day <= 52 * WEEK)
            share = self.curve.removed[at]
            # A curve that was coarsened may not have come to the last of them.
            least = "" if self.cleared else "at least "
            if share or self.cleared:
                yield f"By 52 weeks {least}{words.percent(share)} had {self.kind.removed}."

    @property
    def misleading_mean(self) -> str:
        """Say by how much the mean of the ended ones misleads; empty where it is not shown."""
        mean = self.figure[self.declared.mean] if self.declared.mean else None
        if mean is None or mean.value is None:
            return ""
        median = self.figure[self.reading.value]
        ended, running = self.kind.ended, self.kind.running
        days = words.half_up(float(mean.value))
        out = f"The mean of those that had {ended} is {words.days(float(days))}: it leaves out"
        number = self.running
        left = f"the {words.count(number)} {running}" if number else f"all that are {running}"
        said = f"{out} {f'nobody {running}' if number == 0 else left}"
        if median.state is State.NOT_REACHED:
            return f"{said}, while fewer than half of all had {ended}."
        if median.value is None:
            return f"{said}."
        gap = int(days - words.half_up(float(median.value)))
        if gap == 0:
            return f"{said}, and is as long as the median of all."
        longer = "longer" if gap > 0 else "shorter"
        return f"{said}, and is {words.days(abs(gap))} {longer} than the median of all."

    @property
    def running(self) -> int | None:
        """How many are still running; None where that is not shown."""
        cells = [self.figure[name] for name in self.declared.running]
        if not cells or any(cell.value is None for cell in cells):
            return None
        whole, *parts = (int(cell.value or 0) for cell in cells)
        return whole - sum(parts)


def lengths(
    kpi: Kpi, published: Published, shown: Sequence[Line], labels: Labels
) -> tuple[Length, ...]:
    """Return every curve of a KPI, in the order of the rows; none for other kinds."""
    if not isinstance(kpi.kind, Duration):
        return ()
    found = []
    for line in shown:
        figure = published.at(line.key)
        if figure is None:
            continue
        for declared, reading in zip(kpi.kind.curves, readings(kpi, labels), strict=True):
            curve = figure.curves[declared.series]
            found.append(
                Length(
                    kpi,
                    line,
                    reading.label if declared.series != "other" else reading.label.lower(),
                    figure,
                    curve,
                    declared,
                    reading,
                    published.cleared,
                )
            )
    return tuple(found)


def first_taken(lines: Sequence[Line], chosen: str, teams: Sequence[str]) -> tuple[Line, ...]:
    """Return whose curves stand first: the chosen scope's, beside the whole system's.

    Where it has none of its own, those of its teams; of treatments all.
    """
    own = [line for line in lines if line.key == chosen]
    if own:
        return (*own, *(line for line in lines if line.kind == "system" != own[0].kind))
    return tuple([line for line in lines if line.key in teams] or lines)


@dataclass(frozen=True)
class Band:
    """Those who have waited so many weeks: over `first`, up to `last`. None: not shown."""

    first: int
    last: int | None
    count: int | None

    @property
    def name(self) -> str:
        """Return `4 to 18 weeks`."""
        return (
            f"over {self.first} weeks"
            if self.last is None
            else f"{self.first} to {self.last} weeks"
        )


@dataclass(frozen=True)
class Waiting:
    """Those who wait on the last day in one scope or for one treatment, by time waited."""

    line: Line
    total: Cell
    bands: tuple[Band, ...]
    """From the shortest waits to the longest."""
    over: tuple[int | None, ...]
    """How many have waited longer than each band; those of the last one have no end."""
    sentence: str


def has_bands(kpi: Kpi) -> bool:
    """Whether a KPI counts who waits by the weeks waited."""
    return any(_weeks_of(count.name) for count in kpi.kind.counts)


def waiting_list(kpi: Kpi, published: Published, shown: Sequence[Line]) -> tuple[Waiting, ...]:
    """Return the waiting lists, in the order of the rows, from counts that lie inside each other.

    A band is what lies between two such counts, so it is not shown where either of them is not.
    """
    names = {count.name: _weeks_of(count.name) for count in kpi.kind.counts}
    nested = sorted((week, name) for name, week in names.items() if week is not None)
    found = []
    for line in shown:
        figure = published.at(line.key)
        if figure is None:
            continue
        edges = [(0, figure[kpi.kind.main]), *((week, figure[name]) for week, name in nested)]
        bands = []
        for (week, cell), following in zip(edges, [*edges[1:], None], strict=True):
            inner = Cell(0) if following is None else following[1]
            count = (
                None
                if cell.value is None or inner.value is None
                else int(cell.value) - int(inner.value)
            )
            bands.append(Band(week, following[0] if following else None, count))
        said = _waiting_sentence(kpi, published, line, figure, edges)
        over = tuple(None if c.value is None else int(c.value) for _, c in edges[1:])
        found.append(Waiting(line, edges[0][1], tuple(bands), over, said))
    return tuple(found)


def _weeks_of(name: str) -> int | None:
    found = re.fullmatch(r"over_(\d+)_weeks", name)
    return int(found.group(1)) if found else None


def _waiting_sentence(
    kpi: Kpi,
    published: Published,
    line: Line,
    figure: Figure,
    edges: Sequence[tuple[int, Cell]],
) -> str:
    total = edges[0][1]
    if total.value is None:
        return f"{line.name}: how many wait is {HIDDEN}."
    if total.value == 0:
        return f"{line.name}: nobody waits."
    parts = [f"{words.count(float(total.value))} waiting"]
    for week, cell in edges:
        if week in (18, 52):
            number = HIDDEN if cell.value is None else words.count(float(cell.value))
            parts.append(f"over {week} weeks {number}")
    longest = figure["longest_days"]
    if longest.value is not None:
        field = kpi.kind.field("longest_days")
        parts.append(f"the longest {text(longest, field, cleared=published.cleared)}")
    return f"{line.name}: {', '.join(parts)}."


def supported(kpi: Kpi, published: Published, line: Line) -> str:
    """Return what is known of support while waiting in one row; empty where it is not counted."""
    figure = published.at(line.key)
    if figure is None:
        return ""
    cell = figure["value"]
    if cell.value is None:
        why = HIDDEN if cell.state is State.SUPPRESSED else "nothing to count"
        return f"Support while waiting: {why}."
    numerator, denominator = (
        words.count(float(figure[name].value or 0)) for name in ("numerator", "denominator")
    )
    share = value(kpi, figure, Reading("", "value", "low", "high"), cleared=published.cleared)
    return f"Support while waiting: {share} ({numerator} of {denominator} people)."
