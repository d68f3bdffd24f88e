"""One worksheet under change: rows that nothing happens to are copied byte for byte, the others are parsed one by one.

So a sheet of 20,000 rows costs no tree of its own, and what is not understood in it survives.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from reviewer.reading.workbooks.intake import letters
from reviewer.reporting.workbook.measure import MOST_HEIGHT, PLAIN_HEIGHT, PLAIN_WIDTH, height_of
from reviewer.reporting.workbook.styles import Look, Styles
from reviewer.reporting.workbook.xml import Element, beside, child, find, fragment, is_formula, parse, place, put_text

_PREFIX = rb"(?:[\w.-]+:)?"
_DATA = re.compile(rb"<%ssheetData\s*(?:/>|>(.*)</%ssheetData\s*>)" % (_PREFIX, _PREFIX), re.DOTALL)
_ROW = re.compile(rb"<%srow\b([^>]*?)(?:/>|>.*?</%srow\s*>)" % (_PREFIX, _PREFIX), re.DOTALL)
_NUMBER = re.compile(rb"\br\s*=\s*[\"'](\d+)[\"']")
_HEIGHT = re.compile(rb"\bht\s*=\s*[\"']([\d.]+)[\"']")
_HIDDEN = re.compile(rb"\bhidden\s*=\s*[\"'](?:1|true)[\"']")
_STYLE = re.compile(rb"<%sc\b[^>]*?\bs\s*=\s*[\"'](\d+)[\"']" % _PREFIX)
_ODDITIES = re.compile(rb"<!--|<!\[CDATA\[|<\?xml[^>]*encoding=[\"'](?!utf-8)[^\"']", re.IGNORECASE)
_REFERENCE = re.compile(r"([A-Z]{1,3})")
ORDER = """
    sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges scenarios
    autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr conditionalFormatting dataValidations
    hyperlinks printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks customProperties cellWatches
    ignoredErrors smartTags drawing legacyDrawing legacyDrawingHF drawingHF picture oleObjects controls webPublishItems
    tableParts extLst
