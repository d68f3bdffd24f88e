"""Word documents: the order of the page, merged cells, what stands in wrappers, and packages made to do harm."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from reviewer.errors import InputError
from reviewer.reading.grid import Grid
from reviewer.reading.notes import Notes
from reviewer.reading.word import read_word

W = nsdecls("w")


def saved(paper: Any) -> bytes:
    buffer = BytesIO()
    paper.save(buffer)
    return buffer.getvalue()


def read(raw: bytes) -> tuple[Grid, list[str]]:
    notes = Notes()
    [grid] = read_word(raw, "表.docx", notes)
    return grid, [note.message for note in notes.in_order()]


def texts(grid: Grid) -> list[list[str | None]]:
    return [[cell and cell.text for cell in row.cells] for row in grid.rows]


def body(*elements: str) -> bytes:
    """Return a document whose body holds *elements*, in XML."""
    paper = docx.Document()
    for element in elements:
        paper.element.body.insert(-1, parse_xml(element.replace(">", f" {W}>", 1)))
    return saved(paper)


def paragraph(inside: str) -> str:
    return f"<w:p>{inside}</w:p>"


def run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def cell(inside: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inside}</w:tc>"


def test_paragraphs_and_tables_come_in_the_order_of_the_page() -> None:
    paper = docx.Document()
    paper.add_paragraph("绩效目标表")
    paper.add_table(1, 2).rows[0].cells[1].text = "一"
    paper.add_paragraph("（万元）")
    paper.add_table(2, 1).rows[1].cells[0].text = "二"
    grid, _ = read(saved(paper))
    assert texts(grid) == [["绩效目标表"], [None, "一"], ["（万元）"], [None], ["二"]]
    assert [row.table for row in grid.rows] == [0, 1, 0, 2, 2]
    wheres = [found.where for row in grid.rows for _, found in row.distinct()]
    assert wheres == ["paragraph 1", "table 1, row 1", "paragraph 2", "table 2, row 2"]


def test_merged_cells_are_one_cell() -> None:
    paper = docx.Document()
    table = paper.add_table(3, 3)
    table.cell(0, 0).merge(table.cell(1, 1)).text = "产出指标"
    table.cell(0, 2).text, table.cell(1, 2).text, table.cell(2, 1).text = "甲", "乙", "丙"
    grid, _ = read(saved(paper))
    assert texts(grid) == [["产出指标", "产出指标", "甲"], ["产出指标", "产出指标", "乙"], [None, "丙", None]]
    merged = {id(grid.rows[row].cells[column]) for row in (0, 1) for column in (0, 1)}
    assert len(merged) == 1


def test_equal_neighbours_are_not_merged() -> None:
    paper = docx.Document()
    table = paper.add_table(2, 1)
    table.cell(0, 0).text = table.cell(1, 0).text = "无"
    grid, _ = read(saved(paper))
    assert grid.rows[0].cells[0] is not grid.rows[1].cells[0]


def test_rows_that_begin_later_keep_their_columns() -> None:
    later = '<w:tr><w:trPr><w:gridBefore w:val="1"/></w:trPr>' + cell(paragraph(run("乙"))) + "</w:tr>"
    first = "<w:tr>" + cell(paragraph(run("甲"))) + cell(paragraph(run("一"))) + "</w:tr>"
    grid, _ = read(body(f"<w:tbl>{first}{later}</w:tbl>"))
    assert texts(grid) == [["甲", "一"], [None, "乙"]]


def test_what_stands_in_controls_links_and_insertions_is_read() -> None:
    inside = (
        f"<w:sdt><w:sdtContent>{run('28个')}</w:sdtContent></w:sdt>"
        f'<w:hyperlink w:anchor="a">{run("行政村")}</w:hyperlink>'
        f'<w:ins w:id="1" w:author="a">{run("每月")}</w:ins><w:r><w:br/></w:r>{run("2场")}'
    )
    control = f"<w:sdt><w:sdtContent>{paragraph(run('整段'))}</w:sdtContent></w:sdt>"
    grid, notes = read(body(paragraph(inside), control))
    assert texts(grid) == [["28个行政村每月\n2场"], ["整段"]]
    assert notes == []


def test_what_was_deleted_is_left_out_and_said() -> None:
    deleted = '<w:del w:id="1" w:author="a"><w:r><w:delText>100场</w:delText></w:r></w:del>'
    grid, notes = read(body(paragraph(deleted + run("672场"))))
    assert texts(grid) == [["672场"]]
    assert any("100场" in note for note in notes)


def test_a_field_shows_its_result_and_not_its_code() -> None:
    code = '<w:r><w:instrText>HYPERLINK "http://127.0.0.1" DDEAUTO</w:instrText></w:r>'
    grid, _ = read(body(paragraph(code + run("结果"))))
    assert texts(grid) == [["结果"]]


def test_a_table_in_a_cell_follows_the_table_around_it() -> None:
    inner = "<w:tbl><w:tr>" + cell(paragraph(run("里"))) + "</w:tr></w:tbl>"
    outer = "<w:tbl><w:tr>" + cell(paragraph(run("外")) + inner + paragraph("")) + "</w:tr></w:tbl>"
    grid, _ = read(body(outer))
    assert texts(grid) == [["外"], ["里"]]
    assert [row.table for row in grid.rows] == [1, 2]


def test_boxes_heads_and_feet_are_read_once() -> None:
    box = (
        '<w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f"<mc:Choice><w:txbxContent>{paragraph(run('框里的字'))}</w:txbxContent></mc:Choice>"
        f"<mc:Fallback><w:txbxContent>{paragraph(run('框里的字'))}</w:txbxContent></mc:Fallback></mc:AlternateContent></w:r>"
    )
    paper = docx.Document(BytesIO(body(paragraph(run("正文") + box))))
    paper.sections[0].header.paragraphs[0].text = "青禾县财政局"
    paper.sections[0].footer.paragraphs[0].text = "3"
    grid, _ = read(saved(paper))
    assert texts(grid) == [["正文"], ["框里的字"], ["青禾县财政局"]]


def boxed(inside: str) -> str:
    return f"<w:r><w:pict><w:txbxContent>{inside}</w:txbxContent></w:pict></w:r>"


def test_a_box_in_a_box_is_read_once() -> None:
    inside = run("里")
    for _ in range(40):  # read twice at each level, it would take forever
        inside = boxed(paragraph(inside))
    assert texts(read(body(paragraph(inside)))[0]) == [["里"]]
    grid, _ = read(body("<w:tbl><w:tr>" + cell(paragraph(inside)) + "</w:tr></w:tbl>"))
    assert texts(grid) == [["里"]]


def test_a_table_in_a_box_in_a_cell_is_not_lost() -> None:
    inner = "<w:tbl><w:tr>" + cell(paragraph(run("框中表"))) + "</w:tr></w:tbl>"
    grid, _ = read(body("<w:tbl><w:tr>" + cell(paragraph(boxed(inner))) + "</w:tr></w:tbl>"))
    assert texts(grid) == [[None], ["框中表"]]


def test_symbols_and_formulas_are_text() -> None:
    at_least = '<w:r><w:sym w:font="Symbol" w:char="F0B3"/></w:r>'
    ticked = '<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>'
    strange = '<w:r><w:sym w:font="Webdings" w:char="F021"/></w:r>'
    m = "http://schemas.openxmlformats.org/officeDocument/2006/math"
    formula = f'<m:oMath xmlns:m="{m}"><m:r><m:t>≤3%</m:t></m:r></m:oMath>'
    grid, _ = read(body(paragraph(at_least + run("95%")), paragraph(formula), paragraph(ticked + strange)))
    assert texts(grid) == [["≥95%"], ["≤3%"], ["☑\ufffd"]]


def test_how_a_word_is_pronounced_is_left_out() -> None:
    ruby = f"<w:r><w:ruby><w:rt>{run('ㄔㄥˊ')}</w:rt><w:rubyBase>{run('程')}</w:rubyBase></w:ruby></w:r>"
    assert texts(read(body(paragraph(run("工") + ruby)))[0]) == [["工程"]]


def test_a_long_table_is_read_in_one_go() -> None:
    row = "<w:tr>" + cell(paragraph(run("指标"))) * 8 + "</w:tr>"
    grid, _ = read(body(f"<w:tbl>{row * 5_000}</w:tbl>"))
    assert len(grid.rows) == 5_000


def test_a_claim_of_a_million_columns_is_not_believed() -> None:
    wide = cell(paragraph(run("宽")), '<w:gridSpan w:val="1000000"/>')
    grid, _ = read(body(f"<w:tbl><w:tr>{wide}</w:tr></w:tbl>"))
    assert len(grid.rows[0].cells) <= 200


# Files nobody can read ------------------------------------------------------------------------------------------------

GOOD = body(paragraph(run("正文")))


def changed(**parts: bytes | None) -> bytes:
    """Return the good document with parts exchanged, added or (None) taken out; names with __ for /."""
    names = {name.replace("__", "/").replace("_xml", ".xml"): content for name, content in parts.items()}
    buffer = BytesIO()
    with zipfile.ZipFile(BytesIO(GOOD)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            if info.filename not in names:
                new.writestr(info, old.read(info))
        for name, content in names.items():
            if content is not None:
                new.writestr(name, content)
    return buffer.getvalue()


DOCUMENT = f'<?xml version="1.0"?>%s<w:document {W}><w:body>%s</w:body></w:document>'


RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
FOOTNOTES = {
    "word/_rels/document.xml.rels": b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="x" Type="%s/footnotes" Target="footnotes.xml"/></Relationships>' % RELATIONS.encode()
}


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (GOOD[: len(GOOD) // 2], "表.docx"),
        (changed(word__document_xml=(DOCUMENT % ("<!DOCTYPE a [<!ENTITY b 'x'>]>", "&b;")).encode()), "DOCTYPE"),
        (changed(word__document_xml=b"<w:document"), "表.docx"),
        (changed(word__document_xml=None), "表.docx"),
        (changed(word__document_xml=f"<w:document {W}/>".encode()), "内部结构坏了"),
        (changed(word__document_xml=(DOCUMENT % ("", "<w:p/>" * 2_100_000)).encode()), "2,000,000 个的上限"),
        (changed(**{f"word/theme{n}.xml": b"<a>" + b" " * 9_000_000 + b"</a>" for n in range(3)}), "24 MiB 的上限"),
        (changed(word__footnotes_xml=b"<w:footnotes", **FOOTNOTES), "页眉、页脚或脚注坏了"),
        (changed(word__document_xml=(DOCUMENT % ("", " " * 60_000_000)).encode()), "表.docx"),
        (saved(docx.Document()), "没有文字"),
    ],
    ids=["half", "entities", "cut XML", "no part", "no body", "tags", "parts", "cut footnotes", "bomb", "empty"],
)
def test_it_is_refused_with_a_reason(raw: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read(raw)


def test_a_workbook_under_the_name_of_a_document_is_told() -> None:
    import openpyxl

    with pytest.raises(InputError, match="Excel"):
        read(saved(openpyxl.Workbook()))


def test_links_to_elsewhere_are_not_followed() -> None:
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="x" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/header" TargetMode="External" '
        'Target="file:///etc/passwd"/></Relationships>'
    )
    grid, _ = read(changed(word___rels__document_xml=None, **{"word/_rels/document.xml.rels": relations.encode()}))
    assert texts(grid) == [["正文"]]


def test_macros_are_not_run_and_said() -> None:
    _, notes = read(changed(**{"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"}))
    assert any("宏" in note for note in notes)
