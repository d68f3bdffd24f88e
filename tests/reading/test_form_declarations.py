"""Declarations of one project, in the shapes that departments give them."""

from __future__ import annotations

import pytest

from reviewer.errors import InputError
from reviewer.models import Document
from reviewer.reading.grid import Cell, Grid, GridRow

from .drawn import drawn, read_drawn, read_grids, shown


def says(document: Document, expected: str) -> None:
    assert shown(document) == "\n".join(line.strip() for line in expected.strip().splitlines())


def notes(document: Document, code: str = "D009") -> list[str]:
    return [f"{item.where}: {item.message}" for item in document.diagnostics if item.code == code]


def test_without_merged_cells_and_with_lines_of_the_template() -> None:
    document = read_drawn("""
项目支出绩效目标申报表
（2024年度）
填报单位：某市气象局 | | | | 单位：万元
项目名称 | 人工增雨作业 | | |
主管部门 | 某市气象局 | 实施单位 | 某市人工影响天气中心 |
项目属性 | 经常性 | 项目期 | 1年 |
资金总额 | 88 | 其中：财政拨款 | 80 | 其他资金 | 8
总体目标 | 开展增雨作业，缓解旱情。 | | |
绩效指标 | 一级指标 | 二级指标 | 三级指标 | 指标值
 | 产出指标 | 数量指标 | 指标1：作业次数 | ≥20次
 | | | 指标2：作业用弹 | ≤300枚
 | | 质量指标 | 指标1： |
 | | | …… |
 | | 时效指标 | 指标1：作业时间 | 3月至10月
 | 效益指标 | 社会效益指标 | 增雨影响面积 | ≥5000平方公里
 | | 可持续影响指标 | |
 | 满意度指标 | 服务对象满意度指标 | 农户满意度 | ≥90%
填表人：某某 | 联系电话：1234 | | 填报日期：2023年11月
""")
    says(
        document,
        """
        项目支出绩效目标申报表 2024 某市气象局 None
        # 人工增雨作业 | 某市人工影响天气中心 | 88.0 | 开展增雨作业，缓解旱情。
        1 产出指标/数量指标 作业次数: None → ≥20次 @Sheet1!E10
        2 产出指标/数量指标 作业用弹: None → ≤300枚 @Sheet1!E11
        3 产出指标/时效指标 作业时间: None → 3月至10月 @Sheet1!E14
        4 效益指标/社会效益指标 增雨影响面积: None → ≥5000平方公里 @Sheet1!E15
        5 满意度指标/服务对象满意度指标 农户满意度: None → ≥90% @Sheet1!E17
    """,
    )
    assert notes(document) == [
        "Sheet1!B6: “项目属性”“经常性”没有采用。",
        "Sheet1!D6: “项目期”“1年”没有采用。",
        "Sheet1!A18: 这一行的“填表人：某某”、“联系电话：1234”、“填报日期：2023年11月”没有采用。",
        "Sheet1!B4: “人工增雨作业”的资金来源分列，只计总计（万元）：财政拨款 80.00、其他资金 8.00。",
    ]


def test_the_whole_period_beside_the_year() -> None:
    document = read_drawn("""
项目支出绩效目标表 | ← | ← | ← | ← | ← | ← | ←
项目名称 | ← | 应急演练 | ← | ← | 预算单位 | 某市应急局 | ←
项目资金（万元） | ← | 实施期资金总额 | 300 | ← | 年度资金总额 | 100 | ←
总⏎体⏎目⏎标 | ← | 实施期目标 | ← | ← | 年 度 目 标 | ← | ←
↑ | ← | 三年内演练9次。 | ← | ← | 2025年演练3次。 | ← | ←
绩⏎效⏎指⏎标 | 一级指标 | 实施期绩效指标 | ← | ← | 年度绩效指标 | ← | ←
↑ | ↑ | 二级指标 | 三级指标 | 指标值 | 二级指标 | 三级指标 | 指标值
↑ | 产出指标 | 数量指标 | 演练次数 | 9次 | 数量指标 | 演练次数 | 3次
↑ | ↑ | 质量指标 | 演练合格率 | 100% | 质量指标 | 演练合格率 | 100%
↑ | 效益指标 | 社会效益 | 参演群众 | 9000人 | 社会效益 | 响应时间 | ≤40分钟
""")
    says(
        document,
        """
        项目支出绩效目标表 None None None
        # 应急演练 | 某市应急局 | 100.0 | 2025年演练3次。
        1 产出指标/数量指标 演练次数: 9次 → 3次 @Sheet1!H8
        2 产出指标/质量指标 演练合格率: 100% → 100% @Sheet1!H9
        3 效益指标/社会效益指标 响应时间:  → ≤40分钟 @Sheet1!H10
        4 效益指标/社会效益指标 参演群众: 9000人 →  @Sheet1!E10
    """,
    )
    assert notes(document)[:2] == [
        "Sheet1!C5: “应急演练”的“实施期目标”没有采用：“三年内演练9次。”。",
        "Sheet1!D3: “应急演练”的“实施期资金总额”300.00 万元没有采用。",
    ]


