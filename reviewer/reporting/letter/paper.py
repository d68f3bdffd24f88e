"""A Word document on official paper: paragraphs, tables and page numbers, written straight as Office Open XML.

The file is a zip of a few XML parts. ``styles.xml`` and ``fonts.xml`` beside this module say how it looks; what is said
becomes ``word/document.xml``. The same content gives the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import BytesIO
from math import ceil
from pathlib import Path
from typing import Literal, NamedTuple
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from reviewer.reporting.layout import clean, width_of

Style = Literal["Normal", "Title", "Addressee", "Heading1", "AnnexMark", "AnnexTitle", "Heading2", "Small", "Lead"]
Align = Literal["Cell", "CellNumber", "CellMiddle"]

TEXT_WIDTH = 156
"""Millimetres between the margins: 210 of A4 less 28 and 26 (GB/T 9704)."""

_NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
# Part, its kind in content types, its kind in relationships.
_PARTS = (
    ("styles.xml", "styles", "styles"),
    ("fontTable.xml", "fontTable", "fontTable"),
    ("settings.xml", "settings", "settings"),
    ("footer1.xml", "footer", "footer"),
    ("footer2.xml", "footer", "footer"),
)
_ODD, _EVEN = "rId4", "rId5"
# Words marked as faulty and blanks to fill in stand out wherever they are.
_MARKED = re.compile(r"(⟦[^⟧]*⟧|〔待填[^〕]*〕)")
# A row that fits on a page is not parted; of a longer one some programs would cut off the rest.
_MOST_LINES = 24
_COLUMN_MM = 1.9  # half the width of a Chinese character in a table, and a little for lines that break early
_EARLIEST = (1980, 1, 1, 0, 0, 0)


class Column(NamedTuple):
    """A column of a table: heading, width in millimetres, alignment."""

    title: str
    width: float
    align: Align = "Cell"


class Paper:
    """A document that grows at its end.

    >>> paper = Paper()
    >>> paper.say("Title", "绩效目标审核意见")
    >>> paper.to_bytes()[:2]
    b'PK'
    """

    def __init__(self) -> None:
        self._body: list[str] = []

    def say(self, style: Style, text: str) -> None:
        """Add a paragraph."""
        self._body.append(_paragraph(style, text))

    def sign(self, *lines: str) -> None:
        """Add a block of lines at the right that stay on one page."""
        self._body.append("<w:p/>")
        self._body += [_paragraph("Signature", line) for line in lines]

    def table(
        self, columns: Sequence[Column], rows: Sequence[Sequence[str | Sequence[str]]], *, together: bool = False
    ) -> None:
        """Add a table; a cell is a text or the texts of its paragraphs.

        The head is repeated on each page; a short table can be kept *together* on one.
        """
        grid = "".join(f'<w:gridCol w:w="{_twips(column.width)}"/>' for column in columns)
        head = _row(columns, [column.title for column in columns], head=True)
        body = "".join(_row(columns, row, keep=together and row is not rows[-1]) for row in rows)
        width = _twips(sum(column.width for column in columns))
        self._body.append(
            f'<w:tbl><w:tblPr><w:tblW w:w="{width}" w:type="dxa"/><w:jc w:val="center"/>{_BORDERS}'
            f'<w:tblLayout w:type="fixed"/>{_MARGINS}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{head}{body}</w:tbl>'
        )

    def end_letter(self) -> None:
        """Begin a new letter: on a new page, its pages numbered from 1."""
        self._body.append(f'<w:p><w:pPr><w:pStyle w:val="SectionEnd"/>{_SECTION}</w:pPr></w:p>')

    def to_bytes(self) -> bytes:
        """Return the file."""
        body = "".join(self._body)
        here = Path(__file__).parent
        overrides = "".join(
            f'<Override PartName="/word/{name}" ContentType="{_MAIN}{kind}+xml"/>'
            for name, kind, _ in (("document.xml", "document.main", ""), *_PARTS)
        )
        relations = "".join(
            f'<Relationship Id="rId{number}" Type="{_RELATION}{kind}" Target="{name}"/>'
            for number, (name, _, kind) in enumerate(_PARTS, 1)
        )
        return _zip(
            {
                "[Content_Types].xml": f"{_DECLARATION}{_TYPES}{overrides}</Types>",
                "_rels/.rels": f"{_DECLARATION}{_RELATIONS}{_ROOT}</Relationships>",
                "word/document.xml": f"{_DECLARATION}{_DOCUMENT}{body}{_SECTION}</w:body></w:document>",
                "word/_rels/document.xml.rels": f"{_DECLARATION}{_RELATIONS}{relations}</Relationships>",
                "word/styles.xml": (here / "styles.xml").read_text(encoding="utf-8"),
                "word/fontTable.xml": (here / "fonts.xml").read_text(encoding="utf-8"),
                "word/settings.xml": _SETTINGS,
                "word/footer1.xml": _footer("right"),
                "word/footer2.xml": _footer("left"),
            }
        )


_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
)
_RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
_DOCUMENT = f"<w:document {_NAMESPACES}><w:body>"
_ROOT = f'<Relationship Id="rId1" Type="{_RELATION}officeDocument" Target="word/document.xml"/>'
# Odd pages carry their number at the right, even ones at the left.
_SETTINGS = (
    f"{_DECLARATION}<w:settings {_NAMESPACES}><w:evenAndOddHeaders/><w:characterSpacingControl w:val="
    '"compressPunctuation"/><w:compat><w:compatSetting w:name="compatibilityMode" '
    'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
    '<w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>'
)


def _twips(millimetres: float) -> int:
    return round(millimetres * 1440 / 25.4)


_SECTION = (
    f'<w:sectPr><w:footerReference w:type="default" r:id="{_ODD}"/><w:footerReference w:type="even" r:id="{_EVEN}"/>'
    f'<w:type w:val="nextPage"/><w:pgSz w:w="{_twips(210)}" w:h="{_twips(297)}"/>'
    f'<w:pgMar w:top="{_twips(37)}" w:right="{_twips(26)}" w:bottom="{_twips(35)}" w:left="{_twips(28)}" '
    f'w:header="{_twips(15)}" w:footer="{_twips(22)}" w:gutter="0"/><w:pgNumType w:start="1"/></w:sectPr>'
)
_EDGES = ("top", "left", "bottom", "right", "insideH", "insideV")
_BORDERS = (
    "<w:tblBorders>"
    + "".join(f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="000000"/>' for edge in _EDGES)
    + "</w:tblBorders>"
)
_MARGINS = (
    '<w:tblCellMar><w:top w:w="40" w:type="dxa"/><w:left w:w="85" w:type="dxa"/>'
    '<w:bottom w:w="40" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar>'
)


def _paragraph(style: str, text: str, *, keep: bool = False) -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{"<w:keepNext/>" * keep}</w:pPr>{_runs(text)}</w:p>'


def _runs(text: str) -> str:
    runs = []
    for number, part in enumerate(_MARKED.split(clean(text))):
        look = ""
        if number % 2:
            look = f'<w:rPr><w:rStyle w:val="{"Fault" if part[0] == "⟦" else "Blank"}"/></w:rPr>'
        if part:
            runs.append(f'<w:r>{look}<w:t xml:space="preserve">{escape(part)}</w:t></w:r>')
    return "".join(runs)


def _row(
    columns: Sequence[Column], cells: Sequence[str | Sequence[str]], *, head: bool = False, keep: bool = False
) -> str:
    contents = [[cell] if isinstance(cell, str) else list(cell) or [""] for cell in cells]
    parts = []
    for column, texts in zip(columns, contents, strict=True):
        middle = _MIDDLE * (head or column.align != "Cell")
        paragraphs = "".join(_paragraph("CellHead" if head else column.align, text, keep=keep) for text in texts)
        width = f'<w:tcW w:w="{_twips(column.width)}" w:type="dxa"/>'
        parts.append(f"<w:tc><w:tcPr>{width}{middle}</w:tcPr>{paragraphs}</w:tc>")
    whole = max(map(_lines, columns, contents)) <= _MOST_LINES
    properties = "<w:cantSplit/>" * whole + "<w:tblHeader/>" * head
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(parts)}</w:tr>"


_MIDDLE = '<w:vAlign w:val="center"/>'


def _lines(column: Column, texts: Sequence[str]) -> int:
    """Estimate the lines that *texts* take in *column*."""
    room = max(1, int((column.width - 3) / _COLUMN_MM))
    return sum(max(1, ceil(width_of(text) / room)) for text in texts)


def _footer(side: str) -> str:
    page = "".join(
        f"<w:r>{part}</w:r>"
        for part in (
            '<w:t xml:space="preserve">— </w:t>',
            '<w:fldChar w:fldCharType="begin"/>',
            '<w:instrText xml:space="preserve"> PAGE </w:instrText>',
            '<w:fldChar w:fldCharType="separate"/>',
            "<w:t>1</w:t>",
            '<w:fldChar w:fldCharType="end"/>',
            '<w:t xml:space="preserve"> —</w:t>',
        )
    )
    look = f'<w:pPr><w:pStyle w:val="Footer"/><w:jc w:val="{side}"/></w:pPr>'
    return f"{_DECLARATION}<w:ftr {_NAMESPACES}><w:p>{look}{page}</w:p></w:ftr>"


def _zip(parts: dict[str, str]) -> bytes:
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as file:
        for name, text in parts.items():
            # Without a time of its own each part would carry the clock's.
            entry = ZipInfo(name, _EARLIEST)
            entry.compress_type = ZIP_DEFLATED
            file.writestr(entry, text.encode())
    return buffer.getvalue()
