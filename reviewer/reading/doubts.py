"""What is doubtful in a text however it arrived: markup, undecoded characters, misread names.

Nothing here changes the text.
"""

from __future__ import annotations

import re

from reviewer.reading.notes import Notes

_MARKUP = re.compile(
    r"""</?(?:a|b|body|br|div|em|font|h[1-6]|html|i|img|li|ol|p|span|strong|style|su[bp]|table|tbody|td|th|tr|u|ul)
        (?:\s[^<>]{0,200})?/?>
      | &(?:nbsp|lt|gt|amp|quot|apos|[lr]dquo|hellip|middot|\#\d{2,5}|\#x[0-9a-f]{2,5});""",
    re.VERBOSE | re.IGNORECASE,
)
# Names of projects end in 经费; an ending 经历 is its misreading. Words that do exist are left alone.
_MISREAD_FUNDS = re.compile(r"经[^费济营验理贸办典纪历]$|(?:工作|业务|专项|项目|补助|活动|运行)经历$")
_SHOWN = 5


def report_residue(text: str, where: str | int | None, notes: Notes) -> None:
    """Take note of markup (D006) and of undecoded characters (D007) in *text*."""
    if "<" in text or "&" in text:
        found = list(dict.fromkeys(match.group() for match in _MARKUP.finditer(text)))
        if found:
            more = f"等 {len(found)} 种" if len(found) > _SHOWN else ""
            message = f"文字里残留网页标记 {' '.join(found[:_SHOWN])}{more}，照原样读入，请在原件中删去。"
            notes.add("D006", message, where)
    if "\ufffd" in text:
        count = text.count("\ufffd")
        notes.add("D007", f"有 {count} 个字识别不出（“\ufffd”），原来的字无法恢复，请对照原件补上。", where)


def report_misread_name(name: str, where: str | int | None, notes: Notes) -> None:
    """Take note of a project's name whose last character looks misread."""
    if _MISREAD_FUNDS.search(name):
        message = f"项目名称“{name}”末尾的“{name[-2:]}”像是“经费”识别错了，照原样读入，请核对原件。"
        notes.add("D009", message, where, "warning")
