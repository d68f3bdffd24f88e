"""The engine as exercises ask it: what it finds in a document, and what it makes of one indicator."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from reviewer.models import Document, Finding, Indicator, IndicatorReview, Project, ProjectReview
from reviewer.pipeline import Assembly
from reviewer.rules.catalogue import load_catalogue
from reviewer.rules.engine import check_row
from reviewer.rules.row import ProjectFacts, Row

_FIT = frozenset({"C401", "C402"})


@cache
def _assembly() -> Assembly:
    return Assembly()


def examined(document: Document) -> list[ProjectReview]:
    """Return what all rules say about *document*, by project.

    >>> examined(Document(projects=[Project(name="危房改造", goal="")]))[0].findings[0].code
    'G801'
    """
    assembly = _assembly()
    return [assembly.project(result) for result in assembly.results(document)]


def judged(indicator: Indicator, project: Project, year: int | None) -> IndicatorReview:
    """Return what the rules of one row say about *indicator* under the goal and amount of *project*.

    The other rows of the project do not matter: an answer is judged as the exercise shows it.
    """
    return examined(alone(indicator, project, year))[0].indicators[0]


def alone(indicator: Indicator, project: Project, year: int | None) -> Document:
    """Return a document with *indicator* as the only row of *project*."""
    return document_of(project.model_copy(update={"indicators": [indicator]}), year)


def document_of(project: Project, year: int | None) -> Document:
    """Return a document of one project."""
    return Document.model_construct(budget_year=year, projects=[project])


def faults(found: Iterable[Finding]) -> list[Finding]:
    """Return the findings above a hint.

    >>> faults([])
    []
    """
    return [finding for finding in found if finding.severity != "hint"]


def sound(reviewed: IndicatorReview) -> bool:
    """Whether nothing but hints was found, and the row is not vague."""
    return not reviewed.vague and not faults(reviewed.findings)


def codes_of(projects: Iterable[ProjectReview]) -> set[str]:
    """Return the codes of whatever was found in *projects* and their rows, hints included."""
    return {
        finding.code
        for project in projects
        for findings in (project.findings, *(row.findings for row in project.indicators))
        for finding in findings
    }


def undecided(projects: Iterable[ProjectReview]) -> set[str]:
    """Return the codes of the rules that could not be decided somewhere in *projects*."""
    catalogue = load_catalogue()
    return {
        catalogue.get(unchecked.rule).code
        for project in projects
        for answers in (project.unchecked, *(row.unchecked for row in project.indicators))
        for unchecked in answers
    }


def fits(indicator: Indicator, project: Project, year: int | None) -> bool:
    """Whether the engine accepts the class of *indicator*."""
    return not check_row(Row(indicator, ProjectFacts(project, year)), _FIT).hits
