"""Days and months on the Data quality page: impossible days, sudden drops, late records."""

import streamlit as st

from pdqi import quality, words
from pdqi.charts import strips as drawn_strips
from pdqi.charts.rows import Table
from pdqi.charts.strips import Spot
from pdqi.findings.volumes import Drop
from pdqi.findings.volumes import drops as found_drops
from pdqi.metrics.items import DATED_BY
from pdqi.metrics.kpis.quality import DAY_CHECKS, QUALITY_DAYS
from pdqi.model import SYSTEM
from pdqi.quality import lateness
from pdqi.ui import files, parts
from pdqi.ui.page import Page
from pdqi.ui.quality_fields import in_words, resting_on, team_or_all, whole_basis
from pdqi.ui.quality_trend import by_month
from pdqi.ui.style import plain


def impossible(page: Page) -> None:
    """Show how many rows fail each check of their days, in the chosen team or all, by team."""
    service = page.facts.service
    published = service.figures(QUALITY_DAYS.id, whole_basis(page), page.facts.viewer)
    scopes = [s for s in service.scopes if s.kind in ("team", "system")]
    rows = []
    for check in DAY_CHECKS:
        for scope in scopes:
            figure = published.at(scope.key, check.id)
            # Teams without such a row would only lengthen the table.
            if figure is not None and (scope.key == SYSTEM or figure["numerator"].value != 0):
                cells = (figure["numerator"], figure["denominator"])
                counts = [in_words(cell) for cell in cells]
                rows.append((check.words, scope.name, *counts, check.rows, check.remedy))
    if not rows:
        st.markdown("No row belongs to this period.")
        return
    failed = [
        check.words.lower()
        for check in DAY_CHECKS
        if (figure := published.at(SYSTEM, check.id)) and figure["numerator"].value != 0
    ]
    st.markdown(
        plain(
            f"Of {len(DAY_CHECKS)} checks, {len(failed)} found rows: {'; '.join(failed)}."
            if failed
            else f"None of {len(DAY_CHECKS)} checks found a row in this period."
        )
    )
    columns = ("Check", "Where", "Rows that fail", "Rows", "Of what", "What to do")
    content = Table(columns, tuple(rows))
    parts.table(content, "impossible", "Rows whose days cannot be right", numbers=False)
    files.offer(page, "impossible_days", lambda: files.of_table(page, content))
    st.markdown(plain(QUALITY_DAYS.caution))


def drops(page: Page) -> None:
    """Show months in which a team recorded far fewer rows than it used to."""
    months = by_month(page)
    service = page.facts.service
    scope = page.choice.scope
    teams = [s for s in service.scopes if s.kind == "team"]
    items = {lateness.counted_item(table): table for table in DATED_BY if table != "people"}
    names = {s.key: s.name for s in service.scopes}
    found: tuple[Drop, ...] = parts.kept(
        parts.drawn(page, "drops"),
        lambda: found_drops(months, [*(s.key for s in teams), SYSTEM], tuple(items)),
    )
    st.markdown(
        "A drop is a month with fewer than half of the rows that were usual in the seven months"
        " before, and so few as chance alone would bring about once in ten thousand months. Months"
        " that are suppressed are not judged."
    )
    if not found:
        st.markdown("No team had a drop in any kind of record.")
    content = Table(
        ("Team", "Records", "Months", "Fewest rows", "Usual", "State"),
        tuple(
            (
                names[each.scope],
                items[each.item],
                words.span(each.first, each.last),
                words.count(each.least),
                words.count(each.usual),
                "goes on in the last month" if each.goes_on else "over",
            )
            for each in found
        ),
    )
    if found:
        on = sum(each.goes_on for each in found)
        number = "1 drop was" if len(found) == 1 else f"{len(found)} drops were"
        st.markdown(f"{number} found; {on or 'none'} of them in the last month too.")
        parts.table(content, "drops", "Sudden drops in the number of rows", numbers=False)
        files.offer(page, "drops", lambda: files.of_table(page, content))
        kinds = dict.fromkeys(items[each.item] for each in found)
        told = (f"- **Rest on {table}:** {plain(resting_on(page, table))}" for table in kinds)
        st.markdown("\n".join(told))
    _volumes(page, scope.key if scope.kind == "team" else SYSTEM, items, found)


