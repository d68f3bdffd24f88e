"""The elements of a goal: each single thing that it promises, with the words and numbers to look for it by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from reviewer.language.lexicon import any_of, words
from reviewer.language.values import Value
from reviewer.rules.clauses import Clause


class Element(NamedTuple):
    """One thing promised: its span in the folded goal, what is left of its words without filler, and its numbers.

    ``verb`` is the one that makes it a task (``""`` for an outcome); ``part`` says that it is part of another number.
    """

    start: int
    end: int
    text: str
    verb: str
    part: bool
    nouns: tuple[str, ...]
    values: tuple[Value, ...]


@cache
def _filler() -> re.Pattern[str]:
    """Matches what says nothing about which task is meant; a task's own verb (栽植, 普查) is kept."""
    empty = any_of(words("goals", "outcome-verb", "light-verb", "generic-verb", "filler"))
    particles = "[的等和与及或并对为在将把向由从以到至了个我]"
    return re.compile(rf"(?!{any_of(words('goals', 'kept'))}){empty}|[^\u4e00-\u9fffA-Za-z]+|{particles}")


# A list that is work to be done, not its manner (通过展览、研学等形式).
_LIST_END = re.compile(r"等[\u4e00-\u9fff]{0,6}(?<!形式)(?<!方式)(?<!渠道)(?<!手段)(?<!途径)\Z")
_LIST_HEAD = re.compile(r"[\u4e00-\u9fff]{0,4}?(?:组织开展|开展|组织|实施|做好|推进|抓好|完成|举办)")


def elements(clauses: Sequence[Clause]) -> list[Element]:
    """Return what the clauses promise, lists taken apart where each part has a number or hangs on a mere “carry out”.

    >>> from reviewer.language.parsed import Parsed
    >>> from reviewer.rules.clauses import read_clauses
    >>> [element.text for element in elements(read_clauses(Parsed("购置救护车2辆、除颤仪6台，进一步改善急救条件。")))]
    ['购置救护车2辆', '除颤仪6台', '进一步改善急救条件']
    """
    found = [
        _element(clause, start, end)
        for clause in clauses
        if clause.kind in ("task", "outcome")
        for start, end in _parts(clause)
    ]
    return [element for element in found if element.nouns or element.values]


def _parts(clause: Clause) -> Iterator[tuple[int, int]]:
    text = clause.text
    cuts: list[int] = []
    if len(clause.values) >= 2:
        # 救护车2辆、除颤仪6台 and 25台锅炉、18家企业: a sign beside a number divides two tasks.
        beside = {value.end - clause.start for value in clause.values} | {
            value.start - clause.start - 1 for value in clause.values
        }
        cuts = [match.start() for match in re.finditer("[、和及与]", text) if match.start() in beside]
    elif not clause.values and "、" in text and _LIST_END.search(text):
        head = _LIST_HEAD.match(text)
        cuts = [match.start() for match in re.finditer("、", text) if head and match.start() > head.end()]
    start = clause.start
    for cut in cuts:
        yield start, clause.start + cut
        start = clause.start + cut + 1
    yield start, clause.end


def _element(clause: Clause, start: int, end: int) -> Element:
    text = clause.text[start - clause.start : end - clause.start]
    values = tuple(value for value in clause.values if start <= value.start < end)
    bare = text
    for value in reversed(values):
        bare = f"{bare[: value.start - start]} {bare[value.end - start :]}"
    nouns = tuple(noun for noun in _filler().sub(" ", bare).split() if len(noun) > 1)
    return Element(start, end, text, clause.verb, "其中" in clause.text, nouns, values)
