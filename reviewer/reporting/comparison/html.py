"""A comparison as one HTML file, in the shell that every page has."""

from __future__ import annotations

from reviewer.comparison.models import Comparison
from reviewer.reporting.comparison import words
from reviewer.reporting.html.page import render_page


def render_html(comparison: Comparison) -> str:
    """Return a whole page without any external part; every text of the tables is escaped."""
    told, quiet = words.changed_projects(comparison)
    return render_page(
        "comparison.html.j2", styles=("comparison.css",), words=words, comparison=comparison, told=told, quiet=quiet
    )
