"""Judge and mend Chinese budget performance indicators (绩效指标).

>>> import reviewer
>>> document = reviewer.read("data/samples/huangpu-2023.txt")
>>> reviewer.review(document).summary.projects
27
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

__all__ = [
    "Diagnostic",
    "Document",
    "Finding",
    "Indicator",
    "IndicatorReview",
    "Project",
    "ProjectReview",
    "Review",
    "ReviewerError",
    "Rewrite",
    "SmartScores",
    "Suppression",
    "__version__",
    "read",
    "review",
    "review_async",
]

if TYPE_CHECKING:
    from reviewer.errors import ReviewerError
    from reviewer.models import (
        Diagnostic,
        Document,
        Finding,
        Indicator,
        IndicatorReview,
        Project,
        ProjectReview,
        Review,
        Rewrite,
        SmartScores,
        Suppression,
    )
    from reviewer.pipeline import review, review_async
    from reviewer.reading import read

_HOMES = {
    "ReviewerError": "reviewer.errors",
    "read": "reviewer.reading",
    "review": "reviewer.pipeline",
    "review_async": "reviewer.pipeline",
}


def __getattr__(name: str) -> Any:
    # Resolved on first use, so that `reviewer --version` does not build forty pydantic schemas.
    if name not in __all__:
        raise AttributeError(f"module 'reviewer' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES.get(name, "reviewer.models")), name)
