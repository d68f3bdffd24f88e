"""A page break may cut anywhere, lose text or print the edge of a page twice."""

from __future__ import annotations

import pytest

from reviewer.models import Diagnostic, Document
from reviewer.reading.notes import Notes
from reviewer.reading.seams import repeated
from reviewer.reading.text import read_text

from .forms import WATER, Form, Item, Row, Style, fields
from .vanished import vanished

STYLES = {
    "as the sample": WATER,
    "ascii separators": WATER.but(separator="; ", colon=":", number="{}."),
    "no codes": WATER.but(codes=False, number="（{}）", gap="\n"),
}
SEAMS = {"blank line": "\n\n", "page number": "\n\n- 3 -\n\n", "bare page number": "\n\n12\n\n", "form feed": "\n\f"}


def read(text: str) -> Document:
    return read_text(text, "表.txt", Notes())


def found(document: Document, code: str) -> list[Diagnostic]:
    return [item for item in document.diagnostics if item.code == code]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("seam", SEAMS)
def test_a_cut_anywhere_changes_no_field_and_is_reported(style: str, seam: str) -> None:
    form = STYLES[style]
    text = form.text()
    begin = text.index("绩效指标\n") + len("绩效指标\n")
    for at in range(begin + 1, len(text) - 1):
        if "\n" in text[at - 1 : at + 1]:
            continue
        if seam == "bare page number" and text[at] in "、.）":
            continue  # 1 and 12 between blank lines: nothing tells which is the page
        document = read(text[:at] + SEAMS[seam] + text[at:])
        place = f"{text[at - 9 : at]}|{text[at : at + 9]}"
        assert fields(document) == form.fields(), place
        assert not vanished(text, document), place
        between_indicators = text[at - 1] == "。" and text[at] in "（123"
        reported = any(item.code == "D003" for item in document.diagnostics)
        assert reported != between_indicators, place


def test_a_row_is_damaged_only_where_a_field_was_cut() -> None:
    text = WATER.text()
    within_label = text.replace("实施周期指标值：≥26公里", "实施周期\n\n指标值：≥26公里")
    within_value = text.replace("；年度指标值：2024年10月底前", "；年度指标值：2024年\n\n10月底前")
    assert read(within_label).damaged == set()
    assert [item.severity for item in found(read(within_label), "D003")] == ["hint"]
    assert read(within_value).damaged == {(0, 1)}
    assert [item.severity for item in found(read(within_value), "D003")] == ["warning"]


def test_wrapped_lines_are_no_damage() -> None:
    text = WATER.text()
    begin = text.index("绩效指标\n") + len("绩效指标\n")
    blocks = text[begin:].split("\n\n")
    wrapped = "\n\n".join("\n".join(block[at : at + 20] for at in range(0, len(block), 20)) for block in blocks)
    document = read(text[:begin] + wrapped)
    assert fields(document) == WATER.fields()
    assert document.damaged == set()
    assert {item.severity for item in document.diagnostics} == {"hint"}


def one(*rows: Row) -> Form:
    return Form({"青禾县水务局": (Item("供水管网改造", "改造管网26公里。", rows),)}, Style())


def test_an_edge_printed_twice_is_read_once() -> None:
    text = one(Row("用水户满意度", "农村用水户满意度≥90%", "≥90%")).text()
    document = read(text.replace("农村用水户", "农村用\n\n农村用水户"))
    assert document.projects[0].indicators[0].annual_value == "农村用水户满意度≥90%"
    assert "“农村用”" in found(document, "D003")[0].message


