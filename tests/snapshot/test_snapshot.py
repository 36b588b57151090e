"""A snapshot: frozen, the same in every file, whole or refused, and equal when worked out again."""

import hashlib
import io
import json
import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest

from pdqi.__main__ import main
from pdqi.demo import demo
from pdqi.errors import RequestError
from pdqi.snapshot import folder
from pdqi.snapshot.frozen import Snapshot
from pdqi.snapshot.pack import FORMS, forms_of, pack
from pdqi.snapshot.verify import verify, whole
from tests.snapshot.conftest import CONFIG, LIBRARY, exhibits, inside, made


def test_it_comes_back_as_it_was(snapshot: Snapshot) -> None:
    again = Snapshot.read(snapshot.as_bytes(), "x")
    assert again == snapshot
    assert again.id == snapshot.id
    assert snapshot.id.startswith("S20261005-")


def test_the_same_figures_have_the_same_id(store: Path, snapshot: Snapshot) -> None:
    assert made(store).id == snapshot.id
    assert made(store, "analyst").id != snapshot.id


class Tables(HTMLParser):
    """What an independent reader finds: cells, and whatever could act."""

    def __init__(self) -> None:
        super().__init__()
        self.cells: list[str] = []
        self.tags: list[str] = []
        self.outside: list[str] = []
        self.within = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.outside += [
            v for k, v in attrs if k in ("src", "href") and v and not v.startswith(("#", "data:"))
        ]
        self.within = tag in ("td", "th")
        if self.within:
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        self.within = False

    def handle_data(self, data: str) -> None:
        if self.within:
            self.cells[-1] += data


def test_html_holds_every_figure_and_nothing_acts(snapshot: Snapshot, packed: bytes) -> None:
    read = Tables()
    read.feed(inside(packed, ".html").decode())
    assert "script" not in read.tags
    assert read.outside == []
    cells = {cell.strip() for cell in read.cells}
    for exhibit in exhibits(snapshot):
        for row in exhibit.sheet.rows if exhibit.sheet else ():
            assert {cell.strip() for cell in row} <= cells | {""}
    assert read.tags.count("img") == sum(x.spec is not None for x in exhibits(snapshot))


def test_the_workbook_is_read_by_another_program(snapshot: Snapshot, packed: bytes) -> None:
    book = openpyxl.load_workbook(io.BytesIO(inside(packed, ".xlsx")))
    assert book.sheetnames[:3] == ["Cover", "Contents", "Notes"]
    assert all(sheet.sheet_state == "visible" for sheet in book)
    kept = [x for x in exhibits(snapshot) if x.sheet and x.sheet.rows]
    assert len(book.sheetnames) == 3 + len(kept)
    for exhibit, name in zip(kept, book.sheetnames[3:], strict=True):
        sheet = book[name]
        assert not sheet.merged_cells.ranges
        (table,) = sheet.tables.values()
        rows = [[cell.value for cell in row] for row in sheet[table.ref]]
        assert exhibit.sheet is not None
        assert [[v or "none" for v in row] for row in exhibit.sheet.rows] == rows[1:]
        assert all(cell.data_type == "s" for row in sheet[table.ref] for cell in row)
        above = [sheet.cell(row, 1).value for row in range(1, 5)]
        assert any("INVENTED DATA" in str(each) for each in above)


def test_no_small_count_is_in_it(snapshot: Snapshot) -> None:
    small = re.compile(r"^[1-4]$|\b[1-4] of \d+\b(?! (?:teams|months))|\b[1-4] people\b")
    for section in snapshot.sections:
        if section.id in ("workstreams", "voices"):
            continue
        for exhibit in section.exhibits:
            columns = exhibit.sheet.columns if exhibit.sheet else ()
            counted = [at for at, name in enumerate(columns) if "day" not in name.lower()]
            for row in exhibit.sheet.rows if exhibit.sheet else ():
                assert not [row[at] for at in counted if small.search(row[at])], (exhibit.id, row)
            for text in exhibit.said:
                assert not small.search(text), text


