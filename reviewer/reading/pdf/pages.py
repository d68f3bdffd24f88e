"""The pages of a PDF, one after another, as rows of cells and lines of text."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, Any

from reviewer.errors import InputError
from reviewer.reading.grid import Cell, Grid, GridRow
from reviewer.reading.notes import Notes, quote
from reviewer.reading.pdf import seams
from reviewer.reading.pdf.letters import plain
from reviewer.reading.pdf.lines import Letter, Line, lines_of
from reviewer.reading.pdf.rulings import TooManyLines, rulings
from reviewer.reading.pdf.safety import MAX_CONTENT, SAVE_AGAIN, check_streams, drawing_size
from reviewer.reading.pdf.seams import Row
from reviewer.reading.pdf.tables import Area, Ruled, ruled_tables
from reviewer.reading.pdf.turning import direction, turned

if TYPE_CHECKING:
    from collections.abc import Callable

    from pdfplumber.page import Page
    from pdfplumber.pdf import PDF

MAX_PAGES = 1_000
"""A department's whole budget has some 300, which take 20 seconds."""

MOST_UNKNOWN = 0.2
"""Share of letters that a font does not name; with more, the text is not worth reading."""

_SCAN = "请先做文字识别（OCR），或者向填报单位要 Excel、Word 原件。"
_HEADER_ROWS = 6  # that a table may repeat on its next page


def read_pages(raw: bytes, where: str, notes: Notes, on_page: Callable[[], None] = lambda: None) -> Grid:
    """Return the pages of the PDF in *raw*; *on_page* is called before the first and after each. See ``read_pdf``."""
    on_page()
    check_streams(raw, where)
    # pdfminer tells of every oddity of a font; nobody at the terminal can do anything about it.
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
    pages = _Pages(where, notes)
    document = _opened(raw, where)
    with _parsing(where):
        count = len(document.pages)
    if count > MAX_PAGES:
        raise InputError(f"有 {count:,} 页，超过 {MAX_PAGES:,} 页的上限。", where=where, hint="请按单位分成几个文件。")
    for page in document.pages:
        on_page()
        with _parsing(where):
            if drawing_size(page) > MAX_CONTENT:
                found = f"第 {page.page_number} 页要画的东西多得不正常。"
                raise InputError(found, where=where, hint=SAVE_AGAIN)
            remarks = _remarks(page)
            _ = page.objects  # parsed now, and kept
        pages.add(page, remarks)
        page.close()
    return pages.grid()


def _opened(raw: bytes, where: str) -> PDF:
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect

    try:
        return pdfplumber.open(BytesIO(raw))
    except Exception as error:  # whatever pdfminer stumbles over: it has no common error
        if any(isinstance(cause, PDFPasswordIncorrect) for cause in (error, *error.args)):
            raise InputError("PDF 加了打开密码。", where=where, hint="请去掉密码，另存后再读。") from error
        _raise_memory(error)
        raise InputError("PDF 已经损坏或没有传完整，打不开。", where=where, hint=SAVE_AGAIN) from error


@contextmanager
def _parsing(where: str) -> Iterator[None]:
    """Turn what pdfminer stumbles over into an ``InputError``."""
    try:
        yield
    except InputError:
        raise
    except Exception as error:
        _raise_memory(error)
        raise InputError("PDF 的内部结构坏了，读不下去。", where=where, hint=SAVE_AGAIN) from error


def _raise_memory(error: Exception) -> None:
    """Raise the ``MemoryError`` that pdfplumber has wrapped in one of its own."""
    for cause in (error, *error.args):
        if isinstance(cause, MemoryError):
            raise cause


