"""What a model says about a learner's indicator, believed under the same evidence rules as in a review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.models import Indicator, IndicatorReview, ProjectReview
from reviewer.pipeline import review
from reviewer.training.engine import alone
from reviewer.training.models import Exercise

if TYPE_CHECKING:
    from reviewer.settings import LLM


def comment(exercise: Exercise, row: Indicator, llm: LLM) -> tuple[ProjectReview, IndicatorReview]:
    """Return *row* under the goal of *exercise* as rules and model see it together.

    Quotes of the model have been found in the text, numbers of its rewrite in the input; what failed stands in
    ``dropped`` of the project, and why it could not judge at all in ``error``. Raises what a review with a model does.
    """
    document = alone(row.model_copy(update={"no": 1}), exercise.project, exercise.year)
    (project,) = review(document, llm=llm).projects
    return project, project.indicators[0]
