"""Sheets of .ods: the file itself holds what each cell shows, so numbers need no format."""

from __future__ import annotations

from typing import NamedTuple

from reviewer.reading.package import Attributes, Package
from reviewer.reading.workbooks.formats import general, shower
from reviewer.reading.workbooks.intake import MAX_TEXT, Intake, Sheet

_URN = "urn:oasis:names:tc:opendocument:xmlns:{}:1.0 "
_OFFICE, _TABLE, _TEXT, _STYLE, _DRAW = (_URN.format(name) for name in ("office", "table", "text", "style", "drawing"))
_VALUE_TYPE = f"{_OFFICE}value-type"
_CALC_TYPE = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 value-type"
_HIDDEN = frozenset({"collapse", "filter"})
# Elements in a cell whose text is not the cell's: comments, pronunciation, shapes that float above it.
_APART = (
    f"{_OFFICE}annotation",
    f"{_TEXT}ruby-text",
    *(f"{_DRAW}{shape}" for shape in ("frame", "custom-shape", "g", "caption", "rect", "ellipse", "polygon", "path")),
)


class _Cell(NamedTuple):
    """A cell of the row that is being read; equal neighbours are written once, with their number."""

    column: int
    times: int
    text: str
    attributes: Attributes


def read_ods(package: Package, intake: Intake) -> None:
    """Read all sheets of the spreadsheet in *package* into *intake*. Raises ``InputError`` when it is damaged."""
    content = _Content(package, intake)
    try:
        content.read()
    except ValueError:
        package.refuse("content.xml 里有不是数的编号，文件已损坏。")


class _Content:
    """Reads ``content.xml`` from its beginning to its end."""

    def __init__(self, package: Package, intake: Intake) -> None:
        self._package = package
        self._intake = intake
        self._style = ""
        self._hidden_styles: set[str] = set()
        self._sheet: Sheet | None = None
        self._in_link = False
        self._row = self._column = 0
        self._row_attributes: Attributes = {}
        self._cells: list[_Cell] = []
        self._cell: Attributes = {}
        self._text = _CellText(package)

    def read(self) -> None:
        """Read it all."""
        text = self._text
        cell_names = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
        starts = {
            f"{_STYLE}style": self._on_style,
            f"{_STYLE}table-properties": self._on_table_properties,
            f"{_TABLE}table": self._on_table,
            f"{_TABLE}table-source": self._on_copy,
            f"{_TABLE}dde-link": self._on_link,
            f"{_TABLE}table-column": self._on_column,
            f"{_TABLE}table-row": self._on_row,
            **dict.fromkeys(cell_names, self._on_cell),
            f"{_TEXT}p": text.on_paragraph,
            f"{_TEXT}s": text.on_blanks,
            f"{_TEXT}tab": text.on_tab,
            f"{_TEXT}line-break": text.on_line_break,
            **dict.fromkeys(_APART, text.on_apart),
        }
        ends = {
            f"{_TABLE}table": self._on_table_end,
            f"{_TABLE}dde-link": self._on_link_end,
            f"{_TABLE}table-row": self._on_row_end,
            **dict.fromkeys(cell_names, self._on_cell_end),
            f"{_TEXT}p": text.on_paragraph_end,
            **dict.fromkeys(_APART, text.on_apart_end),
        }
        self._package.parse("content.xml", starts, ends, text.add)

    def _on_style(self, attributes: Attributes) -> None:
        self._style = attributes.get(f"{_STYLE}name", "")

    def _on_table_properties(self, attributes: Attributes) -> None:
        if attributes.get(f"{_TABLE}display") == "false":
            self._hidden_styles.add(self._style)

    def _on_table(self, attributes: Attributes) -> None:
        if not self._in_link:
            hidden = attributes.get(f"{_TABLE}style-name") in self._hidden_styles
            self._sheet = self._intake.sheet(attributes.get(f"{_TABLE}name", ""), hidden=hidden)
            self._row = self._column = 0

    def _on_table_end(self) -> None:
        self._sheet = None

    def _on_copy(self, _: Attributes) -> None:
        """What follows are stored cells of another file: no part of this one."""
        self._sheet = None
        self._intake.say("表里引用了别的文件，没有打开，也没有采用。")

    def _on_link(self, _: Attributes) -> None:
        self._in_link = True

    def _on_link_end(self) -> None:
        self._in_link = False

    def _on_column(self, attributes: Attributes) -> None:
        times = _times(attributes, "number-columns-repeated")
        if self._sheet and attributes.get(f"{_TABLE}visibility") in _HIDDEN:
            self._sheet.hide_columns(self._column, self._column + times - 1)
        self._column += times

    def _on_row(self, attributes: Attributes) -> None:
        self._row_attributes = attributes
        self._cells = []
        self._column = 0

    def _on_row_end(self) -> None:
        times = _times(self._row_attributes, "number-rows-repeated")
        if self._sheet and self._cells:
            for row in range(self._row, self._row + times):
                if self._row_attributes.get(f"{_TABLE}visibility") in _HIDDEN:
                    self._sheet.hide_row(row)
                for cell in self._cells:
                    _put(self._sheet, row, cell)
        self._row += times

    def _on_cell(self, attributes: Attributes) -> None:
        self._cell = attributes
        self._text.clear()

    def _on_cell_end(self) -> None:
        times = _times(self._cell, "number-columns-repeated")
        text = self._text.take() or _unprinted(self._cell)
        rows, columns = (_times(self._cell, f"number-{which}-spanned") for which in ("rows", "columns"))
        if text or f"{_TABLE}formula" in self._cell:
            self._cells.append(_Cell(self._column, times, text, self._cell))
        if self._sheet and (rows > 1 or columns > 1):
            self._sheet.merge(self._row, self._column, self._row + rows - 1, self._column + columns - 1)
        self._column += times


