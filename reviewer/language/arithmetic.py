"""How much a year: the arithmetic between a count and its frequency, written out so that a reader can check it.

每季度1次 is 4 a year; 每季度一册，全年精选一册 is 4 + 1; 28个村每村每月2场 is 28 × 12 × 2.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from reviewer.language.parsed import Parsed
from reviewer.language.times import Time
from reviewer.language.values import Value

# Beyond these a frequency is a manner of working (每日更新), not a number that anybody multiplies out.
_COUNTED_RATES = frozenset({52.0, 36.0, 24.0, 12.0, 6.0, 4.0, 2.0, 1.0})
_NOT_COUNTED = frozenset(
    {"percent", "ratio", "score", "duration", "age", "bare", "money", "multiple", "concentration", "physical"}
)
_CLAUSE = re.compile(r"[,;。、]")
_TOTAL = re.compile(r"(?:全年|年度|共计?|合计|累计|总计)[\u4e00-\u9fff]{0,3}\Z")
_EACH_OBJECT = re.compile(r"每个?([\u4e00-\u9fff]{1,3}?)(?:[,、每各]|\Z)")


class Yearly(NamedTuple):
    """A quantity for one year: the number, its unit and dimension, and the calculation in words (``4×1+1``)."""

    amount: float
    unit: str
    dimension: str
    calculation: str


def yearly(parsed: Parsed) -> Yearly | None:
    """Return what the text promises a year when it tells it by frequency; None when there is nothing to multiply.

    >>> yearly(Parsed("每季度一册，全年精选一册"))[0::3]
    (5.0, '4×1+1')
    >>> yearly(Parsed("确保28个行政村每个村、每个月有2场放映"))[0::3]
    (672.0, '28×12×2')
    """
    rates = [time for time in parsed.times if time.kind == "frequency" and time.rate in _COUNTED_RATES]
    counts = [value for value in parsed.values if value.dimension not in _NOT_COUNTED and value.low == value.high]
    if not rates or not counts:
        return None
    total, parts, unit = 0.0, list[str](), None
    for value in counts:
        rate = _rate_of(value, rates, parsed.text)
        if rate is None or _says_again(parsed.text, value, unit, total):
            continue
        if unit is not None and value.dimension != unit.dimension:
            return None
        factor = _objects(value, counts, parsed.text)
        if rate == 1.0 and factor is None and unit is None and len(counts) == 1:
            return None  # 每年3次: nothing to multiply
        unit = value
        total += value.low * rate * (factor.low if factor else 1.0)
        numbers = [*([factor.low] if factor else []), *([rate] if rate != 1.0 else []), value.low]
        parts.append("×".join(f"{number:.12g}" for number in numbers))
    return Yearly(total, unit.unit, unit.dimension, "+".join(parts)) if unit is not None else None


def _says_again(text: str, value: Value, unit: Value | None, total: float) -> bool:
    """Whether a number repeats the one before it (每月有2场放映2场电影) or states the product (每月1次，全年12次)."""
    if unit is None:
        return False
    if value.low == unit.low and not _CLAUSE.search(text, unit.end, value.start):
        return True
    return value.low == total and _TOTAL.search(text, max(0, value.start - 6), value.start) is not None


def _rate_of(value: Value, rates: list[Time], text: str) -> float | None:
    """How often a year *value* recurs: by the frequency before it in its clause, once for 全年一册."""
    if value.per:
        return next(
            (time.rate for time in rates if value.start <= time.start < value.end or time.start == value.start), None
        )
    before = [time for time in rates if time.end <= value.start]
    if before:
        between = text[before[-1].end : value.start]
        if not _CLAUSE.search(between):
            return before[-1].rate
        if any(word in between for word in ("全年", "年度", "年终", "年底", "年末", "另")):
            return 1.0
    return None


def _objects(value: Value, counts: list[Value], text: str) -> Value | None:
    """The number of objects when the count is told by each of them (28个行政村每个村)."""
    each = _EACH_OBJECT.search(text, 0, value.start)
    if each is None:
        return None
    for other in counts:
        if other.start < each.start() and each.group(1) in text[other.start : each.start()]:
            return other
    return None
