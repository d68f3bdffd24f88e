"""What the numbers of a proposed text stand on: the input, arithmetic that is stated and comes out, or a marked blank.

A number is grounded when the input has it in the same unit, or has it bare and names the unit elsewhere; a date when
the input has that day; a frequency when the input has that rhythm. What follows by arithmetic has to be written out
(``28个村×12个月×2场=672场``) with operands that are grounded themselves, and is computed again here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from math import nan
from typing import NamedTuple

from reviewer.language.calculation import Operand, calculations
from reviewer.language.numerals import chinese_number
from reviewer.language.parsed import Parsed
from reviewer.language.times import Time
from reviewer.language.values import BLANK, UNITS, Value

# The budget year ends by itself: these set no date that the form does not set.
_OF_THE_YEAR = re.compile(r"(?:(?:当|本)?年度?[底末内中]|全年|当年|本年|年度)(?:之?前|以前|以内|内)?")
_LIMIT = re.compile(r"(?:之?前|以前|以?内|止|期间|完工|完成)\Z")
_RATE_WORDS = ("率", "比例", "比重", "占", "满意度")
_CHINESE = "零〇一二两三四五六七八九十百千万亿"
_NUMBER = re.compile(rf"\d+|[{_CHINESE}]+")
# Numbers that are neither quantities nor times: of names and ranks (第三届, 二级, A4). A lone numeral is a word's part.
_NAMED = re.compile(
    rf"第[{_CHINESE}]+|[{_CHINESE}]{{2,}}|[{_CHINESE}](?=[级等类星届期批条款号轮])|\d+(?:\.\d+)*", re.ASCII
)
_WORD = re.compile(r"\w")
# A year has 12 months: the numbers that a calculation may use though no text states them, and the word beside each.
_CONSTANTS = {12.0: "月", 4.0: "季", 2.0: "半年", 52.0: "周", 250.0: "工作日", 365.0: "天", 24.0: "小时"}


class Quantity(NamedTuple):
    """A number with the normal form of its unit, its dimension, and the factor to the dimension's first unit."""

    number: float
    unit: str
    dimension: str
    factor: float = 1.0

    def is_same(self, other: Quantity) -> bool:
        """Whether both say the same: 1.2公里 and 1200米, 3家 and 3个."""
        if self.dimension != other.dimension:
            return False
        if self.dimension in ("bare", "other"):
            return self.unit == other.unit and _equal(self.number, other.number)
        return _equal(self.number * self.factor, other.number * other.factor)