class _CellText:
    """Collects what a cell shows: its paragraphs, without what is only attached to it."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._apart = 0
        self._paragraphs = 0
        self._open = False
        self._pieces: list[str] = []
        self._length = 0

    def clear(self) -> None:
        """Begin a cell."""
        self._pieces = []
        self._paragraphs = self._length = 0

    def take(self) -> str:
        """Return the text of the cell."""
        return "".join(self._pieces)

    def add(self, text: str) -> None:
        """Take in a piece of text, if it stands in a paragraph of the cell itself."""
        if self._open and not self._apart:
            self._pieces.append(text)
            self._length += len(text)
            if self._length > MAX_TEXT:
                self._package.refuse(f"有一格文字超过 {MAX_TEXT:,} 字的上限。", "请删去过长的内容再读。")

    def on_paragraph(self, _: Attributes) -> None:
        if not self._apart:
            self._open = True
            if self._paragraphs:
                self.add("\n")
            self._paragraphs += 1

    def on_paragraph_end(self) -> None:
        if not self._apart:
            self._open = False

    def on_blanks(self, attributes: Attributes) -> None:
        self.add(" " * min(int(attributes.get(f"{_TEXT}c", "1")), MAX_TEXT + 1))

    def on_tab(self, _: Attributes) -> None:
        self.add("\t")

    def on_line_break(self, _: Attributes) -> None:
        self.add("\n")

    def on_apart(self, _: Attributes) -> None:
        self._apart += 1

    def on_apart_end(self) -> None:
        self._apart -= 1


def _times(attributes: Attributes, name: str) -> int:
    return max(int(attributes.get(f"{_TABLE}{name}", "1")), 1)


def _put(sheet: Sheet, row: int, cell: _Cell) -> None:
    for column in range(cell.column, cell.column + cell.times):
        if cell.attributes.get(_CALC_TYPE) == "error":
            sheet.put_error(row, column, cell.text)
        elif cell.text:
            sheet.put(row, column, cell.text)
        elif _VALUE_TYPE not in cell.attributes:
            sheet.put_uncalculated(row, column)


def _unprinted(attributes: Attributes) -> str:
    """Return what a cell holds when the program that wrote the file did not print it."""
    kind = attributes.get(_VALUE_TYPE, "")
    if kind == "percentage":
        return shower("0.##########%")(float(attributes.get(f"{_OFFICE}value", "")))
    if kind in ("float", "currency"):
        return general(float(attributes.get(f"{_OFFICE}value", "")))
    if kind == "boolean":
        return attributes.get(f"{_OFFICE}boolean-value", "").upper()
    if kind == "date":
        return attributes.get(f"{_OFFICE}date-value", "").removesuffix("T00:00:00").replace("T", " ")
    return attributes.get(f"{_OFFICE}{kind}-value", "")
