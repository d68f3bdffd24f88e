"""The annotated copy: what is faulty is marked, everything else is as it was, and it reads as the original does."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from lxml import etree
from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from reviewer.models import Diagnostic, Review
from reviewer.pipeline import review
from reviewer.reading import read
from reviewer.reporting.layout import width_of
from reviewer.reporting.workbook import annotated, marking
from reviewer.reporting.workbook.remarks import COLOURS
from tests.reading.wild import declarations, lists, workbooks
from tests.reading.wild.expectation import Form

from .books import declaration, parts_of, repacked, saved

WILD = [
    form
    for form in (*declarations.FORMS, *lists.FORMS, *workbooks.FORMS)
    if "xlsx" in form.name or form in workbooks.FORMS
]
FORM = "申报 表"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return saved(declaration(), tmp_path / "申报表.xlsx")


def copy_of(source: Path, found: Review | None = None) -> tuple[Workbook, bytes]:
    raw, warnings = annotated(found or review(read(source)), source)
    assert warnings == []
    return load_workbook(BytesIO(raw), rich_text=True), raw


def colour(cell: Cell) -> str:
    return str(cell.fill.fgColor.rgb)[2:] if cell.fill.fill_type else ""


def columns(sheet: Worksheet) -> tuple[int, int]:
    """Return the number of our first column, and the row of its heading."""
    (found,) = [cell for row in sheet.iter_rows() for cell in row if cell.value == "审核意见"]
    assert sheet.cell(found.row, found.column + 1).value == "建议改写"
    return found.column, found.row


def test_faulty_cells_are_coloured_by_severity_and_commented(source: Path) -> None:
    sheet = copy_of(source)[0][FORM]
    assert colour(sheet["E7"]) == COLOURS["error"]
    assert colour(sheet["E9"]) == COLOURS["error"]
    assert colour(sheet["E11"]) == ""
    said = sheet["E7"].comment
    assert said.author == "reviewer"
    for word in ("V101", "按合同约定完成", "建议：≥〔待填："):
        assert word in said.text
    assert "G802" in sheet["C5"].comment.text
    assert colour(sheet["C5"]) == COLOURS["warning"]


def test_comments_that_stand_there_are_kept_and_added_to(source: Path) -> None:
    sheet = copy_of(source)[0][FORM]
    assert sheet["E8"].comment.author == "王"
    assert sheet["E8"].comment.text.startswith("王：村数已核\n\n【审核意见】\n提示 M207")


def test_every_box_is_as_large_as_its_text(source: Path) -> None:
    raw = copy_of(source)[1]
    parts = parts_of(raw)
    texts = {
        one.get("ref"): "".join(one.itertext())
        for one in etree.fromstring(next(parts[name] for name in parts if "comment" in name and name.endswith(".xml")))[
            1
        ]
    }
    (drawing,) = (parts[name] for name in parts if name.endswith(".vml"))
    excel = "{urn:schemas-microsoft-com:office:excel}"
    boxes = {}
    for shape in etree.fromstring(drawing).iter("{urn:schemas-microsoft-com:vml}shape"):
        data = shape.find(f"{excel}ClientData")
        reference = f"{'ABCDEFGHIJ'[int(data.findtext(f'{excel}Column'))]}{int(data.findtext(f'{excel}Row')) + 1}"
        size = {name: float(value) for name, value in re.findall(r"(width|height):([\d.]+)pt", shape.get("style"))}
        boxes[reference] = size
        corners = tuple(map(int, data.findtext(f"{excel}Anchor").split(",")))
        assert corners[4:6] > corners[0:2]
        assert corners[6:8] > corners[2:4]
    assert boxes.keys() == texts.keys()
    for reference, text in texts.items():
        # A Chinese character of 9 points is as wide as high.
        lines = sum(-(-width_of(line) * 4.5 // boxes[reference]["width"]) or 1 for line in text.split("\n"))
        assert boxes[reference]["height"] >= lines * 11


def test_opinions_stand_beside_their_rows(source: Path) -> None:
    sheet = copy_of(source)[0][FORM]
    column, heading = columns(sheet)
    assert (column, heading) == (7, 6)
    assert "错误 V101" in sheet.cell(7, column).value
    assert "放映场次\n" in sheet.cell(7, column + 1).value
    assert sheet.cell(11, column).value.startswith("优 ")
    assert sheet.cell(11, column + 1).value is None
    assert "【项目】" in sheet.cell(5, column).value
    assert sheet.cell(6, column).font.name == sheet["E6"].font.name == "黑体"
    assert sheet.cell(6, column).fill.fgColor.rgb == sheet["E6"].fill.fgColor.rgb
    assert sheet.cell(7, column).border.left.style == "thin"
    for row in (5, 7, 8, 9, 10, 11):
        assert sheet.cell(row, column).alignment.wrap_text
    assert 30 <= sheet.column_dimensions["G"].width <= 90
    lines = sum(-(-width_of(line) // 40) for line in sheet.cell(7, column).value.split("\n"))
    assert sheet.row_dimensions[7].height >= lines * 12


def test_a_class_of_several_rows_is_not_coloured_for_one_of_them(tmp_path: Path) -> None:
    book = declaration()
    sheet = book.active
    assert sheet is not None
    sheet["D8"], sheet["E8"] = "村民满意度调查结果", "≥90%"
    sheet["D9"], sheet["E9"] = "设备合格率", "≥95%"
    marked = copy_of(saved(book, tmp_path / "表.xlsx"))[0][FORM]
    assert colour(marked["C7"]) == ""
    assert "C401" in marked["D8"].comment.text
    assert "C401" in marked["C9"].comment.text


def test_everything_else_is_as_it_was(source: Path) -> None:
    before = source.read_bytes()
    book, raw = copy_of(source)
    assert source.read_bytes() == before
    old, new = parts_of(before), parts_of(raw)
    changed = {name for name in old if old[name] != new[name]}
    assert changed <= {
        "[Content_Types].xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        "xl/worksheets/sheet1.xml",
        "xl/comments/comment1.xml",
        "xl/drawings/commentsDrawing1.vml",
        "xl/worksheets/_rels/sheet1.xml.rels",
    }
    original = load_workbook(BytesIO(before))
    sheet, first = book[FORM], original[FORM]
    assert sheet.merged_cells.ranges == first.merged_cells.ranges
    assert sheet.freeze_panes == first.freeze_panes
    assert sheet["C4"].value == "=10+3.44"
    assert load_workbook(BytesIO(raw), data_only=True)[FORM]["C4"].value == 13.44
    assert [one.sqref for one in sheet.data_validations.dataValidation] == [
        one.sqref for one in first.data_validations.dataValidation
    ]
    assert [str(one.sqref) for one in sheet.conditional_formatting] == ["E7:E11"]
    assert book.defined_names["村数"].attr_text == "'申报 表'!$E$8"
    assert book["测算"].print_area == original["测算"].print_area
    for row in first.iter_rows():
        for cell in row:
            copied = sheet[cell.coordinate]
            assert (copied.value, copied.number_format) == (cell.value, cell.number_format)
            assert repr((copied.font, copied.border)) == repr((cell.font, cell.border))
    for letter in "ABCDEF":
        assert sheet.column_dimensions[letter].width == first.column_dimensions[letter].width


@pytest.mark.parametrize("form", WILD, ids=[form.name for form in WILD])
def test_the_copy_reads_as_the_original(form: Form, tmp_path: Path) -> None:
    source = form.write(tmp_path)
    if source.suffix != ".xlsx":
        pytest.skip("no workbook that can be annotated")
    document = read(source)
    copy = tmp_path / "副本.xlsx"
    copy.write_bytes(annotated(review(document), source)[0])
    again = read(copy)
    assert again == document
    # And so does the copy of the copy: our marks are put anew, not added to.
    copy.write_bytes(annotated(review(again), copy)[0])
    assert read(copy) == document
    assert sum(name.startswith("审核") for name in load_workbook(copy).sheetnames) == 2


def test_what_was_mended_is_no_longer_marked(source: Path, tmp_path: Path) -> None:
    copy = tmp_path / "改.xlsx"
    raw = copy_of(source)[1]
    book = load_workbook(BytesIO(raw))
    book[FORM]["E7"] = "≥672场"
    saved(book, copy)
    sheet = copy_of(copy)[0][FORM]
    assert colour(sheet["E7"]) == ""
    assert sheet["E7"].comment is None
    column, _ = columns(sheet)
    assert "V101" not in sheet.cell(7, column).value
    assert sheet["E8"].comment.text.count("【审核意见】") == 1


def test_the_summary_says_it_all(source: Path) -> None:
    found = review(read(source))
    found.diagnostics.append(Diagnostic(code="D001", severity="error", message="合计不符。", where=f"'{FORM}'!C4"))
    book, _ = copy_of(source, found)
    assert book.sheetnames[:2] == ["审核汇总", "审核说明"]
    assert book.active is not None
    assert book.active.title == FORM
    sheet = book["审核汇总"]
    (row,) = [row for row in sheet.iter_rows(values_only=True) if row[1] == "农村公益电影放映"]
    project = found.projects[0]
    assert row[3:7] == (13.44, project.score, project.grade, 5)
    counts = [sum(f.severity == name for f in findings(found)) for name in ("error", "warning", "hint")]
    assert list(row[8:11]) == counts
    means = [sum(getattr(i.smart, name) for i in project.indicators) / 5 for name in ("specific", "measurable")]
    assert list(row[11:13]) == pytest.approx(means)
    assert sheet.page_setup.orientation == "landscape"
    assert str(sheet.page_setup.paperSize) == "9"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    header = next(row[0].row for row in sheet.iter_rows() if row[0].value == "序号")
    assert sheet.print_title_rows == f"${header}:${header}"
    links = [cell.hyperlink.location for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    assert links == [f"'{FORM}'!C5"]
    notes = "\n".join(str(value) for row in book["审核说明"].iter_rows(values_only=True) for value in row if value)
    for word in ("错误", "V101 只指向计划、合同或要求", "没有检查的事项", "R501", "合计不符。", "reviewer 0."):
        assert word in notes
    assert "合计不符" in book[FORM]["C4"].comment.text


def findings(found: Review) -> list[object]:
    return [f for p in found.projects for owner in (p, *p.indicators) for f in owner.findings]


def test_a_sheet_that_has_our_name_stays(tmp_path: Path) -> None:
    book = declaration()
    book.create_sheet("审核汇总")["A1"] = "单位自己的汇总"
    names = copy_of(saved(book, tmp_path / "表.xlsx"))[0].sheetnames
    assert names == ["审核汇总2", "审核说明", FORM, "测算", "审核汇总"]


def test_macros_stay_and_do_not_see_the_sheets_move(source: Path, tmp_path: Path) -> None:
    def with_macros(parts: dict[str, bytes]) -> None:
        types = parts["[Content_Types].xml"].replace(
            b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
            b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
        )
        parts["[Content_Types].xml"] = types.replace(
            b"</Types>", b'<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>'
        )
        parts["xl/vbaProject.bin"] = b"macros"

    path = tmp_path / "表.xlsm"
    path.write_bytes(repacked(source.read_bytes(), with_macros))
    raw, _ = annotated(review(read(path)), path)
    assert parts_of(raw)["xl/vbaProject.bin"] == b"macros"
    assert b"ms-excel.sheet.macroEnabled.main" in parts_of(raw)["[Content_Types].xml"]
    assert load_workbook(BytesIO(raw), keep_vba=True).sheetnames == [FORM, "测算", "审核汇总", "审核说明"]


def test_what_cannot_be_kept_or_done_is_said(source: Path, tmp_path: Path) -> None:
    thread = b'<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
    related = (
        b'<Relationship Id="rId99" Type="http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"'
    )

    def change(parts: dict[str, bytes]) -> None:
        parts["_xmlsignatures/sig1.xml"] = b"<Signature/>"
        parts["xl/threadedComments/threadedComment1.xml"] = thread + b'<threadedComment ref="E7"/></ThreadedComments>'
        name = "xl/worksheets/_rels/sheet1.xml.rels"
        target = b' Target="../threadedComments/threadedComment1.xml"/></Relationships>'
        parts[name] = parts[name].replace(b"</Relationships>", related + target)

    path = tmp_path / "签名.xlsx"
    path.write_bytes(repacked(source.read_bytes(), change))
    raw, warnings = annotated(review(read(path)), path)
    assert any("申报 表 的 E7 有讨论串批注" in warning for warning in warnings)
    assert any("签名不再有效" in warning for warning in warnings)
    assert load_workbook(BytesIO(raw))[FORM]["E7"].comment is None


def test_a_review_of_another_file_says_what_it_did_not_find(source: Path) -> None:
    found = review(read(source))
    found.projects[0].indicators[0].where = "别的表!E7"
    found.projects[0].indicators[1].where = None
    _, warnings = annotated(found, source)
    assert warnings == ["有 2 条指标在原表里找不到所在的单元格，意见只写在汇总里。"]


def test_too_many_comments_are_bounded_worst_first(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marking, "MOST_COMMENTS", 3)
    raw, (warning,) = annotated(review(read(source)), source)
    assert "只批注了问题最重的 3 格" in warning
    sheet = load_workbook(BytesIO(raw))[FORM]
    assert sheet["E7"].comment
    assert "【审核意见】" not in sheet["E8"].comment.text


def test_the_same_review_gives_the_same_bytes(source: Path) -> None:
    found = review(read(source))
    assert annotated(found, source) == annotated(found, source)


PREFIXED = """<?xml version="1.0"?><x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
<!-- <row r="1"> --><x:sheetData>{rows}</x:sheetData></x:worksheet>"""


def test_a_sheet_with_prefixes_and_without_references(source: Path, tmp_path: Path) -> None:
    """Written by programs that are not Excel: no cell says where it stands."""
    said = [
        ("项目名称", "公益电影"),
        ("一级指标", "二级指标", "三级指标", "指标值"),
        ("产出指标", "数量指标", "场次", "按计划完成"),
    ]
    cell = '<x:c t="inlineStr"><x:is><x:t>{}</x:t></x:is></x:c>'
    rows = "".join(f"<x:row>{''.join(map(cell.format, row))}</x:row>" for row in said)
    path = tmp_path / "表.xlsx"
    sheet = PREFIXED.format(rows=rows).encode()
    path.write_bytes(repacked(source.read_bytes(), lambda parts: parts.update({"xl/worksheets/sheet1.xml": sheet})))
    document = read(path)
    raw, _ = annotated(review(document), path)
    marked = load_workbook(BytesIO(raw))[FORM]
    assert colour(marked["D3"]) == COLOURS["error"]
    assert columns(marked) == (5, 2)
    copy = tmp_path / "副本.xlsx"
    copy.write_bytes(raw)
    assert read(copy) == document


def test_several_indicators_in_one_cell_are_told_apart(tmp_path: Path) -> None:
    form = next(form for form in WILD if "all its indicators in one cell" in form.name)
    source = form.write(tmp_path)
    raw, _ = annotated(review(read(source)), source)
    sheet = load_workbook(BytesIO(raw)).worksheets[2]
    column, _ = columns(sheet)
    assert re.search(r"第 1 条 运营零工市场数量：\n.+\n\n第 2 条", sheet.cell(4, column).value, re.DOTALL)


def test_a_strict_workbook_stays_strict(source: Path, tmp_path: Path) -> None:
    def make_strict(parts: dict[str, bytes]) -> None:
        for name in parts:
            parts[name] = (
                parts[name]
                .replace(b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", MAIN_STRICT)
                .replace(b"http://schemas.openxmlformats.org/officeDocument/2006/relationships", OFFICE_STRICT)
            )

    path = tmp_path / "严格.xlsx"
    path.write_bytes(repacked(source.read_bytes(), make_strict))
    document = read(path)
    assert len(document.projects[0].indicators) == 5
    raw, warnings = annotated(review(document), path)
    assert warnings == []
    assert not any(b"openxmlformats.org/spreadsheetml" in contents for contents in parts_of(raw).values())
    copy = tmp_path / "副本.xlsx"
    copy.write_bytes(raw)
    assert read(copy) == document


MAIN_STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
OFFICE_STRICT = b"http://purl.oclc.org/ooxml/officeDocument/relationships"


def test_another_kind_under_the_name_of_a_workbook_gets_a_clean_one(tmp_path: Path) -> None:
    form = next(form for form in WILD if form.name.endswith("xlsx"))
    document = read(form.write(tmp_path))
    path = tmp_path / "其实是.xlsx"
    path.write_bytes(b"\x09\x04\x06\x00")
    raw, (warning,) = annotated(review(document), path)
    assert "旧版 Excel 工作簿" in warning
    assert "绩效目标" in load_workbook(BytesIO(raw)).sheetnames


def test_a_line_of_its_own_is_not_added_each_time(source: Path, tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    path.write_bytes(source.read_bytes())
    texts = set()
    for _ in range(3):
        book, raw = copy_of(path)
        texts.add(book[FORM]["E8"].comment.text)
        path.write_bytes(raw)
    assert len(texts) == 1


def test_damaged_comments_are_left_alone(source: Path, tmp_path: Path) -> None:
    name = "xl/comments/comment1.xml"
    path = tmp_path / "表.xlsx"
    path.write_bytes(repacked(source.read_bytes(), lambda parts: parts.update({name: b"<comments"})))
    raw, (warning,) = annotated(review(read(path)), path)
    assert "原有的批注已损坏" in warning
    assert parts_of(raw)[name] == b"<comments"
    assert b"V101" in b"".join(parts_of(raw)[f"xl/worksheets/sheet{number}.xml"] for number in (1, 3))