class Grounds:
    """What the input states. ``amount`` is in 万元; ``units`` are units that a row's name implies without saying so.

    >>> grounds = Grounds([Parsed("28个行政村每个村每个月放映2场电影")], amount=70.47, year=2023)
    >>> grounds.unsupported("≥672场"), grounds.unsupported("≥672场", "28个村×12个月×2场=672场")
    (['≥672场'], [])
    """

    def __init__(
        self,
        texts: Iterable[Parsed],
        *,
        amount: float | None = None,
        year: int | None = None,
        units: Iterable[str] = (),
    ) -> None:
        self._texts = list(texts)
        self._units = {UNITS[unit][0] for unit in units if unit in UNITS}
        self._quantities = [quantity for parsed in self._texts for quantity in _quantities(parsed)]
        if amount is not None:
            self._quantities.append(Quantity(amount * 10_000, "元", "money"))
        times = [(parsed.text, time) for parsed in self._texts for time in parsed.times]
        self._days = [_Day.of(text, time) for text, time in times if time.kind == "date"]
        self._years = {time.year for _, time in times if time.year} | ({year} if year else set())
        self._rates = {time.rate for _, time in times} | {0.0, 1.0}
        # What stands in a calculation need not carry its unit.
        self._factors = self._quantities if amount is None else [*self._quantities, Quantity(amount, "", "bare")]

    def unsupported(self, text: str, explanation: str = "") -> list[str]:
        """Return the pieces of *text* with a number, date, unit or rhythm that nothing supports, in order.

        *explanation* may state arithmetic; a calculation with an operand from nowhere, or one that does not come out,
        supports nothing.
        """
        parsed = Parsed(text)
        derived, rates = self._derived(explanation)
        spans = [(v.start, v.end) for v in parsed.values if not self._states(v, derived)]
        spans += [(t.start, t.end) for t in parsed.times if not self._sets(t, parsed.text, rates)]
        spans += self._strangers(parsed)
        return [parsed.text[start:end] for start, end in sorted(set(spans))]

    def _states(self, value: Value, derived: list[Quantity]) -> bool:
        """Whether both ends of *value*, and what it is counted by (元/人), are stated or derived."""
        counted_by = (word for word in re.split(r"[/·]", value.per) if word)
        return all(self._says(word) for word in counted_by) and all(
            any(self._covers(stated, wanted) for stated in (*self._quantities, *derived)) for wanted in _ends(value)
        )

    def _covers(self, stated: Quantity, wanted: Quantity) -> bool:
        """Whether *stated* is *wanted*, or its bare number, or persons for the times they came."""
        if stated.is_same(wanted):
            return True
        if not _equal(stated.number, wanted.number):
            return False
        people = {stated.dimension, wanted.dimension} == {"person", "person-time"}
        named = wanted.unit in self._named_units
        return wanted.dimension == "bare" or (named and (people or stated.dimension == "bare"))

    @cached_property
    def _named_units(self) -> set[str]:
        """The units that the input names anywhere; single characters only where they stand behind a number."""
        words = {UNITS[word][0] for word in UNITS if len(word) > 1 and self._says(word)}
        rate = {"%"} if any(self._says(word) for word in _RATE_WORDS) else set()
        return words | rate | self._units | {quantity.unit for quantity in self._quantities}

    def _derived(self, explanation: str) -> tuple[list[Quantity], set[float]]:
        """The results of the sound calculations of *explanation*, and the rhythms they count with."""
        results: list[Quantity] = []
        rates: set[float] = set()
        for calculation in calculations(explanation):
            operands = calculation.operands
            constants = {operand.number for operand in operands if self._is_constant(operand)}
            grounded = all(self._is_stated(o, results) or o.number in constants for o in operands)
            if grounded and calculation.comes_out:
                rates |= constants
                units = self._named_units | {q.unit for o in operands for q in _quantities(Parsed(o.text))} | {"", "%"}
                results += [q for q in _quantities(Parsed(calculation.stated.text)) if q.unit in units]
        return results, rates

    def _is_stated(self, operand: Operand, results: Iterable[Quantity] = ()) -> bool:
        """Whether the input, or an earlier result, has that number; a percentage only as one."""
        return any(
            _equal(operand.number, known.number) and (known.dimension == "percent") == (operand.per != 1.0)
            for known in (*self._factors, *results)
        )

    def _is_constant(self, operand: Operand) -> bool:
        word = _CONSTANTS.get(operand.number)
        return operand.number == 1.0 or (word is not None and (word in operand.words or operand.number in self._rates))

    def _sets(self, time: Time, text: str, rates: set[float]) -> bool:
        """Whether the input sets that day or year, or has that rhythm."""
        span = text[time.start : time.end]
        if _OF_THE_YEAR.fullmatch(span):
            return True
        if time.kind in ("frequency", "period"):
            return time.rate in self._rates or time.rate in rates
        if time.year is not None and time.year not in self._years:
            return False
        if time.kind == "year":
            return True
        day = _Day.of(text, time)
        if not day.words or _OF_THE_YEAR.fullmatch(f"年{day.words}"):
            return True
        return any(day.is_within(stated) for stated in self._days) or (not day.numbers and self._says(day.words))

    def _strangers(self, parsed: Parsed) -> Iterator[tuple[int, int]]:
        """The numbers that are part of a name or of a blank and stand nowhere in the input."""
        blanks = [match.span() for match in BLANK.finditer(parsed.text)]
        taken = [*((v.start, v.end) for v in parsed.values), *((t.start, t.end) for t in parsed.times)]
        for match in _NAMED.finditer(parsed.text):
            start, end = match.span()
            if any(begin <= start and end <= stop for begin, stop in taken):
                continue
            if any(begin <= start and end <= stop for begin, stop in blanks):
                if not self._may_be_counted(parsed.text, start, end):
                    yield start, end
                continue
            first = start - 1 if start and _WORD.match(parsed.text, start - 1) else start
            last = end + 1 if _WORD.match(parsed.text, end) else end
            if match.group() not in map(str, self._years) and not self._says(parsed.text[first:last]):
                yield start, end

    def _may_be_counted(self, text: str, start: int, end: int) -> bool:
        """Whether a number inside a blank, which tells how to work it out, is stated or constant."""
        words = text[end : end + 3]
        operand = Operand(_number(text[start:end]), 100.0 if words[:1] == "%" else 1.0, 1.0, text[start:end], words)
        return self._is_stated(operand) or self._is_constant(operand)

    def _says(self, words: str) -> bool:
        return any(words in parsed.text for parsed in self._texts)


class _Day(NamedTuple):
    """A date without its year: month, the numbers it is written with, and its words without the limit behind them."""

    month: int | None
    numbers: frozenset[float]
    words: str

    @classmethod
    def of(cls, text: str, time: Time) -> _Day:
        """Return the date that *time* is in the folded *text*."""
        words = text[time.start : time.end]
        if time.year is not None:
            words = re.sub(r"^\D*\d{4}(?:年度?|学年|[-./])?", "", words)
        words = _LIMIT.sub("", words)
        numbers = frozenset(_number(found.group()) for found in _NUMBER.finditer(words))
        return cls(time.month if numbers else None, numbers, words)

    def is_within(self, stated: _Day) -> bool:
        """Whether *stated* says as much or more: 6月 lies in 6月30日."""
        return bool(self.numbers) and self.month == stated.month and self.numbers <= stated.numbers


def _quantities(parsed: Parsed) -> list[Quantity]:
    return [end for value in parsed.values for end in _ends(value)]


def _ends(value: Value) -> list[Quantity]:
    """Return a value's number, or both ends of its range."""
    ends = (value.low,) if value.low == value.high else (value.low, value.high)
    return [Quantity(number, value.unit, value.dimension, value.factor) for number in ends]


def _number(written: str) -> float:
    """The number of a match of ``_NUMBER`` or ``_NAMED``; not a number where it is none (1.2.3, 百千)."""
    try:
        return float(written)
    except ValueError:
        found = chinese_number(written.removeprefix("第"))
        return nan if found is None else found


def _equal(left: float, right: float) -> bool:
    return abs(left - right) <= 1e-9 * max(abs(left), abs(right))
