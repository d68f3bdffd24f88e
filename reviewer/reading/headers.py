"""Where an indicator begins: its number and its two classes, as in ``3、1-产出指标；12-质量指标；``.

A value may hold numbers that look alike (``1、2、3期``, ``检查3、1-产出…``) and a page break may cut a header anywhere.
So what looks like one is weighed by what stands before it, by its number and by what follows.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache
from typing import Literal, NamedTuple

from reviewer.reading.labels import is_coded, is_level1, is_level2

_GAP = r"\s{0,9}"
_SEPARATOR = "[；;]"
_NUMBER = rf"""
    [（(]{_GAP}(?P<bracketed>\d{{1,3}}){_GAP}[)）]{_GAP}[、.．]?
  | (?<!\d)(?P<plain>\d{{1,3}}){_GAP}[、.．,，)）]
  | (?<!\d)(?P<bare>\d{{1,3}}?){_GAP}(?=\d[-—－–](?:产出|效益|满意|成本))
"""
_LABEL = "[^；;。：:、，,]{2,24}?"
_HEADER = re.compile(
    rf"""(?:{_NUMBER}){_GAP}
    (?=(?P<level1>{_LABEL}){_GAP}{_SEPARATOR}{_GAP}(?P<level2>{_LABEL}){_GAP}(?P<end>{_SEPARATOR}))""",
    re.VERBOSE,
)
# A header that a page break cut off for good: it stands at the end of a line.
_CUT_HEADER = re.compile(
    rf"(?:^|(?<=[。；;\n])){_GAP}(?P<number>\d{{1,3}}){_GAP}[、.．]?(?P<rest>[^；;。：:\n]{{0,16}}(?:[；;][^；;。：:\n]{{0,16}})?)(?=\n|\Z)"
)
_CUT_CLASS = re.compile(r"(?:\d{1,2}(?:[-—－–]|$)|(?:\d[-—－–])?(?:产|效益|满意|成本))")

_LONE_DIGITS = re.compile(r"[。；;]\s{0,9}(\d{1,2})\s{0,9}\Z")
_TERMINATORS = frozenset("。；;.．!！?？")


class Header(NamedTuple):
    """The beginning of an indicator at text[start:end]; ``begins_line``: only blanks stand before it on its line.

    A header that a page break cut off is not ``whole``; its classes are then what is left of them.
    """

    start: int
    end: int
    no: int
    level1: str
    level2: str
    begins_line: bool
    whole: bool = True


class _Candidate(NamedTuple):
    header: Header
    firm: bool  # a terminator or a line end stands before it
    sure: bool  # both classes are classes of the official forms


def find_headers(text: str, complete: list[int]) -> list[Header]:
    """Return the headers of the indicators in *text*, in order; *complete* holds the offsets of annual values' labels.

    >>> text = "1、产出指标；数量指标；检查；年度指标值：1、2、3期。2、产出指标；质量指标；合格率；年度指标值：98%。"
    >>> [header.no for header in find_headers(text, [16, 44])]
    [1, 2]
    """
    candidates = sorted((*_whole(text), *_cut(text)), key=lambda one: (one.header.start, not one.header.whole))
    sure = [at for at, one in enumerate(candidates) if one.firm and one.sure and one.header.whole]
    found: list[Header] = []
    for at, one in enumerate(candidates):
        header = _with_its_digits(text, one.header, found[-1].no if found else 0)
        if found and header.start < found[-1].end:
            continue
        if not (one.firm and one.sure):
            follower = bisect_left(sure, at + 1)
            next_sure = candidates[sure[follower]].header if follower < len(sure) else None
            if not _fits(text, one, found[-1].no if found else 0, next_sure, complete):
                continue
        found.append(header)
    return found


def opens_indicator(text: str) -> bool:
    """Whether *text*, a line, begins with the header of an indicator."""
    match = _HEADER.match(text.lstrip())
    return match is not None and _classes(match["level1"], match["level2"]) == "both"


def _fits(text: str, one: _Candidate, last: int, next_sure: Header | None, complete: list[int]) -> bool:
    """Whether a doubtful header continues the numbering and is followed by what makes it an indicator."""
    header = one.header
    if header.no != last + 1 and not (header.no == 1 and header.begins_line):
        return False
    if not header.whole:
        return header.level1 != "" or next_sure is None or not text[header.end : next_sure.start].strip()
    # 检查3、1-产出指标；11-数量指标；… in a value, when the indicator 3 is still to come.
    if not one.firm and next_sure is not None and next_sure.no == header.no:
        return False
    label = bisect_left(complete, header.end)
    return label < len(complete) and (next_sure is None or complete[label] < next_sure.start)


def _whole(text: str) -> list[_Candidate]:
    found = []
    for match in _HEADER.finditer(text):
        level1, level2 = match["level1"], match["level2"]
        classes = _classes(level1, level2)
        if classes is not None:
            start = match.start()
            number = int(match["plain"] or match["bracketed"] or match["bare"])
            before = _before(text, start)
            begins_line = before in ("", "\n")
            header = Header(start, match.end("end"), number, _joined(level1), _joined(level2), begins_line)
            firm = begins_line or before in _TERMINATORS
            found.append(_Candidate(header, firm, classes == "both"))
    return found


def _cut(text: str) -> list[_Candidate]:
    found = []
    for match in _CUT_HEADER.finditer(text):
        rest = match["rest"].strip()
        if not rest or _CUT_CLASS.match(rest):
            start = match.start("number")
            begins_line = _before(text, start) in ("", "\n")
            header = Header(start, match.end(), int(match["number"]), rest, "", begins_line, whole=False)
            found.append(_Candidate(header, firm=True, sure=False))
    return found


def _before(text: str, at: int) -> str:
    """Return the character before *at* that is no blank, empty at the beginning of the text."""
    return text[max(at - 10, 0) : at].rstrip(" \t\u3000")[-1:]


@lru_cache(maxsize=4096)
def _classes(level1: str, level2: str) -> Literal["both", "one"] | None:
    """Say how many of two labels are surely classes: both, one (the other damaged), or none."""
    level1, level2 = "".join(level1.split()), "".join(level2.split())
    first, second = is_level1(level1), is_level2(level2)
    if (first and second) or (is_coded(level1) and is_coded(level2)):
        return "both"
    certain = (first and level1.endswith("指标")) or (second and level2.endswith("指标"))
    return "one" if certain and max(len(level1), len(level2)) <= 12 else None


def _with_its_digits(text: str, header: Header, last: int) -> Header:
    """Give a number that a line break cut in two (``…。1`` / ``2、``) its first digits back."""
    if not header.begins_line or header.no == last + 1:
        return header
    match = _LONE_DIGITS.search(text, max(header.start - 14, 0), header.start)
    if match is None or int(match[1] + str(header.no)) != last + 1:
        return header
    return header._replace(start=match.start(1), no=last + 1, begins_line=False)


def _joined(label: str) -> str:
    return label.replace("\n", "").strip()