"""
"""The elements of a worksheet in the order of its schema."""


class Edit(NamedTuple):
    """What happens to a cell: its style changes; with *text* it says that, in the style of its neighbour *like*."""

    look: Look
    text: str | None = None
    like: int | None = None


@dataclass
class RowEdit:
    """What happens to a row: edits by column; ``texts`` are those of its cells that stand in no merged area."""

    cells: dict[int, Edit] = field(default_factory=dict)
    texts: dict[int, str] = field(default_factory=dict)


class Worksheet:
    """A worksheet of the bytes *raw*; rows and columns are counted from 0."""

    def __init__(self, raw: bytes, styles: Styles) -> None:
        # Comments and other encodings would mislead the search for rows.
        if _ODDITIES.search(raw) or raw.startswith((b"\xff\xfe", b"\xfe\xff")):
            raw = fragment(parse(raw))
        found = _DATA.search(raw)
        self._data = (found[1] or b"") if found else b""
        start, end = found.span() if found else (0, 0)
        self._opening = _opening(raw[start:end])
        self.root = parse(raw[:start] + self._opening + b"sheetData/>" + raw[end:])
        self._styles = styles
        self._edits: dict[int, RowEdit] = {}
        self._widths = dict(self._stored_widths())
        self._heights = dict(self._stored_heights())

    def row(self, number: int) -> RowEdit:
        """Return what happens to a row, to add to it."""
        return self._edits.setdefault(number, RowEdit())

    def width(self, column: int) -> float:
        """Return the width of a column in characters."""
        return self._widths.get(column, self._plain_width)

    def height(self, row: int) -> float:
        """Return the height of a row in points, as far as the file tells."""
        return self._heights.get(row, PLAIN_HEIGHT)

    def set_width(self, column: int, width: float) -> None:
        """Set the width of one column and show it."""
        columns = place(self.root, "cols", ORDER)
        number = column + 1
        for one in list(columns):
            first, last = int(one.get("min")), int(one.get("max"))
            if first <= number <= last:
                for begin, end in ((first, number - 1), (number + 1, last)):
                    if begin <= end:
                        made = child(columns, "col")
                        made.attrib.update(one.attrib)
                        made.set("min", str(begin))
                        made.set("max", str(end))
                columns.remove(one)
        child(columns, "col", min=str(number), max=str(number), width=f"{width:g}", customWidth="1")
        columns[:] = sorted(columns, key=lambda one: int(one.get("min")))
        self._widths[column] = width

    def fit_page(self) -> None:
        """Print all columns on the width of a page, in as many pages as that takes."""
        place(place(self.root, "sheetPr", ORDER), "pageSetUpPr", "tabColor outlinePr pageSetUpPr").set("fitToPage", "1")
        setup = find(self.root, "pageSetup")
        if setup is None:
            setup = place(self.root, "pageSetup", ORDER)
            setup.set("paperSize", "9")
            setup.set("orientation", "landscape")
        setup.set("fitToWidth", "1")
        setup.set("fitToHeight", "0")

    def clear(self, styles: set[int], columns: set[int]) -> None:
        """Take away the fill of cells in some *styles*, and empty whole *columns*: what an earlier review left."""
        wanted = {str(number).encode() for number in styles}
        for number, raw in self._rows():
            ends = [b'"%s%d"' % (letters(column).encode(), number + 1) for column in columns]
            if any(end in raw for end in ends) or any(found[1] in wanted for found in _STYLE.finditer(raw)):
                edit = self.row(number)
                for column, cell in _cells(self._parsed(raw)):
                    if column in columns:
                        edit.cells.setdefault(column, Edit(Look(), ""))
                    elif int(cell.get("s", "0")) in styles:
                        edit.cells.setdefault(column, Edit(Look(fill="")))

    def write_rows(self) -> None:
        """Make all changes of rows, once; the heights are those of the result afterwards."""
        last = max((max(edit.cells, default=0) for edit in self._edits.values()), default=0)
        self._grow(max(self._edits, default=0), last)
        self._data = b"".join(self._written())

    def to_bytes(self) -> bytes:
        """Return the worksheet with its rows as they are now."""
        whole = fragment(self.root)
        found = _DATA.search(whole)
        assert found is not None
        name = self._opening[1:] + b"sheetData"
        before, after = whole[: found.start()], whole[found.end() :]
        return b"".join((_DECLARATION, before, b"<", name, b">", self._data, b"</", name, b">", after))

    def _written(self) -> Iterator[bytes]:
        waiting = sorted(self._edits, reverse=True)
        for number, raw in self._rows():
            while waiting and waiting[-1] < number:
                yield self._changed(waiting.pop(), self._opening + b"row/>")
            if waiting and waiting[-1] == number:
                raw = self._changed(waiting.pop(), raw)
            yield raw
        while waiting:
            yield self._changed(waiting.pop(), self._opening + b"row/>")

    def _changed(self, number: int, raw: bytes) -> bytes:
        row = self._parsed(raw)
        edit = self._edits[number]
        row.set("r", str(number + 1))
        row.attrib.pop("spans", None)
        cells = dict(_cells(row))
        own = {column: int(cell.get("s", "0")) for column, cell in cells.items()}
        for column, change in sorted(edit.cells.items()):
            cell = cells.get(column)
            if cell is None:
                cell = cells[column] = row.makeelement(beside(row, "c"))
                own[column] = int(row.get("s", "0")) if row.get("customFormat") in ("1", "true") else 0
                behind = [at for at in cells if at < column]
                row.insert(row.index(cells[max(behind)]) + 1 if behind else 0, cell)
                cell.set("r", f"{letters(column)}{number + 1}")
            base = own[column] if change.like is None else own.get(change.like, 0)
            look = change.look
            if change.text is not None:
                _say(cell, change.text)
                look = look._replace(literal=is_formula(change.text))
            cell.set("s", str(self._styles.changed(base, look)))
        self._fit(row, number, edit, cells)
        whole = fragment(row.getparent())
        return whole[whole.index(b">") + 1 : whole.rindex(b"<")]

    def _fit(self, row: Element, number: int, edit: RowEdit, cells: dict[int, Element]) -> None:
        """Make a row high enough for what we wrote into it; a height that the form gives it is never made less."""
        ours = {column: one.text for column, one in edit.cells.items() if one.text}
        if not ours or row.get("hidden") in ("1", "true"):
            return
        texts = dict(ours)
        if row.get("ht") is None:
            wrapped = {at for at, cell in cells.items() if self._styles.wraps(int(cell.get("s", "0")))}
            texts |= {column: text for column, text in edit.texts.items() if column in wrapped and column not in ours}
        sizes = {at: self._styles.size(int(cells[at].get("s", "0"))) if at in cells else 11.0 for at in texts}
        needed = max(height_of(text, self.width(at), sizes[at]) for at, text in texts.items())
        if needed > self.height(number):
            height = min(needed, MOST_HEIGHT)
            row.set("ht", f"{height:g}")
            row.set("customHeight", "1")
            self._heights[number] = height

    def _parsed(self, raw: bytes) -> Element:
        names = "".join(f' xmlns{f":{prefix}" if prefix else ""}="{uri}"' for prefix, uri in self.root.nsmap.items())
        return parse(b"<around%s>%s</around>" % (names.encode(), raw))[0]

    def _rows(self) -> Iterator[tuple[int, bytes]]:
        number = -1
        for found in _ROW.finditer(self._data):
            said = _NUMBER.search(found[1])
            number = int(said[1]) - 1 if said else number + 1
            yield number, found[0]

    def _stored_widths(self) -> Iterator[tuple[int, float]]:
        form = find(self.root, "sheetFormatPr")
        self._plain_width = float(form.get("defaultColWidth", PLAIN_WIDTH)) if form is not None else PLAIN_WIDTH
        columns = find(self.root, "cols")
        for one in columns if columns is not None else ():
            hidden = one.get("hidden") in ("1", "true")
            for column in range(int(one.get("min")) - 1, min(int(one.get("max")), _MOST_COLUMNS)):
                yield column, 0.0 if hidden else float(one.get("width", self._plain_width))

    def _stored_heights(self) -> Iterator[tuple[int, float]]:
        for number, raw in self._rows():
            head = raw[: raw.index(b">")]
            if _HIDDEN.search(head):
                yield number, 0.0
            elif found := _HEIGHT.search(head):
                yield number, float(found[1])

    def _grow(self, row: int, column: int) -> None:
        """Let the sheet say that it reaches as far as we wrote."""
        dimension = find(self.root, "dimension")
        if dimension is not None:
            first, _, last = dimension.get("ref", "A1").partition(":")
            last = last or first
            found = re.fullmatch(r"([A-Z]+)(\d+)", last)
            if found:
                right = max(column, column_number(found[1]))
                dimension.set("ref", f"{first}:{letters(right)}{max(row + 1, int(found[2]))}")


_MOST_COLUMNS = 1000
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def column_number(name: str) -> int:
    """Return the number of a column, from 0, by its letters.

    >>> column_number("A"), column_number("AB")
    (0, 27)
    """
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _opening(data: bytes) -> bytes:
    """Return ``<`` and the prefix that the elements of a sheet are written with."""
    return data[: data.index(b"sheetData")] if data else b"<"


def _cells(row: Element) -> Iterator[tuple[int, Element]]:
    column = -1
    for cell in row.iterchildren(beside(row, "c")):
        found = _REFERENCE.match(cell.get("r", ""))
        column = column_number(found[1]) if found else column + 1
        yield column, cell


def _say(cell: Element, text: str) -> None:
    """Let a cell hold *text*, which is never a formula."""
    for one in list(cell):
        cell.remove(one)
    cell.attrib.pop("t", None)
    if text:
        cell.set("t", "inlineStr")
        put_text(child(cell, "is"), text)
