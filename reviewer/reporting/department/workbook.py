"""A report on a run as a workbook, complete: no list is cut. Text that looks like a formula stays text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reviewer.bulk.department.models import Report
from reviewer.reading.ours import SKIPPED
from reviewer.reporting.department import compared, tables, words
from reviewer.reporting.department.table import Column, Table, Value, shown
from reviewer.reporting.workbook.empty import empty_book
from reviewer.reporting.workbook.page import (
    BORDERED,
    COUNT,
    HEADER,
    NUMBER,
    PLAIN,
    SECTION,
    SMALL,
    TITLE,
    Cell,
    Page,
    Paper,
)
from reviewer.reporting.workbook.styles import Look, Styles
from reviewer.reporting.workbook.summary import GRADE_FILLS
from reviewer.reporting.workbook.xml import MAIN

SHEETS = ("汇总", "单位", "项目", "指标类别", "缺陷", "空泛用语", "重复", "未检查与失败")
"""The names of the sheets; those of a comparison follow them."""
COMPARED = "与上次相比"

_NUMBER_FORMATS = {"share": 9, "mean": 2, "score": 0, "count": 3}  # 0% · 0.00 · General · #,##0
_TAB = "C00000"
_FEWEST_COLUMNS = 8


def render_workbook(report: Report) -> bytes:
    """Return the report as .xlsx."""
    book = empty_book()
    gaps = tables.gaps(report)
    model = [tables.disputes(report)] if report.opinion else []
    contents = (
        [tables.stakes(report)],
        [tables.units(report)],
        [tables.projects(report)],
        [tables.classes(report)],
        [tables.defects(report)],
        [tables.phrases(report)],
        [tables.repeats(report)],
        [
            tables.unread(report),
            tables.failures(report),
            tables.unchecked(report),
            tables.noticed(report),
            gaps,
            *model,
        ],
    )
    sheets = list(zip(SHEETS, contents, strict=True))
    if report.changes:
        moved = [each(report.changes) for each in (compared.moves, compared.rule_changes, compared.changed)]
        sheets.append((COMPARED, moved))
    for at, (name, listed) in enumerate(sheets):
        said = _summary(report) if name == SHEETS[0] else _said(report, name)
        page, titles = _sheet(book.styles, name, said, listed)
        book.put_sheet(name, page.to_bytes(), titles, at=at, ours=frozenset())
    return book.parts.to_bytes()


def _summary(report: Report) -> Iterator[tuple[str, Look]]:
    yield words.about(report), PLAIN
    for number, line in enumerate(words.headlines(report)):
        yield line, SECTION if number == 0 else PLAIN
    for line in words.remarks(report):
        yield line, PLAIN._replace(fill="FFF2CC")
    if report.opinion:
        for line in words.opinion(report.opinion):
            yield line, PLAIN
    yield f"{words.basis(report)}金额都是万元，没有填金额的项目不计入金额。（{SKIPPED}）", SMALL


def _said(report: Report, name: str) -> Iterator[tuple[str, Look]]:
    if name == "重复":
        yield "一组几行，一行一处。“可能算了两次”要人核对：数字相同，也可能只是标准相同。", SMALL
    if name == "未检查与失败":
        if gap := words.unfinished(report.open):
            yield f"{gap}。", PLAIN._replace(fill="FFF2CC")
        yield words.coverage(report), PLAIN
    if name == COMPARED and report.changes:
        yield words.moved(report), SECTION
        if different := words.comparable(report.changes):
            yield different, PLAIN._replace(fill="FFF2CC")


def _sheet(styles: Styles, name: str, said: Iterable[tuple[str, Look]], listed: list[Table]) -> tuple[Page, str]:
    """Return a sheet of sentences and tables, and the rows that each printed page repeats."""
    title = words.TITLE if name == SHEETS[0] else listed[0].title if len(listed) == 1 else name
    widths = _widths(listed)
    lines = list(said)
    alone = len(listed) == 1
    frozen = 1 + len(lines) + 1 if alone and name != SHEETS[0] else 0
    page = Page(styles, widths, MAIN, Paper(frozen=frozen, tab=_TAB if name == SHEETS[0] else ""))
    page.add(Cell(title, TITLE, len(widths)), height=30)
    for text, look in lines:
        page.add(Cell(text, look, len(widths)))
    header = 0
    for table in listed:
        if not alone:
            page.add()
            page.add(Cell(table.title, SECTION, len(widths)))
        page.add(*(Cell(column.title, HEADER) for column in table.columns))
        header = header or page.rows
        for row in table.rows:
            page.add(*(_cell(value, column) for value, column in zip(row, table.columns, strict=True)))
        if not table.rows:
            page.add(Cell("没有。", BORDERED, len(table.columns)))
        elif alone:
            page.filter_from(header, len(table.columns))
    return page, f"${header}:${header}"


def _widths(listed: list[Table]) -> list[float]:
    """Return widths that suit all tables of a sheet: the widest of each column."""
    count = max(_FEWEST_COLUMNS, *(len(table.columns) for table in listed))
    widths = [10.0] * count
    for at in range(count):
        widths[at] = max((float(table.columns[at].width) for table in listed if at < len(table.columns)), default=10.0)
    return widths


def _cell(value: Value, column: Column) -> Cell:
    match column.kind:
        case "grade":
            fill = GRADE_FILLS.get(str(value), "")
            return Cell(value, COUNT._replace(fill=fill))
        case "money":
            return Cell(shown(value, "money") if value is None else value, NUMBER)
        case "text" | "long":
            return Cell(value, BORDERED)
        case kind:
            return Cell("—" if value is None else value, COUNT._replace(number=_NUMBER_FORMATS[kind]))
