"""A review as 《绩效目标审核意见》: a formal letter to each unit, in Word, complete and ready to be checked and signed.

A letter is about the projects of its unit alone: score, grade and counts are those of these projects, by the formula
that scores a whole document.
"""

from __future__ import annotations

from collections.abc import Iterator

from reviewer.models import Diagnostic, ProjectReview, Review
from reviewer.pipeline import summary_of
from reviewer.reporting.letter.annexes import annexes
from reviewer.reporting.letter.opinion import opinion
from reviewer.reporting.letter.paper import Paper


def render_letter(review: Review) -> bytes:
    """Return the .docx with one letter for each unit, in the order of the form; each begins a page numbered 1.

    >>> import reviewer
    >>> render_letter(reviewer.review(reviewer.read("data/samples/huangpu-2023.txt")))[:2]
    b'PK'
    """
    paper = Paper()
    for number, (unit, part) in enumerate(_letters(review)):
        if number:
            paper.end_letter()
        annexed = annexes(part)
        opinion(paper, unit, part, [annex.title for annex in annexed])
        for count, annex in enumerate(annexed, 1):
            paper.say("AnnexMark", f"附件{count if len(annexed) > 1 else ''}")
            paper.say("AnnexTitle", annex.title)
            annex.write(paper)
    return paper.to_bytes()


def _letters(review: Review) -> Iterator[tuple[str, Review]]:
    """Yield each unit with the review of its projects, and what reading noticed about them or about no project."""
    units: dict[str, list[ProjectReview]] = {}
    for project in review.projects:
        units.setdefault(_unit(project, review), []).append(project)
    noticed = [(item, _concerned(item, review)) for item in review.diagnostics]
    for unit, projects in (units or {review.document.department or "": []}).items():
        part = {
            "projects": projects,
            "summary": summary_of(projects),
            "diagnostics": [item for item, concerned in noticed if not concerned or unit in concerned],
        }
        yield unit, review.model_copy(update=part)


def _unit(project: ProjectReview, review: Review) -> str:
    return project.unit or review.document.department or ""


def _concerned(item: Diagnostic, review: Review) -> set[str]:
    """Return the units whose projects *item* names."""
    return {_unit(project, review) for project in review.projects if f"“{project.name}”" in item.message}
