"""A Document written out again as the forms that departments use, to be read back: lists, declarations, any format.

``as_list`` and ``as_forms`` draw the tables; ``to_grid`` makes of one what a reader of files would, and ``write_xlsx``,
``write_docx`` and ``write_csv`` write them. A list has a row for each indicator; its first rows are the sum of
everything (合计) and, above the projects of each unit, that of the unit. A declaration is a table of its own for each
project, and the sums stand in a summary (汇总).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from reviewer.models import Document, Project
from reviewer.reading.grid import Cell, Grid, GridRow

Value = str | float | None


@dataclass
class Table:
    """Rows of cells; ``merged`` are areas (first row, first column, last row, last column) from 0, ends included."""

    name: str
    rows: list[list[Value]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)

    def add(self, *cells: Value) -> int:
        """Add a row and return its number."""
        self.rows.append(list(cells))
        return len(self.rows) - 1

    def merge(self, top: int, left: int, bottom: int, right: int) -> None:
        """Merge an area of more than one cell."""
        if (top, left) != (bottom, right):
            self.merged.append((top, left, bottom, right))


LIST_HEADER = (
    *("单位名称", "项目名称", "预算金额", "绩效目标", "序号"),
    *("一级指标", "二级指标", "三级指标", "实施周期指标值", "年度指标值"),
)


def as_list(document: Document, name: str = "绩效目标") -> Table:
    """Draw a list with a row for each indicator; the cells of unit and project are merged over its rows."""
    table = Table(name)
    table.merge(table.add(document.title), 0, 0, len(LIST_HEADER) - 1)
    table.add(f"部门名称：{document.department}", *[None] * 7, "金额单位：万元")
    table.add(*LIST_HEADER)
    table.add("合计", None, document.total)
    for unit, projects in _by_unit(document):
        table.add(unit, None, _subtotal(document, unit))
        for project in projects:
            _list_project(table, project)
    return table


def _list_project(table: Table, project: Project) -> None:
    top = len(table.rows)
    for row in project.indicators:
        own = (project.unit, project.name, project.amount, project.goal) if len(table.rows) == top else (None,) * 4
        table.add(*own, float(row.no), row.level1, row.level2, row.name, row.cycle_value, row.annual_value)
    for column in range(4):
        table.merge(top, column, len(table.rows) - 1, column)


def as_forms(document: Document) -> list[Table]:
    """Draw a summary with the sums, and a declaration for each project."""
    summary = Table("汇总")
    summary.add(document.title)
    summary.add("序号", "项目名称", "实施单位", "预算金额（万元）")
    summary.add("合计", None, None, document.total)
    number = 0
    for unit, projects in _by_unit(document):
        summary.add(None, None, unit, _subtotal(document, unit))
        for project in projects:
            number += 1
            summary.add(float(number), project.name, unit, project.amount)
    return [summary, *(_form(document, project, str(no)) for no, project in enumerate(document.projects, 1))]


def _form(document: Document, project: Project, name: str) -> Table:
    table = Table(name)
    table.merge(table.add(document.title), 0, 0, 5)
    for row in (
        ("项目名称", project.name, None, None, None, None),
        ("主管部门", document.department, None, "实施单位", project.unit, None),
        ("年度资金总额（万元）", project.amount, None, None, None, None),
        ("绩效目标", project.goal, None, None, None, None),
    ):
        at = table.add(*row)
        table.merge(at, 1, at, 2 if row[3] else 5)
    top = table.add("绩效指标", "一级指标", "二级指标", "三级指标", "实施周期指标值", "年度指标值")
    for row in project.indicators:
        table.add(None, row.level1, row.level2, row.name, row.cycle_value, row.annual_value)
    table.merge(top, 0, len(table.rows) - 1, 0)
    for column in (1, 2):
        _merge_same(table, top + 1, column)
    return table


def _merge_same(table: Table, top: int, column: int) -> None:
    """Merge the cells of a column that say the same, as long as those to the left do."""
    for _, group in groupby(range(top, len(table.rows)), lambda at: table.rows[at][1 : column + 1]):
        at = list(group)
        table.merge(at[0], column, at[-1], column)


def _by_unit(document: Document) -> Iterator[tuple[str | None, list[Project]]]:
    for unit, projects in groupby(document.projects, lambda project: project.unit):
        yield unit, list(projects)


def _subtotal(document: Document, unit: str | None) -> float | None:
    return next((one.total for one in document.units if one.name == unit), None)


def _shown(value: Value) -> str:
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() and value < 1000 else f"{value:,.2f}"
    return value or ""


def to_grid(table: Table) -> Grid:
    """Return *table* as a reader of workbooks returns it: a merged area is one cell."""
    width = max(map(len, table.rows))
    rows = [
        [Cell(_shown(value), f"{table.name}!{chr(ord('A') + column)}{row + 1}") for column, value in enumerate(line)]
        for row, line in enumerate(table.rows)
    ]
    cells: list[list[Cell | None]] = [[*line, *[None] * (width - len(line))] for line in rows]
    for top, left, bottom, right in table.merged:
        for row in range(top, bottom + 1):
            cells[row][left : right + 1] = [cells[top][left]] * (right + 1 - left)
    return Grid(table.name, [GridRow(line) for line in cells])


def write_xlsx(path: Path, tables: Iterable[Table]) -> Path:
    """Write a sheet for each table; texts stay texts, whatever they look like."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for table in tables:
        sheet = book.create_sheet(table.name)
        for row, line in enumerate(table.rows, 1):
            for column, value in enumerate(line, 1):
                cell = sheet.cell(row, column)
                cell.value = value or None
                if isinstance(value, str):
                    cell.data_type = "s"
        for top, left, bottom, right in table.merged:
            sheet.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
    book.save(path)
    return path


