"""A sheet of our own, written from its first row to its last: cells in a few looks, a table's width, A4 across."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from xml.sax.saxutils import escape

from reviewer.reading.workbooks.intake import letters
from reviewer.reporting.workbook.measure import MOST_HEIGHT, PLAIN_HEIGHT, height_of
from reviewer.reporting.workbook.styles import Look, Styles
from reviewer.reporting.workbook.xml import STRICT, cell_text, child, escaped, is_formula, parse, serialise

PLAIN = Look(fill="", size=10, bold=False, color="000000", horizontal="left", vertical="center", wrap=True, number=0)
BORDERED = PLAIN._replace(bordered=True)
TITLE = PLAIN._replace(size=16, bold=True, horizontal="center")
SECTION = PLAIN._replace(size=11, bold=True)
HEADER = BORDERED._replace(fill="E7EDF5", bold=True, horizontal="center")
SMALL = PLAIN._replace(size=9, color="595959")
NUMBER = BORDERED._replace(horizontal="right", number=4)  # 1,234.50
COUNT = BORDERED._replace(horizontal="center")
LINK = BORDERED._replace(color="0563C1")


class Cell(NamedTuple):
    """A value in a look over *span* columns and *rows*; *target* is the cell of the workbook that it leads to."""

    value: str | float | None
    look: Look = BORDERED
    span: int = 1
    rows: int = 1
    target: str = ""


@dataclass(frozen=True)
class Paper:
    """How a sheet is printed and shown: *frozen* rows stay in sight, *tab* is the colour of its tab."""

    frozen: int = 0
    tab: str = ""
    landscape: bool = True


class Page:
    """A sheet with columns of the given *widths*, in the styles of a workbook of that *namespace*."""

    def __init__(self, styles: Styles, widths: Sequence[float], namespace: str, paper: Paper) -> None:
        self._styles = styles
        self._widths = widths
        self._paper = paper
        self._root = parse(f'<worksheet xmlns="{namespace}" xmlns:r="{STRICT[namespace]}"/>'.encode())
        self._head()
        child(self._root, "sheetData")
        self._rows: list[str] = []
        self._merged: list[str] = []
        self._links: list[tuple[str, str]] = []
        self._filtered = ""
        self.rows = 0

    def add(self, *cells: Cell | None, height: float | None = None) -> None:
        """Add a row; None is a place that a cell above covers. Without a *height* it is as high as its text needs."""
        self.rows += 1
        written: list[str] = []
        column, needed = 0, PLAIN_HEIGHT + 2
        for cell in cells:
            if cell is None:
                column += 1
                continue
            style = self._styles.changed(0, cell.look._replace(literal=is_formula(str(cell.value or ""))))
            for at in range(column, column + cell.span):
                value = cell.value if at == column else None
                written.append(_written(f"{letters(at)}{self.rows}", style, value))
            if cell.span > 1 or cell.rows > 1:
                last = f"{letters(column + cell.span - 1)}{self.rows + cell.rows - 1}"
                self._merged.append(f"{letters(column)}{self.rows}:{last}")
            if cell.target:
                self._links.append((f"{letters(column)}{self.rows}", cell.target))
            if isinstance(cell.value, str) and cell.rows == 1:
                width = sum(self._widths[column : column + cell.span])
                needed = max(needed, height_of(cell.value, width, cell.look.size or 10))
            column += cell.span
        high = f"{min(height or needed, MOST_HEIGHT):g}"
        self._rows.append(f'<row r="{self.rows}" ht="{high}" customHeight="1">{"".join(written)}</row>')

    def filter_from(self, row: int, columns: int) -> None:
        """Offer to filter the rows from *row*, which holds the heads of so many *columns*, to the last one so far."""
        self._filtered = f"A{row}:{letters(columns - 1)}{self.rows}"

    def to_bytes(self) -> bytes:
        """Return the sheet."""
        if self._filtered:
            child(self._root, "autoFilter", ref=self._filtered)
        if self._merged:
            merged = child(self._root, "mergeCells", count=str(len(self._merged)))
            for area in self._merged:
                child(merged, "mergeCell", ref=area)
        if self._links:
            links = child(self._root, "hyperlinks")
            for place, target in self._links:
                child(links, "hyperlink", ref=place, location=target)
        child(self._root, "printOptions", horizontalCentered="1")
        margins = {"left": "0.5", "right": "0.5", "top": "0.6", "bottom": "0.6", "header": "0.3", "footer": "0.3"}
        child(self._root, "pageMargins", **margins)
        orientation = "landscape" if self._paper.landscape else "portrait"
        child(self._root, "pageSetup", paperSize="9", orientation=orientation, fitToWidth="1", fitToHeight="0")
        footer = child(self._root, "headerFooter")
        child(footer, "oddFooter").text = "&C第 &P 页，共 &N 页"
        before, after = serialise(self._root).split(b"<sheetData/>")
        return b"".join((before, b"<sheetData>", "".join(self._rows).encode(), b"</sheetData>", after))

    def _head(self) -> None:
        properties = child(self._root, "sheetPr")
        if self._paper.tab:
            child(properties, "tabColor", rgb=f"FF{self._paper.tab}")
        child(properties, "pageSetUpPr", fitToPage="1")
        views = child(self._root, "sheetViews")
        view = child(views, "sheetView", showGridLines="0", workbookViewId="0")
        if self._paper.frozen:
            below = f"A{self._paper.frozen + 1}"
            frozen = str(self._paper.frozen)
            child(view, "pane", ySplit=frozen, topLeftCell=below, activePane="bottomLeft", state="frozen")
        child(self._root, "sheetFormatPr", defaultRowHeight=f"{PLAIN_HEIGHT:g}")
        columns = child(self._root, "cols")
        for number, width in enumerate(self._widths, 1):
            child(columns, "col", min=str(number), max=str(number), width=f"{width:g}", customWidth="1")


def _written(place: str, style: int, value: str | float | None) -> str:
    if value is None or value == "":
        return f'<c r="{place}" s="{style}"/>'
    if isinstance(value, str):
        text = escape(escaped(cell_text(value)))
        return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    return f'<c r="{place}" s="{style}"><v>{value!r}</v></c>'
