"""Which number of the goal belongs to which indicator: same dimension, and most of the name's words in its clause."""

from __future__ import annotations

import re

from reviewer.language.goals import Stated, pairs
from reviewer.language.times import Time
from reviewer.language.values import Value
from reviewer.rules.row import Row

_SENTENCE = re.compile(r"[。;!?]")
_LEAST_PAIRS = 2  # a name of one or two characters fits every clause


def goal_number(row: Row, value: Value) -> str | None:
    """Return the goal's clause whose number contradicts *value*, None when there is none or it is not certain."""
    same = [one for one in row.facts.goal_numbers if one.value.dimension == value.dimension]
    if value.dimension == "bare":
        same = [one for one in same if one.value.low >= 1000]  # not the numbers of a list
    if not same or any(_equal(one.value, value) for one in same):
        return None
    name = pairs(row.name.text)
    if len(name) < _LEAST_PAIRS:
        return None
    fits = sorted(((_fit(row, name, one), one) for one in same), key=lambda fit: -fit[0])
    share, best = fits[0]
    if (
        share < (0.55 if value.dimension == "percent" else 0.4)
        or (len(fits) > 1 and fits[1][0] == share)
        or best.several_years
        or best.value.modifier
    ):
        return None
    stated = best.value
    if stated.per != value.per or not _same_measure(row, stated, value):
        return None
    # Fewer than the goal may be a part of it: only a name without words of its own is surely the whole.
    if value.low * value.factor < stated.low * stated.factor and share < 0.6 and value.dimension != "percent":
        return None
    if value.dimension == "bare" and share < 0.75:
        return None
    if row.facts.rivals(best, row.indicator, share):
        return None
    # A count that the goal and the cycle value agree on is the cycle's; a level or a tariff holds for each year.
    if value.dimension != "percent" and not value.per and row.cycle is not None:
        return None if any(_equal(stated, other) for other in row.cycle.values) else best.clause
    return best.clause


def _fit(row: Row, name: frozenset[str], stated: Stated) -> float:
    """How much of the name stands in the clause; for a rate of the same kind also the other way round."""
    shared = len(name & stated.pairs)
    if row.name.head in stated.clause and stated.pairs and row.is_rate:
        return shared / min(len(name), len(stated.pairs))
    return shared / len(name)


def _equal(one: Value, other: Value) -> bool:
    return abs(one.base - other.base) <= 1e-6 * max(1.0, abs(one.base))


def _same_measure(row: Row, stated: Value, value: Value) -> bool:
    """Whether both are told in the same measure word: 4800个 places and 640套 of equipment are two things."""
    if value.dimension in ("area", "length", "mass", "volume", "percent", "person", "bare"):
        return True
    goal, annual = row.facts.goal.text[stated.start : stated.end], row.annual.text[value.start : value.end]
    return _NUMERIC.sub("", goal) == _NUMERIC.sub("", annual)


_NUMERIC = re.compile(
    r"[\d.,≥≤><=万亿千百~+-]|不少于|不低于|不超过|不高于|至少|达到?|以[上内下]|约|共|超过?|[零一二两三四五六七八九十]"
)


def goal_limit(row: Row, value: Value) -> str | None:
    """Return the goal's clause with a shorter or longer limit for the same duty (12小时内 against 24小时内)."""
    same = [
        one for one in row.facts.goal_numbers if one.value.dimension == "duration" and one.value.op == "≤" == value.op
    ]
    if len(same) != 1 or _equal(same[0].value, value):
        return None
    name = pairs(row.name.text)
    shared = name & same[0].pairs
    return same[0].clause if len(name) >= _LEAST_PAIRS and len(shared) / len(name) >= 0.4 else None


_COMPLETION = re.compile(r"完[工成]|竣工|交付|建成|投[入用产]|上线|验收|交工|完结|办结")


def goal_due(row: Row, date: Time) -> str | None:
    """Return the goal's due date when it is the only one, is about completion as the row is, and is earlier."""
    due = [time for time in row.facts.goal.times if time.kind == "date" and time.month]
    text = row.facts.goal.text
    if len(due) != 1 or not _COMPLETION.search(row.name.text):
        return None
    stated = due[0]
    ends = [match.start() for match in _SENTENCE.finditer(text, stated.end)]
    sentence = text[stated.end : ends[0] if ends else len(text)]
    if not _COMPLETION.search(sentence) or (stated.year and date.year and stated.year != date.year):
        return None
    later = ((date.month or 0), date.day or 31) > ((stated.month or 0), stated.day or 31)
    return text[stated.start : stated.end] if later else None
