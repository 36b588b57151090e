"""A funnel: each team's share at its size, between limits that widen as teams get smaller.

A team that differs is told by its mark (a triangle that points up or down) and by its name, not by
colour; the teams of the chosen scope have a ring. Names are set apart in height, so that they
never lie on each other however narrow the chart is.
"""

from collections.abc import Sequence
from itertools import product
from typing import Any

import altair as alt

from pdqi import words
from pdqi.charts import theme
from pdqi.charts.finish import finished
from pdqi.charts.geometry import wrap
from pdqi.charts.references import DASHES, Reference
from pdqi.charts.rows import Table
from pdqi.charts.theme import Mode, Palette, Spec
from pdqi.findings.between import DIFFER, MAY_DIFFER, FunnelFinding, Team, Verdict

HEIGHT = 340
LINE = 15
"""How far apart names are in pixels."""
SHAPES = {
    Verdict.HIGHER: "triangle-up",
    Verdict.MAY_BE_HIGHER: "triangle-up",
    Verdict.LOWER: "triangle-down",
    Verdict.MAY_BE_LOWER: "triangle-down",
    Verdict.WITHIN: "circle",
    Verdict.TOO_FEW: "cross",
}
WRAP = 280
"""How wide the words of an axis may be in pixels."""
Row = dict[str, Any]
Room = tuple[float, float]
"""The least and the greatest share of the scale."""


def chart(
    finding: FunnelFinding,
    size: str,
    references: Sequence[Reference] = (),
    mode: Mode = "light",
) -> Spec | None:
    """Return the funnel; None where fewer than two teams have a point, or all have none or all.

    `size` says what the size of a team is: the words of the denominator. `references` are those
    that concern what is chosen, drawn as lines: published on the left half, literature on the
    right, so that two of the same value are two lines.
    """
    if len(finding.placed) < 2 or finding.target in (None, 0, 1):
        return None
    colours = theme.palette(mode)
    room = _room(finding, references)
    widest = finding.curve[-1][0]
    x = alt.X("n:Q").title(wrap(size, WRAP)).scale(domain=[0, widest], nice=False)
    x = x.axis(
        format=",d", tickCount=4, grid=False, tickMinStep=1, labelOverlap=True, labelSeparation=10
    )
    y = alt.Y("share:Q").title(None).scale(domain=list(room), nice=False, zero=False)
    y = y.axis(format=".0%", tickCount=5, tickMinStep=0.01, domain=False, ticks=False)
    layers = [
        *_limits(finding, x, y, room, colours),
        *_references(references, widest, x, y, colours),
        *_teams(finding, x, y, room, widest, colours),
    ]
    drawn = alt.layer(*layers).properties(height=HEIGHT)
    return finished(drawn, f"{finding.sentence} {finding.caution}".strip(), colours)


def table(finding: FunnelFinding, labels_of_counts: tuple[str, str]) -> Table:
    """Return every team in the order of config, with its limits and what is said of it."""
    limits = ("95% limits", "99.8% limits", "Verdict")
    columns = ("Team", "Share", "95% interval", *labels_of_counts, *limits)
    rows = []
    for team in finding.teams:
        counts = ("", "")
        if team.numerator is not None and team.denominator is not None:
            counts = (words.count(team.numerator), words.count(team.denominator))
        rows.append(
            (
                team.line.name,
                team.share or team.verdict.words,
                team.interval,
                *counts,
                _range(team.near),
                _range(team.far),
                team.verdict.words,
            )
        )
    return Table(columns, tuple(rows))


def _range(ends: tuple[float, float] | None) -> str:
    return "" if ends is None else f"{words.percent(ends[0])} to {words.percent(ends[1])}"


