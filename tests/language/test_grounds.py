"""Numbers that stand on something, and numbers that stand on nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.gold import read_documents
from reviewer.language.calculation import calculations
from reviewer.language.grounds import Grounds
from reviewer.language.parsed import Parsed
from reviewer.language.text import fold
from reviewer.pipeline import review
from reviewer.reading import read
from reviewer.rewriting.measures import unit_of

GOAL = (
    "确保28个行政村每个村、每个月有2场放映，培训放映员二十人，设备完好率90%以上，6月30日前完成改造，"
    "举办第三届电影节，观众1.2万人次。"
)


def grounds(*texts: str, amount: float | None = 70.47, units: tuple[str, ...] = ()) -> Grounds:
    return Grounds([Parsed(text) for text in (GOAL, *texts)], amount=amount, year=2023, units=units)


@pytest.mark.parametrize(
    "text",
    [
        "≥20人",
        "≥二十人",
        "≥２０人",
        "≥20 人",
        "≥90%",
        "≥百分之九十",
        "≥12000人次",
        "≥1.2万人次",
        "≤70.47万元",
        "≤704700元",
        "2023年6月30日前",
        "6月30日前",
        "6月底前",
        "年底前",
        "2023年底前",
        "全年",
        "每月2场",
        "第三届电影节举办时间",
        "≥〔待填：全年场次，查放映计划〕场",
        "≥〔待填：28个村×12个月×2场，查名单〕场",
        "统一采购完成率≥〔待填：目标值〕%",
    ],
)
def test_what_the_input_states_is_supported(text: str) -> None:
    assert grounds().unsupported(text) == []


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("≥21人", "≥21人"),
        ("≥20台", "≥20台"),
        ("≥95%", "≥95%"),
        ("≥90分", "≥90分"),
        ("≥九十五人", "≥九十五人"),
        ("80%-90%", "80%-90%"),
        ("≤71万元", "≤71万元"),
        ("2024年6月30日前", "2024年6月30日前"),
        ("2023年12月31日前", "2023年12月31日前"),
        ("7月底前", "7月底前"),
        ("2023年上半年", "2023年上半年"),
        ("每周1次", "每周"),
        ("第四届电影节", "第四"),
        ("达到二级标准", "二"),
        ("0起", "0起"),
        ("≥〔待填：如95%〕%", "95"),
        ("5G覆盖", "5"),
        ("≥2场/车", "≥2场/车"),
    ],
)
def test_what_it_does_not_state_is_not(text: str, piece: str) -> None:
    assert piece in grounds().unsupported(text)


@pytest.mark.parametrize(
    ("text", "explanation"),
    [
        ("≥672场", "按目标，28个行政村×12个月×2场=672场"),
        ("≥672场", "28×12×2＝672"),
        ("≥672场", "二十八个村乘以十二个月乘以两场等于六百七十二场"),
        ("≥56场", "28个村×2场=56场"),
        ("≤1048.66元/场", "28×12×2=672场；70.47万元÷672场=1048.66元/场"),
        ("≥600人次/人", "1.2万人次÷20人=600人次/人"),
        ("≥38人", "20人×(1+90%)=38人"),
    ],
)
def test_stated_arithmetic_supports_what_comes_out(text: str, explanation: str) -> None:
    assert grounds().unsupported(text, explanation) == []


@pytest.mark.parametrize(
    ("text", "explanation"),
    [
        ("≥673场", "28个行政村×12个月×2场=673场"),
        ("≥700场", "28个行政村×25场=700场"),
        ("≥672条", "28个行政村×12个月×2场=672条"),
        ("≥672场", "共672场"),
        ("≥672场", "672场=672场"),
        ("≥336场", "672场÷2=336场"),
        ("≥5场", "20人÷0=5场"),
        ("≥24人", "20人×(1+20%)=24人"),
    ],
)
def test_arithmetic_that_is_wrong_or_from_nowhere_supports_nothing(text: str, explanation: str) -> None:
    assert grounds().unsupported(text, explanation) == [text]


def test_a_bare_number_takes_a_unit_that_the_input_names() -> None:
    bare = [Parsed("35"), Parsed("培训人次")]
    assert Grounds(bare).unsupported("≥35人次") == []
    assert Grounds(bare).unsupported("≥35场") == ["≥35场"]
    assert Grounds([Parsed("35"), Parsed("购置电脑")], units=["台"]).unsupported("≥35台") == []
    assert Grounds([Parsed("≥92"), Parsed("居民满意度")]).unsupported("≥92%") == []
    assert Grounds([Parsed("≥92"), Parsed("居民来信")]).unsupported("≥92%") == ["≥92%"]


def test_a_rhythm_may_follow_from_arithmetic() -> None:
    stated = Grounds([Parsed("全年巡查24次")])
    assert stated.unsupported("每月2次") == ["每月", "2次"]
    assert stated.unsupported("每月2次", "24次÷12个月=2次") == []


@given(st.integers(min_value=100, max_value=99_999), st.sampled_from(["场", "人", "%", "万元", "个", ""]))
def test_no_invented_number_passes(number: int, unit: str) -> None:
    stated = {704_700, 12_000}
    if number not in stated:
        assert grounds().unsupported(f"≥{number}{unit}") != []


@given(st.integers(3, 400), st.integers(3, 400), st.integers(-3, 3))
def test_arithmetic_is_computed_again(left: int, right: int, error: int) -> None:
    stated = Grounds([Parsed(f"{left}个村，每村{right}场")])
    total = left * right + error
    explanation = f"{left}个村×{right}场={total}场"
    supported = stated.unsupported(f"≥{total}场", explanation) == []
    assert supported == (error == 0 or total == right)


def test_every_rewrite_of_the_rules_is_grounded(sample: Path, root: Path) -> None:
    documents = [(read(sample), 2023), *read_documents(root / "data" / "gold" / "drafts_tables.jsonl", None)]
    rewritten = 0
    for document, year in documents:
        for project in review(document, year=year).projects:
            for row in project.indicators:
                if row.rewrite is None:
                    continue
                rewritten += 1
                texts = (row.name, row.cycle_value or "", row.annual_value, project.goal, project.name)
                unit = unit_of(fold(row.name)[0])
                given = Grounds(map(Parsed, texts), amount=project.amount, year=year, units=[unit] if unit else [])
                for text in (row.rewrite.name, row.rewrite.cycle_value or "", row.rewrite.annual_value):
                    assert given.unsupported(text, row.rewrite.explanation) == [], row
    assert rewritten > 100


@given(st.text(alphabet="0123456789×÷+-*/=().%万亿一二三十个场，；“” xX", max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    for found in calculations(text):
        assert found.comes_out in (True, False)
    assert isinstance(grounds().unsupported(text, text), list)


def test_brackets_without_end_are_no_calculation() -> None:
    assert [found.comes_out for found in calculations("(" * 5000 + "2×3=6")] == [False]
