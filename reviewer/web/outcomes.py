"""What the page shows of a review of a draft: pieces of HTML, each for its place. Runs in a worker process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment

from reviewer.models import Document, Review
from reviewer.reporting.html.view import ReviewView
from reviewer.web.drafts import filled
from reviewer.web.templating import environment


def judged(draft: str, options: Mapping[str, Any]) -> bytes:
    """Review the *draft*, a Document as JSON, and return :func:`pieces` of the review as JSON in UTF-8."""
    from reviewer import pipeline

    document = filled(Document.model_validate_json(draft))
    return _as_json(pipeline.review(document, **options))


def shown(review: str) -> bytes:
    """Return :func:`pieces` of a *review*, itself given as JSON, as JSON in UTF-8."""
    return _as_json(Review.model_validate_json(review))


def _as_json(review: Review) -> bytes:
    return json.dumps(pieces(review), ensure_ascii=False).encode()


def pieces(review: Review) -> dict[str, Any]:
    """Return HTML for the draft that was reviewed: ``summary``, ``goal``, and of ``rows`` one each, by number.

    >>> from reviewer import pipeline
    >>> from reviewer.models import Indicator, Project
    >>> row = Indicator(no=7, level1="产出指标", level2="数量指标", name="放映场次", annual_value="按合同约定完成")
    >>> found = pieces(pipeline.review(Document(projects=[Project(name="电影放映", indicators=[row])])))
    >>> "V101" in found["rows"]["7"]
    True
    """
    view = ReviewView(review, "")
    [project] = view.projects
    parts = _parts(_environment())
    return {
        "summary": str(parts.summary(project, view)),
        "goal": str(parts.goal(project, view)),
        "rows": {str(row.of.no): str(parts.row(row, view)) for row in project.indicators},
    }


@cache
def _environment() -> Environment:
    return environment()


def _parts(templates: Environment) -> Any:
    return templates.get_template("outcome.html.j2").module
