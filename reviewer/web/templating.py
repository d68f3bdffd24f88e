"""Templates: those of the pages, and the pieces that they share with the report."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from reviewer.reporting.html.text import shown, with_blanks
from reviewer.reporting.words import class_title, money, new_class, origin, place, points, rule_title, state

HERE = Path(__file__).parent
REPORT = HERE.parent / "reporting" / "html"


def environment() -> Environment:
    """Return an environment in which everything printed is cleaned of control characters and escaped."""
    templates = Environment(
        loader=FileSystemLoader([HERE / "templates", REPORT]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=shown,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    templates.filters.update(
        class_title=class_title, money=money, place=place, points=points, rule_title=rule_title, with_blanks=with_blanks
    )
    templates.globals.update(new_class=new_class, origin=origin, state=state)
    return templates