def _volumes(page: Page, scope: str, items: dict[str, str], found: tuple[Drop, ...]) -> None:
    """Draw the number of rows by month, a strip for each kind of record."""
    months, spots = by_month(page), []
    for item, table in items.items():
        cells = [(m, figure["rows"] if (figure := m.at(scope, item)) else None) for m in months]
        most = max((float(c.value) for _, c in cells if c and c.value is not None), default=0)
        if not most:
            continue
        for month, cell in cells:
            first = month.basis.period.first
            number = 0.0 if cell is None else cell.value
            spots.append(
                Spot(
                    f"{table} (to {words.count(most)})",
                    "Rows",
                    first,
                    None if number is None else number / most,
                    f"{in_words(cell) if cell else 'no'} rows, {words.month(first)}",
                    any(
                        (d.scope, d.item) == (scope, item) and d.first <= first <= d.last
                        for d in found
                    ),
                )
            )
    name = team_or_all(page).name
    said = f"{name}: rows by month, each kind of record up to its own highest month."
    spec = drawn_strips.strips(spots, ("Rows",), said, page.mode)
    if spec is None:
        return
    st.markdown(plain(f"{said} A triangle marks a drop."))
    parts.chart(spec, "volumes")
    kept = dict.fromkeys(spot.strip for spot in spots)
    rows = tuple(
        (
            words.month(month.basis.period.first),
            *(
                next(
                    s.words.partition(" rows")[0]
                    for s in spots
                    if s.strip == strip and s.month == month.basis.period.first
                )
                for strip in kept
            ),
        )
        for month in months
    )
    content = Table(("Month", *(strip.partition(" (")[0] for strip in kept)), rows)
    with st.expander("Numbers"):
        st.markdown("Rows of the last 12 months; the file has every month.")
        parts.table(Table(content.columns, rows[-12:]), "volumes", said)
        files.offer(page, "rows_by_month", lambda: files.of_table(page, content))


def late(page: Page) -> None:
    """Show how old the newest record of each file was, and what came after the load before."""
    service, viewer = page.facts.service, page.facts.viewer
    newest = lateness.newest(service, quality.accounts(service, viewer))
    loaded = words.day(lateness.loaded_on(service))
    if newest:
        content = Table(
            ("File", "Records", "Newest day", "Days before the load"),
            tuple(
                (each.file, each.table, words.day(each.newest_on), words.count(each.days))
                for each in newest
            ),
        )
        st.markdown(f"The data were loaded on {loaded}. The newest day in each file:")
        parts.table(content, "newest", "How old the newest record of each file was")
        if any(each.days < 0 for each in newest):
            st.markdown("Below zero: a day lies after the load, as a plan or a slip of the pen.")
    else:
        st.markdown("This store does not say on which days the records of its files lie.")
    earlier = parts.kept(parts.drawn(page, "late"), lambda: lateness.before(service, viewer))
    st.subheader("What came after the load before", anchor="after")
    if earlier is None:
        st.markdown(
            "Only this load is kept, so nothing can be said of what came late. From the next load"
            " on, months that were whole are compared with what they hold then."
        )
        return
    st.markdown(
        f"The load before was on {words.day(earlier.loaded_on)}. Of each month that was whole then,"
        " how many rows had come? Rows that were replaced by others do not show here."
    )
    if not earlier.changed:
        st.markdown("No such month has other numbers of rows now.")
        return
    content = Table(
        ("Records", "Month", "Rows then", "Rows now", "Had come by then"),
        tuple(
            (
                each.table,
                words.month(each.month.first),
                in_words(each.then),
                in_words(each.now),
                in_words(each.share, "share"),
            )
            for each in earlier.changed
        ),
    )
    parts.table(content, "late", "Months whose rows have become other since the load before")
    files.offer(page, "late", lambda: files.of_rows(page, content))
