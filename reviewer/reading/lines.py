"""A text as numbered lines, and the lines that belong to the page rather than to the table."""

from __future__ import annotations

import re
from typing import NamedTuple

from reviewer.errors import InputError
from reviewer.reading.headers import opens_indicator
from reviewer.reading.notes import Notes

MAX_LINE = 1_000_000
MAX_LINES = 300_000

_BREAK = re.compile(r"\r\n|\r|\n")
_RULE = re.compile(r"[-—–－─━═=_+|\s]{3,}")
_DASHES = r"[-—–－·\s]"
_PAGE_NUMBER = re.compile(
    rf"{_DASHES}+\d{{1,4}}{_DASHES}+"
    rf"|{_DASHES}*第\s*\d{{1,4}}\s*页[，,、/]?\s*(?:共\s*\d{{1,4}}\s*页)?{_DASHES}*"
    r"|\d{1,4}\s*/\s*\d{1,4}"
)
_MARKER = re.compile(
    r"[（(]?[一二三四五六七八九十\d]{0,3}[)）、.．]?\s{0,9}(?:项目)?(?:支出)?绩效指标(?:情况)?表?[：:]?\s{0,9}"
)
_FOOT = re.compile(
    r"(?:备?注|填表人|填报人|制表人?|审核人?|复核人?|联系人|联系电话|负责人|(?:填表|填报|制表)(?:日期|时间))\s{0,9}[：:]"
)
_SHORT = 60  # furniture of a page is short: longer lines need no look


class Line(NamedTuple):
    """A line that is not blank: 1-based number, its text stripped of line end, and whether a page may begin with it.

    A page may begin where a blank line, a form feed, a page number or a drawn rule stands above.
    """

    no: int
    text: str
    seam: bool


def split(text: str, where: str, notes: Notes) -> list[Line]:
    """Return the lines of *text* without blank lines, rules and page numbers.

    Raises ``InputError`` when a line is longer, or the lines are more, than those of any table.
    """
    lines: list[Line] = []
    seam = False
    count = max(text.count("\n"), text.count("\r"))
    if count > MAX_LINES:
        found = f"文件有 {count:,} 行，超过 {MAX_LINES:,} 行的上限。"
        raise InputError(found, where=where, hint="请按单位分成几个文件。")
    rows = _BREAK.split(text)
    for at, row in enumerate(rows):
        if not row or row.isspace() or is_rule(row) or is_page_number(row):
            seam = True
        elif len(row) > MAX_LINE:
            found = f"这一行有 {len(row):,} 字，超过 {MAX_LINE:,} 字的上限，不像表格。"
            raise InputError(found, where=f"{where} 第 {at + 1} 行", hint="请检查导出时是否丢了换行。")
        elif len(row) <= _SHORT and row.strip().isdecimal() and _stands_alone(rows, at):
            notes.add("D009", f"这一行只有“{row.strip()}”，上下都是空行，按页码处理，没有采用。", at + 1, "hint")
            seam = True
        else:
            lines.append(Line(at + 1, row, seam or row.startswith("\f")))
            seam = False
    return lines


def _stands_alone(rows: list[str], at: int) -> bool:
    """Whether blank lines enclose a row and what follows does not go on with it, as ``、1-产出…`` would."""
    if not 0 < at < len(rows) - 1 or rows[at - 1].strip() or rows[at + 1].strip():
        return False
    following = next((row for row in rows[at + 1 : at + 9] if row.strip() and not is_page_number(row)), "")
    return not following.lstrip().startswith(("、", ".", "．", ")", "）"))


def is_rule(text: str) -> bool:
    """Whether a line only draws a rule (``-----  --``)."""
    return _RULE.fullmatch(text) is not None


def is_page_number(text: str) -> bool:
    """Whether a line is a page number: ``- 3 -``, ``第 3 页 共 9 页``, ``3/9``."""
    return len(text) <= _SHORT and _PAGE_NUMBER.fullmatch(text.strip()) is not None


def is_foot(text: str) -> bool:
    """Whether a line is a remark below the table: 注：…, 填表人：…."""
    return _FOOT.match(text.strip()) is not None


def after_marker(text: str) -> str | None:
    """Return what follows the heading 绩效指标 on its line: nothing, or an indicator; None when it is no such heading.

    >>> after_marker("二、绩效指标："), after_marker("绩效指标：26公里"), after_marker("绩效指标（1）产出；数量；")
    ('', None, '（1）产出；数量；')
    """
    text = text.strip()
    match = _MARKER.match(text)
    rest = text[match.end() :] if match else None
    return rest if rest == "" or (rest and opens_indicator(rest)) else None
