"""A snapshot as a deck of slides: one message to a slide, charts and tables that can be edited.

Every slide has a title of its own, which says what the slide says; alternative text on whatever is
no text; the definitions in its notes; and at its foot what was chosen, for whom it is, and of when
the data are. The same snapshot gives the same bytes.
"""

import copy
import io
from collections.abc import Iterator, Mapping, Sequence
from itertools import count

from PIL import Image
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.presentation import Presentation as Deck
from pptx.shapes.base import BaseShape
from pptx.shapes.graphfrm import GraphicFrame
from pptx.slide import Slide
from pptx.util import Emu, Inches, Length, Pt

from pdqi.archive import steady
from pdqi.charts.theme import LIGHT
from pdqi.snapshot import said
from pdqi.snapshot.deck_chart import add_chart
from pdqi.snapshot.frozen import Exhibit, Section, Sheet, Snapshot

MIME = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
FONT = "Arial"
WIDTH, HEIGHT = Inches(13.333), Inches(7.5)
LEFT, ACROSS = Inches(0.6), Inches(12.13)
TOP, DOWN = Inches(1.75), Inches(4.95)
"""Where the content of a slide begins, and how much room it has."""
MOST_IN_TITLE = 160
"""Characters of a title: two lines."""
LINES = 17
"""Lines of text that a table on one slide may have."""
NARROW = 0.7
"""A drawing that takes less of the width has room for words beside it."""
MOST_SLIDES = 3
"""How many slides one table may take; the workbook has what is beyond."""
Box = tuple[Length, Length, Length, Length]
BODY: Box = (LEFT, TOP, ACROSS, DOWN)


def deck(snapshot: Snapshot, pictures: Mapping[str, bytes]) -> bytes:
    """Return the deck, 16:9; `pictures` are PNGs of drawings by the ids of their exhibits."""
    shown = Presentation()
    _set_up(shown, snapshot)
    maker = _Maker(shown, snapshot)
    maker.cover()
    for section in snapshot.sections:
        for exhibit in section.exhibits:
            maker.exhibit(section, exhibit, pictures.get(exhibit.id))
    maker.left_out()
    out = io.BytesIO()
    shown.save(out)
    return steady(out.getvalue(), ".xlsx")


class _Maker:
    """Adds slides, and sees to it that no two have the same title."""

    def __init__(self, shown: Deck, snapshot: Snapshot) -> None:
        self.shown, self.snapshot = shown, snapshot
        self.titles: set[str] = set()

    def cover(self) -> None:
        about = self.snapshot.about
        slide = self._slide(said.title(self.snapshot), about.organisation, layout=0)
        lines = [about.chosen, said.marking(about), said.provenance(self.snapshot)]
        slide.placeholders[1].text_frame.text = "\n".join(lines)
        for place, paragraph in enumerate(slide.placeholders[1].text_frame.paragraphs):
            paragraph.font.size = Pt(20 if place == 0 else 14)
            paragraph.font.bold = place == 0 or (place == 1 and about.cleared)

    def exhibit(self, section: Section, exhibit: Exhibit, picture: bytes | None) -> None:
        """Add the slides of an exhibit: its drawing, or its table where it has none."""
        message = said_shortly(exhibit)
        if exhibit.plot is not None:
            slide = self._slide(message, section.title, exhibit)
            frame = add_chart(slide, exhibit.plot, BODY)
            _describe(frame, f"{exhibit.name}. {' '.join(exhibit.said)}")
        elif picture is not None:
            slide = self._slide(message, section.title, exhibit)
            _picture(slide, picture, exhibit)
        elif exhibit.sheet is not None and exhibit.sheet.rows:
            self._tables(section, exhibit, exhibit.sheet, message)
        elif exhibit.said:
            slide = self._slide(exhibit.name, section.title, exhibit)
            _sentences(slide, exhibit.said, BODY)

    def left_out(self) -> None:
        """Add what is not in it, with why, where there is anything."""
        rows = tuple((s.title, why) for s in self.snapshot.sections for why in s.left_out)
        if rows:
            sheet = Sheet(columns=("Part", "What is not in it, and why"), rows=rows)
            exhibit = Exhibit(id="left_out", name="What is left out, and why", sheet=sheet)
            section = Section(id="left_out", title="About this snapshot", exhibits=(exhibit,))
            self._tables(section, exhibit, sheet, exhibit.name)

    def _tables(self, section: Section, exhibit: Exhibit, sheet: Sheet, message: str) -> None:
        widths = _widths(sheet)
        pages = list(_pages(sheet, widths))
        for number, rows in enumerate(pages[:MOST_SLIDES], start=1):
            several = f" ({number} of {len(pages)})" if len(pages) > 1 else ""
            slide = self._slide(f"{message}{several}", section.title, exhibit)
            frame = _table(slide, sheet.columns, rows, widths)
            columns = ", ".join(filter(None, sheet.columns))
            words = f"Table: {exhibit.name}{several}. Its columns are {columns}."
            _describe(frame, " ".join((words, *exhibit.said)))

    def _slide(
        self, title: str, section: str, exhibit: Exhibit | None = None, layout: int = 1
    ) -> Slide:
        slide = self.shown.slides.add_slide(self.shown.slide_layouts[layout])
        slide.shapes.title.text_frame.text = self._unlike(title)
        self._frame(slide, section)
        about = self.snapshot.about
        notes = [about.invented, f"Section: {section}", about.chosen]
        if exhibit is not None:
            notes += [exhibit.name, *exhibit.said, *exhibit.notes]
            notes += [f"{name}: {text}" for name, text in exhibit.definition]
        notes += [said.marking(about), said.provenance(self.snapshot)]
        slide.notes_slide.notes_text_frame.text = "\n".join(filter(None, notes))
        return slide

    def _unlike(self, title: str) -> str:
        found = title
        for number in count(2):
            if found not in self.titles:
                break
            found = f"{title} – {number}"
        self.titles.add(found)
        return found

    def _frame(self, slide: Slide, section: str) -> None:
        """Add what every slide says: the stamp of invented data, and the foot."""
        about = self.snapshot.about
        bold = about.cleared
        if about.invented:
            band = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, Emu(0), Emu(0), WIDTH, Inches(0.36))
            band.name = "Invented data"
            band.fill.solid()
            band.fill.fore_color.rgb = _rgb(LIGHT.neutral)
            band.line.fill.background()
            _text(band, about.invented, Pt(12), LIGHT.on_ink, bold=True)
        foot = f"{section} · {about.chosen} · data to {about.data_to} · snapshot {self.snapshot.id}"
        for layout_shape in slide.slide_layout.placeholders:
            if layout_shape.placeholder_format.idx in (11, 12):
                slide.shapes._spTree.append(copy.deepcopy(layout_shape._element))
        for shape in slide.placeholders:
            if shape.placeholder_format.idx == 11:
                _text(shape, f"{said.marking(about)}\n{foot}", Pt(9), LIGHT.muted)
                shape.text_frame.paragraphs[0].font.bold = bold