def test_comparator_value_and_unit_under_one_header_and_cost_as_level_1() -> None:
    says(
        read_drawn("""
2026年部门预算项目绩效目标表
项目名称 | ← | 粮食储备 | ← | ← | ←
资金 | ← | 35（万元） | ← | ← | ←
绩效指标 | 一级指标 | 二级指标 | 三级指标 | 绩效指标值 | ← | ←
↑ | ↑ | ↑ | ↑ | 符号 | 值 | 单位
↑ | 1-产出指标 | 11-数量指标 | 储备粮食 | ＞＝ | 5000 | 吨
↑ | ↑ | 12-质量指标 | 储粮合格率 | ≥ | 0.98 | %
↑ | 4-成本指标 | 41-经济成本指标 | 每吨保管费 | ≤ | 100 | 元
↑ | ↑ | 42-社会成本指标 | 占用道路 | = | 0 | 天
↑ | 2-效益指标 | 22-社会效益 | 粮价 | 定性 | 基本稳定 | 无
"""),
        """
        2026年部门预算项目绩效目标表 2026 None None
        # 粮食储备 | None | 35.0 |
        1 产出指标/数量指标 储备粮食: None → ＞＝5000吨 @Sheet1!F6
        2 产出指标/质量指标 储粮合格率: None → ≥98% @Sheet1!F7
        3 成本指标/经济成本指标 每吨保管费: None → ≤100元 @Sheet1!F8
        4 成本指标/社会成本指标 占用道路: None → =0天 @Sheet1!F9
        5 效益指标/社会效益指标 粮价: None → 基本稳定 @Sheet1!F10
    """,
    )


def test_one_column_for_either_class_and_money_in_yuan() -> None:
    document = read_drawn("""
2025年度部门预算项目支出绩效目标表 | ← | ← | ← | ← | ←
部门（单位）名称：某县交通运输局 | ← | ← | | 金额单位：元 | ←
项目名称 | 农村公路养护 | ← | 预算金额 | 3500000 | ←
绩效目标 | 养护农村公路1200公里，路况良好。 | ← | ← | ← | ←
指标类型 | 指标名称 | 取数方式 | 指标值 | 计量单位 | 权重
数量指标 | 养护里程 | 养护计划 | 1200 | 公里 | 20
质量指标 | 优良路率 | 行业标准 | ≥85 | % | 20
成本指标 | 每公里养护费 | | ≤2900 | 元 | 10
满意度指标 | 群众满意度 | | ≥90 | % | 10分
合计 | | | | | 60
""")
    says(
        document,
        """
        2025年度部门预算项目支出绩效目标表 2025 某县交通运输局 None
        # 农村公路养护 | None | 350.0 | 养护农村公路1200公里，路况良好。
        1 产出指标/数量指标 养护里程: None → 1200公里 (20) @Sheet1!D6
        2 产出指标/质量指标 优良路率: None → ≥85% (20) @Sheet1!D7
        3 产出指标/成本指标 每公里养护费: None → ≤2900元 (10) @Sheet1!D8
        4 满意度指标/服务对象满意度指标 群众满意度: None → ≥90% (10) @Sheet1!D9
    """,
    )
    assert notes(document) == [
        "Sheet1!E2: 表中金额以元为单位，已换算成万元。",
        "Sheet1!C5: 表头“取数方式”认不出来，这一栏没有采用。",
        "Sheet1!C6: 这一行的取数方式“养护计划”没有采用。",
        "Sheet1!C7: 这一行的取数方式“行业标准”没有采用。",
    ]


