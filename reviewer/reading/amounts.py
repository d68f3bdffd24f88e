"""Amounts as tables print them, in exact decimals of 万元."""

from __future__ import annotations

import re
from decimal import Decimal

# How many 万元 one unit of the table is worth.
SCALES = {
    "元": Decimal("0.0001"),
    "千元": Decimal("0.1"),
    "万元": Decimal(1),
    "十万元": Decimal(10),
    "百万元": Decimal(100),
    "千万元": Decimal(1000),
    "亿元": Decimal(10000),
}
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.\d{1,10})?")
_UNIT = re.compile(r"(?:[千万亿]|十万|百万|千万)?元$|[万亿]$")
_BRACKETED_UNIT = re.compile(r"\(([十百千万亿]{0,2}元)\)$")
_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {ord("，"): ord(","), ord("−"): ord("-")}
_BLANK = re.compile(r"\s+")
_NOTHING = frozenset({"", "-", "--", "—", "——", "/", "无"})
_LONGEST = 40


def blank(cell: str) -> bool:
    """Whether a money cell says that there is no money."""
    return cell in _NOTHING


def prints_unit(cell: str) -> bool:
    """Whether *cell* says in which unit its amount is.

    >>> prints_unit("12万"), prints_unit("35（元）"), prints_unit("3500")
    (True, True, False)
    """
    return "元" in cell or _UNIT.search(cell.rstrip()) is not None


def amount(cell: str, scale: Decimal = SCALES["万元"]) -> Decimal | None:
    """Return the 万元 in *cell*, printed in units of *scale* unless it prints its own; None when it is no number.

    >>> amount("１,５０９.６０"), amount("3500元"), amount("12万"), amount("见附件2")
    (Decimal('1509.60'), Decimal('0.3500'), Decimal('12'), None)
    """
    if len(cell) > _LONGEST:
        return None
    plain = _BRACKETED_UNIT.sub(r"\1", _BLANK.sub("", cell.translate(_WIDTH))).lstrip("¥￥")
    unit = _UNIT.search(plain)
    if unit:
        plain, scale = plain[: unit.start()], SCALES[unit[0] if unit[0].endswith("元") else f"{unit[0]}元"]
    return Decimal(plain.replace(",", "")) * scale if _NUMBER.fullmatch(plain) else None
