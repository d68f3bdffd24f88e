"""Write workbooks of the projects of ``tables.py``.

    python benchmarks/workbooks.py forms N FOLDER      N official forms of one project each
    python benchmarks/workbooks.py list N OUT.xlsx     one list, a row for each of N indicators

A form has what real forms have: a title over all columns, merged classes beside the indicators, borders, wrapped text,
a percent format and signature lines.
"""

from __future__ import annotations

import sys
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Side
from openpyxl.worksheet.worksheet import Worksheet
from tables import projects

INDICATOR = {
    "level1": "一级指标",
    "level2": "二级指标",
    "name": "三级指标",
    "cycle_value": "实施周期指标值",
    "annual_value": "年度指标值",
}
WIDTH = len(INDICATOR)
_THIN = Side(style="thin")
_BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_WRAP = Alignment(wrap_text=True, vertical="center")


def write_form(project: dict[str, Any], path: Path) -> None:
    """Write *project* as a declaration form."""
    book = Workbook()
    sheet = book.active
    sheet.append(["项目支出绩效目标申报表"])
    sheet.append(["项目名称", project["name"], None, "单位", project["unit"]])
    sheet.append(["资金（万元）", project["amount"], None, "预算执行率", 0.95])
    sheet["E3"].number_format = "0%"
    sheet.append(["年度目标", project["goal"]])
    sheet.append(list(INDICATOR.values()))
    for indicator in project["indicators"]:
        sheet.append([indicator[field] for field in INDICATOR])
    _merge_runs(sheet, 6)
    sheet.append(["填表人：", None, "联系电话：", None, "年  月  日"])
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=WIDTH)
    sheet.merge_cells(start_row=4, end_row=4, start_column=2, end_column=WIDTH)
    for row in sheet.iter_rows(max_col=WIDTH):
        for cell in row:
            cell.border, cell.alignment = _BORDER, _WRAP
    book.save(path)


def _merge_runs(sheet: Worksheet, first: int) -> None:
    """Merge equal classes one below the other."""
    for column in (1, 2):
        cells = (cell for (cell,) in sheet.iter_rows(min_row=first, min_col=column, max_col=column))
        for _, run in groupby(list(cells), key=lambda cell: cell.value):
            rows = [cell.row for cell in run]
            sheet.merge_cells(start_row=rows[0], end_row=rows[-1], start_column=column, end_column=column)


def write_list(size: int, path: Path) -> None:
    """Write *size* indicators as a list that repeats their project in every row."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("绩效目标")
    sheet.append(["项目名称", "单位", "金额（万元）", "年度目标", *INDICATOR.values()])
    for project in projects(size):
        about = [project["name"], project["unit"], project["amount"], project["goal"]]
        for indicator in project["indicators"]:
            sheet.append([*about, *(indicator[field] for field in INDICATOR)])
    book.save(path)


def main() -> None:
    """Write what the command line names."""
    shape, count, path = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    if shape == "list":
        write_list(count, path)
        return
    for number, project in enumerate(islice(projects(sys.maxsize), count), 1):
        write_form(project, path / f"{number:04d}.xlsx")


if __name__ == "__main__":
    main()
