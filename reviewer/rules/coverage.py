"""G804, G805 and coverage: which indicators measure what the goal promises.

Each element of the goal is looked for in the indicators by its numbers (the same quantity in the same kind of unit) and
by its words (pairs of characters). Only a clear absence is a finding: where the indicators may use another word for the
same thing, the answer is “not checked”.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cache, cached_property
from itertools import accumulate
from typing import NamedTuple

from reviewer.language.arithmetic import yearly
from reviewer.language.classes import Kind
from reviewer.language.lexicon import any_of, words
from reviewer.language.parsed import Parsed
from reviewer.language.values import Value
from reviewer.models import Coverage
from reviewer.rules.answers import Hit, NotChecked
from reviewer.rules.clauses import Clause
from reviewer.rules.elements import Element, elements
from reviewer.rules.row import ProjectFacts, Row

LONGEST_GOAL = 2000
"""Code points of a goal that are compared; real goals have some hundred. More would make a hostile input expensive."""


@cache
def _general_word() -> re.Pattern[str]:
    return re.compile(any_of(words("goals", "aggregate")))


@cache
def _generic_verbs() -> frozenset[str]:
    return frozenset(words("goals", "generic-verb"))


# Counted things are told in many measure words (220门课程 / 220): these dimensions compare with each other.
_COUNTS = frozenset({"person", "person-time", "household", "event", "thing", "publication", "multiple", "other"})
_UNTYPED = frozenset({"bare", "other"})


def _family(value: Value) -> str:
    return "count" if value.dimension in _COUNTS else value.dimension


class _Indicators:
    """The rows of a project, searchable by words and by quantities."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows
        texts: list[str] = []
        self._by_quantity: dict[tuple[str, float], set[int]] = defaultdict(set)
        self._bare: dict[float, set[int]] = defaultdict(set)
        for at, row in enumerate(rows):
            parsed = [row.name_parsed, row.annual] if row.cycle is None else [row.name_parsed, row.annual, row.cycle]
            texts.append("\n".join([one.text for one in parsed]))
            for one in parsed:
                for value in one.values:
                    for kind in (value.dimension, _family(value)):
                        self._by_quantity[kind, round(value.base, 6)].add(at)
                    if value.dimension in _UNTYPED:
                        self._bare[value.low].add(at)
        self._text = "\n".join(texts)
        self._starts = [0, *accumulate(len(text) + 1 for text in texts)]

    def with_word(self, word: str) -> set[int]:
        """Indexes of the rows in which *word* stands."""
        found = set()
        at = self._text.find(word)
        while at >= 0:
            found.add(bisect_right(self._starts, at) - 1)
            at = self._text.find(word, at + 1)
        return found

    def with_amount(self, kind: str, amount: float) -> set[int]:
        """Indexes of the rows that hold *amount* of a dimension or of “count”, given in its first unit."""
        return self._by_quantity.get((kind, round(amount, 6)), set())

    def with_quantity(self, value: Value) -> set[int]:
        """Indexes of the rows that hold the same quantity, in whatever unit of its kind, or the same bare number."""
        same = self.with_amount(_family(value), value.base)
        return same if value.dimension == "percent" else same | self._bare.get(value.low, set())

    @cached_property
    def general_counts(self) -> list[Value]:
        """The numbers of indicators that count things under a word for all of them (购置设备数量)."""
        return [
            number
            for row in self.rows
            if row.kind is Kind.QUANTITY and _general_word().search(row.name.text)
            for number in row.numbers
        ]


class _Match(NamedTuple):
    """How the rows answer an element: those that clearly measure it, and how many pairs of characters each shares."""

    clear: list[int]
    shared: Counter[int]


def _match(element: Element, indicators: _Indicators) -> _Match:
    pairs = {noun[at : at + 2] for noun in element.nouns for at in range(len(noun) - 1)}
    shared: Counter[int] = Counter()
    for pair in pairs:
        shared.update(indicators.with_word(pair))
    clear = {at for at, count in shared.items() if 2 * count >= len(pairs)}
    for value in element.values:
        for at in indicators.with_quantity(value):
            if shared[at] or (value.low >= _DISTINCTIVE and value.dimension != "percent"):
                clear.add(at)
    if "满意" not in element.text:
        clear = {at for at in clear if indicators.rows[at].kind is not Kind.SATISFACTION}
    return _Match(sorted(clear), shared)


_DISTINCTIVE = 10  # a smaller number is the same in two places by chance


