"""The yearly total of a number that a text tells by month or quarter, or for each place, with its calculation."""

from __future__ import annotations

import re
from collections.abc import Container
from typing import NamedTuple

from reviewer.language.parsed import Parsed
from reviewer.language.times import Time
from reviewer.language.values import Value
from reviewer.rewriting.wording import SENTENCE_END, blank, bounds, number, unit_in, written

# Months, quarters and half-years are the only constants, and the statement spells them out.
_PERIODS = {12.0: "12个月", 4.0: "4个季度", 2.0: "2个半年"}
# A further one beside those told by month or quarter: 每季度一册，全年精选一册.
_FURTHER = re.compile(
    r"[,;、和及并加](?:(?:全年|年底|年终|年末|岁末|每年|另外?|再|还|并|增|加|编印?|出|办)*)"
    r"(?:精选|汇编|合订|增刊|专刊|特刊|另外?|再|还|加|年底|年终|年末|岁末|集中)[\u4e00-\u9fff]{0,2}"
)
_BEHIND = re.compile(r"[\u4e00-\u9fff]*")
_EACH = re.compile(
    r"每个?(?P<thing>[\u4e00-\u9fff]{1,6}?)(?=[、,每\d一二两三四五六七八九十均各]|开展|举办|放映|组织|巡|培训)"
)
_MOST_VALUES = 20


class Product(NamedTuple):
    """A total as it is written in a target, the calculation in words, and how often and where the number recurs."""

    figure: str
    statement: str
    rhythm: str


def yearly(parsed: Parsed, value: Value, unit: str) -> Product | None:
    """Return the yearly total of *value* in *unit*, None when there is nothing to multiply.

    How many places there are is a blank where the text does not tell.

    >>> parsed = Parsed("确保28个行政村每个村、每个月有2场放映")
    >>> yearly(parsed, parsed.values[1], "场")
    Product(figure='672场', statement='28个行政村×12个月×2场=672场', rhythm='每个村每个月')
    >>> parsed = Parsed("每季度一册,全年精选一册")
    >>> yearly(parsed, parsed.values[0], "册").statement
    '4个季度×1册+全年精选1册=5册'
    """
    text = parsed.text
    start, stop = bounds(text, value.start, value.end, SENTENCE_END)
    often = _frequency(parsed, start, value)
    thing = _each(parsed, start, value)
    places = _places(parsed, start, stop, value, thing) if thing else None
    if not (often or thing):
        return None
    factors = [places[0] if places else f"{thing}数"] if thing else []
    total = value.low * (places[1] if places else 1.0)
    if often is not None:
        factors.append(_PERIODS[often.rate])
        total *= often.rate
    rhythm = (f"每个{thing}" if thing else "") + (text[often.start : often.end] if often else "")
    calculation = "×".join([*factors, f"{number(value.low)}{unit_in(written(text, value))}"])
    if thing and not places:
        return Product(blank(f"{calculation}，查{thing}名单") + unit, f"按{calculation}计算", rhythm)
    further = _further(parsed, value, total)
    if further is not None:
        word, other = further
        total += other.low
        calculation += f"+{word}{number(other.low)}{unit_in(written(text, other))}"
    return Product(f"{number(total)}{unit}", f"{calculation}={number(total)}{unit}", rhythm)


def first_yearly(parsed: Parsed, dimensions: Container[str]) -> Product | None:
    """Return the yearly total of the first number of *dimensions* that recurs."""
    for value in parsed.values[:_MOST_VALUES]:
        if value.dimension in dimensions:
            product = yearly(parsed, value, unit_in(written(parsed.text, value)))
            if product is not None:
                return product
    return None


def _further(parsed: Parsed, value: Value, total: float) -> tuple[str, Value] | None:
    """What is made of the same besides and how it is called, unless it is the total itself."""
    text = parsed.text
    other = next((other for other in parsed.values if other.start >= value.end), None)
    if other is None or other.unit != value.unit or other.low == total or other.low != other.high:
        return None
    things = [_BEHIND.match(text, one.end) for one in (value, other)]
    first, second = (thing.group() if thing else "" for thing in things)
    between = text[value.end + len(first) : other.start]
    return (between[1:], other) if second in ("", first) and _FURTHER.fullmatch(between) else None


def _frequency(parsed: Parsed, start: int, value: Value) -> Time | None:
    """The 每月 or 每季度 that governs the number: before it in the sentence, with no other number between."""
    for time in reversed(parsed.times):
        if time.kind == "frequency" and start <= time.start < value.start and time.rate in _PERIODS:
            between = any(time.end <= other.start < value.start for other in parsed.values)
            return None if between else time
    return None


def _each(parsed: Parsed, start: int, value: Value) -> str | None:
    """The things the number is told for, each (每个村); periods are no things."""
    found = None
    for match in _EACH.finditer(parsed.text, start, value.start + 1):
        if not any(time.start == match.start() for time in parsed.times):
            found = match["thing"]
    return found


def _places(parsed: Parsed, start: int, stop: int, value: Value, thing: str) -> tuple[str, float] | None:
    """How many such things there are, as written and as a number: 28个行政村 for 每个村."""
    for other in parsed.values:
        if other is value or not start <= other.start < stop or other.dimension in ("percent", "money"):
            continue
        behind = re.match(r"[\u4e00-\u9fff]{0,6}", parsed.text[other.end : stop])
        phrase = (parsed.text[other.start : other.end] + (behind.group() if behind else "")).partition("每")[0]
        size = len(thing) if thing in phrase else 1
        at = phrase.find(thing[-size:])
        digits = re.search(r"\d", phrase)
        if at > 0 and digits:
            return phrase[digits.start() : at + size], other.low
    return None
