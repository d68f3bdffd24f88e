"""Diagnostics in the making, and the quotations they carry."""

from __future__ import annotations

import re
from decimal import Decimal

from reviewer.models import Diagnostic, Severity

# The severities of data/rules/D*.md, which reading must not open; a note may be weaker where the same is harmless.
SEVERITIES: dict[str, Severity] = {
    "D001": "error",
    "D002": "warning",
    "D003": "warning",
    "D004": "error",
    "D005": "warning",
    "D006": "warning",
    "D007": "warning",
    "D008": "error",
    "D009": "error",
}
_STEPS = {
    "line": "行",
    "page": "页",
    "table": "个表",
    "row": "行",
    "paragraph": "段",
    "project": "个项目",
    "indicator": "条指标",
    "unit": "个单位",
}
_STEP = re.compile(rf"({'|'.join(_STEPS)}) (\d+)")
_LINE = re.compile(r"line (\d+)$")

Place = int | str
"""Where something stands: a line number, or a place written out (``Sheet1!E7``)."""


def at(line: int) -> str:
    """Return the ``where`` of a 1-based line."""
    return f"line {line}"


def said(where: str) -> str:
    """Return a place in the source as people say it.

    >>> said("line 33"), said("Sheet1!E7"), said("table 2, row 5"), said("project 3, indicator 2")
    ('第 33 行', 'Sheet1!E7', '第 2 个表第 5 行', '第 3 个项目第 2 条指标')
    """
    steps = [_STEP.fullmatch(step) for step in where.split(", ")]
    return "".join(f"第 {step[2]} {_STEPS[step[1]]}" for step in steps if step) if all(steps) else where


def quote(text: str, limit: int = 60) -> str:
    """Return *text* in Chinese quotation marks, cut to *limit* characters: for what also stands in a field."""
    return f"“{text}”" if len(text) <= limit else f"“{text[:limit]}…”（共 {len(text)} 字）"


def money(value: float | Decimal) -> str:
    """Return an amount of 万元 as tables print it.

    >>> money(8777.2)
    '8,777.20'
    """
    return f"{value:,.2f}"


class Notes:
    """Collects diagnostics while a source is read."""

    def __init__(self) -> None:
        self._taken: list[Diagnostic] = []

    def add(self, code: str, message: str, where: Place | None = None, severity: Severity | None = None) -> None:
        """Take a note; *where* is a line number or a place written out, *severity* overrides that of the code."""
        place = at(where) if isinstance(where, int) else where
        self._taken.append(
            Diagnostic(code=code, severity=severity or SEVERITIES[code], message=message, where=place),
        )

    def unused(self, text: str, where: Place) -> None:
        """Take note of text that has no place in a Document; it stands in the note in full."""
        self.add("D009", f"“{text}”不属于表格，也不是指标，没有采用。", where, "hint")

    def in_order(self) -> list[Diagnostic]:
        """Return the notes in the order of the source; those about the whole of it come first."""
        return sorted(self._taken, key=_line)


def _line(note: Diagnostic) -> int:
    match = _LINE.match(note.where or "")
    return int(match.group(1)) if match else 0
