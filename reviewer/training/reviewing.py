"""Exercises about a department's own rows: the worst of a review, judged anew as they are shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reviewer.models import Finding, Indicator, Project, ProjectReview, Review
from reviewer.rules.catalogue import load_catalogue
from reviewer.training.choices import find, rule
from reviewer.training.composing import mend
from reviewer.training.engine import alone, document_of, faults, judged
from reviewer.training.masking import Mask
from reviewer.training.material import Specimen
from reviewer.training.models import Exercise

Beside = Mapping[str, Sequence[Indicator]]


def of_review(review: Review, beside: Beside, seed: int, *, masked: bool) -> Iterator[Exercise]:
    """Yield exercises about the rows of *review*, the worst first, then about its projects.

    *beside* are sound rows by class, among which words at fault are hidden.
    """
    mask = Mask(review.document, review.projects) if masked else None
    projects = [_shown(project, number, mask) for number, project in enumerate(review.projects, 1)]
    year = review.document.budget_year
    rows = [
        (reviewed.score, at, row)
        for at, project in enumerate(review.projects)
        for reviewed, row in zip(project.indicators, projects[at].indicators, strict=True)
        if faults(finding for finding in reviewed.findings if finding.counts)
    ]
    seen: set[tuple[str, str]] = set()
    for _, at, row in sorted(rows, key=lambda one: one[0]):
        if (row.name, row.annual_value) not in seen:
            seen.add((row.name, row.annual_value))
            yield from _of_row(row, at, projects[at], year, beside, seed)
    for at, project in enumerate(review.projects):
        exercise = _of_project(project.findings, at, projects[at], year, seed)
        if exercise is not None:
            yield exercise


def _shown(project: ProjectReview, number: int, mask: Mask | None) -> Project:
    rows = [
        Indicator(**reviewed.model_dump(include={"no", "level1", "level2", "name", "cycle_value", "annual_value"}))
        for reviewed in project.indicators
    ]
    plain = Project(name=project.name, unit=project.unit, amount=project.amount, goal=project.goal, indicators=rows)
    # 本项目 reads well wherever a rewrite names the project.
    return mask.project(plain, number).model_copy(update={"name": "本项目"}) if mask else plain


def _of_row(
    row: Indicator, at: int, project: Project, year: int | None, beside: Beside, seed: int
) -> Iterator[Exercise]:
    found = faults(judged(row, project, year).findings)
    if not found:
        return  # only among its neighbours, or only in the eyes of a model
    specimen = _specimen(found[0], alone(row, project, year).projects[0], year, f"第 {at + 1} 个项目第 {row.no} 条")
    bare = Project(name=project.name, unit=project.unit, indicators=[row])
    for exercise in (
        mend(specimen),
        rule(specimen, seed),
        find(_specimen(found[0], bare, year, specimen.source), beside, seed),
    ):
        if exercise is not None:
            yield exercise


def _of_project(findings: Sequence[Finding], at: int, project: Project, year: int | None, seed: int) -> Exercise | None:
    for finding in faults(findings):
        exercise = rule(_specimen(finding, project, year, f"第 {at + 1} 个项目"), seed)
        if exercise is not None:
            return exercise
    return None


def _specimen(finding: Finding, project: Project, year: int | None, source: str) -> Specimen:
    return Specimen(load_catalogue().get(finding.code), True, document_of(project, year), "", source)
