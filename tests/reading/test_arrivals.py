"""The ways in which a declaration arrives: separators, numbers, tabs, headings, values that look like structure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reviewer.models import Diagnostic, Document
from reviewer.reading.notes import Notes
from reviewer.reading.text import read_text

from .forms import WATER, Form, Item, Row, fields
from .vanished import vanished


def read(text: str) -> Document:
    return read_text(text, "表.txt", Notes())


def found(document: Document, code: str) -> list[Diagnostic]:
    return [item for item in document.diagnostics if item.code == code]


def without_cycles(form: Form) -> Form:
    units = {
        unit: tuple(item._replace(rows=tuple(row._replace(cycle=None) for row in item.rows)) for item in items)
        for unit, items in form.units.items()
    }
    return replace(form, units=units)


WAYS = {
    "as the sample": WATER,
    "ascii separators": WATER.but(separator="; ", colon=":"),
    "blanks around separators": WATER.but(separator=" ； ", colon="： "),
    "tabs lost to blanks": WATER.but(tab="    "),
    "numbered 1.": WATER.but(number="{}."),
    "numbered 1. with a blank": WATER.but(number="{}. "),
    "numbered （1）": WATER.but(number="（{}）"),
    "numbered (1)": WATER.but(number="({})"),
    "numbered 1）": WATER.but(number="{}）"),
    "no class codes": WATER.but(codes=False),
    "no cycle column": without_cycles(WATER),
    "no cycle column and no class codes": without_cycles(WATER).but(codes=False),
    "last indicator without a full stop": WATER.but(last_stop=False),
    "a semicolon for a full stop": WATER.but(stop="；"),
    "an indicator a line": WATER.but(stop="。\n"),
    "no blank line between blocks": WATER.but(gap="\n"),
    "no heading over the blocks": WATER.but(marker=""),
    "a numbered heading": WATER.but(marker="二、绩效指标：\n"),
    "heading and block on one line": WATER.but(marker="绩效指标："),
    "year with 年度": WATER.but(title="2024年度部门预算项目支出绩效目标表"),
    "year in Chinese": WATER.but(title="二〇二四年项目支出绩效目标表"),
    "year without 年": WATER.but(title="2024项目支出绩效目标表"),
}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_says_the_same(way: str) -> None:
    form = WAYS[way]
    document = read(form.text())
    assert fields(document) == form.fields()
    assert document.diagnostics == []
    assert document.budget_year == 2024
    assert document.total == 112.34
    assert [(unit.name, unit.total) for unit in document.units] == [("青禾县水务局", 100), ("青禾县水利站", 12.34)]


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_do_not_matter(end: str) -> None:
    document = read(WATER.text().replace("\n", end))
    assert fields(document) == WATER.fields()
    assert document.projects[0].indicators[0].where == "line 15"


def one(annual: str, cycle: str | None = "≥1次", name: str = "检查次数") -> Form:
    rows = (Row(name, annual, cycle), Row("合格率", "≥98%", "≥98%", ("产出指标", "质量指标")))
    return Form({"青禾县水务局": (Item("水质检查", "检查水质12次。", rows),)})


@pytest.mark.parametrize(
    "value",
    [
        "举办2场培训。推荐1家企业",
        "5个工作日；实质审核7个工作日，拨付5+4个工作日",
        "1、2、3期",
        "检查3、1-产出合格品各5批",
        "检查2、1-产出指标台账12次",
        "丰富受众渠道和形式。",
        "一是：检查；二是：复查",
        "3号机组。4号机组",
        "完成上年度指标值的90%",
        "1.检查12次；2.复查3次",
        "（1）检查；（2）复查",
        "第1、2产出线；第3、4产出线；共4条",
        ">85分",
        "10,000人次",
    ],
)
def test_values_hold_what_looks_like_structure(value: str) -> None:
    for form in (one(value), one("≥1次", cycle=value), one("≥1次", name=value.rstrip("。；"))):
        document = read(form.text())
        assert fields(document) == form.fields()
        assert document.diagnostics == []


def test_a_header_within_a_value_is_no_indicator() -> None:
    text = one("检查2、1-产出指标；11-数量指标；两类台账").text()
    assert fields(read(text)) == one("检查2、1-产出指标；11-数量指标；两类台账").fields()


def test_an_indicator_whose_full_stop_was_lost_is_one() -> None:
    text = one("12次").text().replace("12次。2、", "12次2、")
    assert fields(read(text)) == one("12次").fields()


def test_a_damaged_class_is_read_and_quoted() -> None:
    text = one("12次").text().replace("12-质量指标", "12-质量措标").replace("11-数量指标", "11-效量指杯")
    document = read(text)
    assert [row.name for row in document.projects[0].indicators] == ["检查次数", "合格率"]
    said = "".join(item.message for item in found(document, "D009"))
    assert "11-效量指杯" in said
    assert "12-质量措标" in said


def test_a_label_that_says_more_than_the_class_is_quoted() -> None:
    text = one("12次").text().replace("1-产出指标；12-质量指标", "3-满意度指标；31-受益群众满意度")
    (said,) = read(text).diagnostics
    assert (said.code, said.severity) == ("D009", "hint")
    assert "受益群众满意度" in said.message


def test_a_lost_header_is_noticed() -> None:
    text = one("12次").text().replace("2、1-产出指标；12-质量指标；", "")
    document = read(text)
    assert len(document.projects[0].indicators) == 1
    assert "两个“年度指标值”" in found(document, "D009")[0].message
    assert document.damaged == {(0, 0)}
    assert not vanished(text, document)


def test_points_in_a_class_label_are_kept() -> None:
    text = one("12次").text().replace("11-数量指标", "11-数量指标（15分）")
    row = read(text).projects[0].indicators[0]
    assert (row.level2, row.weight) == ("数量指标", 15)


def test_numbers_are_those_of_the_source() -> None:
    document = read(one("12次").text().replace("2、1-产出", "3、1-产出"))
    assert [row.no for row in document.projects[0].indicators] == [1, 3]
    assert "缺 2" in found(document, "D005")[0].message


def test_what_belongs_nowhere_is_kept_with_its_line() -> None:
    text = WATER.text() + "\n\n注：数据截至10月底。\n填表人：某某  联系电话：123\n"
    document = read(text)
    assert fields(document) == WATER.fields()
    said = {item.where: item.message for item in found(document, "D009")}
    assert "注：数据截至10月底。" in said["line 22"]
    assert "填表人：某某  联系电话：123" in said["line 23"]


def test_a_derived_year_is_said_to_be_derived() -> None:
    document = read(WATER.text().replace("2024年项目", "项目", 1))
    assert document.budget_year == 2024
    assert "2024 年" in document.diagnostics[0].message
    unknown = read(WATER.text().replace("2024年", ""))
    assert unknown.budget_year is None
    assert "预算年度留空" in unknown.diagnostics[0].message


def test_head_lines_may_share_a_line_and_stand_below_the_table() -> None:
    head = "2024年项目支出绩效目标表\n部门名称：青禾县水务局\t\t单位：万元\n"
    text = WATER.text()
    text = head + text[text.index("项目名称") :].replace("\n\n绩效指标", "\n------\t----\n\n（单位：万元）\n\n绩效指标")
    document = read(text)
    assert document.title == "2024年项目支出绩效目标表"
    assert document.department == "青禾县水务局"
    assert fields(document) == WATER.fields()
    assert document.diagnostics == []


@pytest.mark.parametrize(
    "move",
    [
        lambda text: text.replace("单位：万元", "单位：元"),
        lambda text: text.replace("单位：万元\n", "").replace("\n\n绩效指标", "\n（单位：元）\n\n绩效指标"),
        lambda text: text.replace("单位：万元\n", "").replace("\t总计\t", "\t总计（元）\t"),
    ],
)
def test_amounts_in_yuan_become_wanyuan(move: object) -> None:
    assert callable(move)
    document = read(move(WATER.text()))
    assert document.unit_of_money == "万元"
    assert document.total == 0.011234
    assert document.projects[0].amount == 0.006
    assert any("换算成万元" in item.message for item in document.diagnostics)
