"""Whatever the mess, every row ends in exactly one place, and a repeat changes nothing."""

import csv
import io
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pdqi.store import folder as folders
from tests.ingest.small_world import PEOPLE, REFERRAL_HEADER, Trust

days = st.sampled_from(
    [
        "",
        " ",
        "01/04/2022",
        "2022-04-02",
        "03-Apr-2022",
        "31/02/2022",
        "31/12/9999",
        "soon",
        "44650",
    ]
)
words = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=6)
cells = st.one_of(words, st.sampled_from(['"', ",", "a\nb", "\t", "'", "9434765919", "\u00a0"]))
row = st.tuples(
    st.one_of(st.sampled_from(["1", "0002", " 3", "4", ""]), cells),
    st.one_of(st.sampled_from(["Oak", "north cmht", "N CMHT", "Moon", ""]), cells),
    cells, days, days, days, days,
)  # fmt: skip
table = st.lists(st.one_of(row, st.lists(cells, min_size=1, max_size=10).map(tuple)), max_size=12)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(table, table)
def test_any_mess_adds_up(rows: list[tuple[str, ...]], more: list[tuple[str, ...]]) -> None:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([*rows, *more, *rows])
    written = list(csv.reader(io.StringIO(out.getvalue())))
    expected = sum(1 for cells in written if cells)
    with tempfile.TemporaryDirectory() as base:
        trust = Trust(Path(base))
        report = trust.load(clients=PEOPLE, referrals=REFERRAL_HEADER + out.getvalue())
        (account,) = (a for a in report.accounts if a.file == "referrals.csv")
        assert account.rows_in_file == expected
        assert account.adds_up
        places = [
            {row for (row,) in trust.rows("episodes", "source_row")},
            set(trust.quarantine()),
            {row for (row,) in trust.rows("duplicates", "row")},
        ]
        assert sum(map(len, places)) == len(set.union(*places)) == expected
        manifest = folders.manifest(trust.version)
        assert not trust.load().changed
        assert folders.manifest(trust.version) == manifest
