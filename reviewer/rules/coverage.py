"""G804, G805 and coverage: which indicators measure what the goal promises.

Each element of the goal is looked for in the indicators by its numbers (the same quantity in the same kind of unit) and
by its words (pairs of characters). Only a clear absence is a finding: where the indicators may use another word for the
same thing, the answer is “not checked”.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, cached_property
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
        self.opinions = {at for at, row in enumerate(rows) if row.kind is Kind.SATISFACTION}
        self._texts = [
            (at, f"{row.name_parsed.text}\n{row.annual.text}\n{row.cycle.text if row.cycle is not None else ''}")
            for at, row in enumerate(rows)
        ]
        self._text = "\n".join([text for _, text in self._texts])

    def shared_pairs(self, pairs: set[str]) -> dict[int, int]:
        """How many of the pairs of characters stand in each row; rows without any are left out."""
        shared: dict[int, int] = {}
        whole = self._text
        for pair in pairs:
            if pair in whole:
                for at, text in self._texts:
                    if pair in text:
                        shared[at] = shared.get(at, 0) + 1
        return shared

    @cached_property
    def _by_amount(self) -> dict[float, list[tuple[int, Value]]]:
        found: dict[float, list[tuple[int, Value]]] = {}
        for at, row in enumerate(self.rows):
            for parsed in (row.name_parsed, row.annual, row.cycle):
                if parsed is not None and parsed.values:
                    for value in parsed.values:
                        found.setdefault(round(value.low * value.factor, 6), []).append((at, value))
        return found

    def with_quantity(self, value: Value) -> dict[int, bool]:
        """The rows that hold the same quantity: True where in the same dimension, False where only as a like count.

        A bare number, and 台 against 套, may be the same thing; a percentage is only equal to a percentage.
        """
        family, dimension = _family(value), value.dimension
        same: dict[int, bool] = {}
        for at, other in self._by_amount.get(round(value.low * value.factor, 6), ()):
            if other.dimension == dimension or _family(other) == family:
                same[at] = same.get(at, False) or other.dimension == dimension
        if dimension != "percent":
            for at, other in self._by_amount.get(value.low, ()):
                if other.dimension in _UNTYPED:
                    same.setdefault(at, False)
        return same

    def with_count(self, amount: float) -> bool:
        """Whether any row counts *amount* of something."""
        return any(_family(other) == "count" for _, other in self._by_amount.get(round(amount, 6), ()))

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
    """How the rows answer an element.

    ``clear`` are those that measure it for certain, ``shared`` how many pairs of characters each row has in common with
    it, ``carried`` says for each number of the element whether a row holds it too.
    """

    clear: list[int]
    shared: dict[int, int]
    carried: list[bool]


def _match(element: Element, indicators: _Indicators) -> _Match:
    shared = indicators.shared_pairs(element.pairs)
    half = len(element.pairs) / 2
    clear = {at for at in shared if shared[at] >= half} if shared else set()
    carried = []
    for value in element.values:
        same = indicators.with_quantity(value)
        # A small number or a percentage is equal by chance: it must at least be of the same kind, or about the same.
        telling = value.low >= _DISTINCTIVE and value.dimension != "percent"
        alike = value.dimension != "percent"
        carried.append(any(telling or at in shared or (alike and exact) for at, exact in same.items()))
        clear.update([at for at in same if telling or at in shared])
    if indicators.opinions and "满意" not in element.text:
        clear -= indicators.opinions
    return _Match(sorted(clear), shared, carried)


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
    amounts = {value.base for value in goal.values}
    for element in elements([clause for clause in clauses if clause.end <= LONGEST_GOAL]):
        match = _match(element, indicators)
        start, end = goal.span(element.start, element.end)
        text = goal.source[start:end]
        opens = not coverage
        coverage.append(Coverage(element=text, indicators=[rows[at].indicator.no for at in match.clear]))
        if _clearly_absent(element, match, indicators) and not (opens and _restates(element, facts.project.name)):
            answers.append(Hit("G804", "goal", element.start, element.end, f"目标里的“{text}”没有一条指标衡量。"))
            continue
        if not match.clear:
            doubtful.append(text)
        if element.values and not element.part:  # 其中…: whoever measures the whole need not measure the part
            answers += _unused(element, match, indicators, goal, amounts)
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
    if max([len(word.replace(element.verb, "")) for word in element.words], default=0) < (2 if element.values else 3):
        return False
    if (element.values or element.verb in _generic_verbs()) and indicators.general_counts:
        return False
    return not any(_carried(element, at, match, indicators) for at in range(len(element.values)))


def _restates(element: Element, name: str) -> bool:
    """Whether an element without a number only says once more what the project is about; its parts follow."""
    return not element.values and any(pair in name for pair in element.pairs)


# G805 ---------------------------------------------------------------------------------------------------------------

_NO_TARGET = frozenset({"age", "duration", "money", "bare"})
_SCOPE = re.compile(r"(?:覆盖|涉及|惠及|辖|共有|现有|对|为|在|向|等)[^,。;]{0,6}\Z")


def _unused(
    element: Element, match: _Match, indicators: _Indicators, goal: Parsed, amounts: set[float]
) -> Iterator[Hit]:
    """The numbers of an element that no indicator carries: a warning for a result or a contradiction, else a hint."""
    for at, value in enumerate(element.values):
        if value.dimension in _NO_TARGET or value.unit == "号" or value.modifier or value.per or not value.low:
            continue
        if _carried(element, at, match, indicators):
            continue
        written = goal.text[value.start : value.end]
        other = _other_number(value, match, indicators, amounts)
        message = f"目标写了“{element.text}”，{other or f'没有一条指标写到“{written}”'}。"
        is_result = value.end >= element.end - 1 and not _SCOPE.search(goal.text, element.start, value.start)
        yield Hit("G805", "goal", value.start, value.end, message, None if other or is_result else "hint")


def _other_number(value: Value, match: _Match, indicators: _Indicators, amounts: set[float]) -> str | None:
    """What an indicator of the same thing says instead, unless it is another one of the goal's *amounts*."""
    for at in match.clear:
        row = indicators.rows[at]
        number = row.numbers[0] if len(row.numbers) == 1 else None
        if number is not None and number.unit == value.unit and not number.per and number.base not in amounts:
            written = row.annual.text[number.start : number.end]
            return f"第 {row.indicator.no} 条“{row.name.text}”写的却是“{written}”"
    return None


