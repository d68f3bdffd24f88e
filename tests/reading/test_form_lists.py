"""Lists of many projects: a row for each indicator, or a row for each project."""

from __future__ import annotations

from reviewer.models import Document

from .drawn import read_drawn, shown


def says(document: Document, expected: str) -> None:
    assert shown(document) == "\n".join(line.strip() for line in expected.strip().splitlines())


def notes(document: Document, code: str = "D009") -> list[str]:
    return [f"{item.where}: {item.message}" for item in document.diagnostics if item.code == code]


def test_an_export_that_repeats_everything_under_a_header_of_two_rows() -> None:
    document = read_drawn("""
2025年项目绩效目标表
序号 | 单位编码 | 单位名称 | 项目名称 | 金额(元) | 绩效目标 | 绩效指标 | ← | ← | ← | ← | ← | ←
↑ | ↑ | ↑ | ↑ | ↑ | ↑ | 一级指标 | 二级指标 | 三级指标 | 指标性质 | 指标值 | 度量单位 | 权重
1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 | 13
1 | 101001 | 某局本级 | 档案整理 | 120000 | 整理档案1万卷 | 产出指标 | 数量指标 | 整理档案 | ≥ | 10000 | 卷 | 30
2 | 101001 | 某局本级 | 档案整理 | 120000 | 整理档案1万卷 | 产出指标 | 质量指标 | 差错率 | ≤ | 0.5 | % | 20
3 | 101002 | 某监测站 | 水质监测 | 56000.5 | 监测断面12个 | 产出指标 | 数量指标 | 监测断面 | ＝ | 12 | 个 | 30
4 | 101002 | 某监测站 | 水质监测 | 56000.5 | 监测断面12个 | 效益指标 | 生态效益 | 水质 | 定性 | 良好 | | 20
""")
    says(
        document,
        """
        2025年项目绩效目标表 2025 None None
        # 档案整理 | 某局本级 | 12.0 | 整理档案1万卷
        1 产出指标/数量指标 整理档案: None → ≥10000卷 (30) @Sheet1!K5
        2 产出指标/质量指标 差错率: None → ≤0.5% (20) @Sheet1!K6
        # 水质监测 | 某监测站 | 5.60005 | 监测断面12个
        1 产出指标/数量指标 监测断面: None → ＝12个 (30) @Sheet1!K7
        2 效益指标/生态效益指标 水质: None → 良好 (20) @Sheet1!K8
    """,
    )
    assert "Sheet1!B5: 这一行的单位编码“101001”没有采用。" in notes(document)


def test_a_row_for_each_project_with_the_sums_of_units_below() -> None:
    document = read_drawn("""
2024年预算项目绩效目标汇总表
主管部门：某市民政局 | | | | 单位：万元
预算单位 | 项目名称 | 预算金额 | 年度绩效目标 | 绩效指标
某市民政局本级 | 社区养老服务 | 500 | 建设养老驿站20个 | \
数量指标：建设驿站20个；质量指标：验收合格率100%；满意度指标：老人满意度≥90%
 | 殡葬惠民补贴 | 120 | 补贴3000人 | 数量指标：补贴人数≥3000人
小计 | | 620 | |
某市救助站 | 流浪救助 | 80 | 救助600人次 | 1.救助人次：≥600人次⏎2.甄别时限：24小时内
小计 | | 90 | |
合计 | | 710 | |
""")
    says(
        document,
        """
        2024年预算项目绩效目标汇总表 2024 某市民政局 710.0
        = 某市民政局本级 620.0
        = 某市救助站 90.0
        # 社区养老服务 | 某市民政局本级 | 500.0 | 建设养老驿站20个
        1 产出指标/数量指标 建设驿站: None → 20个 @Sheet1!E4
        2 产出指标/质量指标 验收合格率: None → 100% @Sheet1!E4
        3 满意度指标/服务对象满意度指标 老人满意度: None → ≥90% @Sheet1!E4
        # 殡葬惠民补贴 | 某市民政局本级 | 120.0 | 补贴3000人
        1 产出指标/数量指标 补贴人数: None → ≥3000人 @Sheet1!E5
        # 流浪救助 | 某市救助站 | 80.0 | 救助600人次
        1 / 救助人次: None → ≥600人次 @Sheet1!E7
        2 / 甄别时限: None → 24小时内 @Sheet1!E7
    """,
    )
    assert notes(document, "D001") == [
        "Sheet1!C8: “某市救助站”小计 90.00 万元，各项目之和为 80.00 万元，相差 10.00 万元。",
        "Sheet1!C9: 合计 710.00 万元，各项目之和为 700.00 万元，相差 10.00 万元。",
    ]


