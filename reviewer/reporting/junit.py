"""Reviews as JUnit XML, which CI systems show: a suite for each project, a case for each indicator.

A case fails by an error that counts and is new; milder findings are its output. A rule that could not be decided is a
skipped case of its own, for a case that is green must not stand for it. See ``docs/formats.md``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from reviewer.models import Diagnostic, Finding, IndicatorReview, ProjectReview, Review
from reviewer.reporting.layout import clean
from reviewer.reporting.words import (
    FIELD_TITLES,
    SEVERITY_TITLES,
    class_title,
    not_believed,
    origin,
    place,
    points,
    rule_title,
    smart_line,
    state,
)

# What XML has no way to write, besides the controls that `clean` takes out.
_ILLEGAL = re.compile(r"[\ud800-\udfff\ufffe\uffff]")


@dataclass
class _Case:
    """A test case: *failures* as (rule, message), why it is skipped, why it could not run, and what else to say."""

    name: str
    failures: list[tuple[str, str]] = field(default_factory=list)
    skipped: str = ""
    error: str = ""
    output: list[str] = field(default_factory=list)


def junit_pieces(reviews: Iterable[tuple[str, Review]]) -> Iterator[str]:
    """Yield the XML of *reviews*, each given with the name of its file.

    >>> import reviewer
    >>> "".join(junit_pieces([("表.txt", reviewer.review(reviewer.Document()))]))
    '<?xml version="1.0" encoding="UTF-8"?>\\n<testsuites name="reviewer">\\n</testsuites>\\n'
    """
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="reviewer">\n'
    for file, review in reviews:
        if review.diagnostics:
            yield from _suite(file, "读取", list(map(_noticed, review.diagnostics)), {})
        for project in review.projects:
            yield from _suite(
                file, project.name or "（没有项目名称）", list(_cases(project)), _properties(review, project)
            )
    yield "</testsuites>\n"


def _suite(file: str, name: str, cases: list[_Case], properties: dict[str, str]) -> Iterator[str]:
    counts = {
        "tests": len(cases),
        "failures": sum(bool(case.failures) for case in cases),
        "errors": sum(bool(case.error) for case in cases),
        "skipped": sum(bool(case.skipped) for case in cases),
    }
    listed = "".join(f" {key}={_quoted(str(count))}" for key, count in counts.items())
    yield f"<testsuite name={_quoted(name)} file={_quoted(file)}{listed}>\n"
    if properties:
        inner = "".join(f"<property name={_quoted(key)} value={_quoted(value)}/>" for key, value in properties.items())
        yield f"<properties>{inner}</properties>\n"
    for case in cases:
        yield f"<testcase classname={_quoted(name)} name={_quoted(case.name)}>{_inside(case)}</testcase>\n"
    yield "</testsuite>\n"


def _inside(case: _Case) -> str:
    parts = []
    if case.failures:
        # Readers take one failure a case, so all of a case stand in it.
        first = " ".join(message for _, message in case.failures)
        kind = case.failures[0][0]
        lines = "\n".join(f"{rule}：{message}" for rule, message in case.failures)
        parts.append(f"<failure type={_quoted(kind)} message={_quoted(first)}>{_escaped(lines)}</failure>")
    if case.skipped:
        parts.append(f"<skipped message={_quoted(case.skipped)}/>")
    if case.error:
        parts.append(f"<error message={_quoted(case.error)}/>")
    if case.output:
        parts.append(f"<system-out>{_escaped(chr(10).join(case.output))}</system-out>")
    return "".join(parts)


def _properties(review: Review, project: ProjectReview) -> dict[str, str]:
    amount = {} if project.amount is None else {"amount": f"{project.amount:.2f}"}
    return {
        "unit": project.unit or "",
        **amount,
        "score": f"{project.score:g}",
        "grade": project.grade,
        "mode": review.mode,
        "ruleset": review.ruleset,
    }


def _noticed(item: Diagnostic) -> _Case:
    where = f"{place(item.where)} " if item.where else ""
    case = _Case(f"{where}{rule_title(item.code)}")
    if item.severity == "error":
        case.failures.append((item.code, item.message))
    else:
        case.output.append(f"{SEVERITY_TITLES[item.severity]}：{item.message}")
    return case


def _cases(project: ProjectReview) -> Iterator[_Case]:
    yield _judged(_Case("项目"), project.findings)
    for indicator in project.indicators:
        yield _indicator(indicator)
    unchecked: dict[str, list[str]] = {}
    for item in project.unchecked:
        unchecked.setdefault(item.rule, []).append(item.why)
    for indicator in project.indicators:
        for item in indicator.unchecked:
            unchecked.setdefault(item.rule, []).append(f"第 {indicator.no} 条：{item.why}")
    for rule, reasons in unchecked.items():
        yield _Case(f"未检查 {rule_title(rule)}", skipped=f"{len(reasons)} 处不能判断", output=reasons)
    if project.error:
        yield _Case("请模型判断", error=project.error.message)
    if claims := list(not_believed(project)):
        yield _Case("模型的话未采用", skipped=f"{len(claims)} 处", output=claims)


def _indicator(indicator: IndicatorReview) -> _Case:
    case = _Case(f"{indicator.no} {class_title(indicator.level1, indicator.level2)} {indicator.name}")
    _judged(case, indicator.findings)
    case.output.insert(0, f"{indicator.grade} {points(indicator.score)} 分 {smart_line(indicator.smart)}")
    case.output.insert(1, f"年度指标值：{indicator.annual_value}")
    if rewrite := indicator.rewrite:
        case.output.append(f"建议：{rewrite.name} {rewrite.annual_value}")
    return case


def _judged(case: _Case, findings: Iterable[Finding]) -> _Case:
    for finding in findings:
        rule = f"{rule_title(finding.rule)}{origin(finding)}"
        message = f"{FIELD_TITLES[finding.field]}“{finding.quote}”：{finding.message}"
        standing = state(finding)
        if finding.severity == "error" and finding.counts and not standing:
            case.failures.append((rule, message))
        else:
            case.output.append(f"{SEVERITY_TITLES[finding.severity]} {rule}：{message}{standing}")
    return case


def _quoted(text: str) -> str:
    return quoteattr(_legal(text))


def _escaped(text: str) -> str:
    return escape("\n".join(map(_legal, text.split("\n"))))


def _legal(text: str) -> str:
    return _ILLEGAL.sub("\ufffd", clean(text))
