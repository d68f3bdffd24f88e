"""The empty declaration form that ``reviewer template`` writes: a project a sheet, as 财预〔2021〕101号 lays it out.

Drop-downs offer the classes and comparators, and what a cell wants to hear appears when it is selected. A filled
example and the instructions are pages of their own, which reading leaves out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from reviewer.reading.ours import EXAMPLE, SKIPPED
from reviewer.reporting.template.wording import (
    CLASSES,
    COLUMNS,
    COMPARATORS,
    EXAMPLE_HEAD,
    EXAMPLE_ROWS,
    EXAMPLE_SHEET,
    FORM,
    HELP,
    HINTS,
    INSTRUCTIONS,
    MONEY,
    PRINTED,
    YEAR_HINT,
)
from reviewer.reporting.workbook.measure import height_of

ROWS = 20
"""Rows for indicators on the form; more can be inserted between them."""

_LAST = get_column_letter(len(COLUMNS))
_THIN = Side(style="thin", color="808080")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_LABEL = PatternFill("solid", fgColor="EDEDED")
_HEADER_ROW = 10
_FIRST_ROW = _HEADER_ROW + 1
_LAST_ROW = _HEADER_ROW + ROWS


def template() -> bytes:
    """Return the empty form as .xlsx.

    >>> template()[:2]
    b'PK'
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    _form(book.create_sheet(FORM), "项目支出绩效目标申报表", "", {}, [(*classes, *[""] * 6) for classes in PRINTED])
    example = book.create_sheet(EXAMPLE_SHEET)
    _form(example, "项目支出绩效目标申报表", EXAMPLE, EXAMPLE_HEAD, EXAMPLE_ROWS)
    example.sheet_properties.tabColor = "A6A6A6"
    _instructions(book)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _form(
    sheet: Worksheet,
    title: str,
    remark: str,
    head: Mapping[str, str | float],
    rows: Sequence[Sequence[str | float]],
) -> None:
    """Draw the form with what it says so far; *remark* stands above it."""
    for number, column in enumerate(COLUMNS, 1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    _put(sheet, f"A1:{_LAST}1", remark, size=11, color="C00000", bold=True)
    _put(sheet, f"A2:{_LAST}2", title, size=18, bold=True)
    _put(sheet, "A3:B3", "预算年度", label=True, box=True)
    _put(sheet, "C3", head.get("C3", ""), box=True)
    _put(sheet, f"D3:{_LAST}3", "金额单位：万元", horizontal="right")
    _field(sheet, "A4:B4", "项目名称", f"C4:{_LAST}4", head)
    _field(sheet, "A5:B5", "主管部门", "C5", head)
    _field(sheet, "D5:E5", "实施单位", f"F5:{_LAST}5", head)
    _put(sheet, "A6:B8", "项目资金（万元）", label=True, box=True)
    for row, label in ((6, "年度资金总额"), (7, "其中：财政拨款"), (8, "其他资金")):
        _field(sheet, f"C{row}", label, f"D{row}:{_LAST}{row}", head)
    _field(sheet, "A9:B9", "年度绩效目标", f"C9:{_LAST}9", head)
    for number, column in enumerate(COLUMNS, 1):
        place = f"{get_column_letter(number)}{_HEADER_ROW}"
        _put(sheet, place, column.title, label=True, box=True, bold=True)
        _remark(sheet, place, column.hint)
    for row in range(_FIRST_ROW, _LAST_ROW + 1):
        said = rows[row - _FIRST_ROW] if row - _FIRST_ROW < len(rows) else [""] * len(COLUMNS)
        for number, value in enumerate(said, 1):
            horizontal = "left" if COLUMNS[number - 1].title in ("三级指标", "备注") else "center"
            _put(sheet, f"{get_column_letter(number)}{row}", value, box=True, horizontal=horizontal)
    last = _LAST_ROW + 1
    _put(sheet, f"A{last}:C{last}", "填表人：", horizontal="left")
    _put(sheet, f"D{last}:E{last}", "审核人：", horizontal="left")
    _put(sheet, f"F{last}:{_LAST}{last}", "填报日期：", horizontal="left")
    _heights(sheet)
    _validate(sheet)
    _print(sheet, f"A1:{_LAST}{last}")


def _field(sheet: Worksheet, label_area: str, label: str, area: str, head: Mapping[str, str | float]) -> None:
    _put(sheet, label_area, label, label=True, box=True)
    place = area.partition(":")[0]
    _put(sheet, area, head.get(place, ""), box=True, horizontal="left" if place in ("C4", "C9") else "center")


def _put(
    sheet: Worksheet,
    area: str,
    value: str | float,
    *,
    label: bool = False,
    box: bool = False,
    bold: bool = False,
    size: int = 11,
    color: str = "000000",
    horizontal: str = "center",
) -> None:
    """Write a value into an area, which becomes one cell."""
    first = sheet[area.partition(":")[0]]
    if ":" in area:
        sheet.merge_cells(area)
    first.value = value if value != "" else None
    cells = sheet[area]
    for row in cells if isinstance(cells, tuple) else ((cells,),):
        for cell in row:
            cell.font = Font(name="宋体", size=size, bold=bold, color=color)
            cell.alignment = Alignment(horizontal=horizontal, vertical="center", wrap_text=True)
            if box:
                cell.border = _BOX
            if label:
                cell.fill = _LABEL


def _heights(sheet: Worksheet) -> None:
    heights = {1: 18, 2: 40, 9: 130}
    for row in range(1, _LAST_ROW + 2):
        sheet.row_dimensions[row].height = heights.get(row, 34)


def _remark(sheet: Worksheet, place: str, text: str) -> None:
    comment = Comment(text, "reviewer")
    comment.width = 300
    comment.height = height_of(text, 44, 9) * 4 / 3 + 12
    sheet[place].comment = comment


def _validate(sheet: Worksheet) -> None:
    """Attach drop-downs, checks and the hints that appear when a cell is selected."""
    year = DataValidation("whole", operator="between", formula1="2000", formula2="2100")
    _attach(sheet, year, ["C3"], "预算年度", YEAR_HINT, "请写四位数的年份，如 2026。")
    for place, (title, hint) in HINTS.items():
        if place in MONEY:
            check = DataValidation("decimal", operator="greaterThanOrEqual", formula1="0")
            _attach(sheet, check, [place], title, hint, "请只写数，单位是万元。")
        else:
            _attach(sheet, DataValidation(), [place], title, hint)
    lists = {
        "一级指标": f'"{",".join(CLASSES)}"',
        # Relative to the first row; the lists of level 2 have the names of level 1.
        "二级指标": f"INDIRECT($A{_FIRST_ROW})",
        "计算符号": f'"{",".join(COMPARATORS)}"',
    }
    for number, column in enumerate(COLUMNS, 1):
        letter = get_column_letter(number)
        places = [f"{letter}{_FIRST_ROW}:{letter}{_LAST_ROW}"]
        if column.title in lists:
            # Offered, not forced: what a unit has to write otherwise can be written.
            offer = DataValidation("list", formula1=lists[column.title], errorStyle="warning")
            _attach(sheet, offer, places, column.title, column.hint, "不在下拉单里。确实要这样写吗？")
        else:
            _attach(sheet, DataValidation(), places, column.title, column.hint)


def _attach(
    sheet: Worksheet, rule: DataValidation, places: Iterable[str], title: str, hint: str, complaint: str = ""
) -> None:
    rule.allow_blank = True
    rule.showInputMessage = True
    rule.promptTitle, rule.prompt = title, hint
    if complaint:
        rule.showErrorMessage = True
        rule.errorTitle, rule.error = title, complaint
    for place in places:
        rule.add(place)
    sheet.add_data_validation(rule)


def _print(sheet: Worksheet, area: str) -> None:
    sheet.print_area = area
    sheet.page_setup.paperSize = 9
    sheet.page_setup.orientation = "portrait"
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 1
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_options.horizontalCentered = True
    sheet.page_margins.left = sheet.page_margins.right = 0.5
    sheet.page_margins.top = sheet.page_margins.bottom = 0.6
    sheet.sheet_view.showGridLines = False


def _instructions(book: Workbook) -> None:
    """Write the instructions, and below them the classes, which are the lists behind the drop-downs of level 2."""
    sheet = book.create_sheet(HELP)
    widths = (20, 62)  # of a page together
    for number, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    _put(sheet, "A1:B1", "填表说明", size=16, bold=True)
    _put(sheet, "A2:B2", f"（{SKIPPED}）", size=9, color="7F7F7F")
    sheet.row_dimensions[1].height = 32
    row = 3
    for text in INSTRUCTIONS:
        _put(sheet, f"A{row}:B{row}", text, horizontal="left")
        sheet.row_dimensions[row].height = height_of(text, sum(widths)) + 8
        row += 1
    row += 1
    _put(sheet, f"A{row}", "一级指标", label=True, box=True, bold=True)
    _put(sheet, f"B{row}", "二级指标", label=True, box=True, bold=True)
    for level1, classes in CLASSES.items():
        first, last = row + 1, row + len(classes)
        _put(sheet, f"A{first}:A{last}", level1, box=True)
        for row, level2 in enumerate(classes, first):
            _put(sheet, f"B{row}", level2, box=True, horizontal="left")
        book.defined_names[level1] = DefinedName(level1, attr_text=f"'{HELP}'!$B${first}:$B${last}")
    _print(sheet, f"A1:B{row}")
