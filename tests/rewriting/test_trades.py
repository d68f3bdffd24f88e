"""Weak indicators of many trades, and what a finance officer would want to read instead."""

from __future__ import annotations

import pytest

from .mended import checked, rewrite, rewrites, row

BLANK_RATE = "≥〔待填：目标值，参考上年调查结果〕%"


# The row's own words and numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level2", "name", "annual", "mended_name", "mended_annual"),
    [
        ("服务对象满意度指标", "参训学员满意度", "≥92", "参训学员满意度", "≥92%"),
        ("服务对象满意度指标", "入托幼儿家长满意度", "100%", "入托幼儿家长满意度", BLANK_RATE),
        ("服务对象满意度指标", "集镇居民满意度", "基本满意", "集镇居民满意度", BLANK_RATE),
        ("数量指标", "购置课桌椅数量", "600", "购置课桌椅数量", "≥600套"),
        ("质量指标", "造林苗木成活率", "≥85", "造林苗木成活率", "≥85%"),
        ("经济成本指标", "小麦良种补贴标准", "每亩15", "小麦良种补贴标准", "≤15元/亩"),
        ("经济成本指标", "校园监控采购单价", "≤2800/台", "校园监控采购单价", "≤2800元/台"),
        ("质量指标", "高龄津贴发放率", "≥100%", "高龄津贴发放率", "100%"),
        ("质量指标", "门诊系统故障率", "≥2%", "门诊系统故障率", "≤2%"),
        ("时效指标", "公厕改造完工时间", "2023年12月底前", "公厕改造完工时间", "2024年12月底前"),
        ("数量指标", "村道硬化里程", "≥12公里<br>", "村道硬化里程", "≥12公里"),
        ("时效指标", "食品抽检及时率", "≤7个工作日", "食品抽检时限", "≤7个工作日"),
        ("经济成本指标", "教学设备采购成本", "≥45万元", "教学设备采购成本", "≤45万元"),
    ],
)
def test_a_form_fault_is_mended_with_the_rows_own_number(
    level2: str, name: str, annual: str, mended_name: str, mended_annual: str
) -> None:
    found = rewrite(level2, name, annual)
    assert (found.name, found.annual_value) == (mended_name, mended_annual)


def test_a_unit_nobody_can_tell_is_a_blank() -> None:
    found = rewrite("时效指标", "路灯报修响应时间", "≤2")
    assert found.annual_value == "≤2〔待填：计量单位，查合同或立项资料〕"
    assert found.blanks == ["计量单位，查合同或立项资料"]


def test_the_goal_tells_the_unit_and_the_scale() -> None:
    found = rewrite("数量指标", "清扫保洁面积", "310", goal="对城区道路310万平方米实行机械化清扫")
    assert found.annual_value == "≥310万平方米"
    assert "310万平方米" in found.explanation


@pytest.mark.parametrize(
    ("name", "annual", "mended_name", "mended_annual", "left"),
    [
        ("采购雨衣、水靴和电筒", "雨衣400件，水靴260双，电筒80支", "采购雨衣数量", "≥400件", "水靴260双"),
        ("禁毒宣传", "进校园宣讲24场，发放手册1.5万份", "禁毒宣传进校园宣讲场次", "≥24场", "发放手册1.5万份"),
        ("水上救援演练科目数", "组织2次水上救援演练，6个演练科目", "水上救援演练科目数", "≥6个", "组织2次水上救援演练"),
        ("电焊工技能培训", "5期,240人次", "电焊工技能培训期数", "≥5期", "240人次"),
    ],
)
def test_of_several_quantities_one_is_kept_and_the_others_are_named(
    name: str, annual: str, mended_name: str, mended_annual: str, left: str
) -> None:
    found = rewrite("数量指标", name, annual)
    assert (found.name, found.annual_value) == (mended_name, mended_annual)
    assert left in found.explanation


@pytest.mark.parametrize(
    ("name", "value", "mended", "sum_"),
    [
        ("发放救助物资户数", "低保户120户、特困户45户", "≥165户", "120户+45户=165户"),
        ("退耕还草面积", "东片一万二千亩，西片三千亩", "≥15000亩", "一万二千亩+三千亩=15000亩"),
        ("巡回演出场次", "镇上5+4场，村里6场", "≥15场", "5+4场+6场=15场"),
    ],
)
def test_parts_of_one_count_are_added_up(name: str, value: str, mended: str, sum_: str) -> None:
    found = rewrite("数量指标", name, value)
    assert found.annual_value == mended
    assert sum_ in found.explanation


def test_percentages_are_not_added_up() -> None:
    assert "合成总数" not in rewrite("数量指标", "新建路灯数量", "东街60%，西街70%").explanation


