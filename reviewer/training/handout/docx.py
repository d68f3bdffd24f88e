"""A sheet as a Word document: A4, ready to print or to be edited. The same sheet gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import _Cell
from docx.text.paragraph import Paragraph as WordParagraph

from reviewer.reporting.layout import clean
from reviewer.training.handout.sheet import (
    WIDTH,
    Block,
    Grid,
    Heading,
    Listing,
    Look,
    Mark,
    Paragraph,
    Sheet,
    Text,
    Title,
    Together,
    plain,
)

_SONG, _HEI, _KAI = "宋体", "黑体", "楷体"
_RED, _GREEN, _GREY = RGBColor(0xA3, 0x30, 0x2A), RGBColor(0x2B, 0x6A, 0x4A), RGBColor(0x59, 0x62, 0x6C)
_LINE, _HEAD, _BOX, _BLANK = "B9B5AA", "ECEAE3", "F4F2EC", "FFF2A8"
_TALL = Mm(11)  # a row to write in
_STYLES: dict[Look, str] = {
    "body": "Normal",
    "item": "Item",
    "small": "Small",
    "box": "Box",
    "question": "Question",
}
_BEGINNING = (1980, 1, 1, 0, 0, 0)


def render_docx(sheet: Sheet) -> bytes:
    """Return the .docx of *sheet*."""
    document = docx.Document()
    _style(document)
    _page(document, sheet)
    for block in sheet.blocks:
        _block(document, block)
    _first_title_stays(document)
    buffer = BytesIO()
    document.save(buffer)
    return _timeless(buffer)


def _block(document: Any, block: Block, *, keep: bool = False, whole: bool = False) -> None:
    """Add *block*: to *keep* on the page of what follows, and a table *whole* on one page."""
    match block:
        case Title():
            document.add_paragraph(clean(block.text), "Title")
            if block.under:
                _runs(document.add_paragraph(style="Subtitle"), block.under)
        case Heading():
            document.add_paragraph(clean(block.text), f"Heading {block.level}")
        case Paragraph():
            paragraph = document.add_paragraph(style=_STYLES[block.look])
            paragraph.paragraph_format.keep_with_next = keep or None
            _runs(paragraph, block.text)
        case Grid():
            _grid(document, block, keep, whole)
        case Listing():
            for line in block.lines:
                document.add_paragraph(clean(line), "Listing").paragraph_format.keep_with_next = keep or None
        case Together():
            for at, inner in enumerate(block.blocks, 1):
                _block(document, inner, keep=at < len(block.blocks) or keep or block.lead, whole=True)


def _grid(document: Any, grid: Grid, keep: bool, whole: bool) -> None:
    head = any(column.title for column in grid.columns)
    table = document.add_table(rows=len(grid.rows) + head, cols=len(grid.columns), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    _borders(table)
    for at, column in enumerate(grid.columns):
        table.columns[at].width = Mm(column.width)
    rows = list(table.rows)
    if head:
        _repeated(rows[0])
        for cell, column in zip(rows[0].cells, grid.columns, strict=True):
            cell.width = Mm(column.width)
            _shade(cell, _HEAD)
            paragraph = cell.paragraphs[0]
            paragraph.style = "Cell Head"
            paragraph.add_run(clean(column.title))
    for row, texts in zip(rows[head:], grid.rows, strict=True):
        _whole(row)
        if grid.tall:
            row.height = _TALL
        for cell, column, content in zip(row.cells, grid.columns, texts, strict=True):
            cell.width = Mm(column.width)
            _fill(cell, content, keep=keep or (whole and row is not rows[-1]))
    document.add_paragraph(style="Gap").paragraph_format.keep_with_next = keep or None


def _fill(cell: _Cell, content: Iterable[Text], *, keep: bool) -> None:
    paragraph = cell.paragraphs[0]
    for at, text in enumerate(content):
        paragraph = cell.add_paragraph() if at else paragraph
        _runs(paragraph, text)
    for paragraph in cell.paragraphs:
        paragraph.style = "Cell"
        paragraph.paragraph_format.keep_with_next = keep or None


def _runs(paragraph: WordParagraph, text: Text) -> None:
    for run in text:
        made = paragraph.add_run(clean(run.text))
        if run.mark:
            _mark(made, run.mark)


def _mark(run: Any, mark: Mark) -> None:
    font = run.font
    match mark:
        case "fault":
            font.color.rgb, font.underline = _RED, True
        case "good":
            font.color.rgb, font.bold = _GREEN, True
        case "strong":
            font.bold = True
        case "dim":
            font.color.rgb = _GREY
        case "code":
            font.name = "Consolas"
        case "blank":
            run._r.get_or_add_rPr().append(_element("w:shd", val="clear", color="auto", fill=_BLANK))


def _style(document: Any) -> None:
    styles = document.styles
    styles.element.find(f".//{qn('w:lang')}").set(qn("w:eastAsia"), "zh-CN")
    for name, base in (
        *((name, "Normal") for name in ("Item", "Small", "Box", "Question", "Cell", "Listing", "Gap")),
        ("Cell Head", "Cell"),
    ):
        styles.add_style(name, 1).base_style = styles[base]
    for name, font, size, before, after, lines in (
        ("Normal", _SONG, 11, 0, 5, 1.4),
        ("Title", _HEI, 20, 0, 4, 1.2),
        ("Subtitle", _KAI, 11, 0, 8, 1.3),
        ("Heading 1", _HEI, 14, 12, 5, 1.2),
        ("Heading 2", _HEI, 12, 10, 4, 1.2),
        ("Item", _SONG, 11, 0, 2, 1.3),
        ("Small", _SONG, 10, 1, 3, 1.25),
        ("Box", _KAI, 12, 2, 6, 1.4),
        ("Question", _SONG, 11, 9, 3, 1.3),
        ("Cell", _SONG, 10, 1, 1, 1.15),
        ("Cell Head", _HEI, 10, 1, 1, 1.15),
        ("Listing", _SONG, 9, 0, 0, 1.15),
        ("Gap", _SONG, 4, 0, 2, 1),
        ("Header", _SONG, 9, 0, 0, 1),
        ("Footer", _SONG, 9, 0, 0, 1),
    ):
        _look(styles[name], font, size)
        layout = styles[name].paragraph_format
        layout.space_before, layout.space_after, layout.line_spacing = Pt(before), Pt(after), lines
        layout.widow_control = True
    styles["Title"].paragraph_format.page_break_before = True
    for name in ("Title", "Subtitle", "Heading 1", "Heading 2", "Question", "Cell Head"):
        styles[name].paragraph_format.keep_with_next = True
    for name in ("Item", "Listing"):
        styles[name].paragraph_format.left_indent = Mm(7)
    styles["Box"].element.get_or_add_pPr().append(_element("w:shd", val="clear", color="auto", fill=_BOX))
    styles["Cell Head"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _look(style: ParagraphStyle, font: str, size: float) -> None:
    style.font.name, style.font.size = "Times New Roman", Pt(size)
    style.font.bold = style.font.italic = False
    style.font.color.rgb = RGBColor(0, 0, 0)
    properties = style.element.get_or_add_rPr()
    fonts = properties.find(qn("w:rFonts"))
    for name in list(fonts.attrib):
        if "heme" in name:  # a font of the theme would win over the one named here
            del fonts.attrib[name]
    for name in ("w:ascii", "w:hAnsi", "w:cs"):
        fonts.set(qn(name), "Times New Roman")
    fonts.set(qn("w:eastAsia"), font)
    fonts.set(qn("w:hint"), "eastAsia")  # quotation marks and ≥ are Chinese here
    for border in style.element.findall(f"{qn('w:pPr')}/{qn('w:pBdr')}"):
        border.getparent().remove(border)


def _page(document: Any, sheet: Sheet) -> None:
    properties = document.core_properties
    properties.title, properties.author, properties.comments = clean(sheet.name), "", ""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm((210 - WIDTH) / 2)
    section.top_margin, section.bottom_margin = Mm(22), Mm(20)
    section.header_distance = section.footer_distance = Mm(11)
    _runs(section.header.paragraphs[0], plain(sheet.running, "dim"))
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for text, field in (("第 ", "PAGE"), (" 页　共 ", "NUMPAGES")):
        foot.add_run(text)
        _field(foot, field)
    foot.add_run(" 页")


def _field(paragraph: WordParagraph, name: str) -> None:
    field = _element("w:fldSimple", instr=name)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def _first_title_stays(document: Any) -> None:
    """Let the first title begin the document, not a second page of it."""
    if document.paragraphs and document.paragraphs[0].style.name == "Title":
        document.paragraphs[0].paragraph_format.page_break_before = False


def _element(name: str, **attributes: str) -> Any:
    element = OxmlElement(name)
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    return element


def _borders(table: Any) -> None:
    borders = OxmlElement("w:tblBorders")
    for edge in ("top", "left", "bottom", "right", "insideH", "insideV"):
        borders.append(_element(f"w:{edge}", val="single", sz="4", space="0", color=_LINE))
    table._tbl.tblPr.append(borders)
    margins = OxmlElement("w:tblCellMar")
    for edge, width in (("top", "45"), ("left", "85"), ("bottom", "45"), ("right", "85")):
        margins.append(_element(f"w:{edge}", w=width, type="dxa"))
    table._tbl.tblPr.append(margins)


def _shade(cell: _Cell, fill: str) -> None:
    cell._tc.get_or_add_tcPr().append(_element("w:shd", val="clear", color="auto", fill=fill))


def _repeated(row: Any) -> None:
    row._tr.get_or_add_trPr().append(_element("w:tblHeader"))
    _whole(row)


def _whole(row: Any) -> None:
    row._tr.get_or_add_trPr().append(_element("w:cantSplit"))


def _timeless(buffer: BytesIO) -> bytes:
    """Return the file without the time at which it was written: each part would carry it."""
    made = BytesIO()
    with ZipFile(buffer) as old, ZipFile(made, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            entry = ZipInfo(name, _BEGINNING)
            entry.compress_type = ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return made.getvalue()
