"""Text of a table inside a page: cleaned, escaped, and with the faulty words marked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from markupsafe import Markup, escape

from reviewer.models import Finding
from reviewer.reporting.layout import clean
from reviewer.reporting.words import SEVERITY_TITLES, codes

_BLANK = re.compile(r"〔待填[^〔〕]*〕")
# A file name that is not UTF-8 reaches Python with these in it, and a page could not be encoded.
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_RANKS = {severity: rank for rank, severity in enumerate(SEVERITY_TITLES)}


def shown(value: Any) -> Any:
    """Return what a page shows of a *value*: text without control characters, one for one; line breaks stay.

    >>> shown("甲\\n乙\\u202e丙")
    '甲\\n乙�丙'
    """
    if isinstance(value, Markup):
        return value
    text = str(value)
    if text.isprintable():
        return text
    return _SURROGATE.sub("�", "\n".join(map(clean, text.split("\n"))))


def marked(text: str, findings: Sequence[Finding]) -> Markup:
    """Return *text* with the places of *findings* in ``<mark>``, each with the codes that speak of it.

    Places may overlap: the text is cut where one begins or ends, and a piece looks as the gravest of its findings.

    >>> at = {"field": "name", "quote": "提升", "start": 0, "end": 2}
    >>> marked("提升<素养>", [Finding(rule="vague-degree", code="V102", severity="error", message="", **at)])
    Markup('<mark class="error" title="V102">提升</mark>&lt;素养&gt;')
    """
    if not text.strip():
        empty = Markup('<span class="empty">（空）</span>')
        return mark("（空）", findings) if findings else empty
    text = shown(text)
    here = [finding for finding in findings if finding.start < finding.end]
    cuts = sorted({0, len(text), *(min(at, len(text)) for each in here for at in (each.start, each.end))})
    pieces = []
    for start, end in pairwise(cuts):
        over = [finding for finding in here if finding.start < end and finding.end > start]
        pieces.append(mark(text[start:end], over) if over else escape(text[start:end]))
    return Markup("").join(pieces)


def with_blanks(text: str) -> Markup:
    """Return *text* with each 〔待填：…〕 marked, for it must not be handed in as it is.

    >>> with_blanks("≥〔待填：场次〕场")
    Markup('≥<mark class="blank">〔待填：场次〕</mark>场')
    """
    text, at, pieces = shown(text), 0, []
    for blank in _BLANK.finditer(text):
        pieces += [escape(text[at : blank.start()]), Markup('<mark class="blank">{}</mark>').format(blank[0])]
        at = blank.end()
    return Markup("").join([*pieces, escape(text[at:])])


def mark(text: str, findings: Sequence[Finding]) -> Markup:
    """Return the whole of *text* in a ``<mark>`` that looks as the gravest of *findings*."""
    worst = min((finding.severity for finding in findings), key=_RANKS.__getitem__)
    return Markup('<mark class="{}" title="{}">{}</mark>').format(worst, codes(findings), shown(text))
