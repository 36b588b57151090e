"""Minutes as a Word document, drawn up from the record of a meeting.

Real headings, tables with marked header rows, the language, a title and page numbers, so that
Word and screen readers find their way. No macro, no field but the page's number, no outside
reference. The same record gives the same bytes.
"""

import io
from datetime import datetime, time

from docx import Document
from docx.document import Document as Doc
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from pdqi.archive import steady
from pdqi.meeting.minutes import DRAFT, NOTHING, about, title
from pdqi.meeting.record import Record, Sheet

MIME = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FONT = "Arial"
BLUE = RGBColor(0x00, 0x3D, 0x78)
LANGUAGE = "en-GB"


def docx(record: Record) -> bytes:
    """Return the minutes as a Word document on A4."""
    document = Document()
    _set_up(document, record)
    document.add_heading(title(record), level=0)
    if record.view.invented:
        document.add_paragraph().add_run(record.view.invented).bold = True
    line = document.add_paragraph()
    line.add_run(f"{record.view.marking}. ").bold = True
    line.add_run(DRAFT)
    for text in about(record):
        document.add_paragraph(text)
    for topic in record.topics:
        document.add_heading(topic.title, level=1)
        for sentence in topic.said:
            document.add_paragraph(sentence)
        if topic.sheet.rows:
            _table(document, topic.sheet)
        if topic.note:
            document.add_paragraph().add_run("Noted:").bold = True
            for paragraph in filter(str.strip, topic.note.split("\n")):
                document.add_paragraph(paragraph.strip())
    document.add_heading("What was recorded", level=1)
    for sheet in record.recorded:
        document.add_heading(sheet.title, level=2)
        _table(document, sheet)
    if not record.recorded:
        document.add_paragraph(NOTHING)
    out = io.BytesIO()
    document.save(out)
    return steady(out.getvalue())


def _set_up(document: Doc, record: Record) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin = section.bottom_margin = Mm(20)
    for style in ("Normal", "Title", "Heading 1", "Heading 2"):
        found = document.styles[style]
        found.font.name = FONT
        properties = found.element.get_or_add_rPr()
        fonts = properties.get_or_add_rFonts()
        for name in list(fonts.attrib):
            if name.endswith("Theme"):
                del fonts.attrib[name]
        for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
            fonts.set(qn(script), FONT)
        if style != "Normal":
            found.font.color.rgb = BLUE
    document.styles["Normal"].font.size = Pt(11)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), LANGUAGE)
    document.styles["Normal"].element.get_or_add_rPr().append(language)
    told = document.core_properties
    told.title, told.subject = title(record), record.view.pathway
    told.author = told.last_modified_by = record.view.organisation
    told.language, told.comments, told.keywords = (
        LANGUAGE,
        record.view.invented,
        record.view.marking,
    )
    told.created = told.modified = datetime.combine(record.day, time())
    above = section.header.paragraphs[0]
    above.text = " · ".join(filter(None, (record.view.marking, record.view.invented)))
    below = section.footer.paragraphs[0]
    below.add_run(f"{title(record)} · page ")
    _page_number(below)


def _page_number(paragraph: Paragraph) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def _table(document: Doc, sheet: Sheet) -> None:
    table = document.add_table(rows=1, cols=len(sheet.columns), style="Light Grid Accent 1")
    described = OxmlElement("w:tblCaption")
    described.set(qn("w:val"), sheet.title)
    table._tbl.tblPr.append(described)
    for cell, text in zip(table.rows[0].cells, sheet.columns, strict=True):
        cell.text = text
    marked = OxmlElement("w:tblHeader")
    marked.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(marked)
    for row in sheet.rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    for row in table.rows:
        whole = OxmlElement("w:cantSplit")
        row._tr.get_or_add_trPr().append(whole)
        for cell in row.cells:
            for paragraph in cell.paragraphs:
                for run in paragraph.runs:
                    run.font.size = Pt(9)
    document.add_paragraph()
