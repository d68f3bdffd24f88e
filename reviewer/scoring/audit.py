"""The four audits of 财预〔2015〕88号, as far as rules can tell; what they cannot tell stays without a grade."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from reviewer.models import Audit, AuditName, Grade, Severity
from reviewer.rules.engine import ProjectResult
from reviewer.scoring.formula import BANDS, grade_of, severity_of, title_of
from reviewer.scoring.row import RowScore

EVIDENCE: dict[AuditName, tuple[str, ...]] = {
    "completeness": ("G801", "G802", "G803", "S901", "S906"),
    "relevance": ("G804", "G805", "S903"),
    "appropriateness": ("S902", "S904", "S905"),
    "feasibility": (),
}
"""The project rules that speak about each audit."""

WORST: dict[Severity, Grade] = {"error": "差", "warning": "中", "hint": "良"}
"""The best grade of an audit with a finding of that severity."""

BEST_WHEN_VAGUE: Grade = "良"
"""The best appropriateness of a project with a vague indicator: 88号 asks for targets broken down and counted."""

OFF_TOPIC = 2
"""A row whose relevance is at most this measures something else than its class or name says."""

UNJUDGED: dict[AuditName, str] = {
    "relevance": "指标与目标是否相关，离线不判断。",
    "appropriateness": "数值与资金是否相称，离线不判断。",
    "feasibility": "条件是否具备、能否实现，离线不判断。",
}
"""What only judgement could tell."""

Judged = Mapping[AuditName, tuple[Grade, str]]
"""The grades and reasons a model gives."""

_ORDER = [grade for _, grade in BANDS]


def audit_of(result: ProjectResult, rows: list[RowScore], judged: Judged | None = None) -> dict[AuditName, Audit]:
    """Return grade and Chinese reason of the four audits; a grade is None where only judgement could give one.

    Where a model *judged*, its grade stands if the rules give none, else the worse one; both reasons are said.

    >>> from reviewer.models import Project
    >>> from reviewer.rules.row import ProjectFacts
    >>> audit = audit_of(ProjectResult(ProjectFacts(Project(name="电影放映"), 2024), []), [])
    >>> audit["completeness"].grade, audit["feasibility"].grade
    ('差', None)
    """
    audits: dict[AuditName, _Opinion] = {
        "completeness": _completeness(result),
        "relevance": _relevance(result, rows),
        "appropriateness": _appropriateness(result, rows),
        "feasibility": _Opinion(None, ""),
    }
    if judged is not None:
        return {name: _joined(rules, *judged[name]) for name, rules in audits.items()}
    return {
        name: Audit(grade=rules.grade, reason=rules.reason + UNJUDGED.get(name, "")) for name, rules in audits.items()
    }


class _Opinion(NamedTuple):
    """What the rules say about one audit."""

    grade: Grade | None
    reason: str


def _joined(rules: _Opinion, grade: Grade, reason: str) -> Audit:
    said = f"规则：{rules.reason}" if rules.reason else ""
    return Audit(grade=_worse(rules.grade, grade), reason=f"{said}模型：{reason}")


def _worse(grade: Grade | None, other: Grade) -> Grade:
    return other if grade is None else max(grade, other, key=_ORDER.index)


def _evidence(result: ProjectResult, audit: AuditName) -> tuple[Grade | None, list[str]]:
    """Return the grade that the findings about *audit* leave (None without any), and what they are."""
    grade: Grade | None = None
    found: dict[str, None] = {}
    for hit in result.hits:
        if hit.code in EVIDENCE[audit] and hit.counts:
            grade = _worse(grade, WORST[hit.severity or severity_of(hit.code)])
            found[f"{hit.code} {title_of(hit.code)}"] = None
    return grade, list(found)


def _completeness(result: ProjectResult) -> _Opinion:
    grade, found = _evidence(result, "completeness")
    if not result.rows:
        return _Opinion("差", f"{'；'.join(['没有一条指标', *found])}。")
    if grade is not None:
        return _Opinion(grade, f"{'；'.join(found)}。")
    unchecked = [answer.why for answer in result.unchecked if answer.code in EVIDENCE["completeness"]]
    if unchecked:
        return _Opinion(None, f"没有发现缺项，但有没能检查的：{'；'.join(unchecked)}")
    return _Opinion("优", "规则没有发现目标或指标类别的缺项。")


def _relevance(result: ProjectResult, rows: list[RowScore]) -> _Opinion:
    grade, found = _evidence(result, "relevance")
    off = sum(row.smart.relevant <= OFF_TOPIC for row in rows)
    if off and off * 2 >= len(rows):
        grade = _worse(grade, "中")
        found.append(f"{len(rows)} 条指标里有 {off} 条类别不当或与名称不符")
    if grade in ("中", "差"):
        return _Opinion(grade, f"{'；'.join(found)}。")
    hints = f"只有提示：{'；'.join(found)}。" if found else "没有发现明显不相关的指标。"
    return _Opinion(None, hints)


def _appropriateness(result: ProjectResult, rows: list[RowScore]) -> _Opinion:
    if not rows:
        return _Opinion(None, "没有指标，无从判断。")
    clear = sum(row.smart.specific + row.smart.measurable for row in rows) / (2 * len(rows))
    grade = grade_of(20 * clear)
    reasons = [f"明确性、可衡量性平均 {clear:.1f}（满分 5）"]
    vague = [str(row.row.indicator.no) for row in result.rows if row.row.vague]
    if vague:
        grade = _worse(grade, BEST_WHEN_VAGUE)
        reasons.append(f"{len(rows)} 条指标里有 {len(vague)} 条空泛（第 {'、'.join(vague)} 条）")
    limit, found = _evidence(result, "appropriateness")
    if limit is not None:
        grade = _worse(grade, limit)
    return _Opinion(grade, f"{'；'.join([*reasons, *found])}。")
