"""Which column is which, by the words of the header row."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BLANK = re.compile(r"\s+")
_NAME = re.compile(r"项目(?:支出)?名称|^项目(?:[（(].*)?$|^支出项目$|^名称$")
_GOAL = re.compile(r"绩效目标|总体目标|年度目标|^目标")
_UNIT = re.compile(r"^(?:资金使用单位|单位名称|预算单位|实施单位|项目单位|使用单位)")
_ORDINAL = re.compile(r"^(?:序号|编号)$")
_FUND = re.compile(r"拨款|资金|收入|专户|财政|经费|基金|结转")
# In order of preference: 总计 is the amount even where a column 预算 stands beside it.
_AMOUNTS = tuple(map(re.compile, ("总计", "合计", "总额", "金额", "预算")))
_MONEY = re.compile(r"[（(](?:单位[：:])?(\S*?元)[)）]")


@dataclass(frozen=True)
class Columns:
    """Column numbers by meaning; ``funds`` and ``others`` keep the header's words."""

    name: int
    amount: int | None
    goal: int | None
    unit: int | None
    ordinal: int | None
    funds: dict[int, str]
    others: dict[int, str]
    width: int
    money: str | None


def columns(cells: list[str]) -> Columns | None:
    """Return the columns of a header row; None when *cells* are no header.

    >>> columns(["绩效目标", "项目名称", "总计"]).goal
    0
    """
    words = [_BLANK.sub("", cell) for cell in cells]
    free = set(range(len(words)))

    def find(pattern: re.Pattern[str]) -> int | None:
        at = next((at for at in sorted(free) if pattern.search(words[at])), None)
        free.discard(-1 if at is None else at)
        return at

    name = find(_NAME)
    goal = find(_GOAL)
    amount = next((at for pattern in _AMOUNTS if (at := find(pattern)) is not None), None)
    if name is None or (goal is None and amount is None):
        return None
    unit, ordinal = find(_UNIT), find(_ORDINAL)
    funds = {at: words[at] for at in sorted(free) if _FUND.search(words[at])}
    others = {at: words[at] for at in sorted(free) if at not in funds}
    money = _MONEY.search(words[amount]) if amount is not None else None
    return Columns(name, amount, goal, unit, ordinal, funds, others, len(cells), money.group(1) if money else None)
