"""A review as one HTML file that needs nothing else: read on a screen or a phone, filtered, printed, passed on."""

from __future__ import annotations

from reviewer.models import Review
from reviewer.reporting.html.page import render_page
from reviewer.reporting.html.view import ReviewView

__all__ = ["render_html"]


def render_html(review: Review, name: str) -> str:
    """Return the report on *review* of the file called *name*: a whole page without any external part.

    Every text of the review is escaped, and the page's own policy lets no script run but the one it was made with.

    >>> import reviewer
    >>> page = render_html(reviewer.review(reviewer.Document(title="<b>表</b>")), "表.json")
    >>> page[:15], "&lt;b&gt;表" in page, "<b>表" in page
    ('<!DOCTYPE html>', True, False)
    """
    return render_page(
        "review.html.j2",
        styles=("charts.css", "judged.css", "review.css"),
        scripts=("review.js",),
        view=ReviewView(review, name),
    )