def _carried(element: Element, number: int, match: _Match, indicators: _Indicators) -> bool:
    """Whether the rows hold the *number*-th number of an element: as it is, exceeded, summed up or multiplied."""
    if match.carried[number]:
        return True
    value, rows = element.values[number], indicators.rows
    return (
        any(_exceeds(other, value) for at in match.clear for other in rows[at].numbers)
        or any(_adds_up(row, value) for row in rows)
        or any(other.base >= value.base for other in indicators.general_counts if _family(other) == _family(value))
        or any(_recurs(rows[at], value) for at in match.shared)
        or _multiplied(element, indicators)
    )


def _exceeds(other: Value, value: Value) -> bool:
    """Whether an indicator asks for more than the goal's bound: 18万人次 for 15万人次以上."""
    if other.dimension != value.dimension:
        return False
    return (value.op in ("≥", ">") and other.base > value.base) or (value.op in ("≤", "<") and other.base < value.base)


def _adds_up(row: Row, value: Value) -> bool:
    """Whether the numbers of a row add up to the value: 租房补贴900人、购房补贴60人 for 960人."""
    if len(row.numbers) < 2:
        return False
    amounts = [other.base for other in row.numbers if _family(other) == _family(value)]
    return len(amounts) > 1 and abs(sum(amounts) - value.base) < _EPSILON


def _recurs(row: Row, value: Value) -> bool:
    """Whether a row tells the value by frequency: 每月4次 for 48次."""
    if not row.annual.times:
        return False
    product = yearly(row.annual)
    return product is not None and (product.amount, product.dimension) == (value.base, value.dimension)


def _multiplied(element: Element, indicators: _Indicators) -> bool:
    """Whether a row counts the product of the element's numbers: 672场 for 28个村每村每月2场."""
    if not _EACH.search(element.text):
        return False
    product = yearly(Parsed(element.text))
    return product is not None and indicators.with_count(product.amount)


_EACH = re.compile("[每逐/]|[年月周日]均")
_EPSILON = 1e-6
