"""The rules of single rows: their catalogue's examples, and the distinctions they must not miss."""

from __future__ import annotations

import pytest

from reviewer.models import Indicator, Project
from reviewer.rules.catalogue import Rule, load_catalogue
from reviewer.rules.engine import ROW_RULES, check_document, check_project
from reviewer.rules.examples import Example

CATALOGUE = load_catalogue()
ON = frozenset(rule.code for rule in CATALOGUE.rules)
ROW_CODES = {code for codes, _ in ROW_RULES for code in codes}
EXAMPLES = [
    pytest.param(rule, kind == "反例", example, id=f"{rule.code} {example.place[-8:]}")
    for rule in CATALOGUE.rules
    if rule.code in ROW_CODES
    for kind in ("反例", "正例")
    for example in rule.examples(kind)  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("rule", "bad", "example"), EXAMPLES)
def test_bad_example_fires_and_good_one_does_not(rule: Rule, bad: bool, example: Example) -> None:
    found = {
        hit.code
        for project in check_document(example.document(), ON)
        for hit in [*project.hits, *(hit for row in project.rows for hit in row.hits)]
    }
    assert (rule.code in found) == bad, example.why


def codes(level2: str, name: str, annual: str, cycle: str | None = None, **project: object) -> set[str]:
    row = Indicator(no=1, level1="", level2=level2, name=name, annual_value=annual, cycle_value=cycle)
    made = Project.model_validate({"name": "示例项目", "indicators": [row], **project})
    return {hit.code for hit in check_project(made, ON, 2024).rows[0].hits}


VAGUE = {"V101", "V102", "V103"}


@pytest.mark.parametrize(
    ("level2", "name", "annual"),
    [
        ("数量指标", "放映场次", "按计划完成，每月2场"),
        ("时效指标", "故障响应", "及时，24小时内"),
        ("时效指标", "活动时间", "1个季度内"),
        ("质量指标", "播出安全", "0停播、0事故"),
        ("时效指标", "纪录片播出", "正片1集"),
        ("时效指标", "手机报推送时效", "工作日每日推送"),
        ("质量指标", "断面水质", "达到Ⅲ类"),
        ("质量指标", "是否通过验收", "是"),
        ("数量指标", "农贸市场改造", "建成并投入使用"),
        ("社会效益指标", "亡人火灾起数", "较上年下降"),
        ("时效指标", "新闻播出时效", "当日新闻当日播出"),
    ],
)
def test_value_that_can_be_verified(level2: str, name: str, annual: str) -> None:
    assert not codes(level2, name, annual) & VAGUE


@pytest.mark.parametrize(
    ("level2", "name", "annual", "code"),
    [
        ("数量指标", "放映场次数量", "按合同约定完成", "V101"),
        ("成本指标", "活动经费", "严格按财务制度执行", "V101"),
        ("社会效益指标", "区域品牌形象", "进一步提升知名度与美誉度", "V102"),
        ("质量指标", "节目制作质量", "导向正确、画面清晰", "V102"),
        ("数量指标", "防火物资", "一批", "V103"),
        ("社会效益指标", "公众知晓度是否明显提高", "是", "V102"),
        ("社会成本指标", "对社会造成的负面影响", "无", "V103"),
    ],
)
def test_why_it_cannot_be_verified(level2: str, name: str, annual: str, code: str) -> None:
    assert codes(level2, name, annual) & VAGUE == {code}


def test_echo_is_one_fault_and_not_two() -> None:
    found = codes("社会效益指标", "为耕地保护提供支撑", "提供支撑")
    assert "M204" in found
    assert not found & VAGUE


@pytest.mark.parametrize(
    ("annual", "cycle", "conflict"),
    [
        ("3次", "每季度1次", True),
        ("4次", "每季度1次", False),
        ("全年5册", "每季度一册，全年精选一册", False),
        ("≥95%", "≥90%", True),
        ("85%以上", "≥87%", False),
        ("≥85%", "85分以上", True),
        ("1500人次", "4500人次", False),
        ("20套", "20台", False),
    ],
)
def test_cycle_and_year(annual: str, cycle: str, conflict: bool) -> None:
    assert ("M206" in codes("数量指标", "服务保障情况", annual, cycle)) == conflict


@pytest.mark.parametrize(
    ("goal", "name", "annual", "conflict"),
    [
        ("改造危桥3座，大中修路面38公里。", "改造危桥", "4座", True),
        ("改造危桥3座，大中修路面38公里。", "改造危桥", "3座", False),
        ("改造危桥3座，大中修路面38公里。", "安装波形护栏", "4公里", False),
        ("三年共改造老旧小区30个。", "改造老旧小区", "10个", False),
        ("修补路面1.2万平方米。", "修补路面面积", "≥12000平方米", False),
        ("灾害发生12小时内受灾群众得到救助。", "受灾群众救助时间", "24小时内", True),
        ("1.整治村庄;2.改造户厕。", "整治村庄", "≥200", False),
    ],
)
def test_goal_and_row(goal: str, name: str, annual: str, conflict: bool) -> None:
    assert ("M206" in codes("数量指标", name, annual, goal=goal)) == conflict


@pytest.mark.parametrize(
    ("level2", "name", "annual", "conflict"),
    [
        ("质量指标", "系统故障率", "≥2%", True),
        ("质量指标", "系统可用率", "≤98%", True),
        ("数量指标", "新建充电桩", "≤40个", True),
        ("数量指标", "进京非访人数", "≤3人次", False),
        ("质量指标", "药物灭螺死亡率", "≥85%", False),
        ("经济成本指标", "设备购置成本", "≥45万元", True),
        ("经济成本指标", "项目总成本", "≤95万元", True),
        ("经济成本指标", "项目总成本", "≤86万元", False),
        ("经济成本指标", "人均培训成本", "≤900000元/人", False),
    ],
)
def test_direction_and_budget(level2: str, name: str, annual: str, conflict: bool) -> None:
    assert ("M206" in codes(level2, name, annual, amount=86)) == conflict


def test_quote_of_every_hit_stands_in_its_field() -> None:
    row = Indicator(
        no=1, level2="数量指标", name="放 映 场 次", annual_value=" 按 合同约定 完成 ", cycle_value="放映场次"
    )
    (result,) = check_project(Project(name="示例项目", goal="", indicators=[row]), ON, 2024).rows
    texts = {"annual_value": result.row.annual, "cycle_value": result.row.cycle, "name": result.row.name_parsed}
    assert result.hits
    for hit in result.hits:
        parsed = texts.get(hit.field)
        if parsed is not None:
            start, end = parsed.span(hit.start, hit.end)
            assert parsed.source[start:end].strip()


def test_what_text_cannot_decide_is_said() -> None:
    row = Indicator(no=1, level2="数量指标", name="培训村医人次", annual_value="≥120人次")
    (result,) = check_project(Project(name="示例项目", indicators=[row]), ON, 2024).rows
    assert {one.code for one in result.unchecked} == {"R501", "A301"}
    assert all(one.why for one in result.unchecked)
