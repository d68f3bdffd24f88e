"""What the reports call things in Chinese, and what they pick out of a review: the same in every format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import get_args

from reviewer.models import (
    AUDITS,
    DIMENSIONS,
    Audit,
    AuditName,
    Dimension,
    DocumentHead,
    Finding,
    Grade,
    IndicatorReview,
    Project,
    ProjectReview,
    Review,
    Rewrite,
    Severity,
    SmartScores,
    Source,
)
from reviewer.reading.notes import said
from reviewer.reporting.layout import Style
from reviewer.rules.catalogue import Rule, load_catalogue

GRADES: tuple[Grade, ...] = get_args(Grade)

CONSEQUENCES: dict[Grade, str] = {
    "优": "直接进入下一步预算安排流程",
    "良": "协商完善后，进入下一步预算安排流程",
    "中": "修改完善后，按程序重新报送审核",
    "差": "不得进入下一步预算安排流程",
}
"""What follows from each grade (财预〔2015〕88号)."""

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
SOURCE_TITLES: dict[Source, str] = {"rules": "规则", "llm": "模型", "both": "规则与模型"}

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


def place(where: str) -> str:
    """Return a place in the source as people say it.

    >>> place("line 33"), place("Sheet1!E7"), place("table 2, row 5")
    ('第 33 行', 'Sheet1!E7', '第 2 个表第 5 行')
    """
    return said(where)


def headline(head: DocumentHead, projects: Sequence[Project | ProjectReview], indicators: int) -> str:
    """Return whose table it is, for which year, and how much it holds."""
    parts = [
        head.department or head.title or "未写部门",
        f"{head.budget_year} 年" if head.budget_year else "年度未写",
        f"{len(projects)} 个项目 {indicators} 条指标",
        money(_total(head, projects)),
    ]
    return " · ".join(parts)


def _total(head: DocumentHead, projects: Sequence[Project | ProjectReview]) -> float | None:
    amounts = [project.amount for project in projects if project.amount is not None]
    if head.total is None and amounts:
        return round(sum(amounts), 2)
    return head.total


def worst_first(review: Review) -> list[ProjectReview]:
    """Return the projects by score; those of equal score by the money at stake, then in the order of the form."""
    return sorted(review.projects, key=lambda project: (project.score, -(project.amount or 0)))


def audits(project: ProjectReview) -> Iterator[tuple[str, Audit]]:
    """Yield the audit dimensions of a project with their Chinese names."""
    return ((AUDIT_TITLES[name], project.audit[name]) for name in AUDITS if name in project.audit)


def smart_line(smart: SmartScores) -> str:
    """Return the five scores as ``S3 M1 A3 R4 T2``."""
    return f"S{smart.specific} M{smart.measurable} A{smart.achievable} R{smart.relevant} T{smart.time_bound}"


def weak_dimensions(indicator: IndicatorReview) -> Iterator[str]:
    """Yield the SMART dimensions of three points and less, each with its reason."""
    for dimension in DIMENSIONS:
        score = getattr(indicator.smart, dimension)
        if score <= 3 and dimension in indicator.reasons:
            yield f"{DIMENSION_TITLES[dimension]} {score}：{indicator.reasons[dimension]}"


def is_sound(indicator: IndicatorReview) -> bool:
    """Whether an indicator can stay as it is: 优 or 良, nothing but hints, and judged the same each time."""
    hints_only = all(finding.severity == "hint" for finding in indicator.findings)
    return indicator.grade in ("优", "良") and hints_only and not recheck(indicator)


def recheck(indicator: IndicatorReview) -> str:
    """Return why a person should look at an indicator: the model says now this, now that. Empty where it does not."""
    share = indicator.stability
    return "" if share is None or share >= _STABLE else f"需人工复核：模型反复判断，只有 {share:.0%} 一致"


_STABLE = 2 / 3


def not_believed(project: ProjectReview) -> Iterator[str]:
    """Yield what the model said of a project and could not prove."""
    for claim in project.dropped:
        yield f"{'' if claim.no is None else f'第 {claim.no} 条，'}{claim.what}：{claim.why}"


def judged_by(review: Review) -> str:
    """Return whether rules alone were asked or a model too, and which."""
    return "只用规则，未请模型判断" if review.mode == "rules" else f"规则和模型 {review.model or ''}"


def use_of_model(review: Review) -> str:
    """Return which model judged how many projects and what it took; empty where none was asked."""
    if review.mode == "rules":
        return ""
    judged = sum(project.error is None for project in review.projects)
    usage = review.usage
    cost = "未知" if usage.cost is None else f" {usage.cost:.4g}"
    return (
        f"{review.model} · 判断 {judged}/{len(review.projects)} 个项目 · 发出 {usage.requests} 次，"
        f"用存下的 {usage.cached} 次 · 输入 {usage.input_tokens:,}、输出 {usage.output_tokens:,} token · 费用{cost}"
    )


def codes(findings: Iterable[Finding]) -> str:
    """Return the codes of *findings*, each once."""
    return " ".join(dict.fromkeys(finding.code for finding in findings))


def origin(finding: Finding) -> str:
    """Return who found it, if not the rules alone, and whether the other side disagrees."""
    found_by = "" if finding.source == "rules" else f"〔{SOURCE_TITLES[finding.source]}〕"
    return found_by + "〔有分歧〕" * finding.disputed


def state(finding: Finding) -> str:
    """Return why a finding asks for nothing now: the department lets it stand, or it stood before; else nothing."""
    if finding.suppressed is not None:
        return f"已豁免（{finding.suppressed}）"
    return "上次已有" if finding.baseline else ""


def tags(finding: Finding) -> str:
    """Return everything that has to be said before what a finding says: who found it, and its state."""
    stands = state(finding)
    return origin(finding) + (f"〔{stands}〕" if stands else "")


def faults(findings: Iterable[Finding]) -> list[Finding]:
    """Return the errors and warnings that count."""
    return [finding for finding in findings if finding.severity != "hint" and finding.counts]


def not_counted(review: Review) -> list[str]:
    """Return how many findings are suppressed, and against a baseline how many are new and how many stood before."""
    found = list(_findings(review))
    suppressed = sum(finding.suppressed is not None for finding in found)
    parts = [f"已豁免 {suppressed} 处"] if suppressed else []
    if any(finding.baseline for finding in found):
        counting = faults(found)
        known = sum(finding.baseline for finding in counting)
        parts.append(f"与基线相比新增 {len(counting) - known} 处，上次已有 {known} 处（不算提示）")
    return parts


def new_class(indicator: IndicatorReview, rewrite: Rewrite) -> str:
    """Return the class a rewrite moves the indicator to, or nothing."""
    if (rewrite.level1, rewrite.level2) == (indicator.level1, indicator.level2):
        return ""
    return f"改归{class_title(rewrite.level1, rewrite.level2)}："


def wording(indicator: IndicatorReview) -> Iterator[str]:
    """Yield the lines of the wording that is suggested for an indicator, if there is one."""
    rewrite = indicator.rewrite
    if rewrite is None:
        return
    yield f"{new_class(indicator, rewrite)}{rewrite.name}"
    if rewrite.cycle_value not in (None, rewrite.annual_value):
        yield f"周期：{rewrite.cycle_value}"
    yield f"{'周期、年度' if rewrite.cycle_value == rewrite.annual_value else '年度'}：{rewrite.annual_value}"
    if rewrite.explanation:
        yield f"说明：{rewrite.explanation}"
    for blank in rewrite.blanks:
        if blank not in f"{rewrite.name}{rewrite.cycle_value}{rewrite.annual_value}":
            yield f"待填：{blank}"


def indicator_grades(review: Review) -> Counter[Grade]:
    """Count the indicators of each grade."""
    return Counter(indicator.grade for project in review.projects for indicator in project.indicators)


def project_grades(review: Review) -> Counter[Grade]:
    """Count the projects of each grade."""
    return Counter(project.grade for project in review.projects)


def frequent(review: Review, severity: Severity) -> list[str]:
    """Return the rules of *severity* that found something, the most frequent first: ``V102 只有程度词或口号 9``."""
    return [
        f"{rule_title(name)} {count}"
        for name, count in _ordered(
            Counter(finding.rule for finding in _findings(review) if finding.severity == severity and finding.counts)
        )
    ]


def left_unchecked(review: Review) -> list[str]:
    """Return the rules that could not be decided, how often, and why where the reason is always the same."""
    counts: Counter[str] = Counter()
    reasons: dict[str, set[str]] = {}
    for project in review.projects:
        for unchecked in (project.unchecked, *(indicator.unchecked for indicator in project.indicators)):
            for item in unchecked:
                counts[item.rule] += 1
                reasons.setdefault(item.rule, set()).add(item.why)
    return [
        f"{rule_title(name)} {count}" + (f"（{min(reasons[name]).rstrip('。')}）" if len(reasons[name]) == 1 else "")
        for name, count in _ordered(counts)
    ]


def rule_title(key: str) -> str:
    """Return code and title of a rule, given its name or code; of one that is not in the catalogue, what was given.

    >>> rule_title("vague-degree"), rule_title("house-rule")
    ('V102 只有程度词或口号', 'house-rule')
    """
    rule = rule_of(key)
    return f"{rule.code} {rule.title}" if rule else key


def rule_of(key: str) -> Rule | None:
    """Return the rule of that name or code; None when a department's own folder holds it, not the catalogue."""
    return _rules().get(key)


@cache
def _rules() -> dict[str, Rule]:
    return {key: rule for rule in load_catalogue().rules for key in (rule.name, rule.code)}


def _ordered(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda entry: (-entry[1], rule_title(entry[0])))


def _findings(review: Review) -> Iterator[Finding]:
    for project in review.projects:
        yield from project.findings
        for indicator in project.indicators:
            yield from indicator.findings