def test_units_across_the_table_titles_between_and_headers_repeated() -> None:
    document = read_drawn("""
某市交通系统2024年项目绩效目标表（一）
单位：万元
项目名称 | 金额 | 绩效目标 | 一级指标 | 二级指标 | 三级指标 | 指标值
一、某市交通局 | ← | ← | ← | ← | ← | ←
路网监测 | 50 | 监测路网800公里 | 产出指标 | 数量指标 | 监测里程 | 800公里
某市交通系统2024年项目绩效目标表（二）
项目名称 | 金额 | 绩效目标 | 一级指标 | 二级指标 | 三级指标 | 指标值
 | | | 效益指标 | 社会效益 | 拥堵指数 | 下降5%
某市公路中心 | 60 | | | | |
标线施划 | 60 | 施划标线3万米 | 产出指标 | 数量指标 | 施划标线 | ≥3万米
""")
    says(
        document,
        """
        某市交通系统2024年项目绩效目标表（一） 2024 None None
        = 某市公路中心 60.0
        # 路网监测 | 某市交通局 | 50.0 | 监测路网800公里
        1 产出指标/数量指标 监测里程: None → 800公里 @Sheet1!G5
        2 效益指标/社会效益指标 拥堵指数: None → 下降5% @Sheet1!G8
        # 标线施划 | 某市公路中心 | 60.0 | 施划标线3万米
        1 产出指标/数量指标 施划标线: None → ≥3万米 @Sheet1!G10
    """,
    )
    assert notes(document) == ["Sheet1!A6: “某市交通系统2024年项目绩效目标表（二）”不属于表格，也不是指标，没有采用。"]


def test_projects_on_one_sheet_their_indicators_on_another() -> None:
    says(
        read_drawn(
            """
2025年度项目支出预算表 | ← | ← | ← | ←
序号 | 项目名称 | 责任科室 | 预算数（万元） | 年度目标
1 | 河道清淤 | 工程科 | 45.5 | 清淤12公里
2 | 泵站运行 | 运行科 | 30 | 运行泵站3座
 | 合 计 | | 75.5 |
""",
            """
项目名称 | 一级指标 | 二级指标 | 指标名称 | 目标值
河道清淤 | 产出指标 | 数量指标 | 清淤长度 | 12公里
 | | 质量指标 | 验收合格率 | 100%
泵站运行 | 产出指标 | 数量指标 | 运行泵站 | 3座
""",
        ),
        """
        2025年度项目支出预算表 2025 None 75.5
        # 河道清淤 | 工程科 | 45.5 | 清淤12公里
        1 产出指标/数量指标 清淤长度: None → 12公里 @Sheet2!E2
        2 产出指标/质量指标 验收合格率: None → 100% @Sheet2!E3
        # 泵站运行 | 运行科 | 30.0 | 运行泵站3座
        1 产出指标/数量指标 运行泵站: None → 3座 @Sheet2!E4
    """,
    )


def test_several_departments_are_units() -> None:
    document = read_drawn("""
绩效目标汇总表
主管部门 | 项目名称 | 资金总额（元） | 其中：财政拨款 | 其他资金 | 三级指标 | 计算符号 | 指标值 | 计量单位
县教育局 | 实验室建设 | 1,200,000.00 | 1,200,000.00 | | 实验室间数 | 等于 | 2 | 间
县卫健局 | 发热门诊 | 500000 | 300000 | 200000 | 门诊间数 | 大于等于 | 3 | 间
""")
    says(
        document,
        """
        绩效目标汇总表 None None None
        # 实验室建设 | 县教育局 | 120.0 |
        1 / 实验室间数: None → ＝2间 @Sheet1!H3
        # 发热门诊 | 县卫健局 | 50.0 |
        1 / 门诊间数: None → ≥3间 @Sheet1!H4
    """,
    )
    assert "Sheet1!B4: “发热门诊”的资金来源分列，只计总计（万元）：财政拨款 30.00、其他资金 20.00。" in notes(document)


