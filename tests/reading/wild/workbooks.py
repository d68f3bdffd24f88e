"""Workbooks of several sheets: a sheet for each project, a summary, and hidden sheets that only feed drop-downs."""

from __future__ import annotations

from tests.reading.wild.expectation import Form, either, project
from tests.reading.wild.paper import Paper, xlsx


def sheet(name: str, unit: str, amount: str, goal: str, indicators: str) -> str:
    """The declaration of a project of the same department, with lines of the form left empty."""
    return f"""
项目绩效目标表 | ← | ← | ← | ← | ←
预算年度：2025 | ← | | | 单位：万元 | ←
项目名称 | ← | {name} | ← | ← | ←
主管部门 | ← | 某市教育局 | 实施单位 | {unit} | ←
预算金额 | ← | {amount} | ← | ← | ←
年度目标 | ← | {goal} | ← | ← | ←
绩效指标 | 一级指标 | 二级指标 | 三级指标 | 年度指标值 | 备注
{indicators.strip()}
↑ | | | | |
↑ | | | | |
负责人（签字）： | ← | | 填报人： | |
"""


SUMMARY = """
2025年项目汇总 | ← | ← | ←
序号 | 项目名称 | 实施单位 | 预算金额（万元）
1 | 校舍屋面防水维修 | 某市第三中学 | 132.6
2 | 教师心理健康培训 | 某市教师发展中心 | 18
3 | 学生视力筛查 | 某市学生健康管理中心 | 54.9
合计 | ← | ← | 205.5
"""

ROOFS = sheet(
    "校舍屋面防水维修",
    "某市第三中学",
    "132.6",
    "维修屋面8200平方米，雨季不漏水。",
    """
↑ | 产出指标 | 数量指标 | 维修屋面面积 | 8200平方米 |
↑ | ↑ | 质量指标 | 竣工验收合格率 | 100% |
↑ | ↑ | 时效指标 | 完工时间 | 2025年8月25日前 | 暑期施工
↑ | 效益指标 | 社会效益指标 | 雨季漏水教室数 | 0间 |
""",
)

TEACHERS = sheet(
    "教师心理健康培训",
    "某市教师发展中心",
    "18",
    "为中小学班主任开办心理健康培训。",
    """
↑ | 产出指标 | 数量指标 | 培训教师人数 | ≥360人 |
↑ | ↑ | 质量指标 | 结业考核通过率 | ≥95% |
↑ | 满意度指标 | 服务对象满意度指标 | 参训教师满意度 | ≥90% |
""",
)

EYES = sheet(
    "学生视力筛查",
    "某市学生健康管理中心",
    "54.9",
    "每学期为全市中小学生筛查一次视力。",
    """
↑ | 产出指标 | 数量指标 | 筛查人次 | ≥18.3万人次 |
↑ | ↑ | 时效指标 | 结果反馈家长时限 | ≤10个工作日 |
↑ | ↑ | 成本指标 | 每人次筛查费用 | ≤3元 |
↑ | 效益指标 | 可持续影响指标 | 视力档案建档率 | 100% |
""",
)

CHOICES = """
一级指标 | 二级指标 | 三级指标
产出指标 | 数量指标 | 培训人数
产出指标 | 质量指标 | 合格率
效益指标 | 社会效益指标 | 受益人数
满意度指标 | 服务对象满意度指标 | 满意度
"""

PAPERS = (
    Paper(SUMMARY, "汇总"),
    Paper(ROOFS, "1"),
    Paper(TEACHERS, "2", hidden_rows=(9,)),
    Paper(EYES, "3 视力筛查"),
    Paper(CHOICES, "下拉选项", hidden=True),
)

FORMS = [
    Form(
        "a sheet for each project, a summary sheet, a hidden row, a hidden sheet of choices, xlsx",
        lambda folder: xlsx(folder / "全部项目.xlsx", *PAPERS),
        {
            "title": either("项目绩效目标表", "2025年项目汇总"),
            "budget_year": 2025,
            "department": "某市教育局",
            "total": either(None, 205.5),
        },
        [
            project(
                "校舍屋面防水维修",
                "维修屋面8200平方米，雨季不漏水。",
                """
                产出指标 | 数量指标 | 维修屋面面积 | 8200平方米
                产出指标 | 质量指标 | 竣工验收合格率 | 100%
                产出指标 | 时效指标 | 完工时间 | 2025年8月25日前
                效益指标 | 社会效益指标 | 雨季漏水教室数 | 0间
                """,
                unit="某市第三中学",
                amount=132.6,
            ),
            project(
                "教师心理健康培训",
                "为中小学班主任开办心理健康培训。",
                """
                产出指标 | 数量指标 | 培训教师人数 | ≥360人
                产出指标 | 质量指标 | 结业考核通过率 | ≥95%
                满意度指标 | 服务对象满意度指标 | 参训教师满意度 | ≥90%
                """,
                unit="某市教师发展中心",
                amount=18,
            ),
            project(
                "学生视力筛查",
                "每学期为全市中小学生筛查一次视力。",
                """
                产出指标 | 数量指标 | 筛查人次 | ≥18.3万人次
                产出指标 | 时效指标 | 结果反馈家长时限 | ≤10个工作日
                产出指标 | 成本指标 | 每人次筛查费用 | ≤3元
                效益指标 | 可持续影响指标 | 视力档案建档率 | 100%
                """,
                unit="某市学生健康管理中心",
                amount=54.9,
            ),
        ],
        {(2, 2): {"'2'!D9", "'2'!E9"}, (3, 1): {"'3 视力筛查'!D8", "'3 视力筛查'!E8"}},
    )
]
