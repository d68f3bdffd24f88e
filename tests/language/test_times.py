"""Dates, years, frequencies and periods, and what a year makes of them."""

from __future__ import annotations

import pytest

from reviewer.language.arithmetic import yearly
from reviewer.language.parsed import Parsed


@pytest.mark.parametrize(
    ("text", "kind", "year", "month", "day"),
    [
        ("2024年6月30日前", "date", 2024, 6, 30),
        ("2024-06-30", "date", 2024, 6, 30),
        ("8月底", "date", None, 8, None),
        ("每年12月中旬", "date", None, 12, None),
        ("年底前完成", "date", None, 12, None),
        ("2023年底", "date", 2023, 12, None),
        ("汛期前", "date", None, None, None),
        ("5-7月", "date", None, 7, None),
        ("元旦、春节", "date", None, None, None),
        ("当日新闻当日播出", "date", None, None, None),
        ("2025年", "year", 2025, None, None),
        ("当年完成", "period", None, None, None),
    ],
)
def test_point_in_time(text: str, kind: str, year: int | None, month: int | None, day: int | None) -> None:
    last = Parsed(text).times[-1]
    assert (last.kind, last.year, last.month, last.day) == (kind, year, month, day)


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("每季度1次", 4),
        ("每月两场", 12),
        ("每周一、周三出版", 104),
        ("每周一至周五", 260),
        ("工作日每日推送", 250),
        ("每两个月一期", 6),
        ("半年一次", 2),
        ("90次/年", 1),
        ("逐月拨付", 12),
    ],
)
def test_how_often_a_year(text: str, rate: float) -> None:
    (time,) = [time for time in Parsed(text).times if time.kind == "frequency"]
    assert time.rate == rate


def test_a_period_of_nothing_is_harmless() -> None:
    assert Parsed("每0天巡查1次").times


@pytest.mark.parametrize("text", ["逐年下降", "月报12期", "年均浓度", "日报"])
def test_words_that_only_look_like_a_frequency(text: str) -> None:
    assert [time for time in Parsed(text).times if time.kind == "frequency"] == []


@pytest.mark.parametrize(
    ("text", "amount", "calculation"),
    [
        ("每季度一册，全年精选一册", 5, "4×1+1"),
        ("每季度1次", 4, "4×1"),
        ("确保28个行政村每个村、每个月有2场放映2场电影", 672, "28×12×2"),
        ("5个村每村每季度开展1次宣讲", 20, "5×4×1"),
        ("每月不少于2场", 24, "12×2"),
        ("每半年1次", 2, "2×1"),
        ("每月1次，全年12次", 12, "12×1"),
        ("每季度1期，年底另出专刊2期", 6, "4×1+2"),
    ],
)
def test_how_much_a_year(text: str, amount: float, calculation: str) -> None:
    total = yearly(Parsed(text))
    assert total is not None
    assert (total.amount, total.calculation) == (amount, calculation)


@pytest.mark.parametrize("text", ["每年3次", "全年5册", "工作日每日推送", "每月推荐自学书目", "满意度≥90%", ""])
def test_nothing_to_multiply(text: str) -> None:
    assert yearly(Parsed(text)) is None