def test_names_and_values_of_each_class_in_columns_of_their_own() -> None:
    says(
        read_drawn("""
2024年绩效目标表
序号 | 项目名称 | 预算（万元） | 绩效目标 | 数量指标 | ← | 质量指标 | ← | 社会效益指标
↑ | ↑ | ↑ | ↑ | 指标名称 | 指标值 | 指标名称 | 指标值 | ↑
1 | 送戏下乡 | 30 | 送戏100场 | 演出场次 | 100场 | 优秀剧目率 | ≥80% | 观众≥5万人次
"""),
        """
        2024年绩效目标表 2024 None None
        # 送戏下乡 | None | 30.0 | 送戏100场
        1 产出指标/数量指标 演出场次: None → 100场 @Sheet1!F4
        2 产出指标/质量指标 优秀剧目率: None → ≥80% @Sheet1!H4
        3 效益指标/社会效益指标 观众: None → ≥5万人次 @Sheet1!I4
    """,
    )


def test_numbers_of_indicators_and_two_columns_called_unit() -> None:
    document = read_drawn("""
2024年绩效目标表
单位 | 项目 | 金额 | 序号 | 绩效指标 | 指标值 | 单位
城管局 | 公厕保洁 | 12万 | 1 | 保洁公厕 | 30 | 座
 | | | 3 | 保洁频次 | 2 | 次/日
城管局 | 路灯 | 8 | 1 | 更换灯具 | 100 | 盏
""")
    says(
        document,
        """
        2024年绩效目标表 2024 None None
        # 公厕保洁 | 城管局 | 12.0 |
        1 / 保洁公厕: None → 30座 @Sheet1!F3
        3 / 保洁频次: None → 2次/日 @Sheet1!F4
        # 路灯 | 城管局 | 8.0 |
        1 / 更换灯具: None → 100盏 @Sheet1!F5
    """,
    )
    assert notes(document) == ["Sheet1!C5: 没有写明金额单位，1 个项目的金额按万元读，请核对。"]


def test_the_blocks_of_the_text_format_below_a_table_and_within_a_cell() -> None:
    below = read_drawn("""
¶2024年项目支出绩效目标表
¶部门名称：某县水务局　　单位：万元
项目名称 | 总计 | 财政拨款 | 绩效目标
合计 | 160.00 | 160.00 |
某县水务局 | 160.00 | 160.00 |
供水管网改造 | 60.00 | 60.00 | 改造供水管网26公里。
排涝泵站维修 | 100.00 | 100.00 | 维修泵站5座。
¶绩效指标
¶1、1-产出指标；11-数量指标；改造管网；年度指标值：≥26公里。2、2-效益指标；22-社会效益；受益人口；年度指标值：≥3万人。
¶1、1-产出指标；11-数量指标；维修排涝泵站；年度指标值：5座。
""")
    says(
        below,
        """
        2024年项目支出绩效目标表 2024 某县水务局 160.0
        = 某县水务局 160.0
        # 供水管网改造 | 某县水务局 | 60.0 | 改造供水管网26公里。
        1 产出指标/数量指标 改造管网: None → ≥26公里 @paragraph 9
        2 效益指标/社会效益指标 受益人口: None → ≥3万人 @paragraph 9
        # 排涝泵站维修 | 某县水务局 | 100.0 | 维修泵站5座。
        1 产出指标/数量指标 维修排涝泵站: None → 5座 @paragraph 10
    """,
    )
    within = read_drawn("""
2024年项目支出绩效目标表
项目名称 | 金额（万元） | 绩效目标 | 绩效指标
管网改造 | 60 | 改造管网26公里 | \
1、1-产出指标；11-数量指标；改造管网；年度指标值：≥26公里。⏎2、2-效益指标；22-社会效益；受益人口；年度指标值：3万人。
泵站维修 | 40 | 维修泵站5座 | 1、1-产出指标；11-数量指标；维修泵站；年度指标值：5座。
""")
    says(
        within,
        """
        2024年项目支出绩效目标表 2024 None None
        # 管网改造 | None | 60.0 | 改造管网26公里
        1 产出指标/数量指标 改造管网: None → ≥26公里 @Sheet1!D3
        2 效益指标/社会效益指标 受益人口: None → 3万人 @Sheet1!D3
        # 泵站维修 | None | 40.0 | 维修泵站5座
        1 产出指标/数量指标 维修泵站: None → 5座 @Sheet1!D4
    """,
    )