def said_shortly(exhibit: Exhibit) -> str:
    """Return the name of an exhibit and what it says, as much as a title holds."""
    text = f"{exhibit.name}: {exhibit.said[0]}" if exhibit.said else exhibit.name
    text = text.rstrip(".")
    if len(text) <= MOST_IN_TITLE:
        return text
    for end in (". ", ": ", "; ", ", "):
        at = text.rfind(end, len(exhibit.name) + 20, MOST_IN_TITLE)
        if at > 0:
            return text[:at] if end in (". ", ": ") else f"{text[:at]} …"
    return exhibit.name


def _set_up(shown: Deck, snapshot: Snapshot) -> None:
    """Make the master our own: 16:9, one typeface, and no layout that is not used."""
    shown.slide_width, shown.slide_height = WIDTH, HEIGHT
    kept = {"Title Slide", "Title Only"}
    for layout in list(shown.slide_layouts):
        if layout.name not in kept:
            shown.slide_layouts.remove(layout)
    boxes: dict[int, Box] = {
        0: (LEFT, Inches(0.5), ACROSS, Inches(1.15)),
        11: (LEFT, Inches(6.82), Inches(11.3), Inches(0.6)),
        12: (Inches(12.0), Inches(6.82), Inches(0.73), Inches(0.6)),
    }
    for layout in shown.slide_layouts:
        for shape in list(layout.placeholders):
            box = boxes.get(shape.placeholder_format.idx)
            if shape.placeholder_format.idx == 10:
                shape._element.getparent().remove(shape._element)
            elif layout.name == "Title Slide" and shape.placeholder_format.idx in (0, 1):
                first = shape.placeholder_format.idx == 0
                top, high = (1.6, 1.6) if first else (3.4, 2.8)
                _put(shape, (LEFT, Inches(top), ACROSS, Inches(high)))
                _look(shape, Pt(36 if first else 16), LIGHT.blue if first else LIGHT.ink)
            elif box:
                _put(shape, box)
                _look(shape, Pt(22 if shape.placeholder_format.idx == 0 else 10), LIGHT.ink)
    for shape in list(shown.slide_master.placeholders):
        if shape.placeholder_format.idx in (10, 11, 12):
            shape._element.getparent().remove(shape._element)
    theme = shown.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    theme._blob = theme.blob.replace(b'typeface="Calibri"', f'typeface="{FONT}"'.encode())
    about, core = snapshot.about, shown.core_properties
    core.title, core.author, core.subject = said.title(snapshot), about.organisation, about.chosen
    core.keywords, core.comments, core.language = about.marking, about.invented, "en-GB"
    core.last_modified_by = about.organisation
    core.created = core.modified = about.made_at.replace(tzinfo=None)


