"""What the tables of a run hold, column by column, and the rows that a file or a project gives them.

Ids come from where a thing stands (path, part, place in it), so that they are the same in every run over the same
files, and each begins with that of what it belongs to.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from reviewer.bulk.store import FileRow, StoredProject
from reviewer.models import (
    AUDITS,
    DIMENSIONS,
    Diagnostic,
    DocumentHead,
    Finding,
    IndicatorReview,
    ProjectReview,
    Unchecked,
)
from reviewer.rules.catalogue import Catalogue

SCHEMA_VERSION = 1
"""Counts up when a column goes or changes its meaning; whoever reads the others does not mind one that is added."""

Kind = Literal["text", "integer", "number", "flag", "texts"]
Value = str | int | float | bool | list[str] | None
Row = Sequence[Value]


class Column(NamedTuple):
    """A column: its name, what its values are, what they mean (in Chinese), and whether one may be missing."""

    name: str
    kind: Kind
    meaning: str
    optional: bool = False


class Table(NamedTuple):
    """A table: its name, what one row is (in Chinese), and its columns in the order in which they are written."""

    name: str
    row: str
    columns: tuple[Column, ...]


_FILE_ID = Column("file_id", "text", "输入的编号：路径和起始行的 sha256 的前 16 位")
_PROJECT_ID = "项目的编号：file_id-在文件中的位置"
_INDICATOR_ID = "指标的编号：project_id-在项目中的位置"
_AUDIT_TITLES = dict(zip(AUDITS, ("完整性", "相关性", "适当性", "可行性"), strict=True))
_SMART_TITLES = dict(zip(DIMENSIONS, ("具体", "可衡量", "可实现", "相关", "有时限"), strict=True))
_UNCHECKED = Column("unchecked", "texts", "没有检查的规则（名称）；没有检查不等于通过")

FILES = Table(
    "files",
    "一个输入：一个文件，或 JSONL、Parquet 文件的一段",
    (
        _FILE_ID,
        Column("path", "text", "文件的绝对路径"),
        Column("line", "integer", "这一段从第几行开始；整个文件是 0"),
        Column("name", "text", "给人看的文件名"),
        Column("digest", "text", "内容的 sha256", optional=True),
        Column("state", "text", "read 读了，unreadable 读不了"),
        Column("message", "text", "读不了的原因", optional=True),
        Column("title", "text", "表的标题", optional=True),
        Column("department", "text", "部门", optional=True),
        Column("budget_year", "integer", "预算年度，表上写的", optional=True),
        Column("total", "number", "表上的总额，万元", optional=True),
        Column("projects", "integer", "读到几个项目；projects 表里不足此数的，还没有判断"),
    ),
)
PROJECTS = Table(
    "projects",
    "一个判断过的项目",
    (
        Column("project_id", "text", _PROJECT_ID),
        _FILE_ID,
        Column("position", "integer", "在文件中的位置，从 1 起"),
        Column("key", "text", "被判断内容的 sha256；内容相同的项目，key 相同"),
        Column("name", "text", "项目名称"),
        Column("unit", "text", "单位", optional=True),
        Column("amount", "number", "金额，万元", optional=True),
        Column("goal", "text", "绩效目标"),
        Column("score", "number", "得分，0–100"),
        Column("grade", "text", "等级：优、良、中、差"),
        Column("indicators", "integer", "指标条数"),
        Column("vague", "integer", "其中空泛的条数"),
        *(
            Column(f"audit_{name}", "text", f"{title}的等级；没有请模型判断的为空", True)
            for name, title in _AUDIT_TITLES.items()
        ),
        _UNCHECKED,
        Column("error_kind", "text", "模型未能判断的原因的种类；得分只按规则", optional=True),
        Column("error_message", "text", "模型未能判断的原因", optional=True),
    ),
)
INDICATORS = Table(
    "indicators",
    "一条指标",
    (
        Column("indicator_id", "text", _INDICATOR_ID),
        Column("project_id", "text", _PROJECT_ID),
        Column("position", "integer", "在项目中的位置，从 1 起"),
        Column("no", "integer", "表上的序号，可能重复"),
        Column("level1", "text", "一级指标"),
        Column("level2", "text", "二级指标"),
        Column("name", "text", "指标名称"),
        Column("cycle_value", "text", "实施周期指标值；表上没有这一栏的为空", optional=True),
        Column("annual_value", "text", "年度指标值"),
        Column("where", "text", "在文件中的地方：line 55、Sheet1!E7", optional=True),
        Column("vague", "flag", "是否空泛"),
        Column("score", "number", "得分，0–100"),
        Column("grade", "text", "等级：优、良、中、差"),
        *(Column(name, "integer", f"SMART：{title}，1–5") for name, title in _SMART_TITLES.items()),
        Column("stability", "number", "重复判断中与结论一致的比例，0–1；没有重复的为空", optional=True),
        _UNCHECKED,
    ),
)
FINDINGS = Table(
    "findings",
    "一个问题：指标的、项目的，或读文件时发现的",
    (
        Column("finding_id", "text", "问题的编号：所在之处的编号-规则代码，同处同规则的第二个起加 .2、.3"),
        _FILE_ID,
        Column("project_id", "text", f"{_PROJECT_ID}；读文件时发现的为空", optional=True),
        Column("indicator_id", "text", f"{_INDICATOR_ID}；不在指标上的为空", optional=True),
        Column("code", "text", "规则代码：V101"),
        Column("rule", "text", "规则名称：vague-plan-reference"),
        Column("severity", "text", "轻重：error、warning、hint"),
        Column("field", "text", "栏目：annual_value、goal 等；读文件时发现的为空", optional=True),
        Column("quote", "text", "原文，即这一栏的 [start, end)", optional=True),
        Column("start", "integer", "原文从第几个字符（code point）起，从 0 数", optional=True),
        Column("end", "integer", "原文到第几个字符止，不含", optional=True),
        Column("where", "text", "在文件中的地方：line 55、Sheet1!E7", optional=True),
        Column("message", "text", "说明"),
        Column("source", "text", "谁说的：rules 规则，llm 模型，both 两者"),
        Column("disputed", "flag", "规则和模型说法不一"),
        Column("baseline", "flag", "上次审核已有"),
        Column("suppressed", "text", "豁免的理由；没有豁免的为空", optional=True),
        Column("counts", "flag", "是否计入得分：没有豁免，也没有被推翻；读文件时发现的不计入"),
    ),
)
TABLES = (FILES, PROJECTS, INDICATORS, FINDINGS)


def file_rows(file: FileRow, catalogue: Catalogue) -> Iterator[tuple[Table, Row]]:
    """Yield the row of an input, and one for each thing noticed while it was read."""
    id_, head = _file_id(file), file.head or DocumentHead()
    yield (
        FILES,
        (
            id_,
            file.path,
            file.line,
            file.name,
            file.digest,
            file.state,
            file.message,
            head.title,
            head.department,
            head.budget_year,
            head.total,
            file.projects,
        ),
    )
    ids = _Ids(id_)
    for noticed in file.diagnostics:
        yield FINDINGS, _noticed(ids, noticed, catalogue)


def project_rows(file: FileRow, stored: StoredProject) -> Iterator[tuple[Table, Row]]:
    """Yield the row of a project of *file*, those of its indicators, and those of all findings about them."""
    file_id = _file_id(file)
    id_ = f"{file_id}-{stored.position + 1}"
    review = stored.review
    yield PROJECTS, _project(id_, file_id, stored, review)
    ids = _Ids(id_)
    for finding in review.findings:
        yield FINDINGS, _finding(ids, finding, file_id, id_)
    for place, indicator in enumerate(review.indicators, 1):
        indicator_id = f"{id_}-{place}"
        yield INDICATORS, _indicator(indicator_id, id_, place, indicator)
        ids = _Ids(indicator_id)
        for finding in indicator.findings:
            yield FINDINGS, _finding(ids, finding, file_id, id_, indicator_id, indicator.where)


class _Ids:
    """Gives ids to the findings at one place."""

    def __init__(self, place: str) -> None:
        self.place = place
        self._seen: Counter[str] = Counter()

    def next(self, code: str) -> str:
        self._seen[code] += 1
        count = self._seen[code]
        return f"{self.place}-{code}" if count == 1 else f"{self.place}-{code}.{count}"


def _file_id(file: FileRow) -> str:
    return hashlib.sha256(f"{file.path}\n{file.line}".encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _names(unchecked: list[Unchecked]) -> list[str]:
    return [left.rule for left in unchecked]


def _project(id_: str, file_id: str, stored: StoredProject, review: ProjectReview) -> Row:
    error = review.error
    return (
        id_,
        file_id,
        stored.position + 1,
        stored.key,
        review.name,
        review.unit,
        review.amount,
        review.goal,
        review.score,
        review.grade,
        stored.indicators,
        stored.vague,
        *(review.audit[name].grade if name in review.audit else None for name in AUDITS),
        _names(review.unchecked),
        error.kind if error else None,
        error.message if error else None,
    )


def _indicator(id_: str, project_id: str, place: int, indicator: IndicatorReview) -> Row:
    return (
        id_,
        project_id,
        place,
        indicator.no,
        indicator.level1,
        indicator.level2,
        indicator.name,
        indicator.cycle_value,
        indicator.annual_value,
        indicator.where,
        indicator.vague,
        indicator.score,
        indicator.grade,
        *(getattr(indicator.smart, name) for name in DIMENSIONS),
        indicator.stability,
        _names(indicator.unchecked),
    )


def _finding(
    ids: _Ids,
    finding: Finding,
    file_id: str,
    project_id: str,
    indicator_id: str | None = None,
    where: str | None = None,
) -> Row:
    return (
        ids.next(finding.code),
        file_id,
        project_id,
        indicator_id,
        finding.code,
        finding.rule,
        finding.severity,
        finding.field,
        finding.quote,
        finding.start,
        finding.end,
        where,
        finding.message,
        finding.source,
        finding.disputed,
        finding.baseline,
        finding.suppressed,
        finding.counts,
    )


def _noticed(ids: _Ids, noticed: Diagnostic, catalogue: Catalogue) -> Row:
    rule = catalogue.get(noticed.code).name
    unsaid = (None, None, None, None)
    return (
        ids.next(noticed.code),
        ids.place,
        None,
        None,
        noticed.code,
        rule,
        noticed.severity,
        *unsaid,
        noticed.where,
        noticed.message,
        "rules",
        False,
        False,
        None,
        False,
    )
