"""A Word document (.docx) as one grid: paragraphs and tables in the order of the page.

A paragraph is a row with one cell. Merged cells are one cell at each place they cover; a table inside a cell follows
the row it stands in. Text in content controls, links, boxes and tracked insertions is read like any other; what was
deleted with tracked changes is not, and a note says so. Numbers of automatic lists are no text of the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from reviewer.errors import InputError
from reviewer.reading.grid import Cell, Grid, GridRow
from reviewer.reading.notes import Notes, quote
from reviewer.reading.package import MAX_TREE, Package, open_package
from reviewer.reading.signature import Kind

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

MAX_COLUMNS = 200
"""Word itself allows 63 columns; a cell that claims to span more stands in no document that people made."""

MAX_TAGS = 2_000_000
"""Tags of all parts: an element takes some 150 bytes. A table of 5,000 rows and eight columns has a million."""

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TEXTS = (f"{_W}t", "{http://schemas.openxmlformats.org/officeDocument/2006/math}t")
_BOX = f"{_W}txbxContent"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_WRAPPERS = frozenset(f"{_W}{name}" for name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"))
_FURNITURE = frozenset({"header", "footer", "footnotes", "endnotes"})
_BREAKS = {f"{_W}tab": "\t", f"{_W}ptab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
# Text of these is no text of the paragraph: codes of fields, what was deleted, how a word is pronounced, boxes (read
# apart), a second version.
_APART = frozenset({*(f"{_W}{name}" for name in ("instrText", "delText", "rt", "rPr", "pPr")), _BOX, _FALLBACK})
# What a click on 插入符号 puts in as a picture of a font; the code is that of the font.
_SYMBOLS = {
    "Symbol": dict(zip(b"%+-<=>\xa3\xb0\xb1\xb3\xb4\xb8\xb9\xbb\xd7", "%+-<=>≤°±≥×÷≠≈·", strict=True)),
    "Wingdings": dict(zip(b"\x6f\xa8\xfb\xfc\xfd\xfe", "☐☐✗✓☒☑", strict=True)),
    "Wingdings 2": dict(zip(b"OPQRS", "✗✓☒☑☒", strict=True)),
}
_UNKNOWN = "\ufffd"
_SAVE_AGAIN = "请用 Word 或 WPS 打开，另存为新的 .docx 再读。"


def read_word(raw: bytes, where: str, notes: Notes) -> list[Grid]:
    """Return the document in *raw* as one grid; *where* is the path for messages.

    A cell's place is ``table 2, row 5`` or ``paragraph 7``. Macros are not run and links not followed. Raises
    ``InputError`` for what is no .docx, broken, encrypted or dangerous.
    """
    package = open_package(raw, where)
    if package.kind is not Kind.DOCX:
        raise InputError(f"这是{package.kind}，不是 Word 文档。", where=where, hint="请按它真正的种类改扩展名再读。")
    _check_trees(package)
    if any(part.endswith("vbaProject.bin") for part in package):
        notes.add("D009", "文件带有宏。宏没有运行，只读了文字。", severity="hint")
    reader = _Reader()
    document = _document(raw, where)
    reader.read(document.element.body)
    for text in _furniture(document, where):
        if text not in reader.said:
            reader.line(text)
    for text in reader.deleted:
        notes.add("D009", f"修订中删去的文字没有采用：{quote(text)}。", severity="hint")
    if not reader.rows:
        raise InputError("文档里没有文字。", where=where, hint="如果内容是图片，请换成有文字的文件。")
    return [Grid(rows=reader.rows)]


def _check_trees(package: Package) -> None:
    """Raise ``InputError`` when all that is XML is too much: each part becomes a tree in memory, all at once."""
    size = tags = 0
    for part in package:
        if package.is_xml(part):
            size += package.size(part)
            tags += sum(chunk.count(b"<") for chunk in package.chunks(part)) if size <= MAX_TREE else 0
    if size > MAX_TREE:
        found = f"文字部分有 {size / 1024**2:,.0f} MiB，超过 {MAX_TREE // 1024**2} MiB 的上限。"
    elif tags > MAX_TAGS:
        found = f"XML 里有 {tags:,} 个标记，超过 {MAX_TAGS:,} 个的上限。"
    else:
        return
    package.refuse(found, "请删去多余的内容，或按单位分成几个文件。")


def _document(raw: bytes, where: str) -> Any:
    import docx
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError

    try:
        document = docx.Document(BytesIO(raw))
        if document.element.body is None:
            raise ValueError("no body")
    except (OpcError, LxmlError, KeyError, ValueError, AttributeError, IndexError) as error:
        raise InputError("Word 文档的内部结构坏了，打不开。", where=where, hint=_SAVE_AGAIN) from error
    return document


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

    def _cell(self, holder: Element, inner: list[Element]) -> str:
        """Return the text of a cell, or of a box in it; tables in it are added to *inner*."""
        texts = []
        for child in _blocks(holder):
            if child.tag == f"{_W}tbl":
                inner.append(child)
            else:
                texts += [self._text(child), *(self._cell(box, inner) for box in _boxes(child))]
        return "\n".join(text for text in texts if text.strip())

    def _text(self, paragraph: Element) -> str:
        pieces: list[str] = []
        waiting = list(reversed(paragraph))
        while waiting:
            element = waiting.pop()
            if element.tag in _TEXTS:
                pieces.append(element.text or "")
            elif element.tag == f"{_W}sym":
                pieces.append(_symbol(element))
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
    """Yield the boxes that hang on *paragraph*; what hangs in a box is not among them."""
    for box in paragraph.iter(_BOX):
        above = takewhile(lambda element: element is not paragraph, box.iterancestors())
        # The same box may be there twice: as Word draws it now, and for its older versions.
        if not any(element.tag in (_BOX, _FALLBACK) for element in above):
            yield box


def _symbol(element: Element) -> str:
    """Return the letter that stands for a symbol of a font, ``\\ufffd`` for one that has no letter."""
    code = element.get(f"{_W}char", "")
    number = int(code, 16) if len(code) <= 4 and code.isalnum() and code.isascii() else 0
    known = _SYMBOLS.get(element.get(f"{_W}font", ""))
    if known is None:
        return chr(number) if 0x20 <= number < 0xD800 else _UNKNOWN
    return known.get(number & 0xFF, _UNKNOWN)


def _number(element: Element, path: str) -> int:
    found = element.find("/".join(f"{_W}{step}" for step in path.split("/")))
    value = "" if found is None else found.get(f"{_W}val", "")
    return min(int(value), MAX_COLUMNS) if value.isascii() and value.isdigit() else 0


def _goes_on(cell: Element) -> bool:
    """Whether a cell is a further part of the one above it."""
    merge = cell.find(f"{_W}tcPr/{_W}vMerge")
    return merge is not None and merge.get(f"{_W}val", "continue") == "continue"


def _furniture(document: Any, where: str) -> Iterator[str]:
    """Yield the texts of headers, footers, footnotes and endnotes, each once."""
    from docx.oxml import parse_xml
    from lxml.etree import LxmlError

    seen: set[str] = set()
    for relation in document.part.rels.values():
        if relation.is_external or relation.reltype.rpartition("/")[2] not in _FURNITURE:
            continue
        reader = _Reader()
        try:
            reader.read(parse_xml(relation.target_part.blob))
        except LxmlError as error:
            raise InputError("页眉、页脚或脚注坏了，打不开。", where=where, hint=_SAVE_AGAIN) from error
        for row in reader.rows:
            for _, cell in row.distinct():
                if cell.text not in seen and not cell.text.strip().isdecimal():
                    seen.add(cell.text)
                    yield cell.text