def write_docx(path: Path, tables: Iterable[Table]) -> Path:
    """Write the tables one after another, parted by an empty paragraph."""
    from docx import Document as Paper

    paper = Paper()
    for table in tables:
        width = max(map(len, table.rows))
        grid = [list(row.cells) for row in paper.add_table(len(table.rows), width, style="Table Grid").rows]
        covered = {
            (row, column)
            for top, left, bottom, right in table.merged
            for row in range(top, bottom + 1)
            for column in range(left, right + 1)
            if (row, column) != (top, left)
        }
        for row, line in enumerate(table.rows):
            for column, value in enumerate(line):
                if value is not None and (row, column) not in covered:
                    grid[row][column].text = _shown(value)
        for top, left, bottom, right in table.merged:
            grid[top][left].merge(grid[bottom][right])
        paper.add_paragraph()
    paper.save(str(path))
    return path


def write_csv(path: Path, table: Table) -> Path:
    """Write *table* as Excel exports it: merged cells keep their text in the first of them."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([_shown(value) for value in line] for line in table.rows)
    return path


def write_pdf(path: Path, tables: Iterable[Table]) -> Path:
    """Print the tables on A4 across, each from the top of a page; long ones go on over pages without a new header."""
    from xml.sax.saxutils import escape

    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate
    from reportlab.platypus import Table as Drawn

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    style = ParagraphStyle("song", fontName="STSong-Light", fontSize=8, leading=10, wordWrap="CJK")
    story: list[Flowable] = []
    for table in tables:
        width = max(map(len, table.rows))
        cells = [[Paragraph(escape(_shown(value)), style) for value in line] for line in table.rows]
        look = [("GRID", (0, 0), (-1, -1), 0.5, "black")]
        look += [("SPAN", (left, top), (right, bottom)) for top, left, bottom, right in table.merged]
        rows = [[*line, *[""] * (width - len(line))] for line in cells]
        story += [Drawn(rows, colWidths=[780 / width] * width, style=look), PageBreak()]
    SimpleDocTemplate(str(path), pagesize=landscape(A4), leftMargin=30, rightMargin=30).build(story)
    return path
