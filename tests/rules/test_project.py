"""G801–G805, coverage, S901, S902, S905, S906: a project as a whole."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.language.parsed import Parsed
from reviewer.models import Indicator, Project
from reviewer.rules.answers import Hit
from reviewer.rules.catalogue import Rule, load_catalogue
from reviewer.rules.clauses import read_clauses
from reviewer.rules.coverage import LONGEST_GOAL
from reviewer.rules.elements import elements
from reviewer.rules.engine import ProjectResult, check_document, check_project
from reviewer.rules.examples import Example
from reviewer.rules.project import judge_project
from reviewer.rules.row import ProjectFacts, Row

CATALOGUE = load_catalogue()
ON = CATALOGUE.select()
EXAMPLES = [
    pytest.param(rule, kind == "反例", example, id=f"{rule.code} {example.place[-8:]}")
    for rule in CATALOGUE.rules
    if rule.applies_to == "project"
    for kind in ("反例", "正例")
    for example in rule.examples(kind)
]

QUANTITY, QUALITY, TIMELY, BENEFIT = "数量指标", "质量指标", "时效指标", "社会效益指标"


@pytest.mark.parametrize(("rule", "bad", "example"), EXAMPLES)
def test_bad_example_fires_and_good_one_does_not(rule: Rule, bad: bool, example: Example) -> None:
    found = {hit.code for project in check_document(example.document(), ON) for hit in project.hits}
    assert (rule.code in found) == bad, example.why


def judged(
    goal: str, *rows: tuple[str, str, str], name: str = "示例项目", amount: float | None = 50.0
) -> ProjectResult:
    indicators = [
        Indicator(no=number, level2=level2, name=row, annual_value=annual)
        for number, (level2, row, annual) in enumerate(rows, 1)
    ]
    return check_project(Project(name=name, goal=goal, amount=amount, indicators=indicators), ON, 2024)


def hits(result: ProjectResult, code: str) -> list[Hit]:
    return [hit for hit in result.hits if hit.code == code]


def quotes(result: ProjectResult, code: str) -> list[str]:
    return [result.facts.goal.text[hit.start : hit.end] for hit in hits(result, code)]


def coverage(result: ProjectResult) -> dict[str, list[int]]:
    return {one.element: one.indicators for one in result.coverage}


# Reading a goal


@pytest.mark.parametrize(
    ("clause", "kind"),
    [
        ("购置除雪车4台", "task"),
        ("危桥改造3座", "task"),
        ("开展职业技能培训", "task"),
        ("优良天数比率不低于80%", "task"),
        ("进一步改善出行条件", "outcome"),
        ("村容村貌明显改善", "outcome"),
        ("维护当事人合法权益", "outcome"),
        ("农业生产条件得到改善", "outcome"),
        ("是建设文明城市的必然要求", "background"),
        ("根据《安全生产法》有关规定", "background"),
        ("现有泵站25座", "background"),
        ("落实上级部署要求", "background"),
        ("三年累计培训900人次", "aside"),
        ("在全区主要路口", "aside"),
    ],
)
def test_kind_of_a_clause(clause: str, kind: str) -> None:
    assert [one.kind for one in read_clauses(Parsed(clause))] == [kind]


def test_signs_in_titles_and_brackets_cut_nothing() -> None:
    goal = "宣传《条例，解读；问答》2场（含线上，线下），编印手册500册"
    assert [clause.text for clause in read_clauses(Parsed(goal))] == [
        "宣传《条例,解读;问答》2场(含线上,线下)",
        "编印手册500册",
    ]


def test_numbering_is_no_number() -> None:
    goal = "目标1：造林1.2万亩；2.整治村庄12个；（三）修复河道8公里。"
    assert [(clause.text, len(clause.values)) for clause in read_clauses(Parsed(goal))] == [
        ("造林1.2万亩", 1),
        ("整治村庄12个", 1),
        ("修复河道8公里", 1),
    ]


def test_aims_of_several_years_promise_nothing_for_this_one() -> None:
    goal = "中期目标：新建道路169公里。年度目标：新建道路30公里。"
    assert [clause.kind for clause in read_clauses(Parsed(goal))] == ["aside", "task"]
    assert not hits(judged(goal, (QUANTITY, "新建道路里程", "30公里")), "G805")


@pytest.mark.parametrize(
    ("goal", "parts"),
    [
        ("组织开展课题调研、理论宣讲、志愿服务等工作", ["组织开展课题调研", "理论宣讲", "志愿服务等工作"]),
        ("通过举办展览、研学、演出等形式", ["通过举办展览、研学、演出等形式"]),
        ("完成25台锅炉淘汰、18家企业治理", ["完成25台锅炉淘汰", "18家企业治理"]),
        ("采购帐篷、棉被等物资", ["采购帐篷、棉被等物资"]),
    ],
)
def test_lists_are_taken_apart_where_each_part_is_a_task(goal: str, parts: list[str]) -> None:
    assert [element.text for element in elements(read_clauses(Parsed(goal)))] == parts


@given(st.text(alphabet="购置改善培训《》“”（），。；：、是的2030%座公里要求 1.目标年", max_size=60))
def test_clauses_lie_in_the_goal_in_order(goal: str) -> None:
    parsed = Parsed(goal)
    at = 0
    for clause in read_clauses(parsed):
        assert at <= clause.start < clause.end <= len(parsed.text)
        assert clause.text == parsed.text[clause.start : clause.end]
        assert len(clause.bare) == len(clause.text)
        at = clause.end


# G801–G803


def test_goal_rules_exclude_each_other() -> None:
    for goal in ("", "示例项目。", "进一步提升水平", "垃圾分类关系千家万户", "维修校舍"):
        found = [hit for hit in judged(goal).hits if hit.code in ("G801", "G802", "G803")]
        assert len(found) == 1, goal


@pytest.mark.parametrize(
    "goal",
    [
        "举办首届乡村文化节",
        "每月开展巡查",
        "年底前完成搬迁",
        "建成档案馆并投入使用",
        "全市空气质量达到优良",
        "全年不发生安全事故",
        "拍摄纪录片《大河》",
    ],
)
def test_goal_that_can_be_checked(goal: str) -> None:
    assert not hits(judged(goal), "G802")


def test_work_without_extent_is_a_hint_and_a_slogan_a_warning() -> None:
    assert [hit.severity for hit in hits(judged("为老年人发放高龄津贴"), "G802")] == ["hint"]
    assert [hit.severity for hit in hits(judged("切实提升服务水平"), "G802")] == [None]


# Coverage, G804, G805


def test_coverage_names_the_indicators_of_each_element() -> None:
    result = judged(
        "新建香菇大棚120座，改造低产茶园1500亩，带动群众增收，巩固脱贫成果。",
        (QUANTITY, "新建香菇大棚", "120座"),
        (QUANTITY, "低产茶园改造面积", "≥1500亩"),
        (BENEFIT, "带动群众增收", "≥800元/人"),
        ("服务对象满意度指标", "群众满意度", "≥95%"),
    )
    assert coverage(result) == {
        "新建香菇大棚120座": [1],
        "改造低产茶园1500亩": [2],
        "带动群众增收": [3],
        "巩固脱贫成果": [],
    }
    assert [answer.code for answer in result.unchecked] == ["G804"]


@pytest.mark.parametrize(
    ("goal", "row", "annual"),
    [
        ("维修校舍1.2万平方米", "校舍维修面积", "≥12000平方米"),
        ("开设课程220门", "开设课程数量", "220"),
        ("接待读者15万人次以上", "接待读者人次", "18万人次"),
        ("开展水质检测48次", "水质检测频次", "每月4次"),
        ("全年惠及人才960人", "发放人才补贴人数", "租房补贴900人、购房补贴60人"),
        ("购置麻醉机4台", "购置医疗设备数量", "9台"),
        ("组织招商团组5个", "招商团组数", "5批次"),
        ("为28个村每村每月放映2场", "放映场次", "672场"),
    ],
)
def test_number_is_carried_in_another_form(goal: str, row: str, annual: str) -> None:
    result = judged(goal, (QUANTITY, row, annual))
    assert not hits(result, "G805")
    assert not hits(result, "G804")


@pytest.mark.parametrize(
    "goal",
    [
        "根据〔2021〕5号文件投入300万元",
        "为65岁以上老年人服务",
        "灾后12小时内救助",
        "其中特困户20户",
        "五年累计治理120公里",
        "现有水库87座",
        "较上年下降5%",
    ],
)
def test_number_that_is_no_target_of_the_year(goal: str) -> None:
    assert not hits(judged(f"{goal}，改造危房80户。", (QUANTITY, "危房改造", "80户")), "G805")


def test_number_that_an_indicator_contradicts_is_named_with_it() -> None:
    (hit,) = hits(judged("改造危桥3座。", (QUANTITY, "危桥改造数量", "4座")), "G805")
    assert "第 1 条“危桥改造数量”写的却是“4座”" in hit.message
    assert hit.severity is None


def test_number_of_the_scope_is_a_hint() -> None:
    result = judged("完成6所农村学校校舍维修。", (QUANTITY, "校舍维修面积", "1200平方米"))
    assert [(hit.severity, quote) for hit, quote in zip(hits(result, "G805"), quotes(result, "G805"), strict=True)] == [
        ("hint", "6所")
    ]


def test_uncovered_task_is_quoted_and_its_number_not_reported_twice() -> None:
    result = judged("培训村医120人次，购置救护车2辆。", (QUANTITY, "培训村医", "120人次"))
    assert quotes(result, "G804") == ["购置救护车2辆"]
    assert not hits(result, "G805")


@pytest.mark.parametrize(
    ("goal", "row"),
    [
        ("开展村医轮训", "基层医生轮训人次"),
        ("进一步改善出行条件", "硬化里程"),
        ("实施办公区照明节能改造", "更换灯具"),
        ("清理垃圾", "保洁面积"),
    ],
)
def test_where_another_word_may_mean_the_same_nothing_is_found(goal: str, row: str) -> None:
    result = judged(f"{goal}。", (QUANTITY, row, "12处"), name="办公区节能改造")
    assert not hits(result, "G804")
    assert [answer.code for answer in result.unchecked if answer.code == "G804"] == ["G804"]


def test_longer_goal_than_is_compared_says_so() -> None:
    goal = "改造危桥3座。" + "做好相关工作，" * (LONGEST_GOAL // 6)
    assert any(str(LONGEST_GOAL) in answer.why for answer in judged(goal, (QUANTITY, "危桥改造", "3座")).unchecked)


# S901, S902, S905, S906


def test_missing_classes() -> None:
    result = judged("采购公交车12辆，方便群众出行。", (QUANTITY, "采购公交车", "12辆"))
    assert sorted((hit.severity or "", hit.message[:8]) for hit in hits(result, "S901")) == [
        ("", "没有效益指标，看"),
        ("hint", "没有时效指标。"),
        ("hint", "没有质量指标。"),
        ("hint", "项目有采购、建设"),
        ("hint", "项目面向公众，没"),
    ]


def test_unreadable_class_leaves_the_structure_unchecked() -> None:
    result = judged("培训村医120人次。", ("其他", "培训村医", "120人次"))
    assert not hits(result, "S901")
    assert "S901" in [answer.code for answer in result.unchecked]


def test_no_indicators_is_for_the_reader_to_report() -> None:
    assert not [hit for hit in judged("培训村医120人次。").hits if hit.code.startswith("S")]


@pytest.mark.parametrize(
    ("first", "second", "duplicate"),
    [
        (("危房改造户数", "80户"), ("危房改造户数", "80户"), True),
        (("学员满意度", "≥90%"), ("学员满意度", "≥95%"), True),
        (("改造食堂数量", "6个"), ("食堂改造的数量", "6个"), True),
        (("满意度", "学生≥90%"), ("满意度", "家长≥90%"), False),
        (("培训", "6期"), ("培训", "900人次"), False),
        (("城区保洁面积", "80万平方米"), ("乡镇保洁面积", "80万平方米"), False),
        (("验收合格率", "100%"), ("发放准确率", "100%"), False),
    ],
)
def test_duplicates(first: tuple[str, str], second: tuple[str, str], duplicate: bool) -> None:
    assert bool(hits(judged("", (QUANTITY, *first), (QUANTITY, *second)), "S902")) == duplicate


def test_thin_for_the_money() -> None:
    row = (QUANTITY, "改造管网长度", "12公里")
    assert hits(judged("", row, amount=100.0), "S905")
    assert not hits(judged("", row, amount=99.99), "S905")
    assert not hits(judged("", row, amount=None), "S905")


def weighted(*points: float | None) -> ProjectResult:
    classes = [QUANTITY, QUALITY, TIMELY, BENEFIT, "服务对象满意度指标"]
    rows = [
        Indicator(no=1, level2=level2, name=f"指标{level2}", annual_value="12次", weight=weight)
        for level2, weight in zip(classes, points, strict=True)
    ]
    return check_project(Project(name="示例", indicators=rows), ON, 2024)


def test_weights() -> None:
    assert not hits(weighted(20, 15, 15, 30, 10), "S906")
    assert not hits(weighted(30, 15, 15, 30, 10), "S906")
    assert not hits(weighted(None, None, None, None, None), "S906")
    assert [hit.severity for hit in hits(weighted(20, 15, 15, 30, 15), "S906")] == [None]
    assert [hit.severity for hit in hits(weighted(30, 15, 15, 20, 10), "S906")] == ["hint"]
    assert [answer.code for answer in weighted(20, 15, 15, 30, None).unchecked if answer.code == "S906"] == ["S906"]


# Hostile input


@pytest.mark.parametrize(
    "goal",
    [
        "“" * 50_000,
        "《" * 50_000,
        "是" * 50_000 + "法",
        "拍摄" * 25_000,
        "1." * 25_000,
        "3座" * 20_000,
        "2台、" * 15_000,
        "，" * 50_000,
    ],
    ids=["quotes", "titles", "is", "verbs", "numbering", "numbers", "list", "commas"],
)
def test_monstrous_goal_is_judged_in_time(goal: str) -> None:
    indicators = [Indicator(no=at, level2=QUANTITY, name=f"指标{at}", annual_value=f"{at}座") for at in range(50)]
    facts = ProjectFacts(Project(name="示例", goal=goal, indicators=indicators), 2024)
    rows = [Row(indicator, facts) for indicator in indicators]
    begun = process_time()
    judge_project(facts, rows)
    assert process_time() - begun < 5  # seconds; what grows with the square of the length takes minutes


@given(st.text(max_size=120))
def test_any_goal_gets_answers_with_spans_inside_it(goal: str) -> None:
    result = judged(goal, (QUANTITY, "危桥改造", "3座"))
    for hit in result.hits:
        if hit.field == "goal":
            assert 0 <= hit.start <= hit.end <= len(result.facts.goal.text)


def test_a_large_amount_is_written_out() -> None:
    row = Indicator(no=1, level1="产出指标", level2="数量指标", name="桥梁", annual_value="1座")
    found = check_project(
        Project(name="跨江大桥", amount=12_345_678.9, goal="建成跨江大桥1座", indicators=[row]),
        frozenset({"S905"}),
        2024,
    )
    assert [hit.message for hit in found.hits] == ["12345678.9 万元的项目只有 1 条指标。"]