def _put(shape: BaseShape, box: Box) -> None:
    shape.left, shape.top, shape.width, shape.height = box


def _look(shape: BaseShape, size: Length, colour: str) -> None:
    """Set how the text of a placeholder looks on every slide of its layout."""
    frame = shape.text_frame
    frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.MIDDLE
    body = frame._txBody
    levels = body.find(qn("a:lstStyle"))
    if levels is None:
        levels = parse_xml(f"<a:lstStyle {nsdecls('a')}/>")
        body.bodyPr.addnext(levels)
    for old in list(levels):
        levels.remove(old)
    first = parse_xml(
        f'<a:lvl1pPr {nsdecls("a")} algn="l" marL="0" indent="0"><a:buNone/>'
        f'<a:defRPr sz="{int(size.pt * 100)}" b="{int(size.pt >= 22)}"><a:solidFill>'
        f'<a:srgbClr val="{colour.lstrip("#")}"/></a:solidFill></a:defRPr></a:lvl1pPr>'
    )
    levels.append(first)


def _rgb(colour: str) -> RGBColor:
    return RGBColor.from_string(colour.lstrip("#").upper())


def _text(shape: BaseShape, text: str, size: Length, colour: str, *, bold: bool = False) -> None:
    shape.text_frame.text = text
    shape.text_frame.word_wrap = True
    for paragraph in shape.text_frame.paragraphs:
        paragraph.font.size, paragraph.font.bold = size, bold
        paragraph.font.color.rgb = _rgb(colour)


def _describe(shape: BaseShape, words: str) -> None:
    """Give a shape its alternative text."""
    shape._element.xpath(".//p:cNvPr")[0].set("descr", words)


def _picture(slide: Slide, data: bytes, exhibit: Exhibit) -> None:
    """Add a drawing as large as the room allows; beside a narrow one stands what it says."""
    with Image.open(io.BytesIO(data)) as image:
        across, down = image.size
    scale = min(ACROSS / across, DOWN / down)
    size = Emu(int(across * scale)), Emu(int(down * scale))
    narrow = size[0] < ACROSS * NARROW
    left = LEFT if narrow else Emu(int(LEFT + (ACROSS - size[0]) / 2))
    shape = slide.shapes.add_picture(io.BytesIO(data), left, TOP, *size)
    _describe(shape, f"{exhibit.name}. {' '.join(exhibit.said)}")
    if narrow:
        beside = Emu(int(LEFT + size[0] + Inches(0.4)))
        room = (beside, TOP, Emu(int(ACROSS - size[0] - Inches(0.4))), DOWN)
        _sentences(slide, (*exhibit.said, *exhibit.notes), room)


def _sentences(slide: Slide, sentences: Sequence[str], room: Box) -> None:
    box = slide.shapes.add_textbox(*room)
    _text(box, "\n".join(sentences), Pt(16), LIGHT.ink)
    for paragraph in box.text_frame.paragraphs:
        paragraph.space_after = Pt(10)


def _widths(sheet: Sheet) -> list[int]:
    """Return how many characters each column has room for, in all about 150."""
    wanted = [
        min(70, max(12, *(len(cell) for cell in (column, *(row[at] for row in sheet.rows)))))
        for at, column in enumerate(sheet.columns)
    ]
    return [max(12, want * 150 // max(150, sum(wanted))) for want in wanted]


def _pages(sheet: Sheet, widths: Sequence[int]) -> Iterator[list[tuple[str, ...]]]:
    """Give the rows of each slide."""
    page: list[tuple[str, ...]] = []
    used = 0
    for row in sheet.rows:
        high = max(-(-len(cell) // width) for cell, width in zip(row, widths, strict=True)) or 1
        if page and used + high > LINES:
            yield page
            page, used = [], 0
        page.append(row)
        used += high
    yield page


def _table(
    slide: Slide, columns: Sequence[str], rows: Sequence[tuple[str, ...]], widths: Sequence[int]
) -> GraphicFrame:
    frame = slide.shapes.add_table(len(rows) + 1, len(columns), LEFT, TOP, ACROSS, Inches(0.3))
    table = frame.table
    for at, width in enumerate(widths):
        table.columns[at].width = Emu(int(ACROSS * width / sum(widths)))
    for down, row in enumerate([tuple(columns), *rows]):
        table.rows[down].height = Inches(0.26)
        for at, text in enumerate(row):
            cell = table.cell(down, at)
            cell.margin_top = cell.margin_bottom = Inches(0.02)
            cell.fill.solid()
            cell.fill.fore_color.rgb = _rgb(LIGHT.blue if down == 0 else LIGHT.ground)
            _text(cell, text, Pt(11), LIGHT.on_ink if down == 0 else LIGHT.ink, bold=down == 0)
    return frame
