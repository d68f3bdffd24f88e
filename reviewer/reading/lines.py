"""A text as numbered lines, and the lines that belong to the page rather than to the table."""

from __future__ import annotations

import re
from typing import NamedTuple

from reviewer.reading.notes import Notes, quote

MAX_LINE = 1_000_000

_BREAK = re.compile(r"\r\n|\r|\n")
_RULE = re.compile(r"[-—–－─━═=_+|\s]{3,}")
_PAGE_NUMBER = re.compile(
    r"[-—–－·\s]+\d{1,4}[-—–－·\s]+|[-—–\s]*第\s*\d{1,4}\s*页[，,、/\s]*(?:共\s*\d{1,4}\s*页)?[-—–\s]*|\d{1,4}\s*/\s*\d{1,4}"
)
_MARKER = re.compile(r"[（(]?[一二三四五六七八九十\d]{0,3}[)）、.．\s]*(?:项目)?(?:支出)?绩效指标(?:情况)?表?[：:]?")
_FOOT = re.compile(
    r"(?:备?注|填表人|填报人|制表人?|审核人?|复核人?|联系人|联系电话|负责人|(?:填表|填报|制表)(?:日期|时间))\s*[：:]"
)


class Line(NamedTuple):
    """A line that is not blank: 1-based number, text as it stands, and whether a blank line is above it."""

    no: int
    text: str
    seam: bool


def split(text: str, notes: Notes) -> list[Line]:
    """Return the lines of *text* that are not blank; one that is longer than any table's is left out and reported."""
    lines: list[Line] = []
    seam = False
    for no, line in enumerate(_BREAK.split(text), 1):
        if not line or line.isspace():
            seam = True
        elif len(line) > MAX_LINE:
            found = f"这一行有 {len(line):,} 字，超过 {MAX_LINE:,} 字的上限，没有读；开头是{quote(line[:40])}，其余各行照读。"
            notes.add("D009", found, no, severity="error")
            seam = True
        else:
            lines.append(Line(no, line, seam))
            seam = False
    return lines


def is_rule(text: str) -> bool:
    """Whether a line only draws a rule (``-----  --``)."""
    return _RULE.fullmatch(text) is not None


def is_marker(text: str) -> bool:
    """Whether a line is the heading 绩效指标 over the blocks of indicators."""
    return _MARKER.fullmatch(text.strip()) is not None


def is_page_number(text: str) -> bool:
    """Whether a line is a page number: ``- 3 -``, ``第 3 页 共 9 页``, ``3/9``."""
    return _PAGE_NUMBER.fullmatch(text.strip()) is not None


def is_foot(text: str) -> bool:
    """Whether a line is a remark below the table: 注：…, 填表人：…."""
    return _FOOT.match(text.strip()) is not None
