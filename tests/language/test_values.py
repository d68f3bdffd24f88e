"""Quantities as forms write them: number, unit, comparator, and the numbers that are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.language.parsed import Parsed


def read(text: str) -> list[tuple[str, float, str]]:
    return [(value.op, value.low, value.unit) for value in Parsed(text).values]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("≥1486.3公里", [("≥", 1486.3, "公里")]),
        ("不少于98人", [("≥", 98, "人")]),
        ("改造危桥3座以上", [("≥", 3, "个")]),
        ("≤１５分钟", [("≤", 15, "分钟")]),
        ("控制在3元/人次以下", [("≤", 3, "元")]),
        ("1.8万平方米", [("", 18000, "平方米")]),
        ("粉丝量超过30万", [(">", 300000, "")]),
        ("百分之八十五以上", [("≥", 85, "%")]),
        ("培训三十二名村医", [("", 32, "人")]),
        ("两千亩高标准农田", [("", 2000, "亩")]),
        ("5+4个工作日", [("", 9, "天")]),
        ("12/10万以下", [("≤", 12, "/10万")]),
        ("提高5个百分点", [("", 5, "个百分点")]),
        ("1个季度内", [("≤", 1, "季度")]),
        ("24小时内", [("≤", 24, "小时")]),
        ("正片1集", [("", 1, "个")]),
        ("10万+拳头产品数不少于5条", [("≥", 100000, "拳"), ("≥", 5, "条")]),
        ("8,777.20万元", [("", 87772000, "元")]),
        ("1.2万亿元", [("", 1.2e12, "元")]),
        ("装机5万千瓦", [("", 5e7, "瓦")]),
    ],
)
def test_value_is_read(text: str, expected: list[tuple[str, float, str]]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "一批精品力作",  # an article
        "统一采购",
        "二类坝",  # a rank
        "一级A标准",
        "第五届音乐季",  # an ordinal
        "展现科学城五年发展新貌",  # an attribute
        "落实十四五规划",
        "符合穗埔府规〔2021〕14号",  # a file number is of its title, not of the work
        "PM2.5浓度下降",
        "12345热线平台",
        "坚持两个维护",
        "2023年12月底前",
        "按《2022年工作要点》执行",
    ],
)
def test_number_that_counts_nothing(text: str) -> None:
    counted = [value for value in Parsed(text).values if value.unit not in ("", "号")]
    assert counted == []


def test_range_keeps_both_ends() -> None:
    (value,) = Parsed("出动宣传车12—15次").values
    assert (value.low, value.high) == (12, 15)


@pytest.mark.parametrize(
    ("text", "modifier"),
    [
        ("每场100人", "每"),
        ("合计11.4公里", "合计"),
        ("其中寄宿生800人", "其中"),
        ("较2021年提高12%", "baseline"),
        ("共800人", ""),
    ],
)
def test_whose_number_it_is(text: str, modifier: str) -> None:
    assert Parsed(text).values[-1].modifier == modifier


def test_units_of_one_dimension_compare() -> None:
    (metres,), (kilometres,) = Parsed("18000平方米").values, Parsed("1.8公顷").values
    assert metres.base == kilometres.base == 18000
    assert Parsed("118000元").values[0].base == Parsed("11.8万元").values[0].base


def test_what_it_is_counted_by() -> None:
    assert Parsed("不低于590元/人·月").values[0].per == "人·月"
    assert Parsed("完成600条/年新闻视频").values[0].per == "年"


TEXT = st.text(
    alphabet="0123456789.,%‰≥≤<>=万亿千百十一二三两零每季度月年日次场人个元/平方米不少于以上内（）《》〔〕第 \u3000",
    max_size=60,
)


@given(TEXT)
def test_spans_lie_in_the_text_and_in_order(text: str) -> None:
    parsed = Parsed(text)
    end = 0
    for value in parsed.values:
        assert end <= value.start < value.end <= len(parsed.text)
        assert value.low >= 0
        end = value.end
    for item in [*parsed.values, *parsed.times]:
        start, stop = parsed.span(item.start, item.end)
        quote = text[start:stop]
        assert "".join(quote.split()).replace("\u200b", "") != ""


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    parsed = Parsed(text)
    for value in parsed.values:
        start, end = parsed.span(value.start, value.end)
        assert 0 <= start < end <= len(text)
