"""M201, M207: is the number complete, with its unit and its comparator."""

from __future__ import annotations

from reviewer.language.names import Denotes
from reviewer.language.topics import topic
from reviewer.rules.answers import NOT_APPLICABLE, PASS, Hit, Result
from reviewer.rules.row import Row


def missing_unit(row: Row) -> Result:
    """M201: a number that needs a unit and has none, neither in the value nor in the name."""
    if not row.numbers or row.name.unit:
        return NOT_APPLICABLE
    if any(value.dimension != "bare" for value in row.numbers):
        return PASS  # 2期80: the number with a unit says what is counted
    if topic("unitless").search(row.name.text) or ":" in row.annual.text:
        return NOT_APPLICABLE
    for value in row.numbers:
        written = row.annual.text[value.start : value.end]
        if _names_its_unit(row, value.start, value.end):
            continue
        if value.low:  # 0 of something needs no unit
            why = f"“{written}”没有计量单位，是个、次还是百分比读不出来。"
            return Hit("M201", "annual_value", value.start, value.end, why)
    return PASS


def _names_its_unit(row: Row, start: int, end: int) -> bool:
    """Whether words stand for the unit: 播放量达到100万, a fund of 300万; or a misread letter hides it (9O%)."""
    text = row.annual.text
    if text[end : end + 1].isascii() and text[end : end + 1].isalpha():
        return True
    scaled = any(scale in text[start:end] for scale in "万亿")
    return scaled and (row.name.denotes is Denotes.MONEY or any("\u4e00" <= char <= "\u9fff" for char in text[:start]))


def missing_comparator(row: Row) -> Result:
    """M207: a quantity without ≥, ≤, = or their words. Absent in most real tables, so never more than a hint."""
    value = row.count_value()
    if value is None and len(row.numbers) == 1:
        value = row.numbers[0]
    if value is None or row.annual.blanks:
        return NOT_APPLICABLE
    whole = value.dimension == "percent" and value.low == 100
    if value.op or value.low == 0 or value.low != value.high or whole:
        return PASS
    why = "没有写明是“不少于”“不超过”还是“等于”，建议加上 ≥、≤ 或 =。"
    return Hit("M207", "annual_value", value.start, value.end, why)
