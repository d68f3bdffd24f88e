"""What names denote and what texts without numbers say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.language import phrases
from reviewer.language.classes import Kind, normalise_class
from reviewer.language.goals import stated_numbers
from reviewer.language.names import Denotes, read_name
from reviewer.language.parsed import Parsed
from reviewer.language.text import fold
from reviewer.language.topics import fields


@pytest.mark.parametrize(
    ("name", "denotes"),
    [
        ("竣工验收合格率", Denotes.QUALITY_RATE),
        ("培训后就业率", Denotes.EFFECT_RATE),
        ("数字化任务完成率", Denotes.DONE_RATE),
        ("补贴资金发放率", Denotes.ACT_RATE),
        ("适龄儿童接种率", Denotes.REACH_RATE),
        ("资金使用效率", Denotes.BASELESS_RATE),
        ("案件办理及时率", Denotes.PUNCTUAL_RATE),
        ("高技能人才占比", Denotes.RATE),
        ("沿线群众满意度", Denotes.SATISFACTION),
        ("卫生状况改良满意率", Denotes.SATISFACTION),
        ("培训人次", Denotes.COUNT),
        ("路面修补面积", Denotes.MEASURE),
        ("水标尺宽度", Denotes.SPEC),
        ("日常养护年均成本", Denotes.MONEY),
        ("指标1:完工时间", Denotes.TIME),
        ("检验工作质量", Denotes.QUALITY),
        ("农村人居环境", Denotes.STATE),
        ("采购帐篷", Denotes.OTHER),
    ],
)
def test_name_denotes(name: str, denotes: Denotes) -> None:
    assert read_name(fold(name)[0]).denotes is denotes


@pytest.mark.parametrize(
    ("name", "text", "unit"),
    [
        ("种植作物成活率（≥**%）", "种植作物成活率", ""),
        ("★补助鱼塘面积", "补助鱼塘面积", ""),
        ("保障退休职工人数(人)", "保障退休职工人数", "人"),
        ("指标2:户用厕所改造数量", "户用厕所改造数量", ""),
    ],
)
def test_residue_of_the_form_is_no_part_of_the_name(name: str, text: str, unit: str) -> None:
    read = read_name(fold(name)[0])
    assert (read.text, read.unit) == (text, unit)


@pytest.mark.parametrize(
    "text", ["按合同约定完成", "严格按财务制度执行", "符合现行行业规范", "控制在预算内", "按时建成"]
)
def test_pointer_to_something_not_stated(text: str) -> None:
    assert phrases.reference(text)


@pytest.mark.parametrize("text", ["达到Ⅲ类水质", "通过二级甲等复审", "合格", "评定为良以上", "一级A"])
def test_graded_state(text: str) -> None:
    assert phrases.graded(text)


@pytest.mark.parametrize("text", ["不合格", "制作精良", "二级单位全部接入", "符合一级标准", "良好"])
def test_state_that_nothing_grades(text: str) -> None:
    assert phrases.graded(text) is None


@pytest.mark.parametrize("text", ["0停播、0事故", "零投诉", "不发生重特大火灾", "无安全责任事故"])
def test_none_of_something_bad(text: str) -> None:
    assert phrases.none_of_bad(text)


@pytest.mark.parametrize("text", ["无障碍改造", "无线网络畅通", "提升10%的投诉处理水平"])
def test_not_a_zero(text: str) -> None:
    assert phrases.none_of_bad(text) is None


def test_direction_decides_only_where_something_is_counted() -> None:
    assert phrases.benchmark("较上年下降", counted=True)
    assert phrases.benchmark("较上年下降", counted=False) is None
    assert phrases.benchmark("较上年明显下降", counted=True) is None
    assert phrases.benchmark("不低于上年", counted=False)


def test_slogans_of_different_fields() -> None:
    assert not fields("关注民生民情，反映民众呼声") & fields("丰富受众获取信息渠道")
    assert fields("提升宣传效应") & fields("提升知名度和美誉度")
    assert fields("推动社会发展") == frozenset()


@pytest.mark.parametrize(
    ("level1", "level2", "names"),
    [
        ("1-产出指标", "11-数量指标", ("产出指标", "数量指标", Kind.QUANTITY)),
        ("产出", "产出数量", ("产出指标", "数量指标", Kind.QUANTITY)),
        ("效益指标", "社会效益(10分)", ("效益指标", "社会效益指标", Kind.SOCIAL)),
        ("成本指标", "成本指标", ("成本指标", "经济成本指标", Kind.ECONOMIC_COST)),
        ("产出指标", "14-成本指标", ("产出指标", "成本指标", Kind.COST)),
        ("满意度指标", "", ("满意度指标", "服务对象满意度指标", Kind.SATISFACTION)),
        ("效益指标", "可持续影响", ("效益指标", "可持续影响指标", Kind.SUSTAINABLE)),
    ],
)
def test_class_labels_of_the_forms(level1: str, level2: str, names: tuple[str, str, Kind]) -> None:
    assert normalise_class(level1, level2)[:3] == names


def test_class_that_is_not_understood_stays_as_printed() -> None:
    found = normalise_class("其他", "管理指标")
    assert (found.level1, found.level2, found.exact) == ("其他", "管理指标", False)


def test_number_of_a_goal_keeps_its_own_words() -> None:
    bridges, roads = stated_numbers(Parsed("改造危桥3座、大中修路面38公里，改善出行。"))
    assert "危桥" in bridges.pairs
    assert "危桥" not in roads.pairs
    assert "路面" in roads.pairs


def test_total_of_several_years_is_known() -> None:
    (total,) = stated_numbers(Parsed("2024-2026年三年共改造老旧小区30个"))
    assert total.several_years


@given(st.text(max_size=80))
def test_folding_leads_back(text: str) -> None:
    folded, index = fold(text)
    back = [text[at] for at in index] if index is not None else list(text)
    assert len(back) == len(folded)
    assert all(one == other or not one.isspace() for one, other in zip(folded, back, strict=True))
