"""Workbooks as units hand them in, with all that an annotated copy has to keep."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

_THIN = Side(style="thin")
HEADERS = ("一级指标", "二级指标", "三级指标", "年度指标值", "备注")
ROWS = (
    ("产出指标", "数量指标", "放映场次", "按合同约定完成", ""),
    (None, None, "覆盖行政村", "28个", ""),
    (None, "时效指标", "完工时间", "及时", "汛前"),
    ("效益指标", "社会效益指标", "=1+1", "进一步提升群众幸福感", ""),
    ("满意度指标", "服务对象满意度指标", "村民满意度", "≥90%", ""),
)


def declaration() -> Workbook:
    """A form of one project, E7:E11 its values, with formats, checks, a chart and other sheets."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "申报 表"
    sheet["B1"] = "2026年项目支出绩效目标申报表"
    sheet.merge_cells("B1:F1")
    for row, (label, value) in enumerate(
        {
            "项目名称": "农村公益电影放映",
            "主管部门": "青禾县文化局",
            "年度资金总额（万元）": "=10+3.44",
            "年度目标": "丰富群众文化生活。",
        }.items(),
        2,
    ):
        sheet.cell(row, 2, label)
        sheet.cell(row, 3, value)
        sheet.merge_cells(start_row=row, start_column=3, end_row=row, end_column=6)
    sheet["C4"].number_format = "#,##0.00"
    for column, title in enumerate(HEADERS, 2):
        cell = sheet.cell(6, column, title)
        cell.font = Font(name="黑体", size=12, bold=True)
        cell.fill = PatternFill("solid", fgColor="DDDDDD")
    for row, said in enumerate(ROWS, 7):
        for column, value in enumerate(said, 2):
            cell = sheet.cell(row, column, value)
            cell.data_type = "s" if isinstance(value, str) else cell.data_type
            cell.border = Border(_THIN, _THIN, _THIN, _THIN)
            cell.alignment = Alignment(wrap_text=True)
    sheet.merge_cells("B7:B9")
    sheet.merge_cells("C7:C8")
    sheet.row_dimensions[7].height = 20
    sheet.column_dimensions["E"].width = 31
    sheet["E8"].comment = Comment("王：村数已核", "王")
    sheet.freeze_panes = "B7"
    choice = DataValidation("list", formula1='"产出指标,效益指标"')
    choice.add("B7:B11")
    sheet.add_data_validation(choice)
    sheet.conditional_formatting.add("E7:E11", CellIsRule("equal", ['""'], fill=PatternFill(bgColor="FF0000")))
    other = book.create_sheet("测算")
    for row in ((1, 2), (3, "=SUM(A1:B1)")):
        other.append(row)
    other["A1"].number_format = "0.00%"
    chart = BarChart()
    chart.add_data(Reference(other, min_col=1, min_row=1, max_row=2))
    other.add_chart(chart, "D2")
    other.print_area = "A1:B2"
    book.defined_names["村数"] = DefinedName("村数", attr_text="'申报 表'!$E$8")
    return book


def saved(book: Workbook, path: Path) -> Path:
    """Save as Excel does: with the results of formulas, which openpyxl leaves out."""
    buffer = BytesIO()
    book.save(buffer)
    results = {b"10+3.44": b"13.44", b"SUM(A1:B1)": b"3"}

    def with_result(found: re.Match[bytes]) -> bytes:
        return b"<f>%s</f><v>%s</v>" % (found[1], results[found[1]])

    def change(parts: dict[str, bytes]) -> None:
        for name, contents in parts.items():
            if name.startswith("xl/worksheets/sheet"):
                parts[name] = re.sub(rb"<f>(.*?)</f><v(?:\s*/>|></v>)", with_result, contents)

    path.write_bytes(repacked(buffer.getvalue(), change))
    return path


def repacked(raw: bytes, change: Callable[[dict[str, bytes]], Any]) -> bytes:
    """Return the package with its parts changed."""
    parts = parts_of(raw)
    change(parts)
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, contents in parts.items():
            archive.writestr(name, contents)
    return buffer.getvalue()


def parts_of(raw: bytes) -> dict[str, bytes]:
    """Return the parts of a package."""
    with zipfile.ZipFile(BytesIO(raw)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