def _room(finding: FunnelFinding, references: Sequence[Reference]) -> Room:
    """Return the least and the greatest share of the scale: room for every point and line."""
    smallest = min(team.denominator or 0 for team in finding.placed)
    drawn = [end for n, near, far in finding.curve if n >= smallest for end in (*near, *far)]
    drawn += [_share(team) for team in finding.placed]
    drawn += [end for item in references for end in (item.low, item.high) if end is not None]
    margin = max(0.01, 0.08 * (max(drawn) - min(drawn)))
    return max(0.0, min(drawn) - margin), min(1.0, max(drawn) + margin)


def _share(team: Team) -> float:
    return (team.numerator or 0) / (team.denominator or 1)


def _limits(
    finding: FunnelFinding, x: alt.X, y: alt.Y, room: Room, colours: Palette
) -> list[alt.Chart]:
    """Return the target and the two pairs of limits, each named at its end."""
    dashes = {"99.8%": [1, 0], "95%": [5, 4]}
    lines: dict[str, list[list[Row]]] = {name: [[], []] for name in dashes}
    for n, near, far in finding.curve:
        for name, ends in (("99.8%", far), ("95%", near)):
            for group, end in zip(lines[name], ends, strict=True):
                # What lies beyond the scale is left out, and not drawn along its edge.
                group.append({"n": n, "share": end if room[0] <= end <= room[1] else None})
    layers = []
    for name, dash in dashes.items():
        look: Row = {"strokeDash": dash, "strokeWidth": 1.5, "color": colours.line, "aria": False}
        for group in lines[name]:
            data = alt.InlineData(values=group)
            layers.append(alt.Chart(data).mark_line(**look).encode(x=x, y=y))
    last = finding.curve[-1]
    target = [{"n": 0, "share": finding.target}, {"n": last[0], "share": finding.target}]
    layers.append(
        alt.Chart(alt.InlineData(values=target))
        .mark_line(color=colours.ink, strokeWidth=1.5, aria=False)
        .encode(x=x, y=y)
    )
    names = [(finding.target or 0.0, f"together {finding.target_words}")]
    names += [(last[2][1], "99.8% limit"), (last[1][1], "95% limit")]
    placed = spread([share for share, _ in names], room)
    rows = [
        {"n": last[0], "share": at, "words": said}
        for at, (_, said) in zip(placed, names, strict=True)
    ]
    text: Row = {"align": "left", "dx": 6, "fontSize": theme.SMALL, "aria": False}
    layers.append(
        alt.Chart(alt.InlineData(values=rows))
        .mark_text(color=colours.muted, **text)
        .encode(x=x, y=y, text=alt.Text("words:N"))
    )
    return layers


def spread(
    wanted: Sequence[float], room: Room, height: float = HEIGHT, line: float = LINE
) -> list[float]:
    """Return places a line of text apart, as near as they can be to those wanted.

    Names that would lie on each other are set apart round their middle (least squares under an
    order, by pooling neighbours), and moved together where they would leave the room.
    """
    gap = line / height * (room[1] - room[0])
    order = sorted(range(len(wanted)), key=lambda place: (wanted[place], place))
    pools: list[list[int]] = []
    means: list[float] = []
    for rank, place in enumerate(order):
        pools.append([rank])
        means.append(wanted[place] - rank * gap)
        while len(means) > 1 and means[-2] > means[-1]:
            mean, ranks = means.pop(), pools.pop()
            pools[-1] += ranks
            means[-1] += (mean - means[-1]) * len(ranks) / len(pools[-1])
    found = list(wanted)
    least, most = room[0] + gap / 2, room[1] - gap / 2 - (len(order) - 1) * gap
    for mean, ranks in zip(means, pools, strict=True):
        for rank in ranks:
            found[order[rank]] = max(least, min(mean, most)) + rank * gap
    return found