def goal_coverage(
    facts: ProjectFacts, clauses: Sequence[Clause], rows: Sequence[Row]
) -> tuple[list[Coverage], list[Hit | NotChecked]]:
    """Return which indicators measure which element of the goal, and what G804 and G805 say about the rest."""
    if not rows:
        return [], []  # D008 says so
    goal = facts.goal
    indicators = _Indicators(rows)
    coverage: list[Coverage] = []
    answers: list[Hit | NotChecked] = []
    doubtful: list[str] = []
    for element in elements([clause for clause in clauses if clause.end <= LONGEST_GOAL]):
        match = _match(element, indicators)
        start, end = goal.span(element.start, element.end)
        text = goal.source[start:end]
        coverage.append(Coverage(element=text, indicators=[rows[at].indicator.no for at in match.clear]))
        if _clearly_absent(element, match, indicators):
            answers.append(Hit("G804", "goal", element.start, element.end, f"目标里的“{text}”没有一条指标衡量。"))
            continue
        if not match.clear:
            doubtful.append(text)
        answers += _unused(element, match, indicators, facts)
    if doubtful:
        named = f"目标里的“{'”“'.join(doubtful[:3])}”" + (f"等 {len(doubtful)} 项" if len(doubtful) > 3 else "")
        answers.append(NotChecked("G804", f"{named}，指标里没有同样的说法；是换了说法还是没有指标，离线判断不了。"))
    if len(goal.text) > LONGEST_GOAL:
        answers.append(NotChecked("G804", f"绩效目标超过 {LONGEST_GOAL} 字，后面的部分没有与指标对照。"))
    return coverage, answers


# G804 ---------------------------------------------------------------------------------------------------------------


def _clearly_absent(element: Element, match: _Match, indicators: _Indicators) -> bool:
    """Whether a task names something of its own that no indicator mentions: in words, by number, by a general word."""
    if match.clear or match.shared or not element.verb or element.part:
        return False
    if max(map(len, element.nouns), default=0) < (2 if element.values else 3):
        return False
    if (element.values or element.verb in _generic_verbs()) and indicators.general_counts:
        return False
    return not any(_carried(value, element, match, indicators) for value in element.values)


# G805 ---------------------------------------------------------------------------------------------------------------

_NO_TARGET = frozenset({"age", "duration", "money"})
_SCOPE = re.compile(r"(?:覆盖|涉及|惠及|辖|共有|现有|对|为|在|向|等)[^,。;]{0,6}\Z")


def _unused(element: Element, match: _Match, indicators: _Indicators, facts: ProjectFacts) -> Iterator[Hit]:
    """The numbers of an element that no indicator carries: a warning for a result or a contradiction, else a hint."""
    if element.part:
        return  # 其中…: whoever measures the whole need not measure the part
    text = facts.goal.text
    for value in element.values:
        if value.dimension in _NO_TARGET or value.modifier or value.per or not value.base:
            continue
        if _carried(value, element, match, indicators):
            continue
        written = text[value.start : value.end]
        other = _other_number(value, match, indicators, facts)
        message = f"目标写了“{element.text}”，{other or f'没有一条指标写到“{written}”'}。"
        is_result = value.end >= element.end - 1 and not _SCOPE.search(text, element.start, value.start)
        yield Hit("G805", "goal", value.start, value.end, message, None if other or is_result else "hint")


def _other_number(value: Value, match: _Match, indicators: _Indicators, facts: ProjectFacts) -> str | None:
    """What an indicator of the same thing says instead, unless its number is another one of the goal."""
    for at in match.clear:
        row = indicators.rows[at]
        numbers = [number for number in row.numbers if number.unit == value.unit and not number.per]
        if (
            len(numbers) == 1
            and len(row.numbers) == 1
            and all(numbers[0].base != other.base for other in facts.goal.values)
        ):
            written = row.annual.text[numbers[0].start : numbers[0].end]
            return f"第 {row.indicator.no} 条“{row.name.text}”写的却是“{written}”"
    return None


def _carried(value: Value, element: Element, match: _Match, indicators: _Indicators) -> bool:
    same = indicators.with_quantity(value)
    if value.dimension == "percent" or value.low < _DISTINCTIVE:
        alike = indicators.with_amount(value.dimension, value.base) if value.dimension != "percent" else set()
        same = {at for at in same if match.shared[at] or at in alike}
    if same:
        return True
    family = _family(value)
    for row in indicators.rows:
        amounts = [number.base for number in row.numbers if _family(number) == family]
        if len(amounts) > 1 and abs(sum(amounts) - value.base) < _EPSILON:
            return True  # 租房补贴900人、购房补贴60人 for 960人
    if any(_family(number) == family and number.base >= value.base for number in indicators.general_counts):
        return True  # 麻醉机4台 may be among 设备9台
    numbers = [
        number for at in match.clear for number in indicators.rows[at].numbers if number.dimension == value.dimension
    ]
    if any(
        number.base > value.base if value.op in ("≥", ">") else number.base < value.base
        for number in numbers
        if value.op in _BOUNDS
    ):
        return True  # asks for more than the goal does
    product = yearly(Parsed(element.text))
    return product is not None and bool(indicators.with_amount("count", product.amount))


_BOUNDS = ("≥", ">", "≤", "<")
_EPSILON = 1e-6
