"""The shares of teams beside each other, on a funnel: who differs by more than chance.

Everything is worked out from published figures, so nothing here can give back what was hidden.
Teams stand in the order of config and are never put in order of their values. A verdict is judged
on the numbers as they are shown, so that a sentence and its chart cannot disagree.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import numpy as np

from pdqi import words
from pdqi.findings.readings import Line, interval, readings, value
from pdqi.labels import Labels
from pdqi.metrics.kpi import Kpi, PairedProportion, Proportion, Ratio
from pdqi.model import Published, State
from pdqi.statistics.funnel import Funnel, Group, funnel
from pdqi.statistics.funnel import Method as FunnelMethod

Method = Literal["simple", "exact", "adjusted"]
"""Which limits: those that agree with Wilson's interval, exact binomial, or widened by phi."""
STATISTICS: Mapping[Method, FunnelMethod] = {
    "simple": "wilson",
    "exact": "exact",
    "adjusted": "wilson",
}
Ends = tuple[float, float]
Curve = tuple[tuple[float, Ends, Ends], ...]
POINTS = 80
FEW_TEAMS = 10
"""With fewer teams than this a funnel says little (Spiegelhalter 2005 draws dozens)."""
NOT_SHOWN = "not shown, to protect small numbers"


class Verdict(StrEnum):
    """What a funnel says of one team."""

    HIGHER = "higher"
    LOWER = "lower"
    MAY_BE_HIGHER = "may be higher"
    MAY_BE_LOWER = "may be lower"
    WITHIN = "within"
    TOO_FEW = "too few"
    NOT_SHOWN = "not shown"
    NOTHING = "nothing"

    @property
    def words(self) -> str:
        """Return what a table says."""
        return {
            Verdict.HIGHER: "higher than expected by chance",
            Verdict.LOWER: "lower than expected by chance",
            Verdict.MAY_BE_HIGHER: "may be higher: between the 95% and the 99.8% limit",
            Verdict.MAY_BE_LOWER: "may be lower: between the 95% and the 99.8% limit",
            Verdict.WITHIN: "within what chance explains",
            Verdict.TOO_FEW: "too few to judge",
            Verdict.NOT_SHOWN: NOT_SHOWN,
            Verdict.NOTHING: "nothing to count",
        }[self]


DIFFER = (Verdict.HIGHER, Verdict.LOWER)
MAY_DIFFER = (Verdict.MAY_BE_HIGHER, Verdict.MAY_BE_LOWER)
UNPLACED = (Verdict.NOT_SHOWN, Verdict.NOTHING)


@dataclass(frozen=True)
class Team:
    """One team of a funnel: its published counts, and what is said of it."""

    line: Line
    chosen: bool
    verdict: Verdict
    numerator: int | None = None
    denominator: int | None = None
    share: str = ""
    interval: str = ""
    near: Ends | None = None
    """The 95% limits for a team of this size."""
    far: Ends | None = None
    """The 99.8% limits for a team of this size."""

    @property
    def counts(self) -> str:
        """Return `45 of 120`."""
        if self.numerator is None or self.denominator is None:
            return ""
        return f"{words.count(self.numerator)} of {words.count(self.denominator)}"

    @property
    def told(self) -> str:
        """Return `North higher (45%, 54 of 120)`."""
        direction = self.verdict.value.rpartition(" ")[2]
        return f"{self.line.name} {direction} ({self.share}, {self.counts})"


