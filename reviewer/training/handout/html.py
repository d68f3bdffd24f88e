"""A sheet as one HTML file that needs nothing else: to read on a screen, and to print on A4."""

from __future__ import annotations

from reviewer.reporting.html.page import render_page
from reviewer.training.handout.sheet import Sheet


def render_html(sheet: Sheet) -> str:
    """Return *sheet* as a whole page; its text is escaped, all of it."""
    return render_page("handout.html.j2", styles=("handout.css",), sheet=sheet)
