"""A PDF with a text layer as one grid: ruled tables as rows of cells, everything else as running text, page by page.

The text is what the file holds, never recognised from a picture. Scripts, actions, attachments and links in the file
are not touched.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

from reviewer.errors import InputError
from reviewer.reading.grid import Cell, Grid, GridRow
from reviewer.reading.notes import Notes
from reviewer.reading.pdf.letters import plain
from reviewer.reading.pdf.lines import Line, lines_of
from reviewer.reading.pdf.safety import MAX_CONTENT, check_streams, drawing_size
from reviewer.reading.pdf.tables import Ruled, ruled_tables

if TYPE_CHECKING:
    from pdfplumber.page import Page
    from pdfplumber.pdf import PDF

MAX_PAGES = 1_000
"""A department's whole budget has some 300; at a tenth of a second a page this takes two minutes."""

MAX_SECONDS = 300.0
"""For one file. Only a page made to be slow takes longer than a second."""

MOST_UNKNOWN = 0.2
"""Share of letters that a font does not name; with more, the text is not worth reading."""

_SAVE_AGAIN = "请用 PDF 阅读器打开，另存或打印成新的 PDF 再读；有原来的 Excel 或 Word 就直接用原件。"
_SCAN = "请先做文字识别（OCR），或者向填报单位要 Excel、Word 原件。"
_EDGE = 3.0  # points by which the columns of a table may differ from page to page


def read_pdf(raw: bytes, where: str, notes: Notes) -> list[Grid]:
    """Return the pages of the PDF in *raw* as one grid; *where* is the path for messages.

    The place of a cell is ``page 3``. A table that goes on over a page keeps its number. Raises ``InputError`` for what
    is no PDF, encrypted, broken or dangerous, and for pages that are pictures without text.
    """
    check_streams(raw, where)
    # pdfminer tells of every oddity of a font; nobody at the terminal can do anything about it.
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
    gatherer = _Gatherer()
    try:
        with _opened(raw, where) as document:
            if len(document.pages) > MAX_PAGES:
                found = f"有 {len(document.pages):,} 页，超过 {MAX_PAGES:,} 页的上限。"
                raise InputError(found, where=where, hint="请按单位分成几个文件。")
            started = time.monotonic()
            for page in document.pages:
                if time.monotonic() - started > MAX_SECONDS:
                    found = f"读到第 {page.page_number} 页已经用了 {MAX_SECONDS:.0f} 秒，没有读完。"
                    raise InputError(found, where=where, hint=_SAVE_AGAIN)
                gatherer.add(page, where)
                page.close()
    except InputError:
        raise
    except Exception as error:  # whatever pdfminer stumbles over: it has no common error
        raise InputError("PDF 的内部结构坏了，读不下去。", where=where, hint=_SAVE_AGAIN) from error
    if not gatherer.rows:
        raise InputError("PDF 没有文字层：每页只有图片，多半是扫描件。", where=where, hint=_SCAN)
    if gatherer.unknown > MOST_UNKNOWN * gatherer.letters:
        found = "PDF 的字体没有带文字编码，读出来的不是文字。"
        raise InputError(found, where=where, hint=_SCAN)
    if gatherer.pictures:
        pages = "、".join(map(str, gatherer.pictures[:10])) + ("等" if len(gatherer.pictures) > 10 else "")
        notes.add("D009", f"第 {pages} 页只有图片，没有文字，没有读到内容。", severity="warning")
    if gatherer.mended:
        found = f"PDF 的字体把 {gatherer.mended} 个字写成了形近的部首（如“⽬”），已换成平常的字（“目”）。"
        notes.add("D007", found, severity="hint")
    return [Grid(rows=gatherer.rows)]


def _opened(raw: bytes, where: str) -> PDF:
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect
    from pdfminer.psexceptions import PSException
    from pdfplumber.utils.exceptions import PdfminerException

    try:
        return pdfplumber.open(BytesIO(raw))
    except (PdfminerException, PDFPasswordIncorrect, PSException, ValueError, KeyError, TypeError) as error:
        if isinstance(error, PDFPasswordIncorrect) or any(isinstance(it, PDFPasswordIncorrect) for it in error.args):
            found, hint = "PDF 加了打开密码。", "请去掉密码，另存后再读。"
            raise InputError(found, where=where, hint=hint) from error
        raise InputError("PDF 已经损坏或没有传完整，打不开。", where=where, hint=_SAVE_AGAIN) from error


class _Gatherer:
    """Collects the rows of all pages."""

    def __init__(self) -> None:
        self.rows: list[GridRow] = []
        self.letters = 0
        self.mended = 0
        self.unknown = 0
        self.pictures: list[int] = []
        self._tables = 0
        self._edges: list[float] = []  # of the columns of the last table, if a table on the next page may go on with it

    def add(self, page: Page, where: str) -> None:
        """Read a page from top to bottom."""
        place = f"page {page.page_number}"
        if drawing_size(page) > MAX_CONTENT:
            found = f"第 {page.page_number} 页要画的东西多得不正常。"
            raise InputError(found, where=where, hint=_SAVE_AGAIN)
        if page.images and not page.chars:
            self.pictures.append(page.page_number)
        letters = self._letters(page)
        tables = ruled_tables(page, letters)
        inside = {id(letter) for table in tables for letter in table.letters}
        around = lines_of([letter for letter in letters if id(letter) not in inside])
        items: list[Ruled | Line] = [*tables, *around]
        for item in sorted(items, key=lambda item: item.top):
            if isinstance(item, Line):
                self.rows.append(GridRow([Cell(item.text, place)], table=0))
            else:
                self._table(item, place)

    def _letters(self, page: Page) -> list[dict[str, Any]]:
        letters = []
        for letter in page.chars:
            self.letters += 1
            self.unknown += letter["text"].startswith("(cid:")
            text = plain(letter["text"])
            if text != letter["text"]:
                self.mended += 1
                letter = {**letter, "text": text}
            letters.append(letter)
        return letters

    def _table(self, table: Ruled, place: str) -> None:
        edges = table.edges
        goes_on = len(edges) == len(self._edges) and all(
            abs(one - other) <= _EDGE for one, other in zip(edges, self._edges, strict=True)
        )
        self._tables += not goes_on
        self._edges = edges
        self.rows.extend(GridRow(cells, table=self._tables) for cells in _rows(table, place))


def _rows(table: Ruled, place: str) -> Iterator[list[Cell | None]]:
    """Yield the rows of *table*; a cell over several rows or columns is one object at all of them."""
    made: dict[int, Cell | None] = {}
    for row in table.rows:
        cells: list[Cell | None] = []
        for area in row:
            if area is None:
                cells.append(None)
                continue
            if id(area) not in made:
                text = area.text()
                made[id(area)] = Cell(text, place) if text else None
            cells.append(made[id(area)])
        yield cells
