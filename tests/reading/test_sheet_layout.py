"""Where cells stand: merged areas, gaps, hidden parts, names of sheets. What only claims to be there costs nothing."""

from __future__ import annotations

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter, quote_sheetname

from reviewer.reading.grid import Grid
from reviewer.reading.notes import Notes
from reviewer.reading.workbooks.intake import Intake, letters
from tests.reading.packages import workbook
from tests.reading.test_sheet import read, saved, texts, xlsx


def rows(*numbers: int) -> str:
    """A sheet with its row number in column A of each of these rows."""
    return "".join(f'<row r="{row}"><c r="A{row}"><v>{row}</v></c></row>' for row in numbers)


def test_a_merged_area_is_one_cell_at_every_place_it_covers() -> None:
    def fill(sheet: openpyxl.worksheet.worksheet.Worksheet) -> None:
        sheet.append(["产出指标", "数量指标", "≥5场"])
        sheet.append([None, "质量指标", "合格"])
        sheet.merge_cells("A1:A2")

    [grid], notes = read(xlsx(fill))
    assert grid.rows[0].cells[0] is grid.rows[1].cells[0]
    assert texts(xlsx(fill)) == [["产出指标", "数量指标", "≥5场"], ["产出指标", "质量指标", "合格"]]
    assert not notes


def test_text_under_a_merged_area_is_said_unless_it_is_the_same() -> None:
    cells = "<c r='A1' t='str'><v>产出</v></c><c r='B1' t='str'><v>效益</v></c><c r='C1' t='str'><v>产出</v></c>"
    merged = "<mergeCells><mergeCell ref='A1:C1'/></mergeCells>"
    [grid], notes = read(workbook(f"<sheetData><row r='1'>{cells}</row></sheetData>{merged}"))
    assert [cell.text for _, cell in grid.rows[0].distinct()] == ["产出"]
    [note] = notes
    assert (note.where, note.severity) == ("表!B1", "hint")
    assert "“效益”" in note.message


def test_a_gap_of_any_height_is_one_empty_row() -> None:
    assert texts(workbook(f"<sheetData>{rows(3, 4, 900_000)}</sheetData>")) == [["3"], ["4"], [], ["900000"]]


def test_hidden_rows_and_columns_are_read_and_said() -> None:
    def fill(sheet: openpyxl.worksheet.worksheet.Worksheet) -> None:
        for row in range(1, 8):
            sheet.append([row, row, row])
        for row in (2, 3, 5):
            sheet.row_dimensions[row].hidden = True
        sheet.column_dimensions["B"].hidden = True

    [grid], notes = read(xlsx(fill))
    assert [at for at, row in enumerate(grid.rows, 1) if row.hidden] == [2, 3, 5]
    assert len(grid.rows[1].cells) == 3
    said = "".join(note.message for note in notes)
    assert "3 行是隐藏的（第 2–3、5 行）" in said
    assert "B 列是隐藏的" in said
    assert {note.severity for note in notes} == {"hint"}


def test_hidden_sheets_are_read_and_said_and_charts_said() -> None:
    book = openpyxl.Workbook()
    book.active.append(["项目名称"])
    book.create_sheet("字典").append(["产出指标"])
    book["字典"].sheet_state = "veryHidden"
    book.create_chartsheet("图表1").add_chart(openpyxl.chart.BarChart())
    grids, notes = read(saved(book))
    assert [grid.name for grid in grids] == ["Sheet", "字典"]
    said = "".join(note.message for note in notes)
    assert "“字典”是隐藏的" in said
    assert "“图表1”是图表" in said


@pytest.mark.parametrize(
    "name",
    [
        "Sheet1",
        "一季度",
        "一 季度",
        "2023年",
        "A1",
        "R1C1",
        "甲'乙",
        "../../etc/passwd",
        "附件（1）",
        "R",
        "a.b",
        "表-1",
    ],
)
def test_places_name_the_sheet_as_excel_does(name: str) -> None:
    [grid], _ = read(workbook(f"<sheetData>{rows(7)}</sheetData>", name=name))
    sheet, _, cell = grid.rows[0].cells[0].where.rpartition("!")
    assert cell == "A7"
    assert sheet.strip("'").replace("''", "'") == name
    plain = name in {"Sheet1", "一季度", "a.b"}
    assert (sheet == name) == plain
    assert plain or sheet == quote_sheetname(name)