def test_an_edge_printed_twice_is_known_though_misread() -> None:
    text = one(Row("政策影响", "通过媒体宣传，在本县营造节水氛围", "在全县形成影响")).text()
    cut = text.replace("在本县营造", "在本县\n\n正全县刑成影晌：年度指标值：通过媒休宣传，在我县营造")
    document = read(cut)
    row = document.projects[0].indicators[0]
    assert row.annual_value == "通过媒体宣传，在本县营造节水氛围"
    assert row.cycle_value == "在全县形成影响"
    (seam,) = found(document, "D003")
    assert "正全县刑成影晌：年度指标值：通过媒休宣传，在我县" in seam.message
    assert "在本县" in seam.message
    assert document.damaged == {(0, 0)}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("预算1000", "000元"),
        ("每周一按时出版，", "每周三按时出版。"),
        ("实施周期指标值：≥26公里；年", "度指标值：≥26公里。2、1-产出指标"),
        ("实施周期指标值：按期完成；年度", "指标值：按期完成。"),
        ("", "农村用水户"),
        ("农村", "农村"),
    ],
)
def test_what_is_alike_by_nature_is_no_repetition(left: str, right: str) -> None:
    assert repeated(left, right) == 0


def test_a_goal_goes_on_in_the_next_row() -> None:
    text = WATER.text().replace("26公里，10月底前完工。", "26公里，10月\n\n\t\t\t\t\t底前完工。")
    document = read(text)
    assert document.projects[0].goal == "改造村级供水管网26公里，10月底前完工。"
    assert [(item.severity, item.where) for item in found(document, "D003")] == [("hint", "line 11")]


def test_a_goal_goes_on_over_several_rows_and_without_tabs() -> None:
    rows = "改造村级供水管网\n\t\t\t\t\t26公里，\n10月底前完工。"
    document = read(WATER.text().replace("改造村级供水管网26公里，10月底前完工。", rows))
    assert document.projects[0].goal == "改造村级供水管网26公里，10月底前完工。"
    assert len(found(document, "D003")) == 2


def test_a_goal_that_lost_its_closing_quote_is_doubtful() -> None:
    document = read(WATER.text().replace("改造村级供水管网26公里，", "实施“村村通\n\n\t\t\t\t\t改造，"))
    (seam,) = found(document, "D003")
    assert seam.severity == "warning"
    assert "不成对" in seam.message


def test_an_indicator_that_breaks_off_is_kept_in_the_diagnostic() -> None:
    text = WATER.text().replace("实施周期指标值：≥90%；年度指标值：≥90%。", "实施周")
    document = read(text)
    assert [row.no for row in document.projects[0].indicators] == [1, 2]
    (cut,) = found(document, "D004")
    assert cut.severity == "error"
    assert "“3、3-满意度指标；31-服务对象满意度；用水户满意度；实施周”" in cut.message
    assert "村级供水管网改造" in cut.message
    assert [len(project.indicators) for project in document.projects] == [2, 2, 2]


def test_the_number_of_an_indicator_that_broke_off_may_come_again() -> None:
    text = WATER.text().replace(
        "2、1-产出指标；12-质量指标；验收合格率；",
        "2、1-产出指标；13-时效指标；完工时间；实施周\n\n值：10月。2、1-产出指标；12-质量指标；验收合格率；",
    )
    document = read(text)
    assert fields(document) == WATER.fields()
    assert "值：10月。”" in found(document, "D004")[0].message
    assert found(document, "D005") == []


@pytest.mark.parametrize(
    "left", [f"{begin}" for begin in ("3", "3、", "3、1", "3、1-产", "3、1-产出指标；", "3、1-产出指标；12-质")]
)
def test_a_header_that_breaks_off_at_the_end_stays_out_of_the_value_before(left: str) -> None:
    text = WATER.text().rstrip("\n") + left
    document = read(text)
    assert fields(document) == WATER.fields()
    assert f"“{left}”" in found(document, "D004")[0].message


@pytest.mark.parametrize("size", range(1, 200, 3))
def test_a_file_cut_off_keeps_every_indicator_before_the_cut(size: int) -> None:
    text = WATER.text().rstrip("\n")[:-size]
    document = read(text)
    whole = text.count("。2、") + text.count("。3、") + text.count("\n1、") - 1
    got = [row for project in fields(document) for row in project[4:]]
    want = [row for project in WATER.fields() for row in project[4:]]
    assert got[:whole] == want[:whole]
    assert not vanished(text, document)
