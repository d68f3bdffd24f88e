"""From findings to scores: SMART 1–5 for a row, 0–100 and 优良中差 for row, project and document, the audit of 88号.

Everything the formula knows stands in :mod:`reviewer.scoring.formula`. :func:`explain` prints it in Chinese, and
``docs/scoring.md`` is that print: what a user reads is what is counted.
"""

from reviewer.scoring.explain import explain
from reviewer.scoring.formula import grade_of
from reviewer.scoring.project import ProjectScore, score_document, score_project
from reviewer.scoring.row import RowScore, score_row

__all__ = ["ProjectScore", "RowScore", "explain", "grade_of", "score_document", "score_project", "score_row"]