@given(st.integers(0, 16_383))
def test_letters_of_a_column(column: int) -> None:
    assert letters(column) == get_column_letter(column + 1)


areas = st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 7), st.integers(0, 7))


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(st.tuples(st.integers(0, 7), st.integers(0, 7)), st.sampled_from("甲乙丙")),
    st.lists(areas, max_size=4),
)
def test_no_text_vanishes_whatever_is_merged(
    cells: dict[tuple[int, int], str], merged: list[tuple[int, int, int, int]]
) -> None:
    """Every cell stands in the grid, or its text is shown by what covers it, or it is noted."""
    notes = Notes()
    intake = Intake("表.xlsx", notes)
    sheet = intake.sheet("表")
    for (row, column), text in cells.items():
        sheet.put(row, column, text)
    for top, left, height, width in merged:
        sheet.merge(top, left, top + height, left + width)
    [grid] = intake.grids()
    kept = {cell.where for row in grid.rows for _, cell in row.distinct()}
    noted = {note.where for note in notes.in_order()}
    shown = {cell.text for row in grid.rows for _, cell in row.distinct()}
    for (row, column), text in cells.items():
        place = f"表!{letters(column)}{row + 1}"
        # Where there are many, the last note names the rest of them.
        named = any(f"{letters(column)}{row + 1}“{text}”" in note.message for note in notes.in_order())
        assert place in kept or place in noted or named or text in shown


class TestClaims:
    """Sheets that claim to be far larger than they are."""

    def test_a_dimension_of_a_million_rows_with_ten_cells(self) -> None:
        raw = workbook(f'<dimension ref="A1:XFD1048576"/><sheetData>{rows(*range(1, 11))}</sheetData>')
        assert texts(raw) == [[str(row)] for row in range(1, 11)]

    def test_a_dimension_of_one_cell(self) -> None:
        assert texts(workbook(f'<dimension ref="A1:A1"/><sheetData>{rows(1, 2)}</sheetData>')) == [["1"], ["2"]]

    def test_a_merged_area_as_large_as_a_sheet(self) -> None:
        raw = workbook(f'<sheetData>{rows(1)}</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>')
        assert texts(raw) == [["1"]]

    def test_ten_thousand_merged_areas(self) -> None:
        merged = "".join(f'<mergeCell ref="A{row}:C{row}"/>' for row in range(1, 10_001))
        edge = "<row r='10001'><c r='C10001'><v>5</v></c></row>"
        raw = workbook(f"<sheetData>{rows(*range(1, 10_001))}{edge}</sheetData><mergeCells>{merged}</mergeCells>")
        [grid], _ = read(raw)
        assert all(len(row.cells) == 3 and len(set(row.cells)) == 1 for row in grid.rows[:-1])

    def test_a_row_across_all_columns(self) -> None:
        cells = "".join(f"<c r='{letters(column)}1'><v>{column}</v></c>" for column in range(16_384))
        [grid], _ = read(workbook(f"<sheetData><row r='1'>{cells}</row></sheetData>"))
        assert grid.rows[0].cells[-1].where == "表!XFD1"

    def test_the_two_far_corners(self) -> None:
        far = "<row r='1048576'><c r='XFD1048576'><v>5</v></c></row>"
        [grid], _ = read(workbook(f"<sheetData>{rows(1)}{far}</sheetData>"))
        assert [len(row.cells) for row in grid.rows] == [1, 0, 16_384]

    def test_styled_rows_without_text_down_to_the_end(self) -> None:
        empty = "".join(f'<row r="{row}" s="1" customFormat="1"/>' for row in range(2, 1_048_577))
        assert texts(workbook(f"<sheetData>{rows(1)}{empty}</sheetData>")) == [["1"]]


def test_a_workbook_without_text_has_empty_grids() -> None:
    assert read(workbook())[0] == [Grid("表", [])]
