"""A Word document (.docx) as one grid: paragraphs and tables in the order of the page.

A paragraph is a row with one cell. Merged cells are one cell at each place they cover; a table inside a cell follows
the row it stands in. Text in content controls, links, boxes and tracked insertions is read like any other; what was
deleted with tracked changes is not, and a note says so. Numbers of automatic lists are no text of the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

from reviewer.errors import InputError
from reviewer.reading.grid import Cell, Grid, GridRow
from reviewer.reading.notes import Notes, quote
from reviewer.reading.package import open_package
from reviewer.reading.signature import Kind

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

MAX_COLUMNS = 200
"""Word itself allows 63 columns; a cell that claims to span more stands in no document that people made."""

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_WRAPPERS = frozenset(f"{_W}{name}" for name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"))
_FURNITURE = frozenset({"header", "footer", "footnotes", "endnotes"})
_BREAKS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
# Text of these is no text of the paragraph: codes of fields, what was deleted, boxes (read apart), a second version.
_APART = frozenset({*(f"{_W}{name}" for name in ("instrText", "delText", "txbxContent", "rPr", "pPr")), _FALLBACK})


def read_word(raw: bytes, where: str, notes: Notes) -> list[Grid]:
    """Return the document in *raw* as one grid; *where* is the path for messages.

    A cell's place is ``table 2, row 5`` or ``paragraph 7``. Macros are not run and links not followed. Raises
    ``InputError`` for what is no .docx, broken, encrypted or dangerous.
    """
    package = open_package(raw, where)
    if package.kind is not Kind.DOCX:
        raise InputError(f"这是{package.kind}，不是 Word 文档。", where=where, hint="请按它真正的种类改扩展名再读。")
    for part in package:
        if part.startswith("word/") and part.endswith(".xml"):
            package.check_size(part)
    if any(part.endswith("vbaProject.bin") for part in package):
        notes.add("D009", "文件带有宏。宏没有运行，只读了文字。", severity="hint")
    reader = _Reader()
    document = _document(raw, where)
    reader.read(document.element.body)
    for text in _furniture(document):
        if text not in reader.said:
            reader.line(text)
    for text in reader.deleted:
        notes.add("D009", f"修订中删去的文字没有采用：{quote(text)}。", severity="hint")
    if not reader.rows:
        raise InputError("文档里没有文字。", where=where, hint="如果内容是图片，请换成有文字的文件。")
    return [Grid(rows=reader.rows)]


def _document(raw: bytes, where: str) -> Any:
    import docx
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError

    try:
        return docx.Document(BytesIO(raw))
    except (OpcError, LxmlError, KeyError, ValueError, AttributeError, IndexError) as error:
        hint = "请用 Word 或 WPS 打开，另存为新的 .docx 再读。"
        raise InputError("Word 文档的内部结构坏了，打不开。", where=where, hint=hint) from error


class _Reader:
    """Walks the body once, from top to bottom."""

    def __init__(self) -> None:
        self.rows: list[GridRow] = []
        self.deleted: list[str] = []
        self.said: set[str] = set()
        self._paragraphs = 0
        self._tables = 0

    def read(self, holder: Element) -> None:
        """Read the paragraphs and tables in *holder*: the body, a content control, a box."""
        for child in holder:
            if child.tag == f"{_W}p":
                self.line(self._text(child))
                for box in _boxes(child):
                    self.read(box)
            elif child.tag == f"{_W}tbl":
                self._table(child)
            elif child.tag != f"{_W}sectPr" and isinstance(child.tag, str):
                self.read(child)

    def line(self, text: str) -> None:
        """Add running text as a row of its own."""
        self._paragraphs += 1
        if text.strip():
            self.said.add(text)
            self.rows.append(GridRow([Cell(text, f"paragraph {self._paragraphs}")], table=0))

    def _table(self, table: Element) -> None:
        self._tables += 1
        number, above = self._tables, list[Cell | None]()
        inner: list[Element] = []
        for at, row in enumerate(_inside(table, "tr"), 1):
            cells: list[Cell | None] = [None] * _number(row, "trPr/gridBefore")
            for cell in _inside(row, "tc"):
                span = max(_number(cell, "tcPr/gridSpan"), 1)
                column = len(cells)
                covered = above[column] if _goes_on(cell) and column < len(above) else None
                if covered is None:
                    text = self._cell(cell, inner)
                    covered = Cell(text, f"table {number}, row {at}") if text.strip() else None
                cells += [covered] * min(span, MAX_COLUMNS - len(cells))
            self.rows.append(GridRow(cells, table=number))
            above = cells
        for nested in inner:
            self._table(nested)

    def _cell(self, cell: Element, inner: list[Element]) -> str:
        """Return the text of a cell; tables in it are added to *inner*."""
        texts = []
        for child in _blocks(cell):
            if child.tag == f"{_W}tbl":
                inner.append(child)
            else:
                texts.append(self._text(child))
                texts += [self._text(each) for box in _boxes(child) for each in _blocks(box) if each.tag == f"{_W}p"]
        return "\n".join(text for text in texts if text.strip())

    def _text(self, paragraph: Element) -> str:
        pieces: list[str] = []
        waiting = list(reversed(paragraph))
        while waiting:
            element = waiting.pop()
            if element.tag == f"{_W}t":
                pieces.append(element.text or "")
            elif element.tag in _BREAKS:
                pieces.append(_BREAKS[element.tag])
            elif element.tag in (f"{_W}del", f"{_W}moveFrom"):
                self.deleted += ["".join(element.itertext(f"{_W}delText", f"{_W}t"))]
            elif element.tag not in _APART:
                waiting += reversed(element)
        return "".join(pieces)


def _inside(holder: Element, name: str) -> Iterator[Element]:
    """Yield the *name* elements of *holder*, also those in content controls and insertions, but no nested table's."""
    for child in holder:
        if child.tag == f"{_W}{name}":
            yield child
        elif child.tag in _WRAPPERS:
            yield from _inside(child, name)