@dataclass(frozen=True)
class FunnelFinding:
    """The shares of all teams against limits that widen as teams get smaller."""

    method: Method
    label: str
    """Whose share it is, where people are compared with others; else empty."""
    cleared: bool
    teams: tuple[Team, ...]
    target: float | None
    """The share of all placed teams together."""
    phi: float | None
    """The variance between teams over that of chance alone."""
    curve: Curve
    """Sizes with their 95% and 99.8% limits, for drawing."""
    adjusted: tuple[Team, ...]
    """The same teams judged by adjusted limits."""

    @property
    def placed(self) -> tuple[Team, ...]:
        """The teams that have a point on the funnel."""
        return tuple(team for team in self.teams if team.verdict not in UNPLACED)

    @property
    def sentence(self) -> str:
        """What the funnel says: who differs, who may, and who cannot be judged."""
        begin = f"{self.label}: " if self.label else ""
        return " ".join((begin + self._outliers(), *self._rest(), *self._chosen()))

    @property
    def caution(self) -> str:
        """How far the funnel can be believed: phi in words, and what is not adjusted for."""
        if len(self.placed) < 2:
            return ""
        return " ".join(part for part in (self._spread(), self._beware()) if part)

    @property
    def target_words(self) -> str:
        """Return the target as it is shown: that of somebody is never 0%."""
        said = "" if self.target is None else words.percent(self.target)
        return "under 1%" if said == "0%" and self.target else said

    def _outliers(self) -> str:
        number, differ = len(self.placed), _having(self.teams, DIFFER)
        if number < 2 or self.target is None:
            return "Fewer than two teams can be shown, so there is nothing to compare."
        shown = "those shown" if _having(self.teams, (Verdict.NOT_SHOWN,)) else "all teams"
        whole = f"from {shown} together ({self.target_words})"
        beyond = "expected by chance"
        if self.method == "adjusted":
            beyond += " and by what all teams vary"
        if not differ:
            return f"None of {number} teams differs {whole} by more than {beyond}."
        verb = "differs" if len(differ) == 1 else "differ"
        listed = "; ".join(team.told for team in differ)
        return f"{len(differ)} of {number} teams {verb} {whole} by more than {beyond}: {listed}."

    def _rest(self) -> Iterator[str]:
        may = _having(self.teams, MAY_DIFFER)
        if may:
            more = " more" if _having(self.teams, DIFFER) else ""
            listed = "; ".join(team.told for team in may)
            yield (
                f"{len(may)}{more} may differ, between the 95% and the 99.8% limit: {listed}."
                " Chance alone puts about 1 team in 20 there."
            )
        for verdict, one, several in (
            (Verdict.TOO_FEW, "has too few to judge", "have too few to judge"),
            (Verdict.NOT_SHOWN, f"is {NOT_SHOWN}", f"are {NOT_SHOWN}"),
            (Verdict.NOTHING, "has nothing to count", "have nothing to count"),
        ):
            found = _having(self.teams, (verdict,))
            if found:
                names = ", ".join(team.line.name for team in found)
                yield f"{len(found)} {one if len(found) == 1 else several}: {names}."

    def _chosen(self) -> Iterator[str]:
        told = (*DIFFER, *MAY_DIFFER)
        for team in self.placed:
            if team.chosen and team.verdict not in told:
                yield f"{team.line.name}: {team.share} ({team.counts}), {team.verdict.words}."

    def _spread(self) -> str:
        if self.phi is None:
            return ""
        meaning = f"φ, the variance between teams over that of chance alone, is {_phi(self.phi)}"
        if self.phi <= 1:
            return f"Teams vary no more than chance alone would make them: {meaning}."
        said = f"Teams vary more than chance alone would make them: {meaning}"
        if self.method == "adjusted":
            return f"{said}, and these limits are widened for it."
        differ = _having(self.adjusted, DIFFER)
        names = ", ".join(team.line.name for team in differ) if differ else "no team"
        return (
            f"{said}, so limits without adjustment flag too many. With limits adjusted for it,"
            f" {names} {'differs' if len(differ) < 2 else 'differ'}."
        )

    def _beware(self) -> str:
        said = "Teams see different people, which is not adjusted for."
        if len(self.placed) < FEW_TEAMS:
            said += f" With fewer than {FEW_TEAMS} teams a funnel says little."
        if not self.cleared:
            said += " Counts are rounded, so a team beside a limit may lie on either side of it."
        return said


