# ruff: noqa: E501 (the exact sentences are easier to read whole)
"""Files as they arrive: encodings, delimiters, remarks above headers, and damage of every kind."""

import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pdqi.ingest import workbook
from tests.ingest.small_world import GOOD, PEOPLE, REFERRAL_HEADER, SMALL, Trust, counts, files_of

TWO = REFERRAL_HEADER + GOOD + "2,North CMHT,Café,01/04/2022,,,\n"
AS_XLSX = SMALL.replace("referrals.csv", "referrals.xlsx")
AS_PARQUET = SMALL.replace("referrals.csv", "referrals.parquet")


@pytest.mark.parametrize(
    "content",
    [
        TWO.encode("utf-8"),
        TWO.encode("utf-8-sig"),
        TWO.encode("utf-16"),
        TWO.encode("cp1252"),
        TWO.replace(",", ";").encode(),
        TWO.replace(",", "\t").encode(),
        TWO.replace(",", "|").encode(),
        TWO.replace("\n", "\r\n").encode(),
        TWO.replace("\n", "\r").encode(),
        TWO.rstrip("\n").encode(),
        ("Kept by the team.\n\n,,,\n" + TWO).encode(),
        TWO.replace("Client", " CLIENT  ").replace("Referred", "re ferred").encode(),
        TWO.replace("North CMHT", '"North\nCMHT"').encode(),
        TWO.replace("Café", '"Caf""é, ""and"" more"').encode(),
        TWO.replace("Café", 'Caf"é').encode(),
        TWO.replace("2022,,,\n", "2022\n").encode(),
        TWO.replace("2022,,,\n", "2022,,,,,,\n").encode(),
        TWO.replace("\n", "\n\n\n").encode(),
    ],
)
def test_csv_in_many_ways_of_writing(trust: Trust, content: bytes) -> None:
    report = trust.load(referrals=content)
    assert counts(report, "referrals.csv") == {"rows_in_file": 2, "stored": 2, "duplicate_row": 0}
    assert "Caf" in str(trust.rows("episodes", "referral_source"))


def test_rows_are_numbered_by_the_line_they_start_on(trust: Trust) -> None:
    trust.load(referrals="remark\n" + TWO.replace("GP", '"G\nP"') + "\n,x,,,,,\n")
    assert trust.rows("episodes", "source_row") == [(3,), (5,)]
    assert list(trust.quarantine()) == [7]


def test_a_row_longer_than_the_header_is_kept_and_noted(trust: Trust) -> None:
    report = trust.load(referrals=REFERRAL_HEADER + GOOD.strip() + ",more\n" + GOOD + "2,Oak\n")
    assert counts(report, "referrals.csv")["stored"] == 2
    assert report.accounts[1].notes == {
        "fewer cells than the header": 1,
        "more cells than the header": 1,
    }


def test_columns_may_have_other_names_or_be_optional(tmp_path: Path) -> None:
    mapping = SMALL.replace(
        "referral_source: Source", "referral_source: {column: [Who, From], optional: true}"
    )
    trust = Trust(tmp_path, mapping)
    trust.put("clients.csv", PEOPLE)
    assert trust.load(referrals=REFERRAL_HEADER.replace("Source", "from") + GOOD).changed
    assert trust.rows("episodes", "referral_source") == [("GP",)]
    assert trust.load(referrals=REFERRAL_HEADER.replace("Source", "x") + GOOD).changed
    assert trust.rows("episodes", "referral_source") == [(None,)]


def sheet(*rows: list[object], other: bool = False) -> bytes:
    book = openpyxl.Workbook()
    if other:
        book.create_sheet("Notes", 0).append(["nothing here"])
    page = book.active if not other else book["Sheet"]
    for row in rows:
        page.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


HEADER = REFERRAL_HEADER.strip().split(",")


