"""Decks and reports, opened by programs that did not write them."""

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pypdf
import pytest
from pptx import Presentation

from pdqi.snapshot import said
from pdqi.snapshot.frozen import Exhibit, Snapshot
from pdqi.snapshot.pack import files, pack
from tests.snapshot.conftest import exhibits, inside, made

PPTX_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"


@pytest.fixture(scope="module")
def deck(packed: bytes):
    return Presentation(io.BytesIO(inside(packed, ".pptx")))


@pytest.fixture(scope="module")
def report(packed: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(inside(packed, ".pdf")))


def texts(slide) -> str:
    return "\n".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)


def test_every_slide_has_a_title_of_its_own_and_says_what_it_is(deck, snapshot: Snapshot) -> None:
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    assert all(titles)
    assert len(set(titles)) == len(titles)
    assert round(deck.slide_width / deck.slide_height, 2) == round(16 / 9, 2)
    for slide in deck.slides:
        words = texts(slide)
        assert snapshot.about.invented in words
        assert said.marking(snapshot.about) in words
        assert snapshot.about.chosen in words
        # Read out first: the title.
        assert slide.shapes[0] == slide.shapes.title
        assert snapshot.id in slide.notes_slide.notes_text_frame.text


def test_whatever_is_no_text_has_words(deck) -> None:
    seen = 0
    for slide in deck.slides:
        for shape in slide.shapes:
            if not shape.has_text_frame:
                assert len(shape._element.xpath(".//p:cNvPr")[0].get("descr") or "") > 20
                seen += 1
    assert seen > 30


def plotted(snapshot: Snapshot) -> Iterator[Exhibit]:
    return (x for x in exhibits(snapshot) if x.plot is not None)


def test_charts_hold_the_shown_figures_and_no_others(deck, snapshot: Snapshot) -> None:
    charts = [s.chart for slide in deck.slides for s in slide.shapes if s.has_chart]
    kept = list(plotted(snapshot))
    assert len(charts) == len(kept) > 20
    for chart, exhibit in zip(charts, kept, strict=True):
        assert exhibit.plot is not None
        allowed = {v for s in exhibit.plot.series for v in (*s.values, *s.at) if v is not None}
        read = [value for s in chart.plots[0].series for value in s.values if value is not None]
        assert read
        assert set(read) <= allowed, exhibit.id
        book = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))
        assert all(sheet.sheet_state == "visible" for sheet in book)
        cells = {c.value for sheet in book for row in sheet.rows for c in row}
        numbers = {value for value in cells if isinstance(value, int | float)}
        assert numbers <= allowed, exhibit.id


def test_bars_are_what_the_table_beside_them_says(snapshot: Snapshot) -> None:
    """The share of a chart, in percent, is the text of the table: not more exact, not less."""
    checked = 0
    for exhibit in plotted(snapshot):
        plot, sheet = exhibit.plot, exhibit.sheet
        assert plot is not None
        assert sheet is not None
        if plot.form != "bars" or plot.unit != "share" or len(plot.series) > 1:
            continue
        rows = {row[0]: row[1] for row in sheet.rows}
        for place, value in zip(plot.places, plot.series[0].values, strict=True):
            name = place.partition(":")[0]
            if value is None:
                assert rows[name] in place
            else:
                assert rows[name] in (f"{value * 100:.0f}%", "under 1%")
            checked += 1
    assert checked > 30


def test_no_small_count_is_hidden_in_the_deck(deck, snapshot: Snapshot) -> None:
    for exhibit in plotted(snapshot):
        assert exhibit.plot is not None
        if exhibit.plot.unit == "count":
            for series in exhibit.plot.series:
                assert not [v for v in series.values if v is not None and 0 < v < 5], exhibit.id
    small = re.compile(r"\b[1-4] of \d+\b(?! (?:teams|months))|\b[1-4] people\b")
    for slide in deck.slides:
        notes = slide.notes_slide.notes_text_frame.text
        assert not small.search(notes), notes


def test_a_cleared_deck_says_so_on_every_slide(store: Path) -> None:
    data = pack(made(store, "analyst", briefing=True), ("pptx", "pdf"))
    for slide in Presentation(io.BytesIO(inside(data, ".pptx"))).slides:
        assert "EXACT COUNTS" in texts(slide)
    pages = pypdf.PdfReader(io.BytesIO(inside(data, ".pdf"))).pages
    assert 2 <= len(pages) <= 4
    for page in pages:
        assert "EXACT COUNTS" in page.extract_text()