def test_a_cleared_audience_is_told_so_everywhere(store: Path) -> None:
    data = pack(made(store, "analyst", briefing=True), ("html", "xlsx", "csv"))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.endswith((".html", ".csv")):
                assert "EXACT COUNTS" in archive.read(name).decode(), name
        book = openpyxl.load_workbook(
            io.BytesIO(next(archive.read(n) for n in archive.namelist() if n.endswith(".xlsx")))
        )
    for sheet in book.worksheets[3:]:
        assert any("EXACT COUNTS" in str(sheet.cell(row, 1).value) for row in range(1, 5))


def test_a_pack_is_always_the_same_and_a_byte_is_noticed(
    snapshot: Snapshot, tmp_path: Path
) -> None:
    data = pack(snapshot, ("csv",))
    assert pack(snapshot, ("csv",)) == data
    path = tmp_path / "pack.zip"
    path.write_bytes(data)
    assert whole(path) == snapshot
    with zipfile.ZipFile(path) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    changed = next(name for name in held if name.endswith(".csv"))
    frozen = held["snapshot.json"][:-1] + b" }"
    for name, content in ((changed, held[changed] + b"x"), ("snapshot.json", frozen)):
        with zipfile.ZipFile(path, "w") as archive:
            for each, kept in (held | {name: content}).items():
                archive.writestr(each, kept)
        with pytest.raises(RequestError) as error:
            whole(path)
        assert name in str(error.value)
    with zipfile.ZipFile(path, "w") as archive:
        for each, kept in (held | {"more.txt": b"added"}).items():
            archive.writestr(each, kept)
    with pytest.raises(RequestError, match=r"more\.txt"):
        whole(path)


def test_the_manifest_names_every_file(packed: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        names = set(archive.namelist()) - {"manifest.json"}
        assert set(manifest["sha256"]) == names
        for name in names:
            assert manifest["sha256"][name] == hashlib.sha256(archive.read(name)).hexdigest()
        assert all(re.fullmatch(r"[A-Za-z0-9_./-]+", name) for name in archive.namelist())


def test_worked_out_again_it_is_equal_or_told(
    snapshot: Snapshot, store: Path, tmp_path: Path
) -> None:
    assert verify(snapshot, store, CONFIG, LIBRARY).equal
    other = tmp_path / "other"
    demo(other, CONFIG, people=1_500, seed=6)
    verdict = verify(snapshot, other, CONFIG, LIBRARY)
    assert not verdict.equal
    assert "no longer kept" in verdict.notes[0]
    assert any(" then, " in each for each in verdict.differences)


def test_kept_snapshots_are_listed_remarked_and_never_changed(
    snapshot: Snapshot, tmp_path: Path
) -> None:
    path = folder.keep(snapshot, tmp_path)
    assert folder.keep(snapshot, tmp_path) == path
    folder.remark(tmp_path, snapshot.id, "qi_lead", "For the board in October")
    (kept,) = folder.listed(tmp_path)
    assert kept.snapshot == snapshot
    assert [each.text for each in kept.remarks] == ["For the board in October"]
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b"OFFICIAL", b"OFFICIOL", 1))
    (kept,) = folder.listed(tmp_path)
    assert kept.snapshot is None
    assert "changed" in kept.problem
    with pytest.raises(RequestError):
        folder.remark(tmp_path, "../x", "qi_lead", "No")


def test_the_commands_ask_nothing(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--store", str(store), "--from", "2025-10-01", "--to", "2026-09-30"]
    keep = ["--keep", str(tmp_path / "kept")]
    out = ["--out", str(tmp_path / "out"), "--formats", "csv", "--briefing", *keep]
    assert main(["snapshot", *asked, *out, "--role", "oversight", "--team", "north_cmht"]) == 0
    name = capsys.readouterr().out.partition(":")[0]
    assert main(["verify", name, "--store", str(store), *keep]) == 0
    assert "Every figure is equal" in capsys.readouterr().out
    (path,) = (tmp_path / "out").glob("*.zip")
    assert main(["verify", str(path), "--store", str(store)]) == 0
    assert main(["snapshot", *asked, *out, "--role", "nobody"]) == 6
    assert main(["snapshot", *asked, "--out", str(tmp_path), "--formats", "pptx,doc"]) == 6
    assert "There is no form 'doc'" in capsys.readouterr().err


def test_forms_keep_their_order() -> None:
    assert forms_of(["xlsx", "html"]) == ("html", "xlsx")
    assert forms_of(FORMS) == tuple(FORMS)
