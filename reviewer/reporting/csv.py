"""Reviews as one CSV table for spreadsheets: UTF-8 with BOM, CRLF, Chinese headings.

A row is a finding. What has none keeps a row with the columns of a finding left empty: each project, each indicator, so
that nothing of the form is missing. What reading noticed and what a model could not do are rows as well.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping

from reviewer.models import Diagnostic, Finding, IndicatorReview, ProjectReview, Review, Unchecked
from reviewer.reporting.words import (
    FIELD_TITLES,
    SEVERITY_TITLES,
    SOURCE_TITLES,
    not_believed,
    place,
    rule_title,
    state,
)

# fmt: off
HEADINGS = (
    "文件", "对象",
    "单位", "项目", "金额（万元）", "项目得分", "项目等级",
    "序号", "一级指标", "二级指标", "指标名称", "实施周期指标值", "年度指标值", "位置", "指标得分", "指标等级", "空泛",
    "规则", "规则名称", "轻重", "栏目", "原文", "问题", "来源", "有分歧", "状态",
    "建议名称", "建议一级指标", "建议二级指标", "建议实施周期指标值", "建议年度指标值", "改写说明", "待填",
    "未检查",
)
# fmt: on

# What Excel and WPS may take for a formula, also behind blanks and quotes, which an import may strip.
_FORMULA = re.compile(r"[\s'\"]*[=+\-@＝＋－＠]|[ '\"]*[\t\r\n]")

Row = Mapping[str, object]


class _Lines:
    """A file for ``csv.writer`` that hands each line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def csv_pieces(reviews: Iterable[tuple[str, Review]]) -> Iterator[str]:
    """Yield the table of *reviews*, each given with the name of its file, line by line and in the order of the forms.

    A text that a spreadsheet could take for a formula has ``'`` put before it; :func:`neutral` says which, and no other
    text is changed.

    >>> import reviewer
    >>> pieces = csv_pieces([("表.txt", reviewer.review(reviewer.Document()))])
    >>> [piece[:8] for piece in pieces]
    ['\\ufeff', '文件,对象,单位']
    """
    yield "\ufeff"
    writer = csv.DictWriter(_Lines(), HEADINGS, lineterminator="\r\n")
    yield str(writer.writeheader())
    for file, review in reviews:
        for row in _file(review):
            cells = {title: neutral(value) if isinstance(value, str) else value for title, value in row.items()}
            yield str(writer.writerow({"文件": neutral(file), **cells}))


def neutral(text: str) -> str:
    """Return *text* with ``'`` before it if a spreadsheet could take it for a formula.

    What begins so after the change began so before, so that the first ``'`` of such a cell is always ours.

    >>> neutral("=1+1"), neutral(" -5"), neutral("5天")
    ("'=1+1", "' -5", '5天')
    """
    return f"'{text}" if _FORMULA.match(text) else text


def _file(review: Review) -> Iterator[Row]:
    for item in review.diagnostics:
        yield {"对象": "文件", **_noticed(item)}
    for project in review.projects:
        yield from _project(project)


def _noticed(item: Diagnostic) -> Row:
    return {
        "位置": place(item.where or ""),
        "规则": item.code,
        "规则名称": _title(item.code, item.code),
        "轻重": SEVERITY_TITLES[item.severity],
        "问题": item.message,
    }


def _project(project: ProjectReview) -> Iterator[Row]:
    about = {
        "单位": project.unit or "",
        "项目": project.name,
        "金额（万元）": project.amount,
        "项目得分": project.score,
        "项目等级": project.grade,
    }
    own = {"对象": "项目", **about, "未检查": _unchecked(project.unchecked)}
    yield from _rows(own, project.findings)
    if project.error:
        yield {**own, "规则名称": "模型未能判断", "问题": project.error.message}
    for claim in not_believed(project):
        yield {**own, "规则名称": "模型的话未采用", "问题": claim}
    for indicator in project.indicators:
        yield from _rows({"对象": "指标", **about, **_indicator(indicator)}, indicator.findings)


def _indicator(indicator: IndicatorReview) -> Row:
    row: dict[str, object] = {
        "序号": indicator.no,
        "一级指标": indicator.level1,
        "二级指标": indicator.level2,
        "指标名称": indicator.name,
        "实施周期指标值": indicator.cycle_value or "",
        "年度指标值": indicator.annual_value,
        "位置": place(indicator.where or ""),
        "指标得分": indicator.score,
        "指标等级": indicator.grade,
        "空泛": "是" if indicator.vague else "否",
        "未检查": _unchecked(indicator.unchecked),
    }
    if rewrite := indicator.rewrite:
        row |= {
            "建议名称": rewrite.name,
            "建议一级指标": rewrite.level1,
            "建议二级指标": rewrite.level2,
            "建议实施周期指标值": rewrite.cycle_value or "",
            "建议年度指标值": rewrite.annual_value,
            "改写说明": rewrite.explanation,
            "待填": "；".join(rewrite.blanks),
        }
    return row


def _rows(about: Row, findings: list[Finding]) -> Iterator[Row]:
    if not findings:
        yield about
    for finding in findings:
        yield {
            **about,
            "规则": finding.code,
            "规则名称": _title(finding.rule, finding.code),
            "轻重": SEVERITY_TITLES[finding.severity],
            "栏目": FIELD_TITLES[finding.field],
            "原文": finding.quote,
            "问题": finding.message,
            "来源": SOURCE_TITLES[finding.source],
            "有分歧": "是" if finding.disputed else "否",
            "状态": state(finding),
        }


def _title(rule: str, code: str) -> str:
    return rule_title(rule).removeprefix(f"{code} ")


def _unchecked(items: list[Unchecked]) -> str:
    return "；".join(f"{rule_title(item.rule)}：{item.why}" for item in items)