@pytest.mark.parametrize(
    ("level2", "name", "annual", "level", "mended_name", "mended_annual"),
    [
        ("质量指标", "新增图书", "3000册", "数量指标", "新增图书册数", "≥3000册"),
        ("社会效益指标", "村民满意度", "≥90%", "服务对象满意度指标", "村民满意度", "≥90%"),
        ("数量指标", "沥青面层厚度", "≥5厘米", "质量指标", "沥青面层厚度", "≥5厘米"),
        ("社会效益指标", "开展反诈进小区活动", "12场", "数量指标", "开展反诈进小区活动场次", "≥12场"),
        ("质量指标", "防汛演练举办时间", "2024年5月底前", "时效指标", "防汛演练举办时间", "2024年5月底前"),
        ("数量指标", "除雪设备购置金额", "300万元", "经济成本指标", "除雪设备购置金额", "≤300万元"),
        ("服务对象满意度指标", "燃气责任事故发生数", "0起", "社会效益指标", "燃气责任事故发生数", "0起"),
        ("生态环境成本指标", "城区绿地率提高", "≥0.5个百分点", "生态效益指标", "城区绿地率提高", "≥0.5个百分点"),
    ],
)
def test_a_sound_value_moves_to_the_class_where_it_belongs(
    level2: str, name: str, annual: str, level: str, mended_name: str, mended_annual: str
) -> None:
    found = rewrite(level2, name, annual)
    assert (found.level2, found.name, found.annual_value) == (level, mended_name, mended_annual)


def test_cost_goes_where_the_form_has_its_costs() -> None:
    older = checked(row("数量指标", "设备采购金额", "80万元"), row("成本指标", "单台成本", "≤4000元/台", no=2))
    found, _ = rewrites(older)
    assert found is not None
    assert (found.level1, found.level2) == ("产出指标", "成本指标")


def test_the_cycle_value_fills_an_empty_annual_value() -> None:
    found = rewrite("数量指标", "应急广播检修次数", "定期检修", "≥24次")
    assert (found.annual_value, found.cycle_value) == ("≥24次", "≥24次")
    assert "实施周期指标值" in found.explanation


@pytest.mark.parametrize(
    ("name", "cycle", "annual", "mended"),
    [
        ("养老院服务测评成绩", "85分以上", "≥85%", "≥85分"),
        ("消防设施检查次数", "每季度1次", "3次", "≥4次"),
        ("社区文艺辅导次数", "每月2次", "20次", "≥24次"),
    ],
)
def test_annual_value_follows_the_cycle_value_it_contradicts(name: str, cycle: str, annual: str, mended: str) -> None:
    assert rewrite("质量指标" if "成绩" in name else "数量指标", name, annual, cycle).annual_value == mended


# The goal's numbers ------------------------------------------------------------------------------------------


def test_showings_are_villages_times_months_times_showings() -> None:
    found = rewrite(
        "数量指标",
        "放映场次数量",
        "按合同约定完成",
        "放映场次数量",
        of="电影工作经费",
        goal="保障28个行政村每个村、每个月有2场放映，同时开展社区放映。",
    )
    assert (found.name, found.annual_value, found.cycle_value) == ("电影放映场次", "≥672场", "≥672场")
    assert "28个行政村×12个月×2场=672场" in found.explanation


@pytest.mark.parametrize(
    ("name", "annual", "goal", "mended_name", "mended_annual", "arithmetic"),
    [
        (
            "培训教师人次",
            "按培训计划执行",
            "分8期开展教师培训，每期培训120人。",
            "培训教师人次",
            "≥960人次",
            "8期×120人=960人次",
        ),
        (
            "矫正对象集中教育次数",
            "按规定开展",
            "集中教育每季度2次，公益活动常态化。",
            "矫正对象集中教育次数",
            "≥8次",
            "4个季度×2次=8次",
        ),
        ("改造供水管网", "完成年度任务", "改造供水管网86公里，新建水厂2座。", "改造供水管网长度", "≥86公里", ""),
        ("签约重点人群人数", "应签尽签", "组建团队36个，签约重点人群1.8万人。", "签约重点人群人数", "≥1.8万人", ""),
        (
            "新建幼儿园建筑面积",
            "按图纸",
            "新建幼儿园1所，建筑面积3200平方米。",
            "新建幼儿园建筑面积",
            "≥3200平方米",
            "",
        ),
        ("档案数字化加工", "完成", "完成馆藏档案数字化加工120万页。", "档案数字化加工数量", "≥120万页", ""),
    ],
)
def test_counts_come_from_the_goal(
    name: str, annual: str, goal: str, mended_name: str, mended_annual: str, arithmetic: str
) -> None:
    found = rewrite("数量指标", name, annual, goal=goal)
    assert (found.name, found.annual_value) == (mended_name, mended_annual)
    assert arithmetic in found.explanation
    assert "依据：绩效目标" in found.explanation


