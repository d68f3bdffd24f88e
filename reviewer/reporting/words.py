"""What the reports call things in Chinese, the same in every format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, get_args

from reviewer.models import AuditName, Dimension, Grade, Severity
from reviewer.reporting.layout import Style

if TYPE_CHECKING:
    from reviewer.models import DocumentHead, Finding, IndicatorReview, Review, SmartScores

GRADES: tuple[Grade, ...] = get_args(Grade)

AUDIT_TITLES: dict[AuditName, str] = {
    "completeness": "完整性",
    "relevance": "相关性",
    "appropriateness": "适当性",
    "feasibility": "可行性",
}

DIMENSION_TITLES: dict[Dimension, str] = {
    "specific": "明确性",
    "measurable": "可衡量性",
    "achievable": "可实现性",
    "relevant": "相关性",
    "time_bound": "时限性",
}

GRADE_STYLES: dict[Grade, Style] = {"优": "green", "良": "cyan", "中": "yellow", "差": "red"}
SEVERITY_STYLES: dict[Severity, Style] = {"error": "red", "warning": "yellow", "hint": "dim"}
SEVERITY_TITLES: dict[Severity, str] = {"error": "错误", "warning": "警告", "hint": "提示"}
SEVERITY_MARKS: dict[Severity, str] = {"error": "✗", "warning": "!", "hint": "·"}

FIELD_TITLES = {
    "annual_value": "年度",
    "cycle_value": "周期",
    "name": "名称",
    "level1": "一级指标",
    "level2": "二级指标",
    "goal": "绩效目标",
    "amount": "金额",
    "indicators": "指标",
    "project": "项目名称",
}


def money(amount: float | None) -> str:
    """Return an amount in 万元 for reading.

    >>> money(8777.2)
    '8,777.20 万元'
    """
    return "金额未填" if amount is None else f"{amount:,.2f} 万元"


def points(score: float) -> str:
    """Return a score as people write it: without a decimal that says nothing.

    >>> points(60.0), points(59.96)
    ('60', '59.9')
    """
    # Rounded down, for 59.96 is still 差 and must not read 60.
    return f"{int(score * 10) / 10:g}"


def class_title(level1: str, level2: str) -> str:
    """Return the two class labels in short.

    >>> class_title("产出指标", "数量指标"), class_title("效益指标", "社会效益指标")
    ('产出·数量', '社会效益')
    """
    outer, inner = level1.removesuffix("指标"), level2.removesuffix("指标")
    if outer == "满意度" and inner == "服务对象满意度":
        return outer
    if outer and outer in inner:
        return inner
    return "·".join(part for part in (outer, inner) if part) or "未分类"


def document_title(head: DocumentHead) -> str:
    """Return what the document is called: its department, else its title."""
    return head.department or head.title or "未写部门"


def total(review: Review) -> float | None:
    """Return the printed total in 万元, else the sum of the projects, else None."""
    if review.document.total is not None:
        return review.document.total
    amounts = [project.amount for project in review.projects if project.amount is not None]
    return round(sum(amounts), 2) if amounts else None


def smart_line(smart: SmartScores) -> str:
    """Return the five scores as ``S3 M1 A3 R4 T2``."""
    return f"S{smart.specific} M{smart.measurable} A{smart.achievable} R{smart.relevant} T{smart.time_bound}"


def indicator_grades(review: Review) -> Counter[Grade]:
    """Count the indicators of each grade."""
    return Counter(indicator.grade for project in review.projects for indicator in project.indicators)


def project_grades(review: Review) -> Counter[Grade]:
    """Count the projects of each grade."""
    return Counter(project.grade for project in review.projects)


def unchecked_reasons(review: Review) -> list[tuple[str, int]]:
    """Count what was not checked by reason, the most frequent first."""
    counts = Counter(item.why for project in review.projects for item in project.unchecked)
    for project in review.projects:
        counts.update(item.why for indicator in project.indicators for item in indicator.unchecked)
    return sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))


def all_findings(review: Review) -> Iterable[Finding]:
    """Yield every finding, of projects and indicators, in document order."""
    for project in review.projects:
        yield from project.findings
        for indicator in project.indicators:
            yield from indicator.findings


def is_clean(indicator: IndicatorReview) -> bool:
    """Whether there is nothing to say about an indicator but that it is good."""
    return indicator.grade == "优" and not indicator.findings
