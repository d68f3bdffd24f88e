"""The money of projects whose forms print where it comes from, and not how much it is altogether."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from reviewer.reading.forms.draft import Draft, Fund, Said
from reviewer.reading.forms.words import heading
from reviewer.reading.notes import Notes, money

# 财政拨款 may be the sum of what stands beside it; what comes from elsewhere cannot be a part of it.
_WHOLE = re.compile(r"财政(?:拨款|资金|性资金)(?:金额|小计)?|(?:本年|年度)?预算资金")
_ELSEWHERE = re.compile(r"其他|自筹|单位|事业|经营|社会|结转|结余|专户")


def add_up(draft: Draft, notes: Notes) -> None:
    """Give *draft* the sum of its sources of money where no amount is printed, and say so."""
    total = None if draft.amount else total_of(draft.funds)
    parts = "、".join(f"{fund.name} {money(fund.amount)}" for fund in draft.funds)
    if total is not None:
        printed = all(fund.unit_printed for fund in draft.funds)
        draft.amounts.append(Said("", 0, "资金来源", parts, draft.where, total, printed))
        found = f"“{draft.name}”没有写总额，按资金来源读作 {money(total)} 万元（{parts}），请核对。"
        notes.add("D009", found, draft.where, "hint")
    elif len(draft.funds) > 1 or any(heading(fund.name) is None for fund in draft.funds):
        counted = "只计总计" if draft.amount else "看不出总额，金额留空"
        notes.add("D009", f"“{draft.name}”的资金来源分列，{counted}（万元）：{parts}。", draft.where, "hint")


def total_of(funds: Sequence[Fund]) -> Decimal | None:
    """Return in 万元 what *funds* come to; None where it is not plain which of them are parts of others.

    >>> whole, part = Fund("财政拨款", Decimal(6), True), Fund("一般公共预算", Decimal(6), True)
    >>> other = Fund("其他资金", Decimal(2), True)
    >>> total_of([whole, other]), total_of([whole, part])
    (Decimal('8'), Decimal('6'))
    >>> total_of([whole, part, other]) is None
    True
    """
    if not funds:
        return None
    first, *others = funds
    if others and first.amount == sum(fund.amount for fund in others):
        return first.amount
    wholes = [fund for fund in funds if _WHOLE.fullmatch(fund.name)]
    parts = [fund for fund in funds if fund not in wholes and not _ELSEWHERE.search(fund.name)]
    if len(wholes) > 1 or (wholes and parts):
        return None
    return sum((fund.amount for fund in funds), Decimal(0))