def test_second_class_and_name_in_one_column() -> None:
    document = read_drawn(
        """
        项目名称 | 预算金额（万元） | 绩效目标 | 一级指标 | 二级指标及三级指标 | 指标值
        食品安全抽检 | 260 | 抽检覆盖城乡。 | 产出指标 | 数量指标：抽检批次 | ≥4600批次
        ↑ | ↑ | ↑ | ↑ | 质量指标：不合格食品处置率 | 100%
        """
    )
    assert [(row.level1, row.level2, row.name, row.annual_value) for row in document.projects[0].indicators] == [
        ("产出指标", "数量指标", "抽检批次", "≥4600批次"),
        ("产出指标", "质量指标", "不合格食品处置率", "100%"),
    ]


def test_short_words_mean_what_stands_above_them() -> None:
    says(
        read_drawn("""
2024年项目绩效目标表
序号 | 项目基本信息 | ← | ← | ← | 资金信息 | 指标信息 | ← | ← | ←
↑ | 单位 | 名称 | 类型 | 目标 | 金额（万元） | 一级指标 | 二级/三级指标 | 值 | 单位
1 | 某市检测中心 | 计量检定 | 特定目标类 | 免费检定计量器具。 | 48.8 | 产出指标 | 数量指标：检定台件数 | ≥16000 | 台件
 | | | | | | 效益指标 | 社会效益指标：计量投诉 | 0 | 起
"""),
        """
        2024年项目绩效目标表 2024 None None
        # 计量检定 | 某市检测中心 | 48.8 | 免费检定计量器具。
        1 产出指标/数量指标 检定台件数: None → ≥16000台件 @Sheet1!I4
        2 效益指标/社会效益指标 计量投诉: None → 0起 @Sheet1!I5
    """,
    )


def test_name_and_value_below_two_levels_of_classes() -> None:
    says(
        read_drawn("""
2025年绩效目标表
项目名称 | 金额（万元） | 绩效目标 | 产出指标 | ← | ← | ← | 满意度指标 | ←
↑ | ↑ | ↑ | 数量指标 | ← | 质量指标 | ← | 服务对象满意度指标 | ←
↑ | ↑ | ↑ | 名称 | 值 | 名称 | 值 | 名称 | 值
口袋公园 | 420 | 新建口袋公园6处。 | 新建公园数 | 6处 | 苗木成活率 | ≥95% | 居民满意度 | ≥90%
行道树修剪 | 65.3 | 修剪行道树。 | 修剪株数 | ≥1.2万株 | | | |
"""),
        """
        2025年绩效目标表 2025 None None
        # 口袋公园 | None | 420.0 | 新建口袋公园6处。
        1 产出指标/数量指标 新建公园数: None → 6处 @Sheet1!E5
        2 产出指标/质量指标 苗木成活率: None → ≥95% @Sheet1!G5
        3 满意度指标/服务对象满意度指标 居民满意度: None → ≥90% @Sheet1!I5
        # 行道树修剪 | None | 65.3 | 修剪行道树。
        1 产出指标/数量指标 修剪株数: None → ≥1.2万株 @Sheet1!E6
    """,
    )