def funnel_finding(
    kpi: Kpi,
    published: Published,
    lines: Sequence[Line],
    chosen: Line,
    labels: Labels,
    method: Method = "simple",
) -> FunnelFinding | None:
    """Return the funnel of a KPI's teams, in the order of `lines`; None for other kinds.

    Teams whose share is not shown are never placed, and take no part in the target, the limits or
    phi. The teams of the chosen scope are marked; all teams are compared.
    """
    if not isinstance(kpi.kind, Proportion | PairedProportion) or isinstance(kpi.kind, Ratio):
        return None
    reading = readings(kpi, labels)[0]
    teams = [
        (line, figure)
        for line in lines
        if line.kind == "team" and (figure := published.at(line.key)) is not None
    ]
    stem = reading.value.removesuffix("value")
    # A team without a share is not placed, though its denominator may be shown.
    counts = [
        tuple(f[f"{stem}{part}"].value for part in ("numerator", "denominator"))
        if f[reading.value].value is not None
        else (None, None)
        for _, f in teams
    ]
    above, below = ([pair[end] for pair in counts] for end in (0, 1))
    drawn = funnel(above, below, STATISTICS[method], adjust=method == "adjusted")
    adjusted = funnel(above, below, STATISTICS["adjusted"], adjust=True)
    plain = funnel(above, below)

    def judged(found: Funnel) -> tuple[Team, ...]:
        made = []
        for (line, figure), group, size in zip(teams, found.groups, plain.groups, strict=True):
            marked = line.key in chosen.teams and chosen.kind != "system"
            if group.share is None:
                hidden = figure[reading.value].state is State.SUPPRESSED
                verdict = Verdict.NOT_SHOWN if hidden else Verdict.NOTHING
                made.append(Team(line, marked, verdict))
                continue
            made.append(
                Team(
                    line,
                    marked,
                    _verdict(group, size),
                    numerator=int(group.numerator or 0),
                    denominator=int(group.denominator or 0),
                    share=value(kpi, figure, reading, cleared=published.cleared),
                    interval=interval(figure, reading, "share"),
                    near=(group.low95 or 0.0, group.high95 or 0.0),
                    far=(group.low998 or 0.0, group.high998 or 0.0),
                )
            )
        return tuple(made)

    return FunnelFinding(
        "simple" if method == "adjusted" and not drawn.adjusted else method,
        reading.label,
        published.cleared,
        judged(drawn),
        drawn.target,
        drawn.phi,
        _curve(drawn, [int(n) for n in below if n]),
        judged(adjusted),
    )


def _verdict(group: Group, size: Group) -> Verdict:
    """Return what is said of a placed team; `size` has its limits without adjustment."""
    # Were even none, or all, of so few within the limits, nothing could be said of them. Adjusted
    # limits are of another kind, and for one or two people may be the narrower ones.
    if size.low95 == 0 and size.high95 == 1:
        return Verdict.TOO_FEW
    if group.outside998:
        return Verdict.HIGHER if group.outside998 > 0 else Verdict.LOWER
    if group.outside95:
        return Verdict.MAY_BE_HIGHER if group.outside95 > 0 else Verdict.MAY_BE_LOWER
    return Verdict.WITHIN


def _curve(found: Funnel, sizes: Sequence[int]) -> Curve:
    """Return the limits at sizes from well below the smallest team to beyond the largest."""
    if found.target is None or not sizes:
        return ()
    ends = np.geomspace(max(1, min(sizes) / 2), max(sizes) * 1.08, POINTS)
    whole = np.unique(np.round(ends))
    limits = found.limits(whole)
    columns = (whole, limits.low95, limits.high95, limits.low998, limits.high998)
    return tuple(
        (float(n), (float(a), float(b)), (float(c), float(d)))
        for n, a, b, c, d in zip(*columns, strict=True)
    )


def _having(teams: Sequence[Team], verdicts: Sequence[Verdict]) -> tuple[Team, ...]:
    return tuple(team for team in teams if team.verdict in verdicts)


def _phi(phi: float) -> str:
    return str(words.half_up(phi, 1)) if phi < 10 else words.count(phi)
