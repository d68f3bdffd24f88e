"""Page seams: is the text around a page break whole, and was the edge of the page printed twice?"""

from __future__ import annotations

import re

_EDGE = 80  # code points of a line at the edge of a page
_EXACT = 3  # Chinese characters that are no repetition by chance
_ALIKE = 12  # code points, of which OCR may have misread two in five on either page
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_ENDS = frozenset("。；;：:，,、.！!？?）)")


def ends_clause(text: str) -> bool:
    """Whether *text* ends where a clause, a field or an indicator may end."""
    return not text or text[-1] in _ENDS


def repeated(left: str, right: str, *, exactly: bool = False) -> int:
    """Return how many code points at the beginning of *right* print the end of *left* once more, 0 for none.

    The copies may differ where OCR misread one of them, unless *exactly*. Only a text that was cut within a clause is
    looked at: clauses that follow each other may well be alike (每周一按时出版，每周三按时出版).

    >>> repeated("年度指标值：农村用", "农村用水户满意度≥90%。")
    3
    """
    if ends_clause(left):
        return 0
    tail, start = left[-_EDGE:], right[:_EDGE]
    sizes = set()
    for at in range(1 if exactly else max(len(start) - 2, 0)):
        found = tail.find(start[at : at + 3])
        if found >= at:
            sizes.add(len(tail) - found + at)
    return max((size for size in sizes if _same(tail, start, size, exactly)), default=0)


def _same(tail: str, start: str, size: int, exactly: bool) -> bool:
    if size > len(start):
        return False
    once, twice = tail[-size:], start[:size]
    if once == twice:
        return len(_CHINESE.findall(once)) >= _EXACT
    return not exactly and size >= _ALIKE and sum(map(str.__eq__, once, twice)) >= size * 0.6


def quotes_match(text: str) -> bool:
    """Whether quotation marks and brackets in *text* come in pairs: text lost at a seam often breaks one up."""
    return all(text.count(opener) == text.count(closer) for opener, closer in ("“”", "《》", "（）"))
