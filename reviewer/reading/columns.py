"""Which column is which, by the words of the header row, and the cells of a row in that order."""

from __future__ import annotations

import re
from dataclasses import dataclass

from reviewer.reading.amounts import amount

_BLANK = re.compile(r"\s+")
_GAP = re.compile(r"\s{2,}|\u3000")
_NAME = re.compile(r"项目(?:支出|[（(]单位[）)])?名称|^项目(?:[（(]|$)|^支出项目$|^名称$")
_GOAL = re.compile(r"绩效目标|总体目标|年度目标|^目标")
_UNIT = re.compile(r"^(?:资金使用单位|单位名称|预算单位|实施单位|项目单位|使用单位)")
_ORDINAL = re.compile(r"^(?:序号|编号)$")
_FUND = re.compile(r"拨款|资金|收入|专户|财政|经费|基金|结转")
# In order of preference: 总计 is the amount even where a column 预算 stands beside it.
_AMOUNTS = tuple(map(re.compile, ("总计", "合计", "总额", "金额", "预算")))
_MONEY = re.compile(r"[（(](?:单位[：:])?([十百千万亿]{0,2}元)[)）]")
_HEADING = re.compile("目标|总计|合计|总额|金额|预算")
_LONGEST_HEADER = 400


@dataclass(frozen=True)
class Columns:
    """Column numbers by meaning; ``funds`` and ``others`` keep the header's words, ``money`` the unit it prints."""

    name: int
    amount: int | None
    goal: int | None
    unit: int | None
    ordinal: int | None
    funds: dict[int, str]
    others: dict[int, str]
    width: int
    money: str | None

    def row(self, text: str) -> list[str] | None:
        """Return the cells of a row in the order of the header; None for a line that is not laid out in columns."""
        if "\t" in text:
            found = cells(text)
            return found + [""] * (self.width - len(found))
        return self._spaced(cells(text))

    def _spaced(self, found: list[str]) -> list[str] | None:
        """Sort the cells of a row whose tabs became blanks: empty cells are gone, so the amounts show what is what."""
        first = next((at for at, cell in enumerate(found) if at and amount(cell) is not None), None)
        if first is None or self.amount is None:
            return None
        last = first
        while last < len(found) and amount(found[last]) is not None:
            last += 1
        # A single number may stand in any sentence; amounts have decimals or come in pairs.
        if last - first == 1 and "." not in found[first]:
            return None
        row = [""] * self.width
        names = found[:first]
        if self.ordinal is not None and len(names) > 1:
            row[self.ordinal] = names.pop(0)
        if self.unit is not None and len(names) > 1:
            row[self.unit] = names.pop(-1 if self.unit > self.name else 0)
        row[self.name] = " ".join(names)
        for at, cell in zip((self.amount, *self.funds), found[first:last], strict=False):
            row[at] = cell
        rest = found[first:last][1 + len(self.funds) :] + found[last:]
        if self.goal is None:
            return row + rest
        row[self.goal] = " ".join(rest)
        return row


def cells(text: str) -> list[str]:
    """Return the cells of a line, stripped; where no tab is left they stand apart by two blanks or more.

    >>> cells("合计   8,777.20  8,777.20")
    ['合计', '8,777.20', '8,777.20']
    """
    parts = text.split("\t") if "\t" in text else _GAP.split(text.strip())
    return [part.strip() for part in parts]


def columns(text: str) -> Columns | None:
    """Return the columns of a header row; None when *text* is no header.

    >>> columns("绩效目标   项目名称   总计").goal
    0
    """
    if len(text) > _LONGEST_HEADER or not _HEADING.search(text):
        return None
    found = cells(text)
    if len(found) < 2 or any(amount(cell) is not None for cell in found):
        return None
    words = [_BLANK.sub("", cell) for cell in found]
    free = set(range(len(words)))

    def find(pattern: re.Pattern[str]) -> int | None:
        at = next((at for at in sorted(free) if pattern.search(words[at])), None)
        if at is not None:
            free.remove(at)
        return at

    name, goal, unit, ordinal = find(_NAME), find(_GOAL), find(_UNIT), find(_ORDINAL)
    total = next((at for pattern in _AMOUNTS if (at := find(pattern)) is not None), None)
    if name is None or (goal is None and total is None):
        return None
    funds = {at: words[at] for at in sorted(free) if _FUND.search(words[at])}
    others = {at: words[at] for at in sorted(free) if at not in funds}
    money = _MONEY.search(words[total]) if total is not None else None
    return Columns(
        name=name,
        amount=total,
        goal=goal,
        unit=unit,
        ordinal=ordinal,
        funds=funds,
        others=others,
        width=len(words),
        money=money.group(1) if money else None,
    )
