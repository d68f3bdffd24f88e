"""Sheets of .xls, Excel 2 to 2003, which WPS writes as .et too.

Through xlrd, which alone tells number formats and merged areas of these files and keeps only the cells there are.
It does not tell formulas from values: a formula that was never calculated reads as what its writer put in the place of
the result, an empty text or 0.
"""

from __future__ import annotations

from io import StringIO

import xlrd
from xlrd.biffh import XLRDError, error_text_from_code

from reviewer.errors import InputError
from reviewer.reading.workbooks.codes import BUILT_IN
from reviewer.reading.workbooks.formats import around_text, shower
from reviewer.reading.workbooks.intake import Intake, Sheet

MAX_BYTES = 32 * 1024 * 1024
"""Unlike a package, the file is held as a whole, next to its cells: six bytes of it can make one of forty."""

_SAVE_AS = "请用 Excel 或 WPS 打开，另存为 .xlsx 再读。"


def read_xls(raw: bytes, intake: Intake) -> None:
    """Read all sheets of the workbook *raw* into *intake*. Raises ``InputError`` when it is damaged or encrypted."""
    if len(raw) > MAX_BYTES:
        size = f"{len(raw) / 1024**2:.1f} MiB，超过 .xls 文件 {MAX_BYTES // 1024**2} MiB 的上限"
        intake.refuse(f"文件有 {size}。", "请用 Excel 或 WPS 打开，删去图片，另存为 .xlsx 再读。")
    try:
        with xlrd.open_workbook(
            file_contents=raw, formatting_info=True, ragged_rows=True, on_demand=True, logfile=StringIO()
        ) as book:
            for number in range(book.nsheets):
                sheet = book.sheet_by_index(number)
                _read(book, sheet, intake.sheet(sheet.name, hidden=sheet.visibility != 0))
                book.unload_sheet(number)
    except InputError:
        raise
    except Exception as error:  # a parser of trusting code meets damaged bytes: any exception says just that
        if isinstance(error, XLRDError) and "encrypted" in str(error):
            intake.refuse("文件加了打开密码，读不出来。", "请用 Excel 或 WPS 打开，去掉打开密码，另存后再读。")
        raise InputError("文件不完整或已损坏，读不出其中的工作表。", where=intake.where, hint=_SAVE_AS) from error


def _read(book: xlrd.Book, source: xlrd.sheet.Sheet, sheet: Sheet) -> None:
    for row, about_row in source.rowinfo_map.items():
        if about_row.hidden:
            sheet.hide_row(row)
    for column, about_column in source.colinfo_map.items():
        if about_column.hidden:
            sheet.hide_columns(column, column)
    for top, below, left, beyond in source.merged_cells:
        sheet.merge(top, left, below - 1, beyond - 1)
    for row in range(source.nrows):
        for column, cell in enumerate(source.row(row)):
            _put(book, cell, sheet, row, column)


def _put(book: xlrd.Book, cell: xlrd.sheet.Cell, sheet: Sheet, row: int, column: int) -> None:
    if cell.ctype == xlrd.XL_CELL_ERROR:
        sheet.put_error(row, column, error_text_from_code.get(int(cell.value), "#VALUE!"))
    elif cell.ctype == xlrd.XL_CELL_BOOLEAN:
        sheet.put(row, column, "TRUE" if cell.value else "FALSE")
    elif cell.ctype in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
        sheet.put(row, column, shower(_code(book, cell), book.datemode == 1)(float(cell.value)))
    elif cell.ctype == xlrd.XL_CELL_TEXT and not cell.value:
        sheet.put_empty(row, column)
    elif cell.ctype == xlrd.XL_CELL_TEXT:
        before, after = around_text(_code(book, cell))
        sheet.put(row, column, f"{before}{cell.value}{after}")


def _code(book: xlrd.Book, cell: xlrd.sheet.Cell) -> str:
    key = book.xf_list[cell.xf_index or 0].format_key
    return BUILT_IN.get(key) or str(book.format_map[key].format_str)