def test_units_and_projects_in_one_column() -> None:
    document = read_drawn("""
2025年项目绩效目标表 | ← | ← | ← | ← | ←
部门：某县民政局 | ← | | | | 单位：万元
单位/项目 | 资金额 | 年度目标 | 二级指标 | 三级指标 | 年初目标值
某县民政局机关 | 12.5 | | | |
社区驿站 | 12.5 | 建驿站。 | 数量指标 | 驿站 | 5个
某县敬老院 | 8 | | | |
适老改造 | 8 | 改造房间。 | 数量指标 | 房间 | 6间
合计 | 20.5 | | | |
""")
    says(
        document,
        """
        2025年项目绩效目标表 2025 某县民政局 20.5
        = 某县民政局机关 12.5
        = 某县敬老院 8.0
        # 社区驿站 | 某县民政局机关 | 12.5 | 建驿站。
        1 产出指标/数量指标 驿站: None → 5个 @Sheet1!F5
        # 适老改造 | 某县敬老院 | 8.0 | 改造房间。
        1 产出指标/数量指标 房间: None → 6间 @Sheet1!F7
    """,
    )


def test_sources_of_money_are_added_up_where_no_total_is_printed() -> None:
    document = read_drawn("""
2026年项目绩效目标汇总表（单位：万元） | ← | ← | ← | ← | ←
项目名称 | 财政拨款 | 其他资金 | 年度目标 | 二级指标 | 三级指标 | 目标值
河道保洁 | 10 | 2.5 | 保洁河道。 | 数量指标 | 河道 | 5条
护林防火 | 7 | | 巡护林地。 | 数量指标 | 林地 | 6片
""")
    assert [project.amount for project in document.projects] == [12.5, 7.0]
    read = "“河道保洁”没有写总额，按资金来源读作 12.50 万元（财政拨款 10.00、其他资金 2.50），请核对。"
    assert f"Sheet1!A3: {read}" in notes(document)


def test_sources_of_which_some_may_be_parts_of_others_give_no_total() -> None:
    document = read_drawn("""
2026年项目绩效目标汇总表（单位：万元） | ← | ← | ← | ← | ←
项目名称 | 财政拨款 | 省级资金 | 年度目标 | 二级指标 | 三级指标 | 目标值
河道保洁 | 10 | 2.5 | 保洁河道。 | 数量指标 | 河道 | 5条
""")
    assert document.projects[0].amount is None
    read = "“河道保洁”的资金来源分列，看不出总额，金额留空（万元）：财政拨款 10.00、省级资金 2.50。"
    assert f"Sheet1!A3: {read}" in notes(document)


def test_a_column_of_years_gives_the_budget_year() -> None:
    document = read_drawn("""
预算年度 | 项目名称 | 预算金额（万元） | 年度目标 | 二级指标 | 三级指标 | 目标值
2025 | 河道保洁 | 10 | 保洁河道。 | 数量指标 | 河道 | 5条
2025 | 河道保洁 | 10 | 保洁河道。 | 质量指标 | 合格率 | 95%
2024 | 护林防火 | 7 | 巡护林地。 | 数量指标 | 林地 | 6片
""")
    assert document.budget_year == 2025
    assert "Sheet1!A4: 这一行的预算年度“2024”没有采用。" in notes(document)


def test_values_of_years_that_span_are_those_of_the_cycle() -> None:
    document = read_drawn("""
2025年项目绩效目标汇总表（单位：万元） | ← | ← | ← | ← | ←
项目名称 | 金额 | 年度目标 | 二级指标 | 三级指标 | 2025-2027年指标值 | 2025年指标值
河道保洁 | 10 | 保洁河道。 | 数量指标 | 河道 | 9条 | 3条
""")
    [indicator] = document.projects[0].indicators
    assert (indicator.cycle_value, indicator.annual_value) == ("9条", "3条")


def test_an_amount_in_words_with_its_parts() -> None:
    document = read_drawn("""
项目支出绩效目标申报表（2025年度） | ← | ← | ←
项目名称 | 河道保洁 | ← | ←
预算资金 | 总额50万元，其中：财政拨款40万元，自筹10万元 | ← | ←
年度目标 | 保洁河道。 | ← | ←
一级指标 | 二级指标 | 三级指标 | 指标值
产出指标 | 数量指标 | 河道 | 5条
""")
    assert document.projects[0].amount == 50.0
