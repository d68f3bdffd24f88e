"""The score of a project from its rows, and of a document from its projects."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf, sqrt
from statistics import median
from typing import NamedTuple

from reviewer.models import Audit, AuditName, Grade
from reviewer.rules.engine import ProjectResult
from reviewer.scoring.audit import Judged, audit_of
from reviewer.scoring.formula import PROJECT_COST_LIMIT, PROJECT_COSTS, grade_of, severity_of
from reviewer.scoring.row import RowScore

# Weights are points, usually out of 100; what lies beyond is none, and its products could overflow.
_MOST_POINTS = 1e6


class ProjectScore(NamedTuple):
    """A project's score of 0–100, its grade and the four audits of 财预〔2015〕88号."""

    score: float
    grade: Grade
    audit: dict[AuditName, Audit]


def score_project(result: ProjectResult, rows: list[RowScore], judged: Judged | None = None) -> ProjectScore:
    """Return the score of a project: the mean of its *rows*, less a little for what is wrong with the project itself.

    The rows count by their printed weights if each has one, else alike, so a long table is no disadvantage. A rule
    about the project costs once, however often it fires. A project without indicators scores 0. *judged* are the audits
    of a model, if asked; they leave the score alone.

    >>> from reviewer.models import Project
    >>> from reviewer.rules.row import ProjectFacts
    >>> score_project(ProjectResult(ProjectFacts(Project(name="电影放映"), 2024), []), []).grade
    '差'
    """
    costs: dict[str, int] = {}
    for hit in result.hits:
        if not hit.counts:
            continue
        cost = PROJECT_COSTS[hit.severity or severity_of(hit.code)]
        costs[hit.code] = max(cost, costs.get(hit.code, 0))
    score = round(max(_mean(result, rows) - min(sum(costs.values()), PROJECT_COST_LIMIT), 0.0), 1)
    return ProjectScore(score, grade_of(score), audit_of(result, rows, judged))


def _mean(result: ProjectResult, rows: list[RowScore]) -> float:
    if not rows:
        return 0.0
    weights = [row.row.indicator.weight or 0.0 for row in result.rows]
    if not all(1 / _MOST_POINTS < weight < _MOST_POINTS for weight in weights):
        weights = [1.0] * len(rows)
    return sum(weight * row.score for weight, row in zip(weights, rows, strict=True)) / sum(weights)


def score_document(projects: Iterable[tuple[float | None, ProjectScore]]) -> tuple[float, Grade]:
    """Return score and grade of a document from (amount in 万元, score) of its projects; 0 when there are none.

    A project weighs as the square root of its amount: four times the money counts twice, so that one large project
    neither hides nor decides everything. An amount that is missing or not positive weighs as the median of the others.

    >>> poor, good = ProjectScore(40, "差", {}), ProjectScore(94, "优", {})
    >>> score_document([(100, poor), (400, good)])
    (76.0, '中')
    """
    pairs = [(sqrt(amount) if amount and 0 < amount < inf else None, project.score) for amount, project in projects]
    if not pairs:
        return 0.0, grade_of(0.0)
    usual = median([weight for weight, _ in pairs if weight is not None] or [1.0])
    weighted = [(usual if weight is None else weight, score) for weight, score in pairs]
    mean = sum(weight * score for weight, score in weighted) / sum(weight for weight, _ in weighted)
    score = round(mean, 1)
    return score, grade_of(score)
