"""The elements of a goal: each single thing that it promises, with the words and numbers to look for it by."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from reviewer.language.values import Value
from reviewer.rules.clauses import Clause


class Element(NamedTuple):
    """One thing promised: its span in the folded goal, its words of meaning, and its numbers.

    ``pairs`` are the pairs of neighbouring characters of the words; ``verb`` makes it a task (``""`` for an outcome);
    ``part`` says that it is part of another number.
    """

    start: int
    end: int
    text: str
    verb: str
    part: bool
    words: list[str]
    pairs: set[str]
    values: tuple[Value, ...]


# What is left of a clause when its empty words are blanked: letters, without the particles between nouns.
_WORD = re.compile(r"[^\W\d_的等和与及或并对为在将把向由从以到至了个我]{2,}")
_SIGN = re.compile("[、和及与]")
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
    found = []
    for clause in clauses:
        if clause.kind == "task" or clause.kind == "outcome":
            for start, end in _parts(clause):
                element = _element(clause, start, end)
                if element.pairs or element.values:
                    found.append(element)
    return found


def _parts(clause: Clause) -> list[tuple[int, int]]:
    """Return the span of each part of a clause, counted from the clause's start."""
    text, values = clause.text, clause.values
    if len(values) > 1:
        # 救护车2辆、除颤仪6台 and 25台锅炉、18家企业: a sign beside a number divides two tasks.
        ends = {value.end - clause.start for value in values}
        starts = {value.start - clause.start for value in values}
        cuts = [at for match in _SIGN.finditer(text) if (at := match.start()) in ends or at + 1 in starts]
    elif not values and "、" in text and "等" in text and _LIST_END.search(text):
        head = _LIST_HEAD.match(text)
        cuts = [match.start() for match in re.finditer("、", text) if head and match.start() > head.end()]
    else:
        return [(0, len(text))]
    return list(zip([0, *(cut + 1 for cut in cuts)], [*cuts, len(text)], strict=True))


def _element(clause: Clause, start: int, end: int) -> Element:
    words = _WORD.findall(clause.bare, start, end)
    whole = end - start == len(clause.text)
    return Element(
        clause.start + start,
        clause.start + end,
        clause.text[start:end],
        clause.verb,
        "其中" in clause.text,
        words,
        {word[at : at + 2] for word in words for at in range(len(word) - 1)},
        clause.values if whole else tuple([v for v in clause.values if start <= v.start - clause.start < end]),
    )
