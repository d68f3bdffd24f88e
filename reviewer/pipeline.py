"""From a Document to its Review: rules, a model's judgement if asked for, scores and rewrites, joined into one result.

Without a model the same document, options and data folder give the same bytes; no clock, no chance and no connection
is involved, and nothing of :mod:`reviewer.judging` is imported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from math import fsum, inf
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import reviewer
from reviewer.language.parsed import Parsed
from reviewer.models import (
    Diagnostic,
    Document,
    DocumentHead,
    Finding,
    Grade,
    IndicatorReview,
    ProjectError,
    ProjectReview,
    Review,
    Severity,
    Summary,
    Suppression,
    Unchecked,
    Usage,
)
from reviewer.policy import Policy, Wish
from reviewer.rewriting import Rewriter
from reviewer.rules.answers import Hit, NotChecked
from reviewer.rules.catalogue import load_catalogue
from reviewer.rules.engine import ProjectResult, RowResult, check_document
from reviewer.rules.row import ProjectFacts, Row
from reviewer.rules.thresholds import DEFAULTS, Thresholds
from reviewer.scoring import ProjectScore, RowScore, score_document, score_project, score_row

if TYPE_CHECKING:
    from reviewer.judging.joining import Joined, JoinedRow
    from reviewer.judging.run import Judged
    from reviewer.settings import LLM

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
    severities: Mapping[str, Wish] | None = None,
    thresholds: Thresholds = DEFAULTS,
    suppressions: Iterable[Suppression] = (),
    today: date | None = None,
    llm: LLM | None = None,
    on_project: Callable[..., object] | None = None,
) -> Review:
    """Review *document* by the rules, offline; with *llm* by the rules and a model.

    *select* and *ignore* name rules by code, name or the beginning of a code (``["V", "missing-unit"]``) and hold for
    the diagnostics of reading as well; *year* overrides the budget year of the document; *extra_rules* are folders with
    rule files of one's own (word lists and patterns). *severities* say by code or name of a rule how grave it is, or
    ``off``; *thresholds* say where some rules begin. Findings that *suppressions* hold keep standing with the reason
    and count for nothing, through the day a suppression names; *today* is the calendar's unless given.
    *on_project* is called after each project, for whoever shows progress (with the keywords ``failed`` and ``cached``
    when a model judges). Money is 万元; ``start`` and ``end`` of a finding are code points of the field as the document
    holds it.
    Raises ``UsageError`` for a rule that does not exist and ``CatalogueError`` for a malformed rule file; with a model
    ``EndpointError`` when the endpoint refuses everything, ``LedgerError`` and ``InputError`` for files it needs.

    >>> from reviewer.models import Indicator, Project
    >>> row = Indicator(no=1, level1="产出指标", level2="数量指标", name="放映场次", annual_value="按合同约定完成")
    >>> found = review(Document(projects=[Project(name="电影放映", indicators=[row])]), select=["V"])
    >>> found.projects[0].indicators[0].findings[0].code
    'V101'
    """
    options: dict[str, Any] = {
        "select": select,
        "ignore": ignore,
        "year": year,
        "extra_rules": extra_rules,
        "severities": severities,
        "thresholds": thresholds,
        "suppressions": suppressions,
        "today": today,
    }
    if llm is not None:
        import asyncio  # 20 ms that no command without a model needs

        return asyncio.run(review_async(document, llm=llm, on_project=on_project, **options))
    assembly = Assembly(**options)
    projects = []
    for result in assembly.results(document):
        projects.append(assembly.project(result))
        if on_project is not None:
            on_project()
    return assembly.review(document, projects)


async def review_async(document: Document, *, llm: LLM | None = None, **options: Any) -> Review:
    """Review *document* so that the event loop stays free; options and errors are those of :func:`review`.

    >>> import asyncio
    >>> asyncio.run(review_async(Document())).summary.projects
    0
    """
    import asyncio

    if llm is None:
        return await asyncio.to_thread(review, document, **options)
    from reviewer.judging.run import judge_projects

    on_project = options.pop("on_project", None)
    assembly = Assembly(**options)
    results = await asyncio.to_thread(lambda: list(assembly.results(document)))
    judged = await judge_projects(results, llm, on_project)
    projects = [assembly.project(result, outcome) for result, outcome in zip(results, judged.outcomes, strict=True)]
    return assembly.review(document, projects, judged)


class Assembly:
    """Turns what rules, model, scoring and rewriting say into the models of the contract, project by project.

    It serves any number of documents with the same options, which are those of :func:`review`.

    >>> assembly = Assembly(select=["V"])
    >>> document = Document()
    >>> [assembly.project(result).score for result in assembly.results(document)]
    []
    """

    def __init__(
        self,
        select: Iterable[str] | None = None,
        ignore: Iterable[str] = (),
        year: int | None = None,
        extra_rules: Sequence[Path] = (),
        severities: Mapping[str, Wish] | None = None,
        thresholds: Thresholds = DEFAULTS,
        suppressions: Iterable[Suppression] = (),
        today: date | None = None,
    ) -> None:
        self._catalogue = load_catalogue(*extra_rules)
        self._policy = Policy(self._catalogue, severities, suppressions, thresholds, today)
        self._on = self._catalogue.select(select, ignore) - self._policy.off
        self._year = year
        self._rules = {rule.code: rule for rule in self._catalogue.rules}
        self._rewriters: dict[int | None, Rewriter] = {}
        # The same sentence stands at nearly every row: one object for all of them.
        self._known: dict[NotChecked, Unchecked] = {}

    def results(self, document: Document) -> Iterator[ProjectResult]:
        """Yield what the rules say about each project."""
        thresholds = self._policy.thresholds
        for result in check_document(document, self._on, self._year, self._catalogue.patterns, thresholds):
            self._policy.apply(result)
            yield result

    def diagnostics(self, document: Document) -> list[Diagnostic]:
        """Return what reading noticed, with the severities of the department, less what it does not want to see."""
        return [
            self._policy.diagnostic(diagnostic) for diagnostic in document.diagnostics if diagnostic.code in self._on
        ]

    def review(self, document: Document, projects: list[ProjectReview], judged: Judged | None = None) -> Review:
        """Return the review of *document* that its *projects* make up; *judged* says who else judged them."""
        return Review(
            reviewer_version=reviewer.__version__,
            ruleset=self._policy.digest,
            mode="rules" if judged is None else "rules+llm",
            model=None if judged is None else judged.model,
            prompts={} if judged is None else judged.prompts,
            document=head_of(document),
            diagnostics=self.diagnostics(document),
            summary=summary_of(projects),
            projects=projects,
            usage=Usage() if judged is None else judged.usage,
            suppressions=self._policy.uses,
        )

    def project(self, result: ProjectResult, outcome: Joined | ProjectError | None = None) -> ProjectReview:
        """Return a project as the rules see it, or as joined with a model's verdict, or with the reason for none."""
        joined = None if outcome is None or isinstance(outcome, ProjectError) else outcome
        error = outcome if isinstance(outcome, ProjectError) else None
        if joined:
            result = joined.result
            self._policy.apply(result)
        opinions = joined.rows if joined else [None] * len(result.rows)
        row_scores = [
            score_row(row, opinion.smart if opinion else None)
            for row, opinion in zip(result.rows, opinions, strict=True)
        ]
        score = score_project(result, row_scores, joined.audit if joined else None)
        rewriter = self._rewriter(result.facts.year)
        project = result.facts.project
        # Not validated: that would look at every row once more, and the rows are validated where they are made.
        return ProjectReview.model_construct(
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
                self._indicator(row, row_score, result.rows, opinion, rewriter)
                for row, row_score, opinion in zip(result.rows, row_scores, opinions, strict=True)
            ],
            dropped=joined.dropped if joined else [],
            error=error,
        )

    def _rewriter(self, year: int | None) -> Rewriter:
        if year not in self._rewriters:
            self._rewriters[year] = Rewriter(self._on, year)
        return self._rewriters[year]

    def _indicator(
        self,
        result: RowResult,
        score: RowScore,
        siblings: list[RowResult],
        opinion: JoinedRow | None,
        rewriter: Rewriter,
    ) -> IndicatorReview:
        row, indicator = result.row, result.row.indicator
        findings = self._findings(result.hits, lambda field: _row_text(row, field))
        rewrite = None
        if opinion and (row.vague or any(found.severity != "hint" and found.suppressed is None for found in findings)):
            rewrite = opinion.rewrite  # a model rewrote what was weak in its eyes; the department may let that stand
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
            findings=findings,
            unchecked=self._unchecked(result.unchecked),
            rewrite=rewrite or rewriter.rewrite(result, siblings),
            stability=opinion.stability if opinion else None,
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
                source=hit.source,
                disputed=hit.disputed,
                suppressed=hit.suppressed,
            )
            findings.append(finding)
        if len(findings) > 1:
            findings.sort(key=lambda found: (_RANKS[found.severity], found.code, found.field, found.start))
        return findings

    def _unchecked(self, answers: Iterable[NotChecked]) -> list[Unchecked]:
        unchecked = []
        for answer in answers:
            known = self._known.get(answer)
            if known is None:
                known = self._known[answer] = Unchecked(rule=self._rules[answer.code].name, why=answer.why)
            unchecked.append(known)
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


def head_of(document: Document) -> DocumentHead:
    """Return *document* without its projects."""
    return DocumentHead.model_construct(**{name: getattr(document, name) for name in DocumentHead.model_fields})


def summary_of(projects: Sequence[ProjectReview]) -> Summary:
    """Return the summary of *projects*: of a whole document, or of those of one unit.

    >>> summary_of([]).grade
    '差'
    """
    score, grade = score_document(
        (project.amount, ProjectScore(project.score, project.grade, project.audit)) for project in projects
    )
    return Summary(
        projects=len(projects),
        indicators=sum(len(project.indicators) for project in projects),
        score=score,
        grade=grade,
        vague=sum(indicator.vague for project in projects for indicator in project.indicators),
        amount_by_grade={
            grade: added(project.amount for project in projects if project.grade == grade) for grade in _GRADES
        },
    )


def added(amounts: Iterable[float | None]) -> float:
    """Return the sum of the amounts that there are, in 万元.

    >>> added([0.1, None, 0.2])
    0.3
    """
    try:
        return round(fsum(amount for amount in amounts if amount is not None), 2)
    except OverflowError:
        return inf  # no money, but a document may say so
