"""What is said of a figure is what is shown: numbers, direction and certainty, for every KPI."""

import re
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pdqi.charts.sentences import finding
from pdqi.config import Config
from pdqi.disclosure import protect
from pdqi.findings.readings import Line, readings
from pdqi.labels import Labels
from pdqi.metrics.catalogue import CATALOGUE
from pdqi.metrics.kpi import Kpi, Statistic
from pdqi.metrics.measure import Raw, RawRow
from pdqi.model import Basis, Cell, Figure, Period, Published

CONFIG = Config.load(Path(__file__).parents[1] / "world.yaml")
LABELS = Labels.of(CONFIG)
BASIS = Basis(Period(date(2023, 1, 1), date(2023, 12, 31)), "standard", "working_age")
TEAM, WHOLE = Line("alpha", "Alpha", "team", ("alpha",)), Line("system", "Whole system", "system")
SHOWN_FOR = [kpi for kpi in CATALOGUE if kpi.by is None or kpi.kind.counts[0].name != "moves"]
NUMBER = re.compile(r"(?<![\w.])\d+(?:,\d{3})*(?:\.\d+)?(%| days?)?")
HIDDEN = "not shown, to protect small numbers"


@st.composite
def tables(draw: st.DrawFn) -> tuple[Kpi, Published]:
    """A KPI of the catalogue with any counts that its kind allows, as some reader sees it."""
    kpi = draw(st.sampled_from(SHOWN_FOR))
    rows = []
    for scope in ("alpha", "system"):
        counts: dict[str, int] = {}
        for count in kpi.kind.counts:
            most = min((counts[whole] for whole in count.within), default=3_000)
            counts[count.name] = draw(st.integers(0, most) | st.integers(0, min(most, 6)))
        found: dict[str, float | None] = {}
        for item in kpi.kind.statistics:
            found[item.name] = draw(st.none() | st.integers(0, 2_000).map(float))
        for low, high in _ends(kpi):
            # An interval lies round its value, and is open only above.
            number = found[low[0]]
            if number is None:
                found[low[1]] = found[high] = None
            else:
                found[low[1]] = float(draw(st.integers(0, int(number))))
                found[high] = draw(st.none() | st.integers(int(number), 3_000).map(float))
        rows.append(RawRow(scope, None, counts, found))
    raw = Raw(kpi.id, kpi.kind, BASIS, tuple(rows))
    role = draw(st.sampled_from(CONFIG.roles))
    return kpi, protect(raw, (), CONFIG.policy_of(role.id))


def _ends(kpi: Kpi) -> list[tuple[tuple[str, str], str]]:
    """Value, lower and upper end of each statistic that has an interval."""
    names = {item.name for item in kpi.kind.statistics}
    return [
        ((reading.value, reading.low), reading.high)
        for reading in readings(kpi, LABELS)
        if reading.low in names and reading.high in names and reading.low and reading.high
    ]


def allowed(kpi: Kpi, figures: list[Figure]) -> set[str]:
    """Every number that the table has, however it may be written."""
    found: set[str] = set()
    for figure in figures:
        for field in kpi.kind.fields:
            value = figure[field.name].value
            if value is None:
                continue
            number = float(value)
            whole = int(number + 0.5)
            if field.unit == "share":
                found |= {f"{int(number * 100 + 0.5 + 1e-9)}%", "1%", "100%", "99%"}
                found |= {f"{number * 100:.1f}%"}
            elif field.unit == "days":
                found |= {f"{whole:,}", f"{whole:,} days", f"{whole:,} day"}
                if isinstance(field, Statistic) and field.one_persons:
                    found |= {str(n) for n in range(10)}
            elif field.unit == "ratio":
                found |= {f"{near:,.1f}" for near in (number, number + 1e-9, number + 0.05)}
            else:
                found.add(f"{whole:,}")
    return found


def test_every_number_that_is_said_is_one_that_is_shown() -> None:
    @settings(max_examples=400, deadline=None)
    @given(tables(), st.booleans())
    def check(table: tuple[Kpi, Published], whole: bool) -> None:
        kpi, published = table
        chosen = WHOLE if whole else TEAM
        said = finding(kpi, published, chosen, (TEAM, WHOLE), LABELS)
        figures = [f for f in published.figures if not whole or f.scope == "system"]
        plain = said.replace("95% interval", "interval")
        for field in kpi.kind.fields:
            words = LABELS.fill(field.words)
            plain = plain.replace(words.lower(), "").replace(words, "")
            plain = plain.replace(f"{words[0].lower()}{words[1:]}", "")
        known = allowed(kpi, figures)
        for match in NUMBER.finditer(plain):
            assert match.group() in known or match.group().split()[0] in known, (said, known)

    check()


def test_higher_lower_and_no_clear_difference_are_what_the_intervals_say() -> None:
    seen = set()

    @settings(max_examples=400, deadline=None)
    @given(tables())
    def check(table: tuple[Kpi, Published]) -> None:
        kpi, published = table
        said = finding(kpi, published, TEAM, (TEAM, WHOLE), LABELS)
        here, whole = published.at("alpha"), published.at("system")
        assert here is not None
        assert whole is not None
        read = readings(kpi, LABELS)[0]
        ends: list[Any] = [None] * 4
        if read.low and read.high:
            cells = [f[name] for f in (here, whole) for name in (read.low, read.high)]
            ends = [_told(kpi, read.value, cell) for cell in cells]
        claim = {
            "apart: higher than the whole system": "higher",
            "apart: lower than the whole system": "lower",
            "no clear difference": "overlap",
        }
        made = [name for words, name in claim.items() if words in said]
        if None in ends:
            assert made == [], said
        else:
            low, high, whole_low, whole_high = ends
            true = "higher" if low > whole_high else "lower" if high < whole_low else "overlap"
            assert made == [true], (said, ends)
            seen.add(true)

    check()
    assert seen == {"higher", "lower", "overlap"}


def _told(kpi: Kpi, name: str, cell: Cell) -> float | None:
    return None if cell.value is None else float(cell.value)


def test_what_is_hidden_is_called_hidden_and_nothing_else_is() -> None:
    @settings(max_examples=300, deadline=None)
    @given(tables())
    def check(table: tuple[Kpi, Published]) -> None:
        kpi, published = table
        figure = published.at("alpha")
        assert figure is not None
        said = finding(kpi, published, TEAM, (TEAM,), LABELS)
        main = [figure[reading.value].state.value for reading in readings(kpi, LABELS)]
        if kpi.kind.derived or kpi.kind.statistics:
            states = {figure[field.name].state.value for field in kpi.kind.fields}
            if "suppressed" not in states:
                assert HIDDEN not in said
                assert "suppressed" not in said
            if main == ["suppressed"]:
                assert HIDDEN in said or "suppressed" in said, said

    check()