def test_an_unknown_number_of_places_is_a_blank_with_the_way_to_work_it_out() -> None:
    found = rewrite("数量指标", "义诊场次", "按需开展", goal="每个行政村每季度开展义诊2场")
    assert found.annual_value == "≥〔待填：行政村数×4个季度×2场，查行政村名单〕场"


@pytest.mark.parametrize(
    ("level2", "name", "annual", "goal", "mended_name", "mended_annual"),
    [
        (
            "质量指标",
            "高血压患者规范管理率",
            "逐步提高",
            "高血压患者规范管理率不低于65%",
            "高血压患者规范管理率",
            "≥65%",
        ),
        ("社会效益指标", "再犯罪率", "有效控制", "再犯罪率控制在2%以下", "再犯罪率", "≤2%"),
        ("质量指标", "供水水质", "达到饮用水标准", "水质达标率达到95%以上", "供水水质达标率", "≥95%"),
        (
            "时效指标",
            "恢复通车时间",
            "尽快恢复",
            "修复路基2.4公里，9月30日前恢复通车",
            "恢复通车时间",
            "2024年9月30日前",
        ),
        ("时效指标", "随访及时性", "按时随访", "每季度对签约对象随访1次", "随访频次", "每季度1次"),
        (
            "经济成本指标",
            "每部电梯补助标准",
            "按政策执行",
            "加装电梯60部，每部补助15万元",
            "每部电梯补助标准",
            "≤15万元",
        ),
    ],
)
def test_rates_dates_and_tariffs_come_from_the_goal(
    level2: str, name: str, annual: str, goal: str, mended_name: str, mended_annual: str
) -> None:
    found = rewrite(level2, name, annual, goal=goal)
    assert (found.name, found.annual_value) == (mended_name, mended_annual)


@pytest.mark.parametrize(
    ("name", "cycle", "goal", "annual", "calculation"),
    [
        ("编印工作简报", "每季度一册，全年精选一册", "", "≥5册", "4个季度×1册+全年精选1册=5册"),
        ("编印工作简报", None, "工作简报每季度编印1册，另出专刊2册。", "≥6册", "4个季度×1册+另出专刊2册=6册"),
        ("锅炉安全巡检", "每月1次", "", "≥12次", "12个月×1次=12次"),
        ("消防演练场次", None, "消防演练每季度1场，全年4场。", "≥4场", "4个季度×1场=4场"),
        ("例会召开次数", None, "每月召开1次例会，年底召开1次总结会。", "≥12次", "12个月×1次=12次"),
    ],
)
def test_what_recurs_is_counted_for_the_year(
    name: str, cycle: str | None, goal: str, annual: str, calculation: str
) -> None:
    found = rewrite("数量指标", name, "按计划完成", cycle, goal=goal)
    assert found.annual_value == annual
    assert calculation in found.explanation


def test_in_a_conflict_the_goal_wins_and_the_explanation_says_so() -> None:
    found = rewrite("数量指标", "新建农村幸福院数量", "4个", goal="2024年新建农村幸福院6个，服务老人460名。")
    assert found.annual_value == "≥6个"
    assert "按目标“2024年新建农村幸福院6个”" in found.explanation


def test_a_number_that_another_row_carries_is_not_taken_twice() -> None:
    weak = row("数量指标", "栽植行道树", "按计划完成")
    carries = row("数量指标", "栽植香樟等行道树数量", "≥3200株", no=2)
    found, _ = rewrites(checked(weak, carries, goal="栽植行道树3200株"))
    assert found is not None
    assert "3200" not in found.annual_value


def test_a_vague_cost_gets_the_projects_amount_as_ceiling() -> None:
    found = rewrite("经济成本指标", "项目成本控制", "控制在预算内", amount=412.3)
    assert (found.name, found.annual_value) == ("项目总成本", "≤412.3万元")