def test_labels_in_running_text_and_a_table_that_goes_on_without_its_first_columns() -> None:
    document = read_drawn("""
¶附件2
¶某区2024年项目绩效目标申报表
¶填报单位（盖章）：某区教育局　　　　　　单位：万元
¶项目名称：数字化校园
¶预算金额：22万元
¶年度目标：为20所学校配齐终端。
绩效⏎指标 | 一级指标 | 二级指标 | 三级指标 | 指标值
↑ | 产出指标 | 数量指标 | 购置终端 | 200台
¶第 1 页 共 2 页
质量指标 | 终端合格率 | 100%
时效指标 | 到货时间 | 6月底前
¶填表人：某甲   审核人：某乙
""")
    says(
        document,
        """
        某区2024年项目绩效目标申报表 2024 某区教育局 None
        # 数字化校园 | None | 22.0 | 为20所学校配齐终端。
        1 产出指标/数量指标 购置终端: None → 200台 @Sheet1!E8
        2 产出指标/质量指标 终端合格率: None → 100% @Sheet1!C10
        3 产出指标/时效指标 到货时间: None → 6月底前 @Sheet1!C11
    """,
    )
    assert notes(document) == ["paragraph 12: “填表人：某甲   审核人：某乙”不属于表格，也不是指标，没有采用。"]


def test_indicators_below_their_class_without_a_header() -> None:
    says(
        read_drawn("""
2024年项目绩效目标
项目名称 | 垃圾分类宣传 | ← | ←
预算金额（万元） | 18 | ← | ←
绩效目标 | 宣传垃圾分类 | ← | ←
绩效指标 | 数量指标 | 宣传活动场次 | 12场
↑ | 质量指标 | 居民知晓率 | ≥90%
"""),
        """
        2024年项目绩效目标 2024 None None
        # 垃圾分类宣传 | None | 18.0 | 宣传垃圾分类
        1 产出指标/数量指标 宣传活动场次: None → 12场 @Sheet1!D5
        2 产出指标/质量指标 居民知晓率: None → ≥90% @Sheet1!D6
    """,
    )


def test_names_and_values_numbered_within_their_cells() -> None:
    says(
        read_drawn("""
2024年项目绩效目标表
项目名称 | 科普活动 | ← | ←
预算 | 8万元 | ← | ←
一级指标 | 二级指标 | 三级指标 | 指标值
产出指标 | 数量指标 | 1.科普讲座场次⏎2.展板数量 | 1.12场⏎2.40块
效益指标 | 社会效益⏎指标 | 1.公众科学⏎素质 | 提升
"""),
        """
        2024年项目绩效目标表 2024 None None
        # 科普活动 | None | 8.0 |
        1 产出指标/数量指标 科普讲座场次: None → 12场 @Sheet1!D5
        2 产出指标/数量指标 展板数量: None → 40块 @Sheet1!D5
        3 效益指标/社会效益指标 公众科学素质: None → 提升 @Sheet1!D6
    """,
    )


def test_the_year_of_the_title_among_years() -> None:
    document = read_drawn("""
2024年度中期项目绩效目标表
项目名称 | 数字档案馆 | | | |
预算金额 | 200万元 | | | |
一级指标 | 二级指标 | 三级指标 | 2023年实际值 | 2024年目标值 | 2025年目标值
产出指标 | 数量指标 | 数字化卷数 | 1万卷 | 2万卷 | 3万卷
""")
    assert document.projects[0].indicators[0].annual_value == "2万卷"
    assert notes(document) == ["Sheet1!D5: 这一行的2023年实际值“1万卷”、2025年目标值“3万卷”没有采用。"]


def test_what_is_missing_stays_empty_and_what_stands_twice_stays_twice() -> None:
    says(
        read_drawn("""
2024年项目绩效目标表
项目名称 | 血吸虫病防治
类别 | 指标 | 目标值
产出 | 灭螺面积 | 100亩
产出 | 灭螺面积 | 100亩
效益 | | 下降5%
效益 | 感染率 |
"""),
        """
        2024年项目绩效目标表 2024 None None
        # 血吸虫病防治 | None | None |
        1 产出指标/ 灭螺面积: None → 100亩 @Sheet1!C4
        2 产出指标/ 灭螺面积: None → 100亩 @Sheet1!C5
        3 效益指标/ : None → 下降5% @Sheet1!C6
        4 效益指标/ 感染率: None →  @Sheet1!B7
    """,
    )


