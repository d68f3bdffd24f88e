"""The shell of every HTML page: template, style sheets and scripts in one file, and the policy that guards it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reviewer.reporting.html.prose import paragraphs
from reviewer.reporting.html.text import shown, with_blanks
from reviewer.reporting.words import class_title, money, new_class, origin, place, points, rule_title, state

_FOLDER = Path(__file__).parent


def render_page(template: str, *, styles: Sequence[str] = (), scripts: Sequence[str] = (), **context: Any) -> str:
    """Return the page that *template*, which extends ``page.html.j2``, makes of *context*.

    *styles* and *scripts* are files of this folder; they follow those every page has. What the template prints is
    cleaned of control characters and escaped, all of it. No other script and no other style sheet than these can take
    effect in the page: its policy names them by their hashes.
    """
    style = _joined("page.css", *styles)
    first, last = _joined("theme.js"), _joined("page.js", *scripts)
    policy = "; ".join(
        [
            "default-src 'none'",
            f"style-src {_hash(style)}",
            f"script-src {_hash(first)} {_hash(last)}",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )
    return (
        _environment()
        .get_template(template)
        .render(policy=policy, style=style, first_script=first, last_script=last, **context)
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        class_title=class_title, money=money, place=place, points=points, rule_title=rule_title, with_blanks=with_blanks
    )
    environment.globals.update(
        new_class=new_class,
        origin=origin,
        paragraphs=paragraphs,
        state=state,
    )
    return environment


@cache
def _joined(*names: str) -> Markup:
    """Return the text of files of this folder, to stand inside a ``<style>`` or ``<script>`` as it is."""
    return Markup("".join((_FOLDER / name).read_text(encoding="utf-8") for name in names))


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
