"""What the template of a review asks for: the review in the order of the page, with ids, counts and choices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from markupsafe import Markup

from reviewer.models import (
    Audit,
    FieldName,
    Finding,
    Grade,
    IndicatorReview,
    ProjectReview,
    Review,
    Severity,
    Unchecked,
)
from reviewer.reporting.charts import defects_chart, grades_chart, money_chart, smart_chart
from reviewer.reporting.html.text import mark, marked
from reviewer.reporting.inspection import sums
from reviewer.reporting.words import (
    CONSEQUENCES,
    DIMENSION_TITLES,
    FIELD_TITLES,
    GRADE_STYLES,
    GRADES,
    SEVERITY_MARKS,
    SEVERITY_TITLES,
    audits,
    class_title,
    headline,
    indicator_grades,
    is_sound,
    judged_by,
    left_unchecked,
    money,
    not_believed,
    project_grades,
    recheck,
    rule_of,
    rule_title,
    use_of_model,
    worst_first,
)
from reviewer.scoring import explain
from reviewer.scoring.formula import BANDS


class Stake(NamedTuple):
    """A grade in the summary: what follows from it, and how much has it."""

    grade: Grade
    consequence: str
    projects: int
    amount: str
    indicators: int


class Standing(NamedTuple):
    """Findings by what they ask for: something, nothing new, or nothing at all."""

    new: list[Finding]
    known: list[Finding]
    suppressed: list[Finding]


class Kind(NamedTuple):
    """A rule that found something: how often, what it is called and what it rests on."""

    code: str
    title: str
    basis: str
    number: int


class IndicatorView:
    """An indicator with its id and what the reports say of it."""

    def __init__(self, indicator: IndicatorReview, key: str) -> None:
        self.of = indicator
        self.key = key
        self.sound = is_sound(indicator)
        self.recheck = recheck(indicator)
        self.standing = standing(indicator.findings)
        self.title = class_title(indicator.level1, indicator.level2)
        misfits = [*_at(indicator.findings, "level1"), *_at(indicator.findings, "level2")]
        # The two labels are shown as one, so the place in one of them is none in what is shown.
        self.title_marked = mark(self.title, misfits) if misfits else self.title
        self.name = marked(indicator.name, _at(indicator.findings, "name"))
        self.cycle_value = marked(indicator.cycle_value or "", _at(indicator.findings, "cycle_value"))
        self.annual_value = marked(indicator.annual_value, _at(indicator.findings, "annual_value"))

    def scores(self) -> Iterator[tuple[str, str, int, str]]:
        """Yield letter, name, score and reason of the five dimensions."""
        titles = {rule_title(finding.rule): finding.code for finding in self.of.findings}
        for letter, (dimension, title) in zip("SMART", DIMENSION_TITLES.items(), strict=True):
            reason = self.of.reasons.get(dimension, "")
            # The findings stand beside it and say what the code means.
            for known, code in titles.items():
                reason = reason.replace(known, code)
            yield letter, title, getattr(self.of.smart, dimension), reason


class ProjectView:
    """A project with its id, that of each indicator, and what the reports say of it."""

    def __init__(self, project: ProjectReview, number: int) -> None:
        self.of = project
        self.key = f"p{number}"
        self.name = project.name or "（没有项目名称）"
        self.name_marked = marked(self.name, _at(project.findings, "project"))
        self.goal = marked(project.goal, _at(project.findings, "goal"))
        self.standing = standing(project.findings)
        self.audits: list[tuple[str, Audit]] = list(audits(project))
        self.not_believed = list(not_believed(project))
        self.indicators = [
            IndicatorView(indicator, f"{self.key}-{at}") for at, indicator in enumerate(project.indicators, 1)
        ]
        # A form may give the same number twice: then the first is meant.
        self.keys = {view.of.no: view.key for view in reversed(self.indicators)}
        self.severities = _severities(_findings([project]))


class ReviewView:
    """A review in the order of the page."""

    consequences = CONSEQUENCES
    field_titles = FIELD_TITLES
    grade_styles = GRADE_STYLES
    grades = GRADES
    severity_marks = SEVERITY_MARKS
    severity_titles = SEVERITY_TITLES

    def __init__(self, review: Review, name: str) -> None:
        self.of = review
        self.name = name
        self.headline = headline(review.document, review.projects, review.summary.indicators)
        self.sums = sums(review.document, review.projects)
        self.severities = _severities(self._findings)
        self.left_unchecked = left_unchecked(review)
        self.judged_by = judged_by(review)
        self.use_of_model = use_of_model(review)
        # Where no row has a cycle value the form has no such column.
        self.has_cycle = any(
            indicator.cycle_value is not None for project in review.projects for indicator in project.indicators
        )

    @cached_property
    def projects(self) -> list[ProjectView]:
        """The projects, worst first; their ids follow the order of the form, so that they outlive a changed score."""
        numbers = {id(project): number for number, project in enumerate(self.of.projects, 1)}
        return [ProjectView(project, numbers[id(project)]) for project in worst_first(self.of)]

    @property
    def stakes(self) -> list[Stake]:
        """The rows of the summary."""
        projects, indicators = project_grades(self.of), indicator_grades(self.of)
        amounts = self.of.summary.amount_by_grade
        return [
            Stake(grade, CONSEQUENCES[grade], projects[grade], money(amounts[grade]), indicators[grade])
            for grade in GRADES
        ]

    def charts(self) -> Iterator[Markup]:
        """Yield the charts."""
        review = self.of
        projects = project_grades(review)
        yield grades_chart(
            "chart-grades",
            {
                f"项目 {review.summary.projects} 个": projects,
                f"指标 {review.summary.indicators} 条": indicator_grades(review),
            },
        )
        yield money_chart("chart-money", review.summary.amount_by_grade, projects)
        yield defects_chart("chart-defects", self._findings)
        yield smart_chart("chart-smart", [view.of for view in self.projects])

    @property
    def kinds(self) -> list[Kind]:
        """The rules that found something, by code."""
        counts = Counter((finding.code, finding.rule) for finding in self._findings)
        kinds = []
        for (code, name), count in sorted(counts.items()):
            rule = rule_of(name)
            kinds.append(Kind(code, rule.title if rule else name, rule.basis if rule else "", count))
        return kinds

    @property
    def units(self) -> list[str]:
        """The units, in the order of the form."""
        return list(dict.fromkeys(project.unit for project in self.of.projects if project.unit))

    @property
    def classes(self) -> list[str]:
        """The classes, in the order of their first indicator."""
        return list(
            dict.fromkeys(
                class_title(row.level1, row.level2) for project in self.of.projects for row in project.indicators
            )
        )

    @property
    def bands(self) -> str:
        """Where the grades begin."""
        return "、".join(f"{lowest:g} 分以上为{grade}" for lowest, grade in BANDS if lowest) + "，以下为差"

    @property
    def scoring(self) -> str:
        """How the scores come about, as Markdown without its first heading."""
        return explain().partition("\n")[2]

    def unchecked(self, items: Iterable[Unchecked]) -> tuple[list[Unchecked], list[str]]:
        """Part what was not checked: items to tell with their reason, and rules whose one reason the summary tells."""
        told, short = [], []
        for item in items:
            if len(self._reasons[item.rule]) > 1:
                told.append(item)
            else:
                short.append(rule_title(item.rule))
        return told, short

    @cached_property
    def _reasons(self) -> dict[str, set[str]]:
        reasons: dict[str, set[str]] = {}
        for project in self.of.projects:
            for unchecked in (project.unchecked, *(indicator.unchecked for indicator in project.indicators)):
                for item in unchecked:
                    reasons.setdefault(item.rule, set()).add(item.why)
        return reasons

    def rule(self, key: str) -> str:
        """Return code and title of a rule."""
        return rule_title(key)

    @cached_property
    def _findings(self) -> list[Finding]:
        return list(_findings(self.of.projects))


def standing(findings: Iterable[Finding]) -> Standing:
    """Part *findings* by what they ask for."""
    parted = Standing([], [], [])
    for finding in findings:
        if finding.suppressed is not None:
            parted.suppressed.append(finding)
        elif finding.baseline:
            parted.known.append(finding)
        else:
            parted.new.append(finding)
    return parted


def _at(findings: Iterable[Finding], field: FieldName) -> list[Finding]:
    """Return the findings to mark in *field*; what is let stand is not marked."""
    return [finding for finding in findings if finding.field == field and finding.suppressed is None]


def _findings(projects: Iterable[ProjectReview]) -> Iterator[Finding]:
    for project in projects:
        yield from project.findings
        for indicator in project.indicators:
            yield from indicator.findings


def _severities(findings: Iterable[Finding]) -> Counter[Severity]:
    return Counter(finding.severity for finding in findings if finding.suppressed is None)