def test_a_workbook_with_remarks_numbers_and_dates(tmp_path: Path) -> None:
    trust = Trust(tmp_path, AS_XLSX)
    trust.put("clients.csv", PEOPLE)
    rows = [
        ["Please do not sort."], [], HEADER,
        [1, "Oak", "GP", date(2022, 4, 1), datetime(2022, 4, 2, 9, 30), "03/04/2022", None],
        [],
        ["0002", "Oak", None, "2022-04-01", None, None, date(9999, 12, 31)],
    ]  # fmt: skip
    for other in (False, True):
        trust.put("referrals.xlsx", sheet(*rows, other=other))
        report = trust.load()
        assert counts(report, "referrals.xlsx")["stored"] == 2
        assert trust.rows("episodes", "source_row, referred_on, assessed_on, ended_on") == [
            (4, date(2022, 4, 1), date(2022, 4, 2), None),
            (6, date(2022, 4, 1), None, None),
        ]


def test_parquet_with_real_types(tmp_path: Path) -> None:
    trust = Trust(tmp_path, AS_PARQUET)
    trust.put("clients.csv", PEOPLE)
    columns = {
        "Client": [1, 2, None], "Team": ["Oak", "Willow", None], "Source": ["", None, "GP"],
        "Referred": [date(2022, 4, 1)] * 3, "Assessed": [datetime(2022, 4, 2, 5)] * 3,
        "Started": pa.nulls(3), "Ended": [None, "31/12/9999", None],
    }  # fmt: skip
    pq.write_table(pa.table(columns), trust.folder / "referrals.parquet")
    report = trust.load()
    assert counts(report, "referrals.parquet")["stored"] == 2
    assert trust.quarantine() == {3: ["missing_person", "missing_required"]}


def test_a_sheet_of_two_hundred_columns(tmp_path: Path) -> None:
    trust = Trust(tmp_path, AS_XLSX)
    trust.put("clients.csv", PEOPLE)
    wide = [*[f"more {n}" for n in range(193)], *HEADER]
    row = [*["x"] * 193, 1, "Oak", "GP", "01/04/2022", None, None, None]
    trust.put("referrals.xlsx", sheet(wide, row))
    assert counts(trust.load(), "referrals.xlsx")["stored"] == 1


