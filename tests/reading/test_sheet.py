"""What a workbook says is read as its reader sees it, in whatever format it was saved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from io import BytesIO

import openpyxl
import pytest
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.style import Style, TableProperties
from odf.table import CoveredTableCell, Table, TableCell, TableColumn, TableRow
from odf.text import LineBreak, P, S, Span
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.worksheet.worksheet import Worksheet

from reviewer.models import Diagnostic
from reviewer.reading.grid import Grid
from reviewer.reading.notes import Notes
from reviewer.reading.sheet import read_sheets
from tests.reading.packages import MAIN, parts, workbook, zipped


def saved(book: openpyxl.Workbook) -> bytes:
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def xlsx(fill: Callable[[Worksheet], object]) -> bytes:
    book = openpyxl.Workbook()
    fill(book.active)
    return saved(book)


def read(raw: bytes) -> tuple[list[Grid], list[Diagnostic]]:
    notes = Notes()
    return read_sheets(raw, "表.xlsx", notes), notes.in_order()


def texts(raw: bytes) -> list[list[str]]:
    """The text of the first sheet, row by row, empty where there is nothing."""
    return [[cell.text if cell else "" for cell in row.cells] for row in read(raw)[0][0].rows]


def only_text(raw: bytes) -> str:
    [[text]] = texts(raw)
    return text


@pytest.mark.parametrize(
    ("value", "code", "seen"),
    [
        (0.95, "0%", "95%"),
        (0.955, "0.0%", "95.5%"),
        (12.0, "General", "12"),
        (0.1 + 0.2, "General", "0.3"),
        (1509.6, "#,##0.00", "1,509.60"),
        (672, '0"场"', "672场"),
        (date(2023, 12, 31), "yyyy-mm-dd", "2023-12-31"),
        (datetime(2023, 12, 31, 17, 30), 'yyyy"年"m"月"d"日" h:mm', "2023年12月31日 17:30"),
        (time(8, 30), "h:mm", "8:30"),
        (True, "General", "TRUE"),
        ("007", "General", "007"),
        ("NA", "General", "NA"),
        ("无", "@", "无"),
        ("5", '@"万元"', "5万元"),
        ("第一条\n第二条", "General", "第一条\n第二条"),
    ],
)
def test_a_cell_reads_as_it_is_shown(value: object, code: str, seen: str) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["A1"] = value
        sheet["A1"].number_format = code

    assert only_text(xlsx(fill)) == seen


def test_days_that_count_from_1904() -> None:
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.MAC_EPOCH
    book.active["A1"] = date(2023, 12, 31)
    assert only_text(saved(book)) == "2023-12-31"


def test_runs_of_a_rich_text_are_one_text() -> None:
    rich = CellRichText("放映", TextBlock(InlineFont(b=True), "场次"), "数量")
    assert only_text(xlsx(lambda sheet: sheet.append([rich]))) == "放映场次数量"


@pytest.mark.parametrize(
    ("cell", "strings", "seen"),
    [
        ('<c t="s"><v>0</v></c>', "<si><t>放映</t><rPh sb='0' eb='2'><t>ファン</t></rPh></si>", "放映"),
        ('<c t="s"><v>0</v></c>', "<si><t>第一_x000D_\n第二_x005F_x000D_</t></si>", "第一\n第二_x000D_"),
        ('<c t="inlineStr"><is><r><t>放</t></r><r><t>映</t></r></is></c>', "", "放映"),
        ('<c t="str"><f>A2&amp;"场"</f><v>672场</v></c>', "", "672场"),
        ('<c><f>HYPERLINK("http://127.0.0.1/","点此")</f><v>点此</v></c>', "", "点此"),
        ('<c t="d"><v>2023-12-31T00:00:00</v></c>', "", "2023-12-31"),
        ('<c t="b"><v>0</v></c>', "", "FALSE"),
        ('<c s="99"><v>0.5</v></c>', "", "0.5"),
        ("<c><v>见附件</v></c>", "", "见附件"),
    ],
)
def test_cells_as_other_programs_write_them(cell: str, strings: str, seen: str) -> None:
    raw = workbook(f"<sheetData><row>{cell}</row></sheetData>", strings=strings)
    grids, notes = read(raw)
    assert [cell.text for _, cell in grids[0].rows[0].distinct()] == [seen]
    assert not notes


def test_another_prefix_and_the_strict_namespace_are_read_too() -> None:
    strict = parts("<sheetData><row><c><v>5</v></c></row></sheetData>")
    for name, content in strict.items():
        strict[name] = str(content).replace(MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main")
    prefixed = parts()
    prefixed["xl/worksheets/sheet1.xml"] = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row><x:c><x:v>5</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    assert only_text(zipped(strict)) == only_text(zipped(prefixed)) == "5"


def test_a_formula_gives_its_stored_result_and_without_one_a_note() -> None:
    cells = "<c r='A1'><f>1+1</f><v>2</v></c><c r='B1'><f>A1*2</f></c><c r='C1' t='str'><f>\"\"</f><v></v></c>"
    grids, notes = read(workbook(f"<sheetData><row r='1'>{cells}</row></sheetData>", name="一 季度"))
    assert [cell and cell.text for cell in grids[0].rows[0].cells] == ["2"]
    [note] = notes
    assert (note.code, note.severity, note.where) == ("D009", "error", "'一 季度'!B1")
    assert "公式" in note.message


def test_many_formulas_without_results_are_few_notes_that_name_every_cell() -> None:
    _, notes = read(xlsx(lambda sheet: [sheet.append(["=1+1"]) for _ in range(1000)]))
    assert len(notes) < 30
    said = "".join(f"{note.where} {note.message}" for note in notes)
    assert all(f"A{row}" in said for row in range(1, 1001))


def test_an_error_value_is_kept_and_noted_with_its_cell() -> None:
    grids, notes = read(workbook("<sheetData><row r='3'><c r='E3' t='e'><v>#REF!</v></c></row></sheetData>"))
    assert grids[0].rows[0].cells[4].text == "#REF!"
    [note] = notes
    assert note.where == "表!E3"
    assert "#REF!" in note.message


def test_xls_shows_what_xlsx_shows() -> None:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("表1")
    values = [(0.95, "0%"), (date(2023, 12, 31), 'yyyy"年"m"月"d"日"'), (672, '0"场"'), (12.0, "General"), ("007", "@")]
    for column, (value, code) in enumerate(values):
        sheet.write(0, column, value, xlwt.easyxf(num_format_str=code))
    sheet.write_merge(1, 2, 0, 1, "产出指标")
    sheet.write(2, 2, True)
    sheet.write(2, 3, xlwt.Formula("1+1"))
    sheet.row(2).hidden = True
    buffer = BytesIO()
    book.save(buffer)
    [grid], notes = read(buffer.getvalue())
    assert [cell and cell.text for cell in grid.rows[0].cells] == ["95%", "2023年12月31日", "672场", "12", "007"]
    first, second = grid.rows[1:]
    assert first.cells[0] is first.cells[1] is second.cells[0] is second.cells[1]
    assert (second.cells[0].text, second.cells[0].where) == ("产出指标", "表1!A2")
    assert second.cells[2].text == "TRUE"
    assert [row.hidden for row in grid.rows] == [False, False, True]
    assert any("D3" in note.message and "公式" in note.message for note in notes)


def ods() -> bytes:
    document = OpenDocumentSpreadsheet()
    hidden = Style(name="hidden", family="table")
    hidden.addElement(TableProperties(display="false"))
    document.automaticstyles.addElement(hidden)
    table = Table(name="一季度")
    table.addElement(TableColumn(numbercolumnsrepeated=2))
    table.addElement(TableColumn(visibility="collapse"))
    row = TableRow()
    shown = TableCell(valuetype="percentage", value="0.95")
    shown.addElement(P(text="95%"))
    row.addElement(shown)
    row.addElement(TableCell(valuetype="float", value="12.0"))
    row.addElement(TableCell(valuetype="date", datevalue="2023-12-31"))
    row.addElement(TableCell(formula="of:=1+1"))
    table.addElement(row)
    row = TableRow(numberrowsrepeated=3)
    row.addElement(TableCell(numbercolumnsrepeated=1000))
    table.addElement(row)
    row = TableRow(visibility="collapse")
    merged = TableCell(numberrowsspanned=1, numbercolumnsspanned=2, valuetype="string")
    paragraph = P(text="第一")
    paragraph.addElement(S(c=2))
    paragraph.addElement(Span(text="条"))
    paragraph.addElement(LineBreak())
    merged.addElement(paragraph)
    merged.addElement(P(text="第二条"))
    row.addElement(merged)
    row.addElement(CoveredTableCell())
    table.addElement(row)
    table.addElement(TableRow(numberrowsrepeated=1_048_000))
    document.spreadsheet.addElement(table)
    lists = Table(name="字典", stylename=hidden)
    row = TableRow()
    again = TableCell(valuetype="string", numbercolumnsrepeated=2)
    again.addElement(P(text="是"))
    row.addElement(again)
    lists.addElement(row)
    document.spreadsheet.addElement(lists)
    buffer = BytesIO()
    document.write(buffer)
    return buffer.getvalue()


def test_ods_shows_what_its_file_says_it_shows() -> None:
    [grid, lists], notes = read(ods())
    assert [cell and cell.text for cell in grid.rows[0].cells] == ["95%", "12", "2023-12-31"]
    last = grid.rows[-1]
    assert (last.hidden, last.cells[0].text, last.cells[0].where) == (True, "第一  条\n\n第二条", "一季度!A5")
    assert last.cells[0] is last.cells[1]
    assert [(cell.text, cell.where) for _, cell in lists.rows[0].distinct()] == [("是", "字典!A1"), ("是", "字典!B1")]
    assert [note.where for note in notes if note.severity == "error"] == ["一季度!D1"]
    said = "".join(note.message for note in notes)
    assert "“字典”是隐藏的" in said
    assert "C 列是隐藏的" in said
    assert "第 5 行" in said


def test_text_in_shapes_is_said() -> None:
    drawing = "http://schemas.openxmlformats.org/drawingml/2006/main"
    box = f'<sp xmlns:a="{drawing}"><a:p><a:r><a:t>填表</a:t></a:r><a:r><a:t>说明</a:t></a:r></a:p></sp>'
    _, [note] = read(zipped(parts() | {"xl/drawings/drawing1.xml": box}))
    assert (note.code, note.severity) == ("D009", "hint")
    assert "“填表说明”" in note.message


def test_macros_are_left_alone_and_said() -> None:
    with_macros = parts("<sheetData><row><c><v>5</v></c></row></sheetData>") | {"xl/vbaProject.bin": b"\xd0\xcf"}
    with_macros["[Content_Types].xml"] = str(with_macros["[Content_Types].xml"]).replace(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    )
    raw = zipped(with_macros)
    assert only_text(raw) == "5"
    [note] = read(raw)[1]
    assert note.severity == "hint"
    assert "宏没有运行" in note.message
