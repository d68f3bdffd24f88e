"""M205: two or more different quantities in one indicator.

Tiers of one tariff, the limits of one duty's steps and a whole with its parts (其中…) are one quantity.
"""

from __future__ import annotations

import re

from reviewer.language import phrases
from reviewer.language.classes import COSTS
from reviewer.language.names import Denotes, read_name
from reviewer.language.values import Value
from reviewer.rules.answers import NOT_APPLICABLE, PASS, Hit, Result
from reviewer.rules.row import Row

_SEPARATOR = re.compile(r"[,、;。和及与/]|以及")
_LIST = re.compile(r"[、及和与,]")
_PART = re.compile(r"其中|包括|含|合计|共计|总计|累计|每|单个|平均|人均|户均")
_HANZI = re.compile(r"[\u4e00-\u9fff]+")
_HANZI_END = re.compile(r"[\u4e00-\u9fff]+\Z")


def compound(row: Row) -> Result:
    """M205: several quantities, a quantity and a slogan about another thing, or several duties with their dates."""
    if not (row.numbers or row.annual.times):
        return NOT_APPLICABLE
    text = row.annual.text
    targets = _targets(row)
    if len(targets) >= 2:
        first, second = targets[0], targets[1]
        both = f"“{text[first.start : first.end]}”和“{text[second.start : second.end]}”"
        return Hit("M205", "annual_value", first.start, second.end, f"{both}是不同的量，应拆成不同指标。")
    listed = _LIST.split(row.name.text)
    if len(listed) >= 2:
        if _slogan_beside_value(row, listed):
            return Hit("M205", "annual_value", 0, len(text), "一条指标里同时写了几件事，应拆成不同指标。")
        if row.name.denotes is Denotes.TIME and _dues(row) >= 2:
            why = "一条指标里有几件不同的事，各有时限，应拆成不同指标。"
            return Hit("M205", "name", 0, len(row.name_parsed.text), why)
    named = [v for v in row.name_parsed.values if v.dimension not in _NO_COUNT]
    if row.percentages_only and len(named) >= 2 and "、" in row.name_parsed.text[named[0].end : named[1].start + 1]:
        return Hit(
            "M205", "name", named[0].start, named[1].end, "名称里有几个不同的量，却只给一个比率，应拆成不同指标。"
        )
    return PASS


_NO_COUNT = frozenset({"age", "duration", "percent", "bare", "other"})


def _slogan_beside_value(row: Row, listed: list[str]) -> bool:
    """知晓率达85%，健康水平不断提高, when the name lists two measurable things too."""
    parts = _SEPARATOR.split(row.annual.text)
    if not row.numbers or len(parts) < 2 or not phrases.degree(row.annual.text):
        return False
    if sum(read_name(part).denotes is not Denotes.OTHER for part in listed) < 2:
        return False
    return any(part and not any(char.isdigit() for char in part) and phrases.degree(part) for part in parts)


def _dues(row: Row) -> int:
    dates = sum(time.kind == "date" and time.month is not None for time in row.annual.times)
    return max(dates, sum(value.dimension == "duration" for value in row.numbers))


def _targets(row: Row) -> list[Value]:
    """The numbers of the annual value that are targets of their own."""
    values = [v for v in row.numbers if v.dimension != "duration" and not v.modifier and (v.low or v.high)]
    if len(values) < 2:
        return values
    text = row.annual.text
    if any(sign in text for sign in "×*÷") or "=" in text[1:]:
        return values[:1]  # a calculation
    targets: list[Value] = []
    for value in values:
        lead = text[targets[-1].end if targets else 0 : value.start]
        # 5个村3000亩 is one phrase: the later number qualifies the former.
        if not (targets and not _SEPARATOR.search(lead)) and not _PART.search(lead):
            targets.append(value)
    if len(targets) < 2 or all(v.dimension == "money" or v.per for v in targets):
        return targets[:1]  # a tariff with its tiers
    same_dimension = len({v.dimension for v in targets}) == 1
    if same_dimension and row.kind in COSTS:
        return targets[:1]
    if same_dimension and len({_object(text, targets, at) for at in range(len(targets))}) < 2:
        return targets[:1]
    return targets


def _object(text: str, targets: list[Value], at: int) -> str:
    """The words that say what the number counts: behind it, else before it."""
    value = targets[at]
    stop = targets[at + 1].start if at + 1 < len(targets) else len(text)
    behind = _HANZI.match(text[value.end : stop])
    before = _HANZI_END.search(text[targets[at - 1].end if at else 0 : value.start])
    return (behind.group() if behind else "") or (before.group() if before else "") or value.unit