def _teams(
    finding: FunnelFinding, x: alt.X, y: alt.Y, room: Room, widest: float, colours: Palette
) -> list[alt.Chart]:
    rows = [
        {
            "n": team.denominator,
            "share": _share(team),
            "name": team.line.name,
            "shape": SHAPES[team.verdict],
            "filled": colours.ink if team.verdict in DIFFER else colours.blue,
            "tip": f"{team.line.name}: {team.share} ({team.counts}), {team.verdict.words}",
        }
        for team in finding.placed
    ]
    named = [t for t in finding.placed if t.chosen or t.verdict in (*DIFFER, *MAY_DIFFER)]
    heights = spread([_share(team) for team in named], room)
    labels = [
        {
            "n": team.denominator,
            "share": _share(team),
            "at": at,
            "name": team.line.name,
            "bold": team.chosen,
            "left": (team.denominator or 0) < widest / 2,
        }
        for team, at in zip(named, heights, strict=True)
    ]
    chosen = [row for row, team in zip(rows, finding.placed, strict=True) if team.chosen]
    layers = []
    at = alt.Y("at:Q").scale(y["scale"]).axis(y["axis"]).title(None)
    for left, bold in product((True, False), repeat=2):
        # A name stands on the side of its point where there is room for it.
        side = [row for row in labels if (row["left"], row["bold"]) == (left, bold)]
        if not side:
            continue
        base = alt.Chart(alt.InlineData(values=side))
        text: Row = {"fontSize": theme.SMALL, "aria": False, "fontWeight": 700 if bold else 400}
        text |= {"align": "left", "dx": 10} if left else {"align": "right", "dx": -10}
        halo: Row = {"stroke": colours.ground, "strokeWidth": 4, "strokeJoin": "round"}
        layers += [
            base.mark_rule(color=colours.line, aria=False).encode(x=x, y=y, y2=alt.Y2("at:Q")),
            base.mark_text(**text, **halo).encode(x=x, y=at, text=alt.Text("name:N")),
            base.mark_text(color=colours.ink, **text).encode(x=x, y=at, text=alt.Text("name:N")),
        ]
    if chosen:
        layers.append(
            alt.Chart(alt.InlineData(values=chosen))
            .mark_point(filled=False, size=330, strokeWidth=2, color=colours.blue, aria=False)
            .encode(x=x, y=y)
        )
    layers.append(
        alt.Chart(alt.InlineData(values=rows))
        .mark_point(filled=True, size=110, opacity=1)
        .encode(
            x=x,
            y=y,
            shape=alt.Shape("shape:N").scale(None).legend(None),
            color=alt.Color("filled:N").scale(None).legend(None),
            tooltip=alt.Tooltip("tip:N", title="Team"),
            description=alt.Description("tip:N"),
        )
    )
    return layers


def _references(
    references: Sequence[Reference], widest: float, x: alt.X, y: alt.Y, colours: Palette
) -> list[alt.Chart]:
    """Return a line for each reference, and above the chart what each is, with its pattern."""
    layers = []
    for place, item in enumerate(references):
        literature = item.source == "literature"
        colour = colours.muted if literature else colours.line
        look: Row = {"strokeDash": list(DASHES[item.source]), "strokeWidth": 3, "aria": False}
        ends = (0.5 * widest, widest) if literature else (0.0, 0.5 * widest)
        for share in dict.fromkeys((item.low, item.high)):
            if share is not None:
                line: list[Row] = [{"n": n, "share": share} for n in ends]
                data = alt.InlineData(values=line)
                layers.append(alt.Chart(data).mark_line(color=colour, **look).encode(x=x, y=y))
        height = -10 - (len(references) - 1 - place) * 18
        key = alt.Chart(alt.InlineData(values=[{"words": item.words}]))
        layers += [
            key.mark_rule(color=colour, **look).encode(
                x=alt.XValue(0), x2=alt.X2Value(28), y=alt.value(height)
            ),
            key.mark_text(align="left", fontSize=theme.SMALL, color=colours.ink).encode(
                x=alt.XValue(36), y=alt.YValue(height), text=alt.Text("words:N")
            ),
        ]
    return layers
