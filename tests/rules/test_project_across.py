"""S903 and S904: copies and double counts between the projects of one document."""

from __future__ import annotations

from time import process_time

import pytest

from reviewer.models import Document, Indicator, Project
from reviewer.rules.across import Across
from reviewer.rules.answers import Hit
from reviewer.rules.catalogue import load_catalogue
from reviewer.rules.engine import check_document

GOAL = "改善农村人居环境，增强群众获得感。"


def row(name: str, annual: str, level2: str = "数量指标", cycle: str | None = None) -> Indicator:
    return Indicator(no=1, level2=level2, name=name, annual_value=annual, cycle_value=cycle)


def found(*projects: Project) -> list[list[Hit]]:
    across = Across(projects)
    return [list(across.answers(at)) for at in range(len(projects))]


def test_copied_goal_names_the_other_projects_but_not_itself() -> None:
    first, second, other = found(
        Project(name="村道硬化", goal=GOAL),
        Project(name="改厕", goal=GOAL),
        Project(name="路灯", goal="安装路灯80盏，年底亮灯。"),
    )
    assert [hit.message for hit in first] == ["绩效目标与“改厕”相同，没有针对本项目。"]
    assert [hit.message for hit in second] == ["绩效目标与“村道硬化”相同，没有针对本项目。"]
    assert other == []


def test_many_copies_are_counted_and_five_named() -> None:
    (hit,) = found(*(Project(name=f"项目{at}", goal=GOAL) for at in range(9)))[0]
    assert hit.message.count("“项目") == 5
    assert "等 8 个项目" in hit.message


def test_short_goal_is_no_copy() -> None:
    assert found(Project(name="甲", goal="保障运转。"), Project(name="乙", goal="保障运转。")) == [[], []]


def test_copied_description_and_common_target() -> None:
    text = "推动行业高质量发展，有效提升服务水平，取得良好成效"
    first, second = found(
        Project(name="护理员培训", indicators=[row("效果", text, "社会效益指标"), row("合格率", "100%", "质量指标")]),
        Project(
            name="消防训练",
            indicators=[row("训练效果", "明显", "社会效益指标", text), row("合格率", "100%", "质量指标")],
        ),
    )
    assert [hit.code for hit in first] == ["S903"]
    assert "“消防训练”" in first[0].message
    assert [hit.code for hit in second] == ["S903"]


def test_copied_set_is_reported_once() -> None:
    rows = [row("维修面积", "≥3000平方米"), row("合格率", "100%"), row("师生满意度", "≥95%")]
    (hit,) = found(Project(name="学校", indicators=rows), Project(name="医院", indicators=rows))[0]
    assert (hit.code, hit.field) == ("S903", "indicators")
    assert "整套指标" in hit.message


@pytest.mark.parametrize(
    ("first", "second", "double"),
    [
        (("道路清扫保洁面积", "≥120万平方米"), ("道路清扫保洁面积", "1200000平方米"), True),
        (("签约居民人数", "3.2万人"), ("签约居民人数", "32000人"), True),
        (("农产品检测批次", "1100批次"), ("农产品检测批次数", "≥1100批次"), True),
        (("视频节目", "完成600条/年新闻视频拍摄制作任务"), ("新闻视频", "完成600条/年新闻视频拍摄、编辑任务"), True),
        (("城区道路保洁面积", "120万平方米"), ("乡镇道路保洁面积", "120万平方米"), False),
        (("道路清扫保洁面积", "120万平方米"), ("道路清扫保洁面积", "80万平方米"), False),
        (("医保结算系统", "1套"), ("医保结算系统", "1套"), False),
        (("培训人次", "200人次"), ("培训人次", "200人次"), False),
        (("雾炮车风炮射程", "80米"), ("雾炮车风炮射程", "80米"), False),
        (("健康档案建档率", "90%"), ("健康档案建档率", "90%"), False),
        (("宣传活动", "覆盖12个乡镇行政村全部人口"), ("义诊", "覆盖12个乡镇行政村全部人口"), False),
    ],
)
def test_double_counted_output(first: tuple[str, str], second: tuple[str, str], double: bool) -> None:
    hits = found(Project(name="甲", indicators=[row(*first)]), Project(name="乙", indicators=[row(*second)]))
    assert [[hit.code for hit in project] for project in hits] == ([["S904"], ["S904"]] if double else [[], []])


def test_same_output_of_two_units_is_a_hint() -> None:
    rows = [row("签约居民人数", "3.2万人")]
    apart = found(Project(name="甲", unit="城东", indicators=rows), Project(name="乙", unit="城西", indicators=rows))
    assert [[hit.severity for hit in project] for project in apart] == [["hint"], ["hint"]]
    together = found(Project(name="甲", unit="城东", indicators=rows), Project(name="乙", unit="城东", indicators=rows))
    assert [hit.severity for hit in together[0]] == [None]


def test_document_reports_only_rules_that_are_on() -> None:
    document = Document(projects=[Project(name="甲", goal=GOAL), Project(name="乙", goal=GOAL)])
    on = load_catalogue().select(["S903"])
    assert [[hit.code for hit in project.hits] for project in check_document(document, on)] == [["S903"], ["S903"]]
    assert not any(project.hits for project in check_document(document, load_catalogue().select(["S904"])))


def test_twenty_thousand_copies_are_grouped_in_linear_time() -> None:
    text = "推动行业高质量发展，有效提升服务水平，取得良好成效"
    rows = [row("效果", text, "社会效益指标"), row("签约居民人数", "3.2万人")]
    projects = [
        Project.model_construct(name=f"项目{at}", goal=GOAL, unit=None, indicators=rows) for at in range(20_000)
    ]
    begun = process_time()
    across = Across(projects)
    assert all(list(across.answers(at)) for at in range(0, len(projects), 10))
    assert process_time() - begun < 10  # seconds; pairwise comparison would take hours
