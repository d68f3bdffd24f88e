"""Forms drawn as text, and written as the files in which departments send them.

A drawing has one line a row, with cells parted by ``|``::

    项目名称 | 河道保洁 | ←
    绩效指标 | 产出指标 | 数量指标
    ↑        | ↑        | 质量指标

``←`` and ``↑`` continue the cell to the left or above (a merged area) and ``⏎`` is a line break within a cell. What
looks like a number is one, unless an apostrophe stands before it, as in a spreadsheet.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

Value = str | int | float | dt.date

_NUMBER = re.compile(r"-?\d+(\.\d+)?")


@dataclass
class Paper:
    """A sheet of a workbook or a table of a document; ``typed`` overrides drawn cells: ``{"E7": (0.95, "0%")}``.

    Row numbers in ``hidden_rows`` begin at 1, as people count them.
    """

    drawing: str
    name: str = "Sheet1"
    typed: dict[str, tuple[Value, str]] = field(default_factory=dict)
    hidden_rows: tuple[int, ...] = ()
    hidden: bool = False

    def rows(self) -> list[list[str]]:
        """The cells as drawn; an empty line of the drawing is an empty row."""
        lines = self.drawing.strip("\n").splitlines()
        return [[cell.strip().replace("⏎", "\n") for cell in line.split("|")] for line in lines]

    def cells(self) -> Iterator[tuple[int, int, Value, str]]:
        """Yield row, column (from 0), value and number format of every cell that holds something."""
        typed = {_position(name): value for name, value in self.typed.items()}
        for row, line in enumerate(self.rows()):
            for column, text in enumerate(line):
                if (row, column) in typed:
                    yield row, column, *typed[row, column]
                elif text not in ("", "←", "↑"):
                    yield row, column, _value(text), "General"

    def merged(self) -> Iterator[tuple[int, int, int, int]]:
        """Yield first row, first column, last row, last column of every merged area, from 0, both ends included."""
        rows = self.rows()

        def drawn(row: int, column: int) -> str:
            return rows[row][column] if row < len(rows) and column < len(rows[row]) else ""

        for row, line in enumerate(rows):
            for column, text in enumerate(line):
                if text in ("←", "↑"):
                    continue
                last_row, last_column = row, column
                while drawn(row, last_column + 1) == "←":
                    last_column += 1
                while drawn(last_row + 1, column) == "↑":
                    last_row += 1
                if (last_row, last_column) != (row, column):
                    yield row, column, last_row, last_column


def _position(name: str) -> tuple[int, int]:
    return int(name[1:]) - 1, ord(name[0]) - ord("A")


def _value(text: str) -> Value:
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return text.removeprefix("'")


def xlsx(path: Path, *papers: Paper) -> Path:
    """Write sheets as Excel does."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment

    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for paper in papers:
        sheet = book.create_sheet(paper.name)
        for row, column, value, number_format in paper.cells():
            cell = sheet.cell(row + 1, column + 1, value)
            cell.number_format = number_format
            cell.alignment = Alignment(wrap_text=True, vertical="center")
        for top, left, bottom, right in paper.merged():
            sheet.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
        for row in paper.hidden_rows:
            sheet.row_dimensions[row].hidden = True
        if paper.hidden:
            sheet.sheet_state = "hidden"
    book.save(path)
    return path


def xls(path: Path, *papers: Paper) -> Path:
    """Write sheets as the Excel of 1997 did, and finance systems still do."""
    import xlwt

    book = xlwt.Workbook(encoding="utf-8")
    for paper in papers:
        sheet = book.add_sheet(paper.name)
        sheet.visibility = int(paper.hidden)
        areas = {(top, left): (bottom, right) for top, left, bottom, right in paper.merged()}
        for row, column, value, number_format in paper.cells():
            bottom, right = areas.get((row, column), (row, column))
            style = xlwt.easyxf("align: wrap on", num_format_str=number_format)
            sheet.write_merge(row, bottom, column, right, value, style)
        for row in paper.hidden_rows:
            sheet.row(row - 1).hidden = True
    book.save(str(path))
    return path