def test_a_cell_that_ends_on_the_next_page() -> None:
    first = drawn("""
¶2024年项目绩效目标表
项目名称 | ← | 加装电梯补助 | ←
一级指标 | 二级指标 | 三级指标 | 指标值
产出指标 | 数量指标 | 补助加装电梯部数 | 35部
↑ | 时效指标 | 补助资金拨付时限（自竣工 | ≤30个工作日
""")
    second = drawn("""
¶2024年项目绩效目标表
 | | 验收合格之日起） |
效益指标 | 社会效益指标 | 受益居民户数 | ≥420户
""")
    pages = [
        GridRow(_placed(row, f"page {no}"), row.table) for no, grid in ((1, first), (2, second)) for row in grid.rows
    ]
    document = read_grids(Grid(rows=pages))
    says(
        document,
        """
        2024年项目绩效目标表 2024 None None
        # 加装电梯补助 | None | None |
        1 产出指标/数量指标 补助加装电梯部数: None → 35部 @page 1
        2 产出指标/时效指标 补助资金拨付时限（自竣工验收合格之日起）: None → ≤30个工作日 @page 1
        3 效益指标/社会效益指标 受益居民户数: None → ≥420户 @page 2
    """,
    )
    assert [item.where for item in document.diagnostics if item.code == "D003"] == ["page 2"]


def _placed(row: GridRow, where: str) -> list[Cell | None]:
    again = {cell: Cell(cell.text, where) for _, cell in row.distinct()}
    return [again.get(cell) if cell else None for cell in row.cells]


def test_goals_in_numbered_cells_and_the_unit_of_money_beside_its_label() -> None:
    says(
        read_drawn("""
2024年项目绩效目标表
填报单位： | 某区民政局 | 单位： | 元
项目名称 | 老年食堂 | ←
预算数 | 1000000 | ←
年度目标 | 目标1 | 建老年食堂5个
 | 目标2 | 服务老人3000人
一级指标 | 三级指标 | 指标值
产出 | 食堂数 | 5个
注：1.本表一式两份。
2.由单位盖章。
"""),
        """
        2024年项目绩效目标表 2024 None None
        # 老年食堂 | 某区民政局 | 100.0 | 目标1：建老年食堂5个
        目标2：服务老人3000人
        1 产出指标/ 食堂数: None → 5个 @Sheet1!C8
    """,
    )


def test_values_below_their_labels() -> None:
    says(
        read_drawn("""
2024年项目绩效目标表
项目名称 | 预算金额（万元） | 主管部门 | 实施单位
普法宣传 | 12 | 某市司法局 | 普法科
年度绩效目标 | ← | ← | ←
开展普法活动24场。 | ← | ← | ←
一级指标 | 二级指标 | 三级指标 | 指标值
产出指标 | 数量指标 | 普法活动 | 24场
"""),
        """
        2024年项目绩效目标表 2024 某市司法局 None
        # 普法宣传 | 普法科 | 12.0 | 开展普法活动24场。
        1 产出指标/数量指标 普法活动: None → 24场 @Sheet1!D7
    """,
    )


def test_a_form_nobody_filled_in_and_a_table_that_is_none() -> None:
    empty = "项目名称 | |\n一级指标 | 二级指标 | 三级指标 | 指标值\n产出指标 | 数量指标 | |"
    with pytest.raises(InputError, match=r"Sheet1!A1：表头下面没有填写项目和指标"):
        read_drawn(empty)
    with pytest.raises(InputError, match=r"没有找到.*三级指标"):
        read_drawn("姓名 | 年龄\n某甲 | 12")


def test_a_project_without_indicators_is_kept() -> None:
    document = read_drawn("项目名称 | 河道保洁\n预算金额 | 12万元\n年度目标 | 保洁河道26公里")
    assert [project.goal for project in document.projects] == ["保洁河道26公里"]
    assert notes(document, "D008") == ["Sheet1!B1: 项目“河道保洁”没有指标。"]


def test_a_page_of_choices_is_no_project() -> None:
    form = "项目名称 | 河道保洁\n一级指标 | 二级指标 | 三级指标 | 指标值\n产出指标 | 数量指标 | 河长 | 9公里"
    document = read_grids(drawn(form), drawn("一级指标 | 二级指标 | 三级指标\n产出指标 | 数量指标 | 培训人数", "选项"))
    assert [project.name for project in document.projects] == ["河道保洁"]
    assert "选项!C2: “培训人数”不属于表格，也不是指标，没有采用。" in notes(document)


def test_each_project_named_in_the_text_has_the_table_below_it() -> None:
    table = "一级指标 | 二级指标 | 指标名称 | 目标值\n产出指标 | 数量指标 | {} | {}\n"
    document = read_drawn(
        "¶ 某区2025年度项目绩效目标\n¶ 一、项目名称：河道保洁\n¶ 预算金额：215.5万元\n¶ 年度绩效目标：河面清洁。\n"
        + table.format("巡查河道长度", "≥126公里")
        + "¶ 二、项目名称：视频监控\n¶ 预算金额：64万元\n¶ 年度绩效目标：监控全覆盖。\n"
        + table.format("安装监控点位", "36处")
    )
    assert [(project.name, project.amount, project.goal) for project in document.projects] == [
        ("河道保洁", 215.5, "河面清洁。"),
        ("视频监控", 64.0, "监控全覆盖。"),
    ]
    assert [[row.annual_value for row in project.indicators] for project in document.projects] == [
        ["≥126公里"],
        ["36处"],
    ]