class _Pages:
    """Collects what stands on the pages; a cell is made when all that belongs to it has been read."""

    def __init__(self, where: str, notes: Notes) -> None:
        self._where = where
        self._notes = notes
        self._rows: list[tuple[int, str, Row | Line]] = []
        self._letters = 0
        self._mended = 0
        self._unknown = 0
        self._pictures: list[int] = []
        self._tables = 0
        self._last: tuple[int, list[float]] = (0, [])  # page and columns of the last table
        self._first: list[Row] = []  # rows of it that may be a header
        self._end: list[Row] = []  # its last two rows

    def add(self, page: Page, remarks: list[str]) -> None:
        """Read a page, which has been parsed, from top to bottom; *remarks* are laid over it."""
        if page.images and not page.chars:
            self._pictures.append(page.page_number)
        letters = self._plain(page)
        to = direction(letters)
        drawn = [item for kind in (page.lines, page.rects, page.curves) for item in kind]
        tables: list[Ruled] = []
        around = letters = turned(letters, to)
        try:
            tables, around = ruled_tables(*rulings(turned(drawn, to)), letters)
        except TooManyLines:
            self._note(page, "线条太多，像是图画，没有按表格读，只读了文字。")
        items: list[Ruled | Line] = [*tables, *lines_of(around)]
        for item in sorted(items, key=lambda item: item.top):
            if isinstance(item, Line):
                self._rows.append((0, f"page {page.page_number}", item))
            else:
                self._table(item, page.page_number)
        for remark in remarks:
            self._note(page, f"表单域或批注里的文字没有读入表格：{quote(remark)}。")

    def _note(self, page: Page, found: str) -> None:
        self._notes.add("D009", found, f"page {page.page_number}", severity="warning")

    def _plain(self, page: Page) -> list[Letter]:
        letters = []
        for letter in page.chars:
            self._letters += 1
            self._unknown += letter["text"].startswith("(cid:")
            text = plain(letter["text"])
            if text != letter["text"]:
                self._mended += 1
                letter = {**letter, "text": text}
            letters.append(letter)
        return letters

    def _table(self, table: Ruled, page: int) -> None:
        last, edges = self._last
        same = seams.same_columns(table.edges, edges)
        header = seams.repeated(self._first, table) if same else 0
        rows = table.rows[header:]
        if page > last and rows:
            # The page may have cut a form where its columns change: rows of two columns above, of six below.
            above = self._end if same else seams.widened(self._end, edges, table.edges)
            if above:
                rows = seams.join(above, rows)
        rows = [*table.rows[:header], *rows]
        if not same:
            self._tables += 1
            self._first = table.rows[:_HEADER_ROWS]
        self._last = (page, table.edges)
        self._end = [*self._end, *rows][-2:] if same else rows[-2:]
        self._rows.extend((self._tables, f"page {page}", row) for row in rows)

    def grid(self) -> Grid:
        """Return what was collected. Raises ``InputError`` when that is no text."""
        if not self._rows:
            raise InputError("PDF 没有文字层：每页只有图片，多半是扫描件。", where=self._where, hint=_SCAN)
        if self._unknown > MOST_UNKNOWN * self._letters:
            raise InputError("PDF 的字体没有带文字编码，读出来的不是文字。", where=self._where, hint=_SCAN)
        if self._pictures:
            pages = "、".join(map(str, self._pictures[:10])) + "等" * (len(self._pictures) > 10)
            self._notes.add("D009", f"第 {pages} 页只有图片，没有文字，没有读到内容。", severity="warning")
        if self._mended:
            found = f"PDF 的字体把 {self._mended} 个字写成了形近的部首（如“⽬”），已换成平常的字（“目”）。"
            self._notes.add("D007", found, severity="hint")
        made: dict[Area, Cell | None] = {}
        return Grid(rows=[_grid_row(made, *row) for row in self._rows])


def _grid_row(made: dict[Area, Cell | None], table: int, place: str, row: Row | Line) -> GridRow:
    """Return a row; a cell over several rows or columns is one object at all of them."""
    if isinstance(row, Line):
        return GridRow([Cell(row.text, place)], table=0)
    for area in row:
        if area is not None and area not in made:
            text = area.text()
            made[area] = Cell(text, place) if text else None
    return GridRow([None if area is None else made[area] for area in row], table=table)


def _remarks(page: Page) -> list[str]:
    """Return the texts of filled fields and of free text laid over *page*."""
    from pdfminer.pdftypes import resolve1
    from pdfminer.utils import decode_text

    found = []
    for reference in resolve1(page.page_obj.annots) or []:
        remark: Any = resolve1(reference)
        if isinstance(remark, dict):
            kind = getattr(resolve1(remark.get("Subtype")), "name", "")
            text = resolve1(remark.get({"Widget": "V", "FreeText": "Contents"}.get(kind, "")))
            if isinstance(text, bytes) and decode_text(text).strip():
                found.append(decode_text(text).strip())
    return found
