"""Page seams: is the text around a page break whole, and was the edge of the page printed twice?"""

from __future__ import annotations

import re

_SHOWN = 12
_EDGE = 80  # code points of a line at the edge of a page
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_LABEL = re.compile(r"(?:年度|周期)指标值[：:]")
_ENDS = frozenset("。；;：:，,、.！!？?）)")


def repeated(left: str, right: str) -> int:
    """Return how many code points at the beginning of *right* print the end of *left* once more, 0 for none.

    Only where *left* was cut within a clause: clauses in a row may well be alike (每周一出版，每周三出版).

    >>> repeated("年度指标值：农村用", "农村用水户满意度≥90%。")
    3
    """
    if not left or left[-1] in _ENDS:
        return 0
    tail = left[-_EDGE:]
    for size in range(min(len(tail), len(right)), 2, -1):
        # Three Chinese characters are no repetition by chance, digits may be: 1000 and 000.
        if tail.endswith(right[:size]) and len(_CHINESE.findall(right, 0, size)) > 2:
            return size
    return _misread(tail, right[:_EDGE])


def _misread(tail: str, start: str) -> int:
    """Return the length of a repetition in which OCR read characters otherwise; a label printed twice gives it away."""
    again = _LABEL.search(start)
    label = next(
        (match for match in reversed(list(_LABEL.finditer(tail))) if again and match[0][:2] == again[0][:2]), None
    )
    if not again or not label:
        return 0
    value = tail[label.end() :]
    size = again.end() + len(value)
    alike = sum(map(str.__eq__, value, start[again.end() :]))
    return size if alike * 5 > len(value) * 3 and "。" not in start[:size] else 0


def joint(left: str, right: str, repetition: str = "") -> str:
    """Say what was joined to what, and which *repetition* between them was left out.

    >>> joint("年度指标值：改造供水管网", "26公里。")
    '“年度指标值：改造供水管网”接“26公里。”'
    """
    before = f"…{left[-_SHOWN:]}" if len(left) > _SHOWN else left
    after = f"{right[:_SHOWN]}…" if len(right) > _SHOWN else right
    said = f"“{before}”接“{after}”"
    if not repetition:
        return said
    printed = left[-len(repetition) :]
    differing = "" if printed == repetition else f"（前页为“{printed}”）"
    return f"{said}，这一行开头的“{repetition}”{differing}是前页末尾的重印，没有重复计入"


def quotes_match(text: str) -> bool:
    """Whether quotation marks and brackets in *text* come in pairs: text lost at a seam often breaks one up."""
    return all(text.count(opener) == text.count(closer) for opener, closer in ("“”", "《》", "（）"))