def test_rows_across_the_table_name_the_projects_below_them() -> None:
    document = read_drawn(
        """
        序号 | 一级指标 | 二级指标 | 三级指标 | 目标值
        项目一：农资储备贴息（预算50万元） | ← | ← | ← | ←
        1 | 产出指标 | 数量指标 | 储备化肥数量 | ≥6000吨
        项目二：回收网点改造 | ← | ← | ← | ←
        1 | 产出指标 | 数量指标 | 改造网点数 | 26个
        """
    )
    assert [(project.name, project.amount) for project in document.projects] == [
        ("农资储备贴息", 50.0),
        ("回收网点改造", None),
    ]
    assert [[row.name for row in project.indicators] for project in document.projects] == [
        ["储备化肥数量"],
        ["改造网点数"],
    ]


def test_a_list_of_words_is_no_project() -> None:
    form = """
        项目名称 | 河道保洁
        一级指标 | 二级指标 | 三级指标 | 指标值
        产出指标 | 数量指标 | 保洁河道长度 | 26公里
        """
    words = "字段\n项目名称\n指标值\n三级指标\n"
    assert [project.name for project in read_drawn(form, words).projects] == ["河道保洁"]


def test_an_amount_with_an_addition_is_the_amount() -> None:
    document = read_drawn(
        """
        项目名称 | 河道保洁
        项目资金 | 72万元（其中财政拨款70万元）
        一级指标 | 二级指标 | 三级指标 | 指标值
        产出指标 | 数量指标 | 保洁河道长度 | 26公里
        """
    )
    assert document.projects[0].amount == 72.0
    assert any("其中财政拨款70万元" in note.message for note in document.diagnostics)


def test_a_block_of_the_whole_period_above_that_of_the_year() -> None:
    document = read_drawn(
        """
        项目名称 | ← | 非遗工坊扶持 | ← | ←
        长期绩效指标 | 一级指标 | 二级指标 | 指标内容 | 指标值
        ↑ | 产出指标 | 数量指标 | 扶持工坊数 | 45家
        ↑ | 效益指标 | 社会效益指标 | 三年带动就业 | ≥900人
        年度绩效指标 | 一级指标 | 二级指标 | 指标内容 | 指标值
        ↑ | 产出指标 | 数量指标 | 扶持工坊数 | 15家
        ↑ | ↑ | 质量指标 | 验收合格率 | 100%
        """
    )
    assert [(row.name, row.cycle_value, row.annual_value) for row in document.projects[0].indicators] == [
        ("扶持工坊数", "45家", "15家"),
        ("验收合格率", "", "100%"),
        ("三年带动就业", "≥900人", ""),
    ]


def test_classes_as_numbered_headings_across_the_table() -> None:
    document = read_drawn(
        """
        项目名称 | 公路养护 | 主管部门及代码 | 301-某县交通运输局
        序号 | 指标名称 | 指标值 | 备注
        一、产出指标 | ← | ← | ←
        （一）数量指标 | ← | ← | ←
        1 | 养护里程 | ≥312公里 |
        （二）质量指标 | ← | ← | ←
        1 | 路况优良率 | ≥85% |
        """
    )
    assert document.department == "某县交通运输局"
    assert any("301" in note.message for note in document.diagnostics)
    assert [(row.level1, row.level2, row.name, row.annual_value) for row in document.projects[0].indicators] == [
        ("产出指标", "数量指标", "养护里程", "≥312公里"),
        ("产出指标", "质量指标", "路况优良率", "≥85%"),
    ]


@pytest.mark.parametrize(("printed", "amount"), [("5600000", 560.0), ("560", 560.0), ("5600000万元", 5_600_000.0)])
def test_the_unit_of_money_that_nobody_wrote(printed: str, amount: float) -> None:
    document = read_drawn(
        f"""
        项目名称 | 项目总额 | 绩效目标 | 一级指标 | 二级指标 | 三级指标 | 指标值
        交通平台 | {printed} | 建成平台1个 | 产出指标 | 数量指标 | 接入路口数 | 320个
        """
    )
    assert document.projects[0].amount == amount
    assert any("金额单位" in note.message for note in document.diagnostics) == ("元" not in printed)
