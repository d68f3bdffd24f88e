"""A review as a Markdown report: what a reviewer sends back to the unit that submitted the table."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer.models import Finding, IndicatorReview, ProjectReview, Review, Rewrite
from reviewer.reporting.layout import Paint, clean, marked
from reviewer.reporting.words import (
    FIELD_TITLES,
    GRADES,
    SEVERITY_MARKS,
    SEVERITY_TITLES,
    audits,
    class_title,
    faults,
    frequent,
    headline,
    indicator_grades,
    is_sound,
    judged_by,
    left_unchecked,
    money,
    new_class,
    not_believed,
    not_counted,
    place,
    points,
    project_grades,
    recheck,
    rule_title,
    smart_line,
    tags,
    weak_dimensions,
    worst_first,
)

# Everything that Markdown or the HTML behind it could take for its own.
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&!$^])")
_LIST = re.compile(r"^(\s*)([-+]|\d+[.)])(?=\s|$)")
_PLAIN = Paint(False)


def render_markdown(review: Review, *, file: str | None = None) -> str:
    """Return the report as GitHub-flavoured Markdown; the text of the table is escaped, never markup."""
    return "\n".join(_report(review, file)) + "\n"


def _report(review: Review, file: str | None) -> Iterator[str]:
    yield "# 绩效指标审核意见"
    yield ""
    yield escaped(headline(review.document, review.projects, review.summary.indicators))
    if file:
        yield ""
        yield f"文件：{escaped(file)}"
    yield from _summary(review)
    yield from _reading(review)
    yield ""
    yield "## 各项目（差的在前）"
    for project in worst_first(review):
        yield from _project(project)
    yield ""
    yield "---"
    yield ""
    yield f"reviewer {review.reviewer_version} · 规则 {review.ruleset[:12]} · {escaped(judged_by(review))}"


def _summary(review: Review) -> Iterator[str]:
    summary = review.summary
    of_indicators, of_projects = indicator_grades(review), project_grades(review)
    yield ""
    yield "## 汇总"
    yield ""
    yield f"全表 **{summary.grade} {points(summary.score)} 分**，空泛目标 {summary.vague} 条。"
    yield ""
    yield "| 等级 | 项目（个） | 涉及金额 | 指标（条） |"
    yield "|---|--:|--:|--:|"
    for grade in GRADES:
        stake = money(summary.amount_by_grade[grade])
        yield f"| {grade} | {of_projects[grade]} | {stake} | {of_indicators[grade]} |"
    yield ""
    for severity, title in SEVERITY_TITLES.items():
        if counted := frequent(review, severity):
            yield f"- {SEVERITY_MARKS[severity]} {title}：{escaped(' · '.join(counted))}"
    if apart := not_counted(review):
        yield f"- {'；'.join(apart)}"
    if unchecked := left_unchecked(review):
        yield f"- ? 未检查（不算通过）：{escaped(' · '.join(unchecked))}"


def _reading(review: Review) -> Iterator[str]:
    if not review.diagnostics:
        return
    yield ""
    yield "## 读取情况"
    yield ""
    for item in review.diagnostics:
        where = f"（{escaped(place(item.where))}）" if item.where else ""
        yield f"- {SEVERITY_MARKS[item.severity]} {item.code} {escaped(item.message)}{where}"


def _project(project: ProjectReview) -> Iterator[str]:
    yield ""
    yield f"### {project.grade} {points(project.score)} 分 · {escaped(project.name) or '（没有项目名称）'}"
    yield ""
    yield f"{money(project.amount)}{f' · {escaped(project.unit)}' if project.unit else ''}"
    yield ""
    goal = marked(project.goal, [(f.start, f.end) for f in project.findings if f.field == "goal" and f.quote], _PLAIN)
    yield f"绩效目标：{escaped(goal) or '（空）'}"
    yield ""
    for title, audit in audits(project):
        yield f"- {title}：**{audit.grade or '未判断'}**{f'。{escaped(audit.reason)}' if audit.reason else ''}"
    for finding in project.findings:
        yield _finding(finding)
    for item in project.unchecked:
        yield f"- ? {escaped(rule_title(item.rule))}，未检查：{escaped(item.why)}"
    if project.error:
        yield f"- 未能判断：{escaped(project.error.message)}"
    for claim in not_believed(project):
        yield f"- 模型的话未采用：{escaped(claim)}"
    sound = [indicator for indicator in project.indicators if is_sound(indicator)]
    for indicator in project.indicators:
        if not is_sound(indicator):
            yield from _indicator(indicator)
    if sound:
        yield ""
        listed = "；".join(f"{indicator.no} {escaped(indicator.name)}" for indicator in sound)
        yield f"可以保留的 {len(sound)} 条：{listed}。"


def _indicator(indicator: IndicatorReview) -> Iterator[str]:
    shown = [finding for finding in indicator.findings if finding.severity != "hint"]

    def value(field: str, text: str) -> str:
        return escaped(marked(text, [(f.start, f.end) for f in shown if f.field == field], _PLAIN)) or "（空）"

    yield ""
    title = class_title(indicator.level1, indicator.level2)
    if any(finding.field in ("level1", "level2") for finding in shown):
        title = f"⟦{title}⟧"
    yield f"**{indicator.no} {value('name', indicator.name)}**（{escaped(title)}）"
    yield ""
    if any(finding.field == "cycle_value" for finding in shown):
        yield f"- 周期：{value('cycle_value', indicator.cycle_value or '')}"
    yield f"- 年度：{value('annual_value', indicator.annual_value)}"
    yield f"- **{indicator.grade}** {points(indicator.score)} 分，{smart_line(indicator.smart)}"
    for finding in indicator.findings:
        yield _finding(finding)
    if not faults(indicator.findings):
        for reason in weak_dimensions(indicator):
            yield f"- {escaped(reason)}"
    if doubt := recheck(indicator):
        yield f"- {escaped(doubt)}"
    if indicator.rewrite:
        yield from _rewrite(indicator, indicator.rewrite)


def _finding(finding: Finding) -> str:
    field = "" if finding.field in ("annual_value", "name") else f"{FIELD_TITLES[finding.field]}："
    return (
        f"- {SEVERITY_MARKS[finding.severity]} {finding.code} {escaped(tags(finding))}{field}{escaped(finding.message)}"
    )


def _rewrite(indicator: IndicatorReview, rewrite: Rewrite) -> Iterator[str]:
    yield f"- 建议：{new_class(indicator, rewrite)}{escaped(rewrite.name)} **{escaped(rewrite.annual_value)}**"
    if rewrite.explanation:
        yield f"  - 说明：{escaped(rewrite.explanation)}"
    for blank in rewrite.blanks:
        yield f"  - 待填：{escaped(blank)}"


def escaped(text: str) -> str:
    """Return *text* on one line, with nothing in it that Markdown would interpret."""
    return _LIST.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", clean(text).strip()))
