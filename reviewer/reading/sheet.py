"""From a workbook to grids: .xlsx and .xlsm, .xls (and .et saved as such), .ods. The bytes decide, not the name."""

from __future__ import annotations

from reviewer.errors import InputError
from reviewer.reading.grid import Grid
from reviewer.reading.notes import Notes
from reviewer.reading.package import Package, open_package
from reviewer.reading.signature import Kind, recognise
from reviewer.reading.workbooks.intake import Intake

_ADVICE = {
    Kind.DOCX: "请把扩展名改成 .docx 再读。",
    Kind.PDF: "请把扩展名改成 .pdf 再读。",
    Kind.TEXT: "如果是逗号或制表符分隔的表格，请把扩展名改成 .csv 再读。",
    Kind.EMPTY: "请检查导出是否完成。",
    Kind.ZIP: "请先解压，再读其中的文件。",
}
_SAVE_AS = "请用 Excel 或 WPS 打开，另存为 .xlsx 再读。"


def read_sheets(raw: bytes, where: str, notes: Notes) -> list[Grid]:
    """Return a grid for each sheet of the workbook in *raw*, in its order; *where* is the path for messages.

    Cells hold what a reader of the sheet sees, each merged area is one cell, and one empty row stands for any number of
    them. Formulas are not calculated, macros not run, links not followed. Rows end at their last cell with text. Takes
    note of what is hidden, covered, an error, or a formula without a stored result.

    Raises ``InputError`` for what is no workbook, broken, encrypted or dangerous.
    """
    intake = Intake(where, notes)
    kind = recognise(raw)
    if kind in (Kind.XLS, Kind.OLE):  # a damaged .xls may have lost the name by which it is known
        from reviewer.reading.workbooks.xls import read_xls

        read_xls(raw, intake)
        if "_VBA_PROJECT_CUR".encode("utf-16-le") in raw:
            _say_macros(intake)
    elif kind in (Kind.ZIP, Kind.ENCRYPTED):
        _read_package(open_package(raw, where), intake)
    else:
        raise _no_workbook(kind, where)
    return intake.grids()


def _read_package(package: Package, intake: Intake) -> None:
    if package.kind in (Kind.XLSX, Kind.XLSM):
        from reviewer.reading.workbooks.xlsx import read_xlsx

        read_xlsx(package, intake)
    elif package.kind is Kind.ODS:
        from reviewer.reading.workbooks.ods import read_ods

        read_ods(package, intake)
    else:
        raise _no_workbook(package.kind, package.where)
    if any(name.endswith("vbaProject.bin") or name.startswith("Basic/") for name in package):
        _say_macros(intake)


def _no_workbook(kind: Kind, where: str) -> InputError:
    return InputError(f"这是{kind}，不是能读的 Excel 表格。", where=where, hint=_ADVICE.get(kind, _SAVE_AS))


def _say_macros(intake: Intake) -> None:
    intake.say("文件带有宏。宏没有运行，只读了单元格里存的内容。")