def test_the_same_snapshot_gives_the_same_bytes(store: Path) -> None:
    brief = made(store, briefing=True)
    forms = ("pptx", "pdf", "html", "xlsx")
    assert dict(files(brief, forms)) == dict(files(brief, forms))


def test_the_report_is_tagged_and_carries_its_fonts(
    report: pypdf.PdfReader, snapshot: Snapshot
) -> None:
    root = report.root_object
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert "/StructTreeRoot" in root
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid:part>1<" in root["/Metadata"].get_object().get_data()
    assert report.metadata is not None
    assert report.metadata.title == said.title(snapshot)
    marks = str(report.outline)
    for section in snapshot.sections:
        assert section.title in marks
    for page in report.pages:
        assert [round(float(x)) for x in page.mediabox[2:]] == [595, 842]
        text = page.extract_text()
        assert snapshot.about.invented in text
        assert "OFFICIAL" in text
        for font in page["/Resources"]["/Font"].values():
            (inner,) = font.get_object()["/DescendantFonts"]
            described = inner.get_object()["/FontDescriptor"].get_object()
            assert {"/FontFile2", "/FontFile3"} & set(described)


def test_every_figure_can_be_read_in_the_report(
    report: pypdf.PdfReader, snapshot: Snapshot
) -> None:
    text = " ".join(page.extract_text() for page in report.pages)
    words = set(re.findall(r"\b\d[\d,.]*%", text))
    for exhibit in exhibits(snapshot):
        for row in exhibit.sheet.rows if exhibit.sheet else ():
            for cell in row:
                assert set(re.findall(r"\b\d[\d,.]*%", cell)) <= words, (exhibit.id, cell)


def test_the_report_can_be_drawn(packed: bytes, tmp_path: Path) -> None:
    if shutil.which("pdftoppm") is None:
        pytest.skip("pdftoppm is not installed")
    (tmp_path / "r.pdf").write_bytes(inside(packed, ".pdf"))
    command = ["pdftoppm", "-r", "30", "-png", "-l", "6", "r.pdf", "page"]
    done = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True)
    assert done.stderr == ""
    assert len(list(tmp_path.glob("*.png"))) == 6


def test_an_office_program_opens_deck_and_workbook(packed: bytes, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    for ending in (".pptx", ".xlsx"):
        path = tmp_path / f"file{ending}"
        path.write_bytes(inside(packed, ending))
        command = [office, "--headless", f"-env:UserInstallation={(tmp_path / 'o').as_uri()}"]
        command += ["--convert-to", "pdf", "--outdir", str(tmp_path), str(path)]
        subprocess.run(command, check=True, capture_output=True, timeout=180)
        assert len(pypdf.PdfReader(tmp_path / "file.pdf").pages) > 20
        (tmp_path / "file.pdf").unlink()


def test_hostile_words_stay_words(snapshot: Snapshot) -> None:
    hostile = '=HYPERLINK("http://x") #eval("1+1") <script>alert(1)</script> \\ " $x$ [b] @y *z*'
    about = snapshot.about.model_copy(update={"chosen": hostile, "organisation": hostile})
    first = snapshot.sections[0]
    one = first.exhibits[0]
    assert one.sheet is not None
    sheet = one.sheet.model_copy(update={"rows": ((hostile,) * len(one.sheet.columns),)})
    exhibit = one.model_copy(update={"name": hostile, "said": (hostile,), "sheet": sheet})
    section = first.model_copy(update={"exhibits": (exhibit,), "left_out": (hostile,)})
    changed = Snapshot(about=about, sections=(section,), stand=snapshot.stand)
    data = pack(changed, ("pptx", "pdf", "html", "xlsx", "csv"))
    assert b"<script" not in inside(data, ".html")
    with zipfile.ZipFile(io.BytesIO(inside(data, ".xlsx"))) as archive:
        assert not [n for n in archive.namelist() if b"<f>" in archive.read(n)]
    assert not re.search(rb"(?m)(^|,)=", inside(data, ".csv"))
    pages = pypdf.PdfReader(io.BytesIO(inside(data, ".pdf"))).pages
    assert '#eval("1+1")' in " ".join(page.extract_text() for page in pages).replace("\n", " ")