def _blocks(holder: Element) -> Iterator[Element]:
    """Yield the paragraphs and tables of a cell or box in order."""
    for child in holder:
        if child.tag in (f"{_W}p", f"{_W}tbl"):
            yield child
        elif child.tag in _WRAPPERS:
            yield from _blocks(child)


def _boxes(paragraph: Element) -> Iterator[Element]:
    for box in paragraph.iter(f"{_W}txbxContent"):
        # The same box may be there twice: as Word draws it now, and for its older versions.
        if not any(above.tag == _FALLBACK for above in box.iterancestors()):
            yield box


def _number(element: Element, path: str) -> int:
    found = element.find("/".join(f"{_W}{step}" for step in path.split("/")))
    value = "" if found is None else found.get(f"{_W}val", "")
    return min(int(value), MAX_COLUMNS) if value.isascii() and value.isdigit() else 0


def _goes_on(cell: Element) -> bool:
    """Whether a cell is a further part of the one above it."""
    merge = cell.find(f"{_W}tcPr/{_W}vMerge")
    return merge is not None and merge.get(f"{_W}val", "continue") == "continue"


def _furniture(document: Any) -> Iterator[str]:
    """Yield the texts of headers, footers, footnotes and endnotes, each once."""
    from docx.oxml import parse_xml

    seen: set[str] = set()
    for relation in document.part.rels.values():
        if relation.is_external or relation.reltype.rpartition("/")[2] not in _FURNITURE:
            continue
        reader = _Reader()
        reader.read(parse_xml(relation.target_part.blob))
        for row in reader.rows:
            for _, cell in row.distinct():
                if cell.text not in seen and not cell.text.strip().isdecimal():
                    seen.add(cell.text)
                    yield cell.text