def zipped(name: str, content: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


ENCRYPTED = (
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "EncryptedPackage".encode("utf-16-le")
)
OPEN_QUOTE = REFERRAL_HEADER + GOOD + '2,North CMHT,"GP,01/04/2022,,,\n' + GOOD * 3
TWO_QUOTES = (
    REFERRAL_HEADER + '1,Oak,"GP,01/04/2022,,,\n2,Oak,GP,01/04/2022,,,\n3,Oak,"GP,01/04/2022,,,\n'
)
UNPAIRED = "Look for an unpaired quotation mark in this row and the next ones."


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("referrals.csv", b"", "referrals.csv: The file is empty. Export it again."),
        ("referrals.csv", b"\n\n", "referrals.csv: The file has no rows. Export it again."),
        (
            "referrals.csv",
            (REFERRAL_HEADER + GOOD).encode() + b"2,No\x00rth",
            "referrals.csv:3: There is a NUL byte here: the file is damaged or is not text. "
            "Export it again as CSV (UTF-8).",
        ),
        (
            "referrals.csv",
            OPEN_QUOTE.encode(),
            f"referrals.csv:3: A quotation mark is never closed, so rows cannot be told apart. {UNPAIRED}",
        ),
        (
            "referrals.csv",
            TWO_QUOTES.encode(),
            "referrals.csv:2: A quotation mark does not pair up with the next one, so rows cannot "
            f"be told apart. {UNPAIRED}",
        ),
        (
            "referrals.csv",
            (REFERRAL_HEADER + '1,"' + "\n" * 300 + '",').encode(),
            "referrals.csv:2: A quotation mark closes only 300 lines later, so rows cannot be told "
            f"apart. {UNPAIRED}",
        ),
        (
            "referrals.csv",
            (REFERRAL_HEADER + '1,"' + "x" * 200_000 + '",').encode(),
            "referrals.csv:2: A quotation mark makes a cell longer than any text, so rows cannot be "
            f"told apart. {UNPAIRED}",
        ),
        (
            "referrals.csv",
            b"x" * 3_000_000,
            "referrals.csv:1: A line is longer than a million signs: this is not a table. "
            "Export it again as CSV.",
        ),
        (
            "referrals.csv",
            (REFERRAL_HEADER + GOOD).encode() + b"1,\x81\xff",
            "referrals.csv:3: The text is not utf-8 or cp1252. Save the file as CSV (UTF-8), or give "
            "its 'encodings' in the mapping.",
        ),
        (
            "referrals.csv",
            sheet(HEADER),
            "referrals.csv: This is an Excel workbook or another zip archive, not CSV. Save it as "
            "CSV, or give its 'format' in the mapping.",
        ),
        (
            "referrals.csv",
            PEOPLE.encode(),
            "referrals.csv:1: The header lacks 'Team', 'Source', 'Referred', 'Assessed', 'Started', "
            "'Ended'; it has 'Client', 'Pseudo', 'Born', 'Gender'. Is this the right file for this "
            "mapping? Correct the file or the mapping.",
        ),
        (
            "referrals.csv",
            REFERRAL_HEADER.replace("Started", "Startd").encode(),
            "referrals.csv:1: The header lacks 'Started'; it has 'Client', 'Team', 'Source', "
            "'Referred', 'Assessed', 'Startd', 'Ended'. Perhaps 'Startd' for 'Started'. Correct the "
            "file or the mapping.",
        ),
        (
            "referrals.csv",
            b"John Smith,Oak,1\nJane Jones,Oak,2\n",
            "referrals.csv: No header with 'Client', 'Team', 'Source', 'Referred', 'Assessed', "
            "'Started', 'Ended' in the first 30 rows. Is this the right file for this mapping? "
            "Correct the file or the mapping.",
        ),
        (
            "referrals.csv",
            (REFERRAL_HEADER.strip() + ",team\n").encode(),
            "referrals.csv:1: The column 'Team' is there more than once. Rename or remove one of them.",
        ),
        ("referrals.xlsx", b"", "referrals.xlsx: The file is empty. Save it again."),
        (
            "referrals.xlsx",
            b"a,b\n",
            "referrals.xlsx: The file is not an Excel workbook, or is damaged. Open it in Excel and "
            "save it again as .xlsx.",
        ),
        (
            "referrals.xlsx",
            zipped("hello.txt", "hello"),
            "referrals.xlsx: This is a zip archive, but not an Excel workbook. Save it as .xlsx.",
        ),
        (
            "referrals.xlsx",
            zipped("xl/workbook.xml", "<nonsense"),
            "referrals.xlsx: The file is not an Excel workbook, or is damaged. Open it in Excel and "
            "save it again as .xlsx.",
        ),
        (
            "referrals.xlsx",
            sheet(HEADER)[:2000],
            "referrals.xlsx: The file is not an Excel workbook, or is damaged. Open it in Excel and "
            "save it again as .xlsx.",
        ),
        (
            "referrals.xlsx",
            ENCRYPTED,
            "referrals.xlsx: The workbook has a password. Save it as .xlsx without a password.",
        ),
        (
            "referrals.xlsx",
            ENCRYPTED[:100],
            "referrals.xlsx: This is an old Excel format. Save it as .xlsx.",
        ),
        (
            "referrals.parquet",
            b"PAR1 and more",
            "referrals.parquet: The file is not Parquet, or is damaged. Export it again.",
        ),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(
    tmp_path: Path, name: str, content: bytes, sentence: str
) -> None:
    trust = Trust(tmp_path, SMALL.replace("referrals.csv", name))
    trust.put("clients.csv", PEOPLE)
    trust.put(name, content)
    assert trust.problems() == sentence
    assert not trust.store.exists()


def test_a_stray_cell_far_out_does_not_take_all_memory(tmp_path: Path) -> None:
    trust = Trust(tmp_path, AS_XLSX)
    trust.put("clients.csv", PEOPLE)
    book = openpyxl.Workbook()
    book.active.append(HEADER)
    book.active["XFD1048576"] = "x"
    book.save(trust.folder / "referrals.xlsx")
    assert trust.problems() == (
        "referrals.xlsx: The workbook's sheet is larger than can be read: perhaps one stray cell far "
        "out. Remove empty rows and columns, or save it as CSV."
    )


def test_a_sheet_can_be_named(tmp_path: Path) -> None:
    mapping = AS_XLSX.replace("referrals.xlsx\n", "referrals.xlsx\n    sheet: sheet\n")
    trust = Trust(tmp_path, mapping)
    trust.put("clients.csv", PEOPLE)
    trust.put("referrals.xlsx", sheet(HEADER, other=True))
    assert trust.load().changed
    trust.mapping.write_text(mapping.replace("sheet: sheet", "sheet: April"))
    assert trust.problems() == "referrals.xlsx: There is no sheet 'April'. Allowed: Notes, Sheet."


def test_all_faults_of_all_files_come_at_once_and_the_store_stays(trust: Trust) -> None:
    trust.load(referrals=REFERRAL_HEADER + GOOD)
    before = files_of(trust.store)
    (trust.folder / "referrals.csv").unlink()
    assert trust.problems(clients="") == (
        "clients.csv: The file is empty. Export it again.\n"
        "There is no file 'referrals.csv' in the folder 'extracts'. Add it, or correct 'file' in the "
        "mapping."
    )
    assert (
        trust.problems(clients=PEOPLE + '9,"PZ', referrals=OPEN_QUOTE).count("is never closed") == 2
    )
    assert files_of(trust.store) == before


def test_two_files_that_match(tmp_path: Path) -> None:
    trust = Trust(tmp_path, SMALL.replace("referrals.csv", "REFERRALS*.csv"))
    trust.put("clients.csv", PEOPLE)
    trust.put("~$referrals.csv", "an office program's lock file")
    trust.put("referrals_april.csv", REFERRAL_HEADER + GOOD)
    assert list(trust.load().as_json()["files"]) == ["clients.csv", "referrals_april.csv"]
    trust.put("referrals_may.csv", REFERRAL_HEADER)
    assert trust.problems() == (
        "Several files match 'REFERRALS*.csv': referrals_april.csv, referrals_may.csv. Keep one in "
        "the folder."
    )


def test_a_folder_that_is_none(trust: Trust) -> None:
    for path in trust.folder.iterdir():
        path.unlink()
    trust.folder.rmdir()
    assert (
        trust.problems() == "There is no folder 'extracts'. Name the folder that holds the files."
    )


@pytest.mark.parametrize(
    ("value", "text"), [(3.0, "3"), (3.5, "3.5"), (True, "TRUE"), (1e20, "1e+20")]
)
def test_cells_as_text(value: float, text: str) -> None:
    assert workbook.as_text(value) == text


def junk(rows: int) -> str:
    return REFERRAL_HEADER + "".join(f"x{n},y,z,{n},{n},,\n" for n in range(rows))


def test_a_file_of_junk_below_a_good_header_leaves_the_store_as_it_was(trust: Trust) -> None:
    trust.load(referrals=REFERRAL_HEADER + GOOD)
    before = files_of(trust.store)
    assert trust.problems(referrals=junk(30_000)) == (
        "referrals.csv: None of its 30,000 rows could be stored (30,000 unknown_person). Is this the "
        "right file for this mapping? Correct the file or the mapping."
    )
    assert files_of(trust.store) == before


def test_junk_beside_good_rows_is_accounted_for(trust: Trust) -> None:
    report = trust.load(referrals=junk(30_000) + GOOD)
    assert counts(report, "referrals.csv")["unknown_person"] == 30_000
    assert counts(report, "referrals.csv")["stored"] > 0