def ods(path: Path, *papers: Paper) -> Path:
    """Write sheets as LibreOffice does; percentages (format ``0%``) as such, other values as text or number."""
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import CoveredTableCell, Table, TableCell, TableRow
    from odf.text import P

    book = OpenDocumentSpreadsheet()
    for paper in papers:
        table = Table(name=paper.name)
        values = {(row, column): (value, form) for row, column, value, form in paper.cells()}
        areas = {(top, left): (bottom - top + 1, right - left + 1) for top, left, bottom, right in paper.merged()}
        for row, line in enumerate(paper.rows()):
            element = TableRow(visibility="collapse") if row + 1 in paper.hidden_rows else TableRow()
            for column, text in enumerate(line):
                if text in ("←", "↑"):
                    element.addElement(CoveredTableCell())
                    continue
                spans = areas.get((row, column), (1, 1))
                shape = {"numberrowsspanned": spans[0], "numbercolumnsspanned": spans[1]} if spans != (1, 1) else {}
                value, form = values.get((row, column), ("", ""))
                kind, shown = _ods_value(value, form)
                cell = TableCell(**kind, **shape)
                for paragraph in shown.split("\n"):
                    cell.addElement(P(text=paragraph))
                element.addElement(cell)
            table.addElement(element)
        book.spreadsheet.addElement(table)
    book.save(str(path))
    return path


def _ods_value(value: Value, form: str) -> tuple[dict[str, str], str]:
    if isinstance(value, str):
        return {"valuetype": "string"} if value else {}, value
    if isinstance(value, dt.date):
        return {"valuetype": "date", "datevalue": value.isoformat()}, value.isoformat()
    if form == "0%":
        return {"valuetype": "percentage", "value": str(value)}, f"{value:.0%}"
    return {"valuetype": "float", "value": str(value)}, str(value)


def delimited(path: Path, drawing: str, *, separator: str = ",", encoding: str = "utf-8-sig") -> Path:
    """Write a drawing without merged cells as text with quoted cells where they need it."""
    import csv

    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=separator)
        writer.writerows([cell.removeprefix("'") for cell in row] for row in Paper(drawing).rows())
    return path


def docx(path: Path, *blocks: str | Paper) -> Path:
    """Write paragraphs and tables in the given order."""
    from docx import Document

    document = Document()
    for block in blocks:
        if isinstance(block, str):
            document.add_paragraph(block)
            continue
        rows = block.rows()
        table = document.add_table(len(rows), max(map(len, rows)), style="Table Grid")
        grid = [list(row.cells) for row in table.rows]
        for top, left, bottom, right in block.merged():
            grid[top][left].merge(grid[bottom][right])
        for row, column, value, _ in block.cells():
            table.cell(row, column).text = str(value)
    document.save(str(path))
    return path


def pdf(path: Path, *pages: Sequence[str | Paper], running_head: str = "") -> Path:
    """Write pages of lines and ruled tables, with *running_head* above and the number of the page below each."""
    from reportlab.lib import colors
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Table

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    style = ParagraphStyle("song", fontName="STSong-Light", fontSize=9, leading=12, wordWrap="CJK")

    def table(paper: Paper) -> Table:
        rows = paper.rows()
        width = max(map(len, rows))
        cells: list[list[Paragraph | str]] = [[""] * width for _ in rows]
        for row, column, value, _ in paper.cells():
            cells[row][column] = Paragraph(str(value).replace("\n", "<br/>"), style)
        spans = [("SPAN", (left, top), (right, bottom)) for top, left, bottom, right in paper.merged()]
        look = [("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("VALIGN", (0, 0), (-1, -1), "MIDDLE"), *spans]
        return Table(cells, colWidths=[760 / width] * width, style=look)

    def frame(canvas: object, document: SimpleDocTemplate) -> None:
        canvas.setFont("STSong-Light", 9)  # type: ignore[attr-defined]
        canvas.drawString(60, 570, running_head)  # type: ignore[attr-defined]
        canvas.drawCentredString(420, 25, f"— {document.page} —")  # type: ignore[attr-defined]

    story: list[Flowable] = []
    for page in pages:
        story += [PageBreak()] if story else []
        story += [Paragraph(block, style) if isinstance(block, str) else table(block) for block in page]
    SimpleDocTemplate(str(path), pagesize=landscape(A4), leftMargin=40, rightMargin=40, topMargin=40).build(
        story, onFirstPage=frame, onLaterPages=frame
    )
    return path


def joined(*drawings: str) -> str:
    """Put drawings one below the other on the same sheet."""
    return "\n".join(drawing.strip("\n") for drawing in drawings)


def numbered(lines: Iterable[str]) -> str:
    """One cell of numbered lines, as clerks write them."""
    return "⏎".join(f"{no}.{line}" for no, line in enumerate(lines, 1))
