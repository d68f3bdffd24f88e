"""From a Document to its Review: rules, then scores, then rewrites, joined into one result.

The same document, options and data folder give the same bytes; no clock, no chance and no connection is involved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import fsum
from pathlib import Path
from typing import Any, get_args

import reviewer
from reviewer.language.parsed import Parsed
from reviewer.models import (
    Document,
    DocumentHead,
    Finding,
    Grade,
    IndicatorReview,
    ProjectReview,
    Review,
    Severity,
    Summary,
    Unchecked,
    Usage,
)
from reviewer.rewriting import Rewriter
from reviewer.rules.answers import Hit, NotChecked
from reviewer.rules.catalogue import Rule, load_catalogue
from reviewer.rules.engine import ProjectResult, RowResult, check_document
from reviewer.rules.row import ProjectFacts, Row
from reviewer.scoring import ProjectScore, RowScore, score_document, score_project, score_row

_RANKS: dict[Severity, int] = {severity: rank for rank, severity in enumerate(get_args(Severity))}
_GRADES: tuple[Grade, ...] = get_args(Grade)
_NO_TEXT = Parsed("")


def review(
    document: Document,
    *,
    select: Iterable[str] | None = None,
    ignore: Iterable[str] = (),
    year: int | None = None,
    extra_rules: Sequence[Path] = (),
    on_project: Callable[[], object] | None = None,
) -> Review:
    """Review *document* by the rules, offline.

    *select* and *ignore* name rules by code, name or the beginning of a code (``["V", "missing-unit"]``) and hold for
    the diagnostics of reading as well; *year* overrides the budget year of the document; *extra_rules* are folders with
    rule files of one's own (word lists and patterns); *on_project* is called after each project, for whoever shows
    progress. Money is 万元; ``start`` and ``end`` of a finding are code points of the field as the document holds it.
    Raises ``UsageError`` for a selector that matches no rule and ``CatalogueError`` for a malformed rule file.

    >>> from reviewer.models import Indicator, Project
    >>> row = Indicator(no=1, level1="产出指标", level2="数量指标", name="放映场次", annual_value="按合同约定完成")
    >>> found = review(Document(projects=[Project(name="电影放映", indicators=[row])]), select=["V"])
    >>> found.projects[0].indicators[0].findings[0].code
    'V101'
    """
    catalogue = load_catalogue(*extra_rules)
    on = catalogue.select(select, ignore)
    year = document.budget_year if year is None else year
    assembly = _Assembly({rule.code: rule for rule in catalogue.rules}, Rewriter(on, year))
    projects: list[ProjectReview] = []
    scores: list[tuple[float | None, ProjectScore]] = []
    for result in check_document(document, on, year, catalogue.patterns):
        score, project = assembly.project(result)
        projects.append(project)
        scores.append((project.amount, score))
        if on_project is not None:
            on_project()
    return Review(
        reviewer_version=reviewer.__version__,
        ruleset=catalogue.digest,
        mode="rules",
        model=None,
        prompts={},
        document=DocumentHead.model_construct(**{name: getattr(document, name) for name in DocumentHead.model_fields}),
        diagnostics=[diagnostic for diagnostic in document.diagnostics if diagnostic.code in on],
        summary=_summary(projects, scores),
        projects=projects,
        usage=Usage(),
    )


async def review_async(document: Document, **options: Any) -> Review:
    """Review *document* in a thread, so that the event loop stays free; options and errors are those of :func:`review`.

    >>> import asyncio
    >>> asyncio.run(review_async(Document())).summary.projects
    0
    """
    import asyncio  # 20 ms that no command needs

    return await asyncio.to_thread(review, document, **options)


class _Assembly:
    """Turns what rules, scoring and rewriting say into the models of the contract."""

    def __init__(self, rules: Mapping[str, Rule], rewriter: Rewriter) -> None:
        self._rules = rules
        self._rewriter = rewriter
        # The same sentence stands at nearly every row: one object for all of them.
        self._known: dict[NotChecked, Unchecked] = {}

    def project(self, result: ProjectResult) -> tuple[ProjectScore, ProjectReview]:
        """Return the score of a project, for the document's, and its review."""
        row_scores = [score_row(row) for row in result.rows]
        score = score_project(result, row_scores)
        project = result.facts.project
        # Not validated: that would look at every row once more, and the rows are validated where they are made.
        return score, ProjectReview.model_construct(
            name=project.name,
            unit=project.unit,
            amount=project.amount,
            goal=project.goal,
            score=score.score,
            grade=score.grade,
            audit=score.audit,
            coverage=result.coverage,
            findings=self._findings(result.hits, lambda field: _project_text(result.facts, field)),
            unchecked=self._unchecked(result.unchecked),
            indicators=[
                self._indicator(row, row_score, result.rows)
                for row, row_score in zip(result.rows, row_scores, strict=True)
            ],
        )

    def _indicator(self, result: RowResult, score: RowScore, siblings: list[RowResult]) -> IndicatorReview:
        row, indicator = result.row, result.row.indicator
        return IndicatorReview(
            no=indicator.no,
            level1=indicator.level1,
            level2=indicator.level2,
            name=indicator.name,
            cycle_value=indicator.cycle_value,
            annual_value=indicator.annual_value,
            where=indicator.where,
            vague=row.vague,
            smart=score.smart,
            reasons=score.reasons,
            score=score.score,
            grade=score.grade,
            findings=self._findings(result.hits, lambda field: _row_text(row, field)),
            unchecked=self._unchecked(result.unchecked),
            rewrite=self._rewriter.rewrite(result, siblings),
        )

    def _findings(self, hits: Iterable[Hit], text_of: Callable[[str], Parsed]) -> list[Finding]:
        findings = []
        for hit in hits:
            rule = self._rules[hit.code]
            text = text_of(hit.field)
            start, end = text.span(hit.start, hit.end)
            finding = Finding(
                rule=rule.name,
                code=rule.code,
                severity=hit.severity or rule.severity,
                field=hit.field,
                quote=text.source[start:end],
                start=start,
                end=end,
                message=hit.message,
            )
            findings.append(finding)
        if len(findings) > 1:
            findings.sort(key=lambda found: (_RANKS[found.severity], found.code, found.field, found.start))
        return findings

    def _unchecked(self, answers: Iterable[NotChecked]) -> list[Unchecked]:
        unchecked = []
        for answer in answers:
            if answer not in self._known:
                self._known[answer] = Unchecked(rule=self._rules[answer.code].name, why=answer.why)
            unchecked.append(self._known[answer])
        return unchecked


def _row_text(row: Row, field: str) -> Parsed:
    if field == "annual_value":
        return row.annual
    if field == "name":
        return row.name_parsed
    if field == "cycle_value" and row.cycle is not None:
        return row.cycle
    return Parsed(getattr(row.indicator, field) or "")


def _project_text(facts: ProjectFacts, field: str) -> Parsed:
    if field == "goal":
        return facts.goal
    # A finding about the amount or the table of indicators as a whole has no text to point at.
    return Parsed(facts.project.name) if field == "project" else _NO_TEXT


def _summary(projects: Sequence[ProjectReview], scores: Sequence[tuple[float | None, ProjectScore]]) -> Summary:
    score, grade = score_document(scores)
    return Summary(
        projects=len(projects),
        indicators=sum(len(project.indicators) for project in projects),
        score=score,
        grade=grade,
        vague=sum(indicator.vague for project in projects for indicator in project.indicators),
        amount_by_grade={
            grade: round(fsum(project.amount or 0.0 for project in projects if project.grade == grade), 2)
            for grade in _GRADES
        },
    )