# Model indicators ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("project", "level2", "name", "annual", "mended"),
    [
        ("桃花节专项经费", "社会效益指标", "桃花节知名度", "显著提升", "桃花节公众知晓率"),
        ("消防安全宣传经费", "可持续影响指标", "提升居民消防安全意识和自救能力", "不断增强", "居民消防安全知识知晓率"),
        ("高龄津贴", "社会效益指标", "老年人生活质量", "得到改善", "认为生活得到改善的老年人比例"),
        ("乡道养护补助", "可持续影响指标", "乡道管护机制", "逐步健全", "落实管护责任人的路段比例"),
        ("校舍加固工程", "社会效益指标", "校舍安全隐患", "基本消除", "消除房屋安全隐患处数"),
        ("中学食堂改造", "社会效益指标", "学生就餐条件", "明显改善", "学生就餐条件改善认可率"),
        ("人民医院设备购置", "可持续影响指标", "医疗服务能力", "持续增强", "患者在本地就诊的比例"),
        ("政务服务平台建设", "社会效益指标", "办事效率", "大幅提高", "单笔业务平均办理用时"),
        ("巡特警装备购置", "社会效益指标", "社会治安", "保持稳定", "辖区发案数较上年下降"),
        ("水稻病虫害统防统治", "生态效益指标", "农药减量", "持续减少", "化肥农药用量较上年下降"),
        ("综合楼物业管理费", "社会效益指标", "保障机关正常运转", "有效保障", "因保障不到位影响办公的次数"),
        ("统计调查经费", "社会效益指标", "为市政府决策服务", "提供高质量服务", "被采纳建议条数"),
        ("党员冬训经费", "社会效益指标", "基层党组织战斗力", "明显增强", "年度考核达到优秀的党组织比例"),
        ("创文工作经费", "可持续影响指标", "市民文明素质", "稳步提升", "不文明行为抽查发生率较上年下降"),
        ("河道综合整治", "生态效益指标", "改善城区水环境质量", "有效改善", "断面水质类别达标比例"),
        ("招商推介活动", "社会效益指标", "扩大我县对外影响力", "不断扩大", "活动后来访洽谈的企业数"),
        ("非遗传习所补助", "可持续影响指标", "剪纸技艺传承", "薪火相传", "新增传习学员人数"),
        ("县级储备粮轮换", "可持续影响指标", "粮食安全", "长期保障", "储备可满足的供应天数"),
    ],
)
def test_a_slogan_becomes_a_measurable_effect_near_its_subject(
    project: str, level2: str, name: str, annual: str, mended: str
) -> None:
    found = rewrite(level2, name, annual, of=project)
    assert found.name == mended
    assert found.level2 == level2
    assert found.blanks


@pytest.mark.parametrize(
    ("level2", "name", "annual", "mended_name", "mended_annual"),
    [
        ("时效指标", "危桥改造完工及时性", "及时", "危桥改造完工时间", "〔待填：完工日期，查施工合同〕前"),
        ("时效指标", "保安服务费支付", "按合同约定支付", "保安服务费支付时间", "〔待填：支付日期，查合同付款条款〕前"),
        ("时效指标", "救护车出车", "及时", "救护车出车时限", "≤〔待填：分钟数，查出动规定〕分钟"),
        ("时效指标", "任务完成及时率", "≥95%", "茶园改造完成时间", "〔待填：完成日期，查实施方案〕前"),
        ("质量指标", "补贴对象认定", "准确", "补贴对象认定准确率", "≥〔待填：目标值，参考上年抽查结果〕%"),
        ("质量指标", "监控设备运行状况", "运行良好", "监控设备正常运行率", "≥〔待填：目标值，查运维合同〕%"),
        (
            "质量指标",
            "灭火器材配备率",
            "100%",
            "灭火器材配备率",
            "100%（〔待填：分子是什么数，查台账〕占〔待填：分母是什么数，查台账〕的比例）",
        ),
        ("数量指标", "农机具购置", "一批", "农机具购置数量", "≥〔待填：数量，查采购清单或合同〕台"),
        ("数量指标", "培训乡村医生", "XX人次", "培训乡村医生人次", "≥〔待填：数量，查年度工作计划〕人次"),
        ("经济成本指标", "人均培训成本", "从严控制", "人均培训成本", "≤〔待填：单价上限，查合同报价〕元/人"),
        ("社会效益指标", "患者外转率", "有所下降", "患者外转率较上年下降", "≥〔待填：下降幅度，参考上年统计〕个百分点"),
    ],
)
def test_a_name_that_says_what_to_measure_keeps_its_words(
    level2: str, name: str, annual: str, mended_name: str, mended_annual: str
) -> None:
    found = rewrite(level2, name, annual, of="2024年茶园改造项目")
    assert (found.name, found.annual_value) == (mended_name, mended_annual)


def test_a_rate_of_being_on_time_keeps_its_number_and_learns_what_on_time_means() -> None:
    found = rewrite("时效指标", "法律援助申请审查及时率", "100%")
    assert found.name == "法律援助申请审查及时率"
    assert found.annual_value == "100%（受理后〔待填：工作日数，查办事指南〕个工作日内办结的比例）"


def test_a_class_that_was_not_given_is_filled_in() -> None:
    found = rewrite("", "危房改造户数", "按计划完成")
    assert (found.level1, found.level2) == ("产出指标", "数量指标")
