"""The promise of the reader, measured: no character of the source vanishes.

What is structure (separators, labels, numbers and codes of indicators, the header row, amounts) is taken out of the
source. Every other character that is not blank must stand in a field of the Document, or be quoted by a diagnostic, at
least as often as in the source. What a diagnostic quotes from a field counts once, there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from reviewer.models import Document

_CLASS = r"(?:产出|效益|满意度|成本)指标"
_STRUCTURE = re.compile(
    rf"""
      ^[^\n]*项目名称[^\n]*绩效目标[^\n]*$                            # the header row
    | ^\s*(?:合计|绩效指标)\s*$ | ^合计(?=\s)
    | 部门名称[：:] | [（(]?单位[：:]万?元[)）]?
    | (?<=\s)[\d,]+\.\d\d(?=\s|$)                               # amounts, which the totals vouch for
    | [（(]?\d{{1,3}}[、.）)]\s*(?:\d-)?{_CLASS}[；;]\s*(?:\d\d-)?[\u4e00-\u9fff]{{2,9}}[；;]   # number and classes
    | (?:实施周期|年度)指标值[：:]
    """,
    re.VERBOSE | re.MULTILINE,
)
_SEPARATORS = frozenset("；;。：:-—－─…\ufeff")


def vanished(source: str, document: Document) -> Counter[str]:
    """Return the characters of *source* that stand nowhere in what was read, with how often they are missing."""
    fields = content("\n".join(_fields(document)))
    kept = Counter(fields)
    for diagnostic in document.diagnostics:
        for text in map(_words, _quotations(diagnostic.message)):
            # Most quotations point at a field; an indicator that broke off (D004) stands nowhere else.
            if diagnostic.code == "D004" or text not in fields:
                kept.update(text)
    return Counter(_words(source)) - kept


def _words(text: str) -> str:
    return content(_STRUCTURE.sub("", text))


def content(text: str) -> str:
    """Return *text* without blanks and separators."""
    return "".join(char for char in text if not char.isspace() and char not in _SEPARATORS)


def _fields(document: Document) -> Iterator[str]:
    yield document.title or ""
    yield document.department or ""
    yield from (unit.name for unit in document.units)
    for project in document.projects:
        yield project.name
        yield project.goal
        for row in project.indicators:
            yield f"{row.name}{row.cycle_value or ''}{row.annual_value}"


def _quotations(message: str) -> Iterator[str]:
    start = depth = 0
    for at, char in enumerate(message):
        if char == "“":
            start, depth = (at + 1, 1) if depth == 0 else (start, depth + 1)
        elif char == "”" and depth:
            depth -= 1
            if depth == 0:
                yield message[start:at]
