"""What is written into a workbook: the opinion and the wording beside a row, and the comments of cells."""

from __future__ import annotations

from collections.abc import Iterator

from reviewer.models import Finding, IndicatorReview, ProjectReview, Severity
from reviewer.reporting.words import (
    FIELD_TITLES,
    SEVERITY_TITLES,
    audits,
    class_title,
    faults,
    is_sound,
    new_class,
    not_believed,
    points,
    recheck,
    rule_title,
    tags,
    weak_dimensions,
    wording,
)

COLOURS: dict[Severity, str] = {"error": "FFC7CF", "warning": "FFEB9D", "hint": "DCE9F9"}
"""The fill of faulty cells, RGB; a shade beside the colours that Excel offers, to know ours again."""


def opinion(indicator: IndicatorReview) -> str:
    """Return what stands beside an indicator: grade, score and every finding."""
    return "\n".join(_opinion(indicator))


def _opinion(indicator: IndicatorReview) -> Iterator[str]:
    yield f"{indicator.grade} {points(indicator.score)} 分"
    for finding in indicator.findings:
        yield problem(finding)
    if not is_sound(indicator) and not faults(indicator.findings):
        yield from weak_dimensions(indicator)  # no fault explains the score, so the scores have to
    if doubt := recheck(indicator):
        yield doubt


def suggestion(indicator: IndicatorReview) -> str:
    """Return the wording that is suggested for an indicator; empty where there is none."""
    return "\n".join(wording(indicator))


def project_opinion(project: ProjectReview) -> str:
    """Return what stands beside a project: grade, score, the four dimensions and the findings of its own."""
    return "\n".join(_project_opinion(project))


def _project_opinion(project: ProjectReview) -> Iterator[str]:
    yield f"【项目】{project.grade} {points(project.score)} 分"
    yield "　".join(f"{title} {audit.grade or '未判断'}" for title, audit in audits(project))
    for finding in project.findings:
        yield problem(finding)
    if project.unchecked:
        yield f"未检查：{'、'.join(dict.fromkeys(rule_title(item.rule) for item in project.unchecked))}"
    if project.error:
        yield f"模型未能判断，只有规则的结果：{project.error.message}"
    for claim in not_believed(project):
        yield f"模型的话未采用：{claim}"


def problem(finding: Finding) -> str:
    """Return a finding in one line."""
    field = "" if finding.field in ("annual_value", "name", "goal") else f"{FIELD_TITLES[finding.field]}："
    return f"{SEVERITY_TITLES[finding.severity]} {rule_title(finding.rule)}{tags(finding)}：{field}{finding.message}"


def remark(finding: Finding, shown: str, indicator: IndicatorReview | None, *, named: bool) -> str:
    """Return the comment of a cell that shows *shown*; *named* says whose it is, where several share the cell."""
    return "\n".join(_remark(finding, shown, indicator, named))


def _remark(finding: Finding, shown: str, indicator: IndicatorReview | None, named: bool) -> Iterator[str]:
    if named and indicator is not None:
        yield f"第 {indicator.no} 条 {indicator.name}"
    yield problem(finding)
    if finding.quote.strip() and finding.quote.strip() != shown.strip():
        yield f"原文：“{finding.quote}”"
    if indicator is not None and finding.counts and (better := _better(finding, indicator)):
        yield f"建议：{better}"


def _better(finding: Finding, indicator: IndicatorReview) -> str:
    """Return what the rewrite puts in the place of the faulty field."""
    rewrite = indicator.rewrite
    if rewrite is None:
        return ""
    if finding.field in ("level1", "level2"):
        return f"改归{class_title(rewrite.level1, rewrite.level2)}" if new_class(indicator, rewrite) else ""
    text = {
        "annual_value": rewrite.annual_value,
        "cycle_value": rewrite.cycle_value or "",
        "name": rewrite.name,
    }.get(finding.field, "")
    return text if text != getattr(indicator, finding.field, None) else ""
