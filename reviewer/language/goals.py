"""The numbers of a goal, each with the words of its clause, which say what it counts."""

from __future__ import annotations

import re
from bisect import bisect_right
from operator import add
from typing import NamedTuple

from reviewer.language.parsed import Parsed
from reviewer.language.values import Value

_CLAUSE = re.compile(r"[,。;:!?]")
_END = re.compile(r"[,。;、:!?]")
_SENTENCE = re.compile(r"[。;!?]")
_REACH = 60  # characters; a clause longer than that says nothing certain about its number
_HANZI = re.compile(r"[\u4e00-\u9fff]")
_SEVERAL_YEARS = re.compile(
    r"[两三四五六]年|(?<!\d)[2-9]年|十[三四五]五|20\d\d年?[-~至到]|周期|规划期|累计|逐年|到20\d\d年|每年|年均"
)
_WORDLESS = re.compile(
    r"[的之了和与及等并对在为将已其各、,;。\"“”'《》()\d%]"
    r"|数量|次数|人数|人次|场次|个数|情况|完成|年度|全年|指标|实施|进行|开展|达到|以上|以内|以下|不低于|不少于|不超过|控制在|保持在|面积|里程|长度"
)


class Stated(NamedTuple):
    """A number of the goal with the pairs of characters of its clause, which say what it counts."""

    value: Value
    pairs: frozenset[str]
    clause: str
    several_years: bool


def pairs(text: str) -> frozenset[str]:
    """Return the pairs of neighbouring characters of *text* without numbers, marks and words that count anything.

    >>> sorted(pairs("改造危桥3座"))
    ['危桥', '改造', '桥座', '造危']
    """
    plain = _WORDLESS.sub("", text)
    return frozenset(map(add, plain, plain[1:]))


def stated_numbers(goal: Parsed) -> list[Stated]:
    """Return the goal's numbers, each with the words around it: from the number before, or its clause's begin, on."""
    text = goal.text
    clauses = [match.end() for match in _CLAUSE.finditer(text)]
    sentences = [match.end() for match in _SENTENCE.finditer(text)]
    several = [match.start() for match in _SEVERAL_YEARS.finditer(text)]
    found: list[Stated] = []
    start = behind = 0
    for value in goal.values:
        if value.dimension == "age":
            continue  # whom, not how many
        if not found or _HANZI.search(text, behind, value.start):
            # Else 保鲜库1座600立方米: both numbers are of the same thing.
            start = max(behind, _last(clauses, value.start), value.start - _REACH)
        closing = _END.search(text, value.end, value.end + _REACH)
        stop = closing.start() if closing else min(len(text), value.end + _REACH)
        around = pairs(text[start : value.start]) | pairs(text[value.end : stop])
        whole_plan = _last(several, value.start, -1) >= _last(sentences, value.start)
        found.append(Stated(value, around, text[start:stop], whole_plan))
        behind = value.end
    return found


def _last(places: list[int], before: int, default: int = 0) -> int:
    at = bisect_right(places, before)
    return places[at - 1] if at else default
